//! Which program a file comes from, and the reader for it.

use super::incoming::Incoming;
use super::source::Source;
use super::text;
use super::types::{ImportFormat, ImportNote, ImportOptions, Misread};
use super::{day_one, daylio, jrnl, markdown, own, presently, table};
use crate::{Error, Result};

/// How much of a file is looked at to recognise it.
const LOOKED_AT: u64 = 256 << 10;

/// What a reader gives its records to, one by one, in the order in which they stand.
pub(in crate::journal) trait Sink {
    /// An entry, or what could not be read of one.
    ///
    /// # Errors
    /// When the reader shall end: it passes the error on.
    fn take(&mut self, record: Result<Incoming, Misread>) -> Result<()>;

    /// Something about the file as a whole.
    fn note(&mut self, note: ImportNote);
}

/// Reads all records of the source. Reading it twice gives the same.
pub(super) fn read(
    format: ImportFormat,
    source: &Source<'_>,
    options: &ImportOptions,
    sink: &mut dyn Sink,
) -> Result<()> {
    match format {
        ImportFormat::DayOne => day_one::read(source, sink),
        ImportFormat::Daylio => daylio::read(source, options, sink),
        ImportFormat::Presently => presently::read(source, sink),
        ImportFormat::CommonGround => own::read(source, sink),
        ImportFormat::JrnlJson => jrnl::read_json(source, sink),
        ImportFormat::JrnlText => jrnl::read_text(source, options.time_format.as_deref(), sink),
        ImportFormat::Markdown => markdown::read(source, sink),
    }
}

/// Sees from the content which format it is.
///
/// # Errors
/// [`Error::Import`] when it is none of those known here.
pub(super) fn recognise(source: &Source<'_>) -> Result<ImportFormat> {
    for (number, piece) in source.pieces().iter().enumerate() {
        if piece.name.contains('/') {
            continue;
        }
        let beginning = beginning(source, number)?;
        if table::has_columns(&beginning, daylio::COLUMNS) {
            return Ok(ImportFormat::Daylio);
        }
        if table::has_columns(&beginning, presently::COLUMNS) {
            return Ok(ImportFormat::Presently);
        }
        if beginning.trim_start().starts_with('{') && beginning.contains("\"entries\"") {
            if own::is_ours(&beginning) {
                return Ok(ImportFormat::CommonGround);
            }
            if beginning.contains("\"title\"") && beginning.contains("\"body\"") {
                return Ok(ImportFormat::JrnlJson);
            }
            if beginning.contains("\"creationDate\"") || beginning.contains("\"metadata\"") {
                return Ok(ImportFormat::DayOne);
            }
        }
    }
    if source.pieces().iter().any(|piece| markdown::is_note(&piece.name)) {
        return Ok(ImportFormat::Markdown);
    }
    if source.pieces().len() == 1 && jrnl::is_text(&beginning(source, 0)?) {
        return Ok(ImportFormat::JrnlText);
    }
    Err(Error::import(0, "file", "is of no format that is known here; name the format if you know it"))
}

/// What a piece begins with; nothing where it cannot be read.
fn beginning(source: &Source<'_>, piece: usize) -> Result<String> {
    match source.read(piece, |bytes| Ok(text::beginning(bytes, LOOKED_AT)?)) {
        Err(Error::Import { .. } | Error::File { .. }) => Ok(String::new()),
        read => read,
    }
}
