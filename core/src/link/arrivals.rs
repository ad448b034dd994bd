//! Who calls this device: each is given a place while it is found out who it is, so that many who say nothing
//! cannot keep out the one who is known.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use iroh::Endpoint;
use iroh::endpoint::{Connection, Incoming, IncomingAddr};
use tokio::time::timeout;

use super::enrol::{self, ENROL};
use super::line::{self, Line};
use super::network::{EXCHANGE, Network, PAIRING, Redeemer, off};
use super::peer::Found;
use super::preface::{Admission, Preface, admission};
use crate::exchange::MAX_FRAME;
use crate::log::{self, LogEvent, TurnedAway};
use crate::relationship::enrol::Source as Knocking;
use crate::relationship::key::PublicKey;
use crate::relationship::pairing::MAX_MESSAGE;
use crate::relationship::people;

/// How many who have just arrived are looked at at once; more are turned away.
const PLACES: usize = 32;
/// How many of the places are kept for addresses at which a paired device was seen.
const KEPT_FOR_KNOWN: usize = 12;
/// How many places one address may take, or one network of IPv6, which a household has to itself; and how many all that
/// come by a relay and are not known.
const PLACES_EACH: usize = 4;
/// How long an arrival may take to prove its key.
const HANDSHAKE: Duration = Duration::from_secs(4);
/// How long it may take from there to its first word.
const FIRST_WORD: Duration = Duration::from_secs(6);

/// The places that are taken, and by whom.
#[derive(Default)]
pub(super) struct Places {
    taken: Mutex<HashMap<Source, usize>>,
    /// Where paired devices were seen.
    known: Mutex<HashSet<Source>>,
    /// Which devices are paired ones.
    devices: Mutex<HashSet<PublicKey>>,
}

/// Who takes a place, as far as that is known before a key is proven.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Source {
    Address(IpAddr),
    /// A paired device, as the relay says.
    Device(PublicKey),
    /// Somebody behind a relay: keys cost nothing.
    Relay,
    Unknown,
}

impl Source {
    fn at(address: IpAddr) -> Self {
        match Knocking::of(address) {
            Knocking::Address(address) => Self::Address(address),
            Knocking::Relay => Self::Unknown,
        }
    }
}

/// A place that is given free when dropped.
struct Place {
    places: Arc<Places>,
    source: Source,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.places.taken);
        if let Some(count) = taken.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.source);
            }
        }
    }
}

impl Places {
    /// From now on a paired device is expected at these addresses.
    pub(super) fn know(&self, addresses: impl IntoIterator<Item = IpAddr>) {
        *lock(&self.known) = addresses.into_iter().map(Source::at).collect();
    }

    /// These are the paired devices.
    pub(super) fn know_devices(&self, devices: impl IntoIterator<Item = PublicKey>) {
        *lock(&self.devices) = devices.into_iter().collect();
    }

    fn source_of(&self, address: &IncomingAddr) -> Source {
        match address {
            IncomingAddr::Ip(address) => Source::at(address.ip()),
            IncomingAddr::Relay { endpoint_id, .. } => self.by_relay(*endpoint_id.as_bytes()),
            _ => Source::Unknown,
        }
    }

    fn by_relay(&self, device: PublicKey) -> Source {
        if lock(&self.devices).contains(&device) { Source::Device(device) } else { Source::Relay }
    }

    /// A paired device was seen here.
    pub(super) fn know_one(&self, address: IpAddr) {
        lock(&self.known).insert(Source::at(address));
    }

    fn take(self: &Arc<Self>, source: Source) -> Option<Place> {
        let is_device = matches!(source, Source::Device(_));
        let is_known = is_device || lock(&self.known).contains(&source);
        let mut taken = lock(&self.taken);
        let all: usize = taken.values().sum();
        let most = if is_known { PLACES } else { PLACES - KEPT_FOR_KNOWN };
        // Behind one address translation there may be many: a known one takes as many as there are.
        let most_each = if is_known && !is_device { PLACES } else { PLACES_EACH };
        if all >= most || taken.get(&source).is_some_and(|count| *count >= most_each) {
            return None;
        }
        *taken.entry(source.clone()).or_default() += 1;
        Some(Place { places: Arc::clone(self), source })
    }

    /// Whether so many are here that whoever comes has to show first that they can be answered.
    fn are_filling(&self) -> bool {
        lock(&self.taken).values().sum::<usize>() >= PLACES_EACH
    }
}

impl Network {
    /// Lets in who calls at one doorway, until it is closed.
    pub(super) async fn listen(self: Arc<Self>, endpoint: Endpoint) {
        loop {
            let incoming = tokio::select! {
                () = self.went_offline() => return,
                incoming = endpoint.accept() => incoming,
            };
            let Some(incoming) = incoming else { return };
            if self.places.are_filling() && !incoming.remote_addr_validated() {
                // One who sends under somebody else's address never comes back from this.
                let _ = incoming.retry();
                continue;
            }
            let Some(place) = self.places.take(self.places.source_of(&incoming.remote_addr())) else {
                incoming.refuse();
                turned_away(TurnedAway::TooMany);
                continue;
            };
            let network = Arc::clone(&self);
            self.run(async move {
                tokio::select! {
                    () = network.went_offline() => {}
                    _ = network.greet(incoming) => {}
                }
                drop(place);
            });
        }
    }

    async fn greet(self: &Arc<Self>, incoming: Incoming) -> Option<()> {
        let connection = timeout(HANDSHAKE, incoming).await.ok()?.ok()?;
        let greeted = async {
            match connection.alpn() {
                EXCHANGE => self.greet_paired(connection).await,
                PAIRING => self.greet_redeemer(connection).await,
                ENROL => enrol::greet(self, connection).await,
                _ => {
                    line::refuse(&connection);
                    None
                }
            }
        };
        timeout(FIRST_WORD, greeted).await.ok()?
    }

    /// Lets a certified device of a paired person in, and nobody else: who it is is asked before a byte
    /// of what it says is read.
    async fn greet_paired(self: &Arc<Self>, connection: Connection) -> Option<()> {
        let device = *connection.remote_id().as_bytes();
        let shared = Arc::clone(&self.shared);
        let known = off(move || shared.file.read(|file| people::is_of_somebody_paired(file, &device))).await;
        if !known.unwrap_or_default() {
            line::refuse(&connection);
            turned_away(TurnedAway::UnknownDevice);
            return None;
        }
        let (mut send, mut receive) = connection.accept_bi().await.ok()?;
        let Preface { instance, relationship } = Preface::hear(&mut receive).await?;
        let shared = Arc::clone(&self.shared);
        match off(move || shared.file.read(|file| admission(file, &device, relationship))).await {
            Ok(Admission::Welcome) => {}
            Ok(Admission::NotTheirs) => {
                line::refuse(&connection);
                turned_away(TurnedAway::NotTheirs);
                return None;
            }
            // As though nobody were here.
            Ok(Admission::NotNow) => {
                turned_away(TurnedAway::Paused);
                return None;
            }
            Err(_) => return None,
        }
        Preface { instance: self.instance, relationship }.say(&mut send).await?;
        let line = Line::over(connection, send, receive, MAX_FRAME);
        if let Some(address) = line.address() {
            self.places.know_one(address.ip());
        }
        self.peer(relationship).arrived(Found { line, instance, called_here: false }).await;
        Some(())
    }

    async fn greet_redeemer(&self, connection: Connection) -> Option<()> {
        let Some(offer) = self.open_offer() else {
            line::refuse(&connection);
            turned_away(TurnedAway::NoTicket);
            return None;
        };
        let (send, receive) = connection.accept_bi().await.ok()?;
        let mut line = Line::over(connection, send, receive, MAX_MESSAGE);
        let first = line.receive().await?;
        offer.send(Redeemer { line, first }).await.ok()
    }
}

/// Tells developers why somebody who called is not let in; to the caller it is never told.
fn turned_away(why: TurnedAway) {
    log::tell(LogEvent::CallerTurnedAway { why });
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(last: u8) -> Source {
        Source::Address(IpAddr::from([10, 0, 0, last]))
    }

    #[test]
    fn one_address_takes_few_places_and_gives_them_free() {
        let places = Arc::new(Places::default());
        let held: Vec<_> = (0..PLACES_EACH).map(|_| places.take(at(1)).expect("a place")).collect();
        assert!(places.take(at(1)).is_none());
        assert!(places.take(at(2)).is_some());
        drop(held);
        assert!(places.take(at(1)).is_some());
    }

    #[test]
    fn however_many_strangers_come_a_known_address_finds_a_place() {
        let places = Arc::new(Places::default());
        places.know([IpAddr::from([10, 0, 0, 200])]);
        let strangers: Vec<_> = (0..100).filter_map(|n| places.take(at(n))).collect();
        assert_eq!(strangers.len(), PLACES - KEPT_FOR_KNOWN);
        let known: Vec<_> = (0..100).filter_map(|_| places.take(at(200))).collect();
        assert_eq!(known.len(), KEPT_FOR_KNOWN);
        drop(strangers);
        assert!(places.take(at(1)).is_some());
    }

    #[test]
    fn one_household_or_all_strangers_of_relays_take_no_more_than_one_address() {
        let places = Arc::new(Places::default());
        let of_household = |n: u16| Source::at(IpAddr::from([0x2001, 0xdb8, 1, 2, n, n, n, n]));
        let household: Vec<_> = (0..100).filter_map(|n| places.take(of_household(n))).collect();
        let relayed: Vec<_> = (0..100).filter_map(|n| places.take(places.by_relay([n; 32]))).collect();
        assert_eq!((household.len(), relayed.len()), (PLACES_EACH, PLACES_EACH));
        places.know_devices([[7; 32]]);
        assert!(places.take(places.by_relay([7; 32])).is_some());
    }
}
