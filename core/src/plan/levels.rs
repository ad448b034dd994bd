//! How a plan grows: who reads which level, and when it is raised.
//!
//! A plan is raised only when every certified device of both people has said that it reads the next level. Then each
//! device makes the fixed change of that level by itself (see [`super::genesis`]). Whoever meets a plan that
//! was raised already follows, if it reads that level; if it does not, its own stays readable and
//! nothing is written into it until the app is updated.

use automerge::{Change as PlanChange, ChangeHash};
use rusqlite::{Connection, OptionalExtension, named_params};

use crate::exchange::{Built, Footing, Refusal};
use crate::id::RelationshipId;
use crate::relationship::key::PublicKey;
use crate::relationship::people;
use crate::{Error, Result};

use super::genesis;
use super::parties::Parties;
use super::projection::Projection;
use super::read::Reading;
use super::shared_plan::{Open, SharedPlan};

/// The highest level that every certified device of both has said it reads; this one reads `own`.
pub(super) fn read_by_all(connection: &Connection, parties: &Parties, own: u16) -> Result<u16> {
    let mut level = own;
    for device in parties.both().into_iter().flat_map(|party| &party.devices) {
        if *device != parties.device {
            level = level.min(people::reads(connection, device)?);
        }
    }
    Ok(level.max(1))
}

/// The level that the other's plan has, where it was above the one read here.
pub(super) fn needed(connection: &Connection, relationship: RelationshipId) -> Result<Option<u16>> {
    let needs = connection
        .prepare_cached("SELECT needs_level FROM plan WHERE relationship = :relationship")?
        .query_row(named_params! { ":relationship": relationship }, |row| row.get(0))
        .optional()?;
    Ok(needs.flatten())
}

/// # Errors
/// [`Error::NewerPlan`] while the other's plan is of a level that is not read here.
pub(super) fn must_be_writable(open: &Open, reads: u16) -> Result<()> {
    if open.needs.is_some_and(|needs| needs > reads) { Err(Error::NewerPlan) } else { Ok(()) }
}

/// The fixed change with this hash, if it is of a level that is read here.
pub(super) fn fixed(hash: &ChangeHash, reads: u16) -> Option<&'static PlanChange> {
    genesis::up_to(reads).iter().find(|change| change.hash() == *hash)
}

/// Raises a plan durably, if it is below this level. Wordings have another encoding from then on, so the
/// tables are made anew.
pub(super) fn raise(plan: &SharedPlan, open: &mut Open, level: u16) -> Result<()> {
    if level <= open.loaded.ledger.level() {
        return Ok(());
    }
    // Nothing more will be written into the plan of a relationship that is over.
    if plan.read(|connection| people::is_over(connection, plan.relationship))? {
        return Ok(());
    }
    open.unsaved = true;
    let chunk = open.loaded.raise(level)?;
    let Open { loaded, parties, .. } = &mut *open;
    let different = plan.shared.file.write(|transaction| {
        loaded.keep_chunk(transaction, plan.relationship, &chunk, 0, &[])?;
        let reading = Reading::new(&loaded.document, parties);
        Projection::new(transaction, reading, parties).rebuild(&loaded.ledger)
    })?;
    plan.to_be_told(different);
    open.unsaved = false;
    Ok(())
}

/// Raises a plan as far as the changes of a batch need it: those who wrote them have raised theirs.
pub(super) fn raise_for(
    plan: &SharedPlan,
    open: &mut Open,
    changes: &[Built],
    vouched: &[std::result::Result<(), Refusal>],
) -> Result<()> {
    let reads = plan.shared.reads();
    let parents = changes.iter().zip(vouched).filter(|(_, vouched)| vouched.is_ok());
    let parents = parents.flat_map(|(built, _)| built.change.deps());
    let level = parents.filter_map(genesis::level_of).filter(|level| *level <= reads).max();
    raise(plan, open, level.unwrap_or(0))
}

impl SharedPlan {
    /// Another device has said which level of plans it reads, and of which level its plan is.
    pub(super) fn greeted(&self, device: &PublicKey, reads: u64, plan: u64) -> Result<Footing> {
        let said = |level: u64| u16::try_from(level).unwrap_or(u16::MAX);
        let (theirs, their_plan, ours) = (said(reads), said(plan), self.shared.reads());
        self.with_document(|open| {
            self.note(open, device, theirs, (their_plan > ours).then_some(their_plan))?;
            if their_plan > ours {
                return Ok(Footing::WeNeedAnUpdate);
            }
            let all = self.read(|connection| read_by_all(connection, &open.parties, ours))?;
            raise(self, open, all.max(their_plan))?;
            let level = open.loaded.ledger.level();
            Ok(if level > theirs { Footing::TheyNeedAnUpdate } else { Footing::Common })
        })
    }

    /// Writes down what a device has said, where it says something new.
    fn note(&self, open: &mut Open, device: &PublicKey, reads: u16, needs: Option<u16>) -> Result<()> {
        let known = self.read(|connection| people::reads(connection, device))?;
        let is_certified = open.parties.person_of_device(device).is_some();
        if (known == reads || !is_certified) && open.needs == needs {
            return Ok(());
        }
        let now = self.shared.world.now();
        self.shared.file.write(|transaction| {
            if is_certified {
                people::mark_reads(transaction, device, reads, now)?;
            }
            transaction.execute(
                "UPDATE plan SET needs_level = :needs WHERE relationship = :relationship",
                named_params! { ":needs": needs, ":relationship": self.relationship },
            )?;
            Ok(())
        })?;
        open.needs = needs;
        Ok(())
    }
}
