//! Everything that was handed over, for all relationships, and where pieces of an entry went.

use std::path::Path;

use crate::Result;
use crate::beside::Beside;
use crate::home::{CommonGround, Home};
use crate::id::{EntryId, RelationshipId};
use crate::relationship::people;
use crate::sharing::{HandedOver, RecordEntry, handed_over, record};

#[uniffi::export]
impl CommonGround {
    /// Where pieces of an entry went, in all relationships: the newest first, also what was taken back.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn handed_over_from(&self, entry: EntryId) -> Result<Vec<HandedOver>> {
        let home = self.home();
        home.must_be_unlocked()?;
        home.shared.file.read(|connection| handed_over::from_entry(connection, entry))
    }

    /// Everything that was ever handed over, by this person or to them, in all relationships: the earliest first. It is
    /// kept for good.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn record_of_handing_over(&self) -> Result<Vec<RecordEntry>> {
        self.home().must_be_unlocked()?;
        self.home().shared.file.read(|connection| record::of(connection, None))
    }

    /// Writes that record to a file for spreadsheets, which **anyone can read** who has the disk: tell the person
    /// before. It appears whole or not at all; answers how many rows it has.
    ///
    /// # Errors
    /// [`crate::Error::FileExists`] unless `replace`; [`crate::Error::File`], [`crate::Error::DiskFull`],
    /// [`crate::Error::Locked`].
    #[uniffi::method(default(replace = false))]
    pub fn export_record_of_handing_over(&self, to: String, replace: bool) -> Result<u32> {
        export(self.home(), None, Path::new(&to), replace)
    }
}

/// Writes the record of one relationship, or of all, to a file. Answers how many rows it has.
pub(super) fn export(
    home: &Home,
    relationship: Option<RelationshipId>,
    to: &Path,
    replace: bool,
) -> Result<u32> {
    home.must_be_unlocked()?;
    let (rows, owner) = home.shared.file.read(|connection| {
        Ok((record::of(connection, relationship)?, people::profile(connection)?.display_name))
    })?;
    let beside = Beside::begin(to, replace)?;
    record::write(&rows, &owner, &mut beside.file())?;
    beside.give_name()?;
    Ok(u32::try_from(rows.len()).unwrap_or(u32::MAX))
}
