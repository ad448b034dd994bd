//! Wishing for an exchange, and waiting until both are level.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout_at;

use super::{Peer, Standing};
use crate::id::RelationshipId;
use crate::link::network::{Network, must_have_an_exchange, off};
use crate::link::{ExchangeReport, LinkState};
use crate::relationship::people;
use crate::{Error, Result};

/// Wishes for an exchange, and waits until both are level.
pub(in crate::link) async fn exchange(
    network: Arc<Network>,
    relationship: RelationshipId,
    patience: Duration,
) -> Result<ExchangeReport> {
    let deadline = tokio::time::Instant::now() + patience;
    let shared = Arc::clone(&network.shared);
    off(move || must_have_an_exchange(&shared, relationship)).await?;
    let peer = network.peer(relationship);
    let _waiting = peer.wait_here();
    // While it rests, the doorways of this relationship open for this exchange alone.
    network.unsettled.notify_one();
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
