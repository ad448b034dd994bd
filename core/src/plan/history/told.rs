//! A change, told as what somebody did. The gate has judged each of its operations, so each can be named: by the
//! line of the policy at which it stands.

mod fields;
mod items;
mod texts;

use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;

use automerge::legacy::{Key, ObjectId, Op as Operation, OpId, OpType};
use automerge::{Change, ChangeHash, ExpandedChange, ObjId, ObjType, ReadDoc, ScalarValue};
use rusqlite::Connection;

use crate::Result;
use crate::exchange::Actor;
use crate::id::GoalId;

use super::super::gate::Item;
use super::super::ledger::Ledger;
use super::super::parties::Parties;
use super::super::policy::Place;
use super::super::read::Reading;
use super::super::shared_plan::Open;
use super::super::view::{ClaimedTime, HistoryEvent, HistoryWhat};
use super::claimed::Clock;
use super::order::{Cursor, Placed};
use super::touched::{Goals, item_of};

/// All changes of an actor.
pub(in super::super) const ALL: RangeInclusive<u64> = 0..=u64::MAX;

/// Tells changes of one plan.
pub(in super::super) struct Teller<'a> {
    reading: Reading<'a>,
    ledger: &'a Ledger,
    parties: &'a Parties,
    connection: &'a Connection,
    clock: Clock,
    goals: Goals<'a>,
    titles: HashMap<GoalId, Option<String>>,
}

/// A change being told.
struct Told<'c> {
    hash: ChangeHash,
    actor: Actor,
    change: &'c ExpandedChange,
    /// Which of the actor's changes belong to what is asked about.
    within: &'c RangeInclusive<u64>,
}

/// A value that a change puts at a place.
struct Put<'c> {
    place: Place,
    item: Item,
    map: ObjId,
    key: &'c str,
    operation: &'c Operation,
}

impl Put<'_> {
    fn value(&self) -> Option<&ScalarValue> {
        match &self.operation.action {
            OpType::Put(value) => Some(value),
            _ => None,
        }
    }

    fn text(&self) -> Option<&str> {
        match self.value()? {
            ScalarValue::Str(text) => Some(text),
            _ => None,
        }
    }
}

/// What a change writes, in its order.
enum Written<'c> {
    Value(Put<'c>),
    /// In a text: which, and where it stands.
    Text(OpId, Place),
}

/// The object that an operation is about, as the document asks for it.
pub(in super::super) fn object_id(id: &OpId) -> ObjId {
    ObjId::Id(id.counter(), id.actor().clone(), 0)
}

impl<'a> Teller<'a> {
    /// Tells the changes of a plan. `connection` reads its tables, `now` is the time in seconds.
    pub(in super::super) fn new(open: &'a Open, connection: &'a Connection, now: i64) -> Self {
        let reading = Reading::new(&open.loaded.document, &open.parties);
        Self {
            reading,
            ledger: &open.loaded.ledger,
            parties: &open.parties,
            connection,
            clock: Clock { now },
            goals: Goals::new(reading),
            titles: HashMap::new(),
        }
    }

    /// Looks up at once to which goals all items belong: for many changes that is faster than one by one.
    pub(super) fn look_up_goals(&mut self) -> Result<()> {
        self.goals.look_up(self.connection, self.parties.relationship)
    }

    /// To which goal an item belongs.
    pub(super) fn goal_of(&mut self, item: &Item) -> Option<GoalId> {
        self.goals.of(item)
    }

    /// What a change did, in the order it was done. What was written as several changes of the actor `within` these
    /// is told with the last of them.
    pub(in super::super) fn events(
        &mut self,
        placed: &Placed,
        within: &RangeInclusive<u64>,
    ) -> Result<Vec<HistoryEvent>> {
        let Some(change) = self.change(&placed.hash) else { return Ok(Vec::new()) };
        let change = change.decode();
        let by = self.parties.writer_of(&placed.actor).unwrap_or(self.parties.other.person);
        let told = Told { hash: placed.hash, actor: placed.actor, change: &change, within };
        let at = self.claimed(&change);
        let mut events = Vec::new();
        for (item, what) in self.whats(&told)? {
            let goal = self.goals.of(&item);
            let title = goal.and_then(|goal| self.title(goal));
            let cursor = Cursor { change: placed.hash, event: events.len() }.to_string();
            events.push(HistoryEvent { cursor, by, at, goal, title, what });
        }
        Ok(events)
    }

    fn whats(&mut self, told: &Told<'_>) -> Result<Vec<(Item, HistoryWhat)>> {
        let written = self.written(told.change);
        let values = || {
            written.iter().filter_map(|written| match written {
                Written::Value(put) => Some(put),
                Written::Text(..) => None,
            })
        };
        let made: BTreeSet<Item> = values().filter(|put| is_made(put)).map(|put| put.item).collect();
        let mut whats = Vec::new();
        for written in &written {
            let (item, what) = match written {
                Written::Text(text, place) => {
                    let Some(item) = item_of(place) else { continue };
                    (item, self.reworded(told, text))
                }
                Written::Value(put) if is_made(put) => {
                    let parts: Vec<&Put<'_>> = values().filter(|part| part.item == put.item).collect();
                    (put.item, self.put_up(told, put, &parts))
                }
                Written::Value(put) if made.contains(&put.item) => continue,
                Written::Value(put) => (put.item, self.said(told, put)?),
            };
            whats.extend(what.map(|what| (item, what)));
        }
        Ok(whats)
    }

    /// What a change writes: every value, and every text once.
    fn written<'c>(&self, change: &'c ExpandedChange) -> Vec<Written<'c>> {
        let mut made: HashMap<u64, Place> = HashMap::new();
        let mut texts: Vec<&OpId> = Vec::new();
        let mut written = Vec::new();
        for (counter, operation) in (change.start_op.get()..).zip(&change.operations) {
            let ObjectId::Id(object) = &operation.obj else { continue };
            let is_own = *object.actor() == change.actor_id;
            let place = match made.get(&object.counter()).filter(|_| is_own) {
                Some(place) => *place,
                None => match self.ledger.place_of(object) {
                    Some(place) => place,
                    None => continue,
                },
            };
            let Key::Map(key) = &operation.key else {
                if !texts.contains(&object) {
                    texts.push(object);
                    written.push(Written::Text(object.clone(), place));
                }
                continue;
            };
            let Some(place) = place.below(key, u16::MAX) else { continue };
            if let OpType::Make(_) = operation.action {
                made.insert(counter, place);
            }
            let Some(item) = item_of(&place) else { continue };
            written.push(Written::Value(Put { place, item, map: object_id(object), key, operation }));
        }
        written
    }

    fn change(&self, hash: &ChangeHash) -> Option<Change> {
        self.reading.document().get_change_by_hash(hash)
    }

    fn claimed(&self, change: &ExpandedChange) -> ClaimedTime {
        let document = self.reading.document();
        let parents = change.deps.iter().filter_map(|parent| document.get_change_meta_by_hash(parent));
        self.clock.claimed(change.time, parents.map(|parent| parent.timestamp))
    }

    fn title(&mut self, goal: GoalId) -> Option<String> {
        let reading = self.reading;
        self.titles.entry(goal).or_insert_with(|| reading.word("goals", goal.as_bytes(), "title")).clone()
    }
}

/// Whether an item comes into being with this.
fn is_made(put: &Put<'_>) -> bool {
    matches!(put.operation.action, OpType::Make(ObjType::Map)) && put.place.is_item_map()
}
