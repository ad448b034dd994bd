//! What looking back shows. Records that hold a person's words have no `Debug`.

use serde::Serialize;

use super::super::types::{Entry, EntrySummary};
use crate::clock::{LocalDate, Moment};
use crate::id::{EntryId, ToolId};

/// A mean and the count behind it, which is never 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, uniffi::Record)]
pub struct Mean {
    /// The sum of the values by their number.
    pub mean: f64,
    /// How many values.
    pub count: u32,
}

impl Mean {
    /// The mean of `count` values with this sum; of none there is none.
    pub(super) fn of(sum: f64, count: u32) -> Option<Self> {
        (count > 0).then(|| Self { mean: sum / f64::from(count), count })
    }
}

/// A day on which something was written.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, uniffi::Record)]
pub struct DayOfEntries {
    /// The day on the writer's calendar.
    pub day: LocalDate,
    /// How many entries.
    pub entries: u32,
    /// The mean of their moods, as far as they have one.
    pub mood: Option<Mean>,
}

/// What was written on the same day of an earlier year.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct EarlierYear {
    /// How many years before.
    pub years_ago: u32,
    /// The entries, the earliest first.
    pub entries: Vec<EntrySummary>,
}

/// The beginning and the present of one matter.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct ThenAndNow {
    /// The earliest entries.
    pub then: Span,
    /// The latest entries; nothing where there is only one entry in all.
    pub now: Option<Span>,
    /// Whole months from the first day of `then` to the last day of `now`.
    pub months_apart: u32,
    /// How many entries there are in all.
    pub count: u32,
}

/// Some entries that follow one another.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct Span {
    /// The day of the first.
    pub from: LocalDate,
    /// The day of the last.
    pub to: LocalDate,
    /// The mean of their moods, as far as they have one.
    pub mood: Option<Mean>,
    /// The entries, the earliest first.
    pub entries: Vec<EntrySummary>,
}

/// The mood of a day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, uniffi::Record)]
pub struct DayOfMood {
    /// The day on the writer's calendar.
    pub day: LocalDate,
    /// The mean, 1 to 5, and how many entries are behind it.
    pub mood: Mean,
}

/// The mood of a week.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, uniffi::Record)]
pub struct WeekOfMood {
    /// The year to which the week belongs (ISO 8601); around New Year not always that of its days.
    pub year: i32,
    /// The number of the week, 1 to 53.
    pub week: u32,
    /// Its first day.
    pub monday: LocalDate,
    /// The mean, 1 to 5, and how many entries are behind it.
    pub mood: Mean,
}

/// What stands on better and on worse days.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct Patterns {
    /// The mean over all days with a mood; nothing where there is none.
    pub days: Option<Mean>,
    /// Tags.
    pub tags: Vec<Pattern>,
    /// Feelings.
    pub emotions: Vec<Pattern>,
    /// Coping tools.
    pub tools: Vec<Pattern>,
}

/// One tag, feeling or coping tool, and the mood of the days with it and without it.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct Pattern {
    /// Its name, spelled as it was last.
    pub name: String,
    /// The mean over the days that have it, and how many these are.
    pub with: Mean,
    /// The mean over the days that do not, and how many these are.
    pub without: Mean,
}

/// How much a coping tool helped.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct ToolMean {
    /// The tool.
    pub tool: ToolId,
    /// Its name.
    pub name: String,
    /// How often it was used.
    pub uses: u32,
    /// The mean of "helped 0 to 10", and of how many uses that is known.
    pub helped: Option<Mean>,
}

/// One answer that is a number.
#[derive(Debug, Clone, PartialEq, Serialize, uniffi::Record)]
pub struct ScalePoint {
    /// In which entry.
    pub entry: EntryId,
    /// When it was written.
    pub written: Moment,
    /// To which version of the template it is an answer.
    pub version: u32,
    /// The number.
    pub value: f64,
}

/// What was marked to be brought along.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct ToBring {
    /// The entries, the earliest written first.
    pub entries: Vec<Entry>,
    /// How many more there are, marked earlier than all of these.
    pub left_out: u32,
}
