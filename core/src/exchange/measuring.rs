//! Work to measure, for `benches/exchange.rs`: a plan of five years, and bringing two copies of it level,
//! by this protocol and by Automerge's own. Bare replicas without a gate: protocol and applying alone.

#![allow(clippy::expect_used, clippy::panic)] // only for tests and benches

use std::time::{Duration, Instant};

use automerge::sync::{Message, State, SyncDoc};
use automerge::transaction::Transactable;
use automerge::{ObjId, ObjType, ROOT, ReadDoc, Value};

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
}

/// Two clocks: on a machine with other work, only a processor's time can be compared.
struct Clocks {
    begun: Instant,
    busy: Option<Duration>,
}

impl Clocks {
    fn start() -> Self {
        Self { begun: Instant::now(), busy: busy() }
    }

    /// Of a processor, and passed.
    fn stop(&self) -> (Duration, Duration) {
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
        let mut pair = Self { one, two, dice: Dice(20_260_503) };
        for week in 0..weeks {
            for (first, edits) in [(true, 23), (false, 12)] {
                for _ in 0..edits {
                    pair.edit(first, week % 9 == 0);
                }
            }
            pair.exchange();
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
        Self { one: self.one.copied(), two: self.two.copied(), dice: self.dice.clone() }
    }

    /// The same plan and a second device that has nothing of it yet.
    #[must_use]
    pub fn with_an_empty_second(&self) -> Self {
        let (_, mut two) = Bare::pair();
        two.certified.clone_from(&self.two.certified);
        Self { one: self.one.copied(), two, dice: self.dice.clone() }
    }

    /// Both edit apart, this many times each.
    pub fn edit_apart(&mut self, count: usize) {
        for _ in 0..count {
            self.edit(true, false);
            self.edit(false, false);
        }
    }

    fn edit(&mut self, first: bool, may_begin: bool) {
        let (device, person) = if first { (&mut self.one, 1) } else { (&mut self.two, 2) };
        let dice = &mut self.dice;
        let goals = children(device, ROOT, "goals");
        let micros = (device.clock + 3_600) * 1_000_000 + number(dice.below(1_000_000));
        let (now, id) = (moment(micros), item_id(person, micros / 1_000, dice));
        if goals.len() < 30 && (goals.is_empty() || (may_begin && dice.below(20) == 0)) {
            device.add_goal(&id, &words(dice, 5), &words(dice, 25));
            return;
        }
        let (goal_id, goal) = goals[dice.below(goals.len())].clone();
        let whom = data_encoding::HEXLOWER.encode(&[person; 16]);
        let Ok(Some((_, tasks))) = device.document.get(ROOT, "tasks") else { return };
        let Ok(Some((_, ratings))) = device.document.get(ROOT, "ratings") else { return };
        let Ok(Some((_, logs))) = device.document.get(ROOT, "logs") else { return };
        match dice.below(20) {
            0 => {
                let title = words(dice, 5);
                device.commit(|plan| plan.put(&goal, "title", title));
            }
            1..=3 => {
                let Ok(Some((_, why))) = device.document.get(&goal, "why") else { return };
                let length = device.document.length(&why);
                let at = dice.below(length + 1);
                let deleted = dice.below(12).min(length - at);
                let count = 1 + dice.below(4);
                let text = words(dice, count);
                device.commit(|plan| plan.splice_text(&why, at, deleted.cast_signed(), &text));
            }
            4..=9 => {
                let value = dice.next() % 11;
                device.commit(|plan| {
                    let rating = plan.put_object(&ratings, &id, ObjType::Map)?;
                    plan.put(&rating, "goal", goal_id)?;
                    plan.put(&rating, "value", value)?;
                    plan.put(&rating, "at", now)
                });
            }
            10..=12 => {
                let what = words(dice, 4);
                device.commit(|plan| {
                    let task = plan.put_object(&tasks, &id, ObjType::Map)?;
                    plan.put(&task, "goal", goal_id)?;
                    plan.put(&task, "what", what)?;
                    plan.put(&task, "owner", "client")?;
                    plan.put(&task, "offered", now)?;
                    plan.put_object(&task, "answers", ObjType::Map).map(drop)
                });
            }
            13..=17 => {
                let all = children(device, ROOT, "tasks");
                if all.is_empty() {
                    return;
                }
                let (task, _) = all[dice.below(all.len())].clone();
                let on = format!("2026-{:02}-{:02}", 1 + dice.below(12), 1 + dice.below(28));
                device.commit(|plan| {
                    let log = plan.put_object(&logs, &id, ObjType::Map)?;
                    plan.put(&log, "task", task)?;
                    plan.put(&log, "on", on)?;
                    plan.put(&log, "outcome", "done")?;
                    plan.put(&log, "at", now)
                });
            }
            18 => {
                let Ok(Some((_, success))) = device.document.get(&goal, "success") else { return };
                let text = words(dice, 10);
                device.commit(|plan| plan.put(&success, whom, text));
            }
            _ => {
                let order = format!("a{}", dice.below(100));
                device.commit(|plan| plan.put(&goal, "order", order));
            }
        }
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
        Cost { busy, passed, bytes: exchange.bytes.iter().sum(), frames: exchange.frames.iter().sum() }
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
        let (mut bytes, mut frames) = (0, 0);
        loop {
            let from_one = one.generate_sync_message(&mut state_one).map(Message::encode);
            let from_two = two.generate_sync_message(&mut state_two).map(Message::encode);
            if from_one.is_none() && from_two.is_none() {
                break;
            }
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
        Cost { busy, passed, bytes, frames }
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
