//! What ends a command before its end, and the exit code that scripts see.

use common_ground::Error;
use common_ground::error::{CarryProblem, FileKind, PairingProblem, Problem, Thing};
use common_ground::keeping::BackupProblem;
use common_ground::sharing::ParcelProblem;

use crate::plain;
use crate::words::{Words, say};

/// The exit codes, as `--help` and `docs/data-format.md` list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Something else failed.
    Failed = 1,
    /// The command line cannot be understood, or a script left out an answer.
    Usage = 2,
    /// What was asked for is not here: profile, entry, goal, task, file.
    NotFound = 3,
    /// Another process holds the folder.
    InUse = 4,
    /// Locked: a wrong passphrase, a wrong key, or no key.
    Locked = 5,
    /// A file is damaged, or of a newer version. It was left as it is.
    Unreadable = 6,
    /// The other device was out of reach.
    OutOfReach = 7,
    /// Pairing did not come about.
    NotPaired = 8,
    /// It was changed meanwhile, or a choice is open.
    Changed = 9,
    /// The person answered no.
    Declined = 10,
}

/// What ends a command before its end.
pub(crate) enum Failure {
    /// What the core says.
    Core(Error),
    /// A sentence for the person.
    Told {
        /// For scripts.
        exit: Exit,
        /// For the person, in their language.
        text: String,
    },
    /// Whoever read our output went away: nothing to tell, and nothing wrong.
    PipeClosed,
}

impl Failure {
    pub(crate) fn told(exit: Exit, text: String) -> Self {
        Self::Told { exit, text }
    }

    /// A file of our own that could not be read or written, told without its path's content.
    pub(crate) fn file(words: &Words, path: &std::path::Path, error: &std::io::Error) -> Self {
        let path = path.display().to_string();
        let missing = error.kind() == std::io::ErrorKind::NotFound;
        let exit = if missing { Exit::NotFound } else { Exit::Failed };
        let text = if missing {
            say!(words, "error-no-such-file", "path" => path)
        } else {
            say!(words, "error-file-named", "path" => path, "reason" => plain::reason(words, &error.kind().to_string()))
        };
        Self::told(exit, text)
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> u8 {
        match self {
            Self::Core(error) => exit_of(error) as u8,
            Self::Told { exit, .. } => *exit as u8,
            Self::PipeClosed => 0,
        }
    }

    /// The sentence for the person, if there is anything to say.
    pub(crate) fn sentence(&self, words: &Words) -> Option<String> {
        match self {
            Self::Core(error) => Some(sentence_of(words, error)),
            Self::Told { text, .. } => Some(text.clone()),
            Self::PipeClosed => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

fn exit_of(error: &Error) -> Exit {
    match error {
        Error::NoProfile | Error::NotFound { .. } => Exit::NotFound,
        Error::InUse => Exit::InUse,
        Error::Locked | Error::WrongKey { .. } | Error::Vault { .. } => Exit::Locked,
        Error::Damaged { .. } | Error::NewerFile { .. } | Error::NewerPlan => Exit::Unreadable,
        Error::Unreachable | Error::Closed => Exit::OutOfReach,
        Error::Backup { problem } => match problem {
            BackupProblem::NotABackup | BackupProblem::Newer | BackupProblem::Damaged => Exit::Unreadable,
            BackupProblem::NoRecoveryKit => Exit::NotFound,
            _ => Exit::Locked,
        },
        Error::Carry { problem } => match problem {
            CarryProblem::NotCarried | CarryProblem::Newer | CarryProblem::Damaged => Exit::Unreadable,
            CarryProblem::NotForThisDevice => Exit::Locked,
            CarryProblem::UnknownDevice => Exit::NotPaired,
            CarryProblem::MeetFirst => Exit::OutOfReach,
        },
        Error::Pairing { .. } => Exit::NotPaired,
        Error::Changed { .. } | Error::OpenChoice => Exit::Changed,
        Error::Parcel { problem: ParcelProblem::TakenBack | ParcelProblem::NotHereYet } => Exit::NotFound,
        Error::Parcel { problem: ParcelProblem::ClosedUntilHeard } => Exit::Locked,
        Error::Parcel { problem: ParcelProblem::Newer | ParcelProblem::Malformed } => Exit::Unreadable,
        Error::Cancelled => Exit::Declined,
        Error::ProfileExists
        | Error::DiskFull
        | Error::FileExists
        | Error::File { .. }
        | Error::Invalid { .. }
        | Error::NotAllowed { .. }
        | Error::Import { .. }
        | Error::Pack { .. }
        | Error::OlderPlan
        | Error::Replaced
        | Error::NotShared
        | Error::TooMuchHandedOver
        | Error::NotTogether
        | Error::Exchange { .. }
        | Error::Internal { .. } => Exit::Failed,
    }
}

fn sentence_of(words: &Words, error: &Error) -> String {
    match error {
        Error::Locked => say!(words, "error-locked"),
        Error::InUse => say!(words, "error-in-use"),
        Error::NoProfile => say!(words, "error-no-profile"),
        Error::ProfileExists => say!(words, "error-profile-exists"),
        Error::WrongKey { file } => say!(words, "error-wrong-key", "file" => file_name(words, *file)),
        Error::Damaged { file } => say!(words, "error-damaged", "file" => file_name(words, *file)),
        Error::NewerFile { file, .. } => {
            say!(words, "error-newer-file", "file" => file_name(words, *file))
        }
        Error::NewerPlan => say!(words, "error-newer-plan"),
        Error::OlderPlan => say!(words, "error-older-plan"),
        Error::FileExists => say!(words, "error-file-exists"),
        Error::DiskFull => say!(words, "error-disk-full"),
        Error::File { reason } => say!(words, "error-file", "reason" => plain::reason(words, reason)),
        Error::Vault { reason } => say!(words, "error-vault", "reason" => reason.as_str()),
        Error::NotFound { what } => match what {
            Thing::Entry => say!(words, "error-no-entry"),
            Thing::Goal => say!(words, "error-no-goal"),
            Thing::Task => say!(words, "error-no-task"),
            Thing::Wording => say!(words, "error-no-wording"),
            Thing::Note => say!(words, "error-no-note"),
            Thing::Step => say!(words, "error-no-step"),
            Thing::Strategy => say!(words, "error-no-strategy"),
            Thing::Choice => say!(words, "error-nothing-to-choose"),
            Thing::GoalDraft => say!(words, "error-no-goal-draft"),
            Thing::Edit => say!(words, "error-nothing-to-undo"),
            Thing::Relationship => say!(words, "error-no-relationship"),
            Thing::File => say!(words, "error-no-file"),
            Thing::Draft => say!(words, "error-no-draft"),
            Thing::Version => say!(words, "error-no-version"),
            Thing::Template => say!(words, "error-no-template"),
            Thing::Tool => say!(words, "error-no-tool"),
            Thing::Attachment => say!(words, "error-no-attachment"),
            Thing::Reminder => say!(words, "error-no-reminder"),
            Thing::Appointment => say!(words, "error-no-appointment"),
            Thing::Backup => say!(words, "error-no-backup"),
            Thing::Excerpt => say!(words, "error-no-excerpt"),
        },
        Error::Invalid { field, problem } => {
            let field = plain::field_first(words, field);
            match problem {
                Problem::Empty => say!(words, "error-empty", "field" => field),
                Problem::TooLong { limit, unit } => say!(words, "error-too-long",
                    "field" => field, "limit" => plain::limit(words, *limit, unit)),
                Problem::OutOfRange { from, to } => say!(words, "error-out-of-range",
                    "field" => field, "from" => *from, "to" => *to),
                Problem::Malformed { expected } => say!(words, "error-malformed",
                    "field" => field, "expected" => plain::expected(words, expected)),
            }
        }
        Error::Changed { .. } => say!(words, "error-changed"),
        Error::OpenChoice => say!(words, "error-open-choice"),
        Error::NotAllowed { rule } => say!(words, "error-not-allowed", "rule" => rule.as_str()),
        Error::Import { entry, line: _, field, problem } => say!(words, "error-import",
            "entry" => *entry, "problem" => plain::of_import(words, field, problem)),
        Error::Pack { line, column, problem } => say!(words, "error-pack",
            "line" => *line, "column" => *column, "problem" => problem.as_str()),
        Error::Cancelled => say!(words, "error-cancelled"),
        Error::Backup { problem } => backup(words, *problem),
        Error::Pairing { problem } => pairing(words, *problem),
        Error::Carry { problem } => carrying(words, *problem),
        Error::NotShared => say!(words, "error-not-shared"),
        Error::TooMuchHandedOver => say!(words, "error-too-much-handed-over"),
        Error::NotTogether => say!(words, "error-not-together"),
        Error::Parcel { problem } => parcel(words, *problem),
        Error::Unreachable => say!(words, "error-unreachable"),
        Error::Replaced => say!(words, "error-replaced"),
        Error::Closed => say!(words, "error-closed"),
        Error::Exchange { problem } => say!(words, "error-exchange", "problem" => problem.as_str()),
        Error::Internal { place } => say!(words, "error-internal", "place" => place.as_str()),
    }
}

fn backup(words: &Words, problem: BackupProblem) -> String {
    match problem {
        BackupProblem::NotABackup => say!(words, "error-not-a-backup"),
        BackupProblem::Newer => say!(words, "error-backup-newer"),
        BackupProblem::Damaged => say!(words, "error-backup-damaged"),
        BackupProblem::WrongPassphrase => say!(words, "error-backup-passphrase"),
        BackupProblem::WrongRecoveryKit => say!(words, "error-backup-other-kit"),
        BackupProblem::NeedsPassphrase => say!(words, "error-backup-needs-passphrase"),
        BackupProblem::NeedsRecoveryKit => say!(words, "error-backup-needs-kit"),
        BackupProblem::NoRecoveryKit => say!(words, "error-no-recovery-kit"),
        BackupProblem::WordCount { found: u32::MAX } => say!(words, "error-words-too-long"),
        BackupProblem::WordCount { found } => say!(words, "error-words-count", "found" => found),
        BackupProblem::UnknownWord { number } => say!(words, "error-word-unknown", "number" => number),
        BackupProblem::WordsDoNotFit => say!(words, "error-words-do-not-fit"),
    }
}

fn carrying(words: &Words, problem: CarryProblem) -> String {
    match problem {
        CarryProblem::NotCarried => say!(words, "error-not-carried"),
        CarryProblem::Newer => say!(words, "error-carried-newer"),
        CarryProblem::Damaged => say!(words, "error-carried-damaged"),
        CarryProblem::NotForThisDevice => say!(words, "error-carried-not-for-this-device"),
        CarryProblem::UnknownDevice => say!(words, "error-carried-unknown-device"),
        CarryProblem::MeetFirst => say!(words, "error-carry-meet-first"),
    }
}

fn parcel(words: &Words, problem: ParcelProblem) -> String {
    match problem {
        ParcelProblem::TakenBack => say!(words, "error-parcel-taken-back"),
        ParcelProblem::NotHereYet => say!(words, "error-parcel-not-here-yet"),
        ParcelProblem::ClosedUntilHeard => say!(words, "error-parcel-closed"),
        ParcelProblem::Newer => say!(words, "error-parcel-newer"),
        ParcelProblem::Malformed => say!(words, "error-parcel-malformed"),
    }
}

fn pairing(words: &Words, problem: PairingProblem) -> String {
    match problem {
        PairingProblem::NotATicket => say!(words, "error-not-a-ticket"),
        PairingProblem::NewerTicket => say!(words, "error-newer-ticket"),
        PairingProblem::Expired => say!(words, "error-ticket-expired"),
        PairingProblem::TicketClosed => say!(words, "error-ticket-closed"),
        PairingProblem::SameRole => say!(words, "error-same-role"),
        PairingProblem::AlreadyPaired => say!(words, "error-already-paired"),
        PairingProblem::ProfileInUse => say!(words, "error-profile-in-use"),
        PairingProblem::OwnTicket => say!(words, "error-own-ticket"),
        PairingProblem::IdsTooAlike => say!(words, "error-ids-too-alike"),
        PairingProblem::NotConfirmed => say!(words, "error-not-confirmed"),
        PairingProblem::Broken => say!(words, "error-pairing-broken"),
        PairingProblem::TooManyTries => say!(words, "error-too-many-tries"),
    }
}

fn file_name(words: &Words, file: FileKind) -> String {
    match file {
        FileKind::Private => say!(words, "file-private"),
        FileKind::Shared => say!(words, "file-shared"),
    }
}
