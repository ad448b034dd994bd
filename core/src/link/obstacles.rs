//! Why two devices cannot meet, as far as this one can know, so that a person can do something about it.

use std::time::Duration;

use iroh::{Endpoint, Watcher};
use rusqlite::{Connection, OptionalExtension, named_params};
use tokio::time::Instant as Since;

use super::LinkState;
use super::doorways::{Doorway, Reach};
use super::network::{Missed, Network, off};
use crate::clock::Instant;
use crate::error::Thing;
use crate::exchange::{NOBODY_ENDED_IT, SPEAKS_NEWER, SPEAKS_OLDER};
use crate::id::RelationshipId;
use crate::relationship::way;
use crate::relationship::{ChosenWays, WayOfMeeting};
use crate::store::Micros;
use crate::{Error, Result};

/// How long a relay may take to answer before it counts as out of reach.
const RELAY_ANSWERS: Duration = Duration::from_secs(6);

/// How the two of a relationship stand with meeting each other.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct Meeting {
    /// How they meet.
    pub ways: ChosenWays,
    /// How the link stands.
    pub state: LinkState,
    /// What is in the way, as far as this device knows; what can be helped first stands first.
    pub obstacles: Vec<Obstacle>,
}

/// Something that keeps two devices from meeting, or will.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Enum)]
#[serde(tag = "obstacle", rename_all = "snake_case")]
pub enum Obstacle {
    /// The relationship has ended: nothing connects any more.
    Ended,
    /// It is paused here: resume it.
    Paused,
    /// This device is not online: go online.
    NotOnline,
    /// This device is on no network: connect it to one.
    NoNetwork,
    /// The other device does not know this one (any more), or has begun anew: pair again.
    DoorClosed,
    /// The other's app is too old for this one: it needs an update.
    OtherNeedsUpdate,
    /// This app is too old for the other's: update it.
    ThisNeedsUpdate,
    /// The other device says that the relationship is over, and has no word for it that counts here: ask the other
    /// person, and end it here, too, if it is so.
    OtherSaysItIsOver,
    /// A relay does not answer: see that it runs and that its address is right, or choose another way.
    RelayOutOfReach {
        /// Which.
        url: String,
    },
    /// A relay does not let this device in: who runs it can change that.
    RelayRefused {
        /// Which.
        url: String,
    },
    /// The public services do not answer: see that this device is on the internet.
    PublicOutOfReach,
    /// The other device was never found: both must be online, in the way that was chosen.
    NeverSeen,
    /// The other device does not answer: it must be online, and in a place where the way works.
    OtherNotSeenSince {
        /// When it was last connected, UTC.
        at: Instant,
    },
    /// The way was chosen on this device only; the other person is told at the next exchange in the way of before.
    OnlyChosenHere,
    /// The other person has chosen another way: choose it too, or talk about it.
    OnlyChosenThere,
}

/// What the shared file tells of a relationship.
struct Kept {
    ways: ChosenWays,
    is_ended: bool,
    is_paused: bool,
    has_addresses: bool,
    seen_at: Option<Instant>,
}

impl Kept {
    fn read(file: &Connection, id: RelationshipId) -> Result<Self> {
        let ways = way::ways(file, id)?;
        let found = file
            .prepare_cached(
                "SELECT ended_at IS NOT NULL, paused_at IS NOT NULL, in_step_at,
                        (SELECT max(nullif(learned_at, 0)) FROM device_address
                         JOIN device ON device.public_key = device_address.device
                         WHERE device.person = relationship.other)
                 FROM relationship WHERE id = :id",
            )?
            .query_row(named_params! { ":id": id }, |row| {
                let in_step: Option<Micros> = row.get(2)?;
                let learned: Option<Micros> = row.get(3)?;
                let seen_at = in_step.map(|at| at.0).max(learned.as_ref().map(|at| at.0));
                Ok((row.get(0)?, row.get(1)?, learned.is_some(), seen_at))
            })
            .optional()?;
        let (is_ended, is_paused, has_addresses, seen_at) =
            found.ok_or_else(|| Error::not_found(Thing::Relationship))?;
        Ok(Self { ways, is_ended, is_paused, has_addresses, seen_at })
    }

    /// What stands in the way whether this device is online or not.
    fn obstacles(&self) -> Vec<Obstacle> {
        let mut obstacles = Vec::new();
        if self.is_ended {
            obstacles.push(Obstacle::Ended);
        } else if self.is_paused {
            obstacles.push(Obstacle::Paused);
        }
        if self.ways.here != self.ways.there && !self.is_ended {
            // Of two that differ, the one that is still in use is the one of before.
            let is_news_from_there = self.ways.in_use.len() == 1 && self.ways.in_use[0] == self.ways.here;
            obstacles.push(if is_news_from_there {
                Obstacle::OnlyChosenThere
            } else {
                Obstacle::OnlyChosenHere
            });
        }
        obstacles
    }
}

/// How the two stand while this device is not online.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn while_offline(file: &Connection, relationship: RelationshipId) -> Result<Meeting> {
    let kept = Kept::read(file, relationship)?;
    let mut obstacles = kept.obstacles();
    if !kept.is_ended {
        obstacles.insert(obstacles.len().min(1), Obstacle::NotOnline);
    }
    Ok(Meeting { ways: kept.ways, state: LinkState::Apart, obstacles })
}

/// How the two stand while this device is online.
pub(super) async fn meeting(network: &Network, relationship: RelationshipId) -> Result<Meeting> {
    let shared = std::sync::Arc::clone(&network.shared);
    let kept = off(move || shared.file.read(|file| Kept::read(file, relationship))).await?;
    let peer = network.known_peer(relationship);
    let state = peer.as_ref().map_or(LinkState::Apart, |peer| peer.state());
    let mut obstacles = kept.obstacles();
    if state == LinkState::Apart && !kept.is_ended && !kept.is_paused {
        let mut in_between = on_the_way(network, &kept.ways);
        let trouble = peer.as_ref().and_then(|peer| peer.trouble());
        match (trouble, peer.as_ref().and_then(|peer| peer.missed())) {
            (Some(Error::Exchange { problem }), _) if problem == SPEAKS_NEWER => {
                in_between.push(Obstacle::ThisNeedsUpdate);
            }
            (Some(Error::Exchange { problem }), _) if problem == SPEAKS_OLDER => {
                in_between.push(Obstacle::OtherNeedsUpdate);
            }
            (Some(Error::Exchange { problem }), _) if problem == NOBODY_ENDED_IT => {
                in_between.push(Obstacle::OtherSaysItIsOver);
            }
            (_, Some(Missed::DoorClosed)) => in_between.push(Obstacle::DoorClosed),
            (_, Some(Missed::NoWay)) if !kept.has_addresses => in_between.push(Obstacle::NeverSeen),
            (_, Some(Missed::Away | Missed::NoWay)) if in_between.is_empty() => {
                in_between
                    .push(kept.seen_at.map_or(Obstacle::NeverSeen, |at| Obstacle::OtherNotSeenSince { at }));
            }
            _ => {}
        }
        in_between.append(&mut obstacles);
        obstacles = in_between;
    }
    Ok(Meeting { ways: kept.ways, state, obstacles })
}

/// What is between this device and the places where it can be met.
fn on_the_way(network: &Network, ways: &ChosenWays) -> Vec<Obstacle> {
    let direct = network.doorway(&Doorway::Direct);
    let has_network = direct.is_some_and(|(endpoint, _)| {
        endpoint.watch_addr().get().ip_addrs().any(|address| !address.ip().is_loopback())
    });
    if network.setup.options.reach == Reach::AsChosen && !has_network {
        return vec![Obstacle::NoNetwork];
    }
    let mut obstacles = Vec::new();
    for used in &ways.in_use {
        let Some(doorway) = Doorway::of(used) else { continue };
        if doorway == Doorway::Direct {
            continue;
        }
        let standing =
            network.doorway(&doorway).map_or(AtRelay::OutOfReach, |(at, since)| AtRelay::of(&at, since));
        match (standing, used) {
            (AtRelay::Refused, WayOfMeeting::OwnRelay { url }) => {
                obstacles.push(Obstacle::RelayRefused { url: url.clone() });
            }
            (AtRelay::OutOfReach, WayOfMeeting::OwnRelay { url }) => {
                obstacles.push(Obstacle::RelayOutOfReach { url: url.clone() });
            }
            (AtRelay::OutOfReach | AtRelay::Refused, _) => obstacles.push(Obstacle::PublicOutOfReach),
            (AtRelay::There | AtRelay::OnTheWay, _) => {}
        }
    }
    obstacles
}

/// How a doorway stands with its relay.
enum AtRelay {
    There,
    OnTheWay,
    Refused,
    OutOfReach,
}

impl AtRelay {
    fn of(endpoint: &Endpoint, since: Since) -> Self {
        let relays = endpoint.home_relay_status().get();
        if relays.iter().any(iroh::endpoint::RelayStatus::is_connected) {
            Self::There
        } else if relays.iter().any(|relay| relay.auth_denied_reason().is_some()) {
            Self::Refused
        } else if relays.iter().any(|relay| relay.last_error().is_some()) || since.elapsed() > RELAY_ANSWERS {
            Self::OutOfReach
        } else {
            Self::OnTheWay
        }
    }
}
