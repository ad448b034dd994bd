//! What happened in a plan, as data: each shell puts it into words.

use crate::clock::{Instant, LocalDate};
use crate::id::{GoalId, PersonId, TaskId};

use super::{
    AttainmentLevel, FieldValue, GoalMark, PlanField, PlanItem, PlanRun, ScaleLevel, StanceKind, Success,
    TaskOutcome, TaskOwner, TaskState, WordingDigest,
};

/// One thing that somebody did.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct HistoryEvent {
    /// Where in the history it stands: goes back to [`super::super::Plan::history`] to read on. Not a time.
    pub cursor: String,
    /// Who did it.
    pub by: PersonId,
    /// When, as their clock said.
    pub at: ClaimedTime,
    /// The goal that it is about.
    pub goal: Option<GoalId>,
    /// That goal's title as it is now.
    pub title: Option<String>,
    /// What they did.
    pub what: HistoryWhat,
}

/// A time that its writer claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct ClaimedTime {
    /// The instant, to the second; nothing where what is claimed is no time that a calendar has.
    pub at: Option<Instant>,
    /// Whether it can be right: it is neither in the future nor long before what it builds upon.
    pub can_be_right: bool,
}

/// What somebody did.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case", tag = "did")]
pub enum HistoryWhat {
    /// Proposed the goal.
    Proposed {
        /// Its title then.
        title: String,
    },
    /// Reworded a text that both write.
    Reworded {
        /// The difference, as runs of words.
        difference: Vec<PlanRun>,
    },
    /// Wrote what success looks like to themselves.
    WroteSuccess {
        /// The difference, as runs of words.
        difference: Vec<PlanRun>,
    },
    /// Wrote a plain value.
    Set {
        /// Of which item.
        of: PlanItem,
        /// At which place.
        field: PlanField,
        /// What stood there, as the writer knew it.
        before: FieldValue,
        /// What stands there since.
        after: FieldValue,
    },
    /// Resolved a choice between several values.
    Chose {
        /// Of which item.
        of: PlanItem,
        /// At which place.
        field: PlanField,
        /// The value chosen.
        value: FieldValue,
    },
    /// Moved it in its list.
    Moved {
        /// What was moved.
        of: PlanItem,
    },
    /// Put it away.
    PutAway {
        /// What was put away.
        of: PlanItem,
    },
    /// Took it out of the archive.
    TookOut {
        /// What was taken out.
        of: PlanItem,
    },
    /// Holds the goal.
    Held {
        /// Why, if they said.
        why: Option<String>,
    },
    /// Holds the goal no longer.
    Released,
    /// Agreed to a wording.
    Agreed {
        /// Which.
        wording: WordingDigest,
        /// Whether it was sealed with that, as the writer could know.
        sealed: bool,
    },
    /// Withdrew their agreement to a wording.
    Withdrew {
        /// Which.
        wording: WordingDigest,
    },
    /// Said something of a wording without signing.
    TookStance {
        /// What; nothing where they took it back.
        stance: Option<StanceKind>,
        /// Why, if they said.
        why: Option<String>,
    },
    /// Put up a task.
    PutUpTask {
        /// Which.
        task: TaskId,
        /// What is to be done.
        what: String,
        /// By whom.
        owner: TaskOwner,
    },
    /// Answered an offered task.
    AnsweredTask {
        /// Which.
        task: TaskId,
        /// What is to be done.
        what: String,
        /// How: accepted, declined, or offered again where they took their answer back.
        answer: TaskState,
        /// Why, if they said.
        why: Option<String>,
    },
    /// Noted how a task went.
    LoggedTask {
        /// Which.
        task: TaskId,
        /// What is to be done.
        what: String,
        /// On which day.
        on: LocalDate,
        /// How it went.
        outcome: TaskOutcome,
        /// A word on it.
        note: Option<String>,
    },
    /// Rated the progress.
    Rated {
        /// 0 to 10.
        value: u8,
        /// What helped.
        helped: Option<String>,
        /// What got in the way.
        hindered: Option<String>,
    },
    /// Judged the goal on its scale.
    Attained {
        /// How far.
        level: AttainmentLevel,
        /// A word on it.
        note: Option<String>,
    },
    /// Put up a graded step.
    PutUpStep {
        /// What.
        what: String,
    },
    /// Noted a try of a step.
    TriedStep {
        /// What the step is.
        what: String,
        /// On which day.
        on: LocalDate,
        /// How it went.
        outcome: TaskOutcome,
        /// How frightening it was, 0 to 10.
        fear: Option<u8>,
        /// What was learned.
        learned: Option<String>,
    },
    /// Put up a strategy.
    PutUpStrategy {
        /// What.
        what: String,
    },
    /// Took back a note of their own.
    TookBack {
        /// Which.
        of: OwnNote,
    },
    /// Brought back a note of their own that they had taken back.
    BroughtBack {
        /// Which.
        of: OwnNote,
    },
}

/// What somebody once noted, and only they can take back.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case", tag = "note")]
pub enum OwnNote {
    /// A rating of the progress.
    Rating {
        /// 0 to 10.
        value: u8,
    },
    /// A judgement of the goal on its scale.
    Attainment {
        /// How far.
        level: AttainmentLevel,
    },
    /// How a task went.
    Log {
        /// Which task.
        task: TaskId,
        /// What is to be done.
        what: String,
        /// On which day.
        on: LocalDate,
    },
    /// A try of a step.
    Try {
        /// What the step is.
        what: String,
        /// On which day.
        on: LocalDate,
    },
}

/// A page of history, newest first.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct HistoryPage {
    /// The events.
    pub events: Vec<HistoryEvent>,
    /// Where to read on; nothing at the end.
    pub older: Option<String>,
}

/// The plan as it was on a day.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct PastPlan {
    /// On the evening of which day, by the calendar of the one who asks.
    pub on: LocalDate,
    /// The goals that were there and not put away, in their order then.
    pub goals: Vec<PastGoal>,
}

/// A goal as it was.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct PastGoal {
    /// Its id.
    pub id: GoalId,
    /// Its title then.
    pub title: String,
    /// Why it mattered.
    pub why: String,
    /// What success looked like to each.
    pub success: Vec<Success>,
    /// How both would know.
    pub known_by: Option<String>,
    /// Until when.
    pub by_when: Option<LocalDate>,
    /// What had become of it.
    pub mark: GoalMark,
    /// Who held it.
    pub held_by: Vec<PersonId>,
    /// The levels of its scale.
    pub scale: Vec<ScaleLevel>,
    /// The tasks it had that were not put away: what, and by whom.
    pub tasks: Vec<PastTask>,
    /// The latest rating of each who had rated.
    pub ratings: Vec<PastRating>,
    /// Whether the wording it had then is one that both had agreed to by then.
    pub agreed: bool,
}

/// A task as it was.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct PastTask {
    /// What was to be done.
    pub what: String,
    /// By whom.
    pub owner: TaskOwner,
    /// Until when.
    pub due: Option<LocalDate>,
}

/// A rating as it was the latest.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, uniffi::Record)]
pub struct PastRating {
    /// Whose.
    pub by: PersonId,
    /// 0 to 10.
    pub value: u8,
}

/// What an undo took back.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Undone {
    /// What had been done, in the order it was done.
    pub events: Vec<HistoryEvent>,
    /// How many parts were left as they are, because somebody has written there since, or because they are words
    /// that are never taken back like that (agreements).
    pub left: u32,
}
