//! What can stand at a place of a plan, and whether a value may.

use super::super::register::{Descent, Marked, Stance};
use super::super::view::Recurrence;
use super::super::{moment, order, statement, task};
use super::place::id;

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A map of further places.
    Map,
    /// Prose that both write, letter by letter.
    Text,
    /// One line, not empty, of at most so many characters.
    Line(usize),
    /// The same, or nothing.
    LineOrNothing(usize),
    /// Several lines of at most so many characters.
    Prose(usize),
    /// The same, or nothing.
    ProseOrNothing(usize),
    /// A whole number from 0 to this.
    UpTo(u64),
    /// A whole number from the one to the other, or nothing.
    BetweenOrNothing(u64, u64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// The same, or nothing.
    OneOfOrNothing(&'static [&'static str]),
    /// One of these words, since when, and why.
    Marked(&'static [&'static str]),
    /// A moment as RFC 9557 writes it: time, offset and zone.
    Moment,
    /// A moment, or nothing.
    MomentOrNothing,
    /// A day of the calendar.
    Day,
    /// A day of the calendar, or nothing.
    DayOrNothing,
    /// From which day on something is done how often, or nothing.
    RecurrenceOrNothing,
    /// A place in an order (a fractional index).
    Order,
    /// The id of an item.
    Item,
    /// From which goal another came.
    Descent,
    /// An answer to an offered task: a word, the digest it answers to, and why.
    Answer,
    /// The same, or nothing.
    AnswerOrNothing,
    /// What one thinks of a wording without signing: a word, the digest, when, and why; or nothing.
    StanceOrNothing,
    /// A signed statement of the item's creator.
    Statement,
}

/// A value that is to stand somewhere.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    /// Nothing.
    Null,
    /// A string.
    Str(&'a str),
    /// A whole number.
    Uint(u64),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl Holds {
    /// Whether a value may stand there in a plan of this level. Maps and texts are no values.
    pub(crate) fn admits(self, value: Value<'_>, item: Option<[u8; 16]>, level: u16) -> bool {
        match value {
            Value::Null => self.is_optional(),
            Value::Str(text) => self.admits_text(text),
            Value::Uint(number) => match self {
                Self::UpTo(most) => number <= most,
                Self::BetweenOrNothing(least, most) => (least..=most).contains(&number),
                _ => false,
            },
            Value::Bytes(bytes) => {
                self == Self::Statement && item.is_some_and(|item| statement::is_sound(bytes, &item, level))
            }
        }
    }

    fn is_optional(self) -> bool {
        matches!(
            self,
            Self::LineOrNothing(_)
                | Self::ProseOrNothing(_)
                | Self::BetweenOrNothing(..)
                | Self::OneOfOrNothing(_)
                | Self::MomentOrNothing
                | Self::DayOrNothing
                | Self::RecurrenceOrNothing
                | Self::AnswerOrNothing
                | Self::StanceOrNothing
        )
    }

    fn admits_text(self, text: &str) -> bool {
        match self {
            Self::Line(most) | Self::LineOrNothing(most) => is_line(text, most),
            Self::Prose(most) | Self::ProseOrNothing(most) => is_prose(text, most),
            Self::OneOf(words) | Self::OneOfOrNothing(words) => words.contains(&text),
            Self::Marked(words) => Marked::read(text, words).is_some(),
            Self::Moment | Self::MomentOrNothing => moment::read(text).is_some(),
            Self::Day | Self::DayOrNothing => moment::read_day(text).is_some(),
            Self::RecurrenceOrNothing => Recurrence::read(text).is_some(),
            Self::Order => order::is_place(text),
            Self::Item => id(text).is_some(),
            Self::Descent => Descent::read(text).is_some(),
            Self::Answer | Self::AnswerOrNothing => task::Answer::read(text).is_some(),
            Self::StanceOrNothing => Stance::read(text).is_some(),
            Self::Map | Self::Text | Self::UpTo(_) | Self::BetweenOrNothing(..) | Self::Statement => false,
        }
    }
}

/// One line that is not empty.
pub(crate) fn is_line(text: &str, most: usize) -> bool {
    !text.trim().is_empty()
        && text.len() <= most * 4
        && text.chars().count() <= most
        && !text.chars().any(char::is_control)
}

/// Prose that holds nothing a terminal would obey.
pub(crate) fn is_prose(text: &str, most: usize) -> bool {
    text.len() <= most * 4 && text.chars().count() <= most && text.chars().all(is_written)
}

/// A character that may stand in prose: no control but the end of a line and the tabulator.
pub(crate) fn is_written(character: char) -> bool {
    !character.is_control() || character == '\n' || character == '\t'
}
