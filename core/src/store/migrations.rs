//! Numbered migrations, applied in one transaction. A landed one never changes.

use std::time::Instant;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::FileKind;
use crate::log::{self, LogEvent};
use crate::{Error, Result};

/// The migrations of one file: the position in the list, from 1, is the schema version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migrations {
    kind: FileKind,
    application_id: i32,
    steps: &'static [&'static str],
    /// Run after writes, again and again while it changes something.
    upkeep: Option<&'static str>,
}

impl Migrations {
    /// The migrations of the private file.
    pub(crate) const PRIVATE: Self = Self {
        kind: FileKind::Private,
        application_id: i32::from_be_bytes(*b"CGpr"),
        steps: &[
            include_str!("../../migrations/private/0001_journal.sql"),
            include_str!("../../migrations/private/0002_person_key.sql"),
            include_str!("../../migrations/private/0003_journal_whole.sql"),
            include_str!("../../migrations/private/0004_templates.sql"),
            include_str!("../../migrations/private/0005_keeping.sql"),
            include_str!("../../migrations/private/0006_goal_drafts.sql"),
        ],
        upkeep: Some(include_str!("../../migrations/private/upkeep.sql")),
    };

    /// The migrations of the shared file.
    pub(crate) const SHARED: Self = Self {
        kind: FileKind::Shared,
        application_id: i32::from_be_bytes(*b"CGsh"),
        steps: &[
            include_str!("../../migrations/shared/0001_people.sql"),
            include_str!("../../migrations/shared/0002_plan.sql"),
            include_str!("../../migrations/shared/0003_reminders.sql"),
            include_str!("../../migrations/shared/0004_whole_plan.sql"),
            include_str!("../../migrations/shared/0005_between_two_devices.sql"),
        ],
        upkeep: None,
    };

    /// Migrations of a test's own.
    #[cfg(test)]
    pub(super) const fn of_test(steps: &'static [&'static str]) -> Self {
        Self { steps, upkeep: None, ..Self::PRIVATE }
    }

    /// Those that an earlier version knew.
    #[cfg(test)]
    pub(super) fn first(self, steps: usize) -> Self {
        Self { steps: &self.steps[..steps], upkeep: None, ..self }
    }

    /// Which file these are for.
    pub(super) fn kind(self) -> FileKind {
        self.kind
    }

    /// What is to be done between writes.
    pub(super) fn upkeep(self) -> Option<&'static str> {
        self.upkeep
    }

    /// The schema version that this build writes.
    pub(crate) fn newest(self) -> u32 {
        u32::try_from(self.steps.len()).unwrap_or(u32::MAX)
    }

    /// Refuses a file of a newer version, and one that is not ours; only reads.
    pub(super) fn refuse_newer(self, connection: &Connection) -> Result<()> {
        let found = version(connection)?;
        let application_id: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        // Whose it is comes first: the other file of ours may have had more migrations.
        if application_id != self.application_id && found > 0 {
            return Err(Error::Damaged { file: self.kind });
        }
        if found > self.newest() {
            return Err(Error::NewerFile { file: self.kind, found, known: self.newest() });
        }
        Ok(())
    }

    /// Applies what is missing, all or nothing.
    pub(super) fn apply(self, connection: &mut Connection) -> Result<()> {
        let found = version(connection)?;
        if found >= self.newest() {
            return Ok(());
        }
        // A table that others refer to can only be made anew while nobody looks at the references; this
        // setting is heard between transactions alone. That they all hold is looked at in the end.
        connection.pragma_update(None, "foreign_keys", false)?;
        let begun = Instant::now();
        let applied = self.apply_from(found, connection);
        connection.pragma_update(None, "foreign_keys", true)?;
        // What was made just now has no earlier version.
        if applied.is_ok() && found > 0 {
            let (file, to) = (self.kind, self.newest());
            log::tell(LogEvent::Migrated { file, from: found, to, took: begun.elapsed() });
        }
        applied
    }

    fn apply_from(self, found: u32, connection: &mut Connection) -> Result<()> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for step in self.steps.iter().skip(found as usize) {
            transaction.execute_batch(step)?;
        }
        let dangling = transaction.prepare("PRAGMA foreign_key_check")?.exists([])?;
        if dangling {
            return Err(Error::Damaged { file: self.kind });
        }
        mark(&transaction, self)?;
        transaction.commit()?;
        Ok(())
    }
}

fn version(connection: &Connection) -> Result<u32> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

fn mark(transaction: &Transaction<'_>, migrations: Migrations) -> Result<()> {
    transaction.pragma_update(None, "user_version", migrations.newest())?;
    transaction.pragma_update(None, "application_id", migrations.application_id)?;
    Ok(())
}
