//! Goals: what is wanted, why, and what success looks like to each.

use automerge::legacy::OpId;
use automerge::transaction::Transactable;
use automerge::{ChangeHash, ObjId, ObjType, ReadDoc, ScalarValue};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::error::{Problem, Thing};
use crate::id::{GoalId, PersonId, RelationshipId};
use crate::relationship::people;
use crate::store::Micros;
use crate::{Error, Result};

use super::policy::{LINE, PROSE, is_line, is_prose};
use super::shared_plan::Pen;
use super::view::{
    Choice, ChoiceField, ChoiceValue, Goal, GoalEdit, GoalSummary, NewGoal, PlanVersion, Standing, Success,
    WordingDigest,
};
use super::{agreement, moment, order, rating, task, text};

/// The longest why that one save may leave, in characters.
pub(super) const WHY: usize = 10_000;
/// The most operations that one change of ours holds: half of what the gate lets through.
const OPERATIONS: usize = 5_000;

/// A collection's map, where the genesis put it.
pub(super) fn collection(pen: &Pen<'_>, name: &str) -> Result<ObjId> {
    match pen.document().get(automerge::ROOT, name) {
        Ok(Some((_, id))) => Ok(id),
        _ => Err(Error::internal("a collection of the plan")),
    }
}

/// A goal's map.
pub(super) fn map_of(pen: &Pen<'_>, id: &GoalId) -> Result<ObjId> {
    pen.reading().item("goals", id.as_bytes()).ok_or(Error::not_found(Thing::Goal))
}

/// A title or a task that is one line.
pub(super) fn line(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(field, Problem::Empty));
    }
    if text.chars().count() > LINE {
        return Err(Error::invalid(
            field,
            Problem::TooLong { limit: LINE as u64, unit: "characters".to_owned() },
        ));
    }
    if is_line(text, LINE) { Ok(text.to_owned()) } else { Err(Error::malformed(field, "one line of text")) }
}

/// Prose of at most so many characters; ends of lines become ours.
pub(super) fn prose(field: &str, text: &str, most: usize) -> Result<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if text.chars().count() > most {
        return Err(Error::invalid(
            field,
            Problem::TooLong { limit: most as u64, unit: "characters".to_owned() },
        ));
    }
    if is_prose(&text, most) {
        Ok(text)
    } else {
        Err(Error::malformed(field, "text without control characters"))
    }
}

/// Proposes a goal, behind all others.
pub(super) fn propose(pen: &mut Pen<'_>, goal: &NewGoal) -> Result<GoalId> {
    let title = line("title", &goal.title)?;
    let why = prose("why", &goal.why, WHY)?;
    let success = goal.success.as_deref().map(|text| prose("success", text, PROSE)).transpose()?;
    let place = pen.sql(place_behind_all)?;
    let id = GoalId::from_bytes(pen.new_item()?);
    let (goals, now, me) = (collection(pen, "goals")?, moment::write(&pen.now), pen.parties().me.person);
    let mut portions = text::in_portions(text::between("", &why), OPERATIONS).into_iter();
    let first = portions.next().unwrap_or_default();
    pen.change(|transaction| {
        let goal = transaction.put_object(&goals, id.to_string(), ObjType::Map)?;
        transaction.put(&goal, "title", title.as_str())?;
        let why = transaction.put_object(&goal, "why", ObjType::Text)?;
        let successes = transaction.put_object(&goal, "success", ObjType::Map)?;
        transaction.put(&goal, "order", place)?;
        transaction.put(&goal, "proposed", now)?;
        if let Some(success) = success.filter(|text| !text.is_empty()) {
            transaction.put(&successes, me.to_string(), success)?;
        }
        splice(transaction, &why, &first)
    })?;
    let map = map_of(pen, &id)?;
    write_portions(pen, &map, portions)?;
    Ok(id)
}

/// Edits what the person changed of the version shown, and nothing else.
pub(super) fn edit(pen: &mut Pen<'_>, id: &GoalId, shown: &PlanVersion, edit: &GoalEdit) -> Result<()> {
    let map = map_of(pen, id)?;
    if !pen.knows(shown.heads()) {
        return Err(Error::malformed("version", "a version of this plan"));
    }
    let heads: Vec<ChangeHash> = shown.heads().iter().map(|head| ChangeHash(*head)).collect();
    let before = pen.reading().at(&heads).goal(id).ok_or(Error::not_found(Thing::Goal))?;
    if let Some(title) = &edit.title {
        let title = line("title", title)?;
        if title != before.title.shown {
            put_as_seen_at(pen, &map, "title", &title, &heads)?;
        }
    }
    if let Some(success) = &edit.success {
        let success = prose("success", success, PROSE)?;
        let me = pen.parties().me.person;
        if before.success.iter().find(|(by, _)| *by == me).map_or("", |(_, text)| text) != success {
            write_success(pen, &map, me, &success)?;
        }
    }
    if let Some(why) = &edit.why {
        let why = prose("why", why, WHY)?;
        let splices = text::between(&before.why, &why);
        let object = pen.reading().text_of(&map, "why");
        if let (Some(object), false) = (object, splices.is_empty()) {
            let is_current =
                PlanVersion::of(pen.document().get_heads().iter().map(|head| head.0).collect()) == *shown;
            let splices =
                if is_current { splices } else { text::carry_over(pen.document(), &object, &heads, splices) };
            let portions = text::in_portions(splices, OPERATIONS);
            write_portions(pen, &map, portions.into_iter())?;
        }
    }
    Ok(())
}

fn write_success(pen: &mut Pen<'_>, map: &ObjId, me: PersonId, text: &str) -> Result<()> {
    let successes = match pen.document().get(map, "success") {
        Ok(Some((_, id))) => id,
        _ => return Err(Error::internal("a goal without a place for success")),
    };
    pen.put(&successes, &me.to_string(), text)
}

fn splice(
    transaction: &mut automerge::transaction::Transaction<'_>,
    text: &ObjId,
    splices: &[text::Splice],
) -> Result<(), automerge::AutomergeError> {
    splices.iter().try_for_each(|splice| {
        let delete = isize::try_from(splice.delete).unwrap_or(isize::MAX);
        transaction.splice_text(text, splice.at, delete, &splice.insert)
    })
}

fn write_portions(
    pen: &mut Pen<'_>,
    map: &ObjId,
    portions: impl Iterator<Item = Vec<text::Splice>>,
) -> Result<()> {
    for portion in portions {
        let why = pen.reading().text_of(map, "why").ok_or_else(|| Error::internal("a goal without a why"))?;
        pen.change(|transaction| splice(transaction, &why, &portion))?;
    }
    Ok(())
}

/// Puts a plain value as somebody who saw the version at `heads`: it replaces what they saw, and no
/// more. What was written there meanwhile stays beside it, to be chosen from.
fn put_as_seen_at(
    pen: &mut Pen<'_>,
    map: &ObjId,
    key: &str,
    value: &str,
    heads: &[ChangeHash],
) -> Result<()> {
    let seen =
        pen.document().get_all_at(map, key, heads).map_err(|_| Error::internal("a value of the plan"))?;
    let mut seen: Vec<OpId> = seen.into_iter().filter_map(|(_, id)| operation_of(&id)).collect();
    // What this device wrote last goes in any case: nobody is asked to choose between two of their own.
    let own = pen.document().get_actor().clone();
    let standing = pen.document().get_all(map, key).map_err(|_| Error::internal("a value of the plan"))?;
    let standing = standing.into_iter().filter_map(|(_, id)| operation_of(&id));
    for value in standing.filter(|value| *value.actor() == own) {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    pen.put_replacing(map, key, value, seen)
}

/// The operation that an id names.
pub(super) fn operation_of(id: &ObjId) -> Option<OpId> {
    match id {
        ObjId::Id(counter, actor, _) => Some(OpId::new(*counter, actor)),
        ObjId::Root => None,
    }
}

/// Puts a goal away, or takes it back.
pub(super) fn archive(pen: &mut Pen<'_>, id: &GoalId, away: bool) -> Result<()> {
    let map = map_of(pen, id)?;
    put_archived(pen, &map, away)
}

/// Marks an item as put away, or takes the mark back.
pub(super) fn put_archived(pen: &mut Pen<'_>, map: &ObjId, away: bool) -> Result<()> {
    let now = moment::write(&pen.now);
    pen.put(map, "archived", if away { ScalarValue::from(now) } else { ScalarValue::Null })
}

/// Moves a goal behind another one, or to the top.
pub(super) fn move_behind(pen: &mut Pen<'_>, id: &GoalId, after: Option<GoalId>) -> Result<()> {
    let map = map_of(pen, id)?;
    if let Some(after) = &after {
        map_of(pen, after)?;
    }
    if after == Some(*id) {
        return Ok(());
    }
    let place = pen.sql(|connection, relationship| place_behind(connection, relationship, id, after))?;
    pen.put(&map, "order", place)
}

/// Resolves a choice that both still stand as they were shown.
pub(super) fn choose(
    pen: &mut Pen<'_>,
    id: &GoalId,
    shown: &PlanVersion,
    field: ChoiceField,
    value: &str,
) -> Result<()> {
    let ChoiceField::Title = field;
    let map = map_of(pen, id)?;
    let value = line("value", value)?;
    if !pen.knows(shown.heads()) {
        return Err(Error::malformed("version", "a version of this plan"));
    }
    let heads: Vec<ChangeHash> = shown.heads().iter().map(|head| ChangeHash(*head)).collect();
    let then = pen.reading().at(&heads).goal(id).map(|goal| goal.title.values);
    let now = pen.reading().goal(id).map(|goal| goal.title.values);
    if then != now {
        return Err(Error::Changed { what: Thing::Goal });
    }
    put_as_seen_at(pen, &map, "title", &value, &heads)
}

fn place_behind_all(connection: &Connection, relationship: RelationshipId) -> Result<String> {
    let last: Option<String> = connection.query_row(
        "SELECT max(place) FROM goal WHERE relationship = :relationship",
        named_params! { ":relationship": relationship },
        |row| row.get(0),
    )?;
    Ok(order::place(last.as_deref(), None))
}

fn place_behind(
    connection: &Connection,
    relationship: RelationshipId,
    moved: &GoalId,
    after: Option<GoalId>,
) -> Result<String> {
    let mut statement = connection.prepare_cached(
        "SELECT id, place FROM goal WHERE relationship = :relationship AND id <> :moved ORDER BY place, id",
    )?;
    let places: Vec<(GoalId, String)> = statement
        .query_map(named_params! { ":relationship": relationship, ":moved": moved }, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let before = after.and_then(|after| places.iter().position(|(id, _)| *id == after));
    let next = before.map_or(0, |at| at + 1);
    let above = before.and_then(|at| places.get(at)).map(|(_, place)| place.as_str());
    // Two that were put at one place at the same time stand there by id: go behind both.
    let below = places.iter().skip(next).map(|(_, place)| place.as_str()).find(|place| Some(*place) != above);
    Ok(order::place(above, below))
}

const SUMMARY: &str = "
    SELECT goal.id, goal.title, goal.proposed_by, goal.proposed_at, goal.standing, goal.standing_at,
           goal.standing_by, goal.archived_at,
           (SELECT count(*) FROM task WHERE task.relationship = goal.relationship AND task.goal = goal.id
                                        AND task.archived_at IS NULL),
           EXISTS (SELECT 1 FROM goal_choice AS choice
                   WHERE choice.relationship = goal.relationship AND choice.goal = goal.id),
           goal.why, goal.digest, goal.in_force
    FROM goal";

/// The goals in their order, archived ones last.
pub(super) fn list(
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
pub(super) fn show(connection: &Connection, relationship: RelationshipId, id: &GoalId) -> Result<Goal> {
    let found = connection
        .prepare_cached(&format!("{SUMMARY} WHERE goal.relationship = :relationship AND goal.id = :id"))?
        .query_row(named_params! { ":relationship": relationship, ":id": id }, |row| {
            let (why, digest) = (row.get::<_, String>(10)?, WordingDigest(row.get(11)?));
            Ok((read_summary(row)?, why, digest, row.get::<_, Option<[u8; 32]>>(12)?.map(WordingDigest)))
        })
        .optional()?;
    let (mut summary, why, digest, in_force) = found.ok_or(Error::not_found(Thing::Goal))?;
    summary.latest_ratings =
        rating::latest(connection, relationship, id, &the_two(connection, relationship)?)?;
    Ok(Goal {
        version: version(connection, relationship)?,
        why,
        success: success(connection, relationship, id)?,
        digest,
        agreed_by: agreement::agreed_by(connection, relationship, id, &digest)?,
        sealed: in_force
            .map(|digest| agreement::sealed(connection, relationship, id, &digest))
            .transpose()?,
        choices: choices(connection, relationship, id)?,
        tasks: task::of_goal(connection, relationship, id)?,
        ratings: rating::of_goal(connection, relationship, id)?,
        summary,
    })
}

/// The heads of the document, from the table.
pub(super) fn version(connection: &Connection, relationship: RelationshipId) -> Result<PlanVersion> {
    let heads: Option<Vec<u8>> = connection
        .query_row(
            "SELECT heads FROM plan WHERE relationship = :relationship",
            named_params! { ":relationship": relationship },
            |row| row.get(0),
        )
        .optional()?;
    match heads {
        Some(heads) => Ok(PlanVersion::of(heads.as_chunks::<32>().0.to_vec())),
        None => Ok(PlanVersion::of(vec![super::genesis::hash()?.0])),
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
    Ok(GoalSummary {
        id: row.get(0)?,
        title: row.get(1)?,
        proposed_by: row.get(2)?,
        proposed_at: row.get::<_, Micros>(3)?.0,
        standing,
        latest_ratings: Vec::new(),
        archived_at: row.get::<_, Option<Micros>>(7)?.map(|at| at.0),
        task_count: row.get(8)?,
        open_choice: row.get(9)?,
    })
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

fn choices(connection: &Connection, relationship: RelationshipId, goal: &GoalId) -> Result<Vec<Choice>> {
    let values: Vec<ChoiceValue> = connection
        .prepare_cached(
            "SELECT person, value FROM goal_choice
             WHERE relationship = :relationship AND goal = :goal AND field = 'title' ORDER BY number",
        )?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, |row| {
            Ok(ChoiceValue { by: row.get(0)?, value: row.get(1)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(if values.is_empty() { Vec::new() } else { vec![Choice { field: ChoiceField::Title, values }] })
}
