//! What the two say of themselves, and what happens in an exchange, for whoever carries it.

use automerge::ChangeHash;

use super::beside::{Presence, Whereabouts};
use super::frame::Farewell;
use super::replica::{Position, Refusal};
use crate::id::GoalId;

/// What both say of themselves in their hello.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    /// The version of the gate.
    pub(crate) gate: u64,
    /// The highest level of a plan that this build reads.
    pub(crate) level: u64,
    /// The number of the device list that the speaker's person last signed.
    pub(crate) device_list: u64,
    /// Whether the relationship is over for the speaker.
    pub(crate) is_over: bool,
}

/// What happened, for whoever carries the session. Today's link counts refusals and shows no reasons.
#[allow(dead_code, reason = "told to the carrier, which does not look at all of it yet")]
pub(crate) enum Event {
    /// The other said hello, for the first time.
    Greeted(Terms),
    /// Changes came and were taken in, durably.
    Received {
        /// How many were new.
        changes: u32,
        /// Which goals look different now.
        goals: Vec<GoalId>,
    },
    /// A change came and was set aside.
    RefusedHere {
        /// Which.
        hash: ChangeHash,
        /// Why.
        reason: Refusal,
    },
    /// The other set a change of ours aside.
    RefusedThere {
        /// Which.
        hash: ChangeHash,
        /// Why, where this version knows the reason.
        reason: Option<Refusal>,
    },
    /// The other has taken in changes that we sent, durably.
    Sent {
        /// How many.
        changes: u32,
    },
    /// How far the other has got, as it says itself.
    PeerHas(Vec<Position>),
    /// Both hold the same.
    InStep,
    /// Nothing is under way any more, but the two differ, since something was refused.
    CaughtUp,
    /// So many notices came that were not here yet.
    Noticed(u32),
    /// So many notices came that may not be believed.
    NoticesRefused(u32),
    /// Where the other device can be reached.
    Whereabouts(Whereabouts),
    /// What the other person is doing right now.
    Presence(Presence),
    /// The other ended the exchange.
    Goodbye(Farewell),
}

/// Which way a frame went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// To this device.
    Received,
    /// From this device.
    Sent,
}

/// Sees every frame, inflated.
pub(crate) type Watch = Box<dyn FnMut(Way, &[u8]) + Send>;
