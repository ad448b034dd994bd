//! What travels beside a plan, within one run of the protocol: notices until both hold the same ones, parcels when
//! they are asked for, where a device can be reached, and who is here right now.

use std::net::SocketAddr;

use super::event::Event;
use super::frame::beside::{self, Beside, MAX_NOTICES_IN_FRAME};
use super::notice::SignedNotice;
use super::outgoing::Outgoing;
use super::replica::broken;
use super::shelf::{Holdings, MAX_PIECE, Shelf};
use crate::Result;
use crate::id::{GoalId, ParcelId};

/// How often the lists of notices are compared while nothing new comes.
const MAX_COMPARISONS: u32 = 8;
/// How often it is answered what the other lacks while nothing new comes.
const MAX_ANSWERS: u32 = 2 * MAX_COMPARISONS;
/// How many pieces answer one question for a parcel: 1 MiB.
const PIECES_AT_ONCE: usize = 16;
const AT_ONCE: u32 = 16 * 64 * 1024;
/// How many questions for parcels may come that bring nobody further.
const MAX_IDLE_ASKS: u32 = 64;

/// Where a device can be reached, as it says itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Whereabouts {
    /// Its addresses, the likeliest first; at most 8 are told.
    pub(crate) addresses: Vec<SocketAddr>,
    /// The relay it listens at.
    pub(crate) relay: Option<String>,
    /// Whether its person agrees to meet over public services.
    pub(crate) is_public: bool,
    /// To whom files for it are sealed: an age recipient.
    pub(crate) recipient: Option<String>,
}

/// What somebody is doing right now. It is shown and forgotten, never stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Presence {
    /// Whether they have switched on being together.
    pub(crate) together: bool,
    /// The goal on their screen.
    pub(crate) goal: Option<GoalId>,
    /// The field they are typing in, as a number; 0 for none.
    pub(crate) typing_in: u8,
}

/// How far the two have got with what lies beside the plan. Without a shelf there is nothing to get level with.
#[derive(Default)]
pub(super) struct Counter {
    shelf: Option<Box<dyn Shelf + Send>>,
    theirs: Option<Holdings>,
    ours: Option<Holdings>,
    comparisons: u32,
    /// Whether a notice was refused here.
    has_refused: bool,
    /// What both held when they were level last.
    level_at: Option<Holdings>,
    /// How often it was answered what the other lacks since something new came.
    answers: u32,
    /// Whether it was written down what the other says it does not hold: once in a run, for it may say anything.
    is_noted: bool,
    /// Whether the other is still to fetch a parcel of ours: whoever leaves now leaves it behind.
    awaited: bool,
    /// The parcel that was asked for, and up to where the answer goes.
    asked: Option<(ParcelId, u32)>,
    /// A parcel that the other does not give; it is not asked for again in this run.
    not_given: Vec<ParcelId>,
    idle_asks: u32,
    /// What comes was carried here as a file: parcels come unasked.
    is_carried: bool,
}

impl Counter {
    /// Puts up the shelf, and says what is on it.
    pub(super) fn open(&mut self, shelf: Box<dyn Shelf + Send>, outgoing: &mut Outgoing) -> Result<()> {
        self.shelf = Some(shelf);
        self.say_holdings(outgoing)
    }

    /// Whether both hold the same notices, and nothing is missing of any parcel that is to be had.
    pub(super) fn is_level(&self) -> bool {
        let is_same = self.theirs.is_some() && self.theirs == self.ours;
        self.shelf.is_none() || (is_same && self.asked.is_none() && !self.awaited)
    }

    /// Whether nothing more will come of comparing, level or not.
    pub(super) fn is_settled(&self) -> bool {
        self.is_level() || (self.comparisons > MAX_COMPARISONS && self.asked.is_none())
    }

    /// Whether the two do not hold the same because one of them does not take what the other announced: it was refused
    /// here, or compared again and again. Who leaves first is some comparisons ahead.
    pub(super) fn is_at_odds(&self) -> bool {
        !self.is_level() && (self.has_refused || self.comparisons >= MAX_COMPARISONS / 2)
    }

    /// What comes from now on was carried here as a file; what one says that is not the newest is no news.
    pub(super) fn take_as_carried(&mut self, is_newest: bool) {
        self.is_carried = true;
        self.is_noted |= !is_newest;
    }

    /// What the other holds is to be heard anew.
    pub(super) fn await_holdings(&mut self) {
        self.theirs = None;
    }

    /// Whether the relationship is over as far as the notices here say.
    pub(super) fn is_over(&self) -> Result<bool> {
        self.shelf.as_ref().map_or(Ok(false), |shelf| shelf.is_over())
    }

    /// Says what the other has not said it holds, which notices are here, and how many: all that it takes to see, there,
    /// what went missing.
    pub(super) fn say_all(&mut self, outgoing: &mut Outgoing) -> Result<()> {
        let Some(shelf) = &self.shelf else { return Ok(()) };
        self.say_notices(&shelf.lacking(None)?, outgoing)?;
        outgoing.push(beside::write(&Beside::Ids(shelf.ids()?))?);
        self.say_holdings(outgoing)
    }

    /// Something went missing: says again what is here, and asks again for what is not.
    pub(super) fn begin_again(&mut self, outgoing: &mut Outgoing) -> Result<()> {
        self.asked = None;
        self.say_holdings(outgoing)
    }

    /// Something may have been announced here since. Answers whether there was.
    pub(super) fn wake(&mut self, outgoing: &mut Outgoing) -> Result<bool> {
        let Some(shelf) = &self.shelf else { return Ok(false) };
        if Some(shelf.holdings()?) == self.ours {
            return Ok(false);
        }
        self.answers = 0;
        self.hold_back(outgoing)?;
        self.say_what_is_new(outgoing)?;
        Ok(true)
    }

    /// What was taken back meanwhile does not leave any more, though it was asked for: an empty piece answers instead.
    fn hold_back(&self, outgoing: &mut Outgoing) -> Result<()> {
        // Never are pieces of two parcels waiting: a question is passed over while an earlier one is answered.
        let (Some(shelf), Some(parcel)) = (&self.shelf, outgoing.parcel_waiting()) else { return Ok(()) };
        let first = shelf.piece(parcel, 0)?;
        if first.bytes.is_empty() {
            outgoing.forget_pieces();
            outgoing.push(beside::write(&Beside::Piece(first))?);
        }
        Ok(())
    }

    /// Takes in what came. Answers whether it brought one of the two further.
    pub(super) fn take(
        &mut self,
        beside: Beside,
        outgoing: &mut Outgoing,
        events: &mut Vec<Event>,
    ) -> Result<bool> {
        match beside {
            Beside::Whereabouts(whereabouts) => events.push(Event::Whereabouts(whereabouts)),
            Beside::Presence(presence) => events.push(Event::Presence(presence)),
            Beside::Holds(holdings) => return self.compare(holdings, outgoing),
            Beside::Ids(ids) => {
                // Whoever asks again without reading gets no second answer, so that none pile up.
                let is_answered = !outgoing.has_notices_waiting() && self.answers < MAX_ANSWERS;
                let Some(shelf) = self.shelf.as_mut().filter(|_| is_answered) else {
                    return Ok(false);
                };
                self.answers += 1;
                let lacking = shelf.lacking(Some(&ids))?;
                if !std::mem::replace(&mut self.is_noted, true) {
                    shelf.are_lacking(&lacking)?;
                }
                self.say_notices(&lacking, outgoing)?;
                self.say_holdings(outgoing)?;
            }
            Beside::Notices(notices) => {
                let Some(shelf) = &mut self.shelf else { return Ok(false) };
                let shelved = shelf.take_notices(&notices)?;
                if shelved.refused > 0 {
                    self.has_refused = true;
                    events.push(Event::NoticesRefused(shelved.refused));
                }
                if shelved.new > 0 {
                    // That a parcel has arrived is news, too: so many small ones may be asked for as there are.
                    (self.comparisons, self.answers, self.idle_asks) = (0, 0, 0);
                    events.push(Event::Noticed(shelved.new));
                }
                self.hold_back(outgoing)?;
                self.say_what_is_new(outgoing)?;
                return Ok(shelved.new > 0);
            }
            Beside::Ask { parcel, start } => return self.give(parcel, start, outgoing),
            Beside::Piece(piece) if self.is_carried => {
                let Some(shelf) = &mut self.shelf else { return Ok(false) };
                return shelf.take_piece(&piece);
            }
            Beside::Piece(piece) => {
                let Some((parcel, until)) = self.asked.filter(|(parcel, _)| *parcel == piece.parcel) else {
                    return Ok(false);
                };
                let Some(shelf) = &mut self.shelf else { return Ok(false) };
                let end = piece.end();
                let is_further = shelf.take_piece(&piece)?;
                if !is_further {
                    self.not_given.push(parcel);
                }
                if !is_further || end >= until || piece.bytes.len() < MAX_PIECE {
                    self.asked = None;
                    // What has just become whole is announced.
                    self.wake(outgoing)?;
                }
                return Ok(is_further);
            }
        }
        Ok(false)
    }

    /// Asks for the next parcel that is missing, one after the other.
    pub(super) fn ask(&mut self, outgoing: &mut Outgoing) -> Result<()> {
        let (None, Some(shelf)) = (self.asked, &self.shelf) else { return Ok(()) };
        let Some((parcel, start)) = shelf.wanted(&self.not_given)? else { return Ok(()) };
        self.asked = Some((parcel, start.saturating_add(AT_ONCE)));
        outgoing.push(beside::write(&Beside::Ask { parcel, start })?);
        Ok(())
    }

    fn compare(&mut self, holdings: Holdings, outgoing: &mut Outgoing) -> Result<bool> {
        let is_first = self.theirs.is_none();
        self.theirs = Some(holdings);
        let Some(shelf) = &mut self.shelf else { return Ok(false) };
        if shelf.holdings()? == holdings {
            shelf.level()?;
            self.awaited = shelf.is_awaited()?;
            self.ours = Some(holdings);
            // To say the same again and again brings nobody further.
            let is_news = self.level_at.replace(holdings) != Some(holdings);
            if is_news {
                self.comparisons = 0;
            }
            return Ok(is_news);
        }
        self.comparisons += 1;
        if self.comparisons <= MAX_COMPARISONS {
            let ids = shelf.ids()?;
            outgoing.push(beside::write(&Beside::Ids(ids))?);
        }
        Ok(is_first)
    }

    /// Sends what the other has not said it holds, and what is held here then.
    fn say_what_is_new(&mut self, outgoing: &mut Outgoing) -> Result<()> {
        let Some(shelf) = &self.shelf else { return Ok(()) };
        if Some(shelf.holdings()?) != self.ours {
            self.say_notices(&shelf.lacking(None)?, outgoing)?;
        }
        self.say_holdings(outgoing)
    }

    fn say_notices(&self, notices: &[SignedNotice], outgoing: &mut Outgoing) -> Result<()> {
        for some in notices.chunks(MAX_NOTICES_IN_FRAME) {
            outgoing.push_notices(beside::write(&Beside::Notices(some.to_vec()))?);
        }
        Ok(())
    }

    fn say_holdings(&mut self, outgoing: &mut Outgoing) -> Result<()> {
        let Some(shelf) = &self.shelf else { return Ok(()) };
        let holdings = shelf.holdings()?;
        self.ours = Some(holdings);
        outgoing.push_holdings(beside::write(&Beside::Holds(holdings))?);
        Ok(())
    }

    /// Answers with pieces of a parcel, unless earlier ones still wait to be sent.
    fn give(&mut self, parcel: ParcelId, start: u32, outgoing: &mut Outgoing) -> Result<bool> {
        let Some(shelf) = &self.shelf else { return Ok(false) };
        self.idle_asks += 1;
        if self.idle_asks > MAX_IDLE_ASKS {
            return Err(broken("the other device asks for parcels without end"));
        }
        if outgoing.has_pieces_waiting() {
            return Ok(false);
        }
        let mut start = start;
        for _ in 0..PIECES_AT_ONCE {
            let piece = shelf.piece(parcel, start)?;
            let length = piece.bytes.len();
            start = piece.end();
            outgoing.push_parcel_piece(parcel, beside::write(&Beside::Piece(piece))?);
            if length < MAX_PIECE {
                break;
            }
            self.idle_asks = 0;
        }
        Ok(false)
    }
}
