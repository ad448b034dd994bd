//! When rules are due.

use chrono::{Days, TimeDelta};
use proptest::prelude::*;

use super::*;
use crate::tests::cases;

#[test]
fn every_evening_is_at_the_same_time_on_the_wall_when_clocks_change() {
    let rule = ReminderRule::Daily { at: time("20:30") };
    assert_eq!(
        shown(Tz::Europe__Berlin, &rule, "2026-03-27T19:30:00Z", 3),
        ["Sat 2026-03-28 20:30 +01:00", "Sun 2026-03-29 20:30 +02:00", "Mon 2026-03-30 20:30 +02:00"]
    );
}

#[test]
fn a_time_that_clocks_skip_comes_right_after_and_one_shown_twice_comes_once() {
    let rule = ReminderRule::Daily { at: time("02:30") };
    assert_eq!(
        shown(Tz::Europe__Berlin, &rule, "2026-03-28T12:00:00Z", 2),
        ["Sun 2026-03-29 03:00 +02:00", "Mon 2026-03-30 02:30 +02:00"]
    );
    assert_eq!(
        shown(Tz::Europe__Berlin, &rule, "2026-10-24T12:00:00Z", 2),
        ["Sun 2026-10-25 02:30 +02:00", "Mon 2026-10-26 02:30 +01:00"]
    );
    assert_eq!(
        shown(Tz::Europe__Berlin, &rule, "2026-10-25T00:30:00Z", 1),
        ["Mon 2026-10-26 02:30 +01:00"],
        "not again an hour later"
    );
    // Half an hour in Lord Howe; midnight itself in São Paulo, before 2019.
    let rule = ReminderRule::Daily { at: time("02:15") };
    assert_eq!(
        shown(Tz::Australia__Lord_Howe, &rule, "2026-10-03T10:00:00Z", 1),
        ["Sun 2026-10-04 02:30 +11:00"]
    );
    let rule = ReminderRule::Daily { at: time("00:00") };
    assert_eq!(
        shown(Tz::America__Sao_Paulo, &rule, "2018-11-03T10:00:00Z", 1),
        ["Sun 2018-11-04 01:00 -02:00"]
    );
}

#[test]
fn a_day_that_a_zone_never_had_reminds_of_nothing() {
    let rule = ReminderRule::Daily { at: time("20:30") };
    assert_eq!(
        shown(Tz::Pacific__Apia, &rule, "2011-12-29T12:00:00Z", 2),
        ["Thu 2011-12-29 20:30 -10:00", "Sat 2011-12-31 20:30 +14:00"]
    );
    let appointment = instant_of(Tz::Pacific__Apia, day("2011-12-30"), time("10:00")).unwrap();
    assert_eq!(
        appointment,
        at("2011-12-30T10:00:00Z"),
        "what was fixed for that day is the first minute after"
    );
}

#[test]
fn weekdays_months_and_once_are_what_they_say() {
    let rule = ReminderRule::Weekdays { days: vec![Weekday::Monday, Weekday::Wednesday], at: time("20:30") };
    assert_eq!(
        shown(Tz::UTC, &rule, "2026-05-04T20:30:00Z", 3),
        ["Wed 2026-05-06 20:30 +00:00", "Mon 2026-05-11 20:30 +00:00", "Wed 2026-05-13 20:30 +00:00"]
    );
    let rule = ReminderRule::Monthly { day: 31, at: time("09:00") };
    assert_eq!(
        shown(Tz::UTC, &rule, "2028-01-31T09:00:00Z", 3),
        ["Tue 2028-02-29 09:00 +00:00", "Fri 2028-03-31 09:00 +00:00", "Sun 2028-04-30 09:00 +00:00"]
    );
    let rule = ReminderRule::Once { on: day("2031-06-01"), at: time("18:00") };
    assert_eq!(shown(Tz::UTC, &rule, "2026-05-04T00:00:00Z", 3), ["Sun 2031-06-01 18:00 +00:00"]);
    assert!(shown(Tz::UTC, &rule, "2031-06-01T18:00:00Z", 3).is_empty(), "it is over");
}

#[test]
fn two_days_after_an_appointment_and_a_day_before() {
    // Every second Tuesday at six, in Berlin; the second is moved to Friday, the third cancelled.
    let mut rhythm = weekly("2026-05-05", "18:00", 2);
    rhythm.exceptions = vec![
        AppointmentException {
            planned: day("2026-05-19"),
            moved_to: Some(MovedTo { date: day("2026-05-22"), time: time("10:00") }),
        },
        AppointmentException { planned: day("2026-06-02"), moved_to: None },
    ];
    let rhythm = [rhythm];
    let after = ReminderRule::AfterAppointment { days: 2, at: time("18:00"), relationship: None };
    let due = |rule: &ReminderRule, zone, from: &str| -> Vec<Instant> {
        due_by(rule, zone, &rhythm, at(from), 3).into_iter().map(|(due, _)| due).collect()
    };
    assert_eq!(
        due(&after, Tz::Europe__Berlin, "2026-05-07T15:59:59Z"),
        [at("2026-05-07T16:00:00Z"), at("2026-05-24T16:00:00Z"), at("2026-06-18T16:00:00Z")]
    );
    assert_eq!(
        due(&after, Tz::America__New_York, "2026-05-07T16:00:00Z")[0],
        at("2026-05-07T22:00:00Z"),
        "on a journey it is six there"
    );
    let before = ReminderRule::BeforeAppointment { hours: 24, relationship: None };
    assert_eq!(
        due(&before, Tz::Europe__Berlin, "2026-05-04T16:00:00Z"),
        [at("2026-05-21T08:00:00Z"), at("2026-06-15T16:00:00Z"), at("2026-06-29T16:00:00Z")]
    );
    let same_day = ReminderRule::AfterAppointment { days: 0, at: time("12:00"), relationship: None };
    assert_eq!(
        due(&same_day, Tz::Europe__Berlin, "2026-05-01T00:00:00Z"),
        [at("2026-05-22T10:00:00Z")],
        "never before the appointment itself"
    );
    let other = ReminderRule::BeforeAppointment {
        hours: 24,
        relationship: Some(RelationshipId::from_bytes([3; 16])),
    };
    assert!(due(&other, Tz::Europe__Berlin, "2026-05-04T16:00:00Z").is_empty());
}

/// Zones and days on which something happened to their clocks.
const CHANGES: [(Tz, &str); 12] = [
    (Tz::Europe__Berlin, "2026-03-29"),
    (Tz::Europe__Berlin, "2026-10-25"),
    (Tz::Europe__Berlin, "1980-04-06"),
    (Tz::America__New_York, "2026-03-08"),
    (Tz::America__New_York, "2026-11-01"),
    (Tz::Australia__Lord_Howe, "2026-04-05"),
    (Tz::Australia__Lord_Howe, "2026-10-04"),
    (Tz::Pacific__Apia, "2011-12-30"),
    (Tz::America__Sao_Paulo, "2018-11-04"),
    (Tz::America__Scoresbysund, "2025-03-30"),
    (Tz::Asia__Pyongyang, "2018-05-04"),
    (Tz::UTC, "2024-02-29"),
];

/// Watches a clock minute by minute, and notes whenever it comes to show, or passes over, a time that fits.
fn watched(
    zone: Tz,
    after: Instant,
    days: i64,
    fits: impl Fn(LocalDate) -> bool,
    time: LocalTime,
) -> Vec<Instant> {
    let shows = |at: Instant| at.with_timezone(&zone).naive_local();
    let mut minute = after - TimeDelta::days(4);
    let mut shown = shows(minute);
    let mut due = Vec::new();
    while minute <= after + TimeDelta::days(days) {
        minute += TimeDelta::minutes(1);
        let shows = shows(minute);
        if shows <= shown {
            continue;
        }
        let mut date = shown.date();
        while date <= shows.date() {
            let wanted = date.and_time(time);
            let had_the_day = date == shown.date() || date == shows.date();
            if wanted > shown && wanted <= shows && had_the_day && fits(date) && minute > after {
                due.push(minute);
            }
            date = date + Days::new(1);
        }
        shown = shows;
    }
    due.dedup();
    due
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn what_is_computed_is_what_a_watched_clock_shows(
        change in 0..CHANGES.len(),
        minutes in -8 * 1440..8 * 1440_i64,
        near_night in 0..300_u32,
        at_night: bool,
        minute_of_day in 0..1440_u32,
        kind in 0..3_u8,
        mask in 1..128_u8,
        month_day in 1..32_u8,
    ) {
        let (zone, day_of_change) = CHANGES[change];
        let minute_of_day = if at_night { near_night } else { minute_of_day };
        let time = LocalTime::from_num_seconds_from_midnight_opt(minute_of_day * 60, 0).unwrap();
        let after = day(day_of_change).and_time(LocalTime::MIN).and_utc() + TimeDelta::minutes(minutes);
        let all = [
            Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday,
            Weekday::Saturday, Weekday::Sunday,
        ];
        let days: Vec<_> = (0..7).filter(|bit| mask & (1 << bit) != 0).map(|bit| all[bit as usize]).collect();
        let rule = match kind {
            0 => ReminderRule::Daily { at: time },
            1 => ReminderRule::Weekdays { days: days.clone(), at: time },
            _ => ReminderRule::Monthly { day: month_day, at: time },
        };
        let fits = |date: LocalDate| match kind {
            0 => true,
            1 => days.contains(&Weekday::of(date)),
            _ => {
                use chrono::Datelike as _;
                let last = date.num_days_in_month();
                date.day() == u32::from(month_day.min(last))
            }
        };
        let expected = watched(zone, after, 16, fits, time);
        let computed: Vec<_> =
            due_by(&rule, zone, &[], after, expected.len() + 1).into_iter().map(|(due, _)| due).collect();
        prop_assert_eq!(&computed[..expected.len()], &expected[..], "{} {:?}", zone, rule);
        prop_assert!(computed.iter().skip(expected.len()).all(|due| *due > after + TimeDelta::days(16)));
    }
}
