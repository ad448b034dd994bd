//! Promises of the journal.

mod attaching;
mod coming_back;
mod drafts;
mod erasing;
mod exporting;
mod filtering;
mod importing;
mod languages;
mod looking_back;
mod old_file;
mod searching;
mod templates;
mod there_and_back;
mod tools;
mod versions;
mod whole;
mod writing;

use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::{Entry, EntryEdit, EntryFilter, Journal, NewEntry};
use crate::clock::{Instant, Surroundings, World};
use crate::id::EntryId;
use crate::store::{File, Key, KeyChecks, Migrations, Slot, scratch};
use crate::{Error, Result};

/// A world in which time stands still until a test moves it, and chance repeats itself.
pub(super) struct StillWorld(Mutex<(Instant, u64)>);

impl StillWorld {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new((at("2026-05-03T18:30:00Z"), 7))))
    }

    pub(super) fn pass(&self, time: TimeDelta) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 += time;
    }
}

impl Surroundings for StillWorld {
    fn now(&self) -> Instant {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    fn zone(&self) -> Tz {
        Tz::Europe__Berlin
    }

    fn fill_random(&self, bytes: &mut [u8]) -> Result<()> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for byte in bytes {
            // SplitMix64 (Steele, Lea and Flood, 2014).
            inner.1 = inner.1.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = inner.1;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            *byte = (mixed ^ (mixed >> 31)) as u8;
        }
        Ok(())
    }
}

/// A journal in a folder of its own.
pub(super) struct Desk {
    pub(super) journal: Arc<Journal>,
    pub(super) world: Arc<StillWorld>,
    pub(super) private: Arc<Slot>,
    pub(super) heard: Arc<Mutex<Vec<Vec<EntryId>>>>,
    pub(super) folder: tempfile::TempDir,
}

pub(super) const KEY: [u8; 32] = [7; 32];

pub(super) fn desk() -> Desk {
    let folder = scratch();
    let world = StillWorld::new();
    let private = Arc::new(Slot::holding(open(folder.path(), true)));
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = heard.clone();
    let journal = Journal::new(
        private.clone(),
        world.clone() as World,
        Arc::new(move |ids| listener.lock().unwrap_or_else(PoisonError::into_inner).push(ids)),
    );
    Desk { journal, world, private, heard, folder }
}

/// Makes or opens the private file of a folder.
pub(super) fn open(folder: &std::path::Path, new: bool) -> File {
    let key = Key::from_vault(KEY.to_vec()).expect("a key");
    let checks = KeyChecks::in_folder(folder);
    let path = folder.join("private.db");
    if new {
        File::create(&path, key, Migrations::PRIVATE, &checks).expect("a new file")
    } else {
        File::open(&path, key, Migrations::PRIVATE, &checks).expect("the same file")
    }
}

pub(super) fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

pub(super) fn text(text: &str) -> NewEntry {
    NewEntry { text: text.to_owned(), ..NewEntry::default() }
}

impl Desk {
    pub(super) fn write(&self, words: &str) -> Entry {
        self.world.pass(TimeDelta::seconds(1));
        self.journal.add(text(words)).expect("an entry")
    }

    /// Texts of all entries, page by page.
    pub(super) fn all_openings(&self, limit: u32) -> Vec<String> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let page = self.journal.entries(limit, after).expect("a page");
            all.extend(page.entries.into_iter().map(|entry| entry.opening));
            match page.next {
                Some(next) => after = Some(next),
                None => return all,
            }
        }
    }
}
