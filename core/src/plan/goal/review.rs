//! Looking at a goal again: how often, when it was done last, and which goals are due.

use automerge::ScalarValue;
use rusqlite::{Connection, named_params};

use crate::clock::LocalDate;
use crate::error::Problem;
use crate::id::{GoalId, RelationshipId};
use crate::{Error, Result};

use super::super::register::LONGEST_INTERVAL;
use super::super::shared_plan::Pen;
use super::super::view::{DueReview, PlanField, PlanVersion};
use super::super::{moment, task};
use super::state::Shown;

/// A goal that is reached, set aside or declined is not looked at again.
pub(in super::super) const ENDED: &str = "('reached', 'set_aside', 'declined')";

/// Says after how many days a goal is looked at again.
pub(in super::super) fn every(
    pen: &mut Pen<'_>,
    id: &GoalId,
    shown: &PlanVersion,
    days: Option<u16>,
) -> Result<()> {
    let shown = Shown::of(pen, id, shown)?;
    if days.is_some_and(|days| !(1..=LONGEST_INTERVAL).contains(&days)) {
        let problem = Problem::OutOfRange { from: 1, to: LONGEST_INTERVAL.into() };
        return Err(Error::invalid("every_days", problem));
    }
    let value = days.map_or(ScalarValue::Null, |days| ScalarValue::Uint(days.into()));
    shown.put(pen, PlanField::ReviewEvery, days == shown.goal.review_every, value)
}

/// Notes that a goal was looked at together.
pub(in super::super) fn done(
    pen: &mut Pen<'_>,
    id: &GoalId,
    shown: &PlanVersion,
    on: LocalDate,
) -> Result<()> {
    let shown = Shown::of(pen, id, shown)?;
    let on = task::day_of("on", on)?;
    shown.put(pen, PlanField::Reviewed, Some(on) == shown.goal.reviewed, on.to_string())
}

/// The goals that are due on a day, the one that waits longest first.
pub(in super::super) fn due(
    connection: &Connection,
    relationship: RelationshipId,
    on: LocalDate,
) -> Result<Vec<DueReview>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id, title, review_due FROM goal
         WHERE relationship = :relationship AND review_due <= :on AND archived_at IS NULL
           AND state NOT IN {ENDED}
         ORDER BY review_due, place, id"
    ))?;
    let mut rows = statement.query(named_params! { ":relationship": relationship, ":on": on.to_string() })?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        let day = moment::read_day(&row.get::<_, String>(2)?);
        let since = day.ok_or_else(|| Error::internal("a day on which a review is due"))?;
        due.push(DueReview { goal: row.get(0)?, title: row.get(1)?, since });
    }
    Ok(due)
}
