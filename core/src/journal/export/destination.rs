//! Where an export goes: written beside its place, made durable, and put there at the end.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::beside::{Beside, folder_of, sync_folder};
use crate::{Error, Result};

/// The place of an export, and whether it may take that of something else.
pub(super) struct Destination {
    path: PathBuf,
    folder: PathBuf,
    replace: bool,
}

impl Destination {
    /// Looks at the place before any work is done.
    pub(super) fn check(path: &Path, replace: bool) -> Result<Self> {
        if path.file_name().is_none() {
            return Err(Error::malformed("destination", "the path of a file"));
        }
        Ok(Self { path: path.to_owned(), folder: folder_of(path), replace })
    }

    /// Whether the name ends so.
    pub(super) fn ends_in(&self, extension: &str) -> bool {
        self.path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
    }

    /// Writes one file. Whatever fails in `work` leaves nothing.
    pub(super) fn file(&self, work: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
        let beside = Beside::begin(&self.path, self.replace)?;
        let mut writer = BufWriter::with_capacity(64 << 10, beside.file().try_clone()?);
        let done = work(&mut writer);
        // A writer that is dropped tries to write what it holds, also when there is no room for it.
        let (file, unwritten) = writer.into_parts();
        done?;
        (&file).write_all(&unwritten.unwrap_or_default())?;
        drop(file);
        beside.give_name()
    }

    /// Makes one folder. Whatever fails in `work` leaves nothing; a folder with anything in it is never
    /// replaced.
    pub(super) fn folder(&self, work: impl FnOnce(&Folder) -> Result<()>) -> Result<()> {
        let found = match self.path.read_dir() {
            Ok(mut inside) => inside.next().is_none(),
            Err(error) if error.kind() == ErrorKind::NotFound => false,
            Err(error) if error.kind() == ErrorKind::NotADirectory => return Err(Error::FileExists),
            Err(error) => return Err(error.into()),
        };
        if !found && self.path.symlink_metadata().is_ok() {
            return Err(Error::FileExists);
        }
        // Removed with all that is in it when it goes out of scope.
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let beside = builder.prefix(".export-").suffix(".part").tempdir_in(&self.folder)?;
        let folder = Folder { path: beside.path().to_owned() };
        work(&folder)?;
        sync_folder(&folder.path)?;
        if found {
            // Fails where something has come into it meanwhile.
            std::fs::remove_dir(&self.path)?;
        }
        std::fs::rename(&folder.path, &self.path)?;
        // It lies elsewhere now; there is nothing left to remove.
        let _ = beside.keep();
        sync_folder(&self.folder)
    }
}

/// A folder that is being written.
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes a folder inside.
    pub(super) fn make(&self, name: &str) -> Result<Self> {
        let path = self.path.join(name);
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path)?;
        Ok(Self { path })
    }

    /// Whether there is a file of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.path.join(name).exists()
    }

    /// Writes a file that is not there yet.
    pub(super) fn write(
        &self,
        name: &str,
        work: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
    ) -> Result<()> {
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut writer = BufWriter::new(options.open(self.path.join(name))?);
        let done = work(&mut writer);
        let (file, unwritten) = writer.into_parts();
        done?;
        (&file).write_all(&unwritten.unwrap_or_default())?;
        Ok(file.sync_all()?)
    }

    /// Makes the names in it as durable as their contents.
    pub(super) fn sync(&self) -> Result<()> {
        sync_folder(&self.path)
    }
}
