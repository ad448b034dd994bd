//! Identity: who and what is meant. Every id is a newtype that crosses to Kotlin and Swift as a
//! string, so that an entry's id can never be handed to something that wants a goal's.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use uuid::Uuid;

use crate::Error;

/// Declares an id of `$length` bytes that reads and crosses as `$form`.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $length:literal, $label:literal, $form:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; $length]);

        impl $name {
            /// The id with these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// The bytes of the id, as they lie in the files.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $form::write(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                $form::read(text).map(Self).ok_or_else(|| Error::malformed($label, $form::NAME))
            }
        }

        impl rusqlite::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(rusqlite::types::ToSqlOutput::Borrowed(rusqlite::types::ValueRef::Blob(&self.0)))
            }
        }

        impl rusqlite::types::FromSql for $name {
            fn column_result(
                value: rusqlite::types::ValueRef<'_>,
            ) -> rusqlite::types::FromSqlResult<Self> {
                <[u8; $length]>::column_result(value).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        uniffi::custom_type!($name, String, {
            lower: |id| id.to_string(),
            try_lift: |text| Ok(text.parse::<$name>()?),
        });
    };
}

/// Ids of the journal: UUIDs, so that imported ones keep their identity.
struct UuidForm;

impl UuidForm {
    const NAME: &'static str = "a UUID";

    fn write(bytes: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(Uuid::from_bytes(*bytes).as_hyphenated(), f)
    }

    fn read(text: &str) -> Option<[u8; 16]> {
        Uuid::try_parse(text).ok().map(Uuid::into_bytes)
    }
}

/// Ids of people and of what is in a plan: two hexadecimal digits for each byte.
struct HexForm;

impl HexForm {
    const NAME: &'static str = "an id in hexadecimal digits, of full length";

    fn write(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(bytes))
    }

    fn read<const N: usize>(text: &str) -> Option<[u8; N]> {
        HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
    }
}

id!(
    /// A journal entry.
    EntryId, 16, "entry id", UuidForm
);
id!(
    /// One saved version of a journal entry.
    RevisionId, 16, "revision id", UuidForm
);
id!(
    /// What a person is writing and has not saved as an entry yet.
    DraftId, 16, "draft id", UuidForm
);
id!(
    /// A coping tool that a person has collected.
    ToolId, 16, "tool id", UuidForm
);
id!(
    /// One use of a coping tool.
    ToolUseId, 16, "tool use id", UuidForm
);
id!(
    /// A photo, a recording or a file: the SHA-256 of its content, so that the same content has the same id.
    AttachmentId, 32, "attachment id", HexForm
);
id!(
    /// A rule by which a person wants to be reminded.
    ReminderId, 16, "reminder id", UuidForm
);
id!(
    /// An appointment, or a weekly rhythm of them.
    AppointmentId, 16, "appointment id", UuidForm
);
id!(
    /// One client and one therapist who have paired.
    RelationshipId, 16, "relationship id", HexForm
);
id!(
    /// A person. Random, made with the profile, and not a key: keys succeed one another, the id stays.
    PersonId, 16, "person id", HexForm
);
id!(
    /// A goal of a plan.
    GoalId, 16, "goal id", HexForm
);
id!(
    /// A task of a plan.
    TaskId, 16, "task id", HexForm
);
id!(
    /// A rating of a goal.
    RatingId, 16, "rating id", HexForm
);
id!(
    /// One line in a task's log.
    LogId, 16, "log id", HexForm
);
id!(
    /// A graded step of a goal.
    StepId, 16, "step id", HexForm
);
id!(
    /// A try of a graded step.
    TryId, 16, "try id", HexForm
);
id!(
    /// A strategy that is tried for a goal.
    StrategyId, 16, "strategy id", HexForm
);
id!(
    /// A judgement on a goal's scale.
    AttainmentId, 16, "attainment id", HexForm
);
id!(
    /// An excerpt that was handed over, or a comment on one.
    ParcelId, 16, "parcel id", HexForm
);
id!(
    /// What a person has looked at before they hand it over: the SHA-256 of what would go.
    PreviewDigest, 32, "digest of a preview", HexForm
);
id!(
    /// A signed statement.
    StatementId, 16, "statement id", HexForm
);

/// The first bytes of a person's id, which begin the id of every item that the person creates in a
/// plan.
pub(crate) const PERSON_PREFIX: usize = 6;

impl PersonId {
    /// What begins the id of every item this person creates in a plan.
    #[must_use]
    pub(crate) fn prefix(&self) -> [u8; PERSON_PREFIX] {
        let mut prefix = [0; PERSON_PREFIX];
        prefix.copy_from_slice(&self.0[..PERSON_PREFIX]);
        prefix
    }
}
