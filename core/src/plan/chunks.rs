//! The document on the disk: a snapshot and the chunks since, loaded strictly.
//!
//! Automerge forgives a missing or damaged chunk in silence, so we do not ask it to: what was loaded
//! must hang together and must have got exactly as far as the table of positions says.

use automerge::{
    ActorId, Automerge, LoadOptions, OnPartialLoad, ReadDoc, StringMigration, TextEncoding, VerificationMode,
};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use crate::error::FileKind;
use crate::exchange::{Actor, Position};
use crate::id::RelationshipId;
use crate::relationship::people;
use crate::{Error, Result};

use super::genesis;
use super::ledger::Ledger;
use super::projection::TABLES;
use super::recall::recall;

/// When one's own edits since the snapshot have so many bytes they are folded into it: about five hundred. In a large
/// plan it is half of what the snapshot has, so that an edit of an old plan does not pay more for folding.
const OWN: usize = 128 * 1024;
/// What arrives is folded less often: a first exchange brings years at once, in many batches.
const ARRIVING: usize = 1024 * 1024;

/// A document in memory, with its ledger.
pub(super) struct Loaded {
    pub(super) document: Automerge,
    pub(super) ledger: Ledger,
    /// Under which this device writes.
    pub(super) actor: Actor,
    /// What all its changes weigh, for the quota.
    pub(super) bytes: u64,
    /// The bytes of the snapshot on the disk, and of the chunks behind it.
    snapshot: usize,
    behind: usize,
}

impl Loaded {
    /// A plan of this level that begins.
    pub(super) fn begin(actor: Actor, level: u16) -> Result<Self> {
        let mut document = genesis::begin(level)?;
        document.set_actor(ActorId::from(actor));
        Ok(Self { document, ledger: Ledger::begin(level)?, actor, bytes: 0, snapshot: 0, behind: 0 })
    }

    /// Takes in the fixed changes up to a level, and answers with their bytes for the disk.
    pub(super) fn raise(&mut self, level: u16) -> Result<Vec<u8>> {
        let missing = genesis::up_to(level).iter().skip(self.ledger.level().into());
        let missing: Vec<_> = missing.cloned().collect();
        let bytes = missing.iter().flat_map(|change| change.raw_bytes().iter().copied()).collect();
        self.document.apply_changes(missing).map_err(|_| Error::internal("a fixed change"))?;
        self.ledger.raise(level)?;
        Ok(bytes)
    }

    /// A document that was put together in memory.
    pub(super) fn of(mut document: Automerge, actor: Actor, bytes: u64) -> Result<Self> {
        document.set_actor(ActorId::from(actor));
        let ledger = Ledger::of(&document)?.ok_or_else(|| Error::internal("a document put together"))?;
        Ok(Self { document, ledger, actor, bytes, snapshot: 0, behind: 0 })
    }

    /// The document of a relationship, if it was begun, by a build that reads plans up to this level.
    ///
    /// # Errors
    /// [`Error::Damaged`] when anything is missing or does not hang together, [`Error::NewerPlan`].
    pub(super) fn load(
        connection: &Connection,
        relationship: RelationshipId,
        reads: u16,
    ) -> Result<Option<Self>> {
        let plan = connection
            .query_row(
                "SELECT actor, level, bytes FROM plan WHERE relationship = :relationship",
                named_params! { ":relationship": relationship },
                |row| Ok((row.get(0)?, row.get::<_, u16>(1)?, row.get::<_, i64>(2)?)),
            )
            .optional()?;
        let Some((actor, level, bytes)) = plan else { return Ok(None) };
        if level > reads {
            return Err(Error::NewerPlan);
        }
        let (saved, snapshot) = saved(connection, relationship)?;
        let options = LoadOptions::new()
            .on_partial_load(OnPartialLoad::Error)
            .verification_mode(VerificationMode::Check)
            .migrate_strings(StringMigration::NoMigration)
            .text_encoding(TextEncoding::UnicodeCodePoint);
        let damaged = || Error::Damaged { file: FileKind::Shared };
        let mut document = Automerge::load_with_options(&saved, options).map_err(|_| damaged())?;
        if !document.get_missing_deps(&[]).is_empty() {
            return Err(damaged());
        }
        document.set_actor(ActorId::from(actor));
        let ledger = match recall(&document, &saved) {
            Some(ledger) => ledger,
            None => Ledger::of(&document)?.ok_or_else(damaged)?,
        };
        if ledger.positions() != positions(connection, relationship)? {
            return Err(damaged());
        }
        let (bytes, behind) = (u64::try_from(bytes).unwrap_or(0), saved.len() - snapshot);
        Ok(Some(Self { document, ledger, actor, bytes, snapshot, behind }))
    }

    /// The heads of the document, sorted.
    pub(super) fn heads(&self) -> Vec<[u8; 32]> {
        let mut heads: Vec<_> = self.document.get_heads().into_iter().map(|head| head.0).collect();
        heads.sort_unstable();
        heads
    }

    /// Makes the rows of a plan that begins.
    pub(super) fn keep_begun(
        &self,
        transaction: &Transaction<'_>,
        relationship: RelationshipId,
    ) -> Result<()> {
        transaction.execute(
            "INSERT INTO plan (relationship, actor, level, heads, bytes, tables)
             VALUES (:relationship, :actor, :level, :heads, 0, :tables)",
            named_params! {
                ":relationship": relationship, ":actor": self.actor, ":level": self.ledger.level(),
                ":heads": self.heads().concat(), ":tables": TABLES,
            },
        )?;
        self.keep_snapshot(transaction, relationship)?;
        Ok(())
    }

    /// Appends changes that the document holds by now, and notes how far it has got.
    ///
    /// # Errors
    /// [`Error::NotShared`] when the relationship is over; what the file says.
    pub(super) fn keep_chunk(
        &mut self,
        transaction: &Transaction<'_>,
        relationship: RelationshipId,
        chunk: &[u8],
        weight: u64,
        moved: &[Position],
    ) -> Result<()> {
        // Whatever writes a change comes by here: the plan of a relationship that is over stays as it was.
        if people::is_over(transaction, relationship)? {
            return Err(Error::NotShared);
        }
        transaction
            .prepare_cached("INSERT INTO plan_chunk (relationship, bytes) VALUES (:relationship, :bytes)")?
            .execute(named_params! { ":relationship": relationship, ":bytes": chunk })?;
        self.behind += chunk.len();
        self.bytes += weight;
        self.keep_positions(transaction, relationship, moved)
    }

    /// Writes the whole document anew, under an actor that may have changed.
    pub(super) fn keep_whole(
        &self,
        transaction: &Transaction<'_>,
        relationship: RelationshipId,
    ) -> Result<()> {
        self.fold(transaction, relationship)?;
        let positions = self.ledger.positions();
        for former in self::positions(transaction, relationship)? {
            if positions.iter().all(|position| position.actor != former.actor) {
                transaction.execute(
                    "DELETE FROM plan_position WHERE relationship = :relationship AND actor = :actor",
                    named_params! { ":relationship": relationship, ":actor": former.actor },
                )?;
            }
        }
        self.keep_positions(transaction, relationship, &positions)
    }

    fn keep_positions(
        &self,
        transaction: &Transaction<'_>,
        relationship: RelationshipId,
        moved: &[Position],
    ) -> Result<()> {
        let mut statement = transaction.prepare_cached(
            "INSERT INTO plan_position (relationship, actor, seq, hash)
             VALUES (:relationship, :actor, :seq, :hash)
             ON CONFLICT (relationship, actor) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
        )?;
        for position in moved {
            statement.execute(named_params! {
                ":relationship": relationship, ":actor": position.actor,
                ":seq": i64::try_from(position.seq).map_err(|_| Error::internal("a sequence number"))?,
                ":hash": position.hash,
            })?;
        }
        transaction
            .prepare_cached(
                "UPDATE plan SET actor = :actor, level = :level, heads = :heads, bytes = :bytes
                 WHERE relationship = :relationship",
            )?
            .execute(named_params! {
                ":relationship": relationship, ":actor": self.actor, ":level": self.ledger.level(),
                ":heads": self.heads().concat(), ":bytes": i64::try_from(self.bytes).unwrap_or(i64::MAX),
            })?;
        Ok(())
    }

    /// Whether so much has been written that it should be folded.
    pub(super) fn wants_compaction(&self, arriving: bool) -> bool {
        self.behind >= (self.snapshot / 2).max(if arriving { ARRIVING } else { OWN })
    }

    /// Folds all chunks into a snapshot that was loaded again and found whole, and answers how many bytes it has.
    pub(super) fn fold(&self, transaction: &Transaction<'_>, relationship: RelationshipId) -> Result<usize> {
        transaction.execute(
            "DELETE FROM plan_chunk WHERE relationship = :relationship",
            named_params! { ":relationship": relationship },
        )?;
        self.keep_snapshot(transaction, relationship)
    }

    /// Begins counting again, after a snapshot of so many bytes was written or none could be.
    pub(super) fn count_anew(&mut self, snapshot: Option<usize>) {
        self.snapshot = snapshot.unwrap_or(self.snapshot);
        self.behind = 0;
    }

    fn keep_snapshot(&self, transaction: &Transaction<'_>, relationship: RelationshipId) -> Result<usize> {
        let bytes =
            self.document.save_and_verify().map_err(|_| Error::internal("a snapshot that does not load"))?;
        transaction.execute(
            "INSERT INTO plan_snapshot (relationship, bytes) VALUES (:relationship, :bytes)
             ON CONFLICT (relationship) DO UPDATE SET bytes = excluded.bytes",
            named_params! { ":relationship": relationship, ":bytes": bytes },
        )?;
        Ok(bytes.len())
    }
}

/// The snapshot with the chunks behind it, and how many bytes of it are the snapshot.
pub(super) fn saved(connection: &Connection, relationship: RelationshipId) -> Result<(Vec<u8>, usize)> {
    let mut saved: Vec<u8> = connection
        .query_row(
            "SELECT bytes FROM plan_snapshot WHERE relationship = :relationship",
            named_params! { ":relationship": relationship },
            |row| row.get(0),
        )
        .optional()?
        .ok_or(Error::Damaged { file: FileKind::Shared })?;
    let snapshot = saved.len();
    let mut statement = connection
        .prepare_cached("SELECT bytes FROM plan_chunk WHERE relationship = :relationship ORDER BY id")?;
    let mut rows = statement.query(named_params! { ":relationship": relationship })?;
    while let Some(row) = rows.next()? {
        saved.extend_from_slice(row.get_ref(0)?.as_blob().map_err(|_| Error::internal("a chunk"))?);
    }
    Ok((saved, snapshot))
}

/// How far the table says the document has got.
fn positions(connection: &Connection, relationship: RelationshipId) -> Result<Vec<Position>> {
    connection
        .prepare_cached(
            "SELECT actor, seq, hash FROM plan_position WHERE relationship = :relationship ORDER BY actor",
        )?
        .query_map(named_params! { ":relationship": relationship }, |row| {
            let seq: i64 = row.get(1)?;
            Ok(Position { actor: row.get(0)?, seq: seq.unsigned_abs(), hash: row.get(2)? })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}
