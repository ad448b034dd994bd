//! The ticket: what one person shows another to pair, as text that is short enough to type and made
//! of capital letters and digits, so that a QR code of it stays small.

use std::net::SocketAddr;

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::key::PublicKey;
use super::way::WayOfMeeting;
use crate::clock::Instant;
use crate::error::PairingProblem;
use crate::id::PersonId;

/// The version of tickets that this build makes and reads.
const VERSION: u8 = 2;
/// Set in the version of a ticket that brings somebody back.
const BRINGS_BACK: u8 = 0x40;
/// The bytes of the checksum at the end.
const CHECKSUM: usize = 4;
/// The longest text that is looked at.
const MAX_TEXT: usize = 2_000;
/// The most addresses a ticket carries.
pub(crate) const MAX_ADDRESSES: usize = 8;

/// Whom a ticket brings back, who lost their device and every backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Again {
    /// The person, as the one who offers knows them.
    pub(crate) person: PersonId,
    /// The number of their newest device list there.
    pub(crate) list_above: u64,
}

/// What a ticket says.
#[derive(Clone)]
pub(crate) struct Ticket {
    /// Who offers to pair.
    pub(crate) person: PersonId,
    /// That person's key.
    pub(crate) person_key: PublicKey,
    /// The device that offers.
    pub(crate) device: PublicKey,
    /// Where the device listens.
    pub(crate) addresses: Vec<SocketAddr>,
    /// How the two will meet.
    pub(crate) way: WayOfMeeting,
    /// Known only to who has seen the ticket.
    pub(crate) secret: Zeroizing<[u8; 16]>,
    /// Until when it works, in whole seconds.
    pub(crate) expires_at: Instant,
    /// Whom it brings back, if it does.
    pub(crate) again: Option<Again>,
}

/// A ticket's content as it is encoded.
#[derive(Serialize, Deserialize)]
struct Encoded {
    person: [u8; 16],
    person_key: PublicKey,
    device: PublicKey,
    addresses: Vec<SocketAddr>,
    way: Vec<u8>,
    secret: [u8; 16],
    expires_at: i64,
}

impl Ticket {
    /// The text to show.
    pub(crate) fn text(&self) -> Option<String> {
        let encoded = Encoded {
            person: *self.person.as_bytes(),
            person_key: self.person_key,
            device: self.device,
            addresses: self.addresses.iter().take(MAX_ADDRESSES).copied().collect(),
            way: self.way.bytes(),
            secret: *self.secret,
            expires_at: self.expires_at.timestamp(),
        };
        let kind = if self.again.is_some() { BRINGS_BACK } else { 0 };
        let mut bytes = Zeroizing::new(vec![VERSION | kind]);
        bytes.extend_from_slice(&Zeroizing::new(postcard::to_stdvec(&encoded).ok()?));
        if let Some(again) = &self.again {
            bytes.extend(postcard::to_stdvec(&(again.person.as_bytes(), again.list_above)).ok()?);
        }
        let checksum = checksum(&bytes);
        bytes.extend_from_slice(&checksum);
        Some(BASE32_NOPAD.encode(&bytes))
    }

    /// Reads a ticket that was scanned or typed. Blanks, dashes and small letters do no harm, nor do
    /// the digits that look like a letter.
    pub(crate) fn read(text: &str) -> Result<Self, PairingProblem> {
        if text.len() > MAX_TEXT {
            return Err(PairingProblem::NotATicket);
        }
        let typed: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| match c.to_ascii_uppercase() {
                '0' => 'O',
                '1' => 'I',
                '8' => 'B',
                c => c,
            })
            .collect();
        let bytes = BASE32_NOPAD.decode(typed.as_bytes()).map_err(|_| PairingProblem::NotATicket)?;
        let bytes = Zeroizing::new(bytes);
        let (content, sum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(PairingProblem::NotATicket)?;
        if checksum(content) != *sum {
            return Err(PairingProblem::NotATicket);
        }
        match content.split_first() {
            Some((&version, rest)) if version & !BRINGS_BACK == VERSION => {
                Self::decode(rest, version != VERSION).ok_or(PairingProblem::NotATicket)
            }
            Some((&version, _)) if version > VERSION => Err(PairingProblem::NewerTicket),
            _ => Err(PairingProblem::NotATicket),
        }
    }

    fn decode(bytes: &[u8], brings_back: bool) -> Option<Self> {
        let (encoded, mut rest): (Encoded, _) = postcard::take_from_bytes(bytes).ok()?;
        let mut again = None;
        if brings_back {
            let ((person, list_above), behind): (([u8; 16], u64), _) =
                postcard::take_from_bytes(rest).ok()?;
            again = Some(Again { person: PersonId::from_bytes(person), list_above });
            rest = behind;
        }
        if !rest.is_empty() || encoded.addresses.len() > MAX_ADDRESSES {
            return None;
        }
        Some(Self {
            person: PersonId::from_bytes(encoded.person),
            person_key: encoded.person_key,
            device: encoded.device,
            addresses: encoded.addresses,
            way: WayOfMeeting::from_bytes(&encoded.way)?,
            secret: Zeroizing::new(encoded.secret),
            expires_at: Instant::from_timestamp_secs(encoded.expires_at)?,
            again,
        })
    }
}

/// So that a ticket with a letter wrong is told as such, and not as a device out of reach.
fn checksum(content: &[u8]) -> [u8; CHECKSUM] {
    let digest = Sha256::new().chain_update(b"common-ground ticket\0").chain_update(content).finalize();
    let mut sum = [0; CHECKSUM];
    sum.copy_from_slice(&digest[..CHECKSUM]);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket() -> Ticket {
        Ticket {
            person: PersonId::from_bytes([1; 16]),
            person_key: [2; 32],
            device: [3; 32],
            addresses: vec![
                "192.168.1.20:41000".parse().expect("an address"),
                "[fe80::1]:7".parse().expect("one"),
            ],
            way: WayOfMeeting::OwnRelay { url: "https://relay.example/".to_owned() },
            secret: Zeroizing::new([4; 16]),
            expires_at: Instant::from_timestamp_secs(1_790_000_000).expect("a time"),
            again: None,
        }
    }

    #[test]
    fn a_ticket_is_read_back_also_when_typed_by_hand() {
        let text = ticket().text().expect("text");
        assert!(text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()));
        let typed: String = text
            .to_lowercase()
            .chars()
            .enumerate()
            .flat_map(|(n, c)| if n % 5 == 4 { vec![c, if n % 2 == 0 { ' ' } else { '-' }] } else { vec![c] })
            .collect();
        let read = Ticket::read(&typed).expect("a ticket");
        assert_eq!(read.text(), ticket().text());
    }

    /// Made by another program from `docs/pairing.md`.
    #[test]
    fn a_ticket_of_version_2_stays_what_it_is() {
        let golden = "AIAQCAIBAEAQCAIBAEAQCAIBAEAQEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQDAMBQGAYDAM\
             BQGAYDAMBQGAYDAMBQGAYDAMBQGAYDAMBQGAYDAMBABQFIAEKKRQACAH7IAAAAAAAAAAAAAAAAAAAAAAAQOFYBNB2H\
             I4DTHIXS64TFNRQXSLTFPBQW24DMMUXQIBAEAQCAIBAEAQCAIBAEAQCAJAHORGVQ23P3233A";
        assert_eq!(ticket().text().as_deref(), Some(golden));
    }

    #[test]
    fn a_ticket_that_brings_somebody_back_says_whom() {
        let again = Some(Again { person: PersonId::from_bytes([7; 16]), list_above: 3 });
        let text = Ticket { again, ..ticket() }.text().expect("text");
        assert_eq!(Ticket::read(&text).expect("a ticket").again, again);
        assert_eq!(Ticket::read(&ticket().text().expect("text")).expect("a ticket").again, None);
    }

    #[test]
    fn every_wrong_letter_is_noticed() {
        let text = ticket().text().expect("text");
        for n in 0..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[n] = if wrong[n] == b'A' { b'C' } else { b'A' };
            let wrong = String::from_utf8(wrong).expect("text");
            assert_eq!(Ticket::read(&wrong).err(), Some(PairingProblem::NotATicket), "letter {n}");
        }
        for end in 0..text.len() {
            assert_eq!(Ticket::read(&text[..end]).err(), Some(PairingProblem::NotATicket), "cut at {end}");
        }
    }

    #[test]
    fn a_ticket_of_a_newer_version_is_told_as_such() {
        let mut bytes = vec![VERSION + 1, 9, 9, 9];
        bytes.extend(checksum(&bytes));
        assert_eq!(Ticket::read(&BASE32_NOPAD.encode(&bytes)).err(), Some(PairingProblem::NewerTicket));
    }

    #[test]
    fn a_ticket_of_the_version_before_is_no_ticket_any_more() {
        let mut bytes = vec![1, 9, 9, 9];
        bytes.extend(checksum(&bytes));
        assert_eq!(Ticket::read(&BASE32_NOPAD.encode(&bytes)).err(), Some(PairingProblem::NotATicket));
    }

    #[test]
    fn a_ticket_says_how_the_two_will_meet() {
        for way in [WayOfMeeting::SameNetwork, WayOfMeeting::Public] {
            let ticket = Ticket { way: way.clone(), ..ticket() };
            assert_eq!(Ticket::read(&ticket.text().expect("text")).map(|read| read.way), Ok(way));
        }
    }

    #[test]
    fn what_is_no_ticket_is_told_as_such() {
        let long = "A".repeat(100_000);
        for text in ["", "HELLO", "ÄÖÜ", "9999", long.as_str()] {
            assert_eq!(Ticket::read(text).err(), Some(PairingProblem::NotATicket));
        }
    }
}
