//! The two people of a plan, as it needs them: who they are, which keys are theirs, whose an actor is.

use rusqlite::Connection;

use crate::Result;
use crate::exchange::Actor;
use crate::id::{PERSON_PREFIX, PersonId, RelationshipId};
use crate::relationship::Role;
use crate::relationship::key::{PublicKey, actor_prefix};
use crate::relationship::people;

/// One of the two.
#[derive(Debug, Clone)]
pub(super) struct Party {
    pub(super) person: PersonId,
    pub(super) role: Role,
    /// Every key the person ever had, the one in force first.
    pub(super) keys: Vec<PublicKey>,
    /// The devices that the person's newest list certifies.
    pub(super) devices: Vec<PublicKey>,
    /// Every device that ever was the person's: what was let in from it stays theirs.
    pub(super) devices_ever: Vec<PublicKey>,
}

/// The two people of a plan.
#[derive(Debug, Clone)]
pub(super) struct Parties {
    pub(super) relationship: RelationshipId,
    /// The device this is.
    pub(super) device: PublicKey,
    pub(super) me: Party,
    pub(super) other: Party,
}

impl Parties {
    /// Reads who the two are.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] where there is no such relationship.
    pub(super) fn of(connection: &Connection, relationship: RelationshipId) -> Result<Self> {
        let me = people::me(connection)?;
        let other = people::other(connection, relationship)?;
        Ok(Self {
            relationship,
            device: me.device,
            me: Party {
                person: me.person,
                role: me.role,
                keys: people::person_keys(connection, me.person)?,
                devices: people::devices_of(connection, me.person)?,
                devices_ever: people::devices_ever_of(connection, me.person)?,
            },
            other: Party {
                person: other.person,
                role: other.role,
                keys: other.keys,
                devices: people::devices_of(connection, other.person)?,
                devices_ever: people::devices_ever_of(connection, other.person)?,
            },
        })
    }

    /// Both, oneself first.
    pub(super) fn both(&self) -> [&Party; 2] {
        [&self.me, &self.other]
    }

    /// The one with this role.
    pub(super) fn with_role(&self, role: Role) -> &Party {
        if self.me.role == role { &self.me } else { &self.other }
    }

    /// Whose device a key is, if it is certified.
    pub(super) fn person_of_device(&self, device: &PublicKey) -> Option<PersonId> {
        self.both().into_iter().find(|party| party.devices.contains(device)).map(|party| party.person)
    }

    /// Whether a device may vouch for changes that `deliverer` brings. One that its person has replaced since
    /// may do so where the person's new device passes on what it wrote, and, on that new device, where
    /// somebody gives back what they kept of it.
    pub(super) fn may_vouch(&self, device: &PublicKey, deliverer: &PublicKey) -> bool {
        let was_of = |party: &Party| party.devices_ever.contains(device);
        self.person_of_device(device).is_some()
            || was_of(&self.me)
            || self.other.devices.contains(deliverer) && was_of(&self.other)
    }

    /// Whose an actor is, or was when its changes were let in: also of a device that is certified no more.
    pub(super) fn writer_of(&self, actor: &Actor) -> Option<PersonId> {
        let is_of = |device: &PublicKey| actor.starts_with(&actor_prefix(device));
        self.both().into_iter().find(|party| party.devices_ever.iter().any(is_of)).map(|party| party.person)
    }

    /// Whether an actor is of this very device.
    pub(super) fn is_own_device(&self, actor: &Actor) -> bool {
        actor.starts_with(&actor_prefix(&self.device))
    }

    /// Who created an item, by its id.
    pub(super) fn creator(&self, item: &[u8; 16]) -> Option<PersonId> {
        let both = self.both().into_iter();
        both.map(|party| party.person).find(|person| item[..PERSON_PREFIX] == person.prefix())
    }
}
