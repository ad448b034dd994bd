//! Taking back one's own last edits. What was done stays in the history; the undo is a new edit beside it, and puts
//! back only what nobody has written over since.

mod inverse;
mod kept;
mod typed;

use automerge::ReadDoc;
use rusqlite::Connection;

use crate::error::Thing;
use crate::id::RelationshipId;
use crate::{Error, Result};

use super::history::{Placed, Teller, told_of_edit};
use super::ledger::Ledger;
use super::shared_plan::{Open, Pen};
use super::view::{HistoryEvent, Undone};
use kept::{KeptEdit, to_undo, undos_since};
pub(super) use kept::{OwnEdit, forget_from, note, note_undone};
pub(super) use typed::Typed;

/// What an undo would take back, in the order it was done.
pub(super) fn next(open: &Open, connection: &Connection, now: i64) -> Result<Option<Vec<HistoryEvent>>> {
    let Some((_, changes)) = newest(connection, open.parties.relationship, &open.loaded.ledger)? else {
        return Ok(None);
    };
    told_of_edit(&mut Teller::new(open, connection, now), &changes).map(Some)
}

/// Takes back the newest edit that is neither undone nor an undo itself.
///
/// # Errors
/// [`Error::NotFound`] where there is none.
pub(super) fn undo(pen: &mut Pen<'_>) -> Result<Undone> {
    let newest = pen.look(|open, connection| {
        let relationship = open.parties.relationship;
        newest(connection, relationship, &open.loaded.ledger)
    })?;
    let (edit, changes) = newest.ok_or(Error::not_found(Thing::Edit))?;
    let now = pen.now.at.timestamp();
    let events =
        pen.look(|open, connection| told_of_edit(&mut Teller::new(open, connection, now), &changes))?;
    pen.undoes = Some(edit.id);
    let written: Vec<_> = changes
        .iter()
        .filter_map(|change| pen.document().get_change_by_hash(&change.hash))
        .map(|change| (change.hash(), change.decode()))
        .collect();
    let undos = pen.look(|open, connection| {
        let since = undos_since(connection, open.parties.relationship, edit.id)?;
        Ok(since.iter().filter_map(|undo| open.loaded.ledger.at(&undo.actor, undo.last)).collect::<Vec<_>>())
    })?;
    let left = inverse::take_back(pen, &written, &undos)?;
    Ok(Undone { events, left })
}

/// The newest edit to take back whose changes are in the plan, with these.
fn newest(
    connection: &Connection,
    relationship: RelationshipId,
    ledger: &Ledger,
) -> Result<Option<(KeptEdit, Vec<Placed>)>> {
    let edits = to_undo(connection, relationship)?;
    Ok(edits.into_iter().find_map(|edit| {
        // An edit is split into a bounded number of changes; a row that says otherwise is not asked.
        let placed = |seq| Some(Placed { actor: edit.actor, seq, hash: ledger.at(&edit.actor, seq)? });
        ledger.at(&edit.actor, edit.last)?;
        let changes: Option<Vec<_>> = (edit.first..=edit.last).map(placed).collect();
        changes.filter(|changes| !changes.is_empty()).map(|changes| (edit, changes))
    }))
}
