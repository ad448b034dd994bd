//! An excerpt on the terminal, with what both have said about it.

use std::path::Path;

use common_ground::handing_over::Sharing;
use common_ground::relationship::Relationship;
use common_ground::sharing::{Excerpt, OpenedExcerpt};

use super::Numbered;
use super::lists;
use crate::desk::{Desk, path_text};
use crate::failure::{Exit, Failure};
use crate::words::say;

/// How far the words of an excerpt are moved in.
const INDENT: usize = 2;

/// An excerpt as its receiver sees it.
pub(super) fn excerpt(desk: &Desk, excerpt: &Excerpt) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if let Some(day) = excerpt.day {
        screen.text(INDENT, &screen.cyan(&words.date(day)))?;
    }
    if let Some(title) = &excerpt.title {
        screen.text(INDENT, &screen.bold(title))?;
    }
    let mut facts = Vec::new();
    if let Some(mood) = excerpt.mood {
        facts.push(say!(words, "entry-mood", "mood" => u32::from(mood)));
    }
    facts.extend(excerpt.feelings.iter().map(|feeling| match feeling.intensity {
        Some(strength) => {
            say!(words, "entry-feeling", "name" => feeling.name.as_str(), "strength" => u32::from(strength))
        }
        None => feeling.name.clone(),
    }));
    facts.extend(excerpt.tags.iter().map(|tag| format!("#{tag}")));
    if !facts.is_empty() {
        screen.text(INDENT, &facts.join(" · "))?;
    }
    if !excerpt.text.is_empty() {
        screen.text(INDENT, &excerpt.text)?;
    }
    for answer in &excerpt.answers {
        screen.text(INDENT, &screen.cyan(&answer.question))?;
        screen.text(INDENT + 2, &answer.answer)?;
    }
    for (place, one) in excerpt.attachments.iter().enumerate() {
        let size = lists::size(one.bytes);
        let line = say!(words, "excerpt-attachment",
            "number" => place + 1, "name" => one.name.as_str(), "size" => size);
        screen.text(INDENT, &line)?;
    }
    Ok(())
}

/// Opens one, shows it with its comments, and saves its attachments where that is asked for.
pub(super) fn open(
    desk: &Desk,
    found: &Numbered,
    sharing: &Sharing,
    save_to: Option<&Path>,
) -> Result<(), Failure> {
    let opened = sharing.open(found.handed_over.id)?;
    if desk.json() {
        desk.screen.document(&opened)?;
    } else {
        print(desk, found, &opened)?;
    }
    match save_to {
        Some(folder) => save(desk, sharing, &opened, folder),
        None => Ok(()),
    }
}

fn print(desk: &Desk, found: &Numbered, opened: &OpenedExcerpt) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let name = found.with.other.display_name.as_str();
    let when = words.instant(opened.handed_over.handed_at);
    let head = if found.is_received() {
        say!(words, "received-head", "name" => name, "when" => when)
    } else {
        say!(words, "given-head", "name" => name, "when" => when)
    };
    screen.line(&screen.bold(&head))?;
    screen.text(0, &screen.faint(&lists::standing(desk, &opened.handed_over, &found.with)))?;
    screen.gap()?;
    excerpt(desk, &opened.excerpt)?;
    comments(desk, &found.with, opened)?;
    screen.gap()?;
    screen.line(&screen.faint(&opened.handed_over.id.to_string()))
}

fn comments(desk: &Desk, with: &Relationship, opened: &OpenedExcerpt) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if opened.comments.is_empty() {
        return Ok(());
    }
    screen.gap()?;
    screen.line(&screen.bold(&say!(words, "comments-head")))?;
    for (place, comment) in opened.comments.iter().enumerate() {
        let head = say!(words, "comment-head",
            "number" => place + 1, "name" => desk.name_of(comment.by, with), "when" => words.instant(comment.at));
        screen.text(INDENT, &screen.cyan(&head))?;
        match &comment.text {
            Some(text) => screen.text(INDENT + 2, text)?,
            None => screen.text(INDENT + 2, &screen.faint(&say!(words, "comment-not-here")))?,
        }
    }
    Ok(())
}

/// Saves what is attached to a folder, after saying that anyone can read it there.
fn save(desk: &Desk, sharing: &Sharing, opened: &OpenedExcerpt, folder: &Path) -> Result<(), Failure> {
    let words = &desk.words;
    let attachments = &opened.excerpt.attachments;
    if attachments.is_empty() {
        desk.screen.aside(&say!(words, "attachments-none"));
        return Ok(());
    }
    if !folder.is_dir() {
        let told = say!(words, "error-no-such-folder", "path" => folder.display().to_string());
        return Err(Failure::told(Exit::Usage, told));
    }
    desk.confirm(&say!(words, "ask-save-readable", "count" => attachments.len()))?;
    let mut saved = Vec::new();
    for (place, one) in (0..).zip(attachments) {
        let path = crate::commands::attaching::free_name(folder, &one.name, &saved);
        sharing.save_attachment(opened.handed_over.id, place, path_text(&path), false)?;
        desk.screen.aside(&say!(words, "attachment-saved", "path" => path.display().to_string()));
        saved.push(path);
    }
    Ok(())
}
