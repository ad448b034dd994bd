//! Putting a document together again, and writing changes of our own once more upon it.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroU64;

use automerge::legacy::{ElementId, Key, ObjectId, Op as Operation, OpId, OpType};
use automerge::{ActorId, Automerge, Change as PlanChange, ExpandedChange};

use crate::exchange::{Actor, Built, Refusal, roundtrip};
use crate::{Error, Result};

use super::arrivals::{Sorted, sort, taken_in};
use super::gate;
use super::genesis;
use super::ledger::Ledger;
use super::shared_plan::Open;

/// The document being put together again.
pub(super) struct Anew {
    pub(super) document: Automerge,
    ledger: Ledger,
    actor: Actor,
    seq: u64,
}

impl Anew {
    pub(super) fn begin(actor: Actor, level: u16) -> Result<Self> {
        let mut document = genesis::begin(level)?;
        document.set_actor(ActorId::from(actor));
        Ok(Self { document, ledger: Ledger::begin(level)?, actor, seq: 0 })
    }

    /// Takes changes that were let in before.
    pub(super) fn take(&mut self, changes: Vec<PlanChange>) -> Result<()> {
        for change in &changes {
            if self.ledger.known(&change.hash()).is_none() {
                self.ledger.learn(change).map_err(|_| Error::internal("a change of our own file"))?;
            }
        }
        self.document.apply_changes(changes).map_err(|_| Error::internal("changes of our own file"))
    }

    /// Judges what arrived and takes in what may come in; answers with that, and with what was refused.
    pub(super) fn let_in(
        &mut self,
        open: &Open,
        arrived: Vec<Built>,
        vouched: &[std::result::Result<(), Refusal>],
    ) -> Result<Sorted> {
        let sorted = sort(&mut self.ledger, &open.parties, arrived, vouched);
        self.document = taken_in(&self.document, &sorted.welcome)
            .ok_or_else(|| Error::broken_rule("a batch that cannot be applied"))?;
        Ok(sorted)
    }

    /// Writes what only we have again under the fresh actor. What can no longer be written is answered.
    ///
    /// Some of it may have been written again before, by this very device, and come back just now: that is
    /// not written a third time.
    pub(super) fn write_again(
        &mut self,
        open: &Open,
        only_ours: Vec<PlanChange>,
        came_back: &[PlanChange],
        now: i64,
    ) -> Result<Vec<(Built, Refusal)>> {
        let me = open.parties.me.person;
        let mut again = Again::default();
        let own = |change: &&PlanChange| {
            Actor::try_from(change.actor_id().to_bytes())
                .is_ok_and(|actor| open.parties.is_own_device(&actor))
        };
        let mut came_back: VecDeque<_> = came_back.iter().filter(own).map(PlanChange::decode).collect();
        let mut lost = Vec::new();
        for former in only_ours {
            let expanded = former.decode();
            if let Some(at) = came_back.iter().position(|other| is_alike(other, &expanded)) {
                again.is_now(&expanded, came_back.drain(..=at).next_back().as_ref());
                continue;
            }
            let Some(rewritten) = self.rewritten(&expanded, &mut again, now) else { continue };
            let change = PlanChange::from(rewritten);
            let judged = roundtrip(&change).map_err(|_| Refusal::Broken);
            match judged.and_then(|built| gate::judge(&self.ledger, &built.expanded, &me)) {
                Ok(judged) => {
                    let failed = |_| Error::internal("a change written again");
                    self.document.apply_changes([change.clone()]).map_err(failed)?;
                    self.ledger.admit(change.hash(), judged);
                    self.seq += 1;
                }
                Err(refusal) => {
                    again.is_gone(&expanded);
                    lost.push((Built { expanded, change: former }, refusal));
                }
            }
        }
        Ok(lost)
    }

    /// The same operations as a change of the fresh actor upon what is here now. Nothing where none of them
    /// means anything any more.
    fn rewritten(&self, former: &ExpandedChange, again: &mut Again, now: i64) -> Option<ExpandedChange> {
        let actor = ActorId::from(self.actor);
        let mut deps = self.document.get_heads();
        deps.sort_unstable();
        let top = deps.iter().filter_map(|head| self.ledger.known(head)).map(|known| known.top).max()?;
        let mut operations = Vec::new();
        for (counter, operation) in (former.start_op.get()..).zip(&former.operations) {
            let id = OpId::new(counter, &former.actor_id);
            let Some(operation) = again.operation(operation) else {
                again.stands_for.insert(id, Vec::new());
                continue;
            };
            operations.push(operation);
            let new = OpId::new(top + operations.len() as u64, &actor);
            again.stands_for.insert(id, vec![new]);
        }
        (!operations.is_empty()).then(|| ExpandedChange {
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
        })
    }
}

/// What became of the operations of changes that are written again.
#[derive(Default)]
struct Again {
    /// Their own new name; or, of one that is gone, what it had taken the place of.
    stands_for: HashMap<OpId, Vec<OpId>>,
    /// Of a character that is gone, behind what it stood.
    stood_behind: HashMap<OpId, ElementId>,
}

impl Again {
    /// A change was written again before, as this one.
    fn is_now(&mut self, former: &ExpandedChange, now: Option<&ExpandedChange>) {
        let Some(now) = now else { return };
        let ids = |change: &ExpandedChange| {
            change.start_op.get()..change.start_op.get() + change.operations.len() as u64
        };
        for (before, after) in ids(former).zip(ids(now)) {
            let after = OpId::new(after, &now.actor_id);
            self.stands_for.insert(OpId::new(before, &former.actor_id), vec![after]);
        }
    }

    /// A change is not written again: what it replaced stands again, and what it wrote is not there.
    fn is_gone(&mut self, former: &ExpandedChange) {
        for (counter, operation) in (former.start_op.get()..).zip(&former.operations) {
            let id = OpId::new(counter, &former.actor_id);
            let before = self.predecessors(operation);
            self.stands_for.insert(id.clone(), before);
            if let (true, Key::Seq(element)) = (operation.insert, &operation.key) {
                let behind = self.element(element);
                self.stood_behind.insert(id.clone(), behind);
                self.stands_for.insert(id, Vec::new());
            }
        }
    }

    /// An operation by the new names, nothing where what it is about is gone.
    fn operation(&self, former: &Operation) -> Option<Operation> {
        let mut operation = former.clone();
        if let ObjectId::Id(id) = &former.obj {
            operation.obj = ObjectId::Id(self.name(id));
        }
        if let Key::Seq(element) = &former.key {
            operation.key = Key::Seq(self.element(element));
        }
        let predecessors = self.predecessors(former);
        if former.action == OpType::Delete && predecessors.is_empty() {
            return None;
        }
        operation.pred = predecessors.into();
        Some(operation)
    }

    fn predecessors(&self, operation: &Operation) -> Vec<OpId> {
        let mut all: Vec<OpId> = Vec::new();
        for id in operation.pred.iter() {
            match self.stands_for.get(id) {
                Some(names) => {
                    all.extend(names.iter().filter(|name| !all.contains(name)).cloned().collect::<Vec<_>>())
                }
                None if !all.contains(id) => all.push(id.clone()),
                None => {}
            }
        }
        all
    }

    fn name(&self, id: &OpId) -> OpId {
        self.stands_for.get(id).and_then(|names| names.first()).unwrap_or(id).clone()
    }

    fn element(&self, element: &ElementId) -> ElementId {
        match element {
            ElementId::Head => ElementId::Head,
            ElementId::Id(id) => match self.stood_behind.get(id) {
                Some(behind) => behind.clone(),
                None => ElementId::Id(self.name(id)),
            },
        }
    }
}

/// Whether two changes do the same, by whatever names.
fn is_alike(one: &ExpandedChange, two: &ExpandedChange) -> bool {
    let does = |operation: &Operation| {
        let key = match &operation.key {
            Key::Map(key) => Some(key.clone()),
            Key::Seq(_) => None,
        };
        (operation.action.clone(), key, operation.insert)
    };
    one.operations.len() == two.operations.len()
        && one.operations.iter().zip(&two.operations).all(|(one, two)| does(one) == does(two))
}
