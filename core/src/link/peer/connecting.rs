//! Keeping at most one connection to the other device: calling it, and choosing between two.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use iroh::endpoint::Connection;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{Found, Peer};
use crate::id::RelationshipId;
use crate::link::calling::Pauses;
use crate::link::carry::carry;
use crate::link::enrol;
use crate::link::network::{Network, off};
use crate::link::preface::{Admission, admission, to_call};
use crate::log::{self, LogEvent};
use crate::relationship::key::PublicKey;
use crate::relationship::people;

/// How long to wait where there is nothing to wait for.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How long to wait before calling again for a relationship that is over.
const RARELY: Duration = Duration::from_secs(6 * 60 * 60);

/// Keeps at most one connection to the other device, for as long as this one is online.
pub(in crate::link) async fn live(network: Arc<Network>, peer: Arc<Peer>, mut lines: mpsc::Receiver<Found>) {
    let mut found = None;
    let mut pauses = Pauses::default();
    let mut devices = peer.devices.subscribe();
    loop {
        let current = match found.take() {
            Some(current) => current,
            None => tokio::select! {
                () = network.went_offline() => return,
                Some(arrived) = lines.recv() => arrived,
                called = call(&network, &peer, &mut pauses) => match network.open_line(called.clone(), peer.relationship).await {
                    Ok(answered) => answered,
                    Err(missed) => {
                        peer.note_missed(Some(missed));
                        let device = *called.remote_id().as_bytes();
                        if enrol::was_refused(&called) && enrol::introduce(&network, &peer, device).await {
                            pauses.reset();
                        }
                        continue;
                    }
                },
            },
        };
        peer.note_missed(None);
        let Found { line, instance, called_here } = current;
        let (relationship, directly) = (peer.relationship, line.address().is_some());
        log::tell(LogEvent::Connected { relationship, called_here, directly });
        let device = line.device();
        let mut carried = pin!(carry(&network, &peer, line));
        let better = loop {
            tokio::select! {
                settled = &mut carried => {
                    // One that ends again and again before it comes to anything is called less often.
                    if settled {
                        pauses.reset();
                    }
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
        if network.is_resting() {
            network.unsettled.notify_one();
        }
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

/// Whether a device is still one that is let in for this relationship.
async fn is_certified(network: &Network, peer: &Peer, device: PublicKey) -> bool {
    let (shared, relationship) = (Arc::clone(&network.shared), peer.relationship);
    let known = off(move || shared.file.read(|file| admission(file, &device, relationship))).await;
    known == Ok(Admission::Welcome)
}

/// Whether a second connection takes the place of the one there is.
fn is_better(network: &Network, other: &Found, instance: [u8; 8], called_here: bool) -> bool {
    let is_lower = network.device < other.line.device();
    let (of_lower, current_of_lower) = (other.called_here == is_lower, called_here == is_lower);
    other.instance != instance || of_lower || !current_of_lower
}

/// Calls the other device until it answers, while there is something to call for.
async fn call(network: &Network, peer: &Peer, pauses: &mut Pauses) -> Connection {
    let mut calls_for = peer.calls_for.subscribe();
    let mut rarely = false;
    loop {
        if calls_for.has_changed().unwrap_or_default() {
            pauses.reset();
        }
        calls_for.mark_unchanged();
        let can_wait = if rarely {
            RARELY
        } else if peer.has_reason_to_call(network.is_resting()) {
            pauses.take(&network.shared.world, peer.is_awaited())
        } else {
            FOR_EVER
        };
        // It cannot fail while `peer` holds the sender.
        if timeout(can_wait, calls_for.changed()).await.is_ok() {
            pauses.reset();
            rarely = false;
            continue;
        }
        let (shared, relationship) = (Arc::clone(&network.shared), peer.relationship);
        let called =
            off(move || shared.file.read(|file| to_call(file, relationship))).await.unwrap_or_default();
        rarely = called.rarely;
        for device in called.devices {
            match network.call(relationship, device).await {
                // It may have been paused while it was called, or the device dropped.
                Ok(connection) => {
                    if is_certified(network, peer, device).await {
                        return connection;
                    }
                }
                Err(missed) => peer.note_missed(Some(missed)),
            }
        }
    }
}

/// Tells the peers of what is edited while they are apart.
pub(in crate::link) async fn notice_edits(network: Arc<Network>) {
    let mut edits = network.shared.edits();
    loop {
        let waiting = tokio::select! {
            () = network.went_offline() => return,
            edit = edits.recv() => match edit {
                Ok(relationship) => vec![relationship],
                Err(RecvError::Lagged(_)) => all_waiting(&network).await,
                Err(RecvError::Closed) => return,
            },
        };
        // It may have been paused, or go on again: then other doorways are needed.
        network.unsettled.notify_one();
        for relationship in waiting {
            network.peer(relationship).has_news();
        }
    }
}

/// The relationships in which something waits to go.
pub(in crate::link) async fn all_waiting(network: &Network) -> Vec<RelationshipId> {
    let shared = Arc::clone(&network.shared);
    let waiting = off(move || {
        let all = shared.file.read(people::relationships)?;
        Ok(all.into_iter().filter(|one| one.waiting_to_go > 0).map(|one| one.id).collect())
    });
    waiting.await.unwrap_or_default()
}
