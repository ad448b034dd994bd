//! Handing over a piece of the journal: the one place that knows both the entry and the parcel.
//!
//! What goes is frozen: later edits of the entry do not follow. The shared file is written first, under the parcel's own
//! id; the private file only gives. The exchange carries what lies there, and has no way to here.
//!
//! | file | what it is for |
//! | --- | --- |
//! | `draft` | from an entry to an excerpt |
//! | `records` | everything that was handed over, for all relationships |

mod draft;
mod records;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, Transaction};

pub use draft::ExcerptDraft;

use crate::beside::Beside;
use crate::error::{Problem, Thing};
use crate::exchange::Announced;
use crate::home::{Change, CommonGround, Home};
use crate::id::{AttachmentId, ParcelId, PreviewDigest, RelationshipId};
use crate::journal::attachments;
use crate::relationship::people;
use crate::sharing::content::{Content, LONGEST_COMMENT, Opened};
use crate::sharing::giving::{self, Note};
use crate::sharing::notices::announce;
use crate::sharing::{
    self, Excerpt, ExcerptAttachment, HandedOver, OpenedExcerpt, RecordEntry, ending, handed_over, pieces,
    record,
};
use crate::{Error, Result};

/// The longest stretch of an attachment that can be read at once, in bytes.
const LONGEST_STRETCH: u32 = 1 << 20;

/// An excerpt as the other will see it, before it is handed over.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct ExcerptPreview {
    /// What they will see, to the byte.
    pub excerpt: Excerpt,
    /// What was looked at; goes back with [`Sharing::hand_over`].
    pub digest: PreviewDigest,
    /// How many bytes will travel.
    pub bytes: u32,
    /// How many bytes can still be handed over in this relationship.
    pub room: u64,
    /// What the person is to be told before they hand it over, in this order.
    pub to_know: Vec<BeforeYouHandOver>,
}

/// What a person is told before they hand something over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum BeforeYouHandOver {
    /// The other may not read it before the two meet: this is no way to get help in a hurry.
    MayNotBeReadBeforeYouMeet,
    /// Where help is to be had right now. Show the way there with it.
    WayToHelp,
    /// It can be taken back, and what was read cannot be unread.
    CannotBeUnread,
    /// What is attached goes as it is: a photo may say in itself where and when it was taken. Only where something is.
    AttachmentsTellMore,
}

/// What two people hand to each other, in one relationship. From any thread; a call blocks for a few milliseconds, and for
/// longer where what is attached is large, so call it off the main thread.
#[derive(uniffi::Object)]
pub struct Sharing {
    home: Arc<Home>,
    relationship: RelationshipId,
}

#[uniffi::export]
impl CommonGround {
    /// What is handed over in a relationship.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Locked`].
    pub fn sharing(&self, relationship: RelationshipId) -> Result<Arc<Sharing>> {
        let home = self.home().clone();
        home.must_be_unlocked()?;
        home.shared.file.read(|connection| people::other(connection, relationship).map(drop))?;
        Ok(Arc::new(Sharing { home, relationship }))
    }
}

#[uniffi::export]
impl Sharing {
    /// What the other would see of an entry: exactly this, to the byte. Nothing is kept or sent.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the entry (also one in the bin) or an attachment; [`Error::Invalid`] for parts that are
    /// not parts of its text, for an excerpt with nothing in it, and for one over 64 MiB; [`Error::TooMuchHandedOver`]
    /// where there is no room for it; [`Error::NotShared`], [`Error::Locked`].
    pub fn preview(&self, draft: ExcerptDraft) -> Result<ExcerptPreview> {
        let room = self.read(|connection| giving::room(connection, self.relationship))?;
        self.with_content(&draft, |excerpt, content| {
            let (bytes, digest) = (content.length()?, content.digest()?);
            if u64::from(bytes) > room {
                return Err(Error::TooMuchHandedOver);
            }
            let mut to_know = vec![
                BeforeYouHandOver::MayNotBeReadBeforeYouMeet,
                BeforeYouHandOver::WayToHelp,
                BeforeYouHandOver::CannotBeUnread,
            ];
            if !draft.attachments.is_empty() {
                to_know.push(BeforeYouHandOver::AttachmentsTellMore);
            }
            Ok(ExcerptPreview { excerpt: excerpt.clone(), digest, bytes, room, to_know })
        })
    }

    /// Hands over what was previewed; `seen` is the digest of the preview. It is frozen, and goes with the next
    /// exchange: without a connection it waits.
    ///
    /// # Errors
    /// [`Error::Changed`] when the entry reads differently from what was seen; otherwise as [`Sharing::preview`].
    pub fn hand_over(&self, draft: ExcerptDraft, seen: PreviewDigest) -> Result<ParcelId> {
        let shared = &self.home.shared;
        let parcel = self.with_content(&draft, |_, content| {
            if content.digest()? != seen {
                return Err(Error::Changed { what: Thing::Entry });
            }
            let note = Note { about: None, goal: draft.goal, entry: Some(draft.entry) };
            shared.file.write(|transaction| {
                giving::hand_over(transaction, &shared.world, self.relationship, content, note)
            })
        })?;
        self.changed(vec![parcel]);
        Ok(parcel)
    }

    /// What this person has handed over, the newest first, also what was taken back.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn given(&self) -> Result<Vec<HandedOver>> {
        self.read(|connection| handed_over::excerpts(connection, self.relationship, true))
    }

    /// What this person was given, the newest first, also what was taken back.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn received(&self) -> Result<Vec<HandedOver>> {
        self.read(|connection| handed_over::excerpts(connection, self.relationship, false))
    }

    /// How an excerpt stands, whoever handed it over.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Locked`].
    pub fn excerpt(&self, parcel: ParcelId) -> Result<HandedOver> {
        self.read(|connection| handed_over::excerpt(connection, self.relationship, parcel))
    }

    /// Opens an excerpt, with the comments on it. Its giver hears that it was opened (the first time, and only while the
    /// relationship goes on); so does whoever wrote a comment that is shown here first.
    ///
    /// # Errors
    /// [`Error::Parcel`] for one that was taken back, is not all here, is closed after a backup was brought back, or
    /// cannot be read; [`Error::NotFound`], [`Error::Locked`].
    pub fn open(&self, parcel: ParcelId) -> Result<OpenedExcerpt> {
        let (opened, first_time) =
            self.read(|connection| handed_over::open(connection, self.relationship, parcel))?;
        if first_time.is_empty() || !self.tell_that_opened(&first_time)? {
            return Ok(opened);
        }
        self.changed(first_time);
        self.read(|connection| handed_over::open(connection, self.relationship, parcel))
            .map(|(opened, _)| opened)
    }

    /// A stretch of an attachment of an excerpt: at most 1 MiB, fewer bytes where it ends before, none behind its end.
    /// `place` is its place in the excerpt, from 0.
    ///
    /// # Errors
    /// [`Error::Invalid`]; as [`Sharing::open`].
    pub fn attachment_piece(
        &self,
        parcel: ParcelId,
        place: u32,
        offset: u64,
        length: u32,
    ) -> Result<Vec<u8>> {
        if length > LONGEST_STRETCH {
            let problem = Problem::OutOfRange { from: 0, to: LONGEST_STRETCH.into() };
            return Err(Error::invalid("length", problem));
        }
        self.read(|connection| {
            let opened = handed_over::content(connection, self.relationship, parcel)?;
            let (begin, bytes) = attachment_in(&opened, place)?;
            let length = u64::from(length).min(bytes.saturating_sub(offset));
            pieces::stretch(connection, parcel, begin.saturating_add(offset), length)
        })
    }

    /// Writes an attachment of an excerpt to a file, which **anyone can read** who has the disk: tell the person before.
    /// It appears under its name only when it is whole and safe on the disk.
    ///
    /// # Errors
    /// [`Error::FileExists`] unless `replace`; [`Error::File`], [`Error::DiskFull`]; as [`Sharing::open`].
    #[uniffi::method(default(replace = false))]
    pub fn save_attachment(
        &self,
        parcel: ParcelId,
        place: u32,
        to: String,
        replace: bool,
    ) -> Result<ExcerptAttachment> {
        let beside = Beside::begin_saving(Path::new(&to), replace)?;
        let attachment = self.read(|connection| {
            let opened = handed_over::content(connection, self.relationship, parcel)?;
            attachment_in(&opened, place)?;
            Ok(opened.excerpt.attachments.get(place as usize).cloned())
        })?;
        let attachment = attachment.ok_or(Error::not_found(Thing::Attachment))?;
        let mut offset = 0;
        while offset < attachment.bytes {
            // Piece by piece, so that a slow disk keeps nobody from emptying the log.
            let piece = self.attachment_piece(parcel, place, offset, LONGEST_STRETCH)?;
            if piece.is_empty() {
                return Err(Error::internal("sharing, an attachment that ends early"));
            }
            beside.file().write_all(&piece)?;
            offset += piece.len() as u64;
        }
        beside.give_name()?;
        Ok(attachment)
    }

    /// Takes an excerpt or a comment of one's own back, for good: its words and photos go here now, with the comments
    /// on it, and on the other's device when it next appears. That it was handed over, and when, stays.
    ///
    /// What nobody can promise: the other may remember it, have copied or photographed it, and an old backup or the
    /// disk itself may keep a copy.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what this person has not handed over here; [`Error::Locked`].
    pub fn take_back(&self, parcel: ParcelId) -> Result<()> {
        let (world, relationship) = (&self.home.shared.world, self.relationship);
        self.taking_back(|transaction| {
            let is_new = giving::take_back(transaction, world, relationship, parcel)?;
            Ok(is_new.then_some(parcel).into_iter().collect())
        })
        .map(drop)
    }

    /// Takes back all that this person has handed over in this relationship, comments included; answers how many parcels
    /// that were. It also works after an end.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn take_back_all(&self) -> Result<u32> {
        let (world, relationship) = (&self.home.shared.world, self.relationship);
        self.taking_back(|transaction| ending::take_all_back(transaction, world, relationship))
    }

    /// Writes a comment on an excerpt, whoever handed it over. It goes when the excerpt goes, and can be taken back
    /// alone.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty one, and one over 64 KiB; [`Error::Parcel`] for an excerpt that does not open;
    /// [`Error::NotFound`], [`Error::NotShared`], [`Error::TooMuchHandedOver`], [`Error::Locked`].
    pub fn comment(&self, parcel: ParcelId, text: String) -> Result<ParcelId> {
        self.home.must_be_unlocked()?;
        if text.trim().is_empty() {
            return Err(Error::invalid("comment", Problem::Empty));
        }
        if text.len() > LONGEST_COMMENT {
            let problem = Problem::TooLong { limit: LONGEST_COMMENT as u64, unit: "bytes".to_owned() };
            return Err(Error::invalid("comment", problem));
        }
        let excerpt = Excerpt { text, ..Excerpt::default() };
        let content = Content::of(&excerpt, &|_, _| Ok(()))?;
        let shared = &self.home.shared;
        let comment = shared.file.write(|transaction| {
            handed_over::content(transaction, self.relationship, parcel)?;
            let note = Note { about: Some(parcel), ..Note::default() };
            giving::hand_over(transaction, &shared.world, self.relationship, &content, note)
        })?;
        self.changed(vec![parcel, comment]);
        Ok(comment)
    }

    /// Everything that either has handed over in this relationship, the earliest first. It is kept for good.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn record(&self) -> Result<Vec<RecordEntry>> {
        self.read(|connection| record::of(connection, Some(self.relationship)))
    }

    /// Writes the record to a file for spreadsheets, which **anyone can read** who has the disk: tell the person before.
    /// It holds names and times, and no words of anybody. It appears whole or not at all; answers how many rows it has.
    ///
    /// # Errors
    /// [`Error::FileExists`] unless `replace`; [`Error::File`], [`Error::DiskFull`], [`Error::Locked`].
    #[uniffi::method(default(replace = false))]
    pub fn export_record(&self, to: String, replace: bool) -> Result<u32> {
        records::export(&self.home, Some(self.relationship), Path::new(&to), replace)
    }
}

impl Sharing {
    /// Reads the shared file, unless the journal is locked.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.home.must_be_unlocked()?;
        self.home.shared.file.read(work)
    }

    /// Puts together what a draft chooses of its entry.
    fn with_content<T>(
        &self,
        draft: &ExcerptDraft,
        work: impl FnOnce(&Excerpt, &Content<'_>) -> Result<T>,
    ) -> Result<T> {
        let private = &self.home.private;
        let journal = self.home.journal();
        let entry = journal.entry(draft.entry)?;
        if entry.binned_at.is_some() {
            return Err(Error::not_found(Thing::Entry));
        }
        let size = |id: &AttachmentId| attachments::size_of(private, id);
        let (excerpt, chosen) = draft.excerpt(&entry, &journal, size)?;
        let attached = |place: usize, sink: &mut dyn Write| match chosen.get(place) {
            Some(id) => attachments::read_out(private, id, sink).map(drop),
            None => Err(Error::not_found(Thing::Attachment)),
        };
        let content = Content::of(&excerpt, &attached)?;
        work(&excerpt, &content)
    }

    /// Tells the other what was opened here. Answers whether it was told: after an end nothing more is.
    fn tell_that_opened(&self, parcels: &[ParcelId]) -> Result<bool> {
        let shared = &self.home.shared;
        shared.file.write(|transaction| {
            if people::is_over(transaction, self.relationship)? {
                return Ok(false);
            }
            for parcel in parcels {
                announce(transaction, &shared.world, self.relationship, Announced::Opened(*parcel))?;
            }
            Ok(true)
        })
    }

    fn taking_back(&self, work: impl FnOnce(&Transaction<'_>) -> Result<Vec<ParcelId>>) -> Result<u32> {
        self.home.must_be_unlocked()?;
        let shared = &self.home.shared;
        let taken = shared.file.write(work)?;
        let count = u32::try_from(taken.len()).unwrap_or(u32::MAX);
        if count > 0 {
            self.changed(taken);
        }
        // It is taken back. Where overwriting fails, the next opening or exchange does it.
        let _ = sharing::mend(shared);
        Ok(count)
    }

    /// Tells of parcels that this person did something with, and sends it where a link is live.
    fn changed(&self, parcels: Vec<ParcelId>) {
        let relationship = self.relationship;
        self.home.shared.tell(&Change::Parcels { relationship, parcels, by_other: false });
        self.home.shared.edited(relationship);
    }
}

/// Where an attachment of an excerpt begins in its content, and how many bytes it has.
fn attachment_in(opened: &Opened, place: u32) -> Result<(u64, u64)> {
    opened.attachment(place as usize).ok_or(Error::not_found(Thing::Attachment))
}
