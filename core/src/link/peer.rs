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
use super::line::Line;
use super::network::{Network, devices_of, must_exist, off};
use super::{ExchangeReport, LinkState};
use crate::id::RelationshipId;
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
#[derive(Clone)]
pub(super) struct Standing {
    pub(super) state: LinkState,
    /// Whether nothing is under way.
    pub(super) is_settled: bool,
    /// The number of the last wish for an exchange that this takes into account.
    pub(super) answers: u64,
    /// Why the last connection ended early, if it did.
    pub(super) trouble: Option<Error>,
}

/// The other device of one relationship.
pub(super) struct Peer {
    pub(super) relationship: RelationshipId,
    lines: mpsc::Sender<Found>,
    /// Rises with every wish for an exchange; 0 until the first.
    pub(super) wish: watch::Sender<u64>,
    pub(super) standing: watch::Sender<Standing>,
    /// What came and went since it was last asked for.
    tally: Mutex<ExchangeReport>,
}

impl Peer {
    pub(super) fn new(relationship: RelationshipId) -> (Self, mpsc::Receiver<Found>) {
        let (lines, receiver) = mpsc::channel(4);
        let standing = Standing { state: LinkState::Apart, is_settled: false, answers: 0, trouble: None };
        let peer = Self {
            relationship,
            lines,
            wish: watch::Sender::new(0),
            standing: watch::Sender::new(standing),
            tally: Mutex::default(),
        };
        (peer, receiver)
    }

    /// The other device has called.
    pub(super) async fn arrived(&self, found: Found) {
        // It fails only when this device goes offline; the line then closes by being dropped.
        let _ = self.lines.send(found).await;
    }

    /// How the link stands.
    pub(super) fn state(&self) -> LinkState {
        self.standing.borrow().state
    }

    /// Counts what came or went.
    pub(super) fn count(&self, counting: impl FnOnce(&mut ExchangeReport)) {
        counting(&mut self.tally());
    }

    fn tally(&self) -> MutexGuard<'_, ExchangeReport> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What came and went since this was last asked.
    fn take_report(&self) -> ExchangeReport {
        let in_step = self.state() == LinkState::InStep;
        ExchangeReport { in_step, ..std::mem::take(&mut *self.tally()) }
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
    let mut standing = peer.standing.subscribe();
    let mut wished = 0;
    peer.wish.send_modify(|wish| {
        *wish += 1;
        wished = *wish;
    });
    let is_over = |now: &Standing| now.answers >= wished && (now.is_settled || now.trouble.is_some());
    loop {
        let waiting = async {
            tokio::select! {
                () = network.went_offline() => Err(Error::Closed),
                over = standing.wait_for(is_over) => over.map(|now| now.clone()).map_err(|_| Error::Closed),
            }
        };
        // Patience is for the other to appear. Once there, it is the exchange that watches for silence.
        match timeout_at(deadline, waiting).await {
            Ok(Ok(Standing { trouble: Some(trouble), is_settled: false, .. })) => return Err(trouble),
            Ok(Ok(_)) => return Ok(peer.take_report()),
            Ok(Err(error)) => return Err(error),
            Err(_) if peer.state() == LinkState::Apart => return Err(Error::Unreachable),
            Err(_) => {
                let changed = async {
                    tokio::select! {
                        () = network.went_offline() => {}
                        _ = standing.wait_for(|now| is_over(now) || now.state == LinkState::Apart) => {}
                    }
                };
                changed.await;
            }
        }
    }
}

/// Keeps at most one connection to the other device, for as long as this one is online.
pub(super) async fn live(network: Arc<Network>, peer: Arc<Peer>, mut lines: mpsc::Receiver<Found>) {
    let mut found = None;
    let mut pause = Duration::ZERO;
    loop {
        let current = match found.take() {
            Some(current) => current,
            None => tokio::select! {
                () = network.went_offline() => return,
                Some(arrived) = lines.recv() => arrived,
                called = call(&network, &peer, pause) => match network.open_line(called).await {
                    Some(answered) => answered,
                    None => {
                        pause = longer(pause);
                        continue;
                    }
                },
            },
        };
        let Found { line, instance, called_here } = current;
        let mut carried = pin!(carry(&network, &peer, line));
        let better = loop {
            tokio::select! {
                settled = &mut carried => {
                    // One that ends again and again before it comes to anything is called less often.
                    pause = if settled { Duration::ZERO } else { longer(pause) };
                    break None;
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
