//! What looks different now: the ids that those who look at screens are told.
//!
//! After an edit that is what the edit touched. After everything was written anew it is found by comparing: a
//! print of all that the tables said of each goal and each task before, and afterwards.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::types::ValueRef;
use rusqlite::{Transaction, named_params};
use sha2::{Digest, Sha256};

use crate::Result;
use crate::id::{GoalId, RelationshipId, TaskId};

use super::super::gate::Item;

/// Goals and tasks that look different.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Different {
    /// Which goals.
    pub(in super::super) goals: BTreeSet<GoalId>,
    /// Which tasks.
    pub(in super::super) tasks: BTreeSet<TaskId>,
    /// Of every item that was written, to which goal it belongs.
    pub(in super::super) belongs: HashMap<Item, GoalId>,
}

impl Different {
    /// An item was written that belongs to this goal, if to any.
    pub(super) fn shows(&mut self, collection: &'static str, id: &[u8; 16], goal: Option<GoalId>) {
        self.goals.extend(goal);
        self.belongs.extend(goal.map(|goal| ((collection, *id), goal)));
    }

    /// Whether nothing looks different.
    pub(in super::super) fn is_nothing(&self) -> bool {
        self.goals.is_empty() && self.tasks.is_empty()
    }

    /// Adds what looks different besides.
    pub(in super::super) fn add(&mut self, more: Self) {
        self.goals.extend(more.goals);
        self.tasks.extend(more.tasks);
    }
}

/// A goal or a task.
type Owner = (&'static str, [u8; 16]);

/// What the tables say of every goal and every task of a relationship, one print each.
#[derive(PartialEq, Eq)]
pub(super) struct Prints(BTreeMap<Owner, [u8; 32]>);

/// The tables, and to which goal and which task a row of theirs belongs.
const ROWS: [(&str, &str); 16] = [
    ("goal", "SELECT it.id, NULL, it.* FROM goal it WHERE it.relationship = :relationship"),
    ("goal_success", "SELECT it.goal, NULL, it.* FROM goal_success it WHERE it.relationship = :relationship"),
    ("goal_scale", "SELECT it.goal, NULL, it.* FROM goal_scale it WHERE it.relationship = :relationship"),
    ("goal_hold", "SELECT it.goal, NULL, it.* FROM goal_hold it WHERE it.relationship = :relationship"),
    ("goal_stance", "SELECT it.goal, NULL, it.* FROM goal_stance it WHERE it.relationship = :relationship"),
    ("statement", "SELECT it.goal, NULL, it.* FROM statement it WHERE it.relationship = :relationship"),
    ("agreement", "SELECT it.goal, NULL, it.* FROM agreement it WHERE it.relationship = :relationship"),
    ("rating", "SELECT it.goal, NULL, it.* FROM rating it WHERE it.relationship = :relationship"),
    ("attainment", "SELECT it.goal, NULL, it.* FROM attainment it WHERE it.relationship = :relationship"),
    ("strategy", "SELECT it.goal, NULL, it.* FROM strategy it WHERE it.relationship = :relationship"),
    ("step", "SELECT it.goal, NULL, it.* FROM step it WHERE it.relationship = :relationship"),
    (
        "step_try",
        "SELECT step.goal, NULL, it.* FROM step_try it
         JOIN step ON step.relationship = it.relationship AND step.id = it.step
         WHERE it.relationship = :relationship",
    ),
    ("task", "SELECT it.goal, it.id, it.* FROM task it WHERE it.relationship = :relationship"),
    (
        "task_answer",
        "SELECT task.goal, task.id, it.* FROM task_answer it
         JOIN task ON task.relationship = it.relationship AND task.id = it.task
         WHERE it.relationship = :relationship",
    ),
    (
        "task_log",
        "SELECT task.goal, task.id, it.* FROM task_log it
         JOIN task ON task.relationship = it.relationship AND task.id = it.task
         WHERE it.relationship = :relationship",
    ),
    (
        "choice",
        "SELECT it.goal, task.id, it.* FROM choice it
         LEFT JOIN task ON task.relationship = it.relationship AND task.id = it.item
         WHERE it.relationship = :relationship",
    ),
];

impl Prints {
    /// Reads all of it.
    pub(super) fn of(transaction: &Transaction<'_>, relationship: RelationshipId) -> Result<Self> {
        let mut prints: BTreeMap<Owner, [u8; 32]> = BTreeMap::new();
        for (table, sql) in ROWS {
            let mut statement = transaction.prepare(sql)?;
            let columns = statement.column_count();
            let mut rows = statement.query(named_params! { ":relationship": relationship })?;
            while let Some(row) = rows.next()? {
                let mut print = Sha256::new().chain_update(table);
                for column in 2..columns {
                    add(&mut print, row.get_ref(column)?);
                }
                let print: [u8; 32] = print.finalize().into();
                for (column, kind) in [(0, "goals"), (1, "tasks")] {
                    let Some(id) = row.get::<_, Option<[u8; 16]>>(column)? else { continue };
                    // No two rows are the same, so none takes another one's print away.
                    let whole = prints.entry((kind, id)).or_default();
                    whole.iter_mut().zip(print).for_each(|(whole, byte)| *whole ^= byte);
                }
            }
        }
        Ok(Self(prints))
    }

    /// Of which goals and tasks the others say something else.
    pub(super) fn differ(&self, now: &Self) -> Different {
        let mut different = Different::default();
        for owner in self.0.keys().chain(now.0.keys()) {
            if self.0.get(owner) == now.0.get(owner) {
                continue;
            }
            match owner {
                ("tasks", id) => drop(different.tasks.insert(TaskId::from_bytes(*id))),
                (_, id) => drop(different.goals.insert(GoalId::from_bytes(*id))),
            }
        }
        different
    }
}

/// Adds a value with its kind and its length, so that no two rows run together to the same bytes.
fn add(print: &mut Sha256, value: ValueRef<'_>) {
    let (kind, bytes): (u8, &[u8]) = match value {
        ValueRef::Null => (0, &[]),
        ValueRef::Integer(number) => return print.update([&[1], &number.to_be_bytes()[..]].concat()),
        ValueRef::Real(number) => return print.update([&[2], &number.to_be_bytes()[..]].concat()),
        ValueRef::Text(text) => (3, text),
        ValueRef::Blob(bytes) => (4, bytes),
    };
    print.update([kind]);
    print.update((bytes.len() as u64).to_be_bytes());
    print.update(bytes);
}
