//! The first reading: what is there, what of it would come in, and under which ids.

use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, named_params};

use super::Job;
use super::format::{self, Sink};
use super::incoming::{Incoming, Place};
use super::own;
use super::types::{ImportFormat, ImportNote, ImportReport, KindCount, Misread, NoteCount, UnknownMood};
use crate::clock::Instant;
use crate::id::EntryId;
use crate::journal::types::EntryKind;
use crate::store::Slot;
use crate::{Error, Result};

/// More entries than this are not read: one a day for 500 years.
const MOST_ENTRIES: usize = 200_000;
/// More attachments than this neither.
const MOST_ATTACHMENTS: usize = 200_000;
/// Of so many what is wrong with them is told one by one.
const MOST_TOLD: usize = 1000;
/// So many unknown names of moods are told.
const MOST_MOODS: usize = 100;
/// Progress is told after so many entries.
pub(super) const STEP: u64 = 64;

/// What the first reading has found.
pub(super) struct Survey {
    pub(super) report: ImportReport,
    /// Every entry, in the order of the file; nothing for one that cannot be read.
    pub(super) found: Vec<Option<Found>>,
    /// The pieces that hold attachments of new entries.
    pub(super) wanted: BTreeMap<usize, Wanted>,
}

/// An entry that was found.
pub(super) struct Found {
    /// The id it has here, or would have.
    pub(super) id: EntryId,
    /// What the file has there, to see that it still does when it is read again.
    pub(super) digest: [u8; 32],
    pub(super) fate: Fate,
    at: Instant,
    kind: EntryKind,
    has_zone: bool,
    has_text: bool,
    is_beside: bool,
}

/// What becomes of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    New,
    Here,
    /// In the bin or erased.
    LeftOut,
    /// It stands in the file before already, the very same.
    Twice,
}

/// A piece that holds an attachment.
pub(super) struct Wanted {
    /// How many of the new entries' attachments it is.
    pub(super) times: u64,
    /// Where it is first asked for.
    pub(super) first: Place,
}

/// Reads all there is, and looks up what of it is here.
pub(super) fn survey(private: &Slot, job: &Job<'_>) -> Result<Survey> {
    let mut looking = Looking {
        job,
        report: ImportReport::new(job.format, job.options.dry_run),
        found: Vec::new(),
        enclosed: Vec::new(),
        wanted: BTreeMap::new(),
        absent: Vec::new(),
        told: HashSet::new(),
        notes: BTreeMap::new(),
        unknown_moods: BTreeMap::new(),
    };
    job.source.begin();
    if job.source.symlinks() > 0 {
        looking.notes.insert(ImportNote::Symlink, job.source.symlinks());
    }
    format::read(job.format, job.source, job.options, &mut looking)?;
    job.source.pace().tell()?;
    let Looking {
        mut report, mut found, enclosed, mut wanted, absent, mut told, notes, unknown_moods, ..
    } = looking;
    report.notes = notes.into_iter().map(|(note, count)| NoteCount { note, count }).collect();
    report.unknown_moods =
        unknown_moods.into_iter().map(|(name, count)| UnknownMood { name, count }).collect();
    settle_ids(&mut found);
    private.read(|file| {
        for found in found.iter_mut().flatten().filter(|found| found.fate == Fate::New) {
            found.fate = fate(file, found.id)?;
        }
        Ok(())
    })?;
    count(&mut report, &found);
    let is_new = |number: usize| {
        found.get(number).and_then(Option::as_ref).is_some_and(|found| found.fate == Fate::New)
    };
    for (number, misread) in absent {
        if is_new(number) {
            report.miss(misread, 1);
        }
    }
    for (number, piece) in enclosed {
        if is_new(number)
            && let Some(wanted) = wanted.get_mut(&piece)
        {
            wanted.times += 1;
            report.attachments_added += 1;
        }
    }
    if job.format == ImportFormat::CommonGround {
        let new: HashSet<EntryId> =
            found.iter().flatten().filter(|found| found.fate == Fate::New).map(|found| found.id).collect();
        own::survey_rest(job.source, |former| {
            if new.contains(&former.entry) {
                want_of_former(former, &mut report, &mut wanted, &mut told)
            } else {
                Ok(())
            }
        })?;
        job.source.pace().tell()?;
    }
    wanted.retain(|_, wanted| wanted.times > 0);
    Ok(Survey { report, found, wanted })
}

/// An attachment that only former versions have is one more; those of entries are counted already.
fn want_of_former(
    former: own::OfFormer,
    report: &mut ImportReport,
    wanted: &mut BTreeMap<usize, Wanted>,
    told: &mut HashSet<String>,
) -> Result<()> {
    match former.piece {
        Some(piece) => {
            let wanted = wanted.entry(piece).or_insert_with(|| Wanted { times: 0, first: former.place });
            if wanted.times == 0 {
                wanted.times = 1;
                report.attachments_added += 1;
            }
        }
        None if told.contains(&former.target) => {}
        None => {
            if told.len() == MOST_ATTACHMENTS {
                return Err(too_many_attachments());
            }
            told.insert(former.target);
            report.miss(former.place.misread("former_versions.attachments", "is not there"), 1);
        }
    }
    Ok(())
}

fn too_many_attachments() -> Error {
    Error::import(0, "attachments", &format!("are more than {MOST_ATTACHMENTS}"))
}

impl ImportReport {
    /// So many attachments that seemed to be there cannot be read.
    pub(super) fn lose(&mut self, misread: Misread, times: u64) {
        self.attachments_added -= times;
        self.miss(misread, times);
    }

    /// So many attachments are not there.
    fn miss(&mut self, misread: Misread, times: u64) {
        self.attachments_missing += times;
        if self.missing.len() < MOST_TOLD {
            self.missing.push(misread);
        }
    }
}

struct Looking<'a> {
    job: &'a Job<'a>,
    report: ImportReport,
    found: Vec<Option<Found>>,
    /// Attachments: the number of the entry, and the piece that holds it.
    enclosed: Vec<(usize, usize)>,
    /// The pieces.
    wanted: BTreeMap<usize, Wanted>,
    /// Attachments that are not there.
    absent: Vec<(usize, Misread)>,
    /// How texts refer to those.
    told: HashSet<String>,
    notes: BTreeMap<ImportNote, u64>,
    unknown_moods: BTreeMap<String, u64>,
}

impl Looking<'_> {
    /// The other error is one of ours.
    fn look_at(&mut self, mut incoming: Incoming) -> Result<Result<Found, Misread>> {
        let digest = incoming.digest();
        let has_text = !incoming.text.trim().is_empty();
        let entry = match incoming.as_entry(self.job.zone, self.job.now) {
            Ok(entry) => entry,
            Err(error) => return incoming.place.refused(error).map(Err),
        };
        let number = self.found.len();
        for enclosed in &mut incoming.enclosed {
            match enclosed.piece {
                Some(piece) => {
                    self.enclosed.push((number, piece));
                    self.wanted
                        .entry(piece)
                        .or_insert_with(|| Wanted { times: 0, first: incoming.place.clone() });
                }
                None => {
                    self.told.extend(enclosed.targets.drain(..));
                    self.absent.push((number, incoming.place.misread("attachment", "is not there")));
                }
            }
        }
        for note in &incoming.notes {
            self.note(*note);
        }
        if let Some(mood) = incoming.unknown_mood.take() {
            let may_grow = self.unknown_moods.len() < MOST_MOODS;
            match self.unknown_moods.get_mut(&mood) {
                Some(count) => *count += 1,
                None if may_grow => _ = self.unknown_moods.insert(mood, 1),
                None => {}
            }
        }
        Ok(Ok(Found {
            id: entry.id,
            digest,
            fate: Fate::New,
            at: entry.written.at,
            kind: entry.kind,
            has_zone: incoming.has_zone(),
            has_text,
            is_beside: false,
        }))
    }
}

impl Sink for Looking<'_> {
    fn take(&mut self, record: Result<Incoming, Misread>) -> Result<()> {
        if (self.found.len() as u64).is_multiple_of(STEP) {
            self.job.source.pace().tell()?;
        }
        if self.found.len() == MOST_ENTRIES {
            return Err(Error::import(0, "entries", &format!("are more than {MOST_ENTRIES}")));
        }
        let looked_at = match record {
            Ok(incoming) => self.look_at(incoming)?,
            Err(misread) => Err(misread),
        };
        match looked_at {
            Ok(found) => self.found.push(Some(found)),
            Err(misread) if self.job.goes_on() => {
                self.report.bad_count += 1;
                if self.report.bad.len() < MOST_TOLD {
                    self.report.bad.push(misread);
                }
                self.found.push(None);
            }
            Err(misread) => return Err(misread.into()),
        }
        if self.enclosed.len() + self.absent.len() > MOST_ATTACHMENTS {
            return Err(too_many_attachments());
        }
        Ok(())
    }

    fn note(&mut self, note: ImportNote) {
        *self.notes.entry(note).or_default() += 1;
    }
}

/// Counts what becomes of all that was found.
pub(super) fn count(report: &mut ImportReport, found: &[Option<Found>]) {
    report.found = found.len() as u64;
    let all = || found.iter().flatten();
    let many = |is: &dyn Fn(&Found) -> bool| all().filter(|found| is(found)).count() as u64;
    let new = |found: &Found| found.fate == Fate::New;
    report.added = many(&new);
    report.already_here = many(&|found| matches!(found.fate, Fate::Here | Fate::Twice));
    report.left_out = many(&|found| found.fate == Fate::LeftOut);
    report.shared_ids = many(&|found| new(found) && found.is_beside);
    report.without_zone = many(&|found| new(found) && !found.has_zone);
    report.without_text = many(&|found| new(found) && !found.has_text);
    report.kinds = EntryKind::ALL
        .iter()
        .map(|&kind| KindCount { kind, count: many(&|found| new(found) && found.kind == kind) })
        .filter(|kind| kind.count > 0)
        .collect();
    report.kinds.sort_by_key(|kind| std::cmp::Reverse(kind.count));
}

/// What becomes of an entry that would have this id.
pub(super) fn fate(file: &Connection, id: EntryId) -> Result<Fate> {
    let binned: Option<bool> = file
        .prepare_cached("SELECT binned_at IS NOT NULL FROM entry WHERE id = :id")?
        .query_row(named_params! { ":id": id }, |row| row.get(0))
        .optional()?;
    let erased: bool = file
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM erased_entry WHERE id = :id)")?
        .query_row(named_params! { ":id": id }, |row| row.get(0))?;
    Ok(match binned {
        Some(false) => Fate::Here,
        Some(true) => Fate::LeftOut,
        None if erased => Fate::LeftOut,
        None => Fate::New,
    })
}

/// Gives every entry an id of its own, and marks those that stand in the file twice.
///
/// Real exports hold different entries under one id. The first of them, by time and content, keeps it;
/// the others get one made from it and their content, so that importing the same again finds them.
fn settle_ids(found: &mut [Option<Found>]) {
    let mut sharing: HashMap<EntryId, Vec<&mut Found>> = HashMap::new();
    for found in found.iter_mut().flatten() {
        sharing.entry(found.id).or_default().push(found);
    }
    for mut alike in sharing.into_values().filter(|alike| alike.len() > 1) {
        alike.sort_by_key(|found| (found.at, found.digest));
        let mut seen = HashSet::new();
        for (place, found) in alike.into_iter().enumerate() {
            if !seen.insert(found.digest) {
                found.fate = Fate::Twice;
            } else if place > 0 {
                found.is_beside = true;
                found.id = Incoming::id_beside(found.id, &found.digest);
            }
        }
    }
}
