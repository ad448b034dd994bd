//! Work to measure, for `benches/exchange.rs`: a plan of five years, and bringing two copies of it level,
//! by this protocol and by Automerge's own. Bare replicas without a gate: protocol and applying alone.

#![allow(clippy::expect_used, clippy::panic)] // only for tests and benches

use std::time::{Duration, Instant};

use automerge::sync::{Message, State, SyncDoc};
use automerge::transaction::Transactable;
use automerge::{Automerge, ObjId, ObjType, ROOT, ReadDoc, Value};

use super::replica::Replica;
use super::testing::{Bare, Dice, Exchange, Mishap, moment};

const WORDS: [&str; 64] = [
    "sleep", "through", "night", "walk", "talk", "with", "sister", "without", "fear", "every", "week",
    "once", "the", "bus", "to", "work", "again", "and", "a", "calm", "morning", "evening", "breathe",
    "before", "meeting", "friends", "call", "mother", "read", "book", "swim", "garden", "cook", "for",
    "myself", "say", "no", "ask", "help", "write", "down", "what", "happened", "then", "look", "at", "it",
    "kindly", "try", "small", "step", "rest", "after", "lunch", "music", "train", "city", "alone",
    "together", "listen", "feel", "body", "ground", "under",
];

fn words(dice: &mut Dice, count: usize) -> String {
    let words: Vec<&str> = (0..count).map(|_| WORDS[dice.below(WORDS.len())]).collect();
    words.join(" ")
}

/// 6 bytes of the creator, 6 of the time, 4 random, in hexadecimal digits.
fn item_id(person: u8, millis: i64, dice: &mut Dice) -> String {
    let id = [&[person; 6][..], &millis.to_be_bytes()[2..], &dice.bytes::<4>()].concat();
    data_encoding::HEXLOWER.encode(&id)
}

fn number(value: usize) -> i64 {
    i64::try_from(value).unwrap_or_default()
}

/// Two devices that hold the same plan.
pub struct Pair {
    one: Bare,
    two: Bare,
    dice: Dice,
    history: Vec<Step>,
}

/// Something that happened to two devices.
#[derive(Debug, Clone)]
pub enum Step {
    /// One of the two edited.
    Edit {
        /// Whether it was the first.
        first: bool,
        /// What it did.
        edit: Edit,
    },
    /// They came level.
    Level,
}

/// One edit, one change, in words that any kind of replica can carry out. Ids are keys of the root maps `goals`,
/// `tasks`, `ratings` and `logs`.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "fields are what they are called")]
pub enum Edit {
    /// A goal with a text `why` and the maps `success` and `ratings`.
    Goal { id: String, title: String, why: String },
    /// Another title.
    Title { goal: String, title: String },
    /// Letters of a goal's reasons, taken away and put in at a place.
    Why { goal: String, place: usize, deleted: usize, text: String },
    /// A rating.
    Rating { id: String, goal: String, value: u64, at: String },
    /// A task with the map `answers`.
    Task { id: String, goal: String, what: String, at: String },
    /// A day on which a task was done.
    Log { id: String, task: String, on: String, at: String },
    /// Somebody's picture of success.
    Success { goal: String, whose: String, text: String },
    /// A goal's place.
    Order { goal: String, order: String },
}

/// Does on a device what an edit says.
fn carry_out(device: &mut Bare, edit: &Edit) {
    let goal_of = |device: &Bare, goal: &str| object(device, &object(device, &ROOT, "goals"), goal);
    match edit {
        Edit::Goal { id, title, why } => drop(device.add_goal(id, title, why)),
        Edit::Title { goal, title } => {
            let goal = goal_of(device, goal);
            device.commit(|plan| plan.put(&goal, "title", title));
        }
        Edit::Why { goal, place, deleted, text } => {
            let why = object(device, &goal_of(device, goal), "why");
            device.commit(|plan| plan.splice_text(&why, *place, deleted.cast_signed(), text));
        }
        Edit::Rating { id, goal, value, at } => {
            let ratings = object(device, &ROOT, "ratings");
            device.commit(|plan| {
                let rating = plan.put_object(&ratings, id, ObjType::Map)?;
                plan.put(&rating, "goal", goal)?;
                plan.put(&rating, "value", *value)?;
                plan.put(&rating, "at", at)
            });
        }
        Edit::Task { id, goal, what, at } => {
            let tasks = object(device, &ROOT, "tasks");
            device.commit(|plan| {
                let task = plan.put_object(&tasks, id, ObjType::Map)?;
                plan.put(&task, "goal", goal)?;
                plan.put(&task, "what", what)?;
                plan.put(&task, "owner", "client")?;
                plan.put(&task, "offered", at)?;
                plan.put_object(&task, "answers", ObjType::Map).map(drop)
            });
        }
        Edit::Log { id, task, on, at } => {
            let logs = object(device, &ROOT, "logs");
            device.commit(|plan| {
                let log = plan.put_object(&logs, id, ObjType::Map)?;
                plan.put(&log, "task", task)?;
                plan.put(&log, "on", on)?;
                plan.put(&log, "outcome", "done")?;
                plan.put(&log, "at", at)
            });
        }
        Edit::Success { goal, whose, text } => {
            let success = object(device, &goal_of(device, goal), "success");
            device.commit(|plan| plan.put(&success, whose, text));
        }
        Edit::Order { goal, order } => {
            let goal = goal_of(device, goal);
            device.commit(|plan| plan.put(&goal, "order", order));
        }
    }
}

fn object(device: &Bare, of: &ObjId, name: &str) -> ObjId {
    match device.document.get(of, name) {
        Ok(Some((Value::Object(_), id))) => id,
        _ => panic!("the plan has no {name}"),
    }
}

/// Two clocks: on a machine with other work, only a processor's time can be compared.
pub struct Clocks {
    begun: Instant,
    busy: Option<Duration>,
}

impl Clocks {
    /// Begins.
    #[must_use]
    pub fn start() -> Self {
        Self { begun: Instant::now(), busy: busy() }
    }

    /// Of a processor, and passed.
    #[must_use]
    pub fn stop(&self) -> (Duration, Duration) {
        let passed = self.begun.elapsed();
        let busy = self.busy.zip(busy()).map(|(before, now)| now.saturating_sub(before));
        (busy.unwrap_or(passed), passed)
    }
}

/// How long this thread has kept a processor busy, where the system says.
fn busy() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// What one way of coming level took.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// How long a processor was busy, from the first frame to both having applied all. On Linux it is
    /// counted in steps of some milliseconds; elsewhere it is the time that has passed.
    pub busy: Duration,
    /// The time that has passed meanwhile.
    pub passed: Duration,
    /// Bytes of both ways.
    pub bytes: usize,
    /// Frames or messages of both ways.
    pub frames: usize,
    /// How many times one way, at the least, the longest chain of messages took that each answer the one before. Two
    /// of them are a round trip.
    pub flights: usize,
}

impl Pair {
    /// The plan of a client and a therapist after some weeks, 35 changes each: thirty goals and what
    /// belongs to them. Five years are 260 weeks.
    ///
    /// # Panics
    /// Never in practice: Automerge refuses none of these edits.
    #[must_use]
    pub fn after(weeks: usize) -> Self {
        let (one, two) = Bare::pair();
        let mut pair = Self { one, two, dice: Dice(20_260_503), history: Vec::new() };
        for week in 0..weeks {
            for (first, edits) in [(true, 23), (false, 12)] {
                for _ in 0..edits {
                    pair.edit(first, week % 9 == 0);
                }
            }
            pair.exchange();
            pair.history.push(Step::Level);
        }
        pair
    }

    /// How many changes the plan has.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.one.all().len()
    }

    /// The bytes of the saved document.
    #[must_use]
    pub fn saved(&self) -> usize {
        self.one.document.save().len()
    }

    /// A copy, so that each measurement begins with the same.
    #[must_use]
    pub fn copied(&self) -> Self {
        self.with(self.two.copied())
    }

    /// The same plan and a second device that has nothing of it yet.
    #[must_use]
    pub fn with_an_empty_second(&self) -> Self {
        let (_, mut two) = Bare::pair();
        two.certified.clone_from(&self.two.certified);
        self.with(two)
    }

    fn with(&self, two: Bare) -> Self {
        Self { one: self.one.copied(), two, dice: self.dice.clone(), history: self.history.clone() }
    }

    /// Both edit apart, this many times each.
    pub fn edit_apart(&mut self, count: usize) {
        for _ in 0..count {
            self.edit(true, false);
            self.edit(false, false);
        }
    }

    /// One of them edits once.
    pub fn edit_once(&mut self) {
        self.edit(true, false);
    }

    fn edit(&mut self, first: bool, may_begin: bool) {
        let Some(edit) = self.choose(first, may_begin) else { return };
        carry_out(if first { &mut self.one } else { &mut self.two }, &edit);
        self.history.push(Step::Edit { first, edit });
    }

    /// The next edit of one of the two, as the dice have it; sometimes there is nothing to do.
    fn choose(&mut self, first: bool, may_begin: bool) -> Option<Edit> {
        let (device, person) = if first { (&self.one, 1) } else { (&self.two, 2) };
        let dice = &mut self.dice;
        let goals = children(device, ROOT, "goals");
        let micros = (device.clock + 3_600) * 1_000_000 + number(dice.below(1_000_000));
        let (at, id) = (moment(micros), item_id(person, micros / 1_000, dice));
        if goals.len() < 30 && (goals.is_empty() || (may_begin && dice.below(20) == 0)) {
            let (title, why) = (words(dice, 5), words(dice, 25));
            return Some(Edit::Goal { id, title, why });
        }
        let (goal, object) = goals[dice.below(goals.len())].clone();
        Some(match dice.below(20) {
            0 => Edit::Title { goal, title: words(dice, 5) },
            1..=3 => {
                let Ok(Some((_, why))) = device.document.get(&object, "why") else { return None };
                let length = device.document.length(&why);
                let place = dice.below(length + 1);
                let deleted = dice.below(12).min(length - place);
                let count = 1 + dice.below(4);
                Edit::Why { goal, place, deleted, text: words(dice, count) }
            }
            4..=9 => Edit::Rating { id, goal, value: dice.next() % 11, at },
            10..=12 => Edit::Task { id, goal, what: words(dice, 4), at },
            13..=17 => {
                let all = children(device, ROOT, "tasks");
                if all.is_empty() {
                    return None;
                }
                let (task, _) = all[dice.below(all.len())].clone();
                let on = format!("2026-{:02}-{:02}", 1 + dice.below(12), 1 + dice.below(28));
                Edit::Log { id, task, on, at }
            }
            18 => {
                let whose = data_encoding::HEXLOWER.encode(&[person; 16]);
                Edit::Success { goal, whose, text: words(dice, 10) }
            }
            _ => Edit::Order { goal, order: format!("a{}", dice.below(100)) },
        })
    }

    /// All that the two did, from the beginning, so that another kind of replica can do the same.
    #[must_use]
    pub fn history(&self) -> &[Step] {
        &self.history
    }

    /// The two documents.
    #[must_use]
    pub fn documents(&self) -> [&Automerge; 2] {
        [&self.one.document, &self.two.document]
    }

    /// Brings both level by this protocol.
    ///
    /// # Panics
    /// When they do not come level.
    pub fn exchange(&mut self) -> Cost {
        let clocks = Clocks::start();
        let mut exchange = Exchange::begin(&self.one, &self.two);
        exchange.run([&mut self.one, &mut self.two], usize::MAX, || Mishap::None);
        let (busy, passed) = clocks.stop();
        assert!(exchange.is_in_step(), "both must be level: {:?}", exchange.errors);
        Cost {
            busy,
            passed,
            bytes: exchange.bytes.iter().sum(),
            frames: exchange.frames.iter().sum(),
            flights: exchange.flights,
        }
    }

    /// Brings both level by Automerge's own protocol. With `remembered` both remember what they had in
    /// common after the last time.
    ///
    /// # Panics
    /// When they do not come level.
    pub fn automerge_sync(&mut self, remembered: Option<&(State, State)>) -> Cost {
        let (mut state_one, mut state_two) = remembered.cloned().unwrap_or_default();
        let (one, two) = (&mut self.one.document, &mut self.two.document);
        let clocks = Clocks::start();
        let (mut bytes, mut frames, mut flights) = (0, 0, 0);
        loop {
            let from_one = one.generate_sync_message(&mut state_one).map(Message::encode);
            let from_two = two.generate_sync_message(&mut state_two).map(Message::encode);
            if from_one.is_none() && from_two.is_none() {
                break;
            }
            flights += 1;
            for (message, receiver, state) in
                [(from_one, &mut *two, &mut state_two), (from_two, &mut *one, &mut state_one)]
            {
                let Some(message) = message else { continue };
                bytes += message.len();
                frames += 1;
                let message = Message::decode(&message).expect("a message of its own");
                receiver.receive_sync_message(state, message).expect("a message of its own");
            }
        }
        let (busy, passed) = clocks.stop();
        assert!(one.get_heads() == two.get_heads(), "both must be level");
        Cost { busy, passed, bytes, frames, flights }
    }

    /// What both remember of a sync that has ended, as they would store it.
    ///
    /// # Panics
    /// Never in practice: what was encoded is decoded.
    pub fn sync_states(&mut self) -> (State, State) {
        let (mut state_one, mut state_two) = (State::new(), State::new());
        let (one, two) = (&mut self.one.document, &mut self.two.document);
        loop {
            let from_one = one.generate_sync_message(&mut state_one);
            let from_two = two.generate_sync_message(&mut state_two);
            if from_one.is_none() && from_two.is_none() {
                break;
            }
            if let Some(message) = from_one {
                two.receive_sync_message(&mut state_two, message).expect("a message of its own");
            }
            if let Some(message) = from_two {
                one.receive_sync_message(&mut state_one, message).expect("a message of its own");
            }
        }
        let stored = |state: State| State::decode(&state.encode()).expect("what was encoded");
        (stored(state_one), stored(state_two))
    }

    /// The time of applying alone: both take the other's changes, which are at hand.
    ///
    /// # Panics
    /// Never in practice: the changes are Automerge's own.
    pub fn merge(&mut self) -> Duration {
        let (one, two) = (&mut self.one.document, &mut self.two.document);
        let clocks = Clocks::start();
        let of_two = two.get_changes_added(one).len();
        one.merge(two).expect("mergeable");
        two.merge(one).expect("mergeable");
        assert!(of_two == 0 || one.get_heads() == two.get_heads());
        clocks.stop().0
    }

    /// How many changes the second device has.
    ///
    /// # Panics
    /// Never in practice.
    #[must_use]
    pub fn arrived(&self) -> usize {
        let positions = self.two.positions().expect("in memory");
        positions.iter().map(|position| usize::try_from(position.seq).unwrap_or_default()).sum()
    }
}

fn children(device: &Bare, of: ObjId, name: &str) -> Vec<(String, ObjId)> {
    let Ok(Some((_, map))) = device.document.get(&of, name) else { return Vec::new() };
    let keys: Vec<String> = device.document.keys(&map).collect();
    keys.into_iter()
        .filter_map(|key| match device.document.get(&map, &key) {
            Ok(Some((Value::Object(_), id))) => Some((key, id)),
            _ => None,
        })
        .collect()
}
