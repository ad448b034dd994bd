//! Somebody comes back without their key: cut anywhere, opened again anywhere, and against the lost phone.

use super::*;
use crate::clock::Surroundings as _;
use crate::exchange::{Announced, Notice, Shelf as _};
use crate::id::PersonId;
use crate::plan::NewGoal;
use crate::plan::tests::{Device, exchange, goal, level, two};
use crate::relationship::pairing::{Offer, Own, Party, Redemption, Step, Stored, Welcome, store};
use crate::relationship::ticket::Ticket;
use crate::relationship::{Confirmation, Role, TERMS_VERSION, WayOfMeeting};

/// Ben's ticket that brings Anna back, and the redemption on her new phone.
struct Again<'a> {
    ben: &'a Device,
    new: &'a Device,
    offer: Offer,
    redemption: Redemption,
    here: Side,
    there: Side,
    connections: u8,
}

/// How far one side has got.
#[derive(Default)]
struct Side {
    has_code: bool,
    stored: Option<Stored>,
    is_done: bool,
    problem: Option<Error>,
}

fn offer(ben: &Device) -> Offer {
    let file = &ben.inner().shared.file;
    let own = file.read(|file| Own::read(file, 1)).expect("who he is");
    let whom = file.read(|file| whom(file, ben.relationship)).expect("whom");
    let offer =
        Offer::open(own, Vec::new(), WayOfMeeting::SameNetwork, &ben.inner().shared.world).expect("an offer");
    offer.bringing_back(whom)
}

fn redemption(new: &Device, ticket: &str) -> Result<Redemption> {
    let ticket = Ticket::read(ticket)?;
    let file = &new.inner().shared.file;
    let again = ticket.again.expect("whom");
    let own = file.read(|file| Own::read(file, 1))?;
    let list = new.inner().list_as(&again)?;
    Ok(Redemption::begin(Own { person: again.person, list, ..own }, ticket, new.world.now())?)
}

impl<'a> Again<'a> {
    fn begin(ben: &'a Device, new: &'a Device) -> Result<Self> {
        let offer = offer(ben);
        let redemption = redemption(new, &offer.ticket().text().expect("text"))?;
        let (here, there) = (Side::default(), Side::default());
        Ok(Self { ben, new, offer, redemption, here, there, connections: 0 })
    }

    /// Connects, and carries at most so many frames before the connection is cut. Each person confirms when there
    /// are words, and each device stores at once.
    fn carry(&mut self, mut left: usize) {
        self.connections += 1;
        let (exporter, now) = ([self.connections; 32], self.ben.world.now());
        let (ben, new) = (self.ben, self.new);
        self.redemption.welcome(ben.key(), exporter, &[], &ben.inner().shared.world).expect("connected");
        let mut welcomed = false;
        loop {
            let mut moved = false;
            while left > 0
                && let Some(frame) = self.redemption.poll()
            {
                (left, moved) = (left - 1, true);
                if welcomed {
                    take(&mut self.there, ben, self.offer.receive(&frame, now));
                } else {
                    let world = &ben.inner().shared.world;
                    match self.offer.welcome(new.key(), exporter, &frame, world).expect("a welcome") {
                        Welcome::Carries => welcomed = true,
                        Welcome::Refused(problem) | Welcome::Ends(problem) => {
                            self.here.problem = Some(problem.into());
                            return;
                        }
                    }
                }
            }
            while left > 0
                && let Some(frame) = self.offer.poll()
            {
                (left, moved) = (left - 1, true);
                take(&mut self.here, new, self.redemption.receive(&frame, now));
            }
            if self.there.has_code {
                take(&mut self.there, ben, self.offer.confirm(now));
            }
            if self.here.has_code {
                take(&mut self.here, new, self.redemption.confirm(now));
            }
            if let Some(stored) = &self.there.stored {
                let step = self.offer.stored(stored.renewal.as_ref());
                self.there.is_done |= matches!(step, Some(Step::Done));
            }
            if self.here.stored.is_some() {
                self.here.is_done |= matches!(self.redemption.stored(None), Some(Step::Done));
            }
            if !moved {
                return;
            }
        }
    }
}

fn take(side: &mut Side, device: &Device, step: std::result::Result<Option<Step>, PairingProblem>) {
    match step {
        Ok(None) => {}
        Ok(Some(Step::Code(_))) => side.has_code = true,
        Ok(Some(Step::Done)) => side.is_done = true,
        Ok(Some(Step::Agreed(agreed))) => {
            let (file, world) = (&device.inner().shared.file, &device.inner().shared.world);
            let how = Confirmation::Compared { read_terms: TERMS_VERSION };
            let store = || file.write(|transaction| store(transaction, world, &agreed, how));
            let kept = device.inner().plans.while_still(store);
            match kept {
                Ok(stored) => side.stored = Some(stored),
                Err(error) => side.problem = Some(error),
            }
            device.inner().follow_the_shared_file();
        }
        Err(problem) => side.problem = Some(problem.into()),
    }
}

fn lost() -> (Device, Device, Device) {
    let (anna, ben) = two();
    anna.plan().propose_goal(goal("Sleep", "Mornings")).expect("proposed");
    ben.plan().propose_goal(goal("Walk", "")).expect("proposed");
    level(&anna, &ben);
    (anna, ben, Device::new(Role::Client, "Anna again", 8))
}

fn certified(at: &Device, person: PersonId) -> Vec<PublicKey> {
    at.inner().shared.file.read(|file| people::devices_of(file, person)).expect("devices")
}

fn titles(device: &Device) -> Vec<String> {
    device.plan().goals(true).expect("goals").into_iter().map(|goal| goal.title).collect()
}

#[test]
fn who_lost_everything_comes_back_under_the_id_they_had_and_nobody_else_speaks_for_them() {
    let (anna, ben, new) = lost();
    let draft = new.home.goal_drafts().keep(goal("Half-thought", "")).expect("kept");
    let mut again = Again::begin(&ben, &new).expect("begun");
    again.carry(usize::MAX);
    assert!(again.here.is_done && again.there.is_done);
    assert_eq!(new.me(), anna.me());
    assert_eq!(certified(&ben, anna.me()), [new.key()]);
    let (here, there) =
        (new.home.relationships().expect("relationships"), ben.home.relationships().expect("relationships"));
    assert!(here[0].id == ben.relationship && here[0].as_kept_by_other && !there[0].as_kept_by_other);
    assert_ne!(there[0].other.fingerprint, anna.home.profile().expect("a profile").fingerprint);
    assert_eq!(there[0].other.fingerprint, new.home.profile().expect("a profile").fingerprint);
    level(&new, &ben);
    assert_eq!(titles(&new), ["Sleep", "Walk"]);
    // The lost phone goes on, and its person is no longer who holds it.
    anna.plan().propose_goal(goal("By a thief", "")).expect("proposed");
    exchange(&anna, &ben);
    level(&new, &ben);
    assert_eq!(titles(&ben), ["Sleep", "Walk"]);
    // What was half-thought on the new phone is proposed under the id that its person has now.
    let drafts = new.home.goal_drafts();
    let id = drafts.list().expect("drafts")[0].id;
    assert_ne!(id, draft.id);
    drafts.propose(id, new.relationship).expect("proposed");
    level(&new, &ben);
    assert_eq!(titles(&ben).len(), 3);
}

#[test]
fn what_the_lost_phone_had_announced_comes_back_and_what_it_announces_later_counts_nowhere() {
    let (anna, ben, new) = lost();
    let signed = |version| {
        let key = anna.inner().shared.file.read(people::device_key).expect("a key");
        let announced = Announced::ReadTerms { version };
        Notice { author: anna.me(), at: anna.world.now(), announced }.sign(&anna.relationship, &key)
    };
    let taken = |at: &Device, version| {
        let shelved = at.shelf().take_notices(&[signed(version)]).expect("judged");
        (shelved.new, shelved.refused)
    };
    assert_eq!(taken(&ben, 1), (1, 0));
    let mut again = Again::begin(&ben, &new).expect("begun");
    again.carry(usize::MAX);
    assert!(again.here.is_done && again.there.is_done);
    assert_eq!(taken(&ben, 2), (0, 1), "from now on it says nothing new");
    level(&new, &ben);
    let held = new.home.terms(new.relationship).expect("terms").me.map(|read| read.version);
    assert_eq!(held, Some(TERMS_VERSION.max(1)));
    assert!(new.shelf().holdings().expect("notices") == ben.shelf().holdings().expect("notices"));
    assert_eq!(taken(&new, 2), (0, 1));
}

#[test]
fn what_was_agreed_under_the_lost_key_stays_agreed_and_the_new_one_agrees_from_now_on() {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Sleep", "Mornings")).expect("proposed").summary.id;
    level(&anna, &ben);
    for device in [&anna, &ben] {
        let digest = device.plan().goal(id).expect("the goal").digest;
        device.plan().agree(id, digest).expect("agreed");
    }
    level(&anna, &ben);
    let sealed = ben.plan().goal(id).expect("the goal");
    let new = Device::new(Role::Client, "Anna again", 8);
    Again::begin(&ben, &new).expect("begun").carry(usize::MAX);
    level(&new, &ben);
    for device in [&new, &ben] {
        device.reopen_checked();
        assert!(device.plan().goal(id).expect("the goal").summary.standing == sealed.summary.standing);
        assert!(device.plan().export_agreement(id, sealed.digest).is_ok(), "both signatures are there");
    }
    let other = new.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    level(&new, &ben);
    for device in [&new, &ben] {
        let digest = device.plan().goal(other).expect("the goal").digest;
        device.plan().agree(other, digest).expect("agreed");
    }
    level(&new, &ben);
    let digest = ben.plan().goal(other).expect("the goal").digest;
    assert!(ben.plan().export_agreement(other, digest).is_ok());
}

#[test]
fn cut_after_any_message_both_are_whole_and_it_is_finished_over_a_new_connection() {
    for first in 0..13 {
        let (anna, ben, new) = lost();
        let me = new.me();
        let mut again = Again::begin(&ben, &new).expect("begun");
        again.carry(first);
        assert!(again.here.problem.is_none() && again.there.problem.is_none(), "{first}");
        // Each has stored all of it or nothing.
        let renewed = certified(&ben, anna.me()) == [new.key()];
        assert_eq!(renewed, again.there.stored.is_some(), "{first}");
        assert_eq!(new.me() == anna.me(), again.here.stored.is_some(), "{first}");
        assert_eq!(new.me() == me, new.home.relationships().expect("relationships").is_empty(), "{first}");
        again.carry(usize::MAX);
        assert!(again.here.is_done && again.there.is_done, "{first}");
        level(&new, &ben);
        assert_eq!(titles(&new), ["Sleep", "Walk"], "{first}");
    }
}

#[test]
fn a_kit_from_before_says_that_its_page_shows_another_fingerprint_until_a_new_one_is_made() {
    let (_anna, ben, new) = lost();
    let makes = || {
        new.world.pass(60);
        let words = new.home.new_recovery_kit().expect("a kit").words.join(" ");
        new.home.use_recovery_kit(words).expect("in use")
    };
    let is_former = || {
        let kit = new.home.recovery_kit().expect("a note").expect("a kit");
        kit.shows_former_fingerprint
    };
    assert!(!makes().shows_former_fingerprint && !is_former());
    let before = new.home.profile().expect("a profile").fingerprint;
    new.world.pass(60);
    let mut again = Again::begin(&ben, &new).expect("begun");
    again.carry(usize::MAX);
    assert!(again.here.is_done && is_former());
    let kit = new.home.new_recovery_kit().expect("a kit");
    assert_ne!(kit.fingerprint, before);
    assert_eq!(kit.fingerprint, new.home.profile().expect("a profile").fingerprint);
    assert!(!makes().shows_former_fingerprint && !is_former());
    // Heard once more, the renewal is the same, and so is the fingerprint.
    let again = new.inner().shared.file.write(|file| {
        let sql = "SELECT body, device, signature FROM renewal";
        let signed = file.query_row(sql, [], |row| {
            Ok(SignedRenewal { bytes: row.get(0)?, device: row.get(1)?, signature: row.get(2)? })
        })?;
        keep_renewal(file, new.relationship, &signed, new.world.now())
    });
    assert_eq!((again, is_former()), (Ok(()), false));
}

#[test]
fn given_up_after_the_other_has_stored_it_they_pair_again_once_more() {
    for first in 7..12 {
        let (anna, ben, mut new) = lost();
        let mut again = Again::begin(&ben, &new).expect("begun");
        again.carry(first);
        let came_back = again.here.stored.is_some();
        drop(again);
        new.reopen();
        if came_back {
            assert_eq!(new.me(), anna.me());
        } else {
            let mut again = Again::begin(&ben, &new).expect("begun");
            again.carry(usize::MAX);
            assert!(again.here.is_done && again.there.is_done, "{first}");
        }
        level(&new, &ben);
        assert_eq!(titles(&new), ["Sleep", "Walk"], "{first}");
    }
}

#[test]
fn a_private_file_that_was_left_behind_follows_when_it_is_opened() {
    let (anna, ben, mut new) = lost();
    new.home.goal_drafts().keep(NewGoal::default()).expect("kept");
    let mut again = Again::begin(&ben, &new).expect("begun");
    // The process ends between the two files: as if the private one had never been told.
    new.home.lock();
    again.carry(usize::MAX);
    assert!(again.here.is_done && again.there.is_done);
    drop(again);
    new.reopen();
    assert_eq!(new.me(), anna.me());
    let key = new.inner().person_key().expect("a key").public();
    let in_force = ben.inner().shared.file.read(|file| people::key_in_force(file, anna.me())).expect("a key");
    assert_eq!(in_force, Some((2, key)));
    let id = new.home.goal_drafts().list().expect("drafts")[0].id;
    assert_eq!(id.as_bytes()[..6], anna.me().prefix());
    level(&new, &ben);
}

#[test]
fn a_private_file_of_somebody_else_does_not_follow() {
    let (anna, _ben, new) = lost();
    let private = new.inner().private.file().expect("open");
    let damaged = Err(Error::Damaged { file: crate::error::FileKind::Private });
    assert_eq!(crate::home::owner::follow(&private, &anna.inner().shared.file), damaged);
}

#[test]
fn a_profile_with_relationships_of_its_own_is_not_taken_for_somebody_else() {
    let (_anna, ben) = two();
    let (_clara, carl) = two();
    let in_use = Some(Error::Pairing { problem: PairingProblem::ProfileInUse });
    let client = { carl };
    // Carl is a therapist with a client; the ticket is refused before anything is asked.
    assert_eq!(Again::begin(&ben, &client).err(), in_use);
}

#[test]
fn a_locked_phone_does_not_come_back_before_it_is_unlocked() {
    let (_anna, ben, new) = lost();
    new.home.lock();
    assert_eq!(Again::begin(&ben, &new).err(), Some(Error::Locked));
}

#[test]
fn somebody_of_the_other_role_and_somebody_with_a_known_key_do_not_come_back() {
    let (anna, ben, _new) = lost();
    let therapist = Device::new(Role::Therapist, "Not Anna", 9);
    let mut again = Again::begin(&ben, &therapist).expect("begun");
    again.carry(usize::MAX);
    let same_role = Some(Error::Pairing { problem: PairingProblem::SameRole });
    assert!(again.here.problem == same_role || again.there.problem == same_role);
    assert_eq!(certified(&ben, anna.me()), [anna.key()]);
}

#[test]
fn a_therapist_comes_back_to_a_second_client_under_the_same_id() {
    let (ben, anna) = {
        let (anna, ben) = two();
        (ben, anna)
    };
    // A second client of the same therapist.
    let mut clara = Device::new(Role::Client, "Clara", 21);
    clara.relationship = RelationshipId::from_bytes([9; 16]);
    clara.relate(&ben);
    let new = Device::new(Role::Therapist, "Ben again", 22);
    for client in [&anna, &clara] {
        let mut again = Again::begin(client, &new).expect("begun");
        again.carry(usize::MAX);
        assert!(again.here.is_done && again.there.is_done);
        assert_eq!(new.me(), ben.me());
        assert_eq!(certified(client, ben.me()), [new.key()]);
    }
    assert_eq!(new.home.relationships().expect("relationships").len(), 2);
    // A third time with the first is no coming back.
    let mut again = Again::begin(&anna, &new).expect("begun");
    again.carry(usize::MAX);
    assert!(again.there.stored.is_none() && again.here.stored.is_none());
}

#[test]
fn who_comes_back_to_somebody_who_had_another_phone_before_gets_all_of_what_they_wrote() {
    let (anna, ben) = two();
    ben.plan().propose_goal(goal("On his first phone", "")).expect("proposed");
    let signed = {
        let key = ben.inner().shared.file.read(people::device_key).expect("a key");
        let announced = Announced::ReadTerms { version: 1 };
        Notice { author: ben.me(), at: ben.world.now(), announced }.sign(&ben.relationship, &key)
    };
    level(&anna, &ben);
    let second = crate::plan::tests::elsewhere::restored(&ben, 31);
    assert_eq!(second.shelf().take_notices(&[signed]).expect("judged").new, 1);
    crate::plan::tests::dropped::enrolled(&second, &anna);
    level(&anna, &second);
    assert!(crate::plan::tests::dropped::closes(&second));
    level(&anna, &second);
    let new = Device::new(Role::Client, "Anna again", 8);
    let mut again = Again::begin(&second, &new).expect("begun");
    again.carry(usize::MAX);
    assert!(again.here.is_done && again.there.is_done);
    level(&new, &second);
    assert_eq!(titles(&new), ["On his first phone"]);
    assert!(new.shelf().holdings().expect("notices") == second.shelf().holdings().expect("notices"));
}
