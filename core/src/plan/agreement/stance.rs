//! What each says of a wording without signing: *not yet*, or *I see it differently*, with a word why.
//!
//! A stance is unsigned, is about one wording, and withdraws nothing: who has agreed and then says "differently" still
//! agrees until they withdraw, and both see that there is something to talk about. Agreeing takes one's own stance
//! back; the history keeps it.

use automerge::ScalarValue;
use rusqlite::{Connection, named_params};

use crate::error::Thing;
use crate::id::{GoalId, RelationshipId};
use crate::store::Micros;
use crate::{Error, Result};

use super::super::goal::{collection, prose};
use super::super::policy::PROSE;
use super::super::register::Stance;
use super::super::shared_plan::Pen;
use super::super::view::{StanceKind, StanceOnWording, WordingDigest};
use super::super::wording::Wording;

/// Says something of the wording that was shown, if it still reads so, in place of what one said before.
pub(in super::super) fn take(
    pen: &mut Pen<'_>,
    goal: &GoalId,
    shown: &WordingDigest,
    kind: StanceKind,
    why: Option<&str>,
) -> Result<()> {
    let read = pen.reading().goal(goal).ok_or(Error::not_found(Thing::Goal))?;
    pen.needs_level(2)?;
    if Wording::of(*goal, &read, pen.reading().level()).digest() != *shown {
        return Err(Error::Changed { what: Thing::Wording });
    }
    let why = prose("why", why.unwrap_or_default().trim(), PROSE)?;
    let why = (!why.is_empty()).then_some(why);
    put(pen, goal, Stance { kind, digest: *shown, at: pen.now.clone(), why }.write().into())
}

/// Takes back what one has said of a goal's wording, if one has said anything.
pub(in super::super) fn take_back(pen: &mut Pen<'_>, goal: &GoalId) -> Result<()> {
    let read = pen.reading().goal(goal).ok_or(Error::not_found(Thing::Goal))?;
    let me = pen.parties().me.person;
    if read.stances.iter().all(|(by, _)| *by != me) {
        return Ok(());
    }
    put(pen, goal, ScalarValue::Null)
}

fn put(pen: &mut Pen<'_>, goal: &GoalId, value: ScalarValue) -> Result<()> {
    let stances = collection(pen, "stances")?;
    let own = format!("{goal}{}", pen.parties().me.person);
    pen.put(&stances, &own, value)
}

/// What each has said of a wording of a goal without signing; `now` is the wording as it stands.
pub(in super::super) fn stances(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    now: &WordingDigest,
) -> Result<Vec<StanceOnWording>> {
    connection
        .prepare_cached(
            "SELECT person, stance, digest, at, why FROM goal_stance
             WHERE relationship = :relationship AND goal = :goal ORDER BY person",
        )?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, |row| {
            let (stance, digest): (String, _) = (row.get(1)?, WordingDigest(row.get(2)?));
            Ok(StanceOnWording {
                by: row.get(0)?,
                stance: StanceKind::read(&stance).unwrap_or(StanceKind::NotYet),
                digest,
                is_current: digest == *now,
                at: row.get::<_, Micros>(3)?.0,
                why: row.get(4)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}
