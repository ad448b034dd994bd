//! What a person is writing and has not saved as an entry yet: kept as it is typed, so that neither a crash
//! nor a call that comes in between takes a word away.
//!
//! A draft is one row that is written anew each time. What it holds is checked when it becomes an entry,
//! not before: somebody in the middle of a sentence is told nothing.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};

use super::snippet::opening;
use super::types::{Attached, Entry, EntryEdit, NewEntry};
use super::{Journal, attachments, entries};
use crate::chores;
use crate::clock::Instant;
use crate::error::{Problem, Thing};
use crate::id::{AttachmentId, DraftId, EntryId, RevisionId};
use crate::store::Micros;
use crate::{Error, Result};

/// More than any entry can hold, so that nothing typed is refused before its time.
const LONGEST_CONTENT: usize = 32 << 20;
const MOST_DRAFTS: i64 = 1_000;

/// What a draft will become.
#[derive(Clone, PartialEq, Serialize, Deserialize, uniffi::Enum)]
#[serde(rename_all = "kebab-case")]
pub enum DraftContent {
    /// A new entry.
    Add {
        /// As far as it is written.
        entry: NewEntry,
    },
    /// A change to an entry.
    Edit {
        /// Which.
        entry: EntryId,
        /// The revision of it that the screen shows.
        shown: RevisionId,
        /// The change, as far as it is made.
        edit: EntryEdit,
    },
}

/// A draft, whole.
#[derive(Clone, PartialEq, Serialize, Deserialize, uniffi::Record)]
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// When it was last saved.
    pub saved_at: Instant,
    /// What it holds.
    pub content: DraftContent,
}

/// A draft in a list.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct DraftSummary {
    /// Its id.
    pub id: DraftId,
    /// When it was last saved.
    pub saved_at: Instant,
    /// The entry it changes; nothing where it is to be a new one.
    pub entry: Option<EntryId>,
    /// The title, where it has one.
    pub title: Option<String>,
    /// The beginning of the text, or of the first answer, at most 200 characters, on one line.
    pub opening: String,
}

#[uniffi::export]
impl Journal {
    /// Saves what is being written; it is safe on the disk when this returns. Without a `draft` a new one
    /// is made; give the id that comes back from then on. Short enough to be called at every pause in
    /// typing.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when the draft was finished or discarded meanwhile, or the entry or an
    /// attachment is not here; [`crate::Error::Invalid`] for more than 32 MiB or a thousand drafts;
    /// [`crate::Error::Locked`].
    #[uniffi::method(default(draft = None))]
    pub fn save_draft(&self, content: DraftContent, draft: Option<DraftId>) -> Result<DraftId> {
        let stored = Stored::of(&content)?;
        let now = entries::to_micros(self.world.now());
        let fresh = DraftId::from_bytes(self.world.uuid()?.into_bytes());
        self.private.write(|file| {
            let id = match draft {
                Some(id) => stored.update(file, id, now)?,
                None => stored.insert(file, fresh, now)?,
            };
            keep_attachments(file, id, &stored.attachments)?;
            Ok(id)
        })
    }

    /// All drafts, the one saved last first.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn drafts(&self) -> Result<Vec<DraftSummary>> {
        self.private.read(|file| {
            let mut statement = file.prepare_cached(
                "SELECT id, saved_at, entry, revision, content FROM draft ORDER BY saved_at DESC, id DESC",
            )?;
            let mut rows = statement.query([])?;
            let mut drafts = Vec::new();
            while let Some(row) = rows.next()? {
                drafts.push(summary(read(row)?));
            }
            Ok(drafts)
        })
    }

    /// One draft, whole.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn draft(&self, id: DraftId) -> Result<Draft> {
        self.private.read(|file| whole(file, id))
    }

    /// Throws a draft away: really gone from the file.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn discard_draft(&self, id: DraftId) -> Result<()> {
        let had = self.private.write(|file| {
            let had = attachments_of(file, id)?;
            remove(file, id)?;
            if !had.is_empty() {
                attachments::may_be_loose(file)?;
            }
            chores::log_is_to_be_emptied(file)?;
            Ok(had)
        })?;
        chores::empty_log(&self.private)?;
        if had.is_empty() { Ok(()) } else { self.let_go(had) }
    }

    /// Makes of a draft the entry, or the change, that it was to be. The draft is gone when the entry is
    /// there, and stays where this fails.
    ///
    /// # Errors
    /// As [`Journal::add`] and [`Journal::edit`] say: [`crate::Error::Changed`] when the entry was edited
    /// since the draft began. Then show both, and save the draft on the revision that is shown now.
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn finish_draft(&self, id: DraftId) -> Result<Entry> {
        let (entry, changed) = self.private.write(|file| {
            let done = match whole(file, id)?.content {
                DraftContent::Add { entry } => {
                    let entry = entries::fresh(&self.world, self.world.entry_id()?, entry)?;
                    entries::add_in(file, &self.world, &entry, &entries::Words::of(&entry))?;
                    (entry, true)
                }
                DraftContent::Edit { entry, shown, edit } => {
                    entries::edit_in(file, &self.world, entry, shown, edit)?
                }
            };
            remove(file, id)?;
            Ok(done)
        })?;
        self.lay_down(entry.attachments.iter().map(|attached| &attached.attachment));
        if changed {
            self.changed(vec![entry.id]);
        }
        Ok(entry)
    }
}

/// A draft's content as the columns of its row.
struct Stored {
    entry: Option<EntryId>,
    revision: Option<RevisionId>,
    content: String,
    attachments: Vec<AttachmentId>,
}

impl Stored {
    fn of(content: &DraftContent) -> Result<Self> {
        let (entry, revision, json, attached) = match content {
            DraftContent::Add { entry } => (None, None, serde_json::to_string(entry), &entry.attachments[..]),
            DraftContent::Edit { entry, shown, edit } => {
                let attached = edit.attachments.as_deref().unwrap_or_default();
                (Some(*entry), Some(*shown), serde_json::to_string(edit), attached)
            }
        };
        let content = json.map_err(|_| Error::internal("journal, draft"))?;
        if content.len() > LONGEST_CONTENT {
            let problem = Problem::TooLong { limit: LONGEST_CONTENT as u64, unit: "bytes".to_owned() };
            return Err(Error::invalid("content", problem));
        }
        Ok(Self { entry, revision, content, attachments: each_once(attached) })
    }

    fn insert(&self, file: &Connection, id: DraftId, now: Instant) -> Result<DraftId> {
        let count: i64 =
            file.prepare_cached("SELECT count(*) FROM draft")?.query_row([], |row| row.get(0))?;
        if count >= MOST_DRAFTS {
            let problem = Problem::TooLong { limit: MOST_DRAFTS.unsigned_abs(), unit: "drafts".to_owned() };
            return Err(Error::invalid("drafts", problem));
        }
        self.entry_is_here(file)?;
        file.prepare_cached(
            "INSERT INTO draft (id, entry, revision, content, saved_at)
             VALUES (:id, :entry, :revision, :content, :now)",
        )?
        .execute(named_params! {
            ":id": id,
            ":entry": self.entry,
            ":revision": self.revision,
            ":content": self.content,
            ":now": Micros(now),
        })?;
        Ok(id)
    }

    fn update(&self, file: &Connection, id: DraftId, now: Instant) -> Result<DraftId> {
        self.entry_is_here(file)?;
        let updated = file
            .prepare_cached(
                "UPDATE draft SET entry = :entry, revision = :revision, content = :content, saved_at = :now
                 WHERE id = :id",
            )?
            .execute(named_params! {
                ":id": id,
                ":entry": self.entry,
                ":revision": self.revision,
                ":content": self.content,
                ":now": Micros(now),
            })?;
        if updated == 0 { Err(Error::not_found(Thing::Draft)) } else { Ok(id) }
    }

    fn entry_is_here(&self, file: &Connection) -> Result<()> {
        let Some(entry) = self.entry else { return Ok(()) };
        let is_here: bool = file
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM entry WHERE id = :id)")?
            .query_row(named_params! { ":id": entry }, |row| row.get(0))?;
        if is_here { Ok(()) } else { Err(Error::not_found(Thing::Entry)) }
    }
}

fn each_once(attached: &[Attached]) -> Vec<AttachmentId> {
    let mut ids: Vec<AttachmentId> = attached.iter().map(|one| one.attachment).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn attachments_of(file: &Connection, draft: DraftId) -> Result<Vec<AttachmentId>> {
    Ok(file
        .prepare_cached("SELECT attachment FROM draft_attachment WHERE draft = :draft ORDER BY attachment")?
        .query_map(named_params! { ":draft": draft }, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

/// Writes down what a draft holds on to, where that has changed.
fn keep_attachments(file: &Connection, draft: DraftId, wanted: &[AttachmentId]) -> Result<()> {
    let kept = attachments_of(file, draft)?;
    if kept == wanted {
        return Ok(());
    }
    attachments::may_be_loose(file)?;
    file.prepare_cached("DELETE FROM draft_attachment WHERE draft = :draft")?
        .execute(named_params! { ":draft": draft })?;
    for attachment in wanted {
        let added = file
            .prepare_cached(
                "INSERT INTO draft_attachment (draft, attachment)
                 SELECT :draft, id FROM attachment WHERE id = :attachment",
            )?
            .execute(named_params! { ":draft": draft, ":attachment": attachment })?;
        if added == 0 {
            return Err(Error::not_found(Thing::Attachment));
        }
    }
    Ok(())
}

fn whole(file: &Connection, id: DraftId) -> Result<Draft> {
    file.prepare_cached("SELECT id, saved_at, entry, revision, content FROM draft WHERE id = :id")?
        .query_row(named_params! { ":id": id }, read)
        .optional()?
        .ok_or(Error::not_found(Thing::Draft))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Draft> {
    let json = row.get_ref("content")?.as_str()?;
    let unreadable = |_| rusqlite::Error::InvalidQuery;
    let content = match (row.get("entry")?, row.get("revision")?) {
        (Some(entry), Some(shown)) => {
            DraftContent::Edit { entry, shown, edit: serde_json::from_str(json).map_err(unreadable)? }
        }
        _ => DraftContent::Add { entry: serde_json::from_str(json).map_err(unreadable)? },
    };
    Ok(Draft { id: row.get("id")?, saved_at: row.get::<_, Micros>("saved_at")?.0, content })
}

fn summary(draft: Draft) -> DraftSummary {
    let (entry, title, text, answers) = match draft.content {
        DraftContent::Add { entry } => (None, entry.title, entry.text, entry.answers),
        DraftContent::Edit { entry, edit, .. } => {
            (Some(entry), edit.title, edit.text.unwrap_or_default(), edit.answers.unwrap_or_default())
        }
    };
    let shown = match answers.first() {
        Some(answer) if text.trim().is_empty() => opening(&answer.value),
        _ => opening(&text),
    };
    DraftSummary { id: draft.id, saved_at: draft.saved_at, entry, title, opening: shown }
}

fn remove(file: &Connection, id: DraftId) -> Result<()> {
    let removed =
        file.prepare_cached("DELETE FROM draft WHERE id = :id")?.execute(named_params! { ":id": id })?;
    if removed == 0 { Err(Error::not_found(Thing::Draft)) } else { Ok(()) }
}
