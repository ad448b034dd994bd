//! A device whose plan is bare Automerge behind the seam, without a gate, and the edits that people make in it.

use std::collections::{BTreeMap, HashMap, HashSet};

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, Change, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, Value};

use super::{Dice, relationship};
use crate::exchange::{
    Accepted, Actor, Built, Footing, Position, Refusal, Replica, SignedEnd, SignedHead, covered,
};
use crate::relationship::key::{DeviceKey, actor_prefix};
use crate::{Error, Result};

/// One device's plan without a gate: it takes in all that is vouched for.
pub(crate) struct Bare {
    pub(crate) document: Automerge,
    pub(crate) key: DeviceKey,
    genesis: Vec<ChangeHash>,
    pub(crate) certified: Vec<[u8; 32]>,
    /// Every change by its actor, in order.
    chains: BTreeMap<Actor, Vec<[u8; 32]>>,
    max_ops: HashMap<ChangeHash, u64>,
    signed: BTreeMap<Actor, Vec<SignedHead>>,
    pub(crate) clock: i64,
}

/// The root maps, the same bytes on every device.
fn genesis() -> Automerge {
    let mut document = Automerge::new().with_actor(ActorId::from([0; 16].as_slice()));
    let options = CommitOptions::default().with_time(0);
    document
        .transact_with::<_, _, automerge::AutomergeError, _>(
            |_| options,
            |plan| {
                for name in ["goals", "tasks", "ratings"] {
                    plan.put_object(ROOT, name, ObjType::Map)?;
                }
                plan.put_object(ROOT, "logs", ObjType::Map)
            },
        )
        .expect("the root maps can be made");
    document
}

impl Bare {
    /// A device with this number, paired with nobody yet.
    pub(crate) fn new(number: u8) -> Self {
        let key = DeviceKey::from_secret(&[number; 32]);
        let device = key.public();
        let mut actor = [number; 16];
        actor[..8].copy_from_slice(&actor_prefix(&device));
        let document = genesis().with_actor(ActorId::from(actor.as_slice()));
        let max_ops = document.get_changes(&[]).iter().map(|it| (it.hash(), it.max_op())).collect();
        Self {
            document,
            key,
            genesis: genesis().get_heads(),
            certified: vec![device],
            chains: BTreeMap::new(),
            max_ops,
            signed: BTreeMap::new(),
            clock: 1_700_000_000,
        }
    }

    /// Devices that know one another.
    pub(crate) fn paired(count: u8) -> Vec<Self> {
        let mut devices: Vec<Self> = (1..=count).map(Self::new).collect();
        let keys: Vec<[u8; 32]> = devices.iter().map(|it| it.key.public()).collect();
        for device in &mut devices {
            device.certified.clone_from(&keys);
        }
        devices
    }

    pub(crate) fn pair() -> (Self, Self) {
        let mut devices = Self::paired(2).into_iter();
        (devices.next().expect("the first"), devices.next().expect("the second"))
    }

    pub(crate) fn actor(&self) -> Actor {
        self.document.get_actor().to_bytes().try_into().expect("an actor of 16 bytes")
    }

    /// Commits an edit of one's own; one that puts what is there already changes nothing.
    pub(crate) fn commit(
        &mut self,
        edit: impl FnOnce(&mut automerge::transaction::Transaction<'_>) -> Result<(), automerge::AutomergeError>,
    ) -> Change {
        self.clock += 3_600;
        let options = CommitOptions::default().with_time(self.clock);
        self.document
            .transact_with::<_, _, automerge::AutomergeError, _>(|()| options, edit)
            .expect("an edit");
        let change = self.document.get_last_local_change().expect("the edit changed something");
        if !self.max_ops.contains_key(&change.hash()) {
            self.note(&change);
        }
        change
    }

    fn note(&mut self, change: &Change) {
        let actor = change.actor_id().to_bytes().try_into().expect("an actor of 16 bytes");
        self.chains.entry(actor).or_default().push(change.hash().0);
        self.max_ops.insert(change.hash(), change.max_op());
    }

    fn goals(&self) -> ObjId {
        self.document.get(ROOT, "goals").expect("readable").expect("the genesis made it").1
    }

    /// Adds a goal with all that belongs to one.
    pub(crate) fn add_goal(&mut self, id: &str, title: &str, why: &str) -> Change {
        let goals = self.goals();
        let now = moment((self.clock + 3_600) * 1_000_000 + 123_456);
        self.commit(|plan| {
            let goal = plan.put_object(&goals, id, ObjType::Map)?;
            plan.put(&goal, "title", title)?;
            plan.put(&goal, "proposed", now)?;
            plan.put(&goal, "order", "a0")?;
            let text = plan.put_object(&goal, "why", ObjType::Text)?;
            plan.splice_text(&text, 0, 0, why)?;
            plan.put_object(&goal, "success", ObjType::Map)?;
            plan.put_object(&goal, "ratings", ObjType::Map)?;
            Ok(())
        })
    }

    fn goal_ids(&self) -> Vec<(String, ObjId)> {
        let goals = self.goals();
        let keys: Vec<String> = self.document.keys(&goals).collect();
        keys.into_iter()
            .filter_map(|key| match self.document.get(&goals, &key) {
                Ok(Some((Value::Object(ObjType::Map), goal))) => Some((key, goal)),
                _ => None,
            })
            .collect()
    }

    fn field(&self, of: &ObjId, name: &str) -> Option<ObjId> {
        match self.document.get(of, name) {
            Ok(Some((Value::Object(_), id))) => Some(id),
            _ => None,
        }
    }

    /// One edit such as people make, chosen by the dice.
    pub(crate) fn edit(&mut self, dice: &mut Dice) -> Change {
        let person = self.actor()[0];
        let goals = self.goal_ids();
        if goals.is_empty() || dice.below(40) == 0 {
            let (id, title, why) = (dice.hex_id(person), sentence(dice, 4), sentence(dice, 12));
            return self.add_goal(&id, &title, &why);
        }
        let (_, goal) = goals[dice.below(goals.len())].clone();
        let now =
            moment((self.clock + 3_600) * 1_000_000 + i64::try_from(dice.below(1_000_000)).expect("small"));
        match dice.below(10) {
            0 | 1 => {
                let title = sentence(dice, 4);
                self.commit(|plan| plan.put(&goal, "title", title))
            }
            2..=5 => {
                let Some(why) = self.field(&goal, "why") else {
                    return self.commit(|plan| plan.put(&goal, "archived", now));
                };
                let length = self.document.length(&why);
                let at = dice.below(length + 1);
                let deleted = dice.below(4).min(length - at);
                let words = dice.below(3) + 1;
                let words = sentence(dice, words);
                self.commit(|plan| {
                    plan.splice_text(&why, at, isize::try_from(deleted).expect("small"), &words)
                })
            }
            6 | 7 => {
                let Some(ratings) = self.field(&goal, "ratings") else {
                    return self.commit(|plan| plan.put(&goal, "order", "a1"));
                };
                let id = dice.hex_id(person);
                let value = i64::try_from(dice.below(11)).expect("small");
                self.commit(|plan| {
                    let rating = plan.put_object(&ratings, &id, ObjType::Map)?;
                    plan.put(&rating, "value", value)?;
                    plan.put(&rating, "on", "2026-05-03")?;
                    plan.put(&rating, "at", now)
                })
            }
            8 => {
                let Some(success) = self.field(&goal, "success") else {
                    return self.commit(|plan| plan.put(&goal, "order", "a2"));
                };
                let (whose, words) = (data_encoding::HEXLOWER.encode(&[person; 16]), sentence(dice, 6));
                self.commit(|plan| plan.put(&success, whose, words))
            }
            _ => {
                let (one, signature): (bool, [u8; 64]) = (dice.below(2) == 0, dice.bytes());
                self.commit(|plan| {
                    plan.put(&goal, "hidden", one)?;
                    plan.put(&goal, "none", ())?;
                    plan.put(&goal, "count", 3_u64)?;
                    plan.put(&goal, "signature", signature.to_vec())
                })
            }
        }
    }

    pub(crate) fn edits(&mut self, count: usize, dice: &mut Dice) {
        for _ in 0..count {
            self.edit(dice);
        }
    }

    /// What the plan says, choices included, whatever the order in which it came.
    pub(crate) fn shows(&self) -> String {
        let mut shown = String::new();
        self.show(&ROOT, &mut shown);
        for head in self.document.get_heads() {
            shown += &format!("{head} ");
        }
        shown
    }

    fn show(&self, map: &ObjId, shown: &mut String) {
        for key in self.document.keys(map) {
            for (value, id) in self.document.get_all(map, &key).expect("readable") {
                *shown += &format!("{key} {id}: ");
                match value {
                    Value::Object(ObjType::Text) => *shown += &self.document.text(&id).expect("readable"),
                    Value::Object(_) => self.show(&id, shown),
                    Value::Scalar(value) => *shown += &format!("{value:?}"),
                }
                *shown += "\n";
            }
        }
    }

    pub(crate) fn all(&self) -> Vec<Change> {
        self.document.get_changes(&self.genesis)
    }

    pub(crate) fn copied(&self) -> Self {
        Self {
            document: self.document.clone(),
            key: self.key.clone(),
            genesis: self.genesis.clone(),
            certified: self.certified.clone(),
            chains: self.chains.clone(),
            max_ops: self.max_ops.clone(),
            signed: self.signed.clone(),
            clock: self.clock,
        }
    }

    fn hash_at(&self, actor: &Actor, seq: u64) -> Option<[u8; 32]> {
        let at = usize::try_from(seq).ok()?.checked_sub(1)?;
        self.chains.get(actor)?.get(at).copied()
    }

    /// A head of one's own at a position.
    pub(crate) fn sign(&self, position: Position) -> SignedHead {
        SignedHead::sign(&relationship(), position, &self.key)
    }
}

/// A moment as plans write it, on the clock of Berlin in summer.
pub(crate) fn moment(micros: i64) -> String {
    let offset = chrono::FixedOffset::east_opt(7_200).expect("two hours");
    let time = chrono::DateTime::from_timestamp_micros(micros).expect("in range").with_timezone(&offset);
    format!("{}[Europe/Berlin]", time.to_rfc3339_opts(chrono::SecondsFormat::Micros, false))
}

const WORDS: [&str; 24] = [
    "sleep",
    "walk",
    "talk",
    "with",
    "sister",
    "without",
    "fear",
    "every",
    "week",
    "once",
    "the",
    "bus",
    "to",
    "work",
    "again",
    "über",
    "Größe",
    "日本",
    "مرحبا",
    "🙂",
    "é",
    "and",
    "a",
    "calm",
];

fn sentence(dice: &mut Dice, words: usize) -> String {
    let words: Vec<&str> = (0..words).map(|_| WORDS[dice.below(WORDS.len())]).collect();
    words.join(" ")
}

impl Replica for Bare {
    fn ends(&self) -> Result<Vec<SignedEnd>> {
        Ok(Vec::new())
    }

    fn ended(&mut self, _: &[SignedEnd]) -> Result<bool> {
        Ok(false)
    }

    fn refused(&mut self, _: &ChangeHash) -> Result<bool> {
        Ok(false)
    }

    fn level(&self) -> Result<u64> {
        Ok(1)
    }

    fn greeted(&mut self, _: u64, _: u64) -> Result<Footing> {
        Ok(Footing::Common)
    }

    fn positions(&self) -> Result<Vec<Position>> {
        let last = |(actor, chain): (&Actor, &Vec<[u8; 32]>)| {
            let hash = *chain.last()?;
            Some(Position { actor: *actor, seq: chain.len() as u64, hash })
        };
        Ok(self.chains.iter().filter_map(last).collect())
    }

    fn max_op(&self, hash: &ChangeHash) -> Option<u64> {
        self.max_ops.get(hash).copied()
    }

    fn missing(&mut self, theirs: &[Position]) -> Result<Vec<Change>> {
        let ours = self.positions()?;
        if ours == theirs {
            return Ok(Vec::new());
        }
        let mut known = self.genesis.clone();
        for their in theirs {
            let reached = self.chains.get(&their.actor).map_or(0, |chain| chain.len() as u64);
            known.extend(self.hash_at(&their.actor, their.seq.min(reached)).map(ChangeHash));
        }
        Ok(self.document.get_changes(&known))
    }

    fn signed_heads(&mut self, positions: &[Position]) -> Result<Vec<SignedHead>> {
        let own = self.actor();
        let mut heads = Vec::new();
        for position in positions {
            if position.actor == own {
                heads.push(self.sign(*position));
            } else if let Some(signed) = self.signed.get(&position.actor) {
                heads.extend(signed.iter().find(|head| head.position.seq >= position.seq).cloned());
            }
        }
        Ok(heads)
    }

    fn heads_between(&mut self, actor: &Actor, from: u64, to: u64) -> Result<Vec<SignedHead>> {
        let signed = self.signed.get(actor).map_or(&[][..], Vec::as_slice);
        Ok(signed.iter().filter(|head| (from..=to).contains(&head.position.seq)).cloned().collect())
    }

    fn accept(&mut self, changes: Vec<Built>, heads: &[SignedHead]) -> Result<Accepted> {
        let mut accepted = Accepted::default();
        let vouched = covered(&relationship(), &changes, heads, |head| self.certified.contains(&head.device));
        let mut refused: HashSet<ChangeHash> = HashSet::new();
        let mut good = Vec::new();
        for (Built { change, .. }, vouched) in changes.into_iter().zip(vouched) {
            let hash = change.hash();
            if self.max_ops.contains_key(&hash) {
                continue;
            }
            let actor: Actor = change.actor_id().to_bytes().try_into().expect("16 bytes");
            let next = self.chains.get(&actor).map_or(0, Vec::len) as u64 + 1;
            let reason = if change.deps().iter().any(|parent| refused.contains(parent)) {
                Some(Refusal::Descends)
            } else if let Err(reason) = vouched {
                Some(reason)
            } else {
                (change.seq() != next).then_some(Refusal::Sequence)
            };
            if let Some(reason) = reason {
                refused.insert(hash);
                accepted.refused.push((hash, reason));
                continue;
            }
            self.note(&change);
            accepted.applied += 1;
            good.push(change);
        }
        let positions: HashSet<ChangeHash> = good.iter().map(Change::hash).collect();
        self.document.apply_changes(good).map_err(|_| Error::internal("applying"))?;
        for head in heads.iter().filter(|head| positions.contains(&ChangeHash(head.position.hash))) {
            self.signed.entry(head.position.actor).or_default().push(head.clone());
        }
        Ok(accepted)
    }
}
