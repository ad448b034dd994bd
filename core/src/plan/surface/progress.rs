//! Progress on goals: ratings, scales, graded steps, and strategies that are tried.

use crate::Result;
use crate::id::{AttainmentId, GoalId, RatingId, StepId, StrategyId, TryId};

use super::super::progress::{rating, scale, step, strategy};
use super::super::{
    AttainmentScore, FlatGoal, GoalProgress, NewAttainment, NewStep, NewTry, Plan, PlanVersion, ScaleLevel,
    Step, StepEdit, Strategy, StrategyVerdict,
};

#[uniffi::export]
impl Plan {
    /// How the ratings of a goal went: each person's as a series, the client's first, and how far the latest of both
    /// are apart. Numbers and dates; nothing is judged.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn progress(&self, goal: GoalId) -> Result<GoalProgress> {
        self.read(|connection, relationship| rating::progress(connection, relationship, &goal))
    }

    /// The goals of which one person's last ratings, at least so many (2 or more), are all the same: "shall we look
    /// at this one again?" Only goals that are worked on: not put away, not put to rest, and held by nobody.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for fewer than two, [`crate::Error::Locked`].
    #[uniffi::method(default(ratings = 3))]
    pub fn flat_goals(&self, ratings: u32) -> Result<Vec<FlatGoal>> {
        self.read(|connection, relationship| rating::flat(connection, relationship, ratings))
    }

    /// Takes back a rating of one's own.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::NotAllowed`] when it is the other's,
    /// [`crate::Error::OlderPlan`], [`crate::Error::Locked`].
    pub fn take_back_rating(&self, id: RatingId) -> Result<()> {
        self.write(|pen| rating::take_back(pen, &id))
    }

    /// Writes what levels of a goal's scale mean; an empty text takes one away, and levels left out stay as they are.
    /// `shown` is the version the screen showed. The scale belongs to the wording that both agree to.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::OlderPlan`],
    /// [`crate::Error::Locked`].
    pub fn write_scale(&self, goal: GoalId, shown: PlanVersion, levels: Vec<ScaleLevel>) -> Result<()> {
        self.write(|pen| scale::write(pen, &goal, &shown, &levels))
    }

    /// Writes how important and how difficult a goal is, 0 to 3 each; nothing where nobody is to have said.
    /// `shown` is the version the screen showed.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::OlderPlan`],
    /// [`crate::Error::Locked`].
    pub fn weigh(
        &self,
        goal: GoalId,
        shown: PlanVersion,
        importance: Option<u8>,
        difficulty: Option<u8>,
    ) -> Result<()> {
        self.write(|pen| scale::weigh(pen, &goal, &shown, importance, difficulty))
    }

    /// Writes one's own judgement of how far a goal was attained on its scale.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::OlderPlan`],
    /// [`crate::Error::Locked`].
    pub fn attain(&self, goal: GoalId, judged: NewAttainment) -> Result<AttainmentId> {
        self.write(|pen| scale::attain(pen, &goal, &judged))
    }

    /// Takes back a judgement of one's own.
    ///
    /// # Errors
    /// As for [`Self::take_back_rating`].
    pub fn take_back_attainment(&self, id: AttainmentId) -> Result<()> {
        self.write(|pen| scale::take_back(pen, &id))
    }

    /// The T-score of Goal Attainment Scaling (Kiresuk and Sherman 1968, ρ = 0.30) of each of the two who has judged,
    /// by their latest judgement of each goal that is not put away. A goal weighs its importance times its
    /// difficulty, each 1 where nobody has said; what was not judged or weighs nothing does not count, and where
    /// nothing is left there is no score.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn attainment_scores(&self) -> Result<Vec<AttainmentScore>> {
        self.read(scale::scores)
    }

    /// Puts up a graded step, behind the others of its goal.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::OlderPlan`],
    /// [`crate::Error::Locked`].
    pub fn add_step(&self, goal: GoalId, step: NewStep) -> Result<Step> {
        let id = self.write(|pen| step::add(pen, &goal, &step))?;
        self.step(id)
    }

    /// Changes a step. `shown` is the version the screen showed.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn edit_step(&self, id: StepId, shown: PlanVersion, edit: StepEdit) -> Result<Step> {
        self.write(|pen| step::edit(pen, &id, &shown, &edit))?;
        self.step(id)
    }

    /// Moves a step behind another one of the same goal, or to the beginning.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    #[uniffi::method(default(after = None))]
    pub fn move_step(&self, id: StepId, after: Option<StepId>) -> Result<()> {
        self.write(|pen| step::move_behind(pen, &id, after))
    }

    /// Puts a step away.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn archive_step(&self, id: StepId) -> Result<()> {
        self.write(|pen| step::archive(pen, &id, true))
    }

    /// Takes a step out of the archive.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn unarchive_step(&self, id: StepId) -> Result<()> {
        self.write(|pen| step::archive(pen, &id, false))
    }

    /// Notes a try of a step: how it went, how frightening it was, what was learned.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn try_step(&self, id: StepId, tried: NewTry) -> Result<TryId> {
        self.write(|pen| step::note_try(pen, &id, &tried))
    }

    /// Takes back a try that one has noted oneself.
    ///
    /// # Errors
    /// As for [`Self::take_back_rating`].
    pub fn take_back_try(&self, id: TryId) -> Result<()> {
        self.write(|pen| step::take_back_try(pen, &id))
    }

    /// Puts up something to try for a goal, one line of at most 200 characters.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::OlderPlan`],
    /// [`crate::Error::Locked`].
    pub fn add_strategy(&self, goal: GoalId, what: String) -> Result<Strategy> {
        let id = self.write(|pen| strategy::add(pen, &goal, &what))?;
        self.strategy(id)
    }

    /// Changes what is tried. `shown` is the version the screen showed.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn edit_strategy(&self, id: StrategyId, shown: PlanVersion, what: String) -> Result<Strategy> {
        self.write(|pen| strategy::edit(pen, &id, &shown, &what))?;
        self.strategy(id)
    }

    /// Says what is thought of a strategy, and why. `shown` is the version the screen showed: if the other has said
    /// something else meanwhile, both stand side by side, to be chosen from.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::Locked`].
    #[uniffi::method(default(why = None))]
    pub fn judge_strategy(
        &self,
        id: StrategyId,
        shown: PlanVersion,
        verdict: StrategyVerdict,
        why: Option<String>,
    ) -> Result<Strategy> {
        self.write(|pen| strategy::judge(pen, &id, &shown, verdict, why.as_deref()))?;
        self.strategy(id)
    }

    /// Puts a strategy away.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn archive_strategy(&self, id: StrategyId) -> Result<()> {
        self.write(|pen| strategy::archive(pen, &id, true))
    }

    /// Takes a strategy out of the archive.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn unarchive_strategy(&self, id: StrategyId) -> Result<()> {
        self.write(|pen| strategy::archive(pen, &id, false))
    }
}

impl Plan {
    fn step(&self, id: StepId) -> Result<Step> {
        self.read(|connection, relationship| step::show(connection, relationship, &id))
    }

    fn strategy(&self, id: StrategyId) -> Result<Strategy> {
        self.read(|connection, relationship| strategy::show(connection, relationship, &id))
    }
}
