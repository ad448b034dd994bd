//! What the two devices say to each other while pairing: small messages of a few kinds, each read
//! whole and with nothing left over.

use serde::{Deserialize, Serialize};

use crate::error::PairingProblem;
use crate::relationship::device_list::SignedDeviceList;
use crate::relationship::key::PublicKey;

/// The most bytes of a message.
pub(crate) const MAX_MESSAGE: usize = 8_192;

/// One message.
#[derive(Serialize, Deserialize)]
pub(super) enum Message {
    /// The redeemer knows the secret, and is bound to a nonce and to who it is.
    Open { proof: [u8; 32], commitment: [u8; 32], person: [u8; 16] },
    /// So does and is the one who offers.
    Answer { proof: [u8; 32], commitment: [u8; 32] },
    /// Opens the commitment.
    Reveal { nonce: [u8; 32], introduction: Vec<u8> },
    /// The person says that the words are the same.
    Confirm { token: [u8; 32] },
    /// The relationship is stored here.
    Stored,
    /// The person says that they are not, or left.
    Decline,
    /// It ends here, and why.
    Refused { problem: u8 },
    /// After a cut: how many messages have come. Goes first, both ways, and is not counted itself.
    Resume { received: u8 },
    /// By the one who offers, where the ticket brings somebody back: what it has signed of them.
    Renewed { renewal: Vec<u8>, signature: Vec<u8> },
}

impl Message {
    /// The bytes of a message.
    pub(super) fn encode(&self) -> Vec<u8> {
        // Writing into memory fails only when that is at an end, which aborts anyway.
        postcard::to_stdvec(self).unwrap_or_default()
    }

    /// Reads a message; extra bytes are a broken rule.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, PairingProblem> {
        if bytes.len() > MAX_MESSAGE {
            return Err(PairingProblem::Broken);
        }
        match postcard::take_from_bytes(bytes) {
            Ok((message, [])) => Ok(message),
            _ => Err(PairingProblem::Broken),
        }
    }
}

/// The message that ends a pairing, and why.
pub(crate) fn refusal(problem: PairingProblem) -> Vec<u8> {
    Message::Refused { problem: number(problem) }.encode()
}

/// Who somebody is, as it travels.
#[derive(Serialize, Deserialize)]
pub(super) struct Introduction {
    pub(super) person: [u8; 16],
    pub(super) person_key: PublicKey,
    pub(super) is_therapist: bool,
    pub(super) display_name: String,
    pub(super) list: Vec<u8>,
    pub(super) list_signature: Vec<u8>,
    /// The relationship that this device already has with the other person: a pairing that was cut
    /// off after only one of the two had stored it is finished under the same id.
    pub(super) already: Option<[u8; 16]>,
    /// The highest level of a plan that this device reads, so that the plan begins at one that both read.
    pub(super) reads: u16,
    /// To whom files for this device are sealed: an age recipient.
    pub(super) recipient: String,
}

impl Introduction {
    pub(super) fn encode(&self) -> Vec<u8> {
        postcard::to_stdvec(self).unwrap_or_default()
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        match postcard::take_from_bytes(bytes) {
            Ok((introduction, [])) => Some(introduction),
            _ => None,
        }
    }

    pub(super) fn signed_list(&self) -> Option<SignedDeviceList> {
        let signature = self.list_signature.as_slice().try_into().ok()?;
        Some(SignedDeviceList { bytes: self.list.clone(), signature })
    }
}

/// The number under which a reason travels.
fn number(problem: PairingProblem) -> u8 {
    match problem {
        PairingProblem::Expired => 1,
        PairingProblem::TicketClosed => 2,
        PairingProblem::SameRole => 3,
        PairingProblem::AlreadyPaired => 4,
        PairingProblem::OwnTicket => 5,
        PairingProblem::IdsTooAlike => 6,
        PairingProblem::NotConfirmed => 7,
        PairingProblem::TooManyTries => 8,
        PairingProblem::ProfileInUse => 10,
        PairingProblem::NotATicket | PairingProblem::NewerTicket | PairingProblem::Broken => 9,
    }
}

/// The reason behind a number; an unknown one is a broken rule.
pub(super) fn reason(number: u8) -> PairingProblem {
    match number {
        1 => PairingProblem::Expired,
        2 => PairingProblem::TicketClosed,
        3 => PairingProblem::SameRole,
        4 => PairingProblem::AlreadyPaired,
        5 => PairingProblem::OwnTicket,
        6 => PairingProblem::IdsTooAlike,
        7 => PairingProblem::NotConfirmed,
        8 => PairingProblem::TooManyTries,
        10 => PairingProblem::ProfileInUse,
        _ => PairingProblem::Broken,
    }
}
