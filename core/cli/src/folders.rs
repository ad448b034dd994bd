//! Where things lie: the data in one folder, the keys in another, so that a copied data folder tells
//! nothing.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use crate::failure::{Exit, Failure};
use crate::words::{Words, say};

/// The folders of one home.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    data: PathBuf,
    config: PathBuf,
}

impl Folders {
    /// Everything under `home`, or the platform's folders.
    pub(crate) fn choose(home: Option<&Path>, words: &Words) -> Result<Self, Failure> {
        if let Some(home) = home {
            return Ok(Self { data: home.join("data"), config: home.join("config") });
        }
        let platform = ProjectDirs::from("", "", "common-ground")
            .ok_or_else(|| Failure::told(Exit::Failed, say!(words, "error-no-platform-folder")))?;
        let (data, config) = (platform.data_dir(), platform.config_dir());
        // On macOS both are the same folder, and the keys must not lie with the data.
        Ok(if data == config {
            Self { data: data.join("data"), config: config.join("config") }
        } else {
            Self { data: data.to_owned(), config: config.to_owned() }
        })
    }

    /// The folder with the two encrypted files.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// The file with the two keys.
    pub(crate) fn key_file(&self) -> PathBuf {
        self.config.join("keys.json")
    }

    /// The person's own numbers for `help-now`: plain text that they edit.
    pub(crate) fn own_numbers(&self) -> PathBuf {
        self.config.join("help-now.txt")
    }
}

/// Makes a folder that only its owner may enter, with those above it.
pub(crate) fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
