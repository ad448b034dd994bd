//! The content of parcels as rows of the file.
//!
//! Every row has the same length, whatever is in it, and is too long for two to share a page. The file overwrites a row
//! that is deleted; but where rows of different lengths share pages, they are moved about when others come and go, and
//! what they leave where they lay is overwritten by nobody. A row that never has company leaves nothing.

use rusqlite::{Connection, Transaction, named_params};

use crate::Result;
use crate::exchange::{MAX_PARCEL, MAX_PIECE, Piece};
use crate::id::ParcelId;

/// The bytes of a row, padded with zeros: a seventeenth of a piece, and more than half of what a page holds.
pub(super) const ROW: usize = MAX_PIECE.div_ceil(17);

/// Keeps a piece of a parcel. It begins where the one before it ended.
///
/// # Errors
/// What the file says.
pub(super) fn keep(transaction: &Transaction<'_>, piece: &Piece) -> Result<()> {
    let mut insert = transaction
        .prepare_cached("INSERT INTO parcel_piece (parcel, start, bytes) VALUES (:parcel, :start, :bytes)")?;
    let mut start = u64::from(piece.start);
    for bytes in piece.bytes.chunks(ROW) {
        let mut row = [0; ROW];
        row[..bytes.len()].copy_from_slice(bytes);
        insert.execute(named_params! {
            ":parcel": piece.parcel, ":start": start.cast_signed(), ":bytes": row,
        })?;
        start += bytes.len() as u64;
    }
    Ok(())
}

/// So many bytes of what is here of a content, from a place on; fewer where it ends before.
///
/// # Errors
/// What the file says.
pub(crate) fn stretch(connection: &Connection, parcel: ParcelId, start: u64, length: u64) -> Result<Vec<u8>> {
    let most = u64::from(MAX_PARCEL);
    let (start, wanted_end) = (start.min(most), start.saturating_add(length).min(most));
    let mut rows = connection.prepare_cached(
        "SELECT parcel_piece.start, parcel_piece.bytes, parcel.here
         FROM parcel_piece JOIN parcel ON parcel.id = parcel_piece.parcel
         WHERE parcel_piece.parcel = :parcel AND parcel_piece.start > :before AND parcel_piece.start < :end
         ORDER BY parcel_piece.start",
    )?;
    // A row that begins so much earlier has ended before.
    let before = start.cast_signed() - ROW as i64;
    let mut rows = rows.query(named_params! {
        ":parcel": parcel, ":before": before, ":end": wanted_end.cast_signed(),
    })?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let (at, bytes, here): (u32, Vec<u8>, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let at = u64::from(at);
        // The last row of a piece has less than the others, and the last of all what is left.
        let piece_end = (at / MAX_PIECE as u64 + 1) * MAX_PIECE as u64;
        let end = (at + ROW as u64).min(piece_end).min(here.into()).min(wanted_end);
        let from = usize::try_from(start.saturating_sub(at)).unwrap_or(usize::MAX);
        let to = usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX);
        all.extend_from_slice(bytes.get(from..to).unwrap_or_default());
    }
    Ok(all)
}
