//! How long one bears with the other side while nothing new arrives: each kind of talk is counted, and counting
//! begins anew with all that brings one of the two further.

use super::replica::broken;
use crate::Result;

/// How often the other may say hello, and how often we ask again, while nothing new arrives.
const MAX_HELLOS: u32 = 16;
const MAX_ASKS: u32 = 8;
/// How many deliveries in a row may bring nothing new.
const MAX_EMPTY: u32 = 64;
/// How many frames in a row may bring neither of the two any further.
const MAX_IDLE: u32 = 8_192;
/// After how many batches that answer an older question we ask once more.
const MAX_PASSED_OVER: u32 = 32;

/// What was borne with since something new arrived.
#[derive(Default)]
pub(super) struct Patience {
    hellos: u32,
    asks: u32,
    empty: u32,
    idle: u32,
    passed_over: u32,
    is_further: bool,
    /// A file has an end of its own: what is in it twice is no talk without end.
    is_endless: bool,
}

impl Patience {
    /// Bears with everything from now on.
    pub(super) fn without_end(&mut self) {
        self.is_endless = true;
    }

    /// A frame has come.
    pub(super) fn frame(&mut self) -> Result<()> {
        self.is_further = false;
        self.idle += 1;
        self.bounded(self.idle, MAX_IDLE, "the other device talks without end")
    }

    /// The other said hello.
    pub(super) fn hello(&mut self) -> Result<()> {
        self.hellos += 1;
        self.bounded(self.hellos, MAX_HELLOS, "the other device says hello without end")
    }

    /// We ask again.
    pub(super) fn ask(&mut self) -> Result<()> {
        self.asks += 1;
        self.passed_over = 0;
        self.bounded(self.asks, MAX_ASKS, "the other device does not send what is missing")
    }

    /// A delivery brought nothing new.
    pub(super) fn empty(&mut self) -> Result<()> {
        self.empty += 1;
        self.bounded(self.empty, MAX_EMPTY, "the other device sends the same without end")
    }

    /// A batch answers an older question. Answers whether to ask once more.
    pub(super) fn passes_over(&mut self) -> bool {
        self.passed_over += 1;
        self.passed_over > MAX_PASSED_OVER && !self.is_endless
    }

    /// Something new came, or arrived there.
    pub(super) fn renew(&mut self) {
        (self.hellos, self.asks, self.empty) = (0, 0, 0);
        self.goes_on();
        self.idle = 0;
    }

    /// The frame brought one of the two further.
    pub(super) fn goes_on(&mut self) {
        self.is_further = true;
    }

    /// The frame brought one of the two further, beside the plan.
    pub(super) fn goes_on_beside(&mut self) {
        self.is_further = true;
        self.idle = 0;
    }

    /// Whether the last frame brought one of the two further.
    pub(super) fn is_further(&self) -> bool {
        self.is_further
    }

    fn bounded(&self, count: u32, most: u32, otherwise: &'static str) -> Result<()> {
        if count > most && !self.is_endless { Err(broken(otherwise)) } else { Ok(()) }
    }
}
