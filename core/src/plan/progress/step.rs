//! Graded steps: from the less to the more frightening, each tried as often as one likes.

use rusqlite::{Connection, named_params};

use crate::id::{GoalId, RelationshipId, StepId};
use crate::store::Micros;
use crate::{Error, Result};

use super::super::moment;
use super::super::view::{PlanVersion, Step, StepTry, TaskOutcome};

/// The steps of a goal in their order, those put away last.
pub(in super::super) fn of_goal(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    version: &PlanVersion,
) -> Result<Vec<Step>> {
    let mut steps = connection
        .prepare_cached(
            "SELECT id, goal, what, proposed_by, expected_fear, archived_at FROM step
             WHERE relationship = :relationship AND goal = :goal ORDER BY archived_at IS NOT NULL, place, id",
        )?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, |row| {
            Ok(Step {
                id: row.get(0)?,
                version: version.clone(),
                goal: row.get(1)?,
                what: row.get(2)?,
                proposed_by: row.get(3)?,
                expected_fear: row.get(4)?,
                tries: Vec::new(),
                archived_at: row.get::<_, Option<Micros>>(5)?.map(|at| at.0),
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for step in &mut steps {
        step.tries = tries(connection, relationship, &step.id)?;
    }
    Ok(steps)
}

fn tries(connection: &Connection, relationship: RelationshipId, step: &StepId) -> Result<Vec<StepTry>> {
    connection
        .prepare_cached(
            "SELECT id, person, on_day, outcome, fear, learned FROM step_try
             WHERE relationship = :relationship AND step = :step ORDER BY on_day, id",
        )?
        .query_map(named_params! { ":relationship": relationship, ":step": step }, |row| {
            let (day, outcome): (String, String) = (row.get(2)?, row.get(3)?);
            Ok(StepTry {
                id: row.get(0)?,
                by: row.get(1)?,
                on: moment::read_day(&day).unwrap_or_default(),
                outcome: TaskOutcome::read(&outcome).unwrap_or(TaskOutcome::NotThisTime),
                fear: row.get(4)?,
                learned: row.get(5)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}
