//! The protocol between two paired devices, without I/O: bytes in, bytes out.

mod replica;

pub(crate) use replica::{Accepted, Actor, Built, Position, Refusal, Replica, SignedHead};
