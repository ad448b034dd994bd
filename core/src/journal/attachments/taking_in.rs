//! Taking a content in: piece by piece, each in a short write of its own, so that saving an entry never
//! waits for a whole film. It counts as here only once its digest is known and its last piece is durable.

use std::io::Read;

use rusqlite::{Connection, named_params};
use sha2::{Digest, Sha256};

use super::sweeping::{self, clear};
use super::{LARGEST, PIECE, after_a_step, is_here};
use crate::clock::{Instant, World};
use crate::error::Problem;
use crate::id::AttachmentId;
use crate::journal::entries::to_micros;
use crate::store::{Hold, Holding, Micros, Slot};
use crate::{Error, Result};

/// A content that is here, durably, and stays while this lives, also while nothing refers to it yet.
pub(crate) struct Held {
    /// What it is known by.
    pub(crate) id: AttachmentId,
    _hold: Hold,
}

/// Takes in all that `source` gives, at most [`LARGEST`] bytes. What is here already is not kept twice.
///
/// # Errors
/// What the source says; [`Error::Invalid`] for too much; [`Error::DiskFull`], [`Error::Locked`]. Nothing
/// is left of what did not come in whole.
pub(crate) fn take_in(private: &Slot, world: &World, source: &mut dyn Read) -> Result<Held> {
    // A locked journal says so at once, not after reading for a while.
    private.file()?;
    let mut coming =
        Coming { private, began: to_micros(world.now()), row: None, bytes: 0, digest: Sha256::new() };
    let (mut piece, mut next) = (Vec::new(), Vec::new());
    fill(source, &mut piece)?;
    loop {
        next.clear();
        if piece.len() == PIECE {
            fill(source, &mut next)?;
        }
        if next.is_empty() {
            return coming.finish(&piece);
        }
        coming.lay_down(&piece)?;
        std::mem::swap(&mut piece, &mut next);
    }
}

/// Fills `piece` up to its full length, or to the end of the source.
fn fill(source: &mut dyn Read, piece: &mut Vec<u8>) -> Result<()> {
    piece.clear();
    source.take(PIECE as u64).read_to_end(piece)?;
    Ok(())
}

/// A content on its way in.
struct Coming<'a> {
    private: &'a Slot,
    began: Instant,
    /// Where its pieces lie, once there are any.
    row: Option<(i64, Hold)>,
    bytes: u64,
    digest: Sha256,
}

impl Coming<'_> {
    fn lay_down(&mut self, piece: &[u8]) -> Result<()> {
        let position = self.count(piece)?;
        let known = self.row.as_ref().map(|(row, _)| *row);
        let begun = self.private.write(|file| {
            let (row, hold) = match known {
                Some(row) => (row, None),
                None => {
                    let row = begin(file, self.began)?;
                    (row, Some((row, self.private.holds().hold(Holding::Row(row)))))
                }
            };
            insert_piece(file, row, position, piece)?;
            Ok(hold)
        })?;
        if begun.is_some() {
            self.row = begun;
        }
        after_a_step(self.private, position / PIECE as u64 + 1)
    }

    fn finish(mut self, last: &[u8]) -> Result<Held> {
        let position = self.count(last)?;
        let id = AttachmentId::from_bytes(std::mem::take(&mut self.digest).finalize().into());
        let known = self.row.as_ref().map(|(row, _)| *row);
        let (hold, is_new) = self.private.write(|file| {
            // Held before anybody else can write, and so before anybody could sweep it away.
            let hold = self.private.holds().hold(Holding::Content(*id.as_bytes()));
            if is_here(file, &id)? {
                return Ok((hold, false));
            }
            let row = match known {
                Some(row) => row,
                None => begin(file, self.began)?,
            };
            if !last.is_empty() {
                insert_piece(file, row, position, last)?;
            }
            file.prepare_cached("UPDATE attachment SET id = :id, bytes = :bytes WHERE number = :row")?
                .execute(named_params! { ":id": id, ":bytes": self.bytes as i64, ":row": row })?;
            Ok((hold, true))
        })?;
        if is_new {
            self.row = None;
        }
        Ok(Held { id, _hold: hold })
    }

    /// Counts a piece in, and returns where it begins.
    fn count(&mut self, piece: &[u8]) -> Result<u64> {
        let position = self.bytes;
        self.bytes += piece.len() as u64;
        if self.bytes > LARGEST {
            let problem = Problem::TooLong { limit: LARGEST, unit: "bytes".to_owned() };
            return Err(Error::invalid("attachment", problem));
        }
        self.digest.update(piece);
        Ok(position)
    }
}

impl Drop for Coming<'_> {
    fn drop(&mut self) {
        // It did not come in, or was here already. Where clearing fails, the next sweep does it.
        if let Some((row, hold)) = self.row.take() {
            drop(hold);
            let _ = clear(self.private, row);
        }
    }
}

fn begin(file: &Connection, began: Instant) -> Result<i64> {
    // Nothing refers to it yet, and this may be cut off.
    sweeping::may_be_loose(file)?;
    file.prepare_cached("INSERT INTO attachment (id, bytes, added_at) VALUES (NULL, 0, :now)")?
        .execute(named_params! { ":now": Micros(began) })?;
    Ok(file.last_insert_rowid())
}

fn insert_piece(file: &Connection, row: i64, position: u64, piece: &[u8]) -> Result<()> {
    file.prepare_cached(
        "INSERT INTO attachment_piece (attachment, position, bytes) VALUES (:row, :position, :bytes)",
    )?
    .execute(named_params! { ":row": row, ":position": position as i64, ":bytes": piece })?;
    Ok(())
}
