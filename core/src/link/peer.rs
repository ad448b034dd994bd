//! The other device of one relationship: calling it, being called by it, and keeping one connection.
//!
//! Both may call at once. Of two connections with the same run of the other device, the one counts that
//! the device with the lower key made; a device that came back counts with its newest. Both sides see
//! the same connections and so choose the same one.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use iroh::endpoint::Connection;
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout_at};

use super::carry::carry;
use super::enrol;
use super::line::Line;
use super::network::{Network, devices_of, must_exist, off};
use super::together::Sitting;
use super::{ExchangeReport, LinkState};
use crate::exchange::Progress;
use crate::id::RelationshipId;
use crate::relationship::key::PublicKey;
use crate::relationship::people;
use crate::shared::{Change, Shared};
use crate::{Error, Result};

/// How long to wait before calling again: at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

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
    /// How far the exchange that is under way has got.
    progress: Mutex<Progress>,
    /// Whether the two sit together, and what they do.
    pub(super) sitting: Sitting,
}

impl Peer {
    pub(super) fn new(relationship: RelationshipId) -> (Self, mpsc::Receiver<Found>) {
        let (lines, receiver) = mpsc::channel(4);
        let standing = Standing {
            state: LinkState::Apart,
            answered: 0,
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
            progress: Mutex::default(),
            sitting: Sitting::default(),
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
        wished
    }

    /// How the link stands.
    pub(super) fn state(&self) -> LinkState {
        self.standing.borrow().state
    }

    /// Counts what came or went.
    pub(super) fn count(&self, counting: impl FnOnce(&mut ExchangeReport)) {
        counting(&mut self.tally());
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
            if let Some(wish) = answers {
                standing.answered = standing.answered.max(wish);
                standing.was_level = true;
                standing.was_in_step = state == LinkState::InStep;
                standing.trouble = None;
            }
        });
        if former != state {
            shared.tell(&Change::Link { relationship: self.relationship, state });
        }
    }

    /// Says that the connection is gone, and why if something went wrong.
    pub(super) fn part(&self, shared: &Shared, trouble: Option<Error>) {
        let wish = *self.wish.borrow();
        self.standing.send_modify(|standing| standing.trouble = trouble.map(|error| (wish, error)));
        self.stand(shared, LinkState::Apart, None);
    }
}

/// Wishes for an exchange, and waits until both are level.
pub(super) async fn exchange(
    network: Arc<Network>,
    relationship: RelationshipId,
    patience: Duration,
) -> Result<ExchangeReport> {
    let deadline = tokio::time::Instant::now() + patience;
    let shared = Arc::clone(&network.shared);
    off(move || must_exist(&shared, relationship)).await?;
    let peer = network.peer(relationship);
    let in_step = tokio::select! {
        () = network.went_offline() => return Err(Error::Closed),
        level = level(&network, &peer, deadline) => level?,
    };
    Ok(peer.take_report(in_step))
}

/// Waits until both are level; answers whether both hold the same then.
async fn level(network: &Network, peer: &Peer, deadline: tokio::time::Instant) -> Result<bool> {
    let mut standing = peer.standing.subscribe();
    let wished = peer.wishes();
    let is_over = |now: &Standing| {
        now.answered >= wished || now.trouble.as_ref().is_some_and(|(wish, _)| *wish >= wished)
    };
    // The other may have called, come level and left before this was asked for the first time.
    let mut may_have_been = wished == 1;
    loop {
        // Patience is for the other to appear. Once there, it is the exchange that watches for silence.
        let wanted = |now: &Standing| {
            is_over(now) || now.state != LinkState::Apart || (may_have_been && now.was_level)
        };
        let waited = timeout_at(deadline, standing.wait_for(wanted)).await;
        let is_apart =
            waited.map_err(|_| Error::Unreachable)?.map_err(|_| Error::Closed)?.state == LinkState::Apart;
        if is_apart && may_have_been && !is_over(&standing.borrow()) {
            may_have_been = false;
            if nothing_waits(network, peer).await? {
                return Ok(standing.borrow().was_in_step);
            }
            continue;
        }
        let ended = |now: &Standing| is_over(now) || now.state == LinkState::Apart;
        let now = standing.wait_for(ended).await.map_err(|_| Error::Closed)?;
        if is_over(&now) {
            return match &now.trouble {
                Some((_, error)) if now.answered < wished => Err(error.clone()),
                _ => Ok(now.was_in_step),
            };
        }
    }
}

/// Whether the other has confirmed all that was written here.
async fn nothing_waits(network: &Network, peer: &Peer) -> Result<bool> {
    let (shared, relationship) = (Arc::clone(&network.shared), peer.relationship);
    off(move || Ok(shared.file.read(|file| people::relationship(file, relationship))?.waiting_to_go == 0))
        .await
}

/// Keeps at most one connection to the other device, for as long as this one is online.
pub(super) async fn live(network: Arc<Network>, peer: Arc<Peer>, mut lines: mpsc::Receiver<Found>) {
    let mut found = None;
    let mut pause = Duration::ZERO;
    let mut devices = peer.devices.subscribe();
    loop {
        let current = match found.take() {
            Some(current) => current,
            None => tokio::select! {
                () = network.went_offline() => return,
                Some(arrived) = lines.recv() => arrived,
                called = call(&network, &peer, pause) => match network.open_line(called.clone()).await {
                    Some(answered) => answered,
                    None => {
                        let device = *called.remote_id().as_bytes();
                        let is_known =
                            enrol::was_refused(&called) && enrol::introduce(&network, &peer, device).await;
                        pause = if is_known { Duration::ZERO } else { longer(pause) };
                        continue;
                    }
                },
            },
        };
        let Found { line, instance, called_here } = current;
        let device = line.device();
        let mut carried = pin!(carry(&network, &peer, line));
        let better = loop {
            tokio::select! {
                settled = &mut carried => {
                    // One that ends again and again before it comes to anything is called less often.
                    pause = if settled { Duration::ZERO } else { longer(pause) };
                    break None;
                }
                Ok(()) = devices.changed() => {
                    if !is_certified(&network, &peer, device).await {
                        part(&network, &peer).await;
                        break None;
                    }
                }
                Some(other) = lines.recv() => {
                    if is_better(&network, &other, instance, called_here) {
                        break Some(other);
                    }
                    other.line.close();
                }
            }
        };
        found = better;
    }
}

/// Says that the connection is gone.
async fn part(network: &Network, peer: &Arc<Peer>) {
    let (peer, shared) = (Arc::clone(peer), Arc::clone(&network.shared));
    // It only tells, so it cannot fail.
    let _ = off(move || {
        peer.part(&shared, None);
        Ok(())
    })
    .await;
}

/// Whether a device is still one of the other person's.
async fn is_certified(network: &Network, peer: &Peer, device: PublicKey) -> bool {
    let (shared, relationship) = (Arc::clone(&network.shared), peer.relationship);
    let devices = off(move || devices_of(&shared, relationship)).await;
    devices.is_ok_and(|devices| devices.contains(&device))
}

/// Whether a second connection takes the place of the one there is.
fn is_better(network: &Network, other: &Found, instance: [u8; 8], called_here: bool) -> bool {
    let is_lower = network.device < other.line.device();
    let (of_lower, current_of_lower) = (other.called_here == is_lower, called_here == is_lower);
    other.instance != instance || of_lower || !current_of_lower
}

/// Calls the other device until it answers, once an exchange was wished for.
async fn call(network: &Network, peer: &Peer, mut pause: Duration) -> Connection {
    let mut wish = peer.wish.subscribe();
    // It cannot fail while `peer` holds the sender.
    let _ = wish.wait_for(|wish| *wish > 0).await;
    wish.mark_unchanged();
    loop {
        tokio::select! {
            () = sleep(pause) => {}
            _ = wish.changed() => pause = Duration::ZERO,
        }
        let (shared, relationship) = (Arc::clone(&network.shared), peer.relationship);
        for device in off(move || devices_of(&shared, relationship)).await.unwrap_or_default() {
            if let Ok(connection) = network.call(device).await {
                return connection;
            }
        }
        pause = longer(pause);
    }
}

fn longer(pause: Duration) -> Duration {
    (2 * pause).clamp(FIRST_PAUSE, LONGEST_PAUSE)
}
