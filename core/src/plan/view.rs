//! What screens get to see of a plan, and what they hand back.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;

use crate::Error;
use crate::clock::{Instant, LocalDate, Moment};
use crate::id::{GoalId, LogId, PersonId, RatingId, StatementId, TaskId};

/// The state of a plan that a screen showed: the heads of the document. Goes back with every edit.
#[derive(Clone, PartialEq, Eq, Hash, Debug, serde::Serialize)]
#[serde(into = "String")]
pub struct PlanVersion(Vec<[u8; 32]>);

/// The most heads a version can have: one per actor that wrote at the same time.
const MAX_HEADS: usize = 256;

impl PlanVersion {
    /// The version with these heads.
    #[must_use]
    pub(crate) fn of(mut heads: Vec<[u8; 32]>) -> Self {
        heads.sort_unstable();
        Self(heads)
    }

    /// The heads, sorted.
    #[must_use]
    pub(crate) fn heads(&self) -> &[[u8; 32]] {
        &self.0
    }
}

impl fmt::Display for PlanVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, head) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("+")?;
            }
            f.write_str(&HEXLOWER.encode(head))?;
        }
        Ok(())
    }
}

impl From<PlanVersion> for String {
    fn from(version: PlanVersion) -> Self {
        version.to_string()
    }
}

impl FromStr for PlanVersion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = || Error::malformed("version", "a plan's version");
        if text.len() > MAX_HEADS * 65 {
            return Err(malformed());
        }
        text.split('+')
            .map(|head| HEXLOWER.decode(head.as_bytes()).ok()?.try_into().ok())
            .collect::<Option<Vec<_>>>()
            .map(Self::of)
            .ok_or_else(malformed)
    }
}

uniffi::custom_type!(PlanVersion, String, {
    lower: |version| version.to_string(),
    try_lift: |text| Ok(text.parse::<PlanVersion>()?),
});

/// The SHA-256 of the canonical bytes of a wording (`docs/data-format.md`).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct WordingDigest(pub(crate) [u8; 32]);

impl fmt::Display for WordingDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for WordingDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WordingDigest({self})")
    }
}

impl FromStr for WordingDigest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        HEXLOWER
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| Error::malformed("digest", "a digest of 64 hexadecimal digits"))
    }
}

impl serde::Serialize for WordingDigest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

uniffi::custom_type!(WordingDigest, String, {
    lower: |digest| digest.to_string(),
    try_lift: |text| Ok(text.parse::<WordingDigest>()?),
});

/// A goal about to be proposed.
#[derive(Clone, Default, uniffi::Record)]
pub struct NewGoal {
    /// What is wanted, one line of at most 200 characters.
    pub title: String,
    /// Why it matters. Both may go on writing it.
    #[uniffi(default = "")]
    pub why: String,
    /// What success looks like to the one who proposes it. Nobody else can write it.
    #[uniffi(default = None)]
    pub success: Option<String>,
}

/// What to change of a goal; what is left out stays as it is.
#[derive(Clone, Default, uniffi::Record)]
pub struct GoalEdit {
    /// A new title.
    #[uniffi(default = None)]
    pub title: Option<String>,
    /// The whole text as it should read now; what the person changed of the version shown is merged.
    #[uniffi(default = None)]
    pub why: Option<String>,
    /// What success looks like to oneself.
    #[uniffi(default = None)]
    pub success: Option<String>,
}

/// Where a goal stands between the two, derived from statements and wording.
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

/// A goal in a list.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct GoalSummary {
    /// Its id.
    pub id: GoalId,
    /// What is wanted.
    pub title: String,
    /// Who proposed it.
    pub proposed_by: PersonId,
    /// When, by their clock.
    pub proposed_at: Instant,
    /// Where it stands between the two.
    pub standing: Standing,
    /// The latest rating of each person who has rated it.
    pub latest_ratings: Vec<Rating>,
    /// How many tasks it has that are not put away.
    pub task_count: u32,
    /// Whether a choice between two values is open.
    pub open_choice: bool,
    /// Since when it is put away.
    pub archived_at: Option<Instant>,
}

/// A goal with everything that belongs to it.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Goal {
    /// What the list shows of it.
    #[serde(flatten)]
    pub summary: GoalSummary,
    /// The version this is; goes back with an edit.
    pub version: PlanVersion,
    /// Why it matters.
    pub why: String,
    /// What success looks like to each of them, where they have written it.
    pub success: Vec<Success>,
    /// The digest of the wording shown; goes back when agreeing.
    pub digest: WordingDigest,
    /// Who has agreed to the wording shown, and has not withdrawn.
    pub agreed_by: Vec<PersonId>,
    /// The wording in force, if one was ever sealed and not withdrawn.
    pub sealed: Option<SealedWording>,
    /// What was written at the same time and waits for a choice.
    pub choices: Vec<Choice>,
    /// Its tasks, oldest first.
    pub tasks: Vec<Task>,
    /// All ratings, oldest first.
    pub ratings: Vec<Rating>,
}

/// One person's picture of success.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Success {
    /// Whose.
    pub by: PersonId,
    /// In their words.
    pub text: String,
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
    /// When the later of the two agreed, by their own clock.
    pub since: Instant,
    /// The two statements.
    pub statements: Vec<StatementId>,
}

/// Which field of a goal a choice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceField {
    /// The title.
    Title,
}

/// Two values written at the same time: "you wrote …, they wrote …".
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Choice {
    /// Of which field.
    pub field: ChoiceField,
    /// The values with their writers; the first is what shows meanwhile.
    pub values: Vec<ChoiceValue>,
}

/// One of the values of a choice.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct ChoiceValue {
    /// Who wrote it.
    pub by: PersonId,
    /// What.
    pub value: String,
}

/// A rating about to be written.
#[derive(Clone, Default, uniffi::Record)]
pub struct NewRating {
    /// 0 (nothing of it yet) to 10 (all of it).
    pub value: u8,
    /// What helped.
    #[uniffi(default = None)]
    pub helped: Option<String>,
    /// What got in the way.
    #[uniffi(default = None)]
    pub hindered: Option<String>,
}

/// One person's judgement of progress on a day.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Rating {
    /// Its id.
    pub id: RatingId,
    /// Whose judgement.
    pub by: PersonId,
    /// When, by their clock.
    pub at: Moment,
    /// 0 to 10.
    pub value: u8,
    /// What helped.
    pub helped: Option<String>,
    /// What got in the way.
    pub hindered: Option<String>,
}

/// Who does a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum TaskOwner {
    /// The client.
    Client,
    /// The therapist: a promise.
    Therapist,
    /// Both together.
    Both,
}

/// A task about to be added.
#[derive(Clone, uniffi::Record)]
pub struct NewTask {
    /// What is to be done, one line of at most 200 characters.
    pub what: String,
    /// By whom.
    pub owner: TaskOwner,
    /// Until which day.
    #[uniffi(default = None)]
    pub due: Option<LocalDate>,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// It waits for somebody's answer, see [`Task::waits_for`].
    Offered,
    /// Everyone whose task it is has taken it on, as it reads now.
    Accepted,
    /// Somebody whose task it would be has said no.
    Declined,
}

/// How a task went on a day. None of these is a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum TaskOutcome {
    /// Done.
    Done,
    /// Partly.
    Partly,
    /// Not this time.
    NotThisTime,
}

/// Who does what for a goal.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// For which goal.
    pub goal: GoalId,
    /// What is to be done.
    pub what: String,
    /// By whom.
    pub owner: TaskOwner,
    /// Until which day.
    pub due: Option<LocalDate>,
    /// Who put it up.
    pub offered_by: PersonId,
    /// Where it stands.
    pub state: TaskState,
    /// Whose answer is still to come.
    pub waits_for: Vec<PersonId>,
    /// Why it was declined, if they said.
    pub declined_why: Option<String>,
    /// The digest of what is to be accepted; goes back with an answer.
    pub digest: WordingDigest,
    /// How it went, oldest first.
    pub log: Vec<TaskLog>,
    /// Since when it is put away.
    pub archived_at: Option<Instant>,
}

/// How a task went on a day.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct TaskLog {
    /// Its id.
    pub id: LogId,
    /// Who says so.
    pub by: PersonId,
    /// On which day.
    pub on: LocalDate,
    /// How it went.
    pub outcome: TaskOutcome,
    /// A word on it.
    pub note: Option<String>,
}

/// Something that arrived and was refused. The rest of the plan goes on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct SetAside {
    /// The hash of the change, hexadecimal.
    pub change: String,
    /// When it arrived.
    pub at: Instant,
    /// Which rule refused it, for developers.
    pub reason: String,
}
