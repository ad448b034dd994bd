//! What was taken back is really gone: deleted, overwritten, and the log emptied; only then is that confirmed.
//!
//! All of it happens without the person, also while the journal is locked. Cut off at any point, it goes on with the
//! next exchange or the next opening.

use rusqlite::{Connection, Transaction, named_params};

use super::notices::announce;
use crate::Result;
use crate::clock::World;
use crate::exchange::Announced;
use crate::id::{ParcelId, PersonId, RelationshipId};
use crate::log::{self, LogEvent};
use crate::relationship::people;
use crate::shared::{Change, Shared};

/// Notes that a parcel's content was deleted and may still lie in a page of the file or its log.
///
/// # Errors
/// What the file says.
pub(super) fn is_to_be_overwritten(transaction: &Transaction<'_>, parcel: ParcelId) -> Result<()> {
    transaction
        .prepare_cached("INSERT OR IGNORE INTO parcel_erasing (parcel) VALUES (:parcel)")?
        .execute(named_params! { ":parcel": parcel })?;
    Ok(())
}

/// Says to the other that the wish to delete has come, for every parcel of theirs where it has. Answers which.
///
/// # Errors
/// What the file says.
pub(super) fn acknowledge(
    transaction: &Transaction<'_>,
    world: &World,
    relationship: RelationshipId,
) -> Result<Vec<ParcelId>> {
    let me = people::me(transaction)?.person;
    let asked: Vec<ParcelId> = transaction
        .prepare_cached(
            "SELECT id FROM parcel
             WHERE relationship = :relationship AND giver <> :me AND taken_back_at IS NOT NULL
               AND asked_to_delete_at IS NULL ORDER BY id",
        )?
        .query_map(named_params! { ":relationship": relationship, ":me": me }, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for parcel in &asked {
        announce(transaction, world, relationship, Announced::AskedToDelete(*parcel))?;
    }
    Ok(asked)
}

/// A parcel whose content was deleted, and whose it was.
struct Deleted {
    parcel: ParcelId,
    relationship: RelationshipId,
    giver: PersonId,
}

/// Whether anything deleted may still lie in a page.
///
/// # Errors
/// What the file says.
pub(super) fn is_due(connection: &Connection) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM parcel_erasing)")?
        .query_row([], |row| row.get(0))?)
}

/// Empties the log of what was deleted, and confirms to each giver that it is. While a copying or a long read is under
/// way this comes to nothing, and the next call does it.
///
/// # Errors
/// What the file says.
pub(super) fn finish(shared: &Shared) -> Result<()> {
    let deleted: Vec<Deleted> = shared.file.read(|connection| {
        connection
            .prepare_cached(
                "SELECT parcel.id, parcel.relationship, parcel.giver
                 FROM parcel_erasing JOIN parcel ON parcel.id = parcel_erasing.parcel ORDER BY parcel.id",
            )?
            .query_map([], |row| {
                Ok(Deleted { parcel: row.get(0)?, relationship: row.get(1)?, giver: row.get(2)? })
            })?
            .collect::<rusqlite::Result<_>>()
            .map_err(crate::Error::from)
    })?;
    // What is overwritten in the file is still in the log, until that is folded in and cut off.
    if deleted.is_empty() || !shared.file.checkpoint()? {
        return Ok(());
    }
    let mut result = Ok(());
    for (relationship, parcels) in by_relationship(deleted) {
        // What goes wrong in one relationship keeps nobody in another from hearing.
        match shared.file.write(|transaction| confirm(transaction, &shared.world, relationship, &parcels)) {
            Ok(()) => {
                log::tell(LogEvent::ExcerptsErased { excerpts: parcels.len() as u64 });
                let parcels = parcels.into_iter().map(|one| one.parcel).collect();
                shared.tell(&Change::Parcels { relationship, parcels, by_other: false });
                shared.edited(relationship);
            }
            Err(error) => result = Err(error),
        }
    }
    result
}

/// Notes that these are overwritten, and says so to whoever gave them.
fn confirm(
    transaction: &Transaction<'_>,
    world: &World,
    relationship: RelationshipId,
    parcels: &[Deleted],
) -> Result<()> {
    let me = people::me(transaction)?.person;
    for Deleted { parcel, giver, .. } in parcels {
        transaction
            .prepare_cached("DELETE FROM parcel_erasing WHERE parcel = :parcel")?
            .execute(named_params! { ":parcel": parcel })?;
        if *giver != me {
            announce(transaction, world, relationship, Announced::Deleted(*parcel))?;
        }
    }
    Ok(())
}

fn by_relationship(deleted: Vec<Deleted>) -> Vec<(RelationshipId, Vec<Deleted>)> {
    let mut all: Vec<(RelationshipId, Vec<Deleted>)> = Vec::new();
    for one in deleted {
        match all.iter_mut().find(|(relationship, _)| *relationship == one.relationship) {
            Some((_, parcels)) => parcels.push(one),
            None => all.push((one.relationship, vec![one])),
        }
    }
    all
}

/// Goes on with what was cut off: wishes to delete that were not answered, pages that were not overwritten.
///
/// # Errors
/// What the file says.
pub(crate) fn mend(shared: &Shared) -> Result<()> {
    let unanswered: Vec<RelationshipId> = shared.file.read(|connection| {
        connection
            .prepare_cached(
                "SELECT DISTINCT relationship FROM parcel
                 WHERE taken_back_at IS NOT NULL AND asked_to_delete_at IS NULL
                   AND giver <> (SELECT person FROM profile)",
            )?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()
            .map_err(crate::Error::from)
    })?;
    for relationship in unanswered {
        shared.file.write(|transaction| acknowledge(transaction, &shared.world, relationship).map(drop))?;
        shared.edited(relationship);
    }
    finish(shared)
}
