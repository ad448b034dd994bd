//! What only the person's key can sign, asked for by the link or left over from when the journal was locked. It is all
//! noted in the shared file, so that it can be signed whenever the private file is open, and no earlier.

use std::sync::Arc;

use rusqlite::{Connection, named_params};

use super::{Home, owner};
use crate::id::RelationshipId;
use crate::relationship::device_list::SignedDeviceList;
use crate::relationship::ticket::Again;
use crate::relationship::{coming_back, people};
use crate::{Error, Result};

impl Home {
    /// Signs what waits, if the journal is unlocked. A failure is no reason not to open: the next time does it.
    pub(super) fn sign_what_waits(self: &Arc<Self>) {
        let _ = self.certify_again();
        for relationship in self.shared.file.read(to_be_closed).unwrap_or_default() {
            let _ = self.close_dropped(relationship);
        }
    }

    /// Signs a list with this device above the one that is held elsewhere, where that was noted. Answers whether the
    /// newest list is above it now.
    ///
    /// # Errors
    /// What the files say.
    pub(crate) fn certify_again(&self) -> Result<bool> {
        let key = match self.person_key() {
            Err(Error::Locked) => return Ok(false),
            key => key?,
        };
        self.shared.file.write(|transaction| {
            let is_noted: bool = transaction.query_row(
                "SELECT list_above IS NOT NULL AND replaced_at IS NULL FROM profile",
                [],
                |row| row.get(0),
            )?;
            if is_noted {
                let me = people::me(transaction)?;
                people::certify(transaction, &me, &key, me.device, self.shared.world.now())?;
            }
            Ok(())
        })?;
        Ok(true)
    }

    /// Signs that this is a device of the person whom a ticket brings back.
    ///
    /// # Errors
    /// [`Error::Locked`]; [`Error::Pairing`] where the profile is somebody else's already.
    pub(crate) fn list_as(&self, again: &Again) -> Result<SignedDeviceList> {
        let (key, now) = (self.person_key()?, self.shared.world.now());
        self.shared.file.read(|connection| coming_back::list_as(connection, again, &key, now))
    }

    /// Lets the private file follow the shared one, in which the profile has taken over a person's id. Where it cannot,
    /// it is closed: it follows when it is opened next, and nothing is done with it before.
    pub(crate) fn follow_the_shared_file(&self) {
        let followed = self.private.file().and_then(|private| owner::follow(&private, &self.shared.file));
        if followed.is_err() {
            self.lock();
        }
    }

    /// Signs where the actors of this person's former devices end in a relationship, once both have been in step since
    /// this device took their place.
    ///
    /// # Errors
    /// [`Error::Locked`]; what the files say.
    pub(crate) fn close_dropped(&self, relationship: RelationshipId) -> Result<()> {
        if !self.shared.file.read(to_be_closed)?.contains(&relationship) {
            return Ok(());
        }
        self.plans.of(relationship)?.close_dropped(&self.person_key()?)?;
        self.shared.file.write(|transaction| {
            transaction.execute(
                "UPDATE relationship SET known_there = 3 WHERE id = :id",
                named_params! { ":id": relationship },
            )?;
            Ok(())
        })
    }
}

/// The relationships in which both have been in step since, and nothing was signed yet.
fn to_be_closed(connection: &Connection) -> Result<Vec<RelationshipId>> {
    connection
        .prepare_cached("SELECT id FROM relationship WHERE known_there = 2 AND ended_at IS NULL ORDER BY id")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}
