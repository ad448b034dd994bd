//! What two people have agreed to, as screens see it.

use crate::clock::{Instant, LocalDate};
use crate::id::{GoalId, PersonId, StatementId};

use super::{ScaleLevel, Success, WordingDigest};

/// Where the wording of a goal stands between the two, derived from statements.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Standing {
    /// No wording of it is sealed.
    Proposed,
    /// Both have agreed to the wording as it stands.
    Agreed {
        /// When the later of the two agreed, by their own clock.
        since: Instant,
    },
    /// Both had agreed to a wording, which stays in force; it reads differently now.
    ChangedSinceAgreed {
        /// When the later of the two had agreed.
        agreed: Instant,
    },
    /// One of them has withdrawn the agreement.
    Withdrawn {
        /// When.
        at: Instant,
        /// Who.
        by: PersonId,
    },
}

/// What one can say of a wording without agreeing to it. It withdraws nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum StanceKind {
    /// Not yet.
    NotYet,
    /// I see it differently.
    Disagree,
}

/// What one of the two has said of a wording without signing.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct StanceOnWording {
    /// Who.
    pub by: PersonId,
    /// What.
    pub stance: StanceKind,
    /// Of which wording.
    pub digest: WordingDigest,
    /// Whether that is the wording as it stands.
    pub is_current: bool,
    /// When, by their clock.
    pub at: Instant,
    /// Why, if they said.
    pub why: Option<String>,
}

/// A wording that both have agreed to. It never changes.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct SealedWording {
    /// The digest that both signed.
    pub digest: WordingDigest,
    /// The title agreed to.
    pub title: String,
    /// The why agreed to.
    pub why: String,
    /// Each one's picture of success at that time.
    pub success: Vec<Success>,
    /// How both will know, as agreed.
    pub known_by: String,
    /// Until when, as agreed.
    pub by_when: Option<LocalDate>,
    /// The levels of the scale, as agreed.
    pub scale: Vec<ScaleLevel>,
    /// When the later of the two agreed, by their own clock.
    pub since: Instant,
    /// The two statements.
    pub statements: Vec<StatementId>,
    /// Who has withdrawn their agreement since, and when.
    pub withdrawn: Option<GoalWithdrawal>,
}

/// One of the two no longer agrees to a wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct GoalWithdrawal {
    /// Who.
    pub by: PersonId,
    /// When, by their clock.
    pub at: Instant,
}

/// A part of a wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case", tag = "part")]
pub enum WordingPart {
    /// What is wanted.
    Title,
    /// Why it matters.
    Why,
    /// What success looks like to one of the two.
    Success {
        /// To whom.
        of: PersonId,
    },
    /// How both will know.
    KnownBy,
    /// Until when.
    ByWhen,
    /// A level of the scale.
    Scale {
        /// Which, -2 to +2.
        level: i8,
    },
}

/// How one part reads now, against what was agreed.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct WordingDifference {
    /// Which part.
    pub part: WordingPart,
    /// As runs of words: the same, taken out, put in.
    pub runs: Vec<PlanRun>,
}

/// A run of text in a difference.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct PlanRun {
    /// What became of it.
    pub kind: PlanRunKind,
    /// The text.
    pub text: String,
}

/// What became of a run of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum PlanRunKind {
    /// It reads the same.
    Same,
    /// It was taken out.
    Removed,
    /// It was put in.
    Added,
}

/// A goal on whose wording the two do not agree, or not yet.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct OpenWording {
    /// Which goal.
    pub goal: GoalId,
    /// Its title.
    pub title: String,
    /// The wording as it stands; goes back when agreeing.
    pub digest: WordingDigest,
    /// Who has agreed to it as it stands.
    pub agreed_by: Vec<PersonId>,
    /// What was said of it as it stands without signing.
    pub stances: Vec<StanceOnWording>,
    /// Whether another wording is in force meanwhile.
    pub another_in_force: bool,
}
