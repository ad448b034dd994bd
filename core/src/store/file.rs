//! One encrypted file: one writer, several readers, and a lock that ends them all.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use super::connection::{self, Purpose};
use super::error::{named, translate};
use super::keeper::Keeper;
use super::still::Folding;
use super::{Key, KeyChecks, Migrations};
use crate::error::FileKind;
use crate::log::{self, LogEvent};
use crate::{Error, Result};

/// How many reads run at once; more wait for one to end.
const READERS: usize = 8;

/// A write that takes as long as this, its turn included, is one that a person may have felt.
const SLOW: Duration = Duration::from_millis(250);

/// The size of a page, in bytes: a whole file is made of whole pages.
const PAGE: u64 = 4096;

/// One of the two encrypted files, open.
pub(crate) struct File {
    open: Arc<Open>,
    /// `None` once locked.
    keeper: Mutex<Option<Keeper>>,
}

/// The connections to the file, which its keeper has a hold on too.
pub(super) struct Open {
    path: PathBuf,
    kind: FileKind,
    /// Set by locking: every running statement looks at it, and ends.
    ended: Arc<AtomicBool>,
    /// Guards the one writing connection; `None` once locked.
    writer: Mutex<Option<Connection>>,
    /// How many wait for the writer.
    waiting: AtomicUsize,
    readers: Mutex<Readers>,
    reader_returned: Condvar,
    folding: Folding,
}

/// The reading connections, and what is needed to open one more.
struct Readers {
    /// `None` once locked: dropping it zeroes the key.
    key: Option<Key>,
    idle: Vec<Connection>,
    busy: usize,
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
            for leftover in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")] {
                let _ = std::fs::remove_file(leftover);
            }
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
        let length = match std::fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(Error::NoProfile),
            Err(error) => return Err(error.into()),
            // To SQLite an empty file is a new one, to us it is one that lost its content.
            Ok(data) if data.len() == 0 => return Err(Error::Damaged { file: kind }),
            Ok(data) => data.len(),
        };
        let has_log = std::fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0);
        let connection =
            connection::open(path, &key, Purpose::Write).map_err(|error| translate(kind, &error))?;
        let proven = Self::prove(&connection, &key, migrations, checks);
        // The last page may be half written only while the log has it whole.
        let is_whole = has_log || length.is_multiple_of(PAGE);
        let proven = if is_whole { proven } else { proven.and(Err(Error::Damaged { file: kind })) };
        if let Err(error) = proven {
            // Closing would fold the log into the file; a file that is refused stays as it is.
            if has_log {
                let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
            }
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
            let undecipherable = error.sqlite_error_code() == Some(ErrorCode::NotADatabase);
            // Where nothing tells the two apart, the answer is the one after which nobody deletes a file.
            return Err(if undecipherable && checks.fits(kind, key) != Some(true) {
                Error::WrongKey { file: kind }
            } else {
                translate(kind, &error)
            });
        }
        named(kind, migrations.refuse_newer(connection))
    }

    fn prepare(path: &Path, key: Key, migrations: Migrations, mut connection: Connection) -> Result<Self> {
        let kind = migrations.kind();
        named(kind, migrations.apply(&mut connection))?;
        let ended = Arc::new(AtomicBool::new(false));
        connection::end_when(&mut connection, &ended).map_err(|error| translate(kind, &error))?;
        let open = Arc::new(Open {
            path: path.to_owned(),
            kind,
            ended,
            writer: Mutex::new(Some(connection)),
            waiting: AtomicUsize::new(0),
            readers: Mutex::new(Readers { key: Some(key), idle: Vec::new(), busy: 0 }),
            reader_returned: Condvar::new(),
            folding: Folding::default(),
        });
        let keeper = Keeper::start(&open, migrations.upkeep());
        if let Some(keeper) = &keeper {
            // There may be something left to do from last time.
            keeper.wake();
        }
        Ok(Self { open, keeper: Mutex::new(keeper) })
    }

    /// Runs `work` in the one writing transaction. It is durable when this returns `Ok`; an error
    /// leaves nothing behind.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let begun = Instant::now();
        let done = self.open.write(work)?;
        let took = begun.elapsed();
        if took >= SLOW {
            log::tell(LogEvent::SlowWrite { file: self.open.kind, took });
        }
        self.wake_keeper();
        Ok(done)
    }

    pub(super) fn wake_keeper(&self) {
        if let Some(keeper) = &*self.lock_keeper() {
            keeper.wake();
        }
    }

    pub(super) fn inner(&self) -> &Open {
        &self.open
    }

    /// Runs `work` on a reading connection, on one consistent state of the file.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.open.read(work)
    }

    /// Folds the log into the file and empties it, so that nothing erased is left in it. Answers `false`
    /// where a read or a copying was under way and the log could not be emptied: it waits for nobody.
    pub(crate) fn checkpoint(&self) -> Result<bool> {
        self.open.checkpoint()
    }

    /// Folds what it can of the log into the file, beside whatever else is going on, so that it is no
    /// longer than it must be while much is written.
    pub(crate) fn fold_log(&self) -> Result<()> {
        self.open.fold_log()
    }

    /// Lets those who wait to write go first. For work of many small writes, which would otherwise take the
    /// writer again before anybody else wakes up.
    pub(crate) fn give_way(&self) {
        while self.open.waiting.load(Ordering::Relaxed) > 0 && !self.open.has_ended() {
            std::thread::yield_now();
        }
    }

    /// Ends what is running, closes every connection and zeroes the key. Not to be called from inside
    /// [`File::read`] or [`File::write`], for the end of which it waits.
    pub(crate) fn lock(&self) {
        self.open.ended.store(true, Ordering::Release);
        let keeper = self.lock_keeper().take();
        if let Some(keeper) = keeper {
            keeper.end();
        }
        self.open.close();
    }

    fn lock_keeper(&self) -> MutexGuard<'_, Option<Keeper>> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.lock();
    }
}

impl Open {
    /// [`File::write`], of which the keeper need not hear.
    pub(super) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut writer = self.lock_writer();
        let connection = writer.as_mut().filter(|_| !self.has_ended()).ok_or(Error::Locked)?;
        let done = (|| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })();
        named(self.kind, done)
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
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

    fn checkpoint(&self) -> Result<bool> {
        let writer = self.lock_writer();
        let connection = writer.as_ref().filter(|_| !self.has_ended()).ok_or(Error::Locked)?;
        let emptied = self.folding.fold(|| {
            connection::without_patience(connection, || {
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))
            })
            .map_err(|error| translate(self.kind, &error))
        });
        match emptied {
            Ok(hindered) => Ok(hindered == Some(false)),
            Err(Error::InUse) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Folds what it can of the log into the file, beside whatever else is going on.
    pub(super) fn fold_log(&self) -> Result<()> {
        let mut reader = self.borrow_reader()?;
        let connection = reader.connection()?;
        self.folding.fold(|| {
            let folded = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
            folded.map_err(|error| translate(self.kind, &error))
        })?;
        Ok(())
    }

    fn close(&self) {
        let mut readers = self.lock_readers();
        readers.key = None;
        readers.idle.clear();
        while readers.busy > 0 {
            readers = self.reader_returned.wait(readers).unwrap_or_else(PoisonError::into_inner);
        }
        drop(readers);
        // The writer goes last: the last connection to close folds the log into the file.
        self.lock_writer().take();
        self.folding.close();
    }

    /// Waits until a read has ended, or for so long.
    pub(super) fn wait_for_a_reader(&self, longest: Duration) {
        let readers = self.lock_readers();
        drop(self.reader_returned.wait_timeout(readers, longest));
    }

    pub(super) fn folding(&self) -> &Folding {
        &self.folding
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn kind(&self) -> FileKind {
        self.kind
    }

    pub(super) fn key(&self) -> Result<Key> {
        self.lock_readers().key.clone().ok_or(Error::Locked)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    fn borrow_reader(&self) -> Result<Borrowed<'_>> {
        let mut readers = self.lock_readers();
        loop {
            let key = readers.key.clone().ok_or(Error::Locked)?;
            if let Some(connection) = readers.idle.pop() {
                readers.busy += 1;
                return Ok(Borrowed { file: self, connection: Some(connection) });
            }
            if readers.busy < READERS {
                readers.busy += 1;
                drop(readers);
                // On loan before it is open, so that its place is given back also when opening fails.
                let mut borrowed = Borrowed { file: self, connection: None };
                borrowed.connection = Some(self.open_reader(&key)?);
                return Ok(borrowed);
            }
            readers = self.reader_returned.wait(readers).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn open_reader(&self, key: &Key) -> Result<Connection> {
        (|| {
            let mut connection = connection::open(&self.path, key, Purpose::Read)?;
            connection::settle(&connection, Purpose::Read)?;
            connection::end_when(&mut connection, &self.ended)?;
            Ok(connection)
        })()
        .map_err(|error| translate(self.kind, &error))
    }

    fn lock_readers(&self) -> MutexGuard<'_, Readers> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn lock_writer(&self) -> MutexGuard<'_, Option<Connection>> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        writer
    }
}

/// The file that SQLite keeps beside one, such as its log.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A reading connection on loan; it goes back when dropped, also by a panic.
struct Borrowed<'a> {
    file: &'a Open,
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
        readers.busy -= 1;
        // Once locked it is closed right here, so that `lock` returns only when all are closed.
        if let Some(connection) = self.connection.take()
            && readers.key.is_some()
        {
            readers.idle.push(connection);
        }
        drop(readers);
        self.file.reader_returned.notify_all();
    }
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "File({})", self.open.kind)
    }
}
