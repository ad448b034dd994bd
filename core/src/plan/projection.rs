//! Writes what changed in the document into the tables that screens read, in the same transaction as
//! the change itself. Dropped and built again it comes out the same.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Transaction, named_params};

use crate::clock::Instant;
use crate::id::{GoalId, PersonId, RelationshipId, TaskId};
use crate::store::Micros;
use crate::{Error, Result};

use super::gate::Touched;
use super::parties::Parties;
use super::read::Reading;
use super::statement::{Kind, Statement};
use super::task;
use super::view::WordingDigest;
use super::wording::Wording;

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
        // Tasks before their logs, which name them.
        for id in of("tasks") {
            goals.extend(self.task(&TaskId::from_bytes(*id))?);
        }
        for id in of("logs") {
            goals.extend(self.log(id)?);
        }
        let mut agreed = Vec::new();
        for id in of("statements") {
            for statement in self.statements(id)? {
                goals.insert(statement.goal);
                agreed.push(statement);
            }
        }
        for statement in agreed.iter().filter(|statement| statement.kind == Kind::Agree) {
            self.seal(statement)?;
        }
        goals.extend(of("goals").map(|id| GoalId::from_bytes(*id)));
        for goal in &goals {
            self.goal(goal)?;
        }
        Ok(goals.into_iter().collect())
    }

    /// Empties the tables and writes everything again. Sealed agreements stay.
    pub(super) fn rebuild(&self) -> Result<()> {
        for table in ["task_log", "task", "rating", "statement", "goal"] {
            self.transaction.execute(
                &format!("DELETE FROM {table} WHERE relationship = :relationship"),
                named_params! { ":relationship": self.parties.relationship },
            )?;
        }
        let mut all = Touched::new();
        for collection in super::policy::COLLECTIONS {
            all.extend(self.reading.items(collection).into_iter().map(|id| (collection, id)));
        }
        self.update(&all).map(|_| ())
    }

    fn relationship(&self) -> RelationshipId {
        self.parties.relationship
    }

    fn goal(&self, id: &GoalId) -> Result<()> {
        let Some(goal) = self.reading.goal(id) else { return Ok(()) };
        let Some(proposed_by) = self.parties.creator(id.as_bytes()) else { return Ok(()) };
        let wording = Wording {
            goal: *id,
            title: goal.title.shown.clone(),
            why: goal.why.clone(),
            success: goal.success.clone(),
        };
        let digest = wording.digest();
        let standing = self.standing(id, digest)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO goal (relationship, id, title, why, place, proposed_by, proposed_at, archived_at,
                                   digest, standing, standing_at, standing_by, in_force)
                 VALUES (:relationship, :id, :title, :why, :place, :proposed_by, :proposed_at, :archived_at,
                         :digest, :standing, :standing_at, :standing_by, :in_force)
                 ON CONFLICT (relationship, id) DO UPDATE SET
                    title = excluded.title, why = excluded.why, place = excluded.place,
                    proposed_at = excluded.proposed_at, archived_at = excluded.archived_at,
                    digest = excluded.digest, standing = excluded.standing, standing_at = excluded.standing_at,
                    standing_by = excluded.standing_by, in_force = excluded.in_force",
            )?
            .execute(named_params! {
                ":relationship": self.relationship(), ":id": id, ":title": goal.title.shown, ":why": goal.why,
                ":place": goal.order, ":proposed_by": proposed_by, ":proposed_at": Micros(goal.proposed.at),
                ":archived_at": goal.archived.as_ref().map(|at| Micros(at.at)), ":digest": digest.0,
                ":standing": standing.word, ":standing_at": standing.at.map(Micros), ":standing_by": standing.by,
                ":in_force": standing.in_force.map(|digest| digest.0),
            })?;
        self.success(id, &goal.success)?;
        self.choices(id, &goal.title.values)
    }

    fn success(&self, goal: &GoalId, success: &[(PersonId, String)]) -> Result<()> {
        for (person, text) in success {
            self.transaction
                .prepare_cached(
                    "INSERT INTO goal_success (relationship, goal, person, text)
                     VALUES (:relationship, :goal, :person, :text)
                     ON CONFLICT (relationship, goal, person) DO UPDATE SET text = excluded.text",
                )?
                .execute(named_params! {
                    ":relationship": self.relationship(), ":goal": goal, ":person": person, ":text": text,
                })?;
        }
        Ok(())
    }

    fn choices(&self, goal: &GoalId, titles: &[(Option<PersonId>, String)]) -> Result<()> {
        self.transaction
            .prepare_cached("DELETE FROM goal_choice WHERE relationship = :relationship AND goal = :goal")?
            .execute(named_params! { ":relationship": self.relationship(), ":goal": goal })?;
        if titles.len() < 2 {
            return Ok(());
        }
        for (number, (person, value)) in (0_i64..).zip(titles) {
            // A retired device's words are still somebody's: of the other, as far as we can tell.
            let person = person.unwrap_or(self.parties.other.person);
            self.transaction
                .prepare_cached(
                    "INSERT INTO goal_choice (relationship, goal, field, number, person, value)
                     VALUES (:relationship, :goal, 'title', :number, :person, :value)",
                )?
                .execute(named_params! {
                    ":relationship": self.relationship(), ":goal": goal, ":number": number,
                    ":person": person, ":value": value,
                })?;
        }
        Ok(())
    }

    fn rating(&self, id: &[u8; 16]) -> Result<Option<GoalId>> {
        let (Some(rating), Some(person)) = (self.reading.rating(id), self.parties.creator(id)) else {
            return Ok(None);
        };
        self.transaction
            .prepare_cached(
                "INSERT INTO rating (relationship, id, goal, person, at, zone, offset_seconds, value, helped, hindered)
                 VALUES (:relationship, :id, :goal, :person, :at, :zone, :offset_seconds, :value, :helped, :hindered)
                 ON CONFLICT (relationship, id) DO UPDATE SET
                    goal = excluded.goal, at = excluded.at, zone = excluded.zone,
                    offset_seconds = excluded.offset_seconds, value = excluded.value,
                    helped = excluded.helped, hindered = excluded.hindered",
            )?
            .execute(named_params! {
                ":relationship": self.relationship(), ":id": id, ":goal": rating.goal, ":person": person,
                ":at": Micros(rating.at.at), ":zone": rating.at.zone, ":offset_seconds": rating.at.offset_seconds,
                ":value": rating.value, ":helped": rating.helped, ":hindered": rating.hindered,
            })?;
        Ok(Some(rating.goal))
    }

    fn task(&self, id: &TaskId) -> Result<Option<GoalId>> {
        let (Some(task), Some(offered_by)) = (self.reading.task(id), self.parties.creator(id.as_bytes()))
        else {
            return Ok(None);
        };
        let digest = task::digest(id, &task.what, task.owner, task.due);
        self.transaction
            .prepare_cached(
                "INSERT INTO task (relationship, id, goal, what, owner, due, offered_by, offered_at, archived_at, digest)
                 VALUES (:relationship, :id, :goal, :what, :owner, :due, :offered_by, :offered_at, :archived_at, :digest)
                 ON CONFLICT (relationship, id) DO UPDATE SET
                    goal = excluded.goal, what = excluded.what, owner = excluded.owner, due = excluded.due,
                    offered_at = excluded.offered_at, archived_at = excluded.archived_at, digest = excluded.digest",
            )?
            .execute(named_params! {
                ":relationship": self.relationship(), ":id": id, ":goal": task.goal, ":what": task.what,
                ":owner": task.owner.word(), ":due": task.due.map(|day| day.to_string()), ":offered_by": offered_by,
                ":offered_at": Micros(task.offered.at), ":archived_at": task.archived.map(|at| Micros(at.at)),
                ":digest": digest.0,
            })?;
        for (person, answer) in &task.answers {
            self.transaction
                .prepare_cached(
                    "INSERT INTO task_answer (relationship, task, person, accepted, digest, why)
                     VALUES (:relationship, :task, :person, :accepted, :digest, :why)
                     ON CONFLICT (relationship, task, person) DO UPDATE SET
                        accepted = excluded.accepted, digest = excluded.digest, why = excluded.why",
                )?
                .execute(named_params! {
                    ":relationship": self.relationship(), ":task": id, ":person": person,
                    ":accepted": answer.accepted, ":digest": answer.digest.0, ":why": answer.why,
                })?;
        }
        Ok(Some(task.goal))
    }

    fn log(&self, id: &[u8; 16]) -> Result<Option<GoalId>> {
        let (Some(log), Some(person)) = (self.reading.log(id), self.parties.creator(id)) else {
            return Ok(None);
        };
        self.transaction
            .prepare_cached(
                "INSERT INTO task_log (relationship, id, task, person, on_day, outcome, note)
                 VALUES (:relationship, :id, :task, :person, :on_day, :outcome, :note)
                 ON CONFLICT (relationship, id) DO UPDATE SET
                    task = excluded.task, on_day = excluded.on_day, outcome = excluded.outcome, note = excluded.note",
            )?
            .execute(named_params! {
                ":relationship": self.relationship(), ":id": id, ":task": log.task, ":person": person,
                ":on_day": log.on.to_string(), ":outcome": log.outcome.word(), ":note": log.note,
            })?;
        Ok(self.reading.task(&log.task).map(|task| task.goal))
    }

    /// Writes the statements that count under an id. Where its maker wrote several at once on one wording,
    /// one of them counts, the same whichever came first: an agreement rather than a withdrawal, since what
    /// is sealed by it stays sealed.
    fn statements(&self, id: &[u8; 16]) -> Result<Vec<Statement>> {
        self.transaction
            .prepare_cached("DELETE FROM statement WHERE relationship = :relationship AND id = :id")?
            .execute(named_params! { ":relationship": self.relationship(), ":id": id })?;
        let mut statements = self.reading.statements(id);
        statements.sort_by_key(|said| (said.kind == Kind::Withdraw, said.counter, said.at.at));
        for statement in &statements {
            self.statement(id, statement)?;
        }
        Ok(statements)
    }

    fn statement(&self, id: &[u8; 16], statement: &Statement) -> Result<()> {
        let counter =
            i64::try_from(statement.counter).map_err(|_| Error::internal("a statement's counter"))?;
        self.transaction
            .prepare_cached(
                "INSERT INTO statement (relationship, id, goal, person, agrees, digest, counter, at)
                 VALUES (:relationship, :id, :goal, :person, :agrees, :digest, :counter, :at)
                 ON CONFLICT (relationship, id, digest) DO NOTHING",
            )?
            .execute(named_params! {
                ":relationship": self.relationship(), ":id": id, ":goal": statement.goal, ":person": statement.by,
                ":agrees": statement.kind == Kind::Agree, ":digest": statement.digest.0, ":counter": counter,
                ":at": Micros(statement.at.at),
            })?;
        Ok(())
    }

    /// Seals a wording once both have agreed to it, in whatever order that became known.
    fn seal(&self, statement: &Statement) -> Result<()> {
        use crate::relationship::Role;
        let first = |role| self.first_agreement(statement, self.parties.with_role(role).person);
        let (Some(client), Some(therapist)) = (first(Role::Client)?, first(Role::Therapist)?) else {
            return Ok(());
        };
        self.transaction.execute(
            "INSERT INTO agreement (relationship, goal, digest, wording, client_statement, therapist_statement, sealed_at)
             VALUES (:relationship, :goal, :digest, :wording, :client, :therapist, :sealed_at)
             ON CONFLICT (relationship, goal, digest) DO NOTHING",
            named_params! {
                ":relationship": self.relationship(), ":goal": statement.goal, ":digest": statement.digest.0,
                ":wording": statement.wording, ":client": client.0, ":therapist": therapist.0,
                ":sealed_at": Micros(client.1.max(therapist.1)),
            },
        )?;
        Ok(())
    }

    /// A person's first agreement to a wording: its id and time.
    fn first_agreement(&self, on: &Statement, by: PersonId) -> Result<Option<([u8; 16], Instant)>> {
        let found = self
            .transaction
            .prepare_cached(
                "SELECT id, at FROM statement
                 WHERE relationship = :relationship AND goal = :goal AND digest = :digest AND person = :person AND agrees
                 ORDER BY counter, id LIMIT 1",
            )?
            .query_row(
                named_params! {
                    ":relationship": self.relationship(), ":goal": on.goal, ":digest": on.digest.0, ":person": by,
                },
                |row| Ok((row.get(0)?, row.get::<_, Micros>(1)?.0)),
            )
            .optional()?;
        Ok(found)
    }

    /// Where a goal stands, from its statements and sealed wordings.
    fn standing(&self, goal: &GoalId, now: WordingDigest) -> Result<StandingRow> {
        let sealed = self.sealed(goal)?;
        let in_force = sealed
            .iter()
            .filter(|sealed| sealed.withdrawn.is_none())
            .max_by_key(|sealed| (sealed.rank, sealed.digest.0));
        if let Some(sealed) = in_force {
            let word = if sealed.digest == now { "agreed" } else { "changed" };
            return Ok(StandingRow { word, at: Some(sealed.at), by: None, in_force: Some(sealed.digest) });
        }
        let withdrawn = sealed.iter().filter_map(|sealed| sealed.withdrawn).max();
        Ok(match withdrawn {
            Some((at, by)) => StandingRow { word: "withdrawn", at: Some(at), by: Some(by), in_force: None },
            None => StandingRow { word: "proposed", at: None, by: None, in_force: None },
        })
    }

    fn sealed(&self, goal: &GoalId) -> Result<Vec<Sealed>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT agreement.digest, agreement.sealed_at, statement.person, statement.agrees, max(statement.counter),
                    statement.at
             FROM agreement JOIN statement USING (relationship, goal, digest)
             WHERE agreement.relationship = :relationship AND agreement.goal = :goal
             GROUP BY agreement.digest, statement.person
             ORDER BY agreement.digest",
        )?;
        // With max() alone in a grouped query SQLite takes the other columns from the row of the maximum.
        let mut rows =
            statement.query(named_params! { ":relationship": self.relationship(), ":goal": goal })?;
        let mut sealed: Vec<Sealed> = Vec::new();
        while let Some(row) = rows.next()? {
            let digest = WordingDigest(row.get(0)?);
            let (by, agrees, counter): (PersonId, bool, i64) = (row.get(2)?, row.get(3)?, row.get(4)?);
            if sealed.last().is_none_or(|last| last.digest != digest) {
                sealed.push(Sealed { digest, at: row.get::<_, Micros>(1)?.0, rank: 0, withdrawn: None });
            }
            let Some(last) = sealed.last_mut() else { continue };
            last.rank = last.rank.saturating_add(counter);
            if !agrees {
                let withdrawal = (row.get::<_, Micros>(5)?.0, by);
                last.withdrawn = last.withdrawn.max(Some(withdrawal));
            }
        }
        Ok(sealed)
    }
}

/// Where a goal stands, as the table has it.
struct StandingRow {
    word: &'static str,
    at: Option<Instant>,
    by: Option<PersonId>,
    in_force: Option<WordingDigest>,
}

/// A sealed wording with what was said of it since.
struct Sealed {
    digest: WordingDigest,
    at: Instant,
    /// The signers' own counts added up: of two wordings in force, the one said later by both.
    rank: i64,
    withdrawn: Option<(Instant, PersonId)>,
}
