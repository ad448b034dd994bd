//! The real program, run as a script would run it, on this host or on one of the tests' own.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::netns::Namespace;
use crate::scenario::Who;

/// How long anything may take, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program, where it is built: `cargo test --workspace` does it.
#[must_use]
pub fn program() -> Option<PathBuf> {
    let this = std::env::current_exe().ok()?;
    let program = this.parent()?.parent()?.join("common-ground");
    program.is_file().then_some(program)
}

/// What a run left.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code, -1 when it was ended from outside.
    pub code: i32,
    /// What it printed.
    pub out: String,
    /// What it said beside.
    pub err: String,
}

impl Ran {
    /// This run, which must have gone well.
    ///
    /// # Panics
    /// When it did not.
    #[must_use]
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// The document that it printed.
    ///
    /// # Panics
    /// When it printed none.
    #[must_use]
    #[track_caller]
    pub fn document(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// A person's home, and the host on which their program runs.
pub struct Home {
    folder: TempDir,
    host: Arc<Namespace>,
    environment: Vec<(String, String)>,
}

impl Home {
    /// A home with a profile.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn of(who: Who, host: Arc<Namespace>) -> Self {
        Self::in_environment(who, host, &[])
    }

    /// A home with a profile, whose program always runs in this environment.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn in_environment(who: Who, host: Arc<Namespace>, environment: &[(String, String)]) -> Self {
        let environment = environment.to_vec();
        let home = Self { folder: tempfile::tempdir().expect("a folder"), host, environment };
        let _ = home.run(&["init", "--role", who.role(), "--name", who.name()]).ok();
        home
    }

    /// The host on which its program runs.
    #[must_use]
    pub fn host(&self) -> &Namespace {
        &self.host
    }

    /// The folder in which all of it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program().expect("the program is built"));
        command.arg("--home").arg(self.path()).args(args);
        for name in ["LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "EDITOR", "VISUAL", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command.env("LC_ALL", "en_GB.UTF-8").envs(self.environment.iter().cloned());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    ///
    /// # Panics
    /// When it cannot be run.
    #[must_use]
    pub fn run(&self, args: &[&str]) -> Ran {
        self.start(args).end()
    }

    /// Runs a command with `--json`, which must go well.
    ///
    /// # Panics
    /// When it does not.
    #[must_use]
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--json"]].concat()).ok().document()
    }

    /// Starts a command and leaves it running.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(&self, args: &[&str]) -> Running {
        let mut child = self.host.within(|| self.command(args).spawn().expect("the program"));
        let (send, lines) = channel();
        let out = BufReader::new(child.stdout.take().expect("its output"));
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Running { input: child.stdin.take(), child, lines }
    }
}

/// A program that is running.
pub struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Running {
    /// Types a line.
    ///
    /// # Panics
    /// When nobody reads it.
    pub fn types(&mut self, line: &str) {
        let input = self.input.as_mut().expect("its input");
        writeln!(input, "{line}").expect("a line");
        input.flush().expect("a line");
    }

    /// The next line of its output for which `wanted` is so; what comes before is passed over.
    ///
    /// # Panics
    /// When it does not come.
    #[track_caller]
    pub fn line(&self, wanted: impl Fn(&str) -> bool) -> String {
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

    /// Whether it has ended by itself.
    ///
    /// # Panics
    /// When the system does not say.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("an answer").is_some()
    }

    /// Ends it at once, as a phone does that needs the memory.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits for its end, with nothing more on its standard input.
    ///
    /// # Panics
    /// When it does not end.
    #[must_use]
    #[track_caller]
    pub fn end(mut self) -> Ran {
        self.input = None;
        let mut said = self.child.stderr.take().expect("its words");
        let err = std::thread::spawn(move || {
            let mut err = String::new();
            let _ = said.read_to_string(&mut err);
            err
        });
        let began = Instant::now();
        let mut out = String::new();
        // Its output ends when it does.
        while let Ok(line) = self.lines.recv_timeout((4 * PATIENCE).saturating_sub(began.elapsed())) {
            out.push_str(&line);
            out.push('\n');
        }
        assert!(began.elapsed() < 4 * PATIENCE, "it does not end");
        let code = self.child.wait().expect("its end").code().unwrap_or(-1);
        Ran { code, out, err: err.join().expect("its words") }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed must not leave a program behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
