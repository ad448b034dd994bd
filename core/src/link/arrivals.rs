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
use crate::relationship::pairing::MAX_MESSAGE;
use crate::relationship::people;

/// How many who have just arrived are looked at at once; more are turned away.
const PLACES: usize = 32;
/// How many of the places are kept for addresses at which a paired device was seen.
const KEPT_FOR_KNOWN: usize = 12;
/// How many places one address may take; a relay counts by device.
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
    known: Mutex<HashSet<IpAddr>>,
}

/// Who takes a place, as far as that is known before a key is proven.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Source {
    Address(IpAddr),
    /// A device, as the relay says.
    Device([u8; 32]),
    Unknown,
}

impl Source {
    fn of(address: &IncomingAddr) -> Self {
        match address {
            IncomingAddr::Ip(address) => Self::Address(address.ip().to_canonical()),
            IncomingAddr::Relay { endpoint_id, .. } => Self::Device(*endpoint_id.as_bytes()),
            _ => Self::Unknown,
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
        *lock(&self.known) = addresses.into_iter().map(|address| address.to_canonical()).collect();
    }

    /// A paired device was seen here.
    pub(super) fn know_one(&self, address: IpAddr) {
        lock(&self.known).insert(address.to_canonical());
    }

    fn take(self: &Arc<Self>, source: Source) -> Option<Place> {
        let is_known = matches!(&source, Source::Address(address) if lock(&self.known).contains(address));
        let mut taken = lock(&self.taken);
        let all: usize = taken.values().sum();
        let most = if is_known { PLACES } else { PLACES - KEPT_FOR_KNOWN };
        // Behind one address translation there may be many: a known one takes as many as there are.
        let most_each = if is_known { PLACES } else { PLACES_EACH };
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
            let Some(place) = self.places.take(Source::of(&incoming.remote_addr())) else {
                incoming.refuse();
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
            return None;
        }
        let (mut send, mut receive) = connection.accept_bi().await.ok()?;
        let Preface { instance, relationship } = Preface::hear(&mut receive).await?;
        let shared = Arc::clone(&self.shared);
        match off(move || shared.file.read(|file| admission(file, &device, relationship))).await {
            Ok(Admission::Welcome) => {}
            Ok(Admission::NotTheirs) => {
                line::refuse(&connection);
                return None;
            }
            // As though nobody were here.
            Ok(Admission::NotNow) | Err(_) => return None,
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
            return None;
        };
        let (send, receive) = connection.accept_bi().await.ok()?;
        let mut line = Line::over(connection, send, receive, MAX_MESSAGE);
        let first = line.receive().await?;
        offer.send(Redeemer { line, first }).await.ok()
    }
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
}
