//! Choices: "you wrote …, they wrote …", resolved by either, and once.

use automerge::{ObjId, ScalarValue};
use rusqlite::{Connection, named_params};

use crate::error::Thing;
use crate::id::{GoalId, PersonId, RelationshipId, StepId, StrategyId, TaskId};
use crate::{Error, Result};

use super::goal::{heads_shown, line, or_nothing, prose, put_as_seen_at};
use super::policy::{PROSE, SCALE};
use super::read::Reading;
use super::shared_plan::Pen;
use super::view::{Choice, ChoicePick, ChoiceValue, PlanField, PlanItem, PlanVersion};

impl PlanItem {
    /// The collection it is in, and its id.
    pub(super) fn place(&self) -> (&'static str, &[u8; 16]) {
        match self {
            Self::Goal { id } => ("goals", id.as_bytes()),
            Self::Task { id } => ("tasks", id.as_bytes()),
            Self::Step { id } => ("steps", id.as_bytes()),
            Self::Strategy { id } => ("strategies", id.as_bytes()),
        }
    }

    /// What is missing when it is.
    pub(super) fn thing(&self) -> Thing {
        match self {
            Self::Goal { .. } => Thing::Goal,
            Self::Task { .. } => Thing::Task,
            Self::Step { .. } => Thing::Step,
            Self::Strategy { .. } => Thing::Strategy,
        }
    }
}

/// Resolves a choice that still stands as it was shown.
pub(super) fn choose(
    pen: &mut Pen<'_>,
    of: PlanItem,
    shown: &PlanVersion,
    field: PlanField,
    pick: ChoicePick,
) -> Result<()> {
    let (collection, id) = of.place();
    let map = pen.reading().item(collection, id).ok_or(Error::not_found(of.thing()))?;
    let heads = heads_shown(pen, shown)?;
    let open = |reading: Reading<'_>, map: &ObjId| reading.different(map, field);
    let values = open(pen.reading().at(&heads), &map);
    if values != open(pen.reading(), &map) {
        return Err(Error::Changed { what: Thing::Choice });
    }
    if values.len() < 2 {
        return Err(Error::not_found(Thing::Choice));
    }
    let value = match pick {
        ChoicePick::Take { number } => {
            let picked = usize::try_from(number).ok().and_then(|number| values.into_iter().nth(number));
            let (_, raw) = picked.ok_or(Error::not_found(Thing::Choice))?;
            scalar(field, raw)?
        }
        ChoicePick::Write { text } => written(field, &text)?,
    };
    put_as_seen_at(pen, &map, field.key(), value, &heads)
}

/// A value as the document holds it, from what the tables hold.
fn scalar(field: PlanField, raw: Option<String>) -> Result<ScalarValue> {
    let Some(raw) = raw else { return Ok(ScalarValue::Null) };
    match field {
        PlanField::ReviewEvery | PlanField::Importance | PlanField::Difficulty | PlanField::ExpectedFear => {
            raw.parse::<u64>().map(ScalarValue::Uint).map_err(|_| Error::internal("a number of the plan"))
        }
        _ => Ok(raw.into()),
    }
}

/// A text written in place of both.
fn written(field: PlanField, text: &str) -> Result<ScalarValue> {
    match field {
        PlanField::Title | PlanField::What => Ok(line("value", text)?.into()),
        PlanField::FirstStep if text.trim().is_empty() => Ok(ScalarValue::Null),
        PlanField::FirstStep => Ok(line("value", text)?.into()),
        PlanField::KnownBy => Ok(or_nothing(prose("value", text.trim(), PROSE)?)),
        PlanField::ScaleMuchLess
        | PlanField::ScaleLess
        | PlanField::ScaleExpected
        | PlanField::ScaleMore
        | PlanField::ScaleMuchMore => Ok(or_nothing(prose("value", text.trim(), SCALE)?)),
        _ => Err(Error::malformed("value", "one of the values shown")),
    }
}

/// The open choices of a goal and all that belongs to it.
pub(super) fn of_goal(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
) -> Result<Vec<Choice>> {
    let mut statement = connection.prepare_cached(
        "SELECT choice.item, choice.field, choice.person, choice.value,
                EXISTS (SELECT 1 FROM task WHERE task.relationship = choice.relationship AND task.id = choice.item),
                EXISTS (SELECT 1 FROM step WHERE step.relationship = choice.relationship AND step.id = choice.item)
         FROM choice WHERE choice.relationship = :relationship AND choice.goal = :goal
         ORDER BY choice.item <> choice.goal, choice.item, choice.field, choice.number",
    )?;
    let mut rows = statement.query(named_params! { ":relationship": relationship, ":goal": goal })?;
    let mut choices: Vec<Choice> = Vec::new();
    while let Some(row) = rows.next()? {
        let (item, key, by): ([u8; 16], String, PersonId) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let Some(field) = PlanField::of(&key) else { continue };
        let of = match (item == *goal.as_bytes(), row.get(4)?, row.get(5)?) {
            (true, _, _) => PlanItem::Goal { id: *goal },
            (_, true, _) => PlanItem::Task { id: TaskId::from_bytes(item) },
            (_, _, true) => PlanItem::Step { id: StepId::from_bytes(item) },
            _ => PlanItem::Strategy { id: StrategyId::from_bytes(item) },
        };
        if choices.last().is_none_or(|last| last.of != of || last.field != field) {
            choices.push(Choice { of, field, values: Vec::new() });
        }
        let value = field.value(row.get::<_, Option<String>>(3)?.as_deref());
        if let Some(choice) = choices.last_mut() {
            choice.values.push(ChoiceValue { by, value });
        }
    }
    Ok(choices)
}
