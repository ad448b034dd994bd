//! Erasing everything, for real: the keys first, so that what the disk may keep of the files is
//! unreadable for good, then the files.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::beside::sync_folder;
use crate::error::FileKind;
use crate::home::folder::{Folder, name_of_file};
use crate::home::{CommonGround, KeyName, KeyVault};
use crate::log::{self, AppCallback, LongCall};
use crate::{Error, Result};

/// What erasing everything took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct Erased {
    /// How many files are gone.
    pub files: u32,
    /// Whether the folder is gone too; it stays where it holds something that is not ours.
    pub folder: bool,
}

/// Erases a profile for good: keys, journal, plans, all of it. It also works while nobody can open it: with
/// a forgotten passphrase, a wrong key, a damaged file. Ask the person twice. Afterwards nothing brings
/// it back but a backup. What flash memory and old copies keep of the files is encrypted with keys that are
/// gone from here; whoever has an older copy of the keys as well can read those.
///
/// A folder without a profile is no error: what an earlier try left is taken away.
///
/// # Errors
/// [`Error::InUse`] while it is open, here or in another process; nothing is erased then. [`Error::Vault`]
/// when the keys could not be forgotten, and [`Error::File`] when a file could not be removed: all that
/// could be erased is gone; call again.
#[uniffi::export]
pub fn erase_everything(folder: String, vault: Arc<dyn KeyVault>) -> Result<Erased> {
    let path = Path::new(&folder);
    let held = if path.is_dir() { Some(Arc::new(Folder::hold(path)?)) } else { None };
    log::timed(LongCall::Erase, || erase(path, &*vault, held))
}

#[uniffi::export]
impl CommonGround {
    /// Closes this home and erases it for good: see [`erase_everything`]. Works while locked too.
    ///
    /// # Errors
    /// As there; [`Error::Closed`] after [`CommonGround::shut`].
    pub fn erase_everything(&self) -> Result<Erased> {
        let (path, vault, held) = self.shut_for_good()?;
        log::timed(LongCall::Erase, || erase(&path, &*vault, Some(held)))
    }
}

/// Erases what lies in a folder. The hold on it, where there is one, ends when its file is gone.
fn erase(path: &Path, vault: &dyn KeyVault, held: Option<Arc<Folder>>) -> Result<Erased> {
    let forgotten =
        [KeyName::Private, KeyName::Shared].map(|name| log::heard(AppCallback::KeyVault, vault.forget(name)));
    let mut files = 0;
    let mut trouble = None;
    for name in names() {
        match fs::remove_file(path.join(name)) {
            Ok(()) => files += 1,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {}
            Err(error) => trouble = Some(error),
        }
    }
    files += super::restore::clear_leftover(path);
    drop(held);
    let _ = fs::remove_file(path.join("lock"));
    let _ = sync_folder(path);
    let folder = fs::remove_dir(path).is_ok() || !path.exists();
    if let Some(parent) = path.parent() {
        let _ = sync_folder(parent);
    }
    for forgotten in forgotten {
        forgotten?;
    }
    match trouble {
        Some(error) => Err(Error::from(error)),
        None => Ok(Erased { files, folder }),
    }
}

/// Every name that the core gives to a file of a profile.
fn names() -> Vec<String> {
    let mut names = Vec::new();
    for kind in [FileKind::Private, FileKind::Shared] {
        let file = name_of_file(kind);
        for end in ["", "-wal", "-shm", "-journal"] {
            names.push(format!("{file}{end}"));
        }
        names.push(format!("{kind}.keycheck"));
        names.push(format!("{kind}.new"));
    }
    names
}
