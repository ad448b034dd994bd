//! What all fuzzing shares: a child process of its own for each kind of input, so that its peak of memory and a
//! hang can be told, and rounds with numbers: what was found in round 4711 is found again in round 4711.
//!
//! `COMMON_GROUND_FUZZ_SECONDS` is how long each kind takes (a second, where nothing is said);
//! `COMMON_GROUND_FUZZ_MINUTES` how long all kinds of one test take together, shared by risk.
//! `COMMON_GROUND_FUZZ_ROUND` looks at one round alone.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::memory;

/// How much of what a child says last is told when it falls.
const LAST_WORDS: usize = 8_000;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// How many seconds one kind of input gets, where it has `share` parts of `all`.
pub(crate) fn seconds(share: u64, all: u64) -> u64 {
    match setting("COMMON_GROUND_FUZZ_MINUTES") {
        Some(minutes) => (minutes * 60 * share).div_ceil(all),
        None => setting("COMMON_GROUND_FUZZ_SECONDS").unwrap_or(1),
    }
}

/// A process that looks at one kind of input.
pub(crate) struct Child {
    what: String,
    folder: tempfile::TempDir,
    process: std::process::Child,
    until: Instant,
}

impl Child {
    /// Runs the test of this path alone, in which [`Task::given`] answers. It may take `patience` longer than it
    /// is told to.
    pub(crate) fn begin(test: &str, what: &str, seconds: u64, patience: Duration) -> Self {
        let folder = crate::store::scratch();
        let said = File::create(folder.path().join("said")).unwrap();
        let process = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture", "--test-threads", "1"])
            .env("COMMON_GROUND_FUZZ_CHILD", what)
            .env("COMMON_GROUND_FUZZ_FOLDER", folder.path())
            .env("COMMON_GROUND_FUZZ_SECONDS", seconds.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            .spawn()
            .unwrap();
        let until = Instant::now() + Duration::from_secs(seconds) + patience;
        Self { what: what.to_owned(), folder, process, until }
    }

    /// Waits for it.
    ///
    /// # Panics
    /// When it fell or hangs, with the round.
    pub(crate) fn finish(mut self) {
        let Self { what, folder, process, until } = &mut self;
        let status = loop {
            if let Some(status) = process.try_wait().unwrap() {
                break Some(status);
            }
            if Instant::now() > *until {
                process.kill().unwrap();
                process.wait().unwrap();
                break None;
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let told = |name| std::fs::read_to_string(folder.path().join(name)).unwrap_or_default();
        match status {
            Some(status) if status.success() => {
                assert!(folder.path().join("done").exists(), "the child came to its end");
                println!("{what}: {}", told("done"));
            }
            Some(_) => {
                let said = told("said");
                let from = said.char_indices().rev().take(LAST_WORDS).last().map_or(0, |(at, _)| at);
                panic!("{what}: fell in round {}: {}", told("round").trim_end(), &said[from..]);
            }
            None => panic!("{what}: hangs in round {}", told("round").trim_end()),
        }
    }
}

/// What a child is to do.
pub(crate) struct Task {
    /// Which kind of input.
    pub(crate) what: String,
    /// Where it may write.
    pub(crate) folder: PathBuf,
    /// No more memory than this, in KiB.
    pub(crate) most_memory: usize,
    time: Duration,
    round: File,
}

impl Task {
    /// What this process was begun for; nothing where it is not a child.
    pub(crate) fn given(most_memory: usize) -> Option<Self> {
        let what = std::env::var("COMMON_GROUND_FUZZ_CHILD").ok()?;
        let folder = PathBuf::from(std::env::var("COMMON_GROUND_FUZZ_FOLDER").unwrap());
        let time = Duration::from_secs(setting("COMMON_GROUND_FUZZ_SECONDS").unwrap());
        let round = File::create(folder.join("round")).unwrap();
        Some(Self { what, folder, most_memory, time, round })
    }

    /// Writes down what is being looked at, for the case that nobody comes back from it. Always over the same bytes: a busy
    /// disk may hold up whoever makes a file anew many times a second.
    pub(crate) fn begins(&self, round: &str) {
        let mut file = &self.round;
        file.rewind().unwrap();
        write!(file, "{round:<64}").unwrap();
    }

    /// Round after round until the time is up; then tells how many there were, and the sum of what they answered.
    pub(crate) fn rounds(&self, counted: &str, mut look: impl FnMut(u64) -> u64) {
        let only = setting("COMMON_GROUND_FUZZ_ROUND");
        let began = Instant::now();
        let (mut rounds, mut sum, mut slowest) = (0, 0, Duration::ZERO);
        while began.elapsed() < self.time {
            let round = only.unwrap_or(rounds);
            self.begins(&round.to_string());
            let begun = Instant::now();
            sum += look(round);
            slowest = slowest.max(begun.elapsed());
            rounds += 1;
            if rounds.is_multiple_of(64) {
                self.check_memory();
            }
            if only.is_some() {
                break;
            }
        }
        self.check_memory();
        let told = format!("{rounds} rounds, {sum} {counted}, the slowest {slowest:?}, {} KiB", peak());
        self.done(&told);
    }

    /// Says that all was looked at.
    pub(crate) fn done(&self, told: &str) {
        std::fs::write(self.folder.join("done"), told).unwrap();
    }

    /// # Panics
    /// When this process has ever held more memory than it may.
    pub(crate) fn check_memory(&self) {
        let peak = peak();
        assert!(peak < self.most_memory, "{peak} KiB");
    }
}

/// The peak of this process's memory in KiB; nothing on systems that do not tell.
pub(crate) fn peak() -> usize {
    if cfg!(target_os = "linux") { memory("VmHWM:") / 1024 } else { 0 }
}
