//! The first words of a connection to the exchange's door: which run of a device this is, and which relationship is
//! meant. Whoever called speaks first, and is let in only for a relationship of theirs.

use iroh::endpoint::{RecvStream, SendStream};
use rusqlite::Connection;

use crate::Result;
use crate::id::RelationshipId;
use crate::relationship::enrol::must_be_in_use;
use crate::relationship::key::PublicKey;
use crate::relationship::people::{self, Standing};

/// The version of these words.
const VERSION: u8 = 2;
const LENGTH: usize = 1 + 8 + 16;

/// The first words of one side.
pub(super) struct Preface {
    /// Random, new each time a device goes online.
    pub(super) instance: [u8; 8],
    pub(super) relationship: RelationshipId,
}

impl Preface {
    pub(super) async fn say(&self, send: &mut SendStream) -> Option<()> {
        send.write_all(&self.bytes()).await.ok()
    }

    pub(super) async fn hear(receive: &mut RecvStream) -> Option<Self> {
        let mut bytes = [0; LENGTH];
        receive.read_exact(&mut bytes).await.ok()?;
        Self::read(&bytes)
    }

    fn bytes(&self) -> [u8; LENGTH] {
        let mut bytes = [VERSION; LENGTH];
        bytes[1..9].copy_from_slice(&self.instance);
        bytes[9..].copy_from_slice(self.relationship.as_bytes());
        bytes
    }

    fn read(bytes: &[u8; LENGTH]) -> Option<Self> {
        let (instance, relationship) = bytes[1..].split_first_chunk::<8>()?;
        let relationship = RelationshipId::from_bytes(relationship.try_into().ok()?);
        (bytes[0] == VERSION).then_some(Self { instance: *instance, relationship })
    }
}

/// What becomes of a certified device that calls for a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    Welcome,
    /// It is paused here: to the other nobody is reached.
    NotNow,
    /// The relationship is none of that person's.
    NotTheirs,
}

/// Whether a device that calls for a relationship is let in: where it is over, too, since there may be something left to
/// announce.
pub(super) fn admission(
    file: &Connection,
    device: &PublicKey,
    relationship: RelationshipId,
) -> Result<Admission> {
    let Some(person) = people::person_of_device(file, device)? else { return Ok(Admission::NotTheirs) };
    match people::other(file, relationship) {
        Ok(other) if other.person == person => {}
        Ok(_) | Err(crate::Error::NotFound { .. }) => return Ok(Admission::NotTheirs),
        Err(error) => return Err(error),
    }
    Ok(match people::standing(file, relationship)? {
        Standing::Paused => Admission::NotNow,
        Standing::GoesOn | Standing::Over { .. } => Admission::Welcome,
    })
}

/// Whom to call for a relationship.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ToCall {
    /// None while it is paused, none where it is over and nothing is left to say, and none for a device that was itself
    /// replaced.
    pub(super) devices: Vec<PublicKey>,
    /// It is over: whoever could not be reached is called a few times a day.
    pub(super) rarely: bool,
}

/// Whom to call for a relationship.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub(super) fn to_call(file: &Connection, relationship: RelationshipId) -> Result<ToCall> {
    if must_be_in_use(file).is_err() {
        return Ok(ToCall::default());
    }
    let standing = people::standing(file, relationship)?;
    let rarely = matches!(standing, Standing::Over { .. });
    let devices = match standing {
        Standing::Paused | Standing::Over { has_something_to_say: false } => Vec::new(),
        Standing::GoesOn | Standing::Over { has_something_to_say: true } => {
            people::devices_of(file, people::other(file, relationship)?.person)?
        }
    };
    Ok(ToCall { devices, rarely })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::enrol::ENROL;
    use crate::link::network::{EXCHANGE, PAIRING};

    #[test]
    fn the_first_words_are_read_as_they_were_said_and_no_other_versions() {
        let relationship = RelationshipId::from_bytes([7; 16]);
        let mut bytes = Preface { instance: [9; 8], relationship }.bytes();
        let read = Preface::read(&bytes).expect("read");
        assert_eq!((read.instance, read.relationship), ([9; 8], relationship));
        for version in [0, 1, 3, 255] {
            bytes[0] = version;
            assert!(Preface::read(&bytes).is_none());
        }
    }

    #[test]
    fn the_doors_and_the_first_words_are_what_they_always_were() {
        let words = Preface { instance: [9; 8], relationship: RelationshipId::from_bytes([7; 16]) }.bytes();
        let doors = [EXCHANGE, PAIRING, ENROL].concat();
        crate::tests::frozen::is_as_it_always_was(
            "link",
            &[("first-words", words.to_vec()), ("doors", doors)],
        );
    }
}
