//! What comes from the other device: judged change by change, taken in on a copy, and made durable
//! with its rows in one transaction. What is refused is set aside; the rest goes on.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use automerge::{ActorId, Automerge, Change as PlanChange, ChangeHash};

use crate::exchange::{
    Accepted, Actor, Built, Footing, Position, Refusal, Replica, SignedEnd, SignedHead, covered,
};
use crate::relationship::key::PublicKey;
use crate::relationship::people;
use crate::shared::Change;
use crate::{Error, Result};

use super::afresh::{self, Arrived};
use super::aside::{put_aside, take_back_in};
use super::ends;
use super::gate::{self, Touched};
use super::heads::{keep_heads, kept_head, kept_heads};
use super::history::News;
use super::ledger::{ACTORS_OF_A_PERSON, Ledger, actor_of};
use super::levels;
use super::parties::Parties;
use super::projection::{Different, Projection};
use super::read::Reading;
use super::shared_plan::{Open, QUOTA, SharedPlan, chunk_of, weight_of};
/// The most heads of one actor that are passed on with a delivery, as many as a frame can hold.
const HEADS: u32 = 256;

/// One device's copy of a plan, as the exchange with another device sees it.
pub(crate) struct Desk(pub(crate) Arc<SharedPlan>, pub(crate) PublicKey);

impl Replica for Desk {
    fn level(&self) -> Result<u64> {
        self.0.with_document(|open| Ok(open.loaded.ledger.level().into()))
    }

    fn greeted(&mut self, reads: u64, plan: u64) -> Result<Footing> {
        let Self(shared, other) = self;
        shared.greeted(other, reads, plan)
    }

    fn ends(&self) -> Result<Vec<SignedEnd>> {
        self.0.read(|connection| ends::signed(connection, self.0.relationship))
    }

    fn ended(&mut self, ends: &[SignedEnd]) -> Result<bool> {
        self.0.told_of_ends(ends, &self.1)
    }

    fn refused(&mut self, hash: &ChangeHash) -> Result<bool> {
        self.0.turned_away(hash)
    }

    fn positions(&self) -> Result<Vec<Position>> {
        self.0.with_document(|open| {
            let mut positions = open.loaded.ledger.positions();
            // Asked from the very beginning, the other sends also what we have lost.
            positions.retain(|position| !(open.rolled_back && open.parties.is_own_device(&position.actor)));
            Ok(positions)
        })
    }

    fn max_op(&self, hash: &ChangeHash) -> Option<u64> {
        let here = self
            .0
            .with_document(|open| Ok(open.loaded.ledger.known(hash).map(|known| known.last_op)))
            .ok()?;
        // The plan is raised on the way by what builds upon a level that it does not have yet.
        here.or_else(|| levels::fixed(hash, self.0.shared.reads()).map(PlanChange::max_op))
    }

    fn missing(&mut self, theirs: &[Position]) -> Result<Vec<PlanChange>> {
        self.0.with_document(|open| Ok(missing(open, theirs)))
    }

    fn signed_heads(&mut self, positions: &[Position]) -> Result<Vec<SignedHead>> {
        let plan = &self.0;
        plan.with_document(|open| {
            plan.read(|connection| {
                let device = people::device_key(connection)?;
                positions
                    .iter()
                    .filter_map(|position| {
                        if open.parties.is_own_device(&position.actor) {
                            return Some(Ok(SignedHead::sign(&plan.relationship, *position, &device)));
                        }
                        kept_head(connection, plan.relationship, position).transpose()
                    })
                    .collect()
            })
        })
    }

    fn heads_between(&mut self, actor: &Actor, from: u64, to: u64) -> Result<Vec<SignedHead>> {
        let plan = &self.0;
        plan.read(|connection| kept_heads(connection, plan.relationship, actor, from..=to, HEADS))
    }

    fn accept(&mut self, changes: Vec<Built>, heads: &[SignedHead]) -> Result<Accepted> {
        let Self(plan, other) = self;
        let (accepted, lost) = plan.with_document(|open| accept(plan, open, other, changes, heads))?;
        let relationship = plan.relationship;
        if !accepted.goals.is_empty() {
            let (goals, tasks) = (accepted.goals.clone(), accepted.tasks.clone());
            plan.shared.tell(&Change::Plan { relationship, goals, tasks, by_other: true });
        }
        if lost > 0 {
            plan.shared.tell(&Change::TurnedAway { relationship, changes: lost });
        }
        if !accepted.refused.is_empty() {
            let changes = u32::try_from(accepted.refused.len()).unwrap_or(u32::MAX);
            plan.shared.tell(&Change::Refused { relationship, changes });
        }
        Ok(accepted)
    }
}

/// Every change that someone at `theirs` lacks, parents first.
fn missing(open: &mut Open, theirs: &[Position]) -> Vec<PlanChange> {
    let Open { loaded, parties, rolled_back, ends, .. } = open;
    let (ledger, document) = (&loaded.ledger, &loaded.document);
    let mut has = HashMap::new();
    let mut known = Vec::new();
    let mut behind_a_fork = false;
    // Judged anew by what the other says now: it may have been mistaken before.
    *rolled_back = false;
    for position in theirs {
        match ledger.at(&position.actor, position.seq) {
            Some(hash) if hash.0 == position.hash => {
                has.insert(position.actor, position.seq);
                known.push(hash);
            }
            // What they say of an actor beyond its end does not matter.
            _ if ends.are_before(&position.actor, position.seq) => {
                has.insert(position.actor, u64::MAX);
                behind_a_fork = true;
            }
            // They hold what we have lost, or lack what we do not know: of an actor of ours we say
            // nothing until we have begun afresh, of another's we send all there is.
            _ if parties.is_own_device(&position.actor) => {
                has.insert(position.actor, u64::MAX);
                behind_a_fork = true;
                *rolled_back = true;
            }
            Some(_) => {
                has.insert(position.actor, 0);
                behind_a_fork = true;
            }
            None => {
                has.insert(position.actor, u64::MAX);
            }
        }
    }
    let from = if behind_a_fork { Vec::new() } else { known };
    document
        .get_changes(&from)
        .into_iter()
        .filter(|change| match Actor::try_from(change.actor_id().to_bytes()) {
            Ok(actor) if actor != super::genesis::NOBODY => {
                change.seq() > has.get(&actor).copied().unwrap_or(0)
            }
            _ => false,
        })
        .collect()
}

/// A batch sorted out: what may come in, and what may not.
pub(super) struct Sorted {
    pub(super) welcome: Vec<PlanChange>,
    pub(super) refused: Vec<(Built, Refusal)>,
    touched: Touched,
    /// What the other person has touched.
    news: News,
}

fn accept(
    plan: &SharedPlan,
    open: &mut Open,
    other: &PublicKey,
    mut changes: Vec<Built>,
    heads: &[SignedHead],
) -> Result<(Accepted, u32)> {
    let relationship = plan.relationship;
    let mut seen = HashSet::new();
    changes.retain(|built| seen.insert(built.change.hash()));
    // Up to their ends the heads of a closed device count for ever; what lies beyond is refused below.
    let may_vouch = |head: &SignedHead| {
        open.parties.may_vouch(&head.device, other)
            || open.ends.is_closed(&head.position.actor)
                && open.parties.writer_of(&head.position.actor).is_some()
    };
    let mut vouched = covered(&relationship, &changes, heads, may_vouch);
    for (built, vouched) in changes.iter().zip(&mut vouched) {
        let actor = actor_of(&built.expanded);
        if actor.is_some_and(|actor| open.ends.are_before(&actor, built.change.seq())) {
            *vouched = Err(Refusal::Ended);
        }
    }
    let heads: Vec<_> = heads.iter().filter(|head| may_vouch(head)).cloned().collect();
    levels::raise_for(plan, open, &changes, &vouched)?;
    let lost = changes.iter().zip(&vouched).any(|(built, vouched)| {
        vouched.is_ok()
            && actor_of(&built.expanded).is_some_and(|actor| open.parties.is_own_device(&actor))
            && open.loaded.ledger.known(&built.change.hash()).is_none()
    });
    if lost {
        let arrived = Arrived { changes, vouched: &vouched, heads: &heads };
        return afresh::begin(plan, open, arrived, None);
    }
    open.unsaved = true;
    let Open { loaded, parties, .. } = open;
    let sorted = sort(&mut loaded.ledger, parties, changes, &vouched);
    let chunk = chunk_of(&sorted.welcome);
    let weight = weight_of(&sorted.welcome);
    if loaded.bytes + weight > QUOTA {
        return Err(Error::broken_rule("the plan would grow over its quota"));
    }
    if !sorted.welcome.is_empty() {
        match taken_in(&loaded.document, &sorted.welcome) {
            Some(document) => loaded.document = document,
            // The ledger has let them in already, so it has to be read again from the disk.
            None => return Err(Error::broken_rule("a batch that cannot be applied")),
        }
    }
    let now = plan.shared.world.now();
    let moved = moved(&loaded.ledger, &sorted.welcome);
    let different = plan.shared.file.write(|transaction| {
        put_aside(transaction, relationship, &sorted.refused, false, now)?;
        keep_heads(transaction, relationship, parties, &loaded.ledger, &heads)?;
        if sorted.welcome.is_empty() {
            return Ok(Different::default());
        }
        loaded.keep_chunk(transaction, relationship, &chunk, weight, &moved)?;
        take_back_in(transaction, relationship, &sorted.welcome)?;
        let reading = Reading::new(&loaded.document, parties);
        let different = Projection::new(transaction, reading, parties).update(&sorted.touched)?;
        sorted.news.keep(transaction, relationship, &different.belongs)?;
        Ok(different)
    })?;
    plan.compact_if_due(open, true);
    let accepted = Accepted {
        applied: u32::try_from(sorted.welcome.len()).unwrap_or(u32::MAX),
        refused: sorted.refused.iter().map(|(built, refusal)| (built.change.hash(), *refusal)).collect(),
        goals: different.goals.into_iter().collect(),
        tasks: different.tasks.into_iter().collect(),
        began_afresh: false,
    };
    Ok((accepted, 0))
}

/// Judges a batch, parents first, and notes in the ledger what may come in.
pub(super) fn sort(
    ledger: &mut Ledger,
    parties: &Parties,
    changes: Vec<Built>,
    vouched: &[std::result::Result<(), Refusal>],
) -> Sorted {
    let mut sorted =
        Sorted { welcome: Vec::new(), refused: Vec::new(), touched: Touched::new(), news: News::default() };
    let mut turned_away: HashSet<ChangeHash> = HashSet::new();
    for (built, vouched) in changes.into_iter().zip(vouched) {
        let hash = built.change.hash();
        if ledger.known(&hash).is_some() {
            continue;
        }
        let descends = built.change.deps().iter().any(|parent| turned_away.contains(parent));
        let judged = match (descends, vouched) {
            (true, _) => Err(Refusal::Descends),
            (false, Err(refusal)) => Err(*refusal),
            (false, Ok(())) => judge(ledger, parties, &built),
        };
        match judged {
            Ok(judged) => {
                sorted.touched.extend(judged.touched.iter().copied());
                if parties.writer_of(&judged.actor) != Some(parties.me.person) {
                    sorted.news.note(&judged.touched, judged.actor, built.change.seq());
                }
                ledger.admit(hash, judged);
                sorted.welcome.push(built.change);
            }
            Err(refusal) => {
                turned_away.insert(hash);
                sorted.refused.push((built, refusal));
            }
        }
    }
    sorted
}

fn judge(ledger: &Ledger, parties: &Parties, built: &Built) -> std::result::Result<gate::Judged, Refusal> {
    let actor = actor_of(&built.expanded).ok_or(Refusal::UnknownDevice)?;
    let writer = parties.writer_of(&actor).ok_or(Refusal::UnknownDevice)?;
    if ledger.actor_index(&actor).is_none() {
        let of_writer = |actor: &&Actor| parties.writer_of(actor) == Some(writer);
        if ledger.actors().filter(of_writer).count() >= ACTORS_OF_A_PERSON {
            return Err(Refusal::Limit);
        }
    }
    gate::judge(ledger, &built.expanded, &writer)
}

/// A copy of the document that has the changes; nothing where Automerge cannot take them.
pub(super) fn taken_in(document: &Automerge, changes: &[PlanChange]) -> Option<Automerge> {
    let mut copy = document.fork();
    copy.set_actor(ActorId::from(document.get_actor().to_bytes()));
    let applied = catch_unwind(AssertUnwindSafe(move || {
        copy.apply_changes(changes.iter().cloned()).ok()?;
        Some(copy)
    }));
    applied.ok().flatten()
}

/// How far the ledger has got by now with the actors of these changes.
fn moved(ledger: &Ledger, changes: &[PlanChange]) -> Vec<Position> {
    let actors: HashSet<&[u8]> = changes.iter().map(|change| change.actor_id().to_bytes()).collect();
    ledger.positions().into_iter().filter(|position| actors.contains(position.actor.as_slice())).collect()
}
