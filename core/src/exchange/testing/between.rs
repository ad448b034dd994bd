//! One exchange between two devices in memory, over a link that loses, repeats and reorders by a script.

use std::collections::VecDeque;

use super::{Bare, TERMS, relationship};
use crate::Error;
use crate::exchange::frame::Farewell;
use crate::exchange::{Event, Session};

/// What a link does to a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mishap {
    None,
    Lost,
    Repeated,
    /// Comes before the one sent just before it.
    Early,
    /// Comes once more, much later.
    Late,
}

/// One exchange between two devices.
pub(crate) struct Exchange {
    pub(crate) sessions: [Session; 2],
    /// Frames on their way to each side.
    on_the_way: [VecDeque<Vec<u8>>; 2],
    late: [Vec<Vec<u8>>; 2],
    pub(crate) events: [Vec<Event>; 2],
    pub(crate) errors: [Option<Error>; 2],
    /// How many frames and bytes each side has sent.
    pub(crate) frames: [usize; 2],
    pub(crate) bytes: [usize; 2],
    /// How often a side that had heard all that was said before said something.
    pub(crate) flights: usize,
    /// Every frame that was sent, where they are kept.
    pub(crate) kept: Option<Vec<Vec<u8>>>,
}

impl Exchange {
    pub(crate) fn begin(one: &Bare, two: &Bare) -> Self {
        let session = |replica| Session::new(relationship(), TERMS, replica).expect("a session");
        Self {
            sessions: [session(one), session(two)],
            on_the_way: Default::default(),
            late: Default::default(),
            events: Default::default(),
            errors: [None, None],
            frames: [0; 2],
            bytes: [0; 2],
            flights: 0,
            kept: None,
        }
    }

    /// Sends one frame of a side, as it came out, to the other side.
    fn send(&mut self, from: usize, mishap: Mishap) -> bool {
        let Some(frame) = self.sessions[from].poll().expect("what is committed fits on the wire") else {
            return false;
        };
        self.frames[from] += 1;
        self.bytes[from] += frame.len();
        if let Some(kept) = &mut self.kept {
            kept.push(frame.clone());
        }
        let queue = &mut self.on_the_way[1 - from];
        match mishap {
            Mishap::None => queue.push_back(frame),
            Mishap::Lost => {}
            Mishap::Repeated => queue.extend([frame.clone(), frame]),
            Mishap::Early => {
                let before = queue.pop_back();
                queue.push_back(frame);
                queue.extend(before);
            }
            Mishap::Late => {
                self.late[1 - from].push(frame.clone());
                queue.push_back(frame);
            }
        }
        true
    }

    fn deliver(&mut self, to: usize, frame: &[u8], replica: &mut Bare) {
        match self.sessions[to].receive(frame, replica) {
            Ok(events) => self.events[to].extend(events),
            Err(Error::Closed) => {}
            Err(error) => self.errors[to] = Some(error),
        }
    }

    /// Runs until neither side has anything to say, at most `most` frames.
    pub(crate) fn run(
        &mut self,
        replicas: [&mut Bare; 2],
        most: usize,
        mut mishap: impl FnMut() -> Mishap,
    ) -> usize {
        let [one, two] = replicas;
        let mut count = 0;
        loop {
            let mut quiet = true;
            for side in [0, 1] {
                while count < most && self.send(side, mishap()) {
                    count += 1;
                    quiet = false;
                }
            }
            self.flights += usize::from(!quiet);
            for side in [0, 1] {
                let replica = if side == 0 { &mut *one } else { &mut *two };
                while let Some(frame) = self.on_the_way[side].pop_front() {
                    quiet = false;
                    self.deliver(side, &frame, replica);
                }
            }
            if quiet && self.late.iter().any(|late| !late.is_empty()) {
                for (queue, late) in self.on_the_way.iter_mut().zip(&mut self.late) {
                    queue.extend(late.drain(..));
                }
                continue;
            }
            if quiet || count >= most {
                return count;
            }
        }
    }

    pub(crate) fn run_cleanly(&mut self, one: &mut Bare, two: &mut Bare) {
        self.run([one, two], 100_000, || Mishap::None);
    }

    pub(crate) fn is_in_step(&self) -> bool {
        self.sessions.iter().all(Session::is_in_step)
    }

    pub(crate) fn saw(&self, side: usize, wanted: impl Fn(&Event) -> bool) -> usize {
        self.events[side].iter().filter(|event| wanted(event)).count()
    }

    pub(crate) fn goodbyes(&self, side: usize) -> Vec<Farewell> {
        let farewell = |event: &Event| match event {
            Event::Goodbye(why) => Some(*why),
            _ => None,
        };
        self.events[side].iter().filter_map(farewell).collect()
    }
}
