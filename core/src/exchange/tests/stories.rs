//! Two honest devices and a good link.

use std::sync::{Arc, Mutex};

use crate::exchange::testing::{Bare, Dice, Exchange, Mishap, TERMS, bring_level, relationship};
use crate::exchange::{Event, FrameReader, Replica, Session, Way};
use crate::relationship::key::actor_prefix;

#[test]
fn two_who_hold_the_same_say_hello_and_are_in_step() {
    let (mut one, mut two) = Bare::pair();
    one.edits(20, &mut Dice(1));
    bring_level(&mut one, &mut two);
    let exchange = bring_level(&mut one, &mut two);
    assert!(exchange.frames == [1, 1], "one hello each and nothing more");
    assert!(exchange.bytes[0] < 150);
}

#[test]
fn what_both_wrote_apart_is_on_both_afterwards() {
    let (mut one, mut two) = Bare::pair();
    let mut dice = Dice(2);
    one.edits(40, &mut dice);
    two.edits(30, &mut dice);
    let exchange = bring_level(&mut one, &mut two);
    assert!(one.shows() == two.shows());
    assert!(exchange.frames == [3, 3], "hello, one batch, one acknowledgement");
    let count = |side, wanted: fn(&Event) -> Option<u32>| {
        exchange.events[side as usize].iter().filter_map(wanted).sum::<u32>()
    };
    let received = |event: &Event| match event {
        Event::Received { changes, .. } => Some(*changes),
        _ => None,
    };
    let sent = |event: &Event| match event {
        Event::Sent { changes } => Some(*changes),
        _ => None,
    };
    assert!((count(0, received), count(0, sent)) == (30, 40));
    assert!((count(1, received), count(1, sent)) == (40, 30));
    for side in [0, 1] {
        assert!(exchange.saw(side, |event| matches!(event, Event::InStep)) == 1);
        assert!(exchange.saw(side, |event| matches!(event, Event::Greeted(terms) if *terms == TERMS)) == 1);
    }
}

#[test]
fn while_both_stay_an_edit_is_on_the_other_side_in_one_round_trip() {
    let (mut one, mut two) = Bare::pair();
    let mut dice = Dice(3);
    one.edits(5, &mut dice);
    let mut exchange = bring_level(&mut one, &mut two);
    for _ in 0..20 {
        one.edit(&mut dice);
        exchange.sessions[0].wake(&mut one).unwrap();
        assert!(!exchange.is_in_step());
        let before = exchange.frames;
        exchange.run_cleanly(&mut one, &mut two);
        assert!(exchange.is_in_step());
        assert!(one.shows() == two.shows());
        assert!(exchange.frames == [before[0] + 1, before[1] + 1], "a batch and an acknowledgement");
    }
    assert!(exchange.bytes[0] < 20 * 700);
}

#[test]
fn both_may_type_at_the_same_moment() {
    let (mut one, mut two) = Bare::pair();
    let mut dice = Dice(4);
    one.edits(5, &mut dice);
    let mut exchange = bring_level(&mut one, &mut two);
    for _ in 0..20 {
        one.edit(&mut dice);
        two.edit(&mut dice);
        exchange.sessions[0].wake(&mut one).unwrap();
        exchange.sessions[1].wake(&mut two).unwrap();
        exchange.run_cleanly(&mut one, &mut two);
        assert!(exchange.errors == [None, None]);
        assert!(exchange.is_in_step());
        assert!(one.shows() == two.shows());
    }
}

#[test]
fn an_edit_before_the_hello_of_the_other_is_not_forgotten() {
    let (mut one, mut two) = Bare::pair();
    let mut exchange = Exchange::begin(&one, &two);
    one.edit(&mut Dice(5));
    exchange.sessions[0].wake(&mut one).unwrap();
    exchange.run_cleanly(&mut one, &mut two);
    assert!(exchange.is_in_step());
    assert!(one.shows() == two.shows());
}

#[test]
fn a_long_history_travels_in_several_batches_each_taken_in_when_it_comes() {
    let (mut one, mut two) = Bare::pair();
    one.edits(4_100, &mut Dice(6));
    let mut exchange = Exchange::begin(&one, &two);
    // The link is cut in the middle: what has come stays.
    exchange.run([&mut one, &mut two], 5, || Mishap::None);
    let some = two.positions().unwrap()[0].seq;
    assert!(some > 0 && some < 4_100);
    let exchange = bring_level(&mut one, &mut two);
    assert!(one.shows() == two.shows());
    let received: u32 = exchange.events[1]
        .iter()
        .filter_map(|event| match event {
            Event::Received { changes, .. } => Some(*changes),
            _ => None,
        })
        .sum();
    assert!(u64::from(received) == 4_100 - some, "only what was missing came again");
}

#[test]
fn what_i_lost_comes_back_from_the_other_with_my_own_signatures() {
    let (mut one, mut two) = Bare::pair();
    let mut dice = Dice(7);
    for _ in 0..3 {
        one.edits(500, &mut dice);
        two.edits(400, &mut dice);
        bring_level(&mut one, &mut two);
    }
    // The first device is lost. A new one of the same person knows nothing yet.
    let mut again = Bare::new(9);
    again.certified = vec![one.key.public(), two.key.public(), again.key.public()];
    two.certified.clone_from(&again.certified);
    bring_level(&mut again, &mut two);
    assert!(again.shows() == one.shows());
    assert!(again.positions().unwrap() == one.positions().unwrap());
}

#[test]
fn a_third_device_may_pass_on_what_the_first_wrote() {
    let mut devices = Bare::paired(3);
    let mut dice = Dice(8);
    for device in &mut devices {
        device.edits(30, &mut dice);
    }
    let [one, two, three] = devices.as_mut_slice() else { panic!("three devices") };
    bring_level(one, two);
    bring_level(two, three);
    bring_level(one, three);
    assert!(one.shows() == three.shows());
    bring_level(one, two);
    assert!(one.shows() == two.shows());
}

#[test]
fn the_watcher_sees_words_as_they_were_written_on_both_sides() {
    let (mut one, mut two) = Bare::pair();
    one.add_goal("01010101010100000000000000000001", "Sleep", "I want to wake rested and go to work by bus.");
    let mut exchange = Exchange::begin(&one, &two);
    let seen = Arc::new(Mutex::new(Vec::new()));
    for session in &mut exchange.sessions {
        let seen = Arc::clone(&seen);
        session.watch(Some(Box::new(move |way, bytes| seen.lock().unwrap().push((way, bytes.to_vec())))));
    }
    exchange.run_cleanly(&mut one, &mut two);
    for wanted in [Way::Sent, Way::Received] {
        let with_words = seen.lock().unwrap().iter().any(|(way, bytes)| {
            *way == wanted && String::from_utf8_lossy(bytes).contains("wake rested and go to work by bus.")
        });
        assert!(with_words);
    }
    assert!(seen.lock().unwrap().len() == exchange.frames.iter().sum::<usize>() * 2);
}

#[test]
fn a_goodbye_ends_both_and_nothing_is_said_after_it() {
    let (mut one, mut two) = Bare::pair();
    let mut exchange = bring_level(&mut one, &mut two);
    exchange.sessions[0].goodbye();
    exchange.run_cleanly(&mut one, &mut two);
    assert!(exchange.goodbyes(1) == [crate::exchange::Farewell::Done]);
    assert!(exchange.sessions.iter().all(Session::has_ended));
    two.edit(&mut Dice(9));
    exchange.sessions[1].wake(&mut two).unwrap();
    assert!(exchange.sessions[1].poll().unwrap().is_none());
}

#[test]
fn a_stream_is_cut_into_frames_wherever_it_was_torn() {
    let (one, two) = Bare::pair();
    let frame = |device: &Bare| Session::new(relationship(), TERMS, device).unwrap().poll().unwrap().unwrap();
    let frames = [frame(&one), frame(&two)];
    let stream = frames.concat();
    for width in [1, 3, 7, stream.len()] {
        let mut reader = FrameReader::default();
        let mut cut = Vec::new();
        for piece in stream.chunks(width) {
            reader.push(piece);
            while let Some(frame) = reader.next_frame().unwrap() {
                cut.push(frame);
            }
        }
        assert!(cut == frames);
        assert!(reader.is_at_an_end());
    }
}

#[test]
fn an_actor_begins_with_the_digest_of_its_device() {
    let (one, two) = Bare::pair();
    assert!(one.actor().starts_with(&actor_prefix(&one.key.public())));
    assert!(!one.actor().starts_with(&actor_prefix(&two.key.public())));
}
