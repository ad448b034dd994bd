//! A renewal: somebody lost the phone and every backup, and with them their key. The two meet and pair again, and the
//! other's device signs which key takes the place of the former ones, and what still counts of what was written
//! under them. All that comes later under a former key counts no more, whatever its date.

#[cfg(test)]
mod tests;

use rusqlite::{Connection, OptionalExtension, named_params};
use serde::{Deserialize, Serialize};

use super::key::{DeviceKey, PublicKey, actor_prefix, is_signed_by};
use super::people::{self, Me};
use crate::clock::Instant;
use crate::error::PairingProblem;
use crate::id::{PersonId, RelationshipId};
use crate::store::Micros;
use crate::{Error, Result};

/// What a signature of a renewal begins with.
const DOMAIN: &[u8] = b"common-ground renewal 1\0";
/// The encoding.
const VERSION: u8 = 1;
/// The most bytes of an encoded renewal.
pub(crate) const MAX_RENEWAL_BYTES: usize = 7_168;
/// The most keys, devices and actors that it names. Of a person with more, the newest keys.
const MAX_KEYS: usize = 16;
const MAX_DEVICES: usize = 48;
const MAX_ENDS: usize = 48;

/// What is renewed, and what still counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Renewal {
    version: u8,
    relationship: [u8; 16],
    person: [u8; 16],
    /// The other person, who signs.
    signer: [u8; 16],
    /// The number of the new key among the person's.
    pub(crate) number: u64,
    /// The new key.
    pub(crate) key: PublicKey,
    /// The former ones, the newest first.
    pub(crate) former_keys: Vec<PublicKey>,
    /// The devices that wrote under them.
    pub(crate) former_devices: Vec<PublicKey>,
    /// Where each of their actors ends.
    pub(crate) ends: Vec<Ended>,
    /// What the signer had before: who comes back knows only what is in force.
    pub(crate) signer_keys: Vec<PublicKey>,
    /// The signer's former devices that have written something.
    pub(crate) signer_devices: Vec<PublicKey>,
}

/// Where an actor of a former device ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ended {
    /// Whose changes.
    pub(crate) actor: [u8; 16],
    /// The sequence number of the last one that counts.
    pub(crate) seq: u64,
    /// Its hash.
    pub(crate) hash: [u8; 32],
}

/// A renewal as it travels and lies in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedRenewal {
    /// The encoded renewal.
    pub(crate) bytes: Vec<u8>,
    /// The device of the other person that signed it.
    pub(crate) device: PublicKey,
    /// By that device, over domain tag and bytes.
    pub(crate) signature: [u8; 64],
}

impl SignedRenewal {
    fn sign(renewal: &Renewal, device: &DeviceKey) -> Result<Self> {
        let bytes = postcard::to_stdvec(renewal).map_err(|_| Error::internal("encoding a renewal"))?;
        let signature = device.sign(&[DOMAIN, &bytes].concat());
        Ok(Self { bytes, device: device.public(), signature })
    }

    /// Whose key it renews, as it says itself.
    pub(crate) fn person(&self) -> Option<PersonId> {
        let (renewal, _): (Renewal, _) = postcard::take_from_bytes(&self.bytes).ok()?;
        Some(PersonId::from_bytes(renewal.person))
    }

    /// The renewal, if it is of this relationship and person, in the other's name, signed by the device it names, and
    /// of a form that counts.
    pub(crate) fn open(
        &self,
        relationship: RelationshipId,
        person: &PersonId,
        signer: &PersonId,
    ) -> Option<Renewal> {
        if self.bytes.len() > MAX_RENEWAL_BYTES
            || !is_signed_by(&self.device, &[DOMAIN, &self.bytes].concat(), &self.signature)
        {
            return None;
        }
        let (renewal, rest): (Renewal, _) = postcard::take_from_bytes(&self.bytes).ok()?;
        let of_former = |actor: &[u8; 16]| {
            renewal.former_devices.iter().any(|device| actor.starts_with(&actor_prefix(device)))
        };
        let is_whole = rest.is_empty()
            && renewal.version == VERSION
            && renewal.relationship == *relationship.as_bytes()
            && renewal.person == *person.as_bytes()
            && renewal.signer == *signer.as_bytes()
            && (2..=i64::MAX.unsigned_abs()).contains(&renewal.number)
            && (1..=MAX_KEYS).contains(&renewal.former_keys.len())
            && !renewal.former_keys.contains(&renewal.key)
            && renewal.former_devices.len() <= MAX_DEVICES
            && renewal.ends.len() <= MAX_ENDS
            && renewal.signer_keys.len() <= MAX_KEYS
            && renewal.signer_devices.len() <= MAX_DEVICES
            && renewal.ends.iter().all(|end| of_former(&end.actor) && i64::try_from(end.seq).is_ok());
        is_whole.then_some(renewal)
    }

    /// The renewal, if it opens and this file knows nothing that speaks against it.
    fn judged(
        &self,
        connection: &Connection,
        relationship: RelationshipId,
        person: PersonId,
    ) -> Result<Option<Renewal>> {
        let Some(signer) = other_than(connection, relationship, person)? else { return Ok(None) };
        let Some(renewal) = self.open(relationship, &person, &signer) else { return Ok(None) };
        let is_known = people::owner_of_device(connection, &self.device)? == Some(signer);
        let is_sound = is_known && renewal.leaves_what_is_in_force(connection, person, signer)?;
        Ok(is_sound.then_some(renewal))
    }
}

impl Renewal {
    /// Whether it calls nothing former that is in force, of either person, and nothing the one's that is or was the
    /// other's: or whoever signs could silence the one who came back, or put their own words into the other's mouth.
    fn leaves_what_is_in_force(
        &self,
        connection: &Connection,
        person: PersonId,
        signer: PersonId,
    ) -> Result<bool> {
        let mut not_theirs = people::person_keys(connection, signer)?;
        not_theirs.extend(people::key_in_force(connection, person)?.map(|(_, key)| key));
        not_theirs.extend(&self.signer_keys);
        let mut not_signers = people::person_keys(connection, person)?;
        not_signers.push(self.key);
        if self.former_keys.iter().any(|key| not_theirs.contains(key))
            || self.signer_keys.iter().any(|key| not_signers.contains(key))
        {
            return Ok(false);
        }
        let prefixes = |devices: &[PublicKey]| devices.iter().map(actor_prefix).collect::<Vec<_>>();
        let (former, signers) = (prefixes(&self.former_devices), prefixes(&self.signer_devices));
        let mut not_theirs = prefixes(&people::devices_ever_of(connection, signer)?);
        not_theirs.extend(prefixes(&people::devices_of(connection, person)?));
        not_theirs.extend(&signers);
        let not_signers = prefixes(&people::devices_ever_of(connection, person)?);
        Ok(!former.iter().any(|prefix| not_theirs.contains(prefix))
            && !signers.iter().any(|prefix| not_signers.contains(prefix)))
    }
}

/// The one of the two in a relationship who is not this person.
fn other_than(
    connection: &Connection,
    relationship: RelationshipId,
    person: PersonId,
) -> Result<Option<PersonId>> {
    let (me, other) = (people::me(connection)?.person, people::other(connection, relationship)?.person);
    Ok(match person {
        _ if person == other => Some(me),
        _ if person == me => Some(other),
        _ => None,
    })
}

/// Signs a renewal of the other person's key, in a relationship as it stands in the file: what is held here of the
/// former devices still counts. Nothing may be taken in meanwhile.
///
/// # Errors
/// What the file says.
pub(crate) fn sign(
    connection: &Connection,
    relationship: RelationshipId,
    person: PersonId,
    number: u64,
    key: PublicKey,
) -> Result<SignedRenewal> {
    let me = people::me(connection)?;
    let mut former_keys = keys_ever_of(connection, relationship, person)?;
    former_keys.retain(|former| *former != key);
    former_keys.truncate(MAX_KEYS);
    let mut signer_keys = keys_ever_of(connection, relationship, me.person)?;
    signer_keys.drain(..1.min(signer_keys.len()));
    signer_keys.truncate(MAX_KEYS);
    let former = devices_ever_of(connection, relationship, person)?;
    let ends = ends_of(connection, relationship, &former)?;
    let certified = people::devices_of(connection, person)?;
    let mut former_devices = former;
    // One that wrote nothing and was dropped long ago has nothing that could count.
    former_devices.retain(|device| {
        certified.contains(device) || ends.iter().any(|end| end.actor.starts_with(&actor_prefix(device)))
    });
    let renewal = Renewal {
        version: VERSION,
        relationship: *relationship.as_bytes(),
        person: *person.as_bytes(),
        signer: *me.person.as_bytes(),
        number,
        key,
        former_keys,
        former_devices,
        ends,
        signer_keys,
        signer_devices: own_former_devices(connection, relationship, &me)?,
    };
    SignedRenewal::sign(&renewal, &people::device_key(connection)?)
}

/// This person's former devices that have written or announced something in a relationship.
fn own_former_devices(
    connection: &Connection,
    relationship: RelationshipId,
    me: &Me,
) -> Result<Vec<PublicKey>> {
    let mut devices = devices_ever_of(connection, relationship, me.person)?;
    let wrote = ends_of(connection, relationship, &devices)?;
    let announced: Vec<PublicKey> = connection
        .prepare_cached("SELECT DISTINCT device FROM notice WHERE relationship = :relationship")?
        .query_map(named_params! { ":relationship": relationship }, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let has_written =
        |device: &PublicKey| wrote.iter().any(|end| end.actor.starts_with(&actor_prefix(device)));
    devices.retain(|device| *device != me.device && (has_written(device) || announced.contains(device)));
    // There is room for all that have written; those that only announced something come last.
    devices.sort_by_key(|device| !has_written(device));
    devices.truncate(MAX_DEVICES);
    Ok(devices)
}

/// How far each actor of these devices has got here, or where it had ended before.
fn ends_of(
    connection: &Connection,
    relationship: RelationshipId,
    devices: &[PublicKey],
) -> Result<Vec<Ended>> {
    let held: Vec<Ended> = connection
        .prepare_cached(
            "SELECT held.actor, min(held.seq, coalesce(ended.seq, held.seq)),
                    iif(ended.seq < held.seq, ended.hash, held.hash)
             FROM plan_position held
             LEFT JOIN actor_end ended ON ended.relationship = held.relationship AND ended.actor = held.actor
             WHERE held.relationship = :relationship ORDER BY held.actor",
        )?
        .query_map(named_params! { ":relationship": relationship }, |row| {
            let seq: i64 = row.get(1)?;
            Ok(Ended { actor: row.get(0)?, seq: seq.unsigned_abs(), hash: row.get(2)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let prefixes: Vec<[u8; 8]> = devices.iter().map(actor_prefix).collect();
    let of_these = |end: &Ended| prefixes.iter().any(|prefix| end.actor.starts_with(prefix));
    Ok(held.into_iter().filter(of_these).collect())
}

/// Keeps a renewal that counts. A later one of the same number takes its place; the same once more is no later one.
///
/// # Errors
/// [`PairingProblem::Broken`] where it was signed by somebody else than the other person, or calls former what is in
/// force.
pub(crate) fn keep(
    connection: &Connection,
    relationship: RelationshipId,
    person: PersonId,
    number: u64,
    signed: &SignedRenewal,
    now: Instant,
) -> Result<()> {
    if signed.judged(connection, relationship, person)?.is_none_or(|renewal| renewal.number != number) {
        return Err(PairingProblem::Broken.into());
    }
    let number = i64::try_from(number).map_err(|_| Error::internal("a key's number"))?;
    connection.execute(
        "INSERT INTO renewal (relationship, person, number, body, device, signature, at)
         VALUES (:relationship, :person, :number, :body, :device, :signature, :now)
         ON CONFLICT (relationship, person, number) DO UPDATE
         SET body = excluded.body, device = excluded.device, signature = excluded.signature, at = excluded.at
         WHERE body <> excluded.body OR device <> excluded.device",
        named_params! {
            ":relationship": relationship, ":person": person, ":number": number, ":body": signed.bytes,
            ":device": signed.device, ":signature": signed.signature, ":now": Micros(now),
        },
    )?;
    Ok(())
}

/// When the owner first came back under the id that they had, if they did: since then their fingerprint is another one.
///
/// # Errors
/// What the file says.
pub(crate) fn came_back_at(connection: &Connection) -> Result<Option<Instant>> {
    let at: Option<Micros> = connection.query_row(
        "SELECT min(at) FROM renewal WHERE person = (SELECT person FROM profile)",
        [],
        |row| row.get(0),
    )?;
    Ok(at.map(|at| at.0))
}

/// The renewals of a person's key in a relationship that count, the newest first.
///
/// # Errors
/// What the file says.
pub(crate) fn of(
    connection: &Connection,
    relationship: RelationshipId,
    person: PersonId,
) -> Result<Vec<Renewal>> {
    let signed = connection
        .prepare_cached(
            "SELECT body, device, signature FROM renewal
             WHERE relationship = :relationship AND person = :person ORDER BY number DESC",
        )?
        .query_map(named_params! { ":relationship": relationship, ":person": person }, |row| {
            Ok(SignedRenewal { bytes: row.get(0)?, device: row.get(1)?, signature: row.get(2)? })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let judged = signed.iter().map(|signed| signed.judged(connection, relationship, person));
    judged.filter_map(Result::transpose).collect()
}

/// Every device that ever was a person's, as one relationship knows it: also those that a renewal names, of that person
/// or signed by them.
///
/// # Errors
/// What the file says.
pub(crate) fn devices_ever_of(
    connection: &Connection,
    relationship: RelationshipId,
    person: PersonId,
) -> Result<Vec<PublicKey>> {
    let mut devices = people::devices_ever_of(connection, person)?;
    add(&mut devices, of(connection, relationship, person)?.into_iter().flat_map(|one| one.former_devices));
    if let Some(other) = other_than(connection, relationship, person)? {
        add(
            &mut devices,
            of(connection, relationship, other)?.into_iter().flat_map(|one| one.signer_devices),
        );
    }
    Ok(devices)
}

/// Every key that ever was a person's, the same way. The one in force comes first.
///
/// # Errors
/// What the file says.
pub(crate) fn keys_ever_of(
    connection: &Connection,
    relationship: RelationshipId,
    person: PersonId,
) -> Result<Vec<PublicKey>> {
    let mut keys = people::person_keys(connection, person)?;
    add(&mut keys, of(connection, relationship, person)?.into_iter().flat_map(|one| one.former_keys));
    if let Some(other) = other_than(connection, relationship, person)? {
        add(&mut keys, of(connection, relationship, other)?.into_iter().flat_map(|one| one.signer_keys));
    }
    Ok(keys)
}

fn add(known: &mut Vec<PublicKey>, more: impl Iterator<Item = PublicKey>) {
    for key in more {
        if !known.contains(&key) {
            known.push(key);
        }
    }
}

/// The renewal that brought this very key, where one did.
///
/// # Errors
/// What the file says.
pub(crate) fn that_brought(
    connection: &Connection,
    relationship: RelationshipId,
    person: PersonId,
    key: &PublicKey,
) -> Result<Option<SignedRenewal>> {
    Ok(connection
        .query_row(
            "SELECT renewal.body, renewal.device, renewal.signature
             FROM renewal
             JOIN person_key ON person_key.person = renewal.person AND person_key.number = renewal.number
             WHERE renewal.relationship = :relationship AND renewal.person = :person
               AND person_key.public_key = :key",
            named_params! { ":relationship": relationship, ":person": person, ":key": key },
            |row| Ok(SignedRenewal { bytes: row.get(0)?, device: row.get(1)?, signature: row.get(2)? }),
        )
        .optional()?)
}
