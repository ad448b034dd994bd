//! Former versions of an entry on the terminal.

use common_ground::error::Thing;
use common_ground::journal::{EntryPart, TextRun, TextRunKind, Version, VersionDifference, VersionSummary};
use serde::Serialize;

use super::{entries, journal};
use crate::args::VersionsArgs;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::screen::Screen;
use crate::words::{Words, say};

#[derive(Serialize)]
struct Versions {
    versions: Vec<VersionSummary>,
}

#[derive(Serialize)]
struct Shown {
    version: Version,
    /// What is different now.
    difference: VersionDifference,
}

pub(super) fn versions(desk: &Desk, args: &VersionsArgs) -> Result<(), Failure> {
    let journal = desk.home()?.journal();
    let entry = journal.entry(journal::find_anywhere(desk, &args.entry)?)?;
    let versions = journal.versions(entry.id)?;
    let numbered = |number: usize| {
        let version = number.checked_sub(1).and_then(|index| versions.get(index));
        version.ok_or(Failure::Core(common_ground::Error::NotFound { what: Thing::Version }))
    };
    if let Some(number) = args.show {
        let revision = numbered(number)?.revision;
        let version = journal.version(revision)?;
        let difference = journal.version_difference(revision)?;
        return show(desk, Shown { version, difference });
    }
    if let Some(number) = args.bring_back {
        let version = numbered(number)?;
        let when = desk.words.instant(version.saved_at);
        desk.confirm(&say!(desk.words, "ask-bring-back", "when" => when))?;
        let entry = journal.bring_back(version.revision, entry.revision)?;
        if desk.json() {
            return desk.screen.document(&entry);
        }
        return desk.screen.text(0, &say!(desk.words, "version-brought-back"));
    }
    list(desk, versions)
}

fn list(desk: &Desk, versions: Vec<VersionSummary>) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if desk.json() {
        return screen.document(&Versions { versions });
    }
    if versions.is_empty() {
        return screen.text(0, &say!(words, "versions-none"));
    }
    for (n, version) in versions.iter().enumerate() {
        let title = version.title.as_deref().unwrap_or_default();
        let when = screen.cyan(&words.instant(version.saved_at));
        screen.line(&format!("{:>4}  {when}  {}", n + 1, screen.bold(title)))?;
        screen.text(6, &version.opening)?;
    }
    Ok(())
}

fn show(desk: &Desk, shown: Shown) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if desk.json() {
        return screen.document(&shown);
    }
    let Shown { version, difference } = shown;
    screen.line(&screen.cyan(&say!(words, "version-of", "when" => words.instant(version.saved_at))))?;
    if let Some(title) = &version.title {
        screen.line(&screen.bold(title))?;
    }
    screen.gap()?;
    if !version.text.is_empty() {
        screen.text(0, &version.text)?;
        screen.gap()?;
    }
    if let Some(details) = &version.details {
        entries::print_answers(desk, &details.answers)?;
    }
    if difference.changed.is_empty() {
        return screen.text(0, &screen.faint(&say!(words, "version-same")));
    }
    let parts: Vec<_> = difference.changed.iter().map(|part| part_name(words, *part)).collect();
    screen.text(0, &screen.cyan(&say!(words, "version-differs", "parts" => parts.join(", "))))?;
    let answers = difference.answers.iter().map(|answer| &answer.value);
    for runs in [&difference.title, &difference.text].into_iter().chain(answers) {
        if runs.iter().any(|run| run.kind != TextRunKind::Same) {
            screen.text(2, &marked(screen, runs))?;
        }
    }
    Ok(())
}

/// Two texts in one, with marks on what went and what came.
fn marked(screen: &Screen, runs: &[TextRun]) -> String {
    let mut text = String::new();
    let mut follows_removed = false;
    for run in runs {
        let is_blank = run.text.trim().is_empty();
        if follows_removed && run.kind == TextRunKind::Added && !is_blank {
            text.push_str(screen.between());
        }
        follows_removed = run.kind == TextRunKind::Removed && !is_blank;
        match run.kind {
            TextRunKind::Removed if !is_blank => text.push_str(&screen.removed(&run.text)),
            TextRunKind::Added if !is_blank => text.push_str(&screen.added(&run.text)),
            _ => text.push_str(&run.text),
        }
    }
    text
}

fn part_name(words: &Words, part: EntryPart) -> String {
    match part {
        EntryPart::Title => say!(words, "part-title"),
        EntryPart::Text => say!(words, "part-text"),
        EntryPart::Kind => say!(words, "part-kind"),
        EntryPart::Mood => say!(words, "part-mood"),
        EntryPart::Emotions => say!(words, "part-emotions"),
        EntryPart::Tags => say!(words, "part-tags"),
        EntryPart::Links => say!(words, "part-links"),
        EntryPart::Answers => say!(words, "part-answers"),
        EntryPart::Attachments => say!(words, "part-attachments"),
        EntryPart::Starred => say!(words, "part-starred"),
        EntryPart::ToBring => say!(words, "part-to-bring"),
        EntryPart::Written => say!(words, "part-written"),
    }
}
