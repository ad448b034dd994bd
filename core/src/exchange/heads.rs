//! Signed heads: whose change is it.
//!
//! Automerge's author is a claim. A signed head makes it a fact: the device vouches with its key for one
//! change by its hash, and the hash commits to everything before it.

use std::collections::HashMap;

use automerge::legacy::{Key, Op, OpType};
use automerge::{ChangeHash, ScalarValue};

use super::columns::MAX_UNFOLDED;
use super::incoming::{MAX_DELIVERY_CHANGES, MAX_DELIVERY_OPERATIONS};
use super::replica::{Actor, Built, Position, Refusal, SignedEnd, SignedHead};
use crate::id::RelationshipId;
use crate::relationship::key::{DeviceKey, PersonKey, actor_prefix, is_signed_by};

/// What begins the signed bytes, so that no other signature of a device key can pass for a head.
const DOMAIN: &[u8] = b"common-ground head 1\0";
/// How many heads are looked at in one delivery.
pub(super) const MAX_HEADS: usize = 256;

fn signed_bytes(relationship: &RelationshipId, position: &Position) -> Vec<u8> {
    [DOMAIN, relationship.as_bytes(), &position.actor, &position.seq.to_be_bytes(), &position.hash].concat()
}

impl SignedHead {
    /// Vouches for a position with a device's key.
    pub(crate) fn sign(relationship: &RelationshipId, position: Position, device: &DeviceKey) -> Self {
        let signature = device.sign(&signed_bytes(relationship, &position));
        Self { position, device: device.public(), signature }
    }

    /// Whether the signature is good and the actor is one of the device's. Whether the device may speak
    /// for anybody is another question.
    pub(crate) fn is_genuine(&self, relationship: &RelationshipId) -> bool {
        self.position.actor.starts_with(&actor_prefix(&self.device))
            && is_signed_by(&self.device, &signed_bytes(relationship, &self.position), &self.signature)
    }
}

/// Whether what lies between two signed heads of an actor is never more than half of what a delivery may hold:
/// only then can whoever takes it in pass it on, with as much again of what cannot be parted from it.
pub(super) fn can_be_passed_on(
    relationship: &RelationshipId,
    changes: &[Built],
    heads: &[SignedHead],
) -> bool {
    let mut runs: HashMap<&[u8], (usize, usize, usize)> = HashMap::new();
    changes.iter().all(|Built { expanded, change }| {
        let (changes, operations, bytes) = runs.entry(change.actor_id().to_bytes()).or_default();
        *changes += 1;
        *operations += expanded.operations.len();
        *bytes += expanded.operations.iter().map(weight_of).sum::<usize>();
        let hash = change.hash().0;
        let is_signed = heads.iter().any(|head| head.position.hash == hash && head.is_genuine(relationship));
        if !is_signed {
            return true;
        }
        let is_short = *changes <= MAX_DELIVERY_CHANGES / 2
            && *operations <= MAX_DELIVERY_OPERATIONS / 2
            && *bytes <= MAX_UNFOLDED / 2;
        (*changes, *operations, *bytes) = (0, 0, 0);
        is_short
    })
}

/// The bytes of an operation's key and value.
fn weight_of(operation: &Op) -> usize {
    let key = match &operation.key {
        Key::Map(key) => key.len(),
        Key::Seq(_) => 0,
    };
    let value = match &operation.action {
        OpType::Put(ScalarValue::Str(text)) => text.len(),
        OpType::Put(ScalarValue::Bytes(bytes)) => bytes.len(),
        _ => 0,
    };
    key + value
}

/// What begins the signed bytes of an end that a device signs, and of one that its person signs.
const END_DOMAIN: &[u8] = b"common-ground end 1\0";
const PERSON_END_DOMAIN: &[u8] = b"common-ground person end 1\0";

impl SignedEnd {
    /// Says with a device's key that one of its actors ends here.
    pub(crate) fn sign(
        relationship: &RelationshipId,
        actor: Actor,
        seq: u64,
        hash: [u8; 32],
        device: &DeviceKey,
    ) -> Self {
        let mut end = Self { actor, seq, hash, device: device.public(), signature: [0; 64] };
        end.signature = device.sign(&end.signed_bytes(relationship));
        end
    }

    /// Says with a person's key where an actor ends, of a device that the person has dropped.
    pub(crate) fn sign_as_person(
        relationship: &RelationshipId,
        actor: Actor,
        seq: u64,
        hash: [u8; 32],
        person: &PersonKey,
    ) -> Self {
        let mut end = Self { actor, seq, hash, device: person.public(), signature: [0; 64] };
        end.signature = person.sign(&end.signed_bytes(relationship));
        end
    }

    /// Whether the actor's own device has signed it; otherwise it is its person's word.
    pub(crate) fn is_by_device(&self) -> bool {
        self.actor.starts_with(&actor_prefix(&self.device))
    }

    /// Whether the signature is good. Whether its maker may speak of this actor is another question, unless it is the
    /// actor's own device.
    pub(crate) fn is_genuine(&self, relationship: &RelationshipId) -> bool {
        is_signed_by(&self.device, &self.signed_bytes(relationship), &self.signature)
    }

    fn signed_bytes(&self, relationship: &RelationshipId) -> Vec<u8> {
        let domain = if self.is_by_device() { END_DOMAIN } else { PERSON_END_DOMAIN };
        [domain, relationship.as_bytes(), &self.actor, &self.seq.to_be_bytes(), &self.hash].concat()
    }
}

/// For each change of a batch (parents first) whether a head vouches for it: it is a genuine signed head
/// of its own actor, or an ancestor of one, and `certified` says that the head's device may speak (a head
/// of a dropped device counts up to where the record of its end says).
///
/// A head that is not in the batch vouches for nothing in it: what it covers is known already.
pub(crate) fn covered(
    relationship: &RelationshipId,
    changes: &[Built],
    heads: &[SignedHead],
    certified: impl Fn(&SignedHead) -> bool,
) -> Vec<Result<(), Refusal>> {
    let places: HashMap<ChangeHash, usize> =
        changes.iter().enumerate().map(|(place, built)| (built.change.hash(), place)).collect();

    // One bit for each head; a change inherits the bits of all that build upon it.
    let mut reached = vec![Bits::default(); changes.len()];
    let mut of_actor: HashMap<Actor, Bits> = HashMap::new();
    let mut uncertified: HashMap<Actor, Bits> = HashMap::new();
    for (bit, head) in heads.iter().take(MAX_HEADS).enumerate() {
        let position = &head.position;
        let Some(&place) = places.get(&ChangeHash(position.hash)) else { continue };
        let change = &changes[place].change;
        let names_it =
            change.actor_id().to_bytes() == position.actor.as_slice() && change.seq() == position.seq;
        if !names_it || !head.is_genuine(relationship) {
            continue;
        }
        reached[place].set(bit);
        let whose = if certified(head) { &mut of_actor } else { &mut uncertified };
        whose.entry(position.actor).or_default().set(bit);
    }
    for place in (0..changes.len()).rev() {
        let bits = reached[place];
        for parent in changes[place].change.deps() {
            if let Some(&before) = places.get(parent).filter(|before| **before < place) {
                reached[before].add(bits);
            }
        }
    }

    let within = |whose: &HashMap<Actor, Bits>, built: &Built, bits: Bits| {
        let bits_of = |actor: &[u8]| Actor::try_from(actor).ok().and_then(|actor| whose.get(&actor));
        bits_of(built.change.actor_id().to_bytes()).is_some_and(|own| own.meets(bits))
    };
    changes
        .iter()
        .zip(reached)
        .map(|(built, bits)| {
            if within(&of_actor, built, bits) {
                Ok(())
            } else if within(&uncertified, built, bits) {
                Err(Refusal::UnknownDevice)
            } else {
                Err(Refusal::NotVouchedFor)
            }
        })
        .collect()
}

/// A set of heads.
#[derive(Debug, Clone, Copy, Default)]
struct Bits([u64; MAX_HEADS / 64]);

impl Bits {
    fn set(&mut self, bit: usize) {
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    fn add(&mut self, other: Self) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }

    fn meets(self, other: Self) -> bool {
        self.0.iter().zip(other.0).any(|(one, two)| one & two != 0)
    }
}
