//! Two whole plans, and a peer with a certified key who writes what no app would.

use std::collections::{HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change, ChangeHash, ExpandedChange, ScalarValue};

use super::beside::Pen;
use super::wounds::{Apart, made_up, number, wounded};
use crate::Error;
use crate::exchange::columns::{self, Room};
use crate::exchange::frame::beside::{self, Beside};
use crate::exchange::frame::{self, Batch, Frame, Hello};
use crate::exchange::testing::{Dice, relationship};
use crate::exchange::{
    Actor, Announced, Event, Position, Replica, Session, Shelf, SignedHead, SignedNotice, Terms,
};
use crate::id::ParcelId;
use crate::plan::tests::model::acts::act;
use crate::plan::tests::{Device, exchange, level, two};
use crate::relationship::key::{DeviceKey, actor_prefix};
use crate::relationship::people;
use crate::sharing::tests::{hand_over, stands};

/// Tables in which a row with somebody's id is theirs alone.
const OWN: [&str; 5] = ["goal_success ", "rating ", "statement ", "goal_hold ", "goal_stance "];

/// One history of Anna and Ben, in which a program with the key of Ben's device writes to her under authors of its own
/// what he does, with something changed. Whatever comes in, what is hers stays as it is, her plan reads, its tables come out the
/// same when they are built again, and the honest exchange brings both level. Answers how many changes came in.
pub(super) fn look(dice: &mut Dice) -> u64 {
    let (anna, ben) = two();
    for _ in 0..4 + dice.below(12) {
        act(if dice.one_in(2) { &anna } else { &ben }, dice);
    }
    level(&anna, &ben);
    let key = ben.inner().shared.file.read(people::device_key).unwrap();
    let parcels = [hand_over(&anna, 40 + dice.below(200_000)), hand_over(&anna, 32), hand_over(&ben, 70_000)];
    let mut liar = Liar::new(&key, &parcels, dice);
    let mut came_in = 0;
    for _ in 0..6 + dice.below(10) {
        act(&ben, dice);
        let hers = own_rows(&anna);
        came_in += liar.lies(&anna, &ben, dice);
        assert!(own_rows(&anna) == hers, "what is hers stays");
        if liar.said_newer {
            // She writes nothing into a plan of which she was told that it is newer, until she meets his own device.
            exchange(&anna, &ben);
            liar.said_newer = false;
        }
        if dice.one_in(4) {
            act(&anna, dice);
        }
        if dice.one_in(6) {
            let tables = anna.tables();
            anna.reopen_checked();
            assert!(anna.tables() == tables, "built again the tables are the same");
        }
        if dice.one_in(6) {
            exchange(&anna, &ben);
        }
    }
    level(&anna, &ben);
    act(&anna, dice);
    act(&ben, dice);
    level(&anna, &ben);
    for parcel in &parcels[..2] {
        assert!(stands(&anna, *parcel).0, "what she has handed over stays until she takes it back");
    }
    assert!(announced(&anna, parcels[2]) == announced(&ben, parcels[2]), "both hold the same notices");
    came_in
}

/// The ids of the notices that a device holds, without what a parcel was said to be when it was handed over: who has
/// somebody's key can say two things of a parcel of theirs, and what each of the two heard first stays.
fn announced(device: &Device, parcel: ParcelId) -> HashSet<[u8; 32]> {
    let is_of_it = |signed: &SignedNotice| match signed.read().map(|notice| notice.announced) {
        Some(Announced::HandedOver(label)) => label.parcel == parcel,
        _ => false,
    };
    let all = device.shelf().lacking(Some(&[])).unwrap();
    all.iter().filter(|signed| !is_of_it(signed)).map(|signed| signed.id(&relationship())).collect()
}

/// What only she may write, as the tables have it.
fn own_rows(device: &Device) -> Vec<String> {
    let me = format!("Blob({:?})", device.me().as_bytes());
    let is_hers = |row: &String| OWN.iter().any(|table| row.starts_with(table)) && row.contains(&me);
    device.tables().into_iter().filter(is_hers).collect()
}

/// A program that has the key of Ben's device.
struct Liar<'a> {
    key: &'a DeviceKey,
    parcels: &'a [ParcelId],
    actor: Actor,
    session: Option<Session>,
    delivery: u64,
    /// Whether it has said that his plan is newer than she reads.
    said_newer: bool,
}

impl<'a> Liar<'a> {
    fn new(key: &'a DeviceKey, parcels: &'a [ParcelId], dice: &mut Dice) -> Self {
        let mut actor: Actor = dice.bytes();
        actor[..8].copy_from_slice(&actor_prefix(&key.public()));
        Self { key, parcels, actor, session: None, delivery: 0, said_newer: false }
    }

    /// Says something to her that begins as what Ben has just done. Answers how many changes came in.
    fn lies(&mut self, anna: &Device, ben: &Device, dice: &mut Dice) -> u64 {
        let mut desk = anna.desk(ben);
        let positions = desk.positions().unwrap();
        let known = Pool::of(&desk.missing(&[]).unwrap());
        let done = ben.desk(anna).missing(&positions).unwrap();
        let mut frames = Vec::new();
        if self.session.as_ref().is_none_or(Session::has_ended) || dice.one_in(10) {
            let level = anna.inner().shared.reads().into();
            let terms = Terms { gate: 1, level, device_list: 1, is_over: false };
            let mut session = Session::new(anna.relationship, terms, &desk).unwrap();
            session.shelve(Box::new(anna.shelf())).unwrap();
            self.session = Some(session);
            self.delivery = 0;
            frames.push(hello(anna, &desk, &positions));
        }
        let mut draft: Vec<ExpandedChange> = Vec::new();
        for change in done.iter().take(1 + dice.below(3)) {
            draft.extend(self.rewritten(change, &draft, &known, &desk));
        }
        for change in &mut draft {
            known.mutate(change, dice);
        }
        // What Automerge cannot even write down cannot be said.
        let changes: Vec<Change> = draft
            .into_iter()
            .filter_map(|change| catch_unwind(AssertUnwindSafe(|| Change::from(change))).ok())
            .collect();
        if let Ok(written) = columns::write(&changes) {
            let mut frame = self.batch(&written, &desk, dice);
            if dice.one_in(12) {
                frame = wounded(&frame, dice);
            }
            frames.push(frame);
        }
        if dice.one_in(4) {
            frames.push(made_up(dice, &positions));
        }
        let pen = Pen { key: self.key, authors: &[ben.me(), ben.me(), anna.me()], parcels: self.parcels };
        frames.extend((0..dice.below(4)).map(|_| pen.frame(dice)));
        let Some(session) = &mut self.session else { return 0 };
        let mut came_in = 0;
        let mut frames = VecDeque::from(frames);
        while let Some(frame) = frames.pop_front() {
            match session.receive(&frame, &mut desk) {
                Ok(events) => came_in += events.iter().map(taken_in).sum::<u64>(),
                Err(Error::NewerPlan) => self.said_newer = true,
                Err(Error::Exchange { .. } | Error::Closed | Error::OlderPlan) => {}
                Err(error) => panic!("trouble of her own: {error:?}"),
            }
            while let Some(said) = session.poll().unwrap() {
                if let Ok(Frame::Beside(Beside::Ask { parcel, start })) = frame::read(&said)
                    && dice.below(8) > 0
                {
                    let piece = pen.piece(parcel, start, dice);
                    frames.push_back(beside::write(&Beside::Piece(piece)).unwrap());
                }
            }
        }
        came_in
    }

    /// What Ben did, as if this program had done it upon all that she knows.
    fn rewritten(
        &self,
        change: &Change,
        before: &[ExpandedChange],
        known: &Pool,
        desk: &dyn Replica,
    ) -> Option<ExpandedChange> {
        let mut expanded = change.decode();
        let (former, from) = (expanded.actor_id.clone(), expanded.start_op.get());
        let own = desk.positions().ok()?.into_iter().find(|position| position.actor == self.actor);
        let seq = own.map_or(0, |own| own.seq) + 1 + before.len() as u64;
        let (deps, start) = match before.last() {
            None => {
                let top = known.heads.iter().filter_map(|head| desk.max_op(head)).max()?;
                (known.heads.clone(), top + 1)
            }
            Some(last) => {
                let built = catch_unwind(AssertUnwindSafe(|| Change::from(last.clone()))).ok()?;
                (vec![built.hash()], built.max_op() + 1)
            }
        };
        let actor = ActorId::from(self.actor.as_slice());
        let moved = |id: &OpId| {
            if *id.actor() == former && id.counter() >= from {
                OpId::new(id.counter() - from + start, &actor)
            } else {
                id.clone()
            }
        };
        for operation in &mut expanded.operations {
            if let ObjectId::Id(id) = &mut operation.obj {
                *id = moved(id);
            }
            if let Key::Seq(ElementId::Id(id)) = &mut operation.key {
                *id = moved(id);
            }
            operation.pred = operation.pred.iter().map(moved).collect::<Vec<_>>().into();
        }
        expanded.hash = None;
        expanded.actor_id = actor;
        expanded.seq = seq;
        expanded.start_op = std::num::NonZeroU64::new(start)?;
        expanded.deps = deps;
        Some(expanded)
    }

    /// The columns, mostly with something changed, and heads that vouch for whatever they are now.
    fn batch(&mut self, written: &[u8], desk: &dyn Replica, dice: &mut Dice) -> Vec<u8> {
        let mut written = written.to_vec();
        if dice.one_in(3) {
            let mut apart = Apart::of(&written);
            apart.wound(dice);
            written = apart.written();
        }
        // Every change is signed by itself, so that she can pass on what she takes in of a delivery in part.
        let mut heads = Vec::new();
        if let Ok(decoded) = columns::read(&written, Room::BATCH, &|hash| desk.max_op(hash)) {
            for change in decoded.changes.iter().map(|built| &built.change) {
                let Ok(actor) = Actor::try_from(change.actor_id().to_bytes()) else { continue };
                let position = Position { actor, seq: change.seq(), hash: change.hash().0 };
                heads.push(SignedHead::sign(&relationship(), position, self.key));
            }
        }
        heads.truncate(200);
        self.delivery += 1;
        let (answers, delivery, piece, is_last) = (u64::MAX, self.delivery, 0, !dice.one_in(16));
        let deflated = columns::deflate(&written).unwrap();
        frame::write_batch(&Batch { answers, delivery, piece, is_last, heads, columns: &deflated }).unwrap()
    }
}

fn taken_in(event: &Event) -> u64 {
    match event {
        Event::Received { changes, .. } => u64::from(*changes),
        _ => 0,
    }
}

fn hello(anna: &Device, desk: &dyn Replica, positions: &[Position]) -> Vec<u8> {
    let level = anna.inner().shared.reads().into();
    frame::write_hello(&Hello {
        protocol: (1, 1),
        gate: 1,
        level,
        plan: desk.level().unwrap(),
        device_list: 1,
        relationship: anna.relationship,
        is_over: false,
        asks: 0,
        positions: positions.to_vec(),
    })
    .unwrap()
}

/// Everything in a plan that an operation can point at.
struct Pool {
    heads: Vec<ChangeHash>,
    hashes: Vec<ChangeHash>,
    operations: Vec<(OpId, Op)>,
}

impl Pool {
    fn of(changes: &[Change]) -> Self {
        let parents: HashSet<ChangeHash> = changes.iter().flat_map(|change| change.deps().to_vec()).collect();
        let hashes: Vec<ChangeHash> = changes.iter().map(Change::hash).collect();
        let heads = hashes.iter().copied().filter(|hash| !parents.contains(hash)).collect();
        let mut operations = Vec::new();
        for change in changes {
            let expanded = change.decode();
            for (counter, operation) in (expanded.start_op.get()..).zip(expanded.operations) {
                operations.push((OpId::new(counter, &expanded.actor_id), operation));
            }
        }
        Self { heads, hashes, operations }
    }

    /// Changes one to three things in a change, mostly its operations.
    fn mutate(&self, change: &mut ExpandedChange, dice: &mut Dice) {
        if self.operations.is_empty() || dice.one_in(3) {
            return;
        }
        for _ in 0..=dice.below(3) {
            if change.operations.is_empty() {
                return;
            }
            let (id, other) = dice.pick(&self.operations).clone();
            let own = OpId::new(change.start_op.get() + dice.next() % 8, &change.actor_id);
            let at = dice.below(change.operations.len());
            let operations = &mut change.operations;
            match dice.below(20) {
                0 => operations[at].obj = other.obj,
                1 => operations[at].obj = ObjectId::Id(dice.pick(&[id, own]).clone()),
                2 => operations[at].obj = ObjectId::Root,
                3 => operations[at].key = other.key,
                4 => operations[at].key = Key::Map(key(dice).as_str().into()),
                5 => operations[at].key = Key::Seq(ElementId::Id(dice.pick(&[id, own]).clone())),
                6 => operations[at].pred = other.pred,
                7 => operations[at].pred = vec![id].into(),
                8 => {
                    let many = (0..dice.below(70)).map(|_| dice.pick(&self.operations).0.clone());
                    let mut many: Vec<OpId> = many.collect();
                    many.sort();
                    many.dedup();
                    operations[at].pred = many.into();
                }
                9 => operations[at].action = other.action,
                10 => operations[at].action = OpType::Put(value(dice)),
                11 => operations[at].insert = !operations[at].insert,
                12 => operations.push(operations[at].clone()),
                13 => drop(operations.remove(at)),
                14 => {
                    let with = dice.below(operations.len());
                    operations.swap(at, with);
                }
                // What somebody wrote once, written again, or in place of what stands there.
                15 => operations.push(other),
                16 => operations.push(Op { pred: vec![id].into(), ..other }),
                17 => operations.push(Op { action: OpType::Delete, pred: vec![id].into(), ..other }),
                18 => change.time = number(dice).cast_signed(),
                _ => {
                    let count = dice.below(4);
                    change.deps = (0..count).map(|_| *dice.pick(&self.hashes)).collect();
                    change.deps.sort();
                    change.deps.dedup();
                }
            }
        }
    }
}

fn key(dice: &mut Dice) -> String {
    match dice.below(5) {
        0 => dice.hex_id(1),
        1 => "x".repeat(1 << dice.below(12)),
        2 => String::new(),
        3 => "title\u{0}".to_owned(),
        _ => {
            (*dice.pick(&["title", "why", "success", "goals", "at", "signature", "archived", "order", "é🙂"]))
                .to_owned()
        }
    }
}

fn value(dice: &mut Dice) -> ScalarValue {
    match dice.below(9) {
        0 => ScalarValue::Null,
        1 => ScalarValue::Boolean(dice.one_in(2)),
        2 => ScalarValue::Int(number(dice).cast_signed()),
        3 => ScalarValue::Uint(number(dice)),
        4 => ScalarValue::from(key(dice)),
        5 => ScalarValue::Bytes(vec![7; dice.below(200)]),
        6 => ScalarValue::from("2026-02-31T24:61:00.000000+99:00[Europe/Berlin]"),
        7 => ScalarValue::F64(f64::NAN),
        _ => ScalarValue::from("😀".repeat(1 << dice.below(14))),
    }
}
