//! Why an excerpt cannot be opened.

use crate::Error;

/// Why an excerpt, or a comment on it, cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Enum)]
pub enum ParcelProblem {
    /// Its giver has taken it back.
    #[error("it was taken back")]
    TakenBack,
    /// Not all of it has come yet.
    #[error("not all of it is here")]
    NotHereYet,
    /// A backup was brought back: what the other had handed over stays closed until the first exchange with them.
    #[error("closed until the next exchange with its giver")]
    ClosedUntilHeard,
    /// A newer version of the app wrote it: update the app.
    #[error("written by a newer version")]
    Newer,
    /// What the other device handed over is no excerpt.
    #[error("not an excerpt")]
    Malformed,
}

impl From<ParcelProblem> for Error {
    fn from(problem: ParcelProblem) -> Self {
        Self::Parcel { problem }
    }
}
