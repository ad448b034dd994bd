//! Whoever announces as much as they can leaves the other what is theirs to say.

use super::super::{content, erasing, room};
use super::*;
use crate::exchange::{Notice, SignedNotice};
use crate::relationship::people;

/// As many as one of the two can hand over.
const MOST: u32 = 700;

/// A parcel of this person's, by a number.
fn parcel(giver: &Device, number: u32) -> ParcelId {
    let mut id = *giver.me().as_bytes();
    id[12..].copy_from_slice(&number.to_be_bytes());
    ParcelId::from_bytes(id)
}

fn label(parcel: ParcelId, length: u32, about: Option<ParcelId>) -> Announced {
    Announced::HandedOver(Label { parcel, digest: [5; 32], length, about, goal: None })
}

/// What a changed app would sign, so many microseconds later.
fn signed(by: &Device, announced: Announced, later: u32) -> SignedNotice {
    let at = crate::clock::Surroundings::now(&*by.world) + chrono::Duration::microseconds(later.into());
    let key = by.inner().shared.file.read(people::device_key).expect("a key");
    Notice { author: by.me(), at, announced }.sign(&by.relationship, &key)
}

/// How many of these are taken in.
fn take(device: &Device, notices: &[SignedNotice]) -> u32 {
    device.shelf().take_notices(notices).expect("judged").new
}

fn count(device: &Device, sql: &str) -> u32 {
    device.inner().shared.file.read(|it| Ok(it.query_row(sql, [], |row| row.get(0))?)).expect("a count")
}

#[test]
fn whoever_hands_over_and_takes_back_all_they_can_leaves_the_other_every_word() {
    let (anna, ben) = two();
    let hers = hand_over(&anna, 50);
    exchange(&anna, &ben);
    let all: Vec<SignedNotice> =
        (0..2_500).map(|n| signed(&ben, label(parcel(&ben, n), 32, None), 0)).collect();
    assert_eq!(take(&anna, &all), MOST);
    let back: Vec<SignedNotice> =
        (0..2_500).map(|n| signed(&ben, Announced::TakenBack(parcel(&ben, n)), 1)).collect();
    assert_eq!(take(&anna, &back), MOST);
    // Each is answered, nothing is left to do, and her own word goes on.
    let answered =
        "SELECT count(*) FROM parcel WHERE asked_to_delete_at IS NOT NULL AND deleted_at IS NOT NULL";
    assert_eq!(count(&anna, answered), MOST);
    assert!(!anna.inner().shared.file.read(erasing::is_due).expect("read"));
    assert!(
        anna.inner()
            .shared
            .file
            .read(|it| room::left(it, anna.relationship, anna.me()))
            .expect("read")
            .is_some()
    );
    anna.home.sharing(anna.relationship).expect("sharing").take_back(hers).expect("taken back");
    anna.home.end(anna.relationship).expect("ended");
    // Ben's device, which keeps to the rules, takes all of it in.
    exchange(&anna, &ben);
    let (notices, hers_of_all) = (holdings(&anna), count(&anna, "SELECT count(*) FROM notice"));
    assert_eq!((holdings(&ben), count(&ben, "SELECT count(*) FROM notice")), (notices, hers_of_all));
}

#[test]
fn what_cannot_be_said_in_one_relationship_keeps_nobody_in_another_from_hearing() {
    let (anna, ben) = two();
    let his = hand_over(&ben, 50);
    exchange(&anna, &ben);
    let elsewhere = crate::id::RelationshipId::from_bytes([9; 16]);
    anna.inner()
        .shared
        .file
        .write(|it| {
            it.execute(
                "INSERT INTO relationship (id, other, paired_at, code, code_compared, ended_at)
                 SELECT ?1, other, paired_at, code, code_compared, 1 FROM relationship",
                [&elsewhere],
            )?;
            it.execute(
                "INSERT INTO parcel (id, relationship, giver, handed_at, digest, length, taken_back_at,
                                     asked_to_delete_at)
                 VALUES (zeroblob(16), ?1, ?2, 0, zeroblob(32), 32, 0, 0)",
                rusqlite::params![elsewhere, ben.me()],
            )?;
            it.execute("INSERT INTO parcel_erasing (parcel) VALUES (zeroblob(16))", [])?;
            it.execute_batch(
                "CREATE TRIGGER unsayable BEFORE INSERT ON notice
                 WHEN NEW.relationship = x'09090909090909090909090909090909'
                 BEGIN SELECT RAISE(ABORT, 'not said'); END",
            )?;
            Ok(())
        })
        .expect("a relationship in which nothing can be said");
    say(&ben, Announced::TakenBack(his));
    exchange(&anna, &ben);
    assert_eq!(count(&anna, "SELECT count(*) FROM parcel WHERE deleted_at IS NOT NULL"), 1);
    assert_eq!(count(&anna, "SELECT count(*) FROM parcel_erasing"), 1, "this one is tried again");
}

#[test]
fn the_same_is_not_said_of_a_parcel_without_end() {
    let (anna, ben) = two();
    let his = parcel(&ben, 1);
    let again: Vec<SignedNotice> = (0..300).map(|n| signed(&ben, label(his, 32, None), n)).collect();
    assert_eq!(take(&anna, &again), 1, "handed over is once");
    let hers = hand_over(&anna, 50);
    exchange(&anna, &ben);
    let again: Vec<SignedNotice> = (1..300).map(|n| signed(&ben, Announced::Opened(hers), n)).collect();
    assert_eq!(take(&anna, &again), 8);
    let again: Vec<SignedNotice> = (1..300).map(|n| signed(&ben, Announced::Ended, n)).collect();
    assert_eq!(take(&anna, &again), 8);
    let terms = |n| signed(&ben, Announced::ReadTerms { version: u16::try_from(n).expect("small") }, n);
    assert_eq!(take(&anna, &(0..300).map(terms).collect::<Vec<_>>()), 40);
}

#[test]
fn a_comment_has_the_length_of_a_comment_and_there_are_only_so_many() {
    let (anna, ben) = two();
    let hers = hand_over(&anna, 50);
    let long = signed(&ben, label(parcel(&ben, 9_999), content::MAX_COMMENT + 1, Some(hers)), 0);
    assert_eq!(take(&anna, &[long]), 0);
    let comments: Vec<SignedNotice> =
        (0..300).map(|n| signed(&ben, label(parcel(&ben, n), content::MAX_COMMENT, Some(hers)), 0)).collect();
    assert_eq!(take(&anna, &comments), 200);
}

#[test]
fn a_comment_on_its_way_does_not_come_once_its_excerpt_was_taken_back() {
    let (anna, ben) = two();
    let hers = hand_over(&anna, 50);
    exchange(&anna, &ben);
    let his = hand_over_content(&ben, &[7; 400], Some(hers));
    let notices = ben.shelf().lacking(None).expect("notices");
    assert!(take(&anna, &notices) > 0);
    let piece = ben.shelf().piece(his, 0).expect("a piece");
    assert_eq!(piece.bytes.len(), 400, "on its way");
    say(&anna, Announced::TakenBack(hers));
    assert!(!anna.shelf().take_piece(&piece).expect("judged"));
    assert_eq!(stands(&anna, his), (false, 0));
    take(&ben, &anna.shelf().lacking(None).expect("notices"));
    assert!(ben.shelf().piece(his, 0).expect("nothing").bytes.is_empty(), "nor is it given any more");
}

#[test]
fn a_device_that_its_person_closed_says_nothing_new_in_their_name() {
    let (anna, ben) = two();
    exchange(&anna, &ben);
    let old = crate::relationship::key::DeviceKey::from_secret(&[3; 32]);
    let file = &anna.inner().shared.file;
    file.write(|it| {
        it.execute(
            "INSERT INTO device (public_key, person, on_list, added_at) VALUES (?1, ?2, 0, 0)",
            rusqlite::params![old.public(), anna.me()],
        )?;
        Ok(())
    })
    .expect("a former phone");
    let at = crate::clock::Surroundings::now(&*anna.world);
    let ended = Notice { author: anna.me(), at, announced: Announced::Ended }.sign(&anna.relationship, &old);
    let close = |closed: i64| {
        let actor = [&crate::relationship::key::actor_prefix(&old.public())[..], &[0; 8]].concat();
        file.write(|it| {
            it.execute(
                "INSERT OR REPLACE INTO actor_end (relationship, actor, seq, hash, device, signature)
                 VALUES (?1, ?2, 0, zeroblob(32), zeroblob(32), zeroblob(64))",
                rusqlite::params![anna.relationship, actor],
            )?;
            it.execute("UPDATE relationship SET closed = ?1", [closed])?;
            Ok(())
        })
        .expect("closed");
    };
    close(0);
    let shelved = anna.shelf().take_notices(std::slice::from_ref(&ended)).expect("judged");
    assert_eq!((shelved.new, shelved.refused), (0, 1));
    close(1);
    assert_eq!(take(&anna, &[ended]), 1, "what it said before a backup was brought back comes again");
}
