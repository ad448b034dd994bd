//! The record of everything that was handed over. It is kept for good, also after an end, and holds nobody's words.

use std::io::Write;

use chrono::SecondsFormat;
use rusqlite::{Connection, Row, named_params};

use super::handed_over::time;
use crate::clock::Instant;
use crate::id::{EntryId, ParcelId, RelationshipId};
use crate::relationship::people;
use crate::store::Micros;
use crate::{Error, Result};

/// The columns of the table for other programs.
const COLUMNS: [&str; 12] = [
    "id",
    "from",
    "to",
    "what",
    "handed_over",
    "arrived",
    "opened",
    "taken_back",
    "asked_to_delete",
    "deletion_confirmed",
    "bytes",
    "entry",
];

/// Something that was handed over, by either: to whom, when, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct RecordEntry {
    /// The parcel's id.
    pub id: ParcelId,
    /// In which relationship.
    pub relationship: RelationshipId,
    /// The name that the other person gave themselves.
    pub other: String,
    /// Whether the owner of this device handed it over, and not the other person.
    pub is_mine: bool,
    /// The excerpt that it comments on; nothing for an excerpt.
    pub about: Option<ParcelId>,
    /// The entry that it was taken from; known on its giver's device alone.
    pub entry: Option<EntryId>,
    /// How many bytes it had.
    pub bytes: u32,
    /// When it was handed over.
    pub handed_at: Instant,
    /// When it had come.
    pub arrived_at: Option<Instant>,
    /// When it was first opened.
    pub opened_at: Option<Instant>,
    /// When it was taken back.
    pub taken_back_at: Option<Instant>,
    /// When the receiver's device heard that it is to be deleted.
    pub asked_to_delete_at: Option<Instant>,
    /// When the receiver's device confirmed that it has deleted it.
    pub deleted_at: Option<Instant>,
}

/// The record of one relationship, or of all: the earliest first.
///
/// # Errors
/// What the file says.
pub(crate) fn of(connection: &Connection, relationship: Option<RelationshipId>) -> Result<Vec<RecordEntry>> {
    let me = people::me(connection)?.person;
    connection
        .prepare_cached(
            "SELECT parcel.id, parcel.relationship, person.display_name, parcel.giver = :me AS is_mine, parcel.about,
                    parcel.entry, parcel.length, parcel.handed_at, parcel.arrived_at, parcel.opened_at,
                    parcel.taken_back_at, parcel.asked_to_delete_at, parcel.deleted_at
             FROM parcel
             JOIN relationship ON relationship.id = parcel.relationship
             JOIN person ON person.id = relationship.other
             WHERE :relationship IS NULL OR parcel.relationship = :relationship
             ORDER BY parcel.handed_at, parcel.id",
        )?
        .query_map(named_params! { ":me": me, ":relationship": relationship }, read)?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

fn read(row: &Row<'_>) -> rusqlite::Result<RecordEntry> {
    Ok(RecordEntry {
        id: row.get("id")?,
        relationship: row.get("relationship")?,
        other: row.get("display_name")?,
        is_mine: row.get("is_mine")?,
        about: row.get("about")?,
        entry: row.get("entry")?,
        bytes: row.get("length")?,
        handed_at: row.get::<_, Micros>("handed_at")?.0,
        arrived_at: time(row, "arrived_at")?,
        opened_at: time(row, "opened_at")?,
        taken_back_at: time(row, "taken_back_at")?,
        asked_to_delete_at: time(row, "asked_to_delete_at")?,
        deleted_at: time(row, "deleted_at")?,
    })
}

/// Writes a record as a table (RFC 4180, UTF-8, instants as RFC 3339 in UTC); `owner` is the name of whose record it is.
///
/// # Errors
/// What the sink says.
pub(crate) fn write(record: &[RecordEntry], owner: &str, sink: &mut dyn Write) -> Result<()> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(sink);
    table.write_record(COLUMNS).map_err(failed)?;
    let written = |at: Option<Instant>| {
        at.map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true)).unwrap_or_default()
    };
    for one in record {
        let (from, to) = if one.is_mine { (owner, &*one.other) } else { (&*one.other, owner) };
        table
            .write_record([
                one.id.to_string(),
                harmless(from),
                harmless(to),
                if one.about.is_some() { "comment" } else { "excerpt" }.to_owned(),
                written(Some(one.handed_at)),
                written(one.arrived_at),
                written(one.opened_at),
                written(one.taken_back_at),
                written(one.asked_to_delete_at),
                written(one.deleted_at),
                one.bytes.to_string(),
                one.entry.map(|entry| entry.to_string()).unwrap_or_default(),
            ])
            .map_err(failed)?;
    }
    table.flush()?;
    Ok(())
}

/// A name that no spreadsheet takes for a formula: a sign that could begin one gets a `'` before it.
fn harmless(name: &str) -> String {
    const RISKY: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if name.starts_with(RISKY) { format!("'{name}") } else { name.to_owned() }
}

fn failed(error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        _ => Error::internal("sharing, a table"),
    }
}
