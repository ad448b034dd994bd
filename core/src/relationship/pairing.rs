//! Pairing, without I/O: an [`Offer`] that stays open for one redeemer, and a [`Redemption`] of a
//! ticket. Whoever carries their frames tells them of every new connection; a cut loses nothing.

mod message;
mod talk;
#[cfg(test)]
mod tests;
mod transcript;

pub(crate) use message::{MAX_MESSAGE, refusal};
pub(crate) use talk::{Agreed, ComingBack, Known, Own, Step};

use std::sync::Arc;

use chrono::TimeDelta;
use rusqlite::{Connection, Transaction};

use self::message::Message;
use self::talk::{Opening, Talk};
use super::key::{PublicKey, recipient_of};
use super::renewal::SignedRenewal;
use super::ticket::{Again, Ticket};
use super::way::{self, WayOfMeeting};
use super::{Confirmation, coming_back, people};
use crate::clock::{Instant, World};
use crate::error::PairingProblem;
use crate::exchange::Announced;
use crate::id::PersonId;
use crate::sharing::notices;
use crate::{Error, Result};

/// How long a ticket works.
const LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// How many wrong tries end a ticket.
const WRONG_TRIES: u8 = 3;
/// How often the one redeemer may begin anew before either nonce is out.
const BEGINNINGS: u8 = 8;

impl From<PairingProblem> for Error {
    fn from(problem: PairingProblem) -> Self {
        Self::Pairing { problem }
    }
}

impl Own {
    /// Who this device is, and whom it knows; `reads` is the highest level of a plan that it reads.
    pub(crate) fn read(connection: &Connection, reads: u16) -> Result<Self> {
        let me = people::me(connection)?;
        let list = people::newest_list(connection, me.person)?;
        let keys = people::person_keys(connection, me.person)?;
        let (mut known, mut over) = (std::collections::HashMap::new(), Vec::new());
        for relationship in people::relationships(connection)? {
            let other = people::other(connection, relationship.id)?;
            let key = other.keys.first().copied().ok_or_else(|| Error::internal("a person without a key"))?;
            let somebody =
                known.entry(other.person).or_insert(Known { relationship: None, key, role: other.role });
            match relationship.ended {
                None => somebody.relationship = Some(relationship.id),
                Some(_) => over.push(relationship.id),
            }
        }
        Ok(Self {
            person: me.person,
            person_key: keys.first().copied().ok_or(Error::NoProfile)?,
            role: me.role,
            display_name: people::profile(connection)?.display_name,
            device: me.device,
            list: list.ok_or(Error::NoProfile)?,
            reads,
            recipient: recipient_of(&people::device_key(connection)?)?,
            known,
            over,
        })
    }
}

/// A ticket that is open, and the talk with the one who redeemed it.
pub(crate) struct Offer {
    own: Arc<Own>,
    ticket: Ticket,
    wrong_tries: u8,
    beginnings: u8,
    talk: Option<Talk>,
}

/// What becomes of a connection to an open ticket.
pub(crate) enum Welcome {
    /// It carries the talk from now on; the one before it is over.
    Carries,
    /// It is refused, and the ticket stays open.
    Refused(PairingProblem),
    /// It is refused, and all is over.
    Ends(PairingProblem),
}

impl Offer {
    /// Opens a ticket that leads to `addresses`, for two who will meet in this way.
    pub(crate) fn open(
        own: Own,
        addresses: Vec<std::net::SocketAddr>,
        way: WayOfMeeting,
        world: &World,
    ) -> Result<Self> {
        let expires_at = Instant::from_timestamp_secs((world.now() + LIFETIME).timestamp())
            .ok_or_else(|| Error::internal("a time"))?;
        let ticket = Ticket {
            person: own.person,
            person_key: own.person_key,
            device: own.device,
            addresses,
            way,
            secret: zeroize::Zeroizing::new(world.random()?),
            expires_at,
            again: None,
        };
        Ok(Self { own: Arc::new(own), ticket, wrong_tries: 0, beginnings: 0, talk: None })
    }

    /// The same ticket, for somebody who lost their device and is to come back.
    pub(crate) fn bringing_back(mut self, again: Again) -> Self {
        self.ticket.again = Some(again);
        self
    }

    /// Whether the ticket is for this person.
    fn is_for(&self, person: [u8; 16]) -> bool {
        self.ticket.again.is_none_or(|again| *again.person.as_bytes() == person)
    }

    fn wrong_try(&mut self) -> Welcome {
        if self.talk.is_some() {
            return Welcome::Refused(PairingProblem::Broken);
        }
        self.wrong_tries += 1;
        if self.wrong_tries < WRONG_TRIES {
            Welcome::Refused(PairingProblem::TicketClosed)
        } else {
            Welcome::Ends(PairingProblem::TooManyTries)
        }
    }
}

impl Party for Offer {
    fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    fn talk(&mut self) -> Option<&mut Talk> {
        self.talk.as_mut()
    }

    fn welcome(
        &mut self,
        peer: PublicKey,
        exporter: [u8; 32],
        frame: &[u8],
        world: &World,
    ) -> Result<Welcome> {
        if world.now() >= self.ticket.expires_at {
            return Ok(Welcome::Ends(PairingProblem::Expired));
        }
        if self.talk.as_ref().is_some_and(|talk| talk.peer != peer) {
            // Somebody has redeemed it already: nobody else can disturb them.
            return Ok(Welcome::Refused(PairingProblem::TicketClosed));
        }
        match (Message::read(frame), &mut self.talk) {
            (Ok(Message::Resume { received }), Some(talk)) => Ok(match talk.resumed(received) {
                Ok(()) => Welcome::Carries,
                Err(problem) => Welcome::Ends(problem),
            }),
            (Ok(Message::Open { .. }), Some(talk)) if talk.has_revealed() => {
                Ok(Welcome::Refused(PairingProblem::TicketClosed))
            }
            (Ok(Message::Open { proof, commitment, person }), _) => {
                if !Talk::redeemer_knows(&self.ticket, &peer, &exporter, &proof) || !self.is_for(person) {
                    return Ok(self.wrong_try());
                }
                if self.beginnings == BEGINNINGS {
                    return Ok(Welcome::Ends(PairingProblem::TooManyTries));
                }
                self.beginnings += 1;
                let opening = Opening { commitment, person: PersonId::from_bytes(person) };
                let (own, ticket) = (Arc::clone(&self.own), self.ticket.clone());
                self.talk = Some(Talk::offer(own, ticket, peer, exporter, world.random()?, &opening));
                Ok(Welcome::Carries)
            }
            _ => Ok(self.wrong_try()),
        }
    }
}

/// A ticket being redeemed.
pub(crate) struct Redemption {
    own: Arc<Own>,
    ticket: Ticket,
    beginnings: u8,
    talk: Option<Talk>,
}

impl Redemption {
    /// Takes up a ticket, if it can be taken up.
    ///
    /// # Errors
    /// [`PairingProblem::Expired`], [`PairingProblem::OwnTicket`], [`PairingProblem::IdsTooAlike`].
    pub(crate) fn begin(own: Own, ticket: Ticket, now: Instant) -> Result<Self, PairingProblem> {
        if ticket.person == own.person || ticket.device == own.device {
            return Err(PairingProblem::OwnTicket);
        }
        if ticket.person.prefix() == own.person.prefix() {
            return Err(PairingProblem::IdsTooAlike);
        }
        if now >= ticket.expires_at {
            return Err(PairingProblem::Expired);
        }
        Ok(Self { own: Arc::new(own), ticket, beginnings: 0, talk: None })
    }
}

impl Party for Redemption {
    fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    fn talk(&mut self) -> Option<&mut Talk> {
        self.talk.as_mut()
    }

    fn welcome(&mut self, _: PublicKey, exporter: [u8; 32], _: &[u8], world: &World) -> Result<Welcome> {
        self.in_time(world.now())?;
        match &mut self.talk {
            Some(talk) if talk.was_answered() => talk.resume(),
            _ => {
                if self.beginnings == BEGINNINGS {
                    return Err(PairingProblem::TooManyTries.into());
                }
                self.beginnings += 1;
                let (own, ticket) = (Arc::clone(&self.own), self.ticket.clone());
                self.talk = Some(Talk::redeem(own, ticket, exporter, world.random()?));
            }
        }
        Ok(Welcome::Carries)
    }
}

/// What an offer and a redemption do alike.
pub(crate) trait Party {
    /// The ticket.
    fn ticket(&self) -> &Ticket;

    /// A connection to `peer`, proven by TLS, is there; `first` is what the other said first, where it
    /// speaks first.
    ///
    /// # Errors
    /// When there is no chance to be had, or it ends here.
    fn welcome(
        &mut self,
        peer: PublicKey,
        exporter: [u8; 32],
        first: &[u8],
        world: &World,
    ) -> Result<Welcome>;

    /// The talk, once connected.
    fn talk(&mut self) -> Option<&mut Talk>;

    /// The next frame to send.
    fn poll(&mut self) -> Option<Vec<u8>> {
        self.talk()?.poll()
    }

    /// Takes in a frame.
    ///
    /// # Errors
    /// Why it ends.
    fn receive(&mut self, frame: &[u8], now: Instant) -> Result<Option<Step>, PairingProblem> {
        self.in_time(now)?;
        self.talk().ok_or(PairingProblem::Broken)?.receive(frame)
    }

    /// The person says that the words are the same.
    ///
    /// # Errors
    /// [`PairingProblem::Expired`].
    fn confirm(&mut self, now: Instant) -> Result<Option<Step>, PairingProblem> {
        self.in_time(now)?;
        Ok(self.talk().and_then(Talk::confirm))
    }

    /// What was agreed is stored here, and this was signed of the other, where they come back.
    fn stored(&mut self, renewal: Option<&SignedRenewal>) -> Option<Step> {
        self.talk()?.stored(renewal)
    }

    /// How much of the ticket's time is left.
    fn time_left(&self, now: Instant) -> std::time::Duration {
        (self.ticket().expires_at - now).to_std().unwrap_or_default()
    }

    /// # Errors
    /// [`PairingProblem::Expired`].
    fn in_time(&self, now: Instant) -> Result<(), PairingProblem> {
        if now >= self.ticket().expires_at { Err(PairingProblem::Expired) } else { Ok(()) }
    }
}

/// What a device says when its person declines.
pub(crate) fn decline() -> Vec<u8> {
    Message::Decline.encode()
}

/// What storing came to.
#[derive(Clone)]
pub(crate) struct Stored {
    /// The relationship.
    pub(crate) relationship: super::Relationship,
    /// What was signed of the other, where they come back.
    pub(crate) renewal: Option<SignedRenewal>,
}

/// Stores what both have agreed to and that this person has read what will be shared, all or nothing; storing it twice
/// does no harm.
///
/// # Errors
/// [`PairingProblem::AlreadyPaired`] when there is another relationship with this person by now;
/// [`PairingProblem::ProfileInUse`].
pub(crate) fn store(
    transaction: &Transaction<'_>,
    world: &World,
    agreed: &Agreed,
    how: Confirmation,
) -> Result<Stored> {
    let (now, compared) = (world.now(), matches!(how, Confirmation::Compared { .. }));
    let mut signed = None;
    match &agreed.again {
        Some(ComingBack::They) => signed = Some(coming_back::let_back_in(transaction, agreed, now)?),
        Some(ComingBack::We { list, renewal }) => {
            let renewal = renewal.as_ref().ok_or(PairingProblem::Broken)?;
            coming_back::take_over(transaction, agreed.relationship, &agreed.other.id, list, renewal, now)?;
        }
        None => {}
    }
    // Who comes back is known already, by the name they had.
    if signed.is_none() {
        people::keep_person(transaction, &agreed.other, now)?;
    }
    match people::relationship_with(transaction, agreed.other.id)? {
        Some(id) if id != agreed.relationship => return Err(PairingProblem::AlreadyPaired.into()),
        Some(id) => people::keep_code(transaction, id, &agreed.code, compared)?,
        None => {
            let (id, other) = (agreed.relationship, agreed.other.id);
            people::keep_relationship(transaction, id, other, &agreed.code, compared, now)?;
        }
    }
    people::keep_recipient(transaction, &agreed.device, &agreed.recipient)?;
    way::agree(transaction, agreed.relationship, &agreed.way)?;
    if let Some(ComingBack::We { renewal: Some(renewal), .. }) = &agreed.again {
        coming_back::keep_renewal(transaction, agreed.relationship, renewal, now)?;
    }
    if let Confirmation::Compared { read_terms: version } = how {
        notices::announce(transaction, world, agreed.relationship, Announced::ReadTerms { version })?;
    }
    Ok(Stored { relationship: people::relationship(transaction, agreed.relationship)?, renewal: signed })
}
