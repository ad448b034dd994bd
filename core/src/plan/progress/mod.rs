//! Progress on a goal: ratings, its scale, graded steps, and strategies that are tried.

pub(super) mod rating;
pub(super) mod scale;
pub(super) mod step;
pub(super) mod strategy;

use automerge::ReadDoc;

use crate::error::Thing;
use crate::id::PERSON_PREFIX;
use crate::{Error, Result};

use super::moment;
use super::shared_plan::Pen;

/// Takes back a note of one's own: a rating, a judgement on a scale, a line of a log or a try of a step. It stays in
/// the plan's history and shows nowhere else. What is taken back already stays so.
pub(super) fn take_back(pen: &mut Pen<'_>, collection: &str, id: &[u8; 16]) -> Result<()> {
    let map = pen.reading().item(collection, id).ok_or(Error::not_found(Thing::Note))?;
    if id[..PERSON_PREFIX] != pen.parties().me.person.prefix() {
        return Err(Error::NotAllowed { rule: format!("{collection}/*/taken_back") });
    }
    if matches!(pen.document().get(&map, "taken_back"), Ok(Some((value, _))) if !value.is_null()) {
        return Ok(());
    }
    pen.needs_level(2)?;
    let now = moment::write(&pen.now);
    pen.put(&map, "taken_back", now)
}
