//! The other device of one relationship: calling it, being called by it, and keeping one connection.
//!
//! Both may call at once. Of two connections with the same run of the other device, the one counts that
//! the device with the lower key made; a device that came back counts with its newest. Both sides see
//! the same connections and so choose the same one.

mod connecting;
mod wishing;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc, watch};

pub(super) use self::connecting::{all_waiting, live, notice_edits};
pub(super) use self::wishing::exchange;
use super::knocking::Knocking;
use super::line::Line;
use super::network::Missed;
use super::together::Sitting;
use super::{ExchangeReport, LinkState};
use crate::Error;
use crate::exchange::{ANNOUNCED_IN_VAIN, NOBODY_ENDED_IT, Progress};
use crate::id::RelationshipId;
use crate::log::{self, LogEvent, MissedCall};
use crate::relationship::people;
use crate::shared::{Change, Shared};

/// A connection to the other device.
pub(super) struct Found {
    pub(super) line: Line,
    /// Which run of the other device it is.
    pub(super) instance: [u8; 8],
    /// Whether this device has called the other.
    pub(super) called_here: bool,
}

/// How the link stands.
pub(super) struct Standing {
    pub(super) state: LinkState,
    /// The number of the last wish for an exchange that ended level, or as level as they will. It stays
    /// when the other leaves right after.
    answered: u64,
    /// Whether all has been said on the connection that there is or was last.
    is_settled: bool,
    /// Whether the two came level at all, and whether both held the same when they last did.
    was_level: bool,
    was_in_step: bool,
    /// Why the last connection ended early, and the last wish before that.
    trouble: Option<(u64, Error)>,
}

/// The other device of one relationship.
pub(super) struct Peer {
    pub(super) relationship: RelationshipId,
    lines: mpsc::Sender<Found>,
    /// Rises with every wish for an exchange; 0 until the first.
    pub(super) wish: watch::Sender<u64>,
    pub(super) standing: watch::Sender<Standing>,
    /// Says that the other person's devices are others now.
    devices: watch::Sender<()>,
    /// What came and went since it was last asked for.
    tally: Mutex<ExchangeReport>,
    /// What came and went on the connection that there is, or was last.
    counted: Mutex<Counted>,
    /// How far the exchange that is under way has got.
    progress: Mutex<Progress>,
    /// Whether the two sit together, and what they do.
    pub(super) sitting: Sitting,
    /// Rises with every reason to call at once.
    calls_for: watch::Sender<u64>,
    /// Rises when this device has moved.
    pub(super) moves: watch::Sender<u64>,
    /// How many wait for an exchange right now.
    awaited: watch::Sender<usize>,
    /// Whether something waits to go, or an exchange was cut off before all was said.
    has_news: AtomicBool,
    /// Why the last call came to nothing, if it did.
    missed: Mutex<Option<Missed>>,
    /// What came of knocking at the other's enrol door.
    knocking: Mutex<Knocking>,
    /// Told of whatever changes here.
    stirred: Arc<Notify>,
}

/// What came and went, in numbers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counted {
    pub(super) received: u64,
    pub(super) sent: u64,
    pub(super) bytes_received: u64,
    pub(super) bytes_sent: u64,
}

impl Counted {
    fn of(report: &ExchangeReport) -> Self {
        let (received, sent) = (report.received.into(), report.sent.into());
        Self { received, sent, bytes_received: report.bytes_received, bytes_sent: report.bytes_sent }
    }

    /// Adds what came between two counts.
    fn add(&mut self, now: Self, before: Self) {
        self.received += now.received.saturating_sub(before.received);
        self.sent += now.sent.saturating_sub(before.sent);
        self.bytes_received += now.bytes_received.saturating_sub(before.bytes_received);
        self.bytes_sent += now.bytes_sent.saturating_sub(before.bytes_sent);
    }
}

/// Somebody waits for an exchange, until this is dropped.
struct Waiting<'a>(&'a Peer);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.awaited.send_modify(|awaited| *awaited -= 1);
    }
}

impl Peer {
    pub(super) fn new(relationship: RelationshipId, stirred: Arc<Notify>) -> (Self, mpsc::Receiver<Found>) {
        let (lines, receiver) = mpsc::channel(4);
        let standing = Standing {
            state: LinkState::Apart,
            answered: 0,
            is_settled: false,
            was_level: false,
            was_in_step: false,
            trouble: None,
        };
        let peer = Self {
            relationship,
            lines,
            wish: watch::Sender::new(0),
            standing: watch::Sender::new(standing),
            devices: watch::Sender::new(()),
            tally: Mutex::default(),
            counted: Mutex::default(),
            progress: Mutex::default(),
            sitting: Sitting::default(),
            calls_for: watch::Sender::new(0),
            moves: watch::Sender::new(0),
            awaited: watch::Sender::new(0),
            has_news: AtomicBool::new(false),
            missed: Mutex::default(),
            knocking: Mutex::default(),
            stirred,
        };
        (peer, receiver)
    }

    /// The other device has called.
    pub(super) async fn arrived(&self, found: Found) {
        // It fails only when this device goes offline; the line then closes by being dropped.
        let _ = self.lines.send(found).await;
    }

    /// The other person's devices are others now: a connection with one that is not among them any more ends.
    pub(super) fn look_again(&self) {
        self.devices.send_replace(());
    }

    /// Wishes for an exchange, and returns the wish's number.
    fn wishes(&self) -> u64 {
        let mut wished = 0;
        self.wish.send_modify(|wish| {
            *wish += 1;
            wished = *wish;
        });
        self.call_now();
        wished
    }

    /// There is a new reason to call, or a new hope: pauses begin anew.
    pub(super) fn call_now(&self) {
        self.calls_for.send_modify(|reasons| *reasons += 1);
        self.stirred.notify_one();
    }

    /// Something waits to go, and nobody is connected to take it.
    pub(super) fn has_news(&self) {
        if self.state() == LinkState::Apart {
            self.has_news.store(true, Ordering::Relaxed);
            self.call_now();
        }
    }

    /// This device has moved: what could not be reached may be reached now, and the other is told where this is.
    pub(super) fn moved(&self) {
        self.moves.send_modify(|moves| *moves += 1);
        self.call_now();
    }

    /// Whether there is anything to call for. Nothing polls while nothing is to do.
    pub(super) fn has_reason_to_call(&self, is_resting: bool) -> bool {
        let is_wished = *self.wish.borrow() > self.standing.borrow().answered;
        self.is_awaited() && is_wished || !is_resting && self.has_news.load(Ordering::Relaxed)
    }

    /// Whether nobody waits for an exchange.
    pub(super) fn can_rest(&self) -> bool {
        !self.is_awaited()
    }

    /// Returns once nobody waits for an exchange.
    pub(super) async fn rests(&self) {
        // It cannot fail while `self` holds the sender.
        let _ = self.awaited.subscribe().wait_for(|awaited| *awaited == 0).await;
    }

    /// What came of knocking at the other's enrol door.
    pub(super) fn knocking(&self) -> MutexGuard<'_, Knocking> {
        self.knocking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_awaited(&self) -> bool {
        *self.awaited.borrow() > 0
    }

    fn wait_here(&self) -> Waiting<'_> {
        self.awaited.send_modify(|awaited| *awaited += 1);
        Waiting(self)
    }

    /// A call came to nothing.
    fn note_missed(&self, missed: Option<Missed>) {
        if let Some(missed) = missed {
            let why = match missed {
                Missed::NoWay => MissedCall::NoWay,
                Missed::Away => MissedCall::Away,
                Missed::DoorClosed => MissedCall::DoorClosed,
            };
            log::tell(LogEvent::CallMissed { relationship: self.relationship, why });
        }
        *self.missed.lock().unwrap_or_else(PoisonError::into_inner) = missed;
    }

    /// Why the last call came to nothing, if it did.
    pub(super) fn missed(&self) -> Option<Missed> {
        *self.missed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the link stands.
    pub(super) fn state(&self) -> LinkState {
        self.standing.borrow().state
    }

    /// Counts what came or went.
    pub(super) fn count(&self, counting: impl FnOnce(&mut ExchangeReport)) {
        let mut tally = self.tally();
        let before = Counted::of(&tally);
        counting(&mut tally);
        let now = Counted::of(&tally);
        drop(tally);
        self.on_this_line().add(now, before);
    }

    /// Counts what comes and goes on one connection anew.
    pub(super) fn count_anew(&self) {
        *self.on_this_line() = Counted::default();
    }

    /// What came and went since.
    pub(super) fn counted(&self) -> Counted {
        *self.on_this_line()
    }

    fn on_this_line(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how far the exchange has got.
    pub(super) fn gets_on(&self, progress: Progress) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    }

    /// How far the exchange that is under way has got.
    pub(super) fn progress(&self) -> Progress {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tally(&self) -> MutexGuard<'_, ExchangeReport> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What came and went since this was last asked.
    fn take_report(&self, in_step: bool) -> ExchangeReport {
        ExchangeReport { in_step, ..std::mem::take(&mut *self.tally()) }
    }

    /// Says how the link stands; who listens is told when its state is another one. `answers` is the
    /// number of a wish that has ended level.
    pub(super) fn stand(&self, shared: &Shared, state: LinkState, answers: Option<u64>) {
        let mut former = state;
        self.standing.send_modify(|standing| {
            former = std::mem::replace(&mut standing.state, state);
            standing.is_settled = answers.is_some() || standing.is_settled && state == LinkState::Apart;
            if let Some(wish) = answers {
                standing.answered = standing.answered.max(wish);
                standing.was_level = true;
                standing.was_in_step = state == LinkState::InStep;
                standing.trouble = None;
                self.has_news.store(false, Ordering::Relaxed);
            }
        });
        if former != state {
            self.stirred.notify_one();
            log::tell(LogEvent::Link { relationship: self.relationship, state });
            shared.tell(&Change::Link { relationship: self.relationship, state });
        }
    }

    /// Why the last connection ended early, if it did.
    pub(super) fn trouble(&self) -> Option<Error> {
        self.standing.borrow().trouble.as_ref().map(|(_, error)| error.clone())
    }

    /// Whether the other has not confirmed all that was written here.
    fn has_waiting(&self, shared: &Shared) -> bool {
        shared
            .file
            .read(|file| people::relationship(file, self.relationship))
            .is_ok_and(|found| found.waiting_to_go > 0)
    }

    /// Says that the connection is gone, and why if something went wrong.
    pub(super) fn part(&self, shared: &Shared, trouble: Option<Error>) {
        let wish = *self.wish.borrow();
        let (is_settled, was_in_step) = {
            let before = self.standing.borrow();
            (before.is_settled, before.was_in_step)
        };
        // One at odds with this device is not called again until there is a wish; and not even for what waits where the
        // two have found that to say it brings neither further.
        if trouble.as_ref().is_some_and(is_in_vain) {
            self.has_news.store(false, Ordering::Relaxed);
        } else if trouble.is_none() && (!is_settled || was_in_step && self.has_waiting(shared)) {
            self.has_news.store(true, Ordering::Relaxed);
        }
        self.standing.send_modify(|standing| standing.trouble = trouble.map(|error| (wish, error)));
        self.stand(shared, LinkState::Apart, None);
    }
}

/// Whether it is over, and the two do not come level about what was announced.
fn is_in_vain(trouble: &Error) -> bool {
    matches!(trouble, Error::Exchange { problem } if problem == NOBODY_ENDED_IT || problem == ANNOUNCED_IN_VAIN)
}
