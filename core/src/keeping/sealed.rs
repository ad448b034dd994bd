//! The encryption of a backup: a file of `age` version 1, binary, so that plain `age` opens it without
//! this app.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::iter::once;
use std::path::Path;

use age::secrecy::SecretString;
use age::stream::{StreamReader, StreamWriter};
use age::x25519::{Identity, Recipient};
use age::{DecryptError, Decryptor, Encryptor, scrypt};
use zeroize::{Zeroize, Zeroizing};

use super::kit::RecoveryKey;
use super::{BackupOpensWith, BackupProblem, BackupSecret};
use crate::error::{Problem, Thing};
use crate::{Error, Result};

/// How hard a passphrase is to try: scrypt with N = 2^18, which is what `age` itself takes. 256 MiB and
/// about a second, once for each file.
#[cfg(not(test))]
const WORK: u8 = 18;
#[cfg(test)]
const WORK: u8 = 8;

/// The hardest that is accepted, so that a file cannot take all memory: 1 GiB.
const MOST_WORK: u8 = 20;

/// The longest header that is looked at. One of ours has less than a kilobyte.
const LONGEST_HEADER: u64 = 64 * 1024;

/// The longest passphrase, in bytes.
const LONGEST_PASSPHRASE: usize = 1024;

/// What a backup is made for.
pub(super) enum Seal {
    Passphrase(SecretString),
    RecoveryKit(Recipient),
}

/// What opens a backup again.
pub(super) enum Opener {
    Passphrase(SecretString),
    Identity(Identity),
}

/// A backup file being read, decrypted.
pub(super) type Opened = StreamReader<BufReader<std::fs::File>>;

impl Seal {
    /// A passphrase, which must not be empty.
    pub(super) fn passphrase(passphrase: String) -> Result<Self> {
        Ok(Self::Passphrase(checked(passphrase)?))
    }

    /// What opens what this seals.
    pub(super) fn opens_with(&self) -> BackupOpensWith {
        match self {
            Self::Passphrase(_) => BackupOpensWith::Passphrase,
            Self::RecoveryKit(_) => BackupOpensWith::RecoveryKit,
        }
    }

    /// Begins a sealed file, and answers also with what opens it for reading it back. This device does
    /// not have the recovery key, so that a second key, which ends with this call, is let in beside it.
    pub(super) fn begin<W: Write>(self, out: W) -> Result<(StreamWriter<W>, Opener)> {
        let failed = |_| Error::internal("sealing a backup");
        let (encryptor, opener) = match self {
            Self::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(passphrase.clone());
                recipient.set_work_factor(WORK);
                let encryptor = Encryptor::with_recipients(once(&recipient as &dyn age::Recipient));
                (encryptor.map_err(failed)?, Opener::Passphrase(passphrase))
            }
            Self::RecoveryKit(recipient) => {
                let passing = Identity::generate();
                let to_passing = passing.to_public();
                let both = [&recipient as &dyn age::Recipient, &to_passing];
                (Encryptor::with_recipients(both.into_iter()).map_err(failed)?, Opener::Identity(passing))
            }
        };
        Ok((encryptor.wrap_output(out)?, opener))
    }
}

impl Opener {
    /// What a person gave.
    ///
    /// # Errors
    /// [`Error::Backup`] that says what is wrong with words.
    pub(super) fn of(secret: BackupSecret) -> Result<Self> {
        match secret {
            BackupSecret::Passphrase { passphrase } => Ok(Self::Passphrase(checked(passphrase)?)),
            BackupSecret::RecoveryWords { words } => {
                let words = Zeroizing::new(words);
                Ok(Self::Identity(RecoveryKey::from_words(&words)?.identity()?))
            }
        }
    }

    /// Opens a sealed file.
    pub(super) fn open(&self, file: std::fs::File) -> Result<Opened> {
        let (decryptor, opens_with) = begin_opening(file)?;
        let wrong = match (self, opens_with) {
            (Self::Passphrase(_), BackupOpensWith::Passphrase) => BackupProblem::WrongPassphrase,
            (Self::Identity(_), BackupOpensWith::RecoveryKit) => BackupProblem::WrongRecoveryKit,
            (Self::Passphrase(_), BackupOpensWith::RecoveryKit) => {
                return Err(BackupProblem::NeedsRecoveryKit.into());
            }
            (Self::Identity(_), BackupOpensWith::Passphrase) => {
                return Err(BackupProblem::NeedsPassphrase.into());
            }
        };
        let opened = match self {
            Self::Passphrase(passphrase) => {
                let mut identity = scrypt::Identity::new(passphrase.clone());
                identity.set_max_work_factor(MOST_WORK);
                decryptor.decrypt(once(&identity as &dyn age::Identity))
            }
            Self::Identity(identity) => decryptor.decrypt(once(identity as &dyn age::Identity)),
        };
        opened.map_err(|error| match error {
            DecryptError::DecryptionFailed | DecryptError::NoMatchingKeys => wrong.into(),
            other => refused(other),
        })
    }
}

/// Opens a file of that name for reading.
pub(super) fn open_file(path: &Path) -> Result<std::fs::File> {
    match std::fs::File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::not_found(Thing::Backup)),
        opened => {
            let file = opened?;
            // A folder opens like a file on some systems, and fails at the first read.
            if file.metadata()?.is_file() { Ok(file) } else { Err(BackupProblem::NotABackup.into()) }
        }
    }
}

/// What opens a file; only its header is read.
pub(super) fn opens_with(file: std::fs::File) -> Result<BackupOpensWith> {
    begin_opening(file).map(|(_, opens_with)| opens_with)
}

/// Begins to open a file of `age`: its header is read, and nothing else. Answers also what opens it.
///
/// # Errors
/// [`Error::Backup`] that says what is wrong with the header, and what the file system says.
pub(crate) fn begin_opening(
    file: std::fs::File,
) -> Result<(Decryptor<BufReader<std::fs::File>>, BackupOpensWith)> {
    let mut reader = BufReader::with_capacity(128 * 1024, file);
    look_at_header(&mut reader)?;
    reader.seek(SeekFrom::Start(0))?;
    let decryptor = Decryptor::new_buffered(reader).map_err(refused)?;
    let opens_with =
        if decryptor.is_scrypt() { BackupOpensWith::Passphrase } else { BackupOpensWith::RecoveryKit };
    Ok((decryptor, opens_with))
}

/// Sees that there is a header and that it has an end, before anything reads it that would read for ever.
fn look_at_header(reader: &mut BufReader<std::fs::File>) -> Result<()> {
    let mut header = reader.take(LONGEST_HEADER);
    let mut line = Vec::new();
    header.read_until(b'\n', &mut line)?;
    match line.as_slice() {
        b"age-encryption.org/v1\n" => {}
        [b'a', b'g', b'e', b'-', b'e', b'n', b'c', b'r', b'y', b'p', b't', b'i', b'o', b'n', b'.', ..] => {
            return Err(BackupProblem::Newer.into());
        }
        _ => return Err(BackupProblem::NotABackup.into()),
    }
    loop {
        line.clear();
        header.read_until(b'\n', &mut line)?;
        if line.starts_with(b"--- ") {
            return Ok(());
        }
        if !line.ends_with(b"\n") {
            return Err(BackupProblem::Damaged.into());
        }
    }
}

fn refused(error: DecryptError) -> Error {
    match error {
        DecryptError::Io(error) => super::unwrapped(error),
        DecryptError::UnknownFormat => BackupProblem::Newer.into(),
        _ => BackupProblem::Damaged.into(),
    }
}

fn checked(mut passphrase: String) -> Result<SecretString> {
    let problem = if passphrase.is_empty() {
        Problem::Empty
    } else if passphrase.len() > LONGEST_PASSPHRASE {
        Problem::TooLong { limit: LONGEST_PASSPHRASE as u64, unit: "bytes".to_owned() }
    } else {
        let secret = SecretString::from(passphrase.as_str());
        passphrase.zeroize();
        return Ok(secret);
    };
    passphrase.zeroize();
    Err(Error::invalid("passphrase", problem))
}
