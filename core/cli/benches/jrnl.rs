//! The terminal companion against jrnl, whole processes, with 10,000 entries in each: adding one, the
//! newest 50, searching.
//!
//! ```text
//! pip install jrnl
//! cargo bench -p common-ground-cli --bench jrnl
//! ```
//!
//! `COMMON_GROUND_JRNL` names the program where it is not in the path. jrnl keeps its journal as plain text
//! and syncs nothing; ours is encrypted, indexed and durable. The diary is the Day One export that
//! `COMMON_GROUND_DIARY` names, and otherwise the sample that the demo ships, repeated with varied text.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)] // a measurement may stop

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const ENTRIES: usize = 10_000;
const RUNS: usize = 11;

fn main() {
    let jrnl = std::env::var_os("COMMON_GROUND_JRNL").unwrap_or_else(|| "jrnl".into());
    if Command::new(&jrnl).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        println!("NOT RUN: there is no jrnl here; `pip install jrnl`, or name it with COMMON_GROUND_JRNL.");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let texts = texts();
    let ours = ours(folder.path(), &texts);
    let theirs = theirs(folder.path(), &texts);
    let our = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_common-ground"));
        command.arg("--home").arg(&ours).args(words);
        command
    };
    let their = |words: &[&str]| {
        let mut command = Command::new(&jrnl);
        command.arg("--config-file").arg(&theirs).args(words);
        command
    };

    println!("| whole process, {ENTRIES} entries | ours | jrnl | jrnl / ours |");
    println!("| --- | --- | --- | --- |");
    let note = "A walk by the river before supper and so to bed";
    row("add an entry", || our(&["write", note]), || their(&[note]));
    row("newest 50", || our(&["journal", "--limit", "50"]), || their(&["-n", "50"]));
    let search = ["search", "sermon", "--newest", "--limit", "50"];
    row("search, newest 50", || our(&search), || their(&["-contains", "sermon", "-n", "50"]));
}

/// Runs both in turns and prints medians with their spread.
fn row(what: &str, our: impl Fn() -> Command, their: impl Fn() -> Command) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours.push(time(our()));
        theirs.push(time(their()));
    }
    let (ours, theirs) = (Spread::of(ours), Spread::of(theirs));
    let ratio = theirs.median.as_secs_f64() / ours.median.as_secs_f64();
    println!("| {what} | {} | {} | {ratio:.0} |", ours.text(), theirs.text());
}

fn time(mut command: Command) -> Duration {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let done = command.status().unwrap();
    let took = begun.elapsed();
    assert!(done.success(), "it failed");
    took
}

struct Spread {
    least: Duration,
    median: Duration,
    most: Duration,
}

impl Spread {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self { least: times[0], median: times[times.len() / 2], most: times[times.len() - 1] }
    }

    fn text(&self) -> String {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        format!("{:.1} ms ({:.1} to {:.1})", ms(self.median), ms(self.least), ms(self.most))
    }
}

/// The texts of a diary, repeated, no two the same.
fn texts() -> Vec<String> {
    let named = std::env::var_os("COMMON_GROUND_DIARY").map(PathBuf::from).filter(|path| path.is_file());
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/diary.dayone.json");
    let export: Value = serde_json::from_slice(&std::fs::read(named.unwrap_or(shipped)).unwrap()).unwrap();
    let diary: Vec<String> = export["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["text"].as_str())
        .map(|text| text.replace('\\', "").split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    (0..ENTRIES).map(|number| format!("Day {number}. {}", diary[number % diary.len()])).collect()
}

/// Minutes since the first day, as both write them.
fn clock(number: usize) -> (String, String) {
    let day = chrono::NaiveDate::from_ymd_opt(1995, 1, 1).unwrap() + chrono::TimeDelta::days(number as i64);
    (format!("{day}T20:15:00Z"), format!("{day} 20:15"))
}

fn ours(folder: &Path, texts: &[String]) -> PathBuf {
    let home = folder.join("ours");
    let entries: Vec<Value> = texts
        .iter()
        .enumerate()
        .map(|(number, text)| {
            json!({
                "uuid": format!("{number:032X}"),
                "creationDate": clock(number).0,
                "timeZone": "UTC",
                "text": text,
            })
        })
        .collect();
    let export = folder.join("export.json");
    std::fs::write(&export, json!({ "entries": entries }).to_string()).unwrap();
    for words in [&["init", "--role", "client", "--name", "Mira", "--yes"][..], &["import"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_common-ground"));
        command.arg("--home").arg(&home).args(words);
        if words[0] == "import" {
            command.arg(&export);
        }
        assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
    }
    home
}

fn theirs(folder: &Path, texts: &[String]) -> PathBuf {
    let journal = folder.join("journal.txt");
    let mut all = String::new();
    for (number, text) in texts.iter().enumerate() {
        let _ = write!(all, "[{}] {}\n\n", clock(number).1, text.replace('[', "("));
    }
    std::fs::write(&journal, all).unwrap();
    let config = folder.join("jrnl.yaml");
    let text = format!(
        "colors:\n  body: none\n  date: none\n  tags: none\n  title: none\ndefault_hour: 9\ndefault_minute: 0\n\
         editor: ''\nencrypt: false\nhighlight: true\nindent_character: '|'\njournals:\n  default:\n    \
         journal: {}\nlinewrap: 79\ntagsymbols: '@'\ntemplate: false\ntimeformat: '%Y-%m-%d %H:%M'\n\
         version: v4.3\n",
        journal.display()
    );
    std::fs::write(&config, text).unwrap();
    config
}
