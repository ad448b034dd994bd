//! Somebody who guesses, sits in between, or is not who they say: nobody pairs with them unawares.

use super::*;

#[test]
fn a_wrong_secret_is_refused_and_the_third_one_closes_the_ticket() {
    let test = Test::new();
    let (mut offer, _) = test.both();
    for try_number in 1..=3 {
        let mut guesser = test.redeem(&offer, test.person(Role::Client)).expect("a redemption");
        *guesser.ticket.secret = [try_number; 16];
        guesser.welcome([0; 32], [9; 32], &[], &test.world).expect("connected");
        let open = guesser.poll().expect("the first word");
        let welcome = offer.welcome(guesser.own.device, [9; 32], &open, &test.world).expect("welcome");
        match try_number {
            1 | 2 => assert!(matches!(welcome, Welcome::Refused(_)), "try {try_number}"),
            _ => assert!(matches!(welcome, Welcome::Ends(PairingProblem::TooManyTries))),
        }
        assert!(offer.poll().is_none(), "nothing is said to a guesser");
    }
}

#[test]
fn a_proof_works_on_its_own_connection_only() {
    let test = Test::new();
    let (mut offer, mut redemption) = test.both();
    redemption.welcome([0; 32], [1; 32], &[], &test.world).expect("connected");
    let open = redemption.poll().expect("the first word");
    // Somebody in between has a connection of their own to each side, and so another exporter.
    let welcome = offer.welcome([7; 32], [1; 32], &open, &test.world).expect("welcome");
    assert!(matches!(welcome, Welcome::Refused(_)), "another device key");
    let welcome = offer.welcome(redemption.own.device, [2; 32], &open, &test.world).expect("welcome");
    assert!(matches!(welcome, Welcome::Refused(_)), "another connection");
}

#[test]
fn somebody_in_between_with_keys_of_their_own_makes_the_words_differ() {
    let test = Test::new();
    // The true offer, and one under the attacker's own keys, whose ticket the client was given.
    let mut offer = test.offer(test.person(Role::Therapist));
    let mut false_offer = test.offer(test.person(Role::Therapist));
    let mut client = test.redeem(&false_offer, test.person(Role::Client)).expect("a redemption");
    let mut false_client = test.redeem(&offer, test.person(Role::Client)).expect("a redemption");
    let (therapist_sees, _) = reach_the_code(&test, &mut offer, &mut false_client);
    let (_, client_sees) = reach_the_code(&test, &mut false_offer, &mut client);
    assert_ne!(therapist_sees.code, client_sees.code);
}

#[test]
fn a_nonce_that_does_not_match_its_commitment_is_refused() {
    let test = Test::new();
    let (mut offer, mut redemption) = test.both();
    let now = test.world.now();
    redemption.welcome([0; 32], [1; 32], &[], &test.world).expect("connected");
    let open = redemption.poll().expect("the first word");
    offer.welcome(redemption.own.device, [1; 32], &open, &test.world).expect("welcome");
    redemption.receive(&offer.poll().expect("an answer"), now).expect("taken");
    let reveal = redemption.poll().expect("a nonce");
    let Ok(Message::Reveal { mut nonce, introduction }) = Message::read(&reveal) else { panic!("a nonce") };
    nonce[0] ^= 1;
    let swapped = Message::Reveal { nonce, introduction }.encode();
    assert_eq!(offer.receive(&swapped, now).err(), Some(PairingProblem::Broken));
    assert!(offer.poll().is_none(), "its own nonce stays with it");
}

#[test]
fn a_commitment_said_back_to_its_maker_opens_nothing() {
    let test = Test::new();
    let (offer, mut redemption) = test.both();
    let now = test.world.now();
    redemption.welcome([0; 32], [1; 32], &[], &test.world).expect("connected");
    let open = redemption.poll().expect("the first word");
    let Ok(Message::Open { proof, commitment, .. }) = Message::read(&open) else { panic!("the first word") };
    // Without the secret there is only the redeemer's own proof to say back.
    let mirrored = Message::Answer { proof, commitment }.encode();
    assert_eq!(redemption.receive(&mirrored, now).err(), Some(PairingProblem::Broken));
    // With the secret, its commitment and its nonce can be said back, but they are bound to its side.
    let mut redemption = test.redeem(&offer, test.person(Role::Client)).expect("a redemption");
    redemption.welcome([0; 32], [1; 32], &[], &test.world).expect("connected");
    let Ok(Message::Open { commitment, .. }) = Message::read(&redemption.poll().expect("the first word"))
    else {
        panic!("the first word")
    };
    let mut accomplice = test.offer(test.person(Role::Therapist));
    accomplice.ticket = redemption.ticket.clone();
    let mut open =
        Redemption::begin(test.person(Role::Client), redemption.ticket.clone(), now).expect("begun");
    open.own = Arc::clone(&redemption.own);
    open.welcome([0; 32], [1; 32], &[], &test.world).expect("connected");
    let frame = open.poll().expect("the first word");
    accomplice.welcome(redemption.own.device, [1; 32], &frame, &test.world).expect("welcome");
    let Ok(Message::Answer { proof, .. }) = Message::read(&accomplice.poll().expect("an answer")) else {
        panic!("an answer")
    };
    let answer = Message::Answer { proof, commitment }.encode();
    assert!(redemption.receive(&answer, now).is_ok());
    let reveal = redemption.poll().expect("a nonce");
    assert_eq!(redemption.receive(&reveal, now).err(), Some(PairingProblem::Broken));
}

#[test]
fn messages_that_are_too_long_cut_short_or_out_of_turn_are_refused() {
    let test = Test::new();
    let now = test.world.now();
    for frame in [
        vec![0; MAX_MESSAGE + 1],
        vec![0xFF; 64],
        Vec::new(),
        Message::Stored.encode(),
        Message::Confirm { token: [0; 32] }.encode(),
        Message::Resume { received: 0 }.encode(),
        Message::Open { proof: [0; 32], commitment: [0; 32], person: [0; 16] }.encode(),
        [decline(), vec![0]].concat(),
    ] {
        let (mut offer, mut redemption) = test.both();
        reach_the_code(&test, &mut offer, &mut redemption);
        assert_eq!(offer.receive(&frame, now).err(), Some(PairingProblem::Broken));
        assert_eq!(redemption.receive(&frame, now).err(), Some(PairingProblem::Broken));
    }
}

#[test]
fn an_introduction_must_be_vouched_for_by_the_persons_key() {
    let test = Test::new();
    let cases: [fn(&mut Own, &Own); 4] = [
        // A device list of somebody else.
        |own, other| own.list = other.list.clone(),
        // A person key that did not sign the list.
        |own, other| own.person_key = other.person_key,
        // A device that does not stand on the list.
        |own, _| own.device = [5; 32],
        // A name that shows nothing.
        |own, _| own.display_name = "\u{202E}\u{1}".to_owned(),
    ];
    for (n, bend) in cases.into_iter().enumerate() {
        let mut pair = Pair::new(&test);
        let mut own = test.person(Role::Client);
        bend(&mut own, &test.person(Role::Client));
        pair.redemption = test.redeem(&pair.offer, own).expect("a redemption");
        pair.carry(3);
        assert_eq!(pair.offerer.problem, Some(PairingProblem::Broken), "case {n}");
    }
}

#[test]
fn the_ticket_decides_who_is_met() {
    let test = Test::new();
    // The device of the ticket, but with another person behind it.
    let mut pair = Pair::new(&test);
    let true_device = pair.offer.own.device;
    let mut impostor = test.person(Role::Therapist);
    impostor.device = true_device;
    pair.offer.own = Arc::new(impostor);
    pair.carry(4);
    assert_eq!(pair.redeemer.problem, Some(PairingProblem::Broken));
}
