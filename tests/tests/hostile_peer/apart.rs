//! Her app in a process of its own, so that one can see what the process takes.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use common_ground::link::Reach;
use common_ground::relationship::{Confirmation, WayOfMeeting};
use common_ground_tests::{open_apart, wait};

/// Tells the process that runs her app where it lies.
const HOME: &str = "COMMON_GROUND_HOSTILE_HOME";
/// What a line begins with that is meant for the tests.
const TO_THE_TESTS: &str = "@ ";

#[test]
#[ignore = "other tests run it in a process of its own"]
fn her_app() {
    let words = std::env::var(HOME).expect("a home");
    let home = open_apart(&words);
    let link = wait(home.go_online(Reach::ThisMachine)).expect("online");
    println!("\n{TO_THE_TESTS}ready");
    // Until the other end of the pipe is closed.
    for line in std::io::stdin().lines().map_while(Result::ok) {
        assert!(line == "pair", "{line}");
        let offer = wait(link.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
        println!("{TO_THE_TESTS}{}", offer.ticket().expect("a ticket").text);
        let paired = wait(offer.confirm(Confirmation::NotCompared));
        println!("{TO_THE_TESTS}{}", if paired.is_ok() { "paired" } else { "not paired" });
    }
}

/// Whether this system says what a process takes.
pub(crate) fn can_be_weighed() -> bool {
    std::path::Path::new("/proc/self/status").exists()
}

/// Her app in a process of its own.
pub(crate) struct Apart {
    process: Child,
    hears: ChildStdin,
    says: Lines<BufReader<ChildStdout>>,
}

impl Apart {
    /// Begins it, by what [`common_ground_tests::Closed::in_words`] says of where it lies.
    pub(crate) fn start(words: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "apart::her_app", "--ignored", "--nocapture"])
            .env(HOME, words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let hears = process.stdin.take().expect("its ear");
        let says = BufReader::new(process.stdout.take().expect("its words")).lines();
        let mut apart = Self { process, hears, says };
        assert!(apart.hear() == "ready", "her app does not begin");
        apart
    }

    /// What it says next.
    pub(crate) fn hear(&mut self) -> String {
        let mut said = self.says.by_ref().map_while(Result::ok);
        said.find_map(|line| line.strip_prefix(TO_THE_TESTS).map(str::to_owned)).expect("a word of her app")
    }

    /// Has it offer a pairing, and answers with the ticket. She confirms; what came of it is what is heard next.
    pub(crate) fn offers(&mut self) -> String {
        self.hears.write_all(b"pair\n").expect("told");
        self.hear()
    }

    /// A line of what Linux tells of the process, in bytes.
    pub(crate) fn memory(&self, name: &str) -> usize {
        let status = std::fs::read_to_string(self.file("status")).expect("a process");
        let line = status.lines().find(|line| line.starts_with(name)).expect("a line");
        let kilobytes = line.split_whitespace().nth(1).expect("a number");
        kilobytes.parse::<usize>().expect("a number") * 1024
    }

    /// How long it has kept a processor busy, in seconds.
    pub(crate) fn busy(&self) -> usize {
        let stat = std::fs::read_to_string(self.file("stat")).expect("a process");
        let (_, after_name) = stat.rsplit_once(')').expect("a name");
        let ticks = after_name.split_whitespace().skip(11).take(2);
        ticks.map(|ticks| ticks.parse::<usize>().expect("a number")).sum::<usize>() / 100
    }

    fn file(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.process.id())
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        // As a phone does with an app in the background: nothing that was acknowledged may be lost by it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
