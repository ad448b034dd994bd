//! Promises of reminders.

mod appointments;
mod due;
mod kept;

use chrono_tz::Tz;

use super::calendar::{due_by, instant_of};
use super::*;
use crate::clock::LocalTime;

pub(super) fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

pub(super) fn day(text: &str) -> LocalDate {
    text.parse().expect("a date")
}

pub(super) fn time(text: &str) -> LocalTime {
    crate::clock::hours_and_minutes::parse(text).expect("a time")
}

/// What clocks in the zone show at the next times, as text.
pub(super) fn shown(zone: Tz, rule: &ReminderRule, after: &str, count: usize) -> Vec<String> {
    due_by(rule, zone, &[], at(after), count)
        .into_iter()
        .map(|(due, _)| due.with_timezone(&zone).format("%a %Y-%m-%d %H:%M %:z").to_string())
        .collect()
}

pub(super) fn weekly(date: &str, at: &str, every_weeks: u8) -> Appointment {
    Appointment {
        id: AppointmentId::from_bytes([1; 16]),
        date: day(date),
        time: time(at),
        zone: "Europe/Berlin".into(),
        minutes: Some(50),
        relationship: None,
        every_weeks: Some(every_weeks),
        last_date: None,
        exceptions: Vec::new(),
    }
}
