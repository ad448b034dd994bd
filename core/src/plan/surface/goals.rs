//! What became of a goal, holding it, how much it matters, and looking at it again.

use super::super::goal::{review, state};
use super::super::view::{DueReview, Goal, GoalMark, GoalPriority, PlanVersion};
use super::super::{Plan, task};
use crate::Result;
use crate::clock::LocalDate;
use crate::id::GoalId;

#[uniffi::export]
impl Plan {
    /// Says what became of a goal, or that it goes on ([`GoalMark::Open`]); either may, and either may take it back.
    /// `shown` is the version that the screen showed: if the other has said something else meanwhile, both stand as a
    /// choice. A reason has at most 4,000 characters.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::OlderPlan`], [`crate::Error::Locked`].
    #[uniffi::method(default(why = None))]
    pub fn set_goal_state(
        &self,
        id: GoalId,
        shown: PlanVersion,
        mark: GoalMark,
        why: Option<String>,
    ) -> Result<Goal> {
        self.write(|pen| state::set(pen, &id, &shown, mark, why.as_deref()))?;
        self.goal(id)
    }

    /// Holds a goal: it is not worked on until one lets go of it again. It is one's own word, with a reason of at most
    /// 4,000 characters if one likes, and nobody can undo it for the other.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::OlderPlan`], [`crate::Error::Locked`].
    #[uniffi::method(default(why = None))]
    pub fn hold_goal(&self, id: GoalId, why: Option<String>) -> Result<Goal> {
        self.write(|pen| state::hold(pen, &id, true, why.as_deref()))?;
        self.goal(id)
    }

    /// Lets go of a goal that one holds. The other's hold stays.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::OlderPlan`], [`crate::Error::Locked`].
    pub fn release_goal(&self, id: GoalId) -> Result<Goal> {
        self.write(|pen| state::hold(pen, &id, false, None))?;
        self.goal(id)
    }

    /// Says how much a goal matters now, or nothing about it.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::OlderPlan`], [`crate::Error::Locked`].
    #[uniffi::method(default(priority = None))]
    pub fn set_priority(
        &self,
        id: GoalId,
        shown: PlanVersion,
        priority: Option<GoalPriority>,
    ) -> Result<Goal> {
        self.write(|pen| state::prioritise(pen, &id, &shown, priority))?;
        self.goal(id)
    }

    /// Says after how many days (1 to 366) a goal is looked at again, or that it is not.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::OlderPlan`], [`crate::Error::Locked`].
    #[uniffi::method(default(every_days = None))]
    pub fn set_review(&self, id: GoalId, shown: PlanVersion, every_days: Option<u16>) -> Result<Goal> {
        self.write(|pen| review::every(pen, &id, &shown, every_days))?;
        self.goal(id)
    }

    /// Notes that a goal was looked at together on a day; the interval counts from there.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::OlderPlan`], [`crate::Error::Locked`].
    pub fn mark_reviewed(&self, id: GoalId, shown: PlanVersion, on: LocalDate) -> Result<Goal> {
        self.write(|pen| review::done(pen, &id, &shown, on))?;
        self.goal(id)
    }

    /// The goals that are to be looked at again by a day, the one that has waited longest first. One that is put away,
    /// reached, set aside or declined is not among them.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn due_reviews(&self, on: LocalDate) -> Result<Vec<DueReview>> {
        let on = task::day_of("on", on)?;
        self.read(|connection, relationship| review::due(connection, relationship, on))
    }
}
