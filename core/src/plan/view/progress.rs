//! Progress, as screens see it: ratings, the scale of a goal, graded steps, and strategies that are tried.

use crate::clock::{Instant, LocalDate, Moment};
use crate::id::{AttainmentId, GoalId, PersonId, RatingId, StepId, StrategyId, TryId};

use super::{PlanVersion, TaskOutcome};

/// A rating about to be written.
#[derive(Clone, Default, uniffi::Record)]
pub struct NewRating {
    /// 0 (nothing of it yet) to 10 (all of it).
    pub value: u8,
    /// What helped.
    #[uniffi(default = None)]
    pub helped: Option<String>,
    /// What got in the way.
    #[uniffi(default = None)]
    pub hindered: Option<String>,
}

/// One person's judgement of progress on a day.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Rating {
    /// Its id.
    pub id: RatingId,
    /// Whose judgement.
    pub by: PersonId,
    /// When, by their clock.
    pub at: Moment,
    /// 0 to 10.
    pub value: u8,
    /// What helped.
    pub helped: Option<String>,
    /// What got in the way.
    pub hindered: Option<String>,
}

/// One point of a trend.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct RatingPoint {
    /// The rating.
    pub rating: RatingId,
    /// The day of the rater's calendar.
    pub on: LocalDate,
    /// 0 to 10.
    pub value: u8,
}

/// One person's ratings of a goal, oldest first. Counts and dates, no judgement.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct RatingTrend {
    /// Whose.
    pub by: PersonId,
    /// The points.
    pub points: Vec<RatingPoint>,
    /// The last value less the first, where there are two.
    pub change: Option<i8>,
    /// How many of the last ratings in a row have the same value.
    pub same_in_a_row: u32,
}

/// The latest ratings of both on one goal, side by side.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct RatingGap {
    /// The client's.
    pub client: u8,
    /// The therapist's.
    pub therapist: u8,
    /// The client's less the therapist's.
    pub gap: i8,
}

/// How ratings of a goal went.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct GoalProgress {
    /// Which goal.
    pub goal: GoalId,
    /// One trend for each who has rated.
    pub trends: Vec<RatingTrend>,
    /// How far the latest ratings of both are apart, where both have rated.
    pub gap: Option<RatingGap>,
}

/// A goal whose last ratings by one of the two are all the same: "shall we look at this one again?"
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct FlatGoal {
    /// Which goal.
    pub goal: GoalId,
    /// Its title.
    pub title: String,
    /// Whose ratings.
    pub by: PersonId,
    /// The value.
    pub value: u8,
    /// How many in a row.
    pub same_in_a_row: u32,
    /// The day of the first of these.
    pub since: LocalDate,
}

/// One of the five levels of Goal Attainment Scaling (Kiresuk and Sherman 1968).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum AttainmentLevel {
    /// -2: much less than expected.
    MuchLess,
    /// -1: less than expected.
    Less,
    /// 0: as expected.
    Expected,
    /// +1: more than expected.
    More,
    /// +2: much more than expected.
    MuchMore,
}

impl AttainmentLevel {
    /// All levels, from the lowest.
    pub const ALL: [Self; 5] = [Self::MuchLess, Self::Less, Self::Expected, Self::More, Self::MuchMore];

    /// -2 to +2.
    #[must_use]
    pub fn value(self) -> i8 {
        match self {
            Self::MuchLess => -2,
            Self::Less => -1,
            Self::Expected => 0,
            Self::More => 1,
            Self::MuchMore => 2,
        }
    }

    /// The level of a value.
    #[must_use]
    pub fn of(value: i8) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.value() == value)
    }
}

/// What a level of a goal's scale means.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct ScaleLevel {
    /// Which level.
    pub level: AttainmentLevel,
    /// What it means for this goal, at most 500 characters.
    pub text: String,
}

/// A judgement about to be written on a goal's scale.
#[derive(Clone, uniffi::Record)]
pub struct NewAttainment {
    /// How far it was attained.
    pub level: AttainmentLevel,
    /// A word on it.
    #[uniffi(default = None)]
    pub note: Option<String>,
}

/// One person's judgement on a goal's scale.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Attainment {
    /// Its id.
    pub id: AttainmentId,
    /// Whose.
    pub by: PersonId,
    /// When, by their clock.
    pub at: Moment,
    /// How far.
    pub level: AttainmentLevel,
    /// A word on it.
    pub note: Option<String>,
}

/// The T-score of Goal Attainment Scaling over a plan's goals, by one person's latest judgements.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, uniffi::Record)]
pub struct AttainmentScore {
    /// Whose judgements.
    pub by: PersonId,
    /// Over how many goals.
    pub goals: u32,
    /// T; 50 means: on the whole as expected.
    pub t: f64,
}

/// A graded step about to be put up.
#[derive(Clone, uniffi::Record)]
pub struct NewStep {
    /// What, one line of at most 200 characters.
    pub what: String,
    /// How frightening it is expected to be, 0 to 10.
    #[uniffi(default = None)]
    pub expected_fear: Option<u8>,
}

/// What to change of a step; what is left out stays as it is.
#[derive(Clone, Default, uniffi::Record)]
pub struct StepEdit {
    /// What.
    #[uniffi(default = None)]
    pub what: Option<String>,
    /// How frightening it is expected to be, 0 to 10.
    #[uniffi(default = None)]
    pub expected_fear: Option<u8>,
}

/// A graded step of a goal.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Step {
    /// Its id.
    pub id: StepId,
    /// The version of the plan this is; goes back with an edit.
    pub version: PlanVersion,
    /// For which goal.
    pub goal: GoalId,
    /// What.
    pub what: String,
    /// Who put it up.
    pub proposed_by: PersonId,
    /// How frightening it is expected to be, 0 to 10.
    pub expected_fear: Option<u8>,
    /// How often it was tried, oldest first.
    pub tries: Vec<StepTry>,
    /// Since when it is put away.
    pub archived_at: Option<Instant>,
}

/// A try of a step about to be noted.
#[derive(Clone, uniffi::Record)]
pub struct NewTry {
    /// On which day.
    pub on: LocalDate,
    /// How it went.
    pub outcome: TaskOutcome,
    /// How frightening it was, 0 to 10.
    #[uniffi(default = None)]
    pub fear: Option<u8>,
    /// What was learned.
    #[uniffi(default = None)]
    pub learned: Option<String>,
}

/// A try of a step.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct StepTry {
    /// Its id.
    pub id: TryId,
    /// Who says so.
    pub by: PersonId,
    /// On which day.
    pub on: LocalDate,
    /// How it went.
    pub outcome: TaskOutcome,
    /// How frightening it was, 0 to 10.
    pub fear: Option<u8>,
    /// What was learned.
    pub learned: Option<String>,
}

/// What is thought of a strategy that is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum StrategyVerdict {
    /// It is being tried.
    Trying,
    /// Keep it.
    Keep,
    /// Change it.
    Change,
    /// Drop it.
    Drop,
}

/// Something tried for a goal.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Strategy {
    /// Its id.
    pub id: StrategyId,
    /// The version of the plan this is; goes back with an edit.
    pub version: PlanVersion,
    /// For which goal.
    pub goal: GoalId,
    /// What.
    pub what: String,
    /// Who put it up.
    pub begun_by: PersonId,
    /// When, by their clock.
    pub begun_at: Instant,
    /// What is thought of it.
    pub verdict: StrategyVerdict,
    /// Who thinks so, when and why, where somebody has said.
    pub verdict_note: Option<super::GoalNote>,
    /// Since when it is put away.
    pub archived_at: Option<Instant>,
}
