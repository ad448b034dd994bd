//! Sitting together: what each of the two is doing right now goes over the line beside the plan, and is kept nowhere.
//!
//! Each says first only that they have sat down. What they look at and type in is said once both have.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::peer::Peer;
use super::{Link, LinkState};
use crate::exchange::Presence;
use crate::id::RelationshipId;
use crate::shared::{Change, Shared};
use crate::{Error, Result};

/// What is to be done about what was heard.
pub(super) struct Heard {
    /// It is something else than before, and to be told.
    pub(super) is_news: bool,
    /// They have just sat down too, and are to hear what goes on here.
    pub(super) is_answered: bool,
}

/// Who sits at the table of one relationship.
#[derive(Default)]
pub(super) struct Sitting {
    table: Mutex<Table>,
    /// Rises when there is something to say.
    changed: watch::Sender<u64>,
}

#[derive(Default)]
struct Table {
    /// How many seats this person has taken; the app may show the plan twice.
    seats: u32,
    /// Whether the other was told that somebody sits here, so that leaving is told too.
    was_said: bool,
    own: Presence,
    /// What the other is doing, as they say, for as long as the connection lasts.
    other: Presence,
}

impl Table {
    fn is_together(&self) -> bool {
        self.seats > 0 && self.other.together
    }
}

impl Sitting {
    /// Hears when there is something to say.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// What to say to the other now, if anything.
    pub(super) fn to_say(&self) -> Option<Presence> {
        let mut table = self.table();
        let sits = table.seats > 0;
        let was_said = std::mem::replace(&mut table.was_said, sits);
        if !sits {
            return was_said.then(Presence::default);
        }
        let own = if table.other.together { table.own } else { Presence::default() };
        Some(Presence { together: true, ..own })
    }

    /// Hears what the other is doing.
    pub(super) fn hears(&self, presence: Presence) -> Heard {
        let mut table = self.table();
        let before = std::mem::replace(&mut table.other, presence);
        let is_answered = table.seats > 0 && presence.together && !before.together;
        Heard { is_news: before != presence, is_answered }
    }

    /// The connection is gone: nothing is known of the other any more.
    pub(super) fn parts(&self, shared: &Shared, relationship: RelationshipId) {
        let mut table = self.table();
        table.was_said = false;
        let before = std::mem::take(&mut table.other);
        drop(table);
        if before != Presence::default() {
            shared.tell(&Change::Presence { relationship });
        }
    }

    /// Changes what this person does, and says so if it is something else.
    fn change(&self, change: impl FnOnce(&mut Table)) {
        let mut table = self.table();
        let before = (table.seats > 0, table.own);
        change(&mut table);
        let is_news = before != (table.seats > 0, table.own);
        drop(table);
        if is_news {
            self.changed.send_modify(|number| *number += 1);
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of the other person at the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AtTheTable {
    /// Whether both have sat down.
    pub(crate) together: bool,
    /// What they do; nothing unless both have.
    pub(crate) presence: Presence,
}

/// A seat that this person has taken. It is left when this is dropped.
pub(crate) struct Seat(Arc<Peer>);

impl Link {
    /// Takes a seat at the table of a relationship.
    ///
    /// # Errors
    /// [`Error::Closed`] when this device is offline.
    pub(crate) fn take_seat(&self, relationship: RelationshipId) -> Result<Seat> {
        if self.network.is_offline() {
            return Err(Error::Closed);
        }
        let network = Arc::clone(&self.network);
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let peer = {
            // The peer's own task runs on the link's threads.
            let _threads = running.as_ref().ok_or(Error::Closed)?.runtime.enter();
            network.peer(relationship)
        };
        peer.sitting.change(|table| table.seats += 1);
        Ok(Seat(peer))
    }
}

impl Seat {
    /// Says what this person is doing now.
    pub(crate) fn show(&self, presence: Presence) {
        self.0.sitting.change(|table| table.own = presence);
    }

    /// What is known of the other; nothing while there is no connection.
    pub(crate) fn other(&self) -> Option<AtTheTable> {
        if self.0.state() == LinkState::Apart {
            return None;
        }
        let table = self.0.sitting.table();
        let together = table.is_together();
        let presence = if together { table.other } else { Presence::default() };
        Some(AtTheTable { together, presence })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.sitting.change(|table| {
            table.seats = table.seats.saturating_sub(1);
            if table.seats == 0 {
                table.own = Presence::default();
                // That they sit here is all that is still known of them.
                table.other = Presence { together: table.other.together, ..Presence::default() };
            }
        });
    }
}
