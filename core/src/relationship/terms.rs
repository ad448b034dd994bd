//! What both read before they confirm a pairing: what will be shared, what never is, and the limits of confidentiality.

use crate::clock::Instant;
use crate::error::Problem;
use crate::{Error, Result};

/// The version of the text. The shells hold it, one for clients and one for therapists; whoever changes what it says
/// raises this, and both are asked to read it again.
pub const TERMS_VERSION: u16 = 1;

/// [`TERMS_VERSION`], for the apps.
#[uniffi::export]
#[must_use]
pub fn terms_version() -> u16 {
    TERMS_VERSION
}

/// What each of the two has read of what is shared and what is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct Terms {
    /// The version of the text that this build shows.
    pub of_now: u16,
    /// Whether this person is to be asked to read it: they have not, or only a former version.
    pub is_to_be_read: bool,
    /// What this person has read, the newest version.
    pub me: Option<TermsRead>,
    /// What the other person has read, as far as is known here.
    pub other: Option<TermsRead>,
}

/// That somebody has read a version of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct TermsRead {
    /// Which version.
    pub version: u16,
    /// When, by their own clock.
    pub at: Instant,
}

/// Only the text of today counts as read.
///
/// # Errors
/// [`Error::Invalid`] for a version that this build does not know, or that is out of date.
pub(crate) fn must_be_of_now(version: u16) -> Result<()> {
    if version == TERMS_VERSION {
        return Ok(());
    }
    let now = i64::from(TERMS_VERSION);
    Err(Error::invalid("terms", Problem::OutOfRange { from: now, to: now }))
}
