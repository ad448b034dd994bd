//! How a plan grows: who reads which level, and when it is raised.
//!
//! A plan is raised only when every certified device of both people has said that it reads the next level. Then each
//! device makes the fixed change of that level by itself (see [`super::genesis`]).

use rusqlite::Connection;

use crate::Result;
use crate::relationship::people;

use super::parties::Parties;

/// The highest level that every certified device of both has said it reads; this one reads `own`.
pub(super) fn read_by_all(connection: &Connection, parties: &Parties, own: u16) -> Result<u16> {
    let mut level = own;
    for device in parties.both().into_iter().flat_map(|party| &party.devices) {
        if *device != parties.device {
            level = level.min(people::reads(connection, device)?);
        }
    }
    Ok(level.max(1))
}
