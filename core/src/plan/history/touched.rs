//! Which items a change touched, and to which goals they belong.

use std::collections::HashMap;

use automerge::legacy::{Key, ObjectId};
use automerge::{Automerge, ReadDoc};

use rusqlite::{Connection, named_params};

use crate::Result;
use crate::id::{GoalId, RelationshipId};

use super::super::gate::Item;
use super::super::ledger::Ledger;
use super::super::policy::Place;
use super::super::read::Reading;
use super::order::Placed;

/// The items that a change touched. The ledger knows them but where the change took something out of a text; then
/// the change itself is read.
pub(super) fn touched(document: &Automerge, ledger: &Ledger, change: &Placed) -> Vec<Item> {
    let (Some(known), Some(actor)) = (ledger.known(&change.hash), ledger.actor_index(&change.actor)) else {
        return Vec::new();
    };
    let (mut items, is_all) = ledger.wrote(actor, known);
    if !is_all && let Some(change) = document.get_change_by_hash(&change.hash) {
        let removals = change.decode().operations.into_iter().filter(|operation| operation.pred.len() == 1);
        items.extend(removals.filter_map(|operation| {
            let (ObjectId::Id(object), Key::Seq(_)) = (&operation.obj, &operation.key) else { return None };
            item_of(&ledger.place_of(object)?)
        }));
    }
    items.sort_unstable();
    items.dedup();
    items
}

/// The item that a place belongs to.
pub(in super::super) fn item_of(place: &Place) -> Option<Item> {
    Some((place.collection_name(), place.item?))
}

/// To which goals items belong, each looked up once.
pub(super) struct Goals<'a> {
    reading: Reading<'a>,
    known: HashMap<Item, Option<GoalId>>,
}

impl<'a> Goals<'a> {
    pub(super) fn new(reading: Reading<'a>) -> Self {
        Self { reading, known: HashMap::new() }
    }

    /// Looks up all that the tables know at once: nearly everything, but what was taken back.
    pub(super) fn look_up(&mut self, connection: &Connection, relationship: RelationshipId) -> Result<()> {
        for (collection, sql) in [
            ("ratings", "SELECT id, goal FROM rating WHERE relationship = :relationship"),
            ("tasks", "SELECT id, goal FROM task WHERE relationship = :relationship"),
            (
                "logs",
                "SELECT task_log.id, task.goal FROM task_log
                 JOIN task ON task.relationship = task_log.relationship AND task.id = task_log.task
                 WHERE task_log.relationship = :relationship",
            ),
            ("attainments", "SELECT id, goal FROM attainment WHERE relationship = :relationship"),
            ("steps", "SELECT id, goal FROM step WHERE relationship = :relationship"),
            ("strategies", "SELECT id, goal FROM strategy WHERE relationship = :relationship"),
        ] {
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(named_params! { ":relationship": relationship })?;
            while let Some(row) = rows.next()? {
                self.known.insert((collection, row.get(0)?), Some(row.get(1)?));
            }
        }
        Ok(())
    }

    /// The goal of an item.
    pub(super) fn of(&mut self, item: &Item) -> Option<GoalId> {
        let (collection, id) = item;
        let (above, key) = match *collection {
            "goals" | "holds" | "stances" => return Some(GoalId::from_bytes(*id)),
            "logs" => ("tasks", "task"),
            "tries" => ("steps", "step"),
            _ => ("goals", "goal"),
        };
        if let Some(known) = self.known.get(item) {
            return *known;
        }
        let goal = match *collection {
            "statements" => self.reading.statements(id).first().map(|statement| statement.goal),
            _ => {
                let named: Option<GoalId> =
                    self.reading.word(collection, id, key).and_then(|id| id.parse().ok());
                named.and_then(|named| self.of(&(above, *named.as_bytes())))
            }
        };
        self.known.insert(*item, goal);
        goal
    }
}
