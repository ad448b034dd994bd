//! Goal Attainment Scaling: five levels that the two have written for a goal, and how far it was attained.

use rusqlite::{Connection, Row, named_params};

use crate::clock::Moment;
use crate::id::{GoalId, RelationshipId};
use crate::store::Micros;
use crate::{Error, Result};

use super::super::view::{Attainment, AttainmentLevel, ScaleLevel};

/// The levels of a goal's scale that are written, from the lowest.
pub(in super::super) fn levels(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
) -> Result<Vec<ScaleLevel>> {
    connection
        .prepare_cached(
            "SELECT level, text FROM goal_scale WHERE relationship = :relationship AND goal = :goal ORDER BY level",
        )?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, |row| {
            Ok(ScaleLevel { level: level(row, 0)?, text: row.get(1)? })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// All judgements on a goal's scale, oldest first.
pub(in super::super) fn attainments(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
) -> Result<Vec<Attainment>> {
    connection
        .prepare_cached(
            "SELECT id, person, at, zone, offset_seconds, level, note FROM attainment
             WHERE relationship = :relationship AND goal = :goal ORDER BY at, id",
        )?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, |row| {
            Ok(Attainment {
                id: row.get(0)?,
                by: row.get(1)?,
                at: Moment { at: row.get::<_, Micros>(2)?.0, zone: row.get(3)?, offset_seconds: row.get(4)? },
                level: level(row, 5)?,
                note: row.get(6)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// The table holds -2 to +2 and nothing else.
fn level(row: &Row<'_>, column: usize) -> rusqlite::Result<AttainmentLevel> {
    Ok(AttainmentLevel::of(row.get(column)?).unwrap_or(AttainmentLevel::Expected))
}
