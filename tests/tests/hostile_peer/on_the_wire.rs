//! A peer that keeps no rules, on the wire itself: whatever he sends, he is told off or ignored, the app goes
//! on, and the honest exchange works right after.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common_ground::error::PairingProblem;
use common_ground::id::RelationshipId;
use common_ground::link::{Direction, FrameObserver};
use common_ground::plan::NewGoal;
use common_ground::relationship::{Confirmation, Role, TERMS_VERSION, WayOfMeeting};
use common_ground::{Error, Result};
use common_ground_tests::{Device, wait, wait_both};
use iroh::endpoint::ConnectionError;
use iroh::{EndpointAddr, SecretKey};

use crate::liar::frames::{self, frame};
use crate::liar::numbers::deflated;
use crate::raw::{EXCHANGE, PAIRING, Raw, run};
use crate::scene::{Scene, address_of, online, secret_of};

/// The most bytes of a message of pairing, and the number with which a connection is refused.
const LONGEST: u32 = 8_192;
const REFUSED: u64 = 1;

fn hello(relationship: RelationshipId) -> Vec<u8> {
    frames::hello(relationship, 0, &[])
}

/// The only piece of a first delivery, with no head.
fn batch(columns: &[u8]) -> Vec<u8> {
    frame(frames::BATCH, &[&[0, 1, 0, 1, 0][..], columns].concat())
}

/// Counts the frames that reach a home.
#[derive(Default)]
struct Counting(AtomicUsize);

impl FrameObserver for Counting {
    fn on_frame(&self, _: RelationshipId, direction: Direction, _: Vec<u8>) -> Result<()> {
        if direction == Direction::Received {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }
}

#[test]
fn a_stranger_is_refused_before_a_byte_is_read() {
    let scene = Scene::begin();
    let seen = Arc::new(Counting::default());
    scene.at_anna.watch_frames(Some(Arc::clone(&seen) as _));
    let address = address_of(&scene.anna);
    run(async {
        let raw = Raw::with(SecretKey::from_bytes(&[7; 32])).await;
        let connection = raw.dial(&address, EXCHANGE).await;
        if let Ok((mut send, mut receive)) = connection.open_bi().await {
            let _ = send.write_all(&[&[1; 9][..], &hello(scene.relationship)].concat()).await;
            assert!(receive.read(&mut [0; 64]).await.is_err(), "it gets no byte");
        }
        match connection.closed().await {
            ConnectionError::ApplicationClosed(close) => {
                assert!(close.error_code.into_inner() == REFUSED && close.reason.is_empty());
            }
            other => panic!("not refused: {other}"),
        }
        // While no ticket is open there is no pairing door, not even for whoever has paired.
        assert!(raw.finds_shut(&address, PAIRING).await);
        let paired = Raw::with(secret_of(&scene.ben)).await;
        assert!(paired.finds_shut(&address, PAIRING).await);
        assert!(paired.0.connect(address.clone(), b"h3").await.is_err());
        raw.0.close().await;
        paired.0.close().await;
    });
    assert_eq!(seen.0.load(Ordering::SeqCst), 0);
    scene.local_work_goes_on();
    scene.the_honest_exchange_works();
}

#[test]
fn whoever_breaks_the_rules_is_cut_off_and_nothing_else_happens() {
    let scene = Scene::begin();
    let (address, secret) = (address_of(&scene.anna), secret_of(&scene.ben));
    let greeting = hello(scene.relationship);
    let after_hello = |bytes: Vec<u8>| [greeting.clone(), bytes].concat();
    let mut elsewhere = *scene.relationship.as_bytes();
    elsewhere[3] ^= 1;
    let garbage: Vec<u8> = (0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let acts: Vec<(&str, Vec<u8>)> = vec![
        ("garbage", [&[0, 0, 9, 0][..], &garbage].concat()),
        ("a frame that says it is 4 GiB", vec![0xff; 64]),
        ("an empty frame", vec![0; 4]),
        ("a malformed hello", frame(1, &[0xff; 40])),
        ("another relationship", hello(RelationshipId::from_bytes(elsewhere))),
        ("hellos without end", greeting.repeat(40)),
        ("a batch that inflates beyond the limit", after_hello(batch(&deflated(&vec![0; 17 * 1024 * 1024])))),
        ("a batch of garbage", after_hello(batch(&garbage))),
        ("columns of garbage", after_hello(batch(&deflated(&garbage)))),
        ("a kind of frame that there is not", after_hello(frame(0x40, b"?"))),
    ];
    run(async {
        let raw = Raw::with(secret).await;
        for (n, (act, bytes)) in (0..).zip(&acts) {
            let mut entered = raw.enter(&address, scene.relationship, n).await;
            entered.say(bytes).await;
            entered.ends().await;
            println!("told off: {act}");
            scene.local_work_goes_on();
        }
        raw.0.close().await;
    });
    scene.the_honest_exchange_works();
}

#[test]
fn a_peer_that_stalls_holds_up_neither_local_work_nor_the_honest_device() {
    let scene = Scene::begin();
    let (address, secret) = (address_of(&scene.anna), secret_of(&scene.ben));
    run(async {
        let raw = Raw::with(secret).await;
        // Half a frame, and then nothing.
        let mut stalled = raw.enter(&address, scene.relationship, 1).await;
        stalled.hear().await;
        let half = batch(&[0; 100_000]);
        stalled.say(&[hello(scene.relationship), half[..60_000].to_vec()].concat()).await;
        scene.local_work_goes_on();
        // More streams than one are not to be had.
        tokio::select! {
            biased;
            _ = stalled.connection.open_bi() => panic!("a second stream"),
            () = async {} => {}
        }
        tokio::select! {
            biased;
            _ = stalled.connection.open_uni() => panic!("a one-way stream"),
            () = async {} => {}
        }
        // Another run of the same device takes its place, and the first is not kept beside it.
        let mut second = raw.enter(&address, scene.relationship, 2).await;
        second.hear().await;
        stalled.ends().await;
        second.say(&hello(scene.relationship)[..7]).await;
        scene.local_work_goes_on();
        // So does the honest one, while the second still says nothing.
        scene.the_honest_exchange_works();
        second.ends().await;
        raw.0.close().await;
    });
    scene.local_work_goes_on();
}

#[test]
fn frames_of_another_time_bring_nothing_twice() {
    let scene = Scene::begin();
    let plan = |device: &Device| device.home.plan(scene.relationship).expect("a plan");
    let goal = NewGoal { title: "Say no once a week".to_owned(), ..NewGoal::default() };
    plan(&scene.ben).propose_goal(goal).expect("proposed");
    // What Ben's device says to whoever has Anna's key.
    let heard = scene.in_place_of_anna(|| {
        let at_ben = online(&scene.ben);
        let heard = run(async {
            let raw = Raw::with(secret_of(&scene.anna)).await;
            let mut entered = raw.enter(&address_of(&scene.ben), scene.relationship, 1).await;
            let mut heard = vec![entered.hear().await];
            entered.say(&hello(scene.relationship)).await;
            heard.push(entered.hear_of(frames::BATCH).await);
            assert_eq!(heard[0][5], frames::HELLO, "a hello comes first");
            raw.0.close().await;
            heard
        });
        wait(at_ben.go_offline());
        heard
    });
    assert!(plan(&scene.anna).goals(true).expect("goals").is_empty(), "she has heard of nothing yet");
    let (address, secret) = (address_of(&scene.anna), secret_of(&scene.ben));
    run(async {
        let raw = Raw::with(secret).await;
        for run in 1..4 {
            let mut entered = raw.enter(&address, scene.relationship, run).await;
            entered.hear().await;
            // Again and again in one exchange too.
            entered.say(&[heard[0].clone(), heard[1].repeat(5)].concat()).await;
            loop {
                let said = entered.hear().await;
                // Until it says that it has what the batch brought.
                if said[5] == 3 {
                    break;
                }
            }
            entered.say(&frame(5, &[0])).await;
            entered.ends().await;
        }
        raw.0.close().await;
    });
    let goals = plan(&scene.anna).goals(true).expect("goals");
    assert!(goals.len() == 1 && goals[0].title == "Say no once a week");
    assert!(plan(&scene.anna).set_aside().expect("what was set aside").is_empty());
    scene.the_honest_exchange_works();
}

/// A message of pairing as a frame.
fn message(content: &[u8]) -> Vec<u8> {
    [&u32::try_from(content.len()).expect("a length").to_be_bytes()[..], content].concat()
}

/// Knocks at the pairing door with these bytes, and hears the answer out.
async fn knock(raw: &Raw, address: &EndpointAddr, bytes: &[u8]) -> Vec<u8> {
    let connection = raw.dial(address, PAIRING).await;
    let (mut send, mut receive) = connection.open_bi().await.expect("a stream");
    let _ = send.write_all(bytes).await;
    let mut heard = Vec::new();
    let mut piece = [0; 256];
    while let Ok(Some(length)) = receive.read(&mut piece).await {
        heard.extend_from_slice(&piece[..length]);
    }
    heard
}

#[test]
fn a_ticket_closes_after_three_wrong_tries() {
    let anna = Device::new(Role::Client, "Anna");
    let at_anna = online(&anna);
    let offer = wait(at_anna.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let address = address_of(&anna);
    // Knows no secret: what it shows as a proof is made up.
    let guess = message(&[&[0][..], &[9; 80]].concat());
    run(async {
        let raw = Raw::with(SecretKey::from_bytes(&[7; 32])).await;
        let (closed, too_many) = (message(&[6, 2]), message(&[6, 8]));
        for answer in [&closed, &closed, &too_many] {
            assert!(knock(&raw, &address, &guess).await == *answer);
        }
        assert!(raw.finds_shut(&address, PAIRING).await);
        raw.0.close().await;
    });
    let too_many = Error::Pairing { problem: PairingProblem::TooManyTries };
    assert_eq!(wait(offer.code()).err(), Some(too_many));
    assert!(anna.home.relationships().expect("relationships").is_empty());
}

#[test]
fn nobody_disturbs_a_pairing_that_is_under_way() {
    let (anna, ben) = (Device::new(Role::Client, "Anna"), Device::new(Role::Therapist, "Dr. Berg"));
    let (at_anna, at_ben) = (online(&anna), online(&ben));
    let offer = wait(at_anna.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let address = address_of(&anna);
    let disturb = || {
        run(async {
            let raw = Raw::with(SecretKey::from_bytes(&[7; 32])).await;
            // Longer than a message may be: cut off unread, and no try of the three.
            let long = [&(LONGEST + 1).to_be_bytes()[..], &[0; LONGEST as usize + 1]].concat();
            for _ in 0..4 {
                assert!(knock(&raw, &address, &long).await.is_empty());
            }
            raw.0.close().await;
        });
    };
    disturb();
    let redeemed = wait(at_ben.redeem(offer.ticket().expect("a ticket").text)).expect("redeemed");
    let (here, there) = wait_both(offer.code(), redeemed.code());
    assert!(here.expect("a code").words == there.expect("a code").words);
    disturb();
    run(async {
        let raw = Raw::with(SecretKey::from_bytes(&[8; 32])).await;
        let guess = message(&[&[0][..], &[9; 80]].concat());
        for _ in 0..5 {
            assert!(knock(&raw, &address, &guess).await == message(&[6, 2]), "somebody else has redeemed it");
        }
        raw.0.close().await;
    });
    let how = Confirmation::Compared { read_terms: TERMS_VERSION };
    let (here, there) = wait_both(offer.confirm(how), redeemed.confirm(how));
    assert_eq!(here.expect("paired").id, there.expect("paired").id);
}
