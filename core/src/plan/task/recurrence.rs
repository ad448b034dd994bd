//! On which days something is done that is done again and again. All by local dates: no clock and no zone comes in.

use chrono::{Datelike, Days};

use crate::clock::LocalDate;
use crate::reminders::Weekday;

use super::super::view::{Recurrence, Rhythm};

impl Recurrence {
    /// The first day on or after `from` on which it is done, if there is one in the years to 9999. However far away
    /// that is, it is reckoned and not looked for.
    pub(in super::super) fn on_or_after(&self, from: LocalDate) -> Option<LocalDate> {
        let from = from.max(self.from);
        let day = match &self.rhythm {
            Rhythm::Days { every } => {
                let past = u64::try_from((from - self.from).num_days()).ok()?;
                self.from.checked_add_days(Days::new(past.checked_next_multiple_of((*every).into())?))
            }
            Rhythm::Weeks { every, days } => self.by_weeks(from, (*every).into(), days),
            Rhythm::Months { every, day } => self.by_months(from, i32::from(*every), *day),
        }?;
        (day.year() <= 9999 && self.until.is_none_or(|until| day <= until)).then_some(day)
    }

    fn by_weeks(&self, from: LocalDate, every: u64, days: &[Weekday]) -> Option<LocalDate> {
        let first = monday(self.from)?;
        let past = u64::try_from((monday(from)? - first).num_days() / 7).ok()?;
        let ahead = past.checked_next_multiple_of(every)?;
        // The days of this week may be over: then it is the first of the next one that counts.
        [ahead, ahead + every].into_iter().find_map(|week| {
            let week = first.checked_add_days(Days::new(week * 7))?;
            week.iter_days().take(7).find(|day| *day >= from && days.contains(&Weekday::of(*day)))
        })
    }

    fn by_months(&self, from: LocalDate, every: i32, day: u8) -> Option<LocalDate> {
        let first = month(self.from);
        let past = month(from) - first;
        let ahead = past + (every - past.checked_rem(every)?) % every;
        [ahead, ahead + every].into_iter().find_map(|months| {
            let (year, month) = ((first + months).div_euclid(12), (first + months).rem_euclid(12));
            let begins = LocalDate::from_ymd_opt(year, u32::try_from(month).ok()? + 1, 1)?;
            // Where the month is shorter, its last day.
            let found = (1..=u32::from(day)).rev().find_map(|day| begins.with_day(day))?;
            (found >= from).then_some(found)
        })
    }
}

/// The Monday of a day's week.
fn monday(day: LocalDate) -> Option<LocalDate> {
    day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into()))
}

/// How many months a day's month is after the first of the year 0.
fn month(day: LocalDate) -> i32 {
    let in_year = i32::try_from(day.month0()).unwrap_or(0);
    day.year() * 12 + in_year
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tests::cases;

    fn day(text: &str) -> LocalDate {
        text.parse().expect("a day")
    }

    const WEEK: [Weekday; 7] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];

    /// Whether a day is one of them, told in another way: by walking there from the first day.
    fn walked(recurrence: &Recurrence, last: LocalDate) -> Vec<LocalDate> {
        let (mut weeks, mut months, mut found) = (0_u16, 0_u16, Vec::new());
        for (n, day) in recurrence.from.iter_days().take_while(|day| *day <= last).enumerate() {
            if n > 0 && day.weekday() == chrono::Weekday::Mon {
                weeks += 1;
            }
            if n > 0 && day.day() == 1 {
                months += 1;
            }
            let is_last_of_month = day.succ_opt().is_none_or(|next| next.day() == 1);
            let is_one = match &recurrence.rhythm {
                Rhythm::Days { every } => n % usize::from(*every) == 0,
                Rhythm::Weeks { every, days } => weeks % every == 0 && days.contains(&Weekday::of(day)),
                Rhythm::Months { every, day: wanted } => {
                    let wanted = u32::from(*wanted);
                    months % every == 0 && (day.day() == wanted || day.day() < wanted && is_last_of_month)
                }
            };
            if is_one && recurrence.until.is_none_or(|until| day <= until) {
                found.push(day);
            }
        }
        found
    }

    fn any_rhythm() -> impl Strategy<Value = Rhythm> {
        let every = || prop_oneof![1_u16..=4, 1_u16..=366];
        prop_oneof![
            every().prop_map(|every| Rhythm::Days { every }),
            (every(), proptest::sample::subsequence(WEEK.to_vec(), 1..=7))
                .prop_map(|(every, days)| Rhythm::Weeks { every, days }),
            (every(), 1_u8..=31).prop_map(|(every, day)| Rhythm::Months { every, day }),
        ]
    }

    proptest! {
        #![proptest_config(cases(300))]

        #[test]
        fn every_day_is_found_that_one_meets_by_walking(
            rhythm in any_rhythm(),
            begins in 0_u64..40_000,
            lasts in proptest::option::of(0_u64..1_500),
        ) {
            let from = day("1950-01-01") + Days::new(begins);
            let until = lasts.map(|days| from + Days::new(days));
            let recurrence = Recurrence { from, rhythm, until };
            prop_assert!(recurrence.is_sound());
            let last = from + Days::new(1_500);
            let mut reckoned = Vec::new();
            let mut next = recurrence.on_or_after(LocalDate::MIN);
            while let Some(found) = next.filter(|found| *found <= last) {
                reckoned.push(found);
                next = recurrence.on_or_after(found + Days::new(1));
            }
            prop_assert_eq!(reckoned, walked(&recurrence, last));
        }

        #[test]
        fn from_wherever_one_looks_it_is_the_first_of_those_that_are_left(
            rhythm in any_rhythm(),
            looked in 0_u64..800,
        ) {
            let recurrence = Recurrence { from: day("2026-01-31"), rhythm, until: None };
            let from = day("2025-12-01") + Days::new(looked);
            let walked = walked(&recurrence, day("2030-01-01"));
            let wanted = walked.into_iter().find(|day| *day >= from);
            let found = recurrence.on_or_after(from);
            prop_assert!(found == wanted || (wanted.is_none() && found > Some(day("2030-01-01"))));
        }
    }

    #[test]
    fn in_a_short_month_it_is_the_last_day() {
        let monthly =
            Recurrence { from: day("2026-01-31"), rhythm: Rhythm::Months { every: 1, day: 31 }, until: None };
        assert_eq!(monthly.on_or_after(day("2026-02-01")), Some(day("2026-02-28")));
        assert_eq!(monthly.on_or_after(day("2026-03-01")), Some(day("2026-03-31")));
        assert_eq!(monthly.on_or_after(day("2028-02-01")), Some(day("2028-02-29")));
    }

    #[test]
    fn every_second_week_counts_from_the_monday_of_the_first() {
        // The 3rd of May 2026 is a Sunday: the first week is all but over.
        let rhythm = Rhythm::Weeks { every: 2, days: vec![Weekday::Monday, Weekday::Thursday] };
        let recurrence = Recurrence { from: day("2026-05-03"), rhythm, until: None };
        assert_eq!(recurrence.on_or_after(day("2026-05-03")), Some(day("2026-05-11")));
        assert_eq!(recurrence.on_or_after(day("2026-05-12")), Some(day("2026-05-14")));
        assert_eq!(recurrence.on_or_after(day("2026-05-15")), Some(day("2026-05-25")));
    }

    #[test]
    fn at_the_end_of_all_years_there_is_none_left() {
        for rhythm in [
            Rhythm::Days { every: 366 },
            Rhythm::Weeks { every: 366, days: vec![Weekday::Monday] },
            Rhythm::Months { every: 366, day: 31 },
        ] {
            let recurrence = Recurrence { from: day("9999-12-31"), rhythm, until: None };
            let after = recurrence.on_or_after(day("9999-12-31"));
            assert!(after.is_none_or(|found| found == day("9999-12-31")));
            assert_eq!(recurrence.on_or_after(LocalDate::MAX), None);
        }
        let first = Recurrence { from: day("0001-01-01"), rhythm: Rhythm::Days { every: 1 }, until: None };
        assert_eq!(first.on_or_after(LocalDate::MIN), Some(day("0001-01-01")));
    }
}
