//! Statements, the wordings they seal, and where a goal stands by them.

use rusqlite::{OptionalExtension, named_params};

use crate::clock::Instant;
use crate::id::{GoalId, PersonId};
use crate::relationship::Role;
use crate::store::Micros;
use crate::{Error, Result};

use super::super::agreement;
use super::super::read::GoalRead;
use super::super::statement::{Kind, Statement};
use super::super::view::WordingDigest;
use super::super::wording::Wording;
use super::Projection;

impl Projection<'_> {
    /// Writes the statements that count under an id. Where its maker wrote several at once on one wording,
    /// one of them counts, the same whichever came first: see [`Statement::before_others_under_its_id`].
    pub(super) fn statements(&self, id: &[u8; 16]) -> Result<Vec<Statement>> {
        self.transaction
            .prepare_cached("DELETE FROM statement WHERE relationship = :relationship AND id = :id")?
            .execute(named_params! { ":relationship": self.relationship(), ":id": id })?;
        let mut statements = self.reading.statements(id);
        statements.sort_by_key(Statement::before_others_under_its_id);
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
        let rows = self
            .transaction
            .prepare_cached(
                "SELECT digest, wording FROM agreement WHERE relationship = :relationship AND goal = :goal",
            )?
            .query_map(named_params! { ":relationship": self.relationship(), ":goal": goal }, |row| {
                let version = Wording::version_of(row.get_ref(1)?.as_blob().unwrap_or_default());
                Ok((WordingDigest(row.get(0)?), version.unwrap_or(1)))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let mut sealed = Vec::with_capacity(rows.len());
        for (digest, version) in rows {
            let said = agreement::said(self.transaction, self.relationship(), goal, &digest)?;
            let Some(at) = agreement::sealed_at(&said) else { continue };
            sealed.push(Sealed {
                digest,
                version,
                at,
                rank: said.iter().fold(0, |rank, said| i64::saturating_add(rank, said.counter)),
                withdrawn: agreement::withdrawn(&said).map(|withdrawal| (withdrawal.at, withdrawal.by)),
            });
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
