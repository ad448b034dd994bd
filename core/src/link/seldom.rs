//! What may be said as often as somebody likes, and is done only now and then: of all that is said meanwhile the last
//! counts.

use std::time::Duration;

use tokio::time::Instant;

/// Something to be done at most once in a while.
pub(super) struct Seldom<T> {
    every: Duration,
    waiting: Option<T>,
    done_at: Option<Instant>,
}

impl<T> Seldom<T> {
    /// At most once in so long.
    pub(super) fn every(every: Duration) -> Self {
        Self { every, waiting: None, done_at: None }
    }

    /// This takes the place of what waits.
    pub(super) fn hear(&mut self, said: T) {
        self.waiting = Some(said);
    }

    /// When what waits is to be done.
    pub(super) fn due(&self) -> Option<Instant> {
        self.waiting.as_ref()?;
        Some(self.done_at.map_or_else(Instant::now, |done| done + self.every))
    }

    /// What is to be done now; it counts as done.
    pub(super) fn take(&mut self, now: Instant) -> Option<T> {
        if self.done_at.is_some_and(|done| now < done + self.every) {
            return None;
        }
        let taken = self.waiting.take()?;
        self.done_at = Some(now);
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_is_said_too_often_the_last_is_done_when_its_time_has_come() {
        let (start, every) = (Instant::now(), Duration::from_secs(10));
        let mut seldom = Seldom::every(every);
        assert_eq!((seldom.due(), seldom.take(start)), (None, None));
        seldom.hear(1);
        assert_eq!(seldom.take(start), Some(1), "the first at once");
        for said in 2..1_000 {
            seldom.hear(said);
            assert_eq!(seldom.take(start + every / 2), None);
        }
        assert_eq!(seldom.due(), Some(start + every));
        assert_eq!(seldom.take(start + every), Some(999));
        assert_eq!((seldom.due(), seldom.take(start + 3 * every)), (None, None));
    }
}
