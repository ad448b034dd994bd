//! Backup and restore per GB, against the bare floor: a copy of the same bytes that is synced.
//!
//! ```text
//! cargo bench -p common-ground --bench backup
//! ```
//!
//! It fills a home with attachments of 1,024 MiB (`COMMON_GROUND_MIB` for another number), and does
//! everything three times in turns with its floor, so that both see the same machine. It needs about
//! five times the room on the disk. The recovery key is used; a passphrase costs its scrypt, about a
//! second, once.

#![allow(clippy::unwrap_used, missing_docs)] // a measurement may stop

mod common;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use common_ground::home::{CommonGround, KeyName, NewProfile};
use common_ground::keeping::{BackupKey, BackupSecret, check_backup, restore_backup};
use common_ground::relationship::Role;
use rusqlite::{Connection, named_params};

use common::{Vault, at, median, number, ratio, text, timed};

const TURNS: usize = 3;
const MIB: usize = 1024 * 1024;

fn main() {
    let wanted = number("COMMON_GROUND_MIB", 1024);
    let base = tempfile::tempdir().unwrap();
    let (folder, backup) = (base.path().join("home"), base.path().join("backup.age"));
    let vault = Arc::new(Vault::default());
    let profile = NewProfile { role: Role::Client, display_name: "Mira".to_owned() };
    let home = CommonGround::create(text(&folder), vault.clone(), profile).unwrap();
    let words = home.new_recovery_kit().unwrap().words.join(" ");
    home.use_recovery_kit(words.clone()).unwrap();
    home.shut();
    fill(&folder, &vault, wanted);
    let home = CommonGround::open(text(&folder), vault).unwrap();

    let mut columns: [Vec<Duration>; 5] = Default::default();
    for turn in 0..TURNS {
        let secret = || BackupSecret::RecoveryWords { words: words.clone() };
        let copied = base.path().join("copy");
        columns[0].push(timed(|| floor(&folder, &copied)));
        columns[1].push(timed(|| {
            home.make_backup(text(&backup), BackupKey::RecoveryKit, true, None).unwrap();
        }));
        columns[2].push(timed(|| {
            check_backup(text(&backup), secret(), None).unwrap();
        }));
        let again = base.path().join(format!("again-{turn}"));
        columns[3].push(timed(|| {
            restore_backup(text(&backup), secret(), text(&again), Arc::new(Vault::default()), None).unwrap();
        }));
        std::fs::remove_dir_all(&again).unwrap();
        columns[4].push(timed(|| floor(&folder, &copied)));
        std::fs::remove_dir_all(&copied).unwrap();
    }
    let bytes = std::fs::metadata(&backup).unwrap().len();
    #[allow(clippy::cast_precision_loss, reason = "seconds with two digits are shown")]
    let gigabytes = bytes as f64 / 1e9;
    println!("| {gigabytes:.2} GB | median, seconds per GB | spread | × floor |");
    println!("| --- | --- | --- | --- |");
    let [before, make, check, restore, after] = columns;
    let floors = [before, after].concat();
    for (name, column) in [
        ("copy and sync (floor)", &floors),
        ("make, with reading back", &make),
        ("check", &check),
        ("restore", &restore),
    ] {
        let per = |duration: Duration| duration.as_secs_f64() / gigabytes;
        println!(
            "| {name} | {:.2} | {:.2} to {:.2} | {:.2} |",
            per(median(column)),
            per(at(column, 0)),
            per(at(column, 100)),
            ratio(column, &floors)
        );
    }
    home.shut();
}

/// Attachments of so many MiB, as the journal keeps them, by hand.
fn fill(folder: &Path, vault: &Vault, mib: usize) {
    let file = Connection::open(folder.join("private.db")).unwrap();
    file.execute_batch(&vault.pragma(KeyName::Private)).unwrap();
    file.execute_batch("PRAGMA journal_mode = WAL;").unwrap();
    file.execute("INSERT INTO attachment (bytes, added_at) VALUES (0, 0)", []).unwrap();
    let number = file.last_insert_rowid();
    let mut seed = 1_u64;
    for position in 0..mib {
        // Not to be pressed together, as photos are not.
        let bytes: Vec<u8> = (0..MIB)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (seed >> 56) as u8
            })
            .collect();
        file.execute(
            "INSERT INTO attachment_piece (attachment, position, bytes) VALUES (:number, :position, :bytes)",
            named_params! { ":number": number, ":position": i64::try_from(position).unwrap(), ":bytes": bytes },
        )
        .unwrap();
    }
}

/// What cannot be done faster: the same bytes, copied and synced.
fn floor(folder: &Path, copied: &Path) {
    std::fs::create_dir_all(copied).unwrap();
    for name in ["private.db", "shared.db"] {
        let (mut from, mut to) =
            (File::open(folder.join(name)).unwrap(), File::create(copied.join(name)).unwrap());
        std::io::copy(&mut from, &mut to).unwrap();
        to.sync_all().unwrap();
    }
}
