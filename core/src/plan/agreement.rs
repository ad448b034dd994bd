//! Agreement: statements by both on one exact wording, and the wordings sealed by them.

use automerge::transaction::Transactable;
use rusqlite::{Connection, OptionalExtension, named_params};

use crate::error::{Problem, Thing};
use crate::id::{GoalId, PersonId, RelationshipId, StatementId};
use crate::relationship::Role;
use crate::relationship::key::PersonKey;
use crate::store::Micros;
use crate::{Error, Result};

use super::goal::collection;
use super::shared_plan::Pen;
use super::statement::{Kind, Statement};
use super::view::{GoalWithdrawal, PlanField, SealedWording, StanceKind, StanceOnWording, WordingDigest};
use super::wording::{self, Wording};

/// Signs one's agreement to the wording that was shown, if it still reads so.
pub(super) fn agree(pen: &mut Pen<'_>, goal: &GoalId, shown: &WordingDigest, key: &PersonKey) -> Result<()> {
    let read = pen.reading().goal(goal).ok_or(Error::not_found(Thing::Goal))?;
    if read.choices.iter().any(|choice| is_of_the_wording(choice.field)) {
        return Err(Error::OpenChoice);
    }
    let wording = Wording::of(*goal, &read, pen.reading().level());
    let bytes = wording.bytes();
    if wording::digest(&bytes) != *shown {
        return Err(Error::Changed { what: Thing::Wording });
    }
    if bytes.len() > wording::LONGEST {
        let problem = Problem::TooLong { limit: wording::LONGEST as u64, unit: "bytes".to_owned() };
        return Err(Error::invalid("wording", problem));
    }
    let me = pen.parties().me.person;
    let already = pen.sql(|connection, relationship| agreed_by(connection, relationship, goal, shown))?;
    if already.contains(&me) {
        return Ok(());
    }
    say(pen, goal, Kind::Agree, *shown, bytes, key)
}

/// Signs that one no longer agrees to a wording.
pub(super) fn withdraw(
    pen: &mut Pen<'_>,
    goal: &GoalId,
    digest: &WordingDigest,
    key: &PersonKey,
) -> Result<()> {
    let me = pen.parties().me.person;
    let agreed = pen.sql(|connection, relationship| agreed_by(connection, relationship, goal, digest))?;
    if !agreed.contains(&me) {
        return Err(Error::not_found(Thing::Wording));
    }
    let own = pen.sql(|connection, relationship| {
        let id = connection.query_row(
            "SELECT id FROM statement
             WHERE relationship = :relationship AND goal = :goal AND digest = :digest AND person = :me AND agrees
             LIMIT 1",
            named_params! { ":relationship": relationship, ":goal": goal, ":digest": digest.0, ":me": me },
            |row| row.get::<_, [u8; 16]>(0),
        )?;
        Ok(id)
    })?;
    let statements = pen.reading().statements(&own);
    let agreed = statements.into_iter().find(|statement| statement.digest == *digest);
    let wording = agreed.ok_or(Error::not_found(Thing::Wording))?.wording;
    say(pen, goal, Kind::Withdraw, *digest, wording, key)
}

fn say(
    pen: &mut Pen<'_>,
    goal: &GoalId,
    kind: Kind,
    digest: WordingDigest,
    wording: Vec<u8>,
    key: &PersonKey,
) -> Result<()> {
    let parties = pen.parties();
    let me = parties.me.person;
    let counter: i64 = pen.sql(|connection, relationship| {
        Ok(connection.query_row(
            "SELECT coalesce(max(counter), 0) FROM statement WHERE relationship = :relationship AND person = :me",
            named_params! { ":relationship": relationship, ":me": me },
            |row| row.get(0),
        )?)
    })?;
    let statement = Statement {
        relationship: parties.relationship,
        goal: *goal,
        client: parties.with_role(Role::Client).person,
        therapist: parties.with_role(Role::Therapist).person,
        by: me,
        key: key.public(),
        kind,
        digest,
        counter: counter.unsigned_abs() + 1,
        at: pen.now.clone(),
        heads: automerge::Automerge::get_heads(pen.document()).into_iter().map(|head| head.0).collect(),
        wording,
    };
    let id = StatementId::from_bytes(pen.new_item()?);
    let statements = collection(pen, "statements")?;
    let signed = statement.sign(key);
    pen.change(|transaction| {
        transaction.put(&statements, id.to_string(), automerge::ScalarValue::Bytes(signed))
    })
}

/// Whether a place belongs to the wording: with a choice open there, nobody can know what is agreed to.
fn is_of_the_wording(field: PlanField) -> bool {
    matches!(
        field,
        PlanField::Title
            | PlanField::KnownBy
            | PlanField::ByWhen
            | PlanField::ScaleMuchLess
            | PlanField::ScaleLess
            | PlanField::ScaleExpected
            | PlanField::ScaleMore
            | PlanField::ScaleMuchMore
    )
}

/// What each has said of a wording of a goal without signing.
pub(super) fn stances(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    now: &WordingDigest,
) -> Result<Vec<StanceOnWording>> {
    connection
        .prepare_cached(
            "SELECT person, stance, digest, at, why FROM goal_stance
             WHERE relationship = :relationship AND goal = :goal ORDER BY person",
        )?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, |row| {
            let (stance, digest): (String, _) = (row.get(1)?, WordingDigest(row.get(2)?));
            Ok(StanceOnWording {
                by: row.get(0)?,
                stance: StanceKind::read(&stance).unwrap_or(StanceKind::NotYet),
                digest,
                is_current: digest == *now,
                at: row.get::<_, Micros>(3)?.0,
                why: row.get(4)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// Who agrees to a wording, by the latest that each has said of it.
pub(super) fn agreed_by(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    digest: &WordingDigest,
) -> Result<Vec<PersonId>> {
    connection
        .prepare_cached(
            "SELECT person FROM (
                SELECT person, agrees, max(counter) FROM statement
                WHERE relationship = :relationship AND goal = :goal AND digest = :digest
                GROUP BY person)
             WHERE agrees ORDER BY person",
        )?
        .query_map(
            named_params! { ":relationship": relationship, ":goal": goal, ":digest": digest.0 },
            |row| row.get(0),
        )?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// A sealed wording.
pub(super) fn sealed(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    digest: &WordingDigest,
) -> Result<SealedWording> {
    let (bytes, client, therapist, since) = connection
        .prepare_cached(
            "SELECT wording, client_statement, therapist_statement, sealed_at FROM agreement
             WHERE relationship = :relationship AND goal = :goal AND digest = :digest",
        )?
        .query_row(
            named_params! { ":relationship": relationship, ":goal": goal, ":digest": digest.0 },
            |row| {
                let since: Micros = row.get(3)?;
                Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?, row.get(2)?, since.0))
            },
        )
        .optional()?
        .ok_or(Error::not_found(Thing::Wording))?;
    let wording = Wording::read(&bytes).ok_or_else(|| Error::internal("a sealed wording"))?;
    Ok(SealedWording {
        digest: *digest,
        success: wording.success(),
        scale: wording.scale(),
        title: wording.title,
        why: wording.why,
        known_by: wording.known_by,
        by_when: wording.by_when,
        since,
        statements: vec![client, therapist],
        withdrawn: withdrawn(connection, relationship, goal, digest)?,
    })
}

/// Who no longer agrees to a sealed wording, by the latest that each has said of it; of two, the one who said so
/// later.
fn withdrawn(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    digest: &WordingDigest,
) -> Result<Option<GoalWithdrawal>> {
    let withdrawal = connection
        .prepare_cached(
            "SELECT person, at FROM (
                SELECT person, agrees, at, max(counter) FROM statement
                WHERE relationship = :relationship AND goal = :goal AND digest = :digest
                GROUP BY person)
             WHERE NOT agrees ORDER BY at DESC, person DESC LIMIT 1",
        )?
        .query_row(
            named_params! { ":relationship": relationship, ":goal": goal, ":digest": digest.0 },
            |row| Ok(GoalWithdrawal { by: row.get(0)?, at: row.get::<_, Micros>(1)?.0 }),
        )
        .optional()?;
    Ok(withdrawal)
}
