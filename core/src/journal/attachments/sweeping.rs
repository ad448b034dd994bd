//! Taking contents away that nothing refers to any more, for good: what was overwritten is not to be found
//! in the file nor in its log.

use std::sync::Arc;

use rusqlite::{Connection, named_params};

use super::after_a_step;
use crate::Result;
use crate::chores::{empty_log, is_due, log_is_to_be_emptied};
use crate::id::AttachmentId;
use crate::store::{Holding, Slot};

/// The chore of looking for contents that nothing refers to.
const SWEEP: &str = "sweep attachments";

/// How many pieces are overwritten in one write: so few that a save waits for milliseconds.
const PIECES_PER_STEP: i64 = 1;

/// Rows of contents to which nothing refers.
macro_rules! loose {
    () => {
        "SELECT number, id FROM attachment
         WHERE id IS NULL
            OR NOT EXISTS (SELECT 1 FROM entry_attachment WHERE attachment = attachment.id)
           AND NOT EXISTS (SELECT 1 FROM former_attachment WHERE attachment = attachment.id)
           AND NOT EXISTS (SELECT 1 FROM draft_attachment WHERE attachment = attachment.id)"
    };
}
/// Notes, in the write that makes it so, that there may be contents now to which nothing refers.
pub(crate) fn may_be_loose(file: &Connection) -> Result<()> {
    file.prepare_cached("INSERT OR IGNORE INTO chore (name) VALUES (:name)")?
        .execute(named_params! { ":name": SWEEP })?;
    Ok(())
}

fn is_sweep_due(private: &Slot) -> Result<bool> {
    private.read(|file| is_due(file, SWEEP))
}

/// Takes away every content to which no entry, former version or draft refers, and what was cut off while
/// it came in. What is held stays. It may be cut off too: then the next call goes on.
pub(crate) fn sweep(private: &Slot) -> Result<()> {
    if !is_sweep_due(private)? {
        return Ok(());
    }
    for row in disown(private)? {
        clear(private, row)?;
    }
    private.write(|file| {
        file.prepare_cached(concat!("DELETE FROM chore WHERE name = :name AND NOT EXISTS (", loose!(), ")"))?
            .execute(named_params! { ":name": SWEEP })?;
        log_is_to_be_emptied(file)
    })?;
    empty_log(private)
}

/// Sweeps on a thread of its own, if there may be anything to sweep. Locking the journal ends it.
pub(crate) fn sweep_beside(private: &Arc<Slot>) {
    // What fails here, the next opening does.
    if matches!(is_sweep_due(private), Ok(true)) {
        let private = private.clone();
        let thread = std::thread::Builder::new().name("common-ground sweeper".to_owned());
        let _ = thread.spawn(move || sweep(&private));
    }
}

/// Takes its id from every content that is loose and not held, so that it is not here any more, and returns
/// the rows to clear.
fn disown(private: &Slot) -> Result<Vec<i64>> {
    private.write(|file| {
        let mut rows: Vec<(i64, Option<AttachmentId>)> = file
            .prepare_cached(loose!())?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        rows.retain(|(row, id)| {
            let content = id.map(|id| Holding::Content(*id.as_bytes()));
            !private.holds().is_held(content.unwrap_or(Holding::Row(*row)))
        });
        for (row, _) in &rows {
            file.prepare_cached("UPDATE attachment SET id = NULL WHERE number = :row")?
                .execute(named_params! { ":row": row })?;
        }
        Ok(rows.into_iter().map(|(row, _)| row).collect())
    })
}

/// Overwrites the pieces of a content without an id, a few at a time, and then forgets it.
///
/// Two may be at it at once, and once one is done its number may be another content's: so every step looks
/// whether it still is what is to go.
pub(super) fn clear(private: &Slot, row: i64) -> Result<()> {
    for step in 1.. {
        let is_more = private.write(|file| {
            if private.holds().is_held(Holding::Row(row)) || !is_going(file, row)? {
                return Ok(false);
            }
            let cleared = file
                .prepare_cached(
                    "DELETE FROM attachment_piece WHERE attachment = :row AND position IN (
                         SELECT position FROM attachment_piece WHERE attachment = :row
                         ORDER BY position LIMIT :pieces)",
                )?
                .execute(named_params! { ":row": row, ":pieces": PIECES_PER_STEP })?;
            if cleared == 0 {
                file.prepare_cached("DELETE FROM attachment WHERE number = :row")?
                    .execute(named_params! { ":row": row })?;
            }
            Ok(cleared > 0)
        })?;
        if !is_more {
            break;
        }
        after_a_step(private, step)?;
    }
    Ok(())
}

fn is_going(file: &Connection, row: i64) -> Result<bool> {
    Ok(file
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM attachment WHERE number = :row AND id IS NULL)")?
        .query_row(named_params! { ":row": row }, |row| row.get(0))?)
}
