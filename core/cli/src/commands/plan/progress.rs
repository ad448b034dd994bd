//! Ratings over time: what each of the two says, beside each other, and not judged.

use common_ground::error::Thing;
use common_ground::id::GoalId;
use common_ground::plan::{AttainmentScore, FlatGoal, GoalProgress, NewRating, Plan, RatingTrend};
use common_ground::relationship::Relationship;
use serde::Serialize;

use super::goals;
use crate::commands::chart::{Bar, bars, is_plain};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

/// So many of the last ratings are drawn for each where all goals are shown.
const DRAWN_IN_SHORT: usize = 8;

pub(super) fn rate(
    desk: &Desk,
    wanted: &str,
    value: u8,
    helped: Option<String>,
    hindered: Option<String>,
) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let id = goals::find(desk, &plan, wanted)?;
    plan.rate(id, NewRating { value, helped, hindered })?;
    let goal = plan.goal(id)?;
    goals::done(desk, &goal, &say!(desk.words, "goal-rated", "value" => u32::from(value)))
}

/// Takes back one's own last rating of a goal.
pub(super) fn take_back_rating(desk: &Desk, wanted: &str) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let me = desk.me()?.person;
    let id = goals::find(desk, &plan, wanted)?;
    let ratings = plan.goal(id)?.ratings;
    let last = ratings.iter().rfind(|rating| rating.by == me);
    plan.take_back_rating(last.ok_or(common_ground::Error::NotFound { what: Thing::Note })?.id)?;
    goals::done(desk, &plan.goal(id)?, &say!(desk.words, "taken-back"))
}

#[derive(Serialize)]
struct Progress {
    goals: Vec<OfGoal>,
    flat: Vec<FlatGoal>,
    scores: Vec<AttainmentScore>,
}

#[derive(Serialize)]
struct OfGoal {
    title: String,
    #[serde(flatten)]
    progress: GoalProgress,
}

pub(super) fn progress(desk: &Desk, wanted: Option<&str>, flat: u32, plain: bool) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (with, plan) = desk.plan()?;
    let only = wanted.map(|wanted| goals::find(desk, &plan, wanted)).transpose()?;
    let found = collect(&plan, only, flat)?;
    if desk.json() {
        return screen.document(&found);
    }
    let all = goals::numbered(desk, &plan)?;
    let rated: Vec<_> = found.goals.iter().filter(|goal| !goal.progress.trends.is_empty()).collect();
    if rated.is_empty() {
        screen.text(0, &say!(words, "progress-none"))?;
    }
    let most = if only.is_some() { usize::MAX } else { DRAWN_IN_SHORT };
    for (n, goal) in rated.into_iter().enumerate() {
        if n > 0 {
            screen.gap()?;
        }
        goals::heading(desk, &all, goal.progress.goal, &goal.title)?;
        for trend in &goal.progress.trends {
            draw(desk, trend, &with, most, plain)?;
        }
        if let Some(gap) = &goal.progress.gap {
            let apart = u32::from(gap.gap.unsigned_abs());
            screen.text(
                4,
                &say!(words, "progress-gap", "client" => gap.client,
                "therapist" => gap.therapist, "apart" => apart),
            )?;
        }
        for flat in found.flat.iter().filter(|flat| flat.goal == goal.progress.goal) {
            screen.text(4, &ask_again(desk, flat, &with))?;
        }
    }
    scores(desk, &found.scores, &with)
}

fn collect(plan: &Plan, only: Option<GoalId>, flat: u32) -> Result<Progress, Failure> {
    let mut goals = Vec::new();
    // One that was named may have been put away.
    for goal in plan.goals(only.is_some())? {
        if only.is_none_or(|only| only == goal.id) {
            goals.push(OfGoal { title: goal.title, progress: plan.progress(goal.id)? });
        }
    }
    let mut flat = plan.flat_goals(flat)?;
    flat.retain(|one| goals.iter().any(|goal| goal.progress.goal == one.goal));
    let scores = if only.is_none() { plan.attainment_scores()? } else { Vec::new() };
    Ok(Progress { goals, flat, scores })
}

/// The last ratings of one person, as bars.
fn draw(
    desk: &Desk,
    trend: &RatingTrend,
    with: &Relationship,
    most: usize,
    plain: bool,
) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let name = desk.name_of(trend.by, with);
    let count = trend.points.len();
    screen.text(4, &screen.cyan(&say!(words, "progress-of", "name" => name, "count" => count)))?;
    let last = trend.points.iter().skip(count.saturating_sub(most));
    let drawn: Vec<_> = last
        .map(|point| Bar { name: words.date(point.on), value: f64::from(point.value), behind: String::new() })
        .collect();
    for line in bars(&drawn, 10.0, screen.width().saturating_sub(6), is_plain(plain)) {
        screen.line(&format!("      {line}"))?;
    }
    match trend.change {
        Some(change) => screen.text(6, &say!(words, "progress-change", "change" => format!("{change:+}"))),
        None => Ok(()),
    }
}

/// A question, never a judgement.
fn ask_again(desk: &Desk, flat: &FlatGoal, with: &Relationship) -> String {
    let words = &desk.words;
    say!(words, "progress-flat", "name" => desk.name_of(flat.by, with), "count" => flat.same_in_a_row,
        "value" => flat.value, "day" => words.date(flat.since))
}

fn scores(desk: &Desk, scores: &[AttainmentScore], with: &Relationship) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if scores.is_empty() {
        return Ok(());
    }
    screen.gap()?;
    for score in scores {
        screen.text(
            0,
            &say!(words, "progress-score", "name" => desk.name_of(score.by, with),
            "score" => words.decimal(score.t), "count" => score.goals),
        )?;
    }
    screen.text(0, &screen.faint(&say!(words, "progress-score-explained")))
}
