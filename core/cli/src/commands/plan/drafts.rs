//! Goals that one alone sees, until one proposes them.

use common_ground::error::Thing;
use common_ground::goal_drafts::{GoalDraft, GoalDrafts};
use common_ground::id::GoalId;
use common_ground::plan::NewGoal;
use serde::Serialize;

use super::goals;
use crate::args::{DraftCommand, GoalDetails, GoalFields};
use crate::desk::{Desk, pick};
use crate::failure::Failure;
use crate::words::say;

#[derive(Serialize)]
struct Drafts {
    drafts: Vec<GoalDraft>,
}

pub(super) fn draft(desk: &Desk, command: DraftCommand) -> Result<(), Failure> {
    let words = &desk.words;
    let drafts = desk.home()?.goal_drafts();
    match command {
        DraftCommand::Add { fields: GoalFields { title, more } } => {
            let begun = NewGoal { title: title.join(" "), ..NewGoal::default() };
            let draft = drafts.keep(changed(desk, begun, more)?)?;
            done(desk, draft, &say!(words, "goal-draft-kept"))
        }
        DraftCommand::List => list(desk, &drafts),
        DraftCommand::Show { draft } => show(desk, drafts.get(find(desk, &drafts, &draft)?)?),
        DraftCommand::Edit { draft, title, more } => {
            let id = find(desk, &drafts, &draft)?;
            let mut content = drafts.get(id)?.content;
            if let Some(title) = title {
                content.title = title;
            }
            let draft = drafts.change(id, changed(desk, content, more)?)?;
            done(desk, draft, &say!(words, "goal-changed"))
        }
        DraftCommand::Propose { draft } => {
            let id = find(desk, &drafts, &draft)?;
            let with = desk.relationship()?;
            let goal = drafts.propose(id, with.id)?;
            let name = with.other.display_name.as_str();
            goals::done(desk, &goal, &say!(words, "goal-proposed", "name" => name))
        }
        DraftCommand::Discard { draft } => {
            let id = find(desk, &drafts, &draft)?;
            desk.confirm(&say!(words, "ask-discard-draft"))?;
            drafts.discard(id)?;
            desk.screen.text(0, &say!(words, "draft-discarded"))
        }
    }
}

/// The draft with what was said: an empty text takes away.
fn changed(desk: &Desk, mut content: NewGoal, more: GoalDetails) -> Result<NewGoal, Failure> {
    let descent = goals::descent(desk, None, &more)?;
    let take = |old: Option<String>, new: Option<String>| match new {
        Some(text) => Some(text).filter(|text| !text.is_empty()),
        None => old,
    };
    content.why = more.why.unwrap_or(content.why);
    content.success = take(content.success, more.success);
    content.known_by = take(content.known_by, more.known_by);
    content.first_step = take(content.first_step, more.first_step);
    content.by_when = more.by_when.map_or(content.by_when, |day| day.0);
    content.descent = descent.or(content.descent);
    Ok(content)
}

fn done(desk: &Desk, draft: GoalDraft, sentence: &str) -> Result<(), Failure> {
    if desk.json() { desk.screen.document(&draft) } else { desk.screen.text(0, sentence) }
}

fn list(desk: &Desk, drafts: &GoalDrafts) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let drafts = drafts.list()?;
    if desk.json() {
        return screen.document(&Drafts { drafts });
    }
    if drafts.is_empty() {
        return screen.text(0, &say!(words, "goal-drafts-none"));
    }
    screen.line(&screen.faint(&say!(words, "goal-drafts-yours")))?;
    for (n, draft) in drafts.iter().enumerate() {
        screen.line(&format!("{:>2}  {}", n + 1, screen.bold(&draft.content.title)))?;
        screen.text(4, &screen.faint(&words.instant(draft.saved_at)))?;
    }
    Ok(())
}

fn show(desk: &Desk, draft: GoalDraft) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if desk.json() {
        return screen.document(&draft);
    }
    let content = &draft.content;
    screen.line(&screen.bold(&content.title))?;
    screen.text(2, &screen.faint(&words.instant(draft.saved_at)))?;
    let by_when = content.by_when.map(|day| words.date(day));
    for (heading, text) in [
        (say!(words, "heading-why"), Some(content.why.clone())),
        (say!(words, "heading-success-yours"), content.success.clone()),
        (say!(words, "heading-known-by"), content.known_by.clone()),
        (say!(words, "heading-by-when"), by_when),
        (say!(words, "heading-first-step"), content.first_step.clone()),
    ] {
        let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
        screen.gap()?;
        screen.line(&screen.cyan(&heading))?;
        screen.text(2, &text)?;
    }
    screen.gap()?;
    screen.line(&screen.faint(&draft.id.to_string()))
}

fn find(desk: &Desk, drafts: &GoalDrafts, wanted: &str) -> Result<GoalId, Failure> {
    let all: Vec<GoalId> = drafts.list()?.iter().map(|draft| draft.id).collect();
    let missing = Failure::Core(common_ground::Error::NotFound { what: Thing::GoalDraft });
    pick(wanted, &all).or_tell(desk, wanted, missing)
}
