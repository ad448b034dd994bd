//! Where an export comes from: the entries of a filter, one after the other, and what is attached to them.

use std::collections::HashSet;
use std::io::Write;

use super::ExportReport;
use crate::id::{AttachmentId, EntryId};
use crate::journal::filter::{Conditions, Walk};
use crate::journal::types::{Entry, EntryFilter};
use crate::journal::{attachments, list};
use crate::progress::{self, Progress};
use crate::store::Slot;
use crate::{Error, Result};

/// How many entries are in memory at once, and of how much text.
const MOST_AT_ONCE: usize = 64;
const MOST_TEXT_AT_ONCE: usize = 1 << 20;

/// The entries of an export and what is told of it.
pub(super) struct Source<'a> {
    pub(super) private: &'a Slot,
    ids: Vec<EntryId>,
    progress: Option<&'a dyn Progress>,
    pub(super) report: ExportReport,
    /// Attachments that go along, and those that stay: the same content once.
    taken: HashSet<AttachmentId>,
    left: HashSet<AttachmentId>,
}

impl<'a> Source<'a> {
    pub(super) fn of(
        private: &'a Slot,
        filter: &EntryFilter,
        progress: Option<&'a dyn Progress>,
    ) -> Result<Self> {
        let mut ids = Vec::new();
        // By id and not by row: an entry that is moved to another time meanwhile is still the same.
        private.read(|file| {
            Conditions::of(filter)?.walk(file, Walk::OldestFirst, "entry.id", usize::MAX, |row| {
                ids.push(row.get(0)?);
                Ok(())
            })
        })?;
        Ok(Self {
            private,
            ids,
            progress,
            report: ExportReport::default(),
            taken: HashSet::new(),
            left: HashSet::new(),
        })
    }

    /// Hands every entry to `work`, oldest first, and notes whether the format holds all of it: `work`
    /// answers `false` where it does not.
    pub(super) fn each(&mut self, mut work: impl FnMut(&mut Self, &Entry) -> Result<bool>) -> Result<()> {
        let ids = std::mem::take(&mut self.ids);
        let (mut done, total) = (0, ids.len() as u64);
        let mut left = ids.as_slice();
        while !left.is_empty() {
            self.tell(done, total)?;
            let (entries, taken) = self.some(left)?;
            for entry in &entries {
                let held = work(self, entry)?;
                self.report.entries += 1;
                self.report.entries_with_more += u64::from(!held);
            }
            done += taken as u64;
            left = left.get(taken..).unwrap_or_default();
        }
        // The last chance to cancel.
        self.tell(total, total)
    }

    /// The next entries, and how many of the ids these are: what is not here any more is passed over.
    fn some(&self, ids: &[EntryId]) -> Result<(Vec<Entry>, usize)> {
        self.private.read(|file| {
            let (mut entries, mut taken, mut text) = (Vec::new(), 0, 0);
            for id in ids.iter().take(MOST_AT_ONCE) {
                taken += 1;
                match list::whole(file, *id) {
                    Ok((_, entry)) if entry.binned_at.is_none() => {
                        text += entry.text.len();
                        entries.push(entry);
                    }
                    Ok(_) | Err(Error::NotFound { .. }) => {}
                    Err(error) => return Err(error),
                }
                if text >= MOST_TEXT_AT_ONCE {
                    break;
                }
            }
            Ok((entries, taken))
        })
    }

    fn tell(&self, done: u64, total: u64) -> Result<()> {
        progress::tell(self.progress, done, Some(total))
    }

    /// Notes that an attachment goes along. Answers whether it is the first of this content.
    pub(super) fn takes(&mut self, attachment: AttachmentId) -> bool {
        let is_new = self.taken.insert(attachment);
        self.report.attachments += u64::from(is_new);
        is_new
    }

    /// Notes that an attachment stays here.
    pub(super) fn leaves(&mut self, attachment: AttachmentId) {
        self.report.attachments_left_out += u64::from(self.left.insert(attachment));
    }

    /// Writes the content of an attachment.
    pub(super) fn read_out(&self, attachment: AttachmentId, into: &mut dyn Write) -> Result<()> {
        attachments::read_out(self.private, &attachment, into).map(|_| ())
    }
}
