//! Graded steps: from the less to the more frightening, each tried as often as one likes.

use automerge::transaction::Transactable;
use automerge::{ObjId, ObjType, ScalarValue};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::error::{Problem, Thing};
use crate::id::{GoalId, RelationshipId, StepId, TryId};
use crate::store::Micros;
use crate::{Error, Result};

use super::super::goal::{
    collection, heads_shown, line, map_of as map_of_goal, prose, put_archived, put_as_seen_at, version,
};
use super::super::policy::PROSE;
use super::super::shared_plan::Pen;
use super::super::task::day_of;
use super::super::view::{NewStep, NewTry, PlanVersion, Step, StepEdit, StepTry, TaskOutcome};
use super::super::{moment, order};

/// The greatest fear.
const GREATEST: u8 = 10;

/// Puts up a step, behind all others of its goal.
pub(in super::super) fn add(pen: &mut Pen<'_>, goal: &GoalId, step: &NewStep) -> Result<StepId> {
    pen.needs_level(2)?;
    map_of_goal(pen, goal)?;
    let what = line("what", &step.what)?;
    let fear = fear("expected_fear", step.expected_fear)?;
    let id = StepId::from_bytes(pen.new_item()?);
    let places = places(pen, goal, &id)?;
    let place = order::place_behind(&places, places.last().map(|(id, _)| id));
    let (steps, now) = (collection(pen, "steps")?, moment::write(&pen.now));
    pen.change(|transaction| {
        let map = transaction.put_object(&steps, id.to_string(), ObjType::Map)?;
        transaction.put(&map, "goal", goal.to_string())?;
        transaction.put(&map, "what", what)?;
        transaction.put(&map, "order", place)?;
        transaction.put(&map, "proposed", now)?;
        if let Some(fear) = fear {
            transaction.put(&map, "expected_fear", fear)?;
        }
        Ok(())
    })?;
    Ok(id)
}

/// Edits what the person changed of the version shown, and nothing else.
pub(in super::super) fn edit(
    pen: &mut Pen<'_>,
    id: &StepId,
    shown: &PlanVersion,
    edit: &StepEdit,
) -> Result<()> {
    let map = map_of(pen, id)?;
    let heads = heads_shown(pen, shown)?;
    let before = pen.reading().at(&heads).step(id).ok_or(Error::not_found(Thing::Step))?;
    let what = edit.what.as_deref().map(|what| line("what", what)).transpose()?;
    let fear = fear("expected_fear", edit.expected_fear)?;
    if let Some(what) = what.filter(|what| *what != before.what) {
        put_as_seen_at(pen, &map, "what", what, &heads)?;
    }
    if let Some(fear) = fear.filter(|fear| Some(*fear) != before.expected_fear.map(u64::from)) {
        put_as_seen_at(pen, &map, "expected_fear", ScalarValue::Uint(fear), &heads)?;
    }
    Ok(())
}

/// Moves a step behind another one of its goal, or to the beginning.
pub(in super::super) fn move_behind(pen: &mut Pen<'_>, id: &StepId, after: Option<StepId>) -> Result<()> {
    let map = map_of(pen, id)?;
    let goal = pen.reading().step(id).ok_or(Error::not_found(Thing::Step))?.goal;
    if after == Some(*id) {
        return Ok(());
    }
    let places = places(pen, &goal, id)?;
    if after.is_some_and(|after| places.iter().all(|(id, _)| *id != after)) {
        return Err(Error::not_found(Thing::Step));
    }
    pen.put(&map, "order", order::place_behind(&places, after.as_ref()))
}

/// Puts a step away, or takes it back.
pub(in super::super) fn archive(pen: &mut Pen<'_>, id: &StepId, away: bool) -> Result<()> {
    let map = map_of(pen, id)?;
    put_archived(pen, &map, away)
}

/// Notes a try of a step.
pub(in super::super) fn note_try(pen: &mut Pen<'_>, id: &StepId, tried: &NewTry) -> Result<TryId> {
    map_of(pen, id)?;
    let (on, fear) = (day_of("on", tried.on)?, fear("fear", tried.fear)?);
    let learned = tried.learned.as_deref().map(|text| prose("learned", text.trim(), PROSE)).transpose()?;
    let tried_id = TryId::from_bytes(pen.new_item()?);
    let (tries, now) = (collection(pen, "tries")?, moment::write(&pen.now));
    pen.change(|transaction| {
        let map = transaction.put_object(&tries, tried_id.to_string(), ObjType::Map)?;
        transaction.put(&map, "step", id.to_string())?;
        transaction.put(&map, "on", on.to_string())?;
        transaction.put(&map, "outcome", tried.outcome.word())?;
        transaction.put(&map, "at", now)?;
        if let Some(fear) = fear {
            transaction.put(&map, "fear", fear)?;
        }
        if let Some(learned) = learned.filter(|learned| !learned.is_empty()) {
            transaction.put(&map, "learned", learned)?;
        }
        Ok(())
    })?;
    Ok(tried_id)
}

/// Takes back a try of one's own.
pub(in super::super) fn take_back_try(pen: &mut Pen<'_>, id: &TryId) -> Result<()> {
    super::take_back(pen, "tries", id.as_bytes())
}

fn map_of(pen: &Pen<'_>, id: &StepId) -> Result<ObjId> {
    pen.reading().item("steps", id.as_bytes()).ok_or(Error::not_found(Thing::Step))
}

fn fear(field: &str, fear: Option<u8>) -> Result<Option<u64>> {
    match fear {
        Some(fear) if fear > GREATEST => {
            Err(Error::invalid(field, Problem::OutOfRange { from: 0, to: GREATEST.into() }))
        }
        fear => Ok(fear.map(u64::from)),
    }
}

/// The places of a goal's other steps, in their order.
fn places(pen: &Pen<'_>, goal: &GoalId, but: &StepId) -> Result<Vec<(StepId, String)>> {
    pen.sql(|connection, relationship| {
        connection
            .prepare_cached(
                "SELECT id, place FROM step
                 WHERE relationship = :relationship AND goal = :goal AND id <> :but ORDER BY place, id",
            )?
            .query_map(named_params! { ":relationship": relationship, ":goal": goal, ":but": but }, |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect::<rusqlite::Result<_>>()
            .map_err(Error::from)
    })
}

const STEP: &str = "
    SELECT id, goal, what, proposed_by, expected_fear, archived_at FROM step
    WHERE relationship = :relationship";

/// The steps of a goal in their order, those put away last.
pub(in super::super) fn of_goal(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    version: &PlanVersion,
) -> Result<Vec<Step>> {
    let mut steps = connection
        .prepare_cached(&format!("{STEP} AND goal = :goal ORDER BY archived_at IS NOT NULL, place, id"))?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, |row| read(row, version))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for step in &mut steps {
        step.tries = tries(connection, relationship, &step.id)?;
    }
    Ok(steps)
}

/// One step.
pub(in super::super) fn show(
    connection: &Connection,
    relationship: RelationshipId,
    id: &StepId,
) -> Result<Step> {
    let version = version(connection, relationship)?;
    let step = connection
        .prepare_cached(&format!("{STEP} AND id = :id"))?
        .query_row(named_params! { ":relationship": relationship, ":id": id }, |row| read(row, &version))
        .optional()?
        .ok_or(Error::not_found(Thing::Step))?;
    Ok(Step { tries: tries(connection, relationship, id)?, ..step })
}

fn read(row: &Row<'_>, version: &PlanVersion) -> rusqlite::Result<Step> {
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
