//! Random histories of three devices: Anna's, Ben's, and a second one that Ben's person has certified too (which
//! only tests have). They do whatever people do, meet through a wire that cuts, repeats, swaps and loses frames,
//! are restarted, rolled back to a copy of their folder, and brought back from a backup. Whatever
//! happened: once they can talk, all have the same plan, and it is all that they had promised to keep.
//!
//! A device that was rolled back meets whoever has most of what it wrote first. If it wrote something else under the same
//! numbers to one of two devices and not to the other, they would stay apart for ever; version 1 has one
//! device a person, so this cannot come about.

pub(crate) mod acts;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::rolled_back::{backup, restore};
use super::*;
use crate::exchange::Position;
use crate::exchange::testing::Dice;
use crate::plan::gate;
use crate::plan::ledger::Ledger;
use crate::plan::read::Reading;
use crate::relationship::device_list::{DeviceList, ListedDevice};
use crate::relationship::key::DeviceKey;

/// An item by its collection and id.
type Item = (&'static str, [u8; 16]);

const ANNA: usize = 0;

struct Model {
    devices: Vec<Device>,
    /// Copies of folders, as backups of the operating system make them.
    copies: Vec<Option<tempfile::TempDir>>,
    /// Who was rolled back and has not met everybody since.
    rolled_back: Vec<bool>,
    /// Every item that somebody was told is kept.
    promised: BTreeSet<Item>,
    /// Every wording that was sealed, with its bytes.
    sealed: BTreeMap<(Vec<u8>, Vec<u8>), Vec<u8>>,
    has_a_new_phone: bool,
    dice: Dice,
}

impl Model {
    fn begin(seed: u64) -> Self {
        let (anna, mut ben) = two();
        let copy = backup(&mut ben);
        let twin = second_device(&anna, &ben, copy);
        for device in [&anna, &ben, &twin] {
            device.shared_plan().forget();
        }
        Self {
            devices: vec![anna, ben, twin],
            copies: vec![None, None, None],
            rolled_back: vec![false; 3],
            promised: BTreeSet::new(),
            sealed: BTreeMap::new(),
            has_a_new_phone: false,
            dice: Dice(seed),
        }
    }

    fn step(&mut self) {
        let who = self.dice.below(3);
        match self.dice.below(24) {
            0..=13 => {
                acts::act(&self.devices[who], &mut self.dice);
                self.promise(who);
            }
            14..=19 => self.meet(who),
            20 => self.devices[who].reopen(),
            21 => self.copies[who] = Some(backup(&mut self.devices[who])),
            22 => self.roll_back(who),
            _ => self.new_phone(),
        }
    }

    /// What a device shows is promised from then on.
    fn promise(&mut self, who: usize) {
        self.promised.extend(items(&self.devices[who]));
        for (key, wording) in sealed(&self.devices[who]) {
            let known = self.sealed.entry(key).or_insert_with(|| wording.clone());
            assert!(*known == wording, "a sealed wording changed");
        }
    }

    fn meet(&mut self, who: usize) {
        let other = (who + 1 + self.dice.below(2)) % 3;
        for one in [who, other] {
            if self.rolled_back[one] {
                self.meet_all(one);
            }
        }
        let frames = [1, 2, 3, 5, 8, usize::MAX][self.dice.below(6)];
        if self.dice.below(3) == 0 {
            let mut dice = self.dice.clone();
            self.dice.next();
            talk_badly(&self.devices[who], &self.devices[other], &mut dice);
        } else {
            talk(&self.devices[who], &self.devices[other], frames).expect("a session");
        }
        self.promise(who);
        self.promise(other);
    }

    /// Meets the others, whoever has most of what this one wrote first.
    fn meet_all(&mut self, who: usize) {
        self.rolled_back[who] = false;
        let key = self.devices[who].key();
        let mut others: Vec<usize> = (0..3).filter(|other| *other != who).collect();
        others.sort_by_key(|other| std::cmp::Reverse(written_by(&self.devices[*other], key)));
        for other in others {
            exchange(&self.devices[who], &self.devices[other]);
            self.promise(who);
        }
    }

    fn roll_back(&mut self, who: usize) {
        // Another one that was rolled back must not become the only one who remembers.
        for other in 0..3 {
            if self.rolled_back[other] {
                self.meet_all(other);
            }
        }
        let Some(copy) = self.copies[who].take() else { return };
        restore(&mut self.devices[who], copy);
        self.rolled_back[who] = true;
        self.forget_what_is_nowhere();
    }

    /// Anna's phone is lost; what she has is a backup, on a phone with a key of its own.
    fn new_phone(&mut self) {
        let Some(copy) = self.copies[ANNA].take().filter(|_| !self.has_a_new_phone) else { return };
        self.has_a_new_phone = true;
        if self.rolled_back[ANNA] {
            self.meet_all(ANNA);
        }
        let anna = &mut self.devices[ANNA];
        restore(anna, copy);
        gets_a_key_of_its_own(anna);
        let card = anna.card();
        for other in &self.devices[1..] {
            tell(other, &card);
        }
        // Rolled back to before this the others would not know the phone; it would have to be shown to them again.
        self.copies = vec![None, None, None];
        self.forget_what_is_nowhere();
    }

    /// What was only on a disk that is lost cannot be promised any more.
    fn forget_what_is_nowhere(&mut self) {
        let somewhere: BTreeSet<Item> = self.devices.iter().flat_map(items).collect();
        self.promised.retain(|item| somewhere.contains(item));
        let somewhere: BTreeMap<_, _> = self.devices.iter().flat_map(sealed).collect();
        self.sealed.retain(|key, _| somewhere.contains_key(key));
    }

    /// All meet, until nothing is new to anybody, and everything is looked at.
    fn end(mut self) {
        for who in 0..3 {
            if self.rolled_back[who] {
                self.meet_all(who);
            }
        }
        for _ in 0..2 {
            for (one, two) in [(0, 1), (0, 2), (1, 2)] {
                exchange(&self.devices[one], &self.devices[two]);
            }
        }
        for (one, two) in [(0, 1), (0, 2)] {
            level(&self.devices[one], &self.devices[two]);
        }
        for who in 0..3 {
            self.promise(who);
            let device = &self.devices[who];
            assert!(device.plan().set_aside().expect("a list").is_empty(), "honest devices refuse nothing");
            let here = items(device);
            assert!(self.promised.iter().all(|item| here.contains(item)), "something promised is gone");
            let sealed = sealed(device);
            assert!(self.sealed.keys().all(|key| sealed.contains_key(key)), "a sealed wording is gone");
            let tables = device.tables();
            device.reopen_checked();
            assert!(device.tables() == tables, "built again the tables are the same");
            is_allowed(device);
        }
    }
}

/// Every change of the final document, judged once more from the beginning.
fn is_allowed(device: &Device) {
    let judged = device.shared_plan().with_document(|open| {
        let mut ledger = Ledger::begin(0)?;
        for change in open.loaded.document.get_changes(&[]) {
            let actor = change.actor_id().to_bytes().try_into().expect("an actor");
            match open.parties.writer_of(&actor) {
                None => ledger.learn(&change).expect("a fixed change"),
                Some(writer) => {
                    let judged = gate::judge(&ledger, &change.decode(), &writer);
                    ledger.admit(change.hash(), judged.expect("what is in a plan may be there"));
                }
            }
        }
        Ok(())
    });
    judged.expect("a document");
}

fn items(device: &Device) -> BTreeSet<Item> {
    let read = device.shared_plan().with_document(|open| {
        let reading = Reading::new(&open.loaded.document, &open.parties);
        let collections = crate::plan::policy::collections();
        Ok(collections
            .filter(|(level, _)| *level <= open.loaded.ledger.level())
            .flat_map(|(_, name)| reading.items(name).into_iter().map(move |id| (name, id)))
            .collect())
    });
    read.expect("a document")
}

fn sealed(device: &Device) -> BTreeMap<(Vec<u8>, Vec<u8>), Vec<u8>> {
    let read = device.inner().shared.file.read(|connection| {
        let mut rows = connection.prepare("SELECT goal, digest, wording FROM agreement")?;
        let rows = rows.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    });
    read.expect("rows")
}

/// How many changes of a device another one holds.
fn written_by(device: &Device, key: [u8; 32]) -> u64 {
    let prefix = crate::relationship::key::actor_prefix(&key);
    let positions = device.shared_plan().with_document(|open| Ok(open.loaded.ledger.positions()));
    let own = |position: &&Position| position.actor.starts_with(&prefix);
    positions.expect("positions").iter().filter(own).map(|position| position.seq).sum()
}

fn tell(device: &Device, card: &NewPerson) {
    let now = device.world.now();
    let told = device.inner().shared.file.write(|transaction| people::keep_person(transaction, card, now));
    told.expect("told");
    device.shared_plan().forget();
}

/// Ben's tablet, made of a copy of his phone's folder before anything was in it, with a key of its own; his person's key
/// certifies both.
fn second_device(anna: &Device, ben: &Device, copy: tempfile::TempDir) -> Device {
    let world = StillWorld::new(3);
    let home = CommonGround::open_in(copy.path(), ben.vault.clone(), world.clone() as World).expect("opened");
    let mut twin =
        Device { folder: copy, vault: ben.vault.clone(), world, home, relationship: ben.relationship };
    gets_a_key_of_its_own(&mut twin);
    let added_at = twin.world.now().timestamp_micros();
    let mut list = DeviceList::numbered(3, &ben.me(), ben.key(), twin.world.now());
    list.devices.push(ListedDevice { key: twin.key(), added_at });
    let person_key = ben.inner().person_key().expect("a key");
    let card = NewPerson { signed: list.sign(&person_key).expect("signed"), list, ..ben.card() };
    for device in [anna, ben, &twin] {
        tell(device, &card);
    }
    twin
}

/// What bringing a backup back does: a key of its own, on a new list, and an author of its own in the plan.
fn gets_a_key_of_its_own(device: &mut Device) {
    let key = DeviceKey::random(&*device.inner().shared.world).expect("a key");
    let person_key = device.inner().person_key().expect("a key");
    let made = device.inner().shared.file.write(|transaction| {
        let (me, former) = (people::me(transaction)?, people::device_key(transaction)?);
        let world = &*device.inner().shared.world;
        go_on_elsewhere(transaction, device.relationship, &former, &key.public(), world)?;
        people::change_device(transaction, &me, &person_key, &key, world.now())
    });
    made.expect("made");
    device.reopen();
}

proptest! {
    #![proptest_config(crate::tests::cases(200))]

    #[test]
    fn whatever_three_devices_do_and_however_they_meet_they_end_with_the_same_plan(seed in any::<u64>()) {
        let mut model = Model::begin(seed);
        for _ in 0..10 + model.dice.below(20) {
            model.step();
        }
        model.end();
    }
}
