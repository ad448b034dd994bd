//! The one order in which both devices tell what happened: by the highest operation number, then by actor. Whatever
//! a change builds upon has a lower number, so nothing is told before what it stands on.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::str::FromStr;

use automerge::ChangeHash;
use data_encoding::HEXLOWER;

use crate::Error;
use crate::exchange::Actor;

use super::super::ledger::Ledger;

/// Where a change stands in the order.
pub(super) type Stands = (u64, Actor);

/// A place in the history: an event of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) change: ChangeHash,
    pub(super) event: usize,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", HEXLOWER.encode(&self.change.0), self.event)
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = || Error::malformed("older", "a place in this history");
        let (hash, event) = text.split_once('-').ok_or_else(malformed)?;
        let hash = HEXLOWER.decode(hash.as_bytes()).ok().and_then(|hash| hash.try_into().ok());
        let cursor = Self {
            change: ChangeHash(hash.ok_or_else(malformed)?),
            event: event.parse().map_err(|_| malformed())?,
        };
        // One way to write each.
        if cursor.to_string() == text { Ok(cursor) } else { Err(malformed()) }
    }
}

/// A change in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Placed {
    pub(in super::super) actor: Actor,
    pub(in super::super) seq: u64,
    pub(in super::super) hash: ChangeHash,
}

/// Every change that somebody wrote, newest first, from `up_to` on.
pub(super) fn newest_first(ledger: &Ledger, up_to: Option<Stands>) -> impl Iterator<Item = Placed> {
    let mut runs: Vec<(&Actor, &[(u64, ChangeHash)])> = ledger
        .runs()
        .map(|(actor, run)| {
            let until = match &up_to {
                Some(up_to) => run.partition_point(|(last, _)| (*last, *actor) <= *up_to),
                None => run.len(),
            };
            (actor, run.get(..until).unwrap_or_default())
        })
        .collect();
    let mut next: BinaryHeap<(u64, Actor, Reverse<usize>)> = runs
        .iter()
        .enumerate()
        .filter_map(|(n, (actor, run))| Some((run.last()?.0, **actor, Reverse(n))))
        .collect();
    std::iter::from_fn(move || {
        let (_, actor, Reverse(n)) = next.pop()?;
        let (_, run) = runs.get_mut(n)?;
        let ((_, hash), rest) = run.split_last()?;
        let seq = run.len() as u64;
        *run = rest;
        next.extend(rest.last().map(|(last, _)| (*last, actor, Reverse(n))));
        Some(Placed { actor, seq, hash: *hash })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_history_is_written_in_one_way() {
        let cursor = Cursor { change: ChangeHash([0xab; 32]), event: 3 };
        assert_eq!(cursor.to_string().parse::<Cursor>().ok(), Some(cursor));
        let hash = "ab".repeat(32);
        for bad in ["", "-", "3", &hash, &format!("{hash}-"), &format!("{hash}-+3"), &format!("{hash}-03")] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
        assert!(format!("{}-1", hash.to_uppercase()).parse::<Cursor>().is_err());
    }
}
