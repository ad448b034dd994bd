//! Goals that a person is still thinking about: nothing half-thought is shared.
//!
//! A draft lies in the private file, needs no relationship, and has from the start the id that the goal will have.
//! Proposing writes the plan first, under that id, and takes the draft away then. No transaction spans both files: if
//! the process ends in between, the leftover is cleared when the file is opened next.
//!
//! | file | what it is for |
//! | --- | --- |
//! | `table` | the rows |

mod table;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::chores;
use crate::clock::Instant;
use crate::error::Thing;
use crate::home::{CommonGround, Home};
use crate::id::{GoalId, PERSON_PREFIX, RelationshipId};
use crate::plan::{self, Goal, NewGoal, Plan};
use crate::{Error, Result};

/// A goal that is not shared yet.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct GoalDraft {
    /// The id that the goal will have.
    pub id: GoalId,
    /// As far as it is written.
    pub content: NewGoal,
    /// When it was begun.
    pub begun_at: Instant,
    /// When it was last changed.
    pub saved_at: Instant,
}

/// The goals that a person is still thinking about. From any thread; a call blocks for a few milliseconds, so call it off the
/// main thread.
#[derive(uniffi::Object)]
pub struct GoalDrafts {
    home: Arc<Home>,
}

#[uniffi::export]
impl CommonGround {
    /// The goals that this person is still thinking about.
    #[must_use]
    pub fn goal_drafts(&self) -> Arc<GoalDrafts> {
        Arc::new(GoalDrafts { home: self.home().clone() })
    }
}

#[uniffi::export]
impl GoalDrafts {
    /// Keeps a goal for oneself. It has the bounds of a goal that is proposed, and may be without a title meanwhile.
    ///
    /// # Errors
    /// [`Error::Invalid`], also for more than a thousand drafts; [`Error::Locked`].
    pub fn keep(&self, content: NewGoal) -> Result<GoalDraft> {
        self.home.must_be_unlocked()?;
        let now = self.now();
        let draft = GoalDraft {
            id: self.fresh_id()?,
            content: plan::tidied(&content)?,
            begun_at: now,
            saved_at: now,
        };
        self.home.private.write(|file| table::insert(file, &draft))?;
        Ok(draft)
    }

    /// Writes a draft anew.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Changed`] when it is being proposed at this moment; [`Error::Invalid`],
    /// [`Error::Locked`].
    pub fn change(&self, id: GoalId, content: NewGoal) -> Result<GoalDraft> {
        self.home.must_be_unlocked()?;
        let content = plan::tidied(&content)?;
        self.home.private.write(|file| {
            table::update(file, id, &content, self.now())?;
            table::one(file, id)
        })
    }

    /// All drafts, the one changed last first.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn list(&self) -> Result<Vec<GoalDraft>> {
        self.home.private.read(table::all)
    }

    /// One draft.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Locked`].
    pub fn get(&self, id: GoalId) -> Result<GoalDraft> {
        self.home.private.read(|file| table::one(file, id))
    }

    /// Throws a draft away: really gone from the file.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Locked`].
    pub fn discard(&self, id: GoalId) -> Result<()> {
        self.home.private.write(|file| {
            if !table::remove(file, id)? {
                return Err(Error::not_found(Thing::GoalDraft));
            }
            chores::log_is_to_be_emptied(file)
        })?;
        chores::empty_log(&self.home.private)
    }

    /// Proposes a draft as a goal of a plan, under the id it has. The draft is gone when the goal stands there, and
    /// stays as it is where this fails. Proposed once more, it is the same goal.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the draft, the relationship, or the goal it comes from; [`Error::Changed`] when it is
    /// being proposed in another relationship at this moment; [`Error::Invalid`] when it has no title yet;
    /// [`Error::OlderPlan`], [`Error::Locked`].
    pub fn propose(&self, id: GoalId, relationship: RelationshipId) -> Result<Goal> {
        self.home.must_be_unlocked()?;
        let shared = self.home.plans.of(relationship)?;
        let plan = Plan::new(self.home.clone(), shared.clone());
        self.clear_leftovers()?;
        let content = match self.home.private.write(|file| table::claim(file, id, relationship)) {
            Err(Error::NotFound { what: Thing::GoalDraft }) => {
                return plan.goal(id).map_err(missing);
            }
            claimed => claimed?,
        };
        if let Err(error) = shared.propose_draft(id, &content) {
            // If this fails too, the draft is free again when the file is opened next.
            let _ = self.home.private.write(|file| table::release(file, id));
            return Err(error);
        }
        // It stands in the plan. A draft that is left over is cleared when the file is opened next.
        let _ = self.home.private.write(|file| table::remove(file, id));
        plan.goal(id)
    }
}

impl GoalDrafts {
    /// Clears what a proposal was cut off from. To be called whenever the file was opened; a failure is no reason not
    /// to open, the next time does it.
    pub(crate) fn tidy(&self) {
        let _ = self.clear_leftovers().and_then(|()| self.home.private.write(table::release_all));
    }

    /// Takes away the drafts whose goals stand in a plan. One that was changed after its goal was proposed (it came
    /// back with a backup) becomes the draft of another goal: no word is dropped.
    fn clear_leftovers(&self) -> Result<()> {
        let drafts = self.home.private.read(table::all_with_claims)?;
        let ids: Vec<GoalId> = drafts.iter().map(|(id, ..)| *id).collect();
        let standing = self.home.shared.file.read(|connection| plan::standing(connection, &ids))?;
        for (id, saved_at, claimed) in drafts {
            let Some(proposed_at) = standing.get(&id) else { continue };
            if claimed || saved_at <= *proposed_at {
                self.home.private.write(|file| table::remove(file, id))?;
            } else {
                let fresh = self.fresh_id()?;
                self.home.private.write(|file| table::rename(file, id, fresh))?;
            }
        }
        Ok(())
    }

    fn fresh_id(&self) -> Result<GoalId> {
        Ok(GoalId::from_bytes(self.home.shared.world.item_id(&self.home.owner()?)?))
    }

    fn now(&self) -> Instant {
        let now = self.home.shared.world.now();
        // As the file keeps it.
        Instant::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }
}

/// Makes the ids of all drafts those that this person's goals have: an item's id names its creator.
///
/// # Errors
/// What the file says.
pub(crate) fn become_owned_by(file: &rusqlite::Transaction<'_>, owner: crate::id::PersonId) -> Result<()> {
    for (id, ..) in table::all_with_claims(file)? {
        let mut of_owner = *id.as_bytes();
        of_owner[..PERSON_PREFIX].copy_from_slice(&owner.prefix());
        table::rename(file, id, GoalId::from_bytes(of_owner))?;
    }
    Ok(())
}

/// What was asked for as a draft is missed as a draft.
fn missing(error: Error) -> Error {
    match error {
        Error::NotFound { what: Thing::Goal } => Error::not_found(Thing::GoalDraft),
        other => other,
    }
}
