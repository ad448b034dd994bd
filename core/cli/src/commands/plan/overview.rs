//! All one's plans at a glance.

use common_ground::plan::PlanOverview;
use serde::Serialize;

use super::states::today;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

#[derive(Serialize)]
struct Overviews {
    plans: Vec<PlanOverview>,
}

pub(super) fn overview(desk: &Desk) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let plans = desk.home()?.plan_overviews(today())?;
    if desk.json() {
        return screen.document(&Overviews { plans });
    }
    if plans.is_empty() {
        return screen.text(0, &say!(words, "status-alone"));
    }
    for (n, plan) in plans.iter().enumerate() {
        let goals = say!(words, "status-goals", "count" => plan.goals);
        screen.line(&format!("{:>3}  {}  {}", n + 1, screen.bold(&plan.name), screen.faint(&goals)))?;
        let waits = waiting(desk, plan);
        let told = if waits.is_empty() { say!(words, "overview-nothing") } else { waits.join(" · ") };
        screen.text(5, &told)?;
        let level = match plan.in_step_at {
            Some(at) => say!(words, "status-in-step", "when" => words.instant(at)),
            None => say!(words, "status-never-in-step"),
        };
        screen.text(5, &screen.faint(&level))?;
    }
    Ok(())
}

/// What is new, due, or waits for an answer.
fn waiting(desk: &Desk, plan: &PlanOverview) -> Vec<String> {
    let words = &desk.words;
    let mut waits = Vec::new();
    let mut add = |count: u32, text: &dyn Fn(u32) -> String| {
        if count > 0 {
            waits.push(text(count));
        }
    };
    add(plan.new_goals, &|count| say!(words, "overview-new", "count" => count));
    add(plan.offers_to_me, &|count| say!(words, "overview-offers-to-me", "count" => count));
    add(plan.wordings_to_me, &|count| say!(words, "overview-wordings", "count" => count));
    add(plan.open_choices, &|count| say!(words, "overview-choices", "count" => count));
    add(plan.due_tasks, &|count| say!(words, "overview-due-tasks", "count" => count));
    add(plan.due_reviews, &|count| say!(words, "overview-due-reviews", "count" => count));
    add(
        plan.offers_to_other,
        &|count| say!(words, "overview-offers-to-other", "count" => count, "name" => plan.name.as_str()),
    );
    waits
}
