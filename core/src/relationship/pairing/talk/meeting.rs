//! Meeting the other: who they say they are, whether that can be, and the words that vouch for it.

use super::{Agreed, ComingBack, Known, Talk};
use crate::error::PairingProblem;
use crate::id::{PersonId, RelationshipId};
use crate::relationship::enrol::MAX_LEAP;
use crate::relationship::key::{fingerprint, is_recipient};
use crate::relationship::pairing::message::Introduction;
use crate::relationship::pairing::transcript::{
    Half, Side, commitment, new_relationship, same, transcript, words,
};
use crate::relationship::people::{NewPerson, name_to_show};
use crate::relationship::ticket::Again;
use crate::relationship::{OtherPerson, PairingCode, Role};

impl Talk {
    /// Opens the other's commitment, judges who they are, and finds the words.
    pub(super) fn meet(
        &mut self,
        nonce: &[u8; 32],
        introduction: &[u8],
    ) -> Result<PairingCode, PairingProblem> {
        let side = self.side.other();
        let bound_to = self.peer_commitment.ok_or(PairingProblem::Broken)?;
        if !same(&bound_to, &commitment(side, nonce, introduction)) {
            return Err(PairingProblem::Broken);
        }
        let read = Introduction::read(introduction).ok_or(PairingProblem::Broken)?;
        let other = self.judge(&read)?;
        let there = read.already.map(RelationshipId::from_bytes);
        let relationship = self.settle_relationship(&other, nonce, there)?;
        let transcript = self.transcript_with(&other, nonce, introduction, relationship);
        let words = words(&transcript);
        let code = PairingCode {
            words: words.clone(),
            other: OtherPerson {
                person: other.id,
                role: other.role,
                display_name: other.display_name.clone(),
                calls_themselves: other.display_name.clone(),
                fingerprint: fingerprint(&other.id, &other.key),
            },
        };
        self.transcript = Some(transcript);
        let (device, recipient, way) = (self.peer, read.recipient, self.ticket.way.clone());
        let again = self.ticket.again.map(|_| match self.side {
            Side::Offers => ComingBack::They,
            Side::Redeems => ComingBack::We { list: Box::new(self.own.list.clone()), renewal: None },
        });
        self.agreed = Some(Agreed { relationship, other, device, recipient, code: words, way, again });
        Ok(code)
    }

    fn judge(&self, read: &Introduction) -> Result<NewPerson, PairingProblem> {
        let id = PersonId::from_bytes(read.person);
        let swapped = self.side == Side::Redeems && read.person_key != self.ticket.person_key;
        if id != self.other || swapped {
            return Err(PairingProblem::Broken);
        }
        if id == self.own.person {
            return Err(PairingProblem::OwnTicket);
        }
        if id.prefix() == self.own.person.prefix() {
            return Err(PairingProblem::IdsTooAlike);
        }
        let role = if read.is_therapist { Role::Therapist } else { Role::Client };
        if role == self.own.role {
            return Err(PairingProblem::SameRole);
        }
        let signed = read.signed_list().ok_or(PairingProblem::Broken)?;
        let list = signed.open(&id, &read.person_key).ok_or(PairingProblem::Broken)?;
        if !list.is_of(&self.peer) {
            return Err(PairingProblem::Broken);
        }
        let display_name = name_to_show(&read.display_name);
        if display_name.is_empty() || !is_recipient(&read.recipient) {
            return Err(PairingProblem::Broken);
        }
        Ok(NewPerson { id, role, display_name, key: read.person_key, signed, list, reads: read.reads })
    }

    /// The new relationship's id, or the id of the one that only one of the two has stored. Both were
    /// bound to what they have before either nonce was known: an id that could be chosen later would be
    /// a way to search for matching words.
    fn settle_relationship(
        &self,
        other: &NewPerson,
        nonce: &[u8; 32],
        there: Option<RelationshipId>,
    ) -> Result<RelationshipId, PairingProblem> {
        let here = self.own.known.get(&other.id);
        if let Some(again) = &self.ticket.again {
            return self.settle_again(again, other, here, there);
        }
        if here.is_some_and(|known| known.key != other.key || known.role != other.role) {
            return Err(PairingProblem::Broken);
        }
        match (here.and_then(|known| known.relationship), there) {
            (Some(_), Some(_)) => Err(PairingProblem::AlreadyPaired),
            // It is over here, and the other has not heard of it: after an exchange they have.
            (None, Some(id)) if self.own.over.contains(&id) => Err(PairingProblem::AlreadyPaired),
            (Some(id), None) => Ok(id),
            // An id of ours with somebody else is not theirs to name.
            (None, Some(id)) if self.own.known.values().any(|known| known.relationship == Some(id)) => {
                Err(PairingProblem::Broken)
            }
            (None, Some(id)) => Ok(id),
            (None, None) => {
                let halves = self.side.in_order((&self.own.person, &self.nonce), (&other.id, nonce));
                Ok(new_relationship(&halves))
            }
        }
    }

    /// The relationship in which one of the two comes back: the one that the other has kept.
    fn settle_again(
        &self,
        again: &Again,
        other: &NewPerson,
        here: Option<&Known>,
        there: Option<RelationshipId>,
    ) -> Result<RelationshipId, PairingProblem> {
        let goes_on = here.and_then(|known| Some((known.relationship?, known.role)));
        match (self.side, goes_on, there) {
            (Side::Offers, Some((relationship, role)), None) => {
                let is_they = other.id == again.person && role == other.role;
                let leap = other.list.number.saturating_sub(again.list_above);
                let is_above = (1..=MAX_LEAP).contains(&leap);
                if is_they && is_above { Ok(relationship) } else { Err(PairingProblem::Broken) }
            }
            (Side::Redeems, None, Some(id)) => {
                let is_ours = self.own.known.values().any(|known| known.relationship == Some(id));
                if is_ours { Err(PairingProblem::Broken) } else { Ok(id) }
            }
            (_, Some(_), Some(_)) | (Side::Redeems, Some(_), None) => Err(PairingProblem::AlreadyPaired),
            (_, None, _) => Err(PairingProblem::Broken),
        }
    }

    /// Everything that the words vouch for.
    fn transcript_with(
        &self,
        other: &NewPerson,
        nonce: &[u8; 32],
        introduction: &[u8],
        relationship: RelationshipId,
    ) -> [u8; 32] {
        let here = Half {
            person: &self.own.person,
            person_key: &self.own.person_key,
            device: &self.own.device,
            role: self.own.role,
            nonce: &self.nonce,
            introduction: &self.introduction,
        };
        let there = Half {
            person: &other.id,
            person_key: &other.key,
            device: &self.peer,
            role: other.role,
            nonce,
            introduction,
        };
        let halves = self.side.in_order(here, there);
        transcript(&self.ticket, &self.exporter, relationship, &halves)
    }
}
