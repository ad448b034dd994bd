//! Writing: adding, editing, the bin and what is erased from it.

use chrono::{DateTime, TimeDelta};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

pub(super) use super::checks::{
    LONGEST_TAG, LONGEST_TEXT, LONGEST_TITLE, MOST_TAGS, check_line, check_moment, check_tags, check_text,
    check_title, check_year, too_long,
};
use super::snippet::opening;
use super::types::{Entry, EntryEdit, EntryKind, NewEntry};
use super::{attachments, details, fold, list, templates};
use crate::chores::{done, empty_log, is_due, log_is_to_be_emptied};
use crate::clock::{Instant, Moment, World};
use crate::error::Thing;
use crate::id::{EntryId, RevisionId};
use crate::store::{Micros, Slot};
use crate::{Error, Result};

/// How long an entry stays in the bin.
const IN_BIN: TimeDelta = TimeDelta::days(30);

/// The chore of naming tags (migration 3).
const NAME_TAGS: &str = "name tags";

pub(super) fn add(private: &Slot, world: &World, new: NewEntry) -> Result<Entry> {
    let entry = fresh(world, world.entry_id()?, new)?;
    let words = Words::of(&entry);
    private.write(|file| add_in(file, world, &entry, &words))?;
    Ok(entry)
}

/// Writes a new entry within a transaction.
pub(super) fn add_in(file: &Transaction<'_>, world: &World, entry: &Entry, words: &Words) -> Result<()> {
    templates::check_answers(file, &entry.answers, &[])?;
    let row = free_row(file, wanted_row(entry.written.at))?;
    insert(file, row, entry, device(file, world)?)?;
    words.insert(file, row)
}

/// A new entry under this id, checked.
pub(super) fn fresh(world: &World, id: EntryId, new: NewEntry) -> Result<Entry> {
    check_text(&new.text)?;
    let now = to_micros(world.now());
    let written = match new.written {
        Some(moment) => check_moment(moment)?,
        None => Moment { at: now, ..world.moment() },
    };
    let kind = new.kind.unwrap_or_default();
    let mut entry = Entry {
        id,
        revision: world.revision_id()?,
        written,
        saved_at: now,
        title: check_title(new.title)?,
        text: new.text,
        kind,
        mood: new.mood,
        emotions: new.emotions,
        tags: new.tags,
        links: new.links,
        answers: new.answers,
        attachments: new.attachments,
        starred: new.starred,
        to_bring_at: (new.to_bring || is_brought(kind)).then_some(now),
        binned_at: None,
    };
    details::check(&mut entry)?;
    Ok(entry)
}

/// Whether an entry of this kind is marked to be brought along by itself.
fn is_brought(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::HardAfterSession | EntryKind::BringToSession)
}

pub(super) fn edit(
    private: &Slot,
    world: &World,
    id: EntryId,
    shown: RevisionId,
    edit: EntryEdit,
) -> Result<(Entry, bool)> {
    private.write(|file| edit_in(file, world, id, shown, edit))
}

/// Changes an entry within a transaction, and answers whether that made a difference.
pub(super) fn edit_in(
    file: &Transaction<'_>,
    world: &World,
    id: EntryId,
    shown: RevisionId,
    edit: EntryEdit,
) -> Result<(Entry, bool)> {
    let (row, before) = standing(file, id, shown)?;
    let after = edited(&before, edit, to_micros(world.now()))?;
    templates::check_answers(file, &after.answers, &before.answers)?;
    replace(file, world, row, &before, after)
}

/// An entry that may be changed, being out of the bin and as the screen showed it, and where it lies.
pub(super) fn standing(file: &Connection, id: EntryId, shown: RevisionId) -> Result<(i64, Entry)> {
    let (row, entry) = list::whole(file, id)?;
    if entry.binned_at.is_some() {
        return Err(Error::not_found(Thing::Entry));
    }
    if entry.revision != shown {
        return Err(Error::Changed { what: Thing::Entry });
    }
    Ok((row, entry))
}

/// Writes an entry anew, keeps what it was as a former version, and answers whether there was a difference.
pub(super) fn replace(
    file: &Transaction<'_>,
    world: &World,
    row: i64,
    before: &Entry,
    mut after: Entry,
) -> Result<(Entry, bool)> {
    if after == *before {
        return Ok((after, false));
    }
    after.revision = world.revision_id()?;
    after.saved_at = to_micros(world.now());
    keep_former(file, before)?;
    Words::remove(file, row)?;
    let row = update(file, row, before, &after, device(file, world)?)?;
    Words::of(&after).insert(file, row)?;
    Ok((after, true))
}

/// The entry as it is after an edit, checked, with its revision and its time of saving still as before.
fn edited(before: &Entry, edit: EntryEdit, now: Instant) -> Result<Entry> {
    let mut after = before.clone();
    if let Some(text) = edit.text {
        check_text(&text)?;
        after.text = text;
    }
    if let Some(title) = edit.title {
        after.title = check_title(Some(title))?;
    }
    if let Some(kind) = edit.kind {
        after.kind = kind;
        if is_brought(kind) && !is_brought(before.kind) {
            after.to_bring_at.get_or_insert(now);
        }
    }
    if let Some(mood) = edit.mood {
        after.mood = (mood != 0).then_some(mood);
    }
    after.emotions = edit.emotions.unwrap_or(after.emotions);
    after.tags = edit.tags.unwrap_or(after.tags);
    after.links = edit.links.unwrap_or(after.links);
    after.answers = edit.answers.unwrap_or(after.answers);
    after.attachments = edit.attachments.unwrap_or(after.attachments);
    after.starred = edit.starred.unwrap_or(after.starred);
    match edit.to_bring {
        Some(true) => _ = after.to_bring_at.get_or_insert(now),
        Some(false) => after.to_bring_at = None,
        None => {}
    }
    if let Some(written) = edit.written {
        after.written = check_moment(written)?;
    }
    details::check(&mut after)?;
    Ok(after)
}

pub(super) fn bin(private: &Slot, world: &World, id: EntryId) -> Result<bool> {
    let now = to_micros(world.now());
    private.write(|file| {
        let (row, binned_at) = find(file, id)?;
        if binned_at.is_some() {
            return Ok(false);
        }
        file.prepare_cached("UPDATE entry SET binned_at = :now WHERE row = :row")?
            .execute(named_params! { ":now": Micros(now), ":row": row })?;
        Words::remove(file, row)?;
        Ok(true)
    })
}

pub(super) fn restore(private: &Slot, id: EntryId) -> Result<bool> {
    private.write(|file| {
        let (row, entry) = list::whole(file, id)?;
        if entry.binned_at.is_none() {
            return Ok(false);
        }
        file.prepare_cached("UPDATE entry SET binned_at = NULL WHERE row = :row")?
            .execute(named_params! { ":row": row })?;
        Words::of(&entry).insert(file, row)?;
        Ok(true)
    })
}

/// Erases what has been in the bin long enough, and returns which entries these were.
///
/// Their pages are overwritten (`secure_delete`); the log is folded in and emptied at once, or, where a
/// reader is in the way or the power fails, by the next call.
pub(super) fn erase_expired(private: &Slot, world: &World) -> Result<Vec<EntryId>> {
    let now = to_micros(world.now());
    let expired = private.write(|file| {
        let until = now - IN_BIN;
        let expired: Vec<EntryId> = file
            .prepare_cached("SELECT id FROM entry INDEXED BY entry_in_bin WHERE binned_at <= :until")?
            .query_map(named_params! { ":until": Micros(until) }, |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for id in &expired {
            // What was noted of a tool in it goes with it; that the tool was used is still counted.
            file.prepare_cached("UPDATE tool_use SET note = '' WHERE entry = :id")?
                .execute(named_params! { ":id": id })?;
            // Texts and former versions go with it (ON DELETE CASCADE), its words went when it was binned.
            file.prepare_cached("DELETE FROM entry WHERE id = :id")?.execute(named_params! { ":id": id })?;
            file.prepare_cached("INSERT OR IGNORE INTO erased_entry (id, erased_at) VALUES (:id, :now)")?
                .execute(named_params! { ":id": id, ":now": Micros(now) })?;
        }
        if !expired.is_empty() {
            attachments::may_be_loose(file)?;
            log_is_to_be_emptied(file)?;
        }
        Ok(expired)
    })?;
    empty_log(private)?;
    Ok(expired)
}

/// The words of an entry, as the index keeps them. Cut before the transaction begins, so that the one
/// writer is held no longer than needed.
pub(super) struct Words {
    title: String,
    text: String,
    tags: String,
}

impl Words {
    pub(super) fn of(entry: &Entry) -> Self {
        Self {
            title: entry.title.as_deref().map(fold::folded).unwrap_or_default(),
            text: text_words(entry),
            tags: fold::folded(&entry.tags.join(" ")),
        }
    }

    pub(super) fn insert(&self, file: &Connection, row: i64) -> Result<()> {
        file.prepare_cached(
            "INSERT INTO entry_search (rowid, title, text, tags) VALUES (:row, :title, :text, :tags)",
        )?
        .execute(named_params! {
            ":row": row,
            ":title": self.title,
            ":text": self.text,
            ":tags": self.tags,
        })?;
        Ok(())
    }

    fn remove(file: &Connection, row: i64) -> Result<()> {
        file.prepare_cached("DELETE FROM entry_search WHERE rowid = :row")?
            .execute(named_params! { ":row": row })?;
        Ok(())
    }
}

/// The words of the text, and behind them those of the answers. Between two of these stands a sign that is
/// part of no word, so that no phrase reaches from one into the other.
fn text_words(entry: &Entry) -> String {
    let mut words = fold::folded(&entry.text);
    for answer in &entry.answers {
        let answered = fold::folded(&answer.value);
        if !answered.is_empty() {
            if !words.is_empty() {
                words.push_str(" ¶ ");
            }
            words.push_str(&answered);
        }
    }
    words
}

pub(super) fn insert(file: &Connection, row: i64, entry: &Entry, device: [u8; 16]) -> Result<()> {
    file.prepare_cached(
        "INSERT INTO entry (row, id, revision, device, written_at, zone, offset_seconds, saved_at, title,
                            opening, kind, mood, tags, attachments, starred, to_bring_at)
         VALUES (:row, :id, :revision, :device, :written_at, :zone, :offset_seconds, :saved_at, :title,
                 :opening, :kind, :mood, :tags, :attachments, :starred, :to_bring_at)",
    )?
    .execute(named_params! {
        ":row": row,
        ":id": entry.id,
        ":revision": entry.revision,
        ":device": device,
        ":written_at": Micros(entry.written.at),
        ":zone": entry.written.zone,
        ":offset_seconds": entry.written.offset_seconds,
        ":saved_at": Micros(entry.saved_at),
        ":title": entry.title,
        ":opening": opening(shown_first(entry)),
        ":kind": entry.kind,
        ":mood": entry.mood,
        ":tags": tags_as_json(&entry.tags)?,
        ":attachments": entry.attachments.len() as i64,
        ":starred": entry.starred,
        ":to_bring_at": entry.to_bring_at.map(Micros),
    })?;
    file.prepare_cached("INSERT INTO entry_text (row, text) VALUES (:row, :text)")?
        .execute(named_params! { ":row": row, ":text": entry.text })?;
    details::insert(file, row, entry)
}

/// What a list shows of an entry: its text, or where there is none, its first answer.
fn shown_first(entry: &Entry) -> &str {
    if entry.text.trim().is_empty() {
        entry.answers.first().map_or("", |answer| answer.value.as_str())
    } else {
        &entry.text
    }
}

/// Writes what has changed, and returns the row where the entry lies now.
fn update(file: &Connection, row: i64, before: &Entry, after: &Entry, device: [u8; 16]) -> Result<i64> {
    let row =
        if before.written.at == after.written.at { row } else { move_row(file, row, after.written.at)? };
    file.prepare_cached(
        "UPDATE entry SET revision = :revision, parent = :parent, device = :device,
                          written_at = :written_at, zone = :zone, offset_seconds = :offset_seconds,
                          saved_at = :saved_at, title = :title, opening = :opening, kind = :kind,
                          mood = :mood, tags = :tags, attachments = :attachments, starred = :starred,
                          to_bring_at = :to_bring_at
         WHERE row = :row",
    )?
    .execute(named_params! {
        ":row": row,
        ":revision": after.revision,
        ":parent": before.revision,
        ":device": device,
        ":written_at": Micros(after.written.at),
        ":zone": after.written.zone,
        ":offset_seconds": after.written.offset_seconds,
        ":saved_at": Micros(after.saved_at),
        ":title": after.title,
        ":opening": opening(shown_first(after)),
        ":kind": after.kind,
        ":mood": after.mood,
        ":tags": tags_as_json(&after.tags)?,
        ":attachments": after.attachments.len() as i64,
        ":starred": after.starred,
        ":to_bring_at": after.to_bring_at.map(Micros),
    })?;
    if before.text != after.text {
        file.prepare_cached("UPDATE entry_text SET text = :text WHERE row = :row")?
            .execute(named_params! { ":row": row, ":text": after.text })?;
    }
    details::update(file, row, before, after)?;
    Ok(row)
}

/// Moves an entry to the row of another time, unless it lies in the same millisecond.
fn move_row(file: &Connection, row: i64, written_at: Instant) -> Result<i64> {
    if wanted_row(written_at) == row {
        return Ok(row);
    }
    let to = free_row(file, wanted_row(written_at))?;
    // The text follows its entry by hand, the other tables follow by themselves; until both have moved,
    // the text's row points nowhere.
    file.execute_batch("PRAGMA defer_foreign_keys = ON")?;
    for table in ["entry", "entry_text"] {
        file.prepare_cached(&format!("UPDATE {table} SET row = :to WHERE row = :row"))?
            .execute(named_params! { ":to": to, ":row": row })?;
    }
    Ok(to)
}

fn keep_former(file: &Connection, former: &Entry) -> Result<()> {
    file.prepare_cached(
        "INSERT INTO former_entry (revision, entry, parent, device, saved_at, title, text, tags, starred,
                                   details)
         SELECT :revision, id, parent, device, saved_at, title, :text, tags, starred, :details
         FROM entry WHERE id = :id",
    )?
    .execute(named_params! {
        ":revision": former.revision,
        ":id": former.id,
        ":text": former.text,
        ":details": details::EntryDetails::of(former).as_json()?,
    })?;
    for attached in &former.attachments {
        file.prepare_cached(
            "INSERT OR IGNORE INTO former_attachment (revision, attachment) VALUES (:revision, :attachment)",
        )?
        .execute(named_params! { ":revision": former.revision, ":attachment": attached.attachment })?;
    }
    Ok(())
}

/// Names the tags of entries that were written before tags could be filtered by.
pub(super) fn name_tags(private: &Slot) -> Result<()> {
    let due = private.read(|file| is_due(file, NAME_TAGS))?;
    if !due {
        return Ok(());
    }
    private.write(|file| {
        let mut statement = file.prepare("SELECT row, tags FROM entry WHERE tags <> '[]'")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            details::insert_tags(file, row.get(0)?, &list::tags(row, 1)?)?;
        }
        done(file, NAME_TAGS)
    })
}

/// Where an entry lies and since when it is in the bin.
fn find(file: &Connection, id: EntryId) -> Result<(i64, Option<Micros>)> {
    file.prepare_cached("SELECT row, binned_at FROM entry WHERE id = :id")?
        .query_row(named_params! { ":id": id }, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or(Error::not_found(Thing::Entry))
}

/// The row of the instant, if it is still free.
pub(super) fn wanted_row(written_at: Instant) -> i64 {
    written_at.timestamp_millis()
}

/// The first free row from `wanted` on.
pub(super) fn free_row(file: &Connection, wanted: i64) -> Result<i64> {
    let taken: bool = file
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM entry WHERE row = :row)")?
        .query_row(named_params! { ":row": wanted }, |row| row.get(0))?;
    if !taken {
        return Ok(wanted);
    }
    Ok(file
        .prepare_cached(
            "SELECT row + 1 FROM entry AS this
             WHERE row >= :row AND NOT EXISTS (SELECT 1 FROM entry WHERE row = this.row + 1)
             ORDER BY row LIMIT 1",
        )?
        .query_row(named_params! { ":row": wanted }, |row| row.get(0))?)
}

/// The name of this copy of the journal, made when it is first needed.
pub(super) fn device(file: &Transaction<'_>, world: &World) -> Result<[u8; 16]> {
    let known =
        file.prepare_cached("SELECT id FROM this_device")?.query_row([], |row| row.get(0)).optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let id: [u8; 16] = world.random()?;
    file.prepare_cached("INSERT INTO this_device (one, id) VALUES (1, :id)")?
        .execute(named_params! { ":id": id })?;
    Ok(id)
}

/// The files keep microseconds: what is returned equals what is read again.
pub(super) fn to_micros(instant: Instant) -> Instant {
    DateTime::from_timestamp_micros(instant.timestamp_micros()).unwrap_or(instant)
}

pub(super) fn tags_as_json(tags: &[String]) -> Result<String> {
    serde_json::to_string(tags).map_err(|_| Error::internal("journal, tags"))
}
