//! One run of the protocol with one other device.
//!
//! Two who know each other need no search for differences: each says how far it has got with every actor,
//! and the other sends what is missing. It has no clock, no threads and no socket: whoever carries it
//! calls [`Session::receive`] with every frame, [`Session::wake`] after every local commit, and sends
//! what [`Session::poll`] gives until it gives nothing.

use std::collections::BTreeMap;

use automerge::{Change, ChangeHash};

use super::beside::{Counter, Presence, Whereabouts};
use super::event::{Event, Terms, Watch, Way};
use super::frame::beside::Beside;
use super::frame::{self, Batch, Farewell, Frame, Have, Hello, MAX_POSITIONS};
use super::heads;
use super::incoming::{Arrived, Delivery, Incoming};
use super::outgoing::Outgoing;
use super::patience::Patience;
use super::progress::Progress;
use super::replica::{Accepted, Actor, Footing, Position, Refusal, Replica, SignedEnd};
use super::shelf::Shelf;
use crate::id::RelationshipId;
use crate::{Error, Result};

/// What is said of a device that speaks no version in common, and which of the two is too old.
pub(crate) const SPEAKS_NEWER: &str = "the other device speaks only newer versions";
pub(crate) const SPEAKS_OLDER: &str = "the other device speaks only older versions";
/// What is said where the other device says that it is over, and this one knows of no end that counts; and where it is
/// over, and one of the two does not take what the other announced. To talk on, or again, brings neither further.
pub(crate) const NOBODY_ENDED_IT: &str = "the other device says it is over, and nobody has ended it";
pub(crate) const ANNOUNCED_IN_VAIN: &str = "it is over, and not all that was announced is taken";
/// The version of the protocol that this build speaks, and the lowest that it still understands.
const PROTOCOL: u64 = 1;
const LOWEST_PROTOCOL: u64 = 1;
/// How many refusals are told after one delivery.
const MAX_REFUSALS: usize = 64;

/// How the two stand, so that each state is told once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Busy,
    CaughtUp,
    InStep,
}

/// One run of the protocol.
pub(crate) struct Session {
    relationship: RelationshipId,
    terms: Terms,
    outgoing: Outgoing,
    greeted: bool,
    /// Whether our hello is on its way: nothing of ours goes before it.
    has_said_hello: bool,
    ended: bool,
    standing: Standing,
    /// How far the other has got, as it said last.
    theirs: Vec<Position>,
    /// The ends that were told last.
    ends_told: Vec<SignedEnd>,
    /// How far it will have got when all that was sent has arrived.
    expected: BTreeMap<Actor, Position>,
    /// What was sent and not acknowledged yet: sequence numbers from and to.
    in_flight: BTreeMap<Actor, (u64, u64)>,
    /// The last delivery of ours that was acknowledged.
    acknowledged: u64,
    incoming: Incoming,
    /// The number of the hello with which we last asked; what answers an older one is passed over.
    asked: u64,
    /// The number of the last hello that asked us.
    asked_by_them: u64,
    patience: Patience,
    /// How much came and went, and how much is still to.
    progress: Progress,
    /// What comes was carried here as a file: what would be answered is said with the next file.
    is_carried: bool,
    refused_here: bool,
    refusals_heard: usize,
    /// What lies beside the plan.
    counter: Counter,
    /// One of the two says that the relationship is over: the plan stays as it is. It is over only once this device's
    /// own file says so, which is `terms.is_over`; the other's word for it is signed by nobody.
    is_over: bool,
    watch: Option<Watch>,
}

impl Session {
    /// Begins: the first frame to send is the hello.
    ///
    /// # Errors
    /// What the replica says.
    pub(crate) fn new(relationship: RelationshipId, terms: Terms, replica: &dyn Replica) -> Result<Self> {
        let mut session = Self {
            relationship,
            terms,
            outgoing: Outgoing::default(),
            greeted: false,
            has_said_hello: false,
            ended: false,
            standing: Standing::Busy,
            theirs: Vec::new(),
            ends_told: Vec::new(),
            expected: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            acknowledged: 0,
            incoming: Incoming::default(),
            asked: 0,
            asked_by_them: 0,
            patience: Patience::default(),
            progress: Progress::default(),
            is_carried: false,
            refused_here: false,
            refusals_heard: 0,
            counter: Counter::default(),
            is_over: terms.is_over,
            watch: None,
        };
        session.say_hello(0, replica)?;
        Ok(session)
    }

    /// Shows every frame, inflated, to `watch` from now on.
    pub(crate) fn watch(&mut self, watch: Option<Watch>) {
        self.watch = watch;
    }

    /// Lets what lies beside the plan come level too. To be called before the first frame is sent.
    ///
    /// # Errors
    /// What the shelf says.
    pub(crate) fn shelve(&mut self, shelf: Box<dyn Shelf + Send>) -> Result<()> {
        self.counter.open(shelf, &mut self.outgoing)
    }

    /// Tells the other where this device can be reached.
    ///
    /// # Errors
    /// When it is too long for the wire.
    pub(crate) fn tell_whereabouts(&mut self, whereabouts: Whereabouts) -> Result<()> {
        self.outgoing.push(frame::beside::write(&Beside::Whereabouts(whereabouts))?);
        Ok(())
    }

    /// Tells the other what this person is doing right now, before all else that waits.
    ///
    /// # Errors
    /// Never, but for a mistake of ours.
    pub(crate) fn present(&mut self, presence: Presence) -> Result<()> {
        if self.greeted && !self.ended {
            let frame = frame::beside::write(&Beside::Presence(presence))?;
            if self.has_said_hello {
                self.outgoing.push_presence(frame);
            } else {
                self.outgoing.push(frame);
            }
        }
        Ok(())
    }

    /// One of the two has ended the relationship meanwhile: nothing of the plan flows any more.
    ///
    /// # Errors
    /// What the replica or the shelf says.
    pub(crate) fn end_relationship(&mut self, replica: &dyn Replica) -> Result<Vec<Event>> {
        let mut events = Vec::new();
        if !self.terms.is_over {
            self.freeze();
            self.look_around(replica, &mut events)?;
        }
        Ok(events)
    }

    fn freeze(&mut self) {
        (self.is_over, self.terms.is_over) = (true, true);
        self.outgoing.forget_deliveries();
        self.acknowledged = self.outgoing.deliveries();
        self.in_flight.clear();
    }

    /// Says all that somebody at `theirs` lacks, without hearing from them first: for a file that is carried there.
    ///
    /// # Errors
    /// What the replica and the shelf say.
    pub(crate) fn suppose(&mut self, theirs: Vec<Position>, replica: &mut dyn Replica) -> Result<()> {
        self.greeted = true;
        self.expected = theirs.iter().map(|position| (position.actor, *position)).collect();
        self.theirs = theirs;
        self.send_missing(replica)?;
        self.counter.say_all(&mut self.outgoing)
    }

    /// What comes from now on was carried here as a file: it has an end, and nothing is answered. Unless it is the
    /// newest, what it says is not here is no news.
    pub(crate) fn take_as_carried(&mut self, is_newest: bool) {
        self.is_carried = true;
        self.patience.without_end();
        self.counter.take_as_carried(is_newest);
        self.outgoing.clear();
    }

    /// Whether the other has said that it has more than has come here.
    ///
    /// # Errors
    /// What the replica says.
    pub(crate) fn lacks_something(&self, replica: &dyn Replica) -> Result<bool> {
        Ok(!self.is_over && !self.is_reached(&replica.positions()?))
    }

    /// How far the other has got: what it said last, and what it sent since.
    pub(crate) fn theirs(&self) -> &[Position] {
        &self.theirs
    }

    /// How much came and went in this exchange, and how much is still to.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Whether the relationship is over as far as this device's own file says: once both are level there is nothing to
    /// stay for.
    pub(crate) fn is_over(&self) -> bool {
        self.terms.is_over
    }

    /// Whether both hold the same, as far as both have said.
    pub(crate) fn is_in_step(&self) -> bool {
        self.standing == Standing::InStep
    }

    /// Whether nothing is under way in either direction: in step, or differing only by what was refused.
    pub(crate) fn is_caught_up(&self) -> bool {
        self.standing != Standing::Busy
    }

    /// Whether it is over, and no more comes of it although not all that was announced is taken.
    pub(crate) fn is_in_vain(&self) -> bool {
        self.terms.is_over && self.standing == Standing::CaughtUp
    }

    /// Whether the last frame brought one of the two further.
    pub(crate) fn is_further(&self) -> bool {
        self.patience.is_further()
    }

    /// Whether the session is over. What [`Session::poll`] still gives should be sent; nothing more is
    /// received.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// The next frame to send, or nothing until something happens.
    ///
    /// # Errors
    /// [`Error::Exchange`] when a change of ours does not fit on the wire; the session has ended then.
    pub(crate) fn poll(&mut self) -> Result<Option<Vec<u8>>> {
        let Some(sent) = self.outgoing.next_frame().inspect_err(|_| self.end(Farewell::Trouble))? else {
            return Ok(None);
        };
        self.has_said_hello = true;
        if let Some(watch) = &mut self.watch {
            watch(Way::Sent, sent.inflated());
        }
        Ok(Some(sent.frame))
    }

    /// After a local commit: sends what is new, ends among it. Before the other's hello there is nothing to do.
    ///
    /// # Errors
    /// What the replica says.
    pub(crate) fn wake(&mut self, replica: &mut dyn Replica) -> Result<()> {
        if self.greeted && !self.ended {
            if replica.ends()? != self.ends_told {
                self.say_ends(replica)?;
            }
            self.send_missing(replica)?;
            if self.counter.wake(&mut self.outgoing)? {
                self.standing = Standing::Busy;
            }
        }
        Ok(())
    }

    /// Says hello once more and asks for the other's: for a link that heard nothing for too long.
    ///
    /// # Errors
    /// [`Error::Exchange`] when it was asked too often in vain.
    pub(crate) fn ask_again(&mut self, replica: &dyn Replica) -> Result<()> {
        self.patience.ask()?;
        self.asked += 1;
        self.incoming.forget();
        self.say_hello(self.asked, replica)?;
        self.counter.begin_again(&mut self.outgoing)
    }

    /// Ends the session; the last frame to send is the goodbye.
    pub(crate) fn goodbye(&mut self) {
        self.end(Farewell::Done);
    }

    /// Takes one whole frame, with its four bytes of length.
    ///
    /// # Errors
    /// [`Error::Exchange`] when the other broke the rules, [`Error::Closed`] after the end, and what the
    /// replica says. The session has ended then; what was taken in before stays, and the next frame to
    /// send tells the other.
    pub(crate) fn receive(&mut self, bytes: &[u8], replica: &mut dyn Replica) -> Result<Vec<Event>> {
        if self.ended {
            return Err(Error::Closed);
        }
        let mut events = Vec::new();
        let taken = self.take(bytes, replica, &mut events);
        if self.is_carried {
            self.outgoing.clear();
        }
        match taken {
            Ok(()) => Ok(events),
            Err((why, error)) => {
                self.end(why);
                Err(error)
            }
        }
    }

    fn end(&mut self, why: Farewell) {
        if !self.ended {
            self.ended = true;
            self.standing = Standing::Busy;
            self.incoming.forget();
            self.outgoing.end(why);
        }
    }

    fn take(
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

    fn say_hello(&mut self, asks: u64, replica: &dyn Replica) -> Result<()> {
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
        self.outgoing.push(frame::write_hello(&hello)?);
        self.say_ends(replica)
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
        self.send_missing(replica)
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

    /// Changes of ours are gone, others have come in their place: nothing of the former may be sent any more.
    fn go_on_afresh(&mut self, replica: &mut dyn Replica) -> Result<()> {
        self.outgoing.forget_deliveries();
        self.progress.goes_anew();
        self.acknowledged = self.outgoing.deliveries();
        self.in_flight.clear();
        self.expected = self.theirs.iter().map(|position| (position.actor, *position)).collect();
        self.say_ends(replica)?;
        self.acknowledge(replica)?;
        if self.greeted { self.send_missing(replica) } else { Ok(()) }
    }

    fn say_ends(&mut self, replica: &dyn Replica) -> Result<()> {
        let ends = replica.ends()?;
        if !ends.is_empty() {
            self.outgoing.push(frame::write_ends(&ends)?);
        }
        self.ends_told = ends;
        Ok(())
    }

    fn send_missing(&mut self, replica: &mut dyn Replica) -> Result<()> {
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
            let position = position_of(change)?;
            self.expected.insert(position.actor, position);
            self.in_flight
                .entry(position.actor)
                .and_modify(|(_, to)| *to = position.seq)
                .or_insert((position.seq, position.seq));
        }
        self.outgoing.deliver(missing, self.asked_by_them, replica)
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
            delivery.changes.iter().map(|built| position_of(&built.change)).collect::<Result<Vec<_>>>()?;
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

    fn acknowledge(&mut self, replica: &dyn Replica) -> Result<()> {
        let have = Have { delivery: self.incoming.taken, positions: replica.positions()? };
        self.outgoing.push_have(frame::write_have(&have)?);
        Ok(())
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

    /// Tells when the two have come level, or as level as they will.
    fn look_around(&mut self, replica: &dyn Replica, events: &mut Vec<Event>) -> Result<()> {
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
    fn at_odds(&self) -> &'static str {
        if self.terms.is_over { ANNOUNCED_IN_VAIN } else { NOBODY_ENDED_IT }
    }

    /// Whether we have all that the other says it has.
    fn is_reached(&self, ours: &[Position]) -> bool {
        self.theirs.iter().all(|their| {
            ours.binary_search_by_key(&their.actor, |position| position.actor)
                .is_ok_and(|at| ours[at].seq >= their.seq)
        })
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

pub(super) fn broken(problem: &'static str) -> Error {
    Error::Exchange { problem: problem.to_owned() }
}

/// Where a change stands.
pub(super) fn position_of(change: &Change) -> Result<Position> {
    let actor = change.actor_id().to_bytes().try_into();
    let actor = actor.map_err(|_| broken("an actor that is not 16 bytes"))?;
    Ok(Position { actor, seq: change.seq(), hash: change.hash().0 })
}
