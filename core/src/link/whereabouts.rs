//! Where the other's devices can be reached: what was seen of them, what they tell, and what of that is worth
//! calling. A device that lies about where it is must not make this one call anybody it likes.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

use rusqlite::{Connection, OptionalExtension, named_params};

use super::doorways::{Doorway, Reach};
use super::network::Network;
use crate::Result;
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
    remember_told(shared, device, &told.addresses, seen_at, is_worth_calling)?;
    let recipient = told.recipient.as_deref().filter(|recipient| is_recipient(recipient));
    remember_device(shared, device, told.relay.as_deref(), recipient)?;
    let way = match &told.relay {
        _ if told.is_public => Some(WayOfMeeting::Public),
        Some(url) => WayOfMeeting::OwnRelay { url: url.clone() }.checked().ok(),
        None => Some(WayOfMeeting::SameNetwork),
    };
    // What is no address of a relay is no choice.
    let Some(way) = way else { return Ok(()) };
    if shared.file.read(|file| way::is_news(file, relationship, &way))? {
        shared.file.write(|transaction| way::heard(transaction, relationship, &way))?;
        network.unsettled.notify_one();
        shared.tell(&Change::Relationship { relationship });
    }
    Ok(())
}

/// The addresses by which a device was reached or that it told, the newest first.
pub(super) fn addresses_of(file: &Connection, device: &PublicKey) -> Result<Vec<SocketAddr>> {
    let addresses: Vec<String> = file
        .prepare_cached(
            "SELECT address FROM device_address WHERE device = :device ORDER BY learned_at DESC, address",
        )?
        .query_map(named_params! { ":device": device }, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(addresses.iter().filter_map(|address| address.parse().ok()).collect())
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

/// Keeps the addresses that a device tells of itself in the place of those it told before; the one it was just seen
/// at stays. What is not worth calling is left out.
pub(super) fn remember_told(
    shared: &Shared,
    device: &PublicKey,
    told: &[SocketAddr],
    seen_at: Option<SocketAddr>,
    is_worth_calling: impl Fn(&SocketAddr) -> bool,
) -> Result<()> {
    let now = Micros(shared.world.now());
    let mut kept: Vec<SocketAddr> = seen_at.into_iter().collect();
    kept.extend(told.iter().filter(|address| is_worth_calling(address)));
    let mut once = HashSet::new();
    kept.retain(|address| once.insert(*address));
    kept.truncate(MAX_ADDRESSES);
    let known: HashSet<SocketAddr> =
        shared.file.read(|file| addresses_of(file, device))?.into_iter().collect();
    if kept.is_empty() || known == kept.iter().copied().collect() {
        return Ok(());
    }
    shared.file.write(|transaction| {
        transaction.execute(
            "DELETE FROM device_address WHERE device = :device",
            named_params! { ":device": device },
        )?;
        kept.iter().try_for_each(|address| keep(transaction, device, *address, now))
    })
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

/// Keeps to whom files for a device are sealed, and at which relay it says it is.
pub(super) fn remember_device(
    shared: &Shared,
    device: &PublicKey,
    relay: Option<&str>,
    recipient: Option<&str>,
) -> Result<()> {
    let known = shared.file.read(|file| {
        let row = |row: &rusqlite::Row<'_>| {
            Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<String>>(1)?))
        };
        Ok(file
            .prepare_cached("SELECT relay, recipient FROM device WHERE public_key = :device")?
            .query_row(named_params! { ":device": device }, row)
            .optional()?)
    })?;
    // Nothing is written where nothing is new: it is told in every exchange.
    if known.is_none_or(|(old_relay, old_recipient)| {
        old_relay.as_deref() == relay && (recipient.is_none() || old_recipient.as_deref() == recipient)
    }) {
        return Ok(());
    }
    shared.file.write(|transaction| {
        transaction.execute(
            "UPDATE device SET relay = :relay, recipient = coalesce(:recipient, recipient)
             WHERE public_key = :device",
            named_params! { ":device": device, ":relay": relay, ":recipient": recipient },
        )?;
        Ok(())
    })
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

#[cfg(test)]
mod tests {
    use super::*;

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
