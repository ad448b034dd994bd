//! Bringing a backup back, all or nothing: unpacked and checked in a folder beside the one that is
//! wanted, made a device of its own there, and then renamed. A folder that holds anything is left as it
//! is; what a try that was cut off left behind is cleaned up by the next.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::format::{self, Taker, Whole};
use super::sealed::{self, Opener};
use super::{BackupNote, BackupProblem, BackupReport, BackupSecret, Steps, fresh, notes};
use crate::beside::sync_folder;
use crate::clock::{RealWorld, World};
use crate::error::FileKind;
use crate::home::folder::{Folder, make_folder, migrations, name_of_file};
use crate::home::{KeyName, KeyVault};
use crate::log::{self, AppCallback, LongCall, heard};
use crate::progress::Progress;
use crate::store::{File, Key, KeyChecks};
use crate::{Error, Result};

/// Brings a backup back into `folder`, which must hold no profile; open it afterwards. The keys of the two
/// files go into the vault. The restored profile is a device of its own: new device key, new author in
/// every plan, new port. Devices that this person is paired with do not know it yet. Blocks for long (with a passphrase a
/// second before anything else), tells how far it is, and can be cancelled.
///
/// # Errors
/// [`Error::ProfileExists`], [`Error::InUse`], [`Error::NotFound`], [`Error::Backup`],
/// [`Error::Vault`] (also when the vault holds another key of that name, which is never replaced),
/// [`Error::DiskFull`], [`Error::File`], [`Error::Cancelled`]. After any of them nothing has changed.
#[uniffi::export(default(progress = None))]
pub fn restore_backup(
    file: String,
    secret: BackupSecret,
    folder: String,
    vault: Arc<dyn KeyVault>,
    progress: Option<Arc<dyn Progress>>,
) -> Result<BackupReport> {
    let world: World = Arc::new(RealWorld);
    log::timed(LongCall::Restore, || {
        restore_in(Path::new(&file), secret, Path::new(&folder), &*vault, progress.as_deref(), &world)
    })
}

/// [`restore_backup`], with time and chance from `world`.
pub(super) fn restore_in(
    file: &Path,
    secret: BackupSecret,
    folder: &Path,
    vault: &dyn KeyVault,
    progress: Option<&dyn Progress>,
    world: &World,
) -> Result<BackupReport> {
    let place = Place::look(folder)?;
    let opener = Opener::of(secret)?;
    let source = sealed::open_file(file)?;
    let bytes = source.metadata()?.len();
    let opens_with = match opener {
        Opener::Passphrase(_) => super::BackupOpensWith::Passphrase,
        Opener::Identity(_) => super::BackupOpensWith::RecoveryKit,
    };
    // Before anything is made: a wrong passphrase leaves no trace at all.
    let mut opened = opener.open(source)?;
    let mut steps = Steps::new(progress, bytes);
    let mut staging = place.begin()?;
    let whole = format::read(&mut opened, &mut staging, &mut steps)?;
    staging.close_files()?;
    let note = BackupNote { made_at: whole.manifest.made_at, bytes, opens_with };
    settle(&staging.path, &whole, &note, world)?;
    steps.ask()?;
    let kept = Kept::keep(vault, &whole)?;
    staging.give_name()?;
    kept.stays();
    Ok(whole.manifest.report(opens_with, bytes))
}

/// Opens both files, sees that they belong together, and makes of them a device of its own.
fn settle(folder: &Path, whole: &Whole, note: &BackupNote, world: &World) -> Result<()> {
    let open = |kind, key: &Key| {
        let opened = File::open(
            &folder.join(name_of_file(kind)),
            key.clone(),
            migrations(kind),
            &KeyChecks::in_folder(folder),
        );
        opened.map_err(|error| match error {
            Error::WrongKey { .. } | Error::NoProfile => BackupProblem::Damaged.into(),
            Error::NewerFile { .. } => BackupProblem::Newer.into(),
            other => other,
        })
    };
    let private = open(FileKind::Private, &whole.private)?;
    let shared = open(FileKind::Shared, &whole.shared)?;
    fresh::make(&private, &shared, whole.manifest.person, world)?;
    private.write(|transaction| notes::keep_backup(transaction, note))?;
    for file in [&private, &shared] {
        file.lock();
    }
    Ok(())
}

/// Where a profile is wanted.
struct Place {
    wanted: PathBuf,
    parent: PathBuf,
    staging: PathBuf,
}

/// The folder in which a backup is unpacked.
struct Staging {
    place: Place,
    path: PathBuf,
    /// Held against a second try at the same time.
    held: Option<Folder>,
    files: [Option<fs::File>; 2],
}

impl Place {
    /// Sees that nothing is there.
    fn look(wanted: &Path) -> Result<Self> {
        let place = Self::of(wanted).ok_or_else(|| Error::malformed("folder", "the name of a folder"))?;
        place.must_be_free()?;
        Ok(place)
    }

    fn of(wanted: &Path) -> Option<Self> {
        let mut staging = std::ffi::OsString::from(".");
        staging.push(wanted.file_name()?);
        staging.push(".restoring");
        let parent = match wanted.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        Some(Self { wanted: wanted.to_owned(), staging: parent.join(staging), parent })
    }

    /// # Errors
    /// [`Error::ProfileExists`] where the folder holds anything but a lock that nobody holds.
    fn must_be_free(&self) -> Result<()> {
        let there = match fs::read_dir(&self.wanted) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            there => there?,
        };
        for entry in there {
            if entry?.file_name() != "lock" {
                return Err(Error::ProfileExists);
            }
            drop(Folder::hold(&self.wanted)?);
        }
        Ok(())
    }

    /// Begins to unpack, on what an earlier try may have left when it was cut off.
    fn begin(self) -> Result<Staging> {
        make_folder(&self.parent)?;
        make_folder(&self.staging)?;
        let held = Folder::hold(&self.staging)?;
        let path = self.staging.clone();
        // From here on dropping it removes the folder.
        let mut staging = Staging { place: self, path, held: Some(held), files: [None, None] };
        clear(&staging.path, false)?;
        for (file, kind) in staging.files.iter_mut().zip([FileKind::Private, FileKind::Shared]) {
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            *file = Some(options.open(staging.path.join(name_of_file(kind)))?);
        }
        Ok(staging)
    }
}

impl Taker for Staging {
    fn take(&mut self, kind: FileKind, piece: &[u8]) -> Result<()> {
        let [private, shared] = &mut self.files;
        let file = match kind {
            FileKind::Private => private,
            FileKind::Shared => shared,
        };
        Ok(file.as_mut().ok_or_else(|| Error::internal("a file being unpacked"))?.write_all(piece)?)
    }
}

impl Staging {
    /// Makes what was unpacked durable. Closed before SQLite opens the files: see `store::still`.
    fn close_files(&mut self) -> Result<()> {
        for file in &mut self.files {
            if let Some(file) = file.take() {
                file.sync_all()?;
            }
        }
        Ok(())
    }

    /// The last step: the folder gets its name.
    fn give_name(mut self) -> Result<()> {
        self.place.must_be_free()?;
        sync_folder(&self.path)?;
        // Not every system puts one folder in the place of another, empty one.
        let _ = fs::remove_file(self.place.wanted.join("lock"));
        match fs::remove_dir(&self.place.wanted) {
            Err(error) if error.kind() == std::io::ErrorKind::DirectoryNotEmpty => {
                return Err(Error::ProfileExists);
            }
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            Ok(()) | Err(_) => {}
        }
        self.held = None;
        let _ = fs::remove_file(self.path.join("lock"));
        fs::rename(&self.path, &self.place.wanted)?;
        sync_folder(&self.place.parent)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Once it has its name there is nothing here any more.
        self.files = [None, None];
        if clear(&self.path, true).is_ok() {
            self.held = None;
            let _ = fs::remove_dir(&self.path);
        }
    }
}

/// Removes what lies in a staging folder: plain files, all of them made by us.
fn clear(folder: &Path, with_lock: bool) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if with_lock || entry.file_name() != "lock" {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Keys given to the vault, taken back unless they stay.
struct Kept<'a> {
    vault: &'a dyn KeyVault,
    names: Vec<KeyName>,
}

impl<'a> Kept<'a> {
    fn keep(vault: &'a dyn KeyVault, whole: &Whole) -> Result<Self> {
        let mut kept = Self { vault, names: Vec::new() };
        let keys = [(KeyName::Private, &whole.private), (KeyName::Shared, &whole.shared)];
        // Both are looked at before either is kept.
        let mut missing = Vec::new();
        for (name, key) in keys {
            match heard(AppCallback::KeyVault, vault.load(name))?.map(Key::from_vault).transpose()? {
                None => missing.push((name, key)),
                Some(there) if there.bytes() == key.bytes() => {}
                Some(_) => return Err(Error::Vault { reason: "it holds another key already".to_owned() }),
            }
        }
        for (name, key) in missing {
            kept.names.push(name);
            heard(AppCallback::KeyVault, vault.keep(name, key.bytes().to_vec()))?;
        }
        Ok(kept)
    }

    fn stays(mut self) {
        self.names.clear();
    }
}

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        for name in &self.names {
            // It is the failure before this that is told.
            let _ = heard(AppCallback::KeyVault, self.vault.forget(*name));
        }
    }
}

/// Takes away what a try that was cut off left beside a folder; how many files that were. One that is under
/// way is left alone.
pub(super) fn clear_leftover(wanted: &Path) -> u32 {
    let Some(place) = Place::of(wanted).filter(|place| place.staging.is_dir()) else { return 0 };
    let Ok(held) = Folder::hold(&place.staging) else { return 0 };
    let files = fs::read_dir(&place.staging).map_or(0, |files| files.count());
    if clear(&place.staging, true).is_err() {
        return 0;
    }
    drop(held);
    let _ = fs::remove_dir(&place.staging);
    u32::try_from(files).unwrap_or(u32::MAX)
}
