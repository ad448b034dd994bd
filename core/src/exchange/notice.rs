//! Notices: what the two announce to each other beside the plan, each signed by a device of its author.
//!
//! A notice is never changed and never taken away. Two devices hold the same set in the end, whoever delivers what,
//! also when the plan is frozen and while a person has locked their device.

use chrono::Datelike;
use sha2::{Digest, Sha256};

use crate::clock::Instant;
use crate::id::{GoalId, ParcelId, PersonId, RelationshipId};
use crate::relationship::key::{DeviceKey, PublicKey, is_signed_by};

/// What begins the signed bytes, so that no other signature of a device key can pass for a notice.
const DOMAIN: &[u8] = b"common-ground notice 1\0";
/// The most bytes of a notice's body.
pub(crate) const MAX_BODY: usize = 256;
/// Kind, time, author and parcel, which every body has.
const HEAD: usize = 1 + 8 + 16 + 16;

/// What is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Announced {
    /// By the giver: a parcel is ready to be fetched.
    HandedOver(Label),
    /// By the receiver: all of it has come.
    Arrived(ParcelId),
    /// By the receiver: it was opened.
    Opened(ParcelId),
    /// By the giver: it is to be deleted. Final for this parcel.
    TakenBack(ParcelId),
    /// By the receiver: the wish to delete it has come.
    AskedToDelete(ParcelId),
    /// By the receiver: it is deleted.
    Deleted(ParcelId),
    /// The author has read what is shared and what is not, in this version of the text.
    ReadTerms {
        /// Which version.
        version: u16,
    },
    /// The author ends the relationship.
    Ended,
}

/// What stands on a parcel while its content is still on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Label {
    /// Which parcel.
    pub(crate) parcel: ParcelId,
    /// Of the content, keyed with its salt.
    pub(crate) digest: [u8; 32],
    /// Bytes of the content.
    pub(crate) length: u32,
    /// The excerpt that it comments on.
    pub(crate) about: Option<ParcelId>,
    /// The goal that it belongs to.
    pub(crate) goal: Option<GoalId>,
}

/// Who announces what, and when their clock said it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Notice {
    /// Whose notice.
    pub(crate) author: PersonId,
    /// As the author's device claims, to the microsecond.
    pub(crate) at: Instant,
    /// What it says.
    pub(crate) announced: Announced,
}

/// A notice as it travels and lies in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedNotice {
    /// The encoded notice.
    pub(crate) body: Vec<u8>,
    /// The public key of the device that signed.
    pub(crate) device: PublicKey,
    /// Over domain tag, relationship and body.
    pub(crate) signature: [u8; 64],
}

impl Announced {
    /// The number under which it travels.
    pub(crate) const fn kind(&self) -> u8 {
        match self {
            Self::HandedOver(_) => 1,
            Self::Arrived(_) => 2,
            Self::Opened(_) => 3,
            Self::TakenBack(_) => 4,
            Self::AskedToDelete(_) => 5,
            Self::Deleted(_) => 6,
            Self::ReadTerms { .. } => 7,
            Self::Ended => 8,
        }
    }

    /// The parcel it is about.
    pub(crate) fn parcel(&self) -> Option<ParcelId> {
        match self {
            Self::HandedOver(label) => Some(label.parcel),
            Self::Arrived(parcel)
            | Self::Opened(parcel)
            | Self::TakenBack(parcel)
            | Self::AskedToDelete(parcel)
            | Self::Deleted(parcel) => Some(*parcel),
            Self::ReadTerms { .. } | Self::Ended => None,
        }
    }
}

impl Notice {
    /// Signs it with a device's key.
    pub(crate) fn sign(&self, relationship: &RelationshipId, device: &DeviceKey) -> SignedNotice {
        let body = self.encode();
        let signature = device.sign(&signed_bytes(relationship, &body));
        SignedNotice { body, device: device.public(), signature }
    }

    fn encode(&self) -> Vec<u8> {
        const NONE: [u8; 16] = [0; 16];
        let parcel = self.announced.parcel();
        let mut body = vec![self.announced.kind()];
        body.extend(self.at.timestamp_micros().to_be_bytes());
        body.extend(self.author.as_bytes());
        body.extend(parcel.as_ref().map_or(&NONE, ParcelId::as_bytes));
        match &self.announced {
            Announced::HandedOver(label) => {
                body.extend(label.digest);
                body.extend(label.length.to_be_bytes());
                body.extend(label.about.as_ref().map_or(&NONE, ParcelId::as_bytes));
                body.extend(label.goal.as_ref().map_or(&NONE, GoalId::as_bytes));
            }
            Announced::ReadTerms { version } => body.extend(version.to_be_bytes()),
            _ => {}
        }
        body
    }
}

impl SignedNotice {
    /// What it says, if it is of a form that this version knows. Whether the signature is good is another question.
    pub(crate) fn read(&self) -> Option<Notice> {
        let (head, rest) = self.body.split_at_checked(HEAD)?;
        let (kind, head) = head.split_first()?;
        let at = i64::from_be_bytes(head[..8].try_into().ok()?);
        let author = PersonId::from_bytes(head[8..24].try_into().ok()?);
        let parcel = some(head[24..].try_into().ok()?).map(ParcelId::from_bytes);
        let announced = match (kind, parcel) {
            (1, Some(parcel)) => Announced::HandedOver(read_label(parcel, rest)?),
            (7, None) => Announced::ReadTerms { version: u16::from_be_bytes(rest.try_into().ok()?) },
            _ if !rest.is_empty() => return None,
            (2, Some(parcel)) => Announced::Arrived(parcel),
            (3, Some(parcel)) => Announced::Opened(parcel),
            (4, Some(parcel)) => Announced::TakenBack(parcel),
            (5, Some(parcel)) => Announced::AskedToDelete(parcel),
            (6, Some(parcel)) => Announced::Deleted(parcel),
            (8, None) => Announced::Ended,
            _ => return None,
        };
        let at = Instant::from_timestamp_micros(at).filter(|at| (1970..=9999).contains(&at.year()))?;
        Some(Notice { author, at, announced })
    }

    /// Whether the signature is good. Whether the device may speak for anybody is another question.
    pub(crate) fn is_genuine(&self, relationship: &RelationshipId) -> bool {
        is_signed_by(&self.device, &signed_bytes(relationship, &self.body), &self.signature)
    }

    /// The same, signed by another device.
    pub(crate) fn again(&self, relationship: &RelationshipId, device: &DeviceKey) -> Self {
        let signature = device.sign(&signed_bytes(relationship, &self.body));
        Self { body: self.body.clone(), device: device.public(), signature }
    }

    /// Its id: the digest of what is signed.
    pub(crate) fn id(&self, relationship: &RelationshipId) -> [u8; 32] {
        Sha256::digest(signed_bytes(relationship, &self.body)).into()
    }
}

fn read_label(parcel: ParcelId, rest: &[u8]) -> Option<Label> {
    let (digest, rest) = rest.split_first_chunk::<32>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (about, rest) = rest.split_first_chunk::<16>()?;
    let goal: [u8; 16] = rest.try_into().ok()?;
    Some(Label {
        parcel,
        digest: *digest,
        length: u32::from_be_bytes(*length),
        about: some(*about).map(ParcelId::from_bytes),
        goal: some(goal).map(GoalId::from_bytes),
    })
}

/// An id that is there; zeros stand for none.
fn some(id: [u8; 16]) -> Option<[u8; 16]> {
    (id != [0; 16]).then_some(id)
}

fn signed_bytes(relationship: &RelationshipId, body: &[u8]) -> Vec<u8> {
    [DOMAIN, relationship.as_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: RelationshipId = RelationshipId::from_bytes([7; 16]);

    fn all() -> Vec<Announced> {
        let parcel = ParcelId::from_bytes([3; 16]);
        let label = Label { parcel, digest: [4; 32], length: 5, about: None, goal: None };
        let about = Some(ParcelId::from_bytes([6; 16]));
        vec![
            Announced::HandedOver(label),
            Announced::HandedOver(Label { about, goal: Some(GoalId::from_bytes([8; 16])), ..label }),
            Announced::Arrived(parcel),
            Announced::Opened(parcel),
            Announced::TakenBack(parcel),
            Announced::AskedToDelete(parcel),
            Announced::Deleted(parcel),
            Announced::ReadTerms { version: 2 },
            Announced::Ended,
        ]
    }

    fn signed(announced: Announced) -> (Notice, SignedNotice) {
        let at = Instant::from_timestamp_micros(12).expect("a time");
        let notice = Notice { author: PersonId::from_bytes([1; 16]), at, announced };
        (notice, notice.sign(&HERE, &DeviceKey::from_secret(&[9; 32])))
    }

    #[test]
    fn every_notice_is_read_back_as_it_was_signed() {
        for announced in all() {
            let (notice, signed) = signed(announced);
            assert_eq!(signed.read(), Some(notice));
            assert!(signed.is_genuine(&HERE) && signed.body.len() <= MAX_BODY);
        }
    }

    #[test]
    fn a_notice_of_another_relationship_or_with_another_byte_is_not_genuine() {
        for announced in all() {
            let (_, signed) = signed(announced);
            assert!(!signed.is_genuine(&RelationshipId::from_bytes([8; 16])));
            for n in 0..signed.body.len() {
                let mut changed = signed.clone();
                changed.body[n] ^= 1;
                assert!(!changed.is_genuine(&HERE), "byte {n}");
            }
        }
    }

    #[test]
    fn a_notice_of_a_year_that_no_calendar_shows_says_nothing() {
        for at in [-1, i64::MIN, i64::MAX, Instant::MAX_UTC.timestamp_micros()] {
            let (_, mut signed) = signed(Announced::Ended);
            signed.body[1..9].copy_from_slice(&at.to_be_bytes());
            assert_eq!(signed.read(), None, "{at}");
        }
    }

    #[test]
    fn a_notice_that_is_shorter_longer_or_of_another_kind_says_nothing() {
        for announced in all() {
            let (_, signed) = signed(announced);
            for end in 0..signed.body.len() {
                let short = SignedNotice { body: signed.body[..end].to_vec(), ..signed.clone() };
                assert_eq!(short.read(), None, "{announced:?} cut at {end}");
            }
            let long = SignedNotice { body: [&signed.body[..], &[0]].concat(), ..signed.clone() };
            assert_eq!(long.read(), None);
            let mut other = signed;
            other.body[0] = 200;
            assert_eq!(other.read(), None);
        }
    }
}
