//! Where the other's devices can be reached: what was seen of them, what they tell, and what of that is worth
//! calling. A device that lies about where it is must not make this one call anybody it likes.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use rusqlite::{Connection, OptionalExtension, named_params};

use super::doorways::{Doorway, Reach};
use super::network::Network;
use crate::Result;
use crate::clock::Instant;
use crate::exchange::Whereabouts;
use crate::id::RelationshipId;
use crate::relationship::WayOfMeeting;
use crate::relationship::key::{PublicKey, is_recipient};
use crate::relationship::ticket::MAX_ADDRESSES;
use crate::relationship::way;
use crate::shared::{Change, Shared};
use crate::store::Micros;

/// Where this device is now and how its person would like to meet, for the other of a relationship.
pub(super) fn own_whereabouts(network: &Network, relationship: RelationshipId) -> Result<Whereabouts> {
    let ways = network.shared.file.read(|file| way::ways(file, relationship))?;
    let doorway = ways.in_use.first().and_then(Doorway::of).unwrap_or(Doorway::Direct);
    let relay = match &ways.here {
        WayOfMeeting::OwnRelay { url } => Some(url.clone()),
        WayOfMeeting::SameNetwork | WayOfMeeting::Public => None,
    };
    Ok(Whereabouts {
        addresses: network.addresses_now(&doorway),
        relay,
        is_public: ways.here == WayOfMeeting::Public,
        recipient: Some(network.recipient.clone()),
    })
}

/// Takes in where the other's device says it is, and how its person would like to meet. Nothing is switched by that
/// alone: the person here is told, and chooses.
pub(super) fn hear(
    network: &Network,
    relationship: RelationshipId,
    device: &PublicKey,
    seen_at: Option<SocketAddr>,
    told: &Whereabouts,
) -> Result<()> {
    let shared = &network.shared;
    let own: HashSet<SocketAddr> = network.addresses_now(&Doorway::Direct).into_iter().collect();
    let is_here = network.setup.options.reach == Reach::ThisMachine;
    let is_worth_calling =
        |address: &SocketAddr| (is_here || can_be_elsewhere(address)) && !own.contains(address);
    let recipient = told.recipient.as_deref().filter(|recipient| is_recipient(recipient));
    let way = match &told.relay {
        _ if told.is_public => Some(WayOfMeeting::Public),
        Some(url) => WayOfMeeting::OwnRelay { url: url.clone() }.checked().ok(),
        None => Some(WayOfMeeting::SameNetwork),
    };
    // What is no address of a relay is no choice.
    let is_news = |file: &Connection| match &way {
        Some(way) => way::is_news(file, relationship, way),
        None => Ok(false),
    };
    let now = shared.world.now();
    let (kept, is_of_device, is_of_way) = shared.file.read(|file| {
        Ok((
            to_keep(file, device, &told.addresses, seen_at, now, is_worth_calling)?,
            is_other(file, device, told.relay.as_deref(), recipient)?,
            is_news(file)?,
        ))
    })?;
    // Nothing is written where nothing is new: it is told in every exchange.
    if kept.is_none() && !is_of_device && !is_of_way {
        return Ok(());
    }
    shared.file.write(|transaction| {
        if let Some(kept) = &kept {
            replace(transaction, device, kept)?;
        }
        if is_of_device {
            keep_device(transaction, device, told.relay.as_deref(), recipient)?;
        }
        match &way {
            Some(way) if is_of_way => way::heard(transaction, relationship, way),
            _ => Ok(()),
        }
    })?;
    if is_of_way {
        network.unsettled.notify_one();
        shared.tell(&Change::Relationship { relationship });
    }
    Ok(())
}

/// An address of a device, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) address: SocketAddr,
    /// The device itself was met there, or it stood in its ticket; not only told later.
    pub(super) was_met: bool,
    at: Instant,
}

/// At which time an address counts as learned that was only told: before every one at which a device was met.
const ONLY_TOLD: Instant = Instant::UNIX_EPOCH;

/// The addresses by which a device was reached or that it told, those where it was met first, the newest before all.
pub(super) fn addresses_of(file: &Connection, device: &PublicKey) -> Result<Vec<Known>> {
    let addresses: Vec<(String, Micros)> = file
        .prepare_cached(
            "SELECT address, learned_at FROM device_address WHERE device = :device
             ORDER BY learned_at DESC, address",
        )?
        .query_map(named_params! { ":device": device }, |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let known = |(address, Micros(at)): &(String, Micros)| {
        Some(Known { address: address.parse().ok()?, was_met: *at > ONLY_TOLD, at: *at })
    };
    Ok(addresses.iter().filter_map(known).collect())
}

/// Keeps where a device was reached, and forgets its oldest addresses.
pub(super) fn remember_address(shared: &Shared, device: &PublicKey, address: SocketAddr) -> Result<()> {
    let now = Micros(shared.world.now());
    shared.file.write(|transaction| {
        keep(transaction, device, address, now)?;
        transaction.execute(
            "DELETE FROM device_address WHERE device = :device AND address NOT IN
             (SELECT address FROM device_address WHERE device = :device
              ORDER BY learned_at DESC, address LIMIT :kept)",
            named_params! { ":device": device, ":kept": MAX_ADDRESSES as u32 },
        )?;
        Ok(())
    })
}

/// The addresses to keep of a device that tells where it is, in the place of those it told before, or nothing where
/// that are the ones that are kept: the one it is seen at, or was met at last, stays; what is not worth calling is left
/// out.
fn to_keep(
    file: &Connection,
    device: &PublicKey,
    told: &[SocketAddr],
    seen_at: Option<SocketAddr>,
    now: Instant,
    is_worth_calling: impl Fn(&SocketAddr) -> bool,
) -> Result<Option<Vec<Known>>> {
    let known = addresses_of(file, device)?;
    let met = match seen_at {
        Some(address) => known
            .iter()
            .find(|known| known.address == address && known.was_met)
            .copied()
            .or(Some(Known { address, was_met: true, at: now })),
        None => known.iter().find(|known| known.was_met).copied(),
    };
    let mut kept: Vec<Known> = met.into_iter().collect();
    for address in told.iter().filter(|address| is_worth_calling(address)) {
        if kept.len() < MAX_ADDRESSES && kept.iter().all(|kept| kept.address != *address) {
            kept.push(Known { address: *address, was_met: false, at: ONLY_TOLD });
        }
    }
    let is_same = kept.len() == known.len() && kept.iter().all(|kept| known.contains(kept));
    Ok((!kept.is_empty() && !is_same).then_some(kept))
}

fn replace(transaction: &Connection, device: &PublicKey, kept: &[Known]) -> Result<()> {
    transaction
        .execute("DELETE FROM device_address WHERE device = :device", named_params! { ":device": device })?;
    kept.iter().try_for_each(|known| keep(transaction, device, known.address, Micros(known.at)))
}

fn keep(transaction: &Connection, device: &PublicKey, address: SocketAddr, now: Micros) -> Result<()> {
    transaction.execute(
        "INSERT INTO device_address (device, address, learned_at)
         VALUES (:device, :address, :now)
         ON CONFLICT (device, address) DO UPDATE SET learned_at = excluded.learned_at",
        named_params! { ":device": device, ":address": address.to_string(), ":now": now },
    )?;
    Ok(())
}

/// Whether the relay or the recipient that a device tells are others than those that are kept.
fn is_other(
    file: &Connection,
    device: &PublicKey,
    relay: Option<&str>,
    recipient: Option<&str>,
) -> Result<bool> {
    let row =
        |row: &rusqlite::Row<'_>| Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<String>>(1)?));
    let known = file
        .prepare_cached("SELECT relay, recipient FROM device WHERE public_key = :device")?
        .query_row(named_params! { ":device": device }, row)
        .optional()?;
    Ok(known.is_some_and(|(old_relay, old_recipient)| {
        old_relay.as_deref() != relay || (recipient.is_some() && old_recipient.as_deref() != recipient)
    }))
}

/// Keeps to whom files for a device are sealed, and at which relay it says it is.
fn keep_device(
    transaction: &Connection,
    device: &PublicKey,
    relay: Option<&str>,
    recipient: Option<&str>,
) -> Result<()> {
    transaction.execute(
        "UPDATE device SET relay = :relay, recipient = coalesce(:recipient, recipient)
         WHERE public_key = :device",
        named_params! { ":device": device, ":relay": relay, ":recipient": recipient },
    )?;
    Ok(())
}

/// Whether an address that somebody else names can be that of a device elsewhere. This machine itself, everybody at
/// once and nobody are not; nor is an address that means something only on the network of who names it.
pub(super) fn can_be_elsewhere(address: &SocketAddr) -> bool {
    let is_somewhere = match address.ip() {
        IpAddr::V4(ip) => {
            !ip.is_loopback()
                && !ip.is_unspecified()
                && !ip.is_multicast()
                && !ip.is_broadcast()
                && ip.octets()[0] != 0
                && ip.octets()[0] < 240
        }
        IpAddr::V6(ip) => {
            ip.to_ipv4_mapped().is_none()
                && !ip.is_loopback()
                && !ip.is_unspecified()
                && !ip.is_multicast()
                && !ip.is_unicast_link_local()
        }
    };
    is_somewhere && address.port() != 0
}

/// Whether an address is on a network that this device is on, or on one that nobody reaches from elsewhere.
pub(super) fn is_near(address: &SocketAddr, own: &[SocketAddr]) -> bool {
    can_be_elsewhere(address)
        && match address.ip() {
            IpAddr::V4(ip) => {
                let network = |ip: Ipv4Addr| ip.octets().into_iter().take(3);
                let is_shared =
                    |own: &SocketAddr| matches!(own.ip(), IpAddr::V4(own) if network(own).eq(network(ip)));
                ip.is_private() || ip.is_link_local() || own.iter().any(is_shared)
            }
            IpAddr::V6(ip) => {
                let network = |ip: Ipv6Addr| ip.segments().into_iter().take(4);
                let is_shared =
                    |own: &SocketAddr| matches!(own.ip(), IpAddr::V6(own) if network(own).eq(network(ip)));
                ip.is_unique_local() || own.iter().any(is_shared)
            }
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_the_same_network_nobody_far_away_is_called() {
        let at = |address: &str| address.parse::<SocketAddr>().expect("an address");
        let own = [at("[2001:db8:1:2::9]:1"), at("198.51.100.7:1"), at("192.168.1.2:1")];
        for near in [
            "10.0.0.1:1",
            "172.16.3.4:1",
            "192.168.99.1:1",
            "169.254.3.4:5",
            "[fd00::7]:4",
            "[2001:db8:1:2:aaaa::1]:9",
            "198.51.100.200:9",
        ] {
            assert!(is_near(&at(near), &own), "{near}");
        }
        for far in
            ["8.8.8.8:443", "198.51.101.7:9", "[2001:db8:1:3::9]:9", "[2606:4700::1]:443", "127.0.0.1:9"]
        {
            assert!(!is_near(&at(far), &own), "{far}");
        }
    }

    #[test]
    fn nobody_can_make_this_device_call_itself_or_everybody() {
        for good in [
            "192.168.1.7:41000",
            "10.0.0.1:1",
            "8.8.8.8:443",
            "[2001:db8::1]:9",
            "[fd00::7]:41000",
            "169.254.3.4:5",
        ] {
            assert!(can_be_elsewhere(&good.parse().expect("an address")), "{good}");
        }
        for bad in [
            "127.0.0.1:41000",
            "127.9.9.9:1",
            "0.0.0.0:5",
            "0.1.2.3:5",
            "224.0.0.251:5353",
            "255.255.255.255:9",
            "240.0.0.1:9",
            "10.0.0.1:0",
            "[::1]:5",
            "[::]:5",
            "[ff02::fb]:5353",
            "[fe80::1]:5",
            "[::ffff:127.0.0.1]:5",
        ] {
            assert!(!can_be_elsewhere(&bad.parse().expect("an address")), "{bad}");
        }
    }
}
