//! The plans of a home: each opened once, and put away when too many are in memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::named_params;

use super::SharedPlan;
use crate::id::RelationshipId;
use crate::plan::projection::TABLES;
use crate::relationship::people;
use crate::shared::Shared;
use crate::{Error, Result};

/// How many documents stay in memory, those used last: one of five years takes about 20 MiB.
const DOCUMENTS: usize = if cfg!(test) { 3 } else { 40 };

/// The plans of a home, each opened once.
pub(crate) struct Plans {
    shared: Arc<Shared>,
    open: Mutex<HashMap<RelationshipId, Arc<SharedPlan>>>,
    /// How often a document was used, so that it can be told which was used last.
    uses: Arc<AtomicU64>,
}

impl Plans {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, open: Mutex::default(), uses: Arc::default() }
    }

    /// The plan of a relationship.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub(crate) fn of(&self, relationship: RelationshipId) -> Result<Arc<SharedPlan>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        put_away(&open);
        if let Some(plan) = open.get(&relationship) {
            return Ok(plan.clone());
        }
        self.shared.file.read(|connection| people::other(connection, relationship))?;
        let plan = Arc::new(SharedPlan::new(self.shared.clone(), relationship, self.uses.clone()));
        plan.make_tables_current()?;
        open.insert(relationship, plan.clone());
        drop(open);
        plan.tell_what_was_made();
        Ok(plan)
    }

    /// Changes whose device this is, while nothing is written or taken in anywhere: every plan is loaded anew after it.
    pub(crate) fn while_still<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.still(|_| true, work)
    }

    /// Changes who the two of these relationships are, while nothing is taken in or written there: the next use of
    /// their plans asks anew whose devices are certified.
    pub(crate) fn while_these_are_still<T>(
        &self,
        relationships: &[RelationshipId],
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        self.still(|relationship| relationships.contains(relationship), work)
    }

    fn still<T>(
        &self,
        which: impl Fn(&RelationshipId) -> bool,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        // While this is held nobody opens a plan, and of two who wait for several plans none waits for the other.
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mut still: Vec<_> =
            open.iter().filter(|(id, _)| which(id)).map(|(_, plan)| plan.lock()).collect();
        let done = work();
        still.iter_mut().for_each(|plan| drop(plan.take()));
        done
    }

    /// How many documents are in memory.
    #[cfg(test)]
    pub(in crate::plan) fn in_memory(&self) -> usize {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.values().filter(|plan| plan.lock().is_some()).count()
    }

    /// Builds the tables of plans again that an earlier build made and nobody has opened since, so that they can be
    /// looked at together. After an update this is done once, and takes as long as loading these plans does.
    pub(crate) fn make_all_tables_current(&self) -> Result<()> {
        let former: Vec<RelationshipId> = self.shared.file.read(|connection| {
            connection
                .prepare_cached("SELECT relationship FROM plan WHERE tables < :tables")?
                .query_map(named_params! { ":tables": TABLES }, |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()
                .map_err(Error::from)
        })?;
        // While this is held nobody opens a plan; one that is open already is current, unless it cannot be read.
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for relationship in former.into_iter().filter(|relationship| !open.contains_key(relationship)) {
            SharedPlan::new(self.shared.clone(), relationship, self.uses.clone()).make_tables_current()?;
        }
        Ok(())
    }
}

/// Puts away the documents that were used longest ago, where there are too many: whoever has hundreds of plans
/// would have all of them in memory otherwise. They are loaded again when they are needed.
fn put_away(open: &HashMap<RelationshipId, Arc<SharedPlan>>) {
    let is_in_memory = |plan: &&Arc<SharedPlan>| plan.in_memory.load(Ordering::Relaxed);
    let mut plans: Vec<&Arc<SharedPlan>> = open.values().filter(is_in_memory).collect();
    let Some(too_many) = plans.len().checked_sub(DOCUMENTS).filter(|too_many| *too_many > 0) else { return };
    plans.sort_by_key(|plan| plan.used.load(Ordering::Relaxed));
    plans.into_iter().take(too_many).for_each(|plan| plan.put_away());
}
