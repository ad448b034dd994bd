//! What binds the two sides of a pairing: proofs, commitments, and the transcript that the code of
//! words comes from. Each is a SHA-256 over a tag of its own and parts of fixed length.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::id::{PersonId, RelationshipId};
use crate::relationship::Role;
use crate::relationship::key::PublicKey;
use crate::relationship::ticket::Ticket;

/// How many words a code has, of 11 bits each.
const WORDS: usize = 4;

/// Which side of a pairing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Offers,
    Redeems,
}

impl Side {
    /// The other side.
    pub(super) fn other(self) -> Self {
        match self {
            Self::Offers => Self::Redeems,
            Self::Redeems => Self::Offers,
        }
    }

    fn tag(self) -> [u8; 1] {
        match self {
            Self::Offers => [1],
            Self::Redeems => [2],
        }
    }

    /// What belongs to the one who offers, then what belongs to the one who redeems.
    pub(super) fn in_order<T>(self, here: T, there: T) -> [T; 2] {
        match self {
            Self::Offers => [here, there],
            Self::Redeems => [there, here],
        }
    }
}

/// One person's part of the transcript.
pub(super) struct Half<'a> {
    pub(super) person: &'a PersonId,
    pub(super) person_key: &'a PublicKey,
    pub(super) device: &'a PublicKey,
    pub(super) role: Role,
    pub(super) nonce: &'a [u8; 32],
    pub(super) introduction: &'a [u8],
}

/// Everything that the words vouch for, in the same order on both sides.
pub(super) fn transcript(
    ticket: &Ticket,
    exporter: &[u8; 32],
    relationship: RelationshipId,
    halves: &[Half<'_>; 2],
) -> [u8; 32] {
    let mut hash = Sha256::new()
        .chain_update(b"common-ground pairing transcript 2\0")
        .chain_update(ticket.secret.as_slice())
        .chain_update(Sha256::digest(ticket.way.bytes()))
        .chain_update(exporter)
        .chain_update(relationship.as_bytes());
    for half in halves {
        hash = hash
            .chain_update(half.person.as_bytes())
            .chain_update(half.person_key)
            .chain_update(half.device)
            .chain_update([u8::from(half.role == Role::Therapist)])
            .chain_update(half.nonce)
            .chain_update(Sha256::digest(half.introduction));
    }
    hash.finalize().into()
}

/// The id of a new relationship: neither side can choose it.
pub(super) fn new_relationship(halves: &[(&PersonId, &[u8; 32]); 2]) -> RelationshipId {
    let mut hash = Sha256::new().chain_update(b"common-ground relationship 1\0");
    for (person, nonce) in halves {
        hash = hash.chain_update(person.as_bytes()).chain_update(nonce);
    }
    let digest = hash.finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    RelationshipId::from_bytes(id)
}

/// Shows which side has confirmed, and which transcript.
pub(super) fn confirmation(side: Side, transcript: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"common-ground pairing confirm 1\0")
        .chain_update(side.tag())
        .chain_update(transcript)
        .finalize()
        .into()
}

/// Shows that one side knows the secret, on one connection between two devices.
pub(super) fn knowledge(ticket: &Ticket, side: Side, redeemer: &PublicKey, exporter: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"common-ground pairing proof 1\0")
        .chain_update(side.tag())
        .chain_update(ticket.secret.as_slice())
        .chain_update(exporter)
        .chain_update(ticket.device)
        .chain_update(redeemer)
        .finalize()
        .into()
}

/// Binds one side to its nonce and to who it says it is.
pub(super) fn commitment(side: Side, nonce: &[u8; 32], introduction: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"common-ground pairing commitment 1\0")
        .chain_update(side.tag())
        .chain_update(nonce)
        .chain_update(introduction)
        .finalize()
        .into()
}

/// Compares without telling by its time how far the two agree.
pub(super) fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    a.ct_eq(b).into()
}

/// The words of a transcript: 11 bits each, from its beginning.
pub(super) fn words(transcript: &[u8; 32]) -> Vec<String> {
    let list = bip39::Language::English.word_list();
    let mut bits = transcript.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    (0..WORDS)
        .map(|_| {
            let word = (bits >> 53) as usize;
            bits <<= 11;
            list[word].to_owned()
        })
        .collect()
}
