//! What an entry holds besides its text: checked, written into the tables that filters and charts read,
//! and read again.

use rusqlite::{Connection, named_params};
use serde::{Deserialize, Serialize};

use super::entries::{check_line, check_tags};
use super::types::{Answer, Attached, Emotion, Entry, EntryKind, EntryLink};
use super::{attachments, fold};
use crate::clock::{Instant, Moment};
use crate::error::Problem;
use crate::id::{GoalId, RelationshipId, TaskId};
use crate::{Error, Result};

/// What may be in an entry.
const MOST_EMOTIONS: usize = 50;
const MOST_LINKS: usize = 100;
const MOST_ANSWERS: usize = 200;
const MOST_ATTACHMENTS: usize = 100;
const LONGEST_EMOTION: usize = 100;
const LONGEST_ANSWER: usize = 64 << 10;
const LONGEST_FIELD: usize = 100;
const LONGEST_NAME: usize = 255;

/// All that an entry holds besides title, text, tags and star, as a former version keeps it.
#[derive(Clone, PartialEq, Serialize, Deserialize, uniffi::Record)]
pub struct EntryDetails {
    /// When it was written, by the writer's clock.
    pub written: Moment,
    /// What it is.
    pub kind: EntryKind,
    /// 1 (very low) to 5 (very good), if any.
    pub mood: Option<u8>,
    /// Feelings, in the order given.
    pub emotions: Vec<Emotion>,
    /// What it belongs to.
    pub links: Vec<EntryLink>,
    /// Answers to a template's questions, in the order given.
    pub answers: Vec<Answer>,
    /// What is attached, in the order given.
    pub attachments: Vec<Attached>,
    /// Since when it is marked to be brought to the next appointment.
    pub to_bring_at: Option<Instant>,
}

impl EntryDetails {
    pub(super) fn of(entry: &Entry) -> Self {
        Self {
            written: entry.written.clone(),
            kind: entry.kind,
            mood: entry.mood,
            emotions: entry.emotions.clone(),
            links: entry.links.clone(),
            answers: entry.answers.clone(),
            attachments: entry.attachments.clone(),
            to_bring_at: entry.to_bring_at,
        }
    }

    pub(super) fn as_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|_| Error::internal("journal, details"))
    }
}

/// Puts an entry's details in order, or says what cannot be taken; an entry without anything in it cannot.
pub(super) fn check(entry: &mut Entry) -> Result<()> {
    check_parts(entry)?;
    let is_empty = entry.text.trim().is_empty()
        && entry.mood.is_none()
        && entry.emotions.is_empty()
        && entry.answers.is_empty()
        && entry.attachments.is_empty();
    if is_empty { Err(Error::invalid("text", Problem::Empty)) } else { Ok(()) }
}

/// Puts each of an entry's details in order, or says what cannot be taken.
pub(super) fn check_parts(entry: &mut Entry) -> Result<()> {
    entry.tags = check_tags(std::mem::take(&mut entry.tags))?;
    if entry.mood.is_some_and(|mood| !(1..=5).contains(&mood)) {
        return Err(Error::invalid("mood", Problem::OutOfRange { from: 1, to: 5 }));
    }
    check_emotions(&mut entry.emotions)?;
    check_count("links", entry.links.len(), MOST_LINKS)?;
    keep_each_once(&mut entry.links, |link| *link);
    check_answers(&mut entry.answers)?;
    check_attachment_count(entry.attachments.len())?;
    for attached in &mut entry.attachments {
        check_attached(attached)?;
    }
    Ok(())
}

pub(super) fn check_attachment_count(count: usize) -> Result<()> {
    check_count("attachments", count, MOST_ATTACHMENTS)
}

fn check_emotions(emotions: &mut Vec<Emotion>) -> Result<()> {
    check_count("emotions", emotions.len(), MOST_EMOTIONS)?;
    for emotion in emotions.iter_mut() {
        emotion.name = check_line("emotions.name", &emotion.name, LONGEST_EMOTION)?;
        if emotion.intensity.is_some_and(|intensity| intensity > 10) {
            return Err(Error::invalid("emotions.intensity", Problem::OutOfRange { from: 0, to: 10 }));
        }
    }
    keep_each_once(emotions, |emotion| key(&emotion.name));
    Ok(())
}

fn check_answers(answers: &mut Vec<Answer>) -> Result<()> {
    check_count("answers", answers.len(), MOST_ANSWERS)?;
    for answer in answers.iter_mut() {
        answer.template = check_line("answers.template", &answer.template, LONGEST_FIELD)?;
        answer.field = check_line("answers.field", &answer.field, LONGEST_FIELD)?;
        if answer.value.len() > LONGEST_ANSWER {
            let problem = Problem::TooLong { limit: LONGEST_ANSWER as u64, unit: "bytes".to_owned() };
            return Err(Error::invalid("answers.value", problem));
        }
    }
    answers.retain(|answer| !answer.value.trim().is_empty());
    keep_each_once(answers, |answer| (answer.template.clone(), answer.field.clone()));
    Ok(())
}

/// What is attached, with a name for a file; what it is follows from the name where nobody says.
pub(super) fn check_attached(attached: &mut Attached) -> Result<()> {
    attached.name = check_name(&attached.name)?;
    if attached.media_type.trim().is_empty() {
        let guessed = mime_guess::from_path(&attached.name).first_raw();
        attached.media_type = guessed.unwrap_or("application/octet-stream").to_owned();
    }
    attached.media_type = check_line("attachments.media_type", &attached.media_type, LONGEST_FIELD)?;
    Ok(())
}

/// A file's name without folders: it will be a name on somebody's disk again.
pub(super) fn check_name(name: &str) -> Result<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = check_line("attachments.name", name, LONGEST_NAME)?;
    if name.len() > LONGEST_NAME {
        let problem = Problem::TooLong { limit: LONGEST_NAME as u64, unit: "bytes".to_owned() };
        return Err(Error::invalid("attachments.name", problem));
    }
    if name == "." || name == ".." {
        return Err(Error::malformed("attachments.name", "the name of a file"));
    }
    Ok(name)
}

fn check_count(field: &str, count: usize, most: usize) -> Result<()> {
    if count > most {
        return Err(Error::invalid(field, Problem::TooLong { limit: most as u64, unit: field.to_owned() }));
    }
    Ok(())
}

fn keep_each_once<T, K: PartialEq>(list: &mut Vec<T>, name: impl Fn(&T) -> K) {
    let mut seen: Vec<K> = Vec::with_capacity(list.len());
    list.retain(|one| {
        let name = name(one);
        let is_new = !seen.contains(&name);
        if is_new {
            seen.push(name);
        }
        is_new
    });
}

/// By what a tag or a feeling is found: accents and case do not matter. What has no letter or digit to
/// fold stays as it is.
pub(super) fn key(name: &str) -> String {
    let folded = fold::folded(name);
    if folded.is_empty() { name.trim().to_owned() } else { folded }
}

/// Writes the rows of an entry's details; there are none of it yet.
pub(super) fn insert(file: &Connection, row: i64, entry: &Entry) -> Result<()> {
    insert_tags(file, row, &entry.tags)?;
    for (position, emotion) in entry.emotions.iter().enumerate() {
        file.prepare_cached(
            "INSERT INTO entry_emotion (key, row, position, name, intensity)
             VALUES (:key, :row, :position, :name, :intensity)",
        )?
        .execute(named_params! {
            ":key": key(&emotion.name),
            ":row": row,
            ":position": position as i64,
            ":name": emotion.name,
            ":intensity": emotion.intensity,
        })?;
    }
    for (position, link) in entry.links.iter().enumerate() {
        let (kind, target) = link_columns(link);
        file.prepare_cached(
            "INSERT INTO entry_link (kind, target, row, position) VALUES (:kind, :target, :row, :position)",
        )?
        .execute(named_params! {
            ":kind": kind,
            ":target": target,
            ":row": row,
            ":position": position as i64,
        })?;
    }
    for (position, answer) in entry.answers.iter().enumerate() {
        file.prepare_cached(
            "INSERT INTO entry_answer (row, position, template, version, field, value)
             VALUES (:row, :position, :template, :version, :field, :value)",
        )?
        .execute(named_params! {
            ":row": row,
            ":position": position as i64,
            ":template": answer.template,
            ":version": answer.version,
            ":field": answer.field,
            ":value": answer.value,
        })?;
    }
    for (position, attached) in entry.attachments.iter().enumerate() {
        attachments::must_be_here(file, &attached.attachment)?;
        file.prepare_cached(
            "INSERT INTO entry_attachment (row, position, attachment, name, media_type)
             VALUES (:row, :position, :attachment, :name, :media_type)",
        )?
        .execute(named_params! {
            ":row": row,
            ":position": position as i64,
            ":attachment": attached.attachment,
            ":name": attached.name,
            ":media_type": attached.media_type,
        })?;
    }
    Ok(())
}

/// Names an entry's tags for the filter.
pub(super) fn insert_tags(file: &Connection, row: i64, tags: &[String]) -> Result<()> {
    for tag in tags {
        // Two tags that differ only in case are one to the filter.
        file.prepare_cached("INSERT OR IGNORE INTO entry_tag (key, row, tag) VALUES (:key, :row, :tag)")?
            .execute(named_params! { ":key": key(tag), ":row": row, ":tag": tag })?;
    }
    Ok(())
}

/// Replaces the rows of what has changed.
pub(super) fn update(file: &Connection, row: i64, before: &Entry, after: &Entry) -> Result<()> {
    let same = before.tags == after.tags
        && before.emotions == after.emotions
        && before.links == after.links
        && before.answers == after.answers
        && before.attachments == after.attachments;
    if same {
        return Ok(());
    }
    for table in ["entry_tag", "entry_emotion", "entry_link", "entry_answer", "entry_attachment"] {
        file.prepare_cached(&format!("DELETE FROM {table} WHERE row = :row"))?
            .execute(named_params! { ":row": row })?;
    }
    insert(file, row, after)
}

/// Reads what lies in tables of its own into an entry that has the rest.
pub(super) fn read(file: &Connection, row: i64, entry: &mut Entry) -> Result<()> {
    entry.emotions = file
        .prepare_cached("SELECT name, intensity FROM entry_emotion WHERE row = :row ORDER BY position")?
        .query_map(named_params! { ":row": row }, |row| {
            Ok(Emotion { name: row.get(0)?, intensity: row.get(1)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    entry.links = file
        .prepare_cached("SELECT kind, target FROM entry_link WHERE row = :row ORDER BY position")?
        .query_map(named_params! { ":row": row }, |row| {
            let target = row.get(1)?;
            Ok(match row.get_ref(0)?.as_str()? {
                "goal" => EntryLink::Goal(GoalId::from_bytes(target)),
                "task" => EntryLink::Task(TaskId::from_bytes(target)),
                _ => EntryLink::Relationship(RelationshipId::from_bytes(target)),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    entry.answers = file
        .prepare_cached(
            "SELECT template, version, field, value FROM entry_answer WHERE row = :row ORDER BY position",
        )?
        .query_map(named_params! { ":row": row }, |row| {
            Ok(Answer { template: row.get(0)?, version: row.get(1)?, field: row.get(2)?, value: row.get(3)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    entry.attachments = file
        .prepare_cached(
            "SELECT attachment, name, media_type FROM entry_attachment WHERE row = :row ORDER BY position",
        )?
        .query_map(named_params! { ":row": row }, |row| {
            Ok(Attached { attachment: row.get(0)?, name: row.get(1)?, media_type: row.get(2)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(())
}

/// A link as two columns.
pub(super) fn link_columns(link: &EntryLink) -> (&'static str, &[u8; 16]) {
    match link {
        EntryLink::Goal(id) => ("goal", id.as_bytes()),
        EntryLink::Task(id) => ("task", id.as_bytes()),
        EntryLink::Relationship(id) => ("relationship", id.as_bytes()),
    }
}
