//! The journal on the terminal: list, search, bin.

use common_ground::id::EntryId;
use common_ground::journal::{EntryFilter, EntrySummary, SearchHit, SearchOrder};
use serde::Serialize;

use super::filter;
use crate::args::FilterArgs;
use crate::desk::{Desk, pick};
use crate::failure::{Exit, Failure};
use crate::screen::Screen;
use crate::words::say;

/// How many characters of an entry a list shows.
const OPENING: usize = 200;
/// The most entries a page may have.
const PAGE: u32 = 500;

#[derive(Serialize)]
struct Entries {
    entries: Vec<EntrySummary>,
    /// How many there are in all.
    count: u64,
}

pub(super) fn list(desk: &Desk, limit: Option<u32>, args: FilterArgs) -> Result<(), Failure> {
    let journal = desk.home()?.journal();
    let count = journal.count()?;
    let filter = filter::filter(desk, args)?;
    if desk.json() {
        let mut entries = Vec::new();
        pages(desk, &filter, limit, |page| {
            entries.extend(page);
            Ok(true)
        })?;
        return desk.screen.document(&Entries { entries, count });
    }
    if count == 0 {
        return desk.screen.text(0, &say!(desk.words, "journal-empty"));
    }
    // A number names an entry of the whole list only.
    let is_filtered = filter != EntryFilter::default();
    let mut number = 0;
    pages(desk, &filter, limit, |page| {
        for entry in page {
            number += 1;
            if is_filtered {
                print_named_by_id(desk, &entry)?;
            } else {
                print_summary(desk, number, &entry)?;
            }
        }
        Ok(true)
    })?;
    if is_filtered {
        let nothing = say!(desk.words, "journal-filter-nothing");
        return if number == 0 { desk.screen.text(0, &nothing) } else { Ok(()) };
    }
    if u64::try_from(number).is_ok_and(|number| number < count) {
        desk.screen.gap()?;
        desk.screen.text(0, &desk.screen.faint(&say!(desk.words, "journal-more", "count" => count)))?;
    }
    Ok(())
}

/// Goes through what the filter lets through, newest first, page by page, until `limit` or until `each`
/// answers no.
fn pages(
    desk: &Desk,
    filter: &EntryFilter,
    limit: Option<u32>,
    mut each: impl FnMut(Vec<EntrySummary>) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let journal = desk.home()?.journal();
    let mut left = limit.unwrap_or(u32::MAX);
    let mut after = None;
    loop {
        let page = journal.filtered(filter.clone(), left.min(PAGE), after)?;
        left = left.saturating_sub(u32::try_from(page.entries.len()).unwrap_or(u32::MAX));
        after = page.next;
        if !each(page.entries)? || left == 0 || after.is_none() {
            return Ok(());
        }
    }
}

fn print_summary(desk: &Desk, number: usize, entry: &EntrySummary) -> Result<(), Failure> {
    print_under(desk, &format!("{number:>4}"), entry)
}

/// An entry in a list in which numbers mean nothing: by the end of its id.
pub(super) fn print_named_by_id(desk: &Desk, entry: &EntrySummary) -> Result<(), Failure> {
    let id = entry.id.to_string();
    print_under(desk, &desk.screen.faint(&id[id.len().saturating_sub(12)..]), entry)
}

fn print_under(desk: &Desk, name: &str, entry: &EntrySummary) -> Result<(), Failure> {
    let screen = &desk.screen;
    let mut head = format!("{name}  {}", screen.cyan(&desk.words.moment(&entry.written)));
    if entry.starred {
        head.push_str("  ★");
    }
    if let Some(title) = &entry.title {
        head.push_str(&format!("  {}", screen.bold(title)));
    }
    for tag in &entry.tags {
        head.push_str(&format!("  {}", screen.faint(&format!("#{tag}"))));
    }
    screen.line(&head)?;
    // The core cuts the beginning of a longer text at this length.
    let cut = entry.opening.chars().count() >= OPENING;
    screen.text(6, &format!("{}{}", entry.opening, if cut { "…" } else { "" }))
}

#[derive(Serialize)]
struct Found {
    hits: Vec<SearchHit>,
    /// Set when so many entries match that only this many of the newest were ranked.
    ranked_newest: Option<u32>,
}

pub(super) fn search(
    desk: &Desk,
    query: &str,
    args: FilterArgs,
    newest: bool,
    limit: u32,
) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let filter = filter::filter(desk, args)?;
    if query.trim().is_empty() && filter == EntryFilter::default() {
        return Err(Failure::told(Exit::Usage, say!(words, "error-search-what")));
    }
    let order = if newest { SearchOrder::Newest } else { SearchOrder::BestMatch };
    let page = desk.home()?.journal().search(query.to_owned(), filter, order, limit, None)?;
    if desk.json() {
        return screen.document(&Found { hits: page.hits, ranked_newest: page.ranked_newest });
    }
    if page.hits.is_empty() {
        let only_filter = query.trim().is_empty();
        let nothing =
            if only_filter { say!(words, "search-nothing-fits") } else { say!(words, "search-nothing") };
        return screen.text(0, &nothing);
    }
    for hit in &page.hits {
        let id = hit.entry.id.to_string();
        let id = screen.faint(&id[id.len().saturating_sub(12)..]);
        let tags: String = hit.entry.tags.iter().map(|tag| format!("  #{tag}")).collect();
        let title = format!("{}{}", hit.entry.title.as_deref().unwrap_or_default(), screen.faint(&tags));
        screen.line(&format!(
            "{}  {id}  {}",
            screen.cyan(&words.moment(&hit.entry.written)),
            screen.bold(&title)
        ))?;
        screen.text(2, &with_matches(screen, hit))?;
    }
    if let Some(count) = page.ranked_newest {
        screen.text(0, &screen.faint(&say!(words, "search-ranked-newest", "count" => count)))?;
    }
    if page.next.is_some() {
        screen.text(0, &screen.faint(&say!(words, "search-more")))?;
    }
    Ok(())
}

/// The snippet on one line, with the matches marked. Ranges count UTF-16 code units.
fn with_matches(screen: &Screen, hit: &SearchHit) -> String {
    let units: Vec<u16> = hit.snippet.encode_utf16().collect();
    let piece = |from: u32, to: u32| {
        let (from, to) = (from as usize, to as usize);
        String::from_utf16_lossy(units.get(from..to.min(units.len())).unwrap_or_default())
    };
    let mut text = String::new();
    let mut at = 0;
    for found in &hit.matches {
        text.push_str(&piece(at, found.start));
        text.push_str(&screen.found(&piece(found.start, found.end)));
        at = found.end;
    }
    text.push_str(&piece(at, u32::try_from(units.len()).unwrap_or(u32::MAX)));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn bin(desk: &Desk, wanted: &str) -> Result<(), Failure> {
    let id = find(desk, wanted)?;
    let journal = desk.home()?.journal();
    let entry = journal.entry(id)?;
    desk.confirm(&say!(desk.words, "ask-bin", "when" => desk.words.moment(&entry.written)))?;
    journal.bin(id)?;
    desk.screen.text(0, &say!(desk.words, "entry-binned"))
}

pub(super) fn list_bin(desk: &Desk) -> Result<(), Failure> {
    let binned = desk.home()?.journal().binned()?;
    if desk.json() {
        let count = binned.len() as u64;
        return desk.screen.document(&Entries { entries: binned, count });
    }
    if binned.is_empty() {
        return desk.screen.text(0, &say!(desk.words, "bin-empty"));
    }
    for (n, entry) in binned.iter().enumerate() {
        print_summary(desk, n + 1, entry)?;
    }
    desk.screen.text(0, &desk.screen.faint(&say!(desk.words, "bin-explained")))
}

pub(super) fn restore(desk: &Desk, wanted: &str) -> Result<(), Failure> {
    let journal = desk.home()?.journal();
    let binned: Vec<EntryId> = journal.binned()?.iter().map(|entry| entry.id).collect();
    let id = pick(wanted, &binned).or_tell(desk, wanted, no_entry())?;
    journal.restore(id)?;
    desk.screen.text(0, &say!(desk.words, "entry-restored"))
}

fn no_entry() -> Failure {
    Failure::Core(common_ground::Error::NotFound { what: common_ground::error::Thing::Entry })
}

/// The entry of the journal that is meant. Numbers count from the newest.
pub(super) fn find(desk: &Desk, wanted: &str) -> Result<EntryId, Failure> {
    if let Ok(id) = wanted.parse::<EntryId>() {
        return Ok(id);
    }
    let number =
        if wanted.len() <= 6 { wanted.parse::<u32>().ok().map(|number| number.max(1)) } else { None };
    let mut ids = Vec::new();
    pages(desk, &EntryFilter::default(), number, |page| {
        ids.extend(page.iter().map(|entry| entry.id));
        Ok(true)
    })?;
    pick(wanted, &ids).or_tell(desk, wanted, no_entry())
}

/// The same, and where the journal has none, from the bin.
pub(super) fn find_anywhere(desk: &Desk, wanted: &str) -> Result<EntryId, Failure> {
    match find(desk, wanted) {
        Err(failure) if failure.exit() == Exit::NotFound as u8 && wanted.len() > 6 => {
            let binned: Vec<EntryId> =
                desk.home()?.journal().binned()?.iter().map(|entry| entry.id).collect();
            pick(wanted, &binned).or_tell(desk, wanted, failure)
        }
        found => found,
    }
}
