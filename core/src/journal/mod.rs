//! The private diary. Nothing here ever reaches a plan, a log or the network.
//!
//! [`Journal`] is what apps see; behind it, [`entries`] writes, [`drafts`] keeps what is being typed,
//! [`versions`] what was there before, [`templates`] asks and [`tools`] counts what helps, [`list`] and
//! [`search`] read, [`filter`] says which entries are meant, [`fold`] cuts texts into words for the index, [`query`] reads what was typed,
//! [`snippet`] finds it again in the text, [`looking_back`] counts and compares, and [`import`] takes in what
//! other programs have written.

pub(crate) mod attachments;
mod checks;
mod details;
mod drafts;
mod entries;
mod export;
mod filter;
mod fold;
mod import;
mod list;
mod looking_back;
mod pack;
mod query;
mod search;
mod snippet;
mod templates;
mod tools;
mod types;
mod versions;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use attachments::{AttachmentSink, AttachmentSource};
pub use details::EntryDetails;
pub use drafts::{Draft, DraftContent, DraftSummary};
pub use export::{ExportFormat, ExportOptions, ExportReport, PageLabel, PageWords, Told};
pub use import::{
    ImportFormat, ImportNote, ImportOptions, ImportReport, KindCount, Misread, MoodName, NoteCount, OnBad,
    UnknownMood,
};
pub use looking_back::{
    DayOfEntries, DayOfMood, EarlierYear, Mean, Pattern, Patterns, ScalePoint, Span, ThenAndNow, ToBring,
    ToolMean, WeekOfMood,
};
pub use templates::{AnswerForm, Occasion, Template, TemplateField, read_templates};
pub use tools::{NewToolUse, Tool, ToolUse, ToolUsePage};
pub use types::{
    Answer, Attached, Emotion, Entry, EntryEdit, EntryFilter, EntryKind, EntryLink, EntryPage, EntrySummary,
    NewEntry, SearchHit, SearchOrder, SearchPage, TextRange,
};
pub use versions::{
    AnswerDifference, EntryPart, TextRun, TextRunKind, Version, VersionDifference, VersionSummary,
};

use crate::Result;
use crate::clock::World;
use crate::id::{EntryId, RevisionId};
use crate::log::{self, LogEvent};
use crate::store::Slot;

/// Hears which entries changed, after the change is durable.
pub(crate) type OnChange = Arc<dyn Fn(Vec<EntryId>) + Send + Sync>;

/// The journal of the profile's owner. From any thread; a call blocks for a few milliseconds at most, unless it says that it
/// blocks for long, so call it off the main thread.
#[derive(uniffi::Object)]
pub struct Journal {
    private: Arc<Slot>,
    world: World,
    on_change: OnChange,
}

impl Journal {
    /// The journal in the private file, which may be locked and unlocked meanwhile.
    pub(crate) fn new(private: Arc<Slot>, world: World, on_change: OnChange) -> Arc<Self> {
        Arc::new(Self { private, world, on_change })
    }

    /// Does what a migration has left to do. To be called whenever the file was opened.
    pub(crate) fn settle(&self) -> Result<()> {
        entries::name_tags(&self.private)
    }

    /// Erases what has been in the bin for 30 days, and goes on alone with what takes longer than anybody
    /// who opens a journal should wait: films that nothing refers to any more. A failure (a full disk) is no
    /// reason not to open; the next opening tries again.
    pub(crate) fn tidy(&self) {
        if let Ok(erased) = entries::erase_expired(&self.private, &self.world) {
            if !erased.is_empty() {
                log::tell(LogEvent::BinErased { entries: erased.len() as u64 });
            }
            self.changed(erased);
        }
        attachments::sweep_beside(&self.private);
    }

    fn changed(&self, entries: Vec<EntryId>) {
        if !entries.is_empty() {
            (self.on_change)(entries);
        }
    }
}

#[uniffi::export]
impl Journal {
    /// Writes an entry. It is safe on the disk when this returns.
    ///
    /// # Errors
    /// [`crate::Error::Locked`]; [`crate::Error::Invalid`] for an empty text, a text over 1 MiB, a title over 500
    /// characters, more than 100 tags.
    pub fn add(&self, entry: NewEntry) -> Result<Entry> {
        let entry = entries::add(&self.private, &self.world, entry)?;
        self.lay_down(entry.attachments.iter().map(|attached| &attached.attachment));
        self.changed(vec![entry.id]);
        Ok(entry)
    }

    /// Changes an entry; the former version is kept. `shown` is the revision that the screen showed.
    ///
    /// # Errors
    /// [`crate::Error::Changed`] when it was edited meanwhile, [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn edit(&self, id: EntryId, shown: RevisionId, edit: EntryEdit) -> Result<Entry> {
        let (entry, changed) = entries::edit(&self.private, &self.world, id, shown, edit)?;
        self.lay_down(entry.attachments.iter().map(|attached| &attached.attachment));
        if changed {
            self.changed(vec![id]);
        }
        Ok(entry)
    }

    /// Puts an entry into the bin, where it stays for 30 days.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn bin(&self, id: EntryId) -> Result<()> {
        if entries::bin(&self.private, &self.world, id)? {
            self.changed(vec![id]);
        }
        Ok(())
    }

    /// Takes an entry out of the bin.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn restore(&self, id: EntryId) -> Result<()> {
        if entries::restore(&self.private, id)? {
            self.changed(vec![id]);
        }
        Ok(())
    }

    /// Erases what has been in the bin for 30 days: really gone from the file. Returns how many entries.
    /// Opening and unlocking do it too; an app that stays open for weeks may want to call it now and then.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn erase_expired(&self) -> Result<u64> {
        let erased = entries::erase_expired(&self.private, &self.world)?;
        let count = erased.len() as u64;
        self.changed(erased);
        attachments::sweep(&self.private)?;
        Ok(count)
    }

    /// One entry, whole, also from the bin.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn entry(&self, id: EntryId) -> Result<Entry> {
        list::entry(&self.private, id)
    }

    /// Newest first. `after` is the `next` of the page before; `limit` is 1 to 500.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`], [`crate::Error::Locked`].
    #[uniffi::method(default(limit = 50, after = None))]
    pub fn entries(&self, limit: u32, after: Option<String>) -> Result<EntryPage> {
        list::page(&self.private, &EntryFilter::default(), limit, after.as_deref())
    }

    /// What is in the bin, newest first.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn binned(&self) -> Result<Vec<EntrySummary>> {
        list::binned(&self.private)
    }

    /// How many entries there are, the bin not counted.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn count(&self) -> Result<u64> {
        list::count(&self.private)
    }

    /// Entries that the filter lets through and in which all words of `query` stand: in the text, the title,
    /// the tags or an answer. The last one may also be a beginning, from three letters on and unless it is a
    /// common word itself. Accents and case do not matter; words in double quotes stand side by side; nothing
    /// else is an operator. Without words it is all that the filter lets through, newest first, and without
    /// either it is nothing. `limit` is 1 to 100; `after` is the `next` of the page before, of the same
    /// search.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`], [`crate::Error::Locked`].
    #[uniffi::method(default(limit = 50, after = None, filter))]
    pub fn search(
        &self,
        query: String,
        filter: EntryFilter,
        order: SearchOrder,
        limit: u32,
        after: Option<String>,
    ) -> Result<SearchPage> {
        search::search(&self.private, &query, &filter, order, limit, after.as_deref())
    }
}
