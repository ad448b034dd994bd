//! One entry of an export, field by field.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::markdown::unescaped;
use crate::clock::{Instant, Moment, World};
use crate::error::Problem;
use crate::id::EntryId;
use crate::journal::entries::{self, LONGEST_TEXT};
use crate::journal::types::{Entry, EntryKind};
use crate::{Error, Result};

/// Lists of what an entry may have besides its text.
const ATTACHMENTS: [&str; 4] = ["photos", "audios", "videos", "pdfAttachments"];

/// An entry as the file has it.
pub(super) struct Imported {
    pub(super) id: EntryId,
    pub(super) written: Moment,
    pub(super) has_zone: bool,
    modified: Option<Instant>,
    pub(super) text: String,
    tags: Vec<String>,
    starred: bool,
    /// How many photos and recordings it mentions.
    pub(super) attachments: u64,
}

impl Imported {
    /// Reads the entry of this number; all fields but `uuid` and `creationDate` may be missing.
    pub(super) fn read(number: u64, value: &Value) -> Result<Self> {
        let fields = Fields { number, fields: value.as_object() };
        let Some(id) = fields.text("uuid")? else { return Err(fields.error("uuid", "is missing")) };
        let id = Uuid::try_parse(id).map_err(|_| fields.error("uuid", "is not 32 hexadecimal digits"))?;
        let Some(written_at) = fields.text("creationDate")? else {
            return Err(fields.error("creationDate", "is missing"));
        };
        let written_at = instant(written_at)
            .ok_or_else(|| fields.error("creationDate", "is not a time like 2021-05-03T20:15:00Z"))?;
        let zone = fields.text("timeZone")?.and_then(|zone| zone.parse::<Tz>().ok());
        let text = unescaped(fields.text("text")?.unwrap_or_default());
        if text.len() > LONGEST_TEXT {
            return Err(fields.error("text", &format!("is longer than {LONGEST_TEXT} bytes")));
        }
        Ok(Self {
            id: EntryId::from_bytes(id.into_bytes()),
            written: Moment::in_zone(written_at, zone.unwrap_or(Tz::UTC)),
            has_zone: zone.is_some(),
            // It says when, not what: one that cannot be read is no loss.
            modified: fields.text("modifiedDate")?.and_then(instant),
            text,
            tags: fields.tags()?,
            starred: fields.flag("starred")?,
            attachments: ATTACHMENTS.iter().map(|list| fields.length(list)).sum(),
        })
    }

    /// What tells two entries of one id apart.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new()
            .chain_update(self.written.at.timestamp_micros().to_be_bytes())
            .chain_update([u8::from(self.starred)]);
        for part in std::iter::once(&self.text).chain(&self.tags) {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }

    pub(super) fn into_entry(self, world: &World, now: Instant) -> Result<Entry> {
        // A clock that ran ahead when the entry was changed must not make it newer than today.
        let saved_at = self.modified.filter(|modified| *modified <= now).unwrap_or(now);
        Ok(Entry {
            id: self.id,
            revision: world.revision_id()?,
            written: self.written,
            saved_at,
            title: None,
            text: self.text,
            kind: EntryKind::Free,
            mood: None,
            emotions: Vec::new(),
            tags: self.tags,
            links: Vec::new(),
            answers: Vec::new(),
            attachments: Vec::new(),
            starred: self.starred,
            to_bring_at: None,
            binned_at: None,
        })
    }
}

/// The fields of one entry; `null` counts as missing.
struct Fields<'a> {
    number: u64,
    /// `None` where the entry is something else than an object: then every field is missing.
    fields: Option<&'a Map<String, Value>>,
}

impl<'a> Fields<'a> {
    fn get(&self, field: &str) -> Option<&'a Value> {
        self.fields?.get(field).filter(|value| !value.is_null())
    }

    fn text(&self, field: &str) -> Result<Option<&'a str>> {
        match self.get(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.error(field, "is not a text")),
        }
    }

    fn flag(&self, field: &str) -> Result<bool> {
        match self.get(field) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.error(field, "is neither true nor false")),
        }
    }

    fn tags(&self) -> Result<Vec<String>> {
        let tags = match self.get("tags") {
            None => return Ok(Vec::new()),
            Some(Value::Array(tags)) => tags,
            Some(_) => return Err(self.error("tags", "is not a list")),
        };
        let tags: Option<Vec<String>> = tags.iter().map(|tag| tag.as_str().map(str::to_owned)).collect();
        let tags = tags.ok_or_else(|| self.error("tags", "holds something else than texts"))?;
        entries::check_tags(tags).map_err(|error| match error {
            Error::Invalid { problem: problem @ Problem::TooLong { .. }, .. } => {
                self.error("tags", &problem.to_string())
            }
            other => other,
        })
    }

    fn length(&self, field: &str) -> u64 {
        self.get(field).and_then(Value::as_array).map_or(0, |list| list.len() as u64)
    }

    fn error(&self, field: &str, problem: &str) -> Error {
        Error::import(self.number, field, problem)
    }
}

fn instant(text: &str) -> Option<Instant> {
    let at = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    let at = entries::to_micros(at);
    entries::check_year(at).is_ok().then_some(at)
}
