//! How often one may knock at the enrol door: each source a few times a minute, all together so often that looking at
//! what they show costs next to nothing, and only a few at once.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// The time within which knocks are counted.
const WITHIN: Duration = Duration::from_secs(60);
/// How often one source may knock within it, and all that come through a relay together.
const OF_ONE: usize = 6;
const OF_RELAYS: usize = 60;
/// How often all together may.
const OF_ALL: usize = 240;
/// How many stand at the door at once.
const AT_ONCE: usize = 8;

/// Where a knock comes from, as far as one can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// An address; of IPv6 the network, which one household has to itself.
    Address(IpAddr),
    /// Somebody behind a relay.
    Relay,
}

impl Source {
    /// The source of an address.
    pub(crate) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V6(address) if address.to_ipv4_mapped().is_none() => {
                let mut network = address.segments();
                network[4..].fill(0);
                Self::Address(IpAddr::V6(network.into()))
            }
            other => Self::Address(other.to_canonical()),
        }
    }

    fn most(self) -> usize {
        match self {
            Self::Address(_) => OF_ONE,
            Self::Relay => OF_RELAYS,
        }
    }
}

/// Who has knocked lately.
#[derive(Default)]
pub(crate) struct Knocks {
    /// Never more than [`OF_ALL`].
    lately: VecDeque<(Instant, Source)>,
    inside: usize,
}

impl Knocks {
    /// Whether one who comes from here may knock now; then it counts, and [`Knocks::leaves`] is owed.
    pub(crate) fn enters(&mut self, source: Source, now: Instant) -> bool {
        while self.lately.front().is_some_and(|(at, _)| now.saturating_duration_since(*at) >= WITHIN) {
            self.lately.pop_front();
        }
        let of_it = self.lately.iter().filter(|(_, other)| *other == source).count();
        if self.inside >= AT_ONCE || of_it >= source.most() || self.lately.len() >= OF_ALL {
            return false;
        }
        self.inside += 1;
        self.lately.push_back((now, source));
        true
    }

    /// One of those who entered has left.
    pub(crate) fn leaves(&mut self) {
        self.inside = self.inside.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(last: u8) -> Source {
        Source::of(IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn one_source_knocks_a_few_times_a_minute_and_another_is_not_disturbed() {
        let (mut knocks, now) = (Knocks::default(), Instant::now());
        let entered = (0..1_000).filter(|_| knocks.enters(from(1), now).then(|| knocks.leaves()).is_some());
        assert_eq!(entered.count(), 6);
        assert!(knocks.enters(from(2), now));
        knocks.leaves();
        assert!(!knocks.enters(from(1), now + Duration::from_secs(59)));
        assert!(knocks.enters(from(1), now + Duration::from_secs(60)));
    }

    #[test]
    fn a_household_of_ipv6_is_one_source() {
        let of = |address: &str| Source::of(address.parse().expect("an address"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.7"), from(7));
    }

    #[test]
    fn a_flood_from_everywhere_takes_bounded_memory_and_ends_after_a_minute() {
        let (mut knocks, now) = (Knocks::default(), Instant::now());
        let mut entered = 0;
        for n in 0..100_000_u32 {
            if knocks.enters(Source::of(IpAddr::from(n.to_be_bytes())), now) {
                knocks.leaves();
                entered += 1;
            }
        }
        assert_eq!((entered, knocks.lately.len()), (OF_ALL, OF_ALL));
        assert!(knocks.enters(from(1), now + WITHIN));
        assert_eq!(knocks.lately.len(), 1);
    }

    #[test]
    fn those_who_stand_at_the_door_and_say_nothing_are_few() {
        let (mut knocks, now) = (Knocks::default(), Instant::now());
        let inside = (0..100).filter(|n| knocks.enters(from(*n), now)).count();
        assert_eq!(inside, AT_ONCE);
        knocks.leaves();
        assert!(knocks.enters(from(200), now));
    }
}
