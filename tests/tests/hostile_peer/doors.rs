//! Whoever stands at one of the doors to hold it up, or to fill the house, while somebody honest stands beside them:
//! at the door of pairing while a ticket is open, at the one for new devices, and at the exchange's with the key of a
//! device that is let in, before they have said for what.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common_ground::Error;
use common_ground::link::Link;
use common_ground::plan::NewGoal;
use common_ground::relationship::{Confirmation, Pairing, Role, TERMS_VERSION, WayOfMeeting};
use common_ground_tests::{Clock, Device, not_run, wait, wait_both};
use iroh::endpoint::{Connection, ConnectionError};
use iroh::{EndpointAddr, SecretKey};
use tokio::task::JoinSet;

use crate::apart::{self, Apart};
use crate::raw::{ENROL, EXCHANGE, PAIRING, Raw, run};
use crate::scene::{Scene, address_of, online, secret_of};

/// The doors, and how what is said there would begin if it were honest.
const DOORS: [(&[u8], &[u8]); 3] = [(PAIRING, &[0, 0, 0x10, 0]), (ENROL, &[0, 0, 4, 0]), (EXCHANGE, &[2])];
/// What her app may take more than at rest, whoever stands at its doors.
const ROOM: usize = 64 * 1024 * 1024;

/// Somebody hostile at an address of their own: whoever stands at the exchange's door has the key of a device that is
/// known, all others one of their own.
async fn stands_at(door: usize, number: u8, known: &SecretKey) -> Raw {
    let own = SecretKey::from_bytes(&[100 + number; 32]);
    let key = if DOORS[door].0 == EXCHANGE { known.clone() } else { own };
    Raw::at(Ipv4Addr::new(127, 0, 1, 1 + number), key).await
}

/// That her app has hung up, rather than that nobody has heard of it for long.
fn was_hung_up(ended: &ConnectionError) -> bool {
    matches!(ended, ConnectionError::ApplicationClosed(_))
}

/// Anna's open ticket, and Dr. Kern, who is to take it up, with his device online.
fn a_ticket_for_kern(scene: &Scene) -> (Arc<Pairing>, Device, Arc<Link>) {
    let offer = wait(scene.at_anna.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let kern = Device::in_world(Role::Therapist, "Dr. Kern", Clock::seeded(3));
    let at_kern = online(&kern);
    (offer, kern, at_kern)
}

/// Dr. Kern takes up Anna's ticket, and both confirm.
fn pairs(offer: &Pairing, at_kern: &Link) {
    let redeemed = wait(at_kern.redeem(offer.ticket().expect("a ticket").text)).expect("redeemed");
    let (here, there) = wait_both(offer.code(), redeemed.code());
    assert!(here.expect("a code").words == there.expect("a code").words);
    let how = Confirmation::Compared { read_terms: TERMS_VERSION };
    let (here, there) = wait_both(offer.confirm(how), redeemed.confirm(how));
    assert!(here.expect("paired").id == there.expect("paired").id);
}

/// Says a byte a second, or not even that.
async fn drips(connection: Connection, begin: &[u8]) {
    let (mut send, _receive) = connection.open_bi().await.expect("a stream");
    let mut bytes = begin.iter().copied().chain(std::iter::repeat(1));
    while send.write_all(&[bytes.next().expect("a byte")]).await.is_ok() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

#[test]
fn whoever_says_nothing_or_a_byte_a_second_is_sent_away_and_nobody_waits_for_them() {
    let scene = Scene::begin();
    let (address, secret) = (address_of(&scene.anna), secret_of(&scene.ben));
    let (offer, _kern, at_kern) = a_ticket_for_kern(&scene);
    run(async {
        let mut standing = JoinSet::new();
        for number in 0..6 {
            let door = usize::from(number % 3);
            let raw = stands_at(door, number, &secret).await;
            for says_nothing in [true, false] {
                let connection = raw.dial(&address, DOORS[door].0).await;
                if !says_nothing {
                    tokio::spawn(drips(connection.clone(), DOORS[door].1));
                }
                let raw = raw.0.clone();
                standing.spawn(async move {
                    let ended = connection.closed().await;
                    drop(raw);
                    ended
                });
            }
        }
        // More than there are places, all from elsewhere.
        for number in 6..26 {
            let raw = stands_at(0, number, &secret).await;
            let address = address.clone();
            standing.spawn(async move {
                match raw.0.connect(address, PAIRING).await {
                    Ok(connection) => connection.closed().await,
                    Err(_) => ConnectionError::LocallyClosed,
                }
            });
        }
        tokio::task::block_in_place(|| {
            pairs(&offer, &at_kern);
            scene.local_work_goes_on();
            scene.the_honest_exchange_works();
        });
        while let Some(ended) = standing.join_next().await {
            let ended = ended.expect("no panic");
            assert!(was_hung_up(&ended) || ended == ConnectionError::LocallyClosed, "{ended}");
        }
    });
    scene.local_work_goes_on();
}

/// Lets everybody in, and says the beginning of a first word or nothing at all, in turns. Answers how many came.
async fn lets_in_and_says_nothing(raw: &Raw) -> usize {
    let mut held = Vec::new();
    while let Some(incoming) = raw.0.accept().await {
        let Ok(connection) = incoming.await else { continue };
        if held.len() % 2 == 0 {
            tokio::spawn({
                let connection = connection.clone();
                async move {
                    let Ok((mut send, _receive)) = connection.accept_bi().await else { return };
                    let _ = send.write_all(&[2]).await;
                    connection.closed().await;
                }
            });
        }
        held.push(connection);
    }
    held.len()
}

#[test]
fn one_who_is_called_and_never_answers_is_waited_for_no_longer_than_was_said() {
    let scene = Scene::begin();
    let (address, secret) = (address_of(&scene.anna), secret_of(&scene.anna));
    let at_anna = *address.ip_addrs().next().expect("an address");
    wait(scene.at_anna.go_offline());
    let at_ben = online(&scene.ben);
    let begun = Instant::now();
    run(async {
        let raw = Raw::behind(&[EXCHANGE, ENROL], at_anna, secret).await;
        let silent = tokio::spawn({
            let raw = Raw(raw.0.clone());
            async move { lets_in_and_says_nothing(&raw).await }
        });
        tokio::task::block_in_place(|| {
            for _ in 0..2 {
                assert_eq!(wait(at_ben.exchange(scene.relationship, 2)).err(), Some(Error::Unreachable));
                let plan = scene.ben.home.plan(scene.relationship).expect("a plan");
                let goal = NewGoal { title: "Walk".to_owned(), ..NewGoal::default() };
                plan.propose_goal(goal).expect("a local write");
            }
        });
        raw.close().await;
        assert!(silent.await.expect("no panic") > 0, "it was called");
    });
    assert!(begun.elapsed() < Duration::from_secs(20), "it is told when it was to be");
    // Her own app is back: what waited goes.
    let at_anna = online(&scene.anna);
    let (here, there) =
        wait_both(at_anna.exchange(scene.relationship, 30), at_ben.exchange(scene.relationship, 30));
    assert!(here.expect("an exchange").in_step && there.expect("an exchange").in_step);
    assert_eq!(scene.plan().goals(false).expect("goals").len(), 2);
}

#[test]
fn whoever_opens_a_thousand_streams_has_one() {
    let scene = Scene::begin();
    let (address, secret) = (address_of(&scene.anna), secret_of(&scene.ben));
    let (offer, _kern, at_kern) = a_ticket_for_kern(&scene);
    run(async {
        let mut opening = JoinSet::new();
        for number in 0..3 {
            let door = usize::from(number);
            let raw = stands_at(door, number, &secret).await;
            let connection = raw.dial(&address, DOORS[door].0).await;
            for n in 0..1_000 {
                let (raw, connection) = (raw.0.clone(), connection.clone());
                opening.spawn(async move {
                    let mut opened = if n % 2 == 0 {
                        connection.open_bi().await.map(|(send, _)| send)
                    } else {
                        connection.open_uni().await
                    };
                    if let Ok(send) = &mut opened {
                        let _ = send.write_all(DOORS[door].1).await;
                    }
                    // It is held open for as long as may be.
                    connection.closed().await;
                    drop(raw);
                    (door, opened.is_ok())
                });
            }
        }
        tokio::task::block_in_place(|| {
            pairs(&offer, &at_kern);
            scene.the_honest_exchange_works();
        });
        let mut had = [0; 3];
        while let Some(opened) = opening.join_next().await {
            let (door, is_open) = opened.expect("no panic");
            had[door] += usize::from(is_open);
        }
        assert_eq!(had, [1; 3]);
    });
    scene.local_work_goes_on();
}

/// Says that four gigabytes come, or a little more than may, and pours in all that is taken; again and again until told
/// to stop.
async fn pours(door: usize, number: u8, address: &EndpointAddr, known: &SecretKey, told: &Told) {
    let raw = stands_at(door, number, known).await;
    for time in 0.. {
        if time >= 8 && told.to_stop.load(Ordering::SeqCst) {
            break;
        }
        // Where too many stand already there is no place.
        let Ok(connection) = raw.0.connect(address.clone(), DOORS[door].0).await else { continue };
        let Ok((mut send, _receive)) = connection.open_bi().await else { continue };
        let says = if time % 2 == 0 { u32::MAX } else { 8_193 };
        let _ = send.write_all(&says.to_be_bytes()).await;
        while let Ok(taken) = send.write(&[0; 16 * 1024]).await {
            told.poured.fetch_add(taken, Ordering::SeqCst);
        }
    }
    raw.close().await;
}

/// What those who pour are told, and what they tell.
#[derive(Default)]
struct Told {
    to_stop: AtomicBool,
    poured: AtomicUsize,
}

#[test]
fn however_much_is_poured_in_at_the_doors_little_is_kept_and_the_honest_get_in() {
    if !apart::can_be_weighed() {
        not_run("what is poured in at the doors", "this system does not say what a process takes");
        return;
    }
    let scene = Scene::begin();
    let (address, secret) = (address_of(&scene.anna), secret_of(&scene.ben));
    let Scene { anna, ben, relationship, .. } = scene;
    let closed = anna.closed();
    let mut apart = Apart::start(&closed.in_words());
    let kern = Device::new(Role::Therapist, "Dr. Kern");
    let (at_kern, at_ben) = (online(&kern), online(&ben));
    let ticket = apart.offers();
    let rest = apart.memory("VmRSS:");
    let told = Told::default();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            run(async {
                let pouring = |number: u8| {
                    let door = usize::from(number % 3);
                    pours(door, number, &address, &secret, &told)
                };
                all((0..12).map(pouring)).await;
            });
        });
        let redeemed = wait(at_kern.redeem(ticket)).expect("redeemed");
        wait(redeemed.code()).expect("a code");
        wait(redeemed.confirm(Confirmation::NotCompared)).expect("paired");
        assert!(apart.hear() == "paired");
        assert!(wait(at_ben.exchange(relationship, 30)).expect("an exchange").in_step);
        told.to_stop.store(true, Ordering::SeqCst);
    });
    let more = apart.memory("VmHWM:").saturating_sub(rest);
    println!("{} KiB poured in, {} KiB more", told.poured.load(Ordering::SeqCst) / 1024, more / 1024);
    assert!(more < ROOM, "{more} bytes more than at rest");
}

/// Waits for all of them at once.
async fn all(work: impl Iterator<Item = impl Future<Output = ()>>) {
    let mut work: Vec<_> = work.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        work.retain_mut(|one| one.as_mut().poll(context).is_pending());
        if work.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
