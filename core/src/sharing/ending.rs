//! After a relationship has ended: whoever has handed something over is asked once whether to take it back.

use rusqlite::{Connection, Transaction, named_params};

use super::notices;
use crate::clock::World;
use crate::exchange::Announced;
use crate::id::{ParcelId, PersonId, RelationshipId};
use crate::relationship::people;
use crate::{Error, Result};

/// The relationships that are over, in which this person has handed over what is not taken back, and has not been
/// asked yet.
///
/// # Errors
/// What the file says.
pub(crate) fn asks_to_take_back(connection: &Connection) -> Result<Vec<RelationshipId>> {
    let me = people::me(connection)?.person;
    connection
        .prepare_cached(
            "SELECT id FROM relationship
             WHERE ended_at IS NOT NULL AND asked_back = 0
               AND EXISTS (SELECT 1 FROM parcel WHERE parcel.relationship = relationship.id
                           AND parcel.giver = :me AND parcel.taken_back_at IS NULL)
             ORDER BY ended_at, id",
        )?
        .query_map(named_params! { ":me": me }, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// Takes back all that this person has handed over in a relationship. Answers what that was.
///
/// # Errors
/// What the file says.
pub(crate) fn take_all_back(
    transaction: &Transaction<'_>,
    world: &World,
    relationship: RelationshipId,
) -> Result<Vec<ParcelId>> {
    let parcels = given(transaction, relationship, people::me(transaction)?.person)?;
    for parcel in &parcels {
        notices::announce(transaction, world, relationship, Announced::TakenBack(*parcel))?;
    }
    Ok(parcels)
}

fn given(connection: &Connection, relationship: RelationshipId, me: PersonId) -> Result<Vec<ParcelId>> {
    connection
        .prepare_cached(
            "SELECT id FROM parcel WHERE relationship = :relationship AND giver = :me AND taken_back_at IS NULL
             ORDER BY handed_at, id",
        )?
        .query_map(named_params! { ":relationship": relationship, ":me": me }, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}
