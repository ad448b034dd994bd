//! Two devices in memory: a plan of bare Automerge behind the seam, and a link that loses, repeats,
//! reorders and cuts by a script. Deterministic, so that what once failed fails again.

#![allow(clippy::expect_used, clippy::panic)] // only for tests and benches
#![cfg_attr(not(test), allow(dead_code))] // benches use a part of it

mod bare;
mod between;

pub(crate) use self::bare::{Bare, moment};
pub(crate) use self::between::{Exchange, Mishap};
use super::Terms;
use crate::id::RelationshipId;

pub(crate) const TERMS: Terms = Terms { gate: 1, level: 1, device_list: 1, is_over: false };

pub(crate) fn relationship() -> RelationshipId {
    RelationshipId::from_bytes([7; 16])
}

/// A small generator of numbers that look random (SplitMix64), the same everywhere.
#[derive(Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("it is below a usize")
    }

    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.next().to_le_bytes()[0])
    }

    pub(crate) fn hex_id(&mut self, creator: u8) -> String {
        let mut id: [u8; 16] = self.bytes();
        id[..6].fill(creator);
        data_encoding::HEXLOWER.encode(&id)
    }
}

/// A clean exchange after which both must be in step.
pub(crate) fn bring_level(one: &mut Bare, two: &mut Bare) -> Exchange {
    let mut exchange = Exchange::begin(one, two);
    exchange.run_cleanly(one, two);
    assert!(exchange.errors == [None, None], "{:?}", exchange.errors);
    assert!(exchange.is_in_step(), "an exchange without mishaps brings both into step");
    exchange
}
