//! Who is who: the profile, its keys and device list, and pairing with another person.

pub(crate) mod coming_back;
pub(crate) mod device_list;
pub(crate) mod enrol;
pub(crate) mod key;
pub(crate) mod pairing;
pub(crate) mod people;
pub(crate) mod renewal;
mod screen;
pub(crate) mod terms;
pub(crate) mod ticket;
pub(crate) mod way;

pub use screen::Pairing;
pub(crate) use screen::{Said, Screen};
pub use terms::{TERMS_VERSION, Terms, TermsRead, terms_version};
pub use way::{ChosenWays, WayOfMeeting};

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::clock::Instant;
use crate::id::{PersonId, RelationshipId};

/// Which side of therapy somebody is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The client.
    Client,
    /// The therapist.
    Therapist,
}

impl ToSql for Role {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            Self::Client => "client",
            Self::Therapist => "therapist",
        }))
    }
}

impl FromSql for Role {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "client" => Ok(Self::Client),
            "therapist" => Ok(Self::Therapist),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

/// Whose installation this is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct Profile {
    /// The person.
    pub person: PersonId,
    /// Client or therapist.
    pub role: Role,
    /// What the other person sees.
    pub display_name: String,
    /// The fingerprint of the person's key: groups of digits to compare.
    pub fingerprint: String,
}

/// The other person of a relationship.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct OtherPerson {
    /// Who.
    pub person: PersonId,
    /// Client or therapist.
    pub role: Role,
    /// What to call them on this device: as its owner does, or else as they call themselves.
    pub display_name: String,
    /// The name they gave themselves when the two paired.
    pub calls_themselves: String,
    /// The fingerprint of their key.
    pub fingerprint: String,
}

/// Two people who have paired.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct Relationship {
    /// Its id.
    pub id: RelationshipId,
    /// The other person.
    pub other: OtherPerson,
    /// Since when.
    pub paired_at: Instant,
    /// Whether the two have compared the code of words.
    pub code_compared: bool,
    /// The code of words: the same on both devices, or somebody is in between.
    pub code: Vec<String>,
    /// When both were last level.
    pub in_step_at: Option<Instant>,
    /// How many of one's own changes the other has not confirmed yet. Of a relationship that is over, only what is
    /// still to be said.
    pub waiting_to_go: u32,
    /// Whether what is here of the time before came back from the other's device, because the own one and every backup
    /// were lost: it is as that device has kept it, and nobody else can vouch for it.
    pub as_kept_by_other: bool,
    /// Whether the other's device knows this one. It does not after a backup was brought back, until the two have met.
    pub knows_this_device: bool,
    /// Since when this person has paused it: nothing is sent and nobody is let in, and local work goes on. The other
    /// sees only that nobody is reached.
    pub paused_at: Option<Instant>,
    /// Since when it is over, and who ended it.
    pub ended: Option<Ended>,
}

/// The end of a relationship. Its plan stays as it was then, to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct Ended {
    /// When, by the clock of who ended it.
    pub at: Instant,
    /// Who did.
    pub by: PersonId,
}

/// An invitation to pair, to be shown as a QR code or typed over.
#[derive(Clone, uniffi::Record)]
pub struct PairingTicket {
    /// Only capital letters and digits, so that a QR code stays small.
    pub text: String,
    /// Until when it works.
    pub expires_at: Instant,
}

/// What both people compare before anything is stored.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PairingCode {
    /// The words that both screens show.
    pub words: Vec<String>,
    /// Who is on the other side.
    pub other: OtherPerson,
}

/// How a pairing was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Confirmation {
    /// The two people compared the words, and this one has read what will be shared.
    Compared {
        /// The version of the text that they read: [`TERMS_VERSION`].
        read_terms: u16,
    },
    /// Nobody compared the words, and nobody read what will be shared (scripts): both are told until it is done.
    NotCompared,
}
