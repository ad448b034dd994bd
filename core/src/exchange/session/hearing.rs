//! What the other says: each frame as it comes, and what follows from it.

use std::collections::BTreeMap;

use automerge::ChangeHash;

use super::standing::Standing;
use super::{LOWEST_PROTOCOL, MAX_REFUSALS, PROTOCOL, SPEAKS_NEWER, SPEAKS_OLDER, Session};
use crate::exchange::event::{Event, Terms, Way};
use crate::exchange::frame::beside::Beside;
use crate::exchange::frame::{self, Batch, Farewell, Frame, Have, Hello, MAX_POSITIONS};
use crate::exchange::heads;
use crate::exchange::incoming::{Arrived, Delivery};
use crate::exchange::replica::{Accepted, Actor, Footing, Position, Refusal, Replica, broken};
use crate::{Error, Result};

impl Session {
    pub(super) fn take(
        &mut self,
        bytes: &[u8],
        replica: &mut dyn Replica,
        events: &mut Vec<Event>,
    ) -> Result<(), (Farewell, Error)> {
        let rules = |error| (Farewell::RulesBroken, error);
        let ours = |error| match error {
            Error::Exchange { .. } => (Farewell::RulesBroken, error),
            error => (Farewell::Trouble, error),
        };
        self.patience.frame().map_err(rules)?;
        let frame = frame::read(bytes).map_err(rules)?;
        if let (Some(watch), false) = (&mut self.watch, matches!(frame, Frame::Batch(_))) {
            watch(Way::Received, bytes);
        }
        match frame {
            Frame::Hello(hello) => {
                self.agree(&hello)?;
                self.is_over |= hello.is_over;
                if self.is_over && !self.terms.is_over {
                    // Both say next which notices they hold; the end is to be among them.
                    self.counter.await_holdings();
                }
                if !self.is_over {
                    meet(&hello, replica)?;
                }
                self.hello(hello, replica, events).map_err(ours)?;
            }
            Frame::Batch(batch) => self.batch(batch, replica, events).map_err(ours)?,
            Frame::Have(have) => self.have(have, events).map_err(rules)?,
            // Nothing of a frozen plan is written anew, whatever the other says of it.
            Frame::Refused { .. } | Frame::Ends(_) if self.is_over => {}
            Frame::Refused { hash, reason } => {
                let (hash, reason) = (ChangeHash(hash), Refusal::from_number(reason));
                events.push(Event::RefusedThere { hash, reason });
                self.refused_there(&hash, replica).map_err(ours)?;
            }
            Frame::Ends(ends) => {
                if replica.ended(&ends).map_err(ours)? {
                    self.go_on_afresh(replica).map_err(ours)?;
                }
            }
            Frame::Goodbye(why) => {
                let was_settled = self.is_caught_up();
                self.ended = true;
                self.standing = Standing::Busy;
                self.outgoing.clear();
                events.push(Event::Goodbye(why));
                // The other has given up first. It is not cut off: called again, it would do the same.
                if self.is_over && !was_settled && self.counter.is_at_odds() {
                    return Err((Farewell::Done, broken(self.at_odds())));
                }
                return Ok(());
            }
            Frame::Beside(_) | Frame::Skipped if !self.greeted => {
                return Err(rules(broken("the other device did not say hello first")));
            }
            Frame::Beside(beside) => {
                let may_end = matches!(beside, Beside::Notices(_));
                if self.counter.take(beside, &mut self.outgoing, events).map_err(ours)? {
                    self.patience.goes_on_beside();
                }
                if may_end && !self.terms.is_over && self.counter.is_over().map_err(ours)? {
                    self.freeze();
                }
            }
            Frame::Skipped => {}
        }
        self.look_around(replica, events).map_err(ours)
    }

    /// Whether the two can talk at all.
    fn agree(&self, hello: &Hello) -> Result<(), (Farewell, Error)> {
        if hello.relationship != self.relationship {
            return Err((Farewell::OtherRelationship, broken("the other device means another relationship")));
        }
        let (lowest, highest) = hello.protocol;
        if lowest > PROTOCOL {
            return Err((Farewell::NoCommonVersion, broken(SPEAKS_NEWER)));
        }
        if highest < LOWEST_PROTOCOL || highest < lowest {
            return Err((Farewell::NoCommonVersion, broken(SPEAKS_OLDER)));
        }
        Ok(())
    }

    fn hello(&mut self, hello: Hello, replica: &mut dyn Replica, events: &mut Vec<Event>) -> Result<()> {
        self.patience.hello()?;
        if !self.greeted {
            self.greeted = true;
            self.patience.goes_on();
            let Hello { gate, level, device_list, is_over, .. } = hello;
            events.push(Event::Greeted(Terms { gate, level, device_list, is_over }));
        }
        // What is on its way may be lost: these positions are what counts.
        self.outgoing.forget_deliveries();
        self.progress.goes_anew();
        self.acknowledged = self.outgoing.deliveries();
        self.in_flight.clear();
        self.expected = hello.positions.iter().map(|position| (position.actor, *position)).collect();
        self.theirs.clone_from(&hello.positions);
        self.progress.begin(&replica.positions()?, &hello.positions);
        if hello.asks > 0 {
            self.asked_by_them = hello.asks;
            self.say_hello(0, replica)?;
            self.counter.begin_again(&mut self.outgoing)?;
        }
        events.push(Event::PeerHas(hello.positions));
        self.send_missing(replica)?;
        // By what the other holds it has shown that something of ours was lost here: until it has come back we say
        // nothing of that actor. The other took our former word for it and sends nothing, so it hears the new one.
        let now = replica.positions()?;
        let is_taken_back = |said: &Actor| now.iter().all(|position| position.actor != *said);
        if self.said.iter().any(is_taken_back) && !self.is_carried { self.ask_again(replica) } else { Ok(()) }
    }

    /// What the other does not take is looked at again here, and no more often than an honest device says so.
    fn refused_there(&mut self, hash: &ChangeHash, replica: &mut dyn Replica) -> Result<()> {
        self.refusals_heard += 1;
        if self.refusals_heard > MAX_REFUSALS || !replica.refused(hash)? {
            return Ok(());
        }
        self.refusals_heard = 0;
        self.go_on_afresh(replica)
    }

    fn batch(&mut self, batch: Batch<'_>, replica: &mut dyn Replica, events: &mut Vec<Event>) -> Result<()> {
        if self.is_over {
            return Ok(());
        }
        if batch.answers < self.asked {
            return if self.patience.passes_over() { self.ask_again(replica) } else { Ok(()) };
        }
        if !self.greeted {
            return self.ask_again(replica);
        }
        match self.incoming.take(&batch, replica, &mut self.watch)? {
            Arrived::Before => self.acknowledge(replica),
            Arrived::Again => Ok(()),
            Arrived::Part => {
                self.patience.goes_on();
                Ok(())
            }
            // What a file lacks comes with the next one, when the other has heard how far we are.
            Arrived::Gap if self.is_carried => Ok(()),
            Arrived::Gap => self.ask_again(replica),
            Arrived::Whole(delivery) => self.take_in(delivery, replica, events),
        }
    }

    fn take_in(
        &mut self,
        delivery: Delivery,
        replica: &mut dyn Replica,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        if !heads::can_be_passed_on(&self.relationship, &delivery.changes, &delivery.heads) {
            return Err(broken("too much between two signed heads"));
        }
        let delivered =
            delivery.changes.iter().map(|built| Position::of(&built.change)).collect::<Result<Vec<_>>>()?;
        let accepted = replica.accept(delivery.changes, &delivery.heads)?;
        self.incoming.taken = delivery.number;
        // Whoever sends a change has it.
        let mut theirs: BTreeMap<Actor, Position> =
            self.theirs.iter().map(|position| (position.actor, *position)).collect();
        for position in delivered {
            raise(&mut theirs, position);
            raise(&mut self.expected, position);
        }
        if self.expected.len() > MAX_POSITIONS {
            return Err(broken("too many actors"));
        }
        self.theirs = theirs.into_values().collect();

        let Accepted { applied, refused, goals, began_afresh, .. } = accepted;
        if applied > 0 {
            self.patience.renew();
            self.progress.received(applied);
            events.push(Event::Received { changes: applied, goals });
        } else {
            self.patience.empty()?;
        }
        self.refused_here |= !refused.is_empty();
        for (hash, reason) in &refused {
            events.push(Event::RefusedHere { hash: *hash, reason: *reason });
        }
        for (hash, reason) in refused.iter().take(MAX_REFUSALS) {
            self.outgoing.push(frame::write_refused(&hash.0, *reason as u8)?);
        }
        self.acknowledge(replica)?;
        if began_afresh { self.send_missing(replica) } else { Ok(()) }
    }

    fn have(&mut self, have: Have, events: &mut Vec<Event>) -> Result<()> {
        if have.delivery < self.acknowledged || have.delivery > self.outgoing.deliveries() {
            return Ok(());
        }
        self.acknowledged = have.delivery;
        let mut taken_in = 0;
        for position in &have.positions {
            raise(&mut self.expected, *position);
            if let Some((from, to)) = self.in_flight.get_mut(&position.actor)
                && position.seq >= *from
            {
                let reached = position.seq.min(*to);
                taken_in += reached - *from + 1;
                *from = reached + 1;
            }
        }
        if self.expected.len() > MAX_POSITIONS {
            return Err(broken("too many actors"));
        }
        self.in_flight.retain(|_, (from, to)| from <= to);
        self.theirs.clone_from(&have.positions);
        if taken_in > 0 {
            self.patience.renew();
            self.progress.sent(taken_in);
            events.push(Event::Sent { changes: u32::try_from(taken_in).unwrap_or(u32::MAX) });
        }
        events.push(Event::PeerHas(have.positions));
        Ok(())
    }
}

/// Whether each of the two reads the other's plan. Where they do, the plan may be of a higher level from here on.
fn meet(hello: &Hello, replica: &mut dyn Replica) -> Result<(), (Farewell, Error)> {
    match replica.greeted(hello.level, hello.plan).map_err(|error| (Farewell::Trouble, error))? {
        Footing::Common => Ok(()),
        Footing::TheyNeedAnUpdate => Err((Farewell::NeedsUpdate, Error::OlderPlan)),
        Footing::WeNeedAnUpdate => Err((Farewell::NeedsUpdate, Error::NewerPlan)),
    }
}

/// A position takes the place of a lower one.
fn raise(positions: &mut BTreeMap<Actor, Position>, position: Position) {
    let kept = positions.entry(position.actor).or_insert(position);
    if kept.seq < position.seq {
        *kept = position;
    }
}
