//! What stands on better and on worse days: counts and means, and nothing about causes.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, named_params};

use super::mood::sums_of_days;
use super::{Days, Mean, Pattern, Patterns, ToolMean};
use crate::Result;
use crate::id::ToolId;
use crate::store::Slot;

pub(super) fn patterns(private: &Slot, days: &Days, minimum: u32) -> Result<Patterns> {
    private.read(|file| {
        let moods: BTreeMap<i64, f64> = sums_of_days(file, days)?
            .into_iter()
            .filter_map(|(day, (sum, count))| Some((day, Mean::of(sum as f64, count)?.mean)))
            .collect();
        let read = |sql| read_marks(file, sql, days).map(|marks| compare(&moods, &marks, minimum));
        Ok(Patterns {
            days: mean_of(moods.values().copied()),
            tags: read(
                "SELECT key, tag, day
                 FROM entry INDEXED BY entry_on_day CROSS JOIN entry_tag ON entry_tag.row = entry.row
                 WHERE binned_at IS NULL AND day BETWEEN :from AND :to
                 ORDER BY day, entry.row",
            )?,
            emotions: read(
                "SELECT key, name, day
                 FROM entry INDEXED BY entry_on_day CROSS JOIN entry_emotion ON entry_emotion.row = entry.row
                 WHERE binned_at IS NULL AND day BETWEEN :from AND :to
                 ORDER BY day, entry.row",
            )?,
            tools: read(
                "SELECT hex(coping_tool.id), coping_tool.name, tool_use.day
                 FROM tool_use JOIN coping_tool ON coping_tool.id = tool_use.tool
                 WHERE tool_use.day BETWEEN :from AND :to
                 ORDER BY tool_use.day, tool_use.used_at",
            )?,
        })
    })
}

/// A tag, a feeling or a tool: its name as it was spelled last, and the days that have it.
#[derive(Default)]
struct Mark {
    name: String,
    days: BTreeSet<i64>,
}

/// Each mark by its key, from rows of key, name and day, the last one last.
fn read_marks(file: &Connection, sql: &str, days: &Days) -> Result<BTreeMap<String, Mark>> {
    let mut marks: BTreeMap<String, Mark> = BTreeMap::new();
    let mut statement = file.prepare_cached(sql)?;
    let mut rows = statement.query(named_params! { ":from": days.from, ":to": days.to })?;
    while let Some(row) = rows.next()? {
        let mark = marks.entry(row.get(0)?).or_default();
        mark.name = row.get(1)?;
        mark.days.insert(row.get(2)?);
    }
    Ok(marks)
}

fn compare(moods: &BTreeMap<i64, f64>, marks: &BTreeMap<String, Mark>, minimum: u32) -> Vec<Pattern> {
    let mut patterns: Vec<Pattern> = marks
        .values()
        .filter_map(|mark| {
            let (with, without): (Vec<_>, Vec<_>) =
                moods.iter().partition(|(day, _)| mark.days.contains(day));
            let with = mean_of(with.into_iter().map(|(_, mood)| *mood))?;
            let without = mean_of(without.into_iter().map(|(_, mood)| *mood))?;
            let is_enough = with.count >= minimum && without.count >= minimum;
            is_enough.then(|| Pattern { name: mark.name.clone(), with, without })
        })
        .collect();
    let difference = |pattern: &Pattern| pattern.with.mean - pattern.without.mean;
    patterns.sort_by(|a, b| difference(b).total_cmp(&difference(a)).then_with(|| a.name.cmp(&b.name)));
    patterns
}

fn mean_of(values: impl Iterator<Item = f64>) -> Option<Mean> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    Mean::of(sum, count)
}

pub(super) fn tool_means(private: &Slot, days: &Days) -> Result<Vec<ToolMean>> {
    private.read(|file| {
        Ok(file
            .prepare_cached(
                "SELECT coping_tool.id, name, count(*), count(helped), coalesce(sum(helped), 0)
                 FROM tool_use JOIN coping_tool ON coping_tool.id = tool_use.tool
                 WHERE tool_use.day BETWEEN :from AND :to
                 GROUP BY coping_tool.id
                 ORDER BY count(*) DESC, name",
            )?
            .query_map(named_params! { ":from": days.from, ":to": days.to }, |row| {
                let tool: ToolId = row.get(0)?;
                let helped = Mean::of(row.get(4)?, row.get(3)?);
                Ok(ToolMean { tool, name: row.get(1)?, uses: row.get(2)?, helped })
            })?
            .collect::<rusqlite::Result<_>>()?)
    })
}
