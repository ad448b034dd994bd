//! When tasks are due.
//!
//! A task has a row of days: its due day, or each day of its rhythm up to its due day, if it has both. It is due on the first of
//! these days that has nothing noted on or after it, by those whose task it is; so one look back settles all that
//! came before, and a week off leaves no heap behind. A task that is done once is also settled when it was noted as
//! done before its day.

use rusqlite::{Connection, named_params};

use crate::clock::LocalDate;
use crate::id::RelationshipId;
use crate::{Error, Result};

use super::super::moment;
use super::super::view::{DueTask, Recurrence, TaskOwner};

/// The most days that are listed at once.
const MOST: usize = 366;

/// Whether a goal is worked on, in SQL: it is there, nobody has put it to rest, and nobody holds it.
pub(in super::super) const WORKED_ON: &str = "
    goal.archived_at IS NULL AND goal.state IN ('open', 'maintained')
    AND NOT EXISTS (SELECT 1 FROM goal_hold
                    WHERE goal_hold.relationship = goal.relationship AND goal_hold.goal = goal.id)";

/// The first day of a task on or after `from`.
fn on_or_after(due: Option<LocalDate>, repeats: Option<&Recurrence>, from: LocalDate) -> Option<LocalDate> {
    match repeats {
        None => due.filter(|day| *day >= from),
        Some(repeats) => repeats.on_or_after(from).filter(|day| due.is_none_or(|due| *day <= due)),
    }
}

/// What the log of a task says on when it is due.
#[derive(Clone, Copy, Default)]
pub(in super::super) struct Noted {
    /// The last day on which something is noted.
    pub(in super::super) last: Option<LocalDate>,
    /// Whether it was ever done.
    pub(in super::super) done: bool,
}

/// The first day of a task with nothing noted on or after it.
pub(in super::super) fn next_due(
    due: Option<LocalDate>,
    repeats: Option<&Recurrence>,
    noted: Noted,
) -> Option<LocalDate> {
    if repeats.is_none() && noted.done {
        return None;
    }
    let from = match noted.last {
        Some(last) => last.succ_opt()?,
        None => LocalDate::MIN,
    };
    on_or_after(due, repeats, from)
}

/// The days of a task from one day to another, at most 366.
pub(in super::super) fn occurrences(
    due: Option<LocalDate>,
    repeats: Option<&Recurrence>,
    from: LocalDate,
    to: LocalDate,
) -> Vec<LocalDate> {
    let after = |day: &LocalDate| on_or_after(due, repeats, day.succ_opt()?);
    std::iter::successors(on_or_after(due, repeats, from), after)
        .take_while(|day| *day <= to)
        .take(MOST)
        .collect()
}

/// The tasks that are due on a day or were before, of both people: those that were taken on, of goals that are
/// worked on. The longest due first.
pub(in super::super) fn due_on(
    connection: &Connection,
    relationship: RelationshipId,
    on: LocalDate,
) -> Result<Vec<DueTask>> {
    connection
        .prepare_cached(&format!(
            "SELECT task.id, task.goal, task.what, task.owner, task.next_due
             FROM task JOIN goal ON goal.relationship = task.relationship AND goal.id = task.goal
             WHERE task.relationship = :relationship AND task.next_due <= :on
               AND task.state = 'accepted' AND task.archived_at IS NULL
               AND {WORKED_ON}
             ORDER BY task.next_due, goal.place, goal.id, task.offered_at, task.id"
        ))?
        .query_map(named_params! { ":relationship": relationship, ":on": on.to_string() }, |row| {
            let (owner, day): (String, String) = (row.get(3)?, row.get(4)?);
            Ok(DueTask {
                task: row.get(0)?,
                goal: row.get(1)?,
                what: row.get(2)?,
                owner: TaskOwner::read(&owner).unwrap_or(TaskOwner::Both),
                day: moment::read_day(&day).unwrap_or_default(),
            })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}
