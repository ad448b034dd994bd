//! The stage of real processes: two homes, each on a host of its own.

use std::process::Command;
use std::sync::Arc;

use common_ground_tests::needs::is_missing;
use common_ground_tests::netns::{Namespace, Packet, Street};
use common_ground_tests::program::{Home, Ran, Running, program};
use common_ground_tests::scenario::{Act, Shown, Stage, Who, the_same_to_both};
use serde_json::Value;

/// Names the public services of those who run their own.
const PUBLIC_SERVICES: &str = "COMMON_GROUND_PUBLIC_SERVICES";
/// How many seconds one who syncs waits for the other.
const PATIENCE: &str = "60";

/// Whether hosts can be made here and the program is there. Where not, that is said aloud.
pub(crate) fn has_hosts() -> bool {
    let why = if let Err(error) = Namespace::new() {
        format!("no network namespace can be made: {error}")
    } else if Command::new("nft").arg("--version").output().is_err() {
        "nft is not installed (apt-get install nftables)".to_owned()
    } else if program().is_none() {
        "the program is not built (cargo build -p common-ground-cli)".to_owned()
    } else {
        return true;
    };
    is_missing("network namespaces", &why);
    false
}

/// Two homes, each on a host of its own, that have paired.
pub(crate) struct Hosts {
    homes: [Home; 2],
}

/// How the two shall meet.
pub(crate) enum Way {
    SameNetwork,
    /// By the relay at this address.
    Relay(String),
    /// By public services, which are these.
    Public {
        relay: String,
        look_up: String,
    },
}

impl Hosts {
    /// Two people on these hosts pair: the therapist offers, and says how they will meet.
    pub(crate) fn paired(client: Arc<Namespace>, therapist: Arc<Namespace>, way: &Way) -> Self {
        let environment = match way {
            Way::Public { relay, look_up } => {
                vec![(PUBLIC_SERVICES.to_owned(), format!("relay={relay},pkarr={look_up}"))]
            }
            Way::SameNetwork | Way::Relay(_) => Vec::new(),
        };
        let meeting = match way {
            Way::SameNetwork => vec![],
            Way::Relay(url) => vec!["--meet", "relay", "--relay", url],
            Way::Public { .. } => vec!["--meet", "public", "--yes"],
        };
        let home = |who, host| Home::in_environment(who, host, &environment);
        let hosts = Self { homes: [home(Who::Client, client), home(Who::Therapist, therapist)] };
        let offering = hosts.home(Who::Therapist).start(&[&["pair", "--unverified"], &*meeting].concat());
        let is_ticket = |line: &str| {
            line.len() > 40 && line.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        };
        let ticket = offering.line(is_ticket);
        let redeem = [&["pair", &ticket, "--unverified"], &*meeting].concat();
        let _ = hosts.home(Who::Client).run(&redeem).ok();
        let _ = offering.end().ok();
        hosts
    }

    /// Two people in one street pair.
    pub(crate) fn in_street(street: &Street) -> Self {
        Self::in_street_by(street, &Way::SameNetwork)
    }

    /// Two people in one street pair, and will meet in this way.
    pub(crate) fn in_street_by(street: &Street, way: &Way) -> Self {
        Self::paired(Arc::clone(&street.hosts[0]), Arc::clone(&street.hosts[1]), way)
    }

    pub(crate) fn home(&self, who: Who) -> &Home {
        &self.homes[usize::from(who == Who::Therapist)]
    }

    /// The ports at which the two of a street can be reached, as they are seen when the two meet.
    pub(crate) fn ports(&mut self, street: &Street) -> [u16; 2] {
        let record = street.switch.record();
        self.exchange();
        let frames = record.end();
        let port_of = |host| {
            let from = |packet: &Packet<'_>| packet.is_udp() && packet.from == Street::address(host);
            let seen = frames.iter().filter_map(|frame| Packet::of(frame)).find(from);
            seen.expect("a datagram of an exchange").ports.0
        };
        [port_of(0), port_of(1)]
    }

    /// Both look for each other for so many seconds; how it ends.
    pub(crate) fn look(&self, seconds: u32) -> [Ran; 2] {
        let patience = seconds.to_string();
        Who::BOTH
            .map(|who| self.home(who).start(&["sync", "--once", "--patience", &patience]))
            .map(Running::end)
    }

    /// Both sync once at the same time.
    pub(crate) fn sync_once(&self) -> [Ran; 2] {
        let sync = ["sync", "--once", "--patience", PATIENCE, "--json"];
        let started = Who::BOTH.map(|who| self.home(who).start(&sync));
        started.map(Running::end)
    }

    /// Both stay in step until they are told to end.
    pub(crate) fn live(&self) -> [Running; 2] {
        let both = Who::BOTH.map(|who| self.home(who).start(&["sync"]));
        for running in &both {
            running.line(|line| line.contains("have the same plan"));
        }
        both
    }

    /// Opens what was handed over last.
    fn reads(&self, who: Who, text: &str, comments: &[String]) {
        let list = if who == Who::Client { "handed-over" } else { "received" };
        let opened = self.home(who).json(&[list, "--open", "1"]);
        assert_eq!(opened["excerpt"]["text"], *text);
        let read: Vec<&Value> =
            opened["comments"].as_array().expect("comments").iter().map(|one| &one["text"]).collect();
        assert_eq!(read, comments.iter().collect::<Vec<_>>());
    }

    fn goal(&self, who: Who, title: &str) -> String {
        find(&self.home(who).json(&["goals"])["goals"], "title", title)
    }

    fn task(&self, who: Who, what: &str) -> String {
        find(&self.home(who).json(&["tasks"])["tasks"], "what", what)
    }
}

fn find(list: &Value, field: &str, wanted: &str) -> String {
    let list = list.as_array().expect("a list");
    let found = list.iter().find(|item| item[field] == *wanted).unwrap_or_else(|| panic!("no “{wanted}”"));
    found["id"].as_str().expect("an id").to_owned()
}

impl Stage for Hosts {
    fn does(&mut self, who: Who, act: &Act) {
        let (goal, task) = (|title: &str| self.goal(who, title), |what: &str| self.task(who, what));
        let words: Vec<String> = match act {
            Act::Propose { goal, why } => {
                vec!["goal".into(), "add".into(), goal.clone(), "--why".into(), why.clone()]
            }
            Act::EditWhy { goal: title, why } => {
                vec!["goal".into(), "edit".into(), goal(title), "--why".into(), why.clone()]
            }
            Act::Offer { goal: title, what } => vec![
                "task".into(),
                "add".into(),
                goal(title),
                what.clone(),
                "--owner".into(),
                who.other().role().into(),
            ],
            Act::Accept { what } => vec!["task".into(), "accept".into(), task(what)],
            Act::Done { what } => vec!["task".into(), "done".into(), task(what)],
            Act::Rate { goal: title, value } => {
                vec!["goal".into(), "rate".into(), goal(title), value.to_string()]
            }
            Act::Agree { goal: title } => vec!["goal".into(), "agree".into(), goal(title), "--yes".into()],
            Act::Withdraw { goal: title } => {
                vec!["goal".into(), "withdraw".into(), goal(title), "--yes".into()]
            }
            Act::HandOver { text } => {
                let _ = self.home(who).run(&["write", text]).ok();
                ["hand-over", "1", "--yes"].map(String::from).into()
            }
            Act::Reads { text, comments } => return self.reads(who, text, comments),
            Act::Comment { text } => vec!["comment".into(), "1".into(), text.clone()],
            Act::TakeBack => ["take-back", "1", "--yes"].map(String::from).into(),
        };
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let _ = self.home(who).run(&words).ok();
    }

    fn exchange(&mut self) {
        for ran in self.sync_once() {
            let exchanges = ran.ok().document()["exchanges"].clone();
            assert_eq!(exchanges[0]["report"]["in_step"], true);
        }
    }

    fn cut_after(&mut self, count: u32) {
        let host = self.home(Who::Client).host();
        // So many datagrams arrive, and then no more.
        host.nft(&format!(
            "table ip cut {{ counter gone {{}}\n chain arriving {{ type filter hook input priority 10; \
             meta l4proto udp numgen inc mod 1000000 >= {count} counter name gone drop;\n }}\n \
             chain leaving {{ type filter hook output priority 10; \
             meta l4proto udp numgen inc mod 1000000 >= {count} counter name gone drop;\n }}\n }}"
        ));
        let sync = ["sync", "--once", "--patience", PATIENCE];
        let mut started = Who::BOTH.map(|who| self.home(who).start(&sync));
        while !started.iter_mut().all(Running::has_ended) {
            if !host.nft("list counter ip cut gone\n").contains("packets 0 ") {
                break;
            }
        }
        // Both are ended as the system ends an app: it has no last word.
        started.into_iter().for_each(Running::kill);
        host.nft("delete table ip cut\n");
    }

    fn restarts(&mut self, _: Who) {
        // Every command here is a process of its own.
    }

    fn shows(&mut self, who: Who) -> Shown {
        let home = self.home(who);
        let all = home.json(&["goals"]);
        let ids: Vec<String> = all["goals"]
            .as_array()
            .expect("goals")
            .iter()
            .map(|goal| goal["id"].as_str().expect("an id").to_owned())
            .collect();
        let goals = ids.iter().map(|id| home.json(&["goal", "show", id])).collect();
        let tasks = home.json(&["tasks"])["tasks"].as_array().expect("tasks").clone();
        let record = the_same_to_both(&home.json(&["record"])["record"], who);
        Shown { version: all["version"].as_str().expect("a version").to_owned(), goals, tasks, record }
    }
}
