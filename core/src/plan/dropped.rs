//! Where the actors of devices end that their person has dropped.
//!
//! After a backup was brought back and both are in step, the person signs for each actor of the former device how far
//! it has got. Up to there it counts for ever, whoever brings it; a lost phone that somebody goes on writing with adds
//! nothing any more.

use crate::Result;
use crate::exchange::{Actor, SignedEnd};
use crate::relationship::key::{PersonKey, PublicKey, actor_prefix};

use super::ends;
use super::shared_plan::{Open, SharedPlan};

impl SharedPlan {
    /// Signs where the actors of the owner's dropped devices end, as far as that was not signed before. To be called
    /// when both are in step. Answers whether there was anything to sign.
    ///
    /// # Errors
    /// What the file says.
    pub(crate) fn close_dropped(&self, key: &PersonKey) -> Result<bool> {
        let closed = self.with_document(|open| {
            let ends = due(open, key);
            if !ends.is_empty() {
                self.shared.file.write(|transaction| ends::keep(transaction, self.relationship, &ends))?;
                open.ends.note(&ends);
            }
            Ok(!ends.is_empty())
        })?;
        if closed {
            // The other is told by whoever carries an exchange just now, and else by the next.
            self.shared.edited(self.relationship);
        }
        Ok(closed)
    }
}

fn due(open: &Open, key: &PersonKey) -> Vec<SignedEnd> {
    let dropped = open.parties.me.dropped().filter(|device| !open.ends.has_closed(device));
    dropped.flat_map(|device| ends_of(open, device, key)).collect()
}

/// The ends of one device's actors. Of one that has written nothing: that an actor of no number ends before its
/// first change, which closes it all the same.
fn ends_of(open: &Open, device: &PublicKey, key: &PersonKey) -> Vec<SignedEnd> {
    let (relationship, prefix) = (&open.parties.relationship, actor_prefix(device));
    let mut ends: Vec<SignedEnd> = open
        .loaded
        .ledger
        .positions()
        .into_iter()
        .filter(|position| position.actor.starts_with(&prefix))
        .map(|position| {
            let seq = open.ends.of(&position.actor).map_or(position.seq, |end| end.min(position.seq));
            let hash = open.loaded.ledger.at(&position.actor, seq).map_or([0; 32], |hash| hash.0);
            SignedEnd::sign_as_person(relationship, position.actor, seq, hash, key)
        })
        .collect();
    if ends.is_empty() {
        let mut actor = Actor::default();
        actor[..8].copy_from_slice(&prefix);
        ends.push(SignedEnd::sign_as_person(relationship, actor, 0, [0; 32], key));
    }
    ends
}
