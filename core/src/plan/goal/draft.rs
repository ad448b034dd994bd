//! What a private draft of a goal needs of a plan: the same bounds, a proposal under the draft's own id, and whether it
//! stands somewhere already.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, named_params};

use crate::Result;
use crate::clock::Instant;
use crate::id::GoalId;
use crate::store::Micros;

use super::super::policy::PROSE;
use super::super::shared_plan::SharedPlan;
use super::super::view::{DayEdit, NewGoal};
use super::{WHY, line, map_of, propose_as, prose, written_day};

/// A goal as far as somebody has thought of it, within the bounds of a goal. It may still be without a title.
///
/// # Errors
/// [`crate::Error::Invalid`].
pub(crate) fn tidied(goal: &NewGoal) -> Result<NewGoal> {
    let one_line =
        |field, text: &str| if text.trim().is_empty() { Ok(String::new()) } else { line(field, text) };
    let optional = |text: String| Some(text).filter(|text| !text.is_empty());
    let success = goal.success.as_deref().map(|text| prose("success", text, PROSE)).transpose()?;
    let known_by = prose("known_by", goal.known_by.as_deref().unwrap_or_default().trim(), PROSE)?;
    let by_when = goal.by_when.map(|day| written_day("by_when", DayEdit::Day { day })).transpose()?;
    Ok(NewGoal {
        title: one_line("title", &goal.title)?,
        why: prose("why", &goal.why, WHY)?,
        success: success.and_then(optional),
        known_by: optional(known_by),
        by_when: by_when.flatten(),
        first_step: optional(one_line("first_step", goal.first_step.as_deref().unwrap_or_default())?),
        descent: goal.descent,
    })
}

impl SharedPlan {
    /// Proposes a goal under an id that its creator gave it before. Where it stands already, nothing is written.
    ///
    /// # Errors
    /// As for proposing a goal; then the plan is as it was.
    pub(crate) fn propose_draft(&self, id: GoalId, goal: &NewGoal) -> Result<()> {
        self.write(|pen| if map_of(pen, &id).is_ok() { Ok(()) } else { propose_as(pen, id, goal) })
    }
}

/// Which of these goals stand in a plan, and when they were proposed.
pub(crate) fn standing(connection: &Connection, ids: &[GoalId]) -> Result<HashMap<GoalId, Instant>> {
    let mut statement = connection.prepare_cached(
        "SELECT goal.proposed_at
         FROM relationship CROSS JOIN goal ON goal.relationship = relationship.id AND goal.id = :id
         LIMIT 1",
    )?;
    let mut standing = HashMap::new();
    for id in ids {
        let proposed = statement.query_row(named_params! { ":id": id }, |row| row.get::<_, Micros>(0));
        standing.extend(proposed.optional()?.map(|Micros(at)| (*id, at)));
    }
    Ok(standing)
}
