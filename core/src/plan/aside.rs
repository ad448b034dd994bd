//! What came and was refused: kept aside, bounded, until it may come in after all.

use automerge::Change as PlanChange;
use rusqlite::{Connection, Transaction, named_params};

use crate::clock::Instant;
use crate::exchange::{Built, Refusal};
use crate::id::RelationshipId;
use crate::store::Micros;
use crate::{Error, Result};

use super::view::SetAside;

/// The most changes that are kept aside for one relationship.
const SET_ASIDE: u32 = 256;

/// The largest change that is kept aside; of a larger one only the fact.
const SET_ASIDE_BYTES: usize = 64 * 1024;

/// Keeps what was refused, bounded: at first come, first kept. What is our `own` is always kept, and whole.
pub(super) fn put_aside(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    refused: &[(Built, Refusal)],
    own: bool,
    now: Instant,
) -> Result<()> {
    if refused.is_empty() {
        return Ok(());
    }
    let mut statement = transaction.prepare_cached(
        "INSERT INTO set_aside (relationship, hash, reason, arrived_at, bytes, own)
         SELECT :relationship, :hash, :reason, :now, :bytes, :own
         WHERE :own OR (SELECT count(*) FROM set_aside WHERE relationship = :relationship AND NOT own) < :most
         ON CONFLICT (relationship, hash) DO UPDATE SET reason = excluded.reason",
    )?;
    for (built, refusal) in refused {
        let bytes = built.change.raw_bytes();
        let kept: &[u8] = if own || bytes.len() <= SET_ASIDE_BYTES { bytes } else { &[] };
        statement.execute(named_params! {
            ":relationship": relationship, ":hash": built.change.hash().0, ":reason": *refusal as u8,
            ":now": Micros(now), ":bytes": kept, ":own": own, ":most": SET_ASIDE,
        })?;
    }
    Ok(())
}

/// What has come in after all is not aside any more.
pub(super) fn take_back_in(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    welcome: &[PlanChange],
) -> Result<()> {
    let mut statement = transaction
        .prepare_cached("DELETE FROM set_aside WHERE relationship = :relationship AND hash = :hash")?;
    for change in welcome {
        statement.execute(named_params! { ":relationship": relationship, ":hash": change.hash().0 })?;
    }
    Ok(())
}

/// What arrived and was refused, newest first.
pub(super) fn set_aside(connection: &Connection, relationship: RelationshipId) -> Result<Vec<SetAside>> {
    connection
        .prepare_cached(
            "SELECT hash, reason, arrived_at, own FROM set_aside
             WHERE relationship = :relationship ORDER BY arrived_at DESC, hash",
        )?
        .query_map(named_params! { ":relationship": relationship }, |row| {
            let hash: [u8; 32] = row.get(0)?;
            let reason = Refusal::from_number(row.get(1)?);
            Ok(SetAside {
                change: data_encoding::HEXLOWER.encode(&hash),
                at: row.get::<_, Micros>(2)?.0,
                reason: reason
                    .map_or_else(|| "a reason of a newer version".to_owned(), |reason| reason.to_string()),
                own: row.get(3)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}
