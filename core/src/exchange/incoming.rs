//! What arrives in pieces: a delivery is put together until its last piece has come, for its changes are
//! vouched for together. Nothing waits longer than that, and nothing without bounds.

use std::collections::HashMap;

use automerge::ChangeHash;

use super::columns::{self, Room};
use super::event::{Watch, Way};
use super::frame::Batch;
use super::heads::MAX_HEADS;
use super::replica::broken;
use super::replica::{Built, Replica, SignedHead};
use crate::Result;

/// The most that one delivery may hold, all its pieces together: its changes are in memory until the last
/// has come.
pub(super) const MAX_DELIVERY_CHANGES: usize = 16_000;
pub(super) const MAX_DELIVERY_OPERATIONS: usize = 60_000;
const ROOM: Room = Room { operations: MAX_DELIVERY_OPERATIONS, ..Room::BATCH };

/// What came with a piece.
pub(super) enum Arrived {
    /// Its delivery was taken in before: the answer may have been lost.
    Before,
    /// This piece has come before; more are to come.
    Again,
    /// More pieces are to come.
    Part,
    /// A piece or a parent is missing; what had come of the delivery is dropped.
    Gap,
    /// The delivery is whole.
    Whole(Delivery),
}

/// The pieces of a delivery that have arrived.
pub(super) struct Delivery {
    pub(super) number: u64,
    pub(super) changes: Vec<Built>,
    pub(super) heads: Vec<SignedHead>,
    pieces: u64,
    max_ops: HashMap<ChangeHash, u64>,
    room: Room,
}

/// The receiving side of one session.
#[derive(Default)]
pub(super) struct Incoming {
    /// The last delivery that was taken in.
    pub(super) taken: u64,
    begun: Option<Delivery>,
}

impl Incoming {
    /// Whether a delivery has come in part.
    pub(super) fn is_waiting(&self) -> bool {
        self.begun.is_some()
    }

    /// Drops what has come in part.
    pub(super) fn forget(&mut self) {
        self.begun = None;
    }

    /// Takes a piece.
    ///
    /// # Errors
    /// When it is malformed or the delivery is over a limit.
    pub(super) fn take(
        &mut self,
        batch: &Batch<'_>,
        replica: &dyn Replica,
        watch: &mut Option<Watch>,
    ) -> Result<Arrived> {
        if batch.delivery <= self.taken {
            return Ok(Arrived::Before);
        }
        let begun = self.begun.take();
        let mut delivery = match (begun, batch.piece) {
            (Some(begun), piece) if begun.number == batch.delivery && piece < begun.pieces => {
                self.begun = Some(begun);
                return Ok(Arrived::Again);
            }
            (Some(begun), piece) if begun.number == batch.delivery && piece == begun.pieces => begun,
            (_, 0) => Delivery::new(batch.delivery),
            _ => return Ok(Arrived::Gap),
        };
        if !delivery.add(batch, replica, watch)? {
            return Ok(Arrived::Gap);
        }
        if batch.is_last {
            return Ok(Arrived::Whole(delivery));
        }
        self.begun = Some(delivery);
        Ok(Arrived::Part)
    }
}

impl Delivery {
    fn new(number: u64) -> Self {
        let (changes, heads) = (Vec::new(), Vec::new());
        Self { number, changes, heads, pieces: 0, max_ops: HashMap::new(), room: ROOM }
    }

    /// Reads a piece. False where a parent is missing.
    fn add(&mut self, batch: &Batch<'_>, replica: &dyn Replica, watch: &mut Option<Watch>) -> Result<bool> {
        let inflated = columns::inflate(batch.columns)?;
        if let Some(watch) = watch {
            watch(Way::Received, &inflated);
        }
        let decoded = columns::read(&inflated, self.room.within(Room::BATCH), &|hash| {
            self.max_ops.get(hash).copied().or_else(|| replica.max_op(hash))
        })?;
        if decoded.orphans > 0 {
            return Ok(false);
        }
        if decoded.changes.is_empty() {
            return Err(broken("a piece without changes"));
        }
        self.pieces += 1;
        self.room = self.room.after(decoded.came);
        self.heads.extend_from_slice(&batch.heads);
        if self.changes.len() + decoded.changes.len() > MAX_DELIVERY_CHANGES || self.heads.len() > MAX_HEADS {
            return Err(broken("a delivery is too large"));
        }
        if !batch.is_last {
            let max_ops = decoded.changes.iter().map(|built| (built.change.hash(), built.change.max_op()));
            self.max_ops.extend(max_ops);
        }
        self.changes.extend(decoded.changes);
        Ok(true)
    }
}
