//! Reading columns that came from outside, and building the changes they hold.

mod places;
mod values;

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpType, SortedVec};
use automerge::{ActorId, Change, ChangeHash, ExpandedChange, ObjType, ScalarValue};

use super::bytes::Cursor;
use super::{
    Column, ENCODING, MAX_ACTORS, MAX_CHANGES, MAX_INFLATED, MAX_NUMBER, MAX_OPERATIONS,
    MAX_OPERATIONS_OF_A_CHANGE, MAX_PARENTS, MAX_PREDECESSORS_OF_A_BATCH, MAX_UNFOLDED, Shape, Text,
    malformed,
};
use crate::Result;
use crate::exchange::replica::Built;

/// What a batch held.
pub(crate) struct Decoded {
    /// The changes that could be built, parents first.
    pub(crate) changes: Vec<Built>,
    /// How many could not, because a parent is neither in the batch nor here. They were dropped.
    pub(crate) orphans: u32,
    /// What it took.
    pub(crate) came: Room,
}

/// How much may still come.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    /// Operations.
    pub(crate) operations: usize,
    /// Bytes of keys and values, each counted as often as it is used.
    pub(crate) unfolded: usize,
    /// Predecessors that are written out.
    pub(crate) predecessors: usize,
}

impl Room {
    /// What one batch may hold.
    pub(crate) const BATCH: Self = Self {
        operations: MAX_OPERATIONS,
        unfolded: MAX_UNFOLDED,
        predecessors: MAX_PREDECESSORS_OF_A_BATCH,
    };

    /// The smaller of two rooms.
    pub(crate) fn within(self, other: Self) -> Self {
        Self {
            operations: self.operations.min(other.operations),
            unfolded: self.unfolded.min(other.unfolded),
            predecessors: self.predecessors.min(other.predecessors),
        }
    }

    /// What is left of it after this much has come.
    pub(crate) fn after(self, came: Self) -> Self {
        Self {
            operations: self.operations.saturating_sub(came.operations),
            unfolded: self.unfolded.saturating_sub(came.unfolded),
            predecessors: self.predecessors.saturating_sub(came.predecessors),
        }
    }
}

/// Reads a batch that was inflated. `max_op` knows the highest operation number of every change that
/// is here already.
///
/// # Errors
/// When the batch is malformed, over a limit, or larger than there is room.
pub(crate) fn read(
    inflated: &[u8],
    room: Room,
    max_op: &dyn Fn(&ChangeHash) -> Option<u64>,
) -> Result<Decoded> {
    if inflated.len() > MAX_INFLATED {
        return Err(malformed("a batch inflates to more than is allowed"));
    }
    let mut head = Cursor::new(inflated);
    if head.byte()? != ENCODING {
        return Err(malformed("a batch in an unknown encoding"));
    }
    let count = head.up_to(MAX_CHANGES, "too many changes for one batch")?;
    let mut reader = Reader::new(head, room, max_op)?;
    let (mut changes, mut orphans) = (Vec::new(), 0);
    for _ in 0..count {
        match reader.change()? {
            Some(built) => changes.push(built),
            None => orphans += 1,
        }
    }
    if reader.columns.iter().any(|column| !column.is_empty()) {
        return Err(malformed("a column is longer than what it describes"));
    }
    Ok(Decoded { changes, orphans, came: room.after(reader.room) })
}

/// An operation's id, its actor as a place in the table. The counter 0 stands for an operation of a
/// change that could not be built: only changes that could not be built either may refer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Id {
    actor: usize,
    counter: u64,
}

/// A change of the batch that later ones may build upon.
struct Placed {
    hash: ChangeHash,
    /// Its highest operation number; none where it could not be built.
    max_op: Option<u64>,
}

struct Reader<'a> {
    columns: [Cursor<'a>; Column::COUNT],
    actors: Vec<ActorId>,
    /// The sequence number of the next change of each actor.
    sequences: Vec<Option<u64>>,
    outside: Vec<Placed>,
    placed: Vec<Placed>,
    time: i64,
    room: Room,
    object: usize,
    objects: Vec<Id>,
    element: Option<Id>,
    /// Each holds a [`ScalarValue::Str`]: cloning one shares its letters.
    strings: Vec<ScalarValue>,
    ids: Vec<ScalarValue>,
    latest: HashMap<(usize, Text), Id>,
}

impl<'a> Reader<'a> {
    fn new(mut head: Cursor<'a>, room: Room, max_op: &dyn Fn(&ChangeHash) -> Option<u64>) -> Result<Self> {
        let mut lengths = [0; Column::COUNT];
        for length in &mut lengths {
            *length = head.up_to(MAX_INFLATED, "a column is too long")?;
        }
        let mut columns = [Cursor::new(&[]); Column::COUNT];
        for (column, length) in columns.iter_mut().zip(lengths) {
            *column = Cursor::new(head.take(length)?);
        }
        if !head.is_empty() {
            return Err(malformed("something follows after a batch"));
        }

        let mut actors = Vec::new();
        let table = &mut columns[Column::Actors as usize];
        while !table.is_empty() {
            if actors.len() == MAX_ACTORS {
                return Err(malformed("too many actors for one batch"));
            }
            let actor = ActorId::from(table.take(16)?);
            if actors.contains(&actor) {
                return Err(malformed("an actor stands twice in the table"));
            }
            actors.push(actor);
        }
        let mut outside = Vec::new();
        let hashes = &mut columns[Column::Hashes as usize];
        while !hashes.is_empty() {
            if outside.len() == MAX_CHANGES {
                return Err(malformed("too many parents outside the batch"));
            }
            let hash = ChangeHash(hashes.array()?);
            outside.push(Placed { hash, max_op: max_op(&hash) });
        }
        Ok(Self {
            columns,
            sequences: vec![None; actors.len()],
            actors,
            outside,
            placed: Vec::new(),
            time: 0,
            room,
            object: 0,
            objects: Vec::new(),
            element: None,
            strings: Vec::new(),
            ids: Vec::new(),
            latest: HashMap::new(),
        })
    }

    fn column(&mut self, column: Column) -> &mut Cursor<'a> {
        &mut self.columns[column as usize]
    }

    fn number(&mut self, column: Column) -> Result<u64> {
        self.column(column).number()
    }

    /// The next change, or nothing where it could not be built.
    fn change(&mut self) -> Result<Option<Built>> {
        let author = self.actor(Column::Author)?;
        let seq = match self.sequences[author] {
            Some(next) => next,
            None => self.number(Column::Sequence)?,
        };
        if seq == 0 || seq > MAX_NUMBER {
            return Err(malformed("a sequence number out of range"));
        }
        self.sequences[author] = Some(seq + 1);
        self.time = self.time.wrapping_add(self.column(Column::Time).signed()?);
        let (deps, start_op) = self.parents()?;

        let count = self
            .column(Column::OperationCount)
            .up_to(MAX_OPERATIONS_OF_A_CHANGE, "too many operations in one change")?;
        if count == 0 {
            return Err(malformed("a change without operations"));
        }
        let room = self.room.operations.checked_sub(count);
        self.room.operations = room.ok_or_else(|| malformed("too many operations"))?;
        if start_op.is_some_and(|start| start.get() + count as u64 > MAX_NUMBER) {
            return Err(malformed("an operation number out of range"));
        }
        // Every operation takes a byte of this column: so many there are at most.
        let here = self.column(Column::Shape).rest().len();
        let mut operations = Vec::with_capacity(count.min(here));
        for offset in 0..count as u64 {
            let counter = start_op.map_or(0, |start| start.get() + offset);
            let operation = self.operation(Id { actor: author, counter }, offset == 0)?;
            operations.extend(operation);
        }
        let Some(start_op) = start_op else {
            self.placed.push(Placed { hash: ChangeHash([0; 32]), max_op: None });
            return Ok(None);
        };
        let built = build(ExpandedChange {
            operations,
            actor_id: self.actors[author].clone(),
            hash: None,
            seq,
            start_op,
            time: self.time,
            message: None,
            deps,
            extra_bytes: Vec::new(),
            author: None,
        })?;
        self.placed.push(Placed { hash: built.change.hash(), max_op: Some(built.change.max_op()) });
        Ok(Some(built))
    }

    /// The parents of the next change, and its first operation number where all of them are known.
    fn parents(&mut self) -> Result<(Vec<ChangeHash>, Option<NonZeroU64>)> {
        let count = self.column(Column::ParentCount).up_to(MAX_PARENTS, "too many parents")?;
        if count == 0 {
            return Err(malformed("a change without parents"));
        }
        let mut parents = Vec::with_capacity(count);
        let mut highest = Some(0);
        for _ in 0..count {
            let reference = usize::try_from(self.number(Column::Parent)?).unwrap_or(usize::MAX);
            let parent = if reference % 2 == 1 {
                self.outside.get(reference / 2)
            } else {
                self.placed.len().checked_sub(reference / 2).and_then(|place| self.placed.get(place))
            };
            let parent = parent.ok_or_else(|| malformed("a parent that is not there"))?;
            highest = highest.zip(parent.max_op).map(|(highest, max_op)| max_op.max(highest));
            parents.push(parent.hash);
        }
        let start_op = highest.and_then(|highest| NonZeroU64::MIN.checked_add(highest));
        if start_op.is_some() {
            parents.sort_unstable();
            if parents.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(malformed("a parent stands twice"));
            }
        }
        Ok((parents, start_op))
    }

    /// The next operation, or nothing where its change cannot be built.
    fn operation(&mut self, own: Id, first: bool) -> Result<Option<Op>> {
        let shape = Shape::from_byte(self.column(Column::Shape).byte()?)
            .ok_or_else(|| malformed("an operation of an unknown shape"))?;
        let slot = self.object(own)?;
        let on_text = matches!(shape, Shape::Insert | Shape::Delete);
        let (key, replaced) = if on_text {
            let element = self.element(own, first)?;
            let replaced = if shape == Shape::Delete { self.deletes(own, element)? } else { Vec::new() };
            let element = match element {
                None => ElementId::Head,
                Some(id) => ElementId::Id(self.op_id(own, id)?),
            };
            (Key::Seq(element), replaced)
        } else {
            let (text, key) = self.text(Column::Key)?;
            let ScalarValue::Str(key) = key else {
                return Err(malformed("a key that is not a string"));
            };
            if key.is_empty() {
                return Err(malformed("an empty key"));
            }
            let latest = if shape == Shape::Remove {
                self.latest.get(&(slot, text)).copied()
            } else {
                self.latest.insert((slot, text), own)
            };
            let replaced = self.replaces(own, latest)?;
            if shape == Shape::Remove && replaced.is_empty() {
                return Err(malformed("a deletion of nothing"));
            }
            (Key::Map(key), replaced)
        };
        let action = match shape {
            Shape::MakeMap => OpType::Make(ObjType::Map),
            Shape::MakeText => OpType::Make(ObjType::Text),
            Shape::Delete | Shape::Remove => OpType::Delete,
            _ => OpType::Put(self.value(shape)?),
        };
        let object = match slot.checked_sub(1) {
            None => ObjectId::Root,
            Some(at) => ObjectId::Id(self.op_id(own, self.objects[at])?),
        };
        if matches!(action, OpType::Make(_)) {
            self.objects.push(own);
        }
        let replaced = replaced.into_iter().map(|id| self.op_id(own, id)).collect::<Result<Vec<_>>>()?;
        let pred = SortedVec::from(replaced);
        if pred.iter().zip(pred.iter().skip(1)).any(|(one, next)| one == next) && own.counter != 0 {
            return Err(malformed("a predecessor stands twice"));
        }
        Ok((own.counter != 0).then(|| Op { action, obj: object, key, pred, insert: shape == Shape::Insert }))
    }
}

/// Builds a change and computes its hash. Automerge's builder is not known to panic on anything that
/// passes the checks above; should it all the same, the batch is refused and the app goes on.
fn build(mut expanded: ExpandedChange) -> Result<Built> {
    let change = catch_unwind(AssertUnwindSafe(|| Change::from(expanded.clone())))
        .map_err(|_| malformed("a change that cannot be built"))?;
    expanded.hash = Some(change.hash());
    Ok(Built { expanded, change })
}
