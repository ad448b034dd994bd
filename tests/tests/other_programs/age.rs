//! Plain `age` opens a backup without us, `tar` unpacks it, `sha256sum` finds it whole, and SQLCipher
//! reads it with the key that lies in it.

use std::path::Path;
use std::process::{Command, Stdio};

use common_ground::journal::NewEntry;
use common_ground::keeping::{BackupKey, BackupSecret, age_identity, check_backup};
use common_ground::relationship::Role;
use common_ground_tests::Device;

use super::is_here;

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Runs a program in a folder; it must go well.
fn run(folder: &Path, program: &str, args: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(args).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn plain_age_opens_a_backup_with_the_words_of_the_kit_and_the_journal_is_in_it() {
    if !is_here("age", "apt-get install age") {
        return;
    }
    let device = Device::new(Role::Client, "Mira");
    let entry = NewEntry { text: "A heron on the rusty barge".to_owned(), ..NewEntry::default() };
    device.home.journal().add(entry).unwrap();
    let words = device.home.new_recovery_kit().unwrap().words.join(" ");
    device.home.use_recovery_kit(words.clone()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("mira.age");
    device.home.make_backup(text(&backup), BackupKey::RecoveryKit, false, None).unwrap();

    std::fs::write(folder.path().join("key.txt"), age_identity(words).unwrap()).unwrap();
    run(folder.path(), "age", &["-d", "-i", "key.txt", "-o", "mira.tar", "mira.age"]);
    let listed = String::from_utf8(run(folder.path(), "tar", &["tf", "mira.tar"])).unwrap();
    assert_eq!(
        listed.lines().collect::<Vec<_>>(),
        ["manifest.json", "keys.json", "private.db", "shared.db", "SHA256SUMS"]
    );
    run(folder.path(), "tar", &["xf", "mira.tar"]);
    run(folder.path(), "sha256sum", &["--check", "--strict", "SHA256SUMS"]);

    let read = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(folder.path().join(name)).unwrap()).unwrap()
    };
    assert_eq!(read("manifest.json")["display_name"], "Mira");
    for (file, table) in [("private", "entry"), ("shared", "profile")] {
        let key = read("keys.json")[file].as_str().unwrap().to_owned();
        let opened = rusqlite::Connection::open(folder.path().join(format!("{file}.db"))).unwrap();
        opened.execute_batch(&format!("PRAGMA key = \"x'{key}'\"")).unwrap();
        let count: i64 =
            opened.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(count, 1);
    }
}

#[test]
fn a_backup_that_age_itself_encrypted_again_opens_here() {
    if !is_here("age", "apt-get install age") {
        return;
    }
    let device = Device::new(Role::Therapist, "Jonas");
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| text(&folder.path().join(name));
    let words = device.home.new_recovery_kit().unwrap().words.join(" ");
    device.home.use_recovery_kit(words.clone()).unwrap();
    let made = device.home.make_backup(at("one.age"), BackupKey::RecoveryKit, false, None).unwrap();
    std::fs::write(at("key.txt"), age_identity(words.clone()).unwrap()).unwrap();
    let secret = BackupSecret::RecoveryWords { words };
    let checked = check_backup(at("one.age"), secret.clone(), None).unwrap();
    assert!(checked == made);

    run(folder.path(), "age", &["-d", "-i", "key.txt", "-o", "plain.tar", "one.age"]);
    run(folder.path(), "age", &["-e", "-i", "key.txt", "-o", "two.age", "plain.tar"]);
    assert_eq!(check_backup(at("two.age"), secret, None).unwrap().fingerprint, made.fingerprint);
}
