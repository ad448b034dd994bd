//! The one error that leaves the core.
//!
//! A variant exists only where an app can act on it; everything else is [`Error::Internal`]. No
//! variant ever carries a user's words: `Display` is English for developers, and each shell puts
//! the variants into its own sentences.

use std::fmt;

use crate::keeping::BackupProblem;
use crate::log::{self, LogEvent, SourceText};
use crate::sharing::ParcelProblem;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// In Rust the short name is enough. In Kotlin and Swift a bare `Error` would hide the language's own
/// (`Exception` in Kotlin), so it crosses as `CommonGroundException` and `CommonGroundError`.
pub use CommonGroundError as Error;

/// What went wrong, in terms an app can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum CommonGroundError {
    /// The journal is locked: unlock it and call again.
    #[error("locked: unlock the journal first")]
    Locked,
    /// Another process holds this folder or file: close it there and call again.
    #[error("in use: another process holds this folder")]
    InUse,
    /// There is no profile in this folder yet: create one.
    #[error("there is no profile in this folder")]
    NoProfile,
    /// There is a profile in this folder already: open it, or choose another folder.
    #[error("there is a profile in this folder already")]
    ProfileExists,
    /// The key given is not the key of this file. The file is untouched and whole as far as known.
    #[error("wrong key for the {file} file")]
    WrongKey {
        /// Which of the two files.
        file: FileKind,
    },
    /// The key is right and the file is damaged. It was left as it is: restore a backup.
    #[error("the {file} file is damaged")]
    Damaged {
        /// Which of the two files.
        file: FileKind,
    },
    /// A newer version of the app wrote this file. It was left as it is: update the app.
    #[error("the {file} file was written by a newer version (schema {found}, this version knows {known})")]
    NewerFile {
        /// Which of the two files.
        file: FileKind,
        /// The schema version found in the file.
        found: u32,
        /// The newest schema version this build knows.
        known: u32,
    },
    /// The plan is of a higher level than this build reads: update the app.
    #[error("the plan needs a newer version of the app")]
    NewerPlan,
    /// The other person's app is of an earlier version that does not know this part of a plan: it opens up with the
    /// first exchange after both have updated.
    #[error("the plan does not have this part yet: the other device needs a newer version")]
    OlderPlan,
    /// The disk is full: free some space and call again. Nothing was changed.
    #[error("the disk is full")]
    DiskFull,
    /// The file system refused (permissions, a read-only disk). Nothing was changed.
    #[error("cannot read or write the file: {reason}")]
    File {
        /// The operating system's kind of error, without a path.
        reason: String,
    },
    /// There is a file of this name already: choose another name, or say that it may be replaced. It is
    /// untouched.
    #[error("there is a file of this name already")]
    FileExists,
    /// The key vault failed or was refused by the person.
    #[error("the key vault did not answer: {reason}")]
    Vault {
        /// What the vault said.
        reason: String,
    },
    /// What was asked for is not here (any more).
    #[error("{what} not found")]
    NotFound {
        /// What kind of thing.
        what: Thing,
    },
    /// What was given cannot be taken. Nothing was changed.
    #[error("{field}: {problem}")]
    Invalid {
        /// Which field of the call.
        field: String,
        /// What is wrong with it.
        problem: Problem,
    },
    /// It was changed meanwhile: read it again, show it, and let the person decide.
    #[error("{what} was changed meanwhile")]
    Changed {
        /// What kind of thing.
        what: Thing,
    },
    /// Two different values wait for a choice; a wording with an open choice cannot be agreed to.
    #[error("a choice between two values is open")]
    OpenChoice,
    /// This person may not do this here (see the policy table).
    #[error("not allowed: {rule}")]
    NotAllowed {
        /// The path pattern of the rule that says no.
        rule: String,
    },
    /// An import stopped at something it could not read. Nothing was imported.
    #[error("import: entry {entry}, line {line}, {field}: {problem}")]
    Import {
        /// The number of the entry in the file, from 1; 0 for the file as a whole.
        entry: u64,
        /// The line in the file, from 1; 0 where there is none to tell.
        line: u64,
        /// The field of the entry, or the part of the file.
        field: String,
        /// What is wrong with it, without its content.
        problem: String,
    },
    /// A file of templates cannot be read. Nothing was added.
    #[error("templates: line {line}, column {column}: {problem}")]
    Pack {
        /// The line of the file, from 1.
        line: u64,
        /// The place in the line, in bytes, from 1.
        column: u64,
        /// What is wrong there, without its content.
        problem: String,
    },
    /// A backup was not made, opened or brought back. Nothing was changed.
    #[error("backup: {problem}")]
    Backup {
        /// Why.
        problem: BackupProblem,
    },
    /// The person cancelled a long call. Nothing was changed.
    #[error("cancelled")]
    Cancelled,
    /// Pairing did not come about.
    #[error("pairing: {problem}")]
    Pairing {
        /// Why.
        problem: PairingProblem,
    },
    /// The relationship has ended, or is paused: its plan can be read, and nothing new is shared in it.
    #[error("the relationship has ended or is paused")]
    NotShared,
    /// So much has been handed over in this relationship that there is no room for more: take something back.
    #[error("no room for more in this relationship")]
    TooMuchHandedOver,
    /// A file to carry over was not written or not taken in. Nothing is lost: write another one.
    #[error("carrying: {problem}")]
    Carry {
        /// Why.
        problem: CarryProblem,
    },
    /// Letter by letter only while both are together: save it instead.
    #[error("the two are not together")]
    NotTogether,
    /// An excerpt cannot be opened.
    #[error("excerpt: {problem}")]
    Parcel {
        /// Why.
        problem: ParcelProblem,
    },
    /// The other device could not be reached within the time allowed. Local work is not affected.
    #[error("the other device is out of reach")]
    Unreachable,
    /// This profile goes on on another device since: that one takes part in exchanges, this one no longer does. It can be
    /// read here as it was; [`crate::home::CommonGround::go_on_here`] takes it back to this device.
    #[error("this profile goes on on another device")]
    Replaced,
    /// The link or pairing was closed, here or there.
    #[error("the link is closed")]
    Closed,
    /// The exchange was ended because the other side broke its rules; what was accepted before stays.
    #[error("exchange: {problem}")]
    Exchange {
        /// Which rule, in words for developers.
        problem: String,
    },
    /// A mistake of ours. The text names the place, never content.
    #[error("internal error at {place}")]
    Internal {
        /// Where.
        place: String,
    },
}

/// Why a file to carry over was not written or not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error, uniffi::Enum)]
pub enum CarryProblem {
    /// It is no file of this kind.
    #[error("not a file to carry over")]
    NotCarried,
    /// A newer version of the app wrote it.
    #[error("written by a newer version")]
    Newer,
    /// It is torn or was changed on the way. What could be read of it before was taken in.
    #[error("damaged")]
    Damaged,
    /// It is sealed to another device.
    #[error("for another device")]
    NotForThisDevice,
    /// It is from nobody whose device is known and trusted here, or of a relationship that is not theirs.
    #[error("from an unknown device")]
    UnknownDevice,
    /// It is not known yet to whom files for the other device are sealed: one exchange over a network first.
    #[error("one exchange over a network is needed first")]
    MeetFirst,
}

impl From<CarryProblem> for CommonGroundError {
    fn from(problem: CarryProblem) -> Self {
        Self::Carry { problem }
    }
}

/// Which of the two encrypted files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum FileKind {
    /// The journal and all that is private.
    Private,
    /// The plan and all that is shared.
    Shared,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Private => "private",
            Self::Shared => "shared",
        })
    }
}

/// A kind of thing that can be missing or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Thing {
    /// A journal entry.
    Entry,
    /// A goal of a plan.
    Goal,
    /// A task of a plan.
    Task,
    /// The wording of a goal.
    Wording,
    /// A rating, a judgement on a scale, a line of a log or a try of a step.
    Note,
    /// A graded step of a goal.
    Step,
    /// A strategy tried for a goal.
    Strategy,
    /// A choice between values written at the same time.
    Choice,
    /// A private draft of a goal.
    GoalDraft,
    /// An edit that could be undone.
    Edit,
    /// A relationship.
    Relationship,
    /// A file to read from or to write to.
    File,
    /// A draft of an entry.
    Draft,
    /// A former version of an entry.
    Version,
    /// A template for entries.
    Template,
    /// A coping tool.
    Tool,
    /// A photo, a recording or a file of an entry.
    Attachment,
    /// A rule by which to remind.
    Reminder,
    /// An appointment.
    Appointment,
    /// A backup.
    Backup,
    /// An excerpt that was handed over, or a comment on one.
    Excerpt,
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Entry => "entry",
            Self::Goal => "goal",
            Self::Task => "task",
            Self::Wording => "wording",
            Self::Note => "note",
            Self::Step => "step",
            Self::Strategy => "strategy",
            Self::Choice => "choice",
            Self::GoalDraft => "draft of a goal",
            Self::Edit => "edit",
            Self::Relationship => "relationship",
            Self::File => "file",
            Self::Draft => "draft",
            Self::Version => "former version",
            Self::Template => "template",
            Self::Tool => "coping tool",
            Self::Attachment => "attachment",
            Self::Reminder => "reminder",
            Self::Appointment => "appointment",
            Self::Backup => "backup",
            Self::Excerpt => "excerpt",
        })
    }
}

/// What is wrong with a value that was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Enum)]
pub enum Problem {
    /// It must not be empty.
    #[error("must not be empty")]
    Empty,
    /// It is longer than allowed.
    #[error("is longer than {limit} {unit}")]
    TooLong {
        /// The limit.
        limit: u64,
        /// What is counted, for example "bytes".
        unit: String,
    },
    /// It is outside its range.
    #[error("must be between {from} and {to}")]
    OutOfRange {
        /// The lowest value allowed.
        from: i64,
        /// The highest value allowed.
        to: i64,
    },
    /// It does not have the form expected.
    #[error("is not {expected}")]
    Malformed {
        /// What was expected.
        expected: String,
    },
}

/// Why a pairing did not come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Enum)]
pub enum PairingProblem {
    /// The text is not a ticket, or was not copied whole.
    #[error("this is not a ticket")]
    NotATicket,
    /// A newer version of the app made this ticket: update the app.
    #[error("the ticket was made by a newer version")]
    NewerTicket,
    /// The ticket has expired: make a new one.
    #[error("the ticket has expired")]
    Expired,
    /// The ticket was used already, or closed after wrong tries: make a new one.
    #[error("the ticket is closed")]
    TicketClosed,
    /// Both are clients or both are therapists.
    #[error("a client pairs with a therapist")]
    SameRole,
    /// These two have paired already.
    #[error("already paired")]
    AlreadyPaired,
    /// The ticket brings somebody back who lost their device, and this profile is somebody's already: it has
    /// relationships of its own. Make a new profile and take up the ticket there.
    #[error("this profile has relationships under another person id")]
    ProfileInUse,
    /// One's own ticket.
    #[error("this is your own ticket")]
    OwnTicket,
    /// The two persons' ids cannot be told apart inside a plan; one in 281 trillion. Make a new profile.
    #[error("the two ids are too alike")]
    IdsTooAlike,
    /// The other person said that the words differ, or left.
    #[error("the other person did not confirm")]
    NotConfirmed,
    /// The other device broke the rules of pairing (or somebody in between did).
    #[error("the other device did not keep to the rules of pairing")]
    Broken,
    /// Too many wrong tries or too many at once.
    #[error("too many tries")]
    TooManyTries,
}

impl Error {
    /// A mistake of ours, named by its place in the code.
    pub(crate) fn internal(place: &'static str) -> Self {
        log::tell(LogEvent::Mistake { place: SourceText::of(place) });
        Self::Internal { place: place.to_owned() }
    }

    /// A rule of the exchange that was broken, or a limit of it.
    pub(crate) fn broken_rule(problem: &'static str) -> Self {
        log::tell(LogEvent::RuleBroken { rule: SourceText::of(problem) });
        Self::Exchange { problem: problem.to_owned() }
    }

    /// A value that cannot be taken, named by its field.
    pub(crate) fn invalid(field: &str, problem: Problem) -> Self {
        Self::Invalid { field: field.to_owned(), problem }
    }

    /// A value that does not have the form expected.
    pub(crate) fn malformed(field: &str, expected: &str) -> Self {
        Self::invalid(field, Problem::Malformed { expected: expected.to_owned() })
    }

    /// What an import stopped at: the entry's number from 1 (0 for the whole file), never its content.
    pub(crate) fn import(entry: u64, field: &str, problem: &str) -> Self {
        Self::Import { entry, line: 0, field: field.to_owned(), problem: problem.to_owned() }
    }

    /// What a kind of thing that is missing is told as.
    pub(crate) fn not_found(what: Thing) -> Self {
        Self::NotFound { what }
    }
}

impl From<BackupProblem> for Error {
    fn from(problem: BackupProblem) -> Self {
        Self::Backup { problem }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        // One of ours that only travelled through a reader or writer.
        if let Some(ours) = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            return ours.clone();
        }
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            kind => Self::File { reason: kind.to_string() },
        }
    }
}

/// Takes one of ours through a reader or writer, from which it comes out again as what it was.
impl From<Error> for std::io::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for Error {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        // The text of a callback's failure may hold anything, so it stays outside.
        Self::Internal { place: "a callback of the app".to_owned() }
    }
}
