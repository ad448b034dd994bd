//! What a rule and an appointment are.

use serde::{Deserialize, Serialize};

use crate::clock::{Instant, LocalDate, LocalTime, Moment};
use crate::id::{AppointmentId, RelationshipId, ReminderId};

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, uniffi::Enum)]
#[serde(rename_all = "kebab-case")]
pub enum Weekday {
    /// The first day after the weekend, in most of the world.
    Monday,
    /// The day after Monday.
    Tuesday,
    /// The day after Tuesday.
    Wednesday,
    /// The day after Wednesday.
    Thursday,
    /// The day after Thursday.
    Friday,
    /// The day after Friday.
    Saturday,
    /// The day after Saturday.
    Sunday,
}

impl Weekday {
    /// The day of the week of a date.
    #[must_use]
    pub fn of(date: LocalDate) -> Self {
        use chrono::Datelike as _;
        match date.weekday() {
            chrono::Weekday::Mon => Self::Monday,
            chrono::Weekday::Tue => Self::Tuesday,
            chrono::Weekday::Wed => Self::Wednesday,
            chrono::Weekday::Thu => Self::Thursday,
            chrono::Weekday::Fri => Self::Friday,
            chrono::Weekday::Sat => Self::Saturday,
            chrono::Weekday::Sun => Self::Sunday,
        }
    }
}

/// By which rule a person wants to be reminded. Times of day are those of the clock where the person is
/// when the reminder comes, also on a journey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Enum)]
#[serde(tag = "rule", rename_all = "kebab-case")]
pub enum ReminderRule {
    /// Every day.
    Daily {
        /// When.
        #[serde(with = "crate::clock::hours_and_minutes")]
        at: LocalTime,
    },
    /// On chosen days of the week.
    Weekdays {
        /// Which, at least one.
        days: Vec<Weekday>,
        /// When.
        #[serde(with = "crate::clock::hours_and_minutes")]
        at: LocalTime,
    },
    /// On one day of every month.
    Monthly {
        /// 1 to 31; where a month is shorter, its last day.
        day: u8,
        /// When.
        #[serde(with = "crate::clock::hours_and_minutes")]
        at: LocalTime,
    },
    /// Some days after every appointment.
    AfterAppointment {
        /// 0 (the same day, if it is later) to 60.
        days: u8,
        /// When.
        #[serde(with = "crate::clock::hours_and_minutes")]
        at: LocalTime,
        /// Only after those with this person.
        relationship: Option<RelationshipId>,
    },
    /// Some hours before every appointment.
    BeforeAppointment {
        /// 1 to 336 (two weeks).
        hours: u16,
        /// Only before those with this person.
        relationship: Option<RelationshipId>,
    },
    /// Once.
    Once {
        /// On this day.
        on: LocalDate,
        /// When.
        #[serde(with = "crate::clock::hours_and_minutes")]
        at: LocalTime,
    },
}

/// Which text a reminder shows. All of them are neutral: anybody may see them on a locked screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, uniffi::Enum)]
#[serde(rename_all = "kebab-case")]
pub enum ReminderText {
    /// "Time for a note."
    #[default]
    TimeForANote,
    /// "Time to look back."
    TimeToLookBack,
    /// "Time to get ready."
    TimeToGetReady,
    /// "Time for what you planned."
    TimeForAPlan,
}

/// A rule about to be kept.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NewReminder {
    /// When to remind.
    pub rule: ReminderRule,
    /// What to show.
    #[uniffi(default = None)]
    pub text: Option<ReminderText>,
}

/// A rule that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct Reminder {
    /// Its id.
    pub id: ReminderId,
    /// When to remind.
    pub rule: ReminderRule,
    /// What to show.
    pub text: ReminderText,
    /// Whether it is silent for now.
    pub paused: bool,
    /// Since when it is kept.
    pub made_at: Instant,
}

/// One time at which to remind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct Due {
    /// By which rule.
    pub reminder: ReminderId,
    /// What to show.
    pub text: ReminderText,
    /// When, by the clock where the person is now.
    pub at: Moment,
    /// Which appointment it is about, if about one.
    pub appointment: Option<AppointmentId>,
}

/// An appointment, or a rhythm of them, about to be kept.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NewAppointment {
    /// The day; of a rhythm, the first.
    pub date: LocalDate,
    /// The time of day.
    pub time: LocalTime,
    /// The zone of that clock by its IANA name; that of the person now, unless given.
    #[uniffi(default = None)]
    pub zone: Option<String>,
    /// How long it takes, 1 to 1440 minutes, if that is known.
    #[uniffi(default = None)]
    pub minutes: Option<u16>,
    /// With whom.
    #[uniffi(default = None)]
    pub relationship: Option<RelationshipId>,
    /// Again every so many weeks, 1 to 52.
    #[uniffi(default = None)]
    pub every_weeks: Option<u8>,
    /// The last day on which a rhythm may fall.
    #[uniffi(default = None)]
    pub last_date: Option<LocalDate>,
}

/// An appointment, or a rhythm of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// The day; of a rhythm, the first.
    pub date: LocalDate,
    /// The time of day.
    #[serde(with = "crate::clock::hours_and_minutes")]
    pub time: LocalTime,
    /// The zone of that clock by its IANA name.
    pub zone: String,
    /// How long it takes, if that is known.
    pub minutes: Option<u16>,
    /// With whom.
    pub relationship: Option<RelationshipId>,
    /// Again every so many weeks.
    pub every_weeks: Option<u8>,
    /// The last day on which a rhythm may fall.
    pub last_date: Option<LocalDate>,
    /// What became of single ones, in the order of their planned days.
    pub exceptions: Vec<AppointmentException>,
}

/// What became of one appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct AppointmentException {
    /// The day for which it was planned.
    pub planned: LocalDate,
    /// When it is instead; nothing where it was cancelled.
    pub moved_to: Option<MovedTo>,
}

/// When a moved appointment is, by the clock of its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct MovedTo {
    /// The day.
    pub date: LocalDate,
    /// The time of day.
    #[serde(with = "crate::clock::hours_and_minutes")]
    pub time: LocalTime,
}

/// One appointment at its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct Occurrence {
    /// Which appointment, or which rhythm.
    pub appointment: AppointmentId,
    /// The day for which it was planned.
    pub planned: LocalDate,
    /// When it begins, by the clock of its zone.
    pub begins: Moment,
    /// How long it takes, if that is known.
    pub minutes: Option<u16>,
    /// With whom.
    pub relationship: Option<RelationshipId>,
    /// Whether it was moved.
    pub moved: bool,
}
