//! Whose the private file is. The shared file says it; where a profile took over a person's id and was cut off before
//! the private file followed, it follows when it is opened next.

use rusqlite::{Transaction, named_params};

use super::folder::person_key;
use crate::error::FileKind;
use crate::goal_drafts;
use crate::id::PersonId;
use crate::relationship::people;
use crate::store::File;
use crate::{Error, Result};

/// Makes sure that the private file belongs to the profile of the shared one. It does if its key is the one in force
/// there; then the person's id and the key's number are taken from there too.
///
/// # Errors
/// [`Error::Damaged`] when it is somebody else's.
pub(crate) fn follow(private: &File, shared: &File) -> Result<()> {
    let damaged = || Error::Damaged { file: FileKind::Private };
    let (owner, in_force) = shared.read(|connection| {
        let owner = people::me(connection)?.person;
        Ok((owner, people::key_in_force(connection, owner)?))
    })?;
    let (person, key) = private.read(|connection| Ok(person_key(connection)?))?.ok_or_else(damaged)?;
    if person == owner {
        return Ok(());
    }
    match in_force {
        Some((number, in_force)) if in_force == key.public() => {
            private.write(|transaction| become_owned_by(transaction, owner, number))
        }
        _ => Err(damaged()),
    }
}

fn become_owned_by(transaction: &Transaction<'_>, owner: PersonId, number: u64) -> Result<()> {
    let number = i64::try_from(number).map_err(|_| Error::internal("a key's number"))?;
    transaction.execute(
        "UPDATE person_key SET person = :owner, number = :number
         WHERE number = (SELECT max(number) FROM person_key)",
        named_params! { ":owner": owner, ":number": number },
    )?;
    goal_drafts::become_owned_by(transaction, owner)
}
