//! Tasks, as screens see and change them.

use crate::clock::{Instant, LocalDate};
use crate::id::{GoalId, LogId, PersonId, TaskId};
use crate::reminders::Weekday;

use super::{DayEdit, PlanVersion, WordingDigest};

/// Who does a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum TaskOwner {
    /// The client.
    Client,
    /// The therapist: a promise.
    Therapist,
    /// Both together.
    Both,
}

/// A task about to be added.
#[derive(Clone, uniffi::Record)]
pub struct NewTask {
    /// What is to be done, one line of at most 200 characters.
    pub what: String,
    /// By whom.
    pub owner: TaskOwner,
    /// Until which day.
    #[uniffi(default = None)]
    pub due: Option<LocalDate>,
    /// How often, if more than once.
    #[uniffi(default = None)]
    pub repeats: Option<Recurrence>,
}

/// What to change of a task; what is left out stays as it is. Another *what* or *when* makes it an offer again.
#[derive(Clone, Default, uniffi::Record)]
pub struct TaskEdit {
    /// What is to be done.
    #[uniffi(default = None)]
    pub what: Option<String>,
    /// Until which day.
    #[uniffi(default = None)]
    pub due: Option<DayEdit>,
    /// How often.
    #[uniffi(default = None)]
    pub repeats: Option<RecurrenceEdit>,
}

/// What to write where a recurrence may stand or nothing.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum RecurrenceEdit {
    /// It is done once.
    Nothing,
    /// It is done so often.
    Recurrence {
        /// How often.
        recurrence: Recurrence,
    },
}

/// How often a task is done, by local dates.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct Recurrence {
    /// The first day.
    pub from: LocalDate,
    /// How often from then on.
    pub rhythm: Rhythm,
    /// The last day on which it may be, if there is one.
    #[uniffi(default = None)]
    pub until: Option<LocalDate>,
}

/// A rhythm of days, weeks or months; every interval is from 1 to 366.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case", tag = "unit")]
pub enum Rhythm {
    /// Every so many days.
    Days {
        /// How many.
        every: u16,
    },
    /// In every so many weeks (they begin on Monday), on these days.
    Weeks {
        /// How many.
        every: u16,
        /// On which days, at least one.
        days: Vec<Weekday>,
    },
    /// In every so many months.
    Months {
        /// How many.
        every: u16,
        /// On which day, 1 to 31; where a month is shorter, on its last.
        day: u8,
    },
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// It waits for somebody's answer, see [`Task::waits_for`].
    Offered,
    /// Everyone whose task it is has taken it on, as it reads now.
    Accepted,
    /// Somebody whose task it would be has said no.
    Declined,
}

/// How a task went on a day. None of these is a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum TaskOutcome {
    /// Done.
    Done,
    /// Partly.
    Partly,
    /// Not this time.
    NotThisTime,
}

/// Who does what for a goal.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The version of the plan this is; goes back with an edit.
    pub version: PlanVersion,
    /// For which goal.
    pub goal: GoalId,
    /// What is to be done.
    pub what: String,
    /// By whom.
    pub owner: TaskOwner,
    /// Until which day.
    pub due: Option<LocalDate>,
    /// How often, if more than once.
    pub repeats: Option<Recurrence>,
    /// Who put it up.
    pub offered_by: PersonId,
    /// Where it stands.
    pub state: TaskState,
    /// Whose answer is still to come.
    pub waits_for: Vec<PersonId>,
    /// Why it was declined, if they said.
    pub declined_why: Option<String>,
    /// The digest of what is to be accepted; goes back with an answer.
    pub digest: WordingDigest,
    /// How it went, oldest first.
    pub log: Vec<TaskLog>,
    /// Since when it is put away.
    pub archived_at: Option<Instant>,
}

/// How a task went on a day.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct TaskLog {
    /// Its id.
    pub id: LogId,
    /// Who says so.
    pub by: PersonId,
    /// On which day.
    pub on: LocalDate,
    /// How it went.
    pub outcome: TaskOutcome,
    /// A word on it.
    pub note: Option<String>,
}
