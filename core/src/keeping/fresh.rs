//! What makes a restored profile a device of its own, so that two who come from one backup, or one and
//! the lost phone, are never taken for each other.
//!
//! It gets a new device key, which the person's key certifies on a new device list, one number above; a
//! new author in every plan; and no port yet. Before the old device's key is let go, it vouches for the
//! last of its own changes: they can be passed on later, by whoever holds them. What was announced and is not known
//! to have come is signed again by the new one.

use crate::clock::World;
use crate::error::FileKind;
use crate::home::folder::person_key;
use crate::id::PersonId;
use crate::plan;
use crate::relationship::key::{DeviceKey, PersonKey};
use crate::relationship::people;
use crate::sharing::notices;
use crate::store::File;
use crate::{Error, Result};

/// Makes a device of its own of two files that nobody else holds.
///
/// # Errors
/// [`Error::Damaged`] when the two do not belong together.
pub(super) fn make(private: &File, shared: &File, person: PersonId, world: &World) -> Result<()> {
    let damaged = |file| Error::Damaged { file };
    let (owner, key) =
        private.read(|connection| Ok(person_key(connection)?))?.ok_or_else(|| damaged(FileKind::Private))?;
    shared.read(|connection| {
        let me = people::me(connection).map_err(|_| damaged(FileKind::Shared))?;
        let keys = people::person_keys(connection, me.person)?;
        if me.person != person || owner != person || keys.first() != Some(&key.public()) {
            return Err(damaged(FileKind::Private));
        }
        Ok(())
    })?;
    become_another_device(shared, &key, world)
}

/// Makes a shared file, in which nobody else reads or writes, that of another device of the same person.
///
/// # Errors
/// What the file says.
pub(crate) fn become_another_device(shared: &File, key: &PersonKey, world: &World) -> Result<()> {
    let device = DeviceKey::random(&**world)?;
    let now = world.now();
    shared.write(|transaction| {
        let me = people::me(transaction)?;
        let former = people::device_key(transaction)?;
        let relationships: Vec<_> =
            people::relationships(transaction)?.into_iter().map(|relationship| relationship.id).collect();
        for relationship in relationships {
            plan::go_on_elsewhere(transaction, relationship, &former, &device.public(), &**world)?;
        }
        people::change_device(transaction, &me, key, &device, now)?;
        notices::sign_again(transaction, &device)
    })
}
