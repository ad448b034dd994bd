//! Strategies: what the two try for a goal, and what they think of it: keep, change or drop.

use rusqlite::{Connection, Row, named_params};

use crate::id::{GoalId, PersonId, RelationshipId};
use crate::store::Micros;
use crate::{Error, Result};

use super::super::view::{GoalNote, PlanVersion, Strategy, StrategyVerdict};

/// What was tried for a goal, oldest first, what is put away last.
pub(in super::super) fn of_goal(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    version: &PlanVersion,
) -> Result<Vec<Strategy>> {
    connection
        .prepare_cached(
            "SELECT id, goal, what, begun_by, begun_at, verdict, verdict_at, verdict_by, verdict_why, archived_at
             FROM strategy WHERE relationship = :relationship AND goal = :goal
             ORDER BY archived_at IS NOT NULL, begun_at, id",
        )?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, |row| read(row, version))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

fn read(row: &Row<'_>, version: &PlanVersion) -> rusqlite::Result<Strategy> {
    let verdict: String = row.get(5)?;
    let verdict_note = match (row.get::<_, Option<Micros>>(6)?, row.get::<_, Option<PersonId>>(7)?) {
        (Some(Micros(at)), Some(by)) => Some(GoalNote { by, at, why: row.get(8)? }),
        _ => None,
    };
    Ok(Strategy {
        id: row.get(0)?,
        version: version.clone(),
        goal: row.get(1)?,
        what: row.get(2)?,
        begun_by: row.get(3)?,
        begun_at: row.get::<_, Micros>(4)?.0,
        verdict: StrategyVerdict::read(&verdict).unwrap_or(StrategyVerdict::Trying),
        verdict_note,
        archived_at: row.get::<_, Option<Micros>>(9)?.map(|at| at.0),
    })
}
