//! Where actors end: what a device has signed when it went on without a change that nobody may take.
//!
//! An end is for ever: nothing of that actor beyond it is sent or taken in again, whoever brings it and in whatever
//! order. Of two ends of one actor the lower counts.

use std::collections::HashMap;

use automerge::Change as PlanChange;
use rusqlite::{Connection, Transaction, named_params};

use crate::exchange::{Actor, MAX_ENDS, SignedEnd};
use crate::id::RelationshipId;
use crate::relationship::key::PublicKey;
use crate::{Error, Result};

use super::parties::Parties;

/// How many ends of one device's actors are kept: as many as one person may have actors, twice.
const OF_A_DEVICE: usize = MAX_ENDS / 2;

/// The ends that are known of one plan.
#[derive(Debug, Clone, Default)]
pub(super) struct Ends(HashMap<Actor, u64>);

impl Ends {
    pub(super) fn load(connection: &Connection, relationship: RelationshipId) -> Result<Self> {
        let ends = signed(connection, relationship)?;
        Ok(Self(ends.into_iter().map(|end| (end.actor, end.seq)).collect()))
    }

    /// Whether a change of this actor lies beyond its end.
    pub(super) fn are_before(&self, actor: &Actor, seq: u64) -> bool {
        self.0.get(actor).is_some_and(|end| seq > *end)
    }

    /// Whether this end says something new.
    pub(super) fn are_before_end(&self, end: &SignedEnd) -> bool {
        self.0.get(&end.actor).is_some_and(|known| *known <= end.seq)
    }

    /// Actors and where they end.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Actor, u64)> {
        self.0.iter().map(|(actor, seq)| (actor, *seq))
    }

    /// Notes ends that were kept.
    pub(super) fn note(&mut self, ends: &[SignedEnd]) {
        for end in ends {
            let kept = self.0.entry(end.actor).or_insert(end.seq);
            *kept = end.seq.min(*kept);
        }
    }

    /// Of ends that somebody tells, those that are genuine, say something new, and have room.
    pub(super) fn news(&self, parties: &Parties, told: &[SignedEnd], by: &PublicKey) -> Vec<SignedEnd> {
        let mut news: Vec<SignedEnd> = Vec::new();
        for end in told {
            let prefix = end.actor.get(..8).unwrap_or_default();
            let of_device = |actor: &Actor| actor.starts_with(prefix);
            let known = self.0.keys().filter(|actor| of_device(actor)).count();
            let more = news.iter().filter(|other| of_device(&other.actor)).count();
            let has_room = self.0.contains_key(&end.actor) || known + more < OF_A_DEVICE;
            if has_room
                && !self.are_before_end(end)
                && parties.may_vouch(&end.device, by)
                && end.is_genuine(&parties.relationship)
            {
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
                 SET seq = excluded.seq, hash = excluded.hash, signature = excluded.signature
                 WHERE excluded.seq < actor_end.seq",
            )?
            .execute(named_params! {
                ":relationship": relationship, ":actor": end.actor, ":hash": end.hash,
                ":seq": seq,
                ":device": end.device, ":signature": end.signature,
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
