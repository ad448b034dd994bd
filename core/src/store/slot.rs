//! The place of a file that is open at some times and locked at others.

use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::{Connection, Transaction};

use super::{File, Holds};
use crate::{Error, Result};

/// Holds a [`File`] while it is unlocked. What is given a slot keeps it for good and asks it anew for
/// every call, so that locking and unlocking need tell nobody.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    file: RwLock<Option<Arc<File>>>,
    /// Outlives locking: what was taken in before is still waiting for its entry after.
    holds: Arc<Holds>,
}

impl Slot {
    /// A slot with an open file.
    pub(crate) fn holding(file: File) -> Self {
        Self { file: RwLock::new(Some(Arc::new(file))), holds: Arc::default() }
    }

    /// What must stay in the file although nothing there refers to it yet.
    pub(crate) fn holds(&self) -> &Arc<Holds> {
        &self.holds
    }

    /// The open file.
    ///
    /// # Errors
    /// [`Error::Locked`] when there is none.
    pub(crate) fn file(&self) -> Result<Arc<File>> {
        self.file.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Error::Locked)
    }

    /// Whether there is no open file.
    pub(crate) fn is_locked(&self) -> bool {
        self.file.read().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Puts an open file into the slot; one that was there is locked.
    pub(crate) fn put(&self, file: File) {
        let file = Some(Arc::new(file));
        let former = std::mem::replace(&mut *self.file.write().unwrap_or_else(PoisonError::into_inner), file);
        if let Some(former) = former {
            former.lock();
        }
    }

    /// Locks the file (see [`File::lock`]) and empties the slot. Doing so twice does no harm.
    pub(crate) fn lock(&self) {
        let former = self.file.write().unwrap_or_else(PoisonError::into_inner).take();
        // Outside the guard: it waits for reads to end, and these may ask the slot for the file.
        if let Some(file) = former {
            file.lock();
        }
    }

    /// [`File::write`] on the open file.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.file()?.write(work)
    }

    /// [`File::read`] on the open file.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.file()?.read(work)
    }
}
