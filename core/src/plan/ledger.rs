//! What is known of every change a plan holds: enough to say of any operation what it stands on and
//! whether it is among the ancestors of another change. It holds no words.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use automerge::legacy::OpId;
use automerge::{Automerge, Change, ChangeHash, ExpandedChange};

use crate::exchange::{Actor, Position, Refusal};
use crate::{Error, Result};

use super::gate::{self, Item, Judged};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Object {
    /// Where it stands.
    pub(super) place: Place,
    /// Whether it is a text.
    pub(super) is_text: bool,
}

/// Characters that one actor wrote into one text, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Letters {
    first: u64,
    last: u64,
    text: Op,
}

/// Who wrote under a key, each with the first operation and the latest. Nearly always it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Written {
    by: (Op, u64),
    others: Vec<(Op, u64)>,
}

impl Written {
    fn once(op: Op) -> Self {
        Self { by: (op, op.1), others: Vec::new() }
    }

    fn all(&self) -> impl Iterator<Item = &(Op, u64)> {
        std::iter::once(&self.by).chain(&self.others)
    }

    fn again(&mut self, op: Op) {
        match std::iter::once(&mut self.by).chain(&mut self.others).find(|(first, _)| first.0 == op.0) {
            Some((_, latest)) => *latest = op.1,
            None => self.others.push((op, op.1)),
        }
    }
}

/// A change, as seen from its descendants.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    objects: BTreeMap<Op, Object>,
    /// For each actor, its values in the order they were put: in which map and under which key.
    sites: Vec<Vec<(u64, Site)>>,
    /// For every key of every map, who wrote there.
    written: BTreeMap<Site, Written>,
    /// Of every value that was replaced, the first operation of every actor that did.
    replaced: HashMap<Op, Vec<Op>>,
    /// For each actor, the characters it wrote, in their order.
    letters: Vec<Vec<Letters>>,
    /// Every key once: most of them stand in thousands of maps.
    names: HashSet<Arc<str>>,
}

impl Ledger {
    /// The ledger of a plan of this level that has just begun.
    pub(super) fn begin(level: u16) -> Result<Self> {
        let mut ledger = Self {
            actors: vec![genesis::NOBODY],
            index: HashMap::from([(genesis::NOBODY, 0)]),
            runs: vec![Vec::new()],
            known: HashMap::new(),
            objects: BTreeMap::new(),
            sites: vec![Vec::new()],
            written: BTreeMap::new(),
            replaced: HashMap::new(),
            letters: vec![Vec::new()],
            names: HashSet::new(),
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
                self.objects.insert((0, counter), Object { place, is_text: false });
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
            if ledger.learn(&change).is_err() {
                return Ok(None);
            }
        }
        Ok(Some(ledger))
    }

    /// Takes in a change that was let in before.
    pub(super) fn learn(&mut self, change: &Change) -> Result<(), Refusal> {
        if let Some(level) = genesis::level_of(&change.hash()) {
            return self.raise(level).map_err(|_| Refusal::Unknown);
        }
        let judged = gate::learn(self, &change.decode())?;
        self.admit(change.hash(), judged);
        Ok(())
    }

    /// Takes in a change that was judged.
    pub(super) fn admit(&mut self, hash: ChangeHash, judged: Judged) {
        self.admit_known(judged.actor, hash, judged.known);
        self.objects.extend(judged.made);
        for (op, (object, key)) in judged.puts {
            let key = self.name(&key);
            self.put(op, (object, key));
        }
        for (replaced, by) in judged.replaced {
            self.replace(replaced, by);
        }
        for (letter, text) in judged.letters {
            self.write_letter(letter, text);
        }
    }

    /// Notes that there is a change, not what it wrote.
    pub(super) fn admit_known(&mut self, actor: Actor, hash: ChangeHash, known: Known) {
        let index = self.actor_index(&actor).unwrap_or_else(|| {
            let index = u32::try_from(self.actors.len()).unwrap_or(u32::MAX);
            self.actors.push(actor);
            self.index.insert(actor, index);
            self.runs.push(Vec::new());
            self.sites.push(Vec::new());
            self.letters.push(Vec::new());
            index
        });
        if let Some(run) = self.runs.get_mut(index as usize) {
            run.push((known.last_op, hash));
        }
        self.known.insert(hash, known);
    }

    /// A key as all maps share it.
    pub(super) fn name(&mut self, key: &str) -> Arc<str> {
        if let Some(name) = self.names.get(key) {
            return name.clone();
        }
        let name: Arc<str> = Arc::from(key);
        self.names.insert(name.clone());
        name
    }

    fn put(&mut self, op: Op, site: Site) {
        self.written.entry(site.clone()).and_modify(|written| written.again(op)).or_insert(Written::once(op));
        if let Some(sites) = self.sites.get_mut(op.0 as usize) {
            sites.push((op.1, site));
        }
    }

    /// Notes that a value was replaced.
    pub(super) fn replace(&mut self, value: Op, by: Op) {
        let replaced = self.replaced.entry(value).or_default();
        if replaced.iter().all(|earlier| earlier.0 != by.0) {
            replaced.push(by);
        }
    }

    /// Notes a character. Those of one actor come in their order, or are put into it in the end.
    pub(super) fn write_letter(&mut self, letter: Op, text: Op) {
        let Some(letters) = self.letters.get_mut(letter.0 as usize) else { return };
        match letters.last_mut() {
            Some(run) if run.text == text && run.last + 1 == letter.1 => run.last = letter.1,
            _ => letters.push(Letters { first: letter.1, last: letter.1, text }),
        }
    }

    /// Notes a map or a text.
    pub(super) fn make(&mut self, op: Op, object: Object) {
        self.objects.insert(op, object);
    }

    /// Notes all values that were ever put, those of one place together. `None` where they are not.
    pub(super) fn put_all(&mut self, values: Vec<(Op, Site)>) -> Option<()> {
        let mut written: Vec<(Site, Written)> = Vec::with_capacity(values.len());
        for (op, site) in values {
            match written.last_mut() {
                Some((last, written)) if *last == site => written.again(op),
                _ => written.push((site.clone(), Written::once(op))),
            }
            self.sites.get_mut(op.0 as usize)?.push((op.1, site));
        }
        for sites in &mut self.sites {
            sites.sort_by_key(|(counter, _)| *counter);
        }
        let places = written.len();
        self.written = written.into_iter().collect();
        (self.written.len() == places).then_some(())
    }

    /// Puts the characters in the order they were written in.
    pub(super) fn letters_in_order(&mut self) {
        for letters in &mut self.letters {
            letters.sort_by_key(|run| run.first);
            letters.dedup_by(|next, run| {
                let goes_on = run.text == next.text && run.last + 1 == next.first;
                if goes_on {
                    run.last = next.last;
                }
                goes_on
            });
        }
    }

    /// What a change with these parents stands on: for each actor how many of its changes, and the
    /// highest operation number. `None` where a parent is not known.
    pub(super) fn above(&self, parents: &[ChangeHash], writer: u32) -> Option<(Vec<u32>, u64)> {
        let mut clock = vec![0; writer as usize + 1];
        let mut top = 0;
        for parent in parents {
            let parent = self.known(parent)?;
            clock.resize(clock.len().max(parent.clock.len()), 0);
            for (mine, theirs) in clock.iter_mut().zip(&parent.clock) {
                *mine = (*mine).max(*theirs);
            }
            top = top.max(parent.top);
        }
        Some((clock, top))
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

    /// Where a map or a text stands, by its id in the document.
    pub(super) fn place_of(&self, object: &OpId) -> Option<Place> {
        let actor = object.actor().to_bytes().try_into().ok()?;
        self.object(&(self.actor_index(&actor)?, object.counter())).map(|object| object.place)
    }

    /// Where a value was put, by the operation that did it.
    pub(super) fn site(&self, op: &Op) -> Option<&Site> {
        let sites = self.sites.get(op.0 as usize)?;
        let at = sites.binary_search_by_key(&op.1, |(counter, _)| *counter).ok()?;
        sites.get(at).map(|(_, site)| site)
    }

    /// Whether anything that `clock` covers was put there.
    pub(super) fn is_written(&self, clock: &[u32], site: &Site) -> bool {
        self.written
            .get(site)
            .is_some_and(|written| written.all().any(|(first, _)| self.covers(clock, *first)))
    }

    /// The latest value that an actor put there.
    pub(super) fn latest(&self, site: &Site, actor: u32) -> Option<Op> {
        let written = self.written.get(site)?;
        written.all().find(|(first, _)| first.0 == actor).map(|(_, latest)| (actor, *latest))
    }

    /// The text in which a character stands, by the operation that wrote it.
    pub(super) fn text_of(&self, letter: &Op) -> Option<Op> {
        let letters = self.letters.get(letter.0 as usize)?;
        let run = letters.get(letters.partition_point(|run| run.last < letter.1))?;
        (run.first <= letter.1).then_some(run.text)
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

    /// Every actor but nobody, with its changes in order: the last operation number, and the hash.
    pub(super) fn runs(&self) -> impl Iterator<Item = (&Actor, &[(u64, ChangeHash)])> {
        self.actors.iter().zip(&self.runs).skip(1).map(|(actor, run)| (actor, run.as_slice()))
    }

    /// The items that a change wrote at, and whether that is all it did: what it took out of a text is not known
    /// here.
    pub(super) fn wrote(&self, actor: u32, change: &Known) -> (Vec<Item>, bool) {
        let last_before = |(index, count): (usize, &u32)| {
            let count = if index == actor as usize { count.saturating_sub(1) } else { *count };
            self.runs.get(index)?.get((count as usize).checked_sub(1)?).map(|(last, _)| *last)
        };
        let above = change.clock.iter().enumerate().filter_map(last_before).max().unwrap_or(0);
        let (first, last) = (above + 1, change.last_op);
        let (mut items, mut found) = (Vec::new(), 0);
        let mut add = |place: Place| {
            let item = place.item.map(|item| (place.collection_name(), item));
            items.extend(item.filter(|item| items.last() != Some(item)));
        };
        let sites = self.sites.get(actor as usize).map_or(&[][..], Vec::as_slice);
        let from = sites.partition_point(|(counter, _)| *counter < first);
        for (_, (object, key)) in sites.iter().skip(from).take_while(|(counter, _)| *counter <= last) {
            found += 1;
            let Some(place) = self.object(object).map(|object| object.place) else { continue };
            let item = if place.item.is_some() { Some(place) } else { place.below(key, u16::MAX) };
            item.into_iter().for_each(&mut add);
        }
        let letters = self.letters.get(actor as usize).map_or(&[][..], Vec::as_slice);
        let from = letters.partition_point(|run| run.last < first);
        for run in letters.iter().skip(from).take_while(|run| run.first <= last) {
            found += run.last.min(last) + 1 - run.first.max(first);
            self.object(&run.text).into_iter().for_each(|text| add(text.place));
        }
        (items, found == last - above)
    }

    /// The map of a collection, as a place to look for keys in.
    pub(super) fn collection(&self, name: &str) -> Option<Op> {
        let fixed = self.objects.range((0, 0)..(1, 0));
        fixed.into_iter().find(|(_, object)| object.place.path() == name).map(|(op, _)| *op)
    }

    fn run(&self, actor: u32) -> &[(u64, ChangeHash)] {
        self.runs.get(actor as usize).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
impl Ledger {
    /// Whether two ledgers know the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.sorted() == other.sorted()
    }

    fn sorted(&self) -> impl PartialEq {
        let Self { actors, index, runs, known, objects, sites, mut written, mut replaced, letters, .. } =
            self.clone();
        for written in written.values_mut() {
            let mut all: Vec<_> = written.all().copied().collect();
            all.sort_unstable();
            written.by = all.remove(0);
            written.others = all;
        }
        replaced.values_mut().for_each(|by| by.sort_unstable());
        (actors, index, runs, known, objects, sites, written, replaced, letters)
    }
}

/// The actor of a change, where it has the length that ours have.
pub(super) fn actor_of(change: &ExpandedChange) -> Option<Actor> {
    change.actor_id.to_bytes().try_into().ok()
}
