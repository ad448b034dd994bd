//! One person's folder: the two encrypted files, who it belongs to, and the way to everything else.

use std::sync::Arc;

use crate::id::{EntryId, GoalId, RelationshipId};
use crate::journal::Journal;
use crate::link::{Link, LinkState, Reach};
use crate::plan::Plan;
use crate::relationship::{Profile, Relationship, Role};
use crate::{Error, Result};

/// Where the platform keeps the two keys: Keystore, Keychain, or the terminal companion's key file.
#[uniffi::export(foreign)]
pub trait KeyVault: Send + Sync {
    /// The key of this name, 32 bytes, or nothing where there is none.
    ///
    /// # Errors
    /// [`Error::Vault`] when the vault cannot be read, or the person refused.
    fn load(&self, name: KeyName) -> Result<Option<Vec<u8>>>;

    /// Keeps a key durably; it returns when a power loss can no longer lose it.
    ///
    /// # Errors
    /// [`Error::Vault`] when it could not be kept.
    fn keep(&self, name: KeyName, key: Vec<u8>) -> Result<()>;
}

/// Which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum KeyName {
    /// Of the private file. May be bound to a fingerprint, a face or a passphrase.
    Private,
    /// Of the shared file. Available after the device's first unlock, so that the plan catches up in
    /// the background.
    Shared,
}

/// Gets told what changed, as ids; read again what is on the screen. Called from the core's threads,
/// with no lock held; it should return soon.
#[uniffi::export(foreign)]
pub trait Observer: Send + Sync {
    /// Something changed.
    ///
    /// # Errors
    /// What is returned is ignored: an observer cannot stop a change.
    fn on_change(&self, change: Change) -> Result<()>;
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Change {
    /// Entries of the journal.
    Journal {
        /// Which.
        entries: Vec<EntryId>,
    },
    /// Goals of a plan, or what belongs to them (tasks, ratings, agreements).
    Plan {
        /// Whose plan.
        relationship: RelationshipId,
        /// Which goals.
        goals: Vec<GoalId>,
        /// Whether it came from the other device.
        by_other: bool,
    },
    /// A relationship was made or changed.
    Relationship {
        /// Which.
        relationship: RelationshipId,
    },
    /// The link to the other device.
    Link {
        /// Whose device.
        relationship: RelationshipId,
        /// How it stands now.
        state: LinkState,
    },
    /// Something that arrived was refused and set aside; the rest goes on.
    Refused {
        /// From whose device.
        relationship: RelationshipId,
        /// How many changes.
        changes: u32,
    },
}

/// An observer's subscription. It ends when [`Subscription::end`] is called or it is dropped.
#[derive(uniffi::Object)]
pub struct Subscription {}

#[uniffi::export]
impl Subscription {
    /// No further calls reach the observer.
    pub fn end(&self) {
        todo!()
    }
}

/// Whose installation a new one is.
#[derive(Debug, Clone, uniffi::Record)]
pub struct NewProfile {
    /// Client or therapist.
    pub role: Role,
    /// What the other person sees.
    pub display_name: String,
}

/// One person's folder, open. One process holds a folder at a time.
#[derive(uniffi::Object)]
pub struct CommonGround {}

#[uniffi::export]
impl CommonGround {
    /// Makes a new profile in `folder`, which must exist or be makeable and hold no profile yet. Makes
    /// both keys and gives them to the vault.
    ///
    /// # Errors
    /// [`Error::ProfileExists`], [`Error::InUse`], [`Error::Vault`], [`Error::Invalid`] for a name that
    /// is empty or over 100 characters.
    #[uniffi::constructor]
    pub fn create(folder: String, vault: Arc<dyn KeyVault>, profile: NewProfile) -> Result<Arc<Self>> {
        todo!()
    }

    /// Opens the profile in `folder`, unlocked.
    ///
    /// # Errors
    /// [`Error::NoProfile`], [`Error::InUse`], [`Error::WrongKey`], [`Error::Damaged`],
    /// [`Error::NewerFile`], [`Error::Vault`].
    #[uniffi::constructor]
    pub fn open(folder: String, vault: Arc<dyn KeyVault>) -> Result<Arc<Self>> {
        todo!()
    }

    /// Whose installation this is. Also answers while locked.
    ///
    /// # Errors
    /// What the file says.
    pub fn profile(&self) -> Result<Profile> {
        todo!()
    }

    /// Closes the private file and zeroes its key. Every call that shows or changes journal or plan then
    /// answers [`Error::Locked`]; the exchange goes on.
    pub fn lock(&self) {
        todo!()
    }

    /// Opens the private file again, with the key from the vault.
    ///
    /// # Errors
    /// [`Error::Vault`], [`Error::WrongKey`], [`Error::Damaged`].
    pub fn unlock(&self) -> Result<()> {
        todo!()
    }

    /// Whether the private file is closed.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        todo!()
    }

    /// Closes both files and gives the folder free. Every later call answers [`Error::Locked`] or
    /// [`Error::Closed`].
    pub fn shut(&self) {
        todo!()
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> Arc<Journal> {
        todo!()
    }

    /// Everyone this person has paired with, oldest first. Also answers while locked (names, no words of
    /// the plan).
    ///
    /// # Errors
    /// What the file says.
    pub fn relationships(&self) -> Result<Vec<Relationship>> {
        todo!()
    }

    /// Notes that the two people have compared the code of words and found it the same.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn mark_code_compared(&self, relationship: RelationshipId) -> Result<Relationship> {
        todo!()
    }

    /// The plan shared in a relationship.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Locked`].
    pub fn plan(&self, relationship: RelationshipId) -> Result<Arc<Plan>> {
        todo!()
    }

    /// Tells `observer` of changes from now on.
    #[must_use]
    pub fn subscribe(&self, observer: Arc<dyn Observer>) -> Arc<Subscription> {
        todo!()
    }

    /// Starts to listen for paired devices and lets this one reach them. Nobody else is contacted.
    ///
    /// # Errors
    /// [`Error::File`] when no port can be had; [`Error::InUse`] when it is online already.
    pub async fn go_online(&self, reach: Reach) -> Result<Arc<Link>> {
        todo!()
    }
}
