//! The whole plan, on the screen or on paper.

use common_ground::plan::{Goal, Plan};
use serde::Serialize;

use super::{goals, show};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

#[derive(Serialize)]
struct Whole {
    with: String,
    version: String,
    goals: Vec<Goal>,
}

pub(super) fn show(desk: &Desk, archived: bool) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (with, plan) = desk.plan()?;
    let version = plan.version()?.to_string();
    let goals = read(&plan, archived)?;
    if desk.json() {
        return screen.document(&Whole { with: with.other.display_name, version, goals });
    }
    let name = with.other.display_name.as_str();
    if goals.is_empty() {
        return screen.text(0, &say!(words, "goals-empty", "name" => name));
    }
    let me = desk.me()?.display_name;
    screen.line(&screen.bold(&say!(words, "plan-of", "one" => me, "other" => name)))?;
    screen.text(0, &screen.faint(&words.date(super::states::today())))?;
    let all: Vec<_> = plan.tasks(false)?.iter().map(|task| task.id).collect();
    for goal in &goals {
        screen.gap()?;
        screen.line(&screen.faint(&"─".repeat(screen.width())))?;
        show::print(desk, &plan, goal, &with, &all)?;
        goals::remember(desk, goal);
    }
    desk.shown.borrow_mut().tasks = Some(all);
    screen.gap()?;
    screen.text(0, &screen.faint(&say!(words, "not-monitored")))
}

/// Every goal with everything that belongs to it.
pub(super) fn read(plan: &Plan, archived: bool) -> Result<Vec<Goal>, Failure> {
    let list = plan.goals(archived)?;
    list.into_iter().map(|goal| plan.goal(goal.id).map_err(Failure::from)).collect()
}
