//! One connection to an encrypted file, with the settings that every connection must have.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::Key;

/// How long a connection waits for another process before it says that the file is in use.
const PATIENCE: Duration = Duration::from_millis(1500);

/// After how many steps of SQLite's machine a running statement looks whether it has to end: some
/// microseconds' worth.
const STEPS: i32 = 1000;

/// After how many pages the log is folded in by whoever writes. The keeper comes first; this is for when
/// it does not come to it.
pub(super) const AUTOCHECKPOINT: u32 = 8000;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Makes the file; it must not exist.
    Create,
    /// The one connection that writes.
    Write,
    /// One of those that only read.
    Read,
}

/// Opens a connection and gives it the key. Nothing is read or written yet.
pub(super) fn open(path: &Path, key: &Key, purpose: Purpose) -> rusqlite::Result<Connection> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if purpose == Purpose::Create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    set_up_once()?;
    let connection = Connection::open_with_flags(path, flags)?;
    #[cfg(test)]
    let connection = {
        let mut connection = connection;
        if purpose == Purpose::Write {
            super::faults::watch(&mut connection)?;
        }
        connection
    };
    // SQLCipher writes to stderr of its own accord, and there is nobody to read it there.
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    key.apply(&connection)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    Ok(connection)
}

/// Lets SQLite and SQLCipher set themselves up, on one thread and to the end.
///
/// SQLite counts as set up before SQLCipher is, so of two threads that open the very first files of a
/// process one could find no cipher there and fail.
fn set_up_once() -> rusqlite::Result<()> {
    static IS_SET_UP: Mutex<bool> = Mutex::new(false);
    let mut is_set_up = IS_SET_UP.lock().unwrap_or_else(PoisonError::into_inner);
    if !*is_set_up {
        Connection::open_in_memory()?;
        *is_set_up = true;
    }
    Ok(())
}

/// The settings under which data may be touched; the key has proven right before.
///
/// `secure_delete` overwrites what is deleted, `temp_store` keeps sorting off the disk, and the two
/// `fullfsync` make a sync a real one on Apple systems (elsewhere they do nothing).
pub(super) fn settle(connection: &Connection, purpose: Purpose) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA cache_size = -8000;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA cell_size_check = ON;",
    )?;
    match purpose {
        Purpose::Create | Purpose::Write => connection.execute_batch(&format!(
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = {AUTOCHECKPOINT};"
        )),
        Purpose::Read => connection.execute_batch("PRAGMA query_only = ON;"),
    }
}

/// Runs `work`, which answers that the file is busy instead of waiting for others.
pub(super) fn without_patience<T>(
    connection: &Connection,
    work: impl FnOnce() -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.busy_timeout(Duration::ZERO)?;
    let done = work();
    connection.busy_timeout(PATIENCE)?;
    done
}

/// Ends every statement soon after `ended` is set, also those that begin later.
pub(super) fn end_when(connection: &mut Connection, ended: &Arc<AtomicBool>) -> rusqlite::Result<()> {
    let ended = ended.clone();
    connection.progress_handler(STEPS, Some(move || ended.load(Ordering::Acquire)))
}
