//! Two sessions over bare plans, and a wire that does everything wrong.

use std::collections::{HashSet, VecDeque};

use automerge::{Change, ChangeHash};

use super::wounds::{made_up, wounded};
use crate::Error;
use crate::exchange::testing::{Bare, Dice, TERMS, bring_level, relationship};
use crate::exchange::{Replica, Session};

/// More frames than this never wait in one session: of a plan as short as these.
const MOST_WAITING: usize = 300;

/// One history of two devices that meet over a wire which loses, repeats, mixes up, changes and invents. Nothing comes
/// in that nobody wrote, and an honest meeting right after brings both level. Answers how many frames were taken.
pub(super) fn look(dice: &mut Dice) -> u64 {
    let (one, two) = Bare::pair();
    let mut sides = [one, two];
    for side in &mut sides {
        side.edits(dice.below(12), dice);
    }
    if dice.one_in(2) {
        let [one, two] = &mut sides;
        bring_level(one, two);
        for side in [one, two] {
            side.edits(dice.below(4), dice);
        }
    }
    let begin = |side: &Bare| Session::new(relationship(), TERMS, side).unwrap();
    let mut sessions = [begin(&sides[0]), begin(&sides[1])];
    let mut wires: [VecDeque<Vec<u8>>; 2] = Default::default();
    let mut former: Vec<Vec<u8>> = Vec::new();
    let mut honest: HashSet<ChangeHash> = HashSet::new();
    for side in &sides {
        honest.extend(side.all().iter().map(Change::hash));
    }
    let mut taken = 0;
    for _ in 0..10 + dice.below(120) {
        let here = dice.below(2);
        let frame = match dice.below(20) {
            0..=7 => {
                wires[1 - here].extend(sessions[here].poll().unwrap());
                continue;
            }
            8..=12 => wires[here].pop_front(),
            13 => {
                // Repeated now, and perhaps much later.
                let frame = wires[here].front().cloned();
                former.extend(frame.clone());
                frame
            }
            14 => {
                let lost = wires[here].pop_front();
                former.extend(lost);
                (!former.is_empty()).then(|| dice.pick(&former).clone())
            }
            15 => wires[here].pop_back(),
            16 => wires[here].pop_front().map(|frame| wounded(&frame, dice)),
            17 => {
                let known = sides[dice.below(2)].positions().unwrap();
                Some(made_up(dice, &known))
            }
            18 => {
                honest.insert(sides[here].edit(dice).hash());
                sessions[here].wake(&mut sides[here]).unwrap();
                continue;
            }
            _ => {
                match dice.below(4) {
                    0 => sessions[here].goodbye(),
                    1 => drop(sessions[here].ask_again(&sides[here])),
                    _ => {
                        // Cut, and begun again; what was on the wire may still come.
                        sessions[here] = begin(&sides[here]);
                        if dice.one_in(2) {
                            wires[here].clear();
                        }
                    }
                }
                continue;
            }
        };
        let Some(frame) = frame else { continue };
        let was_over = sessions[here].has_ended();
        match sessions[here].receive(&frame, &mut sides[here]) {
            Ok(_) => taken += 1,
            Err(Error::Closed) => assert!(was_over),
            Err(Error::Exchange { .. }) => assert!(sessions[here].has_ended()),
            Err(error) => panic!("trouble of its own: {error:?}"),
        }
        if sessions[here].has_ended() && dice.one_in(2) {
            sessions[here] = begin(&sides[here]);
        }
    }
    for session in &mut sessions {
        let waiting = std::iter::from_fn(|| session.poll().unwrap()).take(MOST_WAITING).count();
        assert!(waiting < MOST_WAITING, "what waits is bounded");
    }
    for side in &sides {
        assert!(side.all().iter().all(|change| honest.contains(&change.hash())), "only what somebody wrote");
    }
    let [one, two] = &mut sides;
    bring_level(one, two);
    assert!(one.shows() == two.shows());
    assert!(one.all().len() == honest.len(), "nothing is lost");
    taken
}
