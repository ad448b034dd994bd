//! A certified device that is not ours any more: it makes changes by hand and hands them in.

use std::num::NonZeroU64;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change as PlanChange, ExpandedChange, ObjId, ROOT, ReadDoc, ScalarValue};

use super::*;
use crate::exchange::{Accepted, Actor, Built, Position, SignedHead};
use crate::id::PersonId;
use crate::plan::goal::operation_of;
use crate::plan::shared_plan::Open;
use crate::plan::wording::Wording;
use crate::relationship::key::DeviceKey;

/// What Ben's device can do when it is not ours any more.
pub(super) struct Forger<'a> {
    ben: &'a Device,
    pub(super) key: DeviceKey,
}

impl<'a> Forger<'a> {
    pub(super) fn of(ben: &'a Device) -> Self {
        let key = ben.inner().shared.file.read(people::device_key).expect("a key");
        Self { ben, key: DeviceKey::from_secret(&key.secret()) }
    }

    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Open) -> T) -> T {
        self.ben.shared_plan().with_document(|open| Ok(work(open))).expect("a document")
    }

    /// The change that Ben's device would make next, with these operations.
    pub(super) fn next(&self, operations: Vec<Op>) -> ExpandedChange {
        self.with(|open| {
            let deps = open.loaded.document.get_heads();
            let top =
                deps.iter().filter_map(|head| open.loaded.ledger.known(head)).map(|known| known.top).max();
            ExpandedChange {
                operations,
                actor_id: ActorId::from(open.loaded.actor),
                hash: None,
                seq: open.loaded.ledger.length(&open.loaded.actor) + 1,
                start_op: NonZeroU64::new(top.expect("a top") + 1).expect("a start"),
                time: 0,
                message: None,
                deps,
                extra_bytes: Vec::new(),
                author: None,
            }
        })
    }

    pub(super) fn head(&self, change: &PlanChange) -> SignedHead {
        let actor = Actor::try_from(change.actor_id().to_bytes()).expect("an actor");
        let position = Position { actor, seq: change.seq(), hash: change.hash().0 };
        SignedHead::sign(&self.ben.relationship, position, &self.key)
    }

    /// Delivers a change to Anna with the head that vouches for it.
    pub(super) fn deliver(&self, anna: &Device, change: ExpandedChange) -> Accepted {
        let change = PlanChange::from(change);
        let head = self.head(&change);
        deliver(anna, change, vec![head])
    }

    /// An object of the plan by its path.
    pub(super) fn object(&self, path: &[&str]) -> ObjId {
        self.with(|open| {
            path.iter().fold(ROOT, |object, key| {
                open.loaded.document.get(&object, *key).expect("a read").expect("an object").1
            })
        })
    }

    /// The operation that wrote what shows under a key.
    pub(super) fn writer_of(&self, path: &[&str]) -> OpId {
        operation_of(&self.object(path)).expect("an operation")
    }

    pub(super) fn item(&self, of: PersonId) -> [u8; 16] {
        self.ben.world.pass(1);
        (*self.ben.inner().shared.world).item_id(&of).expect("an id")
    }
}

pub(super) fn deliver(anna: &Device, change: PlanChange, heads: Vec<SignedHead>) -> Accepted {
    let built = Built { expanded: change.decode(), change };
    Desk(anna.shared_plan(), [0; 32]).accept(vec![built], &heads).expect("judged")
}

pub(super) fn op(object: &ObjId, key: &str, action: OpType, pred: Vec<OpId>) -> Op {
    let obj = operation_of(object).map_or(ObjectId::Root, ObjectId::Id);
    Op { action, obj, key: Key::Map(key.into()), pred: pred.into(), insert: false }
}

pub(super) fn put(object: &ObjId, key: &str, value: impl Into<ScalarValue>) -> Op {
    op(object, key, OpType::Put(value.into()), vec![])
}

pub(super) fn letter(text: &ObjId, at: ElementId, action: OpType, pred: Vec<OpId>, insert: bool) -> Op {
    let obj = operation_of(text).map_or(ObjectId::Root, ObjectId::Id);
    Op { action, obj, key: Key::Seq(at), pred: pred.into(), insert }
}

/// A plan with one goal of Anna's, in which both have written, and a rating of hers.
pub(super) fn a_plan() -> (Device, Device, GoalId) {
    let (anna, ben) = two();
    let proposed = anna
        .plan()
        .propose_goal(NewGoal {
            title: "Walk".to_owned(),
            why: "Air".to_owned(),
            success: Some("Daily".to_owned()),
            ..NewGoal::default()
        })
        .expect("proposed");
    anna.plan()
        .rate(proposed.summary.id, NewRating { value: 6, helped: None, hindered: None })
        .expect("rated");
    level(&anna, &ben);
    let shown = ben.only_goal();
    let edit = GoalEdit { success: Some("She smiles".to_owned()), ..GoalEdit::default() };
    ben.plan().edit_goal(shown.summary.id, shown.version, edit).expect("edited");
    level(&anna, &ben);
    (anna, ben, proposed.summary.id)
}

/// The wording of a goal as a screen shows it: its title, its why and each one's success, and nothing else.
pub(super) fn wording_of(shown: &Goal) -> Wording {
    Wording {
        goal: shown.summary.id,
        title: shown.summary.title.clone(),
        why: shown.why.clone(),
        success: shown.success.iter().map(|success| (success.by, success.text.clone())).collect(),
        version: LEVEL,
        known_by: String::new(),
        by_when: None,
        scale: Default::default(),
    }
}
