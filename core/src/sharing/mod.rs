//! Handing over a piece of the journal, and taking it back: notices, parcels, and what they leave behind.
//!
//! | file | what it is for |
//! | --- | --- |
//! | `ending` | the question, after an end, whether to take it all back |
//! | `notices` | what the two have announced to each other, signed; kept for good |
//! | `parcels` | what became of each parcel, by the notices about it |
//! | `shelf` | both, as the exchange sees them |

pub(crate) mod ending;
pub(crate) mod notices;
mod parcels;
mod shelf;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use parcels::{not_arrived, on_the_way};
pub(crate) use shelf::OpenShelf;
