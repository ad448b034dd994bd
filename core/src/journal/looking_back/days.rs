//! Days on which something was written, and the same day of earlier years.

use chrono::Datelike;
use rusqlite::{Connection, named_params};

use super::super::{filter, list};
use super::{DayOfEntries, Days, EarlierYear, Mean, day_of};
use crate::Result;
use crate::clock::LocalDate;
use crate::store::Slot;

/// More entries of one day and all its years nobody reads.
const MOST_ON_THIS_DAY: usize = 500;

pub(super) fn with_entries(private: &Slot, days: &Days) -> Result<Vec<DayOfEntries>> {
    private.read(|file| {
        Ok(file
            .prepare_cached(
                "SELECT day, count(*), count(mood), coalesce(sum(mood), 0)
                 FROM entry INDEXED BY entry_on_day
                 WHERE binned_at IS NULL AND day BETWEEN :from AND :to
                 GROUP BY day
                 ORDER BY day",
            )?
            .query_map(named_params! { ":from": days.from, ":to": days.to }, |row| {
                let mood = Mean::of(row.get(3)?, row.get(2)?);
                Ok(DayOfEntries { day: day_of(row.get(0)?), entries: row.get(1)?, mood })
            })?
            .collect::<rusqlite::Result<_>>()?)
    })
}

pub(super) fn on_this_day(private: &Slot, today: LocalDate) -> Result<Vec<EarlierYear>> {
    private.read(|file| {
        let Some(earliest) = earliest_day(file)? else { return Ok(Vec::new()) };
        let mut years = Vec::new();
        let mut left = MOST_ON_THIS_DAY;
        for year in (earliest.year()..today.year()).rev() {
            let entries = entries_on(file, today, year, left)?;
            if !entries.is_empty() {
                left -= entries.len().min(left);
                years.push(EarlierYear { years_ago: today.year().abs_diff(year), entries });
            }
            if left == 0 {
                break;
            }
        }
        Ok(years)
    })
}

fn earliest_day(file: &Connection) -> Result<Option<LocalDate>> {
    let earliest: Option<i64> = file
        .prepare_cached("SELECT min(day) FROM entry INDEXED BY entry_on_day WHERE binned_at IS NULL")?
        .query_row([], |row| row.get(0))?;
    Ok(earliest.map(day_of))
}

/// The entries of the day in another year, the earliest first.
fn entries_on(
    file: &Connection,
    today: LocalDate,
    year: i32,
    limit: usize,
) -> Result<Vec<super::EntrySummary>> {
    let Some(day) = today.with_year(year) else { return Ok(Vec::new()) };
    // Where this year has no 29 February, its entries come on the 28th.
    let next = day.succ_opt().filter(|next| next.month() == 2 && day.month() == 2);
    let is_missing = next.is_some_and(|next| next.day() == 29) && !today.leap_year();
    let last = next.filter(|_| is_missing).unwrap_or(day);
    Ok(file
        .prepare_cached(concat!(
            "SELECT ",
            list::summary_columns!(),
            " FROM entry INDEXED BY entry_on_day
             WHERE binned_at IS NULL AND day BETWEEN :day AND :last
             ORDER BY row
             LIMIT :limit"
        ))?
        .query_map(
            named_params! {
                ":day": filter::day_number(day),
                ":last": filter::day_number(last),
                ":limit": i64::try_from(limit).unwrap_or(i64::MAX),
            },
            list::summary,
        )?
        .collect::<rusqlite::Result<_>>()?)
}
