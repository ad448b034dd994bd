//! Going on after having been rolled back.
//!
//! A copied folder or a restored phone may hold less of this device's own changes than the other
//! device does, or other ones under the same numbers. Then we stop writing under that actor, take in
//! what the other kept for us, and write what only we have again under a fresh actor.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroU64;

use automerge::legacy::{ElementId, Key, ObjectId, OpId};
use automerge::{ActorId, Automerge, Change as PlanChange, ChangeHash, ExpandedChange};

use crate::exchange::{Accepted, Actor, Built, Refusal, SignedHead, roundtrip};
use crate::relationship::key::new_actor;
use crate::{Error, Result};

use super::arrivals::{Sorted, keep_heads, put_aside, sort, take_back_in, taken_in};
use super::chunks::Loaded;
use super::gate;
use super::genesis;
use super::ledger::{Ledger, actor_of};
use super::projection::Projection;
use super::read::Reading;
use super::shared_plan::{Open, SharedPlan, weight_of};
use super::undo;

/// Takes in a batch that holds changes of our own which we had lost.
pub(super) fn begin(
    plan: &SharedPlan,
    open: &mut Open,
    arrived: Vec<Built>,
    vouched: &[std::result::Result<(), Refusal>],
    heads: &[SignedHead],
) -> Result<Accepted> {
    let relationship = plan.relationship;
    let actor = new_actor(&*plan.shared.world, &open.parties.device)?;
    let (kept, only_ours) = part(open, &arrived, vouched);
    let edits_lost = first_of_each_actor(&only_ours);
    let mut anew = Anew::begin(actor, open.loaded.ledger.level())?;
    anew.take(kept)?;
    let Sorted { welcome, refused, .. } = anew.let_in(open, arrived, vouched)?;
    let lost = anew.write_again(open, only_ours, plan.shared.world.now().timestamp())?;
    let document = anew.document;
    let bytes = weight_of(&document.get_changes(&[]));
    open.unsaved = true;
    open.loaded = Loaded::of(document, actor, bytes)?;
    let now = plan.shared.world.now();
    open.rolled_back = false;
    let Open { loaded, parties, .. } = open;
    let different = plan.shared.file.write(|transaction| {
        put_aside(transaction, relationship, &refused, now)?;
        put_aside(transaction, relationship, &lost, now)?;
        take_back_in(transaction, relationship, &welcome)?;
        keep_heads(transaction, relationship, parties, &loaded.ledger, heads)?;
        loaded.keep_whole(transaction, relationship)?;
        for (actor, seq) in &edits_lost {
            undo::forget_from(transaction, relationship, actor, *seq)?;
        }
        let reading = Reading::new(&loaded.document, parties);
        Projection::new(transaction, reading, parties).rebuild(&loaded.ledger)
    })?;
    Ok(Accepted {
        applied: u32::try_from(welcome.len()).unwrap_or(u32::MAX),
        refused: refused.iter().map(|(built, refusal)| (built.change.hash(), *refusal)).collect(),
        goals: different.goals.into_iter().collect(),
        tasks: different.tasks.into_iter().collect(),
        began_afresh: true,
    })
}

/// Parts what we hold: what stays, and what we alone have under numbers that the other knows to be
/// something else, with all that builds upon it.
fn part(
    open: &Open,
    arrived: &[Built],
    vouched: &[std::result::Result<(), Refusal>],
) -> (Vec<PlanChange>, Vec<PlanChange>) {
    let mut taken: HashMap<(Actor, u64), ChangeHash> = HashMap::new();
    for (built, _) in arrived.iter().zip(vouched).filter(|(_, vouched)| vouched.is_ok()) {
        if let Some(actor) = actor_of(&built.expanded).filter(|actor| open.parties.is_own_device(actor)) {
            taken.insert((actor, built.change.seq()), built.change.hash());
        }
    }
    let mut apart: HashSet<ChangeHash> = HashSet::new();
    let (mut kept, mut only_ours) = (Vec::new(), Vec::new());
    for change in open.loaded.document.get_changes(&[]) {
        let place = Actor::try_from(change.actor_id().to_bytes()).ok().map(|actor| (actor, change.seq()));
        let is_taken = place.and_then(|place| taken.get(&place)).is_some_and(|hash| *hash != change.hash());
        if is_taken || change.deps().iter().any(|parent| apart.contains(parent)) {
            apart.insert(change.hash());
            only_ours.push(change);
        } else {
            kept.push(change);
        }
    }
    (kept, only_ours)
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

/// The document being put together again.
struct Anew {
    document: Automerge,
    ledger: Ledger,
    actor: Actor,
    seq: u64,
}

impl Anew {
    fn begin(actor: Actor, level: u16) -> Result<Self> {
        let mut document = genesis::begin(level)?;
        document.set_actor(ActorId::from(actor));
        Ok(Self { document, ledger: Ledger::begin(level)?, actor, seq: 0 })
    }

    /// Takes changes that were let in before.
    fn take(&mut self, changes: Vec<PlanChange>) -> Result<()> {
        for change in &changes {
            if self.ledger.known(&change.hash()).is_some() {
                continue;
            }
            let learned = gate::learn(&self.ledger, &change.decode());
            self.ledger
                .admit(change.hash(), learned.map_err(|_| Error::internal("a change of our own file"))?);
        }
        self.document.apply_changes(changes).map_err(|_| Error::internal("changes of our own file"))
    }

    /// Judges what arrived and takes in what may come in; answers with that, and with what was refused.
    fn let_in(
        &mut self,
        open: &Open,
        arrived: Vec<Built>,
        vouched: &[std::result::Result<(), Refusal>],
    ) -> Result<Sorted> {
        let sorted = sort(&mut self.ledger, &open.parties, arrived, vouched);
        self.document = taken_in(&self.document, &sorted.welcome)
            .ok_or_else(|| Error::Exchange { problem: "a batch that cannot be applied".to_owned() })?;
        Ok(sorted)
    }

    /// Writes what only we have again under the fresh actor. What can no longer be written is answered.
    fn write_again(
        &mut self,
        open: &Open,
        only_ours: Vec<PlanChange>,
        now: i64,
    ) -> Result<Vec<(Built, Refusal)>> {
        let me = open.parties.me.person;
        let mut moved: HashMap<OpId, OpId> = HashMap::new();
        let mut lost = Vec::new();
        for former in only_ours {
            let rewritten = self.rewritten(&former.decode(), &mut moved, now);
            let change = PlanChange::from(rewritten);
            let built = roundtrip(&change)?;
            match gate::judge(&self.ledger, &built.expanded, &me) {
                Ok(judged) => {
                    let failed = |_| Error::internal("a change written again");
                    self.document.apply_changes([change.clone()]).map_err(failed)?;
                    self.ledger.admit(change.hash(), judged);
                    self.seq += 1;
                }
                Err(refusal) => lost.push((Built { expanded: former.decode(), change: former }, refusal)),
            }
        }
        Ok(lost)
    }

    /// The same operations as a change of the fresh actor upon what is here now.
    fn rewritten(
        &self,
        former: &ExpandedChange,
        moved: &mut HashMap<OpId, OpId>,
        now: i64,
    ) -> ExpandedChange {
        let actor = ActorId::from(self.actor);
        let mut deps = self.document.get_heads();
        deps.sort_unstable();
        let top =
            deps.iter().filter_map(|head| self.ledger.known(head)).map(|known| known.top).max().unwrap_or(0);
        for (n, counter) in (former.start_op.get()..).enumerate().take(former.operations.len()) {
            moved.insert(OpId::new(counter, &former.actor_id), OpId::new(top + 1 + n as u64, &actor));
        }
        let new = |id: &OpId| moved.get(id).cloned().unwrap_or_else(|| id.clone());
        let mut operations = former.operations.clone();
        for operation in &mut operations {
            if let ObjectId::Id(id) = &operation.obj {
                operation.obj = ObjectId::Id(new(id));
            }
            if let Key::Seq(ElementId::Id(id)) = &operation.key {
                operation.key = Key::Seq(ElementId::Id(new(id)));
            }
            operation.pred = operation.pred.iter().map(new).collect();
        }
        ExpandedChange {
            operations,
            actor_id: actor,
            hash: None,
            seq: self.seq + 1,
            start_op: NonZeroU64::new(top + 1).unwrap_or(NonZeroU64::MIN),
            time: now,
            message: None,
            deps,
            extra_bytes: Vec::new(),
            author: None,
        }
    }
}
