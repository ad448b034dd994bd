//! Reads exports of Presently: a table of days and what one was grateful for, one entry a day.

use chrono::{NaiveDate, NaiveTime};

use super::format::Sink;
use super::incoming::{Incoming, Written};
use super::source::Source;
use super::table::{self, Row};
use super::types::Misread;
use crate::Result;

/// The columns that every export has.
pub(super) const COLUMNS: &[&str] = &["entrydate", "entrycontent"];

pub(super) fn read(source: &Source<'_>, sink: &mut dyn Sink) -> Result<()> {
    table::read(source, COLUMNS, sink, &entry)
}

fn entry(row: Row<'_>) -> Result<Incoming, Misread> {
    let day: NaiveDate =
        row.get("entrydate").parse().map_err(|_| row.misread("entryDate", "is not a day like 2026-05-03"))?;
    // There is no time, and at noon it is the same day everywhere near.
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
    let id = Incoming::id_from(&["presently", &day.to_string()]);
    let mut incoming = Incoming::new(row.place.clone(), id, Written::Local(day.and_time(noon)));
    incoming.text = row.get("entrycontent").to_owned();
    Ok(incoming)
}
