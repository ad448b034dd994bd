//! Reads exports of Day One: one JSON file, or a zip with one for each journal.
//!
//! An import is all or nothing, and may be repeated: entries are known by their ids, and what is here,
//! in the bin or erased is left as it is. Everything but an entry's `uuid` and `creationDate` may be
//! missing. Errors say which entry and which field, never what stands there.

mod entry;
mod file;
mod markdown;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, named_params};
use uuid::Uuid;

use self::entry::Imported;
use super::entries::{self, Words};
use super::types::{ImportProgress, ImportReport};
use crate::clock::{Instant, World};
use crate::id::EntryId;
use crate::store::Slot;
use crate::{Error, Result};

/// Progress is told after so many entries.
const STEP: usize = 64;

/// Imports a file, and returns what became of it and which entries are new.
pub(super) fn import(
    private: &Slot,
    world: &World,
    path: &Path,
    progress: Option<&dyn ImportProgress>,
) -> Result<(ImportReport, Vec<EntryId>)> {
    // A locked journal says so at once, not after reading a long file.
    private.file()?;
    let mut export = file::read(path)?;
    let mut report = ImportReport {
        found: export.entries.len() as u64,
        attachments_not_imported: export.attachments,
        ..ImportReport::default()
    };
    settle_ids(&mut export.entries, &mut report);
    // Rows of the index in rising order: otherwise it writes what it has gathered at every step back.
    export.entries.sort_by_key(|entry| entry.written.at);

    let total = export.entries.len();
    let now = entries::to_micros(world.now());
    let added = private.write(|file| {
        let device = entries::device(file, world)?;
        draw_together_at_once(file, true)?;
        let mut rows = Rows::default();
        let mut added = Vec::new();
        for (done, imported) in export.entries.drain(..).enumerate() {
            if done % STEP == 0 {
                tell(progress, done, total)?;
            }
            match state(file, imported.id)? {
                State::Here => report.already_here += 1,
                State::LeftOut => report.left_out += 1,
                State::Unknown => {
                    report.added += 1;
                    report.without_zone += u64::from(!imported.has_zone);
                    report.without_text += u64::from(imported.text.trim().is_empty());
                    added.push(imported.id);
                    let entry = imported.into_entry(world, now)?;
                    let row = rows.next(file, entry.written.at)?;
                    entries::insert(file, row, &entry, device)?;
                    Words::of(&entry).insert(file, row)?;
                }
            }
        }
        draw_together_at_once(file, false)?;
        // The last chance to cancel: after this it is done.
        tell(progress, total, total)?;
        Ok(added)
    })?;
    Ok((report, added))
}

/// Whether the index draws its pieces together while it is written. An import is one long write, after
/// which searching shall be quick at once.
fn draw_together_at_once(file: &Connection, at_once: bool) -> Result<()> {
    file.prepare_cached("INSERT INTO entry_search (entry_search, rank) VALUES ('automerge', :pieces)")?
        .execute(named_params! { ":pieces": if at_once { 4 } else { 0 } })?;
    Ok(())
}

fn tell(progress: Option<&dyn ImportProgress>, done: usize, total: usize) -> Result<()> {
    match progress.map(|progress| progress.on_progress(done as u64, total as u64)) {
        None | Some(Ok(true)) => Ok(()),
        Some(Ok(false) | Err(_)) => Err(Error::Cancelled),
    }
}

/// What an id means here.
enum State {
    Unknown,
    Here,
    LeftOut,
}

fn state(file: &Connection, id: EntryId) -> Result<State> {
    let binned: Option<bool> = file
        .prepare_cached("SELECT binned_at IS NOT NULL FROM entry WHERE id = :id")?
        .query_row(named_params! { ":id": id }, |row| row.get(0))
        .optional()?;
    let erased: bool = file
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM erased_entry WHERE id = :id)")?
        .query_row(named_params! { ":id": id }, |row| row.get(0))?;
    Ok(match binned {
        Some(false) => State::Here,
        Some(true) => State::LeftOut,
        None if erased => State::LeftOut,
        None => State::Unknown,
    })
}

/// Finds free rows also where thousands of entries carry the same instant.
#[derive(Default)]
struct Rows {
    last: Option<i64>,
}

impl Rows {
    /// Entries come in order of time, so what was given out last is where the search goes on.
    fn next(&mut self, file: &Connection, written_at: Instant) -> Result<i64> {
        let wanted = entries::wanted_row(written_at).max(self.last.map_or(i64::MIN, |last| last + 1));
        let row = entries::free_row(file, wanted)?;
        self.last = Some(row);
        Ok(row)
    }
}

/// Gives every entry an id of its own and drops those that stand in the file twice.
///
/// Real exports hold different entries under one id. The first of them, by time and content, keeps it;
/// the others get one made from it and their content, so that importing the same again finds them.
fn settle_ids(entries: &mut Vec<Imported>, report: &mut ImportReport) {
    let mut sharing: HashMap<EntryId, Vec<usize>> = HashMap::new();
    for (number, entry) in entries.iter().enumerate() {
        sharing.entry(entry.id).or_default().push(number);
    }
    let mut twice = HashSet::new();
    for mut numbers in sharing.into_values().filter(|numbers| numbers.len() > 1) {
        numbers
            .sort_by_cached_key(|number| (entries[*number].written.at, entries[*number].digest(), *number));
        let mut seen = HashSet::new();
        for (place, number) in numbers.into_iter().enumerate() {
            let entry = &mut entries[number];
            let digest = entry.digest();
            if !seen.insert(digest) {
                twice.insert(number);
                report.already_here += 1;
            } else if place > 0 {
                report.shared_ids += 1;
                let id = Uuid::new_v5(&Uuid::from_bytes(*entry.id.as_bytes()), &digest);
                entry.id = EntryId::from_bytes(id.into_bytes());
            }
        }
    }
    let mut number = 0;
    entries.retain(|_| {
        number += 1;
        !twice.contains(&(number - 1))
    });
}
