//! Statements, the wordings they seal, and where a goal stands by them.

use rusqlite::{OptionalExtension, named_params};

use crate::clock::Instant;
use crate::id::{GoalId, PersonId};
use crate::relationship::Role;
use crate::store::Micros;
use crate::{Error, Result};

use super::super::read::GoalRead;
use super::super::statement::{Kind, Statement};
use super::super::view::WordingDigest;
use super::super::wording::Wording;
use super::Projection;

impl Projection<'_> {
    /// Writes the statements that count under an id. Where its maker wrote several at once on one wording,
    /// one of them counts, the same whichever came first: an agreement rather than a withdrawal, since what
    /// is sealed by it stays sealed.
    pub(super) fn statements(&self, id: &[u8; 16]) -> Result<Vec<Statement>> {
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
    pub(super) fn seal(&self, statement: &Statement) -> Result<()> {
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
    ///
    /// A sealed wording is compared in the version of the encoding in which it was sealed.
    pub(super) fn standing(&self, goal: &GoalId, read: &GoalRead) -> Result<StandingRow> {
        let sealed = self.sealed(goal)?;
        let in_force = sealed
            .iter()
            .filter(|sealed| sealed.withdrawn.is_none())
            .max_by_key(|sealed| (sealed.rank, sealed.digest.0));
        if let Some(sealed) = in_force {
            let now = Wording::of(*goal, read, sealed.version).digest();
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
                    statement.at, agreement.wording
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
                let version = Wording::version_of(row.get_ref(6)?.as_blob().unwrap_or_default()).unwrap_or(1);
                sealed.push(Sealed {
                    digest,
                    version,
                    at: row.get::<_, Micros>(1)?.0,
                    rank: 0,
                    withdrawn: None,
                });
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
pub(super) struct StandingRow {
    pub(super) word: &'static str,
    pub(super) at: Option<Instant>,
    pub(super) by: Option<PersonId>,
    pub(super) in_force: Option<WordingDigest>,
}

/// A sealed wording with what was said of it since.
struct Sealed {
    digest: WordingDigest,
    version: u16,
    at: Instant,
    /// The signers' own counts added up: of two wordings in force, the one said later by both.
    rank: i64,
    withdrawn: Option<(Instant, PersonId)>,
}
