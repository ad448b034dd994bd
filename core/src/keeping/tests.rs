//! Promises of what is yours to keep.

mod damaged;
mod erasing;
mod locking;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::*;
use crate::clock::{RealWorld, Surroundings, World};
use crate::home::tests::Vault;
use crate::home::{CommonGround, KeyName, KeyVault, NewProfile};
use crate::journal::NewEntry;
use crate::progress::Progress;
use crate::relationship::people;
use crate::store::scratch;

/// The real world with a clock that can be moved.
#[derive(Default)]
struct Movable(AtomicI64);

impl Surroundings for Movable {
    fn now(&self) -> Instant {
        RealWorld.now() + chrono::TimeDelta::minutes(self.0.load(Ordering::SeqCst))
    }

    fn zone(&self) -> chrono_tz::Tz {
        RealWorld.zone()
    }

    fn fill_random(&self, bytes: &mut [u8]) -> Result<()> {
        RealWorld.fill_random(bytes)
    }
}

/// A home in a folder of its own, with room beside it.
struct Place {
    folder: tempfile::TempDir,
    vault: Arc<Vault>,
    home: Arc<CommonGround>,
}

impl Place {
    fn new() -> Self {
        let (folder, vault) = (scratch(), Arc::<Vault>::default());
        let profile = NewProfile { role: Role::Client, display_name: "Mira".to_owned() };
        let world: World = Arc::new(Movable::default());
        let home = CommonGround::create_in(folder.path().join("home"), vault.clone(), &profile, world)
            .expect("a home");
        let place = Self { folder, vault, home };
        place.write("A heron on the rusty barge");
        place
    }

    fn write(&self, text: &str) {
        self.home.journal().add(NewEntry { text: text.to_owned(), ..NewEntry::default() }).expect("saved");
    }

    /// Attachments of so many MiB, as rows.
    fn attach(&self, mib: i64) {
        let written = self.home.inner().private.write(|transaction| {
            transaction
                .execute("INSERT INTO attachment (bytes, added_at) VALUES (?1, 0)", [mib * 1024 * 1024])?;
            let number = transaction.last_insert_rowid();
            for position in 0..mib {
                let piece: Vec<u8> =
                    (0..1024 * 1024).map(|n| (n * 31 + position * 7 + n / 255) as u8).collect();
                transaction.execute(
                    "INSERT INTO attachment_piece (attachment, position, bytes) VALUES (?1, ?2, ?3)",
                    rusqlite::params![number, position, piece],
                )?;
            }
            Ok(())
        });
        written.expect("attached");
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("mira.age")
    }

    fn make(&self, key: BackupKey) -> Result<BackupReport> {
        self.home.make_backup(text(&self.file()), key, true, None)
    }

    fn with_kit(&self) -> BackupSecret {
        let words = self.home.new_recovery_kit().expect("a kit").words.join(" ");
        self.home.use_recovery_kit(words.clone()).expect("in use");
        BackupSecret::RecoveryWords { words }
    }
}

/// A machine that has nothing.
struct Machine {
    folder: tempfile::TempDir,
    vault: Arc<Vault>,
}

impl Machine {
    fn new() -> Self {
        Self { folder: scratch(), vault: Arc::default() }
    }

    fn wanted(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn restore(&self, file: &Path, secret: BackupSecret) -> Result<BackupReport> {
        restore_backup(text(file), secret, text(&self.wanted()), self.vault.clone(), None)
    }

    fn open(&self) -> Arc<CommonGround> {
        CommonGround::open_in(self.wanted(), self.vault.clone(), Arc::new(Movable::default()))
            .expect("opened")
    }

    /// Asserts that nothing is here: no file, no folder, no key.
    #[track_caller]
    fn has_nothing(&self) {
        assert_eq!(contents(self.folder.path()), Vec::<PathBuf>::new());
        for name in [KeyName::Private, KeyName::Shared] {
            assert!(self.vault.load(name).expect("a vault").is_none());
        }
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("a path").to_owned()
}

fn passphrase(text: &str) -> BackupKey {
    BackupKey::Passphrase { passphrase: text.to_owned() }
}

fn opened_by(text: &str) -> BackupSecret {
    BackupSecret::Passphrase { passphrase: text.to_owned() }
}

fn contents(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    names.sort();
    names
}

/// What attachments hold, in short.
fn attached(home: &CommonGround) -> Vec<u8> {
    let read = home.inner().private.read(|connection| {
        use sha2::{Digest, Sha256};
        let mut digest = Sha256::new();
        let mut pieces =
            connection.prepare("SELECT bytes FROM attachment_piece ORDER BY attachment, position")?;
        let mut rows = pieces.query([])?;
        while let Some(row) = rows.next()? {
            digest.update(row.get::<_, Vec<u8>>(0)?);
        }
        Ok(digest.finalize().to_vec())
    });
    read.expect("read")
}

fn device_of(home: &CommonGround) -> (people::Me, u64) {
    let read = home.inner().shared.file.read(|connection| {
        let me = people::me(connection)?;
        let number = people::newest_list_number(connection, me.person)?;
        Ok((me, number))
    });
    read.expect("read")
}

fn problem<T>(result: Result<T>) -> BackupProblem {
    match result.err() {
        Some(Error::Backup { problem }) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_backed_up_comes_back_whole_on_a_machine_that_has_nothing() {
    let place = Place::new();
    place.attach(5);
    let words = place.with_kit();
    for (key, secret, opens_with) in [
        (passphrase("four quiet words"), opened_by("four quiet words"), BackupOpensWith::Passphrase),
        (BackupKey::RecoveryKit, words, BackupOpensWith::RecoveryKit),
    ] {
        let made = place.make(key).expect("made");
        assert_eq!(made.opens_with, opens_with);
        assert_eq!(made.bytes, std::fs::metadata(place.file()).expect("a file").len());
        assert_eq!(backup_opens_with(text(&place.file())), Ok(opens_with));
        assert!(check_backup(text(&place.file()), secret.clone(), None) == Ok(made.clone()));
        assert_eq!(place.home.last_backup().expect("a note").map(|note| note.bytes), Some(made.bytes));

        let machine = Machine::new();
        assert!(machine.restore(&place.file(), secret).expect("restored") == made);
        assert_eq!(contents(machine.folder.path()), [machine.wanted()], "only the folder");
        let home = machine.open();
        assert!(home.profile().expect("a profile") == place.home.profile().expect("a profile"));
        assert!(attached(&home) == attached(&place.home));
        assert!(home.recovery_kit().expect("a kit") == place.home.recovery_kit().expect("a kit"));
        assert_eq!(home.last_backup().expect("a note").map(|note| note.made_at), Some(made.made_at));
        let found = home.journal().entries(10, None).expect("entries").entries;
        assert!(found.len() == 1 && found[0].opening == "A heron on the rusty barge");
        home.journal()
            .add(NewEntry { text: "On the new phone".to_owned(), ..NewEntry::default() })
            .expect("saved");
    }
}

#[test]
fn each_restored_profile_is_a_device_of_its_own_that_the_person_certifies() {
    let place = Place::new();
    place.make(passphrase("p")).expect("made");
    let (former, number) = device_of(&place.home);
    let machines = [Machine::new(), Machine::new()];
    let mut devices = vec![former.device];
    for machine in &machines {
        machine.restore(&place.file(), opened_by("p")).expect("restored");
        let home = machine.open();
        let (me, newer) = device_of(&home);
        assert_eq!(newer, number + 1);
        assert_eq!(me.person, former.person);
        let key = home.inner().person_key().expect("a key").public();
        assert_eq!(key, place.home.inner().person_key().expect("a key").public());
        let checked = home.inner().shared.file.read(|connection| {
            let list = people::newest_list(connection, me.person)?.expect("a list");
            assert!(list.open(&me.person, &key).expect("a valid list").names(&me.device));
            assert_eq!(people::person_of_device(connection, &me.device)?, Some(me.person));
            assert_eq!(people::person_of_device(connection, &former.device)?, None);
            assert_eq!(people::device_key(connection)?.public(), me.device);
            Ok(connection.query_row("SELECT port FROM profile", [], |row| row.get::<_, Option<u16>>(0))?)
        });
        assert_eq!(checked, Ok(None));
        devices.push(me.device);
    }
    devices.sort_unstable();
    devices.dedup();
    assert_eq!(devices.len(), 3);
}

#[test]
fn a_folder_that_holds_a_profile_or_anything_else_is_left_as_it_is() {
    let place = Place::new();
    place.make(passphrase("p")).expect("made");
    let machine = Machine::new();
    machine.restore(&place.file(), opened_by("p")).expect("restored");
    machine.open().shut();
    let before: Vec<_> = contents(&machine.wanted())
        .into_iter()
        .map(|file| (std::fs::read(&file).expect("bytes"), file))
        .collect();
    assert_eq!(machine.restore(&place.file(), opened_by("p")).err(), Some(Error::ProfileExists));
    for (bytes, file) in before {
        assert!(std::fs::read(file).expect("bytes") == bytes);
    }
    let other = Machine::new();
    std::fs::create_dir(other.wanted()).expect("a folder");
    std::fs::write(other.wanted().join("letter.txt"), "to a friend").expect("written");
    assert_eq!(other.restore(&place.file(), opened_by("p")).err(), Some(Error::ProfileExists));
    assert_eq!(contents(&other.wanted()).len(), 1);
    std::fs::remove_file(other.wanted().join("letter.txt")).expect("removed");
    other.restore(&place.file(), opened_by("p")).expect("an empty folder is as good as none");
}

/// One small backup, and its bytes.
fn small() -> (Place, Vec<u8>) {
    let place = Place::new();
    place.make(passphrase("p")).expect("made");
    let bytes = std::fs::read(place.file()).expect("bytes");
    (place, bytes)
}

/// Cancels at the nth call.
struct CancelAt {
    calls: AtomicU64,
    at: u64,
}

impl Progress for CancelAt {
    fn on_progress(&self, done: u64, total: Option<u64>) -> Result<bool> {
        assert!(total.is_none_or(|total| done <= total));
        Ok(self.calls.fetch_add(1, Ordering::SeqCst) + 1 < self.at)
    }
}

fn cancel_at(at: u64) -> Arc<CancelAt> {
    Arc::new(CancelAt { calls: AtomicU64::new(0), at })
}

#[test]
fn whoever_cancels_finds_all_as_it_was() {
    let place = Place::new();
    place.attach(2);
    let path = text(&place.file());
    let mut cancelled = 0;
    for at in 1.. {
        let progress = cancel_at(at);
        match place.home.make_backup(path.clone(), passphrase("p"), false, Some(progress)) {
            Err(Error::Cancelled) => cancelled += 1,
            done => {
                done.expect("made");
                break;
            }
        }
        assert_eq!(contents(place.folder.path()), [place.folder.path().join("home")]);
    }
    assert!(cancelled >= 4, "it is asked while it writes and while it reads back: {cancelled}");
    let machine = Machine::new();
    for at in 1.. {
        let (secret, wanted) = (opened_by("p"), text(&machine.wanted()));
        match restore_backup(path.clone(), secret, wanted, machine.vault.clone(), Some(cancel_at(at))) {
            Err(Error::Cancelled) => machine.has_nothing(),
            done => {
                done.expect("restored");
                assert!(at > 3);
                break;
            }
        }
    }
    assert_eq!(check_backup(path, opened_by("p"), Some(cancel_at(1))).err(), Some(Error::Cancelled));
}

#[test]
fn what_was_cut_off_is_cleaned_up_by_the_next_try() {
    let place = Place::new();
    let part = place.folder.path().join(".mira.age.part");
    std::fs::write(&part, vec![7; 10_000_000]).expect("written");
    place.make(passphrase("p")).expect("made");
    assert!(!part.exists());

    let machine = Machine::new();
    let staging = machine.folder.path().join(".home.restoring");
    std::fs::create_dir(&staging).expect("a folder");
    for name in ["lock", "private.db", "private.db-wal", "shared.keycheck"] {
        std::fs::write(staging.join(name), b"half").expect("written");
    }
    machine.restore(&place.file(), opened_by("p")).expect("restored");
    assert_eq!(contents(machine.folder.path()), [machine.wanted()]);
    machine.open();
}

#[test]
fn another_file_is_replaced_only_when_asked_to_and_only_by_a_whole_one() {
    let place = Place::new();
    std::fs::write(place.file(), "a photo").expect("written");
    let path = text(&place.file());
    let refused = place.home.make_backup(path.clone(), passphrase("p"), false, None);
    assert_eq!(refused.err(), Some(Error::FileExists));
    let cancelled = place.home.make_backup(path.clone(), passphrase("p"), true, Some(cancel_at(1)));
    assert_eq!(cancelled.err(), Some(Error::Cancelled));
    assert_eq!(std::fs::read(place.file()).expect("read"), b"a photo");
    place.home.make_backup(path, passphrase("p"), true, None).expect("made");
    check_backup(text(&place.file()), opened_by("p"), None).expect("whole");
}

#[test]
fn a_backup_needs_an_unlocked_journal_a_kit_or_a_passphrase() {
    let place = Place::new();
    assert_eq!(problem(place.make(BackupKey::RecoveryKit)), BackupProblem::NoRecoveryKit);
    assert!(matches!(place.make(passphrase("")).err(), Some(Error::Invalid { .. })));
    place.home.lock();
    assert_eq!(place.make(passphrase("p")).err(), Some(Error::Locked));
    assert!(!place.file().exists());
    let nowhere = text(&place.folder.path().join("no/such/folder/x.age"));
    place.home.unlock().expect("unlocked");
    assert!(matches!(
        place.home.make_backup(nowhere, passphrase("p"), false, None).err(),
        Some(Error::File { .. })
    ));
}

#[test]
fn a_vault_that_refuses_or_holds_other_keys_leaves_the_machine_as_it_was() {
    let (place, _) = small();
    let machine = Machine::new();
    machine.vault.keep_at_most(1);
    assert!(matches!(machine.restore(&place.file(), opened_by("p")).err(), Some(Error::Vault { .. })));
    machine.has_nothing();
    let machine = Machine::new();
    machine.vault.keep(KeyName::Shared, vec![9; 32]).expect("kept");
    assert!(matches!(machine.restore(&place.file(), opened_by("p")).err(), Some(Error::Vault { .. })));
    assert_eq!(machine.vault.load(KeyName::Shared), Ok(Some(vec![9; 32])), "never replaced");
    assert_eq!(machine.vault.load(KeyName::Private), Ok(None));
    assert!(contents(machine.folder.path()).is_empty());
    // The person's own keys, still here after the data was lost, are no hindrance.
    let machine = Machine { folder: scratch(), vault: place.vault.clone() };
    machine.restore(&place.file(), opened_by("p")).expect("restored");
    machine.open();
}

#[test]
fn a_new_kit_opens_later_backups_and_the_old_words_open_the_older_ones() {
    let place = Place::new();
    assert!(place.home.recovery_kit().expect("none").is_none());
    let unused = place.home.new_recovery_kit().expect("a kit");
    assert!(place.home.recovery_kit().expect("none").is_none(), "showing one puts nothing into use");
    assert!(unused.display_name == "Mira" && unused.words.len() == 24);
    let first = place.with_kit();
    place.make(BackupKey::RecoveryKit).expect("made");
    let older = place.folder.path().join("older.age");
    std::fs::rename(place.file(), &older).expect("moved");
    let second = place.with_kit();
    place.make(BackupKey::RecoveryKit).expect("made");
    let newer = place.file();
    check_backup(text(&older), first.clone(), None).expect("the old words");
    check_backup(text(&newer), second.clone(), None).expect("the new words");
    assert_eq!(problem(check_backup(text(&newer), first, None)), BackupProblem::WrongRecoveryKit);
    assert_eq!(problem(check_backup(text(&older), second, None)), BackupProblem::WrongRecoveryKit);
}

#[test]
fn a_backup_made_while_somebody_writes_holds_all_that_was_saved_before() {
    let place = Place::new();
    let saved = Mutex::new(1_u64);
    std::thread::scope(|scope| {
        let (place, saved) = (&place, &saved);
        let writing = scope.spawn(move || {
            for n in 0..150 {
                place.write(&format!("{n} {}", "and more of the day ".repeat(200)));
                *saved.lock().expect("a count") += 1;
            }
        });
        for _ in 0..3 {
            let before = *saved.lock().expect("a count");
            place.make(passphrase("p")).expect("made");
            let machine = Machine::new();
            machine.restore(&place.file(), opened_by("p")).expect("restored");
            assert!(machine.open().journal().count().expect("a count") >= before);
        }
        writing.join().expect("written");
    });
}

/// Runs in a process of its own, in which nothing else happens.
#[test]
#[ignore = "a helper of the test below, which runs it in a process of its own"]
fn backup_and_restore_of_a_large_home() {
    use crate::tests::memory;
    let place = Place::new();
    for _ in 0..20 {
        place.attach(8);
    }
    let words = place.with_kit();
    let before = memory("VmRSS:");
    let made = place.make(BackupKey::RecoveryKit).expect("made");
    let machine = Machine::new();
    machine.restore(&place.file(), words).expect("restored");
    println!("measured {} {}", made.bytes, memory("VmHWM:").saturating_sub(before));
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_home_takes_no_more_memory_than_a_small_one() {
    let output = std::process::Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "keeping::tests::backup_and_restore_of_a_large_home", "--ignored", "--nocapture"])
        .output()
        .expect("run");
    let text = String::from_utf8_lossy(&output.stdout);
    let measured = text.split("measured ").nth(1).unwrap_or_else(|| panic!("{text}"));
    let numbers: Vec<usize> =
        measured.split_whitespace().take(2).map(|number| number.parse().expect("a number")).collect();
    println!("{} bytes of backup, {} bytes more memory", numbers[0], numbers[1]);
    assert!(numbers[0] > 150 * 1024 * 1024);
    assert!(numbers[1] < 24 * 1024 * 1024, "{} bytes", numbers[1]);
}
