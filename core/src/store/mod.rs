//! The two encrypted SQLite files: opening, keys, migrations, transactions and closing.
//!
//! A [`File`] has one writing connection and a small pool of reading ones (WAL), so that a long
//! read never delays a write, nor the reverse. Other modules keep their SQL beside the function
//! that runs it and hand it to [`File::read`] and [`File::write`]; nothing here knows their tables.

mod check;
mod connection;
mod error;
#[cfg(test)]
pub(crate) mod faults;
mod file;
mod holds;
mod keeper;
mod key;
mod migrations;
#[cfg(test)]
mod raw;
mod slot;
mod still;

#[cfg(test)]
mod tests;

pub(crate) use check::KeyChecks;
pub(crate) use file::File;
pub(crate) use holds::{Hold, Holding, Holds};
pub(crate) use key::Key;
pub(crate) use migrations::Migrations;
#[cfg(test)]
pub(crate) use raw::raw_pages;
pub(crate) use slot::Slot;
#[cfg(test)]
pub(crate) use tests::scratch;

use chrono::DateTime;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::clock::Instant;

/// An instant as the files keep it: microseconds since 1970, UTC, negative before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Micros(pub(crate) Instant);

impl ToSql for Micros {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.timestamp_micros().into())
    }
}

impl FromSql for Micros {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let micros = i64::column_result(value)?;
        DateTime::from_timestamp_micros(micros).map(Self).ok_or(FromSqlError::OutOfRange(micros))
    }
}
