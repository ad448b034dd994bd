//! When to knock again at a door that did not open: the other device hears only a few knocks a minute from one place, and
//! one that knocks with every call would shut itself out, and whoever is with it.

use std::time::{Duration, Instant};

/// How long after a knock in vain the next one waits; twice as long each time.
const FIRST: Duration = Duration::from_secs(20);
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// What is remembered of knocking at the door of one other device, until this one goes offline.
#[derive(Debug, Default)]
pub(super) struct Knocking {
    in_vain: Option<InVain>,
}

#[derive(Debug)]
struct InVain {
    /// What was said.
    word: Vec<u8>,
    at: Instant,
    pause: Duration,
}

impl Knocking {
    /// Whether to knock with this word now. One that was not said before may open the door at once; while a person waits
    /// it is tried every now and then.
    pub(super) fn may(&self, word: &[u8], is_awaited: bool, now: Instant) -> bool {
        self.in_vain.as_ref().is_none_or(|last| {
            let pause = if is_awaited { FIRST } else { last.pause };
            last.word != word || now.saturating_duration_since(last.at) >= pause
        })
    }

    /// The door did not open at this word.
    pub(super) fn was_in_vain(&mut self, word: &[u8], now: Instant) {
        let before = self.in_vain.take().filter(|last| last.word == word);
        let pause = before.map_or(FIRST, |last| (2 * last.pause).min(LONGEST));
        self.in_vain = Some(InVain { word: word.to_vec(), at: now, pause });
    }

    /// It was answered.
    pub(super) fn was_heard(&mut self) {
        self.in_vain = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many seconds it is knocked within two hours, if every second it is asked.
    fn knocks(is_awaited: bool) -> Vec<u64> {
        let (mut knocking, begun) = (Knocking::default(), Instant::now());
        let mut knocks = Vec::new();
        for second in 0..7_200 {
            let now = begun + Duration::from_secs(second);
            if knocking.may(b"word", is_awaited, now) {
                knocking.was_in_vain(b"word", now);
                knocks.push(second);
            }
        }
        knocks
    }

    #[test]
    fn the_same_word_is_said_less_and_less_often() {
        let said = knocks(false);
        assert_eq!(said[..5], [0, 20, 60, 140, 300]);
        assert!(said.windows(2).all(|two| two[1] - two[0] <= 900) && said.len() < 16, "{said:?}");
    }

    #[test]
    fn while_a_person_waits_it_is_said_three_times_a_minute() {
        assert_eq!(knocks(true)[..4], [0, 20, 40, 60]);
    }

    #[test]
    fn another_word_and_an_answer_begin_anew() {
        let (mut knocking, now) = (Knocking::default(), Instant::now());
        knocking.was_in_vain(b"word", now);
        assert!(!knocking.may(b"word", true, now) && knocking.may(b"another", false, now));
        knocking.was_heard();
        assert!(knocking.may(b"word", false, now));
    }
}
