//! The first change of every plan: the same bytes on every device.
//!
//! If each device made its own `goals`, one of the two would vanish when they merge. So a change by
//! nobody (an actor of zeros, at time 0) makes the collections, and both begin from it.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, Change, ChangeHash, ObjType, ROOT, TextEncoding};

use crate::{Error, Result};

use super::policy::COLLECTIONS;

/// The level of plans that this build reads and writes.
pub(crate) const LEVEL: u16 = 1;

/// Nobody: the actor of the genesis.
pub(crate) const NOBODY: [u8; 16] = [0; 16];

/// A document that holds the genesis and nothing else.
pub(crate) fn begin() -> Result<Automerge> {
    let mut document = Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint);
    document.set_actor(ActorId::from(NOBODY));
    let mut transaction = document.transaction();
    for name in COLLECTIONS {
        transaction.put_object(ROOT, name, ObjType::Map).map_err(|_| Error::internal("the genesis"))?;
    }
    transaction.commit_with(CommitOptions::default().with_time(0));
    Ok(document)
}

/// The genesis itself.
pub(crate) fn change() -> Result<Change> {
    begin()?.get_last_local_change().ok_or_else(|| Error::internal("the genesis"))
}

/// The hash of the genesis.
pub(crate) fn hash() -> Result<ChangeHash> {
    Ok(change()?.hash())
}

#[cfg(test)]
mod tests {
    use automerge::ReadDoc;

    use super::*;

    /// The golden file: a plan that another version began starts with these very bytes.
    const GOLDEN: &str = include_str!("../../../tests/fixtures/genesis-1.hex");

    #[test]
    fn every_device_begins_with_the_same_bytes() {
        let golden = data_encoding::HEXLOWER.decode(GOLDEN.trim().as_bytes()).expect("hexadecimal");
        let made = data_encoding::HEXLOWER.encode(change().expect("a genesis").raw_bytes());
        assert!(made == data_encoding::HEXLOWER.encode(&golden), "the genesis is not the golden one: {made}");
    }

    #[test]
    fn the_genesis_makes_every_collection_and_nothing_else() {
        let document = begin().expect("a document");
        assert_eq!(document.keys(ROOT).collect::<Vec<_>>(), COLLECTIONS);
        assert_eq!(document.get_changes(&[]).len(), 1);
    }
}
