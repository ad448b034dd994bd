//! Looks after a file between writes: what can wait is done here, so that nobody who saves waits for it.
//!
//! Two things would otherwise make one save in a few take ten times as long: folding the log into the
//! file, and drawing together the pieces of the search index that single saves leave. Neither is needed
//! for what was saved to be safe, and both can be cut off at any time.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::file::Open;
use crate::Result;

/// After how many writes the log is folded in: about 1,000 pages, as SQLite does by itself.
const WRITES: u32 = 32;

/// How long nobody must have written before upkeep begins, so that it is in nobody's way.
const QUIET: Duration = Duration::from_millis(100);

/// A thread that is awake only after writes.
pub(super) struct Keeper {
    wake: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Keeper {
    /// Begins to look after a file. `None` where no thread can be had: then all is merely slower.
    pub(super) fn start(file: &Arc<Open>, upkeep: Option<&'static str>) -> Option<Self> {
        let (wake, woken) = sync_channel(1);
        let file = file.clone();
        let thread = std::thread::Builder::new().name("common-ground keeper".to_owned());
        let thread = thread.spawn(move || keep(&file, upkeep, &woken)).ok()?;
        Some(Self { wake, thread })
    }

    /// Says that something was written.
    pub(super) fn wake(&self) {
        // When it has not woken from the last call yet, it will see this write as well.
        let _ = self.wake.try_send(());
    }

    /// Ends it, once the file has ended.
    pub(super) fn end(self) {
        drop(self.wake);
        // A panic there has been told already, and nothing depends on its work.
        let _ = self.thread.join();
    }
}

fn keep(file: &Open, upkeep: Option<&'static str>, woken: &Receiver<()>) {
    let mut writes = 0;
    while woken.recv().is_ok() {
        let mut more = true;
        while more {
            writes += 1;
            // An error is the next write's to tell: this was only for its sake.
            if writes >= WRITES && file.fold_log().is_ok() {
                writes = 0;
            }
            more = match (woken.recv_timeout(QUIET), upkeep) {
                (Err(RecvTimeoutError::Timeout), Some(upkeep)) => quietly(file, upkeep, woken, &mut writes),
                (Ok(()), _) => true,
                (Err(_), _) => false,
            };
        }
    }
}

/// Does what there is to do, step by step, and stops where somebody writes. Answers whether somebody did.
fn quietly(file: &Open, upkeep: &str, woken: &Receiver<()>, writes: &mut u32) -> bool {
    while matches!(step(file, upkeep), Ok(true)) {
        *writes += 1;
        if woken.try_recv().is_ok() {
            return true;
        }
    }
    false
}

/// One step of upkeep, short enough for a save to wait for it. Answers whether there is more to do.
fn step(file: &Open, upkeep: &str) -> Result<bool> {
    file.write(|transaction| {
        let before = transaction.total_changes();
        transaction.prepare_cached(upkeep)?.execute([])?;
        // FTS5 counts its own attempt as one change.
        Ok(transaction.total_changes() - before > 1)
    })
}
