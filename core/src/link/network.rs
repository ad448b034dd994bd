//! This device on the network: one QUIC endpoint, the doors it opens, and who stands behind them.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use iroh::endpoint::{
    BindOpts, ConnectError, ConnectingError, Connection, ConnectionError, Incoming, QuicTransportConfig,
    RecvStream, SendStream, TransportErrorCode, VarInt, presets,
};
use iroh::{Endpoint, EndpointAddr, EndpointId, RelayMode, SecretKey, Watcher};
use rusqlite::{OptionalExtension, named_params};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::enrol::{self, ENROL};
use super::frames::FrameWatch;
use super::line::{self, Line};
use super::peer::{Found, Peer};
use super::{Carried, Reach};
use crate::error::Thing;
use crate::exchange::MAX_FRAME;
use crate::id::RelationshipId;
use crate::relationship::enrol::{Knocks, must_be_in_use};
use crate::relationship::key::PublicKey;
use crate::relationship::pairing::MAX_MESSAGE;
use crate::relationship::people;
use crate::shared::Shared;
use crate::{Error, Result};

/// What a connection is for. The names travel in clear, so they say nothing.
const EXCHANGE: &[u8] = b"hx4m/1";
pub(super) const PAIRING: &[u8] = b"hx4m/2";
/// How many who have just arrived are looked at at once; more are turned away.
const ARRIVALS: usize = 32;
/// How long an arrival may take from its first packet to its first word.
const GREETING: Duration = Duration::from_secs(10);
/// How long calling a device may take.
const CALL: Duration = Duration::from_secs(3);
/// How long a connection may be silent, keep-alives included.
const SILENCE: Duration = Duration::from_secs(15);
/// How long going offline may take: for the tasks to end, and for the goodbyes to arrive.
const ENDING: Duration = Duration::from_secs(2);
/// How long to wait until the addresses of this machine are known.
const ADDRESSES: Duration = Duration::from_secs(2);
/// The first byte of every exchange connection.
const PREFACE: u8 = 1;

/// This device on the network. There is no way from here to the private file.
pub(super) struct Network {
    pub(super) shared: Arc<Shared>,
    pub(super) carried: Arc<dyn Carried>,
    pub(super) frames: Arc<FrameWatch>,
    /// This device's public key.
    pub(super) device: PublicKey,
    /// Gone once offline, so that its port is free again.
    endpoint: Mutex<Option<Endpoint>>,
    reach: Reach,
    /// Random, new each time this device goes online: tells a device that came back from one that
    /// called twice.
    instance: [u8; 8],
    peers: Mutex<HashMap<RelationshipId, Arc<Peer>>>,
    /// Where arrivals go while a ticket is open, and which ticket that is.
    offer: Mutex<(u64, Option<mpsc::Sender<Redeemer>>)>,
    /// Who has knocked at the enrol door lately.
    knocks: Mutex<Knocks>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    offline: watch::Sender<bool>,
}

/// Why a call came to nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missed {
    /// Nobody answered in time.
    Away,
    /// The device is there, and has no such door.
    DoorClosed,
}

/// Somebody at the pairing door, and what they said first.
pub(super) struct Redeemer {
    pub(super) line: Line,
    pub(super) first: Vec<u8>,
}

impl Network {
    /// Binds the endpoint and begins to listen.
    pub(super) async fn start(
        shared: Arc<Shared>,
        carried: Arc<dyn Carried>,
        reach: Reach,
    ) -> Result<Arc<Self>> {
        let file = Arc::clone(&shared);
        let (key, port) = off(move || {
            file.file.read(|connection| {
                Ok((
                    people::device_key(connection)?,
                    connection
                        .query_row("SELECT port FROM profile", [], |row| row.get::<_, Option<u16>>(0))?,
                ))
            })
        })
        .await?;
        let secret = SecretKey::from_bytes(&key.secret());
        let endpoint = match port {
            // The port that the others know; whatever else is free where somebody has taken it.
            Some(port) => match bind(secret.clone(), reach, port).await {
                Ok(endpoint) => endpoint,
                Err(_) => bind(secret, reach, 0).await?,
            },
            None => bind(secret, reach, 0).await?,
        };
        let bound = endpoint.bound_sockets().first().map(SocketAddr::port);
        if let (None, Some(port)) = (port, bound) {
            let file = Arc::clone(&shared);
            off(move || {
                file.file.write(|transaction| {
                    transaction
                        .execute("UPDATE profile SET port = :port", named_params! { ":port": port })?;
                    Ok(())
                })
            })
            .await?;
        }
        let instance = shared.world.random()?;
        let network = Arc::new(Self {
            shared,
            carried,
            frames: Arc::default(),
            device: key.public(),
            endpoint: Mutex::new(Some(endpoint)),
            reach,
            instance,
            peers: Mutex::default(),
            offer: Mutex::default(),
            knocks: Mutex::default(),
            tasks: Mutex::default(),
            offline: watch::Sender::new(false),
        });
        network.run(Arc::clone(&network).listen());
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
        self.offline.send_replace(true);
        lock(&self.offer).1 = None;
        let tasks = std::mem::take(&mut *lock(&self.tasks));
        let ended = async {
            for task in tasks {
                let _ = task.await;
            }
        };
        let _ = timeout(ENDING, ended).await;
        let endpoint = lock(&self.endpoint).take();
        if let Some(endpoint) = endpoint {
            let _ = timeout(ENDING, endpoint.close()).await;
        }
        lock(&self.peers).clear();
    }

    fn endpoint(&self) -> Option<Endpoint> {
        lock(&self.endpoint).clone()
    }

    /// Whether the device is offline again.
    pub(super) fn is_offline(&self) -> bool {
        *self.offline.borrow()
    }

    /// Where this device can be reached.
    pub(super) async fn addresses(&self) -> Vec<SocketAddr> {
        let Some(endpoint) = self.endpoint() else { return Vec::new() };
        if self.reach == Reach::ThisMachine {
            return endpoint.bound_sockets();
        }
        let mut watch = endpoint.watch_addr();
        let known = async {
            loop {
                let addresses: Vec<SocketAddr> = watch.get().ip_addrs().copied().collect();
                if !addresses.is_empty() || watch.updated().await.is_err() {
                    return addresses;
                }
            }
        };
        let mut addresses = timeout(ADDRESSES, known).await.unwrap_or_default();
        if addresses.is_empty() {
            // Without any network two programs on this machine still find each other.
            let port = endpoint.bound_sockets().first().map(SocketAddr::port);
            addresses.extend(port.map(|port| SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)));
        }
        addresses
    }

    async fn listen(self: Arc<Self>) {
        let Some(endpoint) = self.endpoint() else { return };
        let places = Arc::new(Semaphore::new(ARRIVALS));
        loop {
            let incoming = tokio::select! {
                () = self.went_offline() => return,
                incoming = endpoint.accept() => incoming,
            };
            let Some(incoming) = incoming else { return };
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                incoming.refuse();
                continue;
            };
            let network = Arc::clone(&self);
            self.run(async move {
                tokio::select! {
                    () = network.went_offline() => {}
                    _ = timeout(GREETING, network.greet(incoming)) => {}
                }
                drop(place);
            });
        }
    }

    async fn greet(self: &Arc<Self>, incoming: Incoming) -> Option<()> {
        let connection = incoming.await.ok()?;
        match connection.alpn() {
            EXCHANGE => self.greet_paired(connection).await,
            PAIRING => self.greet_redeemer(connection).await,
            ENROL => enrol::greet(self, connection).await,
            _ => {
                line::refuse(&connection);
                None
            }
        }
    }

    /// Lets a certified device of a paired person in, and nobody else: who it is is asked before a byte
    /// of what it says is read.
    async fn greet_paired(self: &Arc<Self>, connection: Connection) -> Option<()> {
        let device = *connection.remote_id().as_bytes();
        let shared = Arc::clone(&self.shared);
        let known =
            off(move || shared.file.read(|file| people::relationship_with_device(file, &device))).await;
        let Ok(Some(relationship)) = known else {
            line::refuse(&connection);
            return None;
        };
        let (mut send, mut receive) = connection.accept_bi().await.ok()?;
        let instance = self.introduce(&mut send, &mut receive).await?;
        let line = Line::over(connection, send, receive, MAX_FRAME);
        self.peer(relationship).arrived(Found { line, instance, called_here: false }).await;
        Some(())
    }

    async fn greet_redeemer(&self, connection: Connection) -> Option<()> {
        let Some(offer) = lock(&self.offer).1.clone() else {
            line::refuse(&connection);
            return None;
        };
        let (send, receive) = connection.accept_bi().await.ok()?;
        let mut line = Line::over(connection, send, receive, MAX_MESSAGE);
        let first = line.receive().await?;
        offer.send(Redeemer { line, first }).await.ok()
    }

    /// Says which run of this device this is, and hears the same.
    async fn introduce(&self, send: &mut SendStream, receive: &mut RecvStream) -> Option<[u8; 8]> {
        let mut preface = [PREFACE; 9];
        preface[1..].copy_from_slice(&self.instance);
        send.write_all(&preface).await.ok()?;
        receive.read_exact(&mut preface).await.ok()?;
        let (version, instance) = preface.split_first_chunk::<1>()?;
        if version[0] != PREFACE {
            return None;
        }
        instance.try_into().ok()
    }

    /// Calls a paired device. The call may be dropped while it is under way.
    pub(super) async fn call(&self, device: PublicKey) -> Result<Connection, Missed> {
        self.call_through(device, EXCHANGE).await
    }

    /// Calls a paired device at one of its doors.
    pub(super) async fn call_through(&self, device: PublicKey, door: &[u8]) -> Result<Connection, Missed> {
        let shared = Arc::clone(&self.shared);
        let addresses = off(move || shared.file.read(|file| addresses_of(file, &device))).await;
        self.call_at(device, &addresses.map_err(|_| Missed::Away)?, door).await
    }

    /// Who has knocked at the enrol door lately.
    pub(super) fn knocks(&self) -> MutexGuard<'_, Knocks> {
        lock(&self.knocks)
    }

    /// Calls a device at these addresses.
    pub(super) async fn call_at(
        &self,
        device: PublicKey,
        addresses: &[SocketAddr],
        door: &[u8],
    ) -> Result<Connection, Missed> {
        let endpoint = self.endpoint().ok_or(Missed::Away)?;
        let within_reach =
            |address: &&SocketAddr| self.reach == Reach::SameNetwork || address.ip().is_loopback();
        let mut address = EndpointAddr::new(EndpointId::from_bytes(&device).map_err(|_| Missed::Away)?);
        for known in addresses.iter().filter(within_reach) {
            address = address.with_ip_addr(*known);
        }
        if address.is_empty() {
            return Err(Missed::Away);
        }
        match timeout(CALL, endpoint.connect(address, door)).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) if is_closed_door(&error) => Err(Missed::DoorClosed),
            Ok(Err(_)) | Err(_) => Err(Missed::Away),
        }
    }

    /// Makes a line of a call that was answered. To be waited for to its end: from the first byte on the
    /// other side may count on this line.
    pub(super) async fn open_line(&self, connection: Connection) -> Option<Found> {
        let open = async {
            let (mut send, mut receive) = connection.open_bi().await.ok()?;
            let instance = self.introduce(&mut send, &mut receive).await?;
            let line = Line::over(connection, send, receive, MAX_FRAME);
            Some(Found { line, instance, called_here: true })
        };
        timeout(GREETING, open).await.ok()?
    }

    /// The other device of a relationship, and what goes on with it.
    pub(super) fn peer(self: &Arc<Self>, relationship: RelationshipId) -> Arc<Peer> {
        let mut peers = lock(&self.peers);
        if let Some(peer) = peers.get(&relationship) {
            return Arc::clone(peer);
        }
        let (peer, lines) = Peer::new(relationship);
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

    /// Opens the pairing door for one ticket; an earlier ticket's closes.
    pub(super) fn open_door(&self) -> (u64, mpsc::Receiver<Redeemer>) {
        let (sender, receiver) = mpsc::channel(4);
        let mut offer = lock(&self.offer);
        let number = offer.0 + 1;
        *offer = (number, Some(sender));
        self.set_doors(&[EXCHANGE, ENROL, PAIRING]);
        (number, receiver)
    }

    fn set_doors(&self, doors: &[&[u8]]) {
        if let Some(endpoint) = self.endpoint() {
            endpoint.set_alpns(doors.iter().map(|door| door.to_vec()).collect());
        }
    }

    /// Closes the pairing door behind a ticket, unless another ticket has opened it since.
    pub(super) fn close_door(&self, number: u64) {
        let mut offer = lock(&self.offer);
        if offer.0 == number {
            offer.1 = None;
            self.set_doors(&[EXCHANGE, ENROL]);
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

/// The certified devices of the other person of a relationship; none for a device that was itself replaced.
pub(super) fn devices_of(shared: &Shared, relationship: RelationshipId) -> Result<Vec<PublicKey>> {
    shared.file.read(|file| {
        if must_be_in_use(file).is_err() {
            return Ok(Vec::new());
        }
        let other = people::other(file, relationship)?;
        people::devices_of(file, other.person)
    })
}

/// # Errors
/// [`Error::NotFound`] when there is no such relationship; [`Error::Replaced`] when this profile goes on elsewhere.
pub(super) fn must_exist(shared: &Shared, relationship: RelationshipId) -> Result<()> {
    let found = shared.file.read(|file| {
        must_be_in_use(file)?;
        Ok(file
            .query_row(
                "SELECT 1 FROM relationship WHERE id = :id",
                named_params! { ":id": relationship },
                |_| Ok(()),
            )
            .optional()?)
    })?;
    found.ok_or_else(|| Error::not_found(Thing::Relationship))
}

fn addresses_of(file: &rusqlite::Connection, device: &PublicKey) -> Result<Vec<SocketAddr>> {
    let addresses: Vec<String> = file
        .prepare_cached(
            "SELECT address FROM device_address WHERE device = :device ORDER BY learned_at DESC, address",
        )?
        .query_map(named_params! { ":device": device }, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(addresses.iter().filter_map(|address| address.parse().ok()).collect())
}

/// Runs what waits for the disk where it holds nothing up.
pub(super) async fn off<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    // A panic over there is a mistake of ours, and no reason to end the app.
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Error::internal("the link's own work")))
}

async fn bind(secret: SecretKey, reach: Reach, port: u16) -> Result<Endpoint> {
    let nowhere = || Error::File { reason: "no port to listen on".to_owned() };
    let any = VarInt::from_u32;
    let transport = QuicTransportConfig::builder()
        .max_idle_timeout(Some(SILENCE.try_into().map_err(|_| Error::internal("a time-out"))?))
        .max_concurrent_bidi_streams(any(1))
        .max_concurrent_uni_streams(any(0))
        .stream_receive_window(any(4 * 1024 * 1024))
        .receive_window(any(4 * 1024 * 1024))
        .datagram_receive_buffer_size(None)
        .build();
    // `Minimal` contacts nobody: no relay, no address service, nothing published.
    let builder = Endpoint::builder(presets::Minimal)
        .relay_mode(RelayMode::Disabled)
        .clear_address_lookup()
        .clear_ip_transports()
        .secret_key(secret)
        .alpns(vec![EXCHANGE.to_vec(), ENROL.to_vec()])
        .transport_config(transport);
    let at = |ip: IpAddr| SocketAddr::new(ip, port);
    let builder = match reach {
        Reach::ThisMachine => builder.bind_addr(at(Ipv4Addr::LOCALHOST.into())).map_err(|_| nowhere())?,
        Reach::SameNetwork => builder
            .bind_addr(at(Ipv4Addr::UNSPECIFIED.into()))
            .and_then(|builder| {
                let optional = BindOpts::default().set_is_required(false);
                builder.bind_addr_with_opts(at(Ipv6Addr::UNSPECIFIED.into()), optional)
            })
            .map_err(|_| nowhere())?,
    };
    builder.bind().await.map_err(|_| nowhere())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
