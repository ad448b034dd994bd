//! What becomes of a goal: states, holds, priority, and looking at it again.

use chrono::Local;
use common_ground::clock::LocalDate;
use common_ground::plan::{DueReview, GoalMark, GoalPriority};
use serde::Serialize;

use super::goals;
use crate::args::StateArgs;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

pub(super) fn mark(desk: &Desk, args: StateArgs, mark: GoalMark) -> Result<(), Failure> {
    let words = &desk.words;
    let (_, plan) = desk.plan()?;
    let id = goals::find(desk, &plan, &args.goal)?;
    let shown = goals::as_shown(desk, &plan, id)?.version;
    let goal = plan.set_goal_state(id, shown, mark, args.why)?;
    let sentence = match mark {
        GoalMark::Open => say!(words, "goal-goes-on"),
        GoalMark::Paused => say!(words, "goal-paused"),
        GoalMark::Reached => say!(words, "goal-reached"),
        GoalMark::Maintained => say!(words, "goal-maintained"),
        GoalMark::SetAside => say!(words, "goal-set-aside"),
        GoalMark::Declined => say!(words, "goal-declined"),
    };
    goals::done(desk, &goal, &sentence)
}

pub(super) fn hold(desk: &Desk, wanted: &str, why: Option<String>) -> Result<(), Failure> {
    let (with, plan) = desk.plan()?;
    let goal = plan.hold_goal(goals::find(desk, &plan, wanted)?, why)?;
    let name = with.other.display_name.as_str();
    goals::done(desk, &goal, &say!(desk.words, "goal-hold", "name" => name))
}

pub(super) fn release(desk: &Desk, wanted: &str) -> Result<(), Failure> {
    let (with, plan) = desk.plan()?;
    let goal = plan.release_goal(goals::find(desk, &plan, wanted)?)?;
    let sentence = if goal.summary.holds.is_empty() {
        say!(desk.words, "goal-released")
    } else {
        say!(desk.words, "goal-released-by-you", "name" => with.other.display_name.as_str())
    };
    goals::done(desk, &goal, &sentence)
}

pub(super) fn priority(desk: &Desk, wanted: &str, priority: Option<GoalPriority>) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let id = goals::find(desk, &plan, wanted)?;
    let shown = goals::as_shown(desk, &plan, id)?.version;
    let goal = plan.set_priority(id, shown, priority)?;
    goals::done(desk, &goal, &say!(desk.words, "goal-changed"))
}

/// Sets after how many days to look at a goal again; without a number, never.
pub(super) fn review(desk: &Desk, wanted: &str, every: Option<u16>) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let id = goals::find(desk, &plan, wanted)?;
    let shown = goals::as_shown(desk, &plan, id)?.version;
    let goal = plan.set_review(id, shown, every)?;
    let sentence = match goal.summary.review_due {
        Some(day) => say!(desk.words, "goal-review-next", "day" => desk.words.date(day)),
        None => say!(desk.words, "goal-review-none"),
    };
    goals::done(desk, &goal, &sentence)
}

pub(super) fn reviewed(desk: &Desk, wanted: &str, on: Option<LocalDate>) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let id = goals::find(desk, &plan, wanted)?;
    let shown = goals::as_shown(desk, &plan, id)?.version;
    let goal = plan.mark_reviewed(id, shown, on.unwrap_or_else(today))?;
    let sentence = match goal.summary.review_due {
        Some(day) => say!(desk.words, "goal-review-next", "day" => desk.words.date(day)),
        None => say!(desk.words, "goal-review-noted"),
    };
    goals::done(desk, &goal, &sentence)
}

#[derive(Serialize)]
struct Due {
    due: Vec<DueReview>,
}

/// The goals to look at again by now.
pub(super) fn due(desk: &Desk) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (_, plan) = desk.plan()?;
    let due = plan.due_reviews(today())?;
    if desk.json() {
        return screen.document(&Due { due });
    }
    if due.is_empty() {
        return screen.text(0, &say!(words, "goals-none-due"));
    }
    let all = goals::numbered(desk, &plan)?;
    for one in &due {
        goals::heading(desk, &all, one.goal, &one.title)?;
        screen.text(4, &say!(words, "goal-review-due", "day" => words.date(one.since)))?;
    }
    Ok(())
}

/// Today, by the calendar on this wall.
pub(super) fn today() -> LocalDate {
    Local::now().date_naive()
}
