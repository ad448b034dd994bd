//! Choices: values that both wrote at the same time, and resolving them.

use common_ground::plan::{Choice, ChoicePick, Goal, PlanItem};
use common_ground::relationship::Relationship;

use super::{goals, values};
use crate::desk::Desk;
use crate::failure::{Exit, Failure};
use crate::words::say;

/// The choices of a goal, their values numbered from 1 through all of them.
pub(super) fn print(desk: &Desk, goal: &Goal, with: &Relationship) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let mut number = 0;
    for choice in &goal.choices {
        let field = values::field(words, choice.field);
        let heading = match item(goal, choice.of) {
            Some(what) => say!(words, "choice-of-part", "field" => field, "what" => what),
            None => say!(words, "choice-of-goal", "field" => field),
        };
        screen.text(2, &screen.red(&heading))?;
        for value in &choice.values {
            number += 1;
            let written = values::value(words, choice.field, &value.value);
            let line = if value.by == with.other.person {
                say!(words, "choice-other", "name" => with.other.display_name.as_str(), "value" => written)
            } else {
                say!(words, "choice-yours", "value" => written)
            };
            screen.text(4, &format!("{number}  {line}"))?;
        }
    }
    if number > 0 {
        screen.text(2, &screen.faint(&say!(words, "choice-explained")))?;
    }
    Ok(())
}

/// What a part of a goal is called; nothing for the goal itself.
fn item(goal: &Goal, of: PlanItem) -> Option<&str> {
    match of {
        PlanItem::Goal { .. } => None,
        PlanItem::Task { id } => goal.tasks.iter().find(|task| task.id == id).map(|task| task.what.as_str()),
        PlanItem::Step { id } => goal.steps.iter().find(|step| step.id == id).map(|step| step.what.as_str()),
        PlanItem::Strategy { id } => {
            goal.strategies.iter().find(|strategy| strategy.id == id).map(|strategy| strategy.what.as_str())
        }
    }
}

pub(super) fn choose(
    desk: &Desk,
    wanted: &str,
    number: Option<usize>,
    written: Option<String>,
) -> Result<(), Failure> {
    let words = &desk.words;
    let (_, plan) = desk.plan()?;
    let id = goals::find(desk, &plan, wanted)?;
    let goal = goals::as_shown(desk, &plan, id)?;
    let count: usize = goal.choices.iter().map(|choice| choice.values.len()).sum();
    if count == 0 {
        return Err(Failure::told(Exit::NotFound, say!(words, "error-nothing-to-choose")));
    }
    let meant = match (number, goal.choices.as_slice()) {
        (Some(number), choices) => at(choices, number),
        // Of a single choice one may write another text without naming a value.
        (None, [only]) => Some((only, 0)),
        (None, _) => None,
    };
    let Some((choice, place)) = meant else {
        return Err(Failure::told(Exit::Usage, say!(words, "error-choose-number", "count" => count)));
    };
    let pick = match written {
        Some(text) => ChoicePick::Write { text },
        None => ChoicePick::Take { number: place },
    };
    plan.choose(choice.of, goal.version.clone(), choice.field, pick)?;
    goals::done(desk, &plan.goal(id)?, &say!(words, "goal-chosen"))
}

/// The choice that has the value of this number, and its place there.
fn at(choices: &[Choice], number: usize) -> Option<(&Choice, u32)> {
    let mut place = number.checked_sub(1)?;
    for choice in choices {
        if place < choice.values.len() {
            return Some((choice, u32::try_from(place).ok()?));
        }
        place -= choice.values.len();
    }
    None
}
