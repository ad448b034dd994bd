//! What a peer that keeps no rules can do: be told off, and nothing else.

use proptest::prelude::*;

use crate::Error;
use crate::exchange::frame::{self, Batch, Have, Hello};
use crate::exchange::testing::{Bare, Dice, Exchange, TERMS, bring_level, relationship};
use crate::exchange::{
    Event, Farewell, FrameReader, MAX_FRAME, Position, Refusal, Replica, Session, columns,
};
use crate::id::RelationshipId;

pub(super) fn hello_with(change: impl FnOnce(&mut Hello)) -> Vec<u8> {
    let mut hello = Hello {
        protocol: (1, 1),
        gate: 1,
        level: 1,
        plan: 1,
        device_list: 1,
        relationship: relationship(),
        is_over: false,
        asks: 0,
        positions: Vec::new(),
    };
    change(&mut hello);
    frame::write_hello(&hello).unwrap()
}

fn batch_of(delivery: u64, deflated: &[u8]) -> Vec<u8> {
    let (answers, piece, is_last, heads) = (0, 0, true, Vec::new());
    frame::write_batch(&Batch { answers, delivery, piece, is_last, heads, columns: deflated }).unwrap()
}

/// An honest device with some edits, and a session with it in which the other has said hello.
fn greeted() -> (Bare, Session) {
    let (mut one, _) = Bare::pair();
    one.edits(5, &mut Dice(1));
    let mut session = Session::new(relationship(), TERMS, &one).unwrap();
    session.receive(&hello_with(|_| {}), &mut one).unwrap();
    (one, session)
}

/// Frames that end a session with a clear error and change nothing; an honest exchange works right after.
fn is_told_off(frames: &[Vec<u8>], why: Farewell) -> String {
    let (mut one, mut session) = greeted();
    let before = one.shows();
    let mut error = None;
    for frame in frames {
        match session.receive(frame, &mut one) {
            Ok(_) => {}
            Err(told) => {
                error = Some(told);
                break;
            }
        }
    }
    let Some(Error::Exchange { problem }) = error else { panic!("it should have been refused") };
    assert!(session.has_ended());
    assert!(session.poll().unwrap().unwrap() == frame::write_goodbye(why).unwrap(), "{problem}");
    assert!(session.poll().unwrap().is_none());
    assert!(session.receive(&hello_with(|_| {}), &mut one).is_err_and(|error| error == Error::Closed));
    assert!(one.shows() == before);

    let (_, mut two) = Bare::pair();
    two.edits(5, &mut Dice(2));
    bring_level(&mut one, &mut two);
    assert!(one.shows() == two.shows());
    problem
}

#[test]
fn another_relationship_is_told_apart() {
    let other = hello_with(|hello| hello.relationship = RelationshipId::from_bytes([8; 16]));
    is_told_off(&[other], Farewell::OtherRelationship);
}

#[test]
fn versions_that_do_not_meet_end_with_a_clear_error() {
    let newer = is_told_off(&[hello_with(|hello| hello.protocol = (2, 9))], Farewell::NoCommonVersion);
    assert!(newer.contains("newer"));
    let older = is_told_off(&[hello_with(|hello| hello.protocol = (0, 0))], Farewell::NoCommonVersion);
    assert!(older.contains("older"));
    // One that speaks ours and newer ones is welcome.
    let (mut one, mut session) = greeted();
    session.receive(&hello_with(|hello| hello.protocol = (1, 9)), &mut one).unwrap();
}

#[test]
fn a_frame_that_claims_too_much_is_refused_before_it_has_come() {
    let mut reader = FrameReader::default();
    reader.push(&u32::try_from(MAX_FRAME + 1).unwrap().to_be_bytes());
    assert!(reader.next_frame().is_err());

    let mut long = vec![0; 4 + MAX_FRAME + 1];
    long[..4].copy_from_slice(&u32::try_from(MAX_FRAME + 1).unwrap().to_be_bytes());
    is_told_off(&[long], Farewell::RulesBroken);
}

#[test]
fn frames_that_are_not_what_they_say_are_refused() {
    let kind = |kind: u8, body: &[u8]| {
        let length = u32::try_from(body.len() + 2).unwrap();
        [&length.to_be_bytes()[..], &[1, kind], body].concat()
    };
    let mut other_framing = kind(5, &[0]);
    other_framing[4] = 2;
    let mut short = kind(5, &[0]);
    short.pop();
    let unsorted = {
        let position = |actor| Position { actor: [actor; 16], seq: 1, hash: [0; 32] };
        hello_with(|hello| hello.positions = vec![position(2), position(1)])
    };
    let seq = |seq| {
        hello_with(|hello| {
            hello.positions = vec![Position { actor: [1; 16], seq, hash: [0; 32] }];
        })
    };
    for frame in [
        Vec::new(),
        vec![0],
        kind(0, &[]),
        kind(6, &[]),
        kind(0x7f, &[0; 10]),
        kind(1, &[]),
        kind(2, &[]),
        kind(3, &[0xff; 11]),
        kind(4, &[0; 32]),
        kind(5, &[0, 0]),
        kind(1, &[1; 140_000]),
        other_framing,
        short,
        unsorted,
        seq(0),
        seq(u64::MAX),
    ] {
        is_told_off(&[frame], Farewell::RulesBroken);
    }
    // What a newer version adds beside the rest may be skipped.
    let (mut one, mut session) = greeted();
    assert!(session.receive(&kind(0xf0, b"something new"), &mut one).unwrap().is_empty());
}

#[test]
fn over_inflating_and_malformed_batches_are_refused() {
    let bomb = columns::deflate(&vec![0; columns::MAX_INFLATED + 1]).unwrap();
    is_told_off(&[batch_of(1, &bomb)], Farewell::RulesBroken);
    is_told_off(&[batch_of(1, b"not deflated at all")], Farewell::RulesBroken);
    for written in [vec![], vec![9], vec![1, 0xff, 0xff, 0xff], vec![1, 0], vec![1; 600]] {
        let deflated = columns::deflate(&written).unwrap();
        is_told_off(&[batch_of(1, &deflated)], Farewell::RulesBroken);
    }
}

#[test]
fn a_piece_without_changes_is_refused() {
    let nothing = columns::encode(&[]).unwrap();
    is_told_off(&[batch_of(1, &nothing)], Farewell::RulesBroken);
}

#[test]
fn whoever_repeats_and_never_listens_fills_no_queue() {
    let (mut one, mut two) = Bare::pair();
    two.edits(4, &mut Dice(4));
    let mut session = Session::new(relationship(), TERMS, &one).unwrap();
    let mut sender = Session::new(relationship(), TERMS, &two).unwrap();
    sender.receive(&hello_with(|_| {}), &mut two).unwrap();
    while let Some(frame) = sender.poll().unwrap() {
        for _ in 0..10 {
            session.receive(&frame, &mut one).unwrap();
        }
    }
    let waiting = std::iter::from_fn(|| session.poll().unwrap()).count();
    assert!(waiting == 2, "our hello and one acknowledgement");
    assert!(one.shows() == two.shows());
}

#[test]
fn talk_that_brings_nothing_comes_to_an_end() {
    let (one, _) = greeted();
    let positions = one.positions().unwrap();
    let skipped = [&[0, 0, 0, 3][..], &[1, 0xf0, 0]].concat();
    for frame in [
        skipped,
        frame::write_have(&Have { delivery: 0, positions }).unwrap(),
        frame::write_refused(&[7; 32], 1).unwrap(),
        batch_of(0, b""),
    ] {
        is_told_off(&vec![frame; 10_000], Farewell::RulesBroken);
    }
}

#[test]
fn endless_hellos_come_to_an_end() {
    is_told_off(&vec![hello_with(|_| {}); 40], Farewell::RulesBroken);
    let asking: Vec<Vec<u8>> = (1..40).map(|asks| hello_with(|hello| hello.asks = asks)).collect();
    is_told_off(&asking, Farewell::RulesBroken);
}

#[test]
fn changes_whose_parents_never_come_are_asked_for_a_few_times_only() {
    let (_, mut two) = Bare::pair();
    two.edits(4, &mut Dice(3));
    let orphans = columns::encode(&two.all()[1..]).unwrap();
    let (mut one, mut session) = greeted();
    let mut asked = 0;
    let ended = (1..100).find_map(|delivery| {
        let (piece, is_last, heads) = (0, true, Vec::new());
        let batch = Batch { answers: asked, delivery, piece, is_last, heads, columns: &orphans };
        asked += 1;
        session.receive(&frame::write_batch(&batch).unwrap(), &mut one).err()
    });
    assert!(matches!(ended, Some(Error::Exchange { .. })));
    assert!(asked < 12);
}

#[test]
fn the_same_again_and_again_comes_to_an_end() {
    let (_, mut two) = Bare::pair();
    two.edits(4, &mut Dice(3));
    let same = columns::encode(&two.all()).unwrap();
    let frames: Vec<Vec<u8>> = (1..100).map(|delivery| batch_of(delivery, &same)).collect();
    is_told_off(&frames, Farewell::RulesBroken);
}

#[test]
fn actors_without_end_come_to_an_end() {
    let mut dice = Dice(5);
    let frames: Vec<Vec<u8>> = (0..10)
        .map(|_| {
            let mut positions: Vec<Position> =
                (0..1_000).map(|_| Position { actor: dice.bytes(), seq: 1, hash: [0; 32] }).collect();
            positions.sort();
            let delivery = 1;
            frame::write_have(&Have { delivery, positions }).unwrap()
        })
        .collect();
    is_told_off(&frames, Farewell::RulesBroken);
}

/// What a device refuses that does not take a change for its author's, and what the sender hears of it.
fn refused_with(tamper: impl Fn(&mut Batch<'_>, &Bare), reason: Refusal) {
    let (mut one, mut two) = Bare::pair();
    two.edits(4, &mut Dice(6));
    let positions = two.positions().unwrap();
    let (heads, written) = (two.signed_heads(&positions).unwrap(), columns::encode(&two.all()).unwrap());
    let mut batch = Batch { answers: 0, delivery: 1, piece: 0, is_last: true, heads, columns: &written };
    tamper(&mut batch, &one);
    let mut session = Session::new(relationship(), TERMS, &one).unwrap();
    session.receive(&hello_with(|_| {}), &mut one).unwrap();
    let events = session.receive(&frame::write_batch(&batch).unwrap(), &mut one).unwrap();
    let here: Vec<Refusal> = events
        .iter()
        .filter_map(|event| match event {
            Event::RefusedHere { reason, .. } => Some(*reason),
            _ => None,
        })
        .collect();
    assert!(here == [reason, Refusal::Descends, Refusal::Descends, Refusal::Descends]);
    assert!(one.positions().unwrap().is_empty(), "nothing was taken in");

    // The sender is told of each.
    let mut sender = Session::new(relationship(), TERMS, &two).unwrap();
    sender.receive(&hello_with(|_| {}), &mut two).unwrap();
    let mut told = Vec::new();
    while let Some(frame) = session.poll().unwrap() {
        told.extend(sender.receive(&frame, &mut two).unwrap());
    }
    let there = told.iter().filter(
        |event| matches!(event, Event::RefusedThere { reason: Some(told), .. } if *told == reason || *told == Refusal::Descends),
    );
    assert!(there.count() == 4);

    // And the honest exchange works right after.
    bring_level(&mut one, &mut two);
    assert!(one.shows() == two.shows());
}

#[test]
fn changes_that_nobody_vouches_for_are_set_aside_and_the_sender_is_told() {
    refused_with(|batch, _| batch.heads.clear(), Refusal::NotVouchedFor);
    refused_with(|batch, _| batch.heads[0].signature[3] ^= 4, Refusal::NotVouchedFor);
    // The receiver's own key signs for the sender's actor.
    refused_with(|batch, one| batch.heads[0] = one.sign(batch.heads[0].position), Refusal::NotVouchedFor);
}

#[test]
fn a_device_that_is_not_certified_is_refused_as_unknown() {
    let (mut one, mut two) = Bare::pair();
    let own = one.key.public();
    one.certified.retain(|device| *device == own);
    two.edits(3, &mut Dice(7));
    let mut exchange = Exchange::begin(&one, &two);
    exchange.run_cleanly(&mut one, &mut two);
    let unknown = |event: &Event| matches!(event, Event::RefusedHere { reason: Refusal::UnknownDevice, .. });
    assert!(exchange.saw(0, unknown) == 1);
    let told =
        |event: &Event| matches!(event, Event::RefusedThere { reason: Some(Refusal::UnknownDevice), .. });
    assert!(exchange.saw(1, told) == 1);
    assert!(!exchange.is_in_step());
    assert!(exchange.sessions.iter().all(Session::is_caught_up), "both know that no more will come");
    // One's own edits keep flowing.
    one.edit(&mut Dice(8));
    exchange.sessions[0].wake(&mut one).unwrap();
    exchange.run_cleanly(&mut one, &mut two);
    assert!(two.positions().unwrap().len() == 2);
}

proptest! {
    #![proptest_config(crate::tests::cases(150))]

    /// Frames of an honest exchange with some bytes changed: the receiver ends or goes on, and takes in
    /// nothing that its author did not sign.
    #[test]
    fn wounded_frames_do_no_harm(
        seed in 0_u64..20,
        wounds in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..5),
        which in 0_usize..3,
        inside in any::<bool>(),
    ) {
        let mut dice = Dice(seed);
        let (mut one, mut two) = Bare::pair();
        two.edits(6, &mut dice);
        let mut sender = Session::new(relationship(), TERMS, &two).unwrap();
        sender.receive(&hello_with(|_| {}), &mut two).unwrap();
        let mut frames = vec![sender.poll().unwrap().unwrap(), sender.poll().unwrap().unwrap()];
        if inside {
            // The columns themselves, put together again as a whole frame.
            let mut written = columns::write(&two.all()).unwrap();
            for (at, byte) in &wounds {
                let at = at.index(written.len());
                written[at] = *byte;
            }
            let positions = two.positions().unwrap();
            let heads = two.signed_heads(&positions).unwrap();
            let deflated = columns::deflate(&written).unwrap();
            let batch =
                Batch { answers: 0, delivery: 1, piece: 0, is_last: true, heads, columns: &deflated };
            frames[1] = frame::write_batch(&batch).unwrap();
        } else {
            let frame = &mut frames[which.min(1)];
            for (at, byte) in &wounds {
                let at = at.index(frame.len());
                frame[at] = *byte;
            }
        }
        let mut session = Session::new(relationship(), TERMS, &one).unwrap();
        for frame in &frames {
            if session.receive(frame, &mut one).is_err() {
                break;
            }
        }
        let signed: Vec<_> = two.all().iter().map(automerge::Change::hash).collect();
        prop_assert!(one.all().iter().all(|change| signed.contains(&change.hash())));
        bring_level(&mut one, &mut two);
        prop_assert!(one.shows() == two.shows());
    }
}
