//! A person's keys, and this device's own.

use rusqlite::{Connection, OptionalExtension, named_params};

use crate::id::PersonId;
use crate::relationship::key::{DeviceKey, PublicKey};
use crate::{Error, Result};

/// This device's own signing key.
pub(crate) fn device_key(connection: &Connection) -> Result<DeviceKey> {
    let secret = connection
        .query_row("SELECT device_secret FROM profile", [], |row| {
            row.get(0).map(zeroize::Zeroizing::<[u8; 32]>::new)
        })
        .optional()?;
    let secret = secret.ok_or(Error::NoProfile)?;
    Ok(DeviceKey::from_secret(&secret))
}

/// Every key a person ever had, the one in force first.
pub(crate) fn person_keys(connection: &Connection, person: PersonId) -> Result<Vec<PublicKey>> {
    connection
        .prepare_cached("SELECT public_key FROM person_key WHERE person = :person ORDER BY number DESC")?
        .query_map(named_params! { ":person": person }, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// The key in force of a person, and its number.
pub(crate) fn key_in_force(connection: &Connection, person: PersonId) -> Result<Option<(u64, PublicKey)>> {
    let key = connection
        .prepare_cached(
            "SELECT number, public_key FROM person_key WHERE person = :person ORDER BY number DESC LIMIT 1",
        )?
        .query_row(named_params! { ":person": person }, |row| {
            Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?))
        })
        .optional()?;
    Ok(key)
}
