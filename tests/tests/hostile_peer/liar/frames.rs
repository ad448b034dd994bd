//! Frames, as `docs/protocol.md` describes them: written and read without a line of the core's.

use common_ground::id::RelationshipId;
use ed25519_dalek::{Signer as _, SigningKey};

use super::numbers::{Reader, put_number};

/// An actor: half of it says which device it is of.
pub(crate) type Actor = [u8; 16];

/// What a hello says of the speaker, here and nowhere else: the protocol's versions, the gate's, the highest
/// level of a plan that it reads, and the number of the device list.
pub(crate) const PROTOCOL: [u64; 2] = [1, 1];
pub(crate) const GATE: u64 = 2;
pub(crate) const LEVEL: u64 = 2;
/// The level of its own copy of the plan.
pub(crate) const PLAN: u64 = 2;
pub(crate) const DEVICE_LIST: u64 = 1;

/// The kinds of frames.
pub(crate) const HELLO: u8 = 1;
pub(crate) const BATCH: u8 = 2;
pub(crate) const HAVE: u8 = 3;
pub(crate) const REFUSED: u8 = 4;
pub(crate) const GOODBYE: u8 = 5;
const ENDS: u8 = 6;
/// Which notices the sender holds, and the others of what travels beside a plan.
pub(crate) const HOLDS: u8 = 7;
const IDS: u8 = 8;
const PIECE: u8 = 11;
/// From here on a kind may be passed over.
const MAY_BE_SKIPPED: u8 = 0x80;

/// Why a change is refused.
pub(crate) const NOT_VOUCHED_FOR: u8 = 1;
pub(crate) const UNKNOWN_DEVICE: u8 = 2;
pub(crate) const OUT_OF_SEQUENCE: u8 = 3;
pub(crate) const OPERATION: u8 = 5;
pub(crate) const UNKNOWN: u8 = 6;
pub(crate) const NOT_ALLOWED: u8 = 7;
pub(crate) const VALUE: u8 = 8;
pub(crate) const PREDECESSOR: u8 = 9;
pub(crate) const DESCENDS: u8 = 10;

/// How far somebody has got with an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) actor: Actor,
    pub(crate) seq: u64,
    pub(crate) hash: [u8; 32],
}

impl Position {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.actor);
        put_number(out, self.seq);
        out.extend_from_slice(&self.hash);
    }

    fn read(reader: &mut Reader<'_>) -> Self {
        Self { actor: reader.array(), seq: reader.number(), hash: reader.array() }
    }
}

/// A position with a device's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) position: Position,
    pub(crate) device: [u8; 32],
    pub(crate) signature: [u8; 64],
}

impl Head {
    /// A head as an honest device signs it.
    pub(crate) fn sign(relationship: RelationshipId, position: Position, device: &SigningKey) -> Self {
        let signed = [
            &b"common-ground head 1\0"[..],
            relationship.as_bytes(),
            &position.actor,
            &position.seq.to_be_bytes(),
            &position.hash,
        ]
        .concat();
        let signature = device.sign(&signed).to_bytes();
        Self { position, device: device.verifying_key().to_bytes(), signature }
    }

    fn put(&self, out: &mut Vec<u8>) {
        self.position.put(out);
        out.extend_from_slice(&self.device);
        out.extend_from_slice(&self.signature);
    }

    fn read(reader: &mut Reader<'_>) -> Self {
        Self { position: Position::read(reader), device: reader.array(), signature: reader.array() }
    }
}

/// A piece of a delivery, its columns still deflated.
#[derive(Clone)]
pub(crate) struct Batch {
    pub(crate) answers: u64,
    pub(crate) delivery: u64,
    pub(crate) piece: u64,
    pub(crate) last: bool,
    pub(crate) heads: Vec<Head>,
    pub(crate) columns: Vec<u8>,
}

/// What the other side can say.
pub(crate) enum Frame {
    Hello {
        asks: u64,
        positions: Vec<Position>,
    },
    Batch(Batch),
    Have {
        delivery: u64,
        positions: Vec<Position>,
    },
    Refused {
        hash: [u8; 32],
        reason: u8,
    },
    Goodbye(u8),
    /// How many notices, and their digest, as it came.
    Holds(Vec<u8>),
    Skipped,
}

/// Any frame, whatever it is to hold.
pub(crate) fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 2).expect("a length");
    [&length.to_be_bytes()[..], &[1, kind], body].concat()
}

pub(crate) fn hello(relationship: RelationshipId, asks: u64, positions: &[Position]) -> Vec<u8> {
    let mut body = Vec::new();
    for number in [PROTOCOL[0], PROTOCOL[1], GATE, LEVEL, PLAN, DEVICE_LIST] {
        put_number(&mut body, number);
    }
    body.extend_from_slice(relationship.as_bytes());
    // It goes on.
    body.push(0);
    put_number(&mut body, asks);
    put_positions(&mut body, positions);
    frame(HELLO, &body)
}

pub(crate) fn have(delivery: u64, positions: &[Position]) -> Vec<u8> {
    let mut body = Vec::new();
    put_number(&mut body, delivery);
    put_positions(&mut body, positions);
    frame(HAVE, &body)
}

pub(crate) fn goodbye() -> Vec<u8> {
    frame(GOODBYE, &[0])
}

impl Batch {
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for number in [self.answers, self.delivery, self.piece] {
            put_number(&mut body, number);
        }
        body.push(u8::from(self.last));
        put_number(&mut body, self.heads.len() as u64);
        self.heads.iter().for_each(|head| head.put(&mut body));
        body.extend_from_slice(&self.columns);
        frame(BATCH, &body)
    }

    fn read(mut reader: Reader<'_>) -> Self {
        let (answers, delivery, piece) = (reader.number(), reader.number(), reader.number());
        let last = reader.byte() == 1;
        let heads = (0..reader.number()).map(|_| Head::read(&mut reader)).collect();
        Self { answers, delivery, piece, last, heads, columns: reader.rest().to_vec() }
    }
}

fn put_positions(out: &mut Vec<u8>, positions: &[Position]) {
    put_number(out, positions.len() as u64);
    positions.iter().for_each(|position| position.put(out));
}

fn read_positions(reader: &mut Reader<'_>) -> Vec<Position> {
    (0..reader.number()).map(|_| Position::read(reader)).collect()
}

/// Reads a whole frame of an honest device.
pub(crate) fn read(bytes: &[u8]) -> Frame {
    let mut reader = Reader::new(bytes);
    let length = u32::from_be_bytes(reader.array());
    assert!(length as usize == reader.rest().len(), "a frame is as long as it says");
    assert!(reader.byte() == 1, "the framing");
    let read = match reader.byte() {
        HELLO => {
            for _ in 0..6 {
                reader.number();
            }
            let _relationship: [u8; 16] = reader.array();
            let _is_over = reader.byte();
            let asks = reader.number();
            Frame::Hello { asks, positions: read_positions(&mut reader) }
        }
        BATCH => return Frame::Batch(Batch::read(reader)),
        HAVE => Frame::Have { delivery: reader.number(), positions: read_positions(&mut reader) },
        REFUSED => Frame::Refused { hash: reader.array(), reason: reader.byte() },
        GOODBYE => Frame::Goodbye(reader.byte()),
        HOLDS => return Frame::Holds(reader.rest().to_vec()),
        // Where actors end is nothing to the liar, nor what else lies beside a plan.
        ENDS | IDS..=PIECE | MAY_BE_SKIPPED.. => return Frame::Skipped,
        kind => panic!("a frame of kind {kind}, which docs/protocol.md does not have"),
    };
    assert!(reader.rest().is_empty(), "nothing follows in a frame");
    read
}
