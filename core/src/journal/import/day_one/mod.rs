//! Reads exports of Day One: one JSON file, or a zip with one for each journal at its top and photos, recordings
//! and files in folders. Everything but an entry's `uuid` and `creationDate` may be missing.

mod entry;
mod markdown;
mod rich_text;

use super::format::Sink;
use super::json::{self, Shape};
use super::source::Source;
use crate::{Error, Result};

/// The fields of an entry that are looked at.
const FIELDS: &[&str] = &[
    "uuid",
    "creationDate",
    "modifiedDate",
    "timeZone",
    "text",
    "commonGroundTitle",
    "richText",
    "tags",
    "starred",
    "photos",
    "audios",
    "videos",
    "pdfAttachments",
    "location",
    "weather",
];

/// Reads the journals at the top.
pub(super) fn read(source: &Source<'_>, sink: &mut dyn Sink) -> Result<()> {
    let shape = Shape { program: "Day One", list: "entries", header: &[], fields: FIELDS };
    let only_one = source.pieces().len() == 1;
    let mut journals = 0;
    for (number, piece) in source.pieces().iter().enumerate() {
        let is_journal = !piece.name.contains('/') && piece.name.to_lowercase().ends_with(".json");
        if !is_journal && !only_one {
            continue;
        }
        journals += 1;
        source.read_text(number, false, |text| {
            json::entries(text, &shape, &mut |(number, _, value)| {
                sink.take(entry::read(source, &piece.name, number, value))
            })
        })?;
    }
    if journals == 0 {
        return Err(Error::import(0, "file", "holds no journal (no .json file at its top)"));
    }
    Ok(())
}
