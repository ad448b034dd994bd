//! The protocol between two paired devices, without I/O: bytes in, bytes out.
//!
//! | file | what it is for |
//! | --- | --- |
//! | `session` | one run of the protocol: what to say next, and what was heard |
//! | `incoming`, `outgoing` | deliveries: put together from their pieces, and cut into them |
//! | `frame` | the frames on the wire, and cutting a stream into them |
//! | `columns` | changes as columns of operations, there and back |
//! | `heads` | signed heads: whose change is it |
//! | `replica` | what the protocol needs of a plan |
//!
//! `docs/protocol.md` describes the wire so that somebody else could write the other side.

mod columns;
mod frame;
mod heads;
mod incoming;
#[cfg(any(test, feature = "measuring"))]
#[doc(hidden)]
pub mod measuring;
mod outgoing;
mod replica;
mod session;
#[cfg(any(test, feature = "measuring"))]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub(crate) use columns::roundtrip;
#[cfg(test)]
pub(crate) use frame::Farewell;
pub(crate) use frame::{FrameReader, MAX_ENDS, MAX_FRAME};
pub(crate) use heads::covered;
pub(crate) use replica::{
    Accepted, Actor, Built, Footing, Position, Refusal, Replica, SignedEnd, SignedHead,
};
pub(crate) use session::{Event, Session, Terms, Way};
