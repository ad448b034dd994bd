//! Yours to keep: one backup file of everything, bringing it back, the recovery kit that opens it, and
//! erasing it all.
//!
//! | file | what it is for |
//! | --- | --- |
//! | `kit` | the recovery key as words, and what a printed page needs |
//! | `sealed` | the backup's encryption: an `age` file that plain `age` opens |
//! | `format` | what lies in it: a tar archive with its checksums |
//! | `backup` | making one, reading it back, and checking one |
//! | `restore` | bringing one back, all or nothing |
//! | `fresh` | what makes a restored profile a device of its own |
//! | `erase` | taking everything away for good |

mod backup;
mod erase;
mod format;
mod fresh;
mod kit;
mod restore;
mod sealed;
#[cfg(test)]
mod tests;

pub use backup::{backup_opens_with, check_backup};
pub use erase::{Erased, erase_everything};
pub(crate) use fresh::become_another_device;
pub(crate) use kit::identity_of;
pub use kit::{KitNote, RecoveryKit, age_identity, name_of_kit};
pub use restore::restore_backup;
pub(crate) use sealed::begin_opening;

use crate::clock::Instant;
use crate::progress::{self, Progress};
use crate::relationship::Role;
use crate::{Error, Result};

/// What a new backup is to be opened with. A passphrase is the person's secret, so this is shown by
/// nothing.
#[derive(Clone, uniffi::Enum)]
pub enum BackupKey {
    /// A passphrase of the person's choice.
    Passphrase {
        /// Not empty.
        passphrase: String,
    },
    /// The words of the recovery kit in use.
    RecoveryKit,
}

/// What opens a backup that there is. Secret, so shown by nothing.
#[derive(Clone, uniffi::Enum)]
pub enum BackupSecret {
    /// The passphrase it was made with.
    Passphrase {
        /// As it was typed then.
        passphrase: String,
    },
    /// The words of the recovery kit that was in use then.
    RecoveryWords {
        /// 24 words; numbers between them and capital letters do not matter.
        words: String,
    },
}

/// What kind of secret a backup wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum BackupOpensWith {
    /// A passphrase.
    Passphrase,
    /// The words of a recovery kit.
    RecoveryKit,
}

/// What is in a backup, found whole.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct BackupReport {
    /// When it was made.
    pub made_at: Instant,
    /// By which version of the app.
    pub app_version: String,
    /// Client or therapist.
    pub role: Role,
    /// Whose it is.
    pub display_name: String,
    /// The fingerprint of the person's key.
    pub fingerprint: String,
    /// What opens it.
    pub opens_with: BackupOpensWith,
    /// How large the file is, in bytes.
    pub bytes: u64,
}

/// The last backup that was made here, or brought back here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct BackupNote {
    /// When it was made.
    pub made_at: Instant,
    /// How large the file was, in bytes.
    pub bytes: u64,
    /// What opens it.
    pub opens_with: BackupOpensWith,
}

/// What stands between a person and a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Enum)]
pub enum BackupProblem {
    /// The file is no backup.
    #[error("this is not a backup")]
    NotABackup,
    /// A newer version of the app made it: update the app.
    #[error("the backup was made by a newer version")]
    Newer,
    /// The file was changed or cut: nothing of it was taken. Try another copy.
    #[error("the backup is damaged")]
    Damaged,
    /// The passphrase is another one (or the very beginning of the file is damaged).
    #[error("this is not the passphrase of the backup")]
    WrongPassphrase,
    /// The words are those of another kit (or the very beginning of the file is damaged).
    #[error("these are the words of another recovery kit")]
    WrongRecoveryKit,
    /// It opens with a passphrase, and words were given.
    #[error("the backup opens with a passphrase")]
    NeedsPassphrase,
    /// It opens with the words of a recovery kit, and a passphrase was given.
    #[error("the backup opens with the words of a recovery kit")]
    NeedsRecoveryKit,
    /// There is no recovery kit here yet: make one, or choose a passphrase.
    #[error("there is no recovery kit yet")]
    NoRecoveryKit,
    /// A recovery kit has 24 words.
    #[error("a recovery kit has 24 words, not {found}")]
    WordCount {
        /// How many were given.
        found: u32,
    },
    /// A word is not in the list.
    #[error("word {number} is not a word of any recovery kit")]
    UnknownWord {
        /// Which, from 1.
        number: u32,
    },
    /// Every word is in the list, but together they are no kit: one is another, or two changed places.
    #[error("the words do not belong together")]
    WordsDoNotFit,
}

/// Tells `progress` how far it has come, and ends the work where the person says so.
struct Steps<'a> {
    progress: Option<&'a dyn Progress>,
    done: u64,
    total: u64,
    told: u64,
}

/// After how many bytes progress is told.
const STEP: u64 = 1024 * 1024;

impl<'a> Steps<'a> {
    fn new(progress: Option<&'a dyn Progress>, total: u64) -> Self {
        Self { progress, done: 0, total, told: 0 }
    }

    /// Goes on, so many bytes further.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    fn further(&mut self, bytes: u64) -> Result<()> {
        self.done += bytes;
        self.total = self.total.max(self.done);
        if self.done - self.told < STEP && self.done < self.total {
            return Ok(());
        }
        self.told = self.done;
        self.ask()
    }

    /// Asks whether to go on.
    fn ask(&self) -> Result<()> {
        progress::tell(self.progress, self.done, (self.total > 0).then_some(self.total))
    }
}

/// An error of ours that came through code which knows only I/O errors. What reads as damage there is
/// damage of the backup.
fn unwrapped(error: std::io::Error) -> Error {
    use std::io::ErrorKind::{InvalidData, UnexpectedEof};
    match error.downcast::<Error>() {
        Ok(ours) => ours,
        Err(error) if matches!(error.kind(), InvalidData | UnexpectedEof) => BackupProblem::Damaged.into(),
        Err(error) => error.into(),
    }
}

/// The migration's tables: what is remembered of kits and backups.
mod notes {
    use rusqlite::{Connection, OptionalExtension, named_params};

    use super::{BackupNote, BackupOpensWith};
    use crate::Result;
    use crate::clock::Instant;
    use crate::store::Micros;

    /// Since when the kit is in use, and what is encrypted to.
    pub(super) fn kit(connection: &Connection) -> Result<Option<(Instant, String)>> {
        let kit = connection
            .query_row(
                "SELECT recipient, used_since FROM recovery_kit ORDER BY number DESC LIMIT 1",
                [],
                |row| Ok((row.get::<_, Micros>(1)?.0, row.get::<_, String>(0)?)),
            )
            .optional()?;
        Ok(kit)
    }

    /// Puts a kit into use. One that is in use stays as it is.
    pub(super) fn keep_kit(connection: &Connection, recipient: &str, now: Instant) -> Result<()> {
        if kit(connection)?.is_some_and(|(_, in_use)| in_use == recipient) {
            return Ok(());
        }
        connection.execute(
            "INSERT INTO recovery_kit (number, recipient, used_since)
             SELECT coalesce(max(number), 0) + 1, :recipient, :now FROM recovery_kit",
            named_params! { ":recipient": recipient, ":now": Micros(now) },
        )?;
        Ok(())
    }

    /// The last backup.
    pub(super) fn backup(connection: &Connection) -> Result<Option<BackupNote>> {
        let note = connection
            .query_row("SELECT made_at, bytes, with_kit FROM last_backup", [], |row| {
                let bytes: i64 = row.get(1)?;
                Ok(BackupNote {
                    made_at: row.get::<_, Micros>(0)?.0,
                    bytes: bytes.unsigned_abs(),
                    opens_with: if row.get(2)? {
                        BackupOpensWith::RecoveryKit
                    } else {
                        BackupOpensWith::Passphrase
                    },
                })
            })
            .optional()?;
        Ok(note)
    }

    /// Remembers the last backup.
    pub(super) fn keep_backup(connection: &Connection, note: &BackupNote) -> Result<()> {
        connection.execute(
            "INSERT INTO last_backup (only_one, made_at, bytes, with_kit)
             VALUES (1, :made_at, :bytes, :with_kit)
             ON CONFLICT (only_one) DO UPDATE
             SET made_at = excluded.made_at, bytes = excluded.bytes, with_kit = excluded.with_kit",
            named_params! {
                ":made_at": Micros(note.made_at), ":bytes": i64::try_from(note.bytes).unwrap_or(i64::MAX),
                ":with_kit": note.opens_with == BackupOpensWith::RecoveryKit,
            },
        )?;
        Ok(())
    }
}
