//! Frames: what stands on the wire, and cutting a stream of bytes into them.
//!
//! A frame is its length in four bytes, the version of the framing, its kind, and a body. Bodies are
//! bounded, and read with checks only.

pub(super) mod beside;

use self::beside::Beside;
use super::columns::{Cursor, MAX_NUMBER, MAX_STRING, put_number};
use super::heads::MAX_HEADS;
use super::replica::{Position, SignedEnd, SignedHead, broken};
use crate::Result;
use crate::id::RelationshipId;

/// The most bytes of one frame, its four bytes of length not counted.
pub(crate) const MAX_FRAME: usize = 4 * 1024 * 1024;
/// The most bytes of a frame that is not a batch.
const MAX_CONTROL: usize = 2 * MAX_STRING;
/// The most actors of one plan.
pub(super) const MAX_POSITIONS: usize = 1024;
/// The most ends in one frame: twice as many as a plan may have actors.
pub(crate) const MAX_ENDS: usize = 128;
/// The version of the framing.
const FRAMING: u8 = 1;
/// Kinds from here on may be skipped by somebody who does not know them.
const MAY_BE_SKIPPED: u8 = 0x80;

const HELLO: u8 = 1;
const BATCH: u8 = 2;
const HAVE: u8 = 3;
const REFUSED: u8 = 4;
const GOODBYE: u8 = 5;
const ENDS: u8 = 6;

/// A frame that was read. The columns of a batch are still deflated.
pub(super) enum Frame<'a> {
    Hello(Hello),
    Batch(Batch<'a>),
    Have(Have),
    Refused {
        hash: [u8; 32],
        reason: u8,
    },
    Goodbye(Farewell),
    Ends(Vec<SignedEnd>),
    /// What travels beside the plan.
    Beside(Beside),
    /// A kind that this version does not know and may skip.
    Skipped,
}

/// Who speaks, and how far they have got.
pub(super) struct Hello {
    /// The lowest and the highest version of the protocol that the sender speaks.
    pub(super) protocol: (u64, u64),
    pub(super) gate: u64,
    /// The highest level of a plan that the sender reads.
    pub(super) level: u64,
    /// The level of its plan.
    pub(super) plan: u64,
    pub(super) device_list: u64,
    pub(super) relationship: RelationshipId,
    /// Whether the relationship is over: then only what lies beside the plan is exchanged.
    pub(super) is_over: bool,
    /// Not 0 where the sender lost track and asks for everything from these positions on; the answer
    /// carries the number.
    pub(super) asks: u64,
    pub(super) positions: Vec<Position>,
}

/// A piece of a delivery: the changes of one delivery are vouched for together, by the heads of its
/// last piece.
pub(super) struct Batch<'a> {
    /// The number of the last [`Hello`] that asked, which this answers.
    pub(super) answers: u64,
    /// Which delivery, from 1.
    pub(super) delivery: u64,
    /// Which piece of it, from 0.
    pub(super) piece: u64,
    pub(super) is_last: bool,
    pub(super) heads: Vec<SignedHead>,
    pub(super) columns: &'a [u8],
}

/// How far the sender has got after a delivery, durably.
pub(super) struct Have {
    pub(super) delivery: u64,
    pub(super) positions: Vec<Position>,
}

/// Why an exchange ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// All is said, or the app goes offline.
    Done,
    /// The other side broke the rules of the protocol.
    RulesBroken,
    /// The two speak no version in common.
    NoCommonVersion,
    /// The two do not mean the same relationship.
    OtherRelationship,
    /// Something went wrong on the sender's own side.
    Trouble,
    /// The plan of one of the two is of a higher level than the other's app reads.
    NeedsUpdate,
    /// A reason that this version does not know.
    Unknown,
}

impl Farewell {
    fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::RulesBroken => 1,
            Self::NoCommonVersion => 2,
            Self::OtherRelationship => 3,
            Self::Trouble => 4,
            Self::NeedsUpdate => 5,
            Self::Unknown => u8::MAX,
        }
    }

    fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Done,
            1 => Self::RulesBroken,
            2 => Self::NoCommonVersion,
            3 => Self::OtherRelationship,
            4 => Self::Trouble,
            5 => Self::NeedsUpdate,
            _ => Self::Unknown,
        }
    }
}

/// Cuts a stream into frames. It holds what has arrived of one frame and never more than a frame may be.
pub(crate) struct FrameReader {
    arrived: Vec<u8>,
    /// Where in it the next frame begins.
    next: usize,
    longest: usize,
}

impl Default for FrameReader {
    fn default() -> Self {
        Self::up_to(MAX_FRAME)
    }
}

impl FrameReader {
    /// For frames of at most `longest` bytes, their four bytes of length not counted.
    pub(crate) fn up_to(longest: usize) -> Self {
        Self { arrived: Vec::new(), next: 0, longest }
    }

    /// Takes what has just arrived: some kilobytes at a time, with [`Self::next_frame`] in between.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.arrived.drain(..std::mem::take(&mut self.next));
        self.arrived.extend_from_slice(bytes);
    }

    /// The next whole frame, with its four bytes of length, or nothing until more has arrived.
    ///
    /// # Errors
    /// When a frame says that it is longer than allowed; the stream is then of no more use.
    pub(crate) fn next_frame(&mut self) -> Result<Option<Vec<u8>>> {
        let rest = self.arrived.get(self.next..).unwrap_or_default();
        let Some(prefix) = rest.first_chunk::<4>() else { return Ok(None) };
        let length = usize::try_from(u32::from_be_bytes(*prefix)).unwrap_or(usize::MAX);
        if length > self.longest {
            return Err(broken("a frame is too long"));
        }
        let Some((frame, after)) = rest.split_at_checked(4 + length) else { return Ok(None) };
        // Whatever is shorter is copied, so that neither many small frames cost much nor a long one twice its memory.
        if self.next == 0 && after.len() < frame.len() {
            let after = after.to_vec();
            self.arrived.truncate(4 + length);
            return Ok(Some(std::mem::replace(&mut self.arrived, after)));
        }
        let frame = frame.to_vec();
        self.next += frame.len();
        Ok(Some(frame))
    }

    /// Whether the stream may end here: nothing of a frame is left over.
    #[cfg(test)]
    pub(crate) fn is_at_an_end(&self) -> bool {
        self.next == self.arrived.len()
    }
}

/// Reads one whole frame.
///
/// # Errors
/// When it is malformed, over a limit, or of a kind that must not be skipped.
pub(super) fn read(frame: &[u8]) -> Result<Frame<'_>> {
    let mut cursor = Cursor::new(frame);
    let length = usize::try_from(u32::from_be_bytes(cursor.array()?)).unwrap_or(usize::MAX);
    if length > MAX_FRAME || length != cursor.rest().len() {
        return Err(broken("a frame is not as long as it says"));
    }
    if cursor.byte()? != FRAMING {
        return Err(broken("a frame of an unknown version"));
    }
    let kind = cursor.byte()?;
    if kind != BATCH && cursor.rest().len() > MAX_CONTROL {
        return Err(broken("a frame is too long for its kind"));
    }
    let frame = match kind {
        HELLO => Frame::Hello(read_hello(&mut cursor)?),
        BATCH => return Ok(Frame::Batch(read_batch(cursor)?)),
        HAVE => {
            let delivery = cursor.number()?;
            Frame::Have(Have { delivery, positions: read_positions(&mut cursor)? })
        }
        REFUSED => Frame::Refused { hash: cursor.array()?, reason: cursor.byte()? },
        GOODBYE => Frame::Goodbye(Farewell::from_number(cursor.byte()?)),
        ENDS => Frame::Ends(read_ends(&mut cursor)?),
        _ => match beside::read(kind, &mut cursor)? {
            Some(beside) => Frame::Beside(beside),
            None if kind >= MAY_BE_SKIPPED => return Ok(Frame::Skipped),
            None => return Err(broken("a frame of an unknown kind")),
        },
    };
    if !cursor.is_empty() {
        return Err(broken("a frame is longer than its content"));
    }
    Ok(frame)
}

fn read_hello(cursor: &mut Cursor<'_>) -> Result<Hello> {
    Ok(Hello {
        protocol: (cursor.number()?, cursor.number()?),
        gate: cursor.number()?,
        level: cursor.number()?,
        plan: cursor.number()?,
        device_list: cursor.number()?,
        relationship: RelationshipId::from_bytes(cursor.array()?),
        is_over: read_flag(cursor)?,
        asks: cursor.number()?,
        positions: read_positions(cursor)?,
    })
}

fn read_flag(cursor: &mut Cursor<'_>) -> Result<bool> {
    match cursor.byte()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(broken("a frame is malformed")),
    }
}

fn read_positions(cursor: &mut Cursor<'_>) -> Result<Vec<Position>> {
    let count = cursor.up_to(MAX_POSITIONS, "too many positions")?;
    let mut positions: Vec<Position> = Vec::new();
    for _ in 0..count {
        let position = read_position(cursor)?;
        if positions.last().is_some_and(|before| before.actor >= position.actor) {
            return Err(broken("positions are not in order"));
        }
        positions.push(position);
    }
    Ok(positions)
}

fn read_position(cursor: &mut Cursor<'_>) -> Result<Position> {
    let position = Position { actor: cursor.array()?, seq: cursor.number()?, hash: cursor.array()? };
    if position.seq == 0 || position.seq > MAX_NUMBER {
        return Err(broken("a sequence number out of range"));
    }
    Ok(position)
}

fn read_ends(cursor: &mut Cursor<'_>) -> Result<Vec<SignedEnd>> {
    let count = cursor.up_to(MAX_ENDS, "too many ends")?;
    let mut ends = Vec::new();
    for _ in 0..count {
        let (actor, seq, hash) = (cursor.array()?, cursor.number()?, cursor.array()?);
        if seq > MAX_NUMBER {
            return Err(broken("a sequence number out of range"));
        }
        ends.push(SignedEnd { actor, seq, hash, device: cursor.array()?, signature: cursor.array()? });
    }
    Ok(ends)
}

fn read_batch(mut cursor: Cursor<'_>) -> Result<Batch<'_>> {
    let (answers, delivery, piece) = (cursor.number()?, cursor.number()?, cursor.number()?);
    let is_last = read_flag(&mut cursor)?;
    let count = cursor.up_to(MAX_HEADS, "too many signed heads")?;
    let mut heads = Vec::new();
    for _ in 0..count {
        let position = read_position(&mut cursor)?;
        heads.push(SignedHead { position, device: cursor.array()?, signature: cursor.array()? });
    }
    Ok(Batch { answers, delivery, piece, is_last, heads, columns: cursor.rest() })
}

/// A frame for the wire, with its four bytes of length.
///
/// # Errors
/// When it is longer than allowed.
fn finish(kind: u8, body: &[u8]) -> Result<Vec<u8>> {
    let length = u32::try_from(body.len() + 2).unwrap_or(u32::MAX);
    if body.len() + 2 > MAX_FRAME {
        return Err(broken("a frame is too long"));
    }
    Ok([&length.to_be_bytes()[..], &[FRAMING, kind], body].concat())
}

fn put_position(out: &mut Vec<u8>, position: &Position) {
    out.extend_from_slice(&position.actor);
    put_number(out, position.seq);
    out.extend_from_slice(&position.hash);
}

fn put_positions(out: &mut Vec<u8>, positions: &[Position]) -> Result<()> {
    if positions.len() > MAX_POSITIONS {
        return Err(broken("too many positions"));
    }
    put_number(out, positions.len() as u64);
    for position in positions {
        put_position(out, position);
    }
    Ok(())
}

pub(super) fn write_hello(hello: &Hello) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    let (lowest, highest) = hello.protocol;
    for number in [lowest, highest, hello.gate, hello.level, hello.plan, hello.device_list] {
        put_number(&mut body, number);
    }
    body.extend_from_slice(hello.relationship.as_bytes());
    body.push(u8::from(hello.is_over));
    put_number(&mut body, hello.asks);
    put_positions(&mut body, &hello.positions)?;
    finish(HELLO, &body)
}

pub(super) fn write_batch(batch: &Batch<'_>) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    for number in [batch.answers, batch.delivery, batch.piece] {
        put_number(&mut body, number);
    }
    body.push(u8::from(batch.is_last));
    if batch.heads.len() > MAX_HEADS {
        return Err(broken("too many signed heads"));
    }
    put_number(&mut body, batch.heads.len() as u64);
    for head in &batch.heads {
        put_position(&mut body, &head.position);
        body.extend_from_slice(&head.device);
        body.extend_from_slice(&head.signature);
    }
    body.extend_from_slice(batch.columns);
    finish(BATCH, &body)
}

pub(super) fn write_have(have: &Have) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    put_number(&mut body, have.delivery);
    put_positions(&mut body, &have.positions)?;
    finish(HAVE, &body)
}

pub(super) fn write_ends(ends: &[SignedEnd]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    put_number(&mut body, ends.len().min(MAX_ENDS) as u64);
    for end in ends.iter().take(MAX_ENDS) {
        body.extend_from_slice(&end.actor);
        put_number(&mut body, end.seq);
        body.extend_from_slice(&end.hash);
        body.extend_from_slice(&end.device);
        body.extend_from_slice(&end.signature);
    }
    finish(ENDS, &body)
}

pub(super) fn write_refused(hash: &[u8; 32], reason: u8) -> Result<Vec<u8>> {
    finish(REFUSED, &[&hash[..], &[reason]].concat())
}

pub(super) fn write_goodbye(why: Farewell) -> Result<Vec<u8>> {
    finish(GOODBYE, &[why.number()])
}
