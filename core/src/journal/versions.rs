//! Former versions of an entry: every one that was saved can be looked at, compared with the entry as it
//! stands, and brought back. Bringing back is an edit like any other, so nothing is lost by it either.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};

use super::details::EntryDetails;
use super::snippet::opening;
use super::types::{Answer, Entry};
use super::{Journal, entries, list};
use crate::clock::{Instant, World};
use crate::difference::{self, Side};
use crate::error::Thing;
use crate::id::{EntryId, RevisionId};
use crate::store::{Micros, Slot};
use crate::{Error, Result};

/// How much of a text is read for its beginning, in characters.
const FOR_OPENING: i64 = 2_000;

/// A former version in a list.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct VersionSummary {
    /// Which version.
    pub revision: RevisionId,
    /// When it was saved.
    pub saved_at: Instant,
    /// Its title, if any.
    pub title: Option<String>,
    /// The beginning of its text, or of its first answer, at most 200 characters, on one line.
    pub opening: String,
}

/// A former version, whole.
#[derive(Clone, PartialEq, Serialize, Deserialize, uniffi::Record)]
pub struct Version {
    /// Which version.
    pub revision: RevisionId,
    /// Of which entry.
    pub entry: EntryId,
    /// When it was saved.
    pub saved_at: Instant,
    /// The title, if any.
    pub title: Option<String>,
    /// Markdown.
    pub text: String,
    /// Tags, in the order given.
    pub tags: Vec<String>,
    /// Marked with a star.
    pub starred: bool,
    /// All else. Nothing where it was kept before an entry could hold anything else; bringing it back
    /// then leaves all else as it is.
    pub details: Option<EntryDetails>,
}

/// What is different now from a former version.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct VersionDifference {
    /// Which parts differ.
    pub changed: Vec<EntryPart>,
    /// Both titles in one.
    pub title: Vec<TextRun>,
    /// Both texts in one.
    pub text: Vec<TextRun>,
    /// Both sets of answers in one: those of the version in its order, then those that came since.
    pub answers: Vec<AnswerDifference>,
}

/// One answer, then and now.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct AnswerDifference {
    /// The template's id.
    pub template: String,
    /// Its version when the question was answered; now, where it was answered now.
    pub version: u32,
    /// Which of its fields.
    pub field: String,
    /// Both answers in one.
    pub value: Vec<TextRun>,
}

/// A part of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, uniffi::Enum)]
#[serde(rename_all = "kebab-case")]
pub enum EntryPart {
    /// The title.
    Title,
    /// The text.
    Text,
    /// What it is.
    Kind,
    /// The mood.
    Mood,
    /// The feelings.
    Emotions,
    /// The tags.
    Tags,
    /// What it belongs to.
    Links,
    /// The answers to a template's questions.
    Answers,
    /// What is attached.
    Attachments,
    /// The star.
    Starred,
    /// Whether it is to be brought to the next appointment.
    ToBring,
    /// When it was written.
    Written,
}

/// A piece of two texts shown in one. All that is not removed, in order, is the text of now; all that is
/// not added is the text of then.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct TextRun {
    /// In which of the two it stands.
    pub kind: TextRunKind,
    /// The piece.
    pub text: String,
}

/// In which of two texts a piece stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, uniffi::Enum)]
#[serde(rename_all = "kebab-case")]
pub enum TextRunKind {
    /// In both.
    Same,
    /// Only in the one of then.
    Removed,
    /// Only in the one of now.
    Added,
}

#[uniffi::export]
impl Journal {
    /// The former versions of an entry, latest first; none where it was never edited. Also of one in the
    /// bin.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn versions(&self, entry: EntryId) -> Result<Vec<VersionSummary>> {
        self.private.read(|file| all(file, entry))
    }

    /// A former version, whole.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn version(&self, version: RevisionId) -> Result<Version> {
        self.private.read(|file| one(file, version))
    }

    /// What is different in the entry as it stands from this former version.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn version_difference(&self, version: RevisionId) -> Result<VersionDifference> {
        let (then, now) = self.private.read(|file| {
            let then = one(file, version)?;
            let now = list::whole(file, then.entry)?.1;
            Ok((then, now))
        })?;
        Ok(difference(&then, &now))
    }

    /// Makes an entry again what it was in a former version. What it is now is kept as a former version
    /// in its turn. `shown` is the revision of the entry that the screen showed.
    ///
    /// # Errors
    /// [`crate::Error::Changed`] when the entry was edited meanwhile, [`crate::Error::NotFound`],
    /// [`crate::Error::Locked`].
    pub fn bring_back(&self, version: RevisionId, shown: RevisionId) -> Result<Entry> {
        let (entry, changed) = bring_back(&self.private, &self.world, version, shown)?;
        if changed {
            self.changed(vec![entry.id]);
        }
        Ok(entry)
    }
}

fn all(file: &Connection, entry: EntryId) -> Result<Vec<VersionSummary>> {
    let is_here: bool = file
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM entry WHERE id = :id)")?
        .query_row(named_params! { ":id": entry }, |row| row.get(0))?;
    if !is_here {
        return Err(Error::not_found(Thing::Entry));
    }
    // In the order in which they were kept, also where a clock was set back meanwhile.
    Ok(file
        .prepare_cached(
            "SELECT revision, saved_at, title, substr(text, 1, :characters), details FROM former_entry
             WHERE entry = :entry ORDER BY rowid DESC",
        )?
        .query_map(named_params! { ":entry": entry, ":characters": FOR_OPENING }, |row| {
            let text = row.get_ref(3)?.as_str()?;
            let opening = if text.trim().is_empty() {
                let first = details(row, 4)?.and_then(|details| details.answers.into_iter().next());
                opening(first.as_ref().map_or("", |answer| &answer.value))
            } else {
                opening(text)
            };
            Ok(VersionSummary {
                revision: row.get(0)?,
                saved_at: row.get::<_, Micros>(1)?.0,
                title: row.get(2)?,
                opening,
            })
        })?
        .collect::<rusqlite::Result<_>>()?)
}

pub(super) fn one(file: &Connection, version: RevisionId) -> Result<Version> {
    file.prepare_cached(
        "SELECT revision, entry, saved_at, title, text, tags, starred, details FROM former_entry
         WHERE revision = :version",
    )?
    .query_row(named_params! { ":version": version }, |row| {
        Ok(Version {
            revision: row.get(0)?,
            entry: row.get(1)?,
            saved_at: row.get::<_, Micros>(2)?.0,
            title: row.get(3)?,
            text: row.get(4)?,
            tags: list::tags(row, 5)?,
            starred: row.get(6)?,
            details: details(row, 7)?,
        })
    })
    .optional()?
    .ok_or(Error::not_found(Thing::Version))
}

fn details(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<EntryDetails>> {
    let json: Option<&str> = row.get_ref(column)?.as_str_or_null()?;
    json.map(serde_json::from_str).transpose().map_err(|_| rusqlite::Error::InvalidQuery)
}

fn bring_back(
    private: &Slot,
    world: &World,
    version: RevisionId,
    shown: RevisionId,
) -> Result<(Entry, bool)> {
    private.write(|file| {
        let then = one(file, version)?;
        let (row, before) = entries::standing(file, then.entry, shown)?;
        let after = as_then(&before, then);
        entries::replace(file, world, row, &before, after)
    })
}

/// The entry with all that the version knows.
fn as_then(before: &Entry, then: Version) -> Entry {
    let after = Entry {
        title: then.title,
        text: then.text,
        tags: then.tags,
        starred: then.starred,
        ..before.clone()
    };
    match then.details {
        None => after,
        Some(details) => Entry {
            written: details.written,
            kind: details.kind,
            mood: details.mood,
            emotions: details.emotions,
            links: details.links,
            answers: details.answers,
            attachments: details.attachments,
            to_bring_at: details.to_bring_at,
            ..after
        },
    }
}

fn difference(then: &Version, now: &Entry) -> VersionDifference {
    // A version that knows only some parts differs in no other.
    let was = as_then(now, then.clone());
    let parts = [
        (EntryPart::Title, was.title != now.title),
        (EntryPart::Text, was.text != now.text),
        (EntryPart::Kind, was.kind != now.kind),
        (EntryPart::Mood, was.mood != now.mood),
        (EntryPart::Emotions, was.emotions != now.emotions),
        (EntryPart::Tags, was.tags != now.tags),
        (EntryPart::Links, was.links != now.links),
        (EntryPart::Answers, was.answers != now.answers),
        (EntryPart::Attachments, was.attachments != now.attachments),
        (EntryPart::Starred, was.starred != now.starred),
        (EntryPart::ToBring, was.to_bring_at.is_some() != now.to_bring_at.is_some()),
        (EntryPart::Written, was.written != now.written),
    ];
    VersionDifference {
        changed: parts.into_iter().filter(|(_, differs)| *differs).map(|(part, _)| part).collect(),
        title: runs(was.title.as_deref().unwrap_or_default(), now.title.as_deref().unwrap_or_default()),
        text: runs(&was.text, &now.text),
        answers: answers(&was.answers, &now.answers),
    }
}

fn answers(then: &[Answer], now: &[Answer]) -> Vec<AnswerDifference> {
    let same = |one: &Answer, other: &Answer| one.template == other.template && one.field == other.field;
    let came = now.iter().filter(|answer| !then.iter().any(|one| same(one, answer)));
    then.iter()
        .map(|was| (was, now.iter().find(|answer| same(was, answer))))
        .map(|(was, is)| (is.unwrap_or(was), was.value.as_str(), is.map_or("", |is| &is.value)))
        .chain(came.map(|is| (is, "", is.value.as_str())))
        .map(|(named, was, is)| AnswerDifference {
            template: named.template.clone(),
            version: named.version,
            field: named.field.clone(),
            value: runs(was, is),
        })
        .collect()
}

/// Two texts in one.
pub(super) fn runs(then: &str, now: &str) -> Vec<TextRun> {
    let kind = |side| match side {
        Side::Both => TextRunKind::Same,
        Side::Then => TextRunKind::Removed,
        Side::Now => TextRunKind::Added,
    };
    difference::runs(then, now).into_iter().map(|(side, text)| TextRun { kind: kind(side), text }).collect()
}
