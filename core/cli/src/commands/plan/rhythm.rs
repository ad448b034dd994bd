//! How often a task is done: from the command line, and in words.

use chrono::{Datelike, Local};
use common_ground::clock::LocalDate;
use common_ground::plan::{Recurrence, Rhythm};
use common_ground::reminders::Weekday;

use crate::args::{RepeatArgs, Unit, weekday};
use crate::commands::reminding::weekday as weekday_name;
use crate::desk::Desk;
use crate::failure::{Exit, Failure};
use crate::words::{Words, say};

/// How often, as it was asked for.
pub(super) fn asked(desk: &Desk, args: &RepeatArgs) -> Result<Option<Recurrence>, Failure> {
    let Some(every) = args.every else { return Ok(None) };
    let from = args.from.unwrap_or_else(|| Local::now().date_naive());
    let unclear = || Failure::told(Exit::Usage, say!(desk.words, "error-on-which-days"));
    let rhythm = match every.unit {
        Unit::Days if !args.on.is_empty() => return Err(unclear()),
        Unit::Days => Rhythm::Days { every: every.count },
        Unit::Weeks => {
            let days: Result<Vec<_>, _> = args.on.iter().map(|day| weekday(day)).collect();
            let mut days = days.map_err(|_| unclear())?;
            if days.is_empty() {
                days.push(day_of(from));
            }
            Rhythm::Weeks { every: every.count, days }
        }
        Unit::Months => {
            let day = match args.on.as_slice() {
                [] => u8::try_from(from.day()).map_err(|_| unclear())?,
                [day] => day.trim().parse().ok().filter(|day| (1..=31).contains(day)).ok_or_else(unclear)?,
                _ => return Err(unclear()),
            };
            Rhythm::Months { every: every.count, day }
        }
    };
    Ok(Some(Recurrence { from, rhythm, until: args.until }))
}

fn day_of(day: LocalDate) -> Weekday {
    match day.weekday() {
        chrono::Weekday::Mon => Weekday::Monday,
        chrono::Weekday::Tue => Weekday::Tuesday,
        chrono::Weekday::Wed => Weekday::Wednesday,
        chrono::Weekday::Thu => Weekday::Thursday,
        chrono::Weekday::Fri => Weekday::Friday,
        chrono::Weekday::Sat => Weekday::Saturday,
        chrono::Weekday::Sun => Weekday::Sunday,
    }
}

/// How often, in words.
pub(super) fn in_words(words: &Words, recurrence: &Recurrence) -> String {
    let how_often = match &recurrence.rhythm {
        Rhythm::Days { every } => say!(words, "rhythm-days", "every" => *every),
        Rhythm::Weeks { every, days } => {
            let days: Vec<_> = days.iter().map(|day| weekday_name(words, *day)).collect();
            say!(words, "rhythm-weeks", "every" => *every, "days" => days.join(", "))
        }
        Rhythm::Months { every, day } => say!(words, "rhythm-months", "every" => *every, "day" => *day),
    };
    let from = say!(words, "rhythm-from", "rhythm" => how_often, "day" => words.date(recurrence.from));
    match recurrence.until {
        Some(until) => say!(words, "rhythm-until", "rhythm" => from, "day" => words.date(until)),
        None => from,
    }
}
