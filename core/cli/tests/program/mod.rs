//! The real program, run as a script would run it.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)] // each test file uses its part, and fails by unwrapping

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// The diary that the demo ships.
pub(crate) const DIARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/diary.dayone.json");

/// How long anything may take, on a machine that is busy with other tests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// This run, which must have gone well.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "stderr: {}", self.err);
        self
    }
}

/// A home in a temporary folder.
pub(crate) struct Home(TempDir);

impl Home {
    /// A folder with nothing in it.
    pub(crate) fn bare() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A home with a profile.
    pub(crate) fn of(role: &str, name: &str) -> Self {
        let home = Self::bare();
        home.run(&["init", "--role", role, "--name", name]).ok();
        home
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_common-ground"));
        command.arg("--home").arg(self.path()).args(args);
        for name in ["LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "EDITOR", "VISUAL", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command.env("LC_ALL", "en_GB.UTF-8");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command with nothing on standard input.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_in(args, "", &[])
    }

    /// Runs a command with this on standard input.
    pub(crate) fn run_with(&self, args: &[&str], input: &str) -> Ran {
        self.run_in(args, input, &[])
    }

    /// Runs a command with this on standard input, in this environment.
    pub(crate) fn run_in(&self, args: &[&str], input: &str, environment: &[(&str, &str)]) -> Ran {
        let mut child = self.command(args).envs(environment.iter().copied()).spawn().unwrap();
        // A program that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command with `--json`; it must go well and print one document.
    #[track_caller]
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let ran = self.run(&[args, &["--json"]].concat()).ok();
        serde_json::from_str(&ran.out).unwrap()
    }

    /// Starts a command and leaves it running.
    pub(crate) fn start(&self, args: &[&str]) -> Running {
        let mut child = self.command(args).stderr(Stdio::inherit()).spawn().unwrap();
        let (send, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Running { input: child.stdin.take(), child, lines }
    }

    /// Reads one line of a command's output and goes away.
    pub(crate) fn first_line_only(&self, args: &[&str]) -> (String, i32, String) {
        let mut child = self.command(args).spawn().unwrap();
        let mut line = String::new();
        {
            let mut out = BufReader::with_capacity(64, child.stdout.take().unwrap());
            out.read_line(&mut line).unwrap();
        }
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (line, child.wait().unwrap().code().unwrap_or(-1), err)
    }
}

/// A program that is running.
pub(crate) struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Running {
    /// Types a line.
    pub(crate) fn type_line(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{line}").unwrap();
        input.flush().unwrap();
    }

    /// Closes its standard input.
    pub(crate) fn end_of_input(&mut self) {
        self.input = None;
    }

    /// The next line of its output for which `wanted` is so; what comes before is passed over.
    #[track_caller]
    pub(crate) fn line(&self, wanted: impl Fn(&str) -> bool) -> String {
        let began = Instant::now();
        let mut passed = Vec::new();
        loop {
            let left = PATIENCE.saturating_sub(began.elapsed());
            match self.lines.recv_timeout(left) {
                Ok(line) if wanted(&line) => return line,
                Ok(line) => passed.push(line),
                Err(_) => panic!("it never said that; it said: {passed:#?}"),
            }
        }
    }

    /// Ends it as Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    }

    /// Waits for its end; its exit code.
    #[track_caller]
    pub(crate) fn wait(mut self) -> i32 {
        self.input = None;
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap_or(-1);
            }
            assert!(began.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed must not leave a program behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts `pair` in one home and returns it with its ticket, which stands on a line of its own.
pub(crate) fn offer(home: &Home) -> (Running, String) {
    let offering = home.start(&["pair", "--unverified", "--this-machine"]);
    let ticket = ticket_of(&offering);
    (offering, ticket)
}

/// The ticket that a running `pair` shows.
pub(crate) fn ticket_of(offering: &Running) -> String {
    offering
        .line(|line| line.len() > 40 && line.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()))
}

pub(crate) fn pair(one: &Home, other: &Home) {
    let (offering, ticket) = offer(one);
    other.run(&["pair", &ticket, "--unverified", "--this-machine"]).ok();
    assert_eq!(offering.wait(), 0);
}

pub(crate) fn mira_and_jonas() -> (Home, Home) {
    let homes = (Home::of("client", "Mira"), Home::of("therapist", "Jonas Feld"));
    pair(&homes.0, &homes.1);
    homes
}

/// Runs `sync --once` in both homes at the same time, until both are level.
pub(crate) fn level(one: &Home, other: &Home) -> (Ran, Ran) {
    let (first, second) = sync_once(one, other);
    (first.ok(), second.ok())
}

/// Runs `sync --once` in both homes at the same time.
pub(crate) fn sync_once(one: &Home, other: &Home) -> (Ran, Ran) {
    let sync = &["sync", "--once", "--this-machine", "--patience", "60", "--json"];
    std::thread::scope(|scope| {
        let first = scope.spawn(|| one.run(sync));
        let second = other.run(sync);
        (first.join().unwrap(), second)
    })
}
