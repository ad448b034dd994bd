//! What is left to do in the private file: noted in the write that makes it necessary, so that whoever comes next
//! does it if this process does not come to it.

use rusqlite::{Connection, named_params};

use crate::Result;
use crate::store::Slot;

/// The chore of emptying the log after erasing.
const EMPTY_LOG: &str = "empty the log";

/// Notes that something erased may still be in the log.
pub(crate) fn log_is_to_be_emptied(file: &Connection) -> Result<()> {
    file.prepare_cached("INSERT OR IGNORE INTO chore (name) VALUES (:name)")?
        .execute(named_params! { ":name": EMPTY_LOG })?;
    Ok(())
}

/// Empties the log if something erased may still be in it.
pub(crate) fn empty_log(private: &Slot) -> Result<()> {
    let due = private.read(|file| is_due(file, EMPTY_LOG))?;
    if due && private.file()?.checkpoint()? {
        private.write(|file| done(file, EMPTY_LOG))?;
    }
    Ok(())
}

/// Whether a chore is left to do.
pub(crate) fn is_due(file: &Connection, chore: &str) -> Result<bool> {
    Ok(file
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM chore WHERE name = :name)")?
        .query_row(named_params! { ":name": chore }, |row| row.get(0))?)
}

/// Notes that a chore is done.
pub(crate) fn done(file: &Connection, chore: &str) -> Result<()> {
    file.prepare_cached("DELETE FROM chore WHERE name = :name")?.execute(named_params! { ":name": chore })?;
    Ok(())
}
