//! Reading contents: streamed whole, with the digest looked at on the way, or a stretch of one. Each piece
//! is read by itself, so that a slow reader keeps nobody from emptying the log.

use std::io::Write;

use rusqlite::{Connection, OptionalExtension, named_params};
use sha2::{Digest, Sha256};

use super::LONGEST_STRETCH;
use crate::error::{FileKind, Problem, Thing};
use crate::id::AttachmentId;
use crate::store::Slot;
use crate::{Error, Result};

/// How many bytes a content has.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Locked`].
pub(crate) fn size_of(private: &Slot, id: &AttachmentId) -> Result<u64> {
    private.read(|file| size(file, id))
}

fn size(file: &Connection, id: &AttachmentId) -> Result<u64> {
    let bytes: Option<i64> = file
        .prepare_cached("SELECT bytes FROM attachment WHERE id = :id")?
        .query_row(named_params! { ":id": id }, |row| row.get(0))
        .optional()?;
    bytes.map(i64::unsigned_abs).ok_or(Error::not_found(Thing::Attachment))
}

/// Writes a content to `sink`, and returns how many bytes it has.
///
/// # Errors
/// What the sink says; [`Error::NotFound`], [`Error::Locked`]; [`Error::Damaged`] where it is not what was
/// once taken in.
pub(crate) fn read_out(private: &Slot, id: &AttachmentId, sink: &mut dyn Write) -> Result<u64> {
    let bytes = size_of(private, id)?;
    let mut digest = Sha256::new();
    let mut done = 0;
    while done < bytes {
        let piece = private.read(|file| piece(file, id, done, u64::MAX))?;
        if piece.is_empty() {
            return Err(damaged());
        }
        digest.update(&piece);
        sink.write_all(&piece)?;
        done += piece.len() as u64;
    }
    sink.flush()?;
    let is_whole = done == bytes && <[u8; 32]>::from(digest.finalize()) == *id.as_bytes();
    if is_whole { Ok(bytes) } else { Err(damaged()) }
}

/// At most `length` bytes of a content, from `offset` on; fewer where it ends before, none behind its end.
pub(super) fn stretch(private: &Slot, id: &AttachmentId, offset: u64, length: u32) -> Result<Vec<u8>> {
    if length > LONGEST_STRETCH {
        let problem = Problem::OutOfRange { from: 0, to: LONGEST_STRETCH.into() };
        return Err(Error::invalid("length", problem));
    }
    private.read(|file| {
        let end = offset.saturating_add(length.into()).min(size(file, id)?);
        let mut bytes = Vec::with_capacity(end.saturating_sub(offset) as usize);
        let mut done = offset;
        while done < end {
            let piece = piece(file, id, done, end - done)?;
            if piece.is_empty() {
                return Err(damaged());
            }
            bytes.extend_from_slice(&piece);
            done += piece.len() as u64;
        }
        Ok(bytes)
    })
}

/// What the piece in which `offset` lies holds from there on, at most `length` bytes.
fn piece(file: &Connection, id: &AttachmentId, offset: u64, length: u64) -> Result<Vec<u8>> {
    file.prepare_cached(
        "SELECT substr(bytes, :offset - position + 1, :length) FROM attachment_piece
         WHERE attachment = (SELECT number FROM attachment WHERE id = :id) AND position <= :offset
         ORDER BY position DESC LIMIT 1",
    )?
    .query_row(
        named_params! {
            ":id": id,
            ":offset": as_sql(offset),
            ":length": as_sql(length),
        },
        |row| row.get(0),
    )
    .optional()?
    .ok_or(Error::not_found(Thing::Attachment))
}

/// SQLite counts with signed numbers; no content is near their end.
fn as_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn damaged() -> Error {
    Error::Damaged { file: FileKind::Private }
}
