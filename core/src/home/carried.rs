//! What the link carries: the plans, as the exchange sees them.

use std::sync::{Arc, Weak};

use super::Home;
use crate::exchange::{Position, Replica, Shelf, Terms};
use crate::id::RelationshipId;
use crate::link::Carried;
use crate::plan::{Desk, GATE_VERSION, Plans, Said, note_confirmed};
use crate::relationship::device_list::SignedDeviceList;
use crate::relationship::key::PublicKey;
use crate::relationship::people;
use crate::relationship::ticket::Again;
use crate::shared::Shared;
use crate::sharing::OpenShelf;
use crate::{Error, Result};

/// The plans of a home and the shared file they lie in.
pub(super) struct CarriedPlans {
    pub(super) shared: Arc<Shared>,
    pub(super) plans: Arc<Plans>,
    /// Asked for signatures of the person's key, and for nothing else: what it signs lies in the shared file.
    pub(super) home: Weak<Home>,
}

impl CarriedPlans {
    /// Of a home.
    pub(super) fn of(home: &Arc<Home>) -> Self {
        let (shared, plans) = (Arc::clone(&home.shared), Arc::clone(&home.plans));
        Self { shared, plans, home: Arc::downgrade(home) }
    }
}

impl Carried for CarriedPlans {
    fn replica(&self, relationship: RelationshipId, other: PublicKey) -> Result<Box<dyn Replica + Send>> {
        Ok(Box::new(Desk(self.plans.of(relationship)?, other)))
    }

    fn shelf(&self, relationship: RelationshipId) -> Result<Box<dyn Shelf + Send>> {
        Ok(Box::new(OpenShelf::new(self.shared.clone(), relationship)))
    }

    fn terms(&self, relationship: RelationshipId) -> Result<Terms> {
        let (device_list, is_over) = self.shared.file.read(|connection| {
            let me = people::me(connection)?;
            let is_over = people::is_over(connection, relationship)?;
            Ok((people::newest_list_number(connection, me.person)?, is_over))
        })?;
        Ok(Terms { gate: GATE_VERSION.into(), level: self.shared.reads().into(), device_list, is_over })
    }

    fn other_has(&self, relationship: RelationshipId, positions: &[Position]) -> Result<()> {
        note_confirmed(&self.shared, relationship, positions, Said::Now)
    }

    fn while_still(
        &self,
        relationships: &[RelationshipId],
        work: &mut dyn FnMut() -> Result<()>,
    ) -> Result<()> {
        self.plans.while_these_are_still(relationships, work)
    }

    fn while_all_still(&self, work: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        self.plans.while_still(work)
    }

    fn certify_again(&self) -> Result<bool> {
        self.home.upgrade().map_or(Ok(false), |home| home.certify_again())
    }

    fn list_as(&self, again: &Again) -> Result<SignedDeviceList> {
        self.home.upgrade().ok_or(Error::Closed)?.list_as(again)
    }

    fn has_come_back(&self) {
        if let Some(home) = self.home.upgrade() {
            home.follow_the_shared_file();
        }
    }

    fn came_in_step(&self, relationship: RelationshipId) {
        if let Some(home) = self.home.upgrade() {
            // What cannot be signed now is signed when the journal is unlocked next.
            let _ = home.close_dropped(relationship);
        }
    }
}
