//! What was acknowledged stays: through `kill -9` in the middle of writes, and, as far as a program can
//! show it, through a power loss.
//!
//! A process of its own (this very program, run again) writes into a journal and says before every write
//! what it begins, and after it that it is done: entries, drafts, attachments, imports, backups and bringing
//! them back. 100 rounds; `COMMON_GROUND_CRASH_ROUNDS` sets another number.

mod expected;
mod place;
mod synced;
mod writes;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;

use common_ground::home::CommonGround;

use crate::expected::{Expected, is_sound};
use crate::place::{Places, SameKeys, new_home, path};
use crate::writes::{Write, drafted, number_of, perform};

/// Tells the process that writes where to.
const FOLDER: &str = "COMMON_GROUND_CRASH_FOLDER";

/// Tells it after how many writes to end by itself.
const WRITES: &str = "COMMON_GROUND_CRASH_WRITES";

fn say(line: &str) {
    // The mark tells it from what the test harness says; straight to the pipe, past its capturing.
    let mut out = std::io::stdout();
    out.write_all(format!("\n@ {line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// Run by the tests below, which end it or let it end.
#[test]
#[ignore = "the tests below run it in a process of its own"]
fn the_process_that_writes() {
    let places = Places(std::env::var_os(FOLDER).expect("a folder").into());
    let writes: u64 = std::env::var(WRITES).map_or(u64::MAX, |writes| writes.parse().unwrap());
    let home = CommonGround::open(path(&places.profile()), Arc::new(SameKeys)).unwrap();
    let journal = home.journal();
    let count = journal.count().unwrap();
    for step in 0..writes {
        let number = count * 1000 + step;
        let newest = journal.entries(1, None).unwrap().entries.pop().map(|entry| entry.id);
        let draft = journal.drafts().unwrap().pop().map(|draft| journal.draft(draft.id).unwrap());
        let write = match ((count + step) % 12, newest, draft) {
            (3, Some(id), _) => Write::Edit { id, number },
            (5, Some(id), _) => Write::Bin { id },
            (6 | 10, ..) => Write::Draft { number },
            (7, ..) => Write::Import { number },
            (8, _, Some(draft)) => Write::Finish { draft: draft.id, number: number_of(&drafted(draft)) },
            (9, ..) => Write::Attach { number },
            (11, ..) if step % 2 == 0 => Write::Backup,
            (1 | 11, ..) if places.backup().exists() => Write::Restore,
            _ => Write::Add { number },
        };
        say(&format!("begin {}", write.say()));
        let made = perform(&home, &journal, &places, &write);
        say(&format!("done {} -> {}", write.say(), made.unwrap_or_default()));
    }
    home.shut();
}

fn writing_process(program: &str, before: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(before)
        .args(["--exact", "the_process_that_writes", "--ignored", "--nocapture", "--test-threads=1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

#[test]
fn kill_9_in_the_middle_of_writes_loses_nothing_that_was_acknowledged() {
    let rounds: usize =
        std::env::var("COMMON_GROUND_CRASH_ROUNDS").map_or(100, |rounds| rounds.parse().expect("a number"));
    let folder = tempfile::tempdir().unwrap();
    let places = new_home(folder.path());
    let this = path(&std::env::current_exe().unwrap());
    let mut expected = Expected::default();
    for round in 0..rounds {
        let mut process = writing_process(&this, &[]).env(FOLDER, folder.path()).spawn().unwrap();
        let mut under_way = None;
        let mut lines_left = 1 + round * 13 % 29;
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let Some(said) = line.strip_prefix("@ ") else { continue };
            let words: Vec<&str> = said.split(' ').collect();
            match words.as_slice() {
                ["begin", write @ ..] => under_way = Some(Write::hear(write)),
                ["done", write @ ..] => {
                    let arrow = write.iter().position(|word| *word == "->").expect("what it made");
                    let (write, made) = (Write::hear(&write[..arrow]), write[arrow + 1]);
                    assert_eq!(under_way.take(), Some(write.clone()));
                    expected.take(&write, made);
                }
                other => panic!("{other:?}"),
            }
            lines_left = lines_left.saturating_sub(1);
            if lines_left == 0 {
                // Over and over is no harm; what it still says until it dies is heard to the end.
                process.kill().unwrap();
            }
        }
        let status = process.wait().unwrap();
        assert!(!status.success(), "it was killed, and did not end by itself");
        let home = CommonGround::open(path(&places.profile()), Arc::new(SameKeys)).unwrap();
        expected.check(&home.journal(), &places, under_way.as_ref());
        home.shut();
    }
    assert!(expected.acknowledged >= rounds / 2);
    println!("{rounds} times killed, {} writes acknowledged, none lost", expected.acknowledged);
    is_sound(&places.profile());
}
