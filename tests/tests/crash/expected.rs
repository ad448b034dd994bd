//! What must be there after a process was killed, and whether it is.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use common_ground::home::CommonGround;
use common_ground::id::{DraftId, EntryId};
use common_ground::journal::Journal;
use common_ground::keeping::check_backup;
use rusqlite::Connection;

use crate::place::{Places, SameKeys, content, path, text};
use crate::writes::{IMPORTED, Write, drafted, imported, number_of};

/// What must be there.
#[derive(Default)]
pub(super) struct Expected {
    /// The number of each entry's text.
    entries: HashMap<EntryId, u64>,
    binned: HashMap<EntryId, bool>,
    /// The number of each draft's text.
    drafts: HashMap<DraftId, u64>,
    has_backup: bool,
    has_restored: bool,
    pub(super) acknowledged: usize,
}

impl Expected {
    pub(super) fn take(&mut self, write: &Write, made: &str) {
        self.acknowledged += 1;
        match write {
            Write::Add { number } | Write::Attach { number } => {
                self.entries.insert(made.parse().unwrap(), *number);
            }
            Write::Edit { id, number } => {
                self.entries.insert(*id, *number);
            }
            Write::Bin { id } => {
                self.binned.insert(*id, true);
            }
            Write::Draft { number } => {
                self.drafts.insert(made.parse().unwrap(), *number);
            }
            Write::Finish { draft, number } => {
                self.drafts.remove(draft);
                self.entries.insert(made.parse().unwrap(), *number);
            }
            Write::Import { number } => {
                for place in 0..IMPORTED {
                    self.entries.insert(imported(*number, place), number + place);
                }
            }
            Write::Backup => self.has_backup = true,
            Write::Restore => self.has_restored = true,
        }
    }

    /// Everything acknowledged is there and whole, and of what was under way all or nothing.
    pub(super) fn check(&mut self, journal: &Journal, places: &Places, under_way: Option<&Write>) {
        let drafts = self.check_drafts(journal, under_way);
        match under_way {
            Some(Write::Import { number }) => {
                let came =
                    (0..IMPORTED).filter(|place| journal.entry(imported(*number, *place)).is_ok()).count();
                assert!(came == 0 || came == IMPORTED as usize, "half an import: {came}");
                if came > 0 {
                    self.take(&Write::Import { number: *number }, "");
                }
            }
            Some(Write::Edit { id, number }) => {
                let now = journal.entry(*id).unwrap().text;
                if now == text(*number) {
                    self.entries.insert(*id, *number);
                }
            }
            Some(Write::Bin { id }) => {
                let is_binned = journal.entry(*id).unwrap().binned_at.is_some();
                self.binned.insert(*id, is_binned);
            }
            // While it was made anew, the folder was away.
            Some(Write::Restore) => self.has_restored = places.restored().exists(),
            _ => {}
        }
        for (id, number) in &self.entries {
            let entry = journal.entry(*id).unwrap_or_else(|error| panic!("entry {number} is lost: {error}"));
            assert!(entry.text == text(*number), "entry {number} is not whole");
            let binned = self.binned.get(id).copied().unwrap_or_default();
            assert_eq!(entry.binned_at.is_some(), binned, "entry {number}");
        }
        let kept = self.entries.len() - self.binned.values().filter(|binned| **binned).count();
        let count = journal.count().unwrap() as usize;
        let came = match under_way {
            // A draft is gone exactly when its entry is there.
            Some(Write::Finish { draft, .. }) => usize::from(!drafts.contains_key(draft)),
            Some(write) if write.makes_an_entry() => count.saturating_sub(kept).min(1),
            _ => 0,
        };
        assert_eq!(count, kept + came, "entries");
        self.drafts = drafts;
        self.meet_newcomers(journal);
        self.check_copies(places);
    }

    /// Every draft that was acknowledged is there, but for one that was being finished; and one more may
    /// be there that was being saved.
    fn check_drafts(&self, journal: &Journal, under_way: Option<&Write>) -> HashMap<DraftId, u64> {
        let listed = journal.drafts().unwrap();
        let there: HashMap<DraftId, u64> = listed
            .iter()
            .map(|draft| {
                let words = drafted(journal.draft(draft.id).unwrap());
                assert!(words == text(number_of(&words)), "a draft is not whole");
                (draft.id, number_of(&words))
            })
            .collect();
        for (id, number) in &self.drafts {
            let may_be_gone = matches!(under_way, Some(Write::Finish { draft, .. }) if draft == id);
            assert!(there.get(id) == Some(number) || may_be_gone, "draft {number} is lost");
        }
        let more = there.keys().filter(|id| !self.drafts.contains_key(id)).count();
        assert!(more == 0 || (more == 1 && matches!(under_way, Some(Write::Draft { .. }))));
        there
    }

    /// One that was written but not acknowledged may be there; from now on it must stay.
    fn meet_newcomers(&mut self, journal: &Journal) {
        let mut after = None;
        loop {
            let page = journal.entries(500, after).unwrap();
            for entry in page.entries {
                let number = *self
                    .entries
                    .entry(entry.id)
                    .or_insert_with(|| number_of(&journal.entry(entry.id).unwrap().text));
                if entry.attachments > 0 {
                    check_attachment(journal, entry.id, number);
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return,
            }
        }
    }

    /// A backup opens, whenever the process that made another in its place was ended; what was brought back
    /// opens too.
    fn check_copies(&self, places: &Places) {
        assert!(!self.has_backup || places.backup().exists(), "the backup is lost");
        if places.backup().exists() {
            check_backup(path(&places.backup()), places.secret(), None).unwrap();
        }
        if self.has_restored {
            let home = CommonGround::open(path(&places.restored()), Arc::new(SameKeys)).unwrap();
            let journal = home.journal();
            for entry in journal.entries(500, None).unwrap().entries {
                let words = journal.entry(entry.id).unwrap().text;
                assert!(words == text(number_of(&words)), "an entry that was brought back is not whole");
            }
            home.shut();
        }
    }
}

/// What is attached to an entry is there, to the last byte; an edit gives it another number but not another
/// attachment.
fn check_attachment(journal: &Journal, id: EntryId, number: u64) {
    let attached = journal.entry(id).unwrap().attachments[0].attachment;
    let size = journal.attachment_size(attached).unwrap();
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < size {
        let piece = journal.attachment_piece(attached, bytes.len() as u64, 1 << 20).unwrap();
        assert!(!piece.is_empty(), "the attachment of entry {number} ends too early");
        bytes.extend(piece);
    }
    let first = u64::from(bytes[0]);
    assert!(bytes.iter().zip(0..).all(|(byte, at)| u64::from(*byte) == (at * 31 + first) % 251));
    assert!((0..5).any(|number| content(number).len() as u64 == size), "it is not whole");
}

/// Asks the file itself, and the search index against its own copy.
pub(super) fn is_sound(folder: &Path) {
    let file = Connection::open(folder.join("private.db")).unwrap();
    file.execute_batch(&format!("PRAGMA key = \"x'{}'\";", "01".repeat(32))).unwrap();
    let told: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(told, "ok");
    let damaged_pages =
        file.prepare("PRAGMA cipher_integrity_check").unwrap().query([]).unwrap().next().unwrap().is_some();
    assert!(!damaged_pages);
    file.execute("INSERT INTO entry_search (entry_search) VALUES ('integrity-check')", []).unwrap();
    let missing: i64 = file
        .query_row(
            "SELECT count(*) FROM entry
             WHERE (binned_at IS NULL) <> (row IN (SELECT rowid FROM entry_search))",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(missing, 0, "entries and index tell the same");
}
