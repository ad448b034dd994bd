//! This device on the network: the doorways it stands in, the doors it opens there, and who stands behind them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use iroh::endpoint::{ConnectError, ConnectingError, Connection, ConnectionError, TransportErrorCode};
use iroh::{Endpoint, EndpointAddr, EndpointId, SecretKey, Watcher};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant as Since, timeout};

use super::Carried;
use super::arrivals::Places;
use super::doorways::{Doorway, OnlineOptions, Reach, Setup};
use super::enrol::{self, ENROL};
use super::frames::FrameWatch;
use super::line::Line;
use super::nearby::{self, Nearby};
use super::peer::{Found, Peer};
use super::preface::Preface;
use super::whereabouts::{addresses_of, is_near};
use crate::exchange::MAX_FRAME;
use crate::id::RelationshipId;
use crate::log::{self, LogEvent};
use crate::relationship::enrol::{Knocks, must_be_in_use};
use crate::relationship::key::{PublicKey, recipient_of};
use crate::relationship::people::Standing;
use crate::relationship::{people, way};
use crate::shared::Shared;
use crate::{Error, Result};

/// What a connection is for. The names travel in clear, so they say nothing.
pub(super) const EXCHANGE: &[u8] = b"hx4m/1";
pub(super) const PAIRING: &[u8] = b"hx4m/2";
/// How long calling a device by its addresses may take, and by way of a relay, which is to be reached first.
const CALL: Duration = Duration::from_secs(3);
const CALL_BY_RELAY: Duration = Duration::from_secs(8);
/// How long it may take to exchange the first words.
const FIRST_WORDS: Duration = Duration::from_secs(5);
/// How long going offline may take: for the tasks to end, and for the goodbyes to arrive.
pub(super) const ENDING: Duration = Duration::from_secs(2);
const LAST_PACKETS: Duration = Duration::from_millis(500);

/// This device on the network. There is no way from here to the private file.
pub(super) struct Network {
    pub(super) shared: Arc<Shared>,
    pub(super) carried: Arc<dyn Carried>,
    pub(super) frames: Arc<FrameWatch>,
    /// This device's public key.
    pub(super) device: PublicKey,
    /// To whom files for this device are sealed: an age recipient.
    pub(super) recipient: String,
    pub(super) setup: Setup,
    /// Random, new each time this device goes online: tells a device that came back from one that
    /// called twice.
    pub(super) instance: [u8; 8],
    pub(super) places: Arc<Places>,
    pub(super) nearby: Nearby,
    /// Something changed for one of the peers.
    pub(super) stirred: Arc<Notify>,
    /// The doorways that are open; none once offline, so that their ports are free again.
    pub(super) doorways: Mutex<HashMap<Doorway, (Endpoint, Since)>>,
    /// Doorways that pairings under way need.
    pub(super) held: Mutex<HashMap<Doorway, usize>>,
    /// Opens and closes doorways, one at a time.
    pub(super) settling: tokio::sync::Mutex<()>,
    /// Something changed that doorways depend on.
    pub(super) unsettled: Notify,
    peers: Mutex<HashMap<RelationshipId, Arc<Peer>>>,
    /// Where arrivals go while a ticket is open, and which ticket that is.
    offer: Mutex<(u64, Option<mpsc::Sender<Redeemer>>)>,
    /// Who has knocked at the enrol door lately.
    knocks: Mutex<Knocks>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    offline: watch::Sender<bool>,
    /// Whether the app is in the background.
    pub(super) resting: watch::Sender<bool>,
}

/// Why a call came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missed {
    /// There is no way to call it by.
    NoWay,
    /// Nobody answered in time.
    Away,
    /// The device is there, and has no such door, or does not let this one in.
    DoorClosed,
}

/// Somebody at the pairing door, and what they said first.
pub(super) struct Redeemer {
    pub(super) line: Line,
    pub(super) first: Vec<u8>,
}

impl Network {
    /// Opens the doorways that are needed and begins to listen.
    pub(super) async fn start(
        shared: Arc<Shared>,
        carried: Arc<dyn Carried>,
        options: OnlineOptions,
    ) -> Result<Arc<Self>> {
        options.check()?;
        let file = Arc::clone(&shared);
        let key = off(move || file.file.read(people::device_key)).await?;
        let setup = Setup { secret: SecretKey::from_bytes(&key.secret()), options };
        let instance = shared.world.random()?;
        let network = Arc::new(Self {
            shared,
            carried,
            frames: Arc::default(),
            device: key.public(),
            recipient: recipient_of(&key)?,
            setup,
            instance,
            places: Arc::default(),
            nearby: Nearby::default(),
            stirred: Arc::default(),
            doorways: Mutex::default(),
            held: Mutex::default(),
            settling: tokio::sync::Mutex::default(),
            unsettled: Notify::new(),
            peers: Mutex::default(),
            offer: Mutex::default(),
            knocks: Mutex::default(),
            tasks: Mutex::default(),
            offline: watch::Sender::new(false),
            resting: watch::Sender::new(false),
        });
        network.stand_directly().await?;
        network.settle().await;
        network.run(Arc::clone(&network).keep_settled());
        network.run(super::peer::notice_edits(Arc::clone(&network)));
        network.run(nearby::call_around(Arc::clone(&network)));
        for relationship in super::peer::all_waiting(&network).await {
            network.peer(relationship).has_news();
        }
        Ok(network)
    }

    /// Runs a task that ends when the device goes offline.
    pub(super) fn run(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = lock(&self.tasks);
        tasks.retain(|task| !task.is_finished());
        tasks.push(tokio::spawn(task));
    }

    /// Returns once the device goes offline.
    pub(super) async fn went_offline(&self) {
        // It cannot fail while `self` holds the sender.
        let _ = self.offline.subscribe().wait_for(|offline| *offline).await;
    }

    /// Says goodbye to everyone, in bounded time.
    pub(super) async fn stop(&self) {
        let was_offline = self.offline.send_replace(true);
        if !was_offline {
            log::tell(LogEvent::Offline);
        }
        lock(&self.offer).1 = None;
        let tasks = std::mem::take(&mut *lock(&self.tasks));
        let ended = async {
            for task in tasks {
                let _ = task.await;
            }
        };
        let _ = timeout(ENDING, ended).await;
        let endpoints: Vec<Endpoint> =
            lock(&self.doorways).drain().map(|(_, (endpoint, _))| endpoint).collect();
        let closing: Vec<_> = endpoints
            .into_iter()
            // Whoever is gone does not answer the last packet; whoever is there has it long before.
            .map(|endpoint| tokio::spawn(async move { timeout(LAST_PACKETS, endpoint.close()).await }))
            .collect();
        for closed in closing {
            let _ = closed.await;
        }
        lock(&self.peers).clear();
    }

    /// The open doorway of this kind, and since when it is open.
    pub(super) fn doorway(&self, doorway: &Doorway) -> Option<(Endpoint, Since)> {
        lock(&self.doorways).get(doorway).cloned()
    }

    /// Whether the device is offline again.
    pub(super) fn is_offline(&self) -> bool {
        *self.offline.borrow()
    }

    /// Where this device can be reached through a doorway.
    pub(super) async fn addresses(&self, doorway: &Doorway) -> Vec<SocketAddr> {
        match self.doorway(doorway) {
            Some((endpoint, _)) => self.setup.addresses(doorway, &endpoint).await,
            None => Vec::new(),
        }
    }

    /// As [`Network::addresses`], as far as they are known now.
    pub(super) fn addresses_now(&self, doorway: &Doorway) -> Vec<SocketAddr> {
        let Some((endpoint, _)) = self.doorway(doorway) else { return Vec::new() };
        match self.setup.options.reach {
            Reach::ThisMachine => endpoint.bound_sockets(),
            Reach::AsChosen => endpoint.watch_addr().get().ip_addrs().copied().collect(),
        }
    }

    /// Calls a paired device in each of the ways in use, one after the other. The call may be dropped while it is
    /// under way.
    pub(super) async fn call(
        &self,
        relationship: RelationshipId,
        device: PublicKey,
    ) -> Result<Connection, Missed> {
        self.call_through(relationship, device, EXCHANGE).await
    }

    /// As [`Network::call`], at one of its doors.
    pub(super) async fn call_through(
        &self,
        relationship: RelationshipId,
        device: PublicKey,
        door: &[u8],
    ) -> Result<Connection, Missed> {
        let shared = Arc::clone(&self.shared);
        let known = off(move || {
            shared.file.read(|file| Ok((way::ways(file, relationship)?.in_use, addresses_of(file, &device)?)))
        });
        let (ways, known) = known.await.map_err(|_| Missed::NoWay)?;
        let own = self.addresses_now(&Doorway::Direct);
        let everywhere: Vec<SocketAddr> = known.iter().map(|known| known.address).collect();
        // On the same network nobody else is called, whatever addresses somebody names.
        let is_here = self.setup.options.reach == Reach::ThisMachine;
        let mut near: Vec<SocketAddr> = known
            .iter()
            .filter(|known| known.was_met || is_here || is_near(&known.address, &own))
            .map(|known| known.address)
            .collect();
        near.extend(self.nearby.addresses_of(&device));
        let mut missed = Missed::NoWay;
        for doorway in ways.iter().filter_map(Doorway::of) {
            let addresses = if doorway == Doorway::Direct { &near } else { &everywhere };
            match self.call_at(&doorway, device, addresses, door).await {
                Ok(connection) => return Ok(connection),
                Err(Missed::NoWay) => {}
                Err(reason) => missed = reason,
            }
        }
        Err(missed)
    }

    /// Calls a device through a doorway, at these addresses among others.
    pub(super) async fn call_at(
        &self,
        doorway: &Doorway,
        device: PublicKey,
        addresses: &[SocketAddr],
        door: &[u8],
    ) -> Result<Connection, Missed> {
        let (endpoint, _) = self.doorway(doorway).ok_or(Missed::NoWay)?;
        let mut address = EndpointAddr::new(EndpointId::from_bytes(&device).map_err(|_| Missed::NoWay)?);
        for known in addresses.iter().filter(|address| self.setup.reaches(address)) {
            address = address.with_ip_addr(*known);
        }
        let patience = match doorway {
            Doorway::Direct if address.is_empty() => return Err(Missed::NoWay),
            Doorway::Direct => CALL,
            Doorway::Relay(relay) => {
                address = address.with_relay_url(relay.clone());
                CALL_BY_RELAY
            }
            // At which relay it is is looked up.
            Doorway::Public => CALL_BY_RELAY,
        };
        match timeout(patience, endpoint.connect(address, door)).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) if is_closed_door(&error) => Err(Missed::DoorClosed),
            Ok(Err(_)) | Err(_) => Err(Missed::Away),
        }
    }

    /// Makes a line of a call that was answered. To be waited for to its end: from the first byte on the
    /// other side may count on this line.
    pub(super) async fn open_line(
        &self,
        connection: Connection,
        relationship: RelationshipId,
    ) -> Result<Found, Missed> {
        let watched = connection.clone();
        let open = async {
            let (mut send, mut receive) = connection.open_bi().await.ok()?;
            Preface { instance: self.instance, relationship }.say(&mut send).await?;
            let Preface { instance, .. } =
                Preface::hear(&mut receive).await.filter(|theirs| theirs.relationship == relationship)?;
            let line = Line::over(connection, send, receive, MAX_FRAME);
            Some(Found { line, instance, called_here: true })
        };
        let opened = timeout(FIRST_WORDS, open).await.ok().flatten();
        opened.ok_or_else(|| match watched.close_reason() {
            // Where it is paused the connection closes with another number: to this side nobody is reached.
            Some(ConnectionError::ApplicationClosed(_)) if enrol::was_refused(&watched) => Missed::DoorClosed,
            _ => Missed::Away,
        })
    }

    /// Who has knocked at the enrol door lately.
    pub(super) fn knocks(&self) -> MutexGuard<'_, Knocks> {
        lock(&self.knocks)
    }

    /// The other device of a relationship, and what goes on with it.
    pub(super) fn peer(self: &Arc<Self>, relationship: RelationshipId) -> Arc<Peer> {
        let mut peers = lock(&self.peers);
        if let Some(peer) = peers.get(&relationship) {
            return Arc::clone(peer);
        }
        let (peer, lines) = Peer::new(relationship, Arc::clone(&self.stirred));
        let peer = Arc::new(peer);
        peers.insert(relationship, Arc::clone(&peer));
        drop(peers);
        self.run(super::peer::live(Arc::clone(self), Arc::clone(&peer), lines));
        peer
    }

    /// What goes on with the other device of a relationship, if anything ever did.
    pub(super) fn known_peer(&self, relationship: RelationshipId) -> Option<Arc<Peer>> {
        lock(&self.peers).get(&relationship).map(Arc::clone)
    }

    pub(super) fn all_peers(&self) -> Vec<Arc<Peer>> {
        lock(&self.peers).values().map(Arc::clone).collect()
    }

    /// Opens the pairing door for one ticket; an earlier ticket's closes.
    pub(super) fn open_door(&self) -> (u64, mpsc::Receiver<Redeemer>) {
        let (sender, receiver) = mpsc::channel(4);
        let number = {
            let mut offer = lock(&self.offer);
            *offer = (offer.0 + 1, Some(sender));
            offer.0
        };
        self.set_doors();
        (number, receiver)
    }

    /// Closes the pairing door behind a ticket, unless another ticket has opened it since.
    pub(super) fn close_door(&self, number: u64) {
        {
            let mut offer = lock(&self.offer);
            if offer.0 == number {
                offer.1 = None;
            }
        }
        self.set_doors();
    }

    /// Where arrivals at the pairing door go, while it is open.
    pub(super) fn open_offer(&self) -> Option<mpsc::Sender<Redeemer>> {
        lock(&self.offer).1.clone()
    }

    /// The doors that are open now.
    pub(super) fn doors(&self) -> Vec<Vec<u8>> {
        let mut doors = vec![EXCHANGE.to_vec(), ENROL.to_vec()];
        if lock(&self.offer).1.is_some() {
            doors.push(PAIRING.to_vec());
        }
        doors
    }

    pub(super) fn set_doors(&self) {
        // Held throughout, so that of two who change the doors at once the later one has the last word.
        let doorways = lock(&self.doorways);
        let doors = self.doors();
        for (endpoint, _) in doorways.values() {
            endpoint.set_alpns(doors.clone());
        }
    }
}

/// Whether a device answered that it has no door of that name.
fn is_closed_door(error: &ConnectError) -> bool {
    // The alert "no application protocol" of TLS.
    let no_such_door = TransportErrorCode::crypto(120);
    let closed = match error {
        ConnectError::Connection { source, .. } => source,
        ConnectError::Connecting { source: ConnectingError::ConnectionError { source, .. }, .. } => source,
        _ => return false,
    };
    matches!(closed, ConnectionError::ConnectionClosed(close) if close.error_code == no_such_door)
}

/// # Errors
/// [`Error::NotFound`] when there is no such relationship; [`Error::NotShared`] while it is paused, and when it is over
/// and nothing is left to say; [`Error::Replaced`] when this profile goes on elsewhere.
pub(super) fn must_have_an_exchange(shared: &Shared, relationship: RelationshipId) -> Result<()> {
    let standing = shared.file.read(|file| {
        must_be_in_use(file)?;
        people::standing(file, relationship)
    })?;
    match standing {
        Standing::GoesOn | Standing::Over { has_something_to_say: true } => Ok(()),
        Standing::Paused | Standing::Over { has_something_to_say: false } => Err(Error::NotShared),
    }
}

/// Runs what waits for the disk where it holds nothing up.
pub(super) async fn off<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    // A panic over there is a mistake of ours, and no reason to end the app.
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Error::internal("the link's own work")))
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
