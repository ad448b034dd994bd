//! Which doorways are open: those that relationships and pairings need, now that the app is in front of its person
//! or in the background.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use iroh::{Endpoint, Watcher};
use rusqlite::named_params;
use tokio::time::{Instant as Since, timeout};

use super::LinkState;
use super::doorways::Doorway;
use super::network::{ENDING, Network, lock, off};
use crate::Result;
use crate::log::{self, LogEvent};
use crate::relationship::key::PublicKey;
use crate::relationship::way;

/// How long exchanges under way may go on when the app goes to the background.
const LAST_EXCHANGES: Duration = Duration::from_secs(10);

/// Keeps a doorway open.
pub(super) struct Held {
    network: Arc<Network>,
    pub(super) doorway: Doorway,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut held = lock(&self.network.held);
        if let Some(count) = held.get_mut(&self.doorway) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.doorway);
                self.network.unsettled.notify_one();
                self.network.stirred.notify_one();
            }
        }
    }
}

impl Network {
    /// Opens the direct doorway, at the port that the others know; whatever else is free where somebody has taken
    /// that.
    pub(super) async fn stand_directly(self: &Arc<Self>) -> Result<()> {
        let file = Arc::clone(&self.shared);
        let known: Option<u16> = off(move || {
            file.file.read(|file| Ok(file.query_row("SELECT port FROM profile", [], |row| row.get(0))?))
        })
        .await?;
        let doors = self.doors();
        let endpoint = match known {
            Some(port) => match self.setup.open(&Doorway::Direct, &doors, port).await {
                Ok(endpoint) => endpoint,
                Err(_) => self.setup.open(&Doorway::Direct, &doors, 0).await?,
            },
            None => self.setup.open(&Doorway::Direct, &doors, 0).await?,
        };
        let bound = endpoint.bound_sockets().first().map(SocketAddr::port);
        self.stand_in(Doorway::Direct, endpoint);
        if let (None, Some(port)) = (known, bound) {
            let file = Arc::clone(&self.shared);
            off(move || {
                file.file.write(|transaction| {
                    transaction
                        .execute("UPDATE profile SET port = :port", named_params! { ":port": port })?;
                    Ok(())
                })
            })
            .await?;
        }
        Ok(())
    }

    fn stand_in(self: &Arc<Self>, doorway: Doorway, endpoint: Endpoint) {
        log::tell(LogEvent::DoorwayOpened { kind: doorway.kind() });
        self.run(Arc::clone(self).listen(endpoint.clone()));
        self.run(Arc::clone(self).notice_moves(endpoint.clone()));
        lock(&self.doorways).insert(doorway, (endpoint, Since::now()));
        // A pairing door may have opened or closed meanwhile.
        self.set_doors();
    }

    /// Opens and closes doorways whenever something changed that they depend on.
    pub(super) async fn keep_settled(self: Arc<Self>) {
        loop {
            tokio::select! {
                () = self.went_offline() => return,
                () = self.unsettled.notified() => self.settle().await,
            }
        }
    }

    /// Opens the doorways that are needed and are not open, and closes the others. One that cannot be opened is tried
    /// again when something changes.
    pub(super) async fn settle(self: &Arc<Self>) {
        let _one_at_a_time = self.settling.lock().await;
        let Ok(needed) = self.needed().await else { return };
        if self.is_offline() {
            return;
        }
        let closed: Vec<(Doorway, Endpoint)> = lock(&self.doorways)
            .extract_if(|doorway, _| !needed.contains(doorway))
            .map(|(doorway, (end, _))| (doorway, end))
            .collect();
        for (doorway, endpoint) in closed {
            log::tell(LogEvent::DoorwayClosed { kind: doorway.kind() });
            self.run(async move {
                let _ = timeout(ENDING, endpoint.close()).await;
            });
        }
        for doorway in needed {
            if lock(&self.doorways).contains_key(&doorway) {
                continue;
            }
            match self.setup.open(&doorway, &self.doors(), 0).await {
                Ok(endpoint) => self.stand_in(doorway, endpoint),
                Err(error) => {
                    log::tell(LogEvent::DoorwayFailed { kind: doorway.kind(), why: (&error).into() });
                }
            }
        }
        self.stirred.notify_one();
    }

    /// The doorways that relationships and pairings need. Learns in passing where paired devices were seen.
    async fn needed(&self) -> Result<HashSet<Doorway>> {
        let shared = Arc::clone(&self.shared);
        let (ways, seen, devices) = off(move || {
            shared.file.read(|file| {
                let seen: Vec<String> = file
                    .prepare_cached("SELECT address FROM device_address")?
                    .query_map([], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?;
                let devices: Vec<PublicKey> = file
                    .prepare_cached("SELECT public_key FROM device")?
                    .query_map([], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?;
                Ok((way::all_in_use(file)?, seen, devices))
            })
        })
        .await?;
        self.places.know(seen.iter().filter_map(|address| Some(address.parse::<SocketAddr>().ok()?.ip())));
        self.places.know_devices(devices);
        // While it rests, this device stands only where somebody waits for an exchange.
        let is_used = |relationship| {
            !self.is_resting()
                || self
                    .known_peer(relationship)
                    .is_some_and(|peer| !peer.can_rest() || peer.state() != LinkState::Apart)
        };
        let mut needed: HashSet<Doorway> = ways
            .iter()
            .filter(|(relationship, _)| is_used(*relationship))
            .flat_map(|(_, ways)| ways)
            .filter_map(Doorway::of)
            .collect();
        needed.insert(Doorway::Direct);
        needed.extend(lock(&self.held).keys().cloned());
        Ok(needed)
    }

    /// Keeps the doorway of a way of meeting open for as long as what this answers is held.
    pub(super) async fn hold(self: &Arc<Self>, doorway: Doorway) -> Held {
        *lock(&self.held).entry(doorway.clone()).or_default() += 1;
        let held = Held { network: Arc::clone(self), doorway };
        self.settle().await;
        self.stirred.notify_one();
        held
    }

    /// Follows where this device is: with every move it is worth calling again.
    async fn notice_moves(self: Arc<Self>, endpoint: Endpoint) {
        let mut watch = endpoint.watch_addr();
        let mut last: HashSet<SocketAddr> = watch.get().ip_addrs().copied().collect();
        loop {
            tokio::select! {
                () = self.went_offline() => return,
                _ = endpoint.closed() => return,
                moved = watch.updated() => {
                    let Ok(now) = moved else { return };
                    let now: HashSet<SocketAddr> = now.ip_addrs().copied().collect();
                    if now != last {
                        last = now;
                        self.moved();
                    }
                }
            }
        }
    }

    /// This device is on another network, or may be.
    pub(super) fn moved(&self) {
        for peer in self.all_peers() {
            peer.moved();
        }
    }

    /// As [`Network::moved`], and lets every doorway look for itself.
    pub(super) async fn network_changed(&self) {
        log::tell(LogEvent::NetworkChanged);
        let endpoints: Vec<Endpoint> =
            lock(&self.doorways).values().map(|(endpoint, _)| endpoint.clone()).collect();
        for endpoint in endpoints {
            endpoint.network_change().await;
        }
        self.moved();
    }

    /// Whether a pairing under way needs this doorway.
    pub(super) fn is_pairing(&self, doorway: &Doorway) -> bool {
        lock(&self.held).contains_key(doorway)
    }

    /// Whether the app is in the background.
    pub(super) fn is_resting(&self) -> bool {
        *self.resting.borrow()
    }

    /// Returns once the app is in the background.
    pub(super) async fn rests(&self) {
        // It cannot fail while `self` holds the sender.
        let _ = self.resting.subscribe().wait_for(|resting| *resting).await;
    }

    /// The app goes to the background, or comes back.
    pub(super) async fn rest(self: &Arc<Self>, is_resting: bool) {
        let was_resting = self.resting.send_replace(is_resting);
        if was_resting != is_resting {
            log::tell(if is_resting { LogEvent::Resting } else { LogEvent::Awake });
        }
        if is_resting {
            let apart = async {
                for peer in self.all_peers().iter().filter(|peer| peer.can_rest()) {
                    // It cannot fail while `peer` holds the sender.
                    let _ = peer.standing.subscribe().wait_for(|now| now.state == LinkState::Apart).await;
                }
            };
            let _ = timeout(LAST_EXCHANGES, apart).await;
            self.settle().await;
        } else {
            self.settle().await;
            self.network_changed().await;
        }
        self.stirred.notify_one();
    }
}
