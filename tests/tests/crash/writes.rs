//! What the process that writes does, and how it says so.

use std::sync::Arc;

use common_ground::home::CommonGround;
use common_ground::id::{DraftId, EntryId};
use common_ground::journal::{Draft, DraftContent, EntryEdit, ImportOptions, Journal, NewEntry};
use common_ground::keeping::{BackupKey, restore_backup};
use serde_json::json;

use crate::place::{Places, SameKeys, content, path, text};

/// How many entries one import brings.
pub(super) const IMPORTED: u64 = 40;

/// What a write did, as the process that writes says it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Write {
    Add { number: u64 },
    Edit { id: EntryId, number: u64 },
    Bin { id: EntryId },
    Draft { number: u64 },
    Finish { draft: DraftId, number: u64 },
    Attach { number: u64 },
    Import { number: u64 },
    Backup,
    Restore,
}

impl Write {
    pub(super) fn say(&self) -> String {
        match self {
            Self::Add { number } => format!("add {number}"),
            Self::Edit { id, number } => format!("edit {number} {id}"),
            Self::Bin { id } => format!("bin {id}"),
            Self::Draft { number } => format!("draft {number}"),
            Self::Finish { draft, number } => format!("finish {number} {draft}"),
            Self::Attach { number } => format!("attach {number}"),
            Self::Import { number } => format!("import {number}"),
            Self::Backup => "backup".to_owned(),
            Self::Restore => "restore".to_owned(),
        }
    }

    pub(super) fn hear(words: &[&str]) -> Self {
        match words {
            ["add", number] => Self::Add { number: number.parse().unwrap() },
            ["edit", number, id] => Self::Edit { id: id.parse().unwrap(), number: number.parse().unwrap() },
            ["bin", id] => Self::Bin { id: id.parse().unwrap() },
            ["draft", number] => Self::Draft { number: number.parse().unwrap() },
            ["finish", number, draft] => {
                Self::Finish { draft: draft.parse().unwrap(), number: number.parse().unwrap() }
            }
            ["attach", number] => Self::Attach { number: number.parse().unwrap() },
            ["import", number] => Self::Import { number: number.parse().unwrap() },
            ["backup"] => Self::Backup,
            ["restore"] => Self::Restore,
            other => panic!("{other:?}"),
        }
    }

    /// Whether it makes one entry, whose id is not known before.
    pub(super) fn makes_an_entry(&self) -> bool {
        matches!(self, Self::Add { .. } | Self::Attach { .. } | Self::Finish { .. })
    }
}

/// Does it, and returns the id of what it made.
pub(super) fn perform(
    home: &CommonGround,
    journal: &Journal,
    places: &Places,
    write: &Write,
) -> Option<String> {
    match write {
        Write::Add { number } => {
            let new = NewEntry { text: text(*number), ..NewEntry::default() };
            return Some(journal.add(new).unwrap().id.to_string());
        }
        Write::Edit { id, number } => {
            let shown = journal.entry(*id).unwrap().revision;
            let edit = EntryEdit { text: Some(text(*number)), ..EntryEdit::default() };
            journal.edit(*id, shown, edit).unwrap();
        }
        Write::Bin { id } => journal.bin(*id).unwrap(),
        Write::Draft { number } => {
            let entry = NewEntry { text: text(*number), ..NewEntry::default() };
            return Some(journal.save_draft(DraftContent::Add { entry }, None).unwrap().to_string());
        }
        Write::Finish { draft, .. } => return Some(journal.finish_draft(*draft).unwrap().id.to_string()),
        Write::Attach { number } => {
            let file = places.0.join("photo.jpg");
            std::fs::write(&file, content(*number)).unwrap();
            let attached = journal.take_in_file(path(&file), None, None, None).unwrap();
            let new = NewEntry { text: text(*number), attachments: vec![attached], ..NewEntry::default() };
            return Some(journal.add(new).unwrap().id.to_string());
        }
        Write::Import { number } => {
            let entries: Vec<_> = (0..IMPORTED)
                .map(|place| {
                    json!({
                        "uuid": imported(*number, place).to_string().replace('-', ""),
                        "creationDate": "2001-01-01T00:00:00Z",
                        "text": text(number + place),
                    })
                })
                .collect();
            let file = places.0.join("export.json");
            std::fs::write(&file, json!({ "entries": entries }).to_string()).unwrap();
            journal.import(path(&file), ImportOptions::default(), None).unwrap();
        }
        Write::Backup => {
            home.make_backup(path(&places.backup()), BackupKey::RecoveryKit, true, None).unwrap();
        }
        Write::Restore => {
            // Away at once, so that a half-removed one is never taken for a restored one.
            let former = places.0.join("former");
            if former.exists() {
                std::fs::remove_dir_all(&former).unwrap();
            }
            if places.restored().exists() {
                std::fs::rename(places.restored(), former).unwrap();
            }
            let (backup, restored) = (path(&places.backup()), path(&places.restored()));
            restore_backup(backup, places.secret(), restored, Arc::new(SameKeys), None).unwrap();
        }
    }
    None
}

pub(super) fn drafted(draft: Draft) -> String {
    match draft.content {
        DraftContent::Add { entry } => entry.text,
        DraftContent::Edit { .. } => panic!("no such draft was made"),
    }
}

/// The number of which [`text`] made this.
pub(super) fn number_of(text: &str) -> u64 {
    text["entry ".len()..].split(',').next().unwrap().parse().unwrap()
}

pub(super) fn imported(number: u64, place: u64) -> EntryId {
    EntryId::from_bytes(((u128::from(number) << 64) | u128::from(place)).to_be_bytes())
}
