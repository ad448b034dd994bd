//! Promises of the two files.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use rusqlite::Connection;

use super::{File, Key, KeyChecks, Migrations, Slot};
use crate::error::FileKind;
use crate::{Error, Result};

/// A folder that goes away with the test.
pub(crate) fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

const ONE: Migrations =
    Migrations::of_test(&["CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT) STRICT;"]);
const FILE: FileKind = FileKind::Private;

fn key(byte: u8) -> Key {
    Key::from_vault(vec![byte; 32]).expect("a key")
}

/// A file in a folder of its own, and the ways to it that a test needs.
struct Shelf {
    folder: tempfile::TempDir,
}

impl Shelf {
    /// With one note in it, closed.
    fn with_a_note() -> Self {
        let shelf = Self { folder: scratch() };
        let file = File::create(&shelf.path(), key(1), ONE, &shelf.checks()).expect("a new file");
        file.write(|file| note(file, "dear diary")).expect("a note");
        file.lock();
        shelf
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("private.db")
    }

    fn checks(&self) -> KeyChecks {
        KeyChecks::in_folder(self.folder.path())
    }

    fn open(&self) -> File {
        self.try_open(1, ONE).expect("the file")
    }

    fn try_open(&self, key_byte: u8, migrations: Migrations) -> Result<File> {
        File::open(&self.path(), key(key_byte), migrations, &self.checks())
    }

    /// Asserts that the file is refused with this error, and left as it is to the byte.
    fn refuses(&self, key_byte: u8, migrations: Migrations, expected: &Error) {
        let before = contents(self.folder.path());
        let error = self.try_open(key_byte, migrations).err();
        assert_eq!(error.as_ref(), Some(expected));
        assert!(contents(self.folder.path()) == before, "the folder is as it was, to the byte");
    }

    /// A connection such as another program would open.
    fn foreign(&self) -> Connection {
        let connection = Connection::open(self.path()).expect("the file");
        key(1).apply(&connection).expect("the key");
        connection
    }
}

/// What lies in a folder.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|found| found.expect("a file").path())
        .map(|path| (path.clone(), std::fs::read(&path).expect("its bytes")))
        .collect();
    all.sort();
    all
}

fn note(file: &Connection, words: &str) -> Result<()> {
    file.execute("INSERT INTO note (words) VALUES (?1)", [words])?;
    Ok(())
}

fn count(file: &Connection) -> Result<i64> {
    Ok(file.query_row("SELECT count(*) FROM note", [], |row| row.get(0))?)
}

#[test]
fn a_file_that_was_closed_opens_again_with_all_that_is_in_it() {
    let shelf = Shelf::with_a_note();
    assert_eq!(shelf.open().read(count), Ok(1));
    let bytes = std::fs::read(shelf.path()).expect("the file");
    assert!(!bytes.starts_with(b"SQLite format 3"), "it is encrypted");
    assert!(!bytes.windows(10).any(|window| window == b"dear diary"));
}

#[test]
fn a_wrong_key_is_told_from_a_damaged_file_and_neither_is_touched() {
    let shelf = Shelf::with_a_note();
    shelf.refuses(2, ONE, &Error::WrongKey { file: FILE });

    let whole = std::fs::read(shelf.path()).expect("the file");
    let mut damaged = whole.clone();
    damaged[100] ^= 1;
    let truncated = [&whole[..whole.len() - 4096], &whole[..5000], &whole[..1000], &whole[..1]];
    for bytes in truncated.into_iter().chain([&damaged[..], b"this was never a database"]) {
        std::fs::write(shelf.path(), bytes).expect("to write");
        shelf.refuses(1, ONE, &Error::Damaged { file: FILE });
    }
    std::fs::write(shelf.path(), b"").expect("to write");
    shelf.refuses(1, ONE, &Error::Damaged { file: FILE });
    shelf.refuses(2, ONE, &Error::Damaged { file: FILE });

    std::fs::write(shelf.path(), whole).expect("to write");
    assert_eq!(shelf.open().read(count), Ok(1), "and it was none of their fault");
}

#[test]
fn without_the_check_value_nobody_is_told_that_a_file_is_damaged() {
    let shelf = Shelf::with_a_note();
    std::fs::remove_file(shelf.folder.path().join("private.keycheck")).expect("to remove");
    shelf.refuses(2, ONE, &Error::WrongKey { file: FILE });
    shelf.open().lock();
    assert!(shelf.folder.path().join("private.keycheck").exists(), "the right key brings it back");
}

#[test]
fn a_page_that_was_damaged_inside_is_told_and_the_rest_stays() {
    let shelf = Shelf { folder: scratch() };
    let file = File::create(&shelf.path(), key(1), ONE, &shelf.checks()).expect("a new file");
    file.write(|file| (0..200).try_for_each(|_| note(file, &"words ".repeat(100)))).expect("notes");
    file.lock();
    let mut bytes = std::fs::read(shelf.path()).expect("the file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(shelf.path(), &bytes).expect("to write");
    let file = shelf.open();
    let read = file.read(|file| {
        Ok(file.query_row("SELECT sum(length(words)) FROM note", [], |row| row.get::<_, i64>(0))?)
    });
    assert_eq!(read, Err(Error::Damaged { file: FILE }));
    file.lock();
    assert!(std::fs::read(shelf.path()).expect("the file") == bytes);
}

#[test]
fn a_file_that_is_not_there_is_not_made_by_opening_it() {
    let shelf = Shelf { folder: scratch() };
    shelf.refuses(1, ONE, &Error::NoProfile);
}

#[test]
fn a_file_that_is_there_is_not_replaced_by_making_one() {
    let shelf = Shelf::with_a_note();
    let made = File::create(&shelf.path(), key(2), ONE, &shelf.checks());
    assert_eq!(made.err(), Some(Error::ProfileExists));
    assert_eq!(shelf.open().read(count), Ok(1));
}

#[test]
fn a_file_of_a_newer_version_is_refused_untouched() {
    let shelf = Shelf::with_a_note();
    let two = Migrations::of_test(&["CREATE TABLE note (x);", "CREATE TABLE later (x);"]);
    shelf.try_open(1, two).expect("to migrate").lock();
    shelf.refuses(1, ONE, &Error::NewerFile { file: FILE, found: 2, known: 1 });
    shelf.try_open(1, two).expect("the newer version").lock();
}

#[test]
fn a_newer_file_that_lost_its_power_is_refused_with_its_log_untouched() {
    let shelf = Shelf::with_a_note();
    let foreign = shelf.foreign();
    foreign
        .execute_batch("PRAGMA user_version = 9; INSERT INTO note (words) VALUES ('in the log');")
        .unwrap();
    // What lies on the disk at this moment is what a power loss would leave.
    let fallen = Shelf { folder: scratch() };
    for (path, bytes) in contents(shelf.folder.path()) {
        if !path.to_string_lossy().ends_with("-shm") {
            std::fs::write(fallen.folder.path().join(path.file_name().unwrap()), bytes).unwrap();
        }
    }
    let log = |shelf: &Shelf| std::fs::read(shelf.folder.path().join("private.db-wal")).unwrap();
    let before = (std::fs::read(fallen.path()).unwrap(), log(&fallen));
    assert!(!before.1.is_empty());
    for (key_byte, expected) in
        [(1, Error::NewerFile { file: FILE, found: 9, known: 1 }), (2, Error::WrongKey { file: FILE })]
    {
        assert_eq!(fallen.try_open(key_byte, ONE).err(), Some(expected));
        assert!((std::fs::read(fallen.path()).unwrap(), log(&fallen)) == before);
    }
}

#[test]
fn a_file_that_another_process_holds_is_in_use_and_not_damaged() {
    let shelf = Shelf::with_a_note();
    let foreign = shelf.foreign();
    foreign
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; SELECT count(*) FROM note;")
        .unwrap();
    let before = std::fs::read(shelf.path()).unwrap();
    assert_eq!(shelf.try_open(1, ONE).err(), Some(Error::InUse));
    assert!(std::fs::read(shelf.path()).unwrap() == before);
    drop(foreign);
    assert_eq!(shelf.open().read(count), Ok(1));

    let file = shelf.open();
    let foreign = shelf.foreign();
    foreign.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(file.write(|file| note(file, "no")), Err(Error::InUse));
    assert_eq!(file.read(count), Ok(1), "reading goes on");
}

#[test]
fn a_migration_that_fails_leaves_nothing() {
    let shelf = Shelf::with_a_note();
    let broken = Migrations::of_test(&[
        "CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT) STRICT;",
        "CREATE TABLE half (x); INSERT INTO note (words) VALUES ('half'); INSERT INTO nowhere VALUES (1);",
    ]);
    assert!(matches!(shelf.try_open(1, broken).err(), Some(Error::Internal { .. })));
    let file = shelf.open();
    assert_eq!(file.read(count), Ok(1));
    let tables = file.read(|file| {
        Ok(file.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))?)
    });
    assert_eq!(tables, Ok(1));
    let never = Migrations::of_test(&["CREATE TABLE broken (;"]);
    let new = shelf.folder.path().join("new.db");
    assert!(File::create(&new, key(1), never, &shelf.checks()).is_err());
    assert!(!new.exists(), "what was not made is not there");
}

#[test]
fn a_file_of_any_earlier_version_is_brought_to_the_schema_of_a_new_one() {
    let schema = |shelf: &Shelf, migrations| -> Vec<(String, String)> {
        let file = shelf.try_open(1, migrations).expect("the file");
        file.read(|file| {
            assert_eq!(file.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0))?, "ok");
            Ok(file
                .prepare("SELECT name, coalesce(sql, '') FROM sqlite_master ORDER BY name")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?)
        })
        .expect("its schema")
    };
    for migrations in [Migrations::PRIVATE, Migrations::SHARED] {
        let made = |migrations| {
            let shelf = Shelf { folder: scratch() };
            File::create(&shelf.path(), key(1), migrations, &shelf.checks()).expect("a new file").lock();
            shelf
        };
        let new = schema(&made(migrations), migrations);
        assert!(new.len() > 3);
        for steps in 1..migrations.newest() as usize {
            assert!(schema(&made(migrations.first(steps)), migrations) == new, "from version {steps}");
        }
    }
}

#[test]
fn a_write_that_fails_or_panics_leaves_nothing_and_the_next_one_works() {
    let shelf = Shelf::with_a_note();
    let file = shelf.open();
    let failed: Result<()> = file.write(|file| {
        note(file, "half")?;
        Err(Error::Cancelled)
    });
    assert_eq!(failed, Err(Error::Cancelled));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        file.write(|file| -> Result<()> {
            note(file, "half")?;
            panic!("on purpose");
        })
    }));
    assert!(panicked.is_err());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        file.read(|_| -> Result<()> { panic!("on purpose") })
    }));
    assert!(panicked.is_err());
    assert_eq!(file.read(count), Ok(1));
    file.write(|file| note(file, "whole")).expect("to write");
    assert_eq!(file.read(count), Ok(2));
}

#[test]
fn a_long_read_holds_up_no_write_and_sees_one_state_all_along() {
    let shelf = Shelf::with_a_note();
    let file = shelf.open();
    file.read(|reader| {
        assert_eq!(count(reader), Ok(1));
        for _ in 0..50 {
            file.write(|file| note(file, "meanwhile"))?;
        }
        assert_eq!(count(reader), Ok(1), "one consistent state");
        assert_eq!(file.read(count), Ok(51), "while others see what is new");
        assert_eq!(file.checkpoint(), Ok(false), "nor does emptying the log wait for it");
        Ok(())
    })
    .expect("to read");
    assert_eq!(file.checkpoint(), Ok(true));
    assert_eq!(std::fs::metadata(shelf.folder.path().join("private.db-wal")).unwrap().len(), 0);
}

#[test]
fn a_long_write_holds_up_no_read() {
    let shelf = Shelf::with_a_note();
    let file = shelf.open();
    file.write(|writer| {
        note(writer, "not yet")?;
        assert_eq!(file.read(count), Ok(1));
        Ok(())
    })
    .expect("to write");
    assert_eq!(file.read(count), Ok(2));
}

#[test]
fn more_readers_than_connections_wait_for_their_turn() {
    let shelf = Shelf::with_a_note();
    let file = shelf.open();
    thread::scope(|scope| {
        let readers: Vec<_> =
            (0..40).map(|_| scope.spawn(|| (0..20).all(|_| file.read(count) == Ok(1)))).collect();
        assert!(readers.into_iter().all(|reader| reader.join().expect("a reader")));
    });
}

#[test]
fn locking_ends_a_running_read_and_a_running_write_and_all_that_come_later() {
    const FOREVER: &str =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i + 0.0) FROM n";
    let shelf = Shelf::with_a_note();
    let file = shelf.open();
    thread::scope(|scope| {
        let (began, wait) = channel();
        let reader_began = began.clone();
        let reader = scope.spawn(|| {
            file.read(move |file| {
                reader_began.send(()).expect("to tell");
                Ok(file.query_row(FOREVER, [], |row| row.get::<_, f64>(0))?)
            })
        });
        let writer = scope.spawn(|| {
            file.write(move |file| {
                note(file, "never")?;
                began.send(()).expect("to tell");
                Ok(file.query_row(FOREVER, [], |row| row.get::<_, f64>(0))?)
            })
        });
        wait.recv().expect("the first");
        wait.recv().expect("the second");
        file.lock();
        assert_eq!(reader.join().expect("the reader"), Err(Error::Locked));
        assert_eq!(writer.join().expect("the writer"), Err(Error::Locked));
    });
    assert_eq!(file.read(count), Err(Error::Locked));
    assert_eq!(file.write(|file| note(file, "late")), Err(Error::Locked));
    assert_eq!(file.checkpoint(), Err(Error::Locked));
    file.lock();
    assert!(!shelf.folder.path().join("private.db-wal").exists(), "all is closed and folded in");
    assert_eq!(shelf.open().read(count), Ok(1));
}

#[test]
fn a_slot_can_be_locked_and_filled_again() {
    let shelf = Shelf::with_a_note();
    let slot = Arc::new(Slot::holding(shelf.open()));
    let former = slot.file().expect("a file");
    assert_eq!(slot.read(count), Ok(1));
    slot.lock();
    slot.lock();
    assert!(slot.is_locked());
    assert_eq!(slot.read(count), Err(Error::Locked));
    slot.put(shelf.open());
    slot.write(|file| note(file, "again")).expect("to write");
    assert_eq!(former.read(count), Err(Error::Locked), "what was locked stays so");
    slot.put(shelf.open());
    assert_eq!(slot.read(count), Ok(2));
}

#[test]
fn the_live_settings_of_every_connection_are_those_that_keep_the_promises() {
    let shelf = Shelf::with_a_note();
    let file = shelf.open();
    let setting = |connection: &Connection, name: &str| -> String {
        connection
            .query_row(&format!("PRAGMA {name}"), [], |row| {
                Ok(match row.get_ref(0)? {
                    rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                    other => other.as_str().expect("a text").to_owned(),
                })
            })
            .expect("a setting")
    };
    let common = |connection: &Connection| {
        for (name, value) in [
            ("synchronous", "2"),
            ("journal_mode", "wal"),
            ("foreign_keys", "1"),
            ("secure_delete", "1"),
            ("temp_store", "2"),
            ("fullfsync", "1"),
            ("checkpoint_fullfsync", "1"),
            ("cell_size_check", "1"),
            ("trusted_schema", "0"),
            ("page_size", "4096"),
            ("cipher_page_size", "4096"),
            ("cipher_use_hmac", "1"),
            ("cipher_hmac_algorithm", "HMAC_SHA512"),
            ("cipher_plaintext_header_size", "0"),
            ("cipher_provider", "openssl"),
        ] {
            assert_eq!(setting(connection, name), value, "{name}");
        }
    };
    file.write(|writer| {
        common(writer);
        assert_eq!(setting(writer, "query_only"), "0");
        Ok(())
    })
    .expect("to write");
    file.read(|reader| {
        common(reader);
        assert_eq!(setting(reader, "query_only"), "1");
        assert!(reader.execute("DELETE FROM note", []).is_err(), "a reader cannot write");
        Ok(())
    })
    .expect("to read");
}

#[test]
fn the_words_of_a_person_are_in_no_error() {
    const SECRET: &str = "Geheimnis";
    let shelf = Shelf::with_a_note();
    let file = shelf.open();
    let fails: [fn(&Connection) -> Result<()>; 5] = [
        |file| Ok(file.execute_batch(&format!("SELECT '{SECRET}' FROM '{SECRET}'"))?),
        |file| Ok(file.query_row("SELECT ?1", [SECRET], |row| row.get::<_, i64>(0)).map(|_| ())?),
        |file| {
            Ok(file
                .query_row(&format!("SELECT 1 AS '{SECRET}'"), [], |row| row.get::<_, i64>("x"))
                .map(|_| ())?)
        },
        |file| Ok(file.execute("INSERT INTO note (id, words) VALUES (?1, ?1)", [SECRET]).map(|_| ())?),
        |file| Ok(file.execute_batch(&format!("SELECT {SECRET} {SECRET} '"))?),
    ];
    for fail in fails {
        let error = file.write(|file| fail(file)).expect_err("it fails");
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
    }
}

#[test]
fn nothing_shows_a_key() {
    let shelf = Shelf::with_a_note();
    assert_eq!(format!("{:?}", Key::from_vault(vec![0xAB; 32]).expect("a key")), "Key(..)");
    assert!(Key::from_vault(vec![0xAB; 31]).is_err());
    assert_eq!(format!("{:?}", shelf.open()), "File(private)");
    let written =
        std::fs::read_to_string(shelf.folder.path().join("private.keycheck")).expect("the check value");
    assert_eq!(written.len(), 32, "half a digest: no way back to the key");
}

/// Run by the test below in a process of its own, whose stderr can be read whole.
#[test]
#[ignore = "the test below runs it"]
fn open_with_a_wrong_key() {
    let shelf = Shelf::with_a_note();
    assert_eq!(shelf.try_open(2, ONE).err(), Some(Error::WrongKey { file: FILE }));
    std::fs::write(shelf.path(), vec![7; 20_000]).expect("to write");
    assert_eq!(shelf.try_open(1, ONE).err(), Some(Error::Damaged { file: FILE }));
}

#[test]
fn a_wrong_key_and_a_damaged_file_print_nothing() {
    let output = std::process::Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "store::tests::open_with_a_wrong_key", "--ignored", "--nocapture"])
        .output()
        .expect("to run it again");
    assert!(output.status.success());
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("1 passed"), "{told}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
