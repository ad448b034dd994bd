//! What two devices make of notices and parcels, without any screen.

mod closed;
mod hostile;
mod room;

use crate::clock::World;
use crate::exchange::{Announced, Event, Holdings, Label, MAX_PIECE, Piece, Session, Shelf, Terms};
use crate::id::ParcelId;
use crate::plan::Desk;
use crate::plan::tests::{Device, exchange, two};

use super::notices::{self, announce};
use super::parcels::KeyedDigest;
use super::pieces;

/// Hands over this many bytes, and says which parcel it was.
pub(crate) fn hand_over(from: &Device, bytes: usize) -> ParcelId {
    let content: Vec<u8> = (0..bytes).map(|n| u8::try_from(n % 251).expect("a byte")).collect();
    hand_over_content(from, &content, None)
}

/// Hands over these bytes, whatever they are, as a changed app could; and says which parcel it was.
fn hand_over_content(from: &Device, content: &[u8], about: Option<ParcelId>) -> ParcelId {
    let world = from.world.clone() as World;
    let parcel = ParcelId::from_bytes((*world).item_id(&from.me()).expect("an id"));
    let mut digest = KeyedDigest::with_salt_of(content).expect("a salt");
    digest.update(content);
    let length = u32::try_from(content.len()).expect("a length");
    let label = Label { parcel, digest: digest.finish(), length, about, goal: None };
    from.inner()
        .shared
        .file
        .write(|transaction| {
            announce(transaction, &world, from.relationship, Announced::HandedOver(label))?;
            for (n, bytes) in content.chunks(MAX_PIECE).enumerate() {
                let start = u32::try_from(n * MAX_PIECE).expect("a place");
                pieces::keep(transaction, &Piece { parcel, start, bytes: bytes.to_vec() })?;
            }
            transaction.execute("UPDATE parcel SET here = length, is_whole = 1 WHERE id = ?1", [&parcel])?;
            Ok(())
        })
        .expect("handed over");
    parcel
}

pub(crate) fn say(who: &Device, announced: Announced) {
    let world = who.world.clone() as World;
    who.inner()
        .shared
        .file
        .write(|transaction| announce(transaction, &world, who.relationship, announced))
        .expect("announced");
}

/// Whether all of a parcel is here, and how many bytes of it are in the file.
pub(crate) fn stands(device: &Device, parcel: ParcelId) -> (bool, i64) {
    device
        .inner()
        .shared
        .file
        .read(|connection| {
            let sql = "SELECT is_whole FROM parcel WHERE id = ?1";
            let is_whole = connection.query_row(sql, [&parcel], |row| row.get(0))?;
            let bytes = pieces::stretch(connection, parcel, 0, u64::MAX)?;
            Ok((is_whole, i64::try_from(bytes.len()).expect("a length")))
        })
        .expect("a parcel")
}

pub(crate) fn holdings(device: &Device) -> Holdings {
    device.shelf().holdings().expect("notices")
}

fn in_step(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::InStep))
}

#[test]
fn a_parcel_arrives_whole_and_its_giver_hears_of_it() {
    for bytes in [32, 33, MAX_PIECE, MAX_PIECE + 1, 40 * MAX_PIECE + 7] {
        let (anna, ben) = two();
        let parcel = hand_over(&anna, bytes);
        let (hers, his) = exchange(&anna, &ben);
        assert!(in_step(&hers) && in_step(&his));
        assert_eq!(stands(&ben, parcel), (true, i64::try_from(bytes).expect("a length")));
        assert_eq!(holdings(&anna), holdings(&ben));
        assert_eq!(holdings(&anna).count, 2, "handed over, and arrived");
        assert_eq!(anna.home.relationships().expect("one")[0].waiting_to_go, 0);
    }
}

#[test]
fn many_small_parcels_arrive_in_one_exchange() {
    let (anna, ben) = two();
    let parcels: Vec<ParcelId> = (0..70).map(|n| hand_over(&anna, 32 + n)).collect();
    let (hers, his) = exchange(&anna, &ben);
    assert!(in_step(&hers) && in_step(&his));
    assert!(parcels.iter().all(|parcel| stands(&ben, *parcel).0));
}

#[test]
fn what_is_taken_back_is_gone_on_both_devices_also_when_it_never_arrived() {
    let (anna, ben) = two();
    let (first, second) = (hand_over(&anna, 100_000), hand_over(&anna, 50));
    exchange(&anna, &ben);
    let third = hand_over(&anna, 70);
    for parcel in [first, third] {
        say(&anna, Announced::TakenBack(parcel));
    }
    assert_eq!(stands(&anna, first), (false, 0));
    exchange(&anna, &ben);
    assert_eq!(stands(&ben, first), (false, 0));
    assert_eq!(stands(&ben, third), (false, 0));
    assert_eq!(stands(&ben, second), (true, 50));
    // Nor does it come again.
    let (hers, _) = exchange(&anna, &ben);
    assert!(in_step(&hers));
    assert_eq!(stands(&ben, first), (false, 0));
}

/// The two sides of an exchange, the first one's first.
type Sides = [(Session, Desk); 2];

/// Carries one frame, if there is one, and says how long it is.
fn carry(sides: &mut Sides, from: usize) -> Option<usize> {
    let frame = sides[from].0.poll().expect("a frame")?;
    let (session, desk) = &mut sides[1 - from];
    session.receive(&frame, desk).expect("taken");
    Some(frame.len())
}

/// Begins to carry what Anna has handed over, until the first piece of it has come and others wait to be sent.
fn on_its_way(anna: &Device, ben: &Device) -> Sides {
    let side = |device: &Device, other: &Device| {
        let desk = device.desk(other);
        let terms = Terms { gate: 2, level: 2, device_list: 1, is_over: false };
        let mut session = Session::new(device.relationship, terms, &desk).expect("a session");
        session.shelve(Box::new(device.shelf())).expect("a shelf");
        (session, desk)
    };
    let mut sides = [side(anna, ben), side(ben, anna)];
    loop {
        while carry(&mut sides, 1).is_some() {}
        if carry(&mut sides, 0).expect("a frame") > MAX_PIECE {
            return sides;
        }
    }
}

/// Carries all that is left to say, and answers how long the longest frame of the first side was.
fn to_the_end(sides: &mut Sides) -> usize {
    let mut longest = 0;
    while let Some(length) = carry(sides, 0).or_else(|| carry(sides, 1).map(|_| 0)) {
        longest = longest.max(length);
    }
    assert!(sides.iter().all(|(session, _)| session.is_in_step()));
    longest
}

fn wakes(sides: &mut Sides, side: usize) {
    let (session, desk) = &mut sides[side];
    session.wake(desk).expect("woken");
}

#[test]
fn pieces_that_wait_to_be_sent_do_not_leave_once_their_parcel_was_taken_back() {
    let (anna, ben) = two();
    let parcel = hand_over(&anna, 12 * MAX_PIECE);
    let mut sides = on_its_way(&anna, &ben);
    say(&anna, Announced::TakenBack(parcel));
    wakes(&mut sides, 0);
    assert!(to_the_end(&mut sides) < 800, "only words about it");
    assert_eq!(stands(&ben, parcel), (false, 0));
}

#[test]
fn nor_those_of_a_comment_once_the_other_took_the_excerpt_back() {
    let (anna, ben) = two();
    let excerpt = hand_over(&ben, 50);
    exchange(&anna, &ben);
    let comment = hand_over_content(&anna, &[7; MAX_PIECE + 1_000], Some(excerpt));
    let mut sides = on_its_way(&anna, &ben);
    say(&ben, Announced::TakenBack(excerpt));
    wakes(&mut sides, 1);
    while carry(&mut sides, 1).is_some() {}
    assert!(to_the_end(&mut sides) < 800, "only words about it");
    assert_eq!(stands(&ben, comment), (false, 0));
}

#[test]
fn nor_anything_after_an_end() {
    let (anna, ben) = two();
    hand_over(&anna, 12 * MAX_PIECE);
    let mut sides = on_its_way(&anna, &ben);
    say(&ben, Announced::Ended);
    wakes(&mut sides, 1);
    let (session, desk) = &mut sides[1];
    session.end_relationship(desk).expect("over");
    while carry(&mut sides, 1).is_some() {}
    assert!(to_the_end(&mut sides) < 800, "only words about it");
}

#[test]
fn a_parcel_that_is_not_what_was_announced_is_never_whole() {
    let (anna, ben) = two();
    let parcel = hand_over(&anna, 200);
    anna.inner()
        .shared
        .file
        .write(|transaction| {
            Ok(transaction
                .execute("UPDATE parcel_piece SET bytes = zeroblob(3856) WHERE parcel = ?1", [&parcel])?)
        })
        .expect("another content");
    exchange(&anna, &ben);
    assert_eq!(stands(&ben, parcel), (false, 0));
}

#[test]
fn nobody_announces_what_is_the_others_to_say() {
    let (anna, ben) = two();
    let parcel = hand_over(&anna, 50);
    exchange(&anna, &ben);
    let before = (holdings(&anna), holdings(&ben));
    // Made past the rules of this device, as a changed app could.
    for (who, announced) in [(&ben, Announced::TakenBack(parcel)), (&anna, Announced::Opened(parcel))] {
        let author = who.me();
        let at = crate::clock::Surroundings::now(&*who.world);
        let notice = crate::exchange::Notice { author, at, announced };
        let key = who.inner().shared.file.read(crate::relationship::people::device_key).expect("a key");
        let signed = notice.sign(&who.relationship, &key);
        let other = if std::ptr::eq(who, &raw const anna) { &ben } else { &anna };
        let shelved = other.shelf().take_notices(&[signed]).expect("judged");
        assert_eq!((shelved.new, shelved.refused), (0, 1));
    }
    assert_eq!((holdings(&anna), holdings(&ben)), before);
    assert_eq!(stands(&ben, parcel), (true, 50));
}

#[test]
fn a_parcel_that_cannot_even_hold_its_salt_is_refused_and_the_exchange_goes_on() {
    let (anna, ben) = two();
    let mut id = *ben.me().as_bytes();
    id[15] ^= 1;
    let (parcel, digest) = (ParcelId::from_bytes(id), [5; 32]);
    let key = ben.inner().shared.file.read(crate::relationship::people::device_key).expect("a key");
    for (length, refused) in [(0, 1), (31, 1), (32, 0)] {
        let announced = Announced::HandedOver(Label { parcel, digest, length, about: None, goal: None });
        let at = crate::clock::Surroundings::now(&*ben.world);
        let notice = crate::exchange::Notice { author: ben.me(), at, announced };
        let shelved = anna.shelf().take_notices(&[notice.sign(&ben.relationship, &key)]).expect("judged");
        assert_eq!((shelved.new, shelved.refused), (1 - refused, refused), "{length}");
    }
}

#[test]
fn a_relationship_that_ended_exchanges_notices_and_no_plan() {
    let (anna, ben) = two();
    let parcel = hand_over(&anna, 50);
    exchange(&anna, &ben);
    say(&ben, Announced::Ended);
    say(&anna, Announced::TakenBack(parcel));
    let positions = anna.tables();
    let (hers, his) = exchange(&anna, &ben);
    assert!(in_step(&hers) && in_step(&his));
    let is_over = |device: &Device| {
        let shared = &device.inner().shared;
        shared.file.read(|it| crate::relationship::people::is_over(it, device.relationship)).expect("one")
    };
    assert!(is_over(&anna) && is_over(&ben));
    assert_eq!(stands(&ben, parcel), (false, 0));
    assert_eq!(anna.tables(), positions);
}

#[test]
fn what_one_lost_of_its_notices_comes_back_from_the_other() {
    let (anna, ben) = two();
    hand_over(&anna, 50);
    say(&anna, Announced::ReadTerms { version: 1 });
    exchange(&anna, &ben);
    let all = holdings(&anna);
    anna.inner()
        .shared
        .file
        .write(|transaction| Ok(transaction.execute("DELETE FROM notice", [])?))
        .expect("lost");
    exchange(&anna, &ben);
    assert_eq!((holdings(&anna), holdings(&ben)), (all, all));
    let terms = |it: &rusqlite::Connection| notices::terms_read_by(it, anna.relationship, anna.me());
    assert_eq!(anna.inner().shared.file.read(terms).expect("read").map(|(version, _)| version), Some(1));
}

#[test]
fn questions_that_nobody_waits_to_hear_answered_do_not_pile_up() {
    let (anna, ben) = two();
    for _ in 0..200 {
        hand_over(&anna, 40);
    }
    let (mut desk, relationship) = (anna.desk(&ben), anna.relationship);
    let terms = Terms { gate: 2, level: 2, device_list: 1, is_over: false };
    let mut session = Session::new(relationship, terms, &desk).expect("a session");
    session.shelve(Box::new(anna.shelf())).expect("a shelf");
    let hello = Session::new(relationship, terms, &ben.desk(&anna)).expect("his").poll().expect("a frame");
    session.receive(&hello.expect("a hello"), &mut desk).expect("a hello");
    // "I hold none", a thousand times, without reading a word.
    let none = [0, 0, 0, 3, 1, 8, 0];
    for _ in 0..1_000 {
        session.receive(&none, &mut desk).expect("a question");
    }
    let mut bytes = 0;
    while let Some(frame) = session.poll().expect("a frame") {
        bytes += frame.len();
    }
    assert!(bytes < 200 * 300 + 2_000, "{bytes} bytes wait");
}
