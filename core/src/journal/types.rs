//! What a journal shows and takes. These types hold a person's words, so none of them has a `Debug`.

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::clock::{Instant, LocalDate, Moment};
use crate::id::{AttachmentId, EntryId, GoalId, RelationshipId, RevisionId, TaskId};

/// Declares an enum whose variants have one name each, in tables, in JSON and on the command line.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// All of them, in the order in which a screen lists them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in tables, in JSON and on the command line.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::Error;

            fn from_str(text: &str) -> Result<Self> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|one| one.as_str() == text)
                    .ok_or_else(|| crate::Error::malformed("kind", "one of the kinds known here"))
            }
        }

        impl rusqlite::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }

        impl rusqlite::types::FromSql for $name {
            fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
                value.as_str()?.parse().map_err(|_| rusqlite::types::FromSqlError::InvalidType)
            }
        }
    };
}

named!(
    /// What an entry is, where the person says so.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, uniffi::Enum)]
    EntryKind {
        /// Nothing in particular.
        #[default]
        Free = "free",
        /// A situation, the thought that came with it, and another view.
        ThoughtRecord = "thought-record",
        /// Something small that went well.
        SmallWin = "small-win",
        /// A skill tried outside the session.
        Practice = "practice",
        /// A sign of progress: knowing oneself better.
        SelfAwareness = "progress-self-awareness",
        /// A sign of progress: getting up again.
        Resilience = "progress-resilience",
        /// A sign of progress: with other people.
        Relationships = "progress-relationships",
        /// A sign of progress: a goal has come nearer.
        GoalAchievement = "progress-goal",
        /// A doubt about therapy, or about anything else.
        Doubt = "doubt",
        /// "I notice I avoid this."
        Avoidance = "avoidance",
        /// It was harder after the session.
        HardAfterSession = "hard-after-session",
        /// To be brought to the session.
        BringToSession = "bring-to-session",
    }
);

/// A feeling by its name, and how strong it was.
#[derive(Clone, PartialEq, Serialize, Deserialize, uniffi::Record)]
pub struct Emotion {
    /// In the person's own words, at most 100 characters.
    pub name: String,
    /// 0 (not at all) to 10 (as strong as can be), where the person says so.
    #[uniffi(default = None)]
    #[serde(default)]
    pub intensity: Option<u8>,
}

/// What an entry belongs to, by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, uniffi::Enum)]
#[serde(rename_all = "kebab-case")]
pub enum EntryLink {
    /// A goal, of whichever plan.
    Goal(GoalId),
    /// A task, of whichever plan.
    Task(TaskId),
    /// A relationship: a therapist's notes on one client, a client's on one therapist.
    Relationship(RelationshipId),
}

/// An answer to one question of a template.
#[derive(Clone, PartialEq, Serialize, Deserialize, uniffi::Record)]
pub struct Answer {
    /// The template's id.
    pub template: String,
    /// Its version when the question was answered.
    pub version: u32,
    /// Which of its fields.
    pub field: String,
    /// What was answered; a number in digits.
    pub value: String,
}

/// Something attached to an entry.
#[derive(Clone, PartialEq, Serialize, Deserialize, uniffi::Record)]
pub struct Attached {
    /// Its content.
    pub attachment: AttachmentId,
    /// The name of the file, without folders, at most 255 bytes.
    pub name: String,
    /// What it is, for example `image/jpeg`.
    pub media_type: String,
}

/// An entry about to be written. Only the text is ever needed, and not even that where there is
/// something else: a mood, a feeling, an answer, an attachment.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, uniffi::Record)]
#[serde(default)]
pub struct NewEntry {
    /// Markdown.
    pub text: String,
    /// A title, where the person wants one.
    #[uniffi(default = None)]
    pub title: Option<String>,
    /// What it is.
    #[uniffi(default = None)]
    pub kind: Option<EntryKind>,
    /// 1 (very low) to 5 (very good).
    #[uniffi(default = None)]
    pub mood: Option<u8>,
    /// Feelings, each once.
    #[uniffi(default = [])]
    pub emotions: Vec<Emotion>,
    /// Tags without a leading sign.
    #[uniffi(default = [])]
    pub tags: Vec<String>,
    /// What it belongs to.
    #[uniffi(default = [])]
    pub links: Vec<EntryLink>,
    /// Answers to a template's questions.
    #[uniffi(default = [])]
    pub answers: Vec<Answer>,
    /// What is attached; the contents are here already.
    #[uniffi(default = [])]
    pub attachments: Vec<Attached>,
    /// Marked with a star.
    #[uniffi(default = false)]
    pub starred: bool,
    /// Marked to be brought to the next appointment. What is of the kinds "hard after the session" and
    /// "bring to the session" is marked by itself.
    #[uniffi(default = false)]
    pub to_bring: bool,
    /// When it was written, if not now and here.
    #[uniffi(default = None)]
    pub written: Option<Moment>,
}

/// What to change of an entry; what is left out stays as it is.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, uniffi::Record)]
#[serde(default)]
pub struct EntryEdit {
    /// New text.
    #[uniffi(default = None)]
    pub text: Option<String>,
    /// New title; an empty one takes it away.
    #[uniffi(default = None)]
    pub title: Option<String>,
    /// New kind.
    #[uniffi(default = None)]
    pub kind: Option<EntryKind>,
    /// New mood, 1 to 5; 0 takes it away.
    #[uniffi(default = None)]
    pub mood: Option<u8>,
    /// All feelings it shall have.
    #[uniffi(default = None)]
    pub emotions: Option<Vec<Emotion>>,
    /// All tags it shall have.
    #[uniffi(default = None)]
    pub tags: Option<Vec<String>>,
    /// All it shall belong to.
    #[uniffi(default = None)]
    pub links: Option<Vec<EntryLink>>,
    /// All answers it shall have.
    #[uniffi(default = None)]
    pub answers: Option<Vec<Answer>>,
    /// All that shall be attached.
    #[uniffi(default = None)]
    pub attachments: Option<Vec<Attached>>,
    /// The star.
    #[uniffi(default = None)]
    pub starred: Option<bool>,
    /// Whether it is to be brought to the next appointment.
    #[uniffi(default = None)]
    pub to_bring: Option<bool>,
    /// Another time at which it was written.
    #[uniffi(default = None)]
    pub written: Option<Moment>,
}

/// An entry, whole.
#[derive(Clone, PartialEq, Serialize, Deserialize, uniffi::Record)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// The version this is; goes back with an edit.
    pub revision: RevisionId,
    /// When it was written, by the writer's clock.
    pub written: Moment,
    /// When it was last saved.
    pub saved_at: Instant,
    /// The title, if any.
    pub title: Option<String>,
    /// Markdown.
    pub text: String,
    /// What it is.
    pub kind: EntryKind,
    /// 1 (very low) to 5 (very good), if any.
    pub mood: Option<u8>,
    /// Feelings, in the order given.
    pub emotions: Vec<Emotion>,
    /// Tags, in the order given.
    pub tags: Vec<String>,
    /// What it belongs to.
    pub links: Vec<EntryLink>,
    /// Answers to a template's questions, in the order given.
    pub answers: Vec<Answer>,
    /// What is attached, in the order given.
    pub attachments: Vec<Attached>,
    /// Marked with a star.
    pub starred: bool,
    /// Since when it is marked to be brought to the next appointment.
    pub to_bring_at: Option<Instant>,
    /// Since when it is in the bin.
    pub binned_at: Option<Instant>,
}

/// An entry in a list.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct EntrySummary {
    /// Its id.
    pub id: EntryId,
    /// When it was written, by the writer's clock.
    pub written: Moment,
    /// The title, if any.
    pub title: Option<String>,
    /// The beginning of the text, at most 200 characters, on one line.
    pub opening: String,
    /// What it is.
    pub kind: EntryKind,
    /// 1 (very low) to 5 (very good), if any.
    pub mood: Option<u8>,
    /// Tags.
    pub tags: Vec<String>,
    /// How many things are attached.
    pub attachments: u32,
    /// Marked with a star.
    pub starred: bool,
    /// Marked to be brought to the next appointment.
    pub to_bring: bool,
}

/// Which entries are meant; what is left out does not matter. Several conditions hold together.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, uniffi::Record)]
#[serde(default)]
pub struct EntryFilter {
    /// From this day on the writer's calendar.
    #[uniffi(default = None)]
    pub from: Option<LocalDate>,
    /// Up to this day, included.
    #[uniffi(default = None)]
    pub to: Option<LocalDate>,
    /// Of one of these kinds.
    #[uniffi(default = [])]
    pub kinds: Vec<EntryKind>,
    /// With a mood of at least this.
    #[uniffi(default = None)]
    pub mood_from: Option<u8>,
    /// With a mood of at most this.
    #[uniffi(default = None)]
    pub mood_to: Option<u8>,
    /// With every one of these tags; accents and case do not matter.
    #[uniffi(default = [])]
    pub tags: Vec<String>,
    /// With this feeling; accents and case do not matter.
    #[uniffi(default = None)]
    pub emotion: Option<String>,
    /// That belong to every one of these.
    #[uniffi(default = [])]
    pub links: Vec<EntryLink>,
    /// Only those with a star.
    #[uniffi(default = false)]
    pub starred: bool,
    /// Only those with something attached.
    #[uniffi(default = false)]
    pub with_attachments: bool,
    /// Only those marked to be brought to the next appointment.
    #[uniffi(default = false)]
    pub to_bring: bool,
}

/// A page of a list.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct EntryPage {
    /// The entries, newest first.
    pub entries: Vec<EntrySummary>,
    /// Give this to get the next page; nothing when this is the last.
    pub next: Option<String>,
}

/// A stretch of a text in UTF-16 code units, the end not included: what Kotlin and Swift count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct TextRange {
    /// The first unit.
    pub start: u32,
    /// The unit after the last.
    pub end: u32,
}

/// In which order matches come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, uniffi::Enum)]
pub enum SearchOrder {
    /// Best match first (bm25).
    #[default]
    BestMatch,
    /// Newest first.
    Newest,
}

/// One match.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct SearchHit {
    /// The entry.
    pub entry: EntrySummary,
    /// A piece of the text around the match, or of an answer where only that has the words.
    pub snippet: String,
    /// Where in the snippet the words stand.
    pub matches: Vec<TextRange>,
}

/// A page of matches.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct SearchPage {
    /// The matches.
    pub hits: Vec<SearchHit>,
    /// Give this to get the next page; nothing when this is the last.
    pub next: Option<String>,
    /// Set when so many entries match that only this many of the newest were ranked.
    pub ranked_newest: Option<u32>,
}
