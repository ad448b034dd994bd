//! What is known of every change a plan holds: enough to say of any operation what it stands on and
//! whether it is among the ancestors of another change. It holds no words.

use std::collections::HashMap;
use std::sync::Arc;

use automerge::{Automerge, ChangeHash, ExpandedChange};

use crate::exchange::{Actor, Position, Refusal};
use crate::{Error, Result};

use super::gate::{self, Judged};
use super::genesis;
use super::policy::Place;

/// An operation: the actor by its place in [`Ledger::actors`], and the operation's counter.
pub(super) type Op = (u32, u64);

/// The most actors a plan may have: one per installation and restore, with ample room. No more than a
/// change may have parents and a value predecessors, since every actor can have written at the same time.
pub(super) const ACTORS: usize = 64;
/// The most actors of one person, so that the other one's new phone always finds room.
pub(super) const ACTORS_OF_A_PERSON: usize = ACTORS / 2;

/// A key of a map: where a value stands.
pub(super) type Site = (Op, Arc<str>);

/// A map or a text of the document.
#[derive(Debug, Clone)]
pub(super) struct Object {
    /// Where it stands.
    pub(super) place: Place,
    /// Whether it is a text.
    pub(super) is_text: bool,
    /// For each of its keys, the first operation of every actor that wrote there, and its latest.
    pub(super) keys: HashMap<Arc<str>, Vec<(Op, u64)>>,
}

impl Object {
    pub(super) fn new(place: Place, is_text: bool) -> Self {
        Self { place, is_text, keys: HashMap::new() }
    }
}

/// A change, as seen from its descendants.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// The highest operation number of this change itself.
    pub(super) last_op: u64,
    /// The highest operation number among this change and its ancestors.
    pub(super) top: u64,
    /// For each actor, how many of its changes are this one or its ancestors.
    pub(super) clock: Box<[u32]>,
}

/// The ledger of one plan.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    actors: Vec<Actor>,
    index: HashMap<Actor, u32>,
    /// For each actor its changes in order: the last operation number, and the hash.
    runs: Vec<Vec<(u64, ChangeHash)>>,
    known: HashMap<ChangeHash, Known>,
    objects: HashMap<Op, Object>,
    /// Of every value ever put, in which map and under which key.
    sites: HashMap<Op, Site>,
    /// Of every value that was replaced, the first operation of every actor that did.
    replaced: HashMap<Op, Vec<Op>>,
    /// Of every character ever written, in which text it stands.
    letters: HashMap<Op, Op>,
}

impl Ledger {
    /// The ledger of a plan of this level that has just begun.
    pub(super) fn begin(level: u16) -> Result<Self> {
        let mut ledger = Self {
            actors: vec![genesis::NOBODY],
            index: HashMap::from([(genesis::NOBODY, 0)]),
            runs: vec![Vec::new()],
            known: HashMap::new(),
            objects: HashMap::new(),
            sites: HashMap::new(),
            replaced: HashMap::new(),
            letters: HashMap::new(),
        };
        ledger.raise(level)?;
        Ok(ledger)
    }

    /// The level of the plan: how many of the fixed changes it holds.
    pub(super) fn level(&self) -> u16 {
        u16::try_from(self.run(0).len()).unwrap_or(u16::MAX)
    }

    /// Takes in the fixed changes up to a level.
    pub(super) fn raise(&mut self, level: u16) -> Result<()> {
        for change in genesis::up_to(level).iter().skip(self.level().into()) {
            let first = change.start_op().get();
            for (counter, operation) in (first..).zip(change.decode().operations) {
                let automerge::legacy::Key::Map(name) = operation.key else { continue };
                let place = Place::collection(&name).ok_or_else(|| Error::internal("a fixed change"))?;
                self.objects.insert((0, counter), Object::new(place, false));
            }
            let Some(run) = self.runs.first_mut() else { continue };
            run.push((change.max_op(), change.hash()));
            let clock = Box::new([u32::try_from(run.len()).unwrap_or(u32::MAX)]);
            let top = change.max_op();
            self.known.insert(change.hash(), Known { last_op: top, top, clock });
        }
        Ok(())
    }

    /// The ledger of a document that lies in our own file; nothing in it is judged again. `None` where
    /// the document does not begin with the genesis or does not hang together.
    pub(super) fn of(document: &Automerge) -> Result<Option<Self>> {
        let mut ledger = Self::begin(1)?;
        let mut changes = document.get_changes(&[]).into_iter();
        if changes.next().map(|change| change.hash()) != Some(genesis::hash()?) {
            return Ok(None);
        }
        for change in changes {
            if let Some(level) = genesis::level_of(&change.hash()) {
                ledger.raise(level)?;
                continue;
            }
            match gate::learn(&ledger, &change.decode()) {
                Ok(judged) => ledger.admit(change.hash(), judged),
                Err(_) => return Ok(None),
            }
        }
        Ok(Some(ledger))
    }

    /// Takes in a change that was judged.
    pub(super) fn admit(&mut self, hash: ChangeHash, judged: Judged) {
        let actor = self.actor_index(&judged.actor).unwrap_or_else(|| {
            let index = u32::try_from(self.actors.len()).unwrap_or(u32::MAX);
            self.actors.push(judged.actor);
            self.index.insert(judged.actor, index);
            self.runs.push(Vec::new());
            index
        });
        if let Some(run) = self.runs.get_mut(actor as usize) {
            run.push((judged.known.last_op, hash));
        }
        self.known.insert(hash, judged.known);
        self.objects.extend(judged.made);
        for (op, (object, key)) in judged.puts {
            if let Some(object) = self.objects.get_mut(&object) {
                let written = object.keys.entry(key.clone()).or_default();
                match written.iter_mut().find(|(first, _)| first.0 == op.0) {
                    Some((_, latest)) => *latest = op.1,
                    None => written.push((op, op.1)),
                }
            }
            self.sites.insert(op, (object, key));
        }
        for (replaced, by) in judged.replaced {
            let replaced = self.replaced.entry(replaced).or_default();
            if replaced.iter().all(|earlier| earlier.0 != by.0) {
                replaced.push(by);
            }
        }
        self.letters.extend(judged.letters);
    }

    /// Every actor but nobody.
    pub(super) fn actors(&self) -> impl Iterator<Item = &Actor> {
        self.actors.iter().skip(1)
    }

    /// Whether a value was replaced by anything that `clock` covers.
    pub(super) fn is_replaced(&self, clock: &[u32], value: &Op) -> bool {
        self.replaced.get(value).is_some_and(|by| by.iter().any(|op| self.covers(clock, *op)))
    }

    /// The place of an actor, if it has written anything.
    pub(super) fn actor_index(&self, actor: &Actor) -> Option<u32> {
        self.index.get(actor).copied()
    }

    /// The place an actor has or would get.
    pub(super) fn actor_index_or_next(&self, actor: &Actor) -> Result<u32, Refusal> {
        match self.actor_index(actor) {
            Some(index) => Ok(index),
            None if self.actors.len() < ACTORS => Ok(u32::try_from(self.actors.len()).unwrap_or(u32::MAX)),
            None => Err(Refusal::Limit),
        }
    }

    /// How many changes of an actor there are.
    pub(super) fn length(&self, actor: &Actor) -> u64 {
        self.actor_index(actor).map_or(0, |index| self.run(index).len() as u64)
    }

    /// The hash of an actor's change, by its sequence number.
    pub(super) fn at(&self, actor: &Actor, seq: u64) -> Option<ChangeHash> {
        let run = self.run(self.actor_index(actor)?);
        let before = usize::try_from(seq.checked_sub(1)?).ok()?;
        run.get(before).map(|(_, hash)| *hash)
    }

    /// What is known of a change.
    pub(super) fn known(&self, hash: &ChangeHash) -> Option<&Known> {
        self.known.get(hash)
    }

    /// The map or text that an operation made, if it did.
    pub(super) fn object(&self, op: &Op) -> Option<&Object> {
        self.objects.get(op)
    }

    /// Where a value was put, by the operation that did it.
    pub(super) fn site(&self, op: &Op) -> Option<&Site> {
        self.sites.get(op)
    }

    /// The text in which a character stands, by the operation that wrote it.
    pub(super) fn text_of(&self, letter: &Op) -> Option<&Op> {
        self.letters.get(letter)
    }

    /// Whether an operation is among those that `clock` covers.
    pub(super) fn covers(&self, clock: &[u32], op: Op) -> bool {
        let (actor, counter) = op;
        let Some(changes) = clock.get(actor as usize).and_then(|count| (*count as usize).checked_sub(1))
        else {
            return false;
        };
        self.run(actor).get(changes).is_some_and(|(last, _)| counter <= *last)
    }

    /// How far the plan has got with every actor, sorted.
    pub(super) fn positions(&self) -> Vec<Position> {
        let mut positions: Vec<_> = self
            .actors
            .iter()
            .zip(&self.runs)
            .skip(1)
            .filter_map(|(actor, run)| {
                let (_, hash) = run.last()?;
                Some(Position { actor: *actor, seq: run.len() as u64, hash: hash.0 })
            })
            .collect();
        positions.sort_unstable();
        positions
    }

    fn run(&self, actor: u32) -> &[(u64, ChangeHash)] {
        self.runs.get(actor as usize).map_or(&[], Vec::as_slice)
    }
}

/// The actor of a change, where it has the length that ours have.
pub(super) fn actor_of(change: &ExpandedChange) -> Option<Actor> {
    change.actor_id.to_bytes().try_into().ok()
}
