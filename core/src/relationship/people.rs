//! The tables of people, devices and relationships in the shared file: who somebody is.

mod devices;
mod keys;
mod names;
mod paired;
mod standing;

pub(in crate::relationship) use devices::keep_list;
pub(crate) use devices::{
    certify, change_device, devices_ever_of, devices_of, keep_recipient, list_before, mark_reads,
    newest_list, newest_list_number, owner_of_device, person_of_device, reads,
};
pub(crate) use keys::{device_key, key_in_force, person_keys};
pub(crate) use names::{given_name, name_to_show, rename_me};
pub(crate) use paired::{
    call_them, is_of_somebody_paired, keep_code, keep_relationship, mark_code_compared, relationship,
    relationship_with, relationships, relationships_ever_with,
};
pub(crate) use standing::{
    Standing, ended, is_over, mark_asked_back, mark_ended, mark_in_step, must_be_shared, pause, standing,
};

use rusqlite::{Connection, OptionalExtension, named_params};

use super::device_list::{DeviceList, SignedDeviceList};
use super::key::{DeviceKey, PublicKey, fingerprint};
use super::{Profile, Role};
use crate::clock::Instant;
use crate::error::Thing;
use crate::id::{PersonId, RelationshipId};
use crate::store::Micros;
use crate::{Error, Result};

/// Whose installation this is, as the rest of the core needs it.
#[derive(Clone)]
pub(crate) struct Me {
    /// The person.
    pub(crate) person: PersonId,
    /// Client or therapist.
    pub(crate) role: Role,
    /// This device's public key.
    pub(crate) device: PublicKey,
}

/// The other person of a relationship, as the rest of the core needs them.
#[derive(Clone)]
pub(crate) struct Other {
    /// The person.
    pub(crate) person: PersonId,
    /// Client or therapist.
    pub(crate) role: Role,
    /// Every key the person ever had, the one in force first.
    pub(crate) keys: Vec<PublicKey>,
}

/// A person about to be kept.
#[derive(Clone)]
pub(crate) struct NewPerson {
    /// The person.
    pub(crate) id: PersonId,
    /// Client or therapist.
    pub(crate) role: Role,
    /// As shown, bounded and without control characters.
    pub(crate) display_name: String,
    /// The person's key.
    pub(crate) key: PublicKey,
    /// The person's devices, as signed; it must have been opened with `key`.
    pub(crate) signed: SignedDeviceList,
    /// The same list, read.
    pub(crate) list: DeviceList,
    /// The highest level of a plan that the person's devices read, as they say.
    pub(crate) reads: u16,
}

/// Who owns this installation.
///
/// # Errors
/// [`Error::NoProfile`] when its making was never finished.
pub(crate) fn me(connection: &Connection) -> Result<Me> {
    connection
        .query_row(
            "SELECT profile.person, person.role, profile.device
             FROM profile JOIN person ON person.id = profile.person",
            [],
            |row| Ok(Me { person: row.get(0)?, role: row.get(1)?, device: row.get(2)? }),
        )
        .optional()?
        .ok_or(Error::NoProfile)
}

/// The profile, as screens show it.
pub(crate) fn profile(connection: &Connection) -> Result<Profile> {
    connection
        .query_row(
            "SELECT profile.person, person.role, person.display_name, person_key.public_key
             FROM profile
             JOIN person ON person.id = profile.person
             JOIN person_key ON person_key.person = person.id
             ORDER BY person_key.number DESC LIMIT 1",
            [],
            |row| {
                let person: PersonId = row.get(0)?;
                Ok(Profile {
                    person,
                    role: row.get(1)?,
                    display_name: row.get(2)?,
                    fingerprint: fingerprint(&person, &row.get(3)?),
                })
            },
        )
        .optional()?
        .ok_or(Error::NoProfile)
}

/// The other person of a relationship.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn other(connection: &Connection, relationship: RelationshipId) -> Result<Other> {
    let (person, role) = connection
        .query_row(
            "SELECT person.id, person.role
             FROM relationship JOIN person ON person.id = relationship.other
             WHERE relationship.id = :relationship",
            named_params! { ":relationship": relationship },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?
        .ok_or_else(|| Error::not_found(Thing::Relationship))?;
    Ok(Other { person, role, keys: person_keys(connection, person)? })
}

/// Which side of therapy a person who is known here is on.
pub(crate) fn role_of(connection: &Connection, person: PersonId) -> Result<Role> {
    let sql = "SELECT role FROM person WHERE id = :person";
    Ok(connection.query_row(sql, named_params! { ":person": person }, |row| row.get(0))?)
}

/// Keeps a person with key and devices. A person already known keeps what is known of them.
///
/// # Errors
/// [`Error::Pairing`] when their list names a device of somebody else.
pub(crate) fn keep_person(connection: &Connection, person: &NewPerson, now: Instant) -> Result<()> {
    connection.execute(
        "INSERT INTO person (id, role, display_name, known_since)
         VALUES (:id, :role, :display_name, :now)
         ON CONFLICT (id) DO NOTHING",
        named_params! {
            ":id": person.id, ":role": person.role, ":display_name": person.display_name, ":now": Micros(now),
        },
    )?;
    connection.execute(
        "INSERT INTO person_key (person, number, public_key, since)
         VALUES (:person, 1, :key, :now)
         ON CONFLICT (person, number) DO NOTHING",
        named_params! { ":person": person.id, ":key": person.key, ":now": Micros(now) },
    )?;
    keep_list(connection, person, now)?;
    person.list.devices.iter().try_for_each(|device| mark_reads(connection, &device.key, person.reads, now))
}

/// Makes this installation the person's: the last step of making a profile.
pub(crate) fn keep_profile(
    connection: &Connection,
    person: &NewPerson,
    device: &DeviceKey,
    now: Instant,
) -> Result<()> {
    keep_person(connection, person, now)?;
    connection.execute(
        "INSERT INTO profile (only_one, person, device, device_secret) VALUES (1, :person, :device, :secret)",
        named_params! { ":person": person.id, ":device": device.public(), ":secret": &device.secret()[..] },
    )?;
    Ok(())
}
