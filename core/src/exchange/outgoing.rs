//! What waits to be sent. Changes are cut into pieces when they are queued and written when their turn
//! comes, so that a first exchange of a long plan is never in memory twice.

use std::collections::{BTreeMap, VecDeque};

use automerge::Change;

use super::columns;
use super::frame::{self, Batch, Farewell};
use super::heads::MAX_HEADS;
use super::incoming::{MAX_DELIVERY_CHANGES, MAX_DELIVERY_OPERATIONS};
use super::replica::{Actor, Position, Replica, SignedHead};
use crate::id::ParcelId;
use crate::{Error, Result};

/// How much goes into one piece: half of what a frame may hold at most.
const PIECE_CHANGES: usize = columns::MAX_CHANGES / 2;
const PIECE_OPERATIONS: usize = columns::MAX_OPERATIONS / 2;
const PIECE_BYTES: usize = 1024 * 1024;

/// A frame to send, and what is in it.
pub(super) struct Sent {
    pub(super) frame: Vec<u8>,
    /// The columns before they were deflated, where it is a batch.
    columns: Option<Vec<u8>>,
}

impl Sent {
    /// What the frame says, inflated.
    pub(super) fn inflated(&self) -> &[u8] {
        self.columns.as_deref().unwrap_or(&self.frame)
    }
}

/// Changes that go in one frame.
struct Piece {
    changes: Vec<Change>,
    /// Not empty on the last piece of a delivery.
    heads: Vec<SignedHead>,
    delivery: u64,
    answers: u64,
    is_last: bool,
}

enum Waiting {
    Frame(Vec<u8>),
    /// How far we have got: only the latest is worth sending.
    Have(Vec<u8>),
    /// Which notices are here: the same.
    Holdings(Vec<u8>),
    /// What the person is doing: the same.
    Presence(Vec<u8>),
    /// A piece of a parcel.
    Parcel(ParcelId, Vec<u8>),
    /// Notices that the other lacks.
    Notices(Vec<u8>),
    Piece(Piece),
}

/// The queue of one session.
#[derive(Default)]
pub(super) struct Outgoing {
    waiting: VecDeque<Waiting>,
    deliveries: u64,
    /// The delivery whose piece was sent last, and how many of its pieces were.
    sending: (u64, u64),
}

impl Outgoing {
    /// How many deliveries were queued, ever: also the number of the last.
    pub(super) fn deliveries(&self) -> u64 {
        self.deliveries
    }

    pub(super) fn push(&mut self, frame: Vec<u8>) {
        self.waiting.push_back(Waiting::Frame(frame));
    }

    /// Queues a frame that says how far we have got, in place of one that still waits.
    pub(super) fn push_have(&mut self, frame: Vec<u8>) {
        self.waiting.retain(|waiting| !matches!(waiting, Waiting::Have(_)));
        self.waiting.push_back(Waiting::Have(frame));
    }

    /// Queues a frame that says which notices are here, in place of one that still waits.
    pub(super) fn push_holdings(&mut self, frame: Vec<u8>) {
        self.waiting.retain(|waiting| !matches!(waiting, Waiting::Holdings(_)));
        self.waiting.push_back(Waiting::Holdings(frame));
    }

    /// Lets a frame that says what the person is doing go next, in place of one that still waits.
    pub(super) fn push_presence(&mut self, frame: Vec<u8>) {
        self.waiting.retain(|waiting| !matches!(waiting, Waiting::Presence(_)));
        self.waiting.push_front(Waiting::Presence(frame));
    }

    /// Queues a piece of a parcel.
    pub(super) fn push_parcel_piece(&mut self, parcel: ParcelId, frame: Vec<u8>) {
        self.waiting.push_back(Waiting::Parcel(parcel, frame));
    }

    /// The parcel of which a piece waits to be sent next.
    pub(super) fn parcel_waiting(&self) -> Option<ParcelId> {
        self.waiting.iter().find_map(|waiting| match waiting {
            Waiting::Parcel(parcel, _) => Some(*parcel),
            _ => None,
        })
    }

    /// Drops the pieces of parcels that were not sent yet.
    pub(super) fn forget_pieces(&mut self) {
        self.waiting.retain(|waiting| !matches!(waiting, Waiting::Parcel(..)));
    }

    /// Whether pieces of a parcel still wait to be sent.
    pub(super) fn has_pieces_waiting(&self) -> bool {
        self.parcel_waiting().is_some()
    }

    /// Queues notices.
    pub(super) fn push_notices(&mut self, frame: Vec<u8>) {
        self.waiting.push_back(Waiting::Notices(frame));
    }

    /// Whether notices still wait to be sent.
    pub(super) fn has_notices_waiting(&self) -> bool {
        self.waiting.iter().any(|waiting| matches!(waiting, Waiting::Notices(_)))
    }

    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Only the goodbye is still sent.
    pub(super) fn end(&mut self, why: Farewell) {
        self.waiting.clear();
        if let Ok(frame) = frame::write_goodbye(why) {
            self.push(frame);
        }
    }

    /// Drops the changes that were not sent yet.
    pub(super) fn forget_deliveries(&mut self) {
        self.waiting.retain(|waiting| !matches!(waiting, Waiting::Piece(_)));
    }

    /// Queues changes, parents first. A long delivery is closed wherever heads can vouch for all of it, so
    /// that the other can take in what has come.
    ///
    /// # Errors
    /// What the replica says; [`Error::Exchange`] when the changes are more than one delivery may hold.
    pub(super) fn deliver(
        &mut self,
        changes: Vec<Change>,
        answers: u64,
        replica: &mut dyn Replica,
    ) -> Result<()> {
        let mut delivery = Delivery::default();
        self.deliveries += 1;
        let mut changes = changes.into_iter().peekable();
        while let Some(change) = changes.next() {
            if delivery.piece.is_full_with(&change) {
                self.queue(&mut delivery, answers, None);
            }
            delivery.add(change)?;
            let heads = if changes.peek().is_none() {
                Some(delivery.with_those_between(delivery.heads(replica)?, replica)?)
            } else {
                delivery.heads_to_close_with(replica)?
            };
            if heads.is_some() {
                self.queue(&mut delivery, answers, heads);
                if changes.peek().is_some() {
                    self.deliveries += 1;
                    delivery = Delivery::default();
                }
            }
        }
        Ok(())
    }

    /// Queues what has gathered as one piece, the last of its delivery where there are heads.
    fn queue(&mut self, delivery: &mut Delivery, answers: u64, heads: Option<Vec<SignedHead>>) {
        let is_last = heads.is_some();
        self.waiting.push_back(Waiting::Piece(Piece {
            changes: std::mem::take(&mut delivery.piece).changes,
            heads: heads.unwrap_or_default(),
            delivery: self.deliveries,
            answers,
            is_last,
        }));
    }

    /// The next frame to send.
    ///
    /// # Errors
    /// When a change of ours does not fit on the wire.
    pub(super) fn next_frame(&mut self) -> Result<Option<Sent>> {
        loop {
            let mut piece = match self.waiting.pop_front() {
                None => return Ok(None),
                Some(
                    Waiting::Frame(frame)
                    | Waiting::Have(frame)
                    | Waiting::Holdings(frame)
                    | Waiting::Presence(frame)
                    | Waiting::Parcel(_, frame)
                    | Waiting::Notices(frame),
                ) => return Ok(Some(Sent { frame, columns: None })),
                Some(Waiting::Piece(piece)) => piece,
            };
            match self.write(&piece) {
                Ok(sent) => return Ok(Some(sent)),
                Err(error) if piece.changes.len() < 2 => return Err(error),
                Err(_) => {
                    // Over a limit that the estimate did not see: in two halves it fits.
                    let second = piece.changes.split_off(piece.changes.len() / 2);
                    let heads = std::mem::take(&mut piece.heads);
                    let Piece { delivery, answers, is_last, .. } = piece;
                    let second = Piece { changes: second, heads, delivery, answers, is_last };
                    piece.is_last = false;
                    self.waiting.push_front(Waiting::Piece(second));
                    self.waiting.push_front(Waiting::Piece(piece));
                }
            }
        }
    }

    fn write(&mut self, piece: &Piece) -> Result<Sent> {
        let columns = columns::write(&piece.changes)?;
        let number = if self.sending.0 == piece.delivery { self.sending.1 } else { 0 };
        let frame = frame::write_batch(&Batch {
            answers: piece.answers,
            delivery: piece.delivery,
            piece: number,
            is_last: piece.is_last,
            heads: piece.heads.clone(),
            columns: &columns::deflate(&columns)?,
        })?;
        self.sending = (piece.delivery, number + 1);
        Ok(Sent { frame, columns: Some(columns) })
    }
}

/// What has gathered for one frame.
#[derive(Default)]
struct Gathered {
    changes: Vec<Change>,
    operations: usize,
    bytes: usize,
}

impl Gathered {
    fn is_full_with(&self, change: &Change) -> bool {
        !self.changes.is_empty()
            && (self.changes.len() == PIECE_CHANGES
                || self.operations + change.len() > PIECE_OPERATIONS
                || self.bytes + change.raw_bytes().len() > PIECE_BYTES)
    }
}

/// A delivery that is being put together.
#[derive(Default)]
struct Delivery {
    piece: Gathered,
    changes: usize,
    operations: usize,
    bytes: usize,
    /// The number of the first change of each actor, and its last change.
    begins: BTreeMap<Actor, u64>,
    ends: BTreeMap<Actor, Position>,
    /// Actors of others, and the sequence numbers at which they signed next.
    awaited: BTreeMap<Actor, u64>,
}

impl Delivery {
    fn add(&mut self, change: Change) -> Result<()> {
        let (operations, bytes) = (change.len(), change.raw_bytes().len());
        self.changes += 1;
        self.operations += operations;
        self.bytes += bytes;
        if self.changes > MAX_DELIVERY_CHANGES || self.operations > MAX_DELIVERY_OPERATIONS {
            return Err(Error::broken_rule("too many changes for one delivery"));
        }
        let position = Position::of(&change)?;
        self.begins.entry(position.actor).or_insert(position.seq);
        self.ends.insert(position.actor, position);
        if self.awaited.get(&position.actor).is_some_and(|signed| *signed <= position.seq) {
            self.awaited.remove(&position.actor);
        }
        self.piece.operations += operations;
        self.piece.bytes += bytes;
        self.piece.changes.push(change);
        Ok(())
    }

    fn heads(&self, replica: &mut dyn Replica) -> Result<Vec<SignedHead>> {
        let ends: Vec<Position> = self.ends.values().copied().collect();
        replica.signed_heads(&ends)
    }

    /// The heads to close with, where the delivery is long enough and every actor in it has one just here.
    fn heads_to_close_with(&mut self, replica: &mut dyn Replica) -> Result<Option<Vec<SignedHead>>> {
        let is_long =
            self.changes >= PIECE_CHANGES || self.operations >= PIECE_OPERATIONS || self.bytes >= PIECE_BYTES;
        if !is_long || !self.awaited.is_empty() {
            return Ok(None);
        }
        let heads = self.heads(replica)?;
        for (actor, end) in &self.ends {
            if heads.iter().any(|head| head.position == *end) {
                continue;
            }
            let signed = heads.iter().map(|head| head.position).find(|position| position.actor == *actor);
            self.awaited.insert(*actor, signed.map_or(u64::MAX, |position| position.seq));
        }
        if self.awaited.is_empty() { self.with_those_between(heads, replica).map(Some) } else { Ok(None) }
    }

    /// The heads with those that others have signed on the way: whoever gets the changes has to be able to pass
    /// them on in deliveries no longer than these.
    fn with_those_between(
        &self,
        mut heads: Vec<SignedHead>,
        replica: &mut dyn Replica,
    ) -> Result<Vec<SignedHead>> {
        for (actor, end) in &self.ends {
            let from = self.begins.get(actor).copied().unwrap_or(end.seq);
            let between = replica.heads_between(actor, from, end.seq.saturating_sub(1))?;
            heads.extend(between.into_iter().take(MAX_HEADS.saturating_sub(heads.len())));
        }
        Ok(heads)
    }
}
