//! The tables of people, devices and relationships in the shared file.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::device_list::{DeviceList, SignedDeviceList};
use super::key::{DeviceKey, PersonKey, PublicKey, actor_prefix, fingerprint};
use super::{Ended, OtherPerson, Profile, Relationship, Role};
use crate::clock::Instant;
use crate::error::{PairingProblem, Problem, Thing};
use crate::exchange::Announced;
use crate::id::{PersonId, RelationshipId};
use crate::store::Micros;
use crate::{Error, Result};

/// The longest name, in characters.
pub(crate) const MAX_NAME: usize = 100;

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

/// Which side of therapy a person who is known here is on.
pub(crate) fn role_of(connection: &Connection, person: PersonId) -> Result<Role> {
    let sql = "SELECT role FROM person WHERE id = :person";
    Ok(connection.query_row(sql, named_params! { ":person": person }, |row| row.get(0))?)
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

/// Whether this is a certified device of the other person of any relationship.
///
/// # Errors
/// What the file says.
pub(crate) fn is_of_somebody_paired(connection: &Connection, device: &PublicKey) -> Result<bool> {
    let Some(person) = person_of_device(connection, device)? else { return Ok(false) };
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM relationship WHERE other = :person)")?
        .query_row(named_params! { ":person": person }, |row| row.get(0))?)
}

/// The relationship with a person that goes on.
///
/// # Errors
/// What the file says.
pub(crate) fn relationship_with(connection: &Connection, person: PersonId) -> Result<Option<RelationshipId>> {
    let id = connection
        .query_row(
            "SELECT id FROM relationship WHERE other = :person AND ended_at IS NULL",
            named_params! { ":person": person },
            |row| row.get(0),
        )
        .optional()?;
    Ok(id)
}

/// The relationships with a person, also those that are over.
///
/// # Errors
/// What the file says.
pub(crate) fn relationships_ever_with(
    connection: &Connection,
    person: PersonId,
) -> Result<Vec<RelationshipId>> {
    connection
        .prepare_cached("SELECT id FROM relationship WHERE other = :person ORDER BY paired_at, id")?
        .query_map(named_params! { ":person": person }, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// How a relationship stands for the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It goes on.
    GoesOn,
    /// This person has paused it: nobody is called and nobody is let in.
    Paused,
    /// It is over: only what the two still have to announce is exchanged. Is anything of that left to say?
    Over {
        /// Whether the other has not confirmed all that was announced.
        has_something_to_say: bool,
    },
}

/// How a relationship stands for the link.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn standing(connection: &Connection, id: RelationshipId) -> Result<Standing> {
    connection
        .prepare_cached(
            "SELECT paused_at IS NOT NULL, ended_at IS NOT NULL,
                    EXISTS (SELECT 1 FROM notice WHERE relationship = :id AND confirmed = 0)
             FROM relationship WHERE id = :id",
        )?
        .query_row(named_params! { ":id": id }, |row| {
            Ok(match (row.get(0)?, row.get(1)?) {
                (true, _) => Standing::Paused,
                (false, true) => Standing::Over { has_something_to_say: row.get(2)? },
                (false, false) => Standing::GoesOn,
            })
        })
        .optional()?
        .ok_or_else(|| Error::not_found(Thing::Relationship))
}

/// Every relationship that is over.
///
/// # Errors
/// What the file says.
pub(crate) fn ended(connection: &Connection) -> Result<Vec<RelationshipId>> {
    connection
        .prepare_cached("SELECT id FROM relationship WHERE ended_at IS NOT NULL ORDER BY ended_at, id")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// Pauses a relationship, or lets it go on.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn pause(connection: &Connection, id: RelationshipId, since: Option<Instant>) -> Result<()> {
    let changed = connection.execute(
        "UPDATE relationship SET paused_at = :since WHERE id = :id",
        named_params! { ":id": id, ":since": since.map(Micros) },
    )?;
    must_have_been(changed)
}

/// Calls the other person by another name here, or as they call themselves.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn call_them(connection: &Connection, id: RelationshipId, name: Option<&str>) -> Result<()> {
    let changed = connection.execute(
        "UPDATE relationship SET called = :name WHERE id = :id",
        named_params! { ":id": id, ":name": name },
    )?;
    must_have_been(changed)
}

/// Gives the owner of this installation another name. Those who have paired already know the former one.
///
/// # Errors
/// What the file says.
pub(crate) fn rename_me(connection: &Connection, name: &str) -> Result<()> {
    connection.execute(
        "UPDATE person SET display_name = :name WHERE id = (SELECT person FROM profile)",
        named_params! { ":name": name },
    )?;
    Ok(())
}

/// Notes that the owner was asked whether to take back all that they handed over.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn mark_asked_back(connection: &Connection, id: RelationshipId) -> Result<()> {
    let changed = connection
        .execute("UPDATE relationship SET asked_back = 1 WHERE id = :id", named_params! { ":id": id })?;
    must_have_been(changed)
}

fn must_have_been(changed: usize) -> Result<()> {
    if changed == 0 { Err(Error::not_found(Thing::Relationship)) } else { Ok(()) }
}

/// The kind of notices that say that somebody has read the terms: these wait without being worth a word.
const READ_TERMS: u8 = Announced::ReadTerms { version: 0 }.kind();

const RELATIONSHIP: &str = "
    SELECT relationship.id, relationship.paired_at, relationship.code, relationship.code_compared,
           relationship.in_step_at, person.id, person.role, person.display_name,
           (SELECT public_key FROM person_key WHERE person_key.person = person.id
            ORDER BY number DESC LIMIT 1),
           (SELECT coalesce(sum(max(seq - confirmed, 0)), 0) FROM plan_position
            WHERE plan_position.relationship = relationship.id
              AND substr(plan_position.actor, 1, 8) = :own)
           * (relationship.ended_at IS NULL)
         + (SELECT count(*) FROM notice
            WHERE notice.relationship = relationship.id AND notice.confirmed = 0 AND notice.kind <> :read_terms),
           EXISTS (SELECT 1 FROM renewal
                   WHERE renewal.relationship = relationship.id AND renewal.person <> person.id),
           relationship.known_there > 0,
           relationship.called, relationship.paused_at, relationship.ended_at, relationship.ended_by
    FROM relationship JOIN person ON person.id = relationship.other";

/// Everyone this person has paired with, oldest first.
pub(crate) fn relationships(connection: &Connection) -> Result<Vec<Relationship>> {
    let own = actor_prefix(&me(connection)?.device);
    connection
        .prepare_cached(&format!("{RELATIONSHIP} ORDER BY relationship.paired_at, relationship.id"))?
        .query_map(named_params! { ":own": own, ":read_terms": READ_TERMS }, read_relationship)?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// One relationship.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn relationship(connection: &Connection, id: RelationshipId) -> Result<Relationship> {
    let own = actor_prefix(&me(connection)?.device);
    connection
        .prepare_cached(&format!("{RELATIONSHIP} WHERE relationship.id = :id"))?
        .query_row(named_params! { ":id": id, ":own": own, ":read_terms": READ_TERMS }, read_relationship)
        .optional()?
        .ok_or_else(|| Error::not_found(Thing::Relationship))
}

fn read_relationship(row: &Row<'_>) -> rusqlite::Result<Relationship> {
    let code: String = row.get(2)?;
    let person: PersonId = row.get(5)?;
    let calls_themselves: String = row.get(7)?;
    let ended_at: Option<Micros> = row.get(14)?;
    Ok(Relationship {
        id: row.get(0)?,
        other: OtherPerson {
            person,
            role: row.get(6)?,
            display_name: row.get::<_, Option<String>>(12)?.unwrap_or_else(|| calls_themselves.clone()),
            calls_themselves,
            fingerprint: fingerprint(&person, &row.get(8)?),
        },
        paired_at: row.get::<_, Micros>(1)?.0,
        code_compared: row.get(3)?,
        code: code.split(' ').map(str::to_owned).collect(),
        in_step_at: row.get::<_, Option<Micros>>(4)?.map(|at| at.0),
        waiting_to_go: row.get(9)?,
        as_kept_by_other: row.get(10)?,
        knows_this_device: row.get(11)?,
        paused_at: row.get::<_, Option<Micros>>(13)?.map(|at| at.0),
        ended: ended_at.zip(row.get(15)?).map(|(at, by)| Ended { at: at.0, by }),
    })
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
pub(super) fn keep_list(connection: &Connection, person: &NewPerson, now: Instant) -> Result<()> {
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

/// Keeps a relationship.
///
/// # Errors
/// When there is one with this person already.
pub(crate) fn keep_relationship(
    connection: &Connection,
    id: RelationshipId,
    other: PersonId,
    code: &[String],
    compared: bool,
    now: Instant,
) -> Result<()> {
    connection.execute(
        "INSERT INTO relationship (id, other, paired_at, code, code_compared)
         VALUES (:id, :other, :now, :code, :compared)",
        named_params! {
            ":id": id, ":other": other, ":now": Micros(now), ":code": code.join(" "), ":compared": compared,
        },
    )?;
    Ok(())
}

/// Puts the code of a pairing in the place of an earlier one's.
pub(crate) fn keep_code(
    connection: &Connection,
    id: RelationshipId,
    code: &[String],
    compared: bool,
) -> Result<()> {
    connection.execute(
        "UPDATE relationship SET code = :code, code_compared = :compared WHERE id = :id",
        named_params! { ":id": id, ":code": code.join(" "), ":compared": compared },
    )?;
    Ok(())
}

/// Notes that the two people have compared the code of words.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn mark_code_compared(connection: &Connection, id: RelationshipId) -> Result<()> {
    let changed = connection
        .execute("UPDATE relationship SET code_compared = 1 WHERE id = :id", named_params! { ":id": id })?;
    must_have_been(changed)
}

/// Notes that a relationship is over. The first end counts.
///
/// # Errors
/// What the file says.
pub(crate) fn mark_ended(
    connection: &Connection,
    id: RelationshipId,
    by: PersonId,
    at: Instant,
) -> Result<()> {
    connection.execute(
        "UPDATE relationship SET ended_at = :at, ended_by = :by
         WHERE id = :id AND (ended_at IS NULL OR ended_at > :at)",
        named_params! { ":id": id, ":by": by, ":at": Micros(at) },
    )?;
    Ok(())
}

/// Whether a relationship is over.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn is_over(connection: &Connection, id: RelationshipId) -> Result<bool> {
    connection
        .prepare_cached("SELECT ended_at IS NOT NULL FROM relationship WHERE id = :id")?
        .query_row(named_params! { ":id": id }, |row| row.get(0))
        .optional()?
        .ok_or_else(|| Error::not_found(Thing::Relationship))
}

/// Says no where nothing new is shared (any more).
///
/// # Errors
/// [`Error::NotShared`] for a relationship that has ended or is paused, [`Error::NotFound`].
pub(crate) fn must_be_shared(connection: &Connection, id: RelationshipId) -> Result<()> {
    let is_shared: Option<bool> = connection
        .prepare_cached("SELECT ended_at IS NULL AND paused_at IS NULL FROM relationship WHERE id = :id")?
        .query_row(named_params! { ":id": id }, |row| row.get(0))
        .optional()?;
    match is_shared {
        Some(true) => Ok(()),
        Some(false) => Err(Error::NotShared),
        None => Err(Error::not_found(Thing::Relationship)),
    }
}

/// Notes that both devices are level.
pub(crate) fn mark_in_step(connection: &Connection, id: RelationshipId, now: Instant) -> Result<()> {
    connection.execute(
        "UPDATE relationship SET in_step_at = :now, known_there = max(known_there, 2) WHERE id = :id",
        named_params! { ":id": id, ":now": Micros(now) },
    )?;
    Ok(())
}

/// A name that somebody gives, as it is kept.
///
/// # Errors
/// [`Error::Invalid`] for one over 100 characters, or one that shows nothing.
pub(crate) fn given_name(given: &str) -> Result<String> {
    if given.trim().chars().count() > MAX_NAME {
        let problem = Problem::TooLong { limit: MAX_NAME as u64, unit: "characters".to_owned() };
        return Err(Error::invalid("display name", problem));
    }
    let name = name_to_show(given);
    if name.is_empty() { Err(Error::invalid("display name", Problem::Empty)) } else { Ok(name) }
}

/// A name as it may be shown: no control or direction characters, at most 100 characters, no blanks
/// around it. May come out empty.
pub(crate) fn name_to_show(name: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    let shown: String = name.chars().filter(|c| !hidden(*c)).take(MAX_NAME).collect();
    shown.trim().to_owned()
}
