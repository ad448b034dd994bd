//! Handing over a piece of the journal, and taking it back: notices, parcels, and what they leave behind.
//!
//! All of it lies in the shared file, so that it works while the journal is locked; nothing here can name the journal.
//! What puts an entry's words into an excerpt is [`crate::handing_over`].
//!
//! | file | what it is for |
//! | --- | --- |
//! | `excerpt` | what both people see |
//! | `content` | the same as bytes, and reading bytes that may be from anybody |
//! | `giving` | handing over, and taking back |
//! | `handed_over` | what became of it, and opening it |
//! | `ending` | the question, after an end, whether to take it all back |
//! | `record` | everything that was ever handed over |
//! | `notices` | what the two have announced to each other, signed; kept for good |
//! | `room` | how much the two can announce |
//! | `parcels` | what became of each parcel, by the notices about it |
//! | `pieces` | the content of parcels as rows, of which nothing is left behind |
//! | `erasing` | what was taken back is really gone |
//! | `shelf` | notices and parcels, as the exchange sees them |
//! | `problem` | why an excerpt cannot be opened |

pub(crate) mod content;
pub(crate) mod ending;
mod erasing;
mod excerpt;
pub(crate) mod giving;
pub(crate) mod handed_over;
pub(crate) mod notices;
mod parcels;
pub(crate) mod pieces;
mod problem;
pub(crate) mod record;
mod room;
mod shelf;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use erasing::mend;
pub use excerpt::{Excerpt, ExcerptAnswer, ExcerptAttachment, ExcerptFeeling};
pub use handed_over::{ExcerptComment, HandedOver, OpenedExcerpt, ParcelState};
pub(crate) use parcels::{not_arrived, on_the_way};
pub use problem::ParcelProblem;
pub use record::RecordEntry;
pub(crate) use shelf::OpenShelf;
