//! One person's folder: the two encrypted files, who it belongs to, and the way to everything else.

mod carried;
mod carrying;
pub(crate) mod folder;
mod idle;
#[cfg(feature = "measuring")]
#[doc(hidden)]
pub mod in_memory;
mod new_phone;
mod opening;
pub(crate) mod owner;
mod relationships;
mod signing;
#[cfg(test)]
pub(crate) mod tests;
mod together;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::id::{PersonId, RelationshipId};
use crate::journal::Journal;
use crate::link::{Gone, Link, Meeting, OnlineOptions, Reach, while_offline};
use crate::log::{self, LogEvent};
use crate::plan::{Plan, Plans};
use crate::relationship::key::PersonKey;
use crate::relationship::{ChosenWays, Profile, Role, WayOfMeeting, people, way};
use crate::reminders::Reminders;
use crate::shared::Shared;
pub use crate::shared::{Change, Observer, Subscription};
use crate::store::Slot;
use crate::{Error, Result};
use carried::CarriedPlans;
pub use carrying::{CarriedIn, CarriedOut};
use folder::Folder;
use idle::Idle;
pub use new_phone::NewDevice;
pub use together::{OtherPresence, Together};

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

    /// Forgets a key for good: overwrites it where that means anything, and takes it away. One that is not
    /// there is no error. Asked for when the person erases everything.
    ///
    /// # Errors
    /// [`Error::Vault`] when the key may still be there.
    fn forget(&self, name: KeyName) -> Result<()>;
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

/// Whose installation a new one is.
#[derive(Debug, Clone, uniffi::Record)]
pub struct NewProfile {
    /// Client or therapist.
    pub role: Role,
    /// What the other person sees.
    pub display_name: String,
}

/// One person's folder, open. One process holds a folder at a time.
///
/// Everything here may be called from any thread, from several at once, and also while it is being shut. A call blocks its
/// thread for a few milliseconds at most, unless it says that it blocks for long; so call all of them off the main thread.
/// Calls that suspend block nobody. Shut it when it is no longer needed: letting go of it is enough, but happens when the
/// language's memory management finds the time.
#[derive(uniffi::Object)]
pub struct CommonGround {
    home: Arc<Home>,
}

/// What stands behind [`CommonGround`]: both files. The link and the exchange get [`Shared`] alone.
pub(crate) struct Home {
    /// The journal and the person's key; empty while locked.
    pub(crate) private: Arc<Slot>,
    /// All that is shared, and who gets told of changes.
    pub(crate) shared: Arc<Shared>,
    /// The plans, one of each relationship.
    pub(crate) plans: Arc<Plans>,
    vault: Arc<dyn KeyVault>,
    /// Given free by `shut`.
    folder: Mutex<Option<Arc<Folder>>>,
    /// Where this device is online, if it is.
    link: Mutex<Online>,
    /// Counts locking, so that an unlocking that was under way does not undo it.
    locked: Mutex<u64>,
    /// When the person last did anything, and after how long without it the journal locks itself.
    idle: Mutex<Idle>,
}

/// Whether a home is online.
enum Online {
    Not,
    GoingThere,
    /// Until the link goes offline or nobody holds it any more; then until its port is free.
    There(Weak<Link>, Gone),
}

impl Online {
    fn link(&self) -> Option<Arc<Link>> {
        match self {
            Self::There(link, _) => link.upgrade().filter(|link| !link.is_closed()),
            Self::Not | Self::GoingThere => None,
        }
    }
}

/// On the way online; if that is given up half way, the home is not online.
struct Going<'a> {
    home: &'a Home,
    former: Option<Gone>,
}

impl<'a> Going<'a> {
    fn from(home: &'a Home) -> Result<Self> {
        let mut link = home.link.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*link, Online::GoingThere) || link.link().is_some() {
            return Err(Error::InUse);
        }
        match std::mem::replace(&mut *link, Online::GoingThere) {
            Online::There(_, gone) => Ok(Self { home, former: Some(gone) }),
            Online::Not | Online::GoingThere => Ok(Self { home, former: None }),
        }
    }

    fn arrived(&self, link: &Arc<Link>) {
        let there = Online::There(Arc::downgrade(link), link.gone());
        *self.home.link.lock().unwrap_or_else(PoisonError::into_inner) = there;
    }
}

impl Drop for Going<'_> {
    fn drop(&mut self) {
        let mut link = self.home.link.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*link, Online::GoingThere) {
            *link = Online::Not;
        }
    }
}

impl Home {
    /// # Errors
    /// [`Error::Locked`] while the private file is closed.
    pub(crate) fn must_be_unlocked(&self) -> Result<()> {
        self.private.file().map(|_| ())
    }

    /// The journal.
    pub(crate) fn journal(&self) -> Arc<Journal> {
        let shared = self.shared.clone();
        let tell = move |entries| shared.tell(&Change::Journal { entries });
        Journal::new(self.private.clone(), self.shared.world.clone(), Arc::new(tell))
    }

    /// The key with which this person agrees and certifies.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub(crate) fn person_key(&self) -> Result<PersonKey> {
        let found = self.private.read(|connection| Ok(folder::person_key(connection)?))?;
        found.map(|(_, key)| key).ok_or_else(|| Error::internal("a profile without a person key"))
    }

    /// Whose installation this is.
    ///
    /// # Errors
    /// What the file says.
    pub(crate) fn owner(&self) -> Result<PersonId> {
        Ok(self.shared.file.read(people::me)?.person)
    }

    fn lock(&self) {
        let mut locked = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        *locked += 1;
        let was_locked = self.private.is_locked();
        self.private.lock();
        if !was_locked {
            log::tell(LogEvent::Locked);
        }
    }

    fn unlock(&self) -> Result<()> {
        // Read before the folder is asked for: shutting takes the folder first and locks then, so that
        // one of the two is noticed.
        let before = *self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let folder = folder.ok_or(Error::Closed)?;
        if !self.private.is_locked() {
            return Ok(());
        }
        // This may take as long as a person takes to find the sensor.
        let private = folder.open_private(&*self.vault, &self.shared.file)?;
        let locked = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        if *locked != before {
            private.lock();
            return Err(Error::Locked);
        }
        self.private.put(private);
        Ok(())
    }
}

impl CommonGround {
    /// What stands behind this object, for the tests of other modules.
    #[cfg(test)]
    pub(crate) fn inner(&self) -> &Arc<Home> {
        &self.home
    }

    /// What stands behind this object.
    pub(crate) fn home(&self) -> &Arc<Home> {
        &self.home
    }

    /// Closes everything and hands out the hold on the folder, so that nobody can open it before it is
    /// erased.
    ///
    /// # Errors
    /// [`Error::Closed`] when it was closed before.
    pub(crate) fn shut_for_good(&self) -> Result<(PathBuf, Arc<dyn KeyVault>, Arc<Folder>)> {
        let folder = self.close_files().ok_or(Error::Closed)?;
        Ok((folder.path().to_owned(), self.home.vault.clone(), folder))
    }

    /// Closes both files; the folder is held until what this answers is dropped.
    fn close_files(&self) -> Option<Arc<Folder>> {
        let folder = self.home.folder.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.home.lock();
        let link = self.home.link.lock().unwrap_or_else(PoisonError::into_inner).link();
        if let Some(link) = link {
            link.stop();
        }
        self.home.shared.file.lock();
        if folder.is_some() {
            log::tell(LogEvent::Shut);
        }
        folder
    }

    fn unlock_and_settle(&self) -> Result<()> {
        self.home.unlock()?;
        self.settle()
    }

    /// What is done each time the journal was opened: the time until it locks begins, and what waited for it is seen to.
    ///
    /// # Errors
    /// What the private file says.
    fn settle(&self) -> Result<()> {
        self.home.begin_idling()?;
        self.journal().settle()?;
        self.journal().tidy();
        self.goal_drafts().tidy();
        self.home.sign_what_waits();
        Ok(())
    }
}

#[uniffi::export]
impl CommonGround {
    /// Whose installation this is. Also answers while locked.
    ///
    /// # Errors
    /// What the file says.
    pub fn profile(&self) -> Result<Profile> {
        self.home.shared.file.read(people::profile)
    }

    /// Closes the private file and zeroes its key. Every call that shows or changes journal or plan then
    /// answers [`Error::Locked`]; the exchange goes on.
    pub fn lock(&self) {
        self.home.lock();
    }

    /// Opens the private file again, with the key from the vault. What has been in the journal's bin for 30
    /// days is erased now. Blocks for as long as the vault takes, which may be as long as a person takes to find the sensor.
    ///
    /// # Errors
    /// [`Error::Vault`], [`Error::WrongKey`], [`Error::Damaged`].
    pub fn unlock(&self) -> Result<()> {
        let (begun, was_locked) = (std::time::Instant::now(), self.is_locked());
        let unlocked = self.unlock_and_settle();
        match &unlocked {
            Ok(()) if was_locked => log::tell(LogEvent::Unlocked { took: begun.elapsed() }),
            Ok(()) => {}
            Err(error) => log::tell(LogEvent::UnlockingFailed { why: error.into() }),
        }
        unlocked
    }

    /// Whether the private file is closed.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.home.private.is_locked()
    }

    /// Goes offline, closes both files and gives the folder free; blocks for some seconds at most, while the others are told.
    /// Every later call answers [`Error::Locked`] or
    /// [`Error::Closed`].
    pub fn shut(&self) {
        // Only when this is dropped may another process have it.
        drop(self.close_files());
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> Arc<Journal> {
        self.home.journal()
    }

    /// When to remind, and when appointments are. Also answers while locked.
    #[must_use]
    pub fn reminders(&self) -> Arc<Reminders> {
        Reminders::new(self.home.shared.clone())
    }

    /// The plan shared in a relationship.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Locked`].
    pub fn plan(&self, relationship: RelationshipId) -> Result<Arc<Plan>> {
        self.home.must_be_unlocked()?;
        Ok(Plan::new(self.home.clone(), self.home.plans.of(relationship)?))
    }

    /// Tells `observer` of changes from now on.
    #[must_use]
    pub fn subscribe(&self, observer: Arc<dyn Observer>) -> Arc<Subscription> {
        Subscription::new(&self.home.shared.observers, observer)
    }

    /// How the two of a relationship meet, as each of them has chosen. Also answers while locked.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn ways_of_meeting(&self, relationship: RelationshipId) -> Result<ChosenWays> {
        self.home.shared.file.read(|file| way::ways(file, relationship))
    }

    /// How the two of a relationship stand with meeting each other, and what is in the way; also while this device is
    /// not online, and while locked.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn meeting(&self, relationship: RelationshipId) -> Result<Meeting> {
        let link = self.home.link.lock().unwrap_or_else(PoisonError::into_inner).link();
        match link.map(|link| link.meeting_now(relationship)) {
            Some(Ok(meeting)) => Ok(meeting),
            Some(Err(error)) if error != Error::Closed => Err(error),
            Some(Err(_)) | None => self.home.shared.file.read(|file| while_offline(file, relationship)),
        }
    }

    /// Chooses how this device meets the other from now on. The other person is told with the next exchange and
    /// chooses for themselves; until then the way of before stays in use as well, unless this is
    /// [`WayOfMeeting::SameNetwork`]. Public services are used only once both have chosen them.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`] for what is no address of a relay.
    pub fn meet(&self, relationship: RelationshipId, way: WayOfMeeting) -> Result<ChosenWays> {
        let chosen = way.checked()?;
        let ways = self.home.shared.file.write(|transaction| {
            way::choose(transaction, relationship, &chosen)?;
            way::ways(transaction, relationship)
        })?;
        let link = self.home.link.lock().unwrap_or_else(PoisonError::into_inner).link();
        if let Some(link) = link {
            link.ways_changed(relationship);
        }
        self.home.shared.tell(&Change::Relationship { relationship });
        Ok(ways)
    }

    /// Starts to listen for paired devices and lets this one reach them, in the ways that were chosen. Nobody else is
    /// contacted.
    ///
    /// # Errors
    /// [`Error::File`] when no port can be had; [`Error::InUse`] when it is online already.
    pub async fn go_online(&self, reach: Reach) -> Result<Arc<Link>> {
        self.go_online_with(OnlineOptions { reach, public_services: None }).await
    }

    /// As [`CommonGround::go_online`], for those who run public services of their own.
    ///
    /// # Errors
    /// As there; [`Error::Invalid`] where the address of a service is none.
    pub async fn go_online_with(&self, options: OnlineOptions) -> Result<Arc<Link>> {
        let going = Going::from(&self.home)?;
        let shared = Arc::clone(&self.home.shared);
        let carried = Arc::new(CarriedPlans::of(&self.home));
        let (begun, reach) = (std::time::Instant::now(), options.reach);
        let link = Link::start(shared, carried, options, going.former.clone())
            .await
            .inspect_err(|error| log::tell(LogEvent::GoingOnlineFailed { why: error.into() }))?;
        log::tell(LogEvent::Online { reach, took: begun.elapsed() });
        going.arrived(&link);
        // Shutting may have come in between, and found no link to end.
        if self.home.folder.lock().unwrap_or_else(PoisonError::into_inner).is_none() {
            link.go_offline().await;
            return Err(Error::Closed);
        }
        Ok(link)
    }
}
