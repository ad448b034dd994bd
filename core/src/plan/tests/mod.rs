//! Promises of the plan, told by two devices in memory.

mod across_levels;
mod agreements;
mod choices;
mod crash;
pub(crate) mod dropped;
mod due;
pub(crate) mod elsewhere;
mod forger;
mod goals;
mod history;
mod levels;
mod many;
pub(crate) mod model;
mod observers;
mod overview;
mod progress;
mod recalled;
mod recovery;
mod refused;
mod reviews;
pub(crate) mod rolled_back;
mod room;
mod since_agreed;
mod stances;
mod statements;
mod states;
mod steps;
mod tasks;
mod together;
mod undo;
mod vouched_for;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use chrono::DateTime;
use chrono_tz::Tz;

use super::*;
use crate::clock::{Instant, Surroundings, World};
use crate::exchange::{Event, Replica, Session, Terms};
use crate::home::{CommonGround, KeyName, KeyVault, NewProfile};
use crate::relationship::Role;
use crate::relationship::people::{self, NewPerson};
use crate::sharing::OpenShelf;
use crate::store::scratch;
use crate::{Error, Result};

/// A world that stands still unless it is moved, and whose chance is counted.
pub(crate) struct StillWorld {
    micros: AtomicI64,
    drawn: AtomicU64,
    seed: u64,
}

impl StillWorld {
    fn new(seed: u64) -> Arc<Self> {
        // 3 May 2026, 16:00 UTC.
        Arc::new(Self { micros: AtomicI64::new(1_777_824_000_000_000), drawn: AtomicU64::new(0), seed })
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.micros.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Surroundings for StillWorld {
    fn now(&self) -> Instant {
        DateTime::from_timestamp_micros(self.micros.load(Ordering::SeqCst)).expect("a time")
    }

    fn zone(&self) -> Tz {
        Tz::Europe__Berlin
    }

    fn fill_random(&self, bytes: &mut [u8]) -> Result<()> {
        use sha2::{Digest, Sha256};
        for piece in bytes.chunks_mut(32) {
            let drawn = self.drawn.fetch_add(1, Ordering::SeqCst);
            let digest = Sha256::new()
                .chain_update(self.seed.to_be_bytes())
                .chain_update(drawn.to_be_bytes())
                .finalize();
            piece.copy_from_slice(&digest[..piece.len()]);
        }
        Ok(())
    }
}

#[derive(Default)]
struct MemoryVault(Mutex<HashMap<KeyName, Vec<u8>>>);

impl KeyVault for MemoryVault {
    fn load(&self, name: KeyName) -> Result<Option<Vec<u8>>> {
        Ok(self.0.lock().expect("keys").get(&name).cloned())
    }

    fn keep(&self, name: KeyName, key: Vec<u8>) -> Result<()> {
        self.0.lock().expect("keys").insert(name, key);
        Ok(())
    }

    fn forget(&self, name: KeyName) -> Result<()> {
        self.0.lock().expect("keys").remove(&name);
        Ok(())
    }
}

/// One person's device.
pub(crate) struct Device {
    pub(crate) folder: tempfile::TempDir,
    vault: Arc<MemoryVault>,
    pub(crate) world: Arc<StillWorld>,
    pub(crate) home: Arc<CommonGround>,
    pub(crate) relationship: RelationshipId,
}

impl Device {
    pub(crate) fn new(role: Role, name: &str, seed: u64) -> Self {
        let (folder, vault, world) = (scratch(), Arc::<MemoryVault>::default(), StillWorld::new(seed));
        let profile = NewProfile { role, display_name: name.to_owned() };
        let home = CommonGround::create_in(folder.path(), vault.clone(), &profile, world.clone() as World)
            .expect("a home");
        Self { folder, vault, world, home, relationship: RelationshipId::from_bytes([7; 16]) }
    }

    pub(crate) fn inner(&self) -> &Arc<crate::home::Home> {
        self.home.inner()
    }

    fn card(&self) -> NewPerson {
        let profile = self.home.profile().expect("a profile");
        let key = self.inner().person_key().expect("a key").public();
        let signed = self
            .inner()
            .shared
            .file
            .read(|connection| people::newest_list(connection, profile.person))
            .expect("a read")
            .expect("a list");
        let list = signed.open(&profile.person, &key).expect("a valid list");
        NewPerson {
            id: profile.person,
            role: profile.role,
            display_name: profile.display_name,
            key,
            signed,
            list,
            reads: self.inner().shared.reads(),
        }
    }

    pub(crate) fn relate(&self, other: &Self) {
        let card = other.card();
        self.inner()
            .shared
            .file
            .write(|transaction| {
                people::keep_person(transaction, &card, self.world.now())?;
                let code = ["one".to_owned(), "two".to_owned()];
                people::keep_relationship(
                    transaction,
                    self.relationship,
                    card.id,
                    &code,
                    true,
                    self.world.now(),
                )
            })
            .expect("related");
    }

    pub(crate) fn plan(&self) -> Arc<Plan> {
        self.home.plan(self.relationship).expect("a plan")
    }

    pub(crate) fn shared_plan(&self) -> Arc<SharedPlan> {
        self.inner().plans.of(self.relationship).expect("a plan")
    }

    /// This device's key.
    pub(crate) fn key(&self) -> [u8; 32] {
        self.inner().shared.file.read(people::me).expect("a device").device
    }

    /// A key of one of the two files.
    pub(crate) fn file_key(&self, name: KeyName) -> [u8; 32] {
        let key = self.vault.load(name).expect("a vault").expect("a key");
        key.try_into().expect("32 bytes")
    }

    /// The plan as the exchange with another device sees it.
    pub(crate) fn desk(&self, other: &Self) -> Desk {
        Desk(self.shared_plan(), other.key())
    }

    /// What lies beside the plan, as the exchange sees it.
    pub(crate) fn shelf(&self) -> OpenShelf {
        OpenShelf::new(self.inner().shared.clone(), self.relationship)
    }

    pub(crate) fn me(&self) -> crate::id::PersonId {
        self.home.profile().expect("a profile").person
    }

    /// The only goal's id.
    pub(crate) fn only_goal(&self) -> Goal {
        let goals = self.plan().goals(true).expect("goals");
        assert_eq!(goals.len(), 1);
        self.plan().goal(goals[0].id).expect("the goal")
    }

    /// Closes the home and opens it again.
    pub(crate) fn reopen(&mut self) {
        self.home.shut();
        self.home =
            CommonGround::open_in(self.folder.path(), self.vault.clone(), self.world.clone() as World)
                .expect("opened");
    }

    /// Every row of every table that is made from the document.
    pub(crate) fn tables(&self) -> Vec<String> {
        let mut rows = Vec::new();
        self.inner()
            .shared
            .file
            .read(|connection| {
                for table in [
                    "goal",
                    "goal_success",
                    "choice",
                    "goal_scale",
                    "goal_hold",
                    "goal_stance",
                    "step",
                    "step_try",
                    "strategy",
                    "attainment",
                    "rating",
                    "task",
                    "task_answer",
                    "task_log",
                    "statement",
                    "agreement",
                ] {
                    // By which statements a wording was sealed here is how it became known here; what is told of
                    // it is told from all statements.
                    let columns =
                        if table == "agreement" { "relationship, goal, digest, wording" } else { "*" };
                    let mut statement = connection.prepare(&format!("SELECT {columns} FROM {table}"))?;
                    let columns = statement.column_count();
                    let mut found = statement.query([])?;
                    while let Some(row) = found.next()? {
                        let values: Vec<_> =
                            (0..columns).map(|n| row.get::<_, rusqlite::types::Value>(n)).collect();
                        rows.push(format!("{table} {values:?}"));
                    }
                }
                Ok(())
            })
            .expect("tables");
        rows.sort();
        rows
    }
}

/// A client and a therapist who have paired.
pub(crate) fn two() -> (Device, Device) {
    let (anna, ben) = (Device::new(Role::Client, "Anna", 1), Device::new(Role::Therapist, "Ben", 2));
    anna.relate(&ben);
    ben.relate(&anna);
    (anna, ben)
}

/// What happened on one side of an exchange.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) events: Vec<Event>,
    pub(crate) error: Option<Error>,
}

/// One side of an exchange.
struct Side {
    desk: Desk,
    session: Session,
    heard: Heard,
}

impl Side {
    fn of(device: &Device, other: &Device) -> Result<Self> {
        let desk = device.desk(other);
        let level = device.inner().shared.reads().into();
        let over = |connection: &rusqlite::Connection| people::is_over(connection, device.relationship);
        let is_over = device.inner().shared.file.read(over)?;
        let terms = Terms { gate: GATE_VERSION.into(), level, device_list: 1, is_over };
        let mut session = Session::new(device.relationship, terms, &desk)?;
        session.shelve(Box::new(device.shelf()))?;
        Ok(Self { desk, session, heard: Heard::default() })
    }

    fn hears(&mut self, frame: &[u8]) {
        match self.session.receive(frame, &mut self.desk) {
            Ok(events) => self.heard.events.extend(events),
            Err(error) => self.heard.error = self.heard.error.take().or(Some(error)),
        }
    }
}

/// Runs the protocol between two devices until both are quiet, or until so many frames have arrived.
///
/// # Errors
/// When one of the two cannot even begin.
pub(crate) fn talk(one: &Device, two: &Device, mut frames: usize) -> Result<(Heard, Heard)> {
    let (mut first, mut second) = (Side::of(one, two)?, Side::of(two, one)?);
    loop {
        let mut quiet = true;
        for way in [true, false] {
            let (from, to) = if way { (&mut first, &mut second) } else { (&mut second, &mut first) };
            while let Some(frame) = from.session.poll().expect("a frame") {
                if frames == 0 {
                    return Ok((first.heard, second.heard));
                }
                (quiet, frames) = (false, frames - 1);
                to.hears(&frame);
            }
        }
        if quiet {
            return Ok((first.heard, second.heard));
        }
    }
}

/// Runs the protocol over a wire that repeats, swaps and loses frames, and is cut after a while.
pub(super) fn talk_badly(one: &Device, two: &Device, dice: &mut crate::exchange::testing::Dice) {
    let mut sides = [Side::of(one, two).expect("a session"), Side::of(two, one).expect("a session")];
    let mut wires: [Vec<Vec<u8>>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..dice.below(60) {
        let from = dice.below(2);
        if let Some(frame) = sides[from].session.poll().expect("a frame") {
            wires[from].push(frame);
        }
        let Some(waiting) = wires[from].len().checked_sub(1) else { continue };
        // Mostly the first, sometimes the one behind it; and it may come again.
        let at = usize::from(dice.below(6) == 0).min(waiting);
        let frame = wires[from][at].clone();
        if dice.below(8) > 0 {
            wires[from].remove(at);
        }
        if dice.below(12) > 0 {
            sides[1 - from].hears(&frame);
        }
    }
}

/// Runs the protocol between two devices until both are quiet, and returns what happened on each.
pub(crate) fn exchange(one: &Device, two: &Device) -> (Vec<Event>, Vec<Event>) {
    let (here, there) = talk(one, two, usize::MAX).expect("a session");
    for heard in [&here, &there] {
        assert!(heard.error.is_none(), "{:?}", heard.error);
    }
    (here.events, there.events)
}

/// Exchanges, and asserts that both have the same plan afterwards.
pub(crate) fn level(one: &Device, two: &Device) {
    exchange(one, two);
    assert!(
        one.plan().version().expect("a version") == two.plan().version().expect("a version"),
        "not level"
    );
    let (here, there) = (one.tables(), two.tables());
    assert!(here == there, "the tables differ:\n{here:#?}\n{there:#?}");
}

pub(super) fn day(text: &str) -> LocalDate {
    text.parse().expect("a day")
}

pub(crate) fn goal(title: &str, why: &str) -> NewGoal {
    NewGoal { title: title.to_owned(), why: why.to_owned(), ..NewGoal::default() }
}

impl Device {
    /// Forgets the document and loads it again, strictly.
    pub(crate) fn reopen_checked(&self) {
        self.shared_plan().forget();
        self.shared_plan().rebuild().expect("the document loads and reads");
    }
}
