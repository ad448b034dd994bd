//! Devices that took the place of others: the other person's, and one's own.

use rusqlite::{Connection, named_params};

use super::{CommonGround, Online};
use crate::clock::Instant;
use crate::id::RelationshipId;
use crate::keeping::become_another_device;
use crate::relationship::{enrol, people};
use crate::shared::Change;
use crate::store::Micros;
use crate::{Error, Result};

/// The other person has another device, and the owner of this one has not seen that yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct NewDevice {
    /// Whose.
    pub relationship: RelationshipId,
    /// Since when it is known here, by the clock of this device.
    pub since: Instant,
}

#[uniffi::export]
impl CommonGround {
    /// Other people's devices that took the place of former ones, since the owner last saw that. Worth asking about:
    /// whoever has a person's backup and what opens it can do the same. Also answers while locked.
    ///
    /// # Errors
    /// What the file says.
    pub fn new_devices(&self) -> Result<Vec<NewDevice>> {
        self.home.shared.file.read(new_devices)
    }

    /// Notes that the owner has seen that the other person has a new device.
    ///
    /// # Errors
    /// What the file says.
    pub fn seen_new_device(&self, relationship: RelationshipId) -> Result<()> {
        self.home.shared.file.write(|transaction| {
            transaction.execute(
                "UPDATE device SET is_news = 0
                 WHERE person = (SELECT other FROM relationship WHERE id = :relationship)",
                named_params! { ":relationship": relationship },
            )?;
            Ok(())
        })
    }

    /// Since when this profile goes on on another device, as far as this one was told; nothing while it goes on here.
    /// Then it can be read here as it was, and takes part in no exchange. Also answers while locked.
    ///
    /// # Errors
    /// What the file says.
    pub fn lives_elsewhere_since(&self) -> Result<Option<Instant>> {
        self.home.shared.file.read(enrol::replaced_at)
    }

    /// Takes the profile back to this device, as if a backup of it had been brought back here just now: the device that
    /// took its place is told, and no longer let in by the others, as soon as this one has met them. What was written
    /// here meanwhile goes with it; what was written there and reached nobody stays there.
    ///
    /// # Errors
    /// [`Error::Locked`]; [`Error::InUse`] while it is online; [`Error::NotAllowed`] when it does not live elsewhere.
    pub fn go_on_here(&self) -> Result<()> {
        let link = self.home.link.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if matches!(*link, Online::GoingThere) || link.link().is_some() {
            return Err(Error::InUse);
        }
        if self.lives_elsewhere_since()?.is_none() {
            return Err(Error::NotAllowed { rule: "it goes on here already".to_owned() });
        }
        let key = self.home.person_key()?;
        let shared = &self.home.shared;
        self.home.plans.while_still(|| become_another_device(&shared.file, &key, &shared.world))?;
        drop(link);
        let relationships = shared.file.read(people::relationships)?;
        for one in relationships {
            shared.tell(&Change::Relationship { relationship: one.id });
        }
        Ok(())
    }
}

fn new_devices(connection: &Connection) -> Result<Vec<NewDevice>> {
    connection
        .prepare_cached(
            "SELECT relationship.id, device_list.kept_at
             FROM device JOIN relationship ON relationship.other = device.person
             JOIN device_list ON device_list.person = device.person AND device_list.number = device.on_list
             WHERE device.is_news AND relationship.ended_at IS NULL
               AND device.on_list = (SELECT max(number) FROM device_list WHERE person = device.person)
             ORDER BY relationship.paired_at, relationship.id, device.public_key",
        )?
        .query_map([], |row| Ok(NewDevice { relationship: row.get(0)?, since: row.get::<_, Micros>(1)?.0 }))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}
