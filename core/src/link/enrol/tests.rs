//! The door itself, against those who do not keep to its rules.

use std::future::Future;

use iroh::SecretKey;
use iroh::endpoint::Connection;

use rusqlite::Transaction;

use super::*;
use crate::clock::{RealWorld, World};
use crate::exchange::Announced;
use crate::id::ParcelId;
use crate::keeping::become_another_device;
use crate::link::Link;
use crate::link::tests::{Device, bare, connect, in_a_runtime, paired, was_refused};
use crate::relationship::device_list::DeviceList;
use crate::relationship::people;
use crate::sharing::notices::{self, announce};

/// Knocks and says `bytes`; answers with the frame that comes, if any.
async fn knock_with(connection: &Connection, bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut send, mut receive) = connection.open_bi().await.ok()?;
    send.write_all(bytes).await.ok()?;
    let answer = read_word(&mut receive).await;
    if answer.is_some() {
        line::hang_up(connection);
    }
    answer
}

/// The word of a device that the client's key certifies under a number.
fn word(client: &Device, number: u64, device: PublicKey) -> Vec<u8> {
    let me = client.home.profile().expect("a profile").person;
    let key = client.home.inner().person_key().expect("a key");
    let list = DeviceList::numbered(number, &me, device, crate::clock::Instant::UNIX_EPOCH);
    let signed = list.sign(&key).expect("signed");
    // Number 0 of three kinds of word, and byte strings with their length before them.
    let mut word = vec![0];
    word.extend_from_slice(me.as_bytes());
    for bytes in [&signed.bytes[..], &signed.signature] {
        word.extend(postcard::to_stdvec(bytes).expect("bytes"));
    }
    framed(&word)
}

/// Shows a list by which `secret`'s device takes the place of the client's.
async fn replaces(client: &Device, at: &Link, number: u64, secret: [u8; 32]) -> bool {
    let secret = SecretKey::from_bytes(&secret);
    let word = word(client, number, *secret.public().as_bytes());
    let endpoint = bare(secret).await;
    let connection = connect(&endpoint, at, ENROL).await;
    knock_with(&connection, &word).await.is_some_and(|answer| answer.starts_with(&[1]))
}

async fn in_time<T>(work: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(8), work).await.expect("in time")
}

#[test]
fn a_higher_list_is_taken_and_the_former_device_is_sent_away_in_the_middle_of_an_exchange() {
    in_a_runtime(async {
        let (client, therapist, at_therapist, id) = paired().await;
        let at_client = client.online().await;
        assert!(at_client.exchange(id, 30).await.expect("an exchange").in_step);
        assert!(replaces(&client, &at_therapist, 2, [7; 32]).await);
        let news = therapist.home.new_devices().expect("news");
        assert_eq!(news.iter().map(|one| one.relationship).collect::<Vec<_>>(), [id]);
        // The client was level a moment ago; asked again, it learns that it has been replaced.
        while at_client.exchange(id, 30).await != Err(Error::Replaced) {}
        assert!(client.home.lives_elsewhere_since().expect("a time").is_some());
        client.proposes(id, "On the former phone");
        assert_eq!(at_client.exchange(id, 30).await, Err(Error::Replaced));
        assert_eq!(therapist.goals(id), 0);
    });
}

#[test]
fn after_an_end_a_phone_from_a_backup_still_tells_what_is_taken_back() {
    in_a_runtime(async {
        let (client, therapist, at_therapist, id) = paired().await;
        let at_client = client.online().await;
        assert!(at_client.exchange(id, 30).await.expect("an exchange").in_step);
        client.home.end(id).expect("ended");
        while therapist.home.relationships().expect("relationships")[0].ended.is_none() {
            tokio::task::yield_now().await;
        }
        at_client.go_offline().await;
        let world: World = Arc::new(RealWorld);
        let (home, key) = (client.home.inner(), client.home.inner().person_key().expect("a key"));
        become_another_device(&home.shared.file, &key, &world).expect("another device");
        let me = client.home.profile().expect("a profile").person;
        let parcel = ParcelId::from_bytes((*world).item_id(&me).expect("an id"));
        let taken_back = |file: &Transaction<'_>| announce(file, &world, id, Announced::TakenBack(parcel));
        home.shared.file.write(taken_back).expect("announced");
        let at_client = client.online().await;
        assert!(at_client.exchange(id, 30).await.expect("an exchange").in_step);
        let of = |file: &rusqlite::Connection| notices::of(file, id, Some(parcel));
        let told = therapist.home.inner().shared.file.read(of).expect("notices");
        assert_eq!(told.first().map(|notice| notice.announced), Some(Announced::TakenBack(parcel)));
        assert_eq!(client.home.relationships().expect("relationships")[0].waiting_to_go, 0);
        drop(at_therapist);
    });
}

/// Puts a key in the place of the client's where the therapist keeps it.
fn set_key_of(client: &Device, at: &Link, key: PublicKey) {
    let me = client.home.profile().expect("a profile").person;
    let written = at.network.shared.file.write(|file| {
        let sql = "UPDATE person_key SET public_key = ?1 WHERE person = ?2";
        Ok(file.execute(sql, rusqlite::params![key, me]).map(drop)?)
    });
    written.expect("written");
}

#[test]
fn a_device_that_is_not_let_in_does_not_shut_the_door_for_itself_and_its_household() {
    in_a_runtime(async {
        let (client, _therapist, at_therapist, id) = paired().await;
        assert!(replaces(&client, &at_therapist, 2, [7; 32]).await);
        // Whatever the former device shows now counts for nothing there, and it calls every now and then.
        let key = client.home.inner().person_key().expect("a key").public();
        set_key_of(&client, &at_therapist, [1; 32]);
        let at_client = client.online().await;
        assert_eq!(at_client.exchange(id, 4).await.err(), Some(Error::Unreachable));
        set_key_of(&client, &at_therapist, key);
        assert!(replaces(&client, &at_therapist, 3, [8; 32]).await, "the door still hears");
    });
}

#[test]
fn who_is_on_no_list_hears_nothing() {
    in_a_runtime(async {
        let (client, _therapist, at_therapist, _) = paired().await;
        let own = SecretKey::from_bytes(&[7; 32]);
        let for_another = word(&client, 2, [9; 32]);
        let mut broken = word(&client, 2, *own.public().as_bytes());
        broken[30] ^= 1;
        let long = [&3_000_u32.to_be_bytes()[..], &[0; 3_000]].concat();
        for said in [framed(b""), framed(&[0xFF; 200]), for_another, broken, long] {
            let stranger = bare(own.clone()).await;
            let connection = connect(&stranger, &at_therapist, ENROL).await;
            assert_eq!(in_time(knock_with(&connection, &said)).await, None);
            assert!(was_refused(&in_time(connection.closed()).await));
            assert_eq!(connection.stats().frame_rx.stream, 0, "nothing is said to a stranger");
        }
        let me = client.home.profile().expect("a profile").person;
        let file = &at_therapist.network.shared.file;
        assert_eq!(file.read(|file| people::newest_list_number(file, me)), Ok(1));
    });
}

#[test]
fn who_says_nothing_is_sent_away_after_five_seconds() {
    in_a_runtime(async {
        let (_client, _therapist, at_therapist, _) = paired().await;
        let stranger = bare(SecretKey::from_bytes(&[7; 32])).await;
        let connection = connect(&stranger, &at_therapist, ENROL).await;
        let (mut send, _receive) = connection.open_bi().await.expect("a stream");
        send.write_all(&[0, 0, 1]).await.expect("written");
        assert!(was_refused(&in_time(connection.closed()).await));
    });
}

#[test]
fn a_flood_is_refused_and_an_exchange_beside_it_is_not_disturbed() {
    in_a_runtime(async {
        let (client, therapist, at_therapist, id) = paired().await;
        let stranger = bare(SecretKey::from_bytes(&[7; 32])).await;
        let mut refused = 0;
        for _ in 0..20 {
            let connection = connect(&stranger, &at_therapist, ENROL).await;
            let answered = in_time(knock_with(&connection, &framed(b"x"))).await;
            assert_eq!(answered, None);
            refused += u32::from(was_refused(&in_time(connection.closed()).await));
        }
        assert_eq!(refused, 20);
        client.proposes(id, "Here");
        let at_client = client.online().await;
        assert!(at_client.exchange(id, 30).await.expect("an exchange").in_step);
        assert_eq!(therapist.goals(id), 1);
        // From here nobody else gets through the door for a minute, not even who may.
        assert!(!replaces(&client, &at_therapist, 2, [8; 32]).await);
    });
}
