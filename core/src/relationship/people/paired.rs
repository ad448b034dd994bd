//! The relationships: with whom this person has paired, and what is shown of that.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::standing::must_have_been;
use super::{me, person_of_device};
use crate::clock::Instant;
use crate::error::Thing;
use crate::exchange::Announced;
use crate::id::{PersonId, RelationshipId};
use crate::relationship::key::{PublicKey, actor_prefix, fingerprint};
use crate::relationship::{Ended, OtherPerson, Relationship};
use crate::store::Micros;
use crate::{Error, Result};

/// Whether this is a certified device of the other person of any relationship.
///
/// # Errors
/// What the file says.
pub(crate) fn is_of_somebody_paired(connection: &Connection, device: &PublicKey) -> Result<bool> {
    let Some(person) = person_of_device(connection, device)? else { return Ok(false) };
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM relationship WHERE other = :person)")?
        .query_row(named_params! { ":person": person }, |row| row.get(0))?)
}

/// The relationship with a person that goes on.
///
/// # Errors
/// What the file says.
pub(crate) fn relationship_with(connection: &Connection, person: PersonId) -> Result<Option<RelationshipId>> {
    let id = connection
        .query_row(
            "SELECT id FROM relationship WHERE other = :person AND ended_at IS NULL",
            named_params! { ":person": person },
            |row| row.get(0),
        )
        .optional()?;
    Ok(id)
}

/// The relationships with a person, also those that are over.
///
/// # Errors
/// What the file says.
pub(crate) fn relationships_ever_with(
    connection: &Connection,
    person: PersonId,
) -> Result<Vec<RelationshipId>> {
    connection
        .prepare_cached("SELECT id FROM relationship WHERE other = :person ORDER BY paired_at, id")?
        .query_map(named_params! { ":person": person }, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// Calls the other person by another name here, or as they call themselves.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn call_them(connection: &Connection, id: RelationshipId, name: Option<&str>) -> Result<()> {
    let changed = connection.execute(
        "UPDATE relationship SET called = :name WHERE id = :id",
        named_params! { ":id": id, ":name": name },
    )?;
    must_have_been(changed)
}

/// The kind of notices that say that somebody has read the terms: these wait without being worth a word.
const READ_TERMS: u8 = Announced::ReadTerms { version: 0 }.kind();

const RELATIONSHIP: &str = "
    SELECT relationship.id, relationship.paired_at, relationship.code, relationship.code_compared,
           relationship.in_step_at, person.id, person.role, person.display_name,
           (SELECT public_key FROM person_key WHERE person_key.person = person.id
            ORDER BY number DESC LIMIT 1),
           (SELECT coalesce(sum(max(seq - confirmed, 0)), 0) FROM plan_position
            WHERE plan_position.relationship = relationship.id
              AND substr(plan_position.actor, 1, 8) = :own)
           * (relationship.ended_at IS NULL)
         + (SELECT count(*) FROM notice
            WHERE notice.relationship = relationship.id AND notice.confirmed = 0 AND notice.kind <> :read_terms),
           EXISTS (SELECT 1 FROM renewal
                   WHERE renewal.relationship = relationship.id AND renewal.person <> person.id),
           relationship.known_there > 0,
           relationship.called, relationship.paused_at, relationship.ended_at, relationship.ended_by
    FROM relationship JOIN person ON person.id = relationship.other";

/// Everyone this person has paired with, oldest first.
pub(crate) fn relationships(connection: &Connection) -> Result<Vec<Relationship>> {
    let own = actor_prefix(&me(connection)?.device);
    connection
        .prepare_cached(&format!("{RELATIONSHIP} ORDER BY relationship.paired_at, relationship.id"))?
        .query_map(named_params! { ":own": own, ":read_terms": READ_TERMS }, read_relationship)?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// One relationship.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn relationship(connection: &Connection, id: RelationshipId) -> Result<Relationship> {
    let own = actor_prefix(&me(connection)?.device);
    connection
        .prepare_cached(&format!("{RELATIONSHIP} WHERE relationship.id = :id"))?
        .query_row(named_params! { ":id": id, ":own": own, ":read_terms": READ_TERMS }, read_relationship)
        .optional()?
        .ok_or_else(|| Error::not_found(Thing::Relationship))
}

fn read_relationship(row: &Row<'_>) -> rusqlite::Result<Relationship> {
    let code: String = row.get(2)?;
    let person: PersonId = row.get(5)?;
    let calls_themselves: String = row.get(7)?;
    let ended_at: Option<Micros> = row.get(14)?;
    Ok(Relationship {
        id: row.get(0)?,
        other: OtherPerson {
            person,
            role: row.get(6)?,
            display_name: row.get::<_, Option<String>>(12)?.unwrap_or_else(|| calls_themselves.clone()),
            calls_themselves,
            fingerprint: fingerprint(&person, &row.get(8)?),
        },
        paired_at: row.get::<_, Micros>(1)?.0,
        code_compared: row.get(3)?,
        code: code.split(' ').map(str::to_owned).collect(),
        in_step_at: row.get::<_, Option<Micros>>(4)?.map(|at| at.0),
        waiting_to_go: row.get(9)?,
        as_kept_by_other: row.get(10)?,
        knows_this_device: row.get(11)?,
        paused_at: row.get::<_, Option<Micros>>(13)?.map(|at| at.0),
        ended: ended_at.zip(row.get(15)?).map(|(at, by)| Ended { at: at.0, by }),
    })
}

/// Keeps a relationship.
///
/// # Errors
/// When there is one with this person already.
pub(crate) fn keep_relationship(
    connection: &Connection,
    id: RelationshipId,
    other: PersonId,
    code: &[String],
    compared: bool,
    now: Instant,
) -> Result<()> {
    connection.execute(
        "INSERT INTO relationship (id, other, paired_at, code, code_compared)
         VALUES (:id, :other, :now, :code, :compared)",
        named_params! {
            ":id": id, ":other": other, ":now": Micros(now), ":code": code.join(" "), ":compared": compared,
        },
    )?;
    Ok(())
}

/// Puts the code of a pairing in the place of an earlier one's.
pub(crate) fn keep_code(
    connection: &Connection,
    id: RelationshipId,
    code: &[String],
    compared: bool,
) -> Result<()> {
    connection.execute(
        "UPDATE relationship SET code = :code, code_compared = :compared WHERE id = :id",
        named_params! { ":id": id, ":code": code.join(" "), ":compared": compared },
    )?;
    Ok(())
}

/// Notes that the two people have compared the code of words.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn mark_code_compared(connection: &Connection, id: RelationshipId) -> Result<()> {
    let changed = connection
        .execute("UPDATE relationship SET code_compared = 1 WHERE id = :id", named_params! { ":id": id })?;
    must_have_been(changed)
}
