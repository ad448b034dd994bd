//! Letting a file hold still while its bytes are copied, without a second copy and without anybody
//! having to stop writing.
//!
//! In WAL mode only folding the log in touches the file itself. So the log is folded in once, folding
//! is put off, and from then on the file stays as it was at that moment: whoever writes goes on in the
//! log, and whoever reads sees both.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::connection::AUTOCHECKPOINT;
use super::error::translate;
use super::file::Open;
use super::{File, Key};
use crate::{Error, Result};

/// How long writers are kept waiting at first, for reads that began before the last write to end. Reads
/// that begin meanwhile are in nobody's way, so that twice as long each time is long enough some time.
const HOLD: Duration = Duration::from_millis(20);

/// How long writers then have for themselves.
const BREATH: Duration = Duration::from_millis(40);

/// Whether the log may be folded into the file, and the file as the copying sees it.
#[derive(Default)]
pub(super) struct Folding {
    put_off: Mutex<bool>,
    /// Opened by the first copying, and closed only after all connections: to close any handle of a file
    /// takes away every lock that the process has on it, on systems with POSIX locks.
    bytes: Mutex<Option<std::fs::File>>,
}

impl Folding {
    /// Runs `fold` unless folding is put off; nothing is put off while it runs.
    pub(super) fn fold<T>(&self, fold: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
        let put_off = self.put_off();
        if *put_off { Ok(None) } else { fold().map(Some) }
    }

    /// Closes the file as the copying sees it. Call it when every connection is closed.
    pub(super) fn close(&self) {
        self.bytes().take();
    }

    fn put_off(&self) -> MutexGuard<'_, bool> {
        self.put_off.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes(&self) -> MutexGuard<'_, Option<std::fs::File>> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open_bytes(&self, path: &Path) -> Result<u64> {
        let mut bytes = self.bytes();
        let file = match bytes.take() {
            Some(file) => file,
            None => std::fs::File::open(path)?,
        };
        Ok(bytes.insert(file).metadata()?.len())
    }
}

/// A file that holds still: reading from it gives its bytes, all that was committed when it began. Until
/// it is dropped, the log only grows.
pub(crate) struct Still<'a> {
    file: &'a File,
    key: Key,
    length: u64,
    position: u64,
}

impl File {
    /// Lets the file hold still from now on. Reads that began before the last write must end first;
    /// `go_on` is asked now and then meanwhile, and its error ends the waiting.
    ///
    /// # Errors
    /// [`Error::InUse`] when it holds still already, [`Error::Locked`], and what `go_on` says.
    pub(crate) fn hold_still(&self, go_on: &mut dyn FnMut() -> Result<()>) -> Result<Still<'_>> {
        let open = self.inner();
        let key = open.key()?;
        let mut hold = HOLD;
        while !open.put_folding_off(hold)? {
            go_on()?;
            open.wait_for_a_reader(BREATH);
            hold = hold.saturating_mul(2);
        }
        // From here on dropping it lets folding go on.
        let mut still = Still { file: self, key, length: 0, position: 0 };
        still.length = open.folding().open_bytes(open.path())?;
        Ok(still)
    }
}

impl Open {
    /// Folds the whole log in and puts further folding off. Answers `false` where a read that is under
    /// way still needs the file as it was.
    fn put_folding_off(&self, hold: Duration) -> Result<bool> {
        let begun = Instant::now();
        let writer = self.lock_writer();
        let connection = writer.as_ref().filter(|_| !self.has_ended()).ok_or(Error::Locked)?;
        let mut put_off = self.folding().put_off();
        if *put_off {
            return Err(Error::InUse);
        }
        loop {
            if self.has_ended() {
                return Err(Error::Locked);
            }
            if fold_all(connection).map_err(|error| translate(self.kind(), &error))? {
                connection
                    .execute_batch("PRAGMA wal_autocheckpoint = 0;")
                    .map_err(|error| translate(self.kind(), &error))?;
                *put_off = true;
                return Ok(true);
            }
            let left = hold.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Ok(false);
            }
            self.wait_for_a_reader(left);
        }
    }

    fn let_folding_go_on(&self) {
        let writer = self.lock_writer();
        if let Some(connection) = writer.as_ref() {
            // Should this fail, the keeper folds the log in all the same.
            let _ = connection.execute_batch(&format!("PRAGMA wal_autocheckpoint = {AUTOCHECKPOINT};"));
        }
        *self.folding().put_off() = false;
    }
}

/// Folds in what can be; `true` when that was all.
fn fold_all(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        let (busy, in_log, folded): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(busy == 0 && in_log == folded)
    })
}

impl Still<'_> {
    /// How many bytes the file has.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// The key of the file.
    pub(crate) fn key(&self) -> &Key {
        &self.key
    }
}

impl Read for Still<'_> {
    /// The next bytes.
    ///
    /// # Errors
    /// Also [`Error::Locked`], in the guise of an I/O error, when the file was locked meanwhile: closing it
    /// folds the log in, and what was read then is worth nothing.
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.length - self.position).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let Some(buffer) = buffer.get_mut(..wanted).filter(|buffer| !buffer.is_empty()) else { return Ok(0) };
        let open = self.file.inner();
        let mut bytes = open.folding().bytes();
        let file = bytes.as_mut().filter(|_| !open.has_ended());
        let file = file.ok_or_else(|| std::io::Error::other(Error::Locked))?;
        file.seek(SeekFrom::Start(self.position))?;
        let count = file.read(buffer)?;
        if open.has_ended() {
            return Err(std::io::Error::other(Error::Locked));
        }
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.position += count as u64;
        Ok(count)
    }
}

impl Drop for Still<'_> {
    fn drop(&mut self) {
        self.file.inner().let_folding_go_on();
        self.file.wake_keeper();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

    use super::super::{KeyChecks, Migrations, scratch};
    use super::*;

    const ONE: Migrations =
        Migrations::of_test(&["CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT) STRICT;"]);

    fn key() -> Key {
        Key::from_vault(vec![1; 32]).expect("a key")
    }

    fn make(folder: &Path) -> File {
        File::create(&folder.join("private.db"), key(), ONE, &KeyChecks::in_folder(folder)).expect("a file")
    }

    fn note(file: &File, words: &str) {
        let written = file.write(|transaction| {
            transaction.execute("INSERT INTO note (words) VALUES (?1)", [words])?;
            Ok(())
        });
        written.expect("a note");
    }

    /// Opens a copy as another program would: it must be whole, and this many notes must be in it.
    fn count_in(copy: &[u8]) -> i64 {
        let folder = scratch();
        let path = folder.path().join("copy.db");
        std::fs::write(&path, copy).expect("a copy");
        let connection = Connection::open(&path).expect("the copy");
        key().apply(&connection).expect("the key");
        let whole: String =
            connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
        assert_eq!(whole, "ok");
        let damaged = connection.prepare("PRAGMA cipher_integrity_check").unwrap().exists([]).unwrap();
        assert!(!damaged, "a page is not authentic");
        connection.query_row("SELECT count(*) FROM note", [], |row| row.get(0)).expect("a count")
    }

    fn copy(file: &File) -> Vec<u8> {
        let mut copy = Vec::new();
        let mut still = file.hold_still(&mut || Ok(())).expect("held");
        still.read_to_end(&mut copy).expect("read");
        copy
    }

    #[test]
    fn a_copy_holds_all_that_was_saved_before_and_nothing_half_while_others_write_and_read() {
        let folder = scratch();
        let file = make(folder.path());
        let (stop, saved) = (AtomicBool::new(false), AtomicI64::new(0));
        std::thread::scope(|scope| {
            for writer in 0..2 {
                let (file, stop, saved) = (&file, &stop, &saved);
                scope.spawn(move || {
                    while !stop.load(Ordering::SeqCst) && saved.load(Ordering::SeqCst) < 400 {
                        // Long enough to make the log long, so that it wants to be folded in.
                        note(file, &format!("writer {writer} ").repeat(3_000));
                        saved.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
            for _ in 0..3 {
                let (file, stop) = (&file, &stop);
                scope.spawn(move || {
                    while !stop.load(Ordering::SeqCst) {
                        let read = file.read(|connection| {
                            Ok(connection.query_row("SELECT sum(length(words)) FROM note", [], |row| {
                                row.get::<_, Option<i64>>(0)
                            })?)
                        });
                        read.expect("a read");
                    }
                });
            }
            for _ in 0..8 {
                let before = saved.load(Ordering::SeqCst);
                let copy = copy(&file);
                assert!(count_in(&copy) >= before, "something saved before is missing");
            }
            stop.store(true, Ordering::SeqCst);
        });
        assert_eq!(count_in(&copy(&file)), saved.load(Ordering::SeqCst));
    }

    #[test]
    fn the_file_does_not_change_by_a_byte_while_it_holds_still() {
        let folder = scratch();
        let file = make(folder.path());
        note(&file, "before");
        let still = file.hold_still(&mut || Ok(())).expect("held");
        let path = folder.path().join("private.db");
        let before = std::fs::read(&path).expect("bytes");
        for _ in 0..200 {
            note(&file, &"a long note ".repeat(2_000));
        }
        assert_eq!(file.checkpoint(), Ok(false), "what wants the log empty is told to wait");
        assert!(std::fs::read(&path).expect("bytes") == before);
        assert_eq!(file.hold_still(&mut || Ok(())).err(), Some(Error::InUse), "one at a time");
        drop(still);
        assert_eq!(file.checkpoint(), Ok(true));
        assert_ne!(std::fs::metadata(&path).expect("a file").len(), before.len() as u64);
    }

    #[test]
    fn a_read_that_began_earlier_is_waited_for_and_the_waiting_can_be_ended() {
        let folder = scratch();
        let file = Arc::new(make(folder.path()));
        note(&file, "one");
        let (begun, wait_begun) = std::sync::mpsc::channel();
        let (end, wait_end) = std::sync::mpsc::channel::<()>();
        let reading = {
            let file = file.clone();
            std::thread::spawn(move || {
                file.read(|connection| {
                    connection.query_row("SELECT count(*) FROM note", [], |row| row.get::<_, i64>(0))?;
                    begun.send(()).expect("told");
                    wait_end.recv().expect("told");
                    Ok(())
                })
            })
        };
        wait_begun.recv().expect("begun");
        note(&file, "two");
        let mut asked = 0;
        let given_up = file.hold_still(&mut || {
            asked += 1;
            if asked == 3 { Err(Error::Cancelled) } else { Ok(()) }
        });
        assert_eq!(given_up.err(), Some(Error::Cancelled));
        let mut end = Some(end);
        let still = file.hold_still(&mut || {
            // Ended only after somebody had to wait for it.
            if let Some(end) = end.take() {
                end.send(()).expect("told");
            }
            Ok(())
        });
        drop(still.expect("held"));
        reading.join().expect("a thread").expect("a read");
    }

    #[test]
    fn locking_ends_the_copying() {
        let folder = scratch();
        let file = make(folder.path());
        note(&file, &"words ".repeat(5_000));
        let mut still = file.hold_still(&mut || Ok(())).expect("held");
        let mut buffer = [0; 4096];
        still.read_exact(&mut buffer).expect("bytes");
        file.lock();
        let error = still.read_exact(&mut buffer).expect_err("locked");
        assert_eq!(error.downcast::<Error>().expect("ours"), Error::Locked);
    }
}
