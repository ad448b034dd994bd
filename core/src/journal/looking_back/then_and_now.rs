//! Then and now: the first and the last entries of one matter, side by side.

use chrono::Datelike;
use rusqlite::Connection;

use super::super::filter::{Conditions, Walk};
use super::super::list;
use super::super::types::{EntryFilter, EntrySummary};
use super::{Mean, Span, ThenAndNow};
use crate::Result;
use crate::clock::LocalDate;
use crate::store::Slot;

/// The most entries on either side.
const MOST_EACH: u32 = 50;

pub(super) fn then_and_now(private: &Slot, filter: &EntryFilter, each: u32) -> Result<Option<ThenAndNow>> {
    list::check_limit_of("each", each, MOST_EACH)?;
    let conditions = Conditions::of(filter)?;
    private.read(|file| {
        let count = conditions.count(file)?;
        // Of three entries one is then and one is now: none is on both sides.
        let each = (each as usize).min(usize::try_from(count / 2).unwrap_or(usize::MAX)).max(1);
        let Some(then) = span(some(file, &conditions, Walk::OldestFirst, each)?) else { return Ok(None) };
        let now = if count > 1 { span(some(file, &conditions, Walk::NewestFirst, each)?) } else { None };
        let last = now.as_ref().map_or(then.to, |now| now.to);
        let months_apart = whole_months(then.from, last);
        Ok(Some(ThenAndNow { then, now, months_apart, count: u32::try_from(count).unwrap_or(u32::MAX) }))
    })
}

/// Entries from one end, the earliest first.
fn some(file: &Connection, conditions: &Conditions, walk: Walk, each: usize) -> Result<Vec<EntrySummary>> {
    let mut entries = Vec::with_capacity(each);
    conditions.walk(file, walk, list::summary_columns!(), each, |row| {
        entries.push(list::summary(row)?);
        Ok(())
    })?;
    if walk == Walk::NewestFirst {
        entries.reverse();
    }
    Ok(entries)
}

fn span(entries: Vec<EntrySummary>) -> Option<Span> {
    let days = || entries.iter().map(|entry| entry.written.local_date());
    let (from, to) = (days().min()?, days().max()?);
    let moods: Vec<u8> = entries.iter().filter_map(|entry| entry.mood).collect();
    let sum: f64 = moods.iter().copied().map(f64::from).sum();
    Some(Span { from, to, mood: Mean::of(sum, u32::try_from(moods.len()).unwrap_or(u32::MAX)), entries })
}

/// Whole months between two days: from 31 January it takes one month to 28 February, and not yet to the 27th.
fn whole_months(from: LocalDate, to: LocalDate) -> u32 {
    let months = (to.year() - from.year()) * 12 + to.month() as i32 - from.month() as i32;
    let last_of_month = to.succ_opt().is_none_or(|next| next.month() != to.month());
    let is_whole = to.day() >= from.day() || last_of_month;
    u32::try_from(if is_whole { months } else { months - 1 }).unwrap_or(0)
}
