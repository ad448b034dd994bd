//! Whoever has a ticket, or had one: cut off at every step, lying about who they are, and saying again what was said
//! somewhere else.

use common_ground::Error;
use common_ground::error::PairingProblem;
use common_ground::relationship::{Confirmation, Role, WayOfMeeting};
use common_ground_tests::{Clock, Device, wait, wait_both};
use ed25519_dalek::SigningKey;
use iroh::SecretKey;

use crate::raw::{ENROL, EXCHANGE, Raw, run};
use crate::redeemer::{Ended, Redeemer, Who, framed};
use crate::scene::{Scene, address_of, no_panic, online, person_of};

/// That a pairing is refused, and why, as it is said on the wire.
const TICKET_CLOSED: [u8; 2] = [6, 2];
const BROKEN: u8 = 9;

/// Anna offers a pairing and confirms whatever comes; what she and who takes the ticket up make of it.
fn meet(scene: &Scene, redeems: impl AsyncFnOnce(String) -> Ended + Send) -> (Option<Error>, Ended) {
    let offer = wait(scene.at_anna.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let ticket = offer.ticket().expect("a ticket").text;
    std::thread::scope(|scope| {
        let hers = scope.spawn(|| wait(offer.confirm(Confirmation::NotCompared)).err());
        let theirs = run(redeems(ticket));
        (hers.join().expect("her side"), theirs)
    })
}

/// Somebody takes up her ticket.
fn comes(scene: &Scene, who: Who, cut_after: usize) -> (Option<Error>, Ended) {
    meet(scene, async |ticket| {
        let mut redeemer = Redeemer::new(who, &ticket).await;
        let ended = redeemer.pairs(cut_after).await;
        redeemer.leaves().await;
        ended
    })
}

#[test]
fn a_pairing_cut_after_any_message_on_the_wire_is_finished_and_makes_one_relationship() {
    let scene = Scene::begin();
    for cut_after in 1..=9 {
        let who = Who::new(10 * u8::try_from(cut_after).expect("a small number"));
        let (problem, ended) = comes(&scene, who, cut_after);
        assert_eq!(problem, None, "cut after {cut_after} messages");
        let Ended::Paired(id) = ended else { panic!("cut after {cut_after} messages: {ended:?}") };
        let relationships = scene.anna.home.relationships().expect("relationships");
        assert_eq!(relationships.len(), cut_after + 1);
        assert!(relationships.iter().any(|one| one.id == id));
    }
    scene.the_honest_exchange_works();
}

#[test]
fn whoever_lies_about_who_they_are_is_refused_and_nothing_is_kept() {
    let scene = Scene::begin();
    let (ben, stranger) = (person_of(&scene.ben), SigningKey::from_bytes(&[77; 32]));
    let own = scene.relationship;
    // Each with what they tell.
    type Lie<'a> = (&'a str, Box<dyn Fn(&mut Who) + 'a>);
    let lies: [Lie<'_>; 8] = [
        ("another nonce than the one that was promised", Box::new(|who| who.nonces[1][0] ^= 1)),
        ("a list that names another device", Box::new(|who| who.listed = [9; 32])),
        ("a list that another key has signed", Box::new(|who| who.signs = stranger.clone())),
        ("the person's key of somebody else", Box::new(|who| who.key = ben.key.clone())),
        ("a relationship that is somebody else's", Box::new(|who| who.already = Some(*own.as_bytes()))),
        ("somebody who has paired, with another key", Box::new(|who| who.person = ben.id)),
        (
            "the same, in that relationship",
            Box::new(|who| (who.person, who.already) = (ben.id, Some(*own.as_bytes()))),
        ),
        (
            "her own id, with another end",
            Box::new(|who| who.person[..6].copy_from_slice(&person_of(&scene.anna).id[..6])),
        ),
    ];
    for (lie, tells) in lies {
        let mut who = Who::new(50);
        tells(&mut who);
        let (problem, ended) = comes(&scene, who, usize::MAX);
        println!("{lie}: {problem:?}");
        assert!(matches!(problem, Some(Error::Pairing { .. })), "{lie}: {problem:?}");
        assert!(matches!(ended, Ended::Refused(_)), "{lie}: {ended:?}");
    }
    assert_eq!(scene.anna.home.relationships().expect("relationships").len(), 1);
    // The very same person without a lie is welcome.
    assert!(matches!(comes(&scene, Who::new(50), usize::MAX), (None, Ended::Paired(_))));
    scene.the_honest_exchange_works();
}

#[test]
fn what_was_said_on_one_connection_or_to_one_ticket_is_worth_nothing_at_another() {
    let scene = Scene::begin();
    let mut said_before = Vec::new();
    let (problem, ended) = meet(&scene, async |ticket| {
        let mut honest = Redeemer::new(Who::new(50), &ticket).await;
        let stranger = Redeemer::new(Who::new(60), &ticket).await;
        let lines = [honest.knocks().await, stranger.knocks().await, honest.knocks().await];
        let [mut first, mut second, mut third] = lines.map(|line| line.expect("an open door"));
        let opening = honest.open(&first);
        for elsewhere in [&mut second, &mut third] {
            elsewhere.say(&opening).await;
            assert!(elsewhere.hear().await.expect("an answer") == TICKET_CLOSED);
        }
        first.say(&opening).await;
        assert!(first.hear().await.is_some_and(|answer| answer[0] == 1), "there it is worth something");
        // Whoever has seen the ticket, too, comes too late now, and disturbs nobody.
        let mut late = Redeemer::new(Who::new(70), &ticket).await;
        for _ in 0..4 {
            assert!(late.pairs(usize::MAX).await == Ended::Refused(TICKET_CLOSED[1]));
        }
        let ended = honest.pairs(usize::MAX).await;
        // Used, it opens no door.
        while late.knocks().await.is_some() {}
        said_before.clone_from(&honest.said);
        for one in [honest, stranger, late] {
            one.leaves().await;
        }
        ended
    });
    assert!(problem.is_none() && matches!(ended, Ended::Paired(_)), "{problem:?} {ended:?}");

    // All of it again, by the same device, while another ticket is open.
    let before = scene.anna.home.relationships().expect("relationships");
    let (problem, ended) = meet(&scene, async |ticket| {
        let again = Redeemer::new(Who::new(50), &ticket).await;
        let mut line = again.knocks().await.expect("an open door");
        for message in &said_before {
            line.say(message).await;
        }
        assert!(line.hear().await.expect("an answer") == TICKET_CLOSED);
        assert!(line.hear().await.is_none());
        again.leaves().await;
        let mut honest = Redeemer::new(Who::new(80), &ticket).await;
        let ended = honest.pairs(usize::MAX).await;
        honest.leaves().await;
        ended
    });
    assert!(problem.is_none() && matches!(ended, Ended::Paired(_)), "{problem:?} {ended:?}");
    assert_eq!(scene.anna.home.relationships().expect("relationships").len(), before.len() + 1);
    scene.the_honest_exchange_works();
}

#[test]
fn a_key_that_was_retired_opens_none_of_the_doors() {
    let scene = Scene::begin();
    let (former, relationship) = (person_of(&scene.ben), scene.relationship);
    let back = Device::in_world(Role::Therapist, "Dr. Berg", Clock::seeded(4));
    let at_back = online(&back);
    let offer = wait(scene.at_anna.offer_pairing_again(relationship)).expect("an offer");
    let redeemed = wait(at_back.redeem(offer.ticket().expect("a ticket").text)).expect("redeemed");
    let how = Confirmation::NotCompared;
    let (here, there) = wait_both(offer.confirm(how), redeemed.confirm(how));
    assert!(here.expect("paired").id == relationship && there.expect("paired").id == relationship);

    // Somebody has the phone that was lost, with every key that is on it.
    let (listed, key) = (former.device.verifying_key().to_bytes(), former.key);
    let (person, device, signs) = (former.id, former.device, key.clone());
    let thief = Who { person, device, listed, key, signs, ..Who::new(50) };
    let address = address_of(&scene.anna);
    run(async {
        let raw = Raw::with(SecretKey::from_bytes(&thief.device.to_bytes())).await;
        assert!(raw.finds_shut(&address, EXCHANGE).await);
        for number in [1, 2, 3, 1_000] {
            let connection = raw.dial(&address, ENROL).await;
            let (mut send, mut receive) = connection.open_bi().await.expect("a stream");
            let _ = send.write_all(&framed(&thief.shows(number))).await;
            assert!(!matches!(receive.read(&mut [0; 64]).await, Ok(Some(_))), "it hears nothing");
        }
        raw.close().await;
    });
    let (problem, ended) = comes(&scene, thief, usize::MAX);
    assert_eq!(problem, Some(Error::Pairing { problem: PairingProblem::Broken }));
    assert_eq!(ended, Ended::Refused(BROKEN));
    let (here, there) =
        wait_both(scene.at_anna.exchange(relationship, 30), at_back.exchange(relationship, 30));
    assert!(here.expect("an exchange").in_step && there.expect("an exchange").in_step);
    assert!(scene.anna.home.new_devices().expect("news").is_empty());
    scene.local_work_goes_on();
    no_panic();
}
