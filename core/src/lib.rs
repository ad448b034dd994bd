//! The shared core of Common Ground: all of the product but its screens.
//!
//! | module | what it is for |
//! | --- | --- |
//! | [`home`] | one person's folder: opening, locking, and the way to everything else |
//! | [`keeping`] | backup, bringing it back, the recovery kit, erasing everything |
//! | [`journal`] | the private diary: entries, search, import |
//! | [`goal_drafts`] | goals that a person is still thinking about, until they are proposed |
//! | [`handing_over`] | from an entry to an excerpt: the one place that knows the journal and what is shared |
//! | [`help_now`] | whom to call right now, in which country: without a home, a key or a network |
//! | [`reminders`] | when to remind, and when appointments are: times without words, also while locked |
//! | [`plan`] | what two people share: goals, tasks, ratings, agreements, and who may write what |
//! | [`relationship`] | profile, keys, device lists, pairing |
//! | [`sharing`] | what was handed over and taken back: parcels, receipts, the record |
//! | [`exchange`] | the protocol between two paired devices, without I/O |
//! | [`link`] | what carries exchanges: QUIC between devices, memory in tests |
//! | `shared` | the half of a home that link and exchange may hold, and who gets told of changes |
//! | `store` | the two encrypted SQLite files |
//! | [`log`] | what developers are told of all this, in numbers and names of ours, never in a person's words |
//! | `difference` | two texts shown in one |
//! | `chores` | what is left to do in the private file |
//! | `beside` | files that appear whole or not at all |
//! | [`clock`], [`id`], [`error`], [`progress`] | time and chance, identity, the one public error, how far a long call has come |
//!
//! Dependencies point down this table, never up: `exchange` and `link` cannot name `journal`.

#![warn(clippy::print_stdout, clippy::print_stderr)] // the core shows nothing; what it tells developers goes to `log`

mod beside;
mod chores;
pub mod clock;
mod difference;
pub mod error;
pub mod exchange;
pub mod goal_drafts;
pub mod handing_over;
pub mod help_now;
pub mod home;
pub mod id;
pub mod journal;
pub mod keeping;
pub mod link;
pub mod log;
pub mod plan;
pub mod progress;
pub mod relationship;
pub mod reminders;
mod shared;
pub mod sharing;
mod store;
#[cfg(test)]
mod tests;

pub use error::{Error, Result};

uniffi::setup_scaffolding!();
