//! The first changes of every plan: the same bytes on every device.
//!
//! If each device made its own `goals`, one of the two would vanish when they merge. So a change by
//! nobody (an actor of zeros, at time 0) makes the collections, and both begin from it. A plan grows by
//! levels in the same way: level 2 is one more fixed change, with the genesis as its only parent, which
//! makes the collections that came later. Each device makes it by itself; it does not travel.

use std::num::NonZeroU64;
use std::sync::OnceLock;

use automerge::legacy::{Key, ObjectId, Op, OpType};
use automerge::{ActorId, Automerge, Change, ChangeHash, ExpandedChange, ObjType, TextEncoding};

use crate::{Error, Result};

use super::policy::LEVELS;

/// The highest level of plans that this build reads and writes.
pub(crate) const LEVEL: u16 = 2;

/// Nobody: the actor of the fixed changes.
pub(crate) const NOBODY: [u8; 16] = [0; 16];

/// The fixed changes: the genesis, and one for each further level.
pub(crate) fn changes() -> &'static [Change] {
    static CHANGES: OnceLock<Vec<Change>> = OnceLock::new();
    CHANGES.get_or_init(|| {
        let mut made: Vec<Change> = Vec::new();
        let mut start_op = NonZeroU64::MIN;
        for (seq, names) in (1..).zip(LEVELS) {
            let operations = names.iter().map(|name| makes(name)).collect();
            let change = Change::from(ExpandedChange {
                operations,
                actor_id: ActorId::from(NOBODY),
                hash: None,
                seq,
                start_op,
                time: 0,
                message: None,
                deps: made.last().map(Change::hash).into_iter().collect(),
                extra_bytes: Vec::new(),
                author: None,
            });
            start_op = start_op.saturating_add(names.len() as u64);
            made.push(change);
        }
        made
    })
}

fn makes(name: &str) -> Op {
    Op {
        action: OpType::Make(ObjType::Map),
        obj: ObjectId::Root,
        key: Key::Map(name.into()),
        pred: Vec::new().into(),
        insert: false,
    }
}

/// The fixed changes up to a level.
pub(super) fn up_to(level: u16) -> &'static [Change] {
    let all = changes();
    all.get(..usize::from(level).min(all.len())).unwrap_or(all)
}

/// The level that a fixed change brings, if it is one.
pub(super) fn level_of(hash: &ChangeHash) -> Option<u16> {
    (1..).zip(changes()).find(|(_, change)| change.hash() == *hash).map(|(level, _)| level)
}

/// An empty plan of this level.
pub(crate) fn begin(level: u16) -> Result<Automerge> {
    let mut document = Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint);
    document
        .apply_changes(up_to(level).iter().cloned())
        .map_err(|_| Error::internal("the beginning of a plan"))?;
    Ok(document)
}

/// The hash of the genesis.
pub(crate) fn hash() -> Result<ChangeHash> {
    changes().first().map(Change::hash).ok_or_else(|| Error::internal("the genesis"))
}

#[cfg(test)]
mod tests {
    use automerge::transaction::{CommitOptions, Transactable};
    use automerge::{ROOT, ReadDoc};

    use super::*;

    /// The golden files: a plan that another version began starts with these very bytes.
    const GOLDEN: [&str; 2] = [
        include_str!("../../../tests/fixtures/genesis-1.hex"),
        include_str!("../../../tests/fixtures/genesis-2.hex"),
    ];

    #[test]
    fn every_device_begins_with_the_same_bytes() {
        assert_eq!(GOLDEN.len(), changes().len());
        for (golden, change) in GOLDEN.iter().zip(changes()) {
            let made = data_encoding::HEXLOWER.encode(change.raw_bytes());
            assert!(made == golden.trim(), "{}\nAs it is written now:\n{made}", crate::tests::frozen::FROZEN);
        }
    }

    #[test]
    fn a_fixed_change_is_what_automerge_itself_would_have_written() {
        let mut document = Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint);
        document.set_actor(ActorId::from(NOBODY));
        for (names, fixed) in LEVELS.iter().zip(changes()) {
            let mut transaction = document.transaction();
            for name in *names {
                transaction.put_object(ROOT, *name, ObjType::Map).expect("a collection");
            }
            transaction.commit_with(CommitOptions::default().with_time(0));
            assert!(document.get_last_local_change().expect("a change").raw_bytes() == fixed.raw_bytes());
        }
    }

    #[test]
    fn each_level_makes_its_collections_and_nothing_else() {
        for level in 1..=LEVEL {
            let document = begin(level).expect("a document");
            let mut names: Vec<_> = LEVELS.iter().take(level.into()).flat_map(|names| names.iter()).collect();
            names.sort();
            assert!(document.keys(ROOT).eq(names.into_iter().map(|name| (*name).to_owned())));
        }
    }
}
