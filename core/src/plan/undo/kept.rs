//! Which changes were one edit of this device. No words: only whose changes, from where to where.

use rusqlite::{Connection, Row, Transaction, named_params};

use crate::clock::Instant;
use crate::exchange::Actor;
use crate::id::RelationshipId;
use crate::store::Micros;
use crate::{Error, Result};

/// The most edits that can be taken back.
pub(super) const KEPT: i64 = 100;
/// The most changes of an edit that others go on with: letters typed in a row.
const IN_A_ROW: u64 = 256;
/// Older ones are cleared away after so many changes, not after each.
const CLEARED_EVERY: u64 = 16;

/// An edit that this device is about to keep.
pub(in super::super) struct OwnEdit {
    pub(in super::super) actor: Actor,
    /// The sequence number of its last change.
    pub(in super::super) last: u64,
    /// How many changes it has, in a row.
    pub(in super::super) count: usize,
    /// The edit that it takes back, if it is an undo.
    pub(in super::super) undoes: Option<i64>,
    /// It goes on with the edit just before it: the two are taken back together.
    pub(in super::super) goes_on: bool,
}

/// An edit that was kept.
pub(super) struct KeptEdit {
    pub(super) id: i64,
    pub(super) actor: Actor,
    pub(super) first: u64,
    pub(super) last: u64,
}

/// Notes an edit, in the transaction that makes it durable.
pub(in super::super) fn note(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    edit: &OwnEdit,
    now: Instant,
) -> Result<()> {
    let number = |seq: u64| i64::try_from(seq).map_err(|_| Error::internal("a sequence number"));
    let before = edit.last.saturating_sub(edit.count as u64);
    if edit.goes_on && go_on(transaction, relationship, edit, before)? {
        return Ok(());
    }
    transaction
        .prepare_cached(
            "INSERT INTO own_edit (relationship, actor, first_seq, last_seq, at, is_undo, undone)
             VALUES (:relationship, :actor, :first, :last, :at, :is_undo, 0)",
        )?
        .execute(named_params! {
            ":relationship": relationship, ":actor": edit.actor, ":first": number(before + 1)?,
            ":last": number(edit.last)?, ":at": Micros(now), ":is_undo": edit.undoes.is_some(),
        })?;
    if let Some(undone) = edit.undoes {
        note_undone(transaction, undone)?;
    }
    if before / CLEARED_EVERY != edit.last / CLEARED_EVERY {
        transaction
            .prepare_cached(
                "DELETE FROM own_edit WHERE relationship = :relationship AND id <=
                    (SELECT id FROM own_edit WHERE relationship = :relationship AND NOT is_undo
                     ORDER BY id DESC LIMIT 1 OFFSET :kept)",
            )?
            .execute(named_params! { ":relationship": relationship, ":kept": KEPT })?;
    }
    Ok(())
}

/// Makes the newest edit longer by this one, if it ends just before it and is not too long already.
fn go_on(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    edit: &OwnEdit,
    before: u64,
) -> Result<bool> {
    let number = |seq: u64| i64::try_from(seq).map_err(|_| Error::internal("a sequence number"));
    let longer = transaction
        .prepare_cached(
            "UPDATE own_edit SET last_seq = :last
             WHERE id = (SELECT max(id) FROM own_edit WHERE relationship = :relationship)
               AND actor = :actor AND last_seq = :before AND NOT is_undo AND NOT undone
               AND :last - first_seq < :most",
        )?
        .execute(named_params! {
            ":relationship": relationship, ":actor": edit.actor, ":before": number(before)?,
            ":last": number(edit.last)?, ":most": number(IN_A_ROW)?,
        })?;
    Ok(longer > 0)
}

/// Notes that an edit was taken back.
pub(in super::super) fn note_undone(transaction: &Transaction<'_>, edit: i64) -> Result<()> {
    transaction
        .prepare_cached("UPDATE own_edit SET undone = 1 WHERE id = :edit")?
        .execute(named_params! { ":edit": edit })?;
    Ok(())
}

/// Forgets the edits that reach to this change of an actor or beyond it: other changes have taken those numbers.
pub(in super::super) fn forget_from(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    actor: &Actor,
    seq: u64,
) -> Result<()> {
    let seq = i64::try_from(seq).map_err(|_| Error::internal("a sequence number"))?;
    transaction.execute(
        "DELETE FROM own_edit WHERE relationship = :relationship AND actor = :actor AND last_seq >= :seq",
        named_params! { ":relationship": relationship, ":actor": actor, ":seq": seq },
    )?;
    Ok(())
}

/// The edits that can be taken back, newest first: neither undone nor an undo.
pub(super) fn to_undo(connection: &Connection, relationship: RelationshipId) -> Result<Vec<KeptEdit>> {
    connection
        .prepare_cached(
            "SELECT id, actor, first_seq, last_seq FROM (
                SELECT id, actor, first_seq, last_seq, undone FROM own_edit
                WHERE relationship = :relationship AND NOT is_undo ORDER BY id DESC LIMIT :kept)
             WHERE NOT undone ORDER BY id DESC",
        )?
        .query_map(named_params! { ":relationship": relationship, ":kept": KEPT }, read)?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// The undos since an edit, newest first.
pub(super) fn undos_since(
    connection: &Connection,
    relationship: RelationshipId,
    edit: i64,
) -> Result<Vec<KeptEdit>> {
    connection
        .prepare_cached(
            "SELECT id, actor, first_seq, last_seq FROM own_edit
             WHERE relationship = :relationship AND is_undo AND id > :edit ORDER BY id DESC",
        )?
        .query_map(named_params! { ":relationship": relationship, ":edit": edit }, read)?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

fn read(row: &Row<'_>) -> rusqlite::Result<KeptEdit> {
    let (first, last): (i64, i64) = (row.get(2)?, row.get(3)?);
    Ok(KeptEdit {
        id: row.get(0)?,
        actor: row.get(1)?,
        first: first.unsigned_abs(),
        last: last.unsigned_abs(),
    })
}
