//! The protocol against a peer that was torn, mixed up or made up: no panic, no hang, no memory full of nothing, and
//! nothing that anybody who keeps the rules would have to pay for.
//!
//! | file | what it is for |
//! | --- | --- |
//! | `wounds` | what is changed in frames and columns, and frames that nobody ever sent |
//! | `beside` | what travels beside a plan, made up |
//! | `frames` | streams of bytes, cut into frames and read |
//! | `machine` | two sessions over bare plans, and a wire that does everything wrong |
//! | `gate` | two whole plans, and a peer with a certified key who writes what no app would |
//!
//! `crate::tests::fuzzing` says which settings there are.

mod beside;
mod frames;
mod gate;
mod machine;
mod wounds;

use std::time::Duration;

use crate::exchange::testing::Dice;
use crate::tests::fuzzing::{Child, Task, seconds};

/// The child's part of the test, which does nothing unless it is the child.
const CHILD: &str = "exchange::tests::fuzzing::a_child_hears_frame_after_frame";
/// No round may take longer in this unoptimised build; those of the gate are histories of two devices.
const SLOWEST: Duration = Duration::from_secs(60);
/// The peak of a child's memory, in KiB.
const MOST_MEMORY: usize = 256 << 10;
/// What is looked at, and of 10 parts of the time how many it gets.
const KINDS: [(&str, u64); 4] = [("frames", 2), ("columns", 2), ("machine", 3), ("gate", 3)];

#[test]
fn no_peer_however_mad_makes_the_protocol_panic_hang_or_swell() {
    // Two at a time: the children count as busy as any other test.
    for kinds in KINDS.chunks(2) {
        let begin = |(what, share): &(&str, u64)| {
            // Two of them share a part of the time.
            let all = KINDS.chunks(2).map(|two| two[0].1.max(two[1].1)).sum();
            Child::begin(CHILD, what, seconds(*share, all), SLOWEST * 2)
        };
        let children: Vec<Child> = kinds.iter().map(begin).collect();
        children.into_iter().for_each(Child::finish);
    }
}

#[test]
fn a_child_hears_frame_after_frame() {
    let Some(task) = Task::given(MOST_MEMORY) else { return };
    match task.what.as_str() {
        "frames" => {
            let seeds = wounds::real_frames();
            task.rounds("frames read", |round| frames::look(&seeds, &mut dice(round)));
        }
        "columns" => {
            let seeds = frames::real_batches();
            task.rounds("changes built", |round| frames::look_inside(&seeds, &mut dice(round)));
        }
        "machine" => task.rounds("frames taken", |round| machine::look(&mut dice(round))),
        "gate" => task.rounds("changes that came in", |round| gate::look(&mut dice(round))),
        what => panic!("nothing is called {what}"),
    }
}

fn dice(round: u64) -> Dice {
    Dice(round.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x4652_414d_4553)
}
