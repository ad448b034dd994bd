//! What is said to the other: how far we are, where actors end, and what they lack.

use super::standing::Standing;
use super::{LOWEST_PROTOCOL, PROTOCOL, Session};
use crate::Result;
use crate::exchange::frame::{self, Have, Hello};
use crate::exchange::replica::{Position, Replica};

impl Session {
    pub(super) fn say_hello(&mut self, asks: u64, replica: &dyn Replica) -> Result<()> {
        let hello = Hello {
            protocol: (LOWEST_PROTOCOL, PROTOCOL),
            gate: self.terms.gate,
            level: self.terms.level,
            plan: replica.level()?,
            device_list: self.terms.device_list,
            relationship: self.relationship,
            is_over: self.terms.is_over,
            asks,
            positions: replica.positions()?,
        };
        self.said = hello.positions.iter().map(|position| position.actor).collect();
        self.outgoing.push(frame::write_hello(&hello)?);
        self.say_ends(replica)
    }

    pub(super) fn say_ends(&mut self, replica: &dyn Replica) -> Result<()> {
        let ends = replica.ends()?;
        if !ends.is_empty() {
            self.outgoing.push(frame::write_ends(&ends)?);
        }
        self.ends_told = ends;
        Ok(())
    }

    pub(super) fn send_missing(&mut self, replica: &mut dyn Replica) -> Result<()> {
        if self.is_over {
            return Ok(());
        }
        let expected: Vec<Position> = self.expected.values().copied().collect();
        let missing = replica.missing(&expected)?;
        if missing.is_empty() || self.is_carried {
            return Ok(());
        }
        self.progress.goes(missing.len());
        self.standing = Standing::Busy;
        for change in &missing {
            let position = Position::of(change)?;
            self.expected.insert(position.actor, position);
            self.in_flight
                .entry(position.actor)
                .and_modify(|(_, to)| *to = position.seq)
                .or_insert((position.seq, position.seq));
        }
        self.outgoing.deliver(missing, self.asked_by_them, replica)
    }

    /// Changes of ours are gone, others have come in their place: nothing of the former may be sent any more.
    pub(super) fn go_on_afresh(&mut self, replica: &mut dyn Replica) -> Result<()> {
        self.outgoing.forget_deliveries();
        self.progress.goes_anew();
        self.acknowledged = self.outgoing.deliveries();
        self.in_flight.clear();
        self.expected = self.theirs.iter().map(|position| (position.actor, *position)).collect();
        self.say_ends(replica)?;
        self.acknowledge(replica)?;
        if self.greeted { self.send_missing(replica) } else { Ok(()) }
    }

    pub(super) fn acknowledge(&mut self, replica: &dyn Replica) -> Result<()> {
        let have = Have { delivery: self.incoming.taken, positions: replica.positions()? };
        self.outgoing.push_have(frame::write_have(&have)?);
        Ok(())
    }
}
