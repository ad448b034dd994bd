//! How the two stand: whether they have come level, or as level as they will.

use super::{ANNOUNCED_IN_VAIN, NOBODY_ENDED_IT, Session};
use crate::Result;
use crate::exchange::event::Event;
use crate::exchange::replica::{Position, Replica, broken};

/// How the two stand, so that each state is told once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Busy,
    CaughtUp,
    InStep,
}

impl Session {
    /// Tells when the two have come level, or as level as they will.
    pub(super) fn look_around(&mut self, replica: &dyn Replica, events: &mut Vec<Event>) -> Result<()> {
        if !self.greeted {
            return Ok(());
        }
        let ours = replica.positions()?;
        let all_sent = self.acknowledged == self.outgoing.deliveries();
        let all_here = !self.incoming.is_waiting() && (self.refused_here || self.is_reached(&ours));
        if self.is_over && !self.terms.is_over {
            // Whoever says so holds an end that somebody signed, and it has come by the time that both hold the same.
            if self.counter.is_settled() && !self.is_carried {
                return Err(broken(self.at_odds()));
            }
            self.standing = Standing::Busy;
            return Ok(());
        }
        let is_level = self.is_over || ours == self.theirs;
        let is_settled = is_level || all_sent && all_here;
        if is_settled {
            // Parcels wait for the plan, so that nobody reads one whose goal they do not know.
            self.counter.ask(&mut self.outgoing)?;
        }
        let standing = if is_level && self.counter.is_level() {
            Standing::InStep
        } else if is_settled && self.counter.is_settled() {
            Standing::CaughtUp
        } else {
            Standing::Busy
        };
        if standing != self.standing {
            self.standing = standing;
            match standing {
                Standing::InStep => events.push(Event::InStep),
                Standing::CaughtUp => events.push(Event::CaughtUp),
                Standing::Busy => {}
            }
        }
        Ok(())
    }

    /// What the two cannot agree on at the end.
    pub(super) fn at_odds(&self) -> &'static str {
        if self.terms.is_over { ANNOUNCED_IN_VAIN } else { NOBODY_ENDED_IT }
    }

    /// Whether we have all that the other says it has.
    pub(super) fn is_reached(&self, ours: &[Position]) -> bool {
        self.theirs.iter().all(|their| {
            ours.binary_search_by_key(&their.actor, |position| position.actor)
                .is_ok_and(|at| ours[at].seq >= their.seq)
        })
    }
}
