//! One encrypted file: one writer, several readers, and a lock that ends them all.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, InterruptHandle, Transaction, TransactionBehavior};

use super::connection::{self, Purpose};
use super::error::{named, translate};
use super::{Key, KeyChecks, Migrations};
use crate::error::FileKind;
use crate::{Error, Result};

/// How many reads run at once; more wait for one to end.
const READERS: usize = 8;

/// One of the two encrypted files, open.
pub(crate) struct File {
    path: PathBuf,
    kind: FileKind,
    /// Guards the one writing connection; `None` once locked.
    writer: Mutex<Option<Connection>>,
    readers: Mutex<Readers>,
    reader_returned: Condvar,
}

/// The reading connections, and what is needed to open one more.
struct Readers {
    /// `None` once locked: dropping it zeroes the key.
    key: Option<Key>,
    idle: Vec<Connection>,
    /// Of connections in use, so that locking can end them.
    busy: Vec<(u64, InterruptHandle)>,
    next: u64,
    writer: Option<Arc<InterruptHandle>>,
}

impl File {
    /// Makes a new file; one that exists is left as it is.
    ///
    /// # Errors
    /// [`Error::ProfileExists`] when there is a file already, and what the file system says.
    pub(crate) fn create(path: &Path, key: Key, migrations: Migrations, checks: &KeyChecks) -> Result<Self> {
        // Taking the name first means that two who create at once cannot share a file.
        match std::fs::OpenOptions::new().write(true).create_new(true).open(path) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(Error::ProfileExists);
            }
            Err(error) => return Err(error.into()),
        }
        let made = (|| {
            let connection = connection::open(path, &key, Purpose::Create)
                .and_then(|connection| connection::settle(&connection, Purpose::Create).map(|()| connection))
                .map_err(|error| translate(migrations.kind(), &error))?;
            checks.remember(migrations.kind(), &key)?;
            Self::prepare(path, key, migrations, connection)
        })();
        if made.is_err() {
            // What was just made holds nothing yet, and would look like a file that lost its content.
            let _ = std::fs::remove_file(path);
        }
        made
    }

    /// Opens a file that exists, and brings it up to this version's schema.
    ///
    /// # Errors
    /// [`Error::WrongKey`], [`Error::Damaged`], [`Error::NewerFile`] or [`Error::InUse`]; the file is
    /// not touched by any of them.
    pub(crate) fn open(path: &Path, key: Key, migrations: Migrations, checks: &KeyChecks) -> Result<Self> {
        let kind = migrations.kind();
        match std::fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(Error::NoProfile),
            Err(error) => return Err(error.into()),
            // To SQLite an empty file is a new one, to us it is one that lost its content.
            Ok(data) if data.len() == 0 => return Err(Error::Damaged { file: kind }),
            Ok(_) => {}
        }
        let connection =
            connection::open(path, &key, Purpose::Write).map_err(|error| translate(kind, &error))?;
        if let Err(error) = Self::prove(&connection, &key, migrations, checks) {
            // Closing would fold the log into the file; a file that is refused stays as it is.
            let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
            return Err(error);
        }
        connection::settle(&connection, Purpose::Write).map_err(|error| translate(kind, &error))?;
        checks.remember(kind, &key)?;
        Self::prepare(path, key, migrations, connection)
    }

    /// Reads the first page, and with that finds out whether key, file and version are right.
    fn prove(connection: &Connection, key: &Key, migrations: Migrations, checks: &KeyChecks) -> Result<()> {
        let kind = migrations.kind();
        let first_page = connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()));
        if let Err(error) = first_page {
            return Err(match (translate(kind, &error), checks.fits(kind, key)) {
                (Error::Damaged { .. }, Some(false)) => Error::WrongKey { file: kind },
                (error, _) => error,
            });
        }
        named(kind, migrations.refuse_newer(connection))
    }

    fn prepare(path: &Path, key: Key, migrations: Migrations, mut connection: Connection) -> Result<Self> {
        named(migrations.kind(), migrations.apply(&mut connection))?;
        let interrupt = Arc::new(connection.get_interrupt_handle());
        Ok(Self {
            path: path.to_owned(),
            kind: migrations.kind(),
            writer: Mutex::new(Some(connection)),
            readers: Mutex::new(Readers {
                key: Some(key),
                idle: Vec::new(),
                busy: Vec::new(),
                next: 0,
                writer: Some(interrupt),
            }),
            reader_returned: Condvar::new(),
        })
    }

    /// Runs `work` in the one writing transaction. It is durable when this returns `Ok`; an error
    /// leaves nothing behind.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = writer.as_mut().ok_or(Error::Locked)?;
        let done = (|| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })();
        named(self.kind, done)
    }

    /// Runs `work` on a reading connection, on one consistent state of the file.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let mut reader = self.borrow_reader()?;
        let done = (|| {
            let transaction = reader.connection()?.transaction()?;
            let value = work(&transaction)?;
            transaction.finish()?;
            Ok(value)
        })();
        drop(reader);
        named(self.kind, done)
    }

    /// Folds the log into the file and empties it, so that nothing erased is left in it. Answers `false`
    /// where a read was under way and the log could not be emptied: it waits for nobody.
    pub(crate) fn checkpoint(&self) -> Result<bool> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = writer.as_ref().ok_or(Error::Locked)?;
        let emptied = connection::without_patience(connection, || {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))
        });
        match emptied {
            Ok(hindered) => Ok(!hindered),
            Err(error) => match translate(self.kind, &error) {
                Error::InUse => Ok(false),
                error => Err(error),
            },
        }
    }

    /// Ends what is running, closes every connection and zeroes the key.
    pub(crate) fn lock(&self) {
        {
            let mut readers = self.lock_readers();
            readers.key = None;
            readers.idle.clear();
            for (_, handle) in &readers.busy {
                handle.interrupt();
            }
            if let Some(writer) = readers.writer.take() {
                writer.interrupt();
            }
        }
        if let Some(writer) = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            close(writer);
        }
        let mut readers = self.lock_readers();
        while !readers.busy.is_empty() {
            readers = self.reader_returned.wait(readers).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn borrow_reader(&self) -> Result<Borrowed<'_>> {
        let mut readers = self.lock_readers();
        loop {
            let Some(key) = readers.key.clone() else { return Err(Error::Locked) };
            let connection = match readers.idle.pop() {
                Some(connection) => connection,
                None if readers.busy.len() < READERS => self.open_reader(&key)?,
                None => {
                    readers = self.reader_returned.wait(readers).unwrap_or_else(PoisonError::into_inner);
                    continue;
                }
            };
            let ticket = readers.next;
            readers.next += 1;
            readers.busy.push((ticket, connection.get_interrupt_handle()));
            return Ok(Borrowed { file: self, ticket, connection: Some(connection) });
        }
    }

    fn open_reader(&self, key: &Key) -> Result<Connection> {
        connection::open(&self.path, key, Purpose::Read)
            .and_then(|connection| connection::settle(&connection, Purpose::Read).map(|()| connection))
            .map_err(|error| translate(self.kind, &error))
    }

    fn lock_readers(&self) -> MutexGuard<'_, Readers> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes a connection that was interrupted. The last one to close folds the log into the file, but not
/// while it remembers an interrupt, which it forgets with its next statement.
fn close(connection: Connection) {
    let _ = connection.query_row("SELECT 1", [], |_| Ok(()));
    drop(connection);
}

/// A reading connection on loan; it goes back when dropped, also by a panic.
struct Borrowed<'a> {
    file: &'a File,
    ticket: u64,
    connection: Option<Connection>,
}

impl Borrowed<'_> {
    fn connection(&mut self) -> Result<&mut Connection> {
        self.connection.as_mut().ok_or(Error::Locked)
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        let mut readers = self.file.lock_readers();
        readers.busy.retain(|(busy, _)| *busy != self.ticket);
        // Once locked it is closed right here, so that `lock` returns only when all are closed.
        match self.connection.take() {
            Some(connection) if readers.key.is_some() => readers.idle.push(connection),
            Some(connection) => close(connection),
            None => {}
        }
        drop(readers);
        self.file.reader_returned.notify_all();
    }
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "File({})", self.kind)
    }
}
