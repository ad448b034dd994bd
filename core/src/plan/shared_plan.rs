//! A plan as both the app and the exchange use it: the document in memory, its tables, and the one way
//! in which anything is written.
//!
//! Nothing here can reach the private file. What is written locally passes the same gate as what
//! arrives; if anything fails on the way, the document in memory is dropped and loaded again.

mod plans;

use std::num::NonZeroU64;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use automerge::legacy::{Key, ObjectId, Op as Operation, OpId, OpType};
use automerge::transaction::{CommitOptions, Transaction};
use automerge::{ActorId, Automerge, Change as PlanChange, ExpandedChange, ObjId, ReadDoc, ScalarValue};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::clock::Moment;
use crate::exchange::{Position, Refusal, roundtrip};
use crate::id::{GoalId, RelationshipId};
use crate::log::{self, LogEvent};
use crate::relationship::key::new_actor;
use crate::shared::{Change, Shared};
use crate::{Error, Result};

pub(crate) use self::plans::Plans;
use super::chunks::Loaded;
use super::ends::Ends;
use super::gate::{self, Touched};
use super::goal::operation_of;
use super::levels;
use super::parties::Parties;
use super::policy::Place;
use super::projection::{Different, Projection, TABLES};
use super::read::Reading;
use super::undo::{self, OwnEdit, Typed};
use super::view::GoalText;

/// What one relationship's plan may weigh when changes of the other device come in.
pub(super) const QUOTA: u64 = 64 * 1024 * 1024;
/// What it may weigh when this device writes: a plan that the other has filled still takes one's own edits.
const OWN_QUOTA: u64 = QUOTA + QUOTA / 4;
/// What an operation weighs beside its bytes. A thousand of them can travel and lie in a hundred bytes, but
/// not be held in memory.
const OPERATION: u64 = 64;

/// The plan of one relationship.
pub(crate) struct SharedPlan {
    pub(super) shared: Arc<Shared>,
    pub(super) relationship: RelationshipId,
    /// Empty until something needs the document.
    open: Mutex<Option<Open>>,
    /// What was typed last, letter by letter, so that a row of letters is one edit to take back.
    typed: Mutex<Option<Typed>>,
    /// What looks different because tables were made anew, until no lock is held and it can be told.
    made: Mutex<Different>,
    uses: Arc<AtomicU64>,
    /// When the document was used last, as a count of uses, and whether it is in memory.
    used: AtomicU64,
    in_memory: AtomicBool,
}

/// A document in memory, and whose it is.
pub(super) struct Open {
    pub(super) loaded: Loaded,
    pub(super) parties: Parties,
    /// The level of the other's plan, where it is above the one read here: nothing is written until then.
    pub(super) needs: Option<u16>,
    /// Where actors end.
    pub(super) ends: Ends,
    /// The other holds changes of this device that it does not: it waits for them and begins afresh.
    pub(super) rolled_back: bool,
    /// Memory is ahead of the disk: until that is saved, an error means that it has to be read again.
    pub(super) unsaved: bool,
}

impl SharedPlan {
    pub(super) fn new(shared: Arc<Shared>, relationship: RelationshipId, uses: Arc<AtomicU64>) -> Self {
        let (used, in_memory) = (AtomicU64::default(), AtomicBool::default());
        let (open, typed, made) = (Mutex::new(None), Mutex::default(), Mutex::default());
        Self { shared, relationship, open, typed, made, uses, used, in_memory }
    }

    /// Reads tables.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.shared.file.read(work)
    }

    /// Uses the document, loading or beginning it first. If an error leaves it ahead of the disk it is
    /// dropped, so that memory never holds what the disk does not.
    pub(super) fn with_document<T>(&self, work: impl FnOnce(&mut Open) -> Result<T>) -> Result<T> {
        let done = self.in_document(work);
        self.tell_what_was_made();
        done
    }

    /// The same, and nobody is told.
    fn in_document<T>(&self, work: impl FnOnce(&mut Open) -> Result<T>) -> Result<T> {
        let mut guard = self.lock();
        let mut open = match guard.take() {
            Some(open) => open,
            None => self.load()?,
        };
        let done = work(&mut open);
        if done.is_ok() || !open.unsaved {
            open.unsaved = false;
            *guard = Some(open);
        }
        self.in_memory.store(guard.is_some(), Ordering::Relaxed);
        self.used.store(self.uses.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        done
    }

    /// Drops the document from memory, unless somebody is using it or only memory knows how it stands.
    fn put_away(&self) {
        let Ok(mut guard) = self.open.try_lock() else { return };
        if guard.as_ref().is_some_and(|open| !open.unsaved && !open.rolled_back) {
            *guard = None;
            self.in_memory.store(false, Ordering::Relaxed);
        }
    }

    /// Forgets the document in memory: the next use loads it again, and asks anew whose devices are
    /// certified.
    #[cfg(test)]
    pub(crate) fn forget(&self) {
        self.lock().take();
    }

    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn load(&self) -> Result<Open> {
        let (relationship, reads) = (self.relationship, self.shared.reads());
        let (loaded, ends, parties, level, needs) = self.read(|connection| {
            let parties = Parties::of(connection, relationship)?;
            let level = levels::read_by_all(connection, &parties, reads)?;
            let needs = levels::needed(connection, relationship)?;
            Ok((
                Loaded::load(connection, relationship, reads)?,
                Ends::load(connection, relationship, &parties)?,
                parties,
                level,
                needs,
            ))
        })?;
        let loaded = match loaded {
            Some(loaded) => loaded,
            None => {
                let begun = Loaded::begin(new_actor(&*self.shared.world, &parties.device)?, level)?;
                self.shared.file.write(|transaction| begun.keep_begun(transaction, relationship))?;
                begun
            }
        };
        let mut open = Open { loaded, parties, needs, ends, rolled_back: false, unsaved: false };
        levels::raise(self, &mut open, level)?;
        Ok(open)
    }

    /// Writes: `work` edits with a [`Pen`], and what it wrote is durable when this returns `Ok`. An
    /// error leaves the plan as it was.
    pub(super) fn write<T>(&self, work: impl FnOnce(&mut Pen<'_>) -> Result<T>) -> Result<T> {
        let relationship = self.relationship;
        let (value, different) = self.with_document(|open| {
            levels::must_be_writable(open, self.shared.reads())?;
            let now = self.shared.world.moment();
            let stood = open.loaded.document.get_heads();
            let mut pen = Pen {
                open,
                now,
                shared: &self.shared,
                undoes: None,
                types: None,
                written: Vec::new(),
                touched: Touched::new(),
            };
            let value = work(&mut pen)?;
            let Pen { open, now, undoes, types, written, touched, .. } = pen;
            let Some(last) = written.last() else {
                // Nothing of it could be taken back: it is not asked for again.
                if let Some(undone) = undoes {
                    self.shared.file.write(|transaction| undo::note_undone(transaction, undone))?;
                }
                return Ok((value, None));
            };
            let moved = [Position { actor: open.loaded.actor, seq: last.seq(), hash: last.hash().0 }];
            let chunk = chunk_of(&written);
            let weight = weight_of(&written);
            if open.loaded.bytes + weight > OWN_QUOTA {
                return Err(Error::NotAllowed { rule: "the plan is full".to_owned() });
            }
            let before = self.typed.lock().unwrap_or_else(PoisonError::into_inner).take();
            let goes_on = before.is_some_and(|before| before.is_gone_on_with(types, &stood));
            let (actor, count) = (open.loaded.actor, written.len());
            let edit = OwnEdit { actor, last: last.seq(), count, undoes, goes_on };
            let typed = types.map(|(goal, text)| Typed { goal, text, last: last.hash() });
            let different = self.shared.file.write(|transaction| {
                open.loaded.keep_chunk(transaction, relationship, &chunk, weight, &moved)?;
                undo::note(transaction, relationship, &edit, now.at)?;
                let reading = Reading::new(&open.loaded.document, &open.parties);
                Projection::new(transaction, reading, &open.parties).update(&touched)
            })?;
            *self.typed.lock().unwrap_or_else(PoisonError::into_inner) = typed;
            self.compact_if_due(open, false);
            Ok((value, Some(different)))
        })?;
        if let Some(different) = different {
            self.shared.edited(relationship);
            self.tell(different, false);
        }
        Ok(value)
    }

    /// Notes what looks different because tables were made anew: it is told as soon as no lock is held.
    pub(super) fn to_be_told(&self, different: Different) {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).add(different);
    }

    fn tell_what_was_made(&self) {
        let different = std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner));
        self.tell(different, false);
    }

    /// Tells everyone what looks different, if anything does.
    fn tell(&self, different: Different, by_other: bool) {
        if different.is_nothing() {
            return;
        }
        let Different { goals, tasks, .. } = different;
        let (goals, tasks) = (goals.into_iter().collect(), tasks.into_iter().collect());
        self.shared.tell(&Change::Plan { relationship: self.relationship, goals, tasks, by_other });
    }

    /// Folds the chunks when there are many. The edit before it is durable already, so failing to fold is
    /// no failure of the edit: the chunks stay, and it is tried again after as many more.
    pub(super) fn compact_if_due(&self, open: &mut Open, arriving: bool) {
        open.unsaved = false;
        if open.loaded.wants_compaction(arriving) {
            let (begun, relationship) = (Instant::now(), self.relationship);
            let folded = self.shared.file.write(|transaction| open.loaded.fold(transaction, relationship));
            let (worked, took) = (folded.is_ok(), begun.elapsed());
            log::tell(LogEvent::PlanCompacted { relationship, worked, took });
            open.loaded.count_anew(folded.ok());
        }
    }

    /// Drops the tables that screens read and builds them again from the document.
    ///
    /// # Errors
    /// What the file says; then the tables are as they were.
    #[cfg(test)]
    pub(crate) fn rebuild(&self) -> Result<()> {
        self.make_tables()?;
        self.tell_what_was_made();
        Ok(())
    }

    fn make_tables(&self) -> Result<()> {
        self.in_document(|open| {
            let different = self.shared.file.write(|transaction| {
                let reading = Reading::new(&open.loaded.document, &open.parties);
                Projection::new(transaction, reading, &open.parties).rebuild(&open.loaded.ledger)
            })?;
            self.to_be_told(different);
            Ok(())
        })
    }

    /// Builds the tables again if an earlier build made them, or if the plan is to be raised. A plan that cannot
    /// be read says so itself when it is edited; what is in the tables can be looked at meanwhile.
    fn make_tables_current(&self) -> Result<()> {
        let (relationship, reads) = (self.relationship, self.shared.reads());
        let plan = self.read(|connection| {
            let sql = "SELECT tables, level FROM plan WHERE relationship = :relationship";
            let params = named_params! { ":relationship": relationship };
            let row = |row: &Row<'_>| Ok((row.get::<_, u16>(0)?, row.get::<_, u16>(1)?));
            Ok(connection.query_row(sql, params, row).optional()?)
        })?;
        let made = match plan {
            Some((tables, _)) if tables < TABLES => self.make_tables(),
            // Loading it raises it, where all have said that they read more.
            Some((_, level)) if level < reads => self.in_document(|_| Ok(())),
            _ => Ok(()),
        };
        match made {
            Err(Error::Damaged { .. } | Error::NewerPlan) => Ok(()),
            made => made,
        }
    }
}

/// Changes as one chunk for the disk.
pub(super) fn chunk_of(changes: &[PlanChange]) -> Vec<u8> {
    changes.iter().flat_map(|change| change.raw_bytes().iter().copied()).collect()
}

/// What changes weigh, for the quota.
pub(super) fn weight_of(changes: &[PlanChange]) -> u64 {
    changes.iter().map(|change| change.raw_bytes().len() as u64 + OPERATION * change.len() as u64).sum()
}

/// What a local edit writes with: each [`Pen::change`] is one change of the document.
pub(super) struct Pen<'a> {
    open: &'a mut Open,
    /// The moment of the edit: the same for all it writes.
    pub(super) now: Moment,
    shared: &'a Shared,
    /// Which edit this one takes back, if it does.
    pub(super) undoes: Option<i64>,
    /// What is being typed letter by letter, if this edit is one of a row.
    pub(super) types: Option<(GoalId, GoalText)>,
    written: Vec<PlanChange>,
    touched: Touched,
}

impl Pen<'_> {
    /// The document as it stands.
    pub(super) fn document(&self) -> &Automerge {
        &self.open.loaded.document
    }

    /// Who the two are.
    pub(super) fn parties(&self) -> &Parties {
        &self.open.parties
    }

    /// Asks for a plan of this level: an earlier one does not have the place for what is to be written.
    ///
    /// # Errors
    /// [`Error::OlderPlan`].
    pub(super) fn needs_level(&self, level: u16) -> Result<()> {
        if self.open.loaded.ledger.level() < level { Err(Error::OlderPlan) } else { Ok(()) }
    }

    /// The level of the plan.
    pub(super) fn level(&self) -> u16 {
        self.open.loaded.ledger.level()
    }

    /// Where a map or a text stands.
    pub(super) fn place_of(&self, object: &OpId) -> Option<Place> {
        self.open.loaded.ledger.place_of(object)
    }

    /// Reads the document as it stands, and the tables, which are as it was before this edit.
    pub(super) fn look<T>(&self, work: impl FnOnce(&Open, &Connection) -> Result<T>) -> Result<T> {
        self.shared.file.read(|connection| work(self.open, connection))
    }

    /// Items as they stand.
    pub(super) fn reading(&self) -> Reading<'_> {
        Reading::new(&self.open.loaded.document, &self.open.parties)
    }

    /// Whether the document knows all these heads.
    pub(super) fn knows(&self, heads: &[[u8; 32]]) -> bool {
        heads.iter().all(|head| self.open.loaded.ledger.known(&automerge::ChangeHash(*head)).is_some())
    }

    /// The id of a new item of one's own.
    pub(super) fn new_item(&self) -> Result<[u8; 16]> {
        self.shared.world.item_id(&self.open.parties.me.person)
    }

    /// Reads tables, which are as the document was before this edit.
    pub(super) fn sql<T>(&self, work: impl FnOnce(&Connection, RelationshipId) -> Result<T>) -> Result<T> {
        let relationship = self.open.parties.relationship;
        self.shared.file.read(|connection| work(connection, relationship))
    }

    /// Writes one change. It passes the gate, or nothing of the edit is kept.
    pub(super) fn change(
        &mut self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<(), automerge::AutomergeError>,
    ) -> Result<()> {
        let time = self.now.at.timestamp();
        let mut transaction = self.open.loaded.document.transaction();
        work(&mut transaction).map_err(|_| Error::internal("an edit of the document"))?;
        let (hash, _) = transaction.commit_with(CommitOptions::default().with_time(time));
        let Some(hash) = hash else { return Ok(()) };
        self.open.unsaved = true;
        let change = self
            .open
            .loaded
            .document
            .get_change_by_hash(&hash)
            .ok_or_else(|| Error::internal("a change just written"))?;
        self.judge(change)
    }

    /// Puts a value in the place of all that stands there. Where it stands there alone, nothing is written.
    pub(super) fn put(&mut self, map: &ObjId, key: &str, value: impl Into<ScalarValue>) -> Result<()> {
        let value = value.into();
        let standing =
            self.document().get_all(map, key).map_err(|_| Error::internal("a value of the plan"))?;
        if let [(only, _)] = standing.as_slice()
            && only.as_scalar() == Some(&value)
        {
            return Ok(());
        }
        let replaced = standing.iter().filter_map(|(_, id)| operation_of(id)).collect();
        self.put_replacing(map, key, value, replaced)
    }

    /// Puts a value that replaces just these, whatever else stands there. Automerge's own `put` replaces
    /// everything, and writes nothing but deletions where the value stands there already.
    pub(super) fn put_replacing(
        &mut self,
        map: &ObjId,
        key: &str,
        value: impl Into<ScalarValue>,
        replaced: Vec<OpId>,
    ) -> Result<()> {
        let loaded = &mut self.open.loaded;
        let failed = || Error::internal("a change built by hand");
        let mut deps = loaded.document.get_heads();
        deps.sort_unstable();
        let top = deps.iter().filter_map(|head| loaded.ledger.known(head)).map(|known| known.top).max();
        let operation = Operation {
            action: OpType::Put(value.into()),
            obj: ObjectId::Id(operation_of(map).ok_or_else(failed)?),
            key: Key::Map(key.into()),
            pred: replaced.into(),
            insert: false,
        };
        let change = PlanChange::from(ExpandedChange {
            operations: vec![operation],
            actor_id: ActorId::from(loaded.actor),
            hash: None,
            seq: loaded.ledger.length(&loaded.actor) + 1,
            start_op: top.and_then(|top| NonZeroU64::new(top + 1)).ok_or_else(failed)?,
            time: self.now.at.timestamp(),
            message: None,
            deps,
            extra_bytes: Vec::new(),
            author: None,
        });
        let applied = loaded.document.apply_changes([change.clone()]);
        self.open.unsaved = true;
        applied.map_err(|_| failed())?;
        self.judge(change)
    }

    fn judge(&mut self, change: PlanChange) -> Result<()> {
        let built = roundtrip(&change)?;
        let me = self.open.parties.me.person;
        let judged = gate::judge(&self.open.loaded.ledger, &built.expanded, &me).map_err(own_refusal)?;
        self.touched.extend(judged.touched.iter().copied());
        self.open.loaded.ledger.admit(change.hash(), judged);
        self.written.push(change);
        Ok(())
    }
}

/// What a refusal of one's own edit is told as.
fn own_refusal(refusal: Refusal) -> Error {
    Error::NotAllowed { rule: refusal.to_string() }
}
