//! When appointments are.

use chrono::Days;
use proptest::prelude::*;

use super::super::calendar::{last_of, upcoming_of};
use super::*;
use crate::tests::cases;

fn begins(found: &[Occurrence]) -> Vec<Instant> {
    found.iter().map(|one| one.begins.at).collect()
}

#[test]
fn a_rhythm_keeps_its_time_on_the_wall_of_its_zone() {
    let rhythm = [weekly("2026-03-19", "17:00", 1)];
    let next = upcoming_of(&rhythm, None, at("2026-03-19T16:00:00Z"), 2);
    assert_eq!(begins(&next), [at("2026-03-26T16:00:00Z"), at("2026-04-02T15:00:00Z")]);
    assert_eq!(next[1].begins.zone, "Europe/Berlin");
    assert_eq!(next[1].begins.offset_seconds, 7200);
    assert_eq!(last_of(&rhythm, None, at("2026-03-19T16:00:00Z")), None, "it is just beginning");
    let last = last_of(&rhythm, None, at("2026-03-19T16:00:01Z")).unwrap();
    assert_eq!(last.planned, day("2026-03-19"));
}

#[test]
fn the_last_one_is_the_last_that_took_place() {
    let mut rhythm = weekly("2026-01-05", "10:00", 1);
    rhythm.last_date = Some(day("2026-02-05"));
    rhythm.exceptions = vec![
        AppointmentException {
            planned: day("2026-01-12"),
            moved_to: Some(MovedTo { date: day("2026-03-02"), time: time("10:00") }),
        },
        AppointmentException { planned: day("2026-01-26"), moved_to: None },
        AppointmentException { planned: day("2026-02-02"), moved_to: None },
    ];
    let rhythm = [rhythm];
    let last = |before| last_of(&rhythm, None, at(before)).map(|one| (one.planned, one.moved));
    assert_eq!(last("2026-02-20T00:00:00Z"), Some((day("2026-01-19"), false)));
    assert_eq!(last("2032-01-01T00:00:00Z"), Some((day("2026-01-12"), true)));
    assert!(upcoming_of(&rhythm, None, at("2026-03-02T09:00:00Z"), 5).is_empty(), "it has ended");
}

/// What was planned, one after the other, each looked up among the exceptions.
fn written_out(rhythm: &Appointment, until: LocalDate) -> Vec<Instant> {
    let zone: Tz = rhythm.zone.parse().unwrap();
    let mut all = Vec::new();
    let mut planned = rhythm.date;
    while planned <= until.min(rhythm.last_date.unwrap_or(until)) {
        let when = match rhythm.exceptions.iter().find(|exception| exception.planned == planned) {
            Some(exception) => exception.moved_to,
            None => Some(MovedTo { date: planned, time: rhythm.time }),
        };
        all.extend(when.and_then(|when| instant_of(zone, when.date, when.time)));
        match rhythm.every_weeks {
            Some(weeks) => planned = planned + Days::new(u64::from(weeks) * 7),
            None => break,
        }
    }
    all.sort();
    all
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn next_and_last_are_those_of_a_list_written_out(
        weeks in proptest::option::of(1..6_u8),
        ends_after in proptest::option::of(0..900_u64),
        looked_at in -100..1500_i64,
        minute in 0..1440_i64,
        count in 1..12_usize,
        exceptions in proptest::collection::btree_map(0..120_u64, proptest::option::of(-40..40_i64), 0..30),
        zone in 0..3_usize,
    ) {
        let mut rhythm = weekly("2025-06-03", "01:30", weeks.unwrap_or(1));
        rhythm.every_weeks = weeks;
        rhythm.zone = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"][zone].into();
        rhythm.last_date = weeks.and(ends_after).map(|days| rhythm.date + Days::new(days));
        let step = u64::from(weeks.unwrap_or(1)) * 7;
        for (number, moved_by) in exceptions {
            let planned = rhythm.date + Days::new(number * step);
            if rhythm.is_planned_on(planned) {
                let moved_to = moved_by.map(|days| MovedTo {
                    date: planned + chrono::TimeDelta::days(days),
                    time: time("14:45"),
                });
                rhythm.exceptions.push(AppointmentException { planned, moved_to });
            }
        }
        let from = rhythm.date.and_time(LocalTime::MIN).and_utc()
            + chrono::TimeDelta::days(looked_at)
            + chrono::TimeDelta::minutes(minute);
        let all = written_out(&rhythm, rhythm.date + Days::new(4000));
        let expected: Vec<_> = all.iter().copied().filter(|one| *one > from).take(count).collect();
        let last = all.iter().copied().rfind(|one| *one < from);
        let rhythm = [rhythm];
        prop_assert_eq!(begins(&upcoming_of(&rhythm, None, from, count)), expected);
        prop_assert_eq!(last_of(&rhythm, None, from).map(|one| one.begins.at), last);
    }
}
