//! The scale of a goal: five levels in words, its weight, and how far it was attained.

use common_ground::error::Thing;
use common_ground::plan::{AttainmentLevel, NewAttainment, ScaleLevel};

use super::{goals, values};
use crate::args::Weight;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

/// Writes levels; without any, shows those that are there.
pub(super) fn scale(desk: &Desk, wanted: &str, levels: Vec<ScaleLevel>) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (_, plan) = desk.plan()?;
    let id = goals::find(desk, &plan, wanted)?;
    if !levels.is_empty() {
        let shown = goals::as_shown(desk, &plan, id)?.version;
        plan.write_scale(id, shown, levels)?;
        return goals::done(desk, &plan.goal(id)?, &say!(words, "goal-changed"));
    }
    let goal = plan.goal(id)?;
    goals::remember(desk, &goal);
    if desk.json() {
        return screen.document(&goal);
    }
    if goal.scale.is_empty() {
        return screen.text(0, &say!(words, "scale-none"));
    }
    screen.line(&screen.bold(&goal.summary.title))?;
    for level in &goal.scale {
        screen.text(2, &screen.cyan(&values::level(words, level.level)))?;
        screen.text(6, &level.text)?;
    }
    if let Some(importance) = goal.importance {
        screen.text(2, &say!(words, "scale-importance", "value" => importance))?;
    }
    if let Some(difficulty) = goal.difficulty {
        screen.text(2, &say!(words, "scale-difficulty", "value" => difficulty))?;
    }
    Ok(())
}

/// Weighs a goal; what was left out stays.
pub(super) fn weigh(
    desk: &Desk,
    wanted: &str,
    importance: Option<Weight>,
    difficulty: Option<Weight>,
) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let id = goals::find(desk, &plan, wanted)?;
    let shown = goals::as_shown(desk, &plan, id)?;
    let importance = importance.map_or(shown.importance, |weight| weight.0);
    let difficulty = difficulty.map_or(shown.difficulty, |weight| weight.0);
    plan.weigh(id, shown.version, importance, difficulty)?;
    goals::done(desk, &plan.goal(id)?, &say!(desk.words, "goal-changed"))
}

pub(super) fn attain(
    desk: &Desk,
    wanted: &str,
    level: AttainmentLevel,
    note: Option<String>,
) -> Result<(), Failure> {
    let words = &desk.words;
    let (_, plan) = desk.plan()?;
    let id = goals::find(desk, &plan, wanted)?;
    plan.attain(id, NewAttainment { level, note })?;
    let noted = say!(words, "goal-attained", "level" => values::level(words, level));
    goals::done(desk, &plan.goal(id)?, &noted)
}

/// Takes back one's own last judgement.
pub(super) fn take_back(desk: &Desk, wanted: &str) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let me = desk.me()?.person;
    let id = goals::find(desk, &plan, wanted)?;
    let attainments = plan.goal(id)?.attainments;
    let last = attainments.iter().rfind(|one| one.by == me);
    plan.take_back_attainment(last.ok_or(common_ground::Error::NotFound { what: Thing::Note })?.id)?;
    goals::done(desk, &plan.goal(id)?, &say!(desk.words, "taken-back"))
}
