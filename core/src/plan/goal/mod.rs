//! Goals: what is wanted, why, and what success looks like to each.

pub(crate) mod draft;
pub(super) mod review;
mod show;
pub(super) mod state;

use automerge::legacy::OpId;
use automerge::transaction::Transactable;
use automerge::{ChangeHash, ObjId, ObjType, ReadDoc, ScalarValue};
use rusqlite::{Connection, named_params};

use crate::clock::LocalDate;
use crate::error::{Problem, Thing};
use crate::id::{GoalId, PersonId, RelationshipId};
use crate::{Error, Result};

use super::policy::{LINE, PROSE, is_line, is_prose};
use super::register::Descent;
use super::shared_plan::Pen;
use super::view::{DayEdit, GoalEdit, NewGoal, PlanVersion};
use super::{moment, order, text};
pub(super) use show::{list, show, version};

/// The longest why that one save may leave, in characters.
pub(super) const WHY: usize = 10_000;
/// The most operations that one change of ours holds: half of what the gate lets through.
pub(super) const OPERATIONS: usize = 5_000;

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

/// What a goal has from level 2 on.
struct More {
    values: Vec<(&'static str, String)>,
}

impl More {
    fn of(pen: &Pen<'_>, goal: &NewGoal) -> Result<Self> {
        let mut values = Vec::new();
        let known_by = goal.known_by.as_deref().unwrap_or_default().trim();
        if !known_by.is_empty() {
            values.push(("known_by", prose("known_by", known_by, PROSE)?));
        }
        if let Some(day) = goal.by_when {
            let day = written_day("by_when", DayEdit::Day { day })?;
            values.extend(day.map(|day| ("by_when", day.to_string())));
        }
        let first_step = goal.first_step.as_deref().unwrap_or_default().trim();
        if !first_step.is_empty() {
            values.push(("first_step", line("first_step", first_step)?));
        }
        if let Some(descent) = &goal.descent {
            map_of(pen, &descent.from)?;
            values.push(("descent", Descent { kind: descent.kind, from: descent.from }.write()));
        }
        if !values.is_empty() {
            pen.needs_level(2)?;
        }
        Ok(Self { values })
    }
}

/// Proposes a goal, behind all others.
pub(super) fn propose(pen: &mut Pen<'_>, goal: &NewGoal) -> Result<GoalId> {
    let id = GoalId::from_bytes(pen.new_item()?);
    propose_as(pen, id, goal)?;
    Ok(id)
}

/// Proposes a goal under an id that its creator has given it before.
pub(super) fn propose_as(pen: &mut Pen<'_>, id: GoalId, goal: &NewGoal) -> Result<()> {
    let title = line("title", &goal.title)?;
    let why = prose("why", &goal.why, WHY)?;
    let success = goal.success.as_deref().map(|text| prose("success", text, PROSE)).transpose()?;
    let more = More::of(pen, goal)?;
    let place = pen.sql(place_behind_all)?;
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
        for (key, value) in more.values {
            transaction.put(&goal, key, value)?;
        }
        splice(transaction, &why, &first)
    })?;
    let map = map_of(pen, &id)?;
    write_portions(pen, &map, portions)
}

/// The heads of the version that a screen showed.
pub(super) fn heads_shown(pen: &Pen<'_>, shown: &PlanVersion) -> Result<Vec<ChangeHash>> {
    if !pen.knows(shown.heads()) {
        return Err(Error::malformed("version", "a version of this plan"));
    }
    Ok(shown.heads().iter().map(|head| ChangeHash(*head)).collect())
}

/// A text, or nothing where it is empty.
pub(super) fn or_nothing(text: String) -> ScalarValue {
    if text.is_empty() { ScalarValue::Null } else { text.into() }
}

/// The day that is to be written.
pub(super) fn written_day(field: &str, day: DayEdit) -> Result<Option<LocalDate>> {
    match day {
        DayEdit::Nothing => Ok(None),
        DayEdit::Day { day } if moment::read_day(&day.to_string()).is_some() => Ok(Some(day)),
        DayEdit::Day { .. } => Err(Error::malformed(field, "a day of the years 1 to 9999")),
    }
}

/// Edits what the person changed of the version shown, and nothing else.
pub(super) fn edit(pen: &mut Pen<'_>, id: &GoalId, shown: &PlanVersion, edit: &GoalEdit) -> Result<()> {
    let map = map_of(pen, id)?;
    let heads = heads_shown(pen, shown)?;
    let before = pen.reading().at(&heads).goal(id).ok_or(Error::not_found(Thing::Goal))?;
    if let Some(title) = &edit.title {
        let title = line("title", title)?;
        if title != before.title.shown {
            put_as_seen_at(pen, &map, "title", title, &heads)?;
        }
    }
    if let Some(text) = &edit.known_by {
        let text = prose("known_by", text.trim(), PROSE)?;
        if text != before.known_by.shown.clone().unwrap_or_default() {
            pen.needs_level(2)?;
            put_as_seen_at(pen, &map, "known_by", or_nothing(text), &heads)?;
        }
    }
    if let Some(day) = &edit.by_when {
        let day = written_day("by_when", *day)?;
        if day != before.by_when.shown {
            pen.needs_level(2)?;
            let value = day.map_or(ScalarValue::Null, |day| day.to_string().into());
            put_as_seen_at(pen, &map, "by_when", value, &heads)?;
        }
    }
    if let Some(step) = &edit.first_step {
        let step = if step.trim().is_empty() { String::new() } else { line("first_step", step)? };
        if step != before.first_step.clone().unwrap_or_default() {
            pen.needs_level(2)?;
            put_as_seen_at(pen, &map, "first_step", or_nothing(step), &heads)?;
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

/// Writes splices into a text, one after the other.
pub(super) fn splice(
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
pub(super) fn put_as_seen_at(
    pen: &mut Pen<'_>,
    map: &ObjId,
    key: &str,
    value: impl Into<ScalarValue>,
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
    Ok(order::place_behind(&places, after.as_ref()))
}
