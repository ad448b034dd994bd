//! Columns that an honest device wrote, read back into changes. What should not be there fails the test.

use std::collections::HashMap;
use std::num::NonZeroU64;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change, ChangeHash, ExpandedChange, ObjType, ScalarValue};

use super::columns::{self, COUNT, Columns, moment_text};
use super::numbers::Reader;

/// Takes a batch apart.
pub(crate) fn take_apart(written: &[u8]) -> Columns {
    let mut reader = Reader::new(written);
    let mut apart = Columns::empty();
    apart.encoding = reader.byte();
    apart.changes = reader.number();
    let lengths: Vec<usize> = (0..COUNT).map(|_| reader.size()).collect();
    for (column, length) in apart.columns.iter_mut().zip(lengths) {
        *column = reader.take(length).to_vec();
    }
    assert!(reader.rest().is_empty(), "nothing follows after the columns");
    apart
}

/// The changes of a batch. `top` knows the highest operation number of a change that was known before.
pub(crate) fn read(written: &[u8], top: impl Fn(&ChangeHash) -> Option<u64>) -> Vec<Change> {
    let apart = take_apart(written);
    assert!(apart.encoding == 1, "the encoding of columns");
    let mut reading = Reading {
        columns: std::array::from_fn(|at| Reader::new(&apart.columns[at])),
        actors: apart.columns[columns::ACTORS].chunks(16).map(ActorId::from).collect(),
        outside: Vec::new(),
        built: Vec::new(),
        sequences: HashMap::new(),
        time: 0,
        object: ObjectId::Root,
        mentioned: Vec::new(),
        element: None,
        strings: Vec::new(),
        ids: Vec::new(),
        latest: HashMap::new(),
    };
    reading.columns[columns::ACTORS] = Reader::new(&[]);
    for hash in apart.columns[columns::HASHES].chunks(32) {
        let hash = ChangeHash(hash.try_into().expect("a hash"));
        reading.outside.push((hash, top(&hash).expect("a parent that is known")));
    }
    reading.columns[columns::HASHES] = Reader::new(&[]);
    for _ in 0..apart.changes {
        let change = Change::from(reading.change());
        reading.built.push(change);
    }
    assert!(reading.columns.iter().all(|column| column.rest().is_empty()), "every column is used up");
    reading.built
}

struct Reading<'a> {
    columns: [Reader<'a>; COUNT],
    actors: Vec<ActorId>,
    outside: Vec<(ChangeHash, u64)>,
    built: Vec<Change>,
    sequences: HashMap<usize, u64>,
    time: i64,
    object: ObjectId,
    mentioned: Vec<OpId>,
    element: Option<OpId>,
    strings: Vec<String>,
    ids: Vec<String>,
    latest: HashMap<(ObjectId, String), OpId>,
}

impl Reading<'_> {
    fn number(&mut self, column: usize) -> u64 {
        self.columns[column].number()
    }

    fn change(&mut self) -> ExpandedChange {
        let author = self.columns[columns::AUTHOR].size();
        let seq = match self.sequences.get(&author) {
            Some(before) => before + 1,
            None => self.number(columns::SEQUENCE),
        };
        self.sequences.insert(author, seq);
        self.time = self.time.wrapping_add(self.columns[columns::TIME].signed());
        let mut deps = Vec::new();
        let mut top = 0;
        for _ in 0..self.number(columns::PARENT_COUNT) {
            let reference = self.columns[columns::PARENT].size();
            let (hash, max_op) = if reference % 2 == 1 {
                self.outside[reference / 2]
            } else {
                let parent = &self.built[self.built.len() - reference / 2];
                (parent.hash(), parent.max_op())
            };
            top = top.max(max_op);
            deps.push(hash);
        }
        deps.sort_unstable();
        let actor_id = self.actors[author].clone();
        let operations = (1..=self.number(columns::OPERATION_COUNT))
            .map(|n| self.operation(&OpId::new(top + n, &actor_id), n == 1))
            .collect();
        ExpandedChange {
            operations,
            actor_id,
            hash: None,
            seq,
            start_op: NonZeroU64::new(top + 1).expect("a start"),
            time: self.time,
            message: None,
            deps,
            extra_bytes: Vec::new(),
            author: None,
        }
    }

    fn operation(&mut self, own: &OpId, first: bool) -> Op {
        let shape = self.columns[columns::SHAPE].byte();
        let obj = self.object(own);
        let on_text = matches!(shape, 10 | 11);
        let (key, pred) = if on_text {
            let element = self.element(own, first);
            let pred = match (shape, &element) {
                (11, ElementId::Id(itself)) => match self.number(columns::PREDECESSOR) {
                    0 => vec![itself.clone()],
                    count => self.predecessors(own, count),
                },
                _ => Vec::new(),
            };
            (Key::Seq(element), pred)
        } else {
            let key = self.string(columns::KEY);
            let place = (obj.clone(), key.clone());
            let latest = match shape {
                12 => self.latest.get(&place).cloned(),
                _ => self.latest.insert(place, own.clone()),
            };
            let pred = match self.number(columns::PREDECESSOR) {
                0 => Vec::new(),
                1 => vec![latest.expect("an operation before at this key")],
                count => self.predecessors(own, count - 1),
            };
            (Key::Map(key.as_str().into()), pred)
        };
        let action = match shape {
            0 => OpType::Make(ObjType::Map),
            1 => OpType::Make(ObjType::Text),
            11 | 12 => OpType::Delete,
            _ => OpType::Put(self.value(shape)),
        };
        if matches!(action, OpType::Make(_)) {
            self.mentioned.push(own.clone());
        }
        Op { action, obj, key, pred: pred.into(), insert: shape == 10 }
    }

    fn reference(&mut self, own: &OpId, actor: usize, distance: usize) -> OpId {
        let actor = self.columns[actor].size();
        OpId::new(own.counter() - self.number(distance), &self.actors[actor])
    }

    fn object(&mut self, own: &OpId) -> ObjectId {
        self.object = match self.columns[columns::OBJECT].size() {
            0 => self.object.clone(),
            1 => ObjectId::Root,
            2 => {
                let id = self.reference(own, columns::OBJECT_ACTOR, columns::OBJECT_DISTANCE);
                self.mentioned.push(id.clone());
                ObjectId::Id(id)
            }
            code => ObjectId::Id(self.mentioned[self.mentioned.len() - (code - 2)].clone()),
        };
        self.object.clone()
    }

    fn element(&mut self, own: &OpId, first: bool) -> ElementId {
        let id = match self.number(columns::ELEMENT) {
            0 => {
                assert!(!first, "there is an operation before in the same change");
                OpId::new(own.counter() - 1, own.actor())
            }
            1 => return ElementId::Head,
            2 => {
                let last = self.element.as_ref().expect("an element before");
                OpId::new(last.counter() + 1, last.actor())
            }
            _ => self.reference(own, columns::ELEMENT_ACTOR, columns::ELEMENT_DISTANCE),
        };
        self.element = Some(id.clone());
        ElementId::Id(id)
    }

    fn predecessors(&mut self, own: &OpId, count: u64) -> Vec<OpId> {
        (0..count)
            .map(|_| self.reference(own, columns::PREDECESSOR_ACTOR, columns::PREDECESSOR_DISTANCE))
            .collect()
    }

    fn value(&mut self, shape: u8) -> ScalarValue {
        match shape {
            2 => ScalarValue::Null,
            3 | 4 => ScalarValue::Boolean(shape == 4),
            5 => ScalarValue::Int(self.columns[columns::NUMBER].signed()),
            6 => ScalarValue::Uint(self.number(columns::NUMBER)),
            7 => {
                let micros = self.columns[columns::MOMENT].signed();
                let micros = micros.wrapping_add(self.time.wrapping_mul(1_000_000));
                let minutes = self.columns[columns::MOMENT_OFFSET].signed();
                let zone = self.string(columns::MOMENT_ZONE);
                ScalarValue::from(moment_text(micros, minutes, &zone).expect("a moment"))
            }
            8 => ScalarValue::from(self.string(columns::VALUE)),
            9 => {
                let length = self.columns[columns::BYTES_LENGTH].size();
                ScalarValue::Bytes(self.columns[columns::BYTES].take(length).to_vec())
            }
            10 => ScalarValue::from(self.columns[columns::CHARACTERS].character()),
            other => panic!("shape {other}, which docs/protocol.md does not have"),
        }
    }

    fn string(&mut self, column: usize) -> String {
        match self.columns[column].size() {
            0 => {
                let creator: [u8; 6] = self.columns[columns::ID_CREATOR].array();
                let millis = self.columns[columns::ID_TIME].signed();
                let millis = millis.wrapping_add(self.time.wrapping_mul(1_000)).to_be_bytes();
                let chance: [u8; 4] = self.columns[columns::ID_CHANCE].array();
                let id = [&creator[..], &millis[2..], &chance].concat();
                self.ids.push(super::hex(&id));
                self.ids[self.ids.len() - 1].clone()
            }
            1 => {
                let length = self.columns[columns::STRING_LENGTH].size();
                let bytes = self.columns[columns::STRING_BYTES].take(length);
                self.strings.push(std::str::from_utf8(bytes).expect("UTF-8").to_owned());
                self.strings[self.strings.len() - 1].clone()
            }
            code if code % 2 == 0 => self.strings[(code - 2) / 2].clone(),
            code => self.ids[self.ids.len() - 1 - (code - 3) / 2].clone(),
        }
    }
}
