//! Agreement: statements by both on one exact wording, what is said without signing, and the wordings that both
//! statements seal.

mod difference;
mod export;
mod open;
mod sealed;
mod stance;

use automerge::transaction::Transactable;
use rusqlite::{Connection, named_params};

use crate::clock::Instant;
use crate::error::{Problem, Thing};
use crate::id::{GoalId, PersonId, RelationshipId, StatementId};
use crate::relationship::Role;
use crate::relationship::key::PersonKey;
use crate::store::Micros;
use crate::{Error, Result};

use super::goal::collection;
use super::shared_plan::Pen;
use super::statement::{Kind, Statement};
use super::view::{PlanField, WordingDigest};
use super::wording::{self, Wording};
pub(super) use difference::since_agreed;
pub(super) use export::export;
pub(super) use open::open;
pub(super) use sealed::{all, sealed, sealed_at, withdrawn};
pub(super) use stance::{stances, take, take_back};

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
    if !already.contains(&me) {
        say(pen, goal, Kind::Agree, *shown, bytes, key)?;
    }
    // Whoever agrees says "not yet" no more.
    take_back(pen, goal)
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

/// What one person has said of a wording, signed.
pub(super) struct Said {
    /// Who.
    pub(super) person: PersonId,
    /// The first statement that agrees, and when.
    pub(super) first: Option<(StatementId, Instant)>,
    /// The latest statement: what holds.
    pub(super) latest: StatementId,
    /// Whether it agrees.
    pub(super) agrees: bool,
    /// Its counter.
    pub(super) counter: i64,
    /// When it was made.
    pub(super) at: Instant,
}

/// What each has said of a wording, by person. The statement with the highest counter holds. Two with the same can
/// only come from two devices of one person: then the withdrawal holds, since agreement is never presumed.
pub(super) fn said(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    digest: &WordingDigest,
) -> Result<Vec<Said>> {
    let mut statement = connection.prepare_cached(
        "SELECT person, id, agrees, counter, at FROM statement
         WHERE relationship = :relationship AND goal = :goal AND digest = :digest
         ORDER BY person, counter, agrees DESC, id",
    )?;
    let mut rows = statement
        .query(named_params! { ":relationship": relationship, ":goal": goal, ":digest": digest.0 })?;
    let mut said: Vec<Said> = Vec::new();
    while let Some(row) = rows.next()? {
        let (person, latest, agrees): (PersonId, StatementId, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let at = row.get::<_, Micros>(4)?.0;
        let before = said.pop_if(|last| last.person == person).and_then(|last| last.first);
        let first = before.or_else(|| agrees.then_some((latest, at)));
        said.push(Said { person, first, latest, agrees, counter: row.get(3)?, at });
    }
    Ok(said)
}

/// Who agrees to a wording, by the latest that each has said of it.
pub(super) fn agreed_by(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    digest: &WordingDigest,
) -> Result<Vec<PersonId>> {
    let said = said(connection, relationship, goal, digest)?;
    Ok(said.into_iter().filter(|said| said.agrees).map(|said| said.person).collect())
}
