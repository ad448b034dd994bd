//! Operations in columns: what a plan's changes look like on the wire.
//!
//! A batch of changes is taken apart into columns of small numbers (who, when, upon what, which
//! operation, where, with which value), because like compresses well with like; then it is deflated.
//! Nothing that the receiver can compute is carried: no hash, no checksum, no operation number. The
//! reader counts everything while it reads, allocates nothing because a number told it to, and builds
//! each change itself. `docs/protocol.md` describes every column.

mod bytes;
mod moment;
mod read;
#[cfg(test)]
mod tests;
mod write;

use automerge::Change;
#[cfg(test)]
use automerge::ChangeHash;

use super::replica::Built;
use crate::{Error, Result};

pub(in crate::exchange) use bytes::{Cursor, put_number};
#[cfg(test)]
pub(crate) use read::Decoded;
pub(crate) use read::{Room, read};
pub(crate) use write::write;

/// The number that begins every batch: the version of this encoding.
const ENCODING: u8 = 1;

/// The most changes in one batch.
pub(crate) const MAX_CHANGES: usize = 4_000;
/// The most operations in one batch.
pub(crate) const MAX_OPERATIONS: usize = 20_000;
/// The most operations in one change.
pub(crate) const MAX_OPERATIONS_OF_A_CHANGE: usize = 10_000;
/// The most bytes of a batch after inflating.
pub(crate) const MAX_INFLATED: usize = 16 * 1024 * 1024;
/// The most bytes of keys and values in one batch, each counted as often as it is used: a string
/// stands once on the wire and may be used by thousands of operations.
pub(crate) const MAX_UNFOLDED: usize = 8 * 1024 * 1024;
/// The most bytes of one string or byte string.
pub(crate) const MAX_STRING: usize = 64 * 1024;
/// The most actors in one batch.
pub(crate) const MAX_ACTORS: usize = 256;
/// The most parents of one change.
pub(crate) const MAX_PARENTS: usize = 64;
/// The most predecessors of one operation.
pub(crate) const MAX_PREDECESSORS: usize = 64;
/// The most predecessors that are written out in one batch.
pub(crate) const MAX_PREDECESSORS_OF_A_BATCH: usize = 40_000;
/// The highest sequence and operation number that a plan can have. A plan of five years reaches about
/// a hundred thousand; above 4,294,967,295 Automerge panics.
pub(crate) const MAX_NUMBER: u64 = 1 << 31;

/// The columns of a batch, in the order in which they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// 16 bytes for each actor.
    Actors,
    /// 32 bytes for each parent that is not in the batch.
    Hashes,
    /// For each change its actor.
    Author,
    /// For each actor that has changes here, the sequence number of the first.
    Sequence,
    /// For each change its time, as the difference from the change before.
    Time,
    /// For each change how many parents it has.
    ParentCount,
    /// For each parent where it is.
    Parent,
    /// For each change how many operations it has.
    OperationCount,
    /// For each operation its shape.
    Shape,
    /// For each operation its object.
    Object,
    /// For each object that was not mentioned before, the actor of its creation.
    ObjectActor,
    /// And how far back its creation lies.
    ObjectDistance,
    /// For each operation on a map its key.
    Key,
    /// For each operation on a text its place.
    Element,
    /// For each place that is written out, its actor.
    ElementActor,
    /// And how far back its creation lies.
    ElementDistance,
    /// For each operation but an insertion, what it replaces.
    Predecessor,
    /// For each predecessor that is written out, its actor.
    PredecessorActor,
    /// And how far back it lies.
    PredecessorDistance,
    /// Numbers.
    Number,
    /// For each moment its microseconds since 1970, as the difference from the change's own time.
    Moment,
    /// And its offset from UTC in minutes.
    MomentOffset,
    /// And its zone: which string.
    MomentZone,
    /// For each text value, which string.
    Value,
    /// For each string that was not mentioned before, its length.
    StringLength,
    /// And its UTF-8.
    StringBytes,
    /// For each string of 32 hexadecimal digits that was not mentioned before, the first 6 of its 16
    /// bytes: in an item's id its creator.
    IdCreator,
    /// The next 6, as the difference from the change's time in milliseconds: when it was made.
    IdTime,
    /// And the last 4.
    IdRandom,
    /// The characters inserted into texts.
    Characters,
    /// For each byte string its length.
    BytesLength,
    /// And its bytes.
    Bytes,
}

impl Column {
    /// How many columns there are.
    pub(super) const COUNT: usize = Self::Bytes as usize + 1;
}

/// What an operation is. Everything that a plan needs, and nothing else that Automerge knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    MakeMap,
    MakeText,
    Null,
    False,
    True,
    Int,
    Uint,
    Moment,
    Str,
    Bytes,
    Insert,
    Delete,
    /// Takes values off a map's key: what Automerge writes when a choice between two is resolved by
    /// putting the one that already wins.
    Remove,
}

impl Shape {
    fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::MakeMap,
            1 => Self::MakeText,
            2 => Self::Null,
            3 => Self::False,
            4 => Self::True,
            5 => Self::Int,
            6 => Self::Uint,
            7 => Self::Moment,
            8 => Self::Str,
            9 => Self::Bytes,
            10 => Self::Insert,
            11 => Self::Delete,
            12 => Self::Remove,
            _ => return None,
        })
    }
}

/// Codes of the columns [`Column::Object`], [`Column::Element`] and of strings.
mod code {
    /// The object of the operation before.
    pub(super) const SAME_OBJECT: u64 = 0;
    /// The root map.
    pub(super) const ROOT: u64 = 1;
    /// An object that is mentioned for the first time; its id stands in its own columns.
    pub(super) const NEW_OBJECT: u64 = 2;
    /// From here on: an object mentioned before, counted back from the latest.
    pub(super) const OBJECT: u64 = 3;

    /// After the operation before this one in the same change.
    pub(super) const AFTER_BEFORE: u64 = 0;
    /// The beginning of the text.
    pub(super) const HEAD: u64 = 1;
    /// The element that the last place named, plus one.
    pub(super) const NEXT: u64 = 2;
    /// An element whose id stands in its own columns.
    pub(super) const ELEMENT: u64 = 3;

    /// A string of 32 hexadecimal digits, mentioned for the first time.
    pub(super) const NEW_ID: u64 = 0;
    /// Another string, mentioned for the first time.
    pub(super) const NEW_STRING: u64 = 1;
    /// From here on: even for strings, by their order; odd for ids, counted back from the latest.
    pub(super) const STRING: u64 = 2;
    /// See [`STRING`].
    pub(super) const ID: u64 = 3;

    /// It replaces nothing.
    pub(super) const NOTHING: u64 = 0;
    /// It replaces what the batch last put on the same key.
    pub(super) const LATEST: u64 = 1;
}

/// How many bytes of an item's id are its creator's, and how many are the time.
const CREATOR: usize = crate::id::PERSON_PREFIX;
const TIME: usize = 6;

/// Where a string is kept: among the strings or among the ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Text {
    String(u32),
    Id(u32),
}

/// The 16 bytes of a string of 32 lowercase hexadecimal digits.
fn id_of(text: &str) -> Option<[u8; 16]> {
    (text.len() == 32).then(|| data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok())?
}

fn malformed(problem: &'static str) -> Error {
    Error::broken_rule(problem)
}

/// A batch of changes for the wire, parents first.
///
/// # Errors
/// When a change cannot be represented, or the batch is over a limit.
#[cfg(test)]
pub(crate) fn encode(changes: &[Change]) -> Result<Vec<u8>> {
    bytes::deflate(&write(changes)?)
}

/// Inflates a batch, up to [`MAX_INFLATED`] bytes.
///
/// # Errors
/// When it is damaged or inflates to more.
pub(crate) fn inflate(deflated: &[u8]) -> Result<Vec<u8>> {
    bytes::inflate(deflated, MAX_INFLATED)
}

/// Deflates a batch that was written.
///
/// # Errors
/// Never in practice.
pub(crate) fn deflate(written: &[u8]) -> Result<Vec<u8>> {
    bytes::deflate(written)
}

/// Reads a batch and builds its changes. `max_op` knows the highest operation number of every change
/// that is here already.
///
/// # Errors
/// When the batch is malformed or over a limit.
#[cfg(test)]
pub(crate) fn decode(deflated: &[u8], max_op: &dyn Fn(&ChangeHash) -> Option<u64>) -> Result<Decoded> {
    read(&inflate(deflated)?, Room::BATCH, max_op)
}

/// Takes a change of our own there and back, as every commit does before it is stored: what would not
/// come out the same on the other side must never be written. Returns it as it is read, to be judged.
///
/// # Errors
/// When the change cannot be represented, is over a limit, or comes out another.
pub(crate) fn roundtrip(change: &Change) -> Result<Built> {
    let before = change.start_op().get() - 1;
    let written = write(std::slice::from_ref(change))?;
    let mut decoded = read(&written, Room::BATCH, &|_| Some(before))?;
    match decoded.changes.pop() {
        Some(built) if built.change.hash() == change.hash() => Ok(built),
        _ => Err(malformed("a change comes out another")),
    }
}
