//! What was collected: small wins, answers on a scale, and what is to be brought along.

use rusqlite::named_params;

use super::super::filter::{Conditions, Walk};
use super::super::list;
use super::super::types::{EntryFilter, EntryKind, EntrySummary};
use super::{Days, ScalePoint, ToBring, month_of};
use crate::Result;
use crate::clock::{Instant, LocalDate, Moment};
use crate::store::{Micros, Slot};

/// More than this nobody brings along.
const MOST_TO_BRING: u32 = 200;

pub(super) fn small_wins(private: &Slot, day: LocalDate) -> Result<Vec<EntrySummary>> {
    let (from, to) = month_of(day);
    let kinds = vec![EntryKind::SmallWin];
    let filter = EntryFilter { from: Some(from), to: Some(to), kinds, ..EntryFilter::default() };
    let conditions = Conditions::of(&filter)?;
    private.read(|file| {
        let mut wins = Vec::new();
        conditions.walk(file, Walk::OldestFirst, list::summary_columns!(), usize::MAX, |row| {
            wins.push(list::summary(row)?);
            Ok(())
        })?;
        Ok(wins)
    })
}

pub(super) fn scale_over_time(
    private: &Slot,
    template: &str,
    field: &str,
    days: &Days,
) -> Result<Vec<ScalePoint>> {
    private.read(|file| {
        let mut statement = file.prepare_cached(
            "SELECT id, written_at, zone, offset_seconds, version, value
             FROM entry_answer INDEXED BY entry_answer_to CROSS JOIN entry USING (row)
             WHERE template = :template AND field = :field
               AND binned_at IS NULL AND +day BETWEEN :from AND :to
             ORDER BY entry_answer.row",
        )?;
        let mut rows = statement.query(named_params! {
            ":template": template,
            ":field": field,
            ":from": days.from,
            ":to": days.to,
        })?;
        let mut points = Vec::new();
        while let Some(row) = rows.next()? {
            let Some(value) = number(row.get_ref(5)?.as_str().unwrap_or_default()) else { continue };
            let at = row.get::<_, Micros>(1)?.0;
            let written = Moment { at, zone: row.get(2)?, offset_seconds: row.get(3)? };
            points.push(ScalePoint { entry: row.get(0)?, written, version: row.get(4)?, value });
        }
        Ok(points)
    })
}

/// An answer in digits, perhaps with a sign and a fraction. "inf" and "1e9" are words.
fn number(answer: &str) -> Option<f64> {
    let answer = answer.trim();
    let is_plain = answer.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.'));
    if is_plain { answer.parse().ok().filter(|value: &f64| value.is_finite()) } else { None }
}

pub(super) fn to_bring(private: &Slot, since: Option<Instant>) -> Result<ToBring> {
    let since = since.map_or(i64::MIN, |since| since.timestamp_micros());
    private.read(|file| {
        let marked = "FROM entry INDEXED BY entry_to_bring
                      WHERE to_bring_at IS NOT NULL AND to_bring_at >= :since AND binned_at IS NULL";
        let count: u32 = file
            .prepare_cached(&format!("SELECT count(*) {marked}"))?
            .query_row(named_params! { ":since": since }, |row| row.get(0))?;
        let mut rows: Vec<i64> = file
            .prepare_cached(&format!("SELECT row {marked} ORDER BY to_bring_at DESC, row DESC LIMIT :limit"))?
            .query_map(named_params! { ":since": since, ":limit": MOST_TO_BRING }, |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        rows.sort_unstable();
        let entries = rows.into_iter().map(|row| list::whole_at(file, row)).collect::<Result<Vec<_>>>()?;
        Ok(ToBring { entries, left_out: count.saturating_sub(MOST_TO_BRING) })
    })
}
