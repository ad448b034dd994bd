//! How a task went on a day: done, partly, not this time and why. Everyone notes that for oneself, and can take back
//! only one's own.

use automerge::ObjType;
use automerge::transaction::Transactable;
use rusqlite::{Connection, named_params};

use crate::clock::LocalDate;
use crate::error::Thing;
use crate::id::{LogId, RelationshipId, TaskId};
use crate::{Error, Result};

use super::super::goal::{collection, prose};
use super::super::moment;
use super::super::policy::PROSE;
use super::super::progress::take_back as take_back_note;
use super::super::shared_plan::Pen;
use super::super::view::{TaskLog, TaskOutcome};
use super::day_of;

/// Notes how a task of one's own went on a day.
pub(in super::super) fn log(
    pen: &mut Pen<'_>,
    id: &TaskId,
    on: LocalDate,
    outcome: TaskOutcome,
    note: Option<&str>,
) -> Result<LogId> {
    let task = pen.reading().task(id).ok_or(Error::not_found(Thing::Task))?;
    if !task.owner.includes(pen.parties().me.role) {
        return Err(Error::NotAllowed { rule: "logs/*".to_owned() });
    }
    let on = day_of("on", on)?;
    let note =
        note.map(|note| prose("note", note.trim(), PROSE)).transpose()?.filter(|note| !note.is_empty());
    let log = LogId::from_bytes(pen.new_item()?);
    let (logs, now) = (collection(pen, "logs")?, moment::write(&pen.now));
    pen.change(|transaction| {
        let map = transaction.put_object(&logs, log.to_string(), ObjType::Map)?;
        transaction.put(&map, "task", id.to_string())?;
        transaction.put(&map, "on", on.to_string())?;
        transaction.put(&map, "outcome", outcome.word())?;
        transaction.put(&map, "at", now)?;
        if let Some(note) = note {
            transaction.put(&map, "note", note)?;
        }
        Ok(())
    })?;
    Ok(log)
}

/// Takes back a line of a log, if it is one's own.
pub(in super::super) fn take_back(pen: &mut Pen<'_>, id: &LogId) -> Result<()> {
    take_back_note(pen, "logs", id.as_bytes())
}

/// How a task went, oldest first.
pub(super) fn logs(
    connection: &Connection,
    relationship: RelationshipId,
    task: &TaskId,
) -> Result<Vec<TaskLog>> {
    connection
        .prepare_cached(
            "SELECT id, person, on_day, outcome, note FROM task_log
             WHERE relationship = :relationship AND task = :task ORDER BY on_day, id",
        )?
        .query_map(named_params! { ":relationship": relationship, ":task": task }, |row| {
            let (day, outcome): (String, String) = (row.get(2)?, row.get(3)?);
            Ok(TaskLog {
                id: row.get(0)?,
                by: row.get(1)?,
                on: moment::read_day(&day).unwrap_or_default(),
                outcome: TaskOutcome::read(&outcome).unwrap_or(TaskOutcome::NotThisTime),
                note: row.get(4)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}
