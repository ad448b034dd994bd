//! Going on as another device: what a plan needs when a backup was brought back.
//!
//! The former device's key is about to be let go. Its signature is asked for only when changes are sent, so
//! what it has written and the other person does not hold yet could never be vouched for afterwards.
//! Therefore it signs now, as often as those who keep signed heads do, and they are stored beside the
//! heads of others. Then the plan gets an author of the new device.

use rusqlite::{Transaction, named_params};

use crate::clock::Surroundings;
use crate::exchange::{Position, SignedHead};
use crate::id::RelationshipId;
use crate::relationship::key::{DeviceKey, PublicKey, actor_prefix, new_actor};
use crate::{Error, Result};

use super::chunks::Loaded;
use super::genesis::LEVEL;
use super::heads::{HEAD_EVERY, keep_head};

/// Lets the former device vouch for its own changes, and gives the plan an author of the new one.
///
/// # Errors
/// What the file says. A plan that cannot be read is no reason not to bring back the rest: it stays as it
/// is, and says so itself when it is opened.
pub(crate) fn go_on_elsewhere(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    former: &DeviceKey,
    device: &PublicKey,
    world: &dyn Surroundings,
) -> Result<()> {
    match Loaded::load(transaction, relationship, LEVEL) {
        Ok(None) => return Ok(()),
        Ok(Some(loaded)) => {
            for position in own_positions(&loaded, &former.public()) {
                keep(transaction, relationship, &SignedHead::sign(&relationship, position, former))?;
            }
        }
        Err(Error::Damaged { .. } | Error::NewerPlan) => {}
        Err(error) => return Err(error),
    }
    transaction.execute(
        "UPDATE plan SET actor = :actor WHERE relationship = :relationship",
        named_params! { ":actor": new_actor(world, device)?, ":relationship": relationship },
    )?;
    Ok(())
}

/// Where a device's own authors stand: at the end, and so often before it that what lies between two fits
/// into one delivery.
fn own_positions(loaded: &Loaded, device: &PublicKey) -> Vec<Position> {
    let mut positions = Vec::new();
    let own = actor_prefix(device);
    for end in loaded.ledger.positions().into_iter().filter(|end| end.actor.starts_with(&own)) {
        let every = usize::try_from(HEAD_EVERY).unwrap_or(1);
        let between = (HEAD_EVERY.unsigned_abs()..end.seq).step_by(every);
        let at = |seq| {
            let hash = loaded.ledger.at(&end.actor, seq)?;
            Some(Position { actor: end.actor, seq, hash: hash.0 })
        };
        positions.extend(between.filter_map(at));
        positions.push(end);
    }
    positions
}

fn keep(transaction: &Transaction<'_>, relationship: RelationshipId, head: &SignedHead) -> Result<()> {
    let seq = i64::try_from(head.position.seq).map_err(|_| Error::internal("a sequence number"))?;
    keep_head(transaction, relationship, head, seq)
}
