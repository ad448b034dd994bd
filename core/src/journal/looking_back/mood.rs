//! Mood over time, by day and by week.

use std::collections::BTreeMap;

use chrono::Datelike;
use rusqlite::{Connection, named_params};

use super::super::filter::{Conditions, Walk};
use super::super::types::EntryFilter;
use super::{DayOfMood, Days, Mean, WeekOfMood, day_of};
use crate::Result;
use crate::store::Slot;

/// The sum of the moods of each day, and how many they are.
type Sums = BTreeMap<i64, (i64, u32)>;

pub(super) fn by_day(private: &Slot, filter: &EntryFilter) -> Result<Vec<DayOfMood>> {
    let days = sums(private, filter)?.into_iter();
    Ok(days
        .filter_map(|(day, (sum, count))| {
            Some(DayOfMood { day: day_of(day), mood: Mean::of(sum as f64, count)? })
        })
        .collect())
}

pub(super) fn by_week(private: &Slot, filter: &EntryFilter) -> Result<Vec<WeekOfMood>> {
    let mut weeks = Sums::new();
    for (day, (sum, count)) in sums(private, filter)? {
        let week = weeks.entry(monday_of(day)).or_default();
        week.0 += sum;
        week.1 += count;
    }
    Ok(weeks
        .into_iter()
        .filter_map(|(monday, (sum, count))| {
            let monday = day_of(monday);
            let (year, week) = (monday.iso_week().year(), monday.iso_week().week());
            Some(WeekOfMood { year, week, monday, mood: Mean::of(sum as f64, count)? })
        })
        .collect())
}

/// The Monday of a day's week; 1 January 1970 was a Thursday.
fn monday_of(day: i64) -> i64 {
    day - (day + 3).rem_euclid(7)
}

fn sums(private: &Slot, filter: &EntryFilter) -> Result<Sums> {
    let only_days = EntryFilter { from: filter.from, to: filter.to, ..EntryFilter::default() };
    private.read(|file| {
        if *filter == only_days {
            return sums_of_days(file, &Days::of(filter.from, filter.to));
        }
        let mut sums = Sums::new();
        Conditions::of(filter)?.walk(
            file,
            Walk::OldestFirst,
            "entry.day, entry.mood",
            usize::MAX,
            |row| {
                if let Some(mood) = row.get::<_, Option<i64>>(1)? {
                    let day = sums.entry(row.get(0)?).or_default();
                    day.0 += mood;
                    day.1 += 1;
                }
                Ok(())
            },
        )?;
        Ok(sums)
    })
}

/// Days and moods alone are in one index.
pub(super) fn sums_of_days(file: &Connection, days: &Days) -> Result<Sums> {
    Ok(file
        .prepare_cached(
            "SELECT day, sum(mood), count(mood)
             FROM entry INDEXED BY entry_on_day
             WHERE binned_at IS NULL AND mood IS NOT NULL AND day BETWEEN :from AND :to
             GROUP BY day",
        )?
        .query_map(named_params! { ":from": days.from, ":to": days.to }, |row| {
            Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
        })?
        .collect::<rusqlite::Result<_>>()?)
}
