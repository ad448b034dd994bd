//! Taking changes apart into columns.

use std::collections::HashMap;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change, ChangeHash, ObjType, ScalarValue};

use super::bytes::{put_number, put_signed};
use super::{
    CREATOR, Column, ENCODING, MAX_ACTORS, MAX_CHANGES, MAX_INFLATED, MAX_NUMBER, MAX_OPERATIONS,
    MAX_OPERATIONS_OF_A_CHANGE, MAX_PARENTS, MAX_PREDECESSORS, MAX_PREDECESSORS_OF_A_BATCH, MAX_STRING,
    MAX_UNFOLDED, Shape, TIME, Text, code, id_of, malformed, moment,
};
use crate::Result;
use crate::exchange::replica::Actor;

/// An operation's id, its actor as a place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Id {
    actor: u32,
    counter: u64,
}

/// Writes a batch, parents first, not yet deflated.
///
/// # Errors
/// When a change cannot be represented, or the batch is over a limit.
pub(crate) fn write(changes: &[Change]) -> Result<Vec<u8>> {
    if changes.len() > MAX_CHANGES {
        return Err(malformed("too many changes for one batch"));
    }
    let mut writer = Writer::default();
    for change in changes {
        writer.change(change)?;
    }
    writer.finish(changes.len())
}

#[derive(Default)]
struct Writer {
    columns: [Vec<u8>; Column::COUNT],
    actors: HashMap<Actor, u32>,
    /// The actor that was mentioned last: nearly always the next one too.
    actor_before: Option<(Actor, u32)>,
    /// The sequence number of the last change of each actor here.
    sequences: HashMap<u32, u64>,
    /// Where each change of the batch stands.
    places: HashMap<ChangeHash, usize>,
    outside: HashMap<ChangeHash, usize>,
    time: i64,
    operations: usize,
    predecessors: usize,
    unfolded: usize,
    /// The object of the last operation: 0 is the root, then the objects in order of mention.
    object: usize,
    objects: HashMap<Id, usize>,
    element: Option<Id>,
    strings: HashMap<String, u32>,
    ids: HashMap<[u8; 16], u32>,
    /// What was last put on a key.
    latest: HashMap<(usize, Text), Id>,
}

impl Writer {
    fn column(&mut self, column: Column) -> &mut Vec<u8> {
        &mut self.columns[column as usize]
    }

    fn number(&mut self, column: Column, number: usize) {
        put_number(self.column(column), number as u64);
    }

    fn change(&mut self, change: &Change) -> Result<()> {
        if change.message().is_some() || change.author().is_some() || !change.extra_bytes().is_empty() {
            return Err(malformed("a change carries more than operations"));
        }
        let last = change.start_op().get().saturating_add(change.len() as u64);
        if change.seq() > MAX_NUMBER || last > MAX_NUMBER {
            return Err(malformed("a number is too large"));
        }
        let author = self.actor(change.actor_id())?;
        put_number(self.column(Column::Author), author.into());
        match self.sequences.insert(author, change.seq()) {
            Some(before) if before + 1 != change.seq() => {
                return Err(malformed("the changes of an actor do not follow one another"));
            }
            Some(_) => {}
            None => put_number(self.column(Column::Sequence), change.seq()),
        }
        let since = change.timestamp().wrapping_sub(self.time);
        self.time = change.timestamp();
        put_signed(self.column(Column::Time), since);
        self.parents(change)?;

        let operations = change.decode().operations;
        self.operations += operations.len();
        if operations.is_empty() {
            return Err(malformed("a change without operations"));
        }
        if operations.len() > MAX_OPERATIONS_OF_A_CHANGE {
            return Err(malformed("too many operations in one change"));
        }
        if self.operations > MAX_OPERATIONS {
            return Err(malformed("too many operations for one batch"));
        }
        self.number(Column::OperationCount, operations.len());
        for (counter, operation) in (change.start_op().get()..).zip(&operations) {
            let first = counter == change.start_op().get();
            self.operation(Id { actor: author, counter }, first, operation)?;
        }
        Ok(())
    }

    fn parents(&mut self, change: &Change) -> Result<()> {
        let parents = change.deps();
        if parents.is_empty() || parents.len() > MAX_PARENTS {
            return Err(malformed("a change has no parents, or too many"));
        }
        let place = self.places.len();
        self.number(Column::ParentCount, parents.len());
        for parent in parents {
            let reference = match self.places.get(parent) {
                Some(at) => (place - at) * 2,
                None => {
                    let next = self.outside.len();
                    let at = *self.outside.entry(*parent).or_insert(next);
                    if at == next {
                        self.column(Column::Hashes).extend_from_slice(&parent.0);
                    }
                    at * 2 + 1
                }
            };
            self.number(Column::Parent, reference);
        }
        self.places.insert(change.hash(), place);
        Ok(())
    }

    fn operation(&mut self, id: Id, first: bool, operation: &Op) -> Result<()> {
        let shape = Self::shape(operation)?;
        self.column(Column::Shape).push(shape as u8);
        let object = self.object(id, &operation.obj)?;
        match &operation.key {
            Key::Map(key) => {
                if key.is_empty() {
                    return Err(malformed("an empty key"));
                }
                let key = self.text(Column::Key, key)?;
                let latest = if shape == Shape::Remove {
                    if operation.pred.is_empty() {
                        return Err(malformed("a deletion of nothing"));
                    }
                    self.latest.get(&(object, key)).copied()
                } else {
                    self.latest.insert((object, key), id)
                };
                self.replaces(id, latest, operation)?;
            }
            Key::Seq(element) => {
                let element = self.element(id, first, element)?;
                if shape == Shape::Delete {
                    self.deletes(id, element, operation)?;
                }
            }
        }
        match &operation.action {
            OpType::Make(_) => {
                let slot = self.objects.len() + 1;
                if self.objects.insert(id, slot).is_some() {
                    return Err(malformed("an object is made after it was mentioned"));
                }
                Ok(())
            }
            OpType::Put(value) => self.value(shape, value),
            _ => Ok(()),
        }
    }

    fn shape(operation: &Op) -> Result<Shape> {
        let on_map = matches!(operation.key, Key::Map(_)) && !operation.insert;
        Ok(match &operation.action {
            OpType::Make(ObjType::Map) if on_map => Shape::MakeMap,
            OpType::Make(ObjType::Text) if on_map => Shape::MakeText,
            OpType::Put(ScalarValue::Null) if on_map => Shape::Null,
            OpType::Put(ScalarValue::Boolean(false)) if on_map => Shape::False,
            OpType::Put(ScalarValue::Boolean(true)) if on_map => Shape::True,
            OpType::Put(ScalarValue::Int(_)) if on_map => Shape::Int,
            OpType::Put(ScalarValue::Uint(_)) if on_map => Shape::Uint,
            OpType::Put(ScalarValue::Str(_)) if on_map => Shape::Str,
            OpType::Put(ScalarValue::Bytes(_)) if on_map => Shape::Bytes,
            OpType::Put(ScalarValue::Str(text))
                if operation.insert && operation.pred.is_empty() && is_one_character(text) =>
            {
                Shape::Insert
            }
            OpType::Delete if !operation.insert && matches!(operation.key, Key::Seq(ElementId::Id(_))) => {
                Shape::Delete
            }
            OpType::Delete if on_map => Shape::Remove,
            _ => return Err(malformed("an operation of a kind that plans do not have")),
        })
    }

    fn value(&mut self, shape: Shape, value: &ScalarValue) -> Result<()> {
        match (shape, value) {
            (_, ScalarValue::Int(value)) => put_signed(self.column(Column::Number), *value),
            (_, ScalarValue::Uint(value)) => put_number(self.column(Column::Number), *value),
            (Shape::Insert, ScalarValue::Str(text)) => {
                self.unfold(text.len())?;
                self.column(Column::Characters).extend_from_slice(text.as_bytes());
            }
            (_, ScalarValue::Str(text)) => match moment::take_apart(text) {
                Some((micros, minutes, zone)) => {
                    if let Some(shape) = self.column(Column::Shape).last_mut() {
                        *shape = Shape::Moment as u8;
                    }
                    self.unfold(text.len())?;
                    let since = micros.wrapping_sub(self.time.wrapping_mul(1_000_000));
                    put_signed(self.column(Column::Moment), since);
                    put_signed(self.column(Column::MomentOffset), minutes);
                    self.text(Column::MomentZone, zone)?;
                }
                None => {
                    self.text(Column::Value, text)?;
                }
            },
            (_, ScalarValue::Bytes(bytes)) => {
                if bytes.len() > MAX_STRING {
                    return Err(malformed("a byte string is too long"));
                }
                self.unfold(bytes.len())?;
                self.number(Column::BytesLength, bytes.len());
                self.column(Column::Bytes).extend_from_slice(bytes);
            }
            _ => {}
        }
        Ok(())
    }

    fn unfold(&mut self, length: usize) -> Result<()> {
        self.unfolded += length;
        if self.unfolded > MAX_UNFOLDED {
            return Err(malformed("too many bytes of keys and values for one batch"));
        }
        Ok(())
    }

    fn actor(&mut self, actor: &ActorId) -> Result<u32> {
        let bytes: Actor =
            actor.to_bytes().try_into().map_err(|_| malformed("an actor that is not 16 bytes"))?;
        if let Some((before, at)) = self.actor_before
            && before == bytes
        {
            return Ok(at);
        }
        let next = u32::try_from(self.actors.len()).unwrap_or(u32::MAX);
        let at = *self.actors.entry(bytes).or_insert(next);
        if at == next {
            if self.actors.len() > MAX_ACTORS {
                return Err(malformed("too many actors for one batch"));
            }
            self.column(Column::Actors).extend_from_slice(&bytes);
        }
        self.actor_before = Some((bytes, at));
        Ok(at)
    }

    fn id(&mut self, id: &OpId) -> Result<Id> {
        Ok(Id { actor: self.actor(id.actor())?, counter: id.counter() })
    }

    /// Writes an id out: its actor and how many numbers it lies before `own`.
    fn reference(&mut self, own: Id, id: Id, actor: Column, distance: Column) -> Result<()> {
        if id.counter == 0 || id.counter >= own.counter {
            return Err(malformed("an operation refers to a later one"));
        }
        put_number(self.column(actor), id.actor.into());
        put_number(self.column(distance), own.counter - id.counter);
        Ok(())
    }

    fn object(&mut self, own: Id, object: &ObjectId) -> Result<usize> {
        let (slot, code) = match object {
            ObjectId::Root => (0, code::ROOT),
            ObjectId::Id(id) => {
                let id = self.id(id)?;
                match self.objects.get(&id) {
                    Some(slot) => (*slot, code::OBJECT + (self.objects.len() - slot) as u64),
                    None => {
                        self.reference(own, id, Column::ObjectActor, Column::ObjectDistance)?;
                        let slot = self.objects.len() + 1;
                        self.objects.insert(id, slot);
                        (slot, code::NEW_OBJECT)
                    }
                }
            }
        };
        let code = if slot == self.object { code::SAME_OBJECT } else { code };
        put_number(self.column(Column::Object), code);
        self.object = slot;
        Ok(slot)
    }

    fn element(&mut self, own: Id, first: bool, element: &ElementId) -> Result<Option<Id>> {
        let ElementId::Id(id) = element else {
            put_number(self.column(Column::Element), code::HEAD);
            return Ok(None);
        };
        let id = self.id(id)?;
        let next = self.element.map(|last| Id { counter: last.counter + 1, ..last });
        let code = if !first && id == (Id { counter: own.counter - 1, ..own }) {
            code::AFTER_BEFORE
        } else if Some(id) == next && id.counter < own.counter {
            code::NEXT
        } else {
            self.reference(own, id, Column::ElementActor, Column::ElementDistance)?;
            code::ELEMENT
        };
        put_number(self.column(Column::Element), code);
        self.element = Some(id);
        Ok(Some(id))
    }

    /// What an operation on a map's key replaces.
    fn replaces(&mut self, own: Id, latest: Option<Id>, operation: &Op) -> Result<()> {
        let replaced = operation.pred.iter().map(|id| self.id(id)).collect::<Result<Vec<_>>>()?;
        match (replaced.as_slice(), latest) {
            ([], _) => put_number(self.column(Column::Predecessor), code::NOTHING),
            ([one], Some(latest)) if *one == latest => {
                put_number(self.column(Column::Predecessor), code::LATEST);
            }
            _ => {
                self.number(Column::Predecessor, replaced.len() + 1);
                self.predecessors(own, &replaced)?;
            }
        }
        Ok(())
    }

    /// What a deletion in a text replaces: nearly always the very insertion.
    fn deletes(&mut self, own: Id, element: Option<Id>, operation: &Op) -> Result<()> {
        let replaced = operation.pred.iter().map(|id| self.id(id)).collect::<Result<Vec<_>>>()?;
        if replaced.is_empty() {
            return Err(malformed("a deletion of nothing"));
        }
        if replaced.len() == 1 && replaced.first().copied() == element {
            put_number(self.column(Column::Predecessor), code::NOTHING);
            return Ok(());
        }
        self.number(Column::Predecessor, replaced.len());
        self.predecessors(own, &replaced)
    }

    fn predecessors(&mut self, own: Id, replaced: &[Id]) -> Result<()> {
        self.predecessors += replaced.len();
        if replaced.len() > MAX_PREDECESSORS || self.predecessors > MAX_PREDECESSORS_OF_A_BATCH {
            return Err(malformed("too many predecessors"));
        }
        for id in replaced {
            self.reference(own, *id, Column::PredecessorActor, Column::PredecessorDistance)?;
        }
        Ok(())
    }

    fn text(&mut self, column: Column, text: &str) -> Result<Text> {
        if text.len() > MAX_STRING {
            return Err(malformed("a string is too long"));
        }
        self.unfold(text.len())?;
        let next = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        if let Some(id) = id_of(text) {
            let count = next(self.ids.len());
            let at = *self.ids.entry(id).or_insert(count);
            if at == count {
                put_number(self.column(column), code::NEW_ID);
                self.new_id(&id);
            } else {
                put_number(self.column(column), code::ID + 2 * u64::from(count - 1 - at));
            }
            return Ok(Text::Id(at));
        }
        if let Some(at) = self.strings.get(text).copied() {
            put_number(self.column(column), code::STRING + 2 * u64::from(at));
            return Ok(Text::String(at));
        }
        let at = next(self.strings.len());
        self.strings.insert(text.to_owned(), at);
        put_number(self.column(column), code::NEW_STRING);
        self.number(Column::StringLength, text.len());
        self.column(Column::StringBytes).extend_from_slice(text.as_bytes());
        Ok(Text::String(at))
    }

    fn new_id(&mut self, id: &[u8; 16]) {
        let (creator, rest) = id.split_at(CREATOR);
        let (time, random) = rest.split_at(TIME);
        self.column(Column::IdCreator).extend_from_slice(creator);
        let millis = time.iter().fold(0, |millis, byte| millis << 8 | i64::from(*byte));
        let since = millis.wrapping_sub(self.time.wrapping_mul(1_000));
        put_signed(self.column(Column::IdTime), since);
        self.column(Column::IdRandom).extend_from_slice(random);
    }

    fn finish(self, changes: usize) -> Result<Vec<u8>> {
        let mut out = vec![ENCODING];
        put_number(&mut out, changes as u64);
        for column in &self.columns {
            put_number(&mut out, column.len() as u64);
        }
        for column in &self.columns {
            out.extend_from_slice(column);
        }
        if out.len() > MAX_INFLATED {
            return Err(malformed("a batch is too large"));
        }
        Ok(out)
    }
}

fn is_one_character(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some() && characters.next().is_none()
}
