//! Carries a pairing: the one who offers waits at the pairing door, the one who redeems calls, and what
//! both people say reaches the talk. A cut is mended until the ticket's time is over.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant as Deadline, sleep, sleep_until, timeout};

use super::doorways::Doorway;
use super::line::{Line, framed, unframed};
use super::network::{Missed, Network, PAIRING, Redeemer, off};
use super::standing::Held;
use super::whereabouts::remember_address;
use crate::error::PairingProblem;
use crate::id::RelationshipId;
use crate::log::{self, LogEvent, PairingStep};
use crate::relationship::coming_back;
use crate::relationship::enrol::must_be_in_use;
use crate::relationship::pairing::{
    Agreed, ComingBack, MAX_MESSAGE, Offer, Own, Party, Redemption, Step, Stored, Welcome, decline, refusal,
    store,
};
use crate::relationship::ticket::{Again, Ticket};
use crate::relationship::{
    Confirmation, Pairing, PairingTicket, Relationship, Said, Screen, WayOfMeeting, way as ways,
};
use crate::shared::{Change, Shared};
use crate::{Error, Result};

/// How long the first call of a ticket's device is tried.
const FIRST_CALL: Duration = Duration::from_secs(20);
/// How long to wait before calling again: at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long, once it is stored here, the person waits to hear that it is stored there too.
const LAST_WORD: Duration = Duration::from_secs(10);

/// Opens a ticket for two who will meet in this way, and waits behind the pairing door.
pub(super) async fn offer(network: Arc<Network>, way: WayOfMeeting) -> Result<Arc<Pairing>> {
    open_ticket(network, way.checked()?, None).await
}

/// Opens a ticket that brings the other person of a relationship back.
pub(super) async fn offer_again(network: Arc<Network>, relationship: RelationshipId) -> Result<Arc<Pairing>> {
    let shared = Arc::clone(&network.shared);
    let known = off(move || {
        shared
            .file
            .read(|file| Ok((coming_back::whom(file, relationship)?, ways::ways(file, relationship)?.here)))
    });
    let (again, way) = known.await?;
    open_ticket(network, way, Some(again)).await
}

async fn open_ticket(network: Arc<Network>, way: WayOfMeeting, again: Option<Again>) -> Result<Arc<Pairing>> {
    let held = network.hold(doorway_of(&way)?).await;
    let shared = Arc::clone(&network.shared);
    let own = off(move || read_own(&shared)).await?;
    let mut offer =
        Offer::open(own, network.addresses(&held.doorway).await, way.clone(), &network.shared.world)?;
    if let Some(again) = again {
        offer = offer.bringing_back(again);
    }
    let ticket = offer.ticket();
    let text = ticket.text().ok_or_else(|| Error::internal("writing a ticket"))?;
    let ticket = PairingTicket { text, expires_at: ticket.expires_at };
    let (pairing, screen) = Pairing::new(Some(ticket), way);
    let (number, redeemers) = network.open_door();
    log::tell(LogEvent::Pairing { step: PairingStep::TicketOpened });
    let table = Table::new(&network, offer, screen);
    let behind_the_door = Arc::clone(&network);
    network.run(async move {
        table.talk(Source::Door(redeemers)).await;
        behind_the_door.close_door(number);
        drop(held);
    });
    Ok(pairing)
}

/// Takes up a ticket: returns when its device has answered.
pub(super) async fn redeem(network: Arc<Network>, text: String) -> Result<Arc<Pairing>> {
    take_up(network, text).await.inspect_err(|error| log::tell(LogEvent::PairingFailed { why: error.into() }))
}

async fn take_up(network: Arc<Network>, text: String) -> Result<Arc<Pairing>> {
    let ticket = Ticket::read(&text)?;
    let (of, again) = (Arc::clone(&network), ticket.again);
    let own = off(move || match again {
        Some(again) => own_as(&of, &again),
        None => read_own(&of.shared),
    })
    .await?;
    let redemption = Redemption::begin(own, ticket.clone(), network.shared.world.now())?;
    let held = network.hold(doorway_of(&ticket.way)?).await;
    let first = tokio::select! {
        () = network.went_offline() => return Err(Error::Closed),
        first = timeout(FIRST_CALL, call(&network, &held.doorway, &ticket)) => first.map_err(|_| Error::Unreachable)??,
    };
    log::tell(LogEvent::Pairing { step: PairingStep::TicketAnswered });
    let (pairing, screen) = Pairing::new(None, ticket.way.clone());
    let table = Table::new(&network, redemption, screen);
    let calling = Calling { network: Arc::clone(&network), ticket, held, first: Some(first) };
    network.run(table.talk(Source::Call(Box::new(calling))));
    Ok(pairing)
}

/// Who this device is.
///
/// # Errors
/// [`Error::Replaced`] for one that was replaced: it introduces nobody any more.
fn read_own(shared: &Shared) -> Result<Own> {
    shared.file.read(|connection| {
        must_be_in_use(connection)?;
        Own::read(connection, shared.reads())
    })
}

fn doorway_of(way: &WayOfMeeting) -> Result<Doorway> {
    Doorway::of(way).ok_or_else(|| Error::internal("a way of meeting"))
}

/// Who this device is once its profile has taken over a person's id.
fn own_as(network: &Network, again: &Again) -> Result<Own> {
    let own = read_own(&network.shared)?;
    let list = network.carried.list_as(again)?;
    Ok(Own { person: again.person, list, ..own })
}

/// Calls the ticket's device until it answers.
///
/// # Errors
/// When it answers that no ticket is open.
async fn call(network: &Network, doorway: &Doorway, ticket: &Ticket) -> Result<Line, PairingProblem> {
    let mut pause = FIRST_PAUSE;
    loop {
        let mut addresses = ticket.addresses.clone();
        if *doorway == Doorway::Direct {
            addresses.extend(network.nearby.addresses_of(&ticket.device));
        }
        match network.call_at(doorway, ticket.device, &addresses, PAIRING).await {
            Ok(connection) => {
                if let Ok((send, receive)) = connection.open_bi().await {
                    return Ok(Line::over(connection, send, receive, MAX_MESSAGE));
                }
            }
            Err(Missed::DoorClosed) => return Err(PairingProblem::TicketClosed),
            Err(Missed::Away | Missed::NoWay) => {}
        }
        sleep(pause).await;
        pause = (2 * pause).min(LONGEST_PAUSE);
    }
}

/// Where lines come from.
enum Source {
    /// Others call.
    Door(mpsc::Receiver<Redeemer>),
    /// This device calls, when there is no line.
    Call(Box<Calling>),
}

/// What is needed to call the ticket's device again; the first call has been answered already.
struct Calling {
    network: Arc<Network>,
    ticket: Ticket,
    held: Held,
    first: Option<Line>,
}

impl Source {
    /// The next line. May be dropped and called again.
    ///
    /// # Errors
    /// When none will come any more.
    async fn next(&mut self, has_line: bool) -> Result<Redeemer, PairingProblem> {
        match self {
            // Another ticket was opened, or this device goes offline.
            Self::Door(redeemers) if redeemers.is_closed() && has_line => std::future::pending().await,
            Self::Door(redeemers) => redeemers.recv().await.ok_or(PairingProblem::TicketClosed),
            Self::Call(_) if has_line => std::future::pending().await,
            Self::Call(calling) => {
                let line = match calling.first.take() {
                    Some(line) => line,
                    None => call(&calling.network, &calling.held.doorway, &calling.ticket).await?,
                };
                Ok(Redeemer { line, first: Vec::new() })
            }
        }
    }
}

/// How the talk goes on.
enum Next {
    Talk,
    End(Box<Result<Relationship>>),
}

/// Where the talk, the line and the person come together.
struct Table<P> {
    network: Arc<Network>,
    party: P,
    screen: Screen,
    line: Option<Line>,
    how: Option<Confirmation>,
    /// When the ticket's time is over.
    deadline: Deadline,
    /// What is stored here, and until when the person waits to hear that it is stored there too.
    kept: Option<(Relationship, Deadline)>,
}

impl<P: Party> Table<P> {
    fn new(network: &Arc<Network>, party: P, screen: Screen) -> Self {
        let deadline = Deadline::now() + party.time_left(network.shared.world.now());
        Self { network: Arc::clone(network), party, screen, line: None, how: None, deadline, kept: None }
    }

    /// Talks until both have stored, the ticket's time is over, or somebody ends it.
    async fn talk(mut self, mut source: Source) {
        let deadline = self.deadline;
        let network = Arc::clone(&self.network);
        let outcome = loop {
            self.send_what_waits().await;
            let last_word = self.kept.as_ref().map_or(deadline, |(_, until)| *until);
            let next = tokio::select! {
                () = network.went_offline() => Next::End(Box::new(Err(Error::Closed))),
                () = sleep_until(deadline) => Next::End(Box::new(Err(PairingProblem::Expired.into()))),
                () = sleep_until(last_word), if self.kept.is_some() && !self.screen.has_outcome() => {
                    self.show_kept();
                    Next::Talk
                }
                arrival = source.next(self.line.is_some()) => match arrival {
                    Ok(arrival) => self.welcome(arrival).await,
                    Err(problem) => Next::End(Box::new(Err(problem.into()))),
                },
                frame = receive(&mut self.line) => match frame.as_deref().and_then(unframed) {
                    Some(message) => {
                        let taken = self.party.receive(message, network.shared.world.now());
                        self.step(taken.map_err(Error::from)).await
                    }
                    None => {
                        self.line = None;
                        Next::Talk
                    }
                },
                said = self.screen.says.recv(), if self.how.is_none() => self.hear(said).await,
            };
            match next {
                Next::Talk => {}
                Next::End(outcome) => break *outcome,
            }
        };
        self.end(outcome).await;
    }

    async fn send_what_waits(&mut self) {
        while let Some(line) = &self.line {
            let Some(message) = self.party.poll() else { return };
            if line.outbox().send(framed(&message)).await.is_err() {
                self.line = None;
            }
        }
    }

    async fn welcome(&mut self, arrival: Redeemer) -> Next {
        let Redeemer { line, first } = arrival;
        let Some(exporter) = line.exporter() else { return Next::Talk };
        let Some(first) = (if first.is_empty() { Some(&[][..]) } else { unframed(&first) }) else {
            return Next::Talk;
        };
        match self.party.welcome(line.device(), exporter, first, &self.network.shared.world) {
            Ok(Welcome::Carries) => {
                log::tell(LogEvent::Pairing { step: PairingStep::SomebodyCame });
                if let Some(former) = self.line.replace(line) {
                    former.close();
                }
                Next::Talk
            }
            Ok(Welcome::Refused(problem)) => {
                self.network.run(part(line, refusal(problem)));
                Next::Talk
            }
            Ok(Welcome::Ends(problem)) => {
                self.network.run(part(line, refusal(problem)));
                self.unless_kept(problem.into())
            }
            Err(error) => self.unless_kept(error),
        }
    }

    /// The person has said something, or has gone.
    async fn hear(&mut self, said: Option<Said>) -> Next {
        match said {
            Some(Said::Confirm(how)) => {
                self.how = Some(how);
                log::tell(LogEvent::Pairing { step: PairingStep::ConfirmedHere });
                let confirmed = self.party.confirm(self.network.shared.world.now());
                self.step(confirmed.map_err(Error::from)).await
            }
            Some(Said::Decline) | None => Next::End(Box::new(Err(PairingProblem::NotConfirmed.into()))),
        }
    }

    async fn step(&mut self, step: Result<Option<Step>>) -> Next {
        match step {
            Ok(None) => Next::Talk,
            Ok(Some(Step::Code(code))) => {
                log::tell(LogEvent::Pairing { step: PairingStep::CodeShown });
                self.screen.show_code(code);
                Next::Talk
            }
            Ok(Some(Step::Agreed(agreed))) => match self.keep(*agreed).await {
                Ok(Stored { relationship, renewal }) => {
                    self.kept = Some((relationship, Deadline::now() + LAST_WORD));
                    match self.party.stored(renewal.as_ref()) {
                        Some(_) => self.both_have_stored(),
                        None => Next::Talk,
                    }
                }
                Err(error) => Next::End(Box::new(Err(error))),
            },
            Ok(Some(Step::Done)) => self.both_have_stored(),
            Err(error) => self.unless_kept(error),
        }
    }

    fn both_have_stored(&mut self) -> Next {
        match &self.kept {
            Some((relationship, _)) => Next::End(Box::new(Ok(relationship.clone()))),
            None => Next::End(Box::new(Err(Error::internal("a pairing that stored nothing")))),
        }
    }

    /// What goes wrong ends the pairing; once it is stored here it only ends the line.
    fn unless_kept(&mut self, error: Error) -> Next {
        if self.kept.is_none() {
            return Next::End(Box::new(Err(error)));
        }
        self.line = None;
        Next::Talk
    }

    async fn keep(&self, agreed: Agreed) -> Result<Stored> {
        let network = Arc::clone(&self.network);
        let shared = Arc::clone(&self.network.shared);
        let how = self.how.unwrap_or(Confirmation::NotCompared);
        let mut addresses = self.party.ticket().addresses.clone();
        let device = self.line.as_ref().map(|line| {
            // On the side that offers these are its own.
            if self.party.ticket().device != line.device() {
                addresses.clear();
            }
            addresses.extend(line.address());
            line.device()
        });
        off(move || {
            let mut stored = None;
            let mut keep = || {
                let kept =
                    shared.file.write(|transaction| store(transaction, &shared.world, &agreed, how))?;
                stored = Some(kept);
                Ok(())
            };
            match agreed.again {
                Some(ComingBack::They) => {
                    network.carried.while_still(&[agreed.relationship], &mut keep)?;
                    if let Some(peer) = network.known_peer(agreed.relationship) {
                        peer.look_again();
                    }
                }
                Some(ComingBack::We { .. }) => {
                    keep()?;
                    network.carried.has_come_back();
                }
                None => keep()?,
            }
            let stored = stored.ok_or_else(|| Error::internal("a pairing that stored nothing"))?;
            if let Some(device) = device {
                for address in addresses {
                    // What is paired stays paired also where an address could not be kept.
                    let _ = remember_address(&shared, &device, address);
                }
            }
            shared.tell(&Change::Relationship { relationship: stored.relationship.id });
            Ok(stored)
        })
        .await
        .inspect(|_| self.network.unsettled.notify_one())
    }

    fn show_kept(&mut self) {
        if let Some((relationship, _)) = &self.kept {
            self.screen.show_outcome(Ok(relationship.clone()));
        }
    }

    async fn end(mut self, outcome: Result<Relationship>) {
        // What is stored stays, whatever came after.
        let outcome = match &self.kept {
            Some((relationship, _)) => Ok(relationship.clone()),
            None => outcome,
        };
        self.send_what_waits().await;
        if let Some(line) = self.line.take() {
            match &outcome {
                Ok(_) => line.finish().await,
                Err(Error::Pairing { problem: PairingProblem::NotConfirmed }) => part(line, decline()).await,
                Err(Error::Pairing { problem }) => part(line, refusal(*problem)).await,
                Err(_) => part(line, decline()).await,
            }
        }
        log::tell(match &outcome {
            Ok(relationship) => LogEvent::Paired { relationship: relationship.id },
            Err(error) => LogEvent::PairingFailed { why: error.into() },
        });
        self.screen.show_outcome(outcome);
    }
}

/// The next frame of a line, where there is one.
async fn receive(line: &mut Option<Line>) -> Option<Vec<u8>> {
    match line {
        Some(line) => line.receive().await,
        None => std::future::pending().await,
    }
}

/// Says a last word and closes the line.
async fn part(line: Line, last_word: Vec<u8>) {
    // It fails only when the line is gone already.
    let _ = line.outbox().send(framed(&last_word)).await;
    line.finish().await;
}
