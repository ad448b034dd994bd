//! Notices and parcels of one relationship, as the exchange sees them.

use std::sync::Arc;

use super::erasing;
use super::notices::{self, Taken};
use super::parcels::{self, Whole};
use crate::Result;
use crate::exchange::{Announced, Holdings, Piece, Shelf, Shelved, ShortId, SignedNotice};
use crate::id::{ParcelId, RelationshipId};
use crate::relationship::people;
use crate::shared::{Change, Shared};

/// The shelf of one relationship. It works with the shared file alone, so also while the journal is locked.
pub(crate) struct OpenShelf {
    shared: Arc<Shared>,
    relationship: RelationshipId,
}

impl OpenShelf {
    /// Of a relationship that exists.
    pub(crate) fn new(shared: Arc<Shared>, relationship: RelationshipId) -> Self {
        Self { shared, relationship }
    }

    fn finish_erasing(&self) {
        // It is deleted. Where overwriting fails, the next exchange or opening does it; this one goes on.
        let _ = erasing::finish(&self.shared);
    }

    fn tell(&self, parcels: Vec<ParcelId>) {
        let relationship = self.relationship;
        if !parcels.is_empty() {
            self.shared.tell(&Change::Parcels { relationship, parcels, by_other: true });
        }
    }
}

impl Shelf for OpenShelf {
    fn holdings(&self) -> Result<Holdings> {
        self.shared.file.read(|connection| notices::holdings(connection, self.relationship))
    }

    fn ids(&self) -> Result<Vec<ShortId>> {
        self.shared.file.read(|connection| notices::short_ids(connection, self.relationship))
    }

    fn lacking(&self, theirs: Option<&[ShortId]>) -> Result<Vec<SignedNotice>> {
        self.shared.file.read(|connection| notices::lacking(connection, self.relationship, theirs))
    }

    fn are_lacking(&mut self, lacking: &[SignedNotice]) -> Result<()> {
        let is_news = |connection: &_| notices::any_is_confirmed(connection, self.relationship, lacking);
        if self.shared.file.read(is_news)? {
            self.shared.file.write(|it| notices::mark_unconfirmed(it, self.relationship, lacking))?;
        }
        Ok(())
    }

    fn is_over(&self) -> Result<bool> {
        self.shared.file.read(|connection| people::is_over(connection, self.relationship))
    }

    fn level(&mut self) -> Result<()> {
        if self.shared.file.read(erasing::is_due)? {
            self.finish_erasing();
        }
        // Nearly always there is nothing to note.
        if !self.shared.file.read(|connection| notices::has_unconfirmed(connection, self.relationship))? {
            return Ok(());
        }
        self.shared.file.write(|transaction| notices::confirm_all(transaction, self.relationship))?;
        self.shared.tell(&Change::Relationship { relationship: self.relationship });
        Ok(())
    }

    fn take_notices(&mut self, signed: &[SignedNotice]) -> Result<Shelved> {
        let relationship = self.relationship;
        let mut shelved = Shelved::default();
        let (mut touched, mut is_about_us) = (Vec::new(), false);
        self.shared.file.write(|transaction| {
            for signed in signed {
                match notices::take(transaction, relationship, signed)? {
                    Taken::Known => {}
                    Taken::Refused => shelved.refused += 1,
                    Taken::New => {
                        shelved.new += 1;
                        let parcel = signed.read().and_then(|notice| notice.announced.parcel());
                        is_about_us |= parcel.is_none();
                        touched.extend(parcel.filter(|parcel| !touched.contains(parcel)));
                    }
                }
            }
            erasing::acknowledge(transaction, &self.shared.world, relationship)?;
            Ok(())
        })?;
        if is_about_us {
            self.shared.tell(&Change::Relationship { relationship });
            // After an end, appointments with this person fall no more.
            self.shared.tell(&Change::Reminders);
        }
        self.tell(touched);
        self.finish_erasing();
        Ok(shelved)
    }

    fn wanted(&self, not_given: &[ParcelId]) -> Result<Option<(ParcelId, u32)>> {
        self.shared.file.read(|connection| {
            // After an end nothing more is handed over.
            if people::is_over(connection, self.relationship)? {
                return Ok(None);
            }
            let me = people::me(connection)?.person;
            parcels::wanted(connection, self.relationship, me, not_given)
        })
    }

    fn is_awaited(&self) -> Result<bool> {
        self.shared.file.read(|connection| {
            let me = people::me(connection)?.person;
            let is_over = people::is_over(connection, self.relationship)?;
            Ok(!is_over && !parcels::not_arrived(connection, self.relationship, me)?.is_empty())
        })
    }

    fn piece(&self, parcel: ParcelId, start: u32) -> Result<Piece> {
        self.shared.file.read(|connection| {
            if people::is_over(connection, self.relationship)? {
                return Ok(Piece { parcel, start, bytes: Vec::new() });
            }
            let me = people::me(connection)?.person;
            parcels::piece(connection, self.relationship, me, parcel, start)
        })
    }

    fn take_piece(&mut self, piece: &Piece) -> Result<bool> {
        let relationship = self.relationship;
        let whole = self.shared.file.write(|transaction| {
            let me = people::me(transaction)?.person;
            let whole = parcels::take_piece(transaction, relationship, me, piece)?;
            if whole == Some(Whole::Yes) {
                let arrived = Announced::Arrived(piece.parcel);
                notices::announce(transaction, &self.shared.world, relationship, arrived)?;
            }
            Ok(whole)
        })?;
        if whole == Some(Whole::Yes) {
            self.tell(vec![piece.parcel]);
        }
        Ok(matches!(whole, Some(Whole::NotYet | Whole::Yes)))
    }
}
