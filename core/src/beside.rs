//! Files that appear whole or not at all: written beside their place under another name, made durable, and
//! only then given their own. Whatever goes wrong before leaves what was there before, and nothing else;
//! what a process that was killed left behind is taken up by the next try. Of what is saved one by one, under ever
//! other names, nobody tries the same again: there the next one into the same folder clears it away.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// How files end that are on their way to be saved. Nobody else calls theirs so.
const SAVING: &str = ".common-ground.part";
/// How much of a name stands before that.
const NAME: usize = 60;

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
        let mut beside = OsString::from(".");
        beside.push(name);
        beside.push(".part");
        Self::begin_as(&beside, wanted, replace)
    }

    /// The same for one of many that are saved: what an earlier one into this folder has left half-written, because its
    /// process was killed, goes.
    ///
    /// # Errors
    /// As for [`Beside::begin`].
    pub(crate) fn begin_saving(wanted: &Path, replace: bool) -> Result<Self> {
        let name = wanted.file_name().ok_or_else(|| Error::malformed("file", "the name of a file"))?;
        let short: String = name.to_string_lossy().chars().take(NAME).collect();
        let begun = Self::begin_as(OsStr::new(&format!(".{short}{SAVING}")), wanted, replace)?;
        clear_away(&begun.folder);
        Ok(begun)
    }

    fn begin_as(beside: &OsStr, wanted: &Path, replace: bool) -> Result<Self> {
        if wanted.is_dir() || (!replace && is_there(wanted)) {
            return Err(Error::FileExists);
        }
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
            // Whoever clears away holds the lock, too, and may have been faster.
            Ok(()) if is_there(&path) => {}
            Ok(()) => return Err(Error::InUse),
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

/// Clears away what was begun to be saved in a folder and is on its way no more: only what is called as nobody else calls
/// it, is a file, can be written by this person, and is held by no process. Where none of that can be told it stays.
fn clear_away(folder: &Path) {
    let Ok(found) = std::fs::read_dir(folder) else { return };
    for entry in found.flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let name = name.to_string_lossy();
        let is_ours = name.starts_with('.') && name.ends_with(SAVING);
        if !is_ours || !path.symlink_metadata().is_ok_and(|found| found.is_file()) {
            continue;
        }
        let Ok(file) = OpenOptions::new().read(true).write(true).open(&path) else { continue };
        if file.try_lock().is_ok() {
            let _ = std::fs::remove_file(&path);
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

    #[test]
    fn what_a_killed_process_began_to_save_goes_with_the_next_one_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let left = [".photo.jpg.common-ground.part", ".voice.m4a.common-ground.part"];
        let others =
            [".photo.jpg.part", "photo.jpg.common-ground.part", ".common-ground.part.txt", "precious"];
        for name in left.iter().chain(&others) {
            std::fs::write(at(name), "half of something").unwrap();
        }
        std::fs::create_dir(at(".folder.common-ground.part")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(at("precious"), at(".link.common-ground.part")).unwrap();
        let in_use = Beside::begin_saving(&at("long"), false).unwrap();
        in_use.file().write_all(b"half").unwrap();
        let next = Beside::begin_saving(&at("next"), false).unwrap();
        next.give_name().unwrap();
        for name in left {
            assert!(!is_there(&at(name)), "{name}");
        }
        for name in others.iter().chain(&[".folder.common-ground.part", "next"]) {
            assert!(is_there(&at(name)), "{name}");
        }
        #[cfg(unix)]
        assert!(is_there(&at(".link.common-ground.part")));
        in_use.give_name().unwrap();
        assert_eq!(std::fs::read_to_string(at("long")).unwrap(), "half");
        // A long name is still one.
        Beside::begin_saving(&at(&"ä".repeat(120)), false).unwrap().give_name().unwrap();
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
