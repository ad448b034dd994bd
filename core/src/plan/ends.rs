//! Where actors end: what a device has signed when it went on without a change that nobody may take, what a person has
//! signed of a device that they have dropped, and what a renewal says of the devices of a lost key.
//!
//! An end is for ever: nothing of that actor beyond it is sent or taken in again, whoever brings it and in whatever
//! order. Of two ends of one actor the lower counts. A device of which its person has signed any end is closed: its
//! other actors end before their first change, and it has nothing more to say itself.

use std::collections::{HashMap, HashSet};

use automerge::Change as PlanChange;
use rusqlite::{Connection, Transaction, named_params};

use crate::exchange::{Actor, MAX_ENDS, Position, SignedEnd};
use crate::id::RelationshipId;
use crate::relationship::key::{PublicKey, actor_prefix};
use crate::{Error, Result};

use super::parties::Parties;

/// How many ends of one device's actors are kept: as many as one person may have actors, twice.
const OF_A_DEVICE: usize = MAX_ENDS / 2;

/// What begins the actors of one device.
type Prefix = [u8; 8];

/// The ends that are known of one plan.
#[derive(Debug, Clone, Default)]
pub(super) struct Ends {
    at: HashMap<Actor, u64>,
    /// Devices that their person has dropped and closed.
    closed: HashSet<Prefix>,
    /// Which ends are a person's word.
    by_person: HashSet<Actor>,
}

fn prefix_of(actor: &Actor) -> Prefix {
    let mut prefix = Prefix::default();
    prefix.copy_from_slice(&actor[..8]);
    prefix
}

impl Ends {
    pub(super) fn load(
        connection: &Connection,
        relationship: RelationshipId,
        parties: &Parties,
    ) -> Result<Self> {
        let mut ends = Self::default();
        ends.note(&signed(connection, relationship)?);
        for renewal in parties.both().into_iter().flat_map(|party| &party.renewals) {
            ends.closed.extend(renewal.former_devices.iter().map(actor_prefix));
            for end in &renewal.ends {
                ends.lower(end.actor, end.seq);
                ends.by_person.insert(end.actor);
            }
        }
        Ok(ends)
    }

    /// Whether a change of this actor lies beyond its end.
    pub(super) fn are_before(&self, actor: &Actor, seq: u64) -> bool {
        match self.at.get(actor) {
            Some(end) => seq > *end,
            None => self.is_closed(actor),
        }
    }

    /// Whether the actor's device is closed: up to their ends its changes count, whoever brings them.
    pub(super) fn is_closed(&self, actor: &Actor) -> bool {
        self.closed.contains(&prefix_of(actor))
    }

    /// Whether a device is closed.
    pub(super) fn has_closed(&self, device: &PublicKey) -> bool {
        self.closed.contains(&actor_prefix(device))
    }

    /// Where an actor ends, if it does.
    pub(super) fn of(&self, actor: &Actor) -> Option<u64> {
        self.at.get(actor).copied()
    }

    /// Whether this end says nothing new.
    fn are_before_end(&self, end: &SignedEnd) -> bool {
        match self.at.get(&end.actor) {
            Some(known) if *known == end.seq => end.is_by_device() || self.by_person.contains(&end.actor),
            Some(known) => *known < end.seq,
            None => false,
        }
    }

    /// Notes ends that were kept.
    pub(super) fn note(&mut self, ends: &[SignedEnd]) {
        for end in ends {
            self.lower(end.actor, end.seq);
            if !end.is_by_device() {
                self.by_person.insert(end.actor);
                self.closed.insert(prefix_of(&end.actor));
            }
        }
    }

    fn lower(&mut self, actor: Actor, seq: u64) {
        let kept = self.at.entry(actor).or_insert(seq);
        *kept = seq.min(*kept);
    }

    /// Of ends that somebody tells, those that are genuine, say something new, and have room. The other person's word
    /// that an actor ends counts where it leaves what is `held` here: nobody takes back what both had.
    pub(super) fn news(
        &self,
        parties: &Parties,
        told: &[SignedEnd],
        by: &PublicKey,
        held: &[Position],
    ) -> Vec<SignedEnd> {
        let takes_back = |end: &SignedEnd| {
            parties.other.keys.contains(&end.device)
                && held.iter().any(|at| {
                    let is_other = at.seq == end.seq && at.hash != end.hash;
                    at.actor == end.actor && (at.seq > end.seq || is_other)
                })
        };
        let mut news: Vec<SignedEnd> = Vec::new();
        for end in told {
            let prefix = prefix_of(&end.actor);
            let known = self.at.keys().filter(|actor| prefix_of(actor) == prefix).count();
            let more = news.iter().filter(|other| prefix_of(&other.actor) == prefix).count();
            let has_room = self.at.contains_key(&end.actor) || known + more < OF_A_DEVICE;
            let may_say = if end.is_by_device() {
                !self.is_closed(&end.actor) && parties.may_vouch(&end.device, by)
            } else {
                parties.may_close(&end.device, &end.actor) && !takes_back(end)
            };
            if has_room && may_say && !self.are_before_end(end) && end.is_genuine(&parties.relationship) {
                news.push(end.clone());
            }
        }
        news
    }
}

/// Every end of a plan, as it was signed.
pub(super) fn signed(connection: &Connection, relationship: RelationshipId) -> Result<Vec<SignedEnd>> {
    connection
        .prepare_cached(
            "SELECT actor, seq, hash, device, signature FROM actor_end
             WHERE relationship = :relationship ORDER BY actor",
        )?
        .query_map(named_params! { ":relationship": relationship }, |row| {
            let seq: i64 = row.get(1)?;
            Ok(SignedEnd {
                actor: row.get(0)?,
                seq: seq.unsigned_abs(),
                hash: row.get(2)?,
                device: row.get(3)?,
                signature: row.get(4)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// Keeps ends, and forgets what was set aside beyond them: it will never count.
pub(super) fn keep(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    ends: &[SignedEnd],
) -> Result<()> {
    for end in ends {
        let seq = i64::try_from(end.seq).map_err(|_| Error::internal("a sequence number"))?;
        transaction
            .prepare_cached(
                "INSERT INTO actor_end (relationship, actor, seq, hash, device, signature)
                 VALUES (:relationship, :actor, :seq, :hash, :device, :signature)
                 ON CONFLICT (relationship, actor) DO UPDATE
                 SET seq = excluded.seq, hash = excluded.hash, device = excluded.device,
                     signature = excluded.signature
                 WHERE excluded.seq < actor_end.seq OR excluded.seq = actor_end.seq AND :by_person",
            )?
            .execute(named_params! {
                ":relationship": relationship, ":actor": end.actor, ":hash": end.hash,
                ":seq": seq,
                ":device": end.device, ":signature": end.signature, ":by_person": !end.is_by_device(),
            })?;
    }
    forget_aside(transaction, relationship, ends)
}

fn forget_aside(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    ends: &[SignedEnd],
) -> Result<()> {
    let aside: Vec<([u8; 32], Vec<u8>)> = transaction
        .prepare_cached("SELECT hash, bytes FROM set_aside WHERE relationship = :relationship AND own = 0")?
        .query_map(named_params! { ":relationship": relationship }, |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (hash, bytes) in aside {
        // They were built here, so they can be read; of a large one there is only the fact.
        let Ok(change) = PlanChange::try_from(bytes.as_slice()) else { continue };
        let is_beyond =
            |end: &SignedEnd| change.actor_id().to_bytes() == end.actor.as_slice() && change.seq() > end.seq;
        if ends.iter().any(is_beyond) {
            transaction.execute(
                "DELETE FROM set_aside WHERE relationship = :relationship AND hash = :hash",
                named_params! { ":relationship": relationship, ":hash": hash },
            )?;
        }
    }
    Ok(())
}
