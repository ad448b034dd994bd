//! From clocks on the wall to instants and back: when appointments are and when rules are due. Nothing here
//! reads a file, and nothing looks further than it must: every list is asked for with its length.

use std::cmp::Ordering;

use chrono::{Datelike, Days, TimeDelta, TimeZone};
use chrono_tz::Tz;

use super::types::{Appointment, MovedTo, Occurrence, ReminderRule, Weekday};
use crate::clock::{Instant, LocalDate, LocalTime, Moment};
use crate::id::{AppointmentId, RelationshipId};

/// How far ahead rules of the calendar are looked at, in days: three years.
const FURTHEST: u64 = 1100;

/// No clock was ever put forward by more than a day (Samoa and Tokelau, at the end of 2011).
const LONGEST_GAP: i64 = 2 * 24 * 60;

/// The instant at which a clock in the zone shows this. What it shows twice, when clocks are put back, is
/// the first; what it never shows, when they are put forward, is the first minute it shows after that.
pub(super) fn instant_of(zone: Tz, date: LocalDate, time: LocalTime) -> Option<Instant> {
    let shown = date.and_time(time);
    (0..=LONGEST_GAP).find_map(|minutes| {
        let shown = shown.checked_add_signed(TimeDelta::minutes(minutes))?;
        zone.from_local_datetime(&shown).earliest().map(|found| found.to_utc())
    })
}

/// The instant on a day of the calendar; nothing on a day that the zone never had.
fn on_day(zone: Tz, date: LocalDate, time: LocalTime) -> Option<Instant> {
    let first = instant_of(zone, date, LocalTime::MIN)?;
    if local_date(zone, first) == date { instant_of(zone, date, time) } else { None }
}

fn local_date(zone: Tz, at: Instant) -> LocalDate {
    at.with_timezone(&zone).date_naive()
}

/// The next times at which a rule is due after an instant, at most `count`, soonest first, each with the
/// appointment it is about.
pub(super) fn due_by(
    rule: &ReminderRule,
    zone: Tz,
    appointments: &[Appointment],
    after: Instant,
    count: usize,
) -> Vec<(Instant, Option<AppointmentId>)> {
    match rule {
        ReminderRule::Daily { at } => days_from(zone, after, *at, count, |_| true),
        ReminderRule::Weekdays { days, at } => {
            days_from(zone, after, *at, count, |date| days.contains(&Weekday::of(date)))
        }
        ReminderRule::Monthly { day, at } => {
            days_from(zone, after, *at, count, |date| falls_on(date, u32::from(*day)))
        }
        ReminderRule::Once { on, at } => instant_of(zone, *on, *at)
            .filter(|due| *due > after && count > 0)
            .map(|due| (due, None))
            .into_iter()
            .collect(),
        ReminderRule::AfterAppointment { days, at, relationship } => {
            let days = u64::from(*days);
            // Dates of two zones can be apart by two days, and after a gap a time comes a day late.
            let early = days + 4;
            let Some(from) = after.checked_sub_days(Days::new(early)) else { return Vec::new() };
            let begun = coming(appointments, *relationship, from, count + early as usize);
            let due = begun.filter_map(|one| {
                let date = one.begins.local_date().checked_add_days(Days::new(days))?;
                let due = instant_of(zone, date, *at)?;
                (due > after && due > one.begins.at).then_some((due, Some(one.appointment)))
            });
            soonest(count, due)
        }
        ReminderRule::BeforeAppointment { hours, relationship } => {
            let before = TimeDelta::hours((*hours).into());
            let Some(from) = after.checked_add_signed(before) else { return Vec::new() };
            let coming = coming(appointments, *relationship, from, count);
            soonest(count, coming.map(|one| (one.begins.at - before, Some(one.appointment))))
        }
    }
}

/// Every day that `fits`, at a time of day.
fn days_from(
    zone: Tz,
    after: Instant,
    at: LocalTime,
    count: usize,
    fits: impl Fn(LocalDate) -> bool,
) -> Vec<(Instant, Option<AppointmentId>)> {
    // What was due late yesterday may come after a gap today.
    let Some(first) = local_date(zone, after).checked_sub_days(Days::new(2)) else { return Vec::new() };
    soonest(
        count,
        (0..FURTHEST)
            .map_while(|day| first.checked_add_days(Days::new(day)))
            .filter(|date| fits(*date))
            .filter_map(|date| on_day(zone, date, at))
            .filter(|due| *due > after)
            .take(count)
            .map(|due| (due, None)),
    )
}

fn falls_on(date: LocalDate, day: u32) -> bool {
    date.day() == day || date.day() < day && date.succ_opt().is_none_or(|next| next.day() == 1)
}

/// In order, each instant once.
fn soonest(
    count: usize,
    due: impl Iterator<Item = (Instant, Option<AppointmentId>)>,
) -> Vec<(Instant, Option<AppointmentId>)> {
    let mut due: Vec<_> = due.collect();
    due.sort_unstable();
    due.dedup_by_key(|(at, _)| *at);
    due.truncate(count);
    due
}

/// The next of all these appointments that begin after an instant, soonest first.
pub(super) fn upcoming_of(
    appointments: &[Appointment],
    relationship: Option<RelationshipId>,
    after: Instant,
    count: usize,
) -> Vec<Occurrence> {
    let mut coming: Vec<_> = coming(appointments, relationship, after, count).collect();
    coming.sort_by(by_time);
    coming.truncate(count);
    coming
}

/// At least the next `count` of each, where there are so many.
fn coming(
    appointments: &[Appointment],
    relationship: Option<RelationshipId>,
    after: Instant,
    count: usize,
) -> impl Iterator<Item = Occurrence> {
    appointments
        .iter()
        .filter(move |one| relationship.is_none() || one.relationship == relationship)
        // Of those that were moved, many may fall together.
        .flat_map(move |one| one.upcoming(after, count + one.exceptions.len()))
}

/// The last of all these appointments that began before an instant.
pub(super) fn last_of(
    appointments: &[Appointment],
    relationship: Option<RelationshipId>,
    before: Instant,
) -> Option<Occurrence> {
    appointments
        .iter()
        .filter(|one| relationship.is_none() || one.relationship == relationship)
        .filter_map(|one| one.last(before))
        .max_by(by_time)
}

fn by_time(one: &Occurrence, other: &Occurrence) -> Ordering {
    (one.begins.at, one.appointment, one.planned).cmp(&(other.begins.at, other.appointment, other.planned))
}

impl Appointment {
    /// Whether one was planned for this day.
    pub(super) fn is_planned_on(&self, date: LocalDate) -> bool {
        let days = (date - self.date).num_days();
        days >= 0 && days % self.step() == 0 && self.has_number(days / self.step())
    }

    fn upcoming(&self, after: Instant, count: usize) -> Vec<Occurrence> {
        let first = self.number_near(after, -2).max(0);
        let mut coming: Vec<_> = (first..)
            .take_while(|number| self.has_number(*number))
            .take(count + self.exceptions.len() + 4)
            .filter_map(|number| self.as_planned(number))
            .filter(|one| one.begins.at > after)
            .take(count)
            .chain(self.moved().filter(|one| one.begins.at > after))
            .collect();
        coming.sort_by(by_time);
        coming.truncate(count);
        coming
    }

    fn last(&self, before: Instant) -> Option<Occurrence> {
        let mut number = self.number_near(before, 2).min(self.last_number());
        let mut planned = None;
        for _ in 0..self.exceptions.len() + 5 {
            planned = self.as_planned(number).filter(|one| one.begins.at < before);
            if planned.is_some() || number <= 0 {
                break;
            }
            number -= 1;
        }
        self.moved().filter(|one| one.begins.at < before).chain(planned).max_by(by_time)
    }

    /// Days between two of a rhythm. One that is no rhythm has none but its first.
    fn step(&self) -> i64 {
        i64::from(self.every_weeks.unwrap_or(1)) * 7
    }

    /// The number of the last one, counted from 0.
    fn last_number(&self) -> i64 {
        match (self.every_weeks, self.last_date) {
            (None, _) => 0,
            (Some(_), None) => (LocalDate::MAX - self.date).num_days() / self.step(),
            (Some(_), Some(last)) => (last - self.date).num_days().div_euclid(self.step()),
        }
    }

    fn has_number(&self, number: i64) -> bool {
        (0..=self.last_number()).contains(&number)
    }

    /// The number of the one around an instant, some days earlier or later.
    fn number_near(&self, at: Instant, days: i64) -> i64 {
        ((at.date_naive() - self.date).num_days() + days).div_euclid(self.step())
    }

    /// The one of this number, unless it was moved or cancelled.
    fn as_planned(&self, number: i64) -> Option<Occurrence> {
        if !self.has_number(number) {
            return None;
        }
        let date = self.date.checked_add_signed(TimeDelta::try_days(number.checked_mul(self.step())?)?)?;
        if self.exceptions.iter().any(|exception| exception.planned == date) {
            return None;
        }
        self.occurrence(date, MovedTo { date, time: self.time }, false)
    }

    fn moved(&self) -> impl Iterator<Item = Occurrence> + '_ {
        self.exceptions
            .iter()
            .filter_map(|exception| self.occurrence(exception.planned, exception.moved_to?, true))
    }

    fn occurrence(&self, planned: LocalDate, when: MovedTo, moved: bool) -> Option<Occurrence> {
        // A zone that this build does not know any more is better taken for UTC than for nothing at all.
        let zone = self.zone.parse().unwrap_or(Tz::UTC);
        Some(Occurrence {
            appointment: self.id,
            planned,
            begins: Moment::in_zone(instant_of(zone, when.date, when.time)?, zone),
            minutes: self.minutes,
            relationship: self.relationship,
            moved,
        })
    }
}
