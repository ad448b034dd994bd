//! Who changed what and when, the plan as it was, and taking back what one did last.

use common_ground::clock::LocalDate;
use common_ground::plan::{ClaimedTime, HistoryEvent, HistoryPage, PastGoal, PastPlan, PlanVersion};
use common_ground::relationship::Relationship;
use serde::Serialize;

use super::sentences::{Names, sentence};
use super::{goals, values};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::{Words, say};

/// The most events that the core tells at once.
const MOST: u32 = 200;

pub(super) fn history(
    desk: &Desk,
    goal: Option<&str>,
    limit: u32,
    older: Option<String>,
) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (with, plan) = desk.plan()?;
    let goal = goal.map(|goal| goals::find(desk, &plan, goal)).transpose()?;
    let page: HistoryPage = plan.history(goal, older, limit)?;
    if desk.json() {
        return screen.document(&page);
    }
    let names = Names::of(&plan, &page.events);
    print(desk, &page.events, &names, &with)?;
    if let Some(older) = page.older {
        screen.gap()?;
        screen.text(0, &screen.faint(&say!(words, "history-more", "cursor" => older)))?;
    }
    Ok(())
}

fn print(desk: &Desk, events: &[HistoryEvent], names: &Names, with: &Relationship) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    for event in events {
        screen.line(&screen.faint(&claimed(words, &event.at)))?;
        screen.text(2, &sentence(words, screen, event, names, with))?;
    }
    Ok(())
}

/// When something was done. A time that cannot be right is told as what it is: what a clock said.
fn claimed(words: &Words, time: &ClaimedTime) -> String {
    match time.at {
        Some(at) if time.can_be_right => words.instant(at),
        Some(at) => say!(words, "history-by-their-clock", "when" => words.instant(at)),
        None => say!(words, "history-no-time"),
    }
}

#[derive(Serialize)]
struct News {
    news: Vec<HistoryEvent>,
    version: PlanVersion,
}

/// What the other did since one last looked.
pub(super) fn news(desk: &Desk, limit: u32) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (with, plan) = desk.plan()?;
    // Read first: what comes in between is new still after `plan looked`.
    let version = plan.version()?;
    let news = plan.news(limit)?;
    if desk.json() {
        return screen.document(&News { news, version });
    }
    let name = with.other.display_name.as_str();
    if news.is_empty() {
        return screen.text(0, &say!(words, "history-nothing-new", "name" => name));
    }
    print(desk, &news, &Names::of(&plan, &news), &with)?;
    desk.shown.borrow_mut().news.insert(with.id, version);
    screen.gap()?;
    screen.text(0, &screen.faint(&say!(words, "history-looked-hint")))
}

pub(super) fn looked(desk: &Desk, shown: Option<&str>) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Looked {
        news: usize,
    }
    let (with, plan) = desk.plan()?;
    let before = desk.shown.borrow_mut().news.remove(&with.id);
    let version = match (shown, before) {
        (Some(shown), _) => shown.parse()?,
        (None, Some(before)) => before,
        (None, None) => plan.version()?,
    };
    plan.mark_looked(version)?;
    if desk.json() {
        return desk.screen.document(&Looked { news: plan.news(MOST)?.len() });
    }
    desk.screen.text(0, &say!(desk.words, "history-looked"))
}

/// Takes back what one did last, after showing it.
pub(super) fn undo(desk: &Desk) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (with, plan) = desk.plan()?;
    if let Some(next) = plan.next_undo()? {
        if !desk.json() {
            print(desk, &next, &Names::of(&plan, &next), &with)?;
        }
        desk.confirm(&say!(words, "ask-undo"))?;
    }
    let undone = plan.undo()?;
    if desk.json() {
        return screen.document(&undone);
    }
    screen.text(0, &say!(words, "history-undone"))?;
    if undone.left > 0 {
        screen.text(0, &say!(words, "history-left", "count" => undone.left))?;
    }
    Ok(())
}

/// The plan as it was on the evening of a day.
pub(super) fn on(desk: &Desk, day: LocalDate) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (with, plan) = desk.plan()?;
    let past: PastPlan = plan.on_day(day)?;
    if desk.json() {
        return screen.document(&past);
    }
    let day = words.date(past.on);
    if past.goals.is_empty() {
        return screen.text(0, &say!(words, "past-none", "day" => day));
    }
    screen.line(&screen.faint(&say!(words, "past-plan", "day" => day)))?;
    past.goals.iter().try_for_each(|goal| past_goal(desk, goal, &with))
}

fn past_goal(desk: &Desk, goal: &PastGoal, with: &Relationship) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    screen.gap()?;
    screen.line(&screen.bold(&goal.title))?;
    let mut facts =
        vec![if goal.agreed { say!(words, "past-agreed") } else { say!(words, "past-not-agreed") }];
    if goal.mark != common_ground::plan::GoalMark::Open {
        facts.push(values::mark(words, goal.mark));
    }
    let held = goal.held_by.iter().map(|person| desk.name_of(*person, with));
    facts.extend(held.map(|name| say!(words, "goal-held-by", "name" => name)));
    facts.extend(goal.ratings.iter().map(|rating| {
        let name = desk.name_of(rating.by, with);
        say!(words, "rating-short", "name" => name, "value" => u32::from(rating.value))
    }));
    screen.text(2, &facts.join(" · "))?;
    let wording = super::wording::Wording {
        why: &goal.why,
        success: &goal.success,
        known_by: goal.known_by.as_deref(),
        by_when: goal.by_when,
        scale: &goal.scale,
    };
    for (heading, text) in super::wording::parts(desk, &wording, with) {
        screen.text(2, &format!("{heading}: {text}"))?;
    }
    for task in &goal.tasks {
        let mut line = format!("▸ {} ({})", task.what, values::owner(words, task.owner, with));
        if let Some(due) = task.due {
            line = format!("{line} · {}", say!(words, "task-due", "day" => words.date(due)));
        }
        screen.text(2, &line)?;
    }
    Ok(())
}
