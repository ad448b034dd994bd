//! Tells a wrong key from a damaged file.
//!
//! SQLCipher answers both with the same error, and programs that took a wrong key for damage have
//! deleted good files. So beside the files lies a small value made from each key, from which the
//! key cannot be found: if it fits, the key is right.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Key;
use crate::Result;
use crate::error::FileKind;

/// The check values of the two files of a folder.
#[derive(Debug, Clone)]
pub(crate) struct KeyChecks {
    folder: PathBuf,
}

impl KeyChecks {
    /// The check values that lie in `folder`.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Whether `key` is the key of the file: `None` where no check value can be read.
    pub(super) fn fits(&self, kind: FileKind, key: &Key) -> Option<bool> {
        let written = std::fs::read_to_string(self.path(kind)).ok()?;
        let written = HEXLOWER.decode(written.trim().as_bytes()).ok()?;
        Some(written.ct_eq(&value(kind, key)).into())
    }

    /// Writes the check value of a key that has proven right, unless it lies there already.
    pub(super) fn remember(&self, kind: FileKind, key: &Key) -> Result<()> {
        if self.fits(kind, key) == Some(true) {
            return Ok(());
        }
        let path = self.path(kind);
        let half_written = path.with_extension("new");
        std::fs::write(&half_written, HEXLOWER.encode(&value(kind, key)))?;
        std::fs::File::open(&half_written)?.sync_all()?;
        std::fs::rename(&half_written, &path)?;
        // The name is durable once its folder is. Windows has no way to ask for that, and no need.
        #[cfg(unix)]
        std::fs::File::open(&self.folder)?.sync_all()?;
        Ok(())
    }

    fn path(&self, kind: FileKind) -> PathBuf {
        self.folder.join(format!("{kind}.keycheck"))
    }
}

fn value(kind: FileKind, key: &Key) -> [u8; 16] {
    let digest = Sha256::new()
        .chain_update(b"common-ground key check 1\0")
        .chain_update(kind.to_string())
        .chain_update(key.bytes())
        .finalize();
    let mut value = [0; 16];
    value.copy_from_slice(&digest[..16]);
    value
}
