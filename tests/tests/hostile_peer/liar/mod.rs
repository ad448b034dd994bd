//! A peer that was written for the tests: he speaks the protocol from `docs/protocol.md` alone, with the key
//! of a device that is certified, and says what he likes.
//!
//! | file | what it is for |
//! | --- | --- |
//! | `frames`, `numbers` | frames and signed heads |
//! | `columns`, `reading` | changes as columns, there and back |
//! | `copy` | the plan as he holds it, and changes upon it |
//! | `table` | who may write what, from `docs/data-format.md` |
//! | `statement` | signed statements, from the same page |

pub(crate) mod columns;
pub(crate) mod copy;
pub(crate) mod frames;
pub(crate) mod numbers;
pub(crate) mod reading;
pub(crate) mod statement;
pub(crate) mod table;

use automerge::{Change, ExpandedChange};
use common_ground::id::RelationshipId;
use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use iroh::EndpointAddr;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;

use self::copy::{Copy, Draft, position_of};
use self::frames::{Actor, Batch, Frame, Head, Position};
use crate::raw::{Entered, PATIENCE, Raw};
use crate::scene::{Scene, address_of, secret_of};

/// What came of what he said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It was judged: this was refused, and why.
    Judged { refused: Vec<([u8; 32], u8)> },
    /// The other ended the exchange, with this reason.
    ToldOff(u8),
    /// The other ended it and closed; a last word that was not read yet is lost with the connection.
    CutOff,
}

/// The liar.
pub(crate) struct Liar {
    runtime: Runtime,
    raw: Raw,
    address: EndpointAddr,
    entered: Option<Entered>,
    /// Under which number he comes in; another one each time.
    run: u8,
    pub(crate) relationship: RelationshipId,
    pub(crate) key: SigningKey,
    pub(crate) actor: Actor,
    pub(crate) copy: Copy,
    /// What the other device says it has.
    pub(crate) theirs: Vec<Position>,
    /// What he was asked for last, and his last delivery.
    asked: u64,
    delivery: u64,
    pieces: Vec<Batch>,
}

impl Liar {
    /// Speaks as Ben's device, to Anna's, and takes in what her plan holds.
    pub(crate) fn of(scene: &Scene) -> Self {
        let mut liar = Self::outside(scene);
        liar.enter();
        liar
    }

    /// The same, before he has come in.
    pub(crate) fn outside(scene: &Scene) -> Self {
        let workers = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let (runtime, secret) = (workers.expect("a runtime"), secret_of(&scene.ben));
        let raw = runtime.block_on(Raw::with(secret.clone()));
        let key = SigningKey::from_bytes(&secret.to_bytes());
        Self {
            address: address_of(&scene.anna),
            entered: None,
            run: 0,
            relationship: scene.relationship,
            actor: actor_of(&key, 1),
            key,
            copy: Copy::begin(),
            theirs: Vec::new(),
            asked: 0,
            delivery: 0,
            pieces: Vec::new(),
            runtime,
            raw,
        }
    }

    /// Comes in by the door, without a word.
    pub(crate) fn knock(&mut self) {
        self.leave();
        self.run = self.run.wrapping_add(1);
        (self.asked, self.delivery) = (0, 0);
        self.pieces.clear();
        let entering = self.raw.enter(&self.address, self.relationship, self.run);
        self.entered = Some(self.runtime.block_on(entering));
    }

    /// Comes in, says hello, and takes in what the plan holds.
    pub(crate) fn enter(&mut self) {
        self.knock();
        self.say(&frames::hello(self.relationship, 0, &self.copy.positions()));
        assert!(matches!(self.hear(), Some(Frame::Hello { .. })), "a hello comes first");
        self.settle();
    }

    /// Hears the other out until both hold the same.
    pub(crate) fn settle(&mut self) {
        while self.theirs != self.copy.positions() {
            assert!(self.hear().is_some(), "the exchange ended");
        }
    }

    /// Hangs up.
    pub(crate) fn leave(&mut self) {
        self.entered = None;
    }

    /// Says goodbye, and waits until the other has gone.
    pub(crate) fn go(mut self) {
        if self.entered.is_some() {
            self.say(&frames::goodbye());
            while self.hear().is_some() {}
        }
        self.runtime.block_on(self.raw.close());
    }

    pub(crate) fn say(&mut self, bytes: &[u8]) {
        let entered = self.entered.as_mut().expect("an exchange");
        self.runtime.block_on(entered.say(bytes));
    }

    /// Says that nothing more will come of him.
    pub(crate) fn hang_up(&mut self) {
        self.entered.as_mut().expect("an exchange").hang_up();
    }

    /// The next frame, of which he takes no notice. Nothing once the exchange is over.
    pub(crate) fn hear_only(&mut self) -> Option<Frame> {
        let entered = self.entered.as_mut().expect("an exchange");
        let hearing = async { tokio::time::timeout(PATIENCE, entered.hear_out()).await };
        let bytes = self.runtime.block_on(hearing).expect("what this test waits for does not come")?;
        Some(frames::read(&bytes))
    }

    /// The next frame; changes in it are taken in and acknowledged. Nothing once the exchange is over.
    pub(crate) fn hear(&mut self) -> Option<Frame> {
        let frame = self.hear_only()?;
        match &frame {
            Frame::Hello { asks, positions } => {
                self.theirs.clone_from(positions);
                if *asks > 0 {
                    self.asked = *asks;
                    self.say(&frames::hello(self.relationship, 0, &self.copy.positions()));
                }
            }
            Frame::Have { positions, .. } => self.theirs.clone_from(positions),
            Frame::Batch(batch) => self.take_in(batch.clone()),
            // He claims to hold whatever the other holds.
            Frame::Holds(holdings) => self.say(&frames::frame(frames::HOLDS, holdings)),
            Frame::Refused { .. } | Frame::Goodbye(_) | Frame::Skipped => {}
        }
        Some(frame)
    }

    /// Puts a delivery together, as an honest receiver does.
    fn take_in(&mut self, batch: Batch) {
        assert!(batch.piece == self.pieces.len() as u64, "the pieces come one by one");
        let (delivery, last) = (batch.delivery, batch.last);
        self.pieces.push(batch);
        if !last {
            return;
        }
        for piece in std::mem::take(&mut self.pieces) {
            let written = numbers::inflated(&piece.columns);
            self.copy.take(reading::read(&written, |hash| self.copy.top(hash)));
            for head in &piece.heads {
                self.check(head);
                raise(&mut self.theirs, head.position);
            }
        }
        self.say(&frames::have(delivery, &self.copy.positions()));
    }

    /// Holds a head that came against what `docs/protocol.md` says of it.
    fn check(&self, head: &Head) {
        let key = VerifyingKey::from_bytes(&head.device).expect("a key");
        let at = &head.position;
        let signed = [
            b"common-ground head 1\0".as_slice(),
            self.relationship.as_bytes(),
            &at.actor,
            &at.seq.to_be_bytes(),
            &at.hash,
        ];
        key.verify_strict(&signed.concat(), &Signature::from_bytes(&head.signature)).expect("a signature");
        assert!(at.actor[..8] == actor_of_device(&head.device, 0)[..8], "the actor is the device's");
        assert!(self.copy.top(&automerge::ChangeHash(at.hash)).is_some());
    }

    /// The next change of his own.
    pub(crate) fn draft(&self) -> Draft {
        self.copy.draft(self.actor)
    }

    /// A head of a change, signed with his device's key.
    pub(crate) fn head(&self, change: &ExpandedChange) -> Head {
        Head::sign(self.relationship, position_of(change), &self.key)
    }

    /// Delivers changes with the head that vouches for the last.
    pub(crate) fn tell(&mut self, changes: &[ExpandedChange]) -> Answer {
        let heads = vec![self.head(changes.last().expect("a change"))];
        self.deliver(changes, heads)
    }

    /// Delivers changes with any heads.
    pub(crate) fn deliver(&mut self, changes: &[ExpandedChange], heads: Vec<Head>) -> Answer {
        let answer = self.deliver_columns(&columns::write(changes).written(), heads);
        if let Answer::Judged { refused } = &answer {
            let is_in = |change: &Change| refused.iter().all(|(hash, _)| *hash != change.hash().0);
            let built = changes.iter().map(|change| Change::from(change.clone()));
            let new = built.filter(|change| is_in(change) && self.copy.top(&change.hash()).is_none());
            self.copy.take(new.collect());
        }
        answer
    }

    /// Delivers columns as they are, and hears what comes of it.
    pub(crate) fn deliver_columns(&mut self, written: &[u8], heads: Vec<Head>) -> Answer {
        let batch = self.batch(written, heads);
        self.say(&batch.write());
        self.answer()
    }

    /// The next delivery, in one piece.
    pub(crate) fn batch(&mut self, written: &[u8], heads: Vec<Head>) -> Batch {
        self.delivery += 1;
        let (answers, delivery, columns) = (self.asked, self.delivery, numbers::deflated(written));
        Batch { answers, delivery, piece: 0, last: true, heads, columns }
    }

    /// Hears what comes of the last delivery.
    pub(crate) fn answer(&mut self) -> Answer {
        let mut refused = Vec::new();
        loop {
            match self.hear() {
                Some(Frame::Refused { hash, reason }) => refused.push((hash, reason)),
                Some(Frame::Have { delivery, .. }) if delivery == self.delivery => {
                    return Answer::Judged { refused };
                }
                Some(Frame::Goodbye(reason)) => return Answer::ToldOff(reason),
                Some(_) => {}
                None => return Answer::CutOff,
            }
        }
    }

    /// Delivers a change that an honest device could have made, and sees it taken in.
    pub(crate) fn honestly(&mut self, draft: Draft) {
        let position = draft.position();
        let answer = self.tell(&[draft.change]);
        assert!(answer == Answer::Judged { refused: Vec::new() }, "an honest change: {answer:?}");
        assert!(self.theirs.contains(&position), "an honest change is taken in");
    }
}

fn raise(positions: &mut Vec<Position>, position: Position) {
    match positions.iter_mut().find(|known| known.actor == position.actor) {
        Some(known) if known.seq < position.seq => *known = position,
        Some(_) => {}
        None => positions.push(position),
    }
    positions.sort_unstable();
}

/// An actor of a device: the number is in place of chance.
pub(crate) fn actor_of(key: &SigningKey, number: u8) -> Actor {
    actor_of_device(key.verifying_key().as_bytes(), number)
}

fn actor_of_device(device: &[u8; 32], number: u8) -> Actor {
    let digest = Sha256::new().chain_update(b"common-ground actor 1\0").chain_update(device).finalize();
    let mut actor = [number; 16];
    actor[..8].copy_from_slice(&digest[..8]);
    actor
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(digits: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal");
    (0..digits.len()).step_by(2).map(byte).collect()
}
