//! One goal, whole.

use common_ground::id::TaskId;
use common_ground::plan::{DescentKind, Goal, GoalHint, Plan, Rating, Relative, Standing, Step, Strategy};
use common_ground::relationship::Relationship;

use super::{choices, goals, tasks, values, wording};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

pub(super) fn show(desk: &Desk, wanted: &str) -> Result<(), Failure> {
    let (with, plan) = desk.plan()?;
    let goal = plan.goal(goals::find(desk, &plan, wanted)?)?;
    goals::remember(desk, &goal);
    if desk.json() {
        return desk.screen.document(&goal);
    }
    let all: Vec<_> = plan.tasks(false)?.iter().map(|task| task.id).collect();
    print(desk, &plan, &goal, &with, &all)?;
    hints(desk, &goal, &with)?;
    desk.screen.gap()?;
    desk.screen.line(&desk.screen.faint(&goal.summary.id.to_string()))?;
    desk.shown.borrow_mut().tasks = Some(all);
    Ok(())
}

/// Everything that belongs to a goal, its title first. Its tasks have their numbers in the list of all.
pub(super) fn print(
    desk: &Desk,
    plan: &Plan,
    goal: &Goal,
    with: &Relationship,
    all: &[TaskId],
) -> Result<(), Failure> {
    let screen = &desk.screen;
    screen.line(&screen.bold(&goal.summary.title))?;
    facts(desk, goal, with)?;
    choices::print(desk, goal, with)?;
    wording::print(desk, goal, with)?;
    print_difference(desk, plan, goal, with)?;
    if let Some(step) = &goal.first_step {
        heading(desk, &say!(desk.words, "heading-first-step"))?;
        screen.text(2, step)?;
    }
    if !goal.tasks.is_empty() {
        heading(desk, &say!(desk.words, "heading-tasks"))?;
        for task in &goal.tasks {
            let number = all.iter().position(|id| *id == task.id).map(|index| index + 1);
            tasks::print(desk, number, task, with)?;
        }
    }
    steps(desk, &goal.steps, with)?;
    strategies(desk, &goal.strategies, with)?;
    if !goal.ratings.is_empty() {
        heading(desk, &say!(desk.words, "heading-ratings"))?;
        for rating in &goal.ratings {
            print_rating(desk, rating, with)?;
        }
    }
    attainments(desk, goal, with)
}

fn heading(desk: &Desk, heading: &str) -> Result<(), Failure> {
    desk.screen.gap()?;
    desk.screen.line(&desk.screen.cyan(heading))
}

/// Who proposed it, where it stands, who holds it, and where it comes from.
fn facts(desk: &Desk, goal: &Goal, with: &Relationship) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let summary = &goal.summary;
    let by = desk.name_of(summary.proposed_by, with);
    let day = words.day_of(summary.proposed_at);
    screen.text(2, &screen.faint(&say!(words, "goal-proposed-by", "name" => by, "day" => day)))?;
    screen.text(2, &goals::standing(words, screen, &summary.standing, with))?;
    if let [person] = goal.agreed_by[..] {
        screen.text(2, &say!(words, "goal-agreed-so-far", "name" => desk.name_of(person, with)))?;
    }
    for stance in goal.stances.iter().filter(|stance| stance.is_current) {
        let (name, said) = (desk.name_of(stance.by, with), values::stance(words, stance.stance));
        screen.text(2, &with_why(format!("{name}: {said}"), stance.why.as_deref()))?;
    }
    if let Some(state) = goals::state(words, summary.state) {
        let told = match &summary.state_note {
            Some(note) => {
                let (name, day) = (desk.name_of(note.by, with), words.day_of(note.at));
                let said = say!(words, "state-set-by", "state" => state, "name" => name, "day" => day);
                with_why(said, note.why.as_deref())
            }
            None => state,
        };
        screen.text(2, &told)?;
    }
    for hold in &summary.holds {
        let (name, day) = (desk.name_of(hold.by, with), words.day_of(hold.at));
        let told = say!(words, "goal-held-since", "name" => name, "day" => day);
        screen.text(2, &with_why(told, hold.why.as_deref()))?;
    }
    if let Some(priority) = summary.priority {
        screen.text(2, &values::priority(words, priority))?;
    }
    review(desk, goal)?;
    if let Some(from) = &goal.came_from {
        screen.text(2, &relative(desk, from, true))?;
    }
    for to in &goal.led_to {
        screen.text(2, &relative(desk, to, false))?;
    }
    Ok(())
}

fn review(desk: &Desk, goal: &Goal) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if let Some(days) = goal.review_every {
        screen.text(2, &say!(words, "goal-review-every", "count" => days))?;
    }
    if let Some(day) = goal.reviewed {
        screen.text(2, &say!(words, "goal-reviewed", "day" => words.date(day)))?;
    }
    Ok(())
}

/// The line of goals, upward or downward.
fn relative(desk: &Desk, relative: &Relative, up: bool) -> String {
    let words = &desk.words;
    let title = relative.title.clone().unwrap_or_else(|| relative.goal.to_string());
    match (relative.kind, up) {
        (DescentKind::GrewOutOf, true) => say!(words, "descent-grew-out-of", "title" => title),
        (DescentKind::Replaces, true) => say!(words, "descent-replaces", "title" => title),
        (DescentKind::GrewOutOf, false) => say!(words, "descent-led-to", "title" => title),
        (DescentKind::Replaces, false) => say!(words, "descent-replaced-by", "title" => title),
    }
}

/// What changed since both agreed.
pub(super) fn print_difference(
    desk: &Desk,
    plan: &Plan,
    goal: &Goal,
    with: &Relationship,
) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let Standing::ChangedSinceAgreed { agreed } = goal.summary.standing else { return Ok(()) };
    let differences = plan.changed_since_agreed(goal.summary.id)?;
    heading(desk, &say!(words, "heading-difference", "day" => words.day_of(agreed)))?;
    wording::print_differences(desk, &differences, with)?;
    screen.text(2, &screen.faint(&say!(words, "difference-explained")))
}

fn steps(desk: &Desk, steps: &[Step], with: &Relationship) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if steps.is_empty() {
        return Ok(());
    }
    heading(desk, &say!(words, "heading-steps"))?;
    for (n, step) in steps.iter().enumerate() {
        let mut line = step.what.clone();
        if let Some(fear) = step.expected_fear {
            line = format!("{line} · {}", say!(words, "step-expected-fear", "fear" => fear));
        }
        if step.archived_at.is_some() {
            line = format!("{line} · {}", say!(words, "goal-put-away"));
        }
        screen.text(2, &format!("{:>2}  {line}", n + 1))?;
        for tried in &step.tries {
            let (name, day) = (desk.name_of(tried.by, with), words.date(tried.on));
            let mut line = format!("{day}  {name}: {}", values::outcome(words, tried.outcome));
            if let Some(fear) = tried.fear {
                line = format!("{line} · {}", say!(words, "step-fear", "fear" => fear));
            }
            screen.text(6, &with_why(line, tried.learned.as_deref()))?;
        }
    }
    Ok(())
}

fn strategies(desk: &Desk, strategies: &[Strategy], with: &Relationship) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if strategies.is_empty() {
        return Ok(());
    }
    heading(desk, &say!(words, "heading-strategies"))?;
    for (n, strategy) in strategies.iter().enumerate() {
        let mut line = format!("{} · {}", strategy.what, values::verdict(words, strategy.verdict));
        if strategy.archived_at.is_some() {
            line = format!("{line} · {}", say!(words, "goal-put-away"));
        }
        screen.text(2, &format!("{:>2}  {line}", n + 1))?;
        if let Some(note) = &strategy.verdict_note {
            let line = format!("{}  {}", words.day_of(note.at), desk.name_of(note.by, with));
            screen.text(6, &with_why(line, note.why.as_deref()))?;
        }
    }
    Ok(())
}

fn attainments(desk: &Desk, goal: &Goal, with: &Relationship) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if goal.attainments.is_empty() {
        return Ok(());
    }
    heading(desk, &say!(words, "heading-attained"))?;
    for attained in &goal.attainments {
        let (name, day) = (desk.name_of(attained.by, with), words.date(attained.at.local_date()));
        let line = format!("{day}  {name}: {}", values::level(words, attained.level));
        screen.text(2, &with_why(line, attained.note.as_deref()))?;
    }
    Ok(())
}

pub(super) fn print_rating(desk: &Desk, rating: &Rating, with: &Relationship) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let head = say!(words, "rating-line", "name" => desk.name_of(rating.by, with),
        "value" => u32::from(rating.value), "day" => words.date(rating.at.local_date()));
    screen.text(2, &head)?;
    if let Some(helped) = &rating.helped {
        screen.text(4, &say!(words, "rating-helped", "text" => helped.as_str()))?;
    }
    if let Some(hindered) = &rating.hindered {
        screen.text(4, &say!(words, "rating-hindered", "text" => hindered.as_str()))?;
    }
    Ok(())
}

/// What might make the goal clearer; never more than an offer.
fn hints(desk: &Desk, goal: &Goal, with: &Relationship) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if goal.hints.is_empty() {
        return Ok(());
    }
    let hints: Vec<_> = goal
        .hints
        .iter()
        .map(|hint| match hint {
            GoalHint::Why => say!(words, "hint-why"),
            GoalHint::KnownBy => say!(words, "hint-known-by"),
            GoalHint::ByWhen => say!(words, "hint-by-when"),
            GoalHint::FirstStep => say!(words, "hint-first-step"),
            GoalHint::Success if goal.success.iter().any(|success| success.by != with.other.person) => {
                say!(words, "hint-success-of", "name" => with.other.display_name.as_str())
            }
            GoalHint::Success => say!(words, "hint-success"),
        })
        .collect();
    screen.gap()?;
    screen.text(2, &screen.faint(&say!(words, "hints", "hints" => hints.join(", "))))
}

/// A line with the words behind it, where there are some.
pub(super) fn with_why(line: String, why: Option<&str>) -> String {
    match why {
        Some(why) => format!("{line}: {why}"),
        None => line,
    }
}
