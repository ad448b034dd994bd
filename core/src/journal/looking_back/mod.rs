//! Looking back: what was written, when, and how the days were, as plain numbers and records that a chart
//! or a page can show as they are.
//!
//! Nothing here says what a number means. A mean comes with the count behind it, and days are those of the
//! writer's calendar: they never pass through an instant, so that neither a journey nor a change of the
//! clocks moves an entry to another day. What is in the bin does not count.

mod answers;
mod days;
mod mood;
mod patterns;
mod records;
mod then_and_now;

pub use records::{
    DayOfEntries, DayOfMood, EarlierYear, Mean, Pattern, Patterns, ScalePoint, Span, ThenAndNow, ToBring,
    ToolMean, WeekOfMood,
};

use chrono::{Datelike, TimeDelta};

use super::types::{EntryFilter, EntrySummary};
use super::{Journal, filter};
use crate::Result;
use crate::clock::{Instant, LocalDate};

#[uniffi::export]
impl Journal {
    /// The days from `from` to `to` (both included) on which something was written, the earliest first.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn days_with_entries(&self, from: LocalDate, to: LocalDate) -> Result<Vec<DayOfEntries>> {
        days::with_entries(&self.private, &Days::of(Some(from), Some(to)))
    }

    /// What was written on the same day of earlier years, the latest year first; years in which nothing was
    /// written are left out. In a year that has no 29 February, what was written on one comes on the
    /// 28th, so that it comes every year and never twice. At most 500 entries.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn on_this_day(&self, day: LocalDate) -> Result<Vec<EarlierYear>> {
        days::on_this_day(&self.private, day)
    }

    /// The earliest and the latest entries that a filter lets through, for a tag or a goal for example, up to
    /// `each` (1 to 50) on either side and none on both. Nothing where the filter lets nothing through.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for `each` or a filter that cannot be, [`crate::Error::Locked`].
    #[uniffi::method(default(each = 3, filter))]
    pub fn then_and_now(&self, filter: EntryFilter, each: u32) -> Result<Option<ThenAndNow>> {
        then_and_now::then_and_now(&self.private, &filter, each)
    }

    /// The mean mood of each day on which the filtered entries have one, the earliest first: the sum of the
    /// moods of that day's entries by their number.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a filter that cannot be, [`crate::Error::Locked`].
    #[uniffi::method(default(filter))]
    pub fn mood_by_day(&self, filter: EntryFilter) -> Result<Vec<DayOfMood>> {
        mood::by_day(&self.private, &filter)
    }

    /// The mean mood of each week (ISO 8601: from Monday to Sunday) in which the filtered entries have one, the
    /// earliest first: the sum of the moods of all entries of that week by their number, so that a day with
    /// three entries weighs three times as much as one with one.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a filter that cannot be, [`crate::Error::Locked`].
    #[uniffi::method(default(filter))]
    pub fn mood_by_week(&self, filter: EntryFilter) -> Result<Vec<WeekOfMood>> {
        mood::by_week(&self.private, &filter)
    }

    /// Which tags, feelings and coping tools stand on better and on worse days, between two days (both
    /// included) or in all.
    ///
    /// Only days with a mood count, and the mood of a day is the mean of its entries' moods. A day *has* a tag
    /// or a feeling if one of its entries has it, and a coping tool if it was used on it. Each comes with the
    /// mean over the days that have it and the mean over those that do not, if there are at least `minimum`
    /// of both. That says nothing about what causes what. Within each list, what stands on the better days
    /// comes first: by the difference of the two means, then by name.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    #[uniffi::method(default(from = None, to = None, minimum = 5))]
    pub fn patterns(&self, from: Option<LocalDate>, to: Option<LocalDate>, minimum: u32) -> Result<Patterns> {
        patterns::patterns(&self.private, &Days::of(from, to), minimum)
    }

    /// How much each coping tool helped, between two days (both included) or in all: the sum of "helped 0 to
    /// 10" by the number of uses of which that is known. Those used most come first.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    #[uniffi::method(default(from = None, to = None))]
    pub fn tool_means(&self, from: Option<LocalDate>, to: Option<LocalDate>) -> Result<Vec<ToolMean>> {
        patterns::tool_means(&self.private, &Days::of(from, to))
    }

    /// The small wins of the month in which `day` lies, the earliest first.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn small_wins(&self, day: LocalDate) -> Result<Vec<EntrySummary>> {
        answers::small_wins(&self.private, day)
    }

    /// The answers to one field of a template over time, the earliest first, as far as they are numbers. They
    /// come from every version of the template, and each says from which.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    #[uniffi::method(default(from = None, to = None))]
    pub fn scale_over_time(
        &self,
        template: String,
        field: String,
        from: Option<LocalDate>,
        to: Option<LocalDate>,
    ) -> Result<Vec<ScalePoint>> {
        answers::scale_over_time(&self.private, &template, &field, &Days::of(from, to))
    }

    /// What was marked to be brought along since an instant, such as the last appointment, or ever: whole
    /// entries, the earliest written first, so that they can be printed. At most 200, those marked last.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    #[uniffi::method(default(since = None))]
    pub fn to_bring(&self, since: Option<Instant>) -> Result<ToBring> {
        answers::to_bring(&self.private, since)
    }
}

/// Days from one to another, both included, as the files count them.
struct Days {
    from: i64,
    to: i64,
}

impl Days {
    fn of(from: Option<LocalDate>, to: Option<LocalDate>) -> Self {
        Self { from: from.map_or(i64::MIN, filter::day_number), to: to.map_or(i64::MAX, filter::day_number) }
    }
}

/// The day that the files count so. All that can lie in a file is on the calendar.
fn day_of(number: i64) -> LocalDate {
    TimeDelta::try_days(number)
        .and_then(|days| LocalDate::default().checked_add_signed(days))
        .unwrap_or_default()
}

/// The first and the last day of the month in which a day lies.
fn month_of(day: LocalDate) -> (LocalDate, LocalDate) {
    let first = day.with_day(1).unwrap_or(day);
    let last = (28..=31).rev().find_map(|number| first.with_day(number)).unwrap_or(day);
    (first, last)
}
