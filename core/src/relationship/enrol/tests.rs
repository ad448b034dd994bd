//! Whose list counts at the door, and what a device makes of the answer.

use super::*;
use crate::clock::RealWorld;
use crate::plan::tests::{Device, two};
use crate::relationship::Role;
use crate::relationship::device_list::{DeviceList, ListedDevice};
use crate::relationship::key::{DeviceKey, PersonKey};

/// A list of this person, signed with `key`, and the word that shows it.
fn word(person: &PersonId, key: &PersonKey, list: &DeviceList) -> Vec<u8> {
    let signed = list.sign(key).expect("signed");
    let (list, signature) = (signed.bytes, signed.signature.to_vec());
    Word::Show { person: *person.as_bytes(), list, signature }.encode().expect("a word")
}

fn list(number: u64, person: &PersonId, device: PublicKey) -> DeviceList {
    DeviceList::numbered(number, person, device, Instant::UNIX_EPOCH)
}

fn judged(at: &Device, word: &[u8], caller: &PublicKey) -> Judged {
    let now = at.world.now();
    at.inner().shared.file.write(|file| judge(file, word, caller, now)).expect("judged")
}

fn certified(at: &Device, device: &PublicKey) -> Option<PersonId> {
    at.inner().shared.file.read(|file| people::person_of_device(file, device)).expect("read")
}

fn is_new(judged: &Judged) -> bool {
    matches!(judged, Judged::Taken { new: true, .. })
}

fn is_stranger(judged: &Judged) -> bool {
    matches!(judged, Judged::Stranger)
}

use crate::clock::Surroundings as _;

#[test]
fn a_higher_list_of_a_known_person_takes_the_place_of_the_former_and_is_news() {
    let (anna, ben) = two();
    let (me, key, device) = (anna.me(), anna.inner().person_key().expect("a key"), [9; 32]);
    let word = word(&me, &key, &list(2, &me, device));
    assert!(is_new(&judged(&ben, &word, &device)));
    assert_eq!((certified(&ben, &device), certified(&ben, &anna.key())), (Some(me), None));
    let news = ben.home.new_devices().expect("news");
    assert_eq!(news.iter().map(|one| one.relationship).collect::<Vec<_>>(), [ben.relationship]);
    ben.home.seen_new_device(ben.relationship).expect("seen");
    assert!(ben.home.new_devices().expect("news").is_empty());
    // Shown once more, because the answer was lost: it is no news.
    assert!(matches!(judged(&ben, &word, &device), Judged::Taken { new: false, .. }));
    assert!(ben.home.new_devices().expect("news").is_empty());
}

#[test]
fn what_is_not_in_order_is_a_strangers() {
    let (anna, ben) = two();
    let carl = Device::new(Role::Client, "Carl", 5);
    let (me, key, device) = (anna.me(), anna.inner().person_key().expect("a key"), [9; 32]);
    let stranger = PersonKey::random(&RealWorld).expect("a key");
    let naming_ben = |mut of_anna: DeviceList| {
        of_anna.devices.push(ListedDevice { key: ben.key(), added_at: 0 });
        of_anna
    };
    let cases = [
        ("signed by somebody else", word(&me, &stranger, &list(2, &me, device)), device),
        ("of somebody unknown", word(&carl.me(), &stranger, &list(2, &carl.me(), device)), device),
        ("of another person than it says", word(&ben.me(), &key, &list(2, &me, device)), device),
        ("shown by a device that is not on it", word(&me, &key, &list(2, &me, device)), [8; 32]),
        ("naming somebody else's device", word(&me, &key, &naming_ben(list(2, &me, device))), device),
        ("nothing at all", Vec::new(), device),
        ("an answer", Word::Taken { former: None }.encode().expect("a word"), device),
        ("too long", vec![0; MAX_WORD + 1], device),
    ];
    for (what, word, caller) in cases {
        assert!(is_stranger(&judged(&ben, &word, &caller)), "{what}");
        assert_eq!(certified(&ben, &anna.key()), Some(me), "{what}");
        assert_eq!(certified(&ben, &ben.key()), Some(ben.me()), "{what}");
    }
}

#[test]
fn every_changed_byte_of_a_word_is_noticed() {
    let (anna, ben) = two();
    let (me, key, device) = (anna.me(), anna.inner().person_key().expect("a key"), [9; 32]);
    let word = word(&me, &key, &list(2, &me, device));
    for n in 0..word.len() {
        let mut changed = word.clone();
        changed[n] ^= 1;
        assert!(is_stranger(&judged(&ben, &changed, &device)), "byte {n}");
    }
    assert!(is_new(&judged(&ben, &word, &device)));
}

#[test]
fn a_list_under_a_retired_key_does_not_count() {
    let (anna, ben) = two();
    let (me, former, device) = (anna.me(), anna.inner().person_key().expect("a key"), [9; 32]);
    let key = PersonKey::random(&RealWorld).expect("a key");
    let renewed = ben.inner().shared.file.write(|file| {
        let sql = "INSERT INTO person_key (person, number, public_key, since) VALUES (?1, 2, ?2, 0)";
        file.execute(sql, rusqlite::params![me, key.public()])?;
        Ok(())
    });
    renewed.expect("renewed");
    assert!(is_stranger(&judged(&ben, &word(&me, &former, &list(7, &me, device)), &device)));
    assert!(is_new(&judged(&ben, &word(&me, &key, &list(2, &me, device)), &device)));
}

#[test]
fn a_person_whose_relationship_is_over_is_known_at_the_door_and_is_no_news() {
    let (anna, ben) = two();
    let (me, key, device) = (anna.me(), anna.inner().person_key().expect("a key"), [9; 32]);
    let word = word(&me, &key, &list(2, &me, device));
    let ended = ben.inner().shared.file.write(|file| {
        file.execute("UPDATE relationship SET ended_at = 1", [])?;
        Ok(())
    });
    ended.expect("ended");
    // Whoever has a new phone still has to say what was taken back, and to hear it.
    let named = ben.inner().shared.file.read(|file| named(file, &word)).expect("read");
    assert_eq!(named, [ben.relationship]);
    assert!(is_new(&judged(&ben, &word, &device)));
    assert_eq!(certified(&ben, &device), Some(me));
    assert!(ben.home.new_devices().expect("news").is_empty());
}

#[test]
fn a_list_that_is_not_higher_is_answered_with_the_one_held_and_changes_nothing() {
    let (anna, ben) = two();
    let (me, key, device) = (anna.me(), anna.inner().person_key().expect("a key"), [9; 32]);
    assert!(is_new(&judged(&ben, &word(&me, &key, &list(3, &me, device)), &device)));
    for number in 1..=3 {
        let older = word(&me, &key, &list(number, &me, [8; 32]));
        let Judged::NotHigher { answer } = judged(&ben, &older, &[8; 32]) else { panic!("{number}") };
        let Some(Word::Held { list, signature }) = Word::read(&answer) else { panic!("an answer") };
        let held = signed(list, &signature).and_then(|signed| signed.open(&me, &key.public()));
        assert_eq!(held.map(|held| held.number), Some(3));
        assert_eq!(certified(&ben, &device), Some(me));
    }
}

fn answer(list: &DeviceList, key: &PersonKey) -> Vec<u8> {
    let signed = list.sign(key).expect("signed");
    Word::Held { list: signed.bytes, signature: signed.signature.to_vec() }.encode().expect("a word")
}

fn makes_of(device: &Device, answer: &[u8]) -> Answered {
    let (id, now) = (device.relationship, device.world.now());
    device.inner().shared.file.write(|file| answered(file, id, answer, now)).expect("answered")
}

fn becomes_another_device(device: &Device) {
    let (home, world) = (device.inner(), device.inner().shared.world.clone());
    let key = home.person_key().expect("a key");
    crate::keeping::become_another_device(&home.shared.file, &key, &world).expect("another device");
}

fn own_number(device: &Device) -> u64 {
    let me = device.me();
    device.inner().shared.file.read(|file| people::newest_list_number(file, me)).expect("a number")
}

#[test]
fn a_device_that_is_not_known_yet_signs_above_the_list_that_is_held() {
    let (anna, _ben) = two();
    let (me, key) = (anna.me(), anna.inner().person_key().expect("a key"));
    becomes_another_device(&anna);
    assert!(!anna.home.relationships().expect("relationships")[0].knows_this_device);
    // Another device, of the same backup, was there before.
    assert_eq!(makes_of(&anna, &answer(&list(7, &me, [8; 32]), &key)), Answered::SignAbove);
    anna.home.lock();
    assert_eq!(anna.inner().certify_again(), Ok(false));
    assert_eq!(own_number(&anna), 2);
    anna.home.unlock().expect("unlocked");
    assert_eq!(own_number(&anna), 8, "what waited was signed");
    assert_eq!(certified(&anna, &anna.key()), Some(me));
    assert_eq!(makes_of(&anna, &Word::Taken { former: None }.encode().expect("a word")), Answered::Known);
    assert!(anna.home.relationships().expect("relationships")[0].knows_this_device);
    assert_eq!(anna.home.lives_elsewhere_since(), Ok(None));
}

#[test]
fn a_device_that_was_known_is_replaced_by_a_list_without_it_and_does_not_fight() {
    let (anna, _ben) = two();
    let (me, key) = (anna.me(), anna.inner().person_key().expect("a key"));
    assert_eq!(makes_of(&anna, &answer(&list(2, &me, [8; 32]), &key)), Answered::Replaced);
    assert!(anna.home.lives_elsewhere_since().expect("a time").is_some());
    assert_eq!((anna.inner().certify_again(), own_number(&anna)), (Ok(true), 1), "nothing was signed");
    anna.home.go_on_here().expect("taken back");
    assert_eq!((anna.home.lives_elsewhere_since(), own_number(&anna)), (Ok(None), 3));
    assert!(!anna.home.relationships().expect("relationships")[0].knows_this_device);
    assert!(matches!(anna.home.go_on_here(), Err(Error::NotAllowed { .. })));
}

#[test]
fn an_answer_that_proves_nothing_changes_nothing() {
    let (anna, ben) = two();
    let (me, key) = (anna.me(), anna.inner().person_key().expect("a key"));
    let stranger = PersonKey::random(&RealWorld).expect("a key");
    becomes_another_device(&anna);
    for nonsense in [
        Vec::new(),
        answer(&list(9, &me, [8; 32]), &stranger),
        answer(&list(9, &ben.me(), [8; 32]), &ben.inner().person_key().expect("a key")),
        answer(&list(1, &me, [8; 32]), &key),
        word(&me, &key, &list(9, &me, [8; 32])),
        [Word::Taken { former: None }.encode().expect("a word"), vec![0]].concat(),
    ] {
        assert_eq!(makes_of(&anna, &nonsense), Answered::Nonsense);
        assert_eq!((own_number(&anna), anna.home.lives_elsewhere_since()), (2, Ok(None)));
    }
    // A list that names this device says that it is known, whoever else stands on it.
    let mut both = list(9, &me, anna.key());
    both.devices.push(ListedDevice { key: [8; 32], added_at: 0 });
    assert_eq!(makes_of(&anna, &answer(&both, &key)), Answered::Known);
}

#[test]
fn a_full_list_fits_into_a_word() {
    let (me, key) = (PersonId::from_bytes([0xFF; 16]), PersonKey::random(&RealWorld).expect("a key"));
    let mut longest = list(i64::MAX.unsigned_abs(), &me, [0; 32]);
    longest.devices = (0..16)
        .map(|_| {
            let key = DeviceKey::random(&RealWorld).expect("a key").public();
            ListedDevice { key, added_at: i64::MAX }
        })
        .collect();
    assert!(word(&me, &key, &longest).len() <= MAX_WORD);
}

#[test]
fn every_word_at_the_door_is_said_and_read_as_it_always_was() {
    let (person, key) = (PersonId::from_bytes([0x11; 16]), PersonKey::from_secret(&[5; 32]));
    let signed = list(3, &person, DeviceKey::from_secret(&[9; 32]).public()).sign(&key).expect("signed");
    assert!(signed.open(&person, &key.public()).is_some());
    let (list, signature) = (signed.bytes, signed.signature.to_vec());
    let former = Some((list.clone(), signature.clone()));
    let words = [
        ("show", Word::Show { person: *person.as_bytes(), list: list.clone(), signature: signature.clone() }),
        ("taken", Word::Taken { former: None }),
        ("taken-former", Word::Taken { former }),
        ("held", Word::Held { list, signature }),
    ];
    let words = words.map(|(name, word)| (name, word.encode().expect("a word")));
    for (name, bytes) in &words {
        let read = Word::read(bytes).and_then(|word| word.encode().ok());
        assert_eq!(read.as_ref(), Some(bytes), "{name}");
    }
    crate::tests::frozen::is_as_it_always_was("enrol", &words);
    assert!((3..128).all(|kind| Word::read(&[kind]).is_none()), "another word has no line yet");
}
