//! Coming back without the key: somebody lost the phone and every backup, and pairs again with a new profile, which
//! takes over the id they had. Here is what both devices store of it, each all or nothing.

#[cfg(test)]
mod tests;

use rusqlite::{Connection, named_params};

use super::device_list::{DeviceList, SignedDeviceList};
use super::key::{PersonKey, PublicKey};
use super::pairing::Agreed;
use super::people::{self, NewPerson};
use super::renewal::{self, SignedRenewal};
use super::ticket::Again;
use crate::clock::Instant;
use crate::error::{PairingProblem, Thing};
use crate::id::{PersonId, RelationshipId};
use crate::store::Micros;
use crate::{Error, Result};

/// Whom a ticket brings back: the other person of a relationship that goes on, and above which list their new one
/// has to be.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn whom(connection: &Connection, relationship: RelationshipId) -> Result<Again> {
    let person = people::other(connection, relationship)?.person;
    if people::is_over(connection, relationship)? {
        return Err(Error::not_found(Thing::Relationship));
    }
    Ok(Again { person, list_above: people::newest_list_number(connection, person)? })
}

/// The list by which this device says that it is a device of the person that a ticket brings back.
///
/// # Errors
/// [`PairingProblem::ProfileInUse`] where the profile has relationships as somebody else.
pub(crate) fn list_as(
    connection: &Connection,
    again: &Again,
    key: &PersonKey,
    now: Instant,
) -> Result<SignedDeviceList> {
    let me = people::me(connection)?;
    if me.person != again.person && has_relationships(connection)? {
        return Err(PairingProblem::ProfileInUse.into());
    }
    let own = if me.person == again.person { people::newest_list_number(connection, me.person)? } else { 0 };
    let number = own.max(again.list_above).checked_add(1).ok_or(PairingProblem::Broken)?;
    DeviceList::numbered(number, &again.person, me.device, now).sign(key)
}

fn has_relationships(connection: &Connection) -> Result<bool> {
    Ok(connection.query_row("SELECT EXISTS (SELECT 1 FROM relationship)", [], |row| row.get(0))?)
}

/// On the device of the one who stayed: the other's new key takes the place of the former one, their new device that of
/// the lost one, and what is held here of the lost one still counts. Done once more it is the same. Nothing may be
/// taken in meanwhile.
///
/// # Errors
/// [`PairingProblem::Broken`] where the key or the device is somebody's already, or the list is not above the one held.
pub(super) fn let_back_in(connection: &Connection, agreed: &Agreed, now: Instant) -> Result<SignedRenewal> {
    let (id, other) = (agreed.relationship, &agreed.other);
    if people::relationship_with(connection, other.id)? != Some(id) || people::is_over(connection, id)? {
        return Err(PairingProblem::AlreadyPaired.into());
    }
    let (number, in_force) = people::key_in_force(connection, other.id)?
        .ok_or_else(|| Error::internal("a person without a key"))?;
    let is_new = in_force != other.key;
    let renewal = if is_new {
        if is_somebodys(connection, &other.key)? {
            return Err(PairingProblem::Broken.into());
        }
        let renewal = renewal::sign(connection, id, other.id, number + 1, other.key)?;
        keep_key(connection, other.id, number + 1, &other.key, now)?;
        renewal
    } else {
        renewal::that_brought(connection, id, other.id, &in_force)?.ok_or(PairingProblem::Broken)?
    };
    if people::newest_list(connection, other.id)?.as_ref() != Some(&other.signed) {
        if other.list.number <= people::newest_list_number(connection, other.id)? {
            return Err(PairingProblem::Broken.into());
        }
        people::keep_list(connection, other, now)?;
    }
    // The lost device is certified no more now, so that it may be called a former one.
    if is_new {
        renewal::keep(connection, id, other.id, number + 1, &renewal, now)?;
    }
    for device in &other.list.devices {
        people::mark_reads(connection, &device.key, other.reads, now)?;
    }
    Ok(renewal)
}

fn is_somebodys(connection: &Connection, key: &PublicKey) -> Result<bool> {
    Ok(connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM person_key WHERE public_key = :key)",
        named_params! { ":key": key },
        |row| row.get(0),
    )?)
}

fn keep_key(
    connection: &Connection,
    person: PersonId,
    number: u64,
    key: &PublicKey,
    now: Instant,
) -> Result<()> {
    let number = i64::try_from(number).map_err(|_| Error::internal("a key's number"))?;
    connection.execute(
        "INSERT INTO person_key (person, number, public_key, since) VALUES (:person, :number, :key, :now)",
        named_params! { ":person": person, ":number": number, ":key": key, ":now": Micros(now) },
    )?;
    Ok(())
}

/// On the new device: the profile takes over the id that its person had, under its own key, as the other's device has
/// signed it.
///
/// # Errors
/// [`PairingProblem::ProfileInUse`] where the profile has got relationships as somebody else meanwhile.
pub(super) fn take_over(
    connection: &Connection,
    relationship: RelationshipId,
    signer: &PersonId,
    list: &SignedDeviceList,
    signed: &SignedRenewal,
    now: Instant,
) -> Result<()> {
    let me = people::me(connection)?;
    let person = signed.person().ok_or(PairingProblem::Broken)?;
    let renewal = signed.open(relationship, &person, signer).ok_or(PairingProblem::Broken)?;
    let opened = list.open(&person, &renewal.key).ok_or(PairingProblem::Broken)?;
    if me.person != person {
        if has_relationships(connection)? {
            return Err(PairingProblem::ProfileInUse.into());
        }
        become_somebody(connection, me.person, person, &renewal.key)?;
    }
    let number = i64::try_from(renewal.number).map_err(|_| Error::internal("a key's number"))?;
    connection.execute(
        "UPDATE person_key SET number = max(number, :number) WHERE public_key = :key",
        named_params! { ":number": number, ":key": renewal.key },
    )?;
    let own = NewPerson {
        id: person,
        role: me.role,
        display_name: String::new(),
        key: renewal.key,
        signed: list.clone(),
        list: opened,
        reads: 1,
    };
    people::keep_list(connection, &own, now)
}

/// Keeps what the other's device has signed of the owner, once there is the relationship that it is of.
///
/// # Errors
/// [`PairingProblem::Broken`] where it does not count.
pub(super) fn keep_renewal(
    connection: &Connection,
    relationship: RelationshipId,
    signed: &SignedRenewal,
    now: Instant,
) -> Result<()> {
    let person = people::me(connection)?.person;
    let other = people::other(connection, relationship)?.person;
    let renewal = signed.open(relationship, &person, &other).ok_or(PairingProblem::Broken)?;
    renewal::keep(connection, relationship, person, renewal.number, signed, now)?;
    // What the lost device had announced comes back with all else; until then nothing of the other's is what it was.
    connection.execute(
        "UPDATE relationship SET closed = 1 WHERE id = :relationship",
        named_params! { ":relationship": relationship },
    )?;
    Ok(())
}

/// All that belongs to the owner, who has no relationship, belongs to this person from now on.
fn become_somebody(
    connection: &Connection,
    former: PersonId,
    person: PersonId,
    key: &PublicKey,
) -> Result<()> {
    let both = named_params! { ":former": former, ":person": person };
    connection.execute(
        "INSERT INTO person (id, role, display_name, known_since)
         SELECT :person, role, display_name, known_since FROM person WHERE id = :former",
        both,
    )?;
    connection.execute(
        "DELETE FROM person_key WHERE person = :former AND public_key <> :key",
        named_params! { ":former": former, ":key": key },
    )?;
    connection.execute("UPDATE person_key SET person = :person WHERE person = :former", both)?;
    connection.execute("UPDATE device SET person = :person, on_list = 0 WHERE person = :former", both)?;
    connection.execute("UPDATE profile SET person = :person WHERE person = :former", both)?;
    for sql in ["DELETE FROM device_list WHERE person = :former", "DELETE FROM person WHERE id = :former"] {
        connection.execute(sql, named_params! { ":former": former })?;
    }
    Ok(())
}
