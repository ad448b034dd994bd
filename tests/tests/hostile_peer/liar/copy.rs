//! The plan as a peer holds it who wrote a program of his own: Automerge's document, begun from the golden
//! file, and how far it has got with every actor.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{
    ActorId, Automerge, Change, ChangeHash, ExpandedChange, ObjId, ObjType, ROOT, ReadDoc, ScalarValue,
};

use super::frames::{Actor, Position};

/// The fixed changes with which a plan of two who have just paired begins: one for each level that both read.
const FIXED: [&str; 2] =
    [include_str!("../../../fixtures/genesis-1.hex"), include_str!("../../../fixtures/genesis-2.hex")];
/// Nobody: the actor of what every plan begins with.
const NOBODY: Actor = [0; 16];
/// When honest changes say that they were made: an evening in May 2026.
pub(crate) const EVENING: i64 = 1_777_824_131;

/// A copy of a plan.
pub(crate) struct Copy {
    pub(crate) document: Automerge,
    positions: BTreeMap<Actor, Position>,
    tops: HashMap<ChangeHash, u64>,
}

impl Copy {
    /// A plan in which nothing was written.
    pub(crate) fn begin() -> Self {
        let mut copy = Self { document: Automerge::new(), positions: BTreeMap::new(), tops: HashMap::new() };
        let fixed = |hex: &str| Change::from_bytes(super::unhex(hex.trim())).expect("a fixed change");
        copy.take(FIXED.map(fixed).into());
        copy
    }

    /// Takes in changes, parents first.
    pub(crate) fn take(&mut self, changes: Vec<Change>) {
        for change in &changes {
            let actor = change.actor_id().to_bytes().try_into().expect("an actor");
            if actor != NOBODY {
                let position = Position { actor, seq: change.seq(), hash: change.hash().0 };
                self.positions.insert(actor, position);
            }
            self.tops.insert(change.hash(), change.max_op());
        }
        self.document.apply_changes(changes).expect("changes that Automerge takes");
    }

    /// How far it has got, sorted by actor.
    pub(crate) fn positions(&self) -> Vec<Position> {
        self.positions.values().copied().collect()
    }

    pub(crate) fn position(&self, actor: &Actor) -> Option<Position> {
        self.positions.get(actor).copied()
    }

    /// The highest operation number of a change.
    pub(crate) fn top(&self, hash: &ChangeHash) -> Option<u64> {
        self.tops.get(hash).copied()
    }

    /// Begins the next change of an actor, upon all that is here.
    pub(crate) fn draft(&self, actor: Actor) -> Draft {
        let mut deps = self.document.get_heads();
        deps.sort_unstable();
        let top = deps.iter().filter_map(|head| self.top(head)).max().expect("a top");
        let seq = self.position(&actor).map_or(0, |position| position.seq) + 1;
        Draft {
            change: ExpandedChange {
                operations: Vec::new(),
                actor_id: ActorId::from(actor),
                hash: None,
                seq,
                start_op: NonZeroU64::new(top + 1).expect("a start"),
                time: EVENING + i64::try_from(self.tops.len()).expect("a small number"),
                message: None,
                deps,
                extra_bytes: Vec::new(),
                author: None,
            },
        }
    }

    /// The object at a path, where there is one.
    pub(crate) fn find<S: AsRef<str>>(&self, path: &[S]) -> Option<ObjectId> {
        let found = path.iter().try_fold(ROOT, |object, key| {
            let (_, id) = self.document.get(&object, key.as_ref()).ok()??;
            Some(id)
        })?;
        Some(object_id(&found))
    }

    /// The object at a path.
    pub(crate) fn object<S: AsRef<str>>(&self, path: &[S]) -> ObjectId {
        self.find(path).unwrap_or_else(|| {
            let path: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
            panic!("there is nothing at {path:?}")
        })
    }

    /// The operations whose values show at a place.
    pub(crate) fn standing<S: AsRef<str>>(&self, path: &[S]) -> Vec<OpId> {
        let Some((key, above)) = path.split_last() else { return Vec::new() };
        let Some(above) = self.find(above) else { return Vec::new() };
        let values = self.document.get_all(self.known(&above), key.as_ref()).expect("a map");
        values.iter().filter_map(|(_, id)| operation(id)).collect()
    }

    /// The operations that wrote the characters of a text.
    pub(crate) fn letters<S: AsRef<str>>(&self, path: &[S]) -> Vec<OpId> {
        let text = self.object(path);
        let read = self.document.get_changes(&[]).into_iter().flat_map(|change| {
            let change = change.decode();
            let actor = change.actor_id.clone();
            let numbered = (change.start_op.get()..).zip(change.operations);
            numbered.map(move |(counter, operation)| (OpId::new(counter, &actor), operation))
        });
        read.filter(|(_, operation)| operation.obj == text && operation.insert).map(|(id, _)| id).collect()
    }

    fn known(&self, object: &ObjectId) -> ObjId {
        match object {
            ObjectId::Root => ROOT,
            ObjectId::Id(id) => {
                let (known, _) = self.document.import(&id.to_string()).expect("an object that is here");
                known
            }
        }
    }
}

/// The operation that an id of Automerge names.
fn operation(id: &ObjId) -> Option<OpId> {
    match id {
        ObjId::Id(counter, actor, _) => Some(OpId::new(*counter, actor)),
        ObjId::Root => None,
    }
}

fn object_id(id: &ObjId) -> ObjectId {
    operation(id).map_or(ObjectId::Root, ObjectId::Id)
}

/// A change that is being written.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) change: ExpandedChange,
}

impl Draft {
    /// Any operation; answers its id.
    pub(crate) fn operation(&mut self, operation: Op) -> OpId {
        let counter = self.change.start_op.get() + self.change.operations.len() as u64;
        self.change.operations.push(operation);
        OpId::new(counter, &self.change.actor_id)
    }

    /// An operation at a key of a map.
    pub(crate) fn at(&mut self, map: &ObjectId, key: &str, action: OpType, pred: Vec<OpId>) -> OpId {
        let (obj, key) = (map.clone(), Key::Map(key.into()));
        self.operation(Op { action, obj, key, pred: pred.into(), insert: false })
    }

    pub(crate) fn put(&mut self, map: &ObjectId, key: &str, value: impl Into<ScalarValue>, pred: Vec<OpId>) {
        self.at(map, key, OpType::Put(value.into()), pred);
    }

    pub(crate) fn make(&mut self, map: &ObjectId, key: &str, what: ObjType) -> ObjectId {
        ObjectId::Id(self.at(map, key, OpType::Make(what), Vec::new()))
    }

    /// Writes a character behind another one of a text, or at its beginning.
    pub(crate) fn letter(&mut self, text: &ObjectId, behind: ElementId, letter: &str) -> OpId {
        let action = OpType::Put(ScalarValue::Str(letter.into()));
        let (obj, key) = (text.clone(), Key::Seq(behind));
        self.operation(Op { action, obj, key, pred: Vec::new().into(), insert: true })
    }

    /// Takes a character out of a text.
    pub(crate) fn take_out(&mut self, text: &ObjectId, letter: &OpId) {
        let (obj, key) = (text.clone(), Key::Seq(ElementId::Id(letter.clone())));
        let pred = vec![letter.clone()].into();
        self.operation(Op { action: OpType::Delete, obj, key, pred, insert: false });
    }

    /// Where the change stands when it is done.
    pub(crate) fn position(&self) -> Position {
        position_of(&self.change)
    }
}

/// Where a change stands.
pub(crate) fn position_of(change: &ExpandedChange) -> Position {
    let actor = change.actor_id.to_bytes().try_into().expect("an actor");
    Position { actor, seq: change.seq, hash: Change::from(change.clone()).hash().0 }
}
