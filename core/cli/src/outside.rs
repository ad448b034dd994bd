//! Files that a person asked for, outside of the home.

use std::io::Write;
use std::path::Path;

use crate::failure::Failure;
use crate::words::Words;

/// Writes a file that only its owner can read. It appears whole: written beside, made durable, then put in its
/// place. One that is there already is replaced only where that was asked for.
pub(crate) fn write(words: &Words, path: &Path, text: &str, replace: bool) -> Result<(), Failure> {
    // Asked before anything is written; asked again by the system when it is put in its place.
    if !replace && path.symlink_metadata().is_ok() {
        return Err(Failure::Core(common_ground::Error::FileExists));
    }
    write_whole(path, text, replace).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists if !replace => Failure::Core(common_ground::Error::FileExists),
        _ => Failure::file(words, path, &error),
    })
}

fn write_whole(path: &Path, text: &str, replace: bool) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Made with mode 0600 from the start.
    let mut beside = tempfile::Builder::new().prefix(".common-ground-").tempfile_in(folder)?;
    beside.write_all(text.as_bytes())?;
    beside.as_file().sync_all()?;
    if replace {
        beside.persist(path).map_err(|error| error.error)?;
    } else {
        beside.persist_noclobber(path).map_err(|error| error.error)?;
    }
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_only_where_that_was_asked_for_and_nothing_is_left_beside() {
        let words = Words::choose(Some("en"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.html");
        assert!(write(&words, &path, "one", false).is_ok());
        assert!(write(&words, &path, "two", false).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
        assert!(write(&words, &path, "three", true).is_ok());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three");
        assert!(write(&words, folder.path(), "a folder is no file", true).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
