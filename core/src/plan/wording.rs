//! The wording of a goal: exactly what two people agree to, and its digest.
//!
//! To the wording belong the goal's id, its title, its why and each person's picture of success.
//! Order, ratings and tasks do not: moving a goal up the list does not reopen an agreement.

use sha2::{Digest, Sha256};

use crate::id::{GoalId, PersonId};

use super::canonical::{Reader, Writer};
use super::view::{Success, WordingDigest};

/// Tag and version of the encoding.
const TAG: &str = "common-ground wording 1";

/// The most bytes a wording may have to be agreed to.
pub(crate) const LONGEST: usize = 56 * 1024;

/// The wording of a goal.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Wording {
    /// The goal.
    pub(crate) goal: GoalId,
    /// Its title.
    pub(crate) title: String,
    /// Why it matters.
    pub(crate) why: String,
    /// What success looks like to each who has written it, in the order of their ids.
    pub(crate) success: Vec<(PersonId, String)>,
}

impl Wording {
    /// The canonical bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut success: Vec<_> = self.success.iter().filter(|(_, text)| !text.is_empty()).collect();
        success.sort();
        let writer = Writer::new(TAG)
            .field(self.goal.as_bytes())
            .field(self.title.as_bytes())
            .field(self.why.as_bytes());
        success
            .into_iter()
            .fold(writer, |writer, (person, text)| writer.field(person.as_bytes()).field(text.as_bytes()))
            .finish()
    }

    /// The digest of the canonical bytes.
    pub(crate) fn digest(&self) -> WordingDigest {
        digest(&self.bytes())
    }

    /// Reads canonical bytes; nothing where they are not, so that one digest means one wording.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes, TAG)?;
        let mut wording = Self {
            goal: GoalId::from_bytes(reader.array()?),
            title: reader.text()?.to_owned(),
            why: reader.text()?.to_owned(),
            success: Vec::new(),
        };
        while !reader.is_done() {
            wording.success.push((PersonId::from_bytes(reader.array()?), reader.text()?.to_owned()));
        }
        (wording.bytes() == bytes).then_some(wording)
    }

    /// Each one's picture of success, as screens see it.
    pub(crate) fn success(&self) -> Vec<Success> {
        self.success.iter().map(|(by, text)| Success { by: *by, text: text.clone() }).collect()
    }
}

/// The digest of canonical bytes.
pub(crate) fn digest(bytes: &[u8]) -> WordingDigest {
    WordingDigest(Sha256::digest(bytes).into())
}
