//! What attachments cost: a hundred megabytes in, out and away, against one bare blob of the same bytes in
//! the same cipher, and how long a save waits meanwhile.
//!
//! ```text
//! cargo bench -p common-ground --bench attachments
//! ```
//!
//! `COMMON_GROUND_ROUNDS` says how often (otherwise 5). Ours and the floor take turns, so that both see the
//! same machine.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)] // a measurement may stop

mod common;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use common_ground::home::{CommonGround, NewProfile};
use common_ground::journal::{Journal, NewEntry};
use common_ground::relationship::Role;
use rusqlite::Connection;

use common::{Vault, at, number, ratio, taking, text};

const MEGABYTES: usize = 100;

fn main() {
    let rounds = number("COMMON_GROUND_ROUNDS", 5);
    let base = tempfile::tempdir().unwrap();
    let profile = NewProfile { role: Role::Client, display_name: "Mira".to_owned() };
    let ground =
        CommonGround::create(text(&base.path().join("ours")), Arc::new(Vault::default()), profile).unwrap();
    let journal = ground.journal();
    let floor = floor(&base.path().join("bare.db"));

    let mut rows: Vec<(&str, Vec<Duration>, Vec<Duration>)> =
        ["in", "out", "away"].map(|what| (what, Vec::new(), Vec::new())).into();
    let mut waits: Vec<(&str, Vec<Duration>)> =
        ["alone", "while one comes in", "while one goes away"].map(|what| (what, Vec::new())).into();
    for round in 0..rounds {
        let bytes: Vec<u8> = (0..MEGABYTES << 20).map(|place| (place ^ (place >> 9) ^ round) as u8).collect();
        let source = base.path().join("film.bin");
        std::fs::write(&source, &bytes).unwrap();
        let target = base.path().join("out.bin");

        let attached =
            taking(&mut rows[0].1, || journal.take_in_file(text(&source), None, None, None).unwrap());
        taking(&mut rows[0].2, || insert(&floor, &bytes));
        taking(&mut rows[1].1, || {
            journal.save_attachment(attached.attachment, text(&target), true, None).unwrap()
        });
        taking(&mut rows[1].2, || read(&floor, &target));
        taking(&mut rows[2].1, || journal.let_go(vec![attached.attachment]).unwrap());
        taking(&mut rows[2].2, || delete(&floor));

        saves(&journal, &mut waits[0].1, || std::thread::sleep(Duration::from_secs(1)));
        let mut again = None;
        saves(&journal, &mut waits[1].1, || {
            again = Some(journal.take_in_file(text(&source), None, None, None).unwrap());
        });
        saves(&journal, &mut waits[2].1, || journal.let_go(vec![again.unwrap().attachment]).unwrap());
    }

    println!("{MEGABYTES} MiB, {rounds} rounds\n");
    println!("| what | ours | bare | ratio |\n| --- | --- | --- | --- |");
    for (what, ours, bare) in &rows {
        println!("| {what} | {:.2?} | {:.2?} | {:.2} |", at(ours, 50), at(bare, 50), ratio(ours, bare));
    }
    println!("\n| saving an entry | median | 99 % | worst | saves |\n| --- | --- | --- | --- | --- |");
    for (what, took) in &waits {
        let (median, slow, worst) = (at(took, 50), at(took, 99), at(took, 100));
        println!("| {what} | {median:.2?} | {slow:.2?} | {worst:.2?} | {} |", took.len());
    }
}

/// Saves entries, as somebody who types would, while something else goes on.
fn saves(journal: &Journal, into: &mut Vec<Duration>, work: impl FnOnce() + Send) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            work();
            done.store(true, Ordering::Relaxed);
        });
        while !done.load(Ordering::Relaxed) {
            let entry = NewEntry { text: "An ordinary day. ".repeat(70), ..NewEntry::default() };
            taking(into, || journal.add(entry).unwrap());
            std::thread::sleep(Duration::from_millis(5));
        }
    });
}

/// A file with the settings of ours, and nothing in it but one blob.
fn floor(path: &Path) -> Connection {
    let file = Connection::open(path).unwrap();
    file.execute_batch(&format!(
        "PRAGMA key = \"x'{}'\";
         PRAGMA cache_size = -8000; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY; PRAGMA journal_mode = WAL;
         CREATE TABLE film (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;",
        "07".repeat(32)
    ))
    .unwrap();
    file
}

fn insert(floor: &Connection, bytes: &[u8]) {
    floor.execute("INSERT INTO film (number, bytes) VALUES (1, ?1)", [bytes]).unwrap();
}

fn read(floor: &Connection, target: &Path) {
    let bytes: Vec<u8> =
        floor.query_row("SELECT bytes FROM film WHERE number = 1", [], |row| row.get(0)).unwrap();
    std::fs::write(target, bytes).unwrap();
    std::fs::File::open(target).unwrap().sync_all().unwrap();
}

fn delete(floor: &Connection) {
    floor.execute("DELETE FROM film", []).unwrap();
    floor.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}
