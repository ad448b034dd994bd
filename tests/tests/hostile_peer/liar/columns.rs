//! Changes as columns, as `docs/protocol.md` describes them: always in the plainest way that it allows.

use std::collections::HashMap;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, ChangeHash, ExpandedChange, ObjType, ScalarValue};
use chrono::{DateTime, SecondsFormat};

use super::numbers::{fold, put_number};

/// The columns, by their numbers.
pub(crate) const ACTORS: usize = 0;
pub(crate) const HASHES: usize = 1;
pub(crate) const AUTHOR: usize = 2;
pub(crate) const SEQUENCE: usize = 3;
pub(crate) const TIME: usize = 4;
pub(crate) const PARENT_COUNT: usize = 5;
pub(crate) const PARENT: usize = 6;
pub(crate) const OPERATION_COUNT: usize = 7;
pub(crate) const SHAPE: usize = 8;
pub(crate) const OBJECT: usize = 9;
pub(crate) const OBJECT_ACTOR: usize = 10;
pub(crate) const OBJECT_DISTANCE: usize = 11;
pub(crate) const KEY: usize = 12;
pub(crate) const ELEMENT: usize = 13;
pub(crate) const ELEMENT_ACTOR: usize = 14;
pub(crate) const ELEMENT_DISTANCE: usize = 15;
pub(crate) const PREDECESSOR: usize = 16;
pub(crate) const PREDECESSOR_ACTOR: usize = 17;
pub(crate) const PREDECESSOR_DISTANCE: usize = 18;
pub(crate) const NUMBER: usize = 19;
pub(crate) const MOMENT: usize = 20;
pub(crate) const MOMENT_OFFSET: usize = 21;
pub(crate) const MOMENT_ZONE: usize = 22;
pub(crate) const VALUE: usize = 23;
pub(crate) const STRING_LENGTH: usize = 24;
pub(crate) const STRING_BYTES: usize = 25;
pub(crate) const ID_CREATOR: usize = 26;
pub(crate) const ID_TIME: usize = 27;
pub(crate) const ID_CHANCE: usize = 28;
pub(crate) const CHARACTERS: usize = 29;
pub(crate) const BYTES_LENGTH: usize = 30;
pub(crate) const BYTES: usize = 31;
pub(crate) const COUNT: usize = 32;

/// A batch, taken apart.
#[derive(Clone)]
pub(crate) struct Columns {
    pub(crate) encoding: u8,
    pub(crate) changes: u64,
    pub(crate) columns: [Vec<u8>; COUNT],
}

impl Columns {
    pub(crate) fn empty() -> Self {
        Self { encoding: 1, changes: 0, columns: Default::default() }
    }

    /// Puts a number at the end of a column.
    pub(crate) fn number(&mut self, column: usize, number: u64) {
        put_number(&mut self.columns[column], number);
    }

    pub(crate) fn signed(&mut self, column: usize, number: i64) {
        self.number(column, fold(number));
    }

    pub(crate) fn bytes(&mut self, column: usize, bytes: &[u8]) {
        self.columns[column].extend_from_slice(bytes);
    }

    /// The whole, before it is deflated.
    pub(crate) fn written(&self) -> Vec<u8> {
        let mut out = vec![self.encoding];
        put_number(&mut out, self.changes);
        for column in &self.columns {
            put_number(&mut out, column.len() as u64);
        }
        [out, self.columns.concat()].concat()
    }
}

/// Changes in columns, parents first.
pub(crate) fn write(changes: &[ExpandedChange]) -> Columns {
    let mut writer = Writer::default();
    changes.iter().for_each(|change| writer.change(change));
    writer.out
}

struct Writer {
    out: Columns,
    actors: Vec<ActorId>,
    outside: Vec<ChangeHash>,
    places: HashMap<ChangeHash, u64>,
    begun: Vec<usize>,
    time: i64,
    object: ObjectId,
    mentioned: Vec<OpId>,
    strings: Vec<String>,
    ids: Vec<String>,
}

impl Default for Writer {
    fn default() -> Self {
        Self {
            out: Columns::empty(),
            actors: Vec::new(),
            outside: Vec::new(),
            places: HashMap::new(),
            begun: Vec::new(),
            time: 0,
            object: ObjectId::Root,
            mentioned: Vec::new(),
            strings: Vec::new(),
            ids: Vec::new(),
        }
    }
}

impl Writer {
    fn change(&mut self, change: &ExpandedChange) {
        let author = self.actor(&change.actor_id);
        self.out.number(AUTHOR, author as u64);
        if !self.begun.contains(&author) {
            self.begun.push(author);
            self.out.number(SEQUENCE, change.seq);
        }
        self.out.signed(TIME, change.time.wrapping_sub(self.time));
        self.time = change.time;
        self.out.number(PARENT_COUNT, change.deps.len() as u64);
        for parent in &change.deps {
            let reference = match self.places.get(parent) {
                Some(place) => (self.out.changes - place) * 2,
                None => self.outside(*parent) * 2 + 1,
            };
            self.out.number(PARENT, reference);
        }
        self.out.number(OPERATION_COUNT, change.operations.len() as u64);
        for (counter, operation) in (change.start_op.get()..).zip(&change.operations) {
            let own = OpId::new(counter, &change.actor_id);
            self.operation(&own, counter == change.start_op.get(), operation);
        }
        let hash = automerge::Change::from(change.clone()).hash();
        self.places.insert(hash, self.out.changes);
        self.out.changes += 1;
    }

    fn actor(&mut self, actor: &ActorId) -> usize {
        self.actors.iter().position(|known| known == actor).unwrap_or_else(|| {
            self.out.bytes(ACTORS, actor.to_bytes());
            self.actors.push(actor.clone());
            self.actors.len() - 1
        })
    }

    fn outside(&mut self, parent: ChangeHash) -> u64 {
        let at = self.outside.iter().position(|known| *known == parent).unwrap_or_else(|| {
            self.out.bytes(HASHES, &parent.0);
            self.outside.push(parent);
            self.outside.len() - 1
        });
        at as u64
    }

    /// An operation written out: its actor, and how much lower its number is.
    fn reference(&mut self, own: &OpId, id: &OpId, actor: usize, distance: usize) {
        let at = self.actor(id.actor());
        self.out.number(actor, at as u64);
        self.out.number(distance, own.counter().wrapping_sub(id.counter()));
    }

    fn operation(&mut self, own: &OpId, first: bool, operation: &Op) {
        self.object(own, &operation.obj);
        let mut takes_away = None;
        match &operation.key {
            Key::Map(key) => self.string(KEY, key),
            Key::Seq(ElementId::Head) => self.out.number(ELEMENT, 1),
            Key::Seq(ElementId::Id(id)) if !first && own.delta(id, 1) => self.out.number(ELEMENT, 0),
            Key::Seq(ElementId::Id(id)) => {
                self.out.number(ELEMENT, 3);
                self.reference(own, id, ELEMENT_ACTOR, ELEMENT_DISTANCE);
            }
        }
        if let Key::Seq(ElementId::Id(id)) = &operation.key {
            takes_away = Some(id);
        }
        let on_text = matches!(operation.key, Key::Seq(_));
        let shape = match &operation.action {
            OpType::Make(ObjType::Text) => 1,
            OpType::Make(_) => 0,
            OpType::Delete if on_text => 11,
            OpType::Delete => 12,
            OpType::Put(ScalarValue::Str(letter)) if on_text => {
                self.out.bytes(CHARACTERS, letter.as_bytes());
                10
            }
            OpType::Put(value) => self.value(value),
            other => panic!("{other:?} cannot be said in columns"),
        };
        self.out.bytes(SHAPE, &[shape]);
        match shape {
            10 => {}
            11 if operation.pred.len() == 1 && operation.pred.get(0) == takes_away => {
                self.out.number(PREDECESSOR, 0);
            }
            11 => self.replaces(own, operation, 0),
            _ => self.replaces(own, operation, u64::from(!operation.pred.is_empty())),
        }
        if matches!(operation.action, OpType::Make(_)) {
            self.mentioned.push(own.clone());
        }
    }

    fn replaces(&mut self, own: &OpId, operation: &Op, more: u64) {
        self.out.number(PREDECESSOR, operation.pred.len() as u64 + more);
        for id in operation.pred.iter() {
            self.reference(own, id, PREDECESSOR_ACTOR, PREDECESSOR_DISTANCE);
        }
    }

    fn object(&mut self, own: &OpId, object: &ObjectId) {
        let code = match object {
            same if *same == self.object => 0,
            ObjectId::Root => 1,
            ObjectId::Id(id) => match self.mentioned.iter().rev().position(|known| known == id) {
                Some(back) => 3 + back as u64,
                None => {
                    self.reference(own, id, OBJECT_ACTOR, OBJECT_DISTANCE);
                    self.mentioned.push(id.clone());
                    2
                }
            },
        };
        // Written out it stands in its own columns; the code comes behind those of the operations before.
        self.out.number(OBJECT, code);
        self.object = object.clone();
    }

    fn value(&mut self, value: &ScalarValue) -> u8 {
        match value {
            ScalarValue::Null => 2,
            ScalarValue::Boolean(truth) => 3 + u8::from(*truth),
            ScalarValue::Int(number) => {
                self.out.signed(NUMBER, *number);
                5
            }
            ScalarValue::Uint(number) => {
                self.out.number(NUMBER, *number);
                6
            }
            ScalarValue::Str(text) => match moment(text) {
                Some((micros, minutes, zone)) => {
                    let since = micros.wrapping_sub(self.time.wrapping_mul(1_000_000));
                    self.out.signed(MOMENT, since);
                    self.out.signed(MOMENT_OFFSET, minutes);
                    self.string(MOMENT_ZONE, zone);
                    7
                }
                None => {
                    self.string(VALUE, text);
                    8
                }
            },
            ScalarValue::Bytes(bytes) => {
                self.out.number(BYTES_LENGTH, bytes.len() as u64);
                self.out.bytes(BYTES, bytes);
                9
            }
            other => panic!("{other:?} cannot be said in columns"),
        }
    }

    fn string(&mut self, column: usize, text: &str) {
        if let Some(bytes) = id_of(text) {
            if let Some(back) = self.ids.iter().rev().position(|known| known == text) {
                self.out.number(column, 3 + 2 * back as u64);
                return;
            }
            self.out.number(column, 0);
            self.out.bytes(ID_CREATOR, &bytes[..6]);
            let millis = bytes[6..12].iter().fold(0, |millis, byte| millis << 8 | i64::from(*byte));
            self.out.signed(ID_TIME, millis.wrapping_sub(self.time.wrapping_mul(1_000)));
            self.out.bytes(ID_CHANCE, &bytes[12..]);
            self.ids.push(text.to_owned());
            return;
        }
        if let Some(at) = self.strings.iter().position(|known| known == text) {
            self.out.number(column, 2 + 2 * at as u64);
            return;
        }
        self.out.number(column, 1);
        self.out.number(STRING_LENGTH, text.len() as u64);
        self.out.bytes(STRING_BYTES, text.as_bytes());
        self.strings.push(text.to_owned());
    }
}

/// The 16 bytes of a string of 32 lowercase hexadecimal digits.
pub(crate) fn id_of(text: &str) -> Option<[u8; 16]> {
    let digits = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() != 32 || !text.bytes().all(digits) {
        return None;
    }
    u128::from_str_radix(text, 16).ok().map(u128::to_be_bytes)
}

/// A moment's microseconds, its offset in minutes and its zone, where it comes out the same.
pub(crate) fn moment(text: &str) -> Option<(i64, i64, &str)> {
    let (time, zone) = text.strip_suffix(']')?.split_once('[')?;
    let read = DateTime::parse_from_rfc3339(time).ok()?;
    let minutes = i64::from(read.offset().local_minus_utc() / 60);
    let same = moment_text(read.timestamp_micros(), minutes, zone)? == text;
    (text.len() <= 96 && same).then_some((read.timestamp_micros(), minutes, zone))
}

/// A moment of the years 1 to 9999.
pub(crate) fn moment_text(micros: i64, minutes: i64, zone: &str) -> Option<String> {
    let within = -62_135_596_800_000_000..=253_402_300_799_999_999;
    let offset = chrono::FixedOffset::east_opt(i32::try_from(minutes * 60).ok()?)?;
    let time = DateTime::from_timestamp_micros(micros)?.with_timezone(&offset);
    within
        .contains(&micros)
        .then(|| format!("{}[{zone}]", time.to_rfc3339_opts(SecondsFormat::Micros, false)))
}
