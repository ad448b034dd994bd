//! The second reading: what is new is written, in one transaction.

use rusqlite::{Connection, Transaction, named_params};

use super::Job;
use super::enclosed::{self, Contents};
use super::format::{self, Sink};
use super::incoming::Incoming;
use super::own;
use super::survey::{self, Fate, STEP, Survey};
use super::types::{ImportFormat, ImportNote, ImportReport, Misread};
use crate::clock::{Instant, World};
use crate::id::EntryId;
use crate::journal::attachments;
use crate::journal::entries::{self, Words};
use crate::journal::types::Entry;
use crate::store::Slot;
use crate::{Error, Result};

/// So many bytes of text are gathered before they are written, in the order of time: the index writes what it
/// has gathered itself at every step back in time.
const BATCH: usize = 8 << 20;

/// Writes what is new, and returns what became of it all and which entries are new.
pub(super) fn take_in(
    private: &Slot,
    world: &World,
    job: &Job<'_>,
    mut survey: Survey,
) -> Result<(ImportReport, Vec<EntryId>)> {
    job.source.pace().expect((survey.found.len() + survey.wanted.len()) as u64);
    let has_attachments = !survey.wanted.is_empty();
    let done = enclosed::take_in(private, world, job, &mut survey)
        .and_then(|contents| write(private, world, job, survey, &contents));
    if has_attachments && done.is_err() {
        // Where this fails, the next opening sweeps.
        let _ = attachments::sweep(private);
    }
    done
}

fn write(
    private: &Slot,
    world: &World,
    job: &Job<'_>,
    survey: Survey,
    contents: &Contents,
) -> Result<(ImportReport, Vec<EntryId>)> {
    private.write(|file| {
        let device = entries::device(file, world)?;
        draw_together_at_once(file, true)?;
        let mut taking = Taking {
            job,
            world,
            file,
            device,
            survey,
            contents,
            read: 0,
            batch: Vec::new(),
            gathered: 0,
            added: Vec::new(),
        };
        job.source.begin();
        format::read(job.format, job.source, job.options, &mut taking)?;
        taking.write_batch()?;
        let Taking { mut survey, read, added, .. } = taking;
        if read < survey.found.len() {
            return Err(changed_meanwhile());
        }
        if job.format == ImportFormat::CommonGround {
            own::take_rest(file, job.source, &added)?;
        }
        draw_together_at_once(file, false)?;
        // The last chance to cancel: after this it is done.
        job.source.pace().tell()?;
        survey::count(&mut survey.report, &survey.found);
        Ok((survey.report, added))
    })
}

/// Whether the index draws its pieces together while it is written. An import is one long write, after
/// which searching shall be quick at once.
fn draw_together_at_once(file: &Connection, at_once: bool) -> Result<()> {
    file.prepare_cached("INSERT INTO entry_search (entry_search, rank) VALUES ('automerge', :pieces)")?
        .execute(named_params! { ":pieces": if at_once { 4 } else { 0 } })?;
    Ok(())
}

fn changed_meanwhile() -> Error {
    Error::import(0, "file", "was changed while it was read")
}

struct Taking<'a> {
    job: &'a Job<'a>,
    world: &'a World,
    file: &'a Transaction<'a>,
    device: [u8; 16],
    survey: Survey,
    contents: &'a Contents,
    /// How many records were read.
    read: usize,
    /// Entries to be written, with their numbers.
    batch: Vec<(usize, Entry)>,
    /// The length of their texts.
    gathered: usize,
    added: Vec<EntryId>,
}

impl Sink for Taking<'_> {
    fn take(&mut self, record: Result<Incoming, Misread>) -> Result<()> {
        let number = self.read;
        self.read += 1;
        let pace = self.job.source.pace();
        if (number as u64).is_multiple_of(STEP) {
            pace.tell()?;
        }
        pace.step(1);
        let found = match self.survey.found.get(number) {
            // It could not be read before.
            Some(None) => return Ok(()),
            Some(Some(found)) => found,
            None => return Err(changed_meanwhile()),
        };
        let mut incoming = record.map_err(|_| changed_meanwhile())?;
        if incoming.digest() != found.digest {
            return Err(changed_meanwhile());
        }
        if found.fate != Fate::New {
            return Ok(());
        }
        let mut entry = incoming.as_entry(self.job.zone, self.job.now)?;
        entry.id = found.id;
        let revision = own::revision(self.file, incoming.revision)?;
        entry.revision = revision.map_or_else(|| self.world.revision_id(), Ok)?;
        self.contents.attach(&mut entry, incoming.enclosed)?;
        self.gathered += entry.text.len() + size_of::<Entry>();
        self.batch.push((number, entry));
        if self.gathered >= BATCH { self.write_batch() } else { Ok(()) }
    }

    // The first reading has noted it.
    fn note(&mut self, _: ImportNote) {}
}

impl Taking<'_> {
    fn write_batch(&mut self) -> Result<()> {
        self.gathered = 0;
        self.batch.sort_by_key(|(_, entry)| entry.written.at);
        let mut rows = Rows::default();
        for (number, entry) in self.batch.drain(..) {
            // It may have come in some other way since it was looked up.
            let fate = survey::fate(self.file, entry.id)?;
            if let Some(Some(found)) = self.survey.found.get_mut(number) {
                found.fate = fate;
            }
            if fate == Fate::New {
                let row = rows.next(self.file, entry.written.at)?;
                entries::insert(self.file, row, &entry, self.device)?;
                Words::of(&entry).insert(self.file, row)?;
                self.added.push(entry.id);
            }
        }
        Ok(())
    }
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
