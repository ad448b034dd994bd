//! One run of the protocol with one other device.
//!
//! Two who know each other need no search for differences: each says how far it has got with every actor,
//! and the other sends what is missing. It has no clock, no threads and no socket: whoever carries it
//! calls [`Session::receive`] with every frame, [`Session::wake`] after every local commit, and sends
//! what [`Session::poll`] gives until it gives nothing.

mod hearing;
mod saying;
mod standing;

use std::collections::BTreeMap;

use self::standing::Standing;
use super::beside::{Counter, Presence, Whereabouts};
use super::event::{Event, Terms, Watch, Way};
use super::frame::beside::Beside;
use super::frame::{self, Farewell};
use super::incoming::Incoming;
use super::outgoing::Outgoing;
use super::patience::Patience;
use super::progress::Progress;
use super::replica::{Actor, Position, Replica, SignedEnd};
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
    /// The actors of which our last hello told.
    said: Vec<Actor>,
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
            said: Vec::new(),
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
}
