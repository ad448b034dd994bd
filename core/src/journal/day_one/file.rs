//! Opens an export and reads it entry by entry, within limits: what is not text of a journal is passed
//! over unread, and a small zip cannot unpack into a memory full of nothing.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::error::Category;

use super::entry::Imported;
use crate::error::Thing;
use crate::{Error, Result};

/// More JSON than this, unpacked, is not read.
const MOST_BYTES: u64 = 256 << 20;

/// More entries than this are not read: one a day for 500 years.
const MOST_ENTRIES: usize = 200_000;

/// What a file holds.
#[derive(Default)]
pub(super) struct Export {
    pub(super) entries: Vec<Imported>,
    pub(super) attachments: u64,
}

/// Reads an export, plain or zipped.
pub(super) fn read(path: &Path) -> Result<Export> {
    let mut file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::not_found(Thing::File),
        _ => error.into(),
    })?;
    let mut beginning = Vec::new();
    (&mut file).take(4).read_to_end(&mut beginning)?;
    file.seek(SeekFrom::Start(0))?;
    read_any(file, beginning.starts_with(b"PK\x03\x04") || beginning.starts_with(b"PK\x05\x06"))
}

/// Reads an export from anything; `zipped` says which kind it is.
pub(super) fn read_any(source: impl Read + Seek, zipped: bool) -> Result<Export> {
    let mut export = Export::default();
    let mut allowance = MOST_BYTES;
    if zipped {
        read_zip(source, &mut allowance, &mut export)?;
    } else {
        read_journal(source, &mut allowance, &mut export)?;
    }
    Ok(export)
}

/// The journals at the top of a zip; photos lie in folders.
fn read_zip(source: impl Read + Seek, allowance: &mut u64, export: &mut Export) -> Result<()> {
    let damaged = |_| Error::import(0, "zip", "is damaged or of an unknown kind");
    let mut archive = zip::ZipArchive::new(BufReader::new(source)).map_err(damaged)?;
    let mut journals = 0;
    for index in 0..archive.len() {
        let is_journal = archive
            .name_for_index(index)
            .and_then(std::result::Result::ok)
            .is_some_and(|name| !name.contains(['/', '\\']) && name.to_ascii_lowercase().ends_with(".json"));
        if is_journal {
            journals += 1;
            read_journal(archive.by_index(index).map_err(damaged)?, allowance, export)?;
        }
    }
    if journals == 0 {
        return Err(Error::import(0, "zip", "holds no journal (no .json file at its top)"));
    }
    Ok(())
}

/// Reads one journal; besides what is kept, one entry is in memory at a time.
fn read_journal(source: impl Read, allowance: &mut u64, export: &mut Export) -> Result<()> {
    let mut bounded = Bounded { source, allowance, failure: None };
    let mut refusal = None;
    let mut reached = 0;
    let outcome = read_whole(&mut bounded, export, &mut refusal, &mut reached);
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    if let Some(failure) = bounded.failure {
        return Err(failure);
    }
    match outcome {
        Ok(true) => Ok(()),
        Ok(false) => Err(Error::import(0, "entries", "is missing")),
        // The message of a JSON error may quote the text, so only its place is told.
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            let problem = match error.classify() {
                Category::Eof => format!("ends too early ({place})"),
                Category::Data => format!("is not an export of Day One ({place})"),
                Category::Io | Category::Syntax => format!("is not valid JSON ({place})"),
            };
            Err(Error::import(reached, "JSON", &problem))
        }
    }
}

/// Whether there was a list of entries.
fn read_whole(
    mut source: impl Read,
    export: &mut Export,
    refusal: &mut Option<Error>,
    reached: &mut u64,
) -> serde_json::Result<bool> {
    let mut beginning = Vec::new();
    source.by_ref().take(3).read_to_end(&mut beginning).map_err(serde_json::Error::io)?;
    if beginning == b"\xEF\xBB\xBF" {
        beginning.clear();
    }
    let text = BufReader::with_capacity(64 << 10, Cursor::new(beginning).chain(source));
    let mut json = serde_json::Deserializer::from_reader(text);
    let found = Journal { export, refusal, reached }.deserialize(&mut json)?;
    json.end()?;
    Ok(found)
}

/// Reads the object at the top.
struct Journal<'a> {
    export: &'a mut Export,
    refusal: &'a mut Option<Error>,
    /// The number of the entry under way; 0 outside.
    reached: &'a mut u64,
}

impl<'de> DeserializeSeed<'de> for Journal<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Journal<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let Self { export, refusal, reached } = self;
        let mut found = false;
        while let Some(key) = map.next_key::<Key>()? {
            if key.is_entries {
                found = true;
                map.next_value_seed(Entries { export, refusal, reached })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// A key of the object at the top; only one matters.
struct Key {
    is_entries: bool,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { is_entries: String::deserialize(deserializer)? == "entries" })
    }
}

/// Reads the list of entries.
struct Entries<'a> {
    export: &'a mut Export,
    refusal: &'a mut Option<Error>,
    reached: &'a mut u64,
}

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        loop {
            let number = self.export.entries.len() as u64 + 1;
            *self.reached = number;
            let Some(value) = list.next_element::<Value>()? else { break };
            let imported = if self.export.entries.len() < MOST_ENTRIES {
                Imported::read(number, &value)
            } else {
                Err(Error::import(0, "entries", &format!("are more than {MOST_ENTRIES}")))
            };
            match imported {
                Ok(imported) => {
                    self.export.attachments += imported.attachments;
                    self.export.entries.push(imported);
                }
                Err(error) => {
                    *self.refusal = Some(error);
                    return Err(A::Error::custom("refused"));
                }
            }
        }
        *self.reached = 0;
        Ok(())
    }
}

/// Stops a file, or what a zip unpacks to, from being longer than allowed.
struct Bounded<'a, R> {
    source: R,
    allowance: &'a mut u64,
    /// What went wrong while reading: JSON's errors would not tell.
    failure: Option<Error>,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = match self.source.read(buffer) {
            Ok(count) => count,
            Err(error) => {
                if error.kind() != ErrorKind::Interrupted {
                    self.failure =
                        Some(Error::import(0, "file", &format!("cannot be read ({})", error.kind())));
                }
                return Err(error);
            }
        };
        match self.allowance.checked_sub(count as u64) {
            Some(left) => {
                *self.allowance = left;
                Ok(count)
            }
            None => {
                let problem = format!("is longer than {} MiB", MOST_BYTES >> 20);
                self.failure = Some(Error::import(0, "file", &problem));
                Err(ErrorKind::FileTooLarge.into())
            }
        }
    }
}
