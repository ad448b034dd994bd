//! What reads differently now from what was agreed, part by part.

use rusqlite::{Connection, OptionalExtension, named_params};

use crate::clock::LocalDate;
use crate::difference::{self, Side};
use crate::error::Thing;
use crate::id::{GoalId, PersonId, RelationshipId};
use crate::{Error, Result};

use super::super::moment;
use super::super::progress::scale;
use super::super::view::{
    AttainmentLevel, PlanRun, PlanRunKind, WordingDifference, WordingDigest, WordingPart,
};
use super::super::wording::Wording;
use super::sealed;

impl PlanRun {
    /// Two texts in one, as runs of words.
    pub(in super::super) fn between(then: &str, now: &str) -> Vec<Self> {
        let kind = |side| match side {
            Side::Both => PlanRunKind::Same,
            Side::Then => PlanRunKind::Removed,
            Side::Now => PlanRunKind::Added,
        };
        difference::runs(then, now).into_iter().map(|(side, text)| Self { kind: kind(side), text }).collect()
    }
}

/// How a goal reads now against the wording in force: the parts that differ, in the version of the encoding in which
/// that was sealed. Empty where it reads the same, or nothing is in force.
pub(in super::super) fn since_agreed(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
) -> Result<Vec<WordingDifference>> {
    let Some(digest) = in_force(connection, relationship, goal)? else { return Ok(Vec::new()) };
    let then = sealed::wording(connection, relationship, goal, &digest)?;
    let now = as_it_stands(connection, relationship, goal, then.version)?;
    Ok(between(&then, &now))
}

/// The wording in force.
fn in_force(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
) -> Result<Option<WordingDigest>> {
    let found: Option<Option<[u8; 32]>> = connection
        .prepare_cached("SELECT in_force FROM goal WHERE relationship = :relationship AND id = :goal")?
        .query_row(named_params! { ":relationship": relationship, ":goal": goal }, |row| row.get(0))
        .optional()?;
    Ok(found.ok_or(Error::not_found(Thing::Goal))?.map(WordingDigest))
}

/// The wording of a goal as the tables have it.
fn as_it_stands(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    version: u16,
) -> Result<Wording> {
    let params = named_params! { ":relationship": relationship, ":goal": goal };
    let mut wording = connection
        .prepare_cached(
            "SELECT title, why, known_by, by_when FROM goal WHERE relationship = :relationship AND id = :goal",
        )?
        .query_row(params, |row| {
            Ok(Wording {
                version,
                goal: *goal,
                title: row.get(0)?,
                why: row.get(1)?,
                success: Vec::new(),
                known_by: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
                by_when: row.get::<_, Option<String>>(3)?.and_then(|day| moment::read_day(&day)),
                scale: std::array::from_fn(|_| String::new()),
            })
        })?;
    wording.success = connection
        .prepare_cached(
            "SELECT person, text FROM goal_success
             WHERE relationship = :relationship AND goal = :goal AND text <> '' ORDER BY person",
        )?
        .query_map(params, |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for written in scale::levels(connection, relationship, goal)? {
        let place = AttainmentLevel::ALL.iter().position(|level| *level == written.level);
        if let Some(text) = place.and_then(|place| wording.scale.get_mut(place)) {
            *text = written.text;
        }
    }
    Ok(wording)
}

/// The parts of two wordings of one goal that differ.
fn between(then: &Wording, now: &Wording) -> Vec<WordingDifference> {
    let mut different = Vec::new();
    let mut part = |part, then: &str, now: &str| {
        if then != now {
            different.push(WordingDifference { part, runs: PlanRun::between(then, now) });
        }
    };
    part(WordingPart::Title, &then.title, &now.title);
    part(WordingPart::Why, &then.why, &now.why);
    for of in people(then, now) {
        part(WordingPart::Success { of }, success(then, of), success(now, of));
    }
    if then.version > 1 {
        part(WordingPart::KnownBy, &then.known_by, &now.known_by);
        part(WordingPart::ByWhen, &day(then.by_when), &day(now.by_when));
        for (level, (then, now)) in AttainmentLevel::ALL.into_iter().zip(then.scale.iter().zip(&now.scale)) {
            part(WordingPart::Scale { level: level.value() }, then, now);
        }
    }
    different
}

/// Who has written what success looks like in either, in the order of their ids.
fn people(then: &Wording, now: &Wording) -> Vec<PersonId> {
    let mut people: Vec<_> = then.success.iter().chain(&now.success).map(|(person, _)| *person).collect();
    people.sort_unstable();
    people.dedup();
    people
}

fn success(wording: &Wording, of: PersonId) -> &str {
    wording.success.iter().find(|(person, _)| *person == of).map_or("", |(_, text)| text)
}

fn day(day: Option<LocalDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
