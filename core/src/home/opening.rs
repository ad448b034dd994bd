//! Making a profile, opening one, and opening one locked.

use std::path::Path;
use std::sync::{Arc, Mutex};

use super::folder::{self, Opened};
use super::{CommonGround, Home, KeyVault, NewProfile, Online};
use crate::Result;
use crate::clock::{RealWorld, World};
use crate::log::{self, LogEvent};
use crate::plan::{LEVEL, Plans};
use crate::shared::Shared;
use crate::sharing;
use crate::store::Slot;

impl CommonGround {
    /// [`CommonGround::create`], with time and chance from `world`.
    ///
    /// # Errors
    /// As there.
    pub fn create_in(
        folder: impl AsRef<Path>,
        vault: Arc<dyn KeyVault>,
        profile: &NewProfile,
        world: World,
    ) -> Result<Arc<Self>> {
        let made = folder::create(folder.as_ref(), &*vault, profile, &world)
            .and_then(|opened| Self::around(opened, vault, world))
            .and_then(|ground| ground.home.begin_idling().map(|()| ground));
        log::tell(match &made {
            Ok(_) => LogEvent::Created,
            Err(error) => LogEvent::OpeningFailed { why: error.into() },
        });
        made
    }

    /// [`CommonGround::open`], with time and chance from `world`.
    ///
    /// # Errors
    /// As there.
    pub fn open_in(folder: impl AsRef<Path>, vault: Arc<dyn KeyVault>, world: World) -> Result<Arc<Self>> {
        let begun = std::time::Instant::now();
        let ground = Self::open_and_settle(folder.as_ref(), vault, world);
        log::tell(match &ground {
            Ok(_) => LogEvent::Opened { took: begun.elapsed() },
            Err(error) => LogEvent::OpeningFailed { why: error.into() },
        });
        ground
    }

    fn open_and_settle(folder: &Path, vault: Arc<dyn KeyVault>, world: World) -> Result<Arc<Self>> {
        let opened = folder::open(folder, &*vault)?;
        let ground = Self::around(opened, vault, world)?;
        ground.settle()?;
        // A failure is no reason not to open: the next exchange or opening goes on.
        let _ = sharing::mend(&ground.home.shared);
        Ok(ground)
    }

    /// [`CommonGround::open_locked`], with time and chance from `world`.
    ///
    /// # Errors
    /// As there.
    pub fn open_locked_in(
        folder: impl AsRef<Path>,
        vault: Arc<dyn KeyVault>,
        world: World,
    ) -> Result<Arc<Self>> {
        let begun = std::time::Instant::now();
        let ground = folder::open_locked(folder.as_ref(), &*vault)
            .and_then(|opened| Self::around(opened, vault, world))
            .inspect(|ground| drop(sharing::mend(&ground.home.shared)));
        log::tell(match &ground {
            Ok(_) => LogEvent::OpenedLocked { took: begun.elapsed() },
            Err(error) => LogEvent::OpeningFailed { why: error.into() },
        });
        ground
    }

    fn around(opened: Opened, vault: Arc<dyn KeyVault>, world: World) -> Result<Arc<Self>> {
        let shared = Arc::new(Shared::new(opened.shared, world, LEVEL));
        let home = Home {
            private: Arc::new(opened.private.map_or_else(Slot::default, Slot::holding)),
            plans: Arc::new(Plans::new(shared.clone())),
            shared,
            vault,
            folder: Mutex::new(Some(Arc::new(opened.folder))),
            link: Mutex::new(Online::Not),
            locked: Mutex::new(0),
            idle: Mutex::default(),
        };
        Ok(Arc::new(Self { home: Arc::new(home) }))
    }
}

#[uniffi::export]
impl CommonGround {
    /// Makes a new profile in `folder`, which must exist or be makeable and hold no profile yet. Makes
    /// both keys and gives them to the vault. Blocks for as long as the vault takes, which may be as long as a person takes.
    ///
    /// # Errors
    /// [`crate::Error::ProfileExists`], [`crate::Error::InUse`], [`crate::Error::Vault`], [`crate::Error::Invalid`] for a name that
    /// is empty or over 100 characters.
    #[uniffi::constructor]
    pub fn create(folder: String, vault: Arc<dyn KeyVault>, profile: NewProfile) -> Result<Arc<Self>> {
        Self::create_in(folder, vault, &profile, Arc::new(RealWorld))
    }

    /// Opens the profile in `folder`, unlocked. What has been in the journal's bin for 30 days is erased
    /// now. Blocks for as long as the vault takes, and longer where a file of an earlier version is brought up to this one.
    ///
    /// # Errors
    /// [`crate::Error::NoProfile`], [`crate::Error::InUse`], [`crate::Error::WrongKey`], [`crate::Error::Damaged`],
    /// [`crate::Error::NewerFile`], [`crate::Error::Vault`].
    #[uniffi::constructor]
    pub fn open(folder: String, vault: Arc<dyn KeyVault>) -> Result<Arc<Self>> {
        Self::open_in(folder, vault, Arc::new(RealWorld))
    }

    /// Opens the profile in `folder` as it is after [`CommonGround::lock`]: the vault is asked for [`crate::home::KeyName::Shared`] alone,
    /// so that a plan can catch up in the background while nobody is there to show a finger. What needs the journal
    /// answers [`crate::Error::Locked`] until [`CommonGround::unlock`].
    ///
    /// # Errors
    /// [`crate::Error::NoProfile`], [`crate::Error::InUse`], [`crate::Error::WrongKey`], [`crate::Error::Damaged`], [`crate::Error::NewerFile`],
    /// [`crate::Error::Vault`].
    #[uniffi::constructor]
    pub fn open_locked(folder: String, vault: Arc<dyn KeyVault>) -> Result<Arc<Self>> {
        Self::open_locked_in(folder, vault, Arc::new(RealWorld))
    }
}
