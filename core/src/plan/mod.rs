//! What two people share: goals, tasks, ratings and agreements, and who may write what.
//!
//! The plan is an Automerge document that both edit; screens read its projection in SQLite. Every
//! edit carries the version that its screen showed, so that nothing written meanwhile is lost.

mod view;

pub use view::*;

use crate::Result;
use crate::clock::LocalDate;
use crate::id::{GoalId, LogId, RatingId, TaskId};

/// The plan of one relationship.
#[derive(uniffi::Object)]
pub struct Plan {}

#[uniffi::export]
impl Plan {
    /// The goals in their order; archived ones last, if asked for. Read from SQL alone.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    #[uniffi::method(default(archived = false))]
    pub fn goals(&self, archived: bool) -> Result<Vec<GoalSummary>> {
        todo!()
    }

    /// One goal with everything that belongs to it.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn goal(&self, id: GoalId) -> Result<Goal> {
        todo!()
    }

    /// Puts a goal before the other person.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn propose_goal(&self, goal: NewGoal) -> Result<Goal> {
        todo!()
    }

    /// Changes a goal. `shown` is the version the screen showed: text is compared with that version and
    /// merged with what was written meanwhile; fields left out stay as they are.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn edit_goal(&self, id: GoalId, shown: PlanVersion, edit: GoalEdit) -> Result<Goal> {
        todo!()
    }

    /// Moves a goal behind another one, or to the top.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    #[uniffi::method(default(after = None))]
    pub fn move_goal(&self, id: GoalId, after: Option<GoalId>) -> Result<()> {
        todo!()
    }

    /// Puts a goal away. What the other person edits meanwhile is kept.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn archive_goal(&self, id: GoalId) -> Result<()> {
        todo!()
    }

    /// Takes a goal out of the archive.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn unarchive_goal(&self, id: GoalId) -> Result<()> {
        todo!()
    }

    /// Writes one's own judgement of progress on a goal, 0 to 10.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn rate(&self, goal: GoalId, rating: NewRating) -> Result<RatingId> {
        todo!()
    }

    /// Signs one's agreement to the wording of a goal. `shown` is the digest that the screen showed.
    ///
    /// # Errors
    /// [`crate::Error::Changed`] when the wording is another by now, [`crate::Error::OpenChoice`],
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn agree(&self, goal: GoalId, shown: WordingDigest) -> Result<Goal> {
        todo!()
    }

    /// Signs that one no longer agrees to a wording.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when one had not agreed to it, [`crate::Error::Locked`].
    pub fn withdraw(&self, goal: GoalId, wording: WordingDigest) -> Result<Goal> {
        todo!()
    }

    /// Every task of the plan, with the goal's title.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    #[uniffi::method(default(archived = false))]
    pub fn tasks(&self, archived: bool) -> Result<Vec<Task>> {
        todo!()
    }

    /// Adds a task. Put on the other person it is an offer, until they accept or decline it.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn add_task(&self, goal: GoalId, task: NewTask) -> Result<Task> {
        todo!()
    }

    /// Accepts a task that one was offered. `shown` is the digest of what the screen showed.
    ///
    /// # Errors
    /// [`crate::Error::Changed`], [`crate::Error::NotFound`], [`crate::Error::NotAllowed`] when it is not
    /// one's own, [`crate::Error::Locked`].
    pub fn accept_task(&self, id: TaskId, shown: WordingDigest) -> Result<Task> {
        todo!()
    }

    /// Declines a task that one was offered, with a word why if one likes.
    ///
    /// # Errors
    /// As for accepting.
    #[uniffi::method(default(why = None))]
    pub fn decline_task(&self, id: TaskId, shown: WordingDigest, why: Option<String>) -> Result<Task> {
        todo!()
    }

    /// Notes how a task of one's own went on a day.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::NotAllowed`] when it is not one's own,
    /// [`crate::Error::Invalid`], [`crate::Error::Locked`].
    #[uniffi::method(default(note = None))]
    pub fn log_task(
        &self,
        id: TaskId,
        on: LocalDate,
        outcome: TaskOutcome,
        note: Option<String>,
    ) -> Result<LogId> {
        todo!()
    }

    /// Puts a task away.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn archive_task(&self, id: TaskId) -> Result<()> {
        todo!()
    }

    /// Resolves a choice: both had written different values at the same time. `shown` is the version
    /// that the screen showed.
    ///
    /// # Errors
    /// [`crate::Error::Changed`] when there is another choice by now, [`crate::Error::NotFound`],
    /// [`crate::Error::Locked`].
    pub fn choose(
        &self,
        goal: GoalId,
        shown: PlanVersion,
        field: ChoiceField,
        value: Option<String>,
    ) -> Result<Goal> {
        todo!()
    }

    /// The heads of the document: equal on two devices exactly when both have the same plan.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn version(&self) -> Result<PlanVersion> {
        todo!()
    }

    /// What arrived, was refused and set aside, newest first.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn set_aside(&self) -> Result<Vec<SetAside>> {
        todo!()
    }
}
