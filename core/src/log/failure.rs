//! Why something failed, as far as it may be told: the error without any text that came from outside.

use std::fmt;

use super::LogLevel;
use crate::Error;
use crate::error::{CarryProblem, FileKind, PairingProblem, Thing};
use crate::keeping::BackupProblem;
use crate::sharing::ParcelProblem;

/// What kind of error it was, for developers: the variant of the error, without any field that could hold a text from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Failure {
    /// The private file is locked.
    Locked,
    /// Another process holds the folder or the file.
    InUse,
    /// There is no profile.
    NoProfile,
    /// There is a profile already.
    ProfileExists,
    /// The key is another one.
    WrongKey {
        /// Of which file.
        file: FileKind,
    },
    /// A file is damaged.
    Damaged {
        /// Which file.
        file: FileKind,
    },
    /// A newer version wrote a file.
    NewerFile {
        /// Which file.
        file: FileKind,
        /// The schema version found.
        found: u32,
        /// The newest one known here.
        known: u32,
    },
    /// The plan is of a higher level than this build reads.
    NewerPlan,
    /// The plan is of a lower level than was needed.
    OlderPlan,
    /// The disk is full.
    DiskFull,
    /// The file system refused.
    File,
    /// There is a file of this name already.
    FileExists,
    /// The key vault failed.
    Vault,
    /// Something was not there.
    NotFound {
        /// What kind of thing.
        what: Thing,
    },
    /// A value could not be taken.
    Invalid,
    /// Something was changed meanwhile.
    Changed {
        /// What kind of thing.
        what: Thing,
    },
    /// A choice between two values is open.
    OpenChoice,
    /// The policy does not allow it.
    NotAllowed,
    /// An import could not be read.
    Import {
        /// At which entry of the file.
        entry: u64,
        /// In which line.
        line: u64,
    },
    /// A file of templates could not be read.
    Pack {
        /// In which line.
        line: u64,
    },
    /// A backup was not made, opened or brought back.
    Backup {
        /// Why.
        problem: BackupProblem,
    },
    /// The person cancelled it.
    Cancelled,
    /// Pairing did not come about.
    Pairing {
        /// Why.
        problem: PairingProblem,
    },
    /// The relationship has ended or is paused.
    NotShared,
    /// There is no room for more in the relationship.
    TooMuchHandedOver,
    /// A carried file was not written or not taken in.
    Carry {
        /// Why.
        problem: CarryProblem,
    },
    /// The two are not together.
    NotTogether,
    /// An excerpt could not be opened.
    Parcel {
        /// Why.
        problem: ParcelProblem,
    },
    /// The other device could not be reached.
    Unreachable,
    /// The profile goes on on another device.
    Replaced,
    /// The link or pairing was closed.
    Closed,
    /// A rule of the exchange was broken; which one was told before.
    Exchange,
    /// A mistake of ours; its place was told before.
    Internal,
}

impl Failure {
    /// How important it is that opening or unlocking failed for this reason.
    pub(super) fn level(self) -> LogLevel {
        match self {
            Self::Damaged { .. } | Self::Internal => LogLevel::Error,
            _ => LogLevel::Warning,
        }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        match error {
            Error::Locked => Self::Locked,
            Error::InUse => Self::InUse,
            Error::NoProfile => Self::NoProfile,
            Error::ProfileExists => Self::ProfileExists,
            Error::WrongKey { file } => Self::WrongKey { file: *file },
            Error::Damaged { file } => Self::Damaged { file: *file },
            Error::NewerFile { file, found, known } => {
                Self::NewerFile { file: *file, found: *found, known: *known }
            }
            Error::NewerPlan => Self::NewerPlan,
            Error::OlderPlan => Self::OlderPlan,
            Error::DiskFull => Self::DiskFull,
            Error::File { .. } => Self::File,
            Error::FileExists => Self::FileExists,
            Error::Vault { .. } => Self::Vault,
            Error::NotFound { what } => Self::NotFound { what: *what },
            Error::Invalid { .. } => Self::Invalid,
            Error::Changed { what } => Self::Changed { what: *what },
            Error::OpenChoice => Self::OpenChoice,
            Error::NotAllowed { .. } => Self::NotAllowed,
            Error::Import { entry, line, .. } => Self::Import { entry: *entry, line: *line },
            Error::Pack { line, .. } => Self::Pack { line: *line },
            Error::Backup { problem } => Self::Backup { problem: *problem },
            Error::Cancelled => Self::Cancelled,
            Error::Pairing { problem } => Self::Pairing { problem: *problem },
            Error::NotShared => Self::NotShared,
            Error::TooMuchHandedOver => Self::TooMuchHandedOver,
            Error::Carry { problem } => Self::Carry { problem: *problem },
            Error::NotTogether => Self::NotTogether,
            Error::Parcel { problem } => Self::Parcel { problem: *problem },
            Error::Unreachable => Self::Unreachable,
            Error::Replaced => Self::Replaced,
            Error::Closed => Self::Closed,
            Error::Exchange { .. } => Self::Exchange,
            Error::Internal { .. } => Self::Internal,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongKey { file } => write!(f, "wrong key for the {file} file"),
            Self::Damaged { file } => write!(f, "the {file} file is damaged"),
            Self::NewerFile { file, found, known } => {
                write!(f, "the {file} file has schema {found}, this version knows {known}")
            }
            Self::NotFound { what } => write!(f, "{what} not found"),
            Self::Changed { what } => write!(f, "{what} was changed meanwhile"),
            Self::Import { entry, line } => write!(f, "import, entry {entry}, line {line}"),
            Self::Pack { line } => write!(f, "templates, line {line}"),
            Self::Backup { problem } => write!(f, "backup: {problem}"),
            Self::Pairing { problem } => write!(f, "pairing: {problem}"),
            Self::Carry { problem } => write!(f, "carrying: {problem}"),
            Self::Parcel { problem } => write!(f, "excerpt: {problem}"),
            Self::Locked => f.write_str("locked"),
            Self::InUse => f.write_str("in use by another process"),
            Self::NoProfile => f.write_str("no profile"),
            Self::ProfileExists => f.write_str("a profile is there already"),
            Self::NewerPlan => f.write_str("the plan needs a newer version"),
            Self::OlderPlan => f.write_str("the plan does not have this part yet"),
            Self::DiskFull => f.write_str("the disk is full"),
            Self::File => f.write_str("the file system refused"),
            Self::FileExists => f.write_str("a file of this name is there already"),
            Self::Vault => f.write_str("the key vault failed"),
            Self::Invalid => f.write_str("a value that cannot be taken"),
            Self::OpenChoice => f.write_str("a choice is open"),
            Self::NotAllowed => f.write_str("not allowed"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::NotShared => f.write_str("the relationship has ended or is paused"),
            Self::TooMuchHandedOver => f.write_str("no room for more"),
            Self::NotTogether => f.write_str("the two are not together"),
            Self::Unreachable => f.write_str("out of reach"),
            Self::Replaced => f.write_str("this profile goes on on another device"),
            Self::Closed => f.write_str("closed"),
            Self::Exchange => f.write_str("a rule of the exchange was broken"),
            Self::Internal => f.write_str("internal error"),
        }
    }
}
