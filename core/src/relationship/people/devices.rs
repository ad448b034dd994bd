//! Which devices are or were a person's, by the lists that the person's key has signed.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::{Me, NewPerson, profile};
use crate::clock::Instant;
use crate::error::PairingProblem;
use crate::id::PersonId;
use crate::relationship::device_list::{DeviceList, SignedDeviceList};
use crate::relationship::key::{DeviceKey, PersonKey, PublicKey};
use crate::store::Micros;
use crate::{Error, Result};

/// Whose device this is, if its person's newest list certifies it.
pub(crate) fn person_of_device(connection: &Connection, device: &PublicKey) -> Result<Option<PersonId>> {
    let person = connection
        .prepare_cached(
            "SELECT device.person FROM device
             WHERE device.public_key = :device
               AND device.on_list = (SELECT max(number) FROM device_list WHERE person = device.person)",
        )?
        .query_row(named_params! { ":device": device }, |row| row.get(0))
        .optional()?;
    Ok(person)
}

/// Whose device this is or ever was.
pub(crate) fn owner_of_device(connection: &Connection, device: &PublicKey) -> Result<Option<PersonId>> {
    let owner = connection
        .prepare_cached("SELECT person FROM device WHERE public_key = :device")?
        .query_row(named_params! { ":device": device }, |row| row.get(0))
        .optional()?;
    Ok(owner)
}

/// The devices that a person's newest list certifies.
pub(crate) fn devices_of(connection: &Connection, person: PersonId) -> Result<Vec<PublicKey>> {
    connection
        .prepare_cached(
            "SELECT public_key FROM device
             WHERE person = :person
               AND on_list = (SELECT max(number) FROM device_list WHERE person = :person)
             ORDER BY public_key",
        )?
        .query_map(named_params! { ":person": person }, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// Every device that ever stood on a list of this person's.
pub(crate) fn devices_ever_of(connection: &Connection, person: PersonId) -> Result<Vec<PublicKey>> {
    connection
        .prepare_cached("SELECT public_key FROM device WHERE person = :person ORDER BY public_key")?
        .query_map(named_params! { ":person": person }, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// The newest device list of a person, as it was signed.
pub(crate) fn newest_list(connection: &Connection, person: PersonId) -> Result<Option<SignedDeviceList>> {
    let list = connection
        .query_row(
            "SELECT bytes, signature FROM device_list WHERE person = :person ORDER BY number DESC LIMIT 1",
            named_params! { ":person": person },
            |row| Ok(SignedDeviceList { bytes: row.get(0)?, signature: row.get(1)? }),
        )
        .optional()?;
    Ok(list)
}

/// The device list of a person that was the newest before this number.
pub(crate) fn list_before(
    connection: &Connection,
    person: PersonId,
    number: u64,
) -> Result<Option<SignedDeviceList>> {
    let number = i64::try_from(number).map_err(|_| Error::internal("a device list's number"))?;
    let list = connection
        .query_row(
            "SELECT bytes, signature FROM device_list WHERE person = :person AND number < :number
             ORDER BY number DESC LIMIT 1",
            named_params! { ":person": person, ":number": number },
            |row| Ok(SignedDeviceList { bytes: row.get(0)?, signature: row.get(1)? }),
        )
        .optional()?;
    Ok(list)
}

/// The number of the newest device list of a person.
pub(crate) fn newest_list_number(connection: &Connection, person: PersonId) -> Result<u64> {
    let number: i64 = connection.query_row(
        "SELECT coalesce(max(number), 0) FROM device_list WHERE person = :person",
        named_params! { ":person": person },
        |row| row.get(0),
    )?;
    Ok(number.unsigned_abs())
}

/// Keeps to whom files for a device are sealed, as it said last.
///
/// # Errors
/// What the file says.
pub(crate) fn keep_recipient(connection: &Connection, device: &PublicKey, recipient: &str) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE device SET recipient = :recipient WHERE public_key = :device AND recipient IS NOT :recipient",
        )?
        .execute(named_params! { ":device": device, ":recipient": recipient })?;
    Ok(())
}

/// Notes the highest level of a plan that a device says it reads.
///
/// # Errors
/// What the file says.
pub(crate) fn mark_reads(
    connection: &Connection,
    device: &PublicKey,
    level: u16,
    now: Instant,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO device_reads (device, level, said_at) VALUES (:device, :level, :now)
             ON CONFLICT (device) DO UPDATE SET level = excluded.level, said_at = excluded.said_at",
        )?
        .execute(named_params! { ":device": device, ":level": level, ":now": Micros(now) })?;
    Ok(())
}

/// The highest level of a plan that a device has said it reads; of one that has said nothing, the first.
///
/// # Errors
/// What the file says.
pub(crate) fn reads(connection: &Connection, device: &PublicKey) -> Result<u16> {
    let level = connection
        .prepare_cached("SELECT level FROM device_reads WHERE device = :device")?
        .query_row(named_params! { ":device": device }, |row| row.get(0))
        .optional()?;
    Ok(level.unwrap_or(1))
}

/// Keeps a person's device list, which must have been opened with their key.
///
/// # Errors
/// [`Error::Pairing`] when it names a device of somebody else.
pub(in crate::relationship) fn keep_list(
    connection: &Connection,
    person: &NewPerson,
    now: Instant,
) -> Result<()> {
    let number = i64::try_from(person.list.number).map_err(|_| Error::internal("a device list's number"))?;
    connection.execute(
        "INSERT INTO device_list (person, number, bytes, signed_by, signature, kept_at)
         VALUES (:person, :number, :bytes, :signed_by, :signature, :now)
         ON CONFLICT (person, number) DO NOTHING",
        named_params! {
            ":person": person.id, ":number": number, ":bytes": person.signed.bytes,
            ":signed_by": person.key, ":signature": person.signed.signature, ":now": Micros(now),
        },
    )?;
    for device in &person.list.devices {
        // A list can name any key; that of somebody else's device stays theirs, and the list does not count.
        let kept = connection.execute(
            "INSERT INTO device (public_key, person, on_list, added_at)
             VALUES (:key, :person, :number, :added_at)
             ON CONFLICT (public_key) DO UPDATE SET on_list = max(on_list, excluded.on_list)
             WHERE person = excluded.person",
            named_params! {
                ":key": device.key, ":person": person.id, ":number": number, ":added_at": device.added_at,
            },
        )?;
        if kept == 0 {
            return Err(PairingProblem::Broken.into());
        }
    }
    Ok(())
}

/// Makes this installation another device of the same person: the only one on a new list, one number
/// above the newest. Devices of before stay known and are certified no more. The others do not know it yet; what they
/// had handed over stays closed until they have been heard.
pub(crate) fn change_device(
    connection: &Connection,
    me: &Me,
    key: &PersonKey,
    device: &DeviceKey,
    now: Instant,
) -> Result<()> {
    certify(connection, me, key, device.public(), now)?;
    connection.execute(
        "UPDATE profile SET device = :device, device_secret = :secret, port = NULL, replaced_at = NULL",
        named_params! { ":device": device.public(), ":secret": &device.secret()[..] },
    )?;
    connection.execute("UPDATE relationship SET closed = 1, known_there = 0", [])?;
    Ok(())
}

/// Signs a list with this device alone, above every one that is known to be held anywhere.
///
/// # Errors
/// What the file says.
pub(crate) fn certify(
    connection: &Connection,
    me: &Me,
    key: &PersonKey,
    device: PublicKey,
    now: Instant,
) -> Result<()> {
    let held_elsewhere: Option<i64> =
        connection.query_row("SELECT list_above FROM profile", [], |row| row.get(0))?;
    let held = newest_list_number(connection, me.person)?.max(held_elsewhere.unwrap_or(0).unsigned_abs());
    let number = held.checked_add(1).ok_or_else(|| Error::internal("the number of a device list"))?;
    let list = DeviceList::numbered(number, &me.person, device, now);
    let signed = list.sign(key)?;
    let shown = profile(connection)?;
    let person = NewPerson {
        id: me.person,
        role: me.role,
        display_name: shown.display_name,
        key: key.public(),
        signed,
        list,
        reads: 1,
    };
    keep_list(connection, &person, now)?;
    connection.execute("UPDATE profile SET list_above = NULL", [])?;
    Ok(())
}
