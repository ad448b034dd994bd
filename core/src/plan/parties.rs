//! The two people of a plan, as it needs them: who they are, which keys are theirs, whose an actor is.

use rusqlite::Connection;

use crate::Result;
use crate::exchange::Actor;
use crate::id::{PERSON_PREFIX, PersonId, RelationshipId};
use crate::relationship::Role;
use crate::relationship::key::{PublicKey, actor_prefix};
use crate::relationship::people;
use crate::relationship::renewal::{self, Renewal};

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
    /// What was signed when the person came back with another key.
    pub(super) renewals: Vec<Renewal>,
}

impl Party {
    /// A person as they are known in one relationship. What a renewal says of former keys and devices counts there
    /// alone: who signed it could have said anything.
    fn of(
        connection: &Connection,
        relationship: RelationshipId,
        person: PersonId,
        role: Role,
    ) -> Result<Self> {
        let renewals = renewal::of(connection, relationship, person)?;
        let keys = renewal::keys_ever_of(connection, relationship, person)?;
        let devices_ever = renewal::devices_ever_of(connection, relationship, person)?;
        let devices = people::devices_of(connection, person)?;
        Ok(Self { person, role, keys, devices, devices_ever, renewals })
    }

    /// The devices that the person has dropped.
    pub(super) fn dropped(&self) -> impl Iterator<Item = &PublicKey> {
        self.devices_ever.iter().filter(|device| !self.devices.contains(device))
    }

    /// Whether the person can have signed with this key what stands in a change of this actor: a former key signs
    /// nothing on the devices that came after it.
    pub(super) fn can_have_signed(&self, key: &PublicKey, actor: &[u8]) -> bool {
        match self.keys.iter().position(|known| known == key) {
            None => false,
            Some(0) => true,
            Some(_) => !self.devices.iter().any(|device| actor.starts_with(&actor_prefix(device))),
        }
    }
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
            me: Party::of(connection, relationship, me.person, me.role)?,
            other: Party::of(connection, relationship, other.person, other.role)?,
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

    /// Whether a device may vouch for changes that `deliverer` brings. One that its person has dropped may still do so
    /// until the person has signed where its actors end: on the person's own new device, where somebody gives back
    /// what they kept of it, and on the other's, where that new device passes on what it found in its backup. Both
    /// have to be able to come in step first, or nobody would know what to sign.
    pub(super) fn may_vouch(&self, device: &PublicKey, deliverer: &PublicKey) -> bool {
        let was_of = |party: &Party| party.devices_ever.contains(device);
        self.person_of_device(device).is_some()
            || self.person_of_device(deliverer).is_some() && was_of(&self.me)
            || self.other.devices.contains(deliverer) && was_of(&self.other)
    }

    /// Whether a person's key may say where an actor ends: the key in force, of a device that its person has dropped.
    pub(super) fn may_close(&self, key: &PublicKey, actor: &Actor) -> bool {
        self.both().into_iter().any(|party| {
            party.keys.first() == Some(key)
                && party.dropped().any(|device| actor.starts_with(&actor_prefix(device)))
        })
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
