//! One exchange over one connection: what the session says goes out, what arrives goes in, and an edit
//! made here is sent at once. It knows frames, and nothing of what is in them.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant as Deadline, sleep_until, timeout};

use super::line::Line;
use super::network::{Network, off};
use super::peer::{Counted, Peer};
use super::preface::{Admission, admission};
use super::seldom::Seldom;
use super::whereabouts::{hear, own_whereabouts, remember_address};
use super::{ExchangeReport, LinkState};
use crate::clock::Instant;
use crate::exchange::{ANNOUNCED_IN_VAIN, Event, Replica, Session, Whereabouts};
use crate::id::GoalId;
use crate::log::{self, Failure, LogEvent};
use crate::relationship::key::PublicKey;
use crate::relationship::people;
use crate::shared::Change;
use crate::{Error, Result};

/// How long the other may say nothing that brings the two further while something is under way.
const STALLED: Duration = Duration::from_secs(30);
/// How long what the other had said may take to be read once nothing can be sent any more.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// How often it is written down that both are level, while they stay so.
const IN_STEP_EVERY: TimeDelta = TimeDelta::seconds(30);
/// How often it is written down where the other says it is, and how often it is told what its person is doing.
const WHEREABOUTS_EVERY: Duration = Duration::from_secs(10);
const PRESENCE_EVERY: Duration = Duration::from_millis(100);

/// A session and the replica it brings up to date. Both work on the disk, so they are lent to a thread
/// that may wait.
struct Run {
    network: Arc<Network>,
    peer: Arc<Peer>,
    session: Session,
    replica: Box<dyn Replica + Send>,
    /// The other end, and where it is.
    device: PublicKey,
    address: Option<SocketAddr>,
    in_step_noted: Option<Instant>,
    /// Where the other says it is, while that waits to be written down.
    whereabouts: Seldom<Whereabouts>,
    /// That what the other person is doing is something else, while that waits to be told.
    presence: Seldom<()>,
    /// The last wish that what was sent takes into account.
    wish: u64,
}

/// Carries one exchange until the connection is gone or this device goes offline. Answers whether both
/// had come level, or as level as they will.
pub(super) async fn carry(network: &Arc<Network>, peer: &Arc<Peer>, line: Line) -> bool {
    let mut was_settled = false;
    let mut account = Account::begin(peer);
    let ended = converse(network, peer, line, &mut was_settled).await;
    let trouble = ended.err().filter(|error| *error != Error::Closed);
    account.why = trouble.as_ref().map(Into::into);
    drop(account);
    let (peer, shared) = (Arc::clone(peer), Arc::clone(&network.shared));
    // It only tells, so it cannot fail.
    let _ = off(move || {
        peer.sitting.parts(&shared, peer.relationship);
        peer.part(&shared, trouble);
        Ok(())
    })
    .await;
    was_settled
}

/// Tells developers what came and went when an exchange ends, in whatever way: also where a better connection takes the
/// place of this one.
struct Account<'a> {
    peer: &'a Peer,
    begun: Deadline,
    why: Option<Failure>,
}

impl<'a> Account<'a> {
    fn begin(peer: &'a Peer) -> Self {
        peer.count_anew();
        Self { peer, begun: Deadline::now(), why: None }
    }
}

impl Drop for Account<'_> {
    fn drop(&mut self) {
        let (relationship, took, why) = (self.peer.relationship, self.begun.elapsed(), self.why);
        let Counted { received, sent, bytes_received, bytes_sent } = self.peer.counted();
        let told =
            LogEvent::ExchangeEnded { relationship, took, received, sent, bytes_received, bytes_sent, why };
        log::tell(told);
    }
}

async fn converse(
    network: &Arc<Network>,
    peer: &Arc<Peer>,
    mut line: Line,
    was_settled: &mut bool,
) -> Result<()> {
    // Heard from before the session begins, so that no edit falls between the two.
    let mut edits = network.shared.edits();
    let mut sits = peer.sitting.changes();
    let mut moves = peer.moves.subscribe();
    let mut wish = peer.wish.subscribe();
    let wished = *wish.borrow_and_update();
    let (device, address, outbox) = (line.device(), line.address(), line.outbox());
    let (own_network, own_peer) = (Arc::clone(network), Arc::clone(peer));
    let mut run = off(move || {
        if let Some(address) = address {
            remember_address(&own_network.shared, &device, address)?;
        }
        Run::begin(own_network, own_peer, device, address, wished)
    })
    .await?;
    let mut may_have_more = true;
    let mut is_going = false;
    let mut is_in_vain = false;
    let mut deadline = Deadline::now() + STALLED;
    loop {
        if run.session.has_ended() && !may_have_more {
            drop(outbox);
            line.finish().await;
            return if is_in_vain { Err(Error::broken_rule(ANNOUNCED_IN_VAIN)) } else { Ok(()) };
        }
        if is_going && !may_have_more {
            // Only after all else was said: the other would never hear that its changes arrived.
            run.session.goodbye();
            may_have_more = true;
        }
        let is_settled = run.session.is_caught_up();
        *was_settled |= is_settled;
        if is_settled && !is_going && run.session.is_over() {
            // All that is still to be said of an ended relationship has been said.
            (is_going, may_have_more) = (true, true);
            is_in_vain = run.session.is_in_vain();
        }
        run = tokio::select! {
            room = outbox.clone().reserve_owned(), if may_have_more => {
                let Ok(room) = room else { return hear_out(run, line).await };
                let (run, frame) = run.lend(Run::next_frame).await?;
                may_have_more = frame.is_some();
                if let Some(frame) = frame {
                    room.send(frame);
                }
                run
            }
            frame = line.receive() => {
                let Some(frame) = frame else { return run.lend(Run::is_left).await.map(drop) };
                may_have_more = true;
                let (run, taken) = run.lend(move |run| Ok(run.take(&frame))).await?;
                if run.session.is_further() {
                    deadline = Deadline::now() + STALLED;
                }
                if let Err(error) = taken {
                    drop(outbox);
                    return part(run, line, error).await;
                }
                run
            }
            edit = edits.recv(), if !is_going => match edit {
                Ok(relationship) if relationship != peer.relationship => run,
                Ok(_) | Err(RecvError::Lagged(_)) => {
                    may_have_more = true;
                    let (run, stays) = run.lend(|run| run.wake(None)).await?;
                    is_going = !stays;
                    run
                }
                Err(RecvError::Closed) => return Ok(()),
            },
            Ok(()) = wish.changed(), if !is_going => {
                let wished = *wish.borrow_and_update();
                may_have_more = true;
                run.lend(move |run| run.wake(Some(wished))).await?.0
            }
            Ok(()) = sits.changed(), if !is_going => {
                may_have_more = true;
                run.lend(Run::say_presence).await?.0
            }
            Ok(()) = moves.changed(), if !is_going => {
                may_have_more = true;
                run.lend(Run::tell_whereabouts).await?.0
            }
            () = rests(network, peer), if is_settled && !is_going => {
                (is_going, may_have_more) = (true, true);
                run
            }
            () = network.went_offline(), if !is_going => {
                (is_going, may_have_more) = (true, true);
                run
            }
            () = due(run.due()) => run.lend(Run::do_what_is_due).await?.0,
            () = sleep_until(deadline), if !is_settled => {
                return Err(Error::broken_rule("the other device fell silent"));
            }
        };
        if is_settled && !run.session.is_caught_up() {
            // Something is under way again: the time before does not count as silence.
            deadline = Deadline::now() + STALLED;
        }
    }
}

/// Nothing can be sent any more: the other has closed. What it said before still counts, its goodbye above all.
async fn hear_out(mut run: Run, mut line: Line) -> Result<()> {
    let hearing = async {
        while let Some(frame) = line.receive().await {
            let (heard, taken) = run.lend(move |run| Ok(run.take(&frame))).await?;
            run = heard;
            taken?;
        }
        run.lend(Run::is_left).await.map(drop)
    };
    // On a connection that is still open there is nobody to wait for.
    timeout(LAST_WORDS, hearing).await.unwrap_or(Ok(()))
}

/// Returns at that moment, or never where there is none.
async fn due(at: Option<Deadline>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Returns once the app is in the background and nobody waits for an exchange.
async fn rests(network: &Network, peer: &Peer) {
    network.rests().await;
    peer.rests().await;
}

/// Ends an exchange in which a rule was broken or the disk failed: the session's last word still goes.
async fn part(run: Run, line: Line, error: Error) -> Result<()> {
    let (_, last_words) = run.lend(|run| run.rest()).await?;
    let outbox = line.outbox();
    for frame in last_words {
        if outbox.send(frame).await.is_err() {
            break;
        }
    }
    drop(outbox);
    line.finish().await;
    Err(error)
}

impl Run {
    fn begin(
        network: Arc<Network>,
        peer: Arc<Peer>,
        device: PublicKey,
        address: Option<SocketAddr>,
        wished: u64,
    ) -> Result<Self> {
        let relationship = peer.relationship;
        // Since it was let in it may have been replaced, and the relationship paused.
        let admitted = network.shared.file.read(|file| admission(file, &device, relationship))?;
        if admitted != Admission::Welcome {
            return Err(Error::Closed);
        }
        let replica = network.carried.replica(relationship, device)?;
        let terms = network.carried.terms(relationship)?;
        let mut session = Session::new(relationship, terms, &*replica)?;
        session.shelve(network.carried.shelf(relationship)?)?;
        let frames = Arc::clone(&network.frames);
        session.watch(Some(Box::new(move |way, inflated| frames.show(relationship, way, inflated))));
        let run = Self {
            network,
            peer,
            session,
            replica,
            device,
            address,
            in_step_noted: None,
            whereabouts: Seldom::every(WHEREABOUTS_EVERY),
            presence: Seldom::every(PRESENCE_EVERY),
            wish: wished,
        };
        run.stand(false);
        Ok(run)
    }

    /// Lets `work` use the session on a thread that may wait. An error or a panic ends the exchange.
    async fn lend<T: Send + 'static>(
        mut self,
        work: impl FnOnce(&mut Self) -> Result<T> + Send + 'static,
    ) -> Result<(Self, T)> {
        off(move || {
            let done = work(&mut self)?;
            Ok((self, done))
        })
        .await
    }

    fn next_frame(&mut self) -> Result<Option<Vec<u8>>> {
        let frame = self.session.poll()?;
        match &frame {
            Some(frame) => self.peer.count(|report| report.bytes_sent += frame.len() as u64),
            // Level counts from when the other can know of it too.
            None => self.stand(true),
        }
        Ok(frame)
    }

    /// What is still to be sent of a session that has ended: hardly more than its goodbye.
    fn rest(&mut self) -> Result<Vec<Vec<u8>>> {
        let mut frames = Vec::new();
        while let Some(frame) = self.next_frame()? {
            frames.push(frame);
        }
        Ok(frames)
    }

    /// Sends what is new here. Answers whether the two stay connected: not once the relationship is paused.
    fn wake(&mut self, wished: Option<u64>) -> Result<bool> {
        self.session.wake(&mut *self.replica)?;
        self.peer.gets_on(*self.session.progress());
        self.wish = wished.unwrap_or(self.wish);
        let standing = self.look_at_the_relationship()?;
        self.stand(false);
        Ok(standing != people::Standing::Paused)
    }

    /// From the moment on at which it is over, nothing of the plan goes either way.
    fn look_at_the_relationship(&mut self) -> Result<people::Standing> {
        let (shared, relationship) = (&self.network.shared, self.peer.relationship);
        let standing = shared.file.read(|file| people::standing(file, relationship))?;
        if matches!(standing, people::Standing::Over { .. }) {
            let events = self.session.end_relationship(&*self.replica)?;
            if events.iter().any(|event| matches!(event, Event::InStep)) {
                self.note_in_step()?;
            }
        }
        Ok(standing)
    }

    /// Takes in a frame, and counts what came of it. Whoever took the changes in has told of them.
    fn take(&mut self, frame: &[u8]) -> Result<()> {
        self.peer.count(|report| report.bytes_received += frame.len() as u64);
        let wished = *self.peer.wish.borrow();
        if wished != self.wish {
            // What was written before the wish is looked at first, or what the other says now would answer it unseen.
            self.session.wake(&mut *self.replica)?;
        }
        let was_settled = self.session.is_caught_up();
        let in_step_before = self.session.is_in_step();
        let events = self.session.receive(frame, &mut *self.replica)?;
        if self.session.is_in_step() {
            // Both hold the same, and with it all that was written before the wish.
            self.wish = wished;
        }
        let relationship = self.peer.relationship;
        for event in events {
            match event {
                Event::Received { changes, goals } => {
                    self.peer.count(|report| {
                        report.received = report.received.saturating_add(changes);
                        note_goals(report, &goals);
                    });
                }
                Event::RefusedHere { reason, .. } => {
                    log::tell(LogEvent::RefusedHere { relationship, rule: reason });
                    self.peer.count(|report| report.refused_here = report.refused_here.saturating_add(1));
                }
                Event::RefusedThere { reason, .. } => {
                    log::tell(LogEvent::RefusedThere { relationship, rule: reason });
                    self.peer.count(|report| report.refused_there = report.refused_there.saturating_add(1));
                }
                Event::Sent { changes } => {
                    self.peer.count(|report| report.sent = report.sent.saturating_add(changes));
                }
                Event::PeerHas(positions) => self.network.carried.other_has(relationship, &positions)?,
                Event::InStep => self.note_in_step()?,
                // Who leaves when all is said leaves both level, though there was no time to note it.
                Event::Goodbye(_) if was_settled => {
                    let state = if in_step_before { LinkState::InStep } else { LinkState::CatchingUp };
                    self.peer.stand(&self.network.shared, state, Some(self.wish));
                }
                Event::NoticesRefused(count) => {
                    log::tell(LogEvent::NoticesRefused { relationship, notices: count });
                    self.peer.count(|report| report.refused_here = report.refused_here.saturating_add(count));
                }
                Event::Greeted(_) => {
                    self.tell_whereabouts()?;
                    self.say_presence()?;
                }
                Event::Whereabouts(told) => {
                    self.whereabouts.hear(told);
                    self.do_what_is_due()?;
                }
                Event::Presence(presence) => {
                    let heard = self.peer.sitting.hears(presence);
                    if heard.is_news {
                        self.presence.hear(());
                        self.do_what_is_due()?;
                    }
                    if heard.is_answered {
                        self.say_presence()?;
                    }
                }
                // Who took the notices in has told of them. One may have been that it is over.
                Event::Noticed(_) => {
                    self.look_at_the_relationship()?;
                }
                Event::CaughtUp | Event::Goodbye(_) => {}
            }
        }
        if !self.session.has_ended() {
            self.stand(false);
        }
        self.peer.gets_on(*self.session.progress());
        if self.session.is_further() && !in_step_before {
            self.network.shared.tell(&Change::Progress { relationship });
        }
        Ok(())
    }

    /// The other is gone, perhaps without a goodbye that arrived. When all was said that leaves both level.
    fn is_left(&mut self) -> Result<()> {
        if self.session.is_caught_up() {
            self.stand(true);
        }
        Ok(())
    }

    /// When something is to be done that waits, if anything does.
    fn due(&self) -> Option<Deadline> {
        [self.whereabouts.due(), self.presence.due()].into_iter().flatten().min()
    }

    /// Writes down and tells what the other said, as often as that may be.
    fn do_what_is_due(&mut self) -> Result<()> {
        let (now, relationship) = (Deadline::now(), self.peer.relationship);
        if let Some(told) = self.whereabouts.take(now) {
            hear(&self.network, relationship, &self.device, self.address, &told)?;
        }
        if self.presence.take(now).is_some() {
            self.network.shared.tell(&Change::Presence { relationship });
        }
        Ok(())
    }

    /// Says what this person is doing right now, if they sit with the other.
    fn say_presence(&mut self) -> Result<()> {
        match self.peer.sitting.to_say() {
            Some(presence) => self.session.present(presence),
            None => Ok(()),
        }
    }

    /// Says where this device is now. Of a relationship that is over nobody needs to know.
    fn tell_whereabouts(&mut self) -> Result<()> {
        if !self.session.is_over() {
            let whereabouts = own_whereabouts(&self.network, self.peer.relationship)?;
            self.session.tell_whereabouts(whereabouts)?;
        }
        Ok(())
    }

    fn note_in_step(&mut self) -> Result<()> {
        let (shared, id) = (&self.network.shared, self.peer.relationship);
        let now = shared.world.now();
        if self.in_step_noted.is_none_or(|noted| now - noted >= IN_STEP_EVERY || now < noted) {
            shared.file.write(|transaction| people::mark_in_step(transaction, id, now))?;
            // Whoever sends a change has it; it is written down now and then, for it is not waited for.
            self.network.carried.other_has(id, self.session.theirs())?;
            self.in_step_noted = Some(now);
            self.network.carried.came_in_step(id);
        }
        Ok(())
    }

    /// Says how the link stands now; with all said, a wish may be answered.
    fn stand(&self, all_said: bool) {
        let state = if self.session.is_in_step() { LinkState::InStep } else { LinkState::CatchingUp };
        let is_answered = all_said && self.session.is_caught_up();
        self.peer.stand(&self.network.shared, state, is_answered.then_some(self.wish));
    }
}

fn note_goals(report: &mut ExchangeReport, goals: &[GoalId]) {
    let mut noted: HashSet<GoalId> = report.goals.iter().copied().collect();
    report.goals.extend(goals.iter().filter(|goal| noted.insert(**goal)));
}
