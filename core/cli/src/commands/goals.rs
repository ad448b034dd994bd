//! The goals of the plan on the terminal.

use common_ground::error::Thing;
use common_ground::id::GoalId;
use common_ground::plan::{
    ChoicePick, FieldValue, Goal, GoalEdit, GoalSummary, NewGoal, NewRating, Plan, Rating, Standing,
    WordingDigest,
};
use common_ground::relationship::Relationship;
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use super::tasks;
use crate::desk::{Desk, pick};
use crate::editor;
use crate::failure::{Exit, Failure};
use crate::screen::Screen;
use crate::words::{Words, say};

/// What `goal edit` was given.
pub(super) struct Edit {
    pub(super) title: Option<String>,
    pub(super) why: Option<String>,
    pub(super) success: Option<String>,
    pub(super) shown: Option<String>,
}

#[derive(Serialize)]
struct Goals {
    goals: Vec<GoalSummary>,
    version: String,
}

pub(super) fn list(desk: &Desk, archived: bool) -> Result<(), Failure> {
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
        let mut facts = vec![standing(words, screen, &goal.standing, &with)];
        facts.extend(goal.latest_ratings.iter().map(|rating| rating_in_short(desk, rating, &with)));
        if goal.task_count > 0 {
            facts.push(say!(words, "goal-tasks-count", "count" => goal.task_count));
        }
        if goal.open_choice {
            facts.push(screen.red(&say!(words, "goal-choice-open")));
        }
        if goal.archived_at.is_some() {
            facts.push(say!(words, "goal-put-away"));
        }
        screen.text(4, &facts.join(" · "))?;
    }
    Ok(())
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

fn rating_in_short(desk: &Desk, rating: &Rating, with: &Relationship) -> String {
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

/// The goal as this process showed it last, or as it is now.
fn as_shown(desk: &Desk, plan: &Plan, id: GoalId) -> Result<Goal, Failure> {
    if let Some(goal) = desk.shown.borrow().goal.get(&id) {
        return Ok(goal.clone());
    }
    Ok(plan.goal(id)?)
}

fn remember(desk: &Desk, goal: &Goal) {
    let mut shown = desk.shown.borrow_mut();
    shown.goal.insert(goal.summary.id, goal.clone());
    for task in &goal.tasks {
        shown.task.insert(task.id, task.clone());
    }
}

/// After a change of one's own, prints the goal or says what was done.
fn done(desk: &Desk, goal: &Goal, sentence: &str) -> Result<(), Failure> {
    remember(desk, goal);
    if desk.json() { desk.screen.document(goal) } else { desk.screen.text(0, sentence) }
}

pub(super) fn add(desk: &Desk, title: String, why: String, success: Option<String>) -> Result<(), Failure> {
    let (with, plan) = desk.plan()?;
    let goal = plan.propose_goal(NewGoal { title, why, success, ..NewGoal::default() })?;
    let name = with.other.display_name.as_str();
    done(desk, &goal, &say!(desk.words, "goal-proposed", "name" => name))
}

pub(super) fn edit(desk: &Desk, wanted: &str, edit: Edit) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let id = find(desk, &plan, wanted)?;
    let goal = as_shown(desk, &plan, id)?;
    let version = match &edit.shown {
        Some(version) => version.parse()?,
        None => goal.version.clone(),
    };
    let nothing_given = edit.title.is_none() && edit.why.is_none() && edit.success.is_none();
    let why = if nothing_given { Some(editor::edit(desk, &goal.why)?) } else { edit.why };
    let goal = plan.edit_goal(
        id,
        version,
        GoalEdit { title: edit.title, why, success: edit.success, ..GoalEdit::default() },
    )?;
    done(desk, &goal, &say!(desk.words, "goal-changed"))
}

pub(super) fn show(desk: &Desk, wanted: &str) -> Result<(), Failure> {
    let (with, plan) = desk.plan()?;
    let goal = plan.goal(find(desk, &plan, wanted)?)?;
    remember(desk, &goal);
    if desk.json() { desk.screen.document(&goal) } else { print(desk, &goal, &with, &plan) }
}

fn print(desk: &Desk, goal: &Goal, with: &Relationship, plan: &Plan) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    screen.line(&screen.bold(&goal.summary.title))?;
    let by = desk.name_of(goal.summary.proposed_by, with);
    let day = words.day_of(goal.summary.proposed_at);
    screen.text(2, &screen.faint(&say!(words, "goal-proposed-by", "name" => by, "day" => day)))?;
    screen.text(2, &standing(words, screen, &goal.summary.standing, with))?;
    let agreed: Vec<_> = goal.agreed_by.iter().map(|person| desk.name_of(*person, with)).collect();
    if agreed.len() == 1 {
        screen.text(2, &say!(words, "goal-agreed-so-far", "name" => agreed.join("")))?;
    }
    for choice in &goal.choices {
        screen.text(2, &screen.red(&say!(words, "goal-choice")))?;
        for (n, value) in choice.values.iter().enumerate() {
            let name = desk.name_of(value.by, with);
            screen.text(4, &format!("{}  {} ({name})", n + 1, value_in_words(&value.value)))?;
        }
    }
    print_wording(desk, goal, with)?;
    print_difference(desk, goal)?;
    if !goal.tasks.is_empty() {
        screen.gap()?;
        screen.line(&screen.cyan(&say!(words, "heading-tasks")))?;
        let all: Vec<_> = plan.tasks(false)?.iter().map(|task| task.id).collect();
        for task in &goal.tasks {
            let number = all.iter().position(|id| *id == task.id).map(|index| index + 1);
            tasks::print(desk, number, task, with)?;
        }
        desk.shown.borrow_mut().tasks = Some(all);
    }
    if !goal.ratings.is_empty() {
        screen.gap()?;
        screen.line(&screen.cyan(&say!(words, "heading-ratings")))?;
        for rating in &goal.ratings {
            print_rating(desk, rating, with)?;
        }
    }
    screen.gap()?;
    screen.line(&screen.faint(&goal.summary.id.to_string()))
}

/// A value of a choice, in a few words.
fn value_in_words(value: &FieldValue) -> String {
    match value {
        FieldValue::Text { text } => text.clone(),
        FieldValue::Day { day } => day.to_string(),
        FieldValue::Number { number } => number.to_string(),
        _ => "–".to_owned(),
    }
}

fn print_wording(desk: &Desk, goal: &Goal, with: &Relationship) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if !goal.why.is_empty() {
        screen.gap()?;
        screen.line(&screen.cyan(&say!(words, "heading-why")))?;
        screen.text(2, &goal.why)?;
    }
    for success in &goal.success {
        screen.gap()?;
        let heading = if success.by == with.other.person {
            say!(words, "heading-success-of", "name" => with.other.display_name.as_str())
        } else {
            say!(words, "heading-success-yours")
        };
        screen.line(&screen.cyan(&heading))?;
        screen.text(2, &success.text)?;
    }
    Ok(())
}

/// The same in one text, for where standard output belongs to a program.
fn wording_in_one(goal: &Goal) -> String {
    let mut parts = vec![goal.summary.title.as_str(), goal.why.as_str()];
    parts.extend(goal.success.iter().map(|success| success.text.as_str()));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

/// What changed since both agreed.
fn print_difference(desk: &Desk, goal: &Goal) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let Standing::ChangedSinceAgreed { agreed } = goal.summary.standing else { return Ok(()) };
    let Some(sealed) = &goal.sealed else { return Ok(()) };
    screen.gap()?;
    screen.line(&screen.cyan(&say!(words, "heading-difference", "day" => words.day_of(agreed))))?;
    if sealed.title != goal.summary.title {
        screen.text(2, &difference(screen, &sealed.title, &goal.summary.title))?;
    }
    if sealed.why != goal.why {
        screen.text(2, &difference(screen, &sealed.why, &goal.why))?;
    }
    for success in &goal.success {
        let before = sealed.success.iter().find(|one| one.by == success.by);
        let before = before.map(|one| one.text.as_str()).unwrap_or_default();
        if before != success.text {
            screen.text(2, &difference(screen, before, &success.text))?;
        }
    }
    screen.text(2, &screen.faint(&say!(words, "difference-explained")))
}

/// Both texts in one, by words: what was taken out and what was added is marked.
pub(crate) fn difference(screen: &Screen, before: &str, after: &str) -> String {
    let mut text = String::new();
    let mut follows_removed = false;
    for change in TextDiff::from_words(before, after).iter_all_changes() {
        let piece = change.value();
        if follows_removed && change.tag() == ChangeTag::Insert && !piece.trim().is_empty() {
            text.push_str(screen.between());
        }
        follows_removed = change.tag() == ChangeTag::Delete && !piece.trim().is_empty();
        match change.tag() {
            ChangeTag::Equal => text.push_str(piece),
            _ if piece.trim().is_empty() => text.push_str(piece),
            ChangeTag::Delete => text.push_str(&screen.removed(piece)),
            ChangeTag::Insert => text.push_str(&screen.added(piece)),
        }
    }
    text
}

fn print_rating(desk: &Desk, rating: &Rating, with: &Relationship) -> Result<(), Failure> {
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

pub(super) fn rate(
    desk: &Desk,
    wanted: &str,
    value: u8,
    helped: Option<String>,
    hindered: Option<String>,
) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let id = find(desk, &plan, wanted)?;
    plan.rate(id, NewRating { value, helped, hindered })?;
    let goal = plan.goal(id)?;
    done(desk, &goal, &say!(desk.words, "goal-rated", "value" => u32::from(value)))
}

pub(super) fn agree(desk: &Desk, wanted: &str, shown: Option<String>) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (with, plan) = desk.plan()?;
    let id = find(desk, &plan, wanted)?;
    let digest = match shown {
        Some(digest) => digest.parse::<WordingDigest>()?,
        None => {
            // What is signed is what stands on the screen right above the question.
            let goal = plan.goal(id)?;
            if desk.json() {
                screen.aside(&wording_in_one(&goal));
            } else {
                screen.line(&screen.bold(&goal.summary.title))?;
                print_wording(desk, &goal, &with)?;
                print_difference(desk, &goal)?;
                screen.gap()?;
            }
            goal.digest
        }
    };
    desk.confirm(&say!(words, "ask-agree"))?;
    let goal = plan.agree(id, digest)?;
    let sentence = match goal.summary.standing {
        Standing::Agreed { .. } => say!(words, "goal-agreed-both"),
        _ => say!(words, "goal-agreed-by-you", "name" => with.other.display_name.as_str()),
    };
    done(desk, &goal, &sentence)
}

pub(super) fn withdraw(desk: &Desk, wanted: &str) -> Result<(), Failure> {
    let (with, plan) = desk.plan()?;
    let goal = plan.goal(find(desk, &plan, wanted)?)?;
    let me = desk.me()?.person;
    // The wording as it stands if one agreed to that, otherwise the one in force.
    let wording = match &goal.sealed {
        Some(sealed) if !goal.agreed_by.contains(&me) => sealed.digest,
        _ => goal.digest,
    };
    desk.confirm(&say!(desk.words, "ask-withdraw", "name" => with.other.display_name.as_str()))?;
    let goal = plan.withdraw(goal.summary.id, wording)?;
    done(desk, &goal, &say!(desk.words, "goal-withdrawn"))
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

pub(super) fn choose(
    desk: &Desk,
    wanted: &str,
    number: Option<usize>,
    written: Option<String>,
) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let id = find(desk, &plan, wanted)?;
    let goal = as_shown(desk, &plan, id)?;
    let Some(choice) = goal.choices.first() else {
        return Err(Failure::told(Exit::NotFound, say!(desk.words, "error-nothing-to-choose")));
    };
    let pick = match (written, number) {
        (Some(text), _) => ChoicePick::Write { text },
        (None, number) => {
            let count = choice.values.len();
            let index = number.unwrap_or(0).checked_sub(1).filter(|index| *index < count);
            let number = index.and_then(|index| u32::try_from(index).ok()).ok_or_else(|| {
                Failure::told(Exit::Usage, say!(desk.words, "error-choose-number", "count" => count))
            })?;
            ChoicePick::Take { number }
        }
    };
    plan.choose(choice.of, goal.version.clone(), choice.field, pick)?;
    done(desk, &plan.goal(id)?, &say!(desk.words, "goal-chosen"))
}

pub(super) fn move_goal(desk: &Desk, wanted: &str, after: Option<&str>) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let id = find(desk, &plan, wanted)?;
    let after = after.map(|after| find(desk, &plan, after)).transpose()?;
    plan.move_goal(id, after)?;
    // The numbers that were shown no longer hold.
    desk.shown.borrow_mut().goals = None;
    list(desk, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_marks_what_went_and_what_came_word_by_word() {
        let screen = Screen::plain();
        assert_eq!(
            difference(&screen, "sleep six nights", "sleep five nights now"),
            "sleep [-six-]{+five+} nights {+now+}"
        );
        assert_eq!(difference(&screen, "the same words", "the same words"), "the same words");
    }
}
