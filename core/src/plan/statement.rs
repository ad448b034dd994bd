//! Statements: one person's signed *agree* or *withdraw* on one exact wording.
//!
//! A statement is written once into the plan and carries all that is needed to check it alone, years
//! later: the signed fields, the signature, the wording itself and the heads at which it stood.

use crate::clock::{Instant, Moment};
use crate::id::{GoalId, PERSON_PREFIX, PersonId, RelationshipId};
use crate::relationship::key::{PersonKey, is_signed_by};

use super::canonical::{Reader, Writer};
use super::moment;
use super::view::WordingDigest;
use super::wording::{self, Wording};

/// Tag and version of the signed fields.
const SIGNED: &str = "common-ground statement 1";
/// Tag and version of a statement as the plan holds it.
const HELD: &str = "common-ground signed statement 1";
/// The most heads a statement may name.
const HEADS: usize = 64;

/// What a statement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// I agree to this wording.
    Agree,
    /// I no longer do.
    Withdraw,
}

impl Kind {
    fn code(self) -> u64 {
        match self {
            Self::Agree => 1,
            Self::Withdraw => 2,
        }
    }

    fn from_code(code: u64) -> Option<Self> {
        match code {
            1 => Some(Self::Agree),
            2 => Some(Self::Withdraw),
            _ => None,
        }
    }
}

/// One person's word on one wording.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// In which relationship.
    pub(crate) relationship: RelationshipId,
    /// On which goal.
    pub(crate) goal: GoalId,
    /// The client of the relationship.
    pub(crate) client: PersonId,
    /// The therapist of the relationship.
    pub(crate) therapist: PersonId,
    /// Who says it.
    pub(crate) by: PersonId,
    /// With which key.
    pub(crate) key: [u8; 32],
    /// What is said.
    pub(crate) kind: Kind,
    /// On which wording.
    pub(crate) digest: WordingDigest,
    /// The signer's own count: a later statement has a higher one.
    pub(crate) counter: u64,
    /// When, by the signer's clock.
    pub(crate) at: Moment,
    /// The heads of the plan at which it was said, not signed.
    pub(crate) heads: Vec<[u8; 32]>,
    /// The canonical bytes of the wording; the signed digest covers them.
    pub(crate) wording: Vec<u8>,
}

impl Statement {
    /// The bytes that are signed.
    fn signed_bytes(&self) -> Vec<u8> {
        Writer::new(SIGNED)
            .field(self.relationship.as_bytes())
            .field(self.goal.as_bytes())
            .field(self.client.as_bytes())
            .field(self.therapist.as_bytes())
            .field(self.by.as_bytes())
            .field(&self.key)
            .number(self.kind.code())
            .field(&self.digest.0)
            .number(self.counter)
            .field(moment::write(&self.at).as_bytes())
            .finish()
    }

    /// Signs it; the bytes are what the plan holds.
    pub(crate) fn sign(&self, key: &PersonKey) -> Vec<u8> {
        let signed = self.signed_bytes();
        let signature = key.sign(&signed);
        Writer::new(HELD)
            .field(&signed)
            .field(&signature)
            .field(&self.wording)
            .field(&self.heads.concat())
            .finish()
    }

    /// Which of several counts that somebody wrote at once under one id on one wording: the first by this. An
    /// agreement comes before a withdrawal, since what is sealed by it stays sealed.
    pub(crate) fn before_others_under_its_id(&self) -> (bool, u64, Instant) {
        (self.kind == Kind::Withdraw, self.counter, self.at.at)
    }

    /// Of the bytes that the plan holds, those that are signed, and the signature.
    pub(crate) fn signed_part(bytes: &[u8]) -> Option<(&[u8], [u8; 64])> {
        let mut held = Reader::new(bytes, HELD)?;
        Some((held.field()?, held.array()?))
    }

    /// Reads a statement and verifies its signature by the key it names; nothing where anything is not
    /// in order. Whether that key is this person's is for the caller to know.
    pub(crate) fn verified(bytes: &[u8]) -> Option<Self> {
        let mut held = Reader::new(bytes, HELD)?;
        let signed = held.field()?;
        let signature: [u8; 64] = held.array()?;
        let wording = held.field()?.to_vec();
        let (heads, rest) = held.field()?.as_chunks::<32>();
        if !held.is_done() || !rest.is_empty() || heads.len() > HEADS {
            return None;
        }
        let mut fields = Reader::new(signed, SIGNED)?;
        let statement = Self {
            relationship: RelationshipId::from_bytes(fields.array()?),
            goal: GoalId::from_bytes(fields.array()?),
            client: PersonId::from_bytes(fields.array()?),
            therapist: PersonId::from_bytes(fields.array()?),
            by: PersonId::from_bytes(fields.array()?),
            key: fields.array()?,
            kind: Kind::from_code(fields.number()?)?,
            digest: WordingDigest(fields.array()?),
            counter: fields.number()?,
            at: moment::read(fields.text()?)?,
            heads: heads.to_vec(),
            wording,
        };
        let is_whole = fields.is_done()
            && statement.signed_bytes() == signed
            && (statement.by == statement.client || statement.by == statement.therapist)
            && wording::digest(&statement.wording) == statement.digest
            && Wording::read(&statement.wording)?.goal == statement.goal;
        (is_whole && is_signed_by(&statement.key, signed, &signature)).then_some(statement)
    }
}

/// Whether the bytes are a statement with a valid signature, made by the person who created the item, on a
/// wording of a version that a plan of this level has. A pure function of these, as the gate needs it.
pub(crate) fn is_sound(bytes: &[u8], item: &[u8; 16], level: u16) -> bool {
    Statement::verified(bytes).is_some_and(|statement| {
        item[..PERSON_PREFIX] == statement.by.prefix()
            && Wording::version_of(&statement.wording).is_some_and(|version| version <= level)
    })
}
