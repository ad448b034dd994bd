//! The enrol door, without I/O: a device that took the place of another one shows the list on which its person's key
//! certifies it. One word each way, and nothing is believed but a signature.

mod knocks;
#[cfg(test)]
mod tests;

pub(crate) use knocks::{Knocks, Source};

use rusqlite::{Connection, OptionalExtension, named_params};
use serde::{Deserialize, Serialize};

use super::device_list::{DeviceList, SignedDeviceList};
use super::key::PublicKey;
use super::people::{self, NewPerson};
use crate::clock::Instant;
use crate::id::{PersonId, RelationshipId};
use crate::store::Micros;
use crate::{Error, Result};

/// The most bytes of a word.
pub(crate) const MAX_WORD: usize = 2_048;

/// By how much a list's number may be above the one held.
pub(crate) const MAX_LEAP: u64 = 1 << 20;
/// How many devices of one person are ever taken in at this door.
const MAX_DEVICES_EVER: usize = 64;

/// What is said at the door.
#[derive(Serialize, Deserialize)]
enum Word {
    /// By who knocks: these are my person's devices, and I am one of them.
    Show { person: [u8; 16], list: Vec<u8>, signature: Vec<u8> },
    /// By who opens: they are known now, in the place of those on the list before.
    Taken { former: Option<(Vec<u8>, Vec<u8>)> },
    /// By who opens: this list is held, and the one shown is not above it.
    Held { list: Vec<u8>, signature: Vec<u8> },
}

impl Word {
    fn encode(&self) -> Result<Vec<u8>> {
        postcard::to_stdvec(self).map_err(|_| Error::internal("encoding a word of the enrol door"))
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        match postcard::take_from_bytes(bytes) {
            Ok((word, [])) if bytes.len() <= MAX_WORD => Some(word),
            _ => None,
        }
    }
}

fn signed(bytes: Vec<u8>, signature: &[u8]) -> Option<SignedDeviceList> {
    Some(SignedDeviceList { bytes, signature: signature.try_into().ok()? })
}

/// What this device says when it knocks: its person's newest list.
///
/// # Errors
/// What the file says.
pub(crate) fn own_word(connection: &Connection) -> Result<Vec<u8>> {
    let person = people::me(connection)?.person;
    let list = people::newest_list(connection, person)?.ok_or(Error::NoProfile)?;
    Word::Show { person: *person.as_bytes(), list: list.bytes, signature: list.signature.to_vec() }.encode()
}

/// Every relationship with the person that somebody at the door names. One that is over counts, too: a new phone still
/// has to be able to say what was taken back, and to hear it.
///
/// # Errors
/// What the file says.
pub(crate) fn named(connection: &Connection, word: &[u8]) -> Result<Vec<RelationshipId>> {
    let Some(Word::Show { person, .. }) = Word::read(word) else { return Ok(Vec::new()) };
    people::relationships_ever_with(connection, PersonId::from_bytes(person))
}

/// What came of a word at the door.
pub(crate) enum Judged {
    /// The device is certified now; it was not before if it is `new`.
    Taken {
        /// Whether it took the place of another one just now.
        new: bool,
        /// What to answer.
        answer: Vec<u8>,
    },
    /// A list of that person's that is not above the one held.
    NotHigher {
        /// What to answer.
        answer: Vec<u8>,
    },
    /// Nobody one has to do with, or not in order: nothing is answered.
    Stranger,
}

/// Judges what `caller`, proven by TLS, has shown, and keeps its list if it counts: signed by the key in force of a
/// person who has paired, naming the caller and nobody else's device, and with a higher number.
///
/// # Errors
/// What the file says.
pub(crate) fn judge(
    connection: &Connection,
    word: &[u8],
    caller: &PublicKey,
    now: Instant,
) -> Result<Judged> {
    let Some(Word::Show { person, list, signature }) = Word::read(word) else { return Ok(Judged::Stranger) };
    let person = PersonId::from_bytes(person);
    if people::relationships_ever_with(connection, person)?.is_empty() {
        return Ok(Judged::Stranger);
    }
    let keys = people::person_keys(connection, person)?;
    let held = people::newest_list(connection, person)?;
    let (Some(key), Some(signed), Some(held)) = (keys.first(), signed(list, &signature), held) else {
        return Ok(Judged::Stranger);
    };
    let Some(list) = signed.open(&person, key).filter(|list| list.is_of(caller)) else {
        return Ok(Judged::Stranger);
    };
    for device in &list.devices {
        if people::owner_of_device(connection, &device.key)?.is_some_and(|owner| owner != person) {
            return Ok(Judged::Stranger);
        }
    }
    if signed == held {
        return Ok(Judged::Taken { new: false, answer: taken(connection, person, list.number)? });
    }
    let newest = people::newest_list_number(connection, person)?;
    // Whoever has the person's key for an hour must not use up all numbers that there will ever be.
    if list.number > newest.saturating_add(MAX_LEAP)
        || people::devices_ever_of(connection, person)?.len() >= MAX_DEVICES_EVER
    {
        return Ok(Judged::Stranger);
    }
    if list.number <= newest {
        let answer = Word::Held { list: held.bytes, signature: held.signature.to_vec() }.encode()?;
        return Ok(Judged::NotHigher { answer });
    }
    let role = people::role_of(connection, person)?;
    let shown =
        NewPerson { id: person, role, display_name: String::new(), key: *key, signed, list, reads: 1 };
    let answer = taken(connection, person, shown.list.number)?;
    let former = people::devices_ever_of(connection, person)?;
    people::keep_list(connection, &shown, now)?;
    for device in shown.list.devices.iter().filter(|device| !former.contains(&device.key)) {
        connection.execute(
            "UPDATE device SET is_news = 1 WHERE public_key = :device",
            named_params! { ":device": device.key },
        )?;
    }
    Ok(Judged::Taken { new: true, answer })
}

/// The answer to a list that counts, with the one before it.
fn taken(connection: &Connection, person: PersonId, number: u64) -> Result<Vec<u8>> {
    let former = people::list_before(connection, person, number)?;
    let former = former.map(|list| (list.bytes, list.signature.to_vec()));
    Word::Taken { former }.encode()
}

/// What this device has to make of the answer to its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answered {
    /// The other knows this device now.
    Known,
    /// The person's key has to sign a list above the one that is held there: it was noted.
    SignAbove,
    /// Another device has taken the place of this one: it was noted.
    Replaced,
    /// It means nothing.
    Nonsense,
}

/// Takes in the answer of the other person's device in a relationship. A device that the other does not know yet signs
/// above what is held there; one that they did know has been replaced, and does not fight the one that came after it.
///
/// # Errors
/// What the file says.
pub(crate) fn answered(
    connection: &Connection,
    relationship: RelationshipId,
    answer: &[u8],
    now: Instant,
) -> Result<Answered> {
    let me = people::me(connection)?;
    let keys = people::person_keys(connection, me.person)?;
    let key = keys.first().ok_or(Error::NoProfile)?;
    let open = |list, signature: &[u8]| signed(list, signature)?.open(&me.person, key);
    let held = match Word::read(answer) {
        Some(Word::Taken { former }) => {
            let former = former.and_then(|(list, signature)| open(list, &signature));
            note_siblings(connection, &me.person, former.as_ref())?;
            return known(connection, relationship);
        }
        Some(Word::Held { list, signature }) => open(list, &signature),
        Some(Word::Show { .. }) | None => None,
    };
    let Some(held) = held else { return Ok(Answered::Nonsense) };
    if held.names(&me.device) {
        return known(connection, relationship);
    }
    if held.number < people::newest_list_number(connection, me.person)? {
        return Ok(Answered::Nonsense);
    }
    let known_there: u8 = connection
        .query_row(
            "SELECT known_there FROM relationship WHERE id = :relationship",
            named_params! { ":relationship": relationship },
            |row| row.get(0),
        )
        .optional()?
        .unwrap_or(0);
    note_siblings(connection, &me.person, Some(&held))?;
    let number = i64::try_from(held.number).map_err(|_| Error::internal("a device list's number"))?;
    connection.execute(
        "UPDATE profile SET list_above = max(coalesce(list_above, 0), :number)",
        named_params! { ":number": number },
    )?;
    if known_there == 0 {
        return Ok(Answered::SignAbove);
    }
    connection.execute(
        "UPDATE profile SET replaced_at = coalesce(replaced_at, :now)",
        named_params! { ":now": Micros(now) },
    )?;
    Ok(Answered::Replaced)
}

/// Notes that the devices on a list of the owner's are or were the owner's too: what they wrote counts as far as it is
/// signed. They are certified by no list that this device knows.
fn note_siblings(connection: &Connection, me: &PersonId, list: Option<&DeviceList>) -> Result<()> {
    for device in list.into_iter().flat_map(|list| &list.devices) {
        connection.execute(
            "INSERT INTO device (public_key, person, on_list, added_at) VALUES (:device, :me, 0, :added_at)
             ON CONFLICT (public_key) DO NOTHING",
            named_params! { ":device": device.key, ":me": me, ":added_at": device.added_at },
        )?;
    }
    Ok(())
}

/// Whether a list above one that is held elsewhere waits to be signed: until then there is no use in knocking.
///
/// # Errors
/// What the file says.
pub(crate) fn waits_for_the_key(connection: &Connection) -> Result<bool> {
    Ok(connection.query_row("SELECT list_above IS NOT NULL FROM profile", [], |row| row.get(0))?)
}

fn known(connection: &Connection, relationship: RelationshipId) -> Result<Answered> {
    connection.execute(
        "UPDATE relationship SET known_there = max(known_there, 1) WHERE id = :relationship",
        named_params! { ":relationship": relationship },
    )?;
    Ok(Answered::Known)
}

/// Since when this profile goes on on another device, as far as this one was told.
///
/// # Errors
/// What the file says.
pub(crate) fn replaced_at(connection: &Connection) -> Result<Option<Instant>> {
    let at = connection
        .query_row("SELECT replaced_at FROM profile", [], |row| row.get::<_, Option<Micros>>(0))
        .optional()?;
    Ok(at.flatten().map(|at| at.0))
}

/// # Errors
/// [`Error::Replaced`] where it does.
pub(crate) fn must_be_in_use(connection: &Connection) -> Result<()> {
    if replaced_at(connection)?.is_some() { Err(Error::Replaced) } else { Ok(()) }
}
