//! The gate: whether a change may come in. It judges every operation by the policy, and asks nothing
//! but the change and its ancestors, so that two honest devices never judge differently.
//!
//! What this device writes passes the same gate: a slip of ours stays here instead of being refused
//! over there.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use automerge::legacy::{ElementId, Key, ObjectId, Op as Operation, OpId, OpType};
use automerge::{ExpandedChange, ObjType, ScalarValue};

use crate::exchange::{Actor, Refusal};
use crate::id::PersonId;

use super::ledger::{Known, Ledger, Object, Op, Site, actor_of};
use super::policy::{Holds, Place, Value, Who, is_written};

/// The most operations one change may hold.
pub(super) const OPERATIONS: usize = 10_000;
/// The most changes one change may name as its parents.
const PARENTS: usize = 64;
/// The most values one value may replace: as many as can have been written at the same time.
const PREDECESSORS: usize = 64;
/// When a change may say that it was made: the seconds of the years 1 to 9999. Automerge computes with the
/// difference of two such times, and panics where that is too large.
const TIMES: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// An item of a plan: the collection, and the item's id.
pub(super) type Item = (&'static str, [u8; 16]);
/// The items that a change touched.
pub(super) type Touched = BTreeSet<Item>;

/// A change that may come in, and what the ledger is to know of it.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) actor: Actor,
    pub(super) known: Known,
    pub(super) made: Vec<(Op, Object)>,
    /// In the order they were written.
    pub(super) puts: Vec<(Op, Site)>,
    /// Values that were replaced, and by what.
    pub(super) replaced: Vec<(Op, Op)>,
    pub(super) letters: Vec<(Op, Op)>,
    /// What looks different now.
    pub(super) touched: Touched,
}

/// Judges a change that `writer` is vouched to have made.
pub(super) fn judge(ledger: &Ledger, change: &ExpandedChange, writer: &PersonId) -> Result<Judged, Refusal> {
    Judging::new(ledger, change, Some(writer))?.all(change)
}

/// Reads a change that was let in before: where everything stands, without asking who may.
pub(super) fn learn(ledger: &Ledger, change: &ExpandedChange) -> Result<Judged, Refusal> {
    Judging::new(ledger, change, None)?.all(change)
}

/// A change being judged, operation by operation.
struct Judging<'a> {
    ledger: &'a Ledger,
    /// Whose it is; `None` where it was let in before.
    writer: Option<&'a PersonId>,
    actor: Actor,
    index: u32,
    /// What the parents and their ancestors cover.
    clock: Vec<u32>,
    /// The level of the plan that it builds upon.
    level: u16,
    top: u64,
    made: HashMap<u64, Object>,
    puts: BTreeMap<u64, Site>,
    /// Where it wrote, and with which operation last.
    written: HashMap<Site, u64>,
    replaced: Vec<(Op, Op)>,
    letters: BTreeMap<u64, Op>,
    touched: Touched,
    /// How many of the places that must stand from the start are still missing, for each new item.
    incomplete: HashMap<(&'static str, [u8; 16]), usize>,
}

impl<'a> Judging<'a> {
    fn new(
        ledger: &'a Ledger,
        change: &ExpandedChange,
        writer: Option<&'a PersonId>,
    ) -> Result<Self, Refusal> {
        if change.message.is_some() || change.author.is_some() || !change.extra_bytes.is_empty() {
            return Err(Refusal::Operation);
        }
        if change.operations.is_empty() || change.operations.len() > OPERATIONS || change.deps.len() > PARENTS
        {
            return Err(Refusal::Limit);
        }
        // What was let in before is not judged again.
        if writer.is_some() && !TIMES.contains(&change.time) {
            return Err(Refusal::Value);
        }
        let actor = actor_of(change).ok_or(Refusal::UnknownDevice)?;
        let index = ledger.actor_index_or_next(&actor)?;
        let (clock, top) = ledger.above(&change.deps, index).ok_or(Refusal::Unknown)?;
        let level = u16::try_from(clock.first().copied().unwrap_or(0)).unwrap_or(u16::MAX);
        let before = u64::from(clock.get(index as usize).copied().unwrap_or(0));
        if change.seq != before + 1 || ledger.length(&actor) != before {
            return Err(Refusal::Sequence);
        }
        // Computed here and compared: a start near the end of all numbers passes Automerge, and breaks
        // the next edit of whoever took it in.
        if top == 0 || change.start_op.get() != top + 1 {
            return Err(Refusal::Sequence);
        }
        Ok(Self {
            ledger,
            writer,
            actor,
            index,
            clock,
            level,
            top,
            made: HashMap::new(),
            puts: BTreeMap::new(),
            written: HashMap::new(),
            replaced: Vec::new(),
            letters: BTreeMap::new(),
            touched: Touched::new(),
            incomplete: HashMap::new(),
        })
    }

    fn all(mut self, change: &ExpandedChange) -> Result<Judged, Refusal> {
        let mut last_op = self.top;
        for operation in &change.operations {
            last_op += 1;
            self.operation(last_op, operation)?;
        }
        if self.incomplete.values().any(|missing| *missing > 0) {
            return Err(Refusal::Value);
        }
        let seq = u32::try_from(change.seq).map_err(|_| Refusal::Limit)?;
        if let Some(own) = self.clock.get_mut(self.index as usize) {
            *own = seq;
        }
        let index = self.index;
        Ok(Judged {
            actor: self.actor,
            known: Known { last_op, top: last_op, clock: self.clock.into_boxed_slice() },
            made: self.made.into_iter().map(|(counter, object)| ((index, counter), object)).collect(),
            puts: self.puts.into_iter().map(|(counter, site)| ((index, counter), site)).collect(),
            replaced: self.replaced,
            letters: self.letters.into_iter().map(|(counter, text)| ((index, counter), text)).collect(),
            touched: self.touched,
        })
    }

    fn operation(&mut self, counter: u64, operation: &Operation) -> Result<(), Refusal> {
        // The collections are made by the genesis; nobody writes beside them.
        let ObjectId::Id(object) = &operation.obj else { return Err(Refusal::NotAllowed) };
        let object = self.op(object).ok_or(Refusal::Unknown)?;
        let (place, is_text) = {
            let found = self.object(object).ok_or(Refusal::Unknown)?;
            (found.place, found.is_text)
        };
        match (&operation.key, is_text) {
            (Key::Seq(element), true) => self.letter(counter, operation, object, place, element),
            (Key::Map(key), false) => self.entry(counter, operation, object, place, key),
            _ => Err(Refusal::Operation),
        }
    }

    /// A character put into a text, or taken out.
    fn letter(
        &mut self,
        counter: u64,
        operation: &Operation,
        text: Op,
        place: Place,
        element: &ElementId,
    ) -> Result<(), Refusal> {
        let rule = place.rule().ok_or(Refusal::NotAllowed)?;
        self.allow(place, rule.change)?;
        if let ElementId::Id(beside) = element {
            let beside = self.op(beside).ok_or(Refusal::Unknown)?;
            if self.text_of(beside) != Some(text) {
                return Err(Refusal::Unknown);
            }
        }
        match (&operation.action, operation.insert, element) {
            (OpType::Put(ScalarValue::Str(letter)), true, _) => {
                if !operation.pred.is_empty() {
                    return Err(Refusal::Predecessor);
                }
                let mut letters = letter.chars();
                match (letters.next(), letters.next()) {
                    (Some(letter), None) if is_written(letter) => {}
                    _ => return Err(Refusal::Value),
                }
                self.letters.insert(counter, text);
            }
            (OpType::Delete, false, ElementId::Id(itself)) => {
                if operation.pred.len() != 1 || operation.pred.get(0) != Some(itself) {
                    return Err(Refusal::Predecessor);
                }
            }
            _ => return Err(Refusal::Operation),
        }
        self.touch(place);
        Ok(())
    }

    /// A value or a container put under a key of a map.
    fn entry(
        &mut self,
        counter: u64,
        operation: &Operation,
        object: Op,
        above: Place,
        key: &str,
    ) -> Result<(), Refusal> {
        if operation.insert {
            return Err(Refusal::Operation);
        }
        let place = above.below(key, self.level).ok_or(Refusal::NotAllowed)?;
        let rule = place.rule().ok_or(Refusal::NotAllowed)?;
        let site: Site = (object, Arc::from(key));
        let written_before = self.is_written(&site);
        self.allow(place, if written_before { rule.change } else { rule.create })?;
        let replaced = self.predecessors(operation, &site)?;
        self.own_value_goes(&site, &replaced)?;
        match (&operation.action, rule.holds) {
            (OpType::Make(ObjType::Map), Holds::Map) | (OpType::Make(ObjType::Text), Holds::Text) => {
                // Never a second one: it would hide the first with all that is in it.
                if written_before || !operation.pred.is_empty() {
                    return Err(Refusal::Predecessor);
                }
                self.made.insert(counter, Object { place, is_text: rule.holds == Holds::Text });
                if let (true, Some(item)) = (place.is_item_map(), place.item) {
                    self.incomplete.insert((place.collection_name(), item), place.needed_from_the_start());
                }
            }
            (OpType::Put(value), holds) => {
                let value = match value {
                    ScalarValue::Null => Value::Null,
                    ScalarValue::Str(text) => Value::Str(text),
                    ScalarValue::Uint(number) => Value::Uint(*number),
                    ScalarValue::Bytes(bytes) => Value::Bytes(bytes),
                    _ => return Err(Refusal::Value),
                };
                if self.writer.is_some() && !holds.admits(value, place.item, self.level) {
                    return Err(Refusal::Value);
                }
            }
            _ => return Err(Refusal::Operation),
        }
        if rule.from_the_start && !written_before {
            match place.item.and_then(|item| self.incomplete.get_mut(&(place.collection_name(), item))) {
                Some(missing) => *missing = missing.saturating_sub(1),
                // What belongs to the beginning of an item cannot come after it.
                None => return Err(Refusal::NotAllowed),
            }
        }
        self.replaced.extend(replaced.into_iter().map(|value| (value, (self.index, counter))));
        self.written.insert(site.clone(), counter);
        self.puts.insert(counter, site);
        self.touch(place);
        Ok(())
    }

    /// Every value that is replaced must stand under the same key, and be known to the writer.
    fn predecessors(&self, operation: &Operation, site: &Site) -> Result<Vec<Op>, Refusal> {
        if operation.pred.len() > PREDECESSORS {
            return Err(Refusal::Limit);
        }
        let mut known = Vec::with_capacity(operation.pred.len());
        for replaced in operation.pred.iter() {
            let op = self.op(replaced).ok_or(Refusal::Predecessor)?;
            let there = if self.is_own(op) { self.puts.get(&op.1) } else { self.ledger.site(&op) };
            if known.contains(&op) || there != Some(site) {
                return Err(Refusal::Predecessor);
            }
            known.push(op);
        }
        Ok(known)
    }

    /// Of one actor at most one value shows at a place: values that pile up there could never be replaced
    /// all at once any more, and the place would be closed for both.
    fn own_value_goes(&self, site: &Site, replaced: &[Op]) -> Result<(), Refusal> {
        let here = self.written.get(site).map(|counter| (self.index, *counter));
        let Some(latest) = here.or_else(|| self.ledger.latest(site, self.index)) else { return Ok(()) };
        let goes = replaced.contains(&latest) || self.ledger.is_replaced(&self.clock, &latest);
        // What was let in before is not judged again.
        if goes || self.writer.is_none() { Ok(()) } else { Err(Refusal::Predecessor) }
    }

    fn allow(&self, place: Place, who: Who) -> Result<(), Refusal> {
        match self.writer {
            Some(writer) if !place.is_for(who, writer) => Err(Refusal::NotAllowed),
            _ => Ok(()),
        }
    }

    fn touch(&mut self, place: Place) {
        if let Some(item) = place.item {
            self.touched.insert((place.collection_name(), item));
        }
    }

    /// An operation by our numbering, where it is this change's own or among its ancestors.
    fn op(&self, id: &OpId) -> Option<Op> {
        let actor: Actor = id.actor().to_bytes().try_into().ok()?;
        if actor == self.actor && id.counter() > self.top {
            return Some((self.index, id.counter()));
        }
        let op = (self.ledger.actor_index(&actor)?, id.counter());
        self.ledger.covers(&self.clock, op).then_some(op)
    }

    fn is_own(&self, op: Op) -> bool {
        op.0 == self.index && op.1 > self.top
    }

    fn object(&self, op: Op) -> Option<&Object> {
        if self.is_own(op) { self.made.get(&op.1) } else { self.ledger.object(&op) }
    }

    fn text_of(&self, letter: Op) -> Option<Op> {
        if self.is_own(letter) { self.letters.get(&letter.1).copied() } else { self.ledger.text_of(&letter) }
    }

    /// Whether anything was put there before, as far as this change knows.
    fn is_written(&self, site: &Site) -> bool {
        self.written.contains_key(site) || self.ledger.is_written(&self.clock, site)
    }
}
