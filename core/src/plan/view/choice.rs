//! Choices: what both wrote at the same time at a place that holds one value.

use crate::clock::LocalDate;
use crate::id::{GoalId, PersonId, StepId, StrategyId, TaskId};

use super::{GoalMark, GoalPriority, Recurrence, StrategyVerdict};

/// An item of a plan whose plain values both write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case", tag = "item")]
pub enum PlanItem {
    /// A goal.
    Goal {
        /// Which.
        id: GoalId,
    },
    /// A task.
    Task {
        /// Which.
        id: TaskId,
    },
    /// A graded step.
    Step {
        /// Which.
        id: StepId,
    },
    /// A strategy.
    Strategy {
        /// Which.
        id: StrategyId,
    },
}

/// A place of an item that holds one value and may be written by both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum PlanField {
    /// A goal's title.
    Title,
    /// How both will know.
    KnownBy,
    /// Until when.
    ByWhen,
    /// A first step.
    FirstStep,
    /// What became of a goal.
    State,
    /// How much a goal matters.
    Priority,
    /// After how many days it is looked at again.
    ReviewEvery,
    /// When it was last looked at together.
    Reviewed,
    /// The lowest level of a goal's scale.
    ScaleMuchLess,
    /// The second level.
    ScaleLess,
    /// The middle level.
    ScaleExpected,
    /// The fourth level.
    ScaleMore,
    /// The highest level.
    ScaleMuchMore,
    /// How important a goal is.
    Importance,
    /// How difficult a goal is.
    Difficulty,
    /// What a task, a step or a strategy is.
    What,
    /// Until when a task is to be done.
    Due,
    /// How often a task is done.
    Repeats,
    /// How frightening a step is expected to be.
    ExpectedFear,
    /// What is thought of a strategy.
    Verdict,
}

/// A value of one of these places.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum FieldValue {
    /// Nothing stands there.
    Nothing,
    /// A text.
    Text {
        /// The text.
        text: String,
    },
    /// A day.
    Day {
        /// The day.
        day: LocalDate,
    },
    /// A number.
    Number {
        /// The number.
        number: u16,
    },
    /// What became of a goal.
    State {
        /// What.
        mark: GoalMark,
        /// Why, if they said.
        why: Option<String>,
    },
    /// How much a goal matters.
    Priority {
        /// How much.
        priority: GoalPriority,
    },
    /// How often a task is done.
    Recurrence {
        /// How often.
        recurrence: Recurrence,
    },
    /// What is thought of a strategy.
    Verdict {
        /// What.
        verdict: StrategyVerdict,
        /// Why, if they said.
        why: Option<String>,
    },
}

/// Different values written at the same time: "you wrote …, they wrote …".
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Choice {
    /// Of which item.
    pub of: PlanItem,
    /// At which place.
    pub field: PlanField,
    /// The values with their writers; the first is what shows meanwhile.
    pub values: Vec<ChoiceValue>,
}

/// One of the values of a choice.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct ChoiceValue {
    /// Who wrote it.
    pub by: PersonId,
    /// What.
    pub value: FieldValue,
}

/// How a choice is resolved.
#[derive(Clone, uniffi::Enum)]
pub enum ChoicePick {
    /// By one of the values.
    Take {
        /// Its place among those shown, from 0.
        number: u32,
    },
    /// By another text, where a text stands there.
    Write {
        /// The text.
        text: String,
    },
}
