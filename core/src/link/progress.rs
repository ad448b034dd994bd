//! How far an exchange that is under way has got, for a screen that shows it.

use super::{Link, LinkState};
use crate::Result;
use crate::id::RelationshipId;
use crate::sharing::on_the_way;

/// How far an exchange has got since the two connected. [`crate::home::Change::Progress`] says when to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct ExchangeProgress {
    /// Changes that came.
    pub received: u64,
    /// Changes that are to come in all, those that came included.
    pub to_receive: u64,
    /// Changes that went and are kept there.
    pub sent: u64,
    /// Changes that are to go in all, those that went included.
    pub to_send: u64,
    /// Of the excerpts and comments that are on their way here, how many bytes have come.
    pub parcel_bytes: u64,
    /// How many bytes these have in all.
    pub parcel_bytes_in_all: u64,
}

#[uniffi::export]
impl Link {
    /// How far the exchange with a device has got; nothing while there is no connection.
    ///
    /// # Errors
    /// What the file says.
    pub fn progress(&self, relationship: RelationshipId) -> Result<Option<ExchangeProgress>> {
        let peer = self.network.known_peer(relationship).filter(|peer| peer.state() != LinkState::Apart);
        let Some(peer) = peer else { return Ok(None) };
        let (parcel_bytes, parcel_bytes_in_all) =
            self.network.shared.file.read(|connection| on_the_way(connection, relationship))?;
        let progress = peer.progress();
        Ok(Some(ExchangeProgress {
            received: progress.received,
            to_receive: progress.to_receive,
            sent: progress.sent,
            to_send: progress.to_send,
            parcel_bytes,
            parcel_bytes_in_all,
        }))
    }
}
