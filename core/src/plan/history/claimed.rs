//! When something was done, as its writer's clock said. Nobody can check a clock, so a time that cannot be right is
//! shown as what it is: a claim.

use chrono::DateTime;

use super::super::view::ClaimedTime;

/// Clocks differ a little: a time so many seconds ahead of ours is none of the future.
const AHEAD: i64 = 5 * 60;
/// Nothing was written before there was such a plan: 1 January 2020.
const EARLIEST: i64 = 1_577_836_800;
/// Clocks that were set by hand may be so far behind what they build upon, in seconds.
const BEHIND: i64 = 24 * 60 * 60;

/// Judges claims by the clock of this device.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    /// Now, in seconds.
    pub(super) now: i64,
}

impl Clock {
    /// Whether anything can have been written then, whatever it builds upon.
    fn is_possible(self, time: i64) -> bool {
        (EARLIEST..=self.now.saturating_add(AHEAD)).contains(&time)
    }

    /// What a change claims that builds upon changes of these times. One that is impossible itself says nothing
    /// of those that build upon it.
    pub(super) fn claimed(self, time: i64, parents: impl IntoIterator<Item = i64>) -> ClaimedTime {
        let is_behind = |parent: i64| self.is_possible(parent) && time < parent.saturating_sub(BEHIND);
        ClaimedTime {
            at: DateTime::from_timestamp(time, 0),
            can_be_right: self.is_possible(time) && !parents.into_iter().any(is_behind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Clock = Clock { now: 1_777_824_000 };

    fn can_be_right(time: i64, parents: &[i64]) -> bool {
        NOW.claimed(time, parents.iter().copied()).can_be_right
    }

    #[test]
    fn a_time_in_the_future_or_before_there_were_plans_is_only_a_claim() {
        assert!(can_be_right(NOW.now, &[]) && can_be_right(NOW.now + AHEAD, &[]));
        assert!(!can_be_right(NOW.now + AHEAD + 1, &[]));
        assert!(can_be_right(EARLIEST, &[0]) && !can_be_right(EARLIEST - 1, &[0]) && !can_be_right(0, &[]));
    }

    #[test]
    fn long_before_what_it_builds_upon_nothing_was_written() {
        assert!(can_be_right(NOW.now - BEHIND, &[NOW.now]));
        assert!(!can_be_right(NOW.now - BEHIND - 1, &[0, NOW.now]));
        assert!(can_be_right(NOW.now - BEHIND - 1, &[i64::MAX]), "the parent's clock is the wrong one");
    }

    #[test]
    fn the_ends_of_all_numbers_are_no_time_and_break_nothing() {
        for time in [i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX] {
            for now in [i64::MIN, 0, i64::MAX] {
                let claimed = Clock { now }.claimed(time, [i64::MIN, 0, i64::MAX]);
                assert_eq!(claimed.at, None);
            }
            assert!(!can_be_right(time, &[i64::MIN, i64::MAX]));
        }
    }
}
