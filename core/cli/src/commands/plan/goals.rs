//! The goals of the plan: the list, and adding, changing, moving, putting away.

use chrono::Local;
use common_ground::error::Thing;
use common_ground::id::GoalId;
use common_ground::plan::{
    DescentKind, Goal, GoalEdit, GoalState, GoalSummary, NewDescent, NewGoal, Plan, Rating, Standing,
};
use common_ground::relationship::Relationship;
use serde::Serialize;

use super::{agreements, states, values};
use crate::args::{GoalDetails, GoalFields, GoalsArgs};
use crate::desk::{Desk, pick};
use crate::editor;
use crate::failure::Failure;
use crate::screen::Screen;
use crate::words::{Words, say};

#[derive(Serialize)]
struct Goals {
    goals: Vec<GoalSummary>,
    version: String,
}

pub(super) fn list(desk: &Desk, which: &GoalsArgs) -> Result<(), Failure> {
    match which {
        GoalsArgs { due: true, .. } => states::due(desk),
        GoalsArgs { open: true, .. } => agreements::open(desk),
        GoalsArgs { archived, .. } => every(desk, *archived),
    }
}

fn every(desk: &Desk, archived: bool) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (with, plan) = desk.plan()?;
    let goals = plan.goals(archived)?;
    if desk.json() {
        return screen.document(&Goals { version: plan.version()?.to_string(), goals });
    }
    // Numbers count through the whole list, those put away last.
    desk.shown.borrow_mut().goals = Some(goals.iter().map(|goal| goal.id).collect());
    let name = with.other.display_name.as_str();
    if goals.is_empty() {
        return screen.text(0, &say!(words, "goals-empty", "name" => name));
    }
    screen.line(&screen.faint(&say!(words, "goals-shared-with", "name" => name)))?;
    for (n, goal) in goals.iter().enumerate() {
        screen.line(&format!("{:>2}  {}", n + 1, screen.bold(&goal.title)))?;
        screen.text(4, &facts(desk, goal, &with).join(" · "))?;
    }
    Ok(())
}

/// What a list says of a goal beside its title.
fn facts(desk: &Desk, goal: &GoalSummary, with: &Relationship) -> Vec<String> {
    let (words, screen) = (&desk.words, &desk.screen);
    let mut facts = vec![standing(words, screen, &goal.standing, with)];
    facts.extend(state(words, goal.state));
    facts.extend(
        goal.holds.iter().map(|hold| say!(words, "goal-held-by", "name" => desk.name_of(hold.by, with))),
    );
    facts.extend(goal.priority.map(|priority| values::priority(words, priority)));
    facts.extend(goal.by_when.map(|day| say!(words, "goal-until", "day" => words.date(day))));
    let due = goal.review_due.filter(|day| *day <= Local::now().date_naive());
    facts.extend(due.map(|day| say!(words, "goal-review-due", "day" => words.date(day))));
    facts.extend(goal.latest_ratings.iter().map(|rating| rating_in_short(desk, rating, with)));
    if goal.task_count > 0 {
        facts.push(say!(words, "goal-tasks-count", "count" => goal.task_count));
    }
    if goal.open_choice {
        facts.push(screen.red(&say!(words, "goal-choice-open")));
    }
    if goal.archived_at.is_some() {
        facts.push(say!(words, "goal-put-away"));
    }
    facts
}

/// Where a goal stands, in a few words.
pub(crate) fn standing(words: &Words, screen: &Screen, standing: &Standing, with: &Relationship) -> String {
    match standing {
        Standing::Proposed => say!(words, "standing-proposed"),
        Standing::Agreed { since } => {
            screen.green(&say!(words, "standing-agreed", "day" => words.day_of(*since)))
        }
        Standing::ChangedSinceAgreed { agreed } => {
            screen.red(&say!(words, "standing-changed", "day" => words.day_of(*agreed)))
        }
        Standing::Withdrawn { at, by } if *by == with.other.person => say!(words, "standing-withdrawn",
            "name" => with.other.display_name.as_str(), "day" => words.day_of(*at)),
        Standing::Withdrawn { at, .. } => {
            say!(words, "standing-withdrawn-by-you", "day" => words.day_of(*at))
        }
    }
}

/// What became of a goal, where that does not follow from where it stands.
pub(super) fn state(words: &Words, state: GoalState) -> Option<String> {
    Some(match state {
        // These follow from statements and holds, which are told anyway.
        GoalState::Proposed | GoalState::Active | GoalState::Held => return None,
        GoalState::Paused => say!(words, "state-paused"),
        GoalState::Reached => say!(words, "state-reached"),
        GoalState::Maintained => say!(words, "state-maintained"),
        GoalState::SetAside => say!(words, "state-set-aside"),
        GoalState::Declined => say!(words, "state-declined"),
    })
}

pub(super) fn rating_in_short(desk: &Desk, rating: &Rating, with: &Relationship) -> String {
    say!(desk.words, "rating-short",
        "name" => desk.name_of(rating.by, with), "value" => u32::from(rating.value))
}

/// The goal that is meant: by number in the list that was shown last, or the list as it is now.
pub(crate) fn find(desk: &Desk, plan: &Plan, wanted: &str) -> Result<GoalId, Failure> {
    if let Ok(id) = wanted.parse::<GoalId>() {
        return Ok(id);
    }
    let shown = desk.shown.borrow().goals.clone();
    let all: Vec<GoalId> = plan.goals(true)?.iter().map(|goal| goal.id).collect();
    let missing = || Failure::Core(common_ground::Error::NotFound { what: Thing::Goal });
    let list = match shown {
        Some(shown) if wanted.len() <= 6 && wanted.parse::<usize>().is_ok() => shown,
        _ => all,
    };
    pick(wanted, &list).or_tell(desk, wanted, missing())
}

/// All goals in their order: the numbers of any list of goals are places among these.
pub(super) fn numbered(desk: &Desk, plan: &Plan) -> Result<Vec<GoalId>, Failure> {
    let all: Vec<GoalId> = plan.goals(true)?.iter().map(|goal| goal.id).collect();
    desk.shown.borrow_mut().goals = Some(all.clone());
    Ok(all)
}

/// A goal's title behind its number.
pub(super) fn heading(desk: &Desk, all: &[GoalId], id: GoalId, title: &str) -> Result<(), Failure> {
    let number = all.iter().position(|one| *one == id).map(|index| (index + 1).to_string());
    desk.screen.line(&format!("{:>2}  {}", number.unwrap_or_default(), desk.screen.bold(title)))
}

/// The goal as this process showed it last, or as it is now.
pub(super) fn as_shown(desk: &Desk, plan: &Plan, id: GoalId) -> Result<Goal, Failure> {
    if let Some(goal) = desk.shown.borrow().goal.get(&id) {
        return Ok(goal.clone());
    }
    Ok(plan.goal(id)?)
}

pub(super) fn remember(desk: &Desk, goal: &Goal) {
    let mut shown = desk.shown.borrow_mut();
    shown.goal.insert(goal.summary.id, goal.clone());
    for task in &goal.tasks {
        shown.task.insert(task.id, task.clone());
    }
}

/// After a change of one's own, prints the goal or says what was done.
pub(super) fn done(desk: &Desk, goal: &Goal, sentence: &str) -> Result<(), Failure> {
    remember(desk, goal);
    if desk.json() { desk.screen.document(goal) } else { desk.screen.text(0, sentence) }
}

pub(super) fn add(desk: &Desk, fields: GoalFields) -> Result<(), Failure> {
    let (with, plan) = desk.plan()?;
    let goal = plan.propose_goal(content(desk, &plan, fields)?)?;
    let name = with.other.display_name.as_str();
    done(desk, &goal, &say!(desk.words, "goal-proposed", "name" => name))
}

fn content(desk: &Desk, plan: &Plan, fields: GoalFields) -> Result<NewGoal, Failure> {
    let GoalFields { title, more } = fields;
    let descent = descent(desk, Some(plan), &more)?;
    Ok(NewGoal {
        title: title.join(" "),
        why: more.why.unwrap_or_default(),
        success: more.success,
        known_by: more.known_by,
        by_when: more.by_when.and_then(|day| day.0),
        first_step: more.first_step,
        descent,
    })
}

/// The goal that another comes from, where one was named. Without a plan only a whole id names one.
pub(super) fn descent(
    desk: &Desk,
    plan: Option<&Plan>,
    more: &GoalDetails,
) -> Result<Option<NewDescent>, Failure> {
    let (kind, wanted) = match (&more.grew_out_of, &more.replaces) {
        (Some(wanted), _) => (DescentKind::GrewOutOf, wanted),
        (_, Some(wanted)) => (DescentKind::Replaces, wanted),
        (None, None) => return Ok(None),
    };
    let from = match (wanted.parse::<GoalId>(), plan) {
        (Ok(id), _) => id,
        (Err(_), Some(plan)) => find(desk, plan, wanted)?,
        (Err(_), None) => find(desk, &desk.plan()?.1, wanted)?,
    };
    Ok(Some(NewDescent { kind, from }))
}

pub(super) fn edit(
    desk: &Desk,
    wanted: &str,
    mut edit: GoalEdit,
    shown: Option<&str>,
) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let id = find(desk, &plan, wanted)?;
    let goal = as_shown(desk, &plan, id)?;
    let version = match shown {
        Some(version) => version.parse()?,
        None => goal.version.clone(),
    };
    let texts = [&edit.title, &edit.why, &edit.success, &edit.known_by, &edit.first_step];
    if texts.iter().all(|text| text.is_none()) && edit.by_when.is_none() {
        edit.why = Some(editor::edit(desk, &goal.why)?);
    }
    let goal = plan.edit_goal(id, version, edit)?;
    done(desk, &goal, &say!(desk.words, "goal-changed"))
}

pub(super) fn archive(desk: &Desk, wanted: &str, undo: bool) -> Result<(), Failure> {
    let (with, plan) = desk.plan()?;
    let id = find(desk, &plan, wanted)?;
    let sentence = if undo {
        plan.unarchive_goal(id)?;
        say!(desk.words, "goal-unarchived")
    } else {
        desk.confirm(&say!(desk.words, "ask-archive", "name" => with.other.display_name.as_str()))?;
        plan.archive_goal(id)?;
        say!(desk.words, "goal-archived")
    };
    done(desk, &plan.goal(id)?, &sentence)
}

pub(super) fn move_goal(desk: &Desk, wanted: &str, after: Option<&str>) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let id = find(desk, &plan, wanted)?;
    let after = after.map(|after| find(desk, &plan, after)).transpose()?;
    plan.move_goal(id, after)?;
    // The numbers that were shown no longer hold.
    desk.shown.borrow_mut().goals = None;
    every(desk, false)
}
