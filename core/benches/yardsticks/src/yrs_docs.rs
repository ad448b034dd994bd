//! The same plan in the types of yrs, and its own way of coming level: each says how far it has got with every
//! client, the other sends what is missing. Nobody acknowledges anything.

use std::io::{Read, Write};

use common_ground::exchange::measuring::{Clocks, Cost, Edit, Step};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{
    Doc, GetString, Map, MapPrelim, MapRef, ReadTxn, StateVector, Text, TextPrelim, TextRef, Transact, Update,
};

/// How updates are written.
#[derive(Clone, Copy)]
pub(crate) enum Encoding {
    First,
    Second,
    Deflated,
}

impl Encoding {
    pub(crate) const ALL: [Self; 3] = [Self::First, Self::Second, Self::Deflated];

    fn write(self, doc: &Doc, theirs: &StateVector) -> Vec<u8> {
        let txn = doc.transact();
        match self {
            Self::First => txn.encode_diff_v1(theirs),
            Self::Second => txn.encode_diff_v2(theirs),
            Self::Deflated => {
                let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
                deflated.write_all(&txn.encode_diff_v2(theirs)).unwrap();
                deflated.finish().unwrap()
            }
        }
    }

    fn read(self, bytes: &[u8]) -> Update {
        match self {
            Self::First => Update::decode_v1(bytes).unwrap(),
            Self::Second => Update::decode_v2(bytes).unwrap(),
            Self::Deflated => {
                let mut inflated = Vec::new();
                DeflateDecoder::new(bytes).read_to_end(&mut inflated).unwrap();
                Update::decode_v2(&inflated).unwrap()
            }
        }
    }
}

/// What y-sync puts before a message: its type, the kind of sync message, and a length of at most three bytes.
const FRAMING: usize = 5;

/// Two devices.
pub(crate) struct Docs {
    one: Doc,
    two: Doc,
}

impl Docs {
    /// Two devices on which all of this happened.
    pub(crate) fn after(history: &[Step]) -> Self {
        let mut docs = Self { one: Doc::with_client_id(1), two: Doc::with_client_id(2) };
        docs.go_on(history);
        docs
    }

    pub(crate) fn go_on(&mut self, history: &[Step]) {
        for step in history {
            match step {
                Step::Edit { first, edit } => carry_out(if *first { &self.one } else { &self.two }, edit),
                Step::Level => drop(self.meet(Encoding::First)),
            }
        }
    }

    pub(crate) fn copied(&self) -> Self {
        Self { one: copied(&self.one, 1), two: copied(&self.two, 2) }
    }

    pub(crate) fn with_an_empty_second(&self) -> Self {
        Self { one: copied(&self.one, 1), two: Doc::with_client_id(2) }
    }

    /// Brings both level.
    pub(crate) fn meet(&mut self, encoding: Encoding) -> Cost {
        let clocks = Clocks::start();
        let vectors = [&self.one, &self.two].map(|doc| doc.transact().state_vector().encode_v1());
        let [of_one, of_two] = vectors.each_ref().map(|vector| StateVector::decode_v1(vector).unwrap());
        let updates = [encoding.write(&self.one, &of_two), encoding.write(&self.two, &of_one)];
        for (doc, update) in [(&self.two, &updates[0]), (&self.one, &updates[1])] {
            doc.transact_mut().apply_update(encoding.read(update)).unwrap();
        }
        let (busy, passed) = clocks.stop();
        assert!(self.one.transact().state_vector() == self.two.transact().state_vector(), "both are level");
        let bytes = vectors.iter().chain(&updates).map(|message| message.len() + FRAMING).sum();
        Cost { busy, passed, bytes, frames: 4, flights: 2 }
    }
}

fn copied(doc: &Doc, client: u64) -> Doc {
    let copy = Doc::with_client_id(client);
    let update = doc.transact().encode_state_as_update_v1(&StateVector::default());
    copy.transact_mut().apply_update(Update::decode_v1(&update).unwrap()).unwrap();
    copy
}

/// Does on a device what an edit says, in one transaction.
fn carry_out(doc: &Doc, edit: &Edit) {
    let [goals, tasks, ratings, logs] =
        ["goals", "tasks", "ratings", "logs"].map(|name| doc.get_or_insert_map(name));
    let mut txn = doc.transact_mut();
    match edit {
        Edit::Goal { id, title, why } => {
            let goal = goals.insert(&mut txn, id.as_str(), MapPrelim::default());
            goal.insert(&mut txn, "title", title.as_str());
            goal.insert(&mut txn, "proposed", "2026-05-03T18:02:11.250000+02:00[Europe/Berlin]");
            goal.insert(&mut txn, "order", "a0");
            goal.insert(&mut txn, "why", TextPrelim::new(why.as_str()));
            goal.insert(&mut txn, "success", MapPrelim::default());
            goal.insert(&mut txn, "ratings", MapPrelim::default());
        }
        Edit::Title { goal, title } => {
            let goal = map(&txn, &goals, goal);
            goal.insert(&mut txn, "title", title.as_str());
        }
        Edit::Why { goal, place, deleted, text } => {
            let why = map(&txn, &goals, goal).get(&txn, "why").unwrap().cast::<TextRef>().unwrap();
            // Where both took away the same letters, what is left may be shorter by a few.
            let length = why.get_string(&txn).len();
            let place = (*place).min(length);
            let deleted = (*deleted).min(length - place);
            let place = u32::try_from(place).unwrap();
            why.remove_range(&mut txn, place, u32::try_from(deleted).unwrap());
            why.insert(&mut txn, place, text);
        }
        Edit::Rating { id, goal, value, at } => {
            let rating = ratings.insert(&mut txn, id.as_str(), MapPrelim::default());
            rating.insert(&mut txn, "goal", goal.as_str());
            rating.insert(&mut txn, "value", i64::try_from(*value).unwrap());
            rating.insert(&mut txn, "at", at.as_str());
        }
        Edit::Task { id, goal, what, at } => {
            let task = tasks.insert(&mut txn, id.as_str(), MapPrelim::default());
            task.insert(&mut txn, "goal", goal.as_str());
            task.insert(&mut txn, "what", what.as_str());
            task.insert(&mut txn, "owner", "client");
            task.insert(&mut txn, "offered", at.as_str());
            task.insert(&mut txn, "answers", MapPrelim::default());
        }
        Edit::Log { id, task, on, at } => {
            let log = logs.insert(&mut txn, id.as_str(), MapPrelim::default());
            log.insert(&mut txn, "task", task.as_str());
            log.insert(&mut txn, "on", on.as_str());
            log.insert(&mut txn, "outcome", "done");
            log.insert(&mut txn, "at", at.as_str());
        }
        Edit::Success { goal, whose, text } => {
            let success = map(&txn, &map(&txn, &goals, goal), "success");
            success.insert(&mut txn, whose.as_str(), text.as_str());
        }
        Edit::Order { goal, order } => {
            let goal = map(&txn, &goals, goal);
            goal.insert(&mut txn, "order", order.as_str());
        }
    }
}

fn map(txn: &impl ReadTxn, of: &MapRef, name: &str) -> MapRef {
    of.get(txn, name).unwrap().cast::<MapRef>().unwrap()
}
