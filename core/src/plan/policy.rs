//! Who may write what: one table, to be read by anyone.
//!
//! It is asked for everything this device writes and for every single operation that arrives from
//! another one (see [`super::gate`]), so what is written here is what holds. `*` stands for an item's
//! id, which names the person who created the item; `@` stands for a person's id.

use crate::id::{PERSON_PREFIX, PersonId};

use super::{moment, order, statement, task};

/// The version of this table, named in every hello: two devices must judge alike.
pub(crate) const GATE_VERSION: u16 = 1;

/// Who may write at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Client and therapist alike.
    Either,
    /// The one who created the item.
    Creator,
    /// The one whose id the place carries.
    Named,
    /// Nobody: written once, with its item or never.
    Nobody,
}

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A map of further places.
    Map,
    /// Prose that both write, letter by letter.
    Text,
    /// One line, not empty, of at most so many characters.
    Line(usize),
    /// Several lines of at most so many characters.
    Prose(usize),
    /// A whole number from 0 to this.
    UpTo(u64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A moment as RFC 9557 writes it: time, offset and zone.
    Moment,
    /// A moment, or nothing.
    MomentOrNothing,
    /// A day of the calendar, or nothing.
    DayOrNothing,
    /// A place in an order (a fractional index).
    Order,
    /// The id of an item.
    Item,
    /// An answer to an offered task: a word, the digest it answers to, and why.
    Answer,
    /// A signed statement of the item's creator.
    Statement,
}

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The place.
    pub(crate) path: &'static str,
    /// What stands there.
    pub(crate) holds: Holds,
    /// Who may write it first.
    pub(crate) create: Who,
    /// Who may write it again (for text: write in it).
    pub(crate) change: Who,
    /// Whether it must come into being in the same change as its item.
    pub(crate) from_the_start: bool,
}

/// A line whose place comes into being together with its item.
const fn with_item(path: &'static str, holds: Holds, change: Who) -> Rule {
    Rule { path, holds, create: Who::Creator, change, from_the_start: true }
}

/// A line whose place may come later.
const fn later(path: &'static str, holds: Holds, create: Who, change: Who) -> Rule {
    Rule { path, holds, create, change, from_the_start: false }
}

/// The longest title of a goal or a task, in characters.
pub(crate) const LINE: usize = 200;
/// The longest piece of prose of one person, in characters.
pub(crate) const PROSE: usize = 4_000;

/// The table. A place that is not in it is nobody's.
#[rustfmt::skip]
pub(crate) const POLICY: &[Rule] = &[
    //        place                     holds                       first            again
    later(    "goals/*",                Holds::Map,                 Who::Creator,    Who::Nobody),
    with_item("goals/*/title",          Holds::Line(LINE),                           Who::Either),
    with_item("goals/*/why",            Holds::Text,                                 Who::Either),
    with_item("goals/*/success",        Holds::Map,                                  Who::Nobody),
    later(    "goals/*/success/@",      Holds::Prose(PROSE),        Who::Named,      Who::Named),
    with_item("goals/*/order",          Holds::Order,                                Who::Either),
    with_item("goals/*/proposed",       Holds::Moment,                               Who::Nobody),
    later(    "goals/*/archived",       Holds::MomentOrNothing,     Who::Either,     Who::Either),

    later(    "tasks/*",                Holds::Map,                 Who::Creator,    Who::Nobody),
    with_item("tasks/*/goal",           Holds::Item,                                 Who::Nobody),
    with_item("tasks/*/what",           Holds::Line(LINE),                           Who::Either),
    with_item("tasks/*/owner",          Holds::OneOf(&OWNERS),                       Who::Nobody),
    with_item("tasks/*/offered",        Holds::Moment,                               Who::Nobody),
    with_item("tasks/*/answers",        Holds::Map,                                  Who::Nobody),
    later(    "tasks/*/answers/@",      Holds::Answer,              Who::Named,      Who::Named),
    later(    "tasks/*/due",            Holds::DayOrNothing,        Who::Either,     Who::Either),
    later(    "tasks/*/archived",       Holds::MomentOrNothing,     Who::Either,     Who::Either),

    later(    "ratings/*",              Holds::Map,                 Who::Creator,    Who::Nobody),
    with_item("ratings/*/goal",         Holds::Item,                                 Who::Nobody),
    with_item("ratings/*/value",        Holds::UpTo(10),                             Who::Nobody),
    with_item("ratings/*/at",           Holds::Moment,                               Who::Nobody),
    later(    "ratings/*/helped",       Holds::Prose(PROSE),        Who::Creator,    Who::Nobody),
    later(    "ratings/*/hindered",     Holds::Prose(PROSE),        Who::Creator,    Who::Nobody),

    later(    "logs/*",                 Holds::Map,                 Who::Creator,    Who::Nobody),
    with_item("logs/*/task",            Holds::Item,                                 Who::Nobody),
    with_item("logs/*/on",              Holds::DayOrNothing,                         Who::Nobody),
    with_item("logs/*/outcome",         Holds::OneOf(&OUTCOMES),                     Who::Nobody),
    with_item("logs/*/at",              Holds::Moment,                               Who::Nobody),
    later(    "logs/*/note",            Holds::Prose(PROSE),        Who::Creator,    Who::Nobody),

    later(    "statements/*",           Holds::Statement,           Who::Creator,    Who::Nobody),
];

/// The collections at the root of the document, which the genesis creates.
pub(crate) const COLLECTIONS: [&str; 5] = ["goals", "logs", "ratings", "statements", "tasks"];

/// The words for who does a task.
pub(crate) const OWNERS: [&str; 3] = ["both", "client", "therapist"];
/// The words for how a task went.
pub(crate) const OUTCOMES: [&str; 3] = ["done", "not_this_time", "partly"];

/// The place that a key makes below another place: its rule, and the ids on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// The position of the rule in [`POLICY`], or of the collection.
    rule: At,
    /// The id of the item the place belongs to.
    pub(crate) item: Option<[u8; 16]>,
    /// The person the place belongs to.
    person: Option<[u8; 16]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Collection(usize),
    Rule(usize),
}

impl Place {
    /// A collection at the root.
    pub(crate) fn collection(name: &str) -> Option<Self> {
        let n = COLLECTIONS.iter().position(|known| *known == name)?;
        Some(Self { rule: At::Collection(n), item: None, person: None })
    }

    /// The place that `key` makes below this one, if the table knows it.
    pub(crate) fn below(&self, key: &str) -> Option<Self> {
        let above = self.path();
        POLICY.iter().enumerate().find_map(|(n, rule)| {
            let last = rule.path.strip_prefix(above)?.strip_prefix('/')?;
            let rule = At::Rule(n);
            match last {
                "*" => Some(Self { rule, item: Some(id(key)?), person: None }),
                "@" => Some(Self { rule, item: self.item, person: Some(id(key)?) }),
                name if name == key => Some(Self { rule, ..*self }),
                _ => None,
            }
        })
    }

    /// Which collection it is in.
    pub(crate) fn collection_name(&self) -> &'static str {
        let path = self.path();
        path.split('/').next().unwrap_or(path)
    }

    /// The path of the rule.
    pub(crate) fn path(&self) -> &'static str {
        match self.rule {
            At::Collection(n) => COLLECTIONS[n],
            At::Rule(n) => POLICY[n].path,
        }
    }

    /// The rule; the collections have none, because nobody writes them.
    pub(crate) fn rule(&self) -> Option<&'static Rule> {
        match self.rule {
            At::Collection(_) => None,
            At::Rule(n) => POLICY.get(n),
        }
    }

    /// Whether `writer` is who the rule means.
    pub(crate) fn is_for(&self, who: Who, writer: &PersonId) -> bool {
        match who {
            Who::Either => true,
            Who::Creator => self.item.is_some_and(|item| item[..PERSON_PREFIX] == writer.prefix()),
            Who::Named => self.person.as_ref() == Some(writer.as_bytes()),
            Who::Nobody => false,
        }
    }

    /// Whether this place is the item itself, below which others must stand from the start.
    pub(crate) fn is_item_map(&self) -> bool {
        self.path().ends_with("/*") && self.rule().is_some_and(|rule| rule.holds == Holds::Map)
    }

    /// How many places must stand below an item of this kind from the start.
    pub(crate) fn needed_from_the_start(&self) -> usize {
        let above = self.path();
        POLICY
            .iter()
            .filter(|rule| {
                rule.from_the_start && rule.path.strip_prefix(above).is_some_and(|p| p.starts_with('/'))
            })
            .count()
    }
}

/// An id as the keys of the plan write it.
fn id(key: &str) -> Option<[u8; 16]> {
    data_encoding::HEXLOWER.decode(key.as_bytes()).ok()?.try_into().ok()
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
    /// Whether a value may stand there. Maps and texts are no values.
    pub(crate) fn admits(self, value: Value<'_>, item: Option<[u8; 16]>) -> bool {
        match (self, value) {
            (Self::MomentOrNothing | Self::DayOrNothing, Value::Null) => true,
            (Self::Line(most), Value::Str(text)) => is_line(text, most),
            (Self::Prose(most), Value::Str(text)) => is_prose(text, most),
            (Self::UpTo(most), Value::Uint(number)) => number <= most,
            (Self::OneOf(words), Value::Str(text)) => words.contains(&text),
            (Self::Moment | Self::MomentOrNothing, Value::Str(text)) => moment::read(text).is_some(),
            (Self::DayOrNothing, Value::Str(text)) => moment::read_day(text).is_some(),
            (Self::Order, Value::Str(text)) => order::is_place(text),
            (Self::Item, Value::Str(text)) => id(text).is_some(),
            (Self::Answer, Value::Str(text)) => task::Answer::read(text).is_some(),
            (Self::Statement, Value::Bytes(bytes)) => {
                item.is_some_and(|item| statement::is_sound(bytes, &item))
            }
            _ => false,
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

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../docs/data-format.md");

    /// The table as `docs/data-format.md` shows it.
    fn as_markdown() -> String {
        let heading = "| place | holds | first written by | changed by | from the start |\n| --- | --- | --- | --- | --- |\n";
        let lines = POLICY.iter().map(|rule| {
            let start = if rule.from_the_start { "yes" } else { "" };
            format!(
                "| `{}` | {:?} | {:?} | {:?} | {start} |\n",
                rule.path, rule.holds, rule.create, rule.change
            )
        });
        std::iter::once(heading.to_owned()).chain(lines).collect()
    }

    #[test]
    fn the_page_shows_the_table_that_holds() {
        let (_, rest) = PAGE.split_once("<!-- policy begins -->\n").expect("a beginning");
        let (shown, _) = rest.split_once("<!-- policy ends -->").expect("an end");
        let holds = as_markdown();
        assert!(shown == holds, "docs/data-format.md is to show:\n{holds}");
    }

    #[test]
    fn what_is_not_in_the_table_is_nobodys() {
        let goals = Place::collection("goals").expect("a collection");
        let id = "00112233445566778899aabbccddeeff";
        let goal = goals.below(id).expect("a goal");
        assert_eq!(goal.below("title").map(|place| place.path()), Some("goals/*/title"));
        assert!(
            goal.below("score").is_none()
                && goals.below("title").is_none()
                && Place::collection("notes").is_none()
        );
        assert!(goal.below("title").expect("a title").below("x").is_none());
        assert!(goals.below(&id.to_uppercase()).is_none(), "there is one way to write an id");
    }

    #[test]
    fn an_item_is_its_creators_and_a_named_place_is_the_named_persons() {
        let anna = PersonId::from_bytes([1; 16]);
        let ben = PersonId::from_bytes([2; 16]);
        let item = data_encoding::HEXLOWER.encode(&[[1; 6].as_slice(), &[9; 10]].concat());
        let goal = Place::collection("goals").and_then(|goals| goals.below(&item)).expect("a goal");
        assert!(goal.is_for(Who::Creator, &anna) && !goal.is_for(Who::Creator, &ben));
        let success = goal.below("success").and_then(|place| place.below(&ben.to_string())).expect("a place");
        assert!(success.is_for(Who::Named, &ben) && !success.is_for(Who::Named, &anna));
        assert!(!goal.is_for(Who::Nobody, &anna));
    }

    #[test]
    fn what_a_terminal_would_obey_stands_in_no_line_and_no_prose() {
        assert!(is_line("Walk — every day 🙂", LINE));
        for bad in ["", "  ", "a\nb", "\u{1b}[2J", "\u{7}", &"x".repeat(LINE + 1)] {
            assert!(!is_line(bad, LINE));
        }
        assert!(is_prose("two\nlines\tand more", PROSE) && is_prose("", PROSE));
        assert!(!is_prose("\r", PROSE) && !is_prose("\u{9b}31m", PROSE) && !is_prose("abcd", 3));
    }
}
