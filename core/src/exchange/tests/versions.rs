//! A stand-in for the next version of the protocol, on the other end.

use crate::Error;
use crate::exchange::frame::{self, Farewell, Frame, Hello};
use crate::exchange::testing::{Bare, Dice, TERMS, bring_level, relationship};
use crate::exchange::{Event, Position, Replica, Session};

/// The hello of a device that speaks these versions.
fn hello(protocol: (u64, u64), positions: Vec<Position>) -> Vec<u8> {
    let hello = Hello {
        protocol,
        gate: TERMS.gate + 8,
        level: TERMS.level,
        plan: TERMS.level,
        device_list: 1,
        relationship: relationship(),
        is_over: false,
        asks: 0,
        positions,
    };
    frame::write_hello(&hello).expect("a hello")
}

/// A frame of a kind that this version does not know.
fn unknown(kind: u8) -> Vec<u8> {
    [&[0, 0, 0, 5, 1, kind][..], b"new"].concat()
}

#[test]
fn a_device_that_also_speaks_the_next_version_is_spoken_to_in_this_one() {
    let (mut one, _) = Bare::pair();
    one.edits(5, &mut Dice(1));
    let positions = one.positions().expect("positions");
    let mut session = Session::new(relationship(), TERMS, &one).expect("a session");
    let events = session.receive(&hello((1, 2), positions), &mut one).expect("a hello");
    // A higher gate is told, and no reason not to talk: each judges by its own.
    assert!(events.iter().any(|event| matches!(event, Event::Greeted(terms) if terms.gate == 9)));
    assert!(session.is_in_step());
    for kind in [0x82, 0xC0, 0xFF] {
        session.receive(&unknown(kind), &mut one).expect("skipped");
    }
    assert!(session.is_in_step() && !session.has_ended());
}

#[test]
fn a_frame_that_must_be_understood_ends_the_exchange() {
    let (mut one, _) = Bare::pair();
    let mut session = Session::new(relationship(), TERMS, &one).expect("a session");
    session.receive(&hello((1, 2), Vec::new()), &mut one).expect("a hello");
    assert!(matches!(session.receive(&unknown(0x7F), &mut one), Err(Error::Exchange { .. })));
}

#[test]
fn a_device_that_speaks_only_other_versions_is_told_so_and_nothing_is_lost() {
    for protocol in [(2, 2), (2, 7), (0, 0)] {
        let (mut one, mut two) = Bare::pair();
        one.edits(3, &mut Dice(2));
        let mut session = Session::new(relationship(), TERMS, &one).expect("a session");
        session.poll().expect("a frame").expect("our hello");
        assert!(matches!(
            session.receive(&hello(protocol, Vec::new()), &mut one),
            Err(Error::Exchange { .. })
        ));
        let last = session.poll().expect("a frame").expect("the last word");
        assert!(matches!(frame::read(&last), Ok(Frame::Goodbye(Farewell::NoCommonVersion))));
        assert!(session.has_ended() && session.poll().expect("nothing").is_none());
        // After the update all goes on.
        bring_level(&mut one, &mut two);
    }
}

#[test]
fn how_much_is_still_to_come_and_to_go_is_known_from_the_hello_on() {
    let (mut one, mut two) = Bare::pair();
    one.edits(30, &mut Dice(3));
    two.edits(12, &mut Dice(4));
    let mut session = Session::new(relationship(), TERMS, &one).expect("a session");
    session.receive(&hello((1, 1), two.positions().expect("positions")), &mut one).expect("a hello");
    let progress = *session.progress();
    assert_eq!((progress.received, progress.to_receive), (0, 12));
    assert_eq!((progress.sent, progress.to_send), (0, 30));
    let done = bring_level(&mut one, &mut two);
    for (side, came, went) in [(0, 12, 30), (1, 30, 12)] {
        let progress = done.sessions[side].progress();
        assert_eq!((progress.received, progress.to_receive), (came, came));
        assert_eq!((progress.sent, progress.to_send), (went, went));
    }
}
