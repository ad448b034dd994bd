//! What the protocol needs of a plan: how far it has got, what the other lacks, and letting in.

use automerge::{Change, ChangeHash, ExpandedChange};

use crate::id::{GoalId, TaskId};
use crate::{Error, Result};

/// An actor: Automerge's author id of 16 bytes, 8 of them of the device key's digest.
pub(crate) type Actor = [u8; 16];

/// How far a replica has got with one actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// Whose changes.
    pub(crate) actor: Actor,
    /// The sequence number of the last one, from 1.
    pub(crate) seq: u64,
    /// Its hash.
    pub(crate) hash: [u8; 32],
}

impl Position {
    /// Where a change stands.
    ///
    /// # Errors
    /// [`Error::Exchange`] for one by an actor that is not 16 bytes.
    pub(crate) fn of(change: &Change) -> Result<Self> {
        let actor = change.actor_id().to_bytes().try_into();
        let actor = actor.map_err(|_| broken("an actor that is not 16 bytes"))?;
        Ok(Self { actor, seq: change.seq(), hash: change.hash().0 })
    }
}

/// The other device broke the rules, and how.
pub(super) fn broken(problem: &'static str) -> Error {
    Error::broken_rule(problem)
}

/// A position that the actor's device has signed: it vouches for the change and all before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedHead {
    /// What is vouched for.
    pub(crate) position: Position,
    /// The public key of the device that signed.
    pub(crate) device: [u8; 32],
    /// Over domain tag, relationship and position.
    pub(crate) signature: [u8; 64],
}

/// What an actor's device, or the person who has dropped that device, has signed of its end: nothing of it beyond this
/// counts any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedEnd {
    /// Whose changes.
    pub(crate) actor: Actor,
    /// The sequence number of the last one that counts, 0 for none.
    pub(crate) seq: u64,
    /// Its hash, zeros for none.
    pub(crate) hash: [u8; 32],
    /// The public key that signed: the device's, or its person's.
    pub(crate) device: [u8; 32],
    /// Over domain tag, relationship, actor, sequence number and hash.
    pub(crate) signature: [u8; 64],
}

/// A change that was read from the wire and built again.
#[derive(Clone)]
pub(crate) struct Built {
    /// Its operations, to be judged.
    pub(crate) expanded: ExpandedChange,
    /// The change itself, its hash computed here.
    pub(crate) change: Change,
}

impl std::fmt::Debug for Built {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The hash only: the operations hold people's words.
        f.debug_tuple("Built").field(&self.change.hash()).finish()
    }
}

/// Why a change was refused. The numbers travel and stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error, uniffi::Enum)]
#[repr(u8)]
pub enum Refusal {
    /// No valid signed head of its actor covers it.
    #[error("no signed head covers it")]
    NotVouchedFor = 1,
    /// Its actor belongs to no device that its person has certified.
    #[error("its device is not certified")]
    UnknownDevice = 2,
    /// Its sequence number is not the next one, or is taken by another change.
    #[error("its sequence number is not the next one")]
    Sequence = 3,
    /// It is larger than allowed.
    #[error("it is over a limit")]
    Limit = 4,
    /// An operation of a kind that plans do not have.
    #[error("an operation of a kind that plans do not have")]
    Operation = 5,
    /// An operation on something that is not among its ancestors, or does not exist.
    #[error("an operation on something unknown")]
    Unknown = 6,
    /// An operation that this person may not do there.
    #[error("an operation that this person may not do there")]
    NotAllowed = 7,
    /// A value that is not of the type, length or form that belongs there.
    #[error("a value that does not belong there")]
    Value = 8,
    /// It takes the place of something that is not its own to replace.
    #[error("it replaces what is not its own to replace")]
    Predecessor = 9,
    /// It builds upon a change that was refused.
    #[error("it builds upon a change that was refused")]
    Descends = 10,
    /// Automerge could not take it.
    #[error("it cannot be applied")]
    Broken = 11,
    /// Its actor's device, or that device's person, has signed that the actor ends before it.
    #[error("its device, or its person, has said that it ends before this")]
    Ended = 12,
}

impl Refusal {
    /// The reason of this number, where this version knows it.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        [
            Self::NotVouchedFor,
            Self::UnknownDevice,
            Self::Sequence,
            Self::Limit,
            Self::Operation,
            Self::Unknown,
            Self::NotAllowed,
            Self::Value,
            Self::Predecessor,
            Self::Descends,
            Self::Broken,
            Self::Ended,
        ]
        .into_iter()
        .find(|reason| *reason as u8 == number)
    }
}

/// What became of a batch.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accepted {
    /// How many changes are new here, and durable.
    pub(crate) applied: u32,
    /// What was set aside, and why.
    pub(crate) refused: Vec<(ChangeHash, Refusal)>,
    /// Which goals look different now.
    pub(crate) goals: Vec<GoalId>,
    /// Which tasks do.
    pub(crate) tasks: Vec<TaskId>,
    /// The other held changes of our own that we had lost: we go on under a fresh actor, and there
    /// may be changes to send that were not there before.
    pub(crate) began_afresh: bool,
}

/// Whether two devices can go on, by the levels of plans that they read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Footing {
    /// Each reads the other's plan.
    Common,
    /// The plan here is of a higher level than the other reads.
    TheyNeedAnUpdate,
    /// The other's plan is of a higher level than is read here.
    WeNeedAnUpdate,
}

/// One device's copy of a plan, as the protocol sees it.
pub(crate) trait Replica {
    /// The level of the plan here.
    fn level(&self) -> Result<u64>;

    /// The other device said in its hello which level of plans it reads, and of which level its plan is. What
    /// follows from that is durable before it returns.
    fn greeted(&mut self, reads: u64, plan: u64) -> Result<Footing>;

    /// Every end that is known here, of one's own actors and of others'.
    fn ends(&self) -> Result<Vec<SignedEnd>>;

    /// The other device has told of ends. Answers whether this one has begun afresh because of them.
    fn ended(&mut self, ends: &[SignedEnd]) -> Result<bool>;

    /// The other device did not take a change. If it is one of our own and we would not take it either, we go on
    /// without it under a fresh actor; answers whether that was so. Durable before it returns.
    fn refused(&mut self, hash: &ChangeHash) -> Result<bool>;

    /// How far this replica has got with every actor, sorted; the genesis is not among them.
    fn positions(&self) -> Result<Vec<Position>>;

    /// The highest operation number of a change, where the change is here.
    fn max_op(&self, hash: &ChangeHash) -> Option<u64>;

    /// Every change that someone at `theirs` lacks, parents first. For an actor whose hash at their
    /// sequence number differs from ours, all of its changes.
    fn missing(&mut self, theirs: &[Position]) -> Result<Vec<Change>>;

    /// For each position a signed head of that actor at it, or the first one after it. A device signs its
    /// own at any position; of others it has what they signed, at the latest position and at least at
    /// every 250th change. So a batch that ends between two of these must be cut at the earlier one
    /// (for others' actors only).
    fn signed_heads(&mut self, positions: &[Position]) -> Result<Vec<SignedHead>>;

    /// The signed heads of another's actor that are kept between two of its sequence numbers, both included.
    fn heads_between(&mut self, actor: &Actor, from: u64, to: u64) -> Result<Vec<SignedHead>>;

    /// Judges a batch, parents first, and takes in what may be taken in: durably, before it returns.
    fn accept(&mut self, changes: Vec<Built>, heads: &[SignedHead]) -> Result<Accepted>;
}
