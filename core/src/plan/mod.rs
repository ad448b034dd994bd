//! What two people share: goals, tasks, ratings and agreements, and who may write what.
//!
//! The plan is an Automerge document that both edit; screens read its projection in SQLite. Every
//! edit carries the version that its screen showed, so that nothing written meanwhile is lost.
//!
//! | file | what it is for |
//! | --- | --- |
//! | `policy` | who may write what: the table |
//! | `gate`, `ledger` | judging a change by the table, and what has to be known for it |
//! | `recall`, `columns` | what has to be known, read from a saved document |
//! | `genesis`, `levels`, `chunks` | how a plan begins and grows, and how it lies on the disk |
//! | `shared_plan` | the one way in which anything is written here |
//! | `arrivals` | what comes from the other device |
//! | `aside`, `heads` | what of it was refused; whose signed heads are kept to pass it on |
//! | `confirmed` | how far the other device has got, as it said last |
//! | `afresh`, `rewriting`, `ends` | going on under a fresh actor, after having been rolled back or turned away |
//! | `elsewhere`, `dropped` | going on as another device, after a backup was brought back; where the former one ends |
//! | `read`, `projection` | from the document into the tables that screens read |
//! | `goal`, `task`, `progress`, `agreement`, `choices` | what people do |
//! | `overview` | all plans at a glance |
//! | `history` | what happened, read from the document; what is new; the plan as it was |
//! | `undo` | taking back one's own last edits, as new ones |
//! | `wording`, `statement`, `canonical` | what is signed, byte by byte |
//! | `surface` | what apps call, by subject |
//! | `register` | what stands at one place in one piece |
//! | `text`, `moment`, `order` | merging prose; times and places as the plan writes them |

mod afresh;
mod agreement;
mod arrivals;
mod aside;
mod canonical;
mod choices;
mod chunks;
mod columns;
mod confirmed;
mod dropped;
mod elsewhere;
mod ends;
mod gate;
mod genesis;
mod goal;
mod heads;
mod history;
mod ledger;
mod levels;
mod moment;
mod order;
mod overview;
mod parties;
mod policy;
mod progress;
mod projection;
mod read;
mod recall;
mod register;
mod rewriting;
mod shared_plan;
mod statement;
mod surface;
mod task;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod undo;
mod view;
mod wording;

pub(crate) use arrivals::Desk;
pub(crate) use confirmed::{Said, note_confirmed};
pub(crate) use elsewhere::go_on_elsewhere;
pub(crate) use genesis::LEVEL;
pub(crate) use goal::draft::{standing, tidied};
pub(crate) use policy::GATE_VERSION;
pub(crate) use shared_plan::{Plans, SharedPlan};
pub use view::*;

use std::sync::Arc;

use rusqlite::Connection;

use crate::Result;
use crate::clock::LocalDate;
use crate::home::Home;
use crate::id::{GoalId, LogId, RatingId, RelationshipId, TaskId};
use shared_plan::Pen;

/// The plan of one relationship. From any thread; a call blocks for a few milliseconds (the first edit after opening up to 80,
/// while the plan is loaded), so call it off the main thread.
#[derive(uniffi::Object)]
pub struct Plan {
    home: Arc<Home>,
    plan: Arc<SharedPlan>,
}

impl Plan {
    pub(crate) fn new(home: Arc<Home>, plan: Arc<SharedPlan>) -> Arc<Self> {
        Arc::new(Self { home, plan })
    }

    /// Reads tables, while unlocked.
    fn read<T>(&self, work: impl FnOnce(&Connection, RelationshipId) -> Result<T>) -> Result<T> {
        self.home.must_be_unlocked()?;
        self.plan.read(|connection| work(connection, self.plan.relationship))
    }

    /// Writes, while unlocked.
    fn write<T>(&self, work: impl FnOnce(&mut Pen<'_>) -> Result<T>) -> Result<T> {
        self.home.must_be_unlocked()?;
        self.plan.write(work)
    }

    /// Writes one text of a goal as an edit of its own, one of a row while it is being typed.
    ///
    /// # Errors
    /// As [`Plan::edit_goal`].
    pub(crate) fn type_in(
        &self,
        id: GoalId,
        shown: &PlanVersion,
        text: GoalText,
        words: String,
    ) -> Result<Goal> {
        let edit = GoalEdit::of_text(text, words);
        self.write(|pen| {
            pen.types = Some((id, text));
            goal::edit(pen, &id, shown, &edit)
        })?;
        self.goal(id)
    }

    fn task(&self, id: TaskId) -> Result<Task> {
        self.read(|connection, relationship| task::show(connection, relationship, &id))
    }
}

#[uniffi::export]
impl Plan {
    /// The goals in their order; archived ones last, if asked for. Read from SQL alone.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    #[uniffi::method(default(archived = false))]
    pub fn goals(&self, archived: bool) -> Result<Vec<GoalSummary>> {
        self.read(|connection, relationship| goal::list(connection, relationship, archived))
    }

    /// One goal with everything that belongs to it.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn goal(&self, id: GoalId) -> Result<Goal> {
        self.read(|connection, relationship| goal::show(connection, relationship, &id))
    }

    /// Puts a goal before the other person.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn propose_goal(&self, goal: NewGoal) -> Result<Goal> {
        let id = self.write(|pen| goal::propose(pen, &goal))?;
        self.goal(id)
    }

    /// Changes a goal. `shown` is the version the screen showed: text is compared with that version and
    /// merged with what was written meanwhile; fields left out stay as they are.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn edit_goal(&self, id: GoalId, shown: PlanVersion, edit: GoalEdit) -> Result<Goal> {
        self.write(|pen| goal::edit(pen, &id, &shown, &edit))?;
        self.goal(id)
    }

    /// Moves a goal behind another one, or to the top.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    #[uniffi::method(default(after = None))]
    pub fn move_goal(&self, id: GoalId, after: Option<GoalId>) -> Result<()> {
        self.write(|pen| goal::move_behind(pen, &id, after))
    }

    /// Puts a goal away. What the other person edits meanwhile is kept.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn archive_goal(&self, id: GoalId) -> Result<()> {
        self.write(|pen| goal::archive(pen, &id, true))
    }

    /// Takes a goal out of the archive.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn unarchive_goal(&self, id: GoalId) -> Result<()> {
        self.write(|pen| goal::archive(pen, &id, false))
    }

    /// Writes one's own judgement of progress on a goal, 0 to 10.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn rate(&self, goal: GoalId, rating: NewRating) -> Result<RatingId> {
        self.write(|pen| progress::rating::add(pen, &goal, &rating))
    }

    /// Signs one's agreement to the wording of a goal. `shown` is the digest that the screen showed.
    ///
    /// # Errors
    /// [`crate::Error::Changed`] when the wording is another by now, [`crate::Error::OpenChoice`],
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn agree(&self, goal: GoalId, shown: WordingDigest) -> Result<Goal> {
        let key = self.home.person_key()?;
        self.write(|pen| agreement::agree(pen, &goal, &shown, &key))?;
        self.goal(goal)
    }

    /// Signs that one no longer agrees to a wording.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when one had not agreed to it, [`crate::Error::Locked`].
    pub fn withdraw(&self, goal: GoalId, wording: WordingDigest) -> Result<Goal> {
        let key = self.home.person_key()?;
        self.write(|pen| agreement::withdraw(pen, &goal, &wording, &key))?;
        self.goal(goal)
    }

    /// Every task of the plan, those of one goal together, oldest first.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    #[uniffi::method(default(archived = false))]
    pub fn tasks(&self, archived: bool) -> Result<Vec<Task>> {
        self.read(|connection, relationship| task::list(connection, relationship, archived))
    }

    /// Adds a task. Put on the other person it is an offer, until they accept or decline it.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn add_task(&self, goal: GoalId, task: NewTask) -> Result<Task> {
        let id = self.write(|pen| task::add(pen, &goal, &task))?;
        self.task(id)
    }

    /// Accepts a task that one was offered. `shown` is the digest of what the screen showed.
    ///
    /// # Errors
    /// [`crate::Error::Changed`], [`crate::Error::OpenChoice`] while it is open which of two readings holds,
    /// [`crate::Error::NotFound`], [`crate::Error::NotAllowed`] when it is not
    /// one's own, [`crate::Error::Locked`].
    pub fn accept_task(&self, id: TaskId, shown: WordingDigest) -> Result<Task> {
        self.write(|pen| task::answer(pen, &id, &shown, true, None))?;
        self.task(id)
    }

    /// Declines a task that one was offered, with a word why if one likes.
    ///
    /// # Errors
    /// As for accepting.
    #[uniffi::method(default(why = None))]
    pub fn decline_task(&self, id: TaskId, shown: WordingDigest, why: Option<String>) -> Result<Task> {
        self.write(|pen| task::answer(pen, &id, &shown, false, why))?;
        self.task(id)
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
        self.write(|pen| task::log(pen, &id, on, outcome, note.as_deref()))
    }

    /// Puts a task away.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn archive_task(&self, id: TaskId) -> Result<()> {
        self.write(|pen| task::archive(pen, &id, true))
    }

    /// Resolves a choice: both had written different values at the same time. `shown` is the version
    /// that the screen showed.
    ///
    /// # Errors
    /// [`crate::Error::Changed`] when there is another choice by now, [`crate::Error::NotFound`],
    /// [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn choose(&self, of: PlanItem, shown: PlanVersion, field: PlanField, pick: ChoicePick) -> Result<()> {
        self.write(|pen| choices::choose(pen, of, &shown, field, pick))
    }

    /// The heads of the document: equal on two devices exactly when both have the same plan.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn version(&self) -> Result<PlanVersion> {
        self.read(goal::version)
    }

    /// What arrived, was refused and set aside, newest first.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn set_aside(&self) -> Result<Vec<SetAside>> {
        self.read(aside::set_aside)
    }
}
