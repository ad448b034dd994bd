//! The protocol between two paired devices, without I/O: bytes in, bytes out.
//!
//! | file | what it is for |
//! | --- | --- |
//! | `session` | one run of the protocol: what to say next, and what was heard |
//! | `incoming`, `outgoing` | deliveries: put together from their pieces, and cut into them |
//! | `beside` | what travels beside a plan: notices, parcels, where a device is, who is here |
//! | `by_file` | what one side says, as a file that is carried where no network serves |
//! | `patience` | how long one bears with the other while nothing new arrives |
//! | `progress` | how much came and went, and how much is still to |
//! | `event` | what the two say of themselves, and what happens, for whoever carries it |
//! | `frame` | the frames on the wire, and cutting a stream into them |
//! | `columns` | changes as columns of operations, there and back |
//! | `heads` | signed heads: whose change is it |
//! | `notice` | what the two announce to each other, signed |
//! | `replica`, `shelf` | what the protocol needs of a plan, and of what lies beside it |
//!
//! `docs/protocol.md` describes the wire so that somebody else could write the other side.

mod beside;
pub(crate) mod by_file;
mod columns;
mod event;
mod frame;
mod heads;
mod incoming;
#[cfg(any(test, feature = "measuring"))]
#[doc(hidden)]
pub mod measuring;
mod notice;
mod outgoing;
mod patience;
mod progress;
mod replica;
mod session;
mod shelf;
#[cfg(any(test, feature = "measuring"))]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub(crate) use beside::{Presence, Whereabouts};
pub(crate) use columns::roundtrip;
pub(crate) use event::{Event, Terms, Way};
#[cfg(test)]
pub(crate) use frame::Farewell;
pub(crate) use frame::{FrameReader, MAX_ENDS, MAX_FRAME};
pub(crate) use heads::covered;
pub(crate) use notice::{Announced, Label, Notice, SignedNotice};
pub(crate) use progress::Progress;
pub use replica::Refusal;
pub(crate) use replica::{Accepted, Actor, Built, Footing, Position, Replica, SignedEnd, SignedHead};
pub(crate) use session::{ANNOUNCED_IN_VAIN, NOBODY_ENDED_IT, SPEAKS_NEWER, SPEAKS_OLDER, Session};
pub(crate) use shelf::{
    Holdings, MAX_NOTICES, MAX_PARCEL, MAX_PIECE, MIN_PARCEL, Piece, Shelf, Shelved, ShortId,
};
