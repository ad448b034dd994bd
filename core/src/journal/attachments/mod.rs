//! Photos, recordings and files: as encrypted as all else, each content once, known by its SHA-256.
//!
//! [`taking_in`] brings a content in, [`reading`] gives it out again, [`sweeping`] takes away what nothing
//! refers to; [`at_the_desk`] is what apps call. All three go piece by piece: a hundred megabytes never lie in memory, and nobody who saves an
//! entry meanwhile waits for them.

mod at_the_desk;
mod reading;
mod sweeping;
mod taking_in;

pub use at_the_desk::{AttachmentSink, AttachmentSource};
pub(crate) use reading::{read_out, size_of};
pub(crate) use sweeping::{may_be_loose, sweep, sweep_beside};
pub(crate) use taking_in::{Held, take_in};

use rusqlite::{Connection, named_params};

use crate::error::Thing;
use crate::id::AttachmentId;
use crate::store::Slot;
use crate::{Error, Result};

/// The largest content, in bytes.
pub(super) const LARGEST: u64 = 100 << 20;

/// How many bytes lie together, except at the end. Contents whose pieces are of other lengths are read too.
const PIECE: usize = 256 << 10;

/// After how many writes of about this size the log is folded in, beside whoever saves: otherwise it would
/// grow until one save has to do it.
const STEPS_PER_FOLD: u64 = 16;

/// The longest stretch of a content that is read at once.
const LONGEST_STRETCH: u32 = 1 << 20;

/// Between two writes of a piece: lets those who wait to save go first, and keeps the log short.
fn after_a_step(private: &Slot, step: u64) -> Result<()> {
    let file = private.file()?;
    if step.is_multiple_of(STEPS_PER_FOLD) {
        file.fold_log()?;
    }
    file.give_way();
    Ok(())
}

/// Whether a content is here.
pub(super) fn is_here(file: &Connection, id: &AttachmentId) -> Result<bool> {
    Ok(file
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM attachment WHERE id = :id)")?
        .query_row(named_params! { ":id": id }, |row| row.get(0))?)
}

/// Refuses to refer to what is not here.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) fn must_be_here(file: &Connection, id: &AttachmentId) -> Result<()> {
    if is_here(file, id)? { Ok(()) } else { Err(Error::not_found(Thing::Attachment)) }
}
