//! Going on under a fresh actor.
//!
//! There are two reasons. *Rolled back*: a copied folder or a restored phone may hold less of this device's own
//! changes than the other device does, or other ones under the same numbers. *Turned away*: a slip of ours
//! wrote a change that may not be, and the other device rightly does not take it. Either way we keep what
//! can stay, take in what came, and write what is left of our own again under a fresh actor. What nobody may take is
//! kept aside, and our device signs where its actor ends.

use std::collections::{HashMap, HashSet};

use automerge::{Change as PlanChange, ChangeHash};

use crate::exchange::{Accepted, Actor, Built, Refusal, SignedEnd, SignedHead};
use crate::relationship::key::new_actor;
use crate::relationship::people;
use crate::shared::Change;
use crate::{Error, Result};

use super::arrivals::Sorted;
use super::aside::{put_aside, take_back_in};
use super::chunks::Loaded;
use super::ends;
use super::gate;
use super::genesis;
use super::heads::keep_heads;
use super::ledger::{Ledger, actor_of};
use super::projection::Projection;
use super::read::Reading;
use super::rewriting::Anew;
use super::shared_plan::{Open, SharedPlan, weight_of};
use super::undo;

/// What came with the reason to begin afresh.
#[derive(Default)]
pub(super) struct Arrived<'a> {
    pub(super) changes: Vec<Built>,
    pub(super) vouched: &'a [std::result::Result<(), Refusal>],
    pub(super) heads: &'a [SignedHead],
}

impl SharedPlan {
    /// The other device did not take a change of ours. It is believed only where our own gate does not take it
    /// either: otherwise anybody could make us drop a person's words.
    pub(super) fn turned_away(&self, hash: &ChangeHash) -> Result<bool> {
        let begun = self.with_document(|open| {
            if open.rolled_back || !is_refused_here(open, hash)? {
                return Ok(None);
            }
            begin(self, open, Arrived::default(), Some(*hash)).map(Some)
        })?;
        Ok(begun.map(|begun| self.tell_turned_away(begun)).is_some())
    }

    /// The other device has told where actors end. Those of this very device were signed before it was rolled back.
    pub(super) fn told_of_ends(&self, told: &[SignedEnd], by: &[u8; 32]) -> Result<bool> {
        let relationship = self.relationship;
        let begun = self.with_document(|open| {
            let held = open.loaded.ledger.positions();
            let news = open.ends.news(&open.parties, told, by, &held);
            if !news.is_empty() {
                self.shared.file.write(|transaction| ends::keep(transaction, relationship, &news))?;
                open.ends.note(&news);
            }
            // What the other holds of our fresh actor is on its way; then all is done at once.
            if open.rolled_back || !goes_beyond(open) {
                return Ok(None);
            }
            begin(self, open, Arrived::default(), None).map(Some)
        })?;
        Ok(begun.map(|begun| self.tell_turned_away(begun)).is_some())
    }

    /// Says what looks different, and that changes of this device are kept aside now.
    fn tell_turned_away(&self, (begun, changes): (Accepted, u32)) {
        let (relationship, Accepted { goals, tasks, .. }) = (self.relationship, begun);
        if !goals.is_empty() {
            self.shared.tell(&Change::Plan { relationship, goals, tasks, by_other: false });
        }
        if changes > 0 {
            self.shared.tell(&Change::TurnedAway { relationship, changes });
        }
    }
}

/// Whether this plan holds changes beyond the end that this device has signed itself, or that its person has signed of a
/// former device of theirs. What was written there and stands here alone is the person's own: it is written again.
pub(super) fn goes_beyond(open: &Open) -> bool {
    open.loaded
        .ledger
        .positions()
        .iter()
        .any(|position| is_own(open, &position.actor) && open.ends.are_before(&position.actor, position.seq))
}

/// Whether an actor is this device's or that of a former one of the same person, which is closed.
fn is_own(open: &Open, actor: &Actor) -> bool {
    open.parties.is_own_device(actor)
        || open.ends.is_closed(actor) && open.parties.writer_of(actor) == Some(open.parties.me.person)
}

/// Whether our own gate, asked again over what stands before it, refuses a change of this device.
fn is_refused_here(open: &Open, hash: &ChangeHash) -> Result<bool> {
    if open.loaded.ledger.known(hash).is_none() {
        return Ok(false);
    }
    let mut ledger = Ledger::begin(0)?;
    let unreadable = |_| Error::internal("a change of our own file");
    for change in open.loaded.document.get_changes(&[]) {
        if change.hash() != *hash {
            ledger.learn(&change).map_err(unreadable)?;
            continue;
        }
        let expanded = change.decode();
        let is_own = actor_of(&expanded).is_some_and(|actor| open.parties.is_own_device(&actor));
        return Ok(is_own && gate::judge(&ledger, &expanded, &open.parties.me.person).is_err());
    }
    Ok(false)
}

/// Begins afresh; answers with what came of it, and how many changes of ours could not be written again.
pub(super) fn begin(
    plan: &SharedPlan,
    open: &mut Open,
    arrived: Arrived<'_>,
    refused_there: Option<ChangeHash>,
) -> Result<(Accepted, u32)> {
    let relationship = plan.relationship;
    let Arrived { changes, vouched, heads } = arrived;
    let actor = new_actor(&*plan.shared.world, &open.parties.device)?;
    let Parted { kept, only_ours, ends } = part(plan, open, &changes, vouched, refused_there)?;
    let edits_lost = first_of_each_actor(&only_ours);
    let mut anew = Anew::begin(actor, open.loaded.ledger.level())?;
    anew.take(kept)?;
    let Sorted { welcome, refused, .. } = anew.let_in(open, changes, vouched)?;
    let lost = anew.write_again(open, only_ours, &welcome, plan.shared.world.now().timestamp())?;
    let document = anew.document;
    let bytes = weight_of(&document.get_changes(&[]));
    open.unsaved = true;
    open.loaded = Loaded::of(document, actor, bytes)?;
    open.ends.note(&ends);
    let now = plan.shared.world.now();
    open.rolled_back = false;
    let Open { loaded, parties, .. } = &mut *open;
    let different = plan.shared.file.write(|transaction| {
        put_aside(transaction, relationship, &refused, false, now)?;
        put_aside(transaction, relationship, &lost, true, now)?;
        take_back_in(transaction, relationship, &welcome)?;
        ends::keep(transaction, relationship, &ends)?;
        keep_heads(transaction, relationship, parties, &loaded.ledger, heads)?;
        loaded.keep_whole(transaction, relationship)?;
        for (actor, seq) in &edits_lost {
            undo::forget_from(transaction, relationship, actor, *seq)?;
        }
        let reading = Reading::new(&loaded.document, parties);
        Projection::new(transaction, reading, parties).rebuild(&loaded.ledger)
    })?;
    open.unsaved = false;
    let accepted = Accepted {
        applied: u32::try_from(welcome.len()).unwrap_or(u32::MAX),
        refused: refused.iter().map(|(built, refusal)| (built.change.hash(), *refusal)).collect(),
        goals: different.goals.into_iter().collect(),
        tasks: different.tasks.into_iter().collect(),
        began_afresh: true,
    };
    Ok((accepted, u32::try_from(lost.len()).unwrap_or(u32::MAX)))
}

/// What we hold, in two parts.
struct Parted {
    kept: Vec<PlanChange>,
    /// What has to be written again, with all that builds upon it.
    only_ours: Vec<PlanChange>,
    /// Where actors of ours end because of it.
    ends: Vec<SignedEnd>,
}

/// Parts what stays from what we alone have: under numbers that the other knows to be something else, beyond the
/// end of an actor, or what the other rightly refused.
fn part(
    plan: &SharedPlan,
    open: &Open,
    arrived: &[Built],
    vouched: &[std::result::Result<(), Refusal>],
    refused_there: Option<ChangeHash>,
) -> Result<Parted> {
    let mut taken: HashMap<(Actor, u64), ChangeHash> = HashMap::new();
    for (built, _) in arrived.iter().zip(vouched).filter(|(_, vouched)| vouched.is_ok()) {
        if let Some(actor) = actor_of(&built.expanded).filter(|actor| open.parties.is_own_device(actor)) {
            taken.insert((actor, built.change.seq()), built.change.hash());
        }
    }
    let (mut apart, mut forked) = (HashSet::new(), HashSet::new());
    let (mut kept, mut only_ours) = (Vec::new(), Vec::new());
    let mut first_apart: HashMap<Actor, u64> = HashMap::new();
    for change in open.loaded.document.get_changes(&[]) {
        let Ok(actor) = Actor::try_from(change.actor_id().to_bytes()) else { continue };
        let is_taken = taken.get(&(actor, change.seq())).is_some_and(|hash| *hash != change.hash());
        if is_taken {
            forked.insert(actor);
        }
        let is_beyond = is_own(open, &actor) && open.ends.are_before(&actor, change.seq());
        if is_taken
            || is_beyond
            || refused_there == Some(change.hash())
            || change.deps().iter().any(|parent| apart.contains(parent))
        {
            apart.insert(change.hash());
            first_apart.entry(actor).or_insert(change.seq());
            only_ours.push(change);
        } else if actor != genesis::NOBODY {
            kept.push(change);
        }
    }
    // Of an actor whose numbers the other knows to be something else, what it knows goes on counting.
    first_apart.retain(|actor, _| !forked.contains(actor) && open.parties.is_own_device(actor));
    let is_a_copy = refused_there.is_none() && !goes_beyond(open);
    let ends = if is_a_copy { Vec::new() } else { sign(plan, open, &first_apart)? };
    Ok(Parted { kept, only_ours, ends })
}

/// From where on an actor's changes are no longer what they were: edits noted there cannot be taken back.
fn first_of_each_actor(changes: &[PlanChange]) -> HashMap<Actor, u64> {
    let mut first = HashMap::new();
    for change in changes {
        let Ok(actor) = Actor::try_from(change.actor_id().to_bytes()) else { continue };
        let seq = first.entry(actor).or_insert(change.seq());
        *seq = change.seq().min(*seq);
    }
    first
}

/// Signs where actors of this device end: before the first change that does not count.
fn sign(plan: &SharedPlan, open: &Open, first_apart: &HashMap<Actor, u64>) -> Result<Vec<SignedEnd>> {
    let device = plan.shared.file.read(people::device_key)?;
    let end = |(actor, first): (&Actor, &u64)| {
        let seq = first.saturating_sub(1);
        let hash = open.loaded.ledger.at(actor, seq).map_or([0; 32], |hash| hash.0);
        SignedEnd::sign(&plan.relationship, *actor, seq, hash, &device)
    };
    Ok(first_apart.iter().map(end).collect())
}
