//! Where a test takes place: the keys, the folders, and what is written into them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use common_ground::Result;
use common_ground::home::{CommonGround, KeyName, KeyVault, NewProfile};
use common_ground::keeping::BackupSecret;
use common_ground::relationship::Role;

/// The same two keys in every process.
pub(super) struct SameKeys;

impl KeyVault for SameKeys {
    fn load(&self, name: KeyName) -> Result<Option<Vec<u8>>> {
        Ok(Some(vec![if name == KeyName::Private { 1 } else { 2 }; 32]))
    }

    fn keep(&self, _: KeyName, _: Vec<u8>) -> Result<()> {
        Ok(())
    }

    fn forget(&self, _: KeyName) -> Result<()> {
        Ok(())
    }
}

/// The places of a test: the profile and what lies beside it.
pub(super) struct Places(pub(super) PathBuf);

impl Places {
    pub(super) fn profile(&self) -> PathBuf {
        self.0.join("profile")
    }

    pub(super) fn backup(&self) -> PathBuf {
        self.0.join("backup.age")
    }

    pub(super) fn restored(&self) -> PathBuf {
        self.0.join("restored")
    }

    /// The words of the recovery kit.
    pub(super) fn secret(&self) -> BackupSecret {
        BackupSecret::RecoveryWords { words: std::fs::read_to_string(self.0.join("words")).unwrap() }
    }
}

/// The text of a number: some short, some longer than a page of the file.
pub(super) fn text(number: u64) -> String {
    format!("entry {number}, ") + &"and the words of a day ".repeat(1 + (number * 37 % 400) as usize)
}

/// What is attached to the entry of a number: some small, some of several pieces.
pub(super) fn content(number: u64) -> Vec<u8> {
    let length = 10_000 + (number % 5) * 150_000;
    (0..length).map(|at| ((at * 31 + number) % 251) as u8).collect()
}

pub(super) fn path(folder: &Path) -> String {
    folder.to_str().unwrap().to_owned()
}

pub(super) fn new_home(folder: &Path) -> Places {
    let places = Places(folder.to_owned());
    let profile = NewProfile { role: Role::Client, display_name: "Ada".into() };
    let home = CommonGround::create(path(&places.profile()), Arc::new(SameKeys), profile).unwrap();
    let words = home.new_recovery_kit().unwrap().words.join(" ");
    home.use_recovery_kit(words.clone()).unwrap();
    std::fs::write(folder.join("words"), words).unwrap();
    home.shut();
    places
}
