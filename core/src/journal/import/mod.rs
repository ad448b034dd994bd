//! Taking in what other programs have written.
//!
//! A [`source`] is a file, a zip or a folder; [`mod@format`] sees whose it is and has it read, and every reader makes
//! [`incoming`] entries of it, one by one. What is there is read twice: first to find out what would come in
//! ([`survey`]), which is all that a dry run does, and then to take it in ([`taking`]). So neither a memory nor
//! the one writer of the journal is held longer than needed, and all that can be wrong is known before anything
//! is written.
//!
//! An import is all or nothing, and may be repeated: entries are known by their ids, and what is here, in the bin
//! or erased is left as it is. Errors say which entry, line and field, never what stands there.

mod day_one;
mod daylio;
mod enclosed;
mod format;
#[cfg(test)]
mod fuzzing;
mod incoming;
mod jrnl;
mod json;
mod markdown;
mod own;
mod presently;
mod source;
mod survey;
mod table;
mod taking;
mod text;
mod types;

use std::path::Path;
use std::sync::Arc;

use chrono_tz::Tz;

pub use types::{
    ImportFormat, ImportNote, ImportOptions, ImportReport, KindCount, Misread, MoodName, NoteCount, OnBad,
    UnknownMood,
};

use self::source::{Pace, Source};
use super::Journal;
use crate::clock::World;
use crate::error::Problem;
use crate::id::EntryId;
use crate::log::{self, LongCall};
use crate::progress::Progress;
use crate::store::Slot;
use crate::{Error, Result};

#[uniffi::export]
impl Journal {
    /// Takes in what another program has written: a file, a zip or a folder, all of it or nothing. Importing
    /// again adds only what is new: it neither overwrites what was edited here nor brings back what was binned
    /// or erased. At most 200,000 entries, each with a text of at most 1 MiB. `progress` must not call the
    /// journal. Blocks for long, tells how far it is, and can be cancelled.
    ///
    /// # Errors
    /// [`Error::Import`] with entry, line and field for the first entry that cannot be read (unless those shall be
    /// left out; a dry run tells all of them) or when the whole cannot; [`Error::Invalid`] for options that make
    /// no sense; [`Error::Cancelled`], [`Error::NotFound`], [`Error::Locked`].
    #[uniffi::method(default(progress = None, options))]
    pub fn import(
        &self,
        source: String,
        options: ImportOptions,
        progress: Option<Arc<dyn Progress>>,
    ) -> Result<ImportReport> {
        let (report, added) = log::timed(LongCall::Import, || {
            import(&self.private, &self.world, Path::new(&source), &options, progress.as_deref())
        })?;
        self.changed(added);
        Ok(report)
    }
}

/// Imports, and returns what became of it and which entries are new.
fn import(
    private: &Slot,
    world: &World,
    path: &Path,
    options: &ImportOptions,
    progress: Option<&dyn Progress>,
) -> Result<(ImportReport, Vec<EntryId>)> {
    // A locked journal says so at once, not after reading a long file.
    private.file()?;
    let zone = match &options.zone {
        Some(zone) => zone.parse().map_err(|_| Error::malformed("zone", "a time zone like Europe/Berlin"))?,
        None => world.zone(),
    };
    if options.moods.iter().any(|name| !(1..=5).contains(&name.mood)) {
        return Err(Error::invalid("moods", Problem::OutOfRange { from: 1, to: 5 }));
    }
    let source = Source::open(path, Pace::new(progress))?;
    let format = match options.format {
        // Both of jrnl's go by one name.
        Some(ImportFormat::JrnlJson) if matches!(format::recognise(&source), Ok(ImportFormat::JrnlText)) => {
            ImportFormat::JrnlText
        }
        Some(format) => format,
        None => format::recognise(&source)?,
    };
    let job = Job { source: &source, format, options, zone, now: super::entries::to_micros(world.now()) };
    let mut survey = survey::survey(private, &job)?;
    if options.dry_run {
        enclosed::try_all(&job, &mut survey)?;
        return Ok((survey.report, Vec::new()));
    }
    taking::take_in(private, world, &job, survey)
}

/// What stays the same throughout an import.
struct Job<'a> {
    source: &'a Source<'a>,
    format: ImportFormat,
    options: &'a ImportOptions,
    /// Of times that say none.
    zone: Tz,
    now: crate::clock::Instant,
}

impl Job<'_> {
    /// Whether what is bad is left out, rather than ending the import.
    fn goes_on(&self) -> bool {
        self.options.dry_run || self.options.on_bad == Some(OnBad::LeaveOut)
    }
}
