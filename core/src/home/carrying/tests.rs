//! Two people whom no network connects, and files that are lost, late, repeated, torn and forged.

mod told;

use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::exchange::testing::Dice;
use crate::exchange::{Announced, MAX_PIECE};
use crate::plan::NewRating;
use crate::plan::tests::rolled_back::{backup, restore};
use crate::plan::tests::{Device, exchange, goal, level, two};
use crate::relationship::Role;
use crate::sharing::tests::{hand_over, holdings, say, stands};

/// A client and a therapist who know to whom files for the other are sealed, and a folder for these.
fn two_apart() -> (Device, Device, tempfile::TempDir) {
    let (anna, ben) = two();
    for (one, other) in [(&anna, &ben), (&ben, &anna)] {
        knows(one, other);
    }
    (anna, ben, crate::store::scratch())
}

fn knows(one: &Device, other: &Device) {
    let key = other.inner().shared.file.read(people::device_key).expect("a key");
    let recipient = recipient_of(&key).expect("a recipient");
    let keep = |it: &rusqlite::Transaction<'_>| people::keep_recipient(it, &key.public(), &recipient);
    one.inner().shared.file.write(keep).expect("kept");
}

fn out(from: &Device, folder: &tempfile::TempDir) -> PathBuf {
    from.world.pass(1);
    let number = folder.path().read_dir().expect("a folder").count();
    let file = folder.path().join(number.to_string());
    from.home.carry_out(from.relationship, file.display().to_string(), false, None).expect("written");
    file
}

fn take(to: &Device, file: &Path) -> Result<CarriedIn> {
    to.home.carry_in(file.display().to_string(), None)
}

fn carry(from: &Device, to: &Device, folder: &tempfile::TempDir) -> CarriedIn {
    take(to, &out(from, folder)).expect("taken in")
}

fn waiting(device: &Device) -> u32 {
    device.home.relationships().expect("one")[0].waiting_to_go
}

fn titles(device: &Device) -> Vec<String> {
    let goals = device.plan().goals(true).expect("goals");
    let mut titles: Vec<String> = goals.into_iter().map(|goal| goal.title).collect();
    titles.sort();
    titles
}

fn propose(device: &Device, title: &str) {
    device.plan().propose_goal(goal(title, "Why")).expect("proposed");
}

fn same(one: &Device, other: &Device) {
    assert!(one.plan().version().expect("a version") == other.plan().version().expect("a version"));
    assert!(one.tables() == other.tables());
    assert_eq!(holdings(one), holdings(other));
}

/// A clean exchange over a network, after which each knows how far the other has got.
fn meet(one: &Device, other: &Device) {
    let (here, there) = exchange(one, other);
    for (device, events) in [(one, here), (other, there)] {
        for event in events {
            if let Event::PeerHas(positions) = event {
                let shared = &device.inner().shared;
                note_confirmed(shared, device.relationship, &positions, Said::Now).expect("noted");
            }
        }
    }
}

#[test]
fn one_file_each_way_brings_both_level_and_nothing_counts_before_the_other_says_so() {
    let (anna, ben, folder) = two_apart();
    propose(&anna, "Hers");
    propose(&ben, "His");
    let file = out(&anna, &folder);
    assert!(waiting(&anna) > 0, "a file may be lost");
    let came = take(&ben, &file).expect("taken in");
    assert_eq!((came.received, came.goals.len(), came.lacks_more, came.in_step), (1, 1, false, false));
    let came = carry(&ben, &anna, &folder);
    assert_eq!((came.received, came.in_step), (1, true));
    assert_eq!(waiting(&anna), 0);
    assert!(waiting(&ben) > 0);
    same(&anna, &ben);
    let empty =
        anna.home.carry_out(anna.relationship, folder.path().join("e").display().to_string(), false, None);
    assert_eq!(empty.expect("written").changes, 0);
    assert!(take(&ben, &folder.path().join("e")).expect("taken in").in_step);
    assert_eq!(waiting(&ben), 0);
    assert!(ben.home.relationships().expect("one")[0].in_step_at.is_some());
}

#[test]
fn what_was_handed_over_arrives_by_file_and_its_giver_hears_of_it() {
    let (anna, ben, folder) = two_apart();
    let parcel = hand_over(&anna, 3 * MAX_PIECE + 5);
    let came = carry(&anna, &ben, &folder);
    assert_eq!((came.notices, came.refused), (1, 0));
    assert!(stands(&ben, parcel).0);
    let came = carry(&ben, &anna, &folder);
    assert_eq!((came.notices, came.in_step), (1, true), "that it arrived");
    assert_eq!(waiting(&anna), 0);
    let again = folder.path().join("again").display().to_string();
    assert_eq!(anna.home.carry_out(anna.relationship, again, false, None).expect("written").parcels, 0);
    same(&anna, &ben);
}

#[test]
fn what_was_taken_back_does_not_come_again_with_a_file_that_was_late() {
    let (anna, ben, folder) = two_apart();
    let parcel = hand_over(&anna, 500);
    let late = out(&anna, &folder);
    carry(&anna, &ben, &folder);
    say(&anna, Announced::TakenBack(parcel));
    carry(&anna, &ben, &folder);
    assert_eq!(stands(&ben, parcel), (false, 0));
    take(&ben, &late).expect("taken in");
    assert_eq!(stands(&ben, parcel), (false, 0));
}

#[test]
fn a_file_that_comes_twice_or_late_brings_nothing_new_and_loses_nothing() {
    let (anna, ben, folder) = two_apart();
    let mut files = Vec::new();
    for n in 0..4 {
        propose(&anna, &format!("Goal {n}"));
        files.push(out(&anna, &folder));
    }
    take(&ben, &files[3]).expect("taken in");
    assert_eq!(titles(&ben).len(), 4, "each file holds all that was not confirmed");
    for file in files.iter().chain(&files) {
        let came = take(&ben, file).expect("taken in");
        assert_eq!((came.received, came.refused), (0, 0));
    }
    carry(&ben, &anna, &folder);
    same(&anna, &ben);
    assert_eq!(waiting(&anna), 0);
}

#[test]
fn a_device_that_lost_what_it_had_gets_it_with_the_file_after_its_own() {
    let (anna, mut ben, folder) = two_apart();
    propose(&anna, "Kept");
    hand_over(&anna, 100);
    meet(&anna, &ben);
    let copy = backup(&mut ben);
    propose(&anna, "Lost for a while");
    let parcel = hand_over(&anna, 100);
    propose(&ben, "His own, lost");
    meet(&anna, &ben);
    restore(&mut ben, copy);
    knows(&ben, &anna);
    propose(&anna, "After");
    // What builds upon something that Ben lost cannot be taken in.
    let came = carry(&anna, &ben, &folder);
    assert!(came.lacks_more);
    for _ in 0..2 {
        carry(&ben, &anna, &folder);
        carry(&anna, &ben, &folder);
    }
    assert_eq!(titles(&ben), ["After", "His own, lost", "Kept", "Lost for a while"]);
    assert!(!stands(&ben, parcel).0, "it had arrived once: over a network it comes by itself");
    level(&anna, &ben);
    assert!(stands(&ben, parcel).0);
    same(&anna, &ben);
}

#[test]
fn wiped_confirmations_cost_a_fuller_file_and_nothing_else() {
    let (anna, ben, folder) = two_apart();
    propose(&anna, "One");
    meet(&anna, &ben);
    let wipe = |it: &rusqlite::Transaction<'_>| {
        it.execute("UPDATE plan_position SET confirmed = 0", [])?;
        Ok(it.execute("UPDATE notice SET confirmed = 0", [])?)
    };
    anna.inner().shared.file.write(wipe).expect("wiped");
    let came = carry(&anna, &ben, &folder);
    assert_eq!((came.received, came.in_step), (0, true));
    carry(&ben, &anna, &folder);
    assert_eq!(waiting(&anna), 0);
}

#[test]
fn without_a_recipient_one_exchange_is_asked_for_first() {
    let (anna, _ben) = two();
    let folder = crate::store::scratch();
    let file = folder.path().join("file");
    let refused = anna.home.carry_out(anna.relationship, file.display().to_string(), false, None);
    assert_eq!(refused.err(), Some(CarryProblem::MeetFirst.into()));
    assert!(!file.exists());
}

#[test]
fn a_file_for_somebody_else_is_told_as_such() {
    let (anna, _ben, folder) = two_apart();
    let file = out(&anna, &folder);
    let carla = Device::new(Role::Therapist, "Carla", 9);
    for other in [&anna, &carla] {
        assert_eq!(take(other, &file).err(), Some(CarryProblem::NotForThisDevice.into()));
    }
}

#[test]
fn a_file_of_a_stranger_of_a_dropped_device_or_of_another_relationship_is_refused() {
    let (anna, ben, folder) = two_apart();
    propose(&anna, "Words");
    let good = out(&anna, &folder);
    let her_key = anna.inner().shared.file.read(people::device_key).expect("a key");
    let sealed = |key: &DeviceKey, relationship: RelationshipId| {
        let cover = Cover {
            relationship,
            from: key.public(),
            to: ben.key(),
            written_at: anna.inner().shared.world.now(),
            number: [1; 16],
        };
        forged(&cover, key, &ben, &[], &folder)
    };
    let stranger = DeviceKey::from_secret(&[77; 32]);
    let unknown = Some(Error::from(CarryProblem::UnknownDevice));
    assert_eq!(take(&ben, &sealed(&stranger, ben.relationship)).err(), unknown);
    assert_eq!(take(&ben, &sealed(&her_key, RelationshipId::from_bytes([8; 16]))).err(), unknown);
    let drop_her = |it: &rusqlite::Transaction<'_>| {
        let sql = "INSERT INTO device_list SELECT person, 2, bytes, signed_by, signature, kept_at
                   FROM device_list WHERE person = ?1";
        Ok(it.execute(sql, [anna.me()])?)
    };
    ben.inner().shared.file.write(drop_her).expect("dropped");
    assert_eq!(take(&ben, &good).err(), unknown);
    assert!(titles(&ben).is_empty());
}

/// A file of these frames, sealed to a device.
fn forged(
    cover: &Cover,
    key: &DeviceKey,
    to: &Device,
    frames: &[Vec<u8>],
    folder: &tempfile::TempDir,
) -> PathBuf {
    let path = folder.path().join("forged");
    let theirs = to.inner().shared.file.read(people::device_key).expect("a key");
    let recipient: Recipient = recipient_of(&theirs).expect("one").parse().expect("a recipient");
    let sealing = Encryptor::with_recipients(once(&recipient as &dyn age::Recipient)).expect("one");
    let sealing = sealing.wrap_output(File::create(&path).expect("a file")).expect("sealed");
    let mut writer = Writer::begin(sealing, cover, DeviceKey::from_secret(&key.secret())).expect("begun");
    for frame in frames {
        writer.frame(frame).expect("a frame");
    }
    writer.finish().expect("whole").finish().expect("sealed");
    path
}

#[test]
fn a_file_that_is_torn_or_changed_is_told_as_such_and_the_whole_one_is_still_good() {
    let (anna, ben, folder) = two_apart();
    propose(&anna, "Words");
    hand_over(&anna, 90_000);
    let whole = std::fs::read(out(&anna, &folder)).expect("read");
    let path = folder.path().join("bad");
    let mut dice = Dice(5);
    for _ in 0..120 {
        let mut bytes = whole.clone();
        if dice.below(2) == 0 {
            bytes.truncate(dice.below(whole.len()));
        } else {
            for _ in 0..=dice.below(3) {
                let at = dice.below(bytes.len());
                bytes[at] ^= 1 << dice.below(8);
            }
        }
        std::fs::write(&path, &bytes).expect("written");
        // A letter of the header may be padding that nobody reads.
        if let Err(error) = take(&ben, &path) {
            assert!(matches!(error, Error::Carry { .. }), "{error:?}");
        }
    }
    std::fs::write(&path, &whole).expect("written");
    assert!(!take(&ben, &path).expect("taken in").lacks_more);
    carry(&ben, &anna, &folder);
    same(&anna, &ben);
}

#[test]
fn what_is_none_of_these_files_is_told_as_such() {
    let (anna, _ben, folder) = two_apart();
    let path = folder.path().join("none");
    assert_eq!(take(&anna, &path).err(), Some(Error::not_found(Thing::File)));
    assert_eq!(take(&anna, folder.path()).err(), Some(CarryProblem::NotCarried.into()));
    for (bytes, problem) in [
        (&b"A letter"[..], CarryProblem::NotCarried),
        (b"", CarryProblem::NotCarried),
        (b"age-encryption.org/v2\n", CarryProblem::Newer),
        (b"age-encryption.org/v1\n-> X25519", CarryProblem::Damaged),
    ] {
        std::fs::write(&path, bytes).expect("written");
        assert_eq!(take(&anna, &path).err(), Some(problem.into()));
    }
}

#[test]
fn while_paused_nothing_is_carried_and_after_the_end_only_what_was_announced() {
    let (anna, ben, folder) = two_apart();
    propose(&anna, "Before");
    let parcel = hand_over(&anna, 60);
    let file = out(&anna, &folder);
    let pause = |to: Option<i64>| {
        let set =
            |it: &rusqlite::Transaction<'_>| Ok(it.execute("UPDATE relationship SET paused_at = ?1", [to])?);
        ben.inner().shared.file.write(set).expect("set");
    };
    pause(Some(1));
    assert_eq!(take(&ben, &file).err(), Some(Error::NotShared));
    let refused =
        ben.home.carry_out(ben.relationship, folder.path().join("x").display().to_string(), false, None);
    assert_eq!(refused.err(), Some(Error::NotShared));
    pause(None);
    take(&ben, &file).expect("taken in");
    assert!(stands(&ben, parcel).0);
    propose(&anna, "Never told");
    say(&anna, Announced::TakenBack(parcel));
    say(&anna, Announced::Ended);
    let came = carry(&anna, &ben, &folder);
    assert_eq!((came.received, came.notices, came.lacks_more), (0, 2, false));
    assert_eq!(stands(&ben, parcel), (false, 0));
    assert!(carry(&ben, &anna, &folder).in_step);
    assert_eq!(titles(&ben), ["Before"]);
}

#[test]
fn a_file_says_nothing_of_its_words_and_is_not_written_over_another() {
    let (anna, _ben, folder) = two_apart();
    propose(&anna, "Schlafen ohne Angst");
    let file = out(&anna, &folder);
    let bytes = std::fs::read(&file).expect("read");
    for word in [&b"Schlafen"[..], b"Anna", b"common-ground"] {
        assert!(!bytes.windows(word.len()).any(|window| window == word));
    }
    let again = file.display().to_string();
    assert_eq!(
        anna.home.carry_out(anna.relationship, again.clone(), false, None).err(),
        Some(Error::FileExists)
    );
    anna.home.carry_out(anna.relationship, again, true, None).expect("replaced");
}

#[test]
fn a_paired_device_that_signs_nonsense_does_no_harm() {
    let (anna, ben, folder) = two_apart();
    propose(&anna, "Words");
    hand_over(&anna, 1_000);
    let key = anna.inner().shared.file.read(people::device_key).expect("a key");
    let (cover, frames) = opened(&ben, &out(&anna, &folder));
    let mut dice = Dice(11);
    for _ in 0..150 {
        let mut frames = frames.clone();
        for _ in 0..=dice.below(3) {
            let (one, other) = (dice.below(frames.len()), dice.below(frames.len()));
            match dice.below(5) {
                0 => frames.swap(one, other),
                1 => frames.insert(one, frames[other].clone()),
                _ => {
                    let at = 4 + dice.below(frames[one].len() - 4);
                    frames[one][at] = dice.bytes::<1>()[0];
                }
            }
        }
        // Taken in as far as it may be, or refused: in any case all is well afterwards.
        let _ = take(&ben, &forged(&cover, &key, &ben, &frames, &folder));
    }
    carry(&ben, &anna, &folder);
    carry(&anna, &ben, &folder);
    level(&anna, &ben);
    ben.reopen_checked();
    assert_eq!(titles(&ben), ["Words"]);
}

/// What is in a file, for the device that it is sealed to.
fn opened(device: &Device, file: &Path) -> (Cover, Vec<Vec<u8>>) {
    let key = device.inner().shared.file.read(people::device_key).expect("a key");
    let mut reader = Reader::begin(open(file, &key).expect("open")).expect("a file");
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_frame().expect("a frame") {
        frames.push(frame);
    }
    (*reader.cover(), frames)
}

proptest! {
    #![proptest_config(crate::tests::cases(12))]

    #[test]
    fn any_order_of_files_lost_late_and_repeated_between_exchanges_ends_level(seed in any::<u64>()) {
        let (anna, ben, folder) = two_apart();
        let mut dice = Dice(seed);
        let mut on_the_way: [Vec<PathBuf>; 2] = Default::default();
        let mut parcels = Vec::new();
        for _ in 0..dice.below(40) {
            let who = dice.below(2);
            let (one, other) = if who == 0 { (&anna, &ben) } else { (&ben, &anna) };
            one.world.pass(60);
            match dice.below(8) {
                0 | 1 => propose(one, &format!("Goal {}", dice.below(100))),
                2 => if let Some(first) = one.plan().goals(false).expect("goals").first() {
                    let rating = NewRating { value: 3, helped: None, hindered: None };
                    one.plan().rate(first.id, rating).expect("rated");
                },
                3 => parcels.push((who, hand_over(one, 40 + dice.below(2_000)))),
                4 => if let Some((_, parcel)) = parcels.iter().find(|(by, _)| *by == who) {
                    say(one, Announced::TakenBack(*parcel));
                },
                5 => on_the_way[who].push(out(one, &folder)),
                6 => if !on_the_way[who].is_empty() {
                    let file = &on_the_way[who][dice.below(on_the_way[who].len())];
                    let came = take(other, file).expect("taken in");
                    prop_assert_eq!(came.refused, 0);
                },
                _ => if dice.below(3) == 0 { meet(&anna, &ben) },
            }
        }
        for _ in 0..3 {
            carry(&anna, &ben, &folder);
            carry(&ben, &anna, &folder);
        }
        same(&anna, &ben);
        for (who, parcel) in parcels {
            let (giver, taker) = if who == 0 { (&anna, &ben) } else { (&ben, &anna) };
            prop_assert_eq!(stands(giver, parcel), stands(taker, parcel));
        }
        prop_assert_eq!((waiting(&anna), waiting(&ben)), (0, 0));
    }
}

#[test]
fn a_file_from_a_clock_that_is_ahead_does_not_make_all_that_follow_late() {
    let (anna, ben, folder) = two_apart();
    anna.world.pass(10 * 365 * 24 * 60 * 60);
    let ahead = crate::clock::Surroundings::now(&*anna.world);
    let now = crate::clock::Surroundings::now(&*ben.world);
    assert!(now < ahead, "two clocks");
    carry(&anna, &ben, &folder);
    let key = anna.inner().shared.file.read(people::device_key).expect("a key").public();
    let kept = ben.inner().shared.file.read(|it| carried_at(it, &key)).expect("read").expect("kept");
    assert!(kept <= crate::clock::Surroundings::now(&*ben.world), "{kept}");
}
