//! Small things that a plan writes in one piece at one place: a word with its time and reason, a stance, where a
//! goal came from, how often something is done. There is one way to write each, and what does not read back the
//! same is not one of them.

use chrono::{Datelike, NaiveDate};

use crate::clock::{LocalDate, Moment};
use crate::id::GoalId;
use crate::reminders::Weekday;

use super::moment;
use super::policy::{PROSE, is_prose};
use super::view::{DescentKind, Recurrence, Rhythm, StanceKind, WordingDigest};

/// The longest interval of anything that repeats, in days, weeks or months.
pub(super) const LONGEST_INTERVAL: u16 = 366;

/// A reason, where there is one: what follows after a space.
fn reason(text: Option<&str>) -> Option<Option<String>> {
    match text {
        None => Some(None),
        Some(why) if !why.is_empty() && is_prose(why, PROSE) => Some(Some(why.to_owned())),
        Some(_) => None,
    }
}

/// A word, since when, and why: `paused 2026-05-03T18:02:11.250000+02:00[Europe/Berlin] exams`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) word: &'static str,
    pub(super) at: Moment,
    pub(super) why: Option<String>,
}

impl Marked {
    /// As the plan writes it.
    pub(super) fn write(&self) -> String {
        let why = self.why.as_ref().map(|why| format!(" {why}")).unwrap_or_default();
        format!("{} {}{why}", self.word, moment::write(&self.at))
    }

    /// As the plan wrote it, where the word is one of these.
    pub(super) fn read(text: &str, words: &'static [&'static str]) -> Option<Self> {
        let mut parts = text.splitn(3, ' ');
        let word = parts.next()?;
        let word = words.iter().find(|known| **known == word)?;
        Some(Self { word, at: moment::read(parts.next()?)?, why: reason(parts.next())? })
    }
}

/// What one thinks of a wording without signing anything: `not_yet DIGEST MOMENT why`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Stance {
    pub(super) kind: StanceKind,
    pub(super) digest: WordingDigest,
    pub(super) at: Moment,
    pub(super) why: Option<String>,
}

impl StanceKind {
    /// As the plan writes it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::NotYet => "not_yet",
            Self::Disagree => "disagree",
        }
    }

    /// As the plan wrote it.
    pub(super) fn read(word: &str) -> Option<Self> {
        [Self::NotYet, Self::Disagree].into_iter().find(|kind| kind.word() == word)
    }
}

impl Stance {
    /// As the plan writes it.
    pub(super) fn write(&self) -> String {
        let why = self.why.as_ref().map(|why| format!(" {why}")).unwrap_or_default();
        format!("{} {} {}{why}", self.kind.word(), self.digest, moment::write(&self.at))
    }

    /// As the plan wrote it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, ' ');
        Some(Self {
            kind: StanceKind::read(parts.next()?)?,
            digest: parts.next()?.parse().ok()?,
            at: moment::read(parts.next()?)?,
            why: reason(parts.next())?,
        })
    }
}

/// From which goal another came: `grew_out_of ID` or `replaces ID`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Descent {
    pub(super) kind: DescentKind,
    pub(super) from: GoalId,
}

impl DescentKind {
    /// As the plan writes it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::GrewOutOf => "grew_out_of",
            Self::Replaces => "replaces",
        }
    }

    /// As the plan wrote it.
    pub(crate) fn read(word: &str) -> Option<Self> {
        [Self::GrewOutOf, Self::Replaces].into_iter().find(|kind| kind.word() == word)
    }
}

impl Descent {
    /// As the plan writes it.
    pub(super) fn write(&self) -> String {
        format!("{} {}", self.kind.word(), self.from)
    }

    /// As the plan wrote it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (kind, from) = text.split_once(' ')?;
        let descent = Self { kind: DescentKind::read(kind)?, from: from.parse().ok()? };
        (descent.write() == text).then_some(descent)
    }
}

/// The days of the week as RFC 5545 writes them.
const DAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "MO"),
    (Weekday::Tuesday, "TU"),
    (Weekday::Wednesday, "WE"),
    (Weekday::Thursday, "TH"),
    (Weekday::Friday, "FR"),
    (Weekday::Saturday, "SA"),
    (Weekday::Sunday, "SU"),
];

impl Recurrence {
    /// As the plan writes it: the first day, and a rule in the words of RFC 5545, for example
    /// `2026-05-03 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20261231`.
    pub(super) fn write(&self) -> String {
        let rule = match &self.rhythm {
            Rhythm::Days { every } => format!("FREQ=DAILY;INTERVAL={every}"),
            Rhythm::Weeks { every, days } => {
                let names: Vec<_> =
                    DAYS.iter().filter(|(day, _)| days.contains(day)).map(|(_, name)| *name).collect();
                format!("FREQ=WEEKLY;INTERVAL={every};BYDAY={}", names.join(","))
            }
            Rhythm::Months { every, day } => format!("FREQ=MONTHLY;INTERVAL={every};BYMONTHDAY={day}"),
        };
        let until = self.until.map(|day| day.format(";UNTIL=%Y%m%d").to_string()).unwrap_or_default();
        format!("{} {rule}{until}", self.from)
    }

    /// As the plan wrote it, within bounds.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (from, rule) = text.split_once(' ')?;
        let mut parts = rule.split(';');
        let frequency = parts.next()?.strip_prefix("FREQ=")?;
        let every = parts.next()?.strip_prefix("INTERVAL=")?.parse().ok()?;
        let rhythm = match frequency {
            "DAILY" => Rhythm::Days { every },
            "WEEKLY" => Rhythm::Weeks { every, days: read_days(parts.next()?.strip_prefix("BYDAY=")?)? },
            "MONTHLY" => {
                Rhythm::Months { every, day: parts.next()?.strip_prefix("BYMONTHDAY=")?.parse().ok()? }
            }
            _ => return None,
        };
        let until = match parts.next() {
            None => None,
            Some(part) => Some(NaiveDate::parse_from_str(part.strip_prefix("UNTIL=")?, "%Y%m%d").ok()?),
        };
        let read = Self { from: moment::read_day(from)?, rhythm, until };
        (read.is_sound() && read.write() == text).then_some(read)
    }

    /// Whether it is within bounds: an interval from 1 to 366, days that exist, an end not before the beginning.
    pub(super) fn is_sound(&self) -> bool {
        let interval = |every: u16| (1..=LONGEST_INTERVAL).contains(&every);
        let years = |day: LocalDate| (1..=9999).contains(&day.year());
        let rhythm = match &self.rhythm {
            Rhythm::Days { every } => interval(*every),
            Rhythm::Weeks { every, days } => interval(*every) && !days.is_empty(),
            Rhythm::Months { every, day } => interval(*every) && (1..=31).contains(day),
        };
        rhythm && years(self.from) && self.until.is_none_or(|until| until >= self.from && years(until))
    }
}

fn read_days(names: &str) -> Option<Vec<Weekday>> {
    names.split(',').map(|name| DAYS.iter().find(|(_, known)| *known == name).map(|(day, _)| *day)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::policy::STATES;
    use super::*;

    const AT: &str = "2026-05-03T18:02:11.250000+02:00[Europe/Berlin]";

    #[test]
    fn a_word_keeps_its_time_and_its_reason() {
        for text in [format!("paused {AT}"), format!("paused {AT} exams,\nthen holidays")] {
            assert!(Marked::read(&text, &STATES).is_some_and(|read| read.write() == text));
        }
        for bad in [
            format!("failed {AT}"),
            "paused".to_owned(),
            format!("paused {AT} "),
            format!("paused {AT} \u{1b}"),
        ] {
            assert!(Marked::read(&bad, &STATES).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_stance_names_the_wording_it_is_about() {
        let digest = "ab".repeat(32);
        let text = format!("not_yet {digest} {AT} the word panic");
        assert!(Stance::read(&text).is_some_and(|read| read.write() == text));
        assert!(Stance::read(&format!("agree {digest} {AT}")).is_none());
        assert!(Stance::read(&format!("not_yet {} {AT}", digest.to_uppercase())).is_none());
    }

    #[test]
    fn a_recurrence_is_written_as_other_programs_write_it() {
        for text in [
            "2026-05-03 FREQ=DAILY;INTERVAL=1",
            "2026-05-03 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20261231",
            "2026-05-03 FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=31",
        ] {
            assert!(Recurrence::read(text).is_some_and(|read| read.write() == text), "{text}");
        }
        for bad in [
            "2026-05-03 FREQ=DAILY;INTERVAL=0",
            "2026-05-03 FREQ=DAILY;INTERVAL=01",
            "2026-05-03 FREQ=WEEKLY;INTERVAL=1;BYDAY=",
            "2026-05-03 FREQ=WEEKLY;INTERVAL=1;BYDAY=TH,MO",
            "2026-05-03 FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,MO",
            "2026-05-03 FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=32",
            "2026-05-03 FREQ=DAILY;INTERVAL=1;UNTIL=20260502",
            "2026-05-03 FREQ=DAILY;INTERVAL=1;COUNT=3",
        ] {
            assert!(Recurrence::read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_goal_comes_from_another_in_one_of_two_ways() {
        let text = format!("grew_out_of {}", "0a".repeat(16));
        assert!(Descent::read(&text).is_some_and(|read| read.write() == text));
        assert!(Descent::read(&format!("hides {}", "0a".repeat(16))).is_none());
    }
}
