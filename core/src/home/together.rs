//! Sitting together over a plan: a mode that both switch on for the sitting. What is typed is written letter by letter,
//! through the one path on which everything is written; what either looks at is shown and stored nowhere.

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use super::CommonGround;
use super::carrying::must_go_on;
use crate::exchange::Presence;
use crate::id::{GoalId, RelationshipId};
use crate::link::Seat;
use crate::plan::{Goal, GoalText, Plan, PlanVersion};
use crate::relationship::people;
use crate::{Error, Result};

/// What the other person is doing right now. It is forgotten when the connection ends or either leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct OtherPresence {
    /// Whether they sit with you; if not, their device is connected and they have not joined (yet).
    pub together: bool,
    /// The goal on their screen.
    pub goal: Option<GoalId>,
    /// The text of it that they are typing in.
    pub typing_in: Option<GoalText>,
}

/// A sitting over one plan, from [`CommonGround::sit_together`]. It ends with [`Together::leave`], when this is dropped, and
/// when the device goes offline; what was written stays. Only [`Together::type_in`] writes, and blocks for milliseconds.
#[derive(uniffi::Object)]
pub struct Together {
    plan: Arc<Plan>,
    /// Empty once it was left.
    seat: Mutex<Option<Seat>>,
}

#[uniffi::export]
impl CommonGround {
    /// Sits down to work on a plan together. Both have to; [`crate::home::Change::Presence`] says when to ask how the other
    /// is. The device must be online; whether there is a connection is seen from [`Together::other`].
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Locked`], [`Error::NotShared`] when the relationship is paused or over,
    /// [`Error::Closed`] when the device is not online.
    pub fn sit_together(&self, relationship: RelationshipId) -> Result<Arc<Together>> {
        let is_over = self.home.shared.file.read(|connection| {
            must_go_on(connection, relationship)?;
            people::is_over(connection, relationship)
        })?;
        if is_over {
            return Err(Error::NotShared);
        }
        let plan = self.plan(relationship)?;
        let link = self.home.link.lock().unwrap_or_else(PoisonError::into_inner).link();
        let seat = link.ok_or(Error::Closed)?.take_seat(relationship)?;
        Ok(Arc::new(Together { plan, seat: Mutex::new(Some(seat)) }))
    }
}

#[uniffi::export]
impl Together {
    /// Shows the other what this person looks at, and the text in which they type, while both are together.
    #[uniffi::method(default(goal = None, typing_in = None))]
    pub fn show(&self, goal: Option<GoalId>, typing_in: Option<GoalText>) {
        let seat = self.seat.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seat) = &*seat {
            let typing_in = typing_in.filter(|_| goal.is_some()).map_or(0, GoalText::number);
            seat.show(Presence { together: true, goal, typing_in });
        }
    }

    /// What the other person is doing; nothing while their device is not connected, or this sitting is over.
    #[must_use]
    pub fn other(&self) -> Option<OtherPresence> {
        let seat = self.seat.lock().unwrap_or_else(PoisonError::into_inner);
        let other = seat.as_ref()?.other()?;
        Some(OtherPresence {
            together: other.together,
            goal: other.presence.goal,
            typing_in: GoalText::from_number(other.presence.typing_in),
        })
    }

    /// Writes a text of a goal as it stands after a letter more or less, at once and for both. `shown` is the version that
    /// the screen showed; in the why, what the other types meanwhile is merged with it. Letters typed in a row are
    /// undone together.
    ///
    /// # Errors
    /// [`Error::NotTogether`] unless both are together: nothing is written then, save it when it is finished. Else as
    /// [`Plan::edit_goal`].
    pub fn type_in(&self, goal: GoalId, text: GoalText, shown: PlanVersion, words: String) -> Result<Goal> {
        if !self.other().is_some_and(|other| other.together) {
            return Err(Error::NotTogether);
        }
        self.show(Some(goal), Some(text));
        self.plan.type_in(goal, &shown, text, words)
    }

    /// Leaves. The other is told; what was written stays.
    pub fn leave(&self) {
        // Dropped without the lock: it says goodbye.
        let seat = self.seat.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(seat);
    }
}
