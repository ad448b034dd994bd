//! When to call again: soon at first, then less and less often, and never all at the same moment.

use std::time::Duration;

use crate::clock::World;

/// The first pause.
const FIRST: Duration = Duration::from_millis(50);
/// The longest pause while a person waits.
const LONGEST_AWAITED: Duration = Duration::from_secs(10);
/// The longest pause while nobody does.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// The pauses between calls that come to nothing.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    /// Before the next call, but for chance; none before the first.
    next: Duration,
}

impl Pauses {
    /// From here on as if nothing had been tried.
    pub(super) fn reset(&mut self) {
        self.next = Duration::ZERO;
    }

    /// How long to wait now; the next time it is about twice as long.
    pub(super) fn take(&mut self, world: &World, is_awaited: bool) -> Duration {
        let longest = if is_awaited { LONGEST_AWAITED } else { LONGEST };
        let pause = self.next.min(longest);
        self.next = (2 * self.next).clamp(FIRST, LONGEST);
        // Two who call each other at the same moment would else do so again and again. Without chance it is the
        // whole pause.
        let chance = world.random::<2>().map_or(u16::MAX, u16::from_be_bytes);
        pause / 2 + pause / 2 * u32::from(chance) / u32::from(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono_tz::Tz;

    use super::*;
    use crate::Result;
    use crate::clock::{Instant, Surroundings};

    /// A world in which chance is always the same.
    struct Chance(u8);

    impl Surroundings for Chance {
        fn now(&self) -> Instant {
            Instant::UNIX_EPOCH
        }

        fn zone(&self) -> Tz {
            Tz::UTC
        }

        fn fill_random(&self, bytes: &mut [u8]) -> Result<()> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    fn pauses(chance: u8, is_awaited: bool) -> Vec<u128> {
        let world: World = Arc::new(Chance(chance));
        let mut pauses = Pauses::default();
        (0..20).map(|_| pauses.take(&world, is_awaited).as_millis()).collect()
    }

    #[test]
    fn calls_become_rarer_up_to_one_in_five_minutes() {
        let at_most = pauses(0xFF, false);
        assert_eq!(at_most[..5], [0, 50, 100, 200, 400]);
        assert_eq!(at_most[19], 300_000);
        assert!(at_most.is_sorted());
    }

    #[test]
    fn chance_takes_up_to_half_of_a_pause_away() {
        for (most, least) in pauses(0xFF, false).into_iter().zip(pauses(0, false)) {
            assert_eq!(least, most / 2);
        }
    }

    #[test]
    fn while_a_person_waits_it_is_tried_at_least_every_ten_seconds() {
        assert_eq!(pauses(0xFF, true)[19], 10_000);
    }

    #[test]
    fn a_reset_begins_anew() {
        let world: World = Arc::new(Chance(0xFF));
        let mut pauses = Pauses::default();
        for _ in 0..9 {
            pauses.take(&world, false);
        }
        pauses.reset();
        assert_eq!(pauses.take(&world, false), Duration::ZERO);
        assert_eq!(pauses.take(&world, false), FIRST);
    }
}
