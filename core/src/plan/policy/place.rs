//! Where in a plan something stands, and which line of the table that is.

use std::sync::OnceLock;

use crate::id::{PERSON_PREFIX, PersonId};

use super::{Holds, LEVELS, POLICY, Rule, Who, collections};

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
    Collection(&'static str),
    Rule(usize),
}

/// For each line of the table, and for each collection, the lines right below it.
struct Below {
    rules: Vec<Vec<usize>>,
    collections: Vec<(&'static str, Vec<usize>)>,
}

/// Built once: every operation of every change is looked up here.
fn below() -> &'static Below {
    static BELOW: OnceLock<Below> = OnceLock::new();
    BELOW.get_or_init(|| {
        let right_below = |above: &str| {
            let is_below =
                |rule: &Rule| rule.path.rsplit_once('/').is_some_and(|(parent, _)| parent == above);
            // The line of the highest level first.
            let mut lines: Vec<_> = (0..POLICY.len()).filter(|n| is_below(&POLICY[*n])).collect();
            lines.sort_by_key(|n| std::cmp::Reverse(POLICY[*n].level));
            lines
        };
        Below {
            rules: POLICY.iter().map(|rule| right_below(rule.path)).collect(),
            collections: collections().map(|(_, name)| (name, right_below(name))).collect(),
        }
    })
}

impl Place {
    /// A collection at the root.
    pub(crate) fn collection(name: &str) -> Option<Self> {
        let name = LEVELS.iter().flat_map(|names| names.iter()).find(|known| **known == name)?;
        Some(Self { rule: At::Collection(name), item: None, person: None })
    }

    /// The place that `key` makes below this one, if a plan of this level has it.
    pub(crate) fn below(&self, key: &str, level: u16) -> Option<Self> {
        let lines = match self.rule {
            At::Collection(name) => &below().collections.iter().find(|(known, _)| *known == name)?.1,
            At::Rule(n) => below().rules.get(n)?,
        };
        lines.iter().filter(|n| POLICY[**n].level <= level).find_map(|n| {
            let (_, last) = POLICY[*n].path.rsplit_once('/')?;
            let rule = At::Rule(*n);
            match last {
                "*" => Some(Self { rule, item: Some(id(key)?), person: None }),
                "@" => Some(Self { rule, item: self.item, person: Some(id(key)?) }),
                "*@" => {
                    let (item, person) = key.split_at_checked(32)?;
                    Some(Self { rule, item: Some(id(item)?), person: Some(id(person)?) })
                }
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
            At::Collection(name) => name,
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
        let At::Rule(n) = self.rule else { return 0 };
        let lines = below().rules.get(n).map_or(&[][..], Vec::as_slice);
        lines.iter().filter(|line| POLICY[**line].from_the_start).count()
    }
}

/// An id as the keys of the plan write it.
pub(super) fn id(key: &str) -> Option<[u8; 16]> {
    data_encoding::HEXLOWER.decode(key.as_bytes()).ok()?.try_into().ok()
}
