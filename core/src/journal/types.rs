//! What a journal shows and takes. These types hold a person's words, so none of them has a `Debug`.

use crate::Result;
use crate::clock::{Instant, Moment};
use crate::id::{EntryId, RevisionId};

/// An entry about to be written. Only the text is ever needed.
#[derive(Clone, Default, uniffi::Record)]
pub struct NewEntry {
    /// Markdown.
    pub text: String,
    /// A title, where the person wants one.
    #[uniffi(default = None)]
    pub title: Option<String>,
    /// Tags without a leading sign.
    #[uniffi(default = [])]
    pub tags: Vec<String>,
    /// Marked with a star.
    #[uniffi(default = false)]
    pub starred: bool,
    /// When it was written, if not now and here.
    #[uniffi(default = None)]
    pub written: Option<Moment>,
}

/// What to change of an entry; what is left out stays as it is.
#[derive(Clone, Default, uniffi::Record)]
pub struct EntryEdit {
    /// New text.
    #[uniffi(default = None)]
    pub text: Option<String>,
    /// New title; an empty one takes it away.
    #[uniffi(default = None)]
    pub title: Option<String>,
    /// All tags it shall have.
    #[uniffi(default = None)]
    pub tags: Option<Vec<String>>,
    /// The star.
    #[uniffi(default = None)]
    pub starred: Option<bool>,
}

/// An entry, whole.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// The version this is; goes back with an edit.
    pub revision: RevisionId,
    /// When it was written, by the writer's clock.
    pub written: Moment,
    /// When it was last saved.
    pub saved_at: Instant,
    /// The title, if any.
    pub title: Option<String>,
    /// Markdown.
    pub text: String,
    /// Tags, in the order given.
    pub tags: Vec<String>,
    /// Marked with a star.
    pub starred: bool,
    /// Since when it is in the bin.
    pub binned_at: Option<Instant>,
}

/// An entry in a list.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct EntrySummary {
    /// Its id.
    pub id: EntryId,
    /// When it was written, by the writer's clock.
    pub written: Moment,
    /// The title, if any.
    pub title: Option<String>,
    /// The beginning of the text, at most 200 characters, on one line.
    pub opening: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Marked with a star.
    pub starred: bool,
}

/// A page of a list.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct EntryPage {
    /// The entries, newest first.
    pub entries: Vec<EntrySummary>,
    /// Give this to get the next page; nothing when this is the last.
    pub next: Option<String>,
}

/// A stretch of a text in UTF-16 code units, the end not included: what Kotlin and Swift count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct TextRange {
    /// The first unit.
    pub start: u32,
    /// The unit after the last.
    pub end: u32,
}

/// In which order matches come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, uniffi::Enum)]
pub enum SearchOrder {
    /// Best match first (bm25).
    #[default]
    BestMatch,
    /// Newest first.
    Newest,
}

/// One match.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct SearchHit {
    /// The entry.
    pub entry: EntrySummary,
    /// A piece of the text around the match.
    pub snippet: String,
    /// Where in the snippet the words stand.
    pub matches: Vec<TextRange>,
}

/// A page of matches.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct SearchPage {
    /// The matches.
    pub hits: Vec<SearchHit>,
    /// Give this to get the next page; nothing when this is the last.
    pub next: Option<String>,
    /// Set when so many entries match that only this many of the newest were ranked.
    pub ranked_newest: Option<u32>,
}

/// Hears how far an import has come, and may end it.
#[uniffi::export(foreign)]
pub trait ImportProgress: Send + Sync {
    /// `done` of `total` entries are in. Answer `false` to cancel: then nothing is imported.
    ///
    /// # Errors
    /// An error cancels too.
    fn on_progress(&self, done: u64, total: u64) -> Result<bool>;
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, uniffi::Record)]
pub struct ImportReport {
    /// Entries in the file.
    pub found: u64,
    /// New here.
    pub added: u64,
    /// Here already: left as they are, with all that was edited since.
    pub already_here: u64,
    /// In the bin or erased here: left so.
    pub left_out: u64,
    /// Entries that carry the id of another entry of the same file with other content: each was
    /// kept, under an id of its own.
    pub shared_ids: u64,
    /// Entries without a time zone, or with one that is not known here: their clock is taken as UTC.
    pub without_zone: u64,
    /// Entries without any text, such as a photo alone: kept, with their date, tags and star.
    pub without_text: u64,
    /// Photos and recordings the file mentions, which this version does not import.
    pub attachments_not_imported: u64,
}
