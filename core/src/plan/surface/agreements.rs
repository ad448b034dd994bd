//! Agreeing and not agreeing: what was said of a wording, what was sealed, and what reads differently since.

use super::super::{
    Goal, OpenWording, Plan, SealedWording, StanceKind, WordingDifference, WordingDigest, agreement,
};
use crate::Result;
use crate::id::GoalId;

#[uniffi::export]
impl Plan {
    /// Says of a goal's wording *not yet* or *I see it differently*, with a word why if one likes (at most 4,000
    /// characters), in place of what one said before. `shown` is the digest that the screen showed. It is not signed
    /// and withdraws nothing; agreeing takes it back.
    ///
    /// # Errors
    /// [`crate::Error::Changed`] when the wording is another by now, [`crate::Error::NotFound`],
    /// [`crate::Error::Invalid`], [`crate::Error::OlderPlan`], [`crate::Error::Locked`].
    #[uniffi::method(default(why = None))]
    pub fn take_stance(
        &self,
        goal: GoalId,
        shown: WordingDigest,
        stance: StanceKind,
        why: Option<String>,
    ) -> Result<Goal> {
        self.write(|pen| agreement::take(pen, &goal, &shown, stance, why.as_deref()))?;
        self.goal(goal)
    }

    /// Takes back what one has said of a goal's wording without signing. Where one has said nothing, nothing happens.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn take_back_stance(&self, goal: GoalId) -> Result<Goal> {
        self.write(|pen| agreement::take_back(pen, &goal))?;
        self.goal(goal)
    }

    /// The goals on which the two do not agree, or not yet, in their order: the wording as it stands is not agreed to
    /// by both, or one of them says something else of it. Not those that are put away, set aside or declined.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn open_wordings(&self) -> Result<Vec<OpenWording>> {
        self.read(agreement::open)
    }

    /// What reads differently in a goal from the wording in force, part by part. Empty where nothing does, or no
    /// wording is in force.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn changed_since_agreed(&self, goal: GoalId) -> Result<Vec<WordingDifference>> {
        self.read(|connection, relationship| agreement::since_agreed(connection, relationship, &goal))
    }

    /// Everything that was ever sealed of a goal, oldest first, with who has withdrawn since.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn agreements(&self, goal: GoalId) -> Result<Vec<SealedWording>> {
        self.read(|connection, relationship| agreement::all(connection, relationship, &goal))
    }

    /// A sealed wording with both signatures, as the text of one small JSON file that another program can verify
    /// alone (`docs/verify_agreement.py`). Whoever has the file can read the wording.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when no such wording of this goal is sealed, [`crate::Error::Locked`].
    pub fn export_agreement(&self, goal: GoalId, wording: WordingDigest) -> Result<String> {
        self.home.must_be_unlocked()?;
        agreement::export(&self.plan, &goal, &wording)
    }
}
