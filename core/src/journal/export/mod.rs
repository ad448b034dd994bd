//! Writes the journal, or a part of it, into files that other programs read: never encrypted, and so
//! only after the person was told that anyone can read them.
//!
//! An export is written beside its place and renamed at the end, so that a failure, a full disk or a
//! person who changes their mind leaves nothing. Which entries are meant is settled at the beginning;
//! each is then read by itself, so that neither memory nor locking has to wait for a long journal.

mod archive;
mod attached;
mod csv;
mod day_one;
mod destination;
mod jrnl;
mod markdown;
mod own;
mod page;
mod source;

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, TimeZone as _};
use serde::Serialize;

pub(super) use self::day_one::{heading, usual_type};
pub(super) use self::jrnl::{tag_length, unescaped_first, unescaped_line};
pub(super) use self::markdown::BELOW;
pub(super) use self::own::{ATTACHMENTS, FORMAT, NAME, VERSION};
pub use self::page::{PageLabel, PageWords};

use self::destination::Destination;
use self::source::Source;
use super::Journal;
use super::types::EntryFilter;
use crate::Result;
use crate::clock::Moment;
use crate::log::{self, LongCall};
use crate::progress::Progress;

/// For which program an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum ExportFormat {
    /// All that an entry holds, as JSON (`docs/data-format.md` describes it). A name that ends in `.zip`
    /// takes the attachments along; any other is the JSON alone.
    CommonGround,
    /// A zip as Day One makes and reads them, with photos, recordings, videos and PDFs.
    DayOne,
    /// The JSON of jrnl.
    JrnlJson,
    /// The text of jrnl, dates as its `timeformat` `%F %r`.
    JrnlText,
    /// A folder of Markdown files with front matter, as Joplin and Obsidian read them.
    Markdown,
    /// A table, one row an entry. Cells that a spreadsheet would take for a formula begin with `'`.
    Csv,
}

/// What an export is to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct ExportOptions {
    /// Take the place of a file that is there already. A folder with anything in it is never replaced.
    #[uniffi(default = false)]
    pub replace: bool,
    /// Take attachments along, where the format can.
    #[uniffi(default = true)]
    pub attachments: bool,
    /// Take former versions of entries along, where the format can.
    #[uniffi(default = false)]
    pub former_versions: bool,
    /// Begin a table with a byte-order mark, by which some spreadsheets know UTF-8.
    #[uniffi(default = false)]
    pub byte_order_mark: bool,
}

impl Default for ExportOptions {
    fn default() -> Self {
        Self { replace: false, attachments: true, former_versions: false, byte_order_mark: false }
    }
}

/// The app's word that it has told the person what an export means, and that they want it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Told {
    /// An export is not encrypted: anyone who gets hold of the file can read it.
    AnyoneCanReadIt,
}

/// What an export did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, uniffi::Record)]
pub struct ExportReport {
    /// Entries written.
    pub entries: u64,
    /// Attachments written, the same content once.
    pub attachments: u64,
    /// Attachments left out, because the format cannot hold them or was not asked to.
    pub attachments_left_out: u64,
    /// Entries that hold something else which this format has no place for, such as a mood or answers.
    pub entries_with_more: u64,
}

#[uniffi::export]
impl Journal {
    /// Writes the entries of a filter, oldest first, to a file (for [`ExportFormat::Markdown`], a folder).
    /// What is in the bin stays here. On Unix only the owner can read what is written, until they pass it on.
    /// Blocks for long, tells how far it is, and can be cancelled.
    ///
    /// # Errors
    /// [`crate::Error::FileExists`] when something is there already; [`crate::Error::Cancelled`],
    /// [`crate::Error::DiskFull`] and [`crate::Error::File`], which leave nothing; [`crate::Error::Invalid`]
    /// for a filter that cannot be; [`crate::Error::Locked`], also when the journal is locked meanwhile.
    #[uniffi::method(default(progress = None, filter), default(options))]
    pub fn export(
        &self,
        destination: String,
        format: ExportFormat,
        filter: EntryFilter,
        options: ExportOptions,
        told: Told,
        progress: Option<Arc<dyn Progress>>,
    ) -> Result<ExportReport> {
        let Told::AnyoneCanReadIt = told;
        log::timed(LongCall::Export, || {
            let destination = Destination::check(Path::new(&destination), options.replace)?;
            let mut source = Source::of(&self.private, &filter, progress.as_deref())?;
            let made_at = super::entries::to_micros(self.world.now());
            match format {
                ExportFormat::CommonGround => {
                    let whole = filter == EntryFilter::default();
                    own::write(&destination, &mut source, options, made_at, whole)?;
                }
                ExportFormat::DayOne => day_one::write(&destination, &mut source, options)?,
                ExportFormat::JrnlJson => jrnl::write_json(&destination, &mut source)?,
                ExportFormat::JrnlText => jrnl::write_text(&destination, &mut source)?,
                ExportFormat::Markdown => markdown::write(&destination, &mut source, options)?,
                ExportFormat::Csv => csv::write(&destination, &mut source, options.byte_order_mark)?,
            }
            Ok(source.report)
        })
    }

    /// Writes the entries of a filter, oldest first, as one HTML page for printing: it needs nothing from
    /// anywhere and asks nobody for anything. Pictures of up to 4 MiB are in it, other attachments are named.
    /// Blocks for long, tells how far it is, and can be cancelled.
    ///
    /// # Errors
    /// As [`Journal::export`]; an error of `words` ends it.
    #[uniffi::method(default(progress = None, filter), default(options))]
    pub fn export_page(
        &self,
        destination: String,
        words: Arc<dyn PageWords>,
        filter: EntryFilter,
        options: ExportOptions,
        told: Told,
        progress: Option<Arc<dyn Progress>>,
    ) -> Result<ExportReport> {
        let Told::AnyoneCanReadIt = told;
        log::timed(LongCall::Export, || {
            let destination = Destination::check(Path::new(&destination), options.replace)?;
            let mut source = Source::of(&self.private, &filter, progress.as_deref())?;
            page::write(&destination, &mut source, options, &*words)?;
            Ok(source.report)
        })
    }
}

/// What the writer's calendar and clock showed.
fn local_time(moment: &Moment) -> DateTime<FixedOffset> {
    match FixedOffset::east_opt(moment.offset_seconds) {
        Some(offset) => offset.from_utc_datetime(&moment.at.naive_utc()),
        None => moment.at.fixed_offset(),
    }
}
