//! What a client and a therapist do, told once, and played on every kind of link: in memory, over the loopback
//! in one process, and by the real program on hosts of their own.
//!
//! A [`Scenario`] is a list of [`Step`]s in the words of the app. A [`Stage`] knows how to do them on its kind of
//! link. After every exchange both devices must show the very same.

use serde_json::Value;

/// One of the two people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The client, Mira.
    Client,
    /// The therapist, Jonas Feld.
    Therapist,
}

impl Who {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Client, Self::Therapist];

    /// Their name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "Mira",
            Self::Therapist => "Jonas Feld",
        }
    }

    /// Their role, as the program calls it.
    #[must_use]
    pub fn role(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Therapist => "therapist",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Client => Self::Therapist,
            Self::Therapist => Self::Client,
        }
    }
}

/// What a person does on their own device. Goals are named by their title, tasks by what is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Proposes a goal.
    Propose {
        /// Its title.
        goal: String,
        /// Why it matters.
        why: String,
    },
    /// Writes the whole why of a goal anew.
    EditWhy {
        /// Which goal.
        goal: String,
        /// How it shall read.
        why: String,
    },
    /// Puts a task on the other person.
    Offer {
        /// For which goal.
        goal: String,
        /// What is to be done.
        what: String,
    },
    /// Takes on a task.
    Accept {
        /// Which.
        what: String,
    },
    /// Notes that a task was done.
    Done {
        /// Which.
        what: String,
    },
    /// Says how far a goal has come.
    Rate {
        /// Which.
        goal: String,
        /// 0 to 10.
        value: u8,
    },
    /// Signs the wording of a goal.
    Agree {
        /// Which.
        goal: String,
    },
    /// Signs that one no longer agrees.
    Withdraw {
        /// To which.
        goal: String,
    },
    /// Writes an entry, and hands all of its text over.
    HandOver {
        /// What it says.
        text: String,
    },
    /// Opens what was handed over last, by whomever, and must find this in it.
    Reads {
        /// The text.
        text: String,
        /// The comments on it, the earliest first.
        comments: Vec<String>,
    },
    /// Comments on what was handed over last, by whomever.
    Comment {
        /// What it says.
        text: String,
    },
    /// Takes back what they have handed over last.
    TakeBack,
}

/// What both devices must show after an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// How many goals there are.
    Goals(usize),
    /// The why of a goal.
    Why(String, String),
    /// Where the wording of a goal stands.
    Stands(String, &'static str),
    /// How many ratings a goal has.
    Ratings(String, usize),
    /// Where a task stands, and how many times it was noted as done.
    Task(String, &'static str, usize),
    /// How many excerpts and comments were ever handed over, and how many of them the other has confirmed to have deleted.
    HandedOver(usize, usize),
}

/// One step of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A person does something.
    Does(Who, Act),
    /// The two meet, and end level.
    Exchange,
    /// The two meet, and are cut off after so many datagrams or frames; where there are fewer, they end level.
    CutAfter(u32),
    /// An app is closed and opened again.
    Restarts(Who),
    /// Both show this.
    Both(Fact),
}

/// A story that must end the same on every kind of link.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What it promises.
    pub name: &'static str,
    /// What happens.
    pub steps: Vec<Step>,
}

/// What a device shows of the plan, as the program's JSON has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The version of the plan: equal on two devices exactly when both have the same one.
    pub version: String,
    /// Every goal with all that belongs to it.
    pub goals: Vec<Value>,
    /// Every task.
    pub tasks: Vec<Value>,
    /// The record of all that was handed over, as [`the_same_to_both`] tells it.
    pub record: Vec<Value>,
}

/// The record as both must show it: who handed over stands in it for whether it was the owner of the device, and what only its
/// giver knows is left out.
///
/// # Panics
/// When it is not a record.
#[must_use]
pub fn the_same_to_both(record: &Value, who: Who) -> Vec<Value> {
    let mut record = record.as_array().expect("a record").clone();
    for one in &mut record {
        let one = one.as_object_mut().expect("an entry of the record");
        let giver = if one.remove("is_mine") == Some(Value::Bool(true)) { who } else { who.other() };
        one.insert("giver".to_owned(), giver.role().into());
        for only_here in ["other", "entry"] {
            one.remove(only_here);
        }
    }
    record
}

/// Two devices that have paired, and a link between them.
pub trait Stage {
    /// Does what a person does.
    fn does(&mut self, who: Who, act: &Act);

    /// The two meet and end level.
    fn exchange(&mut self);

    /// The two meet and are cut off after so many datagrams or frames. What it comes to is left open.
    fn cut_after(&mut self, count: u32);

    /// Closes the app of one of them and opens it again.
    fn restarts(&mut self, who: Who);

    /// What a device shows.
    fn shows(&mut self, who: Who) -> Shown;
}

impl Scenario {
    /// Plays it.
    ///
    /// # Panics
    /// When something is not as it must be; the message says in which scenario and at which step.
    pub fn play(&self, stage: &mut impl Stage) {
        for (number, step) in self.steps.iter().enumerate() {
            match step {
                Step::Does(who, act) => stage.does(*who, act),
                Step::Exchange => {
                    stage.exchange();
                    self.both_show_the_same(number, stage);
                }
                Step::CutAfter(count) => stage.cut_after(*count),
                Step::Restarts(who) => stage.restarts(*who),
                Step::Both(fact) => {
                    for who in Who::BOTH {
                        let shown = stage.shows(who);
                        let name = self.name;
                        assert!(
                            fact.holds(&shown),
                            "{name}, step {number}: {who:?} shows not {fact:?} but {shown:#?}"
                        );
                    }
                }
            }
        }
        stage.exchange();
        self.both_show_the_same(self.steps.len(), stage);
    }

    fn both_show_the_same(&self, number: usize, stage: &mut impl Stage) {
        let [client, therapist] = Who::BOTH.map(|who| stage.shows(who));
        assert_eq!(client, therapist, "{}, step {number}: the two do not show the same", self.name);
    }
}

impl Fact {
    /// Whether it is so on a device that shows this.
    #[must_use]
    pub fn holds(&self, shown: &Shown) -> bool {
        let goal = |title: &String| shown.goals.iter().find(|goal| goal["title"] == **title);
        match self {
            Self::Goals(count) => shown.goals.len() == *count,
            Self::Why(title, why) => goal(title).is_some_and(|goal| goal["why"] == **why),
            Self::Stands(title, standing) => {
                goal(title).is_some_and(|goal| goal["standing"]["is"] == *standing)
            }
            Self::Ratings(title, count) => goal(title).is_some_and(|goal| length(&goal["ratings"]) == *count),
            Self::Task(what, state, done) => {
                let task = shown.tasks.iter().find(|task| task["what"] == **what);
                task.is_some_and(|task| task["state"] == *state && length(&task["log"]) == *done)
            }
            Self::HandedOver(count, deleted) => {
                let gone = shown.record.iter().filter(|one| !one["deleted_at"].is_null()).count();
                shown.record.len() == *count && gone == *deleted
            }
        }
    }
}

fn length(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}

fn propose(goal: &str, why: &str) -> Act {
    Act::Propose { goal: goal.to_owned(), why: why.to_owned() }
}

fn edit_why(goal: &str, why: &str) -> Act {
    Act::EditWhy { goal: goal.to_owned(), why: why.to_owned() }
}

fn rate(goal: &str, value: u8) -> Act {
    Act::Rate { goal: goal.to_owned(), value }
}

fn agree(goal: &str) -> Act {
    Act::Agree { goal: goal.to_owned() }
}

fn client(act: Act) -> Step {
    Step::Does(Who::Client, act)
}

fn therapist(act: Act) -> Step {
    Step::Does(Who::Therapist, act)
}

fn stands(goal: &str, standing: &'static str) -> Step {
    Step::Both(Fact::Stands(goal.to_owned(), standing))
}

const SLEEP: &str = "Sleep through the night";
const TRAM: &str = "Ride the tram to the harbour";

/// The suite.
#[must_use]
pub fn suite() -> Vec<Scenario> {
    vec![written_apart(), an_agreement(), a_task(), handed_over_and_taken_back(), cut_again_and_again()]
}

/// What both write apart, also in the same text, is one plan for both.
#[must_use]
pub fn written_apart() -> Scenario {
    Scenario {
        name: "what both write apart is one plan for both",
        steps: vec![
            client(propose(SLEEP, "Mornings.")),
            Step::Exchange,
            Step::Both(Fact::Goals(1)),
            client(edit_why(SLEEP, "Mornings. And evenings.")),
            therapist(edit_why(SLEEP, "Together: Mornings.")),
            therapist(propose(TRAM, "To see the herons.")),
            client(rate(SLEEP, 4)),
            therapist(rate(SLEEP, 5)),
            Step::Restarts(Who::Client),
            Step::Exchange,
            Step::Both(Fact::Goals(2)),
            Step::Both(Fact::Why(SLEEP.to_owned(), "Together: Mornings. And evenings.".to_owned())),
            Step::Both(Fact::Ratings(SLEEP.to_owned(), 2)),
            // Nothing new: they meet all the same.
            Step::Exchange,
        ],
    }
}

/// An agreement is sealed whoever signed first, changed by an edit, and withdrawn.
#[must_use]
pub fn an_agreement() -> Scenario {
    let goal = "Say no once a week";
    Scenario {
        name: "an agreement is sealed, changed and withdrawn",
        steps: vec![
            therapist(propose(goal, "It is allowed.")),
            Step::Exchange,
            stands(goal, "proposed"),
            // Both sign apart, neither knowing of the other.
            client(agree(goal)),
            therapist(agree(goal)),
            Step::Exchange,
            stands(goal, "agreed"),
            client(edit_why(goal, "It is allowed. Even on Mondays.")),
            Step::Exchange,
            stands(goal, "changed_since_agreed"),
            client(agree(goal)),
            Step::Exchange,
            therapist(agree(goal)),
            Step::Exchange,
            stands(goal, "agreed"),
            client(Act::Withdraw { goal: goal.to_owned() }),
            therapist(rate(goal, 7)),
            Step::Exchange,
            // The wording before that one is still in force, until it is withdrawn too.
            stands(goal, "changed_since_agreed"),
            client(Act::Withdraw { goal: goal.to_owned() }),
            Step::Exchange,
            stands(goal, "withdrawn"),
        ],
    }
}

/// A task is offered, taken on and done.
#[must_use]
pub fn a_task() -> Scenario {
    let (goal, what) = ("Rest after lunch", "Lights out at eleven");
    let named = || what.to_owned();
    let task = |state, done| Step::Both(Fact::Task(named(), state, done));
    Scenario {
        name: "a task is offered, taken on and done",
        steps: vec![
            client(propose(goal, "")),
            Step::Exchange,
            therapist(Act::Offer { goal: goal.to_owned(), what: named() }),
            Step::Exchange,
            task("offered", 0),
            client(Act::Accept { what: named() }),
            client(Act::Done { what: named() }),
            Step::Restarts(Who::Therapist),
            Step::Exchange,
            task("accepted", 1),
        ],
    }
}

/// A piece of the journal is handed over, talked about and taken back, however often the line is cut; then another.
#[must_use]
pub fn handed_over_and_taken_back() -> Scenario {
    let text = |text: &str| text.to_owned();
    let hand_over = |it: &str| client(Act::HandOver { text: text(it) });
    let comment = |it: &str| Act::Comment { text: text(it) };
    let reads = |it: &str, comments: &[&str]| Act::Reads {
        text: text(it),
        comments: comments.iter().map(|comment| text(comment)).collect(),
    };
    let (long, short) = ("Rain all day. ".repeat(2_000), "Slept till seven.");
    Scenario {
        name: "handed over, talked about and taken back",
        steps: vec![
            // Without a line it waits.
            hand_over(&long),
            Step::Restarts(Who::Client),
            Step::CutAfter(6),
            Step::Exchange,
            Step::Both(Fact::HandedOver(1, 0)),
            therapist(reads(&long, &[])),
            therapist(comment("Thank you.")),
            Step::CutAfter(2),
            Step::Exchange,
            client(reads(&long, &["Thank you."])),
            client(comment("On Thursday?")),
            Step::Exchange,
            therapist(reads(&long, &["Thank you.", "On Thursday?"])),
            client(Act::TakeBack),
            Step::CutAfter(1),
            Step::Restarts(Who::Therapist),
            Step::Exchange,
            // The comments go with it, and are no hand-overs of their own to confirm.
            Step::Both(Fact::HandedOver(3, 1)),
            hand_over(short),
            Step::Exchange,
            therapist(reads(short, &[])),
        ],
    }
}

/// Whatever is cut, at whatever point, nothing is lost.
#[must_use]
pub fn cut_again_and_again() -> Scenario {
    let goal = "Call the sister without fear";
    let mut steps = vec![client(propose(goal, "She is kind.")), Step::CutAfter(2), Step::Exchange];
    for (round, after) in [1, 3, 5, 9].into_iter().enumerate() {
        let value = u8::try_from(round).unwrap_or(0);
        steps.extend([
            client(rate(goal, value)),
            therapist(rate(goal, value + 1)),
            therapist(edit_why(goal, &format!("She is kind. {round}"))),
            Step::CutAfter(after),
            client(rate(goal, value + 2)),
        ]);
    }
    steps.extend([Step::Exchange, Step::Both(Fact::Ratings(goal.to_owned(), 12))]);
    steps.push(Step::Both(Fact::Why(goal.to_owned(), "She is kind. 3".to_owned())));
    Scenario { name: "cut again and again, nothing is lost", steps }
}
