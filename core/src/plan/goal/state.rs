//! What became of a goal, how much it matters now, and holding it.
//!
//! Either of the two may say that a goal is paused or reached; what both say apart is a choice. Holding is one's own
//! word: a goal is worked on only while neither holds it, and nobody can undo that for the other.

use automerge::{ChangeHash, ObjId, ScalarValue};

use crate::error::Thing;
use crate::id::GoalId;
use crate::{Error, Result};

use super::super::policy::PROSE;
use super::super::read::GoalRead;
use super::super::register::Marked;
use super::super::shared_plan::Pen;
use super::super::view::{GoalMark, GoalPriority, PlanField, PlanVersion};
use super::{collection, heads_shown, map_of, prose, put_as_seen_at};

/// Not held, as the plan writes it.
const FREE: &str = "free";

/// A goal as a screen showed it, and where it stands in the document.
pub(super) struct Shown {
    pub(super) map: ObjId,
    pub(super) heads: Vec<ChangeHash>,
    pub(super) goal: GoalRead,
}

impl Shown {
    /// For something that a plan has from level 2 on.
    pub(super) fn of(pen: &Pen<'_>, id: &GoalId, shown: &PlanVersion) -> Result<Self> {
        let map = map_of(pen, id)?;
        pen.needs_level(2)?;
        let heads = heads_shown(pen, shown)?;
        let goal = pen.reading().at(&heads).goal(id).ok_or(Error::not_found(Thing::Goal))?;
        Ok(Self { map, heads, goal })
    }

    /// Writes a value, unless it is what was shown and nothing else stood beside it.
    pub(super) fn put(
        &self,
        pen: &mut Pen<'_>,
        field: PlanField,
        was_shown: bool,
        value: impl Into<ScalarValue>,
    ) -> Result<()> {
        let was_open = self.goal.choices.iter().any(|choice| choice.field == field);
        if was_shown && !was_open {
            return Ok(());
        }
        put_as_seen_at(pen, &self.map, field.key(), value, &self.heads)
    }
}

/// A reason, if there is one: nothing but spaces is none.
fn reason(why: Option<&str>) -> Result<Option<String>> {
    let why = why.map(str::trim).filter(|why| !why.is_empty());
    why.map(|why| prose("why", why, PROSE)).transpose()
}

/// Says what became of a goal, or that it goes on.
pub(in super::super) fn set(
    pen: &mut Pen<'_>,
    id: &GoalId,
    shown: &PlanVersion,
    mark: GoalMark,
    why: Option<&str>,
) -> Result<()> {
    let shown = Shown::of(pen, id, shown)?;
    let said = Marked { word: mark.word(), at: pen.now.clone(), why: reason(why)? };
    let before = shown.goal.state.as_ref().map(|state| (state.shown.word, &state.shown.why));
    let was_shown = before.unwrap_or((GoalMark::Open.word(), &None)) == (said.word, &said.why);
    shown.put(pen, PlanField::State, was_shown, said.write())
}

/// Holds a goal, or lets go of it. Who says the same again writes nothing.
pub(in super::super) fn hold(pen: &mut Pen<'_>, id: &GoalId, holds: bool, why: Option<&str>) -> Result<()> {
    map_of(pen, id)?;
    pen.needs_level(2)?;
    let me = pen.parties().me.person;
    let word = if holds { "held" } else { FREE };
    let said = Marked { word, at: pen.now.clone(), why: reason(why)? };
    let goal = pen.reading().goal(id).ok_or(Error::not_found(Thing::Goal))?;
    let before = goal.holds.iter().find(|(by, _)| *by == me).map(|(_, hold)| (hold.word, &hold.why));
    if before.unwrap_or((FREE, &None)) == (said.word, &said.why) {
        return Ok(());
    }
    let words = collection(pen, "holds")?;
    pen.put(&words, &format!("{id}{me}"), said.write())
}

/// Says how much a goal matters now.
pub(in super::super) fn prioritise(
    pen: &mut Pen<'_>,
    id: &GoalId,
    shown: &PlanVersion,
    priority: Option<GoalPriority>,
) -> Result<()> {
    let shown = Shown::of(pen, id, shown)?;
    let value = priority.map_or(ScalarValue::Null, |priority| priority.word().into());
    shown.put(pen, PlanField::Priority, priority == shown.goal.priority, value)
}
