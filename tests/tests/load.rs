//! A practice: one therapist's device and many clients, of whom some are connected at once and edit without a pause.
//!
//! The clients live in a process of their own (this very program, run again), so that the memory of the therapist's device
//! can be told. All of it goes through the exported surface and over the loopback. 10 clients with 20 edits each, as fast as they
//! can; `COMMON_GROUND_LOAD=long` is 300 clients, 30 of them connected, an edit a second for five minutes. Numbers
//! can be set:
//!
//! | variable | what | short | long |
//! | --- | --- | --- | --- |
//! | `COMMON_GROUND_LOAD_CLIENTS` | paired clients | 10 | 300 |
//! | `COMMON_GROUND_LOAD_CONNECTED` | of these, connected at once | 10 | 30 |
//! | `COMMON_GROUND_LOAD_PLAN` | changes in the plan of each who is connected, before | 0 | 9,000: five years |
//! | `COMMON_GROUND_LOAD_OTHERS` | changes in the plan of everybody else | 0 | 9,000 |
//! | `COMMON_GROUND_LOAD_EDITS` | edits of each who is connected, one a second in the long form | 20 | 300 |

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant, SystemTime};

use common_ground::Result;
use common_ground::home::{Change, Observer};
use common_ground::id::{GoalId, RatingId, RelationshipId};
use common_ground::link::{Link, Reach};
use common_ground::plan::{GoalEdit, NewGoal, NewRating, Plan};
use common_ground::relationship::{Confirmation, Role, TERMS_VERSION, WayOfMeeting};
use common_ground_tests::{Device, wait};

/// Tells a process that it is the clients.
const CLIENTS: &str = "COMMON_GROUND_LOAD_AS_CLIENTS";
/// Goals in a plan that has grown.
const GOALS: usize = 10;
/// How much more memory the therapist's device may take while the clients edit, and how much of it for each edit: what is
/// in a plan stays in it, and is in memory while the plan is used.
const MORE_MEMORY: usize = 48 << 20;
const MORE_FOR_AN_EDIT: usize = 16 << 10;
/// After how long without any news a test says that what it waits for does not come.
const PATIENCE: Duration = Duration::from_secs(60);

fn is_long() -> bool {
    std::env::var("COMMON_GROUND_LOAD").is_ok_and(|form| form == "long")
}

fn setting(name: &str, short: usize, long: usize) -> usize {
    let set = std::env::var(format!("COMMON_GROUND_LOAD_{name}")).ok().and_then(|set| set.parse().ok());
    set.unwrap_or(if is_long() { long } else { short })
}

/// Microseconds since 1970, the same in all processes of this machine.
fn now() -> u64 {
    let since = SystemTime::UNIX_EPOCH.elapsed().expect("after 1970");
    u64::try_from(since.as_micros()).expect("a moment")
}

fn online(device: &Device) -> Arc<Link> {
    wait(device.home.go_online(Reach::ThisMachine)).expect("online")
}

// The clients.

/// One client's device, and its link while it is online.
struct Client {
    device: Device,
    link: Option<Arc<Link>>,
    relationship: RelationshipId,
}

impl Client {
    fn pair(ticket: String) -> Self {
        let device = Device::new(Role::Client, "Somebody");
        let link = online(&device);
        let redeemed = wait(link.redeem(ticket)).expect("a redeemed ticket");
        wait(redeemed.code()).expect("a code");
        let relationship =
            wait(redeemed.confirm(Confirmation::Compared { read_terms: TERMS_VERSION })).expect("paired").id;
        Self { device, link: Some(link), relationship }
    }

    fn plan(&self) -> Arc<Plan> {
        self.device.home.plan(self.relationship).expect("a plan")
    }

    /// Works on the plan as people do over the years: so many changes, of which nearly all are ratings, and some are words.
    fn grow(&self, changes: usize) {
        let plan = self.plan();
        let goals: Vec<GoalId> = (0..GOALS.min(changes))
            .map(|n| {
                let goal = NewGoal {
                    title: format!("Goal {n}"),
                    why: "Because it matters to us".to_owned(),
                    ..NewGoal::default()
                };
                plan.propose_goal(goal).expect("proposed").summary.id
            })
            .collect();
        for n in goals.len()..changes {
            let goal = goals[n % goals.len()];
            if n % 15 == 0 {
                let shown = plan.goal(goal).expect("a goal");
                let why = format!("Because it matters to us, {n}");
                let edit = GoalEdit { why: Some(why), ..GoalEdit::default() };
                plan.edit_goal(goal, shown.version, edit).expect("edited");
            } else {
                let value = u8::try_from(n % 11).expect("a small number");
                plan.rate(goal, NewRating { value, helped: None, hindered: None }).expect("rated");
            }
        }
    }

    /// Meets the therapist, and stays.
    fn meet(&mut self) {
        let link = self.link.get_or_insert_with(|| online(&self.device));
        let report = wait(link.exchange(self.relationship, 60)).expect("an exchange");
        assert!(report.in_step, "{report:?}");
    }

    fn leave(&mut self) {
        if let Some(link) = self.link.take() {
            wait(link.go_offline());
        }
    }

    /// Edits: each is a rating that says when it was made.
    fn edit(&self, goal: GoalId, edits: usize, pace: Duration) {
        let plan = self.plan();
        let begun = Instant::now();
        for n in 0..edits {
            let due = pace * u32::try_from(n).expect("a number");
            std::thread::sleep(due.saturating_sub(begun.elapsed()));
            let value = u8::try_from(n % 11).expect("a small number");
            let rating = NewRating { value, helped: Some(now().to_string()), hindered: None };
            plan.rate(goal, rating).expect("rated");
        }
    }
}

/// A plan in one number: every goal, and every rating that goes with it.
fn fingerprint(plan: &Plan) -> u64 {
    let mut fingerprint = 0;
    for goal in plan.goals(true).expect("goals") {
        let goal = plan.goal(goal.id).expect("a goal");
        let mut mix = |text: String| {
            let hash =
                text.bytes().fold(0, |hash, byte| common_ground_tests::splitmix(hash ^ u64::from(byte)));
            fingerprint ^= hash;
        };
        mix(format!("{} {} {}", goal.summary.id, goal.summary.title, goal.why));
        for rating in &goal.ratings {
            mix(format!("{} {} {:?}", rating.id, rating.value, rating.helped));
        }
    }
    fingerprint
}

#[test]
#[ignore = "a helper of the test below, which runs it in a process of its own"]
fn as_clients() {
    if std::env::var_os(CLIENTS).is_none() {
        return;
    }
    let mut clients: Vec<Client> = Vec::new();
    let lines = std::io::stdin().lines();
    let say = |text: &str| {
        let mut out = std::io::stdout();
        writeln!(out, "\n> {text}").and_then(|()| out.flush()).expect("somebody listens");
    };
    for line in lines {
        let line = line.expect("a line");
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["pair", ticket] => {
                let client = Client::pair((*ticket).to_owned());
                say(&client.relationship.to_string());
                clients.push(client);
            }
            // The last one: what it did before today, and whether it stays.
            ["grow", changes, stays] => {
                let client = clients.last_mut().expect("a client");
                client.grow(changes.parse().expect("a number"));
                client.meet();
                if *stays == "no" {
                    client.leave();
                    let client = clients.pop().expect("a client");
                    // Its folder goes with it: nobody meets it any more.
                    client.device.home.shut();
                }
                say("grown");
            }
            ["edit", edits, millis] => {
                let edits = edits.parse().expect("a number");
                let pace = Duration::from_millis(millis.parse().expect("a number"));
                let goals: Vec<GoalId> = clients
                    .iter()
                    .map(|client| {
                        let new = NewGoal { title: "Today".to_owned(), ..NewGoal::default() };
                        client.plan().propose_goal(new).expect("proposed").summary.id
                    })
                    .collect();
                std::thread::scope(|scope| {
                    for (client, goal) in clients.iter().zip(goals) {
                        scope.spawn(move || client.edit(goal, edits, pace));
                    }
                });
                say("edited");
            }
            ["show"] => {
                for client in &mut clients {
                    client.meet();
                    say(&format!("{} {}", client.relationship, fingerprint(&client.plan())));
                }
            }
            _ => panic!("{line}"),
        }
    }
}

// The therapist.

/// The process in which the clients are.
struct Practice {
    process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Practice {
    fn begin() -> Self {
        let mut process = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "as_clients", "--ignored", "--nocapture"])
            .env(CLIENTS, "yes")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let stdin = process.stdin.take().expect("a pipe");
        let stdout = BufReader::new(process.stdout.take().expect("a pipe"));
        Self { process, stdin, stdout }
    }

    /// One more client pairs with the therapist.
    fn pair(&mut self, link: &Link) -> RelationshipId {
        let offer = wait(link.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
        self.say(&format!("pair {}", offer.ticket().expect("a ticket").text));
        wait(offer.code()).expect("a code");
        let paired =
            wait(offer.confirm(Confirmation::Compared { read_terms: TERMS_VERSION })).expect("paired");
        assert_eq!(self.hear(), paired.id.to_string());
        paired.id
    }

    fn say(&mut self, text: &str) {
        writeln!(self.stdin, "{text}").expect("the clients listen");
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert!(self.stdout.read_line(&mut line).expect("a line") > 0, "the clients are gone");
            if let Some(said) = line.strip_prefix("> ") {
                return said.trim_end().to_owned();
            }
        }
    }

    fn end(self) {
        let Self { mut process, stdin, mut stdout } = self;
        drop(stdin);
        let mut last_words = String::new();
        stdout.read_to_string(&mut last_words).expect("the clients end");
        assert!(process.wait().expect("an end").success());
    }
}

/// Tells when something came from a client.
struct Arrivals(Mutex<mpsc::Sender<Arrival>>);

/// What looks different, and in whose plan.
type Arrival = (RelationshipId, Vec<GoalId>);

impl Observer for Arrivals {
    fn on_change(&self, change: Change) -> Result<()> {
        if let Change::Plan { relationship, goals, by_other: true, .. } = change {
            // Nobody listens any more when all has come.
            let _ = self.0.lock().expect("a sender").send((relationship, goals));
        }
        Ok(())
    }
}

/// A line of what Linux tells of this process, in bytes; 0 elsewhere.
fn memory(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or(0) * 1024
}

fn mebibytes(bytes: usize) -> usize {
    bytes >> 20
}

#[test]
fn a_practice_loses_nothing_however_many_edit_at_once() {
    let clients = setting("CLIENTS", 10, 300);
    let connected = setting("CONNECTED", 10, 30).min(clients);
    let edits = setting("EDITS", 20, 300);
    let pace = Duration::from_secs(u64::from(is_long()));

    let therapist = Device::new(Role::Therapist, "Dr. Berg");
    let link = online(&therapist);
    let mut practice = Practice::begin();
    let begun = Instant::now();
    let mut here = Vec::new();
    for n in 0..clients {
        let relationship = practice.pair(&link);
        let stays = n + connected >= clients;
        let changes = if stays { setting("PLAN", 0, 9_000) } else { setting("OTHERS", 0, 9_000) };
        practice.say(&format!("grow {changes} {}", if stays { "yes" } else { "no" }));
        assert_eq!(practice.hear(), "grown");
        if stays {
            here.push(relationship);
        }
    }
    let before = memory("VmRSS:");
    println!("{clients} paired and their plans level after {:?}; {} MiB", begun.elapsed(), mebibytes(before));

    let (told, arrivals) = mpsc::channel();
    let _subscription = therapist.home.subscribe(Arc::new(Arrivals(Mutex::new(told))));
    let begun = Instant::now();
    practice.say(&format!("edit {edits} {}", pace.as_millis()));
    let mut latencies = hear_all(&therapist, &arrivals, connected * edits);
    assert_eq!(practice.hear(), "edited");
    let (after, most) = (memory("VmRSS:"), memory("VmHWM:"));
    latencies.sort_unstable();
    let at = |part: usize| Duration::from_micros(latencies[(latencies.len() - 1) * part / 100]);
    println!(
        "{connected} connected, {edits} edits each in {:?}: read again on the other device after {:?} (median), {:?} (95th), \
         {:?} (99th), {:?} (worst); {} MiB, at most {} MiB",
        begun.elapsed(),
        at(50),
        at(95),
        at(99),
        at(100),
        mebibytes(after),
        mebibytes(most),
    );
    let room = MORE_MEMORY + connected * edits * MORE_FOR_AN_EDIT;
    assert!(after < before + room, "memory grew from {before} to {after} bytes");

    practice.say("show");
    for _ in 0..connected {
        let said = practice.hear();
        let (relationship, theirs) = said.split_once(' ').expect("a relationship and a plan");
        let relationship = relationship.parse().expect("a relationship");
        assert!(here.contains(&relationship));
        let plan = therapist.home.plan(relationship).expect("a plan");
        assert_eq!(fingerprint(&plan).to_string(), theirs, "both have the same plan");
    }
    practice.end();
    assert_eq!(therapist.home.relationships().expect("relationships").len(), clients);
}

/// Reads a goal again whenever something came to it, as a screen does, until so many ratings were seen. Answers how long each
/// took from the moment it was made, in microseconds.
fn hear_all(therapist: &Device, arrivals: &mpsc::Receiver<Arrival>, expected: usize) -> Vec<u64> {
    let mut seen: HashSet<RatingId> = HashSet::new();
    let mut latencies = Vec::new();
    while latencies.len() < expected {
        let (relationship, goals) = arrivals
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| panic!("{} of {expected} edits came", latencies.len()));
        let plan = therapist.home.plan(relationship).expect("a plan");
        for goal in goals {
            let ratings = plan.goal(goal).expect("a goal").ratings;
            let read = now();
            for rating in ratings {
                let made: Option<u64> = rating.helped.and_then(|made| made.parse().ok());
                if let Some(made) = made.filter(|_| seen.insert(rating.id)) {
                    latencies.push(read.saturating_sub(made));
                }
            }
        }
    }
    latencies
}
