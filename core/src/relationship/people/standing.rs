//! How a relationship stands: it goes on, rests, or is over.

use rusqlite::{Connection, OptionalExtension, named_params};

use crate::clock::Instant;
use crate::error::Thing;
use crate::id::{PersonId, RelationshipId};
use crate::store::Micros;
use crate::{Error, Result};

/// How a relationship stands for the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It goes on.
    GoesOn,
    /// This person has paused it: nobody is called and nobody is let in.
    Paused,
    /// It is over: only what the two still have to announce is exchanged. Is anything of that left to say?
    Over {
        /// Whether the other has not confirmed all that was announced.
        has_something_to_say: bool,
    },
}

/// How a relationship stands for the link.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn standing(connection: &Connection, id: RelationshipId) -> Result<Standing> {
    connection
        .prepare_cached(
            "SELECT paused_at IS NOT NULL, ended_at IS NOT NULL,
                    EXISTS (SELECT 1 FROM notice WHERE relationship = :id AND confirmed = 0)
             FROM relationship WHERE id = :id",
        )?
        .query_row(named_params! { ":id": id }, |row| {
            Ok(match (row.get(0)?, row.get(1)?) {
                (true, _) => Standing::Paused,
                (false, true) => Standing::Over { has_something_to_say: row.get(2)? },
                (false, false) => Standing::GoesOn,
            })
        })
        .optional()?
        .ok_or_else(|| Error::not_found(Thing::Relationship))
}

/// Every relationship that is over.
///
/// # Errors
/// What the file says.
pub(crate) fn ended(connection: &Connection) -> Result<Vec<RelationshipId>> {
    connection
        .prepare_cached("SELECT id FROM relationship WHERE ended_at IS NOT NULL ORDER BY ended_at, id")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// Pauses a relationship, or lets it go on.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn pause(connection: &Connection, id: RelationshipId, since: Option<Instant>) -> Result<()> {
    let changed = connection.execute(
        "UPDATE relationship SET paused_at = :since WHERE id = :id",
        named_params! { ":id": id, ":since": since.map(Micros) },
    )?;
    must_have_been(changed)
}

/// Notes that the owner was asked whether to take back all that they handed over.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn mark_asked_back(connection: &Connection, id: RelationshipId) -> Result<()> {
    let changed = connection
        .execute("UPDATE relationship SET asked_back = 1 WHERE id = :id", named_params! { ":id": id })?;
    must_have_been(changed)
}

/// # Errors
/// [`Error::NotFound`] where nothing was changed.
pub(super) fn must_have_been(changed: usize) -> Result<()> {
    if changed == 0 { Err(Error::not_found(Thing::Relationship)) } else { Ok(()) }
}

/// Notes that a relationship is over. The first end counts.
///
/// # Errors
/// What the file says.
pub(crate) fn mark_ended(
    connection: &Connection,
    id: RelationshipId,
    by: PersonId,
    at: Instant,
) -> Result<()> {
    connection.execute(
        "UPDATE relationship SET ended_at = :at, ended_by = :by
         WHERE id = :id AND (ended_at IS NULL OR ended_at > :at)",
        named_params! { ":id": id, ":by": by, ":at": Micros(at) },
    )?;
    Ok(())
}

/// Whether a relationship is over.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn is_over(connection: &Connection, id: RelationshipId) -> Result<bool> {
    connection
        .prepare_cached("SELECT ended_at IS NOT NULL FROM relationship WHERE id = :id")?
        .query_row(named_params! { ":id": id }, |row| row.get(0))
        .optional()?
        .ok_or_else(|| Error::not_found(Thing::Relationship))
}

/// Says no where nothing new is shared (any more).
///
/// # Errors
/// [`Error::NotShared`] for a relationship that has ended or is paused, [`Error::NotFound`].
pub(crate) fn must_be_shared(connection: &Connection, id: RelationshipId) -> Result<()> {
    let is_shared: Option<bool> = connection
        .prepare_cached("SELECT ended_at IS NULL AND paused_at IS NULL FROM relationship WHERE id = :id")?
        .query_row(named_params! { ":id": id }, |row| row.get(0))
        .optional()?;
    match is_shared {
        Some(true) => Ok(()),
        Some(false) => Err(Error::NotShared),
        None => Err(Error::not_found(Thing::Relationship)),
    }
}

/// Notes that both devices are level.
pub(crate) fn mark_in_step(connection: &Connection, id: RelationshipId, now: Instant) -> Result<()> {
    connection.execute(
        "UPDATE relationship SET in_step_at = :now, known_there = max(known_there, 2) WHERE id = :id",
        named_params! { ":id": id, ":now": Micros(now) },
    )?;
    Ok(())
}
