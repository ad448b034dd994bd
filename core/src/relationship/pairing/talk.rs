//! The talk of two devices that pair, without I/O: from the first proof to both having stored.
//!
//! ```text
//!   redeemer                                    offerer
//!   Open    proof of the secret, commitment  →
//!                                            ←  Answer  proof of the secret, commitment
//!   Reveal  nonce and who I am               →
//!                                            ←  Reveal  nonce and who I am
//!   both screens show the code of words, both people compare
//!   Confirm                                 ⇄  Confirm
//!   Stored                                  ⇄  Stored
//! ```
//!
//! Each side is bound to its nonce and to its keys before it sees the other's nonce, so whoever sits
//! in between has one try in 2^44 to show both people the same words. After a cut the two count what
//! came and go on with the same words: the device keys that the words vouch for prove themselves
//! again by TLS.

mod meeting;

use std::collections::HashMap;
use std::sync::Arc;

use super::message::{Introduction, MAX_MESSAGE, Message, reason};
use super::transcript::{Side, commitment, confirmation, knowledge, same};
use crate::error::PairingProblem;
use crate::id::{PersonId, RelationshipId};
use crate::relationship::device_list::SignedDeviceList;
use crate::relationship::key::PublicKey;
use crate::relationship::people::NewPerson;
use crate::relationship::renewal::SignedRenewal;
use crate::relationship::ticket::Ticket;
use crate::relationship::way::WayOfMeeting;
use crate::relationship::{PairingCode, Role};

/// Who this device says it is.
pub(crate) struct Own {
    /// The person.
    pub(crate) person: PersonId,
    /// The person's public key.
    pub(crate) person_key: PublicKey,
    /// Client or therapist.
    pub(crate) role: Role,
    /// What the other person sees.
    pub(crate) display_name: String,
    /// This device.
    pub(crate) device: PublicKey,
    /// The person's devices.
    pub(crate) list: SignedDeviceList,
    /// The highest level of a plan that this device reads.
    pub(crate) reads: u16,
    /// To whom files for this device are sealed.
    pub(crate) recipient: String,
    /// Everyone this person has paired with.
    pub(crate) known: HashMap<PersonId, Known>,
    /// The relationships that are over.
    pub(crate) over: Vec<RelationshipId>,
}

/// Somebody this person has paired with.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    /// The relationship with them that goes on, if any does.
    pub(crate) relationship: Option<RelationshipId>,
    /// The key of the other person.
    pub(crate) key: PublicKey,
    /// Client or therapist.
    pub(crate) role: Role,
}

/// What both have agreed to store.
#[derive(Clone)]
pub(crate) struct Agreed {
    /// The new relationship, or the one that one side had stored already.
    pub(crate) relationship: RelationshipId,
    /// The other person.
    pub(crate) other: NewPerson,
    /// The other device, and to whom files for it are sealed.
    pub(crate) device: PublicKey,
    /// An age recipient.
    pub(crate) recipient: String,
    /// The words that both have seen.
    pub(crate) code: Vec<String>,
    /// How they will meet, as the ticket says.
    pub(crate) way: WayOfMeeting,
    /// Where one of the two comes back who lost their device: who.
    pub(crate) again: Option<ComingBack>,
}

/// Who comes back.
#[derive(Clone)]
pub(crate) enum ComingBack {
    /// The other person: what is held here of them is to be renewed, and sent.
    They,
    /// The owner of this device, whose profile takes over the id they had.
    We {
        /// By which this device says whose it is.
        list: Box<SignedDeviceList>,
        /// What the other has signed. Nothing is stored before it is here.
        renewal: Option<Box<SignedRenewal>>,
    },
}

/// What comes of a message, or of what the person said.
pub(crate) enum Step {
    /// Both screens show this now.
    Code(PairingCode),
    /// Both have confirmed: store it, durably, and say [`Talk::stored`].
    Agreed(Box<Agreed>),
    /// Both have stored it.
    Done,
}

/// What the redeemer says first, once its proof has been found right.
pub(super) struct Opening {
    pub(super) commitment: [u8; 32],
    pub(super) person: PersonId,
}

/// A talk under way. It outlives connections.
pub(crate) struct Talk {
    side: Side,
    own: Arc<Own>,
    ticket: Ticket,
    /// The other device, proven by TLS.
    pub(super) peer: PublicKey,
    /// The person whose device that is, by the ticket or by their own first word.
    other: PersonId,
    /// Of the connection on which the talk began.
    exporter: [u8; 32],
    nonce: [u8; 32],
    introduction: Vec<u8>,
    peer_commitment: Option<[u8; 32]>,
    transcript: Option<[u8; 32]>,
    agreed: Option<Agreed>,
    confirmed_here: bool,
    confirmed_there: bool,
    stored_here: bool,
    stored_there: bool,
    /// All that this side has said, in order.
    said: Vec<Vec<u8>>,
    /// How many of these went out on the connection there is now.
    sent: usize,
    /// How many messages of the other side have come.
    received: usize,
    /// Goes out before anything else.
    first: Option<Vec<u8>>,
    /// After a cut nothing is said again before the other side told how far it has come.
    waits_for_resume: bool,
}

impl Talk {
    /// Begins a talk as the one who redeems.
    pub(super) fn redeem(own: Arc<Own>, ticket: Ticket, exporter: [u8; 32], nonce: [u8; 32]) -> Self {
        let peer = ticket.device;
        let (other, person) = (ticket.person, *own.person.as_bytes());
        let mut talk = Self::new(Side::Redeems, own, ticket, peer, other, exporter, nonce);
        let (proof, commitment) = (talk.proof(Side::Redeems), talk.commitment());
        talk.say(&Message::Open { proof, commitment, person });
        talk
    }

    /// Begins a talk as the one who offers, with whoever proved that they know the secret.
    pub(super) fn offer(
        own: Arc<Own>,
        ticket: Ticket,
        peer: PublicKey,
        exporter: [u8; 32],
        nonce: [u8; 32],
        opening: &Opening,
    ) -> Self {
        let mut talk = Self::new(Side::Offers, own, ticket, peer, opening.person, exporter, nonce);
        talk.peer_commitment = Some(opening.commitment);
        talk.received = 1;
        let (proof, commitment) = (talk.proof(Side::Offers), talk.commitment());
        talk.say(&Message::Answer { proof, commitment });
        talk
    }

    fn new(
        side: Side,
        own: Arc<Own>,
        ticket: Ticket,
        peer: PublicKey,
        other: PersonId,
        exporter: [u8; 32],
        nonce: [u8; 32],
    ) -> Self {
        let already = own.known.get(&other).and_then(|known| known.relationship);
        let introduction = Introduction {
            person: *own.person.as_bytes(),
            person_key: own.person_key,
            is_therapist: own.role == Role::Therapist,
            display_name: own.display_name.clone(),
            list: own.list.bytes.clone(),
            list_signature: own.list.signature.to_vec(),
            already: already.map(|id| *id.as_bytes()),
            reads: own.reads,
            recipient: own.recipient.clone(),
        };
        Self {
            side,
            introduction: introduction.encode(),
            own,
            ticket,
            peer,
            other,
            exporter,
            nonce,
            peer_commitment: None,
            transcript: None,
            agreed: None,
            confirmed_here: false,
            confirmed_there: false,
            stored_here: false,
            stored_there: false,
            said: Vec::new(),
            sent: 0,
            received: 0,
            first: None,
            waits_for_resume: false,
        }
    }

    /// Whether the nonce is out: from then on the talk can only go on, not begin anew.
    pub(super) fn has_revealed(&self) -> bool {
        self.said.len() > 1
    }

    /// Whether anything of the other side has come.
    pub(super) fn was_answered(&self) -> bool {
        self.received > 0
    }

    /// The next frame to send on the connection there is.
    pub(super) fn poll(&mut self) -> Option<Vec<u8>> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        if self.waits_for_resume {
            return None;
        }
        let frame = self.said.get(self.sent)?.clone();
        self.sent += 1;
        Some(frame)
    }

    /// Goes on over a new connection: says how far it has come, and waits to hear the same.
    pub(super) fn resume(&mut self) {
        self.first = Some(self.how_far());
        self.waits_for_resume = true;
    }

    /// Hears how far the other side has come, at the beginning of a new connection.
    pub(super) fn resumed(&mut self, received: u8) -> Result<(), PairingProblem> {
        let received = usize::from(received);
        if received > self.said.len() {
            return Err(PairingProblem::Broken);
        }
        self.sent = received;
        if self.side == Side::Offers {
            self.first = Some(self.how_far());
        }
        self.waits_for_resume = false;
        Ok(())
    }

    /// Takes in the next message of the other side. Only the one that is due is taken.
    pub(super) fn receive(&mut self, frame: &[u8]) -> Result<Option<Step>, PairingProblem> {
        match (Message::read(frame)?, self.side, self.received) {
            (Message::Decline, ..) => Err(PairingProblem::NotConfirmed),
            (Message::Refused { problem }, ..) => Err(reason(problem)),
            (Message::Resume { received }, Side::Redeems, _) if self.waits_for_resume => {
                self.resumed(received)?;
                Ok(None)
            }
            (_, _, _) if self.waits_for_resume => Err(PairingProblem::Broken),
            (Message::Answer { proof, commitment }, Side::Redeems, 0) => {
                if !same(&proof, &self.proof(Side::Offers)) {
                    return Err(PairingProblem::Broken);
                }
                self.peer_commitment = Some(commitment);
                self.received = 1;
                self.reveal();
                Ok(None)
            }
            (Message::Reveal { nonce, introduction }, _, 1) => {
                let code = self.meet(&nonce, &introduction)?;
                self.received = 2;
                if self.side == Side::Offers {
                    self.reveal();
                }
                Ok(Some(Step::Code(code)))
            }
            (Message::Confirm { token }, _, 2) => {
                if !same(&token, &self.token(self.side.other())) {
                    return Err(PairingProblem::Broken);
                }
                self.received = 3;
                self.confirmed_there = true;
                Ok(self.agreement())
            }
            // The other can only have stored after both had confirmed.
            (Message::Renewed { renewal, signature }, Side::Redeems, 3) if self.waits_for_renewal() => {
                self.renewed(renewal, &signature)?;
                self.received = 4;
                Ok(self.agreement())
            }
            (Message::Stored, _, received) if self.confirmed_here && received == self.before_stored() => {
                self.received += 1;
                self.stored_there = true;
                Ok(self.end())
            }
            _ => Err(PairingProblem::Broken),
        }
    }

    /// The person says that the words are the same.
    pub(super) fn confirm(&mut self) -> Option<Step> {
        if self.confirmed_here || self.agreed.is_none() {
            return None;
        }
        self.confirmed_here = true;
        self.say(&Message::Confirm { token: self.token(self.side) });
        self.agreement()
    }

    /// What was agreed is stored here, durably, with what was signed of the one who comes back.
    pub(super) fn stored(&mut self, renewal: Option<&SignedRenewal>) -> Option<Step> {
        if !self.stored_here {
            self.stored_here = true;
            if let Some(SignedRenewal { bytes, signature, .. }) = renewal {
                self.say(&Message::Renewed { renewal: bytes.clone(), signature: signature.to_vec() });
            }
            self.say(&Message::Stored);
        }
        self.end()
    }

    /// Whether `proof` shows that the redeemer knows the secret, on this very connection.
    pub(super) fn redeemer_knows(
        ticket: &Ticket,
        peer: &PublicKey,
        exporter: &[u8; 32],
        proof: &[u8; 32],
    ) -> bool {
        same(proof, &knowledge(ticket, Side::Redeems, peer, exporter))
    }

    fn say(&mut self, message: &Message) {
        let frame = message.encode();
        debug_assert!(frame.len() <= MAX_MESSAGE);
        self.said.push(frame);
    }

    fn reveal(&mut self) {
        self.say(&Message::Reveal { nonce: self.nonce, introduction: self.introduction.clone() });
    }

    fn how_far(&self) -> Vec<u8> {
        Message::Resume { received: u8::try_from(self.received).unwrap_or(u8::MAX) }.encode()
    }

    /// Whether this device is to hear first what the other has signed of its owner.
    fn waits_for_renewal(&self) -> bool {
        let coming_back = self.agreed.as_ref().and_then(|agreed| agreed.again.as_ref());
        self.confirmed_here && matches!(coming_back, Some(ComingBack::We { renewal: None, .. }))
    }

    /// How many messages have come before the one that says that all is stored.
    fn before_stored(&self) -> usize {
        if self.side == Side::Redeems && self.ticket.again.is_some() { 4 } else { 3 }
    }

    fn renewed(&mut self, bytes: Vec<u8>, signature: &[u8]) -> Result<(), PairingProblem> {
        let signature = signature.try_into().map_err(|_| PairingProblem::Broken)?;
        let signed = SignedRenewal { bytes, device: self.peer, signature };
        let agreed = self.agreed.as_mut().ok_or(PairingProblem::Broken)?;
        let opened = signed.open(agreed.relationship, &self.own.person, &agreed.other.id);
        let opened = opened.ok_or(PairingProblem::Broken)?;
        match &mut agreed.again {
            Some(ComingBack::We { renewal, .. }) if opened.key == self.own.person_key => {
                *renewal = Some(Box::new(signed));
                Ok(())
            }
            _ => Err(PairingProblem::Broken),
        }
    }

    fn agreement(&self) -> Option<Step> {
        let both = self.confirmed_here && self.confirmed_there && !self.waits_for_renewal();
        self.agreed.clone().filter(|_| both).map(|agreed| Step::Agreed(Box::new(agreed)))
    }

    fn end(&self) -> Option<Step> {
        (self.stored_here && self.stored_there).then_some(Step::Done)
    }

    fn redeemer(&self) -> &PublicKey {
        match self.side {
            Side::Offers => &self.peer,
            Side::Redeems => &self.own.device,
        }
    }

    fn proof(&self, side: Side) -> [u8; 32] {
        knowledge(&self.ticket, side, self.redeemer(), &self.exporter)
    }

    fn commitment(&self) -> [u8; 32] {
        commitment(self.side, &self.nonce, &self.introduction)
    }

    fn token(&self, side: Side) -> [u8; 32] {
        confirmation(side, &self.transcript.unwrap_or_default())
    }
}
