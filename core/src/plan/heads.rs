//! The signed heads of other devices that are kept here, so that what they vouch for can be passed on.

use std::ops::RangeInclusive;

use rusqlite::{Connection, Transaction, named_params};

use crate::exchange::{Actor, Position, SignedHead};
use crate::id::RelationshipId;
use crate::{Error, Result};

use super::ledger::Ledger;
use super::parties::Parties;

/// Of others' signed heads one is kept at least every so many changes: what lies between two travels in
/// one delivery, and a delivery is bounded.
pub(super) const HEAD_EVERY: i64 = 250;

/// And at least every so many operations, counted by their numbers.
const HEAD_EVERY_OPERATIONS: u64 = 5_000;

/// Keeps the signed heads of other devices that vouch for what is held here, and drops those in between.
pub(super) fn keep_heads(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    parties: &Parties,
    ledger: &Ledger,
    heads: &[SignedHead],
) -> Result<()> {
    for head in heads {
        let position = &head.position;
        let is_held = ledger.at(&position.actor, position.seq).is_some_and(|hash| hash.0 == position.hash);
        if !is_held || parties.is_own_device(&position.actor) || !head.is_genuine(&relationship) {
            continue;
        }
        let Ok(seq) = i64::try_from(position.seq) else { continue };
        keep_head(transaction, relationship, head, seq)?;
        drop_the_middle(transaction, relationship, ledger, position, seq)?;
    }
    Ok(())
}

/// Keeps one signed head, whose sequence number is `seq`; what stands there already stays.
pub(super) fn keep_head(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    head: &SignedHead,
    seq: i64,
) -> Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO signed_head (relationship, actor, seq, hash, device, signature)
             VALUES (:relationship, :actor, :seq, :hash, :device, :signature)
             ON CONFLICT (relationship, actor, seq) DO NOTHING",
        )?
        .execute(named_params! {
            ":relationship": relationship, ":actor": head.position.actor, ":seq": seq,
            ":hash": head.position.hash, ":device": head.device, ":signature": head.signature,
        })?;
    Ok(())
}

/// Of three signed heads in a row, the last of which is new, the middle one goes, unless the outer two would be
/// too far apart for what lies between them to travel in one delivery.
fn drop_the_middle(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    ledger: &Ledger,
    newest: &Position,
    seq: i64,
) -> Result<()> {
    let before: Vec<i64> = transaction
        .prepare_cached(
            "SELECT seq FROM signed_head WHERE relationship = :relationship AND actor = :actor AND seq < :seq
             ORDER BY seq DESC LIMIT 2",
        )?
        .query_map(
            named_params! { ":relationship": relationship, ":actor": newest.actor, ":seq": seq },
            |row| row.get(0),
        )?
        .collect::<rusqlite::Result<_>>()?;
    let [middle, first] = before.as_slice() else { return Ok(()) };
    let last_op = |seq: u64| Some(ledger.known(&ledger.at(&newest.actor, seq)?)?.last_op);
    let operations = last_op(newest.seq).zip(last_op(first.unsigned_abs())).map(|(to, from)| to - from);
    if seq - first > HEAD_EVERY || operations.is_none_or(|operations| operations > HEAD_EVERY_OPERATIONS) {
        return Ok(());
    }
    transaction
        .prepare_cached(
            "DELETE FROM signed_head WHERE relationship = :relationship AND actor = :actor AND seq = :middle",
        )?
        .execute(named_params! {
            ":relationship": relationship, ":actor": newest.actor, ":middle": middle,
        })?;
    Ok(())
}

/// The first head of somebody else's actor at a position or after it.
pub(super) fn kept_head(
    connection: &Connection,
    relationship: RelationshipId,
    position: &Position,
) -> Result<Option<SignedHead>> {
    Ok(kept_heads(connection, relationship, &position.actor, position.seq..=u64::MAX, 1)?.pop())
}

/// The heads of somebody else's actor that are kept within these sequence numbers, at most so many.
pub(super) fn kept_heads(
    connection: &Connection,
    relationship: RelationshipId,
    actor: &Actor,
    within: RangeInclusive<u64>,
    most: u32,
) -> Result<Vec<SignedHead>> {
    let number = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "SELECT seq, hash, device, signature FROM signed_head
             WHERE relationship = :relationship AND actor = :actor AND seq BETWEEN :from AND :to
             ORDER BY seq LIMIT :most",
        )?
        .query_map(
            named_params! {
                ":relationship": relationship, ":actor": actor, ":from": number(*within.start()),
                ":to": number(*within.end()), ":most": most,
            },
            |row| {
                let seq: i64 = row.get(0)?;
                Ok(SignedHead {
                    position: Position { actor: *actor, seq: seq.unsigned_abs(), hash: row.get(1)? },
                    device: row.get(2)?,
                    signature: row.get(3)?,
                })
            },
        )?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}
