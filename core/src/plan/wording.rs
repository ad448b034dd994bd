//! The wording of a goal: exactly what two people agree to, and its digest.
//!
//! To the wording belong the goal's id, its title, its why, each person's picture of success, how both will know,
//! until when, and the five levels of its scale. Order, state, ratings and tasks do not: moving a goal up the
//! list does not reopen an agreement.
//!
//! The encoding has versions. A plan of level 1 is agreed to in version 1, which knows only title, why and
//! success; what was sealed in it is compared in it, for ever.

use sha2::{Digest, Sha256};

use crate::clock::LocalDate;
use crate::id::{GoalId, PersonId};

use super::canonical::{Reader, Writer};
use super::moment;
use super::read::GoalRead;
use super::view::{AttainmentLevel, ScaleLevel, Success, WordingDigest};

/// Tags of the versions of the encoding.
const TAGS: [&str; 2] = ["common-ground wording 1", "common-ground wording 2"];

/// The most bytes a wording may have to be agreed to.
pub(crate) const LONGEST: usize = 56 * 1024;

/// The wording of a goal.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Wording {
    /// The version of the encoding: the level of the plan in which it is agreed to.
    pub(crate) version: u16,
    /// The goal.
    pub(crate) goal: GoalId,
    /// Its title.
    pub(crate) title: String,
    /// Why it matters.
    pub(crate) why: String,
    /// What success looks like to each who has written it, in the order of their ids.
    pub(crate) success: Vec<(PersonId, String)>,
    /// How both will know. Not in version 1, as what follows.
    pub(crate) known_by: String,
    /// Until when.
    pub(crate) by_when: Option<LocalDate>,
    /// What the five levels of its scale mean, from much less than expected to much more; empty where unwritten.
    pub(crate) scale: [String; 5],
}

impl Wording {
    /// The wording of a goal as it was read, in this version.
    pub(crate) fn of(goal: GoalId, read: &GoalRead, version: u16) -> Self {
        Self {
            version,
            goal,
            title: read.title.shown.clone(),
            why: read.why.clone(),
            success: read.success.clone(),
            known_by: read.known_by.shown.clone().unwrap_or_default(),
            by_when: read.by_when.shown,
            scale: std::array::from_fn(|n| read.scale[n].shown.clone().unwrap_or_default()),
        }
    }

    /// The version of these canonical bytes, if there is such a one.
    pub(crate) fn version_of(bytes: &[u8]) -> Option<u16> {
        (1..).zip(TAGS).find(|(_, tag)| Reader::new(bytes, tag).is_some()).map(|(version, _)| version)
    }

    /// The canonical bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut success: Vec<_> = self.success.iter().filter(|(_, text)| !text.is_empty()).collect();
        success.sort();
        let tag = TAGS.get(usize::from(self.version).saturating_sub(1)).unwrap_or(&TAGS[0]);
        let mut writer = Writer::new(tag)
            .field(self.goal.as_bytes())
            .field(self.title.as_bytes())
            .field(self.why.as_bytes());
        if self.version > 1 {
            let day = self.by_when.map(|day| day.to_string()).unwrap_or_default();
            writer = writer.field(self.known_by.as_bytes()).field(day.as_bytes());
            writer = self.scale.iter().fold(writer, |writer, text| writer.field(text.as_bytes()));
        }
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
        let version = Self::version_of(bytes)?;
        let mut reader = Reader::new(bytes, TAGS.get(usize::from(version) - 1)?)?;
        let mut wording = Self {
            version,
            goal: GoalId::from_bytes(reader.array()?),
            title: reader.text()?.to_owned(),
            why: reader.text()?.to_owned(),
            success: Vec::new(),
            known_by: String::new(),
            by_when: None,
            scale: std::array::from_fn(|_| String::new()),
        };
        if version > 1 {
            reader.text()?.clone_into(&mut wording.known_by);
            let day = reader.text()?;
            wording.by_when = if day.is_empty() { None } else { Some(moment::read_day(day)?) };
            for text in &mut wording.scale {
                reader.text()?.clone_into(text);
            }
        }
        while !reader.is_done() {
            wording.success.push((PersonId::from_bytes(reader.array()?), reader.text()?.to_owned()));
        }
        (wording.bytes() == bytes).then_some(wording)
    }

    /// The levels of the scale that are written, as screens see them.
    pub(crate) fn scale(&self) -> Vec<ScaleLevel> {
        let levels = AttainmentLevel::ALL.into_iter().zip(&self.scale);
        levels
            .filter(|(_, text)| !text.is_empty())
            .map(|(level, text)| ScaleLevel { level, text: text.clone() })
            .collect()
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
