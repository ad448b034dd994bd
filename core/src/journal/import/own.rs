//! Reads our own JSON, alone or in a zip with its attachments. `docs/data-format.md` describes it.

use chrono_tz::Tz;
use rusqlite::{Connection, OptionalExtension, named_params};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::format::Sink;
use super::incoming::{Enclosed, INLINE, Incoming, Place, Written};
use super::json::{self, Shape};
use super::source::Source;
use super::types::Misread;
use crate::clock::{Instant, Moment};
use crate::error::Problem;
use crate::id::{AttachmentId, EntryId, RevisionId, ToolId};
use crate::journal::details::EntryDetails;
use crate::journal::entries::{self, LONGEST_TEXT};
use crate::journal::export::{ATTACHMENTS, FORMAT, NAME, VERSION};
use crate::journal::pack;
use crate::journal::templates::{self, Template};
use crate::journal::tools::{LONGEST_NAME, ToolUse, check_note};
use crate::journal::types::Attached;
use crate::journal::versions::Version;
use crate::store::Micros;
use crate::{Error, Result};

/// What else a file holds, beside its entries.
const FORMER: &str = "former_versions";
const TOOLS: &str = "coping_tools";
const USES: &str = "tool_uses";
const TEMPLATES: &str = "templates";

/// Whether a text begins as ours does.
pub(super) fn is_ours(beginning: &str) -> bool {
    beginning.contains(&format!("\"format\":\"{FORMAT}\""))
}

/// Which piece holds the JSON.
fn piece(source: &Source<'_>) -> Result<usize> {
    let only = (source.pieces().len() == 1).then_some(0);
    source
        .find(NAME)
        .or(only)
        .ok_or_else(|| Error::import(0, "file", "holds no journal (no common-ground.json at its top)"))
}

fn shape(list: &str) -> Shape<'_> {
    Shape { program: "Common Ground", list, header: &["format", "version"], fields: &[] }
}

/// Reads the entries.
pub(super) fn read(source: &Source<'_>, sink: &mut dyn Sink) -> Result<()> {
    let piece = piece(source)?;
    let file = source.pieces().get(piece).map(|piece| piece.name.clone()).unwrap_or_default();
    source.read_text(piece, false, |text| {
        json::entries(text, &shape("entries"), &mut |(number, header, value)| {
            must_be_known(header)?;
            let place = Place { file: file.clone(), line: None, entry: Some(number) };
            sink.take(entry(source, &place, value))
        })
    })?;
    Ok(())
}

/// A newer version may hold what would be lost here.
fn must_be_known(header: &Map<String, Value>) -> Result<()> {
    if header.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(Error::import(0, "format", "is not that of Common Ground"));
    }
    match header.get("version").and_then(Value::as_u64) {
        Some(version) if version <= VERSION.into() => Ok(()),
        Some(_) => Err(Error::import(0, "version", "is newer than this app")),
        None => Err(Error::import(0, "version", "is missing")),
    }
}

fn entry(source: &Source<'_>, place: &Place, value: Option<Value>) -> Result<Incoming, Misread> {
    let mut fields = match value {
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(place.misread("entry", "is not an object")),
        None => return Err(place.misread("entry", "holds too many values")),
    };
    let mut fields = Fields { place, fields: &mut fields };
    let id: EntryId = fields.needed("id")?;
    let written: Moment = fields.needed("written")?;
    let mut incoming = Incoming::new(place.clone(), id, Written::Moment(written));
    incoming.revision = fields.optional("revision")?;
    incoming.modified = fields.optional("saved_at")?;
    incoming.title = fields.optional("title")?;
    incoming.text = fields.optional("text")?;
    incoming.kind = fields.optional("kind")?;
    incoming.mood = fields.optional("mood")?;
    incoming.emotions = fields.optional("emotions")?;
    incoming.tags = fields.optional("tags")?;
    incoming.links = fields.optional("links")?;
    incoming.answers = fields.optional("answers")?;
    incoming.starred = fields.optional("starred")?;
    incoming.to_bring_at = fields.optional("to_bring_at")?;
    for attached in fields.optional::<Vec<Attached>>("attachments")? {
        incoming.enclosed.push(Enclosed {
            piece: content(source, attached.attachment),
            targets: vec![link(attached.attachment)],
            name: attached.name,
            media_type: attached.media_type,
        });
    }
    Ok(incoming)
}

/// Which piece holds an attachment.
fn content(source: &Source<'_>, attachment: AttachmentId) -> Option<usize> {
    source.find(&format!("{ATTACHMENTS}{attachment}"))
}

/// How a text refers to an attachment.
fn link(attachment: AttachmentId) -> String {
    format!("{INLINE}{attachment}")
}

/// The fields of a record; `null` counts as missing.
struct Fields<'a> {
    place: &'a Place,
    fields: &'a mut Map<String, Value>,
}

impl Fields<'_> {
    fn needed<T: DeserializeOwned>(&mut self, field: &str) -> Result<T, Misread> {
        match self.fields.remove(field) {
            None | Some(Value::Null) => Err(self.place.misread(field, "is missing")),
            Some(value) => self.read(field, value),
        }
    }

    fn optional<T: DeserializeOwned + Default>(&mut self, field: &str) -> Result<T, Misread> {
        match self.fields.remove(field) {
            None | Some(Value::Null) => Ok(T::default()),
            Some(value) => self.read(field, value),
        }
    }

    fn read<T: DeserializeOwned>(&self, field: &str, value: Value) -> Result<T, Misread> {
        // What the parser says may quote the value.
        serde_json::from_value(value).map_err(|_| self.place.misread(field, "is not as this format has it"))
    }
}

#[derive(Deserialize)]
struct Tool {
    id: ToolId,
    name: String,
    note: String,
    added_at: Instant,
    archived_at: Option<Instant>,
}

/// A template that the person has added.
#[derive(Deserialize)]
struct OwnTemplate {
    added_at: Instant,
    removed_at: Option<Instant>,
    template: Value,
}

impl OwnTemplate {
    /// Read as strictly as a file of templates.
    fn checked(&self) -> Result<Template> {
        pack::parse_one(&self.template.to_string()).map_err(|error| match error {
            Error::Pack { problem, .. } => Error::import(0, TEMPLATES, &problem),
            other => other,
        })
    }
}

/// An attachment of a former version.
pub(super) struct OfFormer {
    pub(super) entry: EntryId,
    /// Which piece holds it; nothing when it is not there.
    pub(super) piece: Option<usize>,
    /// As a text refers to it.
    pub(super) target: String,
    pub(super) place: Place,
}

/// Looks whether all that is beside the entries can be read, and gives `attached` what hangs on former
/// versions.
///
/// # Errors
/// [`Error::Import`] for the first that cannot be read; those of `attached`.
pub(super) fn survey_rest(
    source: &Source<'_>,
    mut attached: impl FnMut(OfFormer) -> Result<()>,
) -> Result<()> {
    let name = source.pieces().get(piece(source)?).map(|piece| piece.name.clone()).unwrap_or_default();
    let mut number = 0;
    records(source, FORMER, |version: Version| {
        number += 1;
        check_version(&version)?;
        for one in version.details.iter().flat_map(|details| &details.attachments) {
            attached(OfFormer {
                entry: version.entry,
                piece: content(source, one.attachment),
                target: link(one.attachment),
                place: Place { file: name.clone(), line: None, entry: Some(number) },
            })?;
        }
        Ok(())
    })?;
    records(source, TOOLS, |tool: Tool| {
        entries::check_line("name", &tool.name, LONGEST_NAME)?;
        check_note(&tool.note)
    })?;
    records(source, USES, |used: ToolUse| {
        if used.helped.is_some_and(|helped| helped > 10) {
            return Err(Error::invalid("helped", Problem::OutOfRange { from: 0, to: 10 }));
        }
        check_zone(&used.used)?;
        check_note(&used.note)
    })?;
    records(source, TEMPLATES, |own: OwnTemplate| own.checked().map(|_| ()))
}

fn check_version(version: &Version) -> Result<()> {
    if version.text.len() > LONGEST_TEXT {
        let problem = Problem::TooLong { limit: LONGEST_TEXT as u64, unit: "bytes".to_owned() };
        return Err(Error::invalid("text", problem));
    }
    version.details.as_ref().map_or(Ok(()), |details| check_zone(&details.written))
}

fn check_zone(moment: &Moment) -> Result<()> {
    let known = moment.zone.parse::<Tz>().is_ok() && moment.offset_seconds.unsigned_abs() <= 18 * 3600;
    if known { Ok(()) } else { Err(Error::malformed("zone", "a time zone like Europe/Berlin")) }
}

/// Takes in what is beside the entries: former versions of those that came in now, coping tools with their
/// uses, and templates. What is here already stays as it is.
pub(super) fn take_rest(file: &Connection, source: &Source<'_>, added: &[EntryId]) -> Result<()> {
    let added: std::collections::HashSet<&EntryId> = added.iter().collect();
    records(source, FORMER, |version: Version| {
        if added.contains(&version.entry) { insert_version(file, version) } else { Ok(()) }
    })?;
    records(source, TOOLS, |tool: Tool| insert_tool(file, &tool))?;
    records(source, USES, |used: ToolUse| insert_use(file, &used))?;
    records(source, TEMPLATES, |own: OwnTemplate| {
        templates::restore(file, &own.checked()?, own.added_at, own.removed_at)
    })
}

/// Gives `take` the records of a list, and says of what it cannot take where it stands.
fn records<T: DeserializeOwned>(
    source: &Source<'_>,
    list: &str,
    mut take: impl FnMut(T) -> Result<()>,
) -> Result<()> {
    let piece = piece(source)?;
    let read = source.read_text(piece, false, |text| {
        json::entries(text, &shape(list), &mut |(number, header, value)| {
            must_be_known(header)?;
            let refuse = |field: &str, problem: &str| Error::import(number, field, problem);
            let value = value.ok_or_else(|| refuse(list, "holds too many values"))?;
            let record =
                serde_json::from_value(value).map_err(|_| refuse(list, "is not as this format has it"))?;
            take(record).map_err(|error| match error {
                Error::Invalid { field, problem } => refuse(&format!("{list}.{field}"), &problem.to_string()),
                Error::Import { entry: 0, field, problem, .. } => refuse(&field, &problem),
                other => other,
            })
        })
    });
    match read {
        // A part of a journal has none.
        Err(Error::Import { field, problem, .. }) if field == list && problem == "is missing" => Ok(()),
        read => read.map(|_| ()),
    }
}

fn insert_version(file: &Connection, version: Version) -> Result<()> {
    let details = version.details.map(|details| with_what_is_here(file, details)).transpose()?;
    let json = details.as_ref().map(EntryDetails::as_json).transpose()?;
    let inserted = file
        .prepare_cached(
            "INSERT OR IGNORE INTO former_entry (revision, entry, parent, device, saved_at, title, text, tags,
                                                 starred, details)
             SELECT :revision, :entry, NULL, device, :saved_at, :title, :text, :tags, :starred, :details
             FROM entry WHERE id = :entry",
        )?
        .execute(named_params! {
            ":revision": version.revision,
            ":entry": version.entry,
            ":saved_at": Micros(entries::to_micros(version.saved_at)),
            ":title": version.title,
            ":text": version.text,
            ":tags": entries::tags_as_json(&version.tags)?,
            ":starred": version.starred,
            ":details": json,
        })?;
    for attached in details.iter().flat_map(|details| &details.attachments).filter(|_| inserted > 0) {
        file.prepare_cached(
            "INSERT OR IGNORE INTO former_attachment (revision, attachment) VALUES (:revision, :attachment)",
        )?
        .execute(named_params! { ":revision": version.revision, ":attachment": attached.attachment })?;
    }
    Ok(())
}

/// Only what is here can be referred to.
fn with_what_is_here(file: &Connection, mut details: EntryDetails) -> Result<EntryDetails> {
    let mut here = Vec::new();
    for attached in std::mem::take(&mut details.attachments) {
        let is_here: bool = file
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM attachment WHERE id = :id)")?
            .query_row(named_params! { ":id": attached.attachment }, |row| row.get(0))?;
        here.extend(is_here.then_some(attached));
    }
    details.attachments = here;
    Ok(details)
}

fn insert_tool(file: &Connection, tool: &Tool) -> Result<()> {
    file.prepare_cached(
        "INSERT OR IGNORE INTO coping_tool (id, name, note, added_at, archived_at)
         VALUES (:id, :name, :note, :added_at, :archived_at)",
    )?
    .execute(named_params! {
        ":id": tool.id,
        ":name": tool.name.trim(),
        ":note": tool.note,
        ":added_at": Micros(tool.added_at),
        ":archived_at": tool.archived_at.map(Micros),
    })?;
    Ok(())
}

fn insert_use(file: &Connection, used: &ToolUse) -> Result<()> {
    file.prepare_cached(
        "INSERT OR IGNORE INTO tool_use (id, tool, used_at, zone, offset_seconds, helped, note, entry)
         SELECT :id, :tool, :used_at, :zone, :offset_seconds, :helped, :note,
                (SELECT id FROM entry WHERE id = :entry)
         WHERE EXISTS (SELECT 1 FROM coping_tool WHERE id = :tool)",
    )?
    .execute(named_params! {
        ":id": used.id,
        ":tool": used.tool,
        ":used_at": Micros(entries::to_micros(used.used.at)),
        ":zone": used.used.zone,
        ":offset_seconds": used.used.offset_seconds,
        ":helped": used.helped,
        ":note": used.note,
        ":entry": used.entry,
    })?;
    Ok(())
}

/// The revision that an entry had where it comes from, unless another entry here has it.
pub(super) fn revision(file: &Connection, wanted: Option<RevisionId>) -> Result<Option<RevisionId>> {
    let Some(wanted) = wanted else { return Ok(None) };
    let taken: Option<bool> = file
        .prepare_cached("SELECT 1 FROM former_entry WHERE revision = :revision")?
        .query_row(named_params! { ":revision": wanted }, |_| Ok(true))
        .optional()?;
    Ok(taken.is_none().then_some(wanted))
}
