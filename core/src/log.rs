//! What the core tells developers of its doings, so that a report from the field can be understood: opening and locking,
//! connections, exchanges, refusals, failures. Never anybody's words, and that by type: see [`LogEvent`].
//!
//! There is one sink for the whole process, because much of what is worth telling happens before a home is open
//! (a wrong key, a migration, a backup that does not open) or deep below one. Whoever tells waits for nobody: lines are
//! put into a queue, and a thread of their own carries them to the sink. So it may be told of anything from anywhere,
//! also while something is locked, and a sink that is slow, throws or panics harms nobody.

mod event;
mod failure;
#[cfg(test)]
mod tests;
mod text;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::time;

pub use event::{
    AppCallback, DoorwayKind, LogEvent, LongCall, MissedCall, PairingStep, SourceText, TurnedAway,
};
pub use failure::Failure;

use crate::clock::Instant;
use crate::{Error, Result};

/// How many lines wait for a sink that is slow; what is told beyond that is only counted.
const QUEUE: usize = 1024;

/// The level of the least important lines that the sink wants, as a number; [`NOBODY`] while there is no sink.
static LEAST: AtomicU8 = AtomicU8::new(NOBODY);
const NOBODY: u8 = 0;

static QUEUED: RwLock<Option<Queue>> = RwLock::new(None);

/// How important a line is, the most important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, uniffi::Enum)]
#[repr(u8)]
pub enum LogLevel {
    /// Something is wrong that nobody can mend by using the app: a mistake of ours, a damaged file.
    Error = 1,
    /// Something failed or was refused; the rest goes on.
    Warning = 2,
    /// What a report from the field should hold: opening, locking, connections, exchanges, pairing, long calls.
    Info = 3,
    /// Every little step.
    Debug = 4,
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Debug => "debug",
        })
    }
}

/// One line for developers.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LogLine {
    /// When it happened, by this device's clock, UTC.
    pub at: Instant,
    /// How important it is.
    pub level: LogLevel,
    /// What happened, in one line of English. No user's words are in it.
    pub text: String,
    /// The same as data.
    pub event: LogEvent,
}

/// Where lines for developers go: logcat, os_log, a file of the app's. They hold no user's words, so they may go into a
/// report from the field; the ids of relationships in them say which lines belong together, and nothing to anybody else.
#[uniffi::export(foreign)]
pub trait LogSink: Send + Sync {
    /// One line. Called from a thread of the core's that does nothing else, one line after the other, with nothing
    /// locked: it may take its time, and may call the core.
    ///
    /// # Errors
    /// What is returned is ignored, and the next line comes all the same.
    fn on_line(&self, line: LogLine) -> Result<()>;
}

/// Gives every line from now on to `sink`, as far as it is of the level `least` or a more important one; with no sink
/// they go nowhere, as at the beginning. One sink serves the whole process, whatever homes are open: set it once, before
/// the first one opens. Returns at once; a former sink still gets what was told before.
#[uniffi::export]
pub fn set_log_sink(sink: Option<Arc<dyn LogSink>>, least: LogLevel) {
    let queue = sink.and_then(Queue::to);
    let level = if queue.is_some() { least as u8 } else { NOBODY };
    let mut queued = QUEUED.write().unwrap_or_else(PoisonError::into_inner);
    let former = std::mem::replace(&mut *queued, queue);
    LEAST.store(level, Ordering::Release);
    drop(queued);
    // Its thread ends when it has told the rest.
    drop(former);
}

/// The version of the core, such as `0.1.0`: to be put at the head of a report from the field.
#[uniffi::export]
#[must_use]
pub fn core_version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// The lines on their way to one sink.
struct Queue {
    lines: SyncSender<LogLine>,
    lost: Arc<AtomicU64>,
}

impl Queue {
    /// Begins a thread that carries lines to a sink. `None` where no thread can be had: then nothing is told.
    fn to(sink: Arc<dyn LogSink>) -> Option<Self> {
        let (lines, waiting) = sync_channel(QUEUE);
        let lost = Arc::<AtomicU64>::default();
        let counted = lost.clone();
        let thread = std::thread::Builder::new().name("common-ground-log".to_owned());
        thread.spawn(move || carry(&*sink, &waiting, &counted)).ok()?;
        Some(Self { lines, lost })
    }

    fn put(&self, line: LogLine) {
        match self.lines.try_send(line) {
            Err(TrySendError::Full(_)) => {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
            Ok(()) | Err(TrySendError::Disconnected(_)) => {}
        }
    }
}

fn carry(sink: &dyn LogSink, waiting: &Receiver<LogLine>, lost: &AtomicU64) {
    while let Ok(line) = waiting.recv() {
        give(sink, line);
        let lines = lost.swap(0, Ordering::Relaxed);
        if lines > 0 {
            give(sink, LogEvent::LinesLost { lines }.into_line());
        }
    }
}

fn give(sink: &dyn LogSink, line: LogLine) {
    let _ = catch_unwind(AssertUnwindSafe(|| sink.on_line(line)));
}

/// Tells developers of something. Without a sink it costs a look at a number; else it waits for nobody.
pub(crate) fn tell(event: LogEvent) {
    if is_wanted(event.level()) {
        put(event.into_line());
    }
}

fn is_wanted(level: LogLevel) -> bool {
    level as u8 <= LEAST.load(Ordering::Acquire)
}

fn put(line: LogLine) {
    if let Some(queue) = &*QUEUED.read().unwrap_or_else(PoisonError::into_inner) {
        queue.put(line);
    }
}

/// What a callback of the app answered; a failure is told.
///
/// # Errors
/// The callback's own.
pub(crate) fn heard<T>(callback: AppCallback, answer: Result<T>) -> Result<T> {
    answer.inspect_err(|error| tell(LogEvent::CallbackFailed { callback, why: error.into() }))
}

/// How a callback ended whose failure is ignored; it is told.
pub(crate) fn called<P>(callback: AppCallback, ended: std::result::Result<Result<()>, P>) {
    match ended {
        // It is told, and that is all there is to do.
        Ok(answer) => drop(heard(callback, answer)),
        Err(_) => tell(LogEvent::CallbackPanicked { callback }),
    }
}

/// Tells how a long call went and how long it took. That a person cancelled it is no failure.
///
/// # Errors
/// Those of the call.
pub(crate) fn timed<T>(call: LongCall, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let begun = time::Instant::now();
    let done = work();
    let took = begun.elapsed();
    tell(match done.as_ref().err() {
        None => LogEvent::Done { call, took },
        Some(Error::Cancelled) => LogEvent::Cancelled { call, took },
        Some(error) => LogEvent::Failed { call, took, why: error.into() },
    });
    done
}
