//! The shared half of a home, which the link and the exchange may hold: the shared file, the world, and those who
//! listen for changes.

mod change;
mod observers;

pub use change::{Change, LinkState};
pub(crate) use observers::Observers;
pub use observers::{Observer, Subscription};

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use tokio::sync::broadcast;

use crate::clock::World;
use crate::id::RelationshipId;
use crate::store::File;

/// How many edits can wait to be noticed; whoever is slower looks at everything once.
const WAITING_EDITS: usize = 64;

/// The shared half of a home. There is no way from here to the private file.
pub(crate) struct Shared {
    /// The shared file.
    pub(crate) file: File,
    /// Time and chance.
    pub(crate) world: World,
    /// Who gets told of changes.
    pub(crate) observers: Arc<Observers>,
    edits: broadcast::Sender<RelationshipId>,
    reads: AtomicU16,
}

impl Shared {
    /// Of a file that is open; `reads` is the highest level of a plan that this build reads.
    pub(crate) fn new(file: File, world: World, reads: u16) -> Self {
        let edits = broadcast::Sender::new(WAITING_EDITS);
        Self { file, world, observers: Arc::default(), edits, reads: AtomicU16::new(reads) }
    }

    /// The highest level of a plan that is read here: the build's own.
    pub(crate) fn reads(&self) -> u16 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Makes this an app of an earlier build, as far as plans go.
    #[cfg(test)]
    pub(crate) fn read_only_up_to(&self, level: u16) {
        self.reads.store(level, Ordering::Relaxed);
    }

    /// Tells everyone of a change; call it when the change is durable and no lock is held.
    pub(crate) fn tell(&self, change: &Change) {
        self.observers.tell(change);
    }

    /// Says that a plan was edited here and the edit is durable, so that the link sends it at once.
    pub(crate) fn edited(&self, relationship: RelationshipId) {
        // It is an error only that nobody is connected.
        let _ = self.edits.send(relationship);
    }

    /// Hears of every [`Shared::edited`] from now on.
    pub(crate) fn edits(&self) -> broadcast::Receiver<RelationshipId> {
        self.edits.subscribe()
    }
}
