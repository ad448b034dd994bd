//! Reads items out of the document. Reading is total: whatever was let in reads as a plan.

mod choices;
mod items;

use std::collections::BTreeMap;

use automerge::{Automerge, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};

use crate::clock::{LocalDate, Moment};
use crate::id::{GoalId, PersonId, StepId, TaskId};
use crate::relationship::Role;

use super::moment;
use super::parties::Parties;
use super::policy::LEVELS;
use super::register::{Descent, Marked, Stance};
use super::statement::Statement;
use super::task::Answer;
use super::view::{AttainmentLevel, GoalPriority, Recurrence, TaskOutcome, TaskOwner};
pub(super) use choices::{ChoiceRead, raw};
pub(super) use items::SCALE_KEYS;

/// A value that shows, and those written at the same time.
#[derive(Clone, PartialEq)]
pub(super) struct Contested<T> {
    /// What shows.
    pub(super) shown: T,
    /// Who wrote what shows.
    pub(super) by: Option<PersonId>,
}

/// A goal as the document holds it.
#[derive(Clone, PartialEq)]
pub(super) struct GoalRead {
    pub(super) title: Contested<String>,
    pub(super) why: String,
    pub(super) success: Vec<(PersonId, String)>,
    pub(super) order: String,
    pub(super) proposed: Moment,
    pub(super) archived: Option<Moment>,
    pub(super) known_by: Contested<Option<String>>,
    pub(super) by_when: Contested<Option<LocalDate>>,
    pub(super) first_step: Option<String>,
    pub(super) state: Option<Contested<Marked>>,
    pub(super) priority: Option<GoalPriority>,
    pub(super) review_every: Option<u16>,
    pub(super) reviewed: Option<LocalDate>,
    pub(super) descent: Option<Descent>,
    /// From the lowest level to the highest.
    pub(super) scale: [Contested<Option<String>>; 5],
    pub(super) importance: Option<u8>,
    pub(super) difficulty: Option<u8>,
    /// What each of the two says of holding it.
    pub(super) holds: Vec<(PersonId, Marked)>,
    /// What each of the two says of a wording without signing.
    pub(super) stances: Vec<(PersonId, Stance)>,
    pub(super) choices: Vec<ChoiceRead>,
}

/// A task as the document holds it.
#[derive(Clone, PartialEq)]
pub(super) struct TaskRead {
    pub(super) goal: GoalId,
    pub(super) what: String,
    pub(super) owner: TaskOwner,
    pub(super) offered: Moment,
    pub(super) due: Option<LocalDate>,
    pub(super) repeats: Option<Recurrence>,
    pub(super) answers: Vec<(PersonId, Answer)>,
    pub(super) archived: Option<Moment>,
    pub(super) choices: Vec<ChoiceRead>,
}

/// A rating as the document holds it.
#[derive(Clone, PartialEq)]
pub(super) struct RatingRead {
    pub(super) goal: GoalId,
    pub(super) value: u8,
    pub(super) at: Moment,
    pub(super) helped: Option<String>,
    pub(super) hindered: Option<String>,
    pub(super) taken_back: bool,
}

/// A line of a task's log as the document holds it.
#[derive(Clone, PartialEq)]
pub(super) struct LogRead {
    pub(super) task: TaskId,
    pub(super) on: LocalDate,
    pub(super) outcome: TaskOutcome,
    pub(super) note: Option<String>,
    pub(super) taken_back: bool,
}

/// A graded step as the document holds it.
#[derive(Clone, PartialEq)]
pub(super) struct StepRead {
    pub(super) goal: GoalId,
    pub(super) what: String,
    pub(super) order: String,
    pub(super) expected_fear: Option<u8>,
    pub(super) archived: Option<Moment>,
    pub(super) choices: Vec<ChoiceRead>,
}

/// A try of a step as the document holds it.
#[derive(Clone, PartialEq)]
pub(super) struct TryRead {
    pub(super) step: StepId,
    pub(super) on: LocalDate,
    pub(super) outcome: TaskOutcome,
    pub(super) fear: Option<u8>,
    pub(super) learned: Option<String>,
    pub(super) taken_back: bool,
}

/// A strategy as the document holds it.
#[derive(Clone, PartialEq)]
pub(super) struct StrategyRead {
    pub(super) goal: GoalId,
    pub(super) what: String,
    pub(super) begun: Moment,
    pub(super) verdict: Option<Contested<Marked>>,
    pub(super) archived: Option<Moment>,
    pub(super) choices: Vec<ChoiceRead>,
}

/// A judgement on a scale as the document holds it.
#[derive(Clone, PartialEq)]
pub(super) struct AttainmentRead {
    pub(super) goal: GoalId,
    pub(super) level: AttainmentLevel,
    pub(super) at: Moment,
    pub(super) note: Option<String>,
    pub(super) taken_back: bool,
}

/// A document to read from, now or as it was.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    document: &'a Automerge,
    parties: &'a Parties,
    heads: Option<&'a [ChangeHash]>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(document: &'a Automerge, parties: &'a Parties) -> Self {
        Self { document, parties, heads: None }
    }

    /// The document itself, as it is now.
    pub(super) fn document(&self) -> &'a Automerge {
        self.document
    }

    /// The same document as it was.
    pub(super) fn at(self, heads: &'a [ChangeHash]) -> Self {
        Self { heads: Some(heads), ..self }
    }

    /// The level of the plan: of the fixed changes how many have made their collections here.
    pub(super) fn level(&self) -> u16 {
        let is_there =
            |names: &&&[&str]| names.iter().all(|name| self.container(&ROOT, name, ObjType::Map).is_some());
        u16::try_from(LEVELS.iter().take_while(is_there).count()).unwrap_or(u16::MAX)
    }

    /// The ids of a collection's items.
    pub(super) fn items(&self, collection: &str) -> Vec<[u8; 16]> {
        let Some(collection) = self.container(&ROOT, collection, ObjType::Map) else { return Vec::new() };
        let id = |key: String| data_encoding::HEXLOWER.decode(key.as_bytes()).ok()?.try_into().ok();
        match self.heads {
            Some(heads) => self.document.keys_at(&collection, heads).filter_map(id).collect(),
            None => self.document.keys(&collection).filter_map(id).collect(),
        }
    }

    /// The map of an item: the one that shows, where its maker made several at once.
    pub(super) fn item(&self, collection: &str, id: &[u8; 16]) -> Option<ObjId> {
        self.item_maps(collection, id).into_iter().next()
    }

    /// What shows at a place of an item that holds a string.
    pub(super) fn word(&self, collection: &str, id: &[u8; 16], key: &str) -> Option<String> {
        self.string(&self.item(collection, id)?, key)
    }

    /// Whether anything stands in a collection under this id.
    pub(super) fn has(&self, collection: &str, id: &[u8; 16]) -> bool {
        self.container(&ROOT, collection, ObjType::Map)
            .is_some_and(|collection| self.value(&collection, &data_encoding::HEXLOWER.encode(id)).is_some())
    }

    fn item_maps(&self, collection: &str, id: &[u8; 16]) -> Vec<ObjId> {
        let key = data_encoding::HEXLOWER.encode(id);
        self.container(&ROOT, collection, ObjType::Map)
            .map(|collection| self.containers(&collection, &key, ObjType::Map))
            .unwrap_or_default()
    }

    /// The text of an item.
    pub(super) fn text_of(&self, item: &ObjId, key: &str) -> Option<ObjId> {
        self.container(item, key, ObjType::Text)
    }

    /// What a text reads.
    pub(super) fn text(&self, text: &ObjId) -> String {
        let read = match self.heads {
            Some(heads) => self.document.text_at(text, heads),
            None => self.document.text(text),
        };
        read.unwrap_or_default()
    }

    /// The statements under an id that count: of this relationship, by one of the two, with a key that
    /// is theirs. There is one, unless its maker wrote several at once.
    pub(super) fn statements(&self, id: &[u8; 16]) -> Vec<Statement> {
        self.statements_as_written(id).into_iter().map(|(statement, _)| statement).collect()
    }

    /// The same with the bytes that the plan holds.
    pub(super) fn statements_as_written(&self, id: &[u8; 16]) -> Vec<(Statement, Vec<u8>)> {
        let Some(collection) = self.container(&ROOT, "statements", ObjType::Map) else { return Vec::new() };
        self.values(&collection, &data_encoding::HEXLOWER.encode(id))
            .into_iter()
            .filter_map(|(value, writer)| match (value.into_scalar().ok()?, writer) {
                (ScalarValue::Bytes(bytes), ObjId::Id(_, actor, _)) => {
                    let statement = Statement::verified(&bytes)?;
                    self.counts(&statement, actor.to_bytes()).then_some((statement, bytes))
                }
                _ => None,
            })
            .collect()
    }

    /// Whether a statement counts that an actor has written: it is of this relationship, by one of the two, with a key
    /// that was theirs there.
    pub(super) fn counts(&self, statement: &Statement, writer: &[u8]) -> bool {
        let parties = self.parties;
        i64::try_from(statement.counter).is_ok()
            && statement.relationship == parties.relationship
            && statement.client == parties.with_role(Role::Client).person
            && statement.therapist == parties.with_role(Role::Therapist).person
            && parties
                .both()
                .into_iter()
                .any(|party| party.person == statement.by && party.can_have_signed(&statement.key, writer))
    }

    /// What each of the two has written in a container of their own words. All containers are read, so
    /// that a second one cannot hide what stands in the first.
    fn by_person<T>(
        &self,
        maps: &[ObjId],
        key: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Vec<(PersonId, T)> {
        let mut words = BTreeMap::new();
        for container in maps.iter().flat_map(|map| self.containers(map, key, ObjType::Map)) {
            for party in self.parties.both() {
                if let Some(word) =
                    self.string(&container, &party.person.to_string()).and_then(|word| read(&word))
                {
                    words.entry(party.person).or_insert(word);
                }
            }
        }
        words.into_iter().collect()
    }

    /// What shows at a place, read by `read`, with who wrote it.
    fn shown<T>(
        &self,
        map: &ObjId,
        key: &str,
        read: impl Fn(&ScalarValue) -> Option<T>,
    ) -> Option<Contested<T>> {
        let (value, writer) = self.values(map, key).into_iter().next()?;
        let shown = read(value.as_scalar()?)?;
        Some(Contested { shown, by: self.writer(&writer) })
    }

    /// The same for a place where nothing may stand.
    fn optional<T>(
        &self,
        map: &ObjId,
        key: &str,
        read: impl Fn(&ScalarValue) -> Option<T>,
    ) -> Contested<Option<T>> {
        match self.shown(map, key, read) {
            Some(Contested { shown, by }) => Contested { shown: Some(shown), by },
            None => Contested { shown: None, by: None },
        }
    }

    /// The person whose operation this is.
    fn writer(&self, operation: &ObjId) -> Option<PersonId> {
        let ObjId::Id(_, actor, _) = operation else { return None };
        let actor = actor.to_bytes().try_into().ok()?;
        self.parties.writer_of(&actor)
    }

    fn moment(&self, map: &ObjId, key: &str) -> Option<Moment> {
        moment::read(&self.string(map, key)?)
    }

    fn day(&self, map: &ObjId, key: &str) -> Option<LocalDate> {
        moment::read_day(&self.string(map, key)?)
    }

    fn number<N: TryFrom<u64>>(&self, map: &ObjId, key: &str) -> Option<N> {
        match self.value(map, key)? {
            ScalarValue::Uint(number) => N::try_from(number).ok(),
            _ => None,
        }
    }

    fn string(&self, map: &ObjId, key: &str) -> Option<String> {
        match self.value(map, key)? {
            ScalarValue::Str(text) => Some(text.to_string()),
            _ => None,
        }
    }

    fn value(&self, map: &ObjId, key: &str) -> Option<ScalarValue> {
        let found = match self.heads {
            Some(heads) => self.document.get_at(map, key, heads),
            None => self.document.get(map, key),
        };
        found.ok()??.0.into_scalar().ok()
    }

    /// All values under a key, the one that shows first.
    fn values(&self, map: &ObjId, key: &str) -> Vec<(Value<'a>, ObjId)> {
        let found = match self.heads {
            Some(heads) => self.document.get_all_at(map, key, heads),
            None => self.document.get_all(map, key),
        };
        let mut values = found.unwrap_or_default();
        values.reverse();
        values
    }

    fn containers(&self, map: &ObjId, key: &str, kind: ObjType) -> Vec<ObjId> {
        self.values(map, key)
            .into_iter()
            .filter(|(value, _)| matches!(value, Value::Object(found) if *found == kind))
            .map(|(_, id)| id)
            .collect()
    }

    fn container(&self, map: &ObjId, key: &str, kind: ObjType) -> Option<ObjId> {
        self.containers(map, key, kind).into_iter().next()
    }
}
