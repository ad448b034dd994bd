//! Finding each other on a local network, when both have another address than last time. It shows a number of this
//! device to whoever listens there, so it is on only while somebody is looked for, or may be looking for this device.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use iroh::address_lookup::{AddressLookup, EndpointData};
use iroh_mdns_address_lookup::{DiscoveryEvent, MdnsAddressLookup};
use n0_future::StreamExt;
use n0_future::boxed::BoxStream;

use super::LinkState;
use super::doorways::{Doorway, Reach};
use super::network::{Network, off};
use super::whereabouts::is_near;
use crate::relationship::key::PublicKey;
use crate::relationship::ticket::MAX_ADDRESSES;
use crate::relationship::{WayOfMeeting, people, way};

/// Under which name devices call; it stands in every packet, so it says nothing.
const SERVICE: &str = "hx4m";
/// How often to ask who is there while somebody is looked for.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// How often while this device only answers: hardly ever.
const ANSWER_ONLY: Duration = Duration::from_secs(60 * 60);
/// How many devices that are not known are remembered; one of them may have a ticket.
const STRANGERS: usize = 32;
/// How often a device may be called because of what was heard on the local network, where anybody says what they like.
const CALL_EVERY: Duration = Duration::from_secs(5);
/// After how many devices calling begins anew: what has been heard is kept below without an end.
const DEVICES: usize = 500;

/// What is to be done on the local network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calling {
    /// Nothing.
    Nothing,
    /// Answer who asks: somebody may be looking for this device.
    Answering,
    /// Ask, since somebody is looked for.
    Asking,
}

/// What was heard on the local network, by device.
#[derive(Default)]
pub(super) struct Nearby(Mutex<HashMap<PublicKey, Heard>>);

/// What was heard of one device.
#[derive(Default)]
struct Heard {
    /// The newest first. One who says they are this device adds addresses, and takes none away at once.
    addresses: Vec<SocketAddr>,
    /// From when on it may be called because of what is heard.
    next_call: Option<Instant>,
}

impl Nearby {
    /// Where a device says it is, on this network. Whether it is that device is shown when it is called.
    pub(super) fn addresses_of(&self, device: &PublicKey) -> Vec<SocketAddr> {
        self.heard().get(device).map(|heard| heard.addresses.clone()).unwrap_or_default()
    }

    /// Notes where a device is said to be. Answers in how long it should be called, unless it will be anyway.
    fn hear(
        &self,
        device: PublicKey,
        addresses: Vec<SocketAddr>,
        is_known: bool,
        now: Instant,
    ) -> Option<Duration> {
        let mut all = self.heard();
        if !is_known && !all.contains_key(&device) && all.len() >= STRANGERS {
            return None;
        }
        let heard = all.entry(device).or_default();
        let mut once = HashSet::new();
        let former = std::mem::take(&mut heard.addresses);
        heard.addresses =
            addresses.into_iter().chain(former).filter(|address| once.insert(*address)).collect();
        heard.addresses.truncate(MAX_ADDRESSES);
        let at = heard.next_call.map_or(now, |next| next.max(now));
        let pause = at - now;
        if pause > CALL_EVERY {
            return None;
        }
        heard.next_call = Some(at + CALL_EVERY);
        Some(pause)
    }

    fn heard(&self) -> MutexGuard<'_, HashMap<PublicKey, Heard>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who calls on the local network, until this is dropped.
struct Caller {
    _lookup: MdnsAddressLookup,
    heard: BoxStream<DiscoveryEvent>,
    /// The devices that were heard since it began.
    devices: HashSet<PublicKey>,
}

/// Says on the local network where this device is, and lets nobody there say whom it calls: what is heard is looked at
/// in [`hear`] first.
#[derive(Debug)]
struct SaysOnly(MdnsAddressLookup);

impl AddressLookup for SaysOnly {
    fn publish(&self, data: &EndpointData) {
        self.0.publish(data);
    }
}

/// Calls on the local network when there is a reason to.
pub(super) async fn call_around(network: Arc<Network>) {
    let mut now = Calling::Nothing;
    let mut caller: Option<Caller> = None;
    loop {
        let wanted = what_to_call(&network).await;
        if wanted != now {
            stop(&network);
            caller = start(&network, wanted).await;
            now = wanted;
        }
        tokio::select! {
            () = network.went_offline() => {
                stop(&network);
                return;
            }
            () = network.stirred.notified() => {}
            event = next(&mut caller) => match event {
                Some(event) => {
                    if caller.as_mut().is_some_and(|caller| caller.is_full_with(&event)) {
                        stop(&network);
                        (caller, now) = (None, Calling::Nothing);
                    }
                    hear(&network, event).await;
                }
                // It ended by itself: tried again at the next occasion.
                None => (caller, now) = (None, Calling::Nothing),
            },
        }
    }
}

impl Caller {
    fn is_full_with(&mut self, event: &DiscoveryEvent) -> bool {
        if let DiscoveryEvent::Discovered { endpoint_info, .. } = event {
            self.devices.insert(*endpoint_info.endpoint_id.as_bytes());
        }
        self.devices.len() > DEVICES
    }
}

async fn next(caller: &mut Option<Caller>) -> Option<DiscoveryEvent> {
    match caller {
        Some(caller) => caller.heard.next().await,
        None => std::future::pending().await,
    }
}

async fn start(network: &Network, calling: Calling) -> Option<Caller> {
    let every = match calling {
        Calling::Nothing => return None,
        Calling::Answering => ANSWER_ONLY,
        Calling::Asking => ASK_EVERY,
    };
    let (endpoint, _) = network.doorway(&Doorway::Direct)?;
    let lookup =
        MdnsAddressLookup::builder().service_name(SERVICE).discovery_cadence(every).build(endpoint.id());
    // A network without multicast has nobody to call.
    let lookup = lookup.ok()?;
    let heard = lookup.subscribe().await.boxed();
    // From here on it is told where this device is.
    endpoint.address_lookup().ok()?.add(SaysOnly(lookup.clone()));
    Some(Caller { _lookup: lookup, heard, devices: HashSet::new() })
}

fn stop(network: &Network) {
    let direct = network.doorway(&Doorway::Direct);
    if let Some(Ok(lookups)) = direct.as_ref().map(|(endpoint, _)| endpoint.address_lookup()) {
        lookups.clear();
    }
}

/// What is to be done now: ask while somebody who is met on the same network is to be called or a pairing is under way,
/// answer while somebody is away, and nothing once all are here.
async fn what_to_call(network: &Network) -> Calling {
    if network.setup.options.reach == Reach::ThisMachine || network.is_offline() {
        return Calling::Nothing;
    }
    if network.is_pairing(&Doorway::Direct) {
        return Calling::Asking;
    }
    let shared = Arc::clone(&network.shared);
    let all = off(move || shared.file.read(way::all_in_use)).await.unwrap_or_default();
    let mut calling = Calling::Nothing;
    for (relationship, _) in all.iter().filter(|(_, ways)| ways.contains(&WayOfMeeting::SameNetwork)) {
        let peer = network.known_peer(*relationship);
        if peer.as_ref().is_some_and(|peer| peer.state() != LinkState::Apart) {
            continue;
        }
        if peer.is_some_and(|peer| peer.has_reason_to_call(network.is_resting())) {
            return Calling::Asking;
        }
        if !network.is_resting() {
            calling = Calling::Answering;
        }
    }
    calling
}

/// Somebody is on this network. A device that is to be called is called at once.
async fn hear(network: &Arc<Network>, event: DiscoveryEvent) {
    let DiscoveryEvent::Discovered { endpoint_info, .. } = event else { return };
    let device = *endpoint_info.endpoint_id.as_bytes();
    let own = network.addresses_now(&Doorway::Direct);
    let worth = |address: &&SocketAddr| is_near(address, &own) && !own.contains(address);
    let addresses: Vec<SocketAddr> =
        endpoint_info.ip_addrs().filter(worth).take(MAX_ADDRESSES).copied().collect();
    if addresses.is_empty() {
        return;
    }
    let shared = Arc::clone(&network.shared);
    let with_whom = move || {
        shared.file.read(|file| match people::person_of_device(file, &device)? {
            Some(person) => people::relationship_with(file, person),
            None => Ok(None),
        })
    };
    let relationship = off(with_whom).await.ok().flatten();
    let soon = network.nearby.hear(device, addresses, relationship.is_some(), Instant::now());
    let peer = relationship.and_then(|relationship| network.known_peer(relationship));
    match (soon, peer) {
        (Some(Duration::ZERO), Some(peer)) => peer.call_now(),
        (Some(pause), Some(peer)) => {
            let own = Arc::clone(network);
            network.run(async move {
                tokio::select! {
                    () = own.went_offline() => {}
                    () = tokio::time::sleep(pause) => peer.call_now(),
                }
            });
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_many_strangers_call_a_known_device_is_heard() {
        let nearby = Nearby::default();
        let address: SocketAddr = "10.0.0.1:5".parse().expect("an address");
        let now = Instant::now();
        for n in 0..100 {
            nearby.hear([n; 32], vec![address], false, now);
        }
        assert!(nearby.addresses_of(&[99; 32]).is_empty());
        nearby.hear([200; 32], vec![address], true, now);
        assert_eq!(nearby.addresses_of(&[200; 32]), [address]);
        assert_eq!(nearby.heard().len(), STRANGERS + 1);
    }

    #[test]
    fn whoever_says_they_are_a_device_hides_it_not_at_once_and_makes_nobody_call_all_the_time() {
        let nearby = Nearby::default();
        let (truly, start) = ("10.0.0.1:5".parse().expect("an address"), Instant::now());
        assert_eq!(nearby.hear([1; 32], vec![truly], true, start), Some(Duration::ZERO));
        let mut calls = 0;
        for n in 0..100 {
            let lie = SocketAddr::from(([10, 0, 0, 9], 1 + n % 5));
            let at = start + Duration::from_millis(u64::from(n) * 100);
            calls += u32::from(nearby.hear([1; 32], vec![lie], true, at).is_some());
        }
        assert!((1..=3).contains(&calls), "{calls} calls in ten seconds");
        assert!(nearby.addresses_of(&[1; 32]).contains(&truly));
    }
}
