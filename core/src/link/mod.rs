//! What carries exchanges between two devices: iroh (QUIC, TLS 1.3, device keys as addresses), or
//! memory in tests. It knows nothing of plans.

use std::sync::Arc;

use crate::Result;
use crate::id::{GoalId, RelationshipId};
use crate::relationship::Pairing;

/// How far a device reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Reach {
    /// Only programs on this machine.
    ThisMachine,
    /// The networks this machine is on, by addresses learned at pairing. Nothing is announced.
    SameNetwork,
}

/// How the link to the other device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// No connection.
    Apart,
    /// Connected, catching up.
    CatchingUp,
    /// Connected and level: edits appear there at once.
    InStep,
}

/// What an exchange did.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, uniffi::Record)]
pub struct ExchangeReport {
    /// Changes that came.
    pub received: u32,
    /// Changes that went.
    pub sent: u32,
    /// Changes that came and were refused.
    pub refused_here: u32,
    /// Changes of ours that the other refused.
    pub refused_there: u32,
    /// Goals that changed here.
    pub goals: Vec<GoalId>,
    /// Whether both are level now.
    pub in_step: bool,
    /// Bytes received, as they came over the wire.
    pub bytes_received: u64,
    /// Bytes sent.
    pub bytes_sent: u64,
}

/// Which way a frame went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Direction {
    /// To this device.
    Received,
    /// From this device.
    Sent,
}

/// Sees every frame, inflated, so that anyone can check what comes and goes. Off unless asked for.
#[uniffi::export(foreign)]
pub trait FrameObserver: Send + Sync {
    /// One frame's content after decompression.
    ///
    /// # Errors
    /// What is returned is ignored.
    fn on_frame(&self, relationship: RelationshipId, direction: Direction, inflated: Vec<u8>) -> Result<()>;
}

/// This device's place on the network.
#[derive(uniffi::Object)]
pub struct Link {}

#[uniffi::export]
impl Link {
    /// Opens a ticket for another person to pair with. One at a time.
    ///
    /// # Errors
    /// [`crate::Error::Closed`].
    pub async fn offer_pairing(&self) -> Result<Arc<Pairing>> {
        todo!()
    }

    /// Takes up somebody's ticket.
    ///
    /// # Errors
    /// [`crate::Error::Pairing`], [`crate::Error::Unreachable`], [`crate::Error::Closed`].
    pub async fn redeem(&self, ticket: String) -> Result<Arc<Pairing>> {
        todo!()
    }

    /// Brings the two plans level with the other device, which must be online too, and stays connected:
    /// edits then flow at once. Waits up to `patience_seconds` for the other device.
    ///
    /// # Errors
    /// [`crate::Error::Unreachable`], [`crate::Error::Exchange`], [`crate::Error::NotFound`], [`crate::Error::Closed`].
    pub async fn exchange(
        &self,
        relationship: RelationshipId,
        patience_seconds: u32,
    ) -> Result<ExchangeReport> {
        todo!()
    }

    /// How the link to a device stands.
    #[must_use]
    pub fn state(&self, relationship: RelationshipId) -> LinkState {
        todo!()
    }

    /// Shows every frame to `observer` from now on, or to nobody.
    pub fn watch_frames(&self, observer: Option<Arc<dyn FrameObserver>>) {
        todo!()
    }

    /// Says goodbye to everyone and stops listening.
    pub async fn go_offline(&self) {
        todo!()
    }
}
