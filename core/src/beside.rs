//! Files that appear whole or not at all: written beside their place under another name, made durable, and
//! only then given their own. Whatever goes wrong before leaves what was there before, and nothing else;
//! what a process that was killed left behind is taken up by the next try.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// A file on its way. It goes away unless it gets its name.
pub(crate) struct Beside {
    file: File,
    path: PathBuf,
    wanted: PathBuf,
    folder: PathBuf,
    replace: bool,
    /// Under its first name there is nothing of ours any more.
    moved: bool,
}

impl Beside {
    /// Begins one, empty, that only its owner can read. What lies at its place already is replaced only if
    /// `replace` says so.
    ///
    /// # Errors
    /// [`Error::FileExists`], [`Error::InUse`] while another one is on its way to the same place,
    /// [`Error::Invalid`] for a path without a name, and what the file system says.
    pub(crate) fn begin(wanted: &Path, replace: bool) -> Result<Self> {
        let name = wanted.file_name().ok_or_else(|| Error::malformed("file", "the name of a file"))?;
        if wanted.is_dir() || (!replace && is_there(wanted)) {
            return Err(Error::FileExists);
        }
        let mut beside = OsString::from(".");
        beside.push(name);
        beside.push(".part");
        let folder = folder_of(wanted);
        let path = folder.join(beside);
        // Never through a link that somebody else has laid there.
        if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            return Err(Error::FileExists);
        }
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::InUse),
            // Some sticks and network folders have no locks; that is no reason to have no backup.
            Err(TryLockError::Error(error)) if is_not_known_there(&error) => {}
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let beside = Self { file, path, wanted: wanted.to_owned(), folder, replace, moved: false };
        beside.file.set_len(0)?;
        Ok(beside)
    }

    /// The file, to write to.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Opens it once more, to read what was written.
    pub(crate) fn reopen(&self) -> Result<File> {
        Ok(File::open(&self.path)?)
    }

    /// Makes it durable and puts it at its place.
    ///
    /// # Errors
    /// [`Error::FileExists`] when something has come there meanwhile, and what the file system says.
    pub(crate) fn give_name(mut self) -> Result<()> {
        self.file.sync_all()?;
        if self.replace {
            self.rename()?;
        } else {
            self.put_without_replacing()?;
        }
        sync_folder(&self.folder)
    }

    /// A second name is given only where there is none yet, in one step; where a file system has no second
    /// names, it is looked first.
    fn put_without_replacing(&mut self) -> Result<()> {
        match std::fs::hard_link(&self.path, &self.wanted) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Error::FileExists),
            Err(_) if is_there(&self.wanted) => Err(Error::FileExists),
            Err(_) => self.rename(),
        }
    }

    fn rename(&mut self) -> Result<()> {
        std::fs::rename(&self.path, &self.wanted)?;
        self.moved = true;
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.moved {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// The folder in which a path lies.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Makes the names in a folder durable, where a file system knows how.
pub(crate) fn sync_folder(path: &Path) -> Result<()> {
    // Elsewhere a folder cannot be opened like a file.
    #[cfg(unix)]
    match File::open(path).and_then(|folder| folder.sync_all()) {
        Err(error) if !is_not_known_there(&error) => return Err(error.into()),
        Ok(()) | Err(_) => {}
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Whether a file system does not know what it was asked for.
fn is_not_known_there(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::InvalidInput)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn write(wanted: &Path, replace: bool, words: &str) -> Result<()> {
        let beside = Beside::begin(wanted, replace)?;
        beside.file().write_all(words.as_bytes()).unwrap();
        beside.give_name()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            folder.read_dir().unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_has_its_name_only_when_it_is_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = folder.path().join("page");
        let beside = Beside::begin(&wanted, false).unwrap();
        beside.file().write_all(b"half").unwrap();
        assert!(!wanted.exists());
        drop(beside);
        assert!(names(folder.path()).is_empty(), "what was given up is gone");
        write(&wanted, false, "whole").unwrap();
        assert_eq!(names(folder.path()), ["page"]);
        assert_eq!(std::fs::read_to_string(&wanted).unwrap(), "whole");
    }

    #[test]
    fn what_is_there_is_replaced_only_where_that_was_said() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = folder.path().join("page");
        write(&wanted, false, "first").unwrap();
        assert_eq!(write(&wanted, false, "second"), Err(Error::FileExists));
        assert_eq!(std::fs::read_to_string(&wanted).unwrap(), "first");
        write(&wanted, true, "third").unwrap();
        assert_eq!(std::fs::read_to_string(&wanted).unwrap(), "third");
        let late = Beside::begin(&folder.path().join("late"), false).unwrap();
        std::fs::write(folder.path().join("late"), "came meanwhile").unwrap();
        assert_eq!(late.give_name(), Err(Error::FileExists));
        assert_eq!(std::fs::read_to_string(folder.path().join("late")).unwrap(), "came meanwhile");
        assert_eq!(write(folder.path(), true, "never a folder"), Err(Error::FileExists));
        assert_eq!(names(folder.path()), ["late", "page"]);
    }

    #[test]
    fn what_was_left_by_one_that_was_cut_off_is_taken_up_and_two_at_once_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = folder.path().join("page");
        std::fs::write(folder.path().join(".page.part"), "a long half of something").unwrap();
        let beside = Beside::begin(&wanted, false).unwrap();
        assert_eq!(Beside::begin(&wanted, false).err(), Some(Error::InUse));
        beside.file().write_all(b"whole").unwrap();
        beside.give_name().unwrap();
        assert_eq!(std::fs::read_to_string(&wanted).unwrap(), "whole");
        assert_eq!(names(folder.path()), ["page"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it_and_no_link_is_followed() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let wanted = folder.path().join("page");
        write(&wanted, false, "words").unwrap();
        assert_eq!(wanted.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let elsewhere = folder.path().join("elsewhere");
        std::fs::write(&elsewhere, "precious").unwrap();
        std::os::unix::fs::symlink(&elsewhere, folder.path().join(".other.part")).unwrap();
        assert_eq!(write(&folder.path().join("other"), false, "words"), Err(Error::FileExists));
        assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "precious");
    }
}
