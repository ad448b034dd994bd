//! Streams of bytes, cut into frames and read; and columns, read without asking who vouches for them.

use automerge::Change;

use super::wounds::{self, Apart, made_up, wounded};
use crate::exchange::FrameReader;
use crate::exchange::columns::{self, Room};
use crate::exchange::frame::{self, Frame};
use crate::exchange::testing::{Bare, Dice};

/// A stream of some frames, honest, wounded and made up, arrives in pieces: it is cut alike however it comes, and
/// whatever can be read can be written and read again. Answers how many frames could be read.
pub(super) fn look(seeds: &[Vec<u8>], dice: &mut Dice) -> u64 {
    let mut stream = Vec::new();
    for _ in 0..=dice.below(4) {
        match dice.below(4) {
            0 => stream.extend(dice.pick::<Vec<u8>>(seeds)),
            1 => stream.append(&mut made_up(dice, &[])),
            2 => {
                let mut frame = made_up(dice, &[]);
                wounds::wound(&mut frame, dice);
                wounds::with_its_length(&mut frame);
                stream.append(&mut frame);
            }
            _ => stream.append(&mut wounded(dice.pick::<Vec<u8>>(seeds), dice)),
        }
    }
    let at_once = cut(&stream, || usize::MAX);
    let most = 1 << dice.below(12);
    let in_pieces = cut(&stream, || 1 + dice.below(most));
    assert!(at_once == in_pieces, "the same however it comes");
    let mut count = 0;
    for frame in &at_once.0 {
        let Ok(read) = frame::read(frame) else { continue };
        count += 1;
        let Some(written) = written(&read) else { continue };
        let Ok(again) = frame::read(&written) else { panic!("what was read can be written") };
        assert!(self::written(&again) == Some(written), "and says the same");
    }
    count
}

/// The frames of a stream, and whether it could be cut to its end.
fn cut(stream: &[u8], mut length: impl FnMut() -> usize) -> (Vec<Vec<u8>>, bool) {
    let mut reader = FrameReader::default();
    let (mut frames, mut rest) = (Vec::new(), stream);
    while !rest.is_empty() {
        let (now, later) = rest.split_at(length().min(rest.len()));
        reader.push(now);
        rest = later;
        loop {
            match reader.next_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(_) => return (frames, false),
            }
        }
    }
    (frames, true)
}

/// A frame as this version writes it.
fn written(read: &Frame<'_>) -> Option<Vec<u8>> {
    Some(match read {
        Frame::Hello(hello) => frame::write_hello(hello).ok()?,
        Frame::Batch(batch) => frame::write_batch(batch).ok()?,
        Frame::Have(have) => frame::write_have(have).ok()?,
        Frame::Refused { hash, reason } => frame::write_refused(hash, *reason).ok()?,
        Frame::Beside(beside) => frame::beside::write(beside).ok()?,
        Frame::Ends(ends) => frame::write_ends(ends).ok()?,
        _ => return None,
    })
}

/// Honest batches, before deflating.
pub(super) fn real_batches() -> Vec<Vec<u8>> {
    let mut dice = Dice(20_261_122);
    let of = |edits| {
        let (mut one, mut two) = Bare::pair();
        one.edits(edits, &mut dice);
        crate::exchange::testing::bring_level(&mut one, &mut two);
        two.edits(edits, &mut dice);
        columns::write(&two.all()).unwrap()
    };
    [1, 6, 30].map(of).into()
}

/// Columns with something changed in them are refused, or are changes that can be written and read again.
/// Answers how many changes could be built.
pub(super) fn look_inside(seeds: &[Vec<u8>], dice: &mut Dice) -> u64 {
    let mut apart = Apart::of(dice.pick::<Vec<u8>>(seeds));
    apart.wound(dice);
    let mut written = apart.written();
    if dice.one_in(8) {
        wounds::wound(&mut written, dice);
    }
    let top = wounds::number(dice);
    let max_op = |_: &_| Some(top);
    let mut room = Room::BATCH;
    if dice.one_in(8) {
        room.operations = dice.below(40);
        room.unfolded = dice.below(400);
    }
    let Ok(decoded) = columns::read(&written, room, &max_op) else { return 0 };
    let changes: Vec<Change> = decoded.changes.iter().map(|built| built.change.clone()).collect();
    if let Ok(again) = columns::write(&changes) {
        let again = columns::read(&again, Room::BATCH, &max_op).unwrap();
        let same = again.changes.iter().map(|built| built.change.hash()).eq(changes.iter().map(Change::hash));
        assert!(same || decoded.orphans > 0, "what was read is written and read as the same");
    }
    changes.len() as u64
}
