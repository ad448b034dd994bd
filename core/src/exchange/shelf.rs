//! What the protocol needs of all that lies beside a plan: notices, and the content of parcels.

use sha2::{Digest, Sha256};

use super::SignedNotice;
use crate::Result;
use crate::id::ParcelId;

/// The most notices of one relationship.
pub(crate) const MAX_NOTICES: u32 = 10_000;
/// The fewest bytes of a parcel's content: its salt.
pub(crate) const MIN_PARCEL: u32 = 32;
/// The most bytes of a parcel's content, salt included.
pub(crate) const MAX_PARCEL: u32 = 64 * 1024 * 1024;
/// The most bytes of a piece of it.
pub(crate) const MAX_PIECE: usize = 64 * 1024;

/// The beginning of a notice's id: enough to tell which ones somebody lacks.
pub(crate) type ShortId = [u8; 8];

/// A set of notices in a few bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holdings {
    /// How many.
    pub(crate) count: u64,
    /// SHA-256 over their ids, sorted.
    pub(crate) digest: [u8; 32],
}

impl Holdings {
    /// Of these ids, sorted.
    pub(crate) fn of<'a>(ids: impl IntoIterator<Item = &'a [u8; 32]>) -> Self {
        let mut digest = Sha256::new();
        let mut count = 0;
        for id in ids {
            digest.update(id);
            count += 1;
        }
        Self { count, digest: digest.finalize().into() }
    }
}

/// A piece of a parcel's content.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Of which parcel.
    pub(crate) parcel: ParcelId,
    /// Where in the content it begins.
    pub(crate) start: u32,
    /// The bytes; none where it is not to be had (any more).
    pub(crate) bytes: Vec<u8>,
}

impl Piece {
    /// Where in the content it ends.
    pub(crate) fn end(&self) -> u32 {
        self.start.saturating_add(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX))
    }
}

impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the bytes: they are somebody's words.
        f.debug_struct("Piece")
            .field("parcel", &self.parcel)
            .field("start", &self.start)
            .finish_non_exhaustive()
    }
}

/// What came of notices that were brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shelved {
    /// How many were new.
    pub(crate) new: u32,
    /// How many were refused: forged, not theirs to say, or too many.
    pub(crate) refused: u32,
}

/// All that lies beside one plan, as one other device may see it. What it answers to has happened durably.
pub(crate) trait Shelf {
    /// Which notices are here.
    fn holdings(&self) -> Result<Holdings>;

    /// The short ids of all notices here.
    fn ids(&self) -> Result<Vec<ShortId>>;

    /// The notices that the other has not said it holds; where `theirs` is given, all that are not among these.
    fn lacking(&self, theirs: Option<&[ShortId]>) -> Result<Vec<SignedNotice>>;

    /// The other device says that it does not hold these (any more), whatever it once said.
    fn are_lacking(&mut self, notices: &[SignedNotice]) -> Result<()>;

    /// Whether one of the two has ended the relationship, by a notice that is here.
    fn is_over(&self) -> Result<bool>;

    /// The other device holds what is here.
    fn level(&mut self) -> Result<()>;

    /// Takes in notices that came, and does what they ask for. What this device says to them is one more notice here.
    fn take_notices(&mut self, notices: &[SignedNotice]) -> Result<Shelved>;

    /// A parcel of the other's whose content is missing here, and how much of it has come; none of `not_given`.
    fn wanted(&self, not_given: &[ParcelId]) -> Result<Option<(ParcelId, u32)>>;

    /// Whether a parcel of ours is still to be fetched by the other device: it knows of it, and has not said that it came.
    fn is_awaited(&self) -> Result<bool> {
        Ok(false)
    }

    /// A piece of one of our own parcels; an empty one at its end, and where it was taken back or is not for them.
    fn piece(&self, parcel: ParcelId, start: u32) -> Result<Piece>;

    /// Takes in a piece that came. Answers whether it brought the parcel further.
    fn take_piece(&mut self, piece: &Piece) -> Result<bool>;
}
