//! The command line of reminders and appointments.

use chrono::NaiveDateTime;
use clap::{Args, Subcommand, ValueEnum};
use common_ground::clock::{LocalDate, LocalTime, hours_and_minutes};
use common_ground::reminders::{ReminderText, Weekday};

#[derive(Subcommand)]
pub(crate) enum ReminderCommand {
    /// Keep a rule by which to be reminded
    #[command(after_help = "\
Examples:
  common-ground reminder add --daily 20:30
  common-ground reminder add --weekdays mon,wed,fri --at 20:30
  common-ground reminder add --monthly 1 --at 09:00 --text look-back
  common-ground reminder add --after-appointment 2d --at 18:00
  common-ground reminder add --before-appointment 24h --text get-ready
  common-ground reminder add --once \"2026-06-01 18:00\"

Times of day are those of the clock where you are, also on a journey.")]
    Add {
        #[command(flatten)]
        rule: RuleArgs,
        /// At which time of day, for example 18:30
        #[arg(long, value_name = "HH:MM", value_parser = time)]
        at: Option<LocalTime>,
        /// What it says; always neutral, since others may see your screen
        #[arg(long, value_enum, default_value = "note")]
        text: TextArg,
    },
    /// List the rules
    List,
    /// Forget a rule
    Remove {
        /// Number in `reminder list`, or the beginning or end of its id
        reminder: String,
    },
    /// Silence a rule for now
    Pause {
        /// Number in `reminder list`, or the beginning or end of its id
        reminder: String,
        /// Let it speak again
        #[arg(long)]
        undo: bool,
    },
    /// The next times
    Next {
        /// How many
        #[arg(default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=500))]
        count: u32,
    },
}

/// One rule.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct RuleArgs {
    /// Every day at this time
    #[arg(long, value_name = "HH:MM", value_parser = time, conflicts_with = "at")]
    pub(crate) daily: Option<LocalTime>,
    /// On these days of the week: mon, tue, wed, thu, fri, sat, sun
    #[arg(long, value_name = "DAYS", value_delimiter = ',', value_parser = weekday, requires = "at")]
    pub(crate) weekdays: Option<Vec<Weekday>>,
    /// On this day of every month, or its last
    #[arg(long, value_name = "DAY", value_parser = clap::value_parser!(u8).range(1..=31), requires = "at")]
    pub(crate) monthly: Option<u8>,
    /// So many days after every appointment, for example 2d
    #[arg(long, value_name = "DAYS", value_parser = days, requires = "at")]
    pub(crate) after_appointment: Option<u8>,
    /// So many hours before every appointment, for example 24h
    #[arg(long, value_name = "HOURS", value_parser = hours, conflicts_with = "at")]
    pub(crate) before_appointment: Option<u16>,
    /// Once
    #[arg(long, value_name = "DATE HH:MM", value_parser = date_and_time, conflicts_with = "at")]
    pub(crate) once: Option<NaiveDateTime>,
}

#[derive(Subcommand)]
pub(crate) enum AppointmentCommand {
    /// Note one appointment
    #[command(after_help = "\
Examples:
  common-ground appointment add \"2026-06-02 17:00\" --minutes 50
  common-ground appointment add \"2026-06-02 17:00\" --with Jonas")]
    Add {
        /// When, by the clock where you are
        #[arg(value_name = "DATE HH:MM", value_parser = date_and_time)]
        when: NaiveDateTime,
        /// How long it takes
        #[arg(long)]
        minutes: Option<u16>,
        /// The time zone of that clock, for example Europe/Berlin; otherwise that of this device
        #[arg(long)]
        zone: Option<String>,
    },
    /// Note a rhythm: every week, or every few weeks
    #[command(after_help = "\
Examples:
  common-ground appointment weekly \"2026-06-02 17:00\"
  common-ground appointment weekly \"2026-06-02 17:00\" --every 2 --until 2026-12-22 --minutes 50")]
    Weekly {
        /// The first, by the clock where you are
        #[arg(value_name = "DATE HH:MM", value_parser = date_and_time)]
        first: NaiveDateTime,
        /// Every so many weeks
        #[arg(long, value_name = "WEEKS", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=52))]
        every: u8,
        /// The last day on which one may fall
        #[arg(long, value_name = "DATE")]
        until: Option<LocalDate>,
        /// How long one takes
        #[arg(long)]
        minutes: Option<u16>,
        /// The time zone of that clock, for example Europe/Berlin; otherwise that of this device
        #[arg(long)]
        zone: Option<String>,
    },
    /// List appointments and rhythms, and what comes next
    List {
        /// How many of the next
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=500))]
        next: u32,
    },
    /// Forget an appointment, or a rhythm with all that was
    Remove {
        /// Number in `appointment list`, or the beginning or end of its id
        appointment: String,
    },
    /// Move one of a rhythm to another time
    #[command(after_help = "\
Example:
  common-ground appointment move 1 2026-06-09 --to \"2026-06-11 09:30\"")]
    Move {
        /// Number in `appointment list`, or the beginning or end of its id
        appointment: String,
        /// The day for which it was planned
        planned: LocalDate,
        /// The new time, by the clock of the appointment
        #[arg(long, value_name = "DATE HH:MM", value_parser = date_and_time)]
        to: NaiveDateTime,
    },
    /// Cancel one of a rhythm
    Cancel {
        /// Number in `appointment list`, or the beginning or end of its id
        appointment: String,
        /// The day for which it was planned
        planned: LocalDate,
        /// It takes place after all, as planned; also after it was moved
        #[arg(long)]
        undo: bool,
    },
    /// End a rhythm: none falls after this day
    End {
        /// Number in `appointment list`, or the beginning or end of its id
        appointment: String,
        /// The last day; without it, the rhythm goes on
        last: Option<LocalDate>,
    },
}

/// What a reminder says.
#[derive(ValueEnum, Clone, Copy)]
pub(crate) enum TextArg {
    /// Time for a note
    Note,
    /// Time to look back
    LookBack,
    /// Time to get ready
    GetReady,
    /// Time for what you planned
    Plan,
}

impl From<TextArg> for ReminderText {
    fn from(text: TextArg) -> Self {
        match text {
            TextArg::Note => Self::TimeForANote,
            TextArg::LookBack => Self::TimeToLookBack,
            TextArg::GetReady => Self::TimeToGetReady,
            TextArg::Plan => Self::TimeForAPlan,
        }
    }
}

fn time(text: &str) -> Result<LocalTime, &'static str> {
    hours_and_minutes::parse(text.trim()).ok_or("a time like 18:30 is wanted")
}

fn date_and_time(text: &str) -> Result<NaiveDateTime, &'static str> {
    let text = text.trim().replacen('T', " ", 1);
    NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M")
        .map_err(|_| "a time like \"2026-06-01 18:30\" is wanted")
}

/// A day of the week, by its name or its first letters.
pub(crate) fn weekday(text: &str) -> Result<Weekday, &'static str> {
    const NAMES: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let text = text.trim().to_lowercase();
    let meant = NAMES.iter().find(|(name, _)| text.len() >= 3 && name.starts_with(&text));
    meant.map(|(_, day)| *day).ok_or("mon, tue, wed, thu, fri, sat or sun is wanted")
}

fn days(text: &str) -> Result<u8, &'static str> {
    let number = text.trim().trim_end_matches('d').parse().ok();
    number.filter(|days| *days <= 60).ok_or("0d to 60d is wanted")
}

fn hours(text: &str) -> Result<u16, &'static str> {
    let number = text.trim().trim_end_matches('h').parse().ok();
    number.filter(|hours| (1..=336).contains(hours)).ok_or("1h to 336h is wanted")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!(time(" 7:05 "), Ok(LocalTime::from_hms_opt(7, 5, 0).unwrap()));
        assert!(time("25:00").is_err() && time("half past").is_err());
        assert_eq!(date_and_time("2026-06-01T18:30"), date_and_time("2026-06-01 18:30"));
        assert!(date_and_time("tomorrow").is_err());
        assert_eq!(weekday("Mon"), Ok(Weekday::Monday));
        assert_eq!(weekday("thursday"), Ok(Weekday::Thursday));
        assert!(weekday("t").is_err() && weekday("montag").is_err());
        assert_eq!((days("2d"), days("0"), hours("24h")), (Ok(2), Ok(0), Ok(24)));
        assert!(days("61d").is_err() && hours("0h").is_err());
    }
}
