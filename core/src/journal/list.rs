//! Reading: one entry, lists, the bin.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::details;
use super::filter::{Conditions, Walk};
use super::types::{Entry, EntryFilter, EntryPage, EntrySummary};
use crate::clock::Moment;
use crate::error::{Problem, Thing};
use crate::id::EntryId;
use crate::store::{Micros, Slot};
use crate::{Error, Result};

/// What a list shows of an entry: the columns that [`summary`] reads, from the first.
macro_rules! summary_columns {
    () => {
        "row, id, written_at, zone, offset_seconds, title, opening, kind, mood, tags, attachments, starred,
         to_bring_at IS NOT NULL"
    };
}
pub(super) use summary_columns;

/// How many columns these are.
pub(super) const SUMMARY_COLUMNS: usize = 13;

/// The longest page of a list.
const LONGEST_PAGE: u32 = 500;

pub(super) fn entry(private: &Slot, id: EntryId) -> Result<Entry> {
    private.read(|file| Ok(whole(file, id)?.1))
}

/// An entry and the row where it lies.
pub(super) fn whole(file: &Connection, id: EntryId) -> Result<(i64, Entry)> {
    let row = file
        .prepare_cached("SELECT row FROM entry WHERE id = :id")?
        .query_row(named_params! { ":id": id }, |row| row.get(0))
        .optional()?
        .ok_or(Error::not_found(Thing::Entry))?;
    Ok((row, whole_at(file, row)?))
}

/// The entry that lies in a row.
pub(super) fn whole_at(file: &Connection, row: i64) -> Result<Entry> {
    let mut entry = file
        .prepare_cached(
            "SELECT row, id, written_at, zone, offset_seconds, title, kind, mood, tags, starred,
                    revision, saved_at, to_bring_at, binned_at, text
             FROM entry JOIN entry_text USING (row)
             WHERE row = :row",
        )?
        .query_row(named_params! { ":row": row }, bare)
        .optional()?
        .ok_or(Error::not_found(Thing::Entry))?;
    details::read(file, row, &mut entry)?;
    Ok(entry)
}

/// An entry without what lies in tables of its own.
fn bare(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        id: row.get("id")?,
        revision: row.get("revision")?,
        written: moment(row)?,
        saved_at: row.get::<_, Micros>("saved_at")?.0,
        title: row.get("title")?,
        text: row.get("text")?,
        kind: row.get("kind")?,
        mood: row.get("mood")?,
        emotions: Vec::new(),
        tags: tags(row, "tags")?,
        links: Vec::new(),
        answers: Vec::new(),
        attachments: Vec::new(),
        starred: row.get("starred")?,
        to_bring_at: row.get::<_, Option<Micros>>("to_bring_at")?.map(|at| at.0),
        binned_at: row.get::<_, Option<Micros>>("binned_at")?.map(|at| at.0),
    })
}

/// A page of the entries that a filter lets through, newest first.
pub(super) fn page(
    private: &Slot,
    filter: &EntryFilter,
    limit: u32,
    after: Option<&str>,
) -> Result<EntryPage> {
    check_limit(limit, LONGEST_PAGE)?;
    let before = match after {
        Some(after) => Some(after.parse().map_err(|_| Error::malformed("after", "the `next` of a page"))?),
        None => None,
    };
    let conditions = Conditions::of(filter)?.beyond(Walk::NewestFirst, before);
    let limit = limit as usize;
    private.read(|file| {
        let mut page = EntryPage { entries: Vec::with_capacity(limit), next: None };
        let mut last = 0_i64;
        conditions.walk(file, Walk::NewestFirst, summary_columns!(), limit + 1, |row| {
            if page.entries.len() == limit {
                page.next = Some(last.to_string());
            } else {
                last = row.get(0)?;
                page.entries.push(summary(row)?);
            }
            Ok(())
        })?;
        Ok(page)
    })
}

pub(super) fn binned(private: &Slot) -> Result<Vec<EntrySummary>> {
    private.read(|file| {
        Ok(file
            .prepare_cached(concat!(
                "SELECT ",
                summary_columns!(),
                " FROM entry WHERE binned_at IS NOT NULL ORDER BY row DESC"
            ))?
            .query_map([], summary)?
            .collect::<rusqlite::Result<_>>()?)
    })
}

pub(super) fn count(private: &Slot) -> Result<u64> {
    private.read(|file| {
        let count: i64 = file
            .prepare_cached(
                "SELECT (SELECT count(*) FROM entry)
                      - (SELECT count(*) FROM entry WHERE binned_at IS NOT NULL)",
            )?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    })
}

/// The entry of a row that begins with [`summary_columns`].
pub(super) fn summary(row: &Row<'_>) -> rusqlite::Result<EntrySummary> {
    Ok(EntrySummary {
        id: row.get(1)?,
        written: Moment { at: row.get::<_, Micros>(2)?.0, zone: row.get(3)?, offset_seconds: row.get(4)? },
        title: row.get(5)?,
        opening: row.get(6)?,
        kind: row.get(7)?,
        mood: row.get(8)?,
        tags: tags(row, 9)?,
        attachments: row.get(10)?,
        starred: row.get(11)?,
        to_bring: row.get(12)?,
    })
}

/// Refuses a page of no entries and one that is too long.
pub(super) fn check_limit(limit: u32, longest: u32) -> Result<()> {
    check_limit_of("limit", limit, longest)
}

/// The same for a limit of another name.
pub(super) fn check_limit_of(field: &str, limit: u32, longest: u32) -> Result<()> {
    if (1..=longest).contains(&limit) {
        return Ok(());
    }
    Err(Error::invalid(field, Problem::OutOfRange { from: 1, to: longest.into() }))
}

fn moment(row: &Row<'_>) -> rusqlite::Result<Moment> {
    Ok(Moment {
        at: row.get::<_, Micros>("written_at")?.0,
        zone: row.get("zone")?,
        offset_seconds: row.get("offset_seconds")?,
    })
}

pub(super) fn tags(row: &Row<'_>, column: impl rusqlite::RowIndex) -> rusqlite::Result<Vec<String>> {
    let json = row.get_ref(column)?.as_str()?;
    if json == "[]" {
        return Ok(Vec::new());
    }
    serde_json::from_str(json).map_err(|_| rusqlite::Error::InvalidQuery)
}
