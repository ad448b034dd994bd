//! Reads items out of the document. Reading is total: whatever was let in reads as a plan.

use std::collections::BTreeMap;

use automerge::{Automerge, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};

use crate::clock::{LocalDate, Moment};
use crate::id::{GoalId, PersonId, TaskId};
use crate::relationship::Role;

use super::moment;
use super::parties::Parties;
use super::statement::Statement;
use super::task::Answer;
use super::view::{TaskOutcome, TaskOwner};

/// A value that shows, and those written at the same time.
#[derive(Clone, PartialEq)]
pub(super) struct Contested<T> {
    /// What shows.
    pub(super) shown: T,
    /// All values with their writers, the one that shows first; more than one is an open choice.
    pub(super) values: Vec<(Option<PersonId>, T)>,
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
}

/// A task as the document holds it.
#[derive(Clone, PartialEq)]
pub(super) struct TaskRead {
    pub(super) goal: GoalId,
    pub(super) what: String,
    pub(super) owner: TaskOwner,
    pub(super) offered: Moment,
    pub(super) due: Option<LocalDate>,
    pub(super) answers: Vec<(PersonId, Answer)>,
    pub(super) archived: Option<Moment>,
}

/// A rating as the document holds it.
#[derive(Clone, PartialEq)]
pub(super) struct RatingRead {
    pub(super) goal: GoalId,
    pub(super) value: u8,
    pub(super) at: Moment,
    pub(super) helped: Option<String>,
    pub(super) hindered: Option<String>,
}

/// A line of a task's log as the document holds it.
#[derive(Clone, PartialEq)]
pub(super) struct LogRead {
    pub(super) task: TaskId,
    pub(super) on: LocalDate,
    pub(super) outcome: TaskOutcome,
    pub(super) note: Option<String>,
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

    /// The same document as it was.
    pub(super) fn at(self, heads: &'a [ChangeHash]) -> Self {
        Self { heads: Some(heads), ..self }
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

    /// A goal.
    pub(super) fn goal(&self, id: &GoalId) -> Option<GoalRead> {
        let maps = self.item_maps("goals", id.as_bytes());
        let map = maps.first()?;
        Some(GoalRead {
            title: self.contested(map, "title")?,
            why: self.text_of(map, "why").map(|text| self.text(&text)).unwrap_or_default(),
            success: self.by_person(&maps, "success", |text| Some(text.to_owned())),
            order: self.string(map, "order")?,
            proposed: self.moment(map, "proposed")?,
            archived: self.moment(map, "archived"),
        })
    }

    /// A task.
    pub(super) fn task(&self, id: &TaskId) -> Option<TaskRead> {
        let maps = self.item_maps("tasks", id.as_bytes());
        let map = maps.first()?;
        Some(TaskRead {
            goal: self.string(map, "goal")?.parse().ok()?,
            what: self.string(map, "what")?,
            owner: TaskOwner::read(&self.string(map, "owner")?)?,
            offered: self.moment(map, "offered")?,
            due: self.string(map, "due").and_then(|day| moment::read_day(&day)),
            answers: self.by_person(&maps, "answers", Answer::read),
            archived: self.moment(map, "archived"),
        })
    }

    /// A rating.
    pub(super) fn rating(&self, id: &[u8; 16]) -> Option<RatingRead> {
        let map = self.item("ratings", id)?;
        let value = match self.value(&map, "value")? {
            ScalarValue::Uint(value) => u8::try_from(value).ok()?,
            _ => return None,
        };
        Some(RatingRead {
            goal: self.string(&map, "goal")?.parse().ok()?,
            value,
            at: self.moment(&map, "at")?,
            helped: self.string(&map, "helped"),
            hindered: self.string(&map, "hindered"),
        })
    }

    /// A line of a task's log.
    pub(super) fn log(&self, id: &[u8; 16]) -> Option<LogRead> {
        let map = self.item("logs", id)?;
        Some(LogRead {
            task: self.string(&map, "task")?.parse().ok()?,
            on: moment::read_day(&self.string(&map, "on")?)?,
            outcome: TaskOutcome::read(&self.string(&map, "outcome")?)?,
            note: self.string(&map, "note"),
        })
    }

    /// The statements under an id that count: of this relationship, by one of the two, with a key that
    /// is theirs. There is one, unless its maker wrote several at once.
    pub(super) fn statements(&self, id: &[u8; 16]) -> Vec<Statement> {
        let Some(collection) = self.container(&ROOT, "statements", ObjType::Map) else { return Vec::new() };
        self.values(&collection, &data_encoding::HEXLOWER.encode(id))
            .into_iter()
            .filter_map(|(value, _)| match value.into_scalar().ok()? {
                ScalarValue::Bytes(bytes) => Statement::verified(&bytes),
                _ => None,
            })
            .filter(|statement| self.counts(statement))
            .collect()
    }

    fn counts(&self, statement: &Statement) -> bool {
        let parties = self.parties;
        i64::try_from(statement.counter).is_ok()
            && statement.relationship == parties.relationship
            && statement.client == parties.with_role(Role::Client).person
            && statement.therapist == parties.with_role(Role::Therapist).person
            && parties
                .both()
                .into_iter()
                .any(|party| party.person == statement.by && party.keys.contains(&statement.key))
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

    fn contested(&self, map: &ObjId, key: &str) -> Option<Contested<String>> {
        let mut values: Vec<(Option<PersonId>, String)> = Vec::new();
        for (value, writer) in self.values(map, key) {
            let Ok(ScalarValue::Str(text)) = value.into_scalar() else { continue };
            // The same words written by both are no choice.
            if values.iter().all(|(_, known)| *known != text.as_str()) {
                values.push((self.writer(&writer), text.to_string()));
            }
        }
        let (_, shown) = values.first()?;
        Some(Contested { shown: shown.clone(), values })
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
