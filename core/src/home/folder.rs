//! The folder of a profile: making it, opening it, and holding it against other processes.
//!
//! A folder holds a profile from the moment its row is in the shared file, which is the last step of
//! making one. What a making that failed or was cut off leaves behind is taken up by the next try:
//! keys that the vault has are used and never overwritten, files that hold something are opened and
//! never replaced.

use std::fs::{self, DirBuilder, File as OsFile, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension, named_params};

use super::{KeyName, KeyVault, NewProfile, owner};
use crate::beside::sync_folder;
use crate::clock::World;
use crate::error::FileKind;
use crate::id::PersonId;
use crate::log::{AppCallback, heard};
use crate::relationship::device_list::DeviceList;
use crate::relationship::key::{DeviceKey, PersonKey};
use crate::relationship::people::{self, NewPerson};
use crate::store::{File, Key, KeyChecks, Micros, Migrations};
use crate::{Error, Result};

/// A folder, held by this process until it is dropped.
pub(crate) struct Folder {
    path: PathBuf,
    /// Locked; the system frees it also when the process dies.
    held: OsFile,
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Closing alone would not do: a program that another thread is just starting has this file for a moment too, and with it
        // the lock.
        let _ = self.held.unlock();
    }
}

impl Folder {
    /// Holds a folder that exists.
    pub(crate) fn hold(path: &Path) -> Result<Self> {
        let held = fs::OpenOptions::new().create(true).truncate(false).write(true).open(path.join("lock"))?;
        match held.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), held }),
            Err(TryLockError::WouldBlock) => Err(Error::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn path_of(&self, kind: FileKind) -> PathBuf {
        path_of(&self.path, kind)
    }

    /// Whether a file is there and holds anything.
    fn has(&self, kind: FileKind) -> Result<bool> {
        match fs::metadata(self.path_of(kind)) {
            Ok(data) => Ok(data.len() > 0),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens a file of the folder with its key from the vault.
    pub(super) fn open(&self, kind: FileKind, vault: &dyn KeyVault) -> Result<File> {
        if !self.has(kind)? {
            return Err(Error::Damaged { file: kind });
        }
        let Some(key) = load(vault, kind)? else {
            return Err(Error::Vault { reason: format!("it holds no key for the {kind} file") });
        };
        self.open_with(kind, key)
    }

    fn open_with(&self, kind: FileKind, key: Key) -> Result<File> {
        File::open(&self.path_of(kind), key, migrations(kind), &KeyChecks::in_folder(&self.path))
    }

    /// Opens the private file and makes sure that it belongs to this profile. One that was left behind when the profile
    /// took over a person's id follows now.
    pub(super) fn open_private(&self, vault: &dyn KeyVault, shared: &File) -> Result<File> {
        let private = self.open(FileKind::Private, vault)?;
        owner::follow(&private, shared)?;
        Ok(private)
    }

    /// Opens a file that an earlier making left behind, or makes it.
    fn take_up_or_make(&self, kind: FileKind, vault: &dyn KeyVault, world: &World) -> Result<File> {
        let is_there = self.has(kind)?;
        let key = match load(vault, kind)? {
            Some(key) => key,
            // The file of somebody whose key is not in this vault: theirs to open, not ours to replace.
            None if is_there => return Err(Error::ProfileExists),
            None => {
                let key = Key::random(&**world)?;
                heard(AppCallback::KeyVault, vault.keep(name_of(kind), key.bytes().to_vec()))?;
                key
            }
        };
        if is_there {
            return self.open_with(kind, key).map_err(|error| match error {
                Error::WrongKey { .. } | Error::Damaged { .. } | Error::NewerFile { .. } => {
                    Error::ProfileExists
                }
                other => other,
            });
        }
        let path = self.path_of(kind);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            // Either nothing was there, or a file without a single byte.
            Ok(()) | Err(_) => {}
        }
        File::create(&path, key, migrations(kind), &KeyChecks::in_folder(&self.path))
    }
}

/// The two files of a profile, and the hold on their folder.
pub(super) struct Opened {
    pub(super) folder: Folder,
    /// Nothing where it was opened locked.
    pub(super) private: Option<File>,
    pub(super) shared: File,
}

/// Makes a profile in a folder that has none.
pub(super) fn create(path: &Path, vault: &dyn KeyVault, new: &NewProfile, world: &World) -> Result<Opened> {
    let display_name = people::given_name(&new.display_name)?;
    make_folder(path)?;
    let folder = Folder::hold(path)?;
    if folder.has(FileKind::Shared)? {
        // Left by a making that was cut off, or a profile; only the first has nobody in it.
        let shared = folder.take_up_or_make(FileKind::Shared, vault, world)?;
        match shared.read(people::me) {
            Ok(_) => return Err(Error::ProfileExists),
            Err(Error::NoProfile) => {}
            Err(error) => return Err(error),
        }
    }
    let private = folder.take_up_or_make(FileKind::Private, vault, world)?;
    let (person, key) = private.write(|transaction| match person_key(transaction)? {
        Some(made_before) => Ok(made_before),
        None => make_person_key(transaction, world),
    })?;
    let shared = folder.take_up_or_make(FileKind::Shared, vault, world)?;
    let device = DeviceKey::random(&**world)?;
    let now = world.now();
    let list = DeviceList::first(&person, device.public(), now);
    let signed = list.sign(&key)?;
    let owner =
        NewPerson { id: person, role: new.role, display_name, key: key.public(), signed, list, reads: 1 };
    sync_folder(path)?;
    shared.write(|transaction| people::keep_profile(transaction, &owner, &device, now))?;
    Ok(Opened { folder, private: Some(private), shared })
}

/// Opens the profile in a folder.
pub(super) fn open(path: &Path, vault: &dyn KeyVault) -> Result<Opened> {
    let opened = open_locked(path, vault)?;
    let private = opened.folder.open_private(vault, &opened.shared)?;
    Ok(Opened { private: Some(private), ..opened })
}

/// Opens the shared file of the profile in a folder, and asks the vault for its key alone.
pub(super) fn open_locked(path: &Path, vault: &dyn KeyVault) -> Result<Opened> {
    // Looked for before the folder is held: one without a profile is left as it is.
    if !path_of(path, FileKind::Shared).is_file() {
        return Err(Error::NoProfile);
    }
    let folder = Folder::hold(path)?;
    let shared = folder.open(FileKind::Shared, vault)?;
    // Without a profile in it there is nobody whose the private file could be.
    shared.read(people::me)?;
    Ok(Opened { folder, private: None, shared })
}

/// The person and the key in force, where there is one.
pub(crate) fn person_key(
    connection: &rusqlite::Connection,
) -> rusqlite::Result<Option<(PersonId, PersonKey)>> {
    connection
        .query_row("SELECT person, secret FROM person_key ORDER BY number DESC LIMIT 1", [], |row| {
            let secret = zeroize::Zeroizing::new(row.get::<_, [u8; 32]>(1)?);
            Ok((row.get(0)?, PersonKey::from_secret(&secret)))
        })
        .optional()
}

fn make_person_key(connection: &rusqlite::Connection, world: &World) -> Result<(PersonId, PersonKey)> {
    let (person, key) = (world.person_id()?, PersonKey::random(&**world)?);
    connection.execute(
        "INSERT INTO person_key (number, person, secret, made_at) VALUES (1, :person, :secret, :now)",
        named_params! { ":person": person, ":secret": &key.secret()[..], ":now": Micros(world.now()) },
    )?;
    Ok((person, key))
}

fn load(vault: &dyn KeyVault, kind: FileKind) -> Result<Option<Key>> {
    heard(AppCallback::KeyVault, vault.load(name_of(kind)))?.map(Key::from_vault).transpose()
}

fn name_of(kind: FileKind) -> KeyName {
    match kind {
        FileKind::Private => KeyName::Private,
        FileKind::Shared => KeyName::Shared,
    }
}

/// The schema of a file.
pub(crate) fn migrations(kind: FileKind) -> Migrations {
    match kind {
        FileKind::Private => Migrations::PRIVATE,
        FileKind::Shared => Migrations::SHARED,
    }
}

fn path_of(folder: &Path, kind: FileKind) -> PathBuf {
    folder.join(name_of_file(kind))
}

/// The name of a file in its folder.
pub(crate) fn name_of_file(kind: FileKind) -> String {
    format!("{kind}.db")
}

/// The schema version that this build writes.
pub(crate) fn newest_schema(kind: FileKind) -> u32 {
    migrations(kind).newest()
}

/// Makes the folder where there is none, for its owner alone.
pub(crate) fn make_folder(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder.create(path)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::scratch;

    #[test]
    fn a_folder_is_free_at_once_also_while_a_program_that_was_just_started_still_has_its_lock_open() {
        let folder = scratch();
        let held = Folder::hold(folder.path()).expect("held");
        let in_another_process = held.held.try_clone().expect("a copy");
        drop(held);
        let _again = Folder::hold(folder.path()).expect("free");
        drop(in_another_process);
    }
}
