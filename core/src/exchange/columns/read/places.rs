//! Where an operation stands and what it takes the place of: references to other operations.

use automerge::legacy::OpId;

use super::{Id, Reader};
use crate::Result;
use crate::exchange::columns::{Column, MAX_PREDECESSORS, code, malformed};

impl Reader<'_> {
    /// An id for Automerge. An operation that is built may only refer to operations that are.
    pub(super) fn op_id(&self, own: Id, id: Id) -> Result<OpId> {
        if own.counter != 0 && !(1..own.counter).contains(&id.counter) {
            return Err(malformed("an operation refers to one that is not among its ancestors"));
        }
        Ok(OpId::new(id.counter, &self.actors[id.actor]))
    }

    pub(super) fn actor(&mut self, column: Column) -> Result<usize> {
        let at = usize::try_from(self.number(column)?).unwrap_or(usize::MAX);
        if at >= self.actors.len() {
            return Err(malformed("an actor that is not in the table"));
        }
        Ok(at)
    }

    /// An id that is written out.
    fn reference(&mut self, own: Id, actor: Column, distance: Column) -> Result<Id> {
        let actor = self.actor(actor)?;
        let distance = self.number(distance)?;
        if own.counter == 0 {
            return Ok(Id { actor, counter: 0 });
        }
        match own.counter.checked_sub(distance) {
            Some(counter) if counter > 0 && distance > 0 => Ok(Id { actor, counter }),
            _ => Err(malformed("an operation refers to one that cannot be")),
        }
    }

    pub(super) fn object(&mut self, own: Id) -> Result<usize> {
        self.object = match self.number(Column::Object)? {
            code::SAME_OBJECT => self.object,
            code::ROOT => 0,
            code::NEW_OBJECT => {
                let object = self.reference(own, Column::ObjectActor, Column::ObjectDistance)?;
                self.objects.push(object);
                self.objects.len()
            }
            code => usize::try_from(code - code::OBJECT)
                .ok()
                .and_then(|back| self.objects.len().checked_sub(back))
                .filter(|slot| *slot > 0)
                .ok_or_else(|| malformed("an object that was not mentioned"))?,
        };
        Ok(self.object)
    }

    pub(super) fn element(&mut self, own: Id, first: bool) -> Result<Option<Id>> {
        let element = match self.number(Column::Element)? {
            code::HEAD => return Ok(None),
            code::AFTER_BEFORE if !first => Id { counter: own.counter.saturating_sub(1), ..own },
            code::NEXT => match self.element {
                Some(last) if own.counter == 0 || last.counter == 0 => Id { counter: 0, ..last },
                Some(last) if last.counter + 1 < own.counter => Id { counter: last.counter + 1, ..last },
                _ => return Err(malformed("a place in a text that cannot be")),
            },
            code::ELEMENT => self.reference(own, Column::ElementActor, Column::ElementDistance)?,
            _ => return Err(malformed("a place in a text of an unknown kind")),
        };
        self.element = Some(element);
        Ok(Some(element))
    }

    pub(super) fn replaces(&mut self, own: Id, latest: Option<Id>) -> Result<Vec<Id>> {
        match self.number(Column::Predecessor)? {
            code::NOTHING => Ok(Vec::new()),
            code::LATEST => {
                let latest = latest.ok_or_else(|| malformed("nothing was put on this key"))?;
                if own.counter != 0 && latest.counter >= own.counter {
                    return Err(malformed("an operation replaces a later one"));
                }
                Ok(vec![latest])
            }
            code => self.predecessors(own, code - 1),
        }
    }

    pub(super) fn deletes(&mut self, own: Id, element: Option<Id>) -> Result<Vec<Id>> {
        let element = element.ok_or_else(|| malformed("a deletion of nothing"))?;
        match self.number(Column::Predecessor)? {
            code::NOTHING => Ok(vec![element]),
            count => self.predecessors(own, count),
        }
    }

    fn predecessors(&mut self, own: Id, count: u64) -> Result<Vec<Id>> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let room = self.room.predecessors.checked_sub(count).filter(|_| count <= MAX_PREDECESSORS);
        self.room.predecessors = room.ok_or_else(|| malformed("too many predecessors"))?;
        (0..count)
            .map(|_| self.reference(own, Column::PredecessorActor, Column::PredecessorDistance))
            .collect()
    }
}
