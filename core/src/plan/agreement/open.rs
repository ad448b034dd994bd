//! The goals on which the two do not agree, or not yet.

use rusqlite::{Connection, named_params};

use crate::Result;
use crate::id::RelationshipId;

use super::super::view::{OpenWording, WordingDigest};
use super::{agreed_by, stances};

/// Goals whose wording as it stands is not agreed to by both, and those on which one of the two has said something
/// else since. Not those that are put away, set aside or declined: nobody waits for an agreement there.
pub(in super::super) fn open(
    connection: &Connection,
    relationship: RelationshipId,
) -> Result<Vec<OpenWording>> {
    let found = connection
        .prepare_cached(
            "SELECT id, title, digest, in_force, standing FROM goal
             WHERE relationship = :relationship AND archived_at IS NULL AND state NOT IN ('declined', 'set_aside')
               AND (standing <> 'agreed'
                    OR EXISTS (SELECT 1 FROM goal_stance AS stance
                               WHERE stance.relationship = goal.relationship AND stance.goal = goal.id
                                 AND stance.digest = goal.digest))
             ORDER BY place, id",
        )?
        .query_map(named_params! { ":relationship": relationship }, |row| {
            let in_force: Option<[u8; 32]> = row.get(3)?;
            let is_agreed = row.get_ref(4)?.as_str()? == "agreed";
            let open = OpenWording {
                goal: row.get(0)?,
                title: row.get(1)?,
                digest: WordingDigest(row.get(2)?),
                agreed_by: Vec::new(),
                stances: Vec::new(),
                another_in_force: in_force.is_some() && !is_agreed,
            };
            // An agreed wording may be sealed in an earlier version of the encoding, under another digest.
            let agreed_under = in_force.filter(|_| is_agreed).map_or(open.digest, WordingDigest);
            Ok((open, agreed_under))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    found
        .into_iter()
        .map(|(open, agreed_under)| {
            let agreed_by = agreed_by(connection, relationship, &open.goal, &agreed_under)?;
            let mut stances = stances(connection, relationship, &open.goal, &open.digest)?;
            stances.retain(|stance| stance.is_current);
            Ok(OpenWording { agreed_by, stances, ..open })
        })
        .collect()
}
