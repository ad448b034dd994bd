//! What a peer that keeps no rules can do with what travels beside a plan.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use super::hostile::hello_with;
use crate::exchange::frame::beside::{self, Beside};
use crate::exchange::testing::{Bare, Dice, TERMS, relationship};
use crate::exchange::{
    Event, Farewell, Holdings, Piece, Presence, Session, Shelf, Shelved, ShortId, SignedNotice, Whereabouts,
    frame,
};
use crate::id::ParcelId;
use crate::{Error, Result};

/// Notices in memory. One whose body is [`END`] ends the relationship.
#[derive(Default)]
struct Board {
    notices: Mutex<Vec<SignedNotice>>,
    /// How often it was written down that the other lacks something.
    noted: AtomicU32,
}

const END: &[u8] = b"ended";

fn notice(body: &[u8]) -> SignedNotice {
    SignedNotice { body: body.to_vec(), device: [2; 32], signature: [3; 64] }
}

impl Board {
    fn of(notices: &[SignedNotice]) -> Arc<Self> {
        Arc::new(Self { notices: Mutex::new(notices.to_vec()), ..Self::default() })
    }

    fn all(&self) -> Vec<SignedNotice> {
        self.notices.lock().unwrap().clone()
    }
}

fn held(notices: &[SignedNotice]) -> Holdings {
    let mut ids: Vec<[u8; 32]> = notices.iter().map(|it| it.id(&relationship())).collect();
    ids.sort_unstable();
    Holdings::of(&ids)
}

impl Shelf for Arc<Board> {
    fn holdings(&self) -> Result<Holdings> {
        Ok(held(&self.all()))
    }

    fn ids(&self) -> Result<Vec<ShortId>> {
        Ok(self.all().iter().map(|it| it.id(&relationship())[..8].try_into().unwrap()).collect())
    }

    fn lacking(&self, _: Option<&[ShortId]>) -> Result<Vec<SignedNotice>> {
        Ok(self.all())
    }

    fn are_lacking(&mut self, _: &[SignedNotice]) -> Result<()> {
        self.noted.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn is_over(&self) -> Result<bool> {
        Ok(self.all().iter().any(|it| it.body == END))
    }

    fn level(&mut self) -> Result<()> {
        Ok(())
    }

    fn take_notices(&mut self, notices: &[SignedNotice]) -> Result<Shelved> {
        self.notices.lock().unwrap().extend_from_slice(notices);
        Ok(Shelved { new: u32::try_from(notices.len()).unwrap(), refused: 0 })
    }

    fn wanted(&self, _: &[ParcelId]) -> Result<Option<(ParcelId, u32)>> {
        Ok(None)
    }

    fn piece(&self, parcel: ParcelId, start: u32) -> Result<Piece> {
        Ok(Piece { parcel, start, bytes: Vec::new() })
    }

    fn take_piece(&mut self, _: &Piece) -> Result<bool> {
        Ok(false)
    }
}

/// A device with some edits and these notices, before the other has said a word.
fn beginning(notices: &[SignedNotice]) -> (Bare, Session, Arc<Board>) {
    let (mut one, _) = Bare::pair();
    one.edits(3, &mut Dice(1));
    let board = Board::of(notices);
    let mut session = Session::new(relationship(), TERMS, &one).unwrap();
    session.shelve(Box::new(Arc::clone(&board))).unwrap();
    (one, session, board)
}

fn holds(notices: &[SignedNotice]) -> Vec<u8> {
    beside::write(&Beside::Holds(held(notices))).unwrap()
}

fn is_in_step(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::InStep))
}

#[test]
fn nothing_is_over_because_somebody_says_so_unless_an_end_comes_with_it() {
    let some = [notice(b"one")];
    let (mut one, mut session, _) = beginning(&some);
    let over = hello_with(|hello| hello.is_over = true);
    assert!(!is_in_step(&session.receive(&over, &mut one).unwrap()));
    assert!(!session.is_over() && !session.is_caught_up());
    let told = session.receive(&holds(&some), &mut one);
    assert!(matches!(told, Err(Error::Exchange { .. })), "both hold the same, and no end among it");
    assert!(session.has_ended() && !session.is_in_step());
    assert!(session.poll().unwrap().unwrap() == frame::write_goodbye(Farewell::RulesBroken).unwrap());
}

#[test]
fn an_end_that_comes_with_the_word_for_it_is_one() {
    let some = [notice(b"one")];
    let (mut one, mut session, _) = beginning(&some);
    // What was held before the word for it tells nothing of it.
    session.receive(&hello_with(|_| {}), &mut one).unwrap();
    session.receive(&holds(&some), &mut one).unwrap();
    session.receive(&hello_with(|hello| hello.is_over = true), &mut one).unwrap();
    assert!(!session.is_over() && !session.is_caught_up());
    let more = [some[0].clone(), notice(END)];
    session.receive(&holds(&more), &mut one).unwrap();
    let end = beside::write(&Beside::Notices(vec![more[1].clone()])).unwrap();
    assert!(is_in_step(&session.receive(&end, &mut one).unwrap()));
    assert!(session.is_over() && session.is_in_step());
}

#[test]
fn to_hold_the_same_again_and_again_brings_nobody_further() {
    let some = [notice(b"one")];
    let (mut one, mut session, _) = beginning(&some);
    session.receive(&hello_with(|_| {}), &mut one).unwrap();
    session.receive(&holds(&some), &mut one).unwrap();
    assert!(session.is_further(), "the first time it is news");
    let ended = (0..10_000).find_map(|n| {
        // In turn with something else, too.
        let said = if n % 2 == 0 { holds(&[]) } else { holds(&some) };
        let told = session.receive(&said, &mut one).err();
        assert!(!session.is_further());
        while session.poll().unwrap().is_some() {}
        told
    });
    assert!(matches!(ended, Some(Error::Exchange { .. })));
}

#[test]
fn what_the_other_says_it_lacks_is_written_down_once_and_sent_a_few_times() {
    let some = [notice(b"one"), notice(b"two")];
    let none = beside::write(&Beside::Ids(Vec::new())).unwrap();
    let (mut one, mut session, board) = beginning(&some);
    session.receive(&hello_with(|_| {}), &mut one).unwrap();
    let sent = (0..1_000).map(|_| {
        session.receive(&none, &mut one).unwrap();
        std::iter::from_fn(|| session.poll().unwrap()).filter(|frame| frame[5] == 9).count()
    });
    let sent: usize = sent.sum();
    assert!((8..=16).contains(&sent), "{sent}");
    assert_eq!(board.noted.load(Ordering::Relaxed), 1);

    // A file that is not the newest says how it was, and not how it is.
    let (mut one, mut session, board) = beginning(&some);
    session.take_as_carried(false);
    session.receive(&hello_with(|_| {}), &mut one).unwrap();
    session.receive(&none, &mut one).unwrap();
    assert_eq!(board.noted.load(Ordering::Relaxed), 0);
}

#[test]
fn nothing_travels_beside_a_plan_before_a_hello() {
    let frames = [
        holds(&[]),
        beside::write(&Beside::Whereabouts(Whereabouts::default())).unwrap(),
        beside::write(&Beside::Presence(Presence::default())).unwrap(),
        vec![0, 0, 0, 3, 1, 0xf0, 0],
    ];
    for frame in frames {
        let (mut one, mut session, _) = beginning(&[]);
        assert!(matches!(session.receive(&frame, &mut one), Err(Error::Exchange { .. })));
        assert!(session.has_ended());
    }
}

#[test]
fn what_somebody_is_doing_does_not_go_before_the_hello() {
    let (mut one, mut session, _) = beginning(&[]);
    session.receive(&hello_with(|_| {}), &mut one).unwrap();
    session.present(Presence { together: true, ..Presence::default() }).unwrap();
    assert_eq!(session.poll().unwrap().unwrap()[5], 1, "a hello");
}
