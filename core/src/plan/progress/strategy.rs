//! Strategies: what the two try for a goal, and what they think of it: keep, change or drop.

use automerge::transaction::Transactable;
use automerge::{ObjId, ObjType};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::error::Thing;
use crate::id::{GoalId, PersonId, RelationshipId, StrategyId};
use crate::store::Micros;
use crate::{Error, Result};

use super::super::goal::{
    collection, heads_shown, line, map_of as map_of_goal, prose, put_archived, put_as_seen_at, version,
};
use super::super::moment;
use super::super::policy::PROSE;
use super::super::register::Marked;
use super::super::shared_plan::Pen;
use super::super::view::{GoalNote, PlanVersion, Strategy, StrategyVerdict};

/// Puts up something to try for a goal.
pub(in super::super) fn add(pen: &mut Pen<'_>, goal: &GoalId, what: &str) -> Result<StrategyId> {
    pen.needs_level(2)?;
    map_of_goal(pen, goal)?;
    let what = line("what", what)?;
    let id = StrategyId::from_bytes(pen.new_item()?);
    let (strategies, now) = (collection(pen, "strategies")?, moment::write(&pen.now));
    pen.change(|transaction| {
        let map = transaction.put_object(&strategies, id.to_string(), ObjType::Map)?;
        transaction.put(&map, "goal", goal.to_string())?;
        transaction.put(&map, "what", what)?;
        transaction.put(&map, "begun", now)?;
        Ok(())
    })?;
    Ok(id)
}

/// Changes what is tried.
pub(in super::super) fn edit(
    pen: &mut Pen<'_>,
    id: &StrategyId,
    shown: &PlanVersion,
    what: &str,
) -> Result<()> {
    let map = map_of(pen, id)?;
    let heads = heads_shown(pen, shown)?;
    let before = pen.reading().at(&heads).strategy(id).ok_or(Error::not_found(Thing::Strategy))?;
    let what = line("what", what)?;
    if what == before.what {
        return Ok(());
    }
    put_as_seen_at(pen, &map, "what", what, &heads)
}

/// Says what is thought of a strategy, and why. Saying again what stands there writes nothing.
pub(in super::super) fn judge(
    pen: &mut Pen<'_>,
    id: &StrategyId,
    shown: &PlanVersion,
    verdict: StrategyVerdict,
    why: Option<&str>,
) -> Result<()> {
    let map = map_of(pen, id)?;
    let heads = heads_shown(pen, shown)?;
    let before = pen.reading().at(&heads).strategy(id).ok_or(Error::not_found(Thing::Strategy))?;
    let why = why.map(|why| prose("why", why.trim(), PROSE)).transpose()?.filter(|why| !why.is_empty());
    let stands = |said: &Marked| said.word == verdict.word() && said.why == why;
    if before.choices.is_empty() && before.verdict.is_some_and(|verdict| stands(&verdict.shown)) {
        return Ok(());
    }
    let said = Marked { word: verdict.word(), at: pen.now.clone(), why };
    put_as_seen_at(pen, &map, "verdict", said.write(), &heads)
}

/// Puts a strategy away, or takes it back.
pub(in super::super) fn archive(pen: &mut Pen<'_>, id: &StrategyId, away: bool) -> Result<()> {
    let map = map_of(pen, id)?;
    put_archived(pen, &map, away)
}

fn map_of(pen: &Pen<'_>, id: &StrategyId) -> Result<ObjId> {
    pen.reading().item("strategies", id.as_bytes()).ok_or(Error::not_found(Thing::Strategy))
}

const STRATEGY: &str = "
    SELECT id, goal, what, begun_by, begun_at, verdict, verdict_at, verdict_by, verdict_why, archived_at
    FROM strategy WHERE relationship = :relationship";

/// What was tried for a goal, oldest first, what is put away last.
pub(in super::super) fn of_goal(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    version: &PlanVersion,
) -> Result<Vec<Strategy>> {
    connection
        .prepare_cached(&format!(
            "{STRATEGY} AND goal = :goal ORDER BY archived_at IS NOT NULL, begun_at, id"
        ))?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, |row| read(row, version))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// One strategy.
pub(in super::super) fn show(
    connection: &Connection,
    relationship: RelationshipId,
    id: &StrategyId,
) -> Result<Strategy> {
    let version = version(connection, relationship)?;
    connection
        .prepare_cached(&format!("{STRATEGY} AND id = :id"))?
        .query_row(named_params! { ":relationship": relationship, ":id": id }, |row| read(row, &version))
        .optional()?
        .ok_or(Error::not_found(Thing::Strategy))
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
