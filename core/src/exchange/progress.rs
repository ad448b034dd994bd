//! How much came and went in an exchange, and how much is still to, in changes.

use super::replica::Position;

/// Counted from the beginning of one exchange.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Changes that came.
    pub(crate) received: u64,
    /// How many there are to come in all, those that came included, as far as the other has said.
    pub(crate) to_receive: u64,
    /// Changes that went and are durable there.
    pub(crate) sent: u64,
    /// How many there are to go in all, those that went included.
    pub(crate) to_send: u64,
}

impl Progress {
    /// The other has said how far it has got.
    pub(super) fn begin(&mut self, ours: &[Position], theirs: &[Position]) {
        let ours_at = |their: &Position| {
            let at = ours.binary_search_by_key(&their.actor, |position| position.actor);
            at.map_or(0, |at| ours[at].seq)
        };
        let lacking = theirs.iter().map(|their| their.seq.saturating_sub(ours_at(their)));
        self.to_receive = self.received + lacking.fold(0, u64::saturating_add).min(u64::from(u32::MAX));
    }

    /// Changes came in, durably.
    pub(super) fn received(&mut self, changes: u32) {
        self.received += u64::from(changes);
        self.to_receive = self.to_receive.max(self.received);
    }

    /// So many more are on their way to the other.
    pub(super) fn goes(&mut self, changes: usize) {
        self.to_send += changes as u64;
    }

    /// What was on its way is counted anew.
    pub(super) fn goes_anew(&mut self) {
        self.to_send = self.sent;
    }

    /// The other has taken in so many.
    pub(super) fn sent(&mut self, changes: u64) {
        self.sent += changes;
        self.to_send = self.to_send.max(self.sent);
    }
}
