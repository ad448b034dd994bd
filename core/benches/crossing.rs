//! The floor of what it costs to reach the core from Kotlin and Swift: the same calls on the same folder, from Rust.
//! `tests/crossing` makes the folder and runs all three in turns.
//!
//! ```text
//! cargo bench -p common-ground --bench crossing -- FOLDER
//! ```
//!
//! Prints, for each thing it measures, a line with tabs: `rust`, what, the median in µs, the 95th percentile in µs.
//! The keys lie beside the folder in hexadecimal digits (`private.key`, `shared.key`).

#![allow(clippy::unwrap_used, missing_docs)] // a measurement may stop

mod common;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use common_ground::home::{CommonGround, KeyName, KeyVault};
use common_ground::journal::NewEntry;
use data_encoding::HEXLOWER;

use common::{Vault, at, median, text, timed};

/// How often a whole process is started.
const START_UPS: usize = 20;

/// Two hundred words: how long an entry of the folder is.
const ENTRY: &str = "we walked along the river and spoke of nothing much ";

fn main() {
    let mut arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let folder = arguments.pop().unwrap_or_else(|| std::process::exit(usage()));
    let folder = Path::new(&folder);
    if arguments == ["--start-up"] {
        start_up(folder);
        return;
    }
    let this = std::env::current_exe().unwrap();
    let process = || Command::new(&this).arg("--start-up").arg(folder).status().unwrap().success();
    tell("start-up", &times(START_UPS, || assert!(process())));
    tell("start-up, without that of the process", &times(START_UPS, || start_up(folder)));

    let ground = opened(folder);
    let journal = ground.journal();
    tell(
        "list of 50 entries",
        &warm(500, || assert_eq!(journal.entries(50, None).unwrap().entries.len(), 50)),
    );
    let plan = ground.plan(ground.relationships().unwrap()[0].id).unwrap();
    let rated = || plan.goals(false).unwrap().iter().all(|goal| goal.latest_ratings.len() == 2);
    tell("30 goals with latest ratings", &warm(500, || assert!(rated())));
    let entry = ENTRY.repeat(20);
    let save = || drop(journal.add(NewEntry { text: entry.clone(), ..NewEntry::default() }).unwrap());
    tell("durable save", &warm(300, save));
    ground.shut();
}

fn usage() -> i32 {
    eprintln!("crossing FOLDER, which tests/crossing makes");
    64
}

/// What an app does before its first screen: opens both files and reads a page.
fn start_up(folder: &Path) {
    let ground = opened(folder);
    assert_eq!(ground.journal().entries(50, None).unwrap().entries.len(), 50);
    ground.shut();
}

fn opened(folder: &Path) -> Arc<CommonGround> {
    let vault = Vault::default();
    for (name, file) in [(KeyName::Private, "private.key"), (KeyName::Shared, "shared.key")] {
        let key = std::fs::read_to_string(folder.with_file_name(file)).unwrap();
        vault.keep(name, HEXLOWER.decode(key.trim().as_bytes()).unwrap()).unwrap();
    }
    CommonGround::open(text(folder), Arc::new(vault)).unwrap()
}

/// What is only slow at first is not what it costs.
fn warm(count: usize, mut work: impl FnMut()) -> Vec<Duration> {
    (0..count).for_each(|_| work());
    times(count, work)
}

fn times(count: usize, mut work: impl FnMut()) -> Vec<Duration> {
    (0..count).map(|_| timed(&mut work)).collect()
}

fn tell(what: &str, spent: &[Duration]) {
    let [median, most] = [median(spent), at(spent, 95)].map(|time| time.as_secs_f64() * 1e6);
    println!("rust\t{what}\t{median:.1}\t{most:.1}");
}
