//! Making a backup and reading it back: written beside its place, read to the end, and only then given
//! its name. Whatever goes wrong before leaves what was there before, and nothing else.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use super::format::{self, Archive, Looker, Manifest, Part};
use super::sealed::{self, Opener, Seal};
use super::{
    BackupKey, BackupNote, BackupOpensWith, BackupProblem, BackupReport, BackupSecret, Steps, kit, notes,
};
use crate::Result;
use crate::beside::Beside;
use crate::error::FileKind;
use crate::home::folder::{name_of_file, newest_schema};
use crate::home::{CommonGround, Home};
use crate::log::{self, LongCall};
use crate::progress::Progress;
use crate::relationship::people;

#[uniffi::export]
impl CommonGround {
    /// Makes one backup file of everything: journal, plans, keys, attachments. Writing goes on meanwhile;
    /// what was saved before the call is in it. It is read back to its end before it gets its name, and
    /// takes a few MiB of memory, however large it is (with a passphrase 256 MiB more, for a second).
    /// A file of that name is replaced only if `replace` says so. Blocks for long, tells how far it is, and can be
    /// cancelled.
    ///
    /// # Errors
    /// [`crate::Error::Backup`] ([`BackupProblem::NoRecoveryKit`]), [`crate::Error::FileExists`],
    /// [`crate::Error::Locked`], [`crate::Error::DiskFull`], [`crate::Error::File`], [`crate::Error::Cancelled`], [`crate::Error::InUse`] when
    /// another one is being made, [`crate::Error::Invalid`] for a passphrase that is empty or over 1,024 bytes.
    /// After any of them nothing is left of it.
    #[uniffi::method(default(replace = false, progress = None))]
    pub fn make_backup(
        &self,
        file: String,
        key: BackupKey,
        replace: bool,
        progress: Option<Arc<dyn Progress>>,
    ) -> Result<BackupReport> {
        let home = self.home();
        let seal = match key {
            BackupKey::Passphrase { passphrase } => Seal::passphrase(passphrase)?,
            BackupKey::RecoveryKit => {
                let kit = home.private.read(notes::kit)?;
                let (_, recipient) = kit.ok_or(BackupProblem::NoRecoveryKit)?;
                Seal::RecoveryKit(kit::recipient(&recipient)?)
            }
        };
        let report = log::timed(LongCall::Backup, || {
            make(home, Path::new(&file), seal, replace, progress.as_deref())
        })?;
        let note = BackupNote { made_at: report.made_at, bytes: report.bytes, opens_with: report.opens_with };
        // The backup is there, whether or not this can be noted.
        let _ = home.private.write(|transaction| notes::keep_backup(transaction, &note));
        Ok(report)
    }

    /// The last backup that was made here, or brought back here.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn last_backup(&self) -> Result<Option<BackupNote>> {
        self.home().private.read(notes::backup)
    }
}

/// What kind of secret a backup wants. Only its beginning is read.
///
/// # Errors
/// [`crate::Error::NotFound`], [`crate::Error::Backup`], [`crate::Error::File`].
#[uniffi::export]
pub fn backup_opens_with(file: String) -> Result<BackupOpensWith> {
    sealed::opens_with(sealed::open_file(Path::new(&file))?)
}

/// Reads a backup to its end and checks it: a rehearsal of bringing it back that changes nothing. Blocks for long (with a
/// passphrase a second before anything else), tells how far it is, and can be cancelled.
///
/// # Errors
/// [`crate::Error::NotFound`], [`crate::Error::Backup`], [`crate::Error::File`], [`crate::Error::Cancelled`].
#[uniffi::export(default(progress = None))]
pub fn check_backup(
    file: String,
    secret: BackupSecret,
    progress: Option<Arc<dyn Progress>>,
) -> Result<BackupReport> {
    log::timed(LongCall::CheckBackup, || {
        let opener = Opener::of(secret)?;
        let file = sealed::open_file(Path::new(&file))?;
        let bytes = file.metadata()?.len();
        let mut steps = Steps::new(progress.as_deref(), bytes);
        look_through(file, &opener, &mut steps, bytes)
    })
}

fn look_through(
    file: std::fs::File,
    opener: &Opener,
    steps: &mut Steps<'_>,
    bytes: u64,
) -> Result<BackupReport> {
    let opens_with = match opener {
        Opener::Passphrase(_) => BackupOpensWith::Passphrase,
        Opener::Identity(_) => BackupOpensWith::RecoveryKit,
    };
    let mut opened = opener.open(file)?;
    let whole = format::read(&mut opened, &mut Looker, steps)?;
    Ok(whole.manifest.report(opens_with, bytes))
}

fn make(
    home: &Home,
    path: &Path,
    seal: Seal,
    replace: bool,
    progress: Option<&dyn Progress>,
) -> Result<BackupReport> {
    home.must_be_unlocked()?;
    let opens_with = seal.opens_with();
    let beside = Beside::begin(path, replace)?;
    let private = home.private.file()?;
    let asking = Steps::new(progress, 0);
    // The journal before the plan: what is proposed goes into the plan before it leaves the journal, so
    // that this order can hold it twice and never not at all.
    let mut still_private = private.hold_still(&mut || asking.ask())?;
    let mut still_shared = home.shared.file.hold_still(&mut || asking.ask())?;
    let lengths = [still_private.length(), still_shared.length()];
    let mut steps = Steps::new(progress, 2 * lengths.iter().sum::<u64>());
    let manifest = manifest(home, lengths)?;
    let (sealed, opener) = seal.begin(BufWriter::with_capacity(1024 * 1024, beside.file()))?;
    let mut archive = Archive::begin(sealed, &manifest, still_private.key(), still_shared.key())?;
    for (part, still) in manifest.files.iter().zip([&mut still_private, &mut still_shared]) {
        archive.file(&part.name, part.bytes, still, &mut steps)?;
    }
    archive.finish()?.finish()?.flush()?;
    // The files may change again: what was read of them is judged by what was written.
    drop((still_private, still_shared));
    beside.file().sync_all()?;
    let written = beside.reopen()?;
    let bytes = written.metadata()?.len();
    let mut report = look_through(written, &opener, &mut steps, bytes)?;
    report.opens_with = opens_with;
    beside.give_name()?;
    Ok(report)
}

fn manifest(home: &Home, lengths: [u64; 2]) -> Result<Manifest> {
    let profile = home.shared.file.read(people::profile)?;
    let kinds = [FileKind::Private, FileKind::Shared];
    let part = |(kind, bytes)| Part { name: name_of_file(kind), bytes, schema: newest_schema(kind) };
    Ok(Manifest {
        format: Manifest::FORMAT.to_owned(),
        version: format::VERSION,
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: home.shared.world.now(),
        person: profile.person,
        role: profile.role,
        display_name: profile.display_name,
        fingerprint: profile.fingerprint,
        files: kinds.into_iter().zip(lengths).map(part).collect(),
    })
}
