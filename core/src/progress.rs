//! How far a long call has come, and whether it shall go on: one form for imports, exports, attachments and
//! backups, so that an app has one bar for all of them.

use crate::log::{AppCallback, heard};
use crate::{Error, Result};

/// Hears how far a long call has come, and may end it. Called from the thread of the call, with nothing of
/// the core's locked; it must not call the journal.
#[uniffi::export(foreign)]
pub trait Progress: Send + Sync {
    /// So much of `total` is done: bytes of a backup, an attachment or a file that is carried over, entries (with what is attached to
    /// them) of an import or an export. `total` is missing while nobody knows it, and may grow. Answer
    /// `false` to cancel: then nothing is changed, and nothing is left of what was begun (of a file that is carried
    /// over, what was taken in before stays).
    ///
    /// # Errors
    /// An error cancels too.
    fn on_progress(&self, done: u64, total: Option<u64>) -> Result<bool>;
}

/// Tells how far it has come.
///
/// # Errors
/// [`Error::Cancelled`] where the person wants no more of it.
pub(crate) fn tell(progress: Option<&dyn Progress>, done: u64, total: Option<u64>) -> Result<()> {
    match progress.map(|progress| heard(AppCallback::Progress, progress.on_progress(done, total))) {
        None | Some(Ok(true)) => Ok(()),
        Some(Ok(false) | Err(_)) => Err(Error::Cancelled),
    }
}
