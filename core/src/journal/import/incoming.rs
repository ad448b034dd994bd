//! An entry as a file has it: what every reader makes, whatever program the file comes from.

use chrono::{NaiveDateTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::types::{ImportNote, Misread};
use crate::clock::{Instant, Moment};
use crate::error::Problem;
use crate::id::{EntryId, RevisionId};
use crate::journal::types::{Answer, Emotion, Entry, EntryKind, EntryLink};
use crate::journal::{details, entries};
use crate::{Error, Result};

/// What ids are made in for entries that have none of their own.
const NAMESPACE: Uuid = Uuid::from_bytes(*b"common-ground im");

/// What an inline link to an attachment begins with; behind it stands the attachment's id.
pub(in crate::journal) const INLINE: &str = "attachment:";

/// Where an entry stands.
#[derive(Clone, Default)]
pub(in crate::journal) struct Place {
    /// The name of the file (see [`super::source::Piece`]).
    pub(in crate::journal) file: String,
    /// The line where it begins, from 1, in formats that have lines.
    pub(in crate::journal) line: Option<u64>,
    /// Its number in the file, from 1, in formats where a file holds several.
    pub(in crate::journal) entry: Option<u64>,
}

impl Place {
    /// What could not be read here.
    pub(in crate::journal) fn misread(&self, field: &str, problem: &str) -> Misread {
        Misread {
            file: self.file.clone(),
            line: self.line,
            entry: self.entry,
            field: field.to_owned(),
            problem: problem.to_owned(),
        }
    }

    /// The same of an error of the core, when it is about a value.
    pub(in crate::journal) fn refused(&self, error: Error) -> Result<Misread> {
        match error {
            Error::Invalid { field, problem } => Ok(self.misread(&field, &problem.to_string())),
            Error::Import { line, field, problem, .. } => Ok(Misread {
                line: if line == 0 { self.line } else { Some(line) },
                ..self.misread(&field, &problem)
            }),
            other => Err(other),
        }
    }
}

/// When an entry was written, as far as the file says.
#[derive(Clone)]
pub(in crate::journal) enum Written {
    /// The instant and the writer's clock.
    Moment(Moment),
    /// The instant alone.
    Instant(Instant),
    /// What the clock on the wall said, nobody knows where. A day without a time is noon.
    Local(NaiveDateTime),
}

/// Something attached, as the file has it.
pub(in crate::journal) struct Enclosed {
    /// The name it shall have.
    pub(in crate::journal) name: String,
    /// What it is, for example `image/jpeg`.
    pub(in crate::journal) media_type: String,
    /// Which piece of the source holds it; nothing when it is not there.
    pub(in crate::journal) piece: Option<usize>,
    /// The targets under which the text links to it: `![](target)` becomes `![](attachment:ID)`.
    pub(in crate::journal) targets: Vec<String>,
}

/// An entry as a file has it.
pub(in crate::journal) struct Incoming {
    pub(in crate::journal) place: Place,
    pub(in crate::journal) id: EntryId,
    pub(in crate::journal) written: Written,
    pub(in crate::journal) modified: Option<Instant>,
    /// Which version it is, where the file knows.
    pub(in crate::journal) revision: Option<RevisionId>,
    pub(in crate::journal) title: Option<String>,
    pub(in crate::journal) text: String,
    pub(in crate::journal) kind: EntryKind,
    pub(in crate::journal) mood: Option<u8>,
    pub(in crate::journal) emotions: Vec<Emotion>,
    pub(in crate::journal) tags: Vec<String>,
    pub(in crate::journal) links: Vec<EntryLink>,
    pub(in crate::journal) answers: Vec<Answer>,
    pub(in crate::journal) enclosed: Vec<Enclosed>,
    pub(in crate::journal) starred: bool,
    /// Since when it is marked to be brought to the next appointment.
    pub(in crate::journal) to_bring_at: Option<Instant>,
    /// The name of its mood, if that is not known here.
    pub(in crate::journal) unknown_mood: Option<String>,
    /// What of it has no place here.
    pub(in crate::journal) notes: Vec<ImportNote>,
}

impl Incoming {
    /// An entry with nothing in it but its id and its time.
    pub(in crate::journal) fn new(place: Place, id: EntryId, written: Written) -> Self {
        Self {
            place,
            id,
            written,
            modified: None,
            revision: None,
            title: None,
            text: String::new(),
            kind: EntryKind::Free,
            mood: None,
            emotions: Vec::new(),
            tags: Vec::new(),
            links: Vec::new(),
            answers: Vec::new(),
            enclosed: Vec::new(),
            starred: false,
            to_bring_at: None,
            unknown_mood: None,
            notes: Vec::new(),
        }
    }

    /// The id of an entry that has none of its own: always the same for the same parts, of which the first
    /// names the format and the rest what tells its entries apart.
    pub(in crate::journal) fn id_from(parts: &[&str]) -> EntryId {
        let mut key = Vec::new();
        for part in parts {
            key.extend_from_slice(&(part.len() as u64).to_be_bytes());
            key.extend_from_slice(part.as_bytes());
        }
        EntryId::from_bytes(Uuid::new_v5(&NAMESPACE, &key).into_bytes())
    }

    /// The id of another entry with the same id.
    pub(super) fn id_beside(id: EntryId, digest: &[u8; 32]) -> EntryId {
        EntryId::from_bytes(Uuid::new_v5(&Uuid::from_bytes(*id.as_bytes()), digest).into_bytes())
    }

    /// Whether the file says in which zone it was written.
    pub(super) fn has_zone(&self) -> bool {
        matches!(self.written, Written::Moment(_))
    }

    /// What tells two entries of one id apart. It does not depend on the zone asked for.
    pub(super) fn digest(&self) -> [u8; 32] {
        let when = match &self.written {
            Written::Moment(moment) => moment.at.timestamp_micros(),
            Written::Instant(at) => at.timestamp_micros(),
            Written::Local(local) => local.and_utc().timestamp_micros(),
        };
        let mut digest = Parts(Sha256::new());
        digest.add(&when.to_be_bytes());
        digest.add(&[u8::from(self.starred), self.mood.unwrap_or(0), u8::from(self.title.is_some())]);
        digest.add(self.kind.as_str().as_bytes());
        digest.add(self.title.as_deref().unwrap_or_default().as_bytes());
        digest.add(self.text.as_bytes());
        digest.list(self.tags.iter(), |digest, tag| digest.add(tag.as_bytes()));
        digest.list(self.emotions.iter(), |digest, emotion| {
            digest.add(emotion.name.as_bytes());
            digest.add(&[emotion.intensity.map_or(u8::MAX, |intensity| intensity.min(10))]);
        });
        digest.list(self.links.iter(), |digest, link| {
            let (kind, target) = details::link_columns(link);
            digest.add(kind.as_bytes());
            digest.add(target);
        });
        digest.list(self.answers.iter(), |digest, answer| {
            for part in [&answer.template, &answer.field, &answer.value] {
                digest.add(part.as_bytes());
            }
            digest.add(&answer.version.to_be_bytes());
        });
        digest.list(self.enclosed.iter(), |digest, enclosed| digest.add(enclosed.name.as_bytes()));
        digest.0.finalize().into()
    }

    /// The entry as it will be here, its attachments still missing and its revision still made of zeros, or
    /// what of it cannot be taken.
    pub(super) fn as_entry(&mut self, zone: Tz, now: Instant) -> Result<Entry> {
        if self.text.len() > entries::LONGEST_TEXT {
            let problem = Problem::TooLong { limit: entries::LONGEST_TEXT as u64, unit: "bytes".to_owned() };
            return Err(Error::invalid("text", problem));
        }
        let mut entry = Entry {
            id: self.id,
            revision: RevisionId::from_bytes([0; 16]),
            written: entries::check_moment(self.written.in_zone(zone))?,
            // A clock that ran ahead when the entry was changed must not make it newer than today.
            saved_at: self.modified.filter(|modified| *modified <= now).unwrap_or(now),
            title: entries::check_title(self.title.take())?,
            text: std::mem::take(&mut self.text),
            kind: self.kind,
            mood: self.mood,
            emotions: std::mem::take(&mut self.emotions),
            tags: std::mem::take(&mut self.tags),
            links: std::mem::take(&mut self.links),
            answers: std::mem::take(&mut self.answers),
            attachments: Vec::new(),
            starred: self.starred,
            to_bring_at: self.to_bring_at,
            binned_at: None,
        };
        details::check_parts(&mut entry)?;
        details::check_attachment_count(self.enclosed.len())?;
        for enclosed in &mut self.enclosed {
            enclosed.name = details::check_name(&enclosed.name)?;
        }
        Ok(entry)
    }
}

impl Written {
    /// The moment, in this zone where the file does not say.
    fn in_zone(&self, zone: Tz) -> Moment {
        match self {
            Self::Moment(moment) => moment.clone(),
            Self::Instant(at) => Moment::in_zone(*at, zone),
            Self::Local(local) => {
                // Of an hour that came twice the first is taken; in one that was left out, clocks had gone on.
                let at = [0, 1, 2, 3].into_iter().find_map(|hours| {
                    let later = local.checked_add_signed(TimeDelta::hours(hours))?;
                    zone.from_local_datetime(&later).earliest()
                });
                let at = at.map_or_else(|| local.and_utc(), |at| at.to_utc());
                Moment::in_zone(at, zone)
            }
        }
    }
}

/// A digest of parts, each with its length before it.
struct Parts(Sha256);

impl Parts {
    fn add(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
    }

    fn list<T>(&mut self, list: impl ExactSizeIterator<Item = T>, add: impl Fn(&mut Self, T)) {
        self.add(&(list.len() as u64).to_be_bytes());
        for one in list {
            add(self, one);
        }
    }
}

/// The text with each link to an attachment turned to where the attachment now is, as far as it does not grow
/// too long by that.
pub(super) fn relinked(text: String, targets: &[(String, String)]) -> String {
    if targets.is_empty() || !text.contains("](") {
        return text;
    }
    let mut linked = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("](") {
        let (before, behind) = rest.split_at(at + 2);
        linked.push_str(before);
        rest = behind;
        let found = targets.iter().find_map(|(target, new)| {
            let behind = match behind.strip_prefix('<') {
                Some(inner) => inner.strip_prefix(target.as_str())?.strip_prefix('>')?,
                None => behind.strip_prefix(target.as_str())?,
            };
            let fits = linked.len() + new.len() + behind.len() <= entries::LONGEST_TEXT;
            (fits && behind.starts_with([')', ' '])).then_some((new, behind))
        });
        if let Some((new, behind)) = found {
            linked.push_str(new);
            rest = behind;
        }
    }
    linked.push_str(rest);
    linked
}
