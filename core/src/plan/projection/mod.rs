//! Writes what changed in the document into the tables that screens read, in the same transaction as
//! the change itself. Dropped and built again it comes out the same.

mod agreements;
mod different;
mod goals;
mod progress;
mod tasks;

use std::collections::BTreeSet;

use rusqlite::{Transaction, named_params};

use crate::Result;
use crate::id::{GoalId, PersonId, RelationshipId, StepId, StrategyId, TaskId};

use super::gate::Touched;
use super::history;
use super::ledger::Ledger;
use super::parties::Parties;
use super::policy;
use super::read::{ChoiceRead, Reading};
use super::statement::Kind;
pub(super) use different::Different;
use different::Prints;

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

    /// Writes the items that were touched; answers with what looks different now.
    pub(super) fn update(&self, touched: &Touched) -> Result<Different> {
        let mut different = Different::default();
        let of = |collection: &'static str| {
            touched.iter().filter(move |item| item.0 == collection).map(|item| &item.1)
        };
        for id in of("ratings") {
            different.shows("ratings", id, self.rating(id)?);
        }
        for id in of("attainments") {
            different.shows("attainments", id, self.attainment(id)?);
        }
        for id in of("strategies") {
            different.shows("strategies", id, self.strategy(&StrategyId::from_bytes(*id))?);
        }
        // Tasks and steps before their logs and tries, which name them.
        let mut tasks: BTreeSet<_> = of("tasks").map(|id| TaskId::from_bytes(*id)).collect();
        for id in &tasks {
            self.task(id)?;
        }
        let mut logs = Vec::new();
        for id in of("logs") {
            let noted_on = self.log(id)?;
            logs.extend(noted_on.last().map(|task| (id, *task)));
            tasks.extend(noted_on);
        }
        for id in &tasks {
            different.shows("tasks", id.as_bytes(), self.next_due(id)?);
        }
        for (id, task) in logs {
            let goal = different.belongs.get(&("tasks", *task.as_bytes())).copied();
            different.shows("logs", id, goal);
        }
        for id in of("steps") {
            different.shows("steps", id, self.step(&StepId::from_bytes(*id))?);
        }
        for id in of("tries") {
            different.shows("tries", id, self.step_try(id)?);
        }
        // What hangs on a goal is beside it; only these stand in its own row and in those right below.
        let mut written: BTreeSet<_> = ["goals", "holds", "stances"]
            .into_iter()
            .flat_map(|collection| of(collection).map(|id| GoalId::from_bytes(*id)))
            .collect();
        let mut agreed = Vec::new();
        for id in of("statements") {
            for statement in self.statements(id)? {
                different.shows("statements", id, Some(statement.goal));
                written.insert(statement.goal);
                agreed.push(statement);
            }
        }
        for statement in agreed.iter().filter(|statement| statement.kind == Kind::Agree) {
            self.seal(statement)?;
        }
        for collection in ["goals", "holds", "stances"] {
            for id in of(collection) {
                different.shows(collection, id, Some(GoalId::from_bytes(*id)));
            }
        }
        for goal in &written {
            self.goal(goal)?;
        }
        different.tasks.extend(tasks);
        Ok(different)
    }

    /// Empties the tables and writes everything again; answers with what looks different from before. Sealed
    /// agreements stay.
    pub(super) fn rebuild(&self, ledger: &Ledger) -> Result<Different> {
        let before = Prints::of(self.transaction, self.relationship())?;
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
        self.update(&all)?;
        history::news_anew(self.transaction, self.reading, ledger, self.parties)?;
        self.transaction.execute(
            "UPDATE plan SET tables = :tables WHERE relationship = :relationship",
            named_params! { ":tables": TABLES, ":relationship": self.relationship() },
        )?;
        Ok(before.differ(&Prints::of(self.transaction, self.relationship())?))
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
