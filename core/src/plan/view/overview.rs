//! All plans at a glance, and what waits.

use crate::clock::{Instant, LocalDate};
use crate::id::{GoalId, RelationshipId, TaskId};

use super::TaskOwner;

/// One plan among all of one's own: counts and dates, from SQL alone.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct PlanOverview {
    /// Whose plan.
    pub relationship: RelationshipId,
    /// The other person's display name.
    pub name: String,
    /// How many goals are there and not put away.
    pub goals: u32,
    /// In how many goals the other has written something since one last looked.
    pub new_goals: u32,
    /// How many goals are due to be looked at again.
    pub due_reviews: u32,
    /// How many tasks of one's own have a day by which they were to be done, reached and with nothing noted.
    pub due_tasks: u32,
    /// How many offers wait for one's own answer.
    pub offers_to_me: u32,
    /// How many offers wait for the other's answer.
    pub offers_to_other: u32,
    /// How many wordings the other has agreed to and one has not.
    pub wordings_to_me: u32,
    /// How many choices between two values are open.
    pub open_choices: u32,
    /// When both were last level.
    pub in_step_at: Option<Instant>,
}

/// A goal that is due to be looked at again.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct DueReview {
    /// Which goal.
    pub goal: GoalId,
    /// Its title.
    pub title: String,
    /// Since which day.
    pub since: LocalDate,
}

/// A task that is due on a day or was before, with nothing noted for it.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct DueTask {
    /// Which task.
    pub task: TaskId,
    /// For which goal.
    pub goal: GoalId,
    /// What is to be done.
    pub what: String,
    /// By whom.
    pub owner: TaskOwner,
    /// For which day.
    pub day: LocalDate,
}

/// Something that arrived and was refused, or that the other device refused. The rest of the plan goes on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct SetAside {
    /// The hash of the change, hexadecimal.
    pub change: String,
    /// When it arrived, or was refused there.
    pub at: Instant,
    /// Which rule refused it, for developers.
    pub reason: String,
    /// Whether it is a change of one's own device that the other did not take.
    pub own: bool,
}
