//! `handed-over` and `received`: what there is, and what became of it.

use common_ground::id::EntryId;
use common_ground::relationship::Relationship;
use common_ground::sharing::{HandedOver, ParcelState};
use serde::Serialize;

use super::{Numbered, all, find, show};
use crate::args::OpeningArgs;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

#[derive(Serialize)]
struct Excerpts<'a> {
    excerpts: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    number: usize,
    with: &'a str,
    #[serde(flatten)]
    handed_over: &'a HandedOver,
}

fn row(one: &Numbered) -> Row<'_> {
    Row { number: one.number, with: &one.with.other.display_name, handed_over: &one.handed_over }
}

pub(super) fn given(desk: &Desk, to: Option<&str>, opening: &OpeningArgs) -> Result<(), Failure> {
    list(desk, to, opening, false, || say!(desk.words, "given-none"))
}

pub(super) fn received(desk: &Desk, from: Option<&str>, opening: &OpeningArgs) -> Result<(), Failure> {
    list(desk, from, opening, true, || say!(desk.words, "received-none"))
}

fn list(
    desk: &Desk,
    person: Option<&str>,
    opening: &OpeningArgs,
    received: bool,
    none: impl Fn() -> String,
) -> Result<(), Failure> {
    if let Some(wanted) = &opening.open {
        let (found, sharing) = find(desk, wanted)?;
        return show::open(desk, &found, &sharing, opening.save.as_deref());
    }
    let only = match person {
        Some(name) => Some(desk.relationship_with(name)?.id),
        None => desk.named_relationship()?.map(|one| one.id),
    };
    let mut shown = all(desk)?;
    shown.retain(|one| one.is_received() == received && only.is_none_or(|id| id == one.with.id));
    if desk.json() {
        return desk.screen.document(&Excerpts { excerpts: shown.iter().map(row).collect() });
    }
    if shown.is_empty() {
        return desk.screen.text(0, &none());
    }
    for one in &shown {
        print(desk, one)?;
    }
    Ok(())
}

fn print(desk: &Desk, one: &Numbered) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let Numbered { number, with, handed_over } = one;
    let name = with.other.display_name.as_str();
    let who = if one.is_received() {
        say!(words, "from-person", "name" => name)
    } else {
        say!(words, "to-person", "name" => name)
    };
    let when = screen.cyan(&words.instant(handed_over.handed_at));
    screen.line(&format!("{number:>4}  {when}  {who}  {}", screen.faint(&size(handed_over.bytes.into()))))?;
    screen.text(6, &standing(desk, handed_over, with))?;
    if let Some(opening) = opening_of_entry(desk, handed_over.entry) {
        screen.text(6, &screen.faint(&opening))?;
    }
    if handed_over.comments > 0 {
        let new = handed_over.new_comments;
        screen.text(6, &say!(words, "comments-count", "count" => handed_over.comments, "new" => new))?;
    }
    Ok(())
}

/// The first words of the entry that an excerpt was taken from, where it is still there.
fn opening_of_entry(desk: &Desk, entry: Option<EntryId>) -> Option<String> {
    let entry = desk.home().ok()?.journal().entry(entry?).ok()?;
    let mut words = entry.text.split_whitespace();
    let opening: Vec<&str> = words.by_ref().take(8).collect();
    let more = if words.next().is_some() { " …" } else { "" };
    let opening = entry.title.unwrap_or_else(|| format!("{}{more}", opening.join(" ")));
    (!opening.is_empty()).then(|| say!(desk.words, "from-entry", "opening" => opening))
}

/// What became of an excerpt, in a sentence.
pub(super) fn standing(desk: &Desk, handed_over: &HandedOver, with: &Relationship) -> String {
    let words = &desk.words;
    let name = with.other.display_name.as_str();
    let is_received = handed_over.giver == with.other.person;
    let when = |at: Option<common_ground::clock::Instant>| at.map(|at| words.instant(at)).unwrap_or_default();
    let taken_back = when(handed_over.taken_back_at);
    match (handed_over.state, is_received) {
        (ParcelState::WaitingToGo, _) => say!(words, "stands-waiting", "name" => name),
        (ParcelState::OnTheWay, false) => say!(words, "stands-handed-over", "name" => name),
        (ParcelState::OnTheWay, true) => say!(words, "stands-coming"),
        (ParcelState::Arrived, false) => {
            say!(words, "stands-arrived", "name" => name, "when" => when(handed_over.arrived_at))
        }
        (ParcelState::Arrived, true) => say!(words, "stands-not-opened"),
        (ParcelState::Opened, false) => {
            say!(words, "stands-opened", "name" => name, "when" => when(handed_over.opened_at))
        }
        (ParcelState::Opened, true) => {
            say!(words, "stands-opened-here", "when" => when(handed_over.opened_at))
        }
        (ParcelState::ClosedUntilHeard, _) => say!(words, "stands-closed", "name" => name),
        (ParcelState::TakenBack, false) => {
            say!(words, "stands-taken-back", "name" => name, "when" => taken_back)
        }
        (ParcelState::AskedToDelete, false) => say!(words, "stands-asked-to-delete",
            "name" => name, "when" => taken_back, "asked" => when(handed_over.asked_to_delete_at)),
        (ParcelState::Deleted, false) => say!(words, "stands-deleted",
            "name" => name, "when" => taken_back, "deleted" => when(handed_over.deleted_at)),
        (ParcelState::TakenBack | ParcelState::AskedToDelete | ParcelState::Deleted, true) => {
            say!(words, "stands-taken-back-here", "name" => name, "when" => taken_back)
        }
    }
}

/// Where pieces of an entry went, each in a line.
pub(in crate::commands) fn where_it_went(desk: &Desk, entry: EntryId) -> Result<Vec<String>, Failure> {
    let home = desk.home()?;
    let went = home.handed_over_from(entry)?;
    if went.is_empty() {
        return Ok(Vec::new());
    }
    let people = home.relationships()?;
    let line = |one: &HandedOver| {
        let with = people.iter().find(|person| person.id == one.relationship)?;
        let when = desk.words.instant(one.handed_at);
        let head = say!(desk.words, "entry-handed-over",
            "name" => with.other.display_name.as_str(), "when" => when);
        Some(format!("{head} {}", standing(desk, one, with)))
    };
    Ok(went.iter().filter_map(line).collect())
}

/// A size that people can read.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KiB", bytes.div_ceil(1_024)),
        _ => format!("{} MiB", bytes.div_ceil(1_048_576)),
    }
}
