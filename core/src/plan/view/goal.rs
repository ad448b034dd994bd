//! Goals, as screens see and change them.

use crate::clock::{Instant, LocalDate};
use crate::id::{GoalId, PersonId};

use super::{
    Attainment, Choice, PlanVersion, Rating, ScaleLevel, SealedWording, StanceOnWording, Standing, Step,
    Strategy, Task, WordingDigest,
};

/// A goal about to be proposed.
#[derive(Clone, Default, PartialEq, serde::Serialize, uniffi::Record)]
pub struct NewGoal {
    /// What is wanted, one line of at most 200 characters.
    pub title: String,
    /// Why it matters. Both may go on writing it.
    #[uniffi(default = "")]
    pub why: String,
    /// What success looks like to the one who proposes it. Nobody else can write it.
    #[uniffi(default = None)]
    pub success: Option<String>,
    /// How both will know that it is reached, at most 4,000 characters.
    #[uniffi(default = None)]
    pub known_by: Option<String>,
    /// Until when, if until a day.
    #[uniffi(default = None)]
    pub by_when: Option<LocalDate>,
    /// A first step, one line of at most 200 characters.
    #[uniffi(default = None)]
    pub first_step: Option<String>,
    /// The goal that it grew out of or replaces.
    #[uniffi(default = None)]
    pub descent: Option<NewDescent>,
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
    /// How both will know; empty takes it away.
    #[uniffi(default = None)]
    pub known_by: Option<String>,
    /// Until when.
    #[uniffi(default = None)]
    pub by_when: Option<DayEdit>,
    /// A first step; empty takes it away.
    #[uniffi(default = None)]
    pub first_step: Option<String>,
}

/// A text of a goal that can be typed in while both are together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum GoalText {
    /// What is wanted.
    Title,
    /// Why; both may type in it at once.
    Why,
    /// What success looks like to oneself.
    Success,
    /// How both will know.
    KnownBy,
    /// The first step.
    FirstStep,
}

impl GoalText {
    /// All of them, in the order of the numbers under which they travel, from 1.
    const ALL: [Self; 5] = [Self::Title, Self::Why, Self::Success, Self::KnownBy, Self::FirstStep];

    /// The number under which it travels.
    pub(crate) fn number(self) -> u8 {
        Self::ALL.into_iter().zip(1..).find(|(text, _)| *text == self).map_or(0, |(_, number)| number)
    }

    /// The text of a number, where this version knows it.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }
}

impl GoalEdit {
    /// An edit of one text alone.
    pub(crate) fn of_text(text: GoalText, words: String) -> Self {
        let (edit, words) = (Self::default(), Some(words));
        match text {
            GoalText::Title => Self { title: words, ..edit },
            GoalText::Why => Self { why: words, ..edit },
            GoalText::Success => Self { success: words, ..edit },
            GoalText::KnownBy => Self { known_by: words, ..edit },
            GoalText::FirstStep => Self { first_step: words, ..edit },
        }
    }
}

/// What to write where a day may stand or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum DayEdit {
    /// No day.
    Nothing,
    /// This day.
    Day {
        /// Which.
        day: LocalDate,
    },
}

/// Where work on a goal stands. The first three follow from statements and holds; the others were set by one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum GoalState {
    /// No wording of it is in force yet.
    Proposed,
    /// A wording is in force, and neither holds it.
    Active,
    /// A wording is in force, and one of the two holds it: it is not worked on.
    Held,
    /// It rests for a while.
    Paused,
    /// It is reached.
    Reached,
    /// It is reached, and is being kept up.
    Maintained,
    /// It is set aside.
    SetAside,
    /// It was not wanted.
    Declined,
}

/// What a person can say became of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum GoalMark {
    /// It goes on: takes back any of the others.
    Open,
    /// It rests for a while.
    Paused,
    /// It is reached.
    Reached,
    /// It is reached, and is being kept up.
    Maintained,
    /// It is set aside.
    SetAside,
    /// It is not wanted.
    Declined,
}

/// Who said something about a goal, when and why.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct GoalNote {
    /// Who.
    pub by: PersonId,
    /// When, by their clock.
    pub at: Instant,
    /// Why, if they said.
    pub why: Option<String>,
}

/// How much a goal matters now, in the words of FHIR's goal-priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum GoalPriority {
    /// Most.
    High,
    /// In between.
    Medium,
    /// Less than others.
    Low,
}

/// What might make a goal clearer. A hint, never a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum GoalHint {
    /// Nobody has written why it matters.
    Why,
    /// Nobody has written how both will know.
    KnownBy,
    /// It has no day until when.
    ByWhen,
    /// It has no first step.
    FirstStep,
    /// One has not written what success looks like to oneself.
    Success,
}

/// How a goal came from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum DescentKind {
    /// It grew out of it; both may go on.
    GrewOutOf,
    /// It takes its place.
    Replaces,
}

/// The goal that a new one comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct NewDescent {
    /// How.
    pub kind: DescentKind,
    /// From which goal.
    pub from: GoalId,
}

/// A goal in the line of another.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Relative {
    /// How the younger came from the older.
    pub kind: DescentKind,
    /// The other goal.
    pub goal: GoalId,
    /// Its title, where it is in the plan.
    pub title: Option<String>,
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
    /// Where its wording stands between the two.
    pub standing: Standing,
    /// Where work on it stands.
    pub state: GoalState,
    /// Who set the state, when and why, where somebody has.
    pub state_note: Option<GoalNote>,
    /// Who holds it. It is worked on only while nobody does.
    pub holds: Vec<GoalNote>,
    /// How much it matters now.
    pub priority: Option<GoalPriority>,
    /// Until when.
    pub by_when: Option<LocalDate>,
    /// From which day on it should be looked at again, where an interval was set.
    pub review_due: Option<LocalDate>,
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
    /// How both will know.
    pub known_by: Option<String>,
    /// A first step.
    pub first_step: Option<String>,
    /// What might make it clearer.
    pub hints: Vec<GoalHint>,
    /// After how many days it should be looked at again.
    pub review_every: Option<u16>,
    /// When it was last looked at together.
    pub reviewed: Option<LocalDate>,
    /// The goal that it came from.
    pub came_from: Option<Relative>,
    /// The goals that came from it.
    pub led_to: Vec<Relative>,
    /// The digest of the wording shown; goes back when agreeing.
    pub digest: WordingDigest,
    /// Who has agreed to the wording shown, and has not withdrawn.
    pub agreed_by: Vec<PersonId>,
    /// What each has said of a wording without signing, latest only.
    pub stances: Vec<StanceOnWording>,
    /// The wording in force, if one was ever sealed and not withdrawn.
    pub sealed: Option<SealedWording>,
    /// What was written at the same time and waits for a choice, also of its tasks, steps and strategies.
    pub choices: Vec<Choice>,
    /// Its tasks, oldest first.
    pub tasks: Vec<Task>,
    /// Its graded steps, in their order.
    pub steps: Vec<Step>,
    /// What was tried, oldest first.
    pub strategies: Vec<Strategy>,
    /// All ratings, oldest first.
    pub ratings: Vec<Rating>,
    /// What the levels of its scale mean, where they are written, from the lowest.
    pub scale: Vec<ScaleLevel>,
    /// How important it is, 0 to 3, for the weight of its scale.
    pub importance: Option<u8>,
    /// How difficult it is, 0 to 3, for the weight of its scale.
    pub difficulty: Option<u8>,
    /// How far it was attained on its scale, oldest first.
    pub attainments: Vec<Attainment>,
}

/// One person's picture of success.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct Success {
    /// Whose.
    pub by: PersonId,
    /// In their words.
    pub text: String,
}
