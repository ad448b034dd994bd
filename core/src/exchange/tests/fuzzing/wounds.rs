//! What is changed in frames and columns, and frames that nobody ever sent.

use crate::exchange::columns::{self, Column, put_number};
use crate::exchange::frame::{self, Batch, Farewell, Frame, Have, Hello};
use crate::exchange::testing::{Bare, Dice, Exchange, relationship};
use crate::exchange::{Position, SignedEnd, SignedHead};

/// Numbers at which something changes.
const NUMBERS: [u64; 16] = [
    0,
    1,
    2,
    3,
    127,
    128,
    255,
    1_024,
    4_000,
    20_001,
    65_537,
    1 << 22,
    1 << 31,
    (1 << 31) + 1,
    1 << 63,
    u64::MAX,
];

/// A number that is often small or at an edge.
pub(super) fn number(dice: &mut Dice) -> u64 {
    match dice.below(3) {
        0 => dice.next() % 8,
        1 => *dice.pick(&NUMBERS),
        _ => dice.next() >> dice.below(64),
    }
}

/// Changes some bytes, and often the length.
pub(super) fn wound(bytes: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        let length = dice.below(bytes.len() - at + 1).min(1 << dice.below(10));
        match dice.below(9) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 if at < bytes.len() => bytes[at] = dice.next().to_le_bytes()[0],
            2 if at < bytes.len() => bytes[at] = *dice.pick(&[0, 1, 0x7f, 0x80, 0xff]),
            3 => drop(bytes.drain(at..at + length)),
            4 => bytes.truncate(at),
            5 => {
                let again = bytes[at..at + length].repeat(1 << dice.below(4));
                let to = dice.below(bytes.len() + 1);
                bytes.splice(to..to, again);
            }
            6 => {
                let mut written = Vec::new();
                put_number(&mut written, number(dice));
                bytes.splice(at..at + length.min(written.len()), written);
            }
            7 => bytes.extend((0..dice.below(40)).map(|_| 0xff)),
            _ => {
                let zeros = vec![0; dice.below(70)];
                bytes.splice(at..at, zeros);
            }
        }
    }
}

/// Writes the true length before a frame again, as it mostly has to be for anything else to be read.
pub(super) fn with_its_length(frame: &mut Vec<u8>) {
    frame.resize(frame.len().max(4), 0);
    let length = u32::try_from(frame.len() - 4).unwrap_or(u32::MAX);
    frame[..4].copy_from_slice(&length.to_be_bytes());
}

/// A batch before deflating, taken apart.
pub(super) struct Apart {
    encoding: u8,
    changes: u64,
    columns: Vec<Vec<u8>>,
}

impl Apart {
    /// Takes apart what was honestly written.
    pub(super) fn of(written: &[u8]) -> Self {
        let mut cursor = columns::Cursor::new(written);
        let (encoding, changes) = (cursor.byte().unwrap(), cursor.number().unwrap());
        let lengths: Vec<usize> =
            (0..Column::COUNT).map(|_| usize::try_from(cursor.number().unwrap()).unwrap()).collect();
        let columns = lengths.into_iter().map(|length| cursor.take(length).unwrap().to_vec()).collect();
        Self { encoding, changes, columns }
    }

    pub(super) fn written(&self) -> Vec<u8> {
        let mut out = vec![self.encoding];
        put_number(&mut out, self.changes);
        for column in &self.columns {
            put_number(&mut out, column.len() as u64);
        }
        [out, self.columns.concat()].concat()
    }

    /// Changes numbers in a few columns, or what is said of them.
    pub(super) fn wound(&mut self, dice: &mut Dice) {
        for _ in 0..=dice.below(3) {
            let (one, other) = (dice.below(Column::COUNT), dice.below(Column::COUNT));
            match dice.below(12) {
                0 => self.columns.swap(one, other),
                1 => self.changes = number(dice),
                2 => self.columns[one] = self.columns[other].clone(),
                3 => put_number(&mut self.columns[one], number(dice)),
                4 => self.encoding = dice.next().to_le_bytes()[0],
                5 | 6 => wound(&mut self.columns[one], dice),
                _ => wound_a_number(&mut self.columns[one], dice),
            }
        }
    }
}

/// Puts another number in the place of one that stands in a column.
fn wound_a_number(column: &mut Vec<u8>, dice: &mut Dice) {
    let ends: Vec<usize> = (0..column.len()).filter(|at| column[*at] < 0x80).collect();
    if ends.is_empty() {
        return;
    }
    let which = dice.below(ends.len());
    let from = if which == 0 { 0 } else { ends[which - 1] + 1 };
    let mut written = Vec::new();
    put_number(&mut written, number(dice));
    column.splice(from..=ends[which], written);
}

/// What goes over the wire when two honest devices meet, of every kind that bare plans say.
pub(super) fn real_frames() -> Vec<Vec<u8>> {
    let mut dice = Dice(20_261_122);
    let mut frames = Vec::new();
    for edits in [0, 1, 40] {
        let (mut one, mut two) = Bare::pair();
        one.edits(edits, &mut dice);
        two.edits(edits / 2, &mut dice);
        let mut exchange = Exchange::begin(&one, &two);
        exchange.kept = Some(Vec::new());
        exchange.run_cleanly(&mut one, &mut two);
        frames.extend(exchange.kept.unwrap());
    }
    frames.push(frame::write_refused(&[3; 32], 7).unwrap());
    frames.push(frame::write_goodbye(Farewell::Done).unwrap());
    frames.push(frame::write_ends(&[end(&mut dice), end(&mut dice)]).unwrap());
    frames.extend((0..40).map(|_| super::beside::made_up(&mut dice)));
    frames
}

/// A frame as somebody might make it up, of any kind there is or might be one day.
pub(super) fn made_up(dice: &mut Dice, known: &[Position]) -> Vec<u8> {
    let any = |dice: &mut Dice| Position {
        actor: dice.bytes(),
        seq: 1 + number(dice) % (1 << 31),
        hash: dice.bytes(),
    };
    let mut positions: Vec<Position> = known.iter().copied().filter(|_| dice.below(4) > 0).collect();
    for position in &mut positions {
        match dice.below(8) {
            0 => position.seq = 1 + number(dice) % (1 << 31),
            1 => position.hash = dice.bytes(),
            _ => {}
        }
    }
    for _ in 0..dice.below(3) {
        positions.push(any(dice));
    }
    positions.sort();
    positions.dedup_by_key(|position| position.actor);
    let written = match dice.below(11) {
        8..=10 => Ok(super::beside::made_up(dice)),
        0 | 1 => frame::write_hello(&Hello {
            protocol: if dice.below(8) > 0 { (1, 1) } else { (number(dice), number(dice)) },
            gate: number(dice),
            level: number(dice) % 8,
            plan: number(dice) % 8,
            device_list: number(dice),
            relationship: relationship(),
            is_over: false,
            asks: number(dice),
            positions,
        }),
        2 => {
            let heads = (0..dice.below(4)).map(|_| {
                let position = if known.is_empty() { any(dice) } else { *dice.pick(known) };
                SignedHead { position, device: dice.bytes(), signature: dice.bytes() }
            });
            let heads = heads.collect();
            let deflated = columns::deflate(&dice.bytes::<64>()).unwrap();
            let is_last = dice.below(2) == 0;
            let (answers, delivery, piece) = (number(dice), number(dice), number(dice));
            frame::write_batch(&Batch { answers, delivery, piece, is_last, heads, columns: &deflated })
        }
        3 => frame::write_have(&Have { delivery: number(dice), positions }),
        4 => {
            let hash = if known.is_empty() { dice.bytes() } else { dice.pick(known).hash };
            frame::write_refused(&hash, dice.next().to_le_bytes()[0] % 16)
        }
        5 => {
            let ends: Vec<SignedEnd> = (0..dice.below(4)).map(|_| end(dice)).collect();
            frame::write_ends(&ends)
        }
        6 if dice.one_in(6) => frame::write_goodbye(Farewell::Done),
        _ => {
            let mut bytes = vec![
                0,
                0,
                0,
                0,
                1,
                dice.next().to_le_bytes()[0] % 16 + if dice.one_in(2) { 0x80 } else { 0 },
            ];
            let most = 1 << dice.below(10);
            bytes.extend((0..dice.below(most)).map(|_| dice.next().to_le_bytes()[0]));
            with_its_length(&mut bytes);
            Ok(bytes)
        }
    };
    written.unwrap()
}

fn end(dice: &mut Dice) -> SignedEnd {
    let seq = number(dice) % (1 << 31);
    SignedEnd { actor: dice.bytes(), seq, hash: dice.bytes(), device: dice.bytes(), signature: dice.bytes() }
}

/// A real frame with something changed in it: its bytes, or what is inside where it is a batch.
pub(super) fn wounded(frame: &[u8], dice: &mut Dice) -> Vec<u8> {
    if let Ok(Frame::Batch(batch)) = frame::read(frame)
        && dice.below(3) > 0
        && let Ok(inflated) = columns::inflate(batch.columns)
    {
        let mut apart = Apart::of(&inflated);
        if dice.below(4) > 0 {
            apart.wound(dice);
        }
        let mut batch = Batch { columns: &columns::deflate(&apart.written()).unwrap(), ..batch };
        match dice.below(12) {
            0 => batch.answers = number(dice),
            1 => batch.delivery = number(dice),
            2 => batch.piece = number(dice),
            3 => batch.is_last = !batch.is_last,
            4 => batch.heads.clear(),
            5 => batch.heads.extend_from_within(..),
            _ => {}
        }
        if let Ok(written) = frame::write_batch(&batch) {
            return written;
        }
    }
    let mut wounded = frame.to_vec();
    wound(&mut wounded, dice);
    if dice.below(8) > 0 {
        with_its_length(&mut wounded);
    }
    wounded
}
