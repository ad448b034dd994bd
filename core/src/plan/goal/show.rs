//! Goals as screens see them, from the tables alone.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::clock::LocalDate;
use crate::error::Thing;
use crate::id::{GoalId, PersonId, RelationshipId};
use crate::relationship::people;
use crate::store::Micros;
use crate::{Error, Result};

use super::super::progress::{rating, scale, step, strategy};
use super::super::view::{
    DescentKind, Goal, GoalHint, GoalMark, GoalNote, GoalPriority, GoalState, GoalSummary, PlanVersion,
    Relative, Standing, Success, WordingDigest,
};
use super::super::{agreement, choices, genesis, moment, task};

const SUMMARY: &str = "
    SELECT goal.id, goal.title, goal.proposed_by, goal.proposed_at, goal.standing, goal.standing_at,
           goal.standing_by, goal.archived_at,
           (SELECT count(*) FROM task WHERE task.relationship = goal.relationship AND task.goal = goal.id
                                        AND task.archived_at IS NULL),
           EXISTS (SELECT 1 FROM choice
                   WHERE choice.relationship = goal.relationship AND choice.goal = goal.id),
           goal.why, goal.digest, goal.in_force, goal.state, goal.state_at, goal.state_by, goal.state_why,
           goal.priority, goal.by_when, goal.review_due, goal.known_by, goal.first_step, goal.review_every,
           goal.reviewed, goal.importance, goal.difficulty
    FROM goal";

/// The goals in their order, archived ones last.
pub(in super::super) fn list(
    connection: &Connection,
    relationship: RelationshipId,
    archived: bool,
) -> Result<Vec<GoalSummary>> {
    let mut goals: Vec<GoalSummary> = connection
        .prepare_cached(&format!(
            "{SUMMARY} WHERE goal.relationship = :relationship AND (:archived OR goal.archived_at IS NULL)
             ORDER BY goal.archived_at IS NOT NULL, goal.place, goal.id"
        ))?
        .query_map(named_params! { ":relationship": relationship, ":archived": archived }, read_summary)?
        .collect::<rusqlite::Result<_>>()?;
    let people = the_two(connection, relationship)?;
    for goal in &mut goals {
        goal.holds = holds(connection, relationship, &goal.id)?;
        settle(goal);
        goal.latest_ratings = rating::latest(connection, relationship, &goal.id, &people)?;
    }
    Ok(goals)
}

/// The two people of a plan, in the order of their ids.
fn the_two(connection: &Connection, relationship: RelationshipId) -> Result<[PersonId; 2]> {
    let mut two = [people::me(connection)?.person, people::other(connection, relationship)?.person];
    two.sort_unstable();
    Ok(two)
}

/// One goal with everything that belongs to it.
pub(in super::super) fn show(
    connection: &Connection,
    relationship: RelationshipId,
    id: &GoalId,
) -> Result<Goal> {
    let found = connection
        .prepare_cached(&format!("{SUMMARY} WHERE goal.relationship = :relationship AND goal.id = :id"))?
        .query_row(named_params! { ":relationship": relationship, ":id": id }, |row| {
            Ok((read_goal(row)?, row.get::<_, Option<[u8; 32]>>(12)?.map(WordingDigest)))
        })
        .optional()?;
    let (mut goal, in_force) = found.ok_or(Error::not_found(Thing::Goal))?;
    let two = the_two(connection, relationship)?;
    goal.summary.holds = holds(connection, relationship, id)?;
    settle(&mut goal.summary);
    goal.summary.latest_ratings = rating::latest(connection, relationship, id, &two)?;
    goal.version = version(connection, relationship)?;
    goal.success = success(connection, relationship, id)?;
    goal.agreed_by = agreement::agreed_by(connection, relationship, id, &goal.digest)?;
    if let (Standing::Agreed { .. }, Some(in_force)) = (&goal.summary.standing, &in_force) {
        // It may be sealed in an earlier version of the encoding, under another digest.
        goal.agreed_by = agreement::agreed_by(connection, relationship, id, in_force)?;
    }
    goal.stances = agreement::stances(connection, relationship, id, &goal.digest)?;
    goal.sealed =
        in_force.map(|digest| agreement::sealed(connection, relationship, id, &digest)).transpose()?;
    goal.choices = choices::of_goal(connection, relationship, id)?;
    goal.tasks = task::of_goal(connection, relationship, id)?;
    goal.ratings = rating::of_goal(connection, relationship, id)?;
    goal.steps = step::of_goal(connection, relationship, id, &goal.version)?;
    goal.strategies = strategy::of_goal(connection, relationship, id, &goal.version)?;
    goal.scale = scale::levels(connection, relationship, id)?;
    goal.attainments = scale::attainments(connection, relationship, id)?;
    goal.came_from = came_from(connection, relationship, id)?;
    goal.led_to = led_to(connection, relationship, id)?;
    let me = people::me(connection)?.person;
    goal.hints = hints(&goal, me);
    Ok(goal)
}

/// The heads of the document, from the table.
pub(in super::super) fn version(
    connection: &Connection,
    relationship: RelationshipId,
) -> Result<PlanVersion> {
    let heads: Option<Vec<u8>> = connection
        .query_row(
            "SELECT heads FROM plan WHERE relationship = :relationship",
            named_params! { ":relationship": relationship },
            |row| row.get(0),
        )
        .optional()?;
    match heads {
        Some(heads) => Ok(PlanVersion::of(heads.as_chunks::<32>().0.to_vec())),
        None => Ok(PlanVersion::of(vec![genesis::hash()?.0])),
    }
}

fn read_summary(row: &Row<'_>) -> rusqlite::Result<GoalSummary> {
    let word: String = row.get(4)?;
    let at: Option<Micros> = row.get(5)?;
    let by: Option<PersonId> = row.get(6)?;
    let standing = match (word.as_str(), at, by) {
        ("agreed", Some(Micros(since)), _) => Standing::Agreed { since },
        ("changed", Some(Micros(agreed)), _) => Standing::ChangedSinceAgreed { agreed },
        ("withdrawn", Some(Micros(at)), Some(by)) => Standing::Withdrawn { at, by },
        _ => Standing::Proposed,
    };
    let state: String = row.get(13)?;
    let mark = GoalMark::read(&state).unwrap_or(GoalMark::Open);
    let state_note = match (row.get::<_, Option<Micros>>(14)?, row.get::<_, Option<PersonId>>(15)?) {
        (Some(Micros(at)), Some(by)) => Some(GoalNote { by, at, why: row.get(16)? }),
        _ => None,
    };
    Ok(GoalSummary {
        id: row.get(0)?,
        title: row.get(1)?,
        proposed_by: row.get(2)?,
        proposed_at: row.get::<_, Micros>(3)?.0,
        standing,
        state: set_state(mark).unwrap_or(GoalState::Proposed),
        state_note,
        holds: Vec::new(),
        priority: row.get::<_, Option<String>>(17)?.and_then(|word| GoalPriority::read(&word)),
        by_when: day(row, 18)?,
        review_due: day(row, 19)?,
        latest_ratings: Vec::new(),
        archived_at: row.get::<_, Option<Micros>>(7)?.map(|at| at.0),
        task_count: row.get(8)?,
        open_choice: row.get(9)?,
    })
}

fn read_goal(row: &Row<'_>) -> rusqlite::Result<Goal> {
    Ok(Goal {
        summary: read_summary(row)?,
        version: PlanVersion::of(Vec::new()),
        why: row.get(10)?,
        success: Vec::new(),
        known_by: row.get(20)?,
        first_step: row.get(21)?,
        hints: Vec::new(),
        review_every: row.get(22)?,
        reviewed: day(row, 23)?,
        came_from: None,
        led_to: Vec::new(),
        digest: WordingDigest(row.get(11)?),
        agreed_by: Vec::new(),
        stances: Vec::new(),
        sealed: None,
        choices: Vec::new(),
        tasks: Vec::new(),
        steps: Vec::new(),
        strategies: Vec::new(),
        ratings: Vec::new(),
        scale: Vec::new(),
        importance: row.get(24)?,
        difficulty: row.get(25)?,
        attainments: Vec::new(),
    })
}

fn day(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<LocalDate>> {
    Ok(row.get::<_, Option<String>>(column)?.and_then(|text| moment::read_day(&text)))
}

/// The state that somebody has set.
fn set_state(mark: GoalMark) -> Option<GoalState> {
    match mark {
        GoalMark::Open => None,
        GoalMark::Paused => Some(GoalState::Paused),
        GoalMark::Reached => Some(GoalState::Reached),
        GoalMark::Maintained => Some(GoalState::Maintained),
        GoalMark::SetAside => Some(GoalState::SetAside),
        GoalMark::Declined => Some(GoalState::Declined),
    }
}

/// Where nobody has set a state, it follows from what is in force and who holds the goal.
fn settle(goal: &mut GoalSummary) {
    if goal.state == GoalState::Proposed {
        let in_force = matches!(goal.standing, Standing::Agreed { .. } | Standing::ChangedSinceAgreed { .. });
        goal.state = match (in_force, goal.holds.is_empty()) {
            (false, _) => GoalState::Proposed,
            (true, true) => GoalState::Active,
            (true, false) => GoalState::Held,
        };
    }
}

fn holds(connection: &Connection, relationship: RelationshipId, goal: &GoalId) -> Result<Vec<GoalNote>> {
    connection
        .prepare_cached(
            "SELECT person, at, why FROM goal_hold
             WHERE relationship = :relationship AND goal = :goal ORDER BY person",
        )?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, |row| {
            Ok(GoalNote { by: row.get(0)?, at: row.get::<_, Micros>(1)?.0, why: row.get(2)? })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// The goal from which one came.
fn came_from(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
) -> Result<Option<Relative>> {
    let found = connection
        .prepare_cached(
            "SELECT goal.descent, goal.descends_from, older.title
             FROM goal LEFT JOIN goal AS older
               ON older.relationship = goal.relationship AND older.id = goal.descends_from
             WHERE goal.relationship = :relationship AND goal.id = :goal AND goal.descends_from IS NOT NULL",
        )?
        .query_row(named_params! { ":relationship": relationship, ":goal": goal }, read_relative)
        .optional()?;
    Ok(found.flatten())
}

/// The goals that came from one, in their order.
fn led_to(connection: &Connection, relationship: RelationshipId, goal: &GoalId) -> Result<Vec<Relative>> {
    let found = connection
        .prepare_cached(
            "SELECT descent, id, title FROM goal
             WHERE relationship = :relationship AND descends_from = :goal ORDER BY place, id",
        )?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, read_relative)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(found.into_iter().flatten().collect())
}

fn read_relative(row: &Row<'_>) -> rusqlite::Result<Option<Relative>> {
    let kind: String = row.get(0)?;
    let Some(kind) = DescentKind::read(&kind) else { return Ok(None) };
    Ok(Some(Relative { kind, goal: row.get(1)?, title: row.get(2)? }))
}

/// What is not written yet and might make a goal clearer.
fn hints(goal: &Goal, me: PersonId) -> Vec<GoalHint> {
    let missing = [
        (goal.why.trim().is_empty(), GoalHint::Why),
        (goal.known_by.is_none(), GoalHint::KnownBy),
        (goal.summary.by_when.is_none(), GoalHint::ByWhen),
        (goal.first_step.is_none() && goal.steps.is_empty() && goal.tasks.is_empty(), GoalHint::FirstStep),
        (goal.success.iter().all(|success| success.by != me), GoalHint::Success),
    ];
    missing.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, hint)| hint).collect()
}

fn success(connection: &Connection, relationship: RelationshipId, goal: &GoalId) -> Result<Vec<Success>> {
    connection
        .prepare_cached(
            "SELECT person, text FROM goal_success
             WHERE relationship = :relationship AND goal = :goal AND text <> '' ORDER BY person",
        )?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, |row| {
            Ok(Success { by: row.get(0)?, text: row.get(1)? })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}
