//! Wordings that both have agreed to: rows that nothing changes, and what was said of them since.

use rusqlite::{Connection, OptionalExtension, named_params};

use crate::clock::Instant;
use crate::error::Thing;
use crate::id::{GoalId, RelationshipId};
use crate::{Error, Result};

use super::super::view::{GoalWithdrawal, SealedWording, WordingDigest};
use super::super::wording::Wording;
use super::{Said, said};

/// Everything that was ever sealed of a goal, oldest first.
pub(in super::super) fn all(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
) -> Result<Vec<SealedWording>> {
    let digests = connection
        .prepare_cached("SELECT digest FROM agreement WHERE relationship = :relationship AND goal = :goal")?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, |row| {
            row.get(0).map(WordingDigest)
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut sealed = digests
        .iter()
        .map(|digest| sealed(connection, relationship, goal, digest))
        .collect::<Result<Vec<_>>>()?;
    sealed.sort_by_key(|sealed| (sealed.since, sealed.digest.0));
    Ok(sealed)
}

/// A sealed wording.
pub(in super::super) fn sealed(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    digest: &WordingDigest,
) -> Result<SealedWording> {
    let wording = wording(connection, relationship, goal, digest)?;
    let said = said(connection, relationship, goal, digest)?;
    // Which statements sealed it is told from all that are known, so that every device tells the same.
    let since = sealed_at(&said).ok_or_else(|| Error::internal("a sealed wording"))?;
    Ok(SealedWording {
        digest: *digest,
        success: wording.success(),
        scale: wording.scale(),
        title: wording.title,
        why: wording.why,
        known_by: wording.known_by,
        by_when: wording.by_when,
        since,
        statements: said.iter().filter_map(|said| said.first).map(|(id, _)| id).collect(),
        withdrawn: withdrawn(&said),
    })
}

/// The wording that was sealed.
pub(super) fn wording(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
    digest: &WordingDigest,
) -> Result<Wording> {
    let bytes: Vec<u8> = connection
        .prepare_cached(
            "SELECT wording FROM agreement
             WHERE relationship = :relationship AND goal = :goal AND digest = :digest",
        )?
        .query_row(
            named_params! { ":relationship": relationship, ":goal": goal, ":digest": digest.0 },
            |row| row.get(0),
        )
        .optional()?
        .ok_or(Error::not_found(Thing::Wording))?;
    Wording::read(&bytes).ok_or_else(|| Error::internal("a sealed wording"))
}

/// When the later of the two agreed for the first time, by their own clock.
pub(in super::super) fn sealed_at(said: &[Said]) -> Option<Instant> {
    said.iter().filter_map(|said| said.first).map(|(_, at)| at).max()
}

/// Who no longer agrees to a wording; of two, the one who said so later.
pub(in super::super) fn withdrawn(said: &[Said]) -> Option<GoalWithdrawal> {
    let gone = said.iter().filter(|said| !said.agrees).max_by_key(|said| (said.at, said.person));
    gone.map(|said| GoalWithdrawal { by: said.person, at: said.at })
}
