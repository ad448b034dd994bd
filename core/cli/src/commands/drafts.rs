//! Drafts on the terminal: what was begun and not saved as an entry.

use common_ground::error::Thing;
use common_ground::id::DraftId;
use common_ground::journal::{DraftContent, DraftSummary, Entry, Journal};
use serde::Serialize;

use super::entries;
use crate::args::DraftsCommand;
use crate::desk::{Desk, pick};
use crate::editor;
use crate::failure::Failure;
use crate::words::say;

#[derive(Serialize)]
struct Drafts {
    drafts: Vec<DraftSummary>,
}

pub(super) fn drafts(desk: &Desk, command: Option<DraftsCommand>) -> Result<(), Failure> {
    let journal = desk.home()?.journal();
    match command {
        None | Some(DraftsCommand::List) => list(desk, &journal),
        Some(DraftsCommand::Show { draft }) => show(desk, &journal, find(desk, &journal, &draft)?),
        Some(DraftsCommand::Write { draft }) => {
            let id = find(desk, &journal, &draft)?;
            let entry = write(desk, &journal, id)?;
            saved(desk, &entry)
        }
        Some(DraftsCommand::Finish { draft }) => {
            let entry = journal.finish_draft(find(desk, &journal, &draft)?)?;
            saved(desk, &entry)
        }
        Some(DraftsCommand::Discard { draft }) => {
            let id = find(desk, &journal, &draft)?;
            desk.confirm(&say!(desk.words, "ask-discard-draft"))?;
            journal.discard_draft(id)?;
            desk.screen.text(0, &say!(desk.words, "draft-discarded"))
        }
    }
}

fn list(desk: &Desk, journal: &Journal) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let drafts = journal.drafts()?;
    if desk.json() {
        return screen.document(&Drafts { drafts });
    }
    if drafts.is_empty() {
        return screen.text(0, &say!(words, "drafts-none"));
    }
    for (n, draft) in drafts.iter().enumerate() {
        let mut head = format!("{:>4}  {}", n + 1, screen.cyan(&words.instant(draft.saved_at)));
        if draft.entry.is_some() {
            head.push_str(&format!("  {}", screen.faint(&say!(words, "draft-of-change"))));
        }
        if let Some(title) = &draft.title {
            head.push_str(&format!("  {}", screen.bold(title)));
        }
        screen.line(&head)?;
        screen.text(6, &draft.opening)?;
    }
    Ok(())
}

fn show(desk: &Desk, journal: &Journal, id: DraftId) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let draft = journal.draft(id)?;
    if desk.json() {
        return screen.document(&draft);
    }
    screen.line(&screen.cyan(&words.instant(draft.saved_at)))?;
    let (title, text, answers) = match draft.content {
        DraftContent::Add { entry } => (entry.title, entry.text, entry.answers),
        DraftContent::Edit { edit, .. } => {
            screen.line(&screen.faint(&say!(words, "draft-of-change")))?;
            (edit.title, edit.text.unwrap_or_default(), edit.answers.unwrap_or_default())
        }
    };
    if let Some(title) = title {
        screen.line(&screen.bold(&title))?;
    }
    screen.gap()?;
    if !text.is_empty() {
        screen.text(0, &text)?;
        screen.gap()?;
    }
    entries::print_answers(desk, &answers)?;
    screen.line(&screen.faint(&draft.id.to_string()))
}

/// Goes on writing a draft in the editor, and makes the entry of it. A change to an entry that was changed
/// since is told before: then it is made on the entry as it stands, which is what `show` shows.
fn write(desk: &Desk, journal: &Journal, id: DraftId) -> Result<Entry, Failure> {
    let content = journal.draft(id)?.content;
    let begun = match &content {
        DraftContent::Add { entry } => entry.text.clone(),
        DraftContent::Edit { entry, edit, .. } => match &edit.text {
            Some(text) => text.clone(),
            None => journal.entry(*entry)?.text,
        },
    };
    let with = |text: &str| match content.clone() {
        DraftContent::Add { mut entry } => {
            text.clone_into(&mut entry.text);
            DraftContent::Add { entry }
        }
        DraftContent::Edit { entry, shown, mut edit } => {
            edit.text = Some(text.to_owned());
            DraftContent::Edit { entry, shown, edit }
        }
    };
    let mut draft = entries::Draft::of(desk, journal, id);
    let text = editor::edit_and_keep(desk, &begun, &mut |text| draft.keep(with(text)))
        .map_err(|failure| draft.told(failure))?;
    draft.finish(with(&text))
}

fn saved(desk: &Desk, entry: &Entry) -> Result<(), Failure> {
    if desk.json() {
        return desk.screen.document(entry);
    }
    desk.screen.text(0, &say!(desk.words, "entry-saved", "when" => desk.words.moment(&entry.written)))
}

fn find(desk: &Desk, journal: &Journal, wanted: &str) -> Result<DraftId, Failure> {
    let all: Vec<DraftId> = journal.drafts()?.iter().map(|draft| draft.id).collect();
    let missing = Failure::Core(common_ground::Error::NotFound { what: Thing::Draft });
    pick(wanted, &all).or_tell(desk, wanted, missing)
}
