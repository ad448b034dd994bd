//! How far the other device has got with a plan, as it said last: what waits to go is counted by it, and a file that is
//! carried there holds what is beyond.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction, named_params};

use super::shared_plan::SharedPlan;
use crate::exchange::{Actor, Position};
use crate::id::RelationshipId;
use crate::shared::Shared;
use crate::{Error, Result};

/// How what the other says of itself is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// It is how the other stands now, also where it has lost something.
    Now,
    /// The other may have got further since.
    Before,
}

impl SharedPlan {
    /// How far the other device has got with every actor that it has anything of.
    ///
    /// # Errors
    /// What the file says.
    pub(crate) fn confirmed(&self) -> Result<Vec<Position>> {
        let kept = self.read(|connection| kept(connection, self.relationship))?;
        self.with_document(|open| {
            let position = |kept: Kept| {
                let seq = u64::try_from(kept.confirmed).ok().filter(|seq| *seq > 0)?;
                let hash = open.loaded.ledger.at(&kept.actor, seq)?.0;
                Some(Position { actor: kept.actor, seq, hash })
            };
            Ok(kept.into_iter().filter_map(position).collect())
        })
    }
}

/// A row of what is known.
struct Kept {
    actor: Actor,
    seq: i64,
    hash: [u8; 32],
    confirmed: i64,
}

/// Notes how far the other device has got, as it says itself.
///
/// # Errors
/// [`Error::Exchange`] for a number that cannot be, and what the file says.
pub(crate) fn note_confirmed(
    shared: &Shared,
    relationship: RelationshipId,
    positions: &[Position],
    said: Said,
) -> Result<()> {
    let mut theirs = HashMap::new();
    for position in positions {
        let too_high = |_| Error::broken_rule("a sequence number is too high");
        theirs.insert(position.actor, (i64::try_from(position.seq).map_err(too_high)?, position.hash));
    }
    let mut news = shared.file.read(|connection| kept(connection, relationship))?;
    news.retain_mut(|kept| {
        let before = kept.confirmed;
        kept.confirmed = match theirs.get(&kept.actor) {
            None => 0,
            Some((seq, _)) if *seq < kept.seq => *seq,
            Some((seq, hash)) if *seq == kept.seq && *hash == kept.hash => *seq,
            // More than is here, or something else under this number: nothing that was known before is known less.
            Some(_) => before,
        };
        if said == Said::Before {
            kept.confirmed = kept.confirmed.max(before);
        }
        kept.confirmed != before
    });
    if news.is_empty() {
        return Ok(());
    }
    shared.file.write(|transaction| keep(transaction, relationship, &news))
}

fn kept(connection: &Connection, relationship: RelationshipId) -> Result<Vec<Kept>> {
    connection
        .prepare_cached(
            "SELECT actor, seq, hash, confirmed FROM plan_position
             WHERE relationship = :relationship ORDER BY actor",
        )?
        .query_map(named_params! { ":relationship": relationship }, |row| {
            Ok(Kept { actor: row.get(0)?, seq: row.get(1)?, hash: row.get(2)?, confirmed: row.get(3)? })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

fn keep(transaction: &Transaction<'_>, relationship: RelationshipId, news: &[Kept]) -> Result<()> {
    let mut confirm = transaction.prepare_cached(
        "UPDATE plan_position SET confirmed = :confirmed WHERE relationship = :relationship AND actor = :actor",
    )?;
    for kept in news {
        confirm.execute(named_params! {
            ":relationship": relationship, ":actor": kept.actor, ":confirmed": kept.confirmed,
        })?;
    }
    Ok(())
}
