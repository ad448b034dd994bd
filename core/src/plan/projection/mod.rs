//! Writes what changed in the document into the tables that screens read, in the same transaction as
//! the change itself. Dropped and built again it comes out the same.

mod agreements;
mod goals;
mod progress;
mod tasks;

use std::collections::BTreeSet;

use rusqlite::{Transaction, named_params};

use crate::Result;
use crate::id::{GoalId, PersonId, RelationshipId, StepId, StrategyId, TaskId};

use super::gate::Touched;
use super::parties::Parties;
use super::policy;
use super::read::{ChoiceRead, Reading};
use super::statement::Kind;

/// The version of the tables that this build makes from a document. Raise it when one of them changes: plans
/// with tables of a lower version are written into them again when they are opened.
pub(super) const TABLES: u16 = 1;

/// A projection being written.
pub(super) struct Projection<'a> {
    transaction: &'a Transaction<'a>,
    reading: Reading<'a>,
    parties: &'a Parties,
}

impl<'a> Projection<'a> {
    pub(super) fn new(transaction: &'a Transaction<'a>, reading: Reading<'a>, parties: &'a Parties) -> Self {
        Self { transaction, reading, parties }
    }

    /// Writes the items that were touched; answers with the goals that look different now.
    pub(super) fn update(&self, touched: &Touched) -> Result<Vec<GoalId>> {
        let mut goals = BTreeSet::new();
        let of = |collection: &'static str| {
            touched.iter().filter(move |item| item.0 == collection).map(|item| &item.1)
        };
        for id in of("ratings") {
            goals.extend(self.rating(id)?);
        }
        for id in of("attainments") {
            goals.extend(self.attainment(id)?);
        }
        for id in of("strategies") {
            goals.extend(self.strategy(&StrategyId::from_bytes(*id))?);
        }
        // Tasks and steps before their logs and tries, which name them.
        let mut tasks: BTreeSet<_> = of("tasks").map(|id| TaskId::from_bytes(*id)).collect();
        for id in &tasks {
            self.task(id)?;
        }
        for id in of("logs") {
            tasks.extend(self.log(id)?);
        }
        for id in &tasks {
            goals.extend(self.next_due(id)?);
        }
        for id in of("steps") {
            goals.extend(self.step(&StepId::from_bytes(*id))?);
        }
        for id in of("tries") {
            goals.extend(self.step_try(id)?);
        }
        // What hangs on a goal is beside it; only these stand in its own row and in those right below.
        let mut written: BTreeSet<_> = ["goals", "holds", "stances"]
            .into_iter()
            .flat_map(|collection| of(collection).map(|id| GoalId::from_bytes(*id)))
            .collect();
        let mut agreed = Vec::new();
        for id in of("statements") {
            for statement in self.statements(id)? {
                written.insert(statement.goal);
                agreed.push(statement);
            }
        }
        for statement in agreed.iter().filter(|statement| statement.kind == Kind::Agree) {
            self.seal(statement)?;
        }
        for goal in &written {
            self.goal(goal)?;
        }
        goals.extend(written);
        Ok(goals.into_iter().collect())
    }

    /// Empties the tables and writes everything again. Sealed agreements stay.
    pub(super) fn rebuild(&self) -> Result<Vec<GoalId>> {
        for table in [
            "choice",
            "task_log",
            "task",
            "rating",
            "step_try",
            "step",
            "strategy",
            "attainment",
            "statement",
            "goal",
        ] {
            self.transaction.execute(
                &format!("DELETE FROM {table} WHERE relationship = :relationship"),
                named_params! { ":relationship": self.parties.relationship },
            )?;
        }
        let mut all = Touched::new();
        for (_, collection) in policy::collections() {
            all.extend(self.reading.items(collection).into_iter().map(|id| (collection, id)));
        }
        let goals = self.update(&all)?;
        self.transaction.execute(
            "UPDATE plan SET tables = :tables WHERE relationship = :relationship",
            named_params! { ":tables": TABLES, ":relationship": self.relationship() },
        )?;
        Ok(goals)
    }

    fn relationship(&self) -> RelationshipId {
        self.parties.relationship
    }

    /// Writes the open choices of an item.
    fn choices(&self, item: &[u8; 16], goal: &GoalId, choices: &[ChoiceRead]) -> Result<()> {
        self.forget("choice", "item", item)?;
        for choice in choices {
            for (number, (person, value)) in (0_i64..).zip(&choice.values) {
                self.transaction
                    .prepare_cached(
                        "INSERT INTO choice (relationship, item, field, number, goal, person, value)
                         VALUES (:relationship, :item, :field, :number, :goal, :person, :value)",
                    )?
                    .execute(named_params! {
                        ":relationship": self.relationship(), ":item": item, ":field": choice.field.key(),
                        ":number": number, ":goal": goal, ":person": self.writer(*person), ":value": value,
                    })?;
            }
        }
        Ok(())
    }

    /// Whose something is. A device's words that nobody certified are still somebody's: the other's, as far as we
    /// can tell.
    fn writer(&self, writer: Option<PersonId>) -> PersonId {
        writer.unwrap_or(self.parties.other.person)
    }

    /// Deletes the rows of one item, to write them again.
    fn forget(&self, table: &'static str, column: &'static str, id: &[u8; 16]) -> Result<()> {
        self.transaction
            .prepare_cached(&format!(
                "DELETE FROM {table} WHERE relationship = :relationship AND {column} = :id"
            ))?
            .execute(named_params! { ":relationship": self.relationship(), ":id": id })?;
        Ok(())
    }
}
