//! How two people's devices meet: the ways there are, which one each of the two has chosen, and which this device
//! uses meanwhile.

use iroh::RelayUrl;
use rusqlite::{Connection, OptionalExtension, named_params};
use serde::{Deserialize, Serialize};

use crate::error::Thing;
use crate::id::RelationshipId;
use crate::{Error, Result};

/// The longest address of a relay, in bytes.
pub(crate) const MAX_RELAY: usize = 256;

/// How two devices meet. Whatever the way, what they say to each other is encrypted from one to the other, and
/// nobody else can read or change it; the ways differ in where they work and in who learns that two devices meet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, uniffi::Enum)]
#[serde(tag = "meets", rename_all = "snake_case")]
pub enum WayOfMeeting {
    /// On a network that both are on. It works in the same Wi-Fi, and not from elsewhere; nothing public is asked,
    /// and nobody but the two devices is contacted. (To find each other again, they call on the local network, which
    /// shows a number of the device to whoever listens there.)
    #[default]
    SameNetwork,
    /// By a relay that the practice or the two themselves run, and directly where that is possible. It works
    /// wherever both reach the relay; the relay learns which two devices meet, when and how much, and their network
    /// addresses, not what they say.
    OwnRelay {
        /// Where the relay is: `https://…`, or `http://…` in a network of one's own. At most 256 bytes.
        url: String,
    },
    /// By public relays and a public look-up, and directly where that is possible. It works wherever both have the
    /// internet. Who runs the services learns which two devices meet, when and how much, and their network addresses,
    /// not what they say. Only if both choose it.
    Public,
}

impl WayOfMeeting {
    /// The way as it is kept: a relay's address in its one form.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no address of a relay.
    pub(crate) fn checked(self) -> Result<Self> {
        match self {
            Self::OwnRelay { url } => {
                let relay =
                    read_relay(&url).ok_or_else(|| Error::malformed("relay", "https://relay.example"))?;
                Ok(Self::OwnRelay { url: relay.to_string() })
            }
            other => Ok(other),
        }
    }

    /// How it stands in what is signed or hashed: one byte, and the address of the relay.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::SameNetwork => vec![0],
            Self::OwnRelay { url } => [&[1], url.as_bytes()].concat(),
            Self::Public => vec![2],
        }
    }

    /// Reads [`WayOfMeeting::bytes`].
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        match bytes.split_first()? {
            (0, []) => Some(Self::SameNetwork),
            (1, url) => Self::OwnRelay { url: str::from_utf8(url).ok()?.to_owned() }.checked().ok(),
            (2, []) => Some(Self::Public),
            _ => None,
        }
    }

    fn columns(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::SameNetwork => ("same_network", None),
            Self::OwnRelay { url } => ("own_relay", Some(url)),
            Self::Public => ("public", None),
        }
    }

    fn from_columns(meets: Option<&str>, relay: Option<String>) -> Option<Self> {
        match (meets, relay) {
            (Some("same_network"), _) => Some(Self::SameNetwork),
            (Some("own_relay"), Some(url)) => Some(Self::OwnRelay { url }),
            (Some("public"), _) => Some(Self::Public),
            _ => None,
        }
    }
}

/// The address of a relay, if it is one: a scheme, a host, perhaps a port, and nothing that could hide more.
pub(crate) fn read_relay(url: &str) -> Option<RelayUrl> {
    let relay: RelayUrl = (url.len() <= MAX_RELAY).then(|| url.trim().parse().ok())??;
    let is_plain = matches!(relay.scheme(), "https" | "http")
        && relay.host_str().is_some_and(|host| !host.is_empty())
        && relay.username().is_empty()
        && relay.password().is_none()
        && relay.query().is_none()
        && relay.fragment().is_none()
        && relay.as_str().len() <= MAX_RELAY;
    is_plain.then_some(relay)
}

/// How the two of a relationship meet, as each of them has chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct ChosenWays {
    /// What was chosen on this device.
    pub here: WayOfMeeting,
    /// What was chosen on the other, as it said last. Where it differs from `here`, the person is to be asked: nothing
    /// is switched by itself.
    pub there: WayOfMeeting,
    /// The ways that this device uses: the one chosen here (a public one only once both have chosen it), and the one
    /// of before until the other has heard of the new one.
    pub in_use: Vec<WayOfMeeting>,
}

/// How the two of a relationship meet.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn ways(connection: &Connection, id: RelationshipId) -> Result<ChosenWays> {
    let read = |row: &rusqlite::Row<'_>, first: usize| {
        let meets: Option<String> = row.get(first)?;
        Ok::<_, rusqlite::Error>(WayOfMeeting::from_columns(meets.as_deref(), row.get(first + 1)?))
    };
    let found = connection
        .prepare_cached(
            "SELECT meets, relay, other_meets, other_relay, former_meets, former_relay
             FROM relationship WHERE id = :id",
        )?
        .query_row(named_params! { ":id": id }, |row| Ok((read(row, 0)?, read(row, 2)?, read(row, 4)?)))
        .optional()?;
    let (here, there, former) = found.ok_or_else(|| Error::not_found(Thing::Relationship))?;
    let here = here.unwrap_or_default();
    let there = there.unwrap_or_else(|| here.clone());
    let is_agreed = here != WayOfMeeting::Public || there == WayOfMeeting::Public;
    let mut in_use = Vec::new();
    for way in is_agreed.then(|| here.clone()).into_iter().chain(former) {
        if !in_use.contains(&way) {
            in_use.push(way);
        }
    }
    Ok(ChosenWays { here, there, in_use })
}

/// Every relationship that goes on and is not paused, with the ways that this device uses for it.
pub(crate) fn all_in_use(connection: &Connection) -> Result<Vec<(RelationshipId, Vec<WayOfMeeting>)>> {
    let ids: Vec<RelationshipId> = connection
        .prepare_cached(
            // One that is over is still reached for what has to be said.
            "SELECT id FROM relationship WHERE ended_at IS NULL AND paused_at IS NULL
             OR ended_at IS NOT NULL AND EXISTS (SELECT 1 FROM notice WHERE notice.relationship = relationship.id AND confirmed = 0)
             ORDER BY id",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    ids.into_iter().map(|id| Ok((id, ways(connection, id)?.in_use))).collect()
}

/// Keeps the way that both have agreed to when they paired.
pub(crate) fn agree(connection: &Connection, id: RelationshipId, way: &WayOfMeeting) -> Result<()> {
    let (meets, relay) = way.columns();
    connection.execute(
        "UPDATE relationship
         SET meets = :meets, relay = :relay, other_meets = :meets, other_relay = :relay,
             former_meets = NULL, former_relay = NULL
         WHERE id = :id",
        named_params! { ":id": id, ":meets": meets, ":relay": relay },
    )?;
    Ok(())
}

/// Chooses a way on this device. The one of before stays in use until the other has heard, so that they can; but
/// whoever goes back to the same network leaves relays at once.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn choose(connection: &Connection, id: RelationshipId, way: &WayOfMeeting) -> Result<()> {
    let before = ways(connection, id)?;
    if before.here == *way {
        return Ok(());
    }
    let keeps_former = *way != WayOfMeeting::SameNetwork && *way != before.there;
    // What the other counts on, where that is in use, and else what was used last.
    let known = before.in_use.iter().find(|used| **used == before.there).or(before.in_use.first());
    let former = known.filter(|used| keeps_former && *used != way);
    let (meets, relay) = way.columns();
    let (former_meets, former_relay) = former.map(WayOfMeeting::columns).unzip();
    connection.execute(
        "UPDATE relationship
         SET meets = :meets, relay = :relay, other_meets = :other_meets, other_relay = :other_relay,
             former_meets = :former_meets, former_relay = :former_relay
         WHERE id = :id",
        named_params! {
            ":id": id, ":meets": meets, ":relay": relay,
            ":other_meets": before.there.columns().0, ":other_relay": before.there.columns().1,
            ":former_meets": former_meets, ":former_relay": former_relay.flatten(),
        },
    )?;
    Ok(())
}

/// Whether what the other's device says is not known here yet, or is what this one has been waiting for.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn is_news(connection: &Connection, id: RelationshipId, way: &WayOfMeeting) -> Result<bool> {
    let known = ways(connection, id)?;
    Ok(known.there != *way || known.here == *way && known.in_use.len() > 1)
}

/// Keeps what the other has chosen, as their device says. Once both say the same, the way of before is over.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn heard(connection: &Connection, id: RelationshipId, way: &WayOfMeeting) -> Result<()> {
    if ways(connection, id)?.here == *way {
        return agree(connection, id, way);
    }
    let (meets, relay) = way.columns();
    connection.execute(
        "UPDATE relationship SET other_meets = :meets, other_relay = :relay WHERE id = :id",
        named_params! { ":id": id, ":meets": meets, ":relay": relay },
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay(url: &str) -> WayOfMeeting {
        WayOfMeeting::OwnRelay { url: url.to_owned() }
    }

    #[test]
    fn the_address_of_a_relay_is_a_plain_one() {
        for good in [
            "https://relay.example",
            "http://192.168.1.7:3340",
            "https://[fd00::1]:443/",
            " https://r.example ",
        ] {
            assert!(read_relay(good).is_some(), "{good}");
        }
        let long = format!("https://{}.example", "a".repeat(300));
        for bad in [
            "",
            "relay.example",
            "ftp://r.example",
            "file:///etc",
            "https://me:pw@r.example",
            "https://r.example/?a",
            "https://r.example/#b",
            long.as_str(),
        ] {
            assert!(read_relay(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_way_is_read_back_from_its_bytes_and_nothing_else_is() {
        for way in [
            WayOfMeeting::SameNetwork,
            relay("https://relay.example/").checked().expect("a relay"),
            WayOfMeeting::Public,
        ] {
            assert_eq!(WayOfMeeting::from_bytes(&way.bytes()), Some(way));
        }
        for bad in [&b""[..], b"\x00x", b"\x02x", b"\x03", b"\x01", b"\x01nowhere", b"\x01\xFF"] {
            assert_eq!(WayOfMeeting::from_bytes(bad), None);
        }
    }

    #[test]
    fn a_way_has_one_form() {
        let same = [
            relay("https://relay.example"),
            relay("HTTPS://Relay.Example:443/"),
            relay(" https://relay.example/ "),
        ];
        let forms: Vec<_> = same.into_iter().map(|way| way.checked().expect("a relay")).collect();
        assert!(forms.iter().all(|form| *form == forms[0]), "{forms:?}");
    }
}
