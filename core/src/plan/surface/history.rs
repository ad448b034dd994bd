//! What happened, what is new, and how it was.

use crate::Result;
use crate::clock::LocalDate;
use crate::id::GoalId;

use super::super::view::{HistoryEvent, HistoryPage, PastPlan, PlanVersion, Undone};
use super::super::{Plan, history, undo};

#[uniffi::export]
impl Plan {
    /// What happened, newest first: of one goal with all that belongs to it, or of the whole plan. `older` is
    /// where the page before ended; `limit` is at most 200. Both devices tell it in the same order.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when `older` is no place in this history, [`crate::Error::Locked`],
    /// [`crate::Error::Damaged`] and [`crate::Error::NewerPlan`] when the document cannot be read.
    #[uniffi::method(default(goal = None, older = None, limit = 50))]
    pub fn history(&self, goal: Option<GoalId>, older: Option<String>, limit: u32) -> Result<HistoryPage> {
        self.home.must_be_unlocked()?;
        let now = self.plan.shared.world.now().timestamp();
        self.plan.with_document(|open| {
            self.plan.read(|connection| history::page(open, connection, now, goal, older.as_deref(), limit))
        })
    }

    /// What the other person did that one has not looked at yet, newest first; at most 200.
    ///
    /// # Errors
    /// As for [`Plan::history`].
    #[uniffi::method(default(limit = 50))]
    pub fn news(&self, limit: u32) -> Result<Vec<HistoryEvent>> {
        self.home.must_be_unlocked()?;
        let now = self.plan.shared.world.now().timestamp();
        self.plan
            .with_document(|open| self.plan.read(|connection| history::news(open, connection, now, limit)))
    }

    /// The plan as it was at the end of a day, by the calendar of the one who asks. Times are what their writers
    /// claim; nothing is shown without what it builds upon.
    ///
    /// # Errors
    /// As for [`Plan::history`].
    pub fn on_day(&self, day: LocalDate) -> Result<PastPlan> {
        self.home.must_be_unlocked()?;
        let world = &self.plan.shared.world;
        let (now, zone) = (world.now(), world.zone());
        self.plan.with_document(|open| {
            self.plan.read(|connection| history::on_day(open, connection, now, zone, day))
        })
    }

    /// What [`Plan::undo`] would take back: what one has done last on this device, in the order it was done.
    /// Nothing where there is nothing to take back.
    ///
    /// # Errors
    /// As for [`Plan::history`].
    pub fn next_undo(&self) -> Result<Option<Vec<HistoryEvent>>> {
        self.home.must_be_unlocked()?;
        let now = self.plan.shared.world.now().timestamp();
        self.plan.with_document(|open| self.plan.read(|connection| undo::next(open, connection, now)))
    }

    /// Takes back what one has done last on this device, as a new edit; done again, what was done before that. A
    /// value goes back to what stood there before unless somebody has written there since; a text loses and gets
    /// back just what the edit had put in and taken out; what was added is put away or taken back. What one has
    /// signed stays.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] where there is nothing to take back, and as for [`Plan::history`].
    pub fn undo(&self) -> Result<Undone> {
        self.write(undo::undo)
    }

    /// Notes that one has looked at everything the plan had in the version that the screen showed. An older
    /// version than one had looked at before changes nothing.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when it is no version of this plan, and as for [`Plan::history`].
    pub fn mark_looked(&self, shown: PlanVersion) -> Result<()> {
        self.home.must_be_unlocked()?;
        let now = self.plan.shared.world.now();
        let relationship = self.plan.relationship;
        self.plan.with_document(|open| {
            self.plan.shared.file.write(|transaction| {
                history::mark_looked(transaction, relationship, &open.loaded.ledger, shown.heads(), now)
            })
        })
    }
}
