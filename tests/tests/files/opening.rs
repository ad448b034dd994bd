//! Files that are not as they should be, opened as an app would: each gets an answer of its own, and none
//! is changed by it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use common_ground::Error;
use common_ground::error::FileKind;
use common_ground::home::{CommonGround, KeyName, KeyVault, NewProfile};
use common_ground::journal::NewEntry;
use common_ground::relationship::Role;
use common_ground_tests::Vault;
use rusqlite::Connection;

/// A home that was used and closed.
struct Closed {
    folder: tempfile::TempDir,
    vault: Arc<Vault>,
}

impl Closed {
    fn with_an_entry() -> Self {
        let closed = Self { folder: tempfile::tempdir().unwrap(), vault: Arc::new(Vault::default()) };
        let profile = NewProfile { role: Role::Client, display_name: "Ada".into() };
        let home = CommonGround::create(closed.path(), closed.vault.clone(), profile).unwrap();
        home.journal().add(NewEntry { text: "a day".into(), ..NewEntry::default() }).unwrap();
        home.shut();
        closed
    }

    fn path(&self) -> String {
        self.folder.path().to_str().unwrap().to_owned()
    }

    fn file(&self, kind: FileKind) -> PathBuf {
        self.folder.path().join(format!("{kind}.db"))
    }

    fn opens(&self) {
        let home = CommonGround::open(self.path(), self.vault.clone()).unwrap();
        assert_eq!(home.journal().count().unwrap(), 1);
        home.shut();
    }

    /// Asserts that it is refused with this error, and that every file stays as it is to the byte.
    fn refuses(&self, vault: &Arc<Vault>, expected: &Error) {
        let before = bytes(self.folder.path());
        let error = CommonGround::open(self.path(), vault.clone()).err();
        assert_eq!(error.as_ref(), Some(expected));
        assert!(bytes(self.folder.path()) == before, "nothing was touched");
    }

    /// The file as another program with the key sees it.
    fn unlocked(&self, kind: FileKind) -> Connection {
        let name = match kind {
            FileKind::Private => KeyName::Private,
            FileKind::Shared => KeyName::Shared,
        };
        let key = self.vault.load(name).unwrap().unwrap();
        let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let connection = Connection::open(self.file(kind)).unwrap();
        connection.execute_batch(&format!("PRAGMA key = \"x'{key}'\";")).unwrap();
        connection
    }
}

/// What lies in a folder.
fn bytes(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut all: Vec<_> = files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    all.sort();
    all
}

const BOTH: [FileKind; 2] = [FileKind::Private, FileKind::Shared];

#[test]
fn a_wrong_key_is_called_a_wrong_key_and_the_right_one_works_afterwards() {
    let closed = Closed::with_an_entry();
    for (kind, name) in BOTH.into_iter().zip([KeyName::Private, KeyName::Shared]) {
        let vault = Arc::new(Vault::default());
        for other in [KeyName::Private, KeyName::Shared] {
            let key = closed.vault.load(other).unwrap().unwrap();
            vault.keep(other, if other == name { vec![9; 32] } else { key }).unwrap();
        }
        closed.refuses(&vault, &Error::WrongKey { file: kind });
    }
    closed.opens();
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_works_there_afterwards() {
    for kind in BOTH {
        let closed = Closed::with_an_entry();
        let connection = closed.unlocked(kind);
        let known: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        drop(connection);
        closed.refuses(&closed.vault, &Error::NewerFile { file: kind, found: 99, known });
        closed.unlocked(kind).pragma_update(None, "user_version", known).unwrap();
        closed.opens();
    }
}

#[test]
fn a_truncated_a_scribbled_and_an_empty_file_are_damaged_and_stay_for_a_better_day() {
    for kind in BOTH {
        let closed = Closed::with_an_entry();
        let whole = std::fs::read(closed.file(kind)).unwrap();
        let mut flipped = whole.clone();
        flipped[1000] ^= 1;
        let garbage = b"not a database, but a letter to a friend".repeat(500);
        for broken in
            [&whole[..whole.len() / 2], &whole[..5000], &whole[..100], &flipped[..], &garbage[..], &[]]
        {
            std::fs::write(closed.file(kind), broken).unwrap();
            closed.refuses(&closed.vault, &Error::Damaged { file: kind });
        }
        std::fs::write(closed.file(kind), whole).unwrap();
        closed.opens();
    }
}

#[test]
fn a_file_without_encryption_in_its_place_is_not_taken_for_ours() {
    for kind in BOTH {
        let closed = Closed::with_an_entry();
        std::fs::remove_file(closed.file(kind)).unwrap();
        let plain = Connection::open(closed.file(kind)).unwrap();
        plain.execute_batch("CREATE TABLE entry (text TEXT); INSERT INTO entry VALUES ('planted');").unwrap();
        drop(plain);
        closed.refuses(&closed.vault, &Error::Damaged { file: kind });
    }
}

#[test]
fn the_two_files_are_not_taken_for_each_other() {
    let closed = Closed::with_an_entry();
    let vault = Arc::new(Vault::default());
    let (private, shared) =
        (closed.vault.load(KeyName::Private).unwrap(), closed.vault.load(KeyName::Shared).unwrap());
    vault.keep(KeyName::Private, shared.unwrap()).unwrap();
    vault.keep(KeyName::Shared, private.unwrap()).unwrap();
    let error = CommonGround::open(closed.path(), vault.clone()).err();
    assert!(matches!(error, Some(Error::WrongKey { .. })));
    for (from, to) in [("private", "spare"), ("shared", "private"), ("spare", "shared")] {
        for end in ["db", "keycheck"] {
            let path = |name: &str| closed.folder.path().join(format!("{name}.{end}"));
            std::fs::rename(path(from), path(to)).unwrap();
        }
    }
    let error = CommonGround::open(closed.path(), vault).err();
    assert!(matches!(error, Some(Error::Damaged { .. } | Error::WrongKey { .. })), "{error:?}");
}

#[test]
fn a_folder_that_is_open_is_in_use_and_an_empty_one_has_no_profile() {
    let closed = Closed::with_an_entry();
    let home = CommonGround::open(closed.path(), closed.vault.clone()).unwrap();
    assert_eq!(CommonGround::open(closed.path(), closed.vault.clone()).err(), Some(Error::InUse));
    home.shut();
    closed.opens();
    let empty = tempfile::tempdir().unwrap();
    let error = CommonGround::open(empty.path().to_str().unwrap().to_owned(), closed.vault.clone()).err();
    assert_eq!(error, Some(Error::NoProfile));
}
