//! Our own format: JSON with all that the journal holds, one entry a line, alone or in a zip with the
//! attachments. `docs/data-format.md` describes it; its reader is in [`crate::journal`]'s import.

use std::io::Write;

use rusqlite::named_params;
use serde::Serialize;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::destination::Destination;
use super::source::Source;
use super::{ExportOptions, archive};
use crate::clock::{Instant, Moment};
use crate::id::{AttachmentId, EntryId, RevisionId, ToolId};
use crate::journal::tools::ToolUse;
use crate::journal::versions::{self, Version};
use crate::store::Micros;
use crate::{Error, Result};

/// What the file says it is, and in which version.
pub(in crate::journal) const FORMAT: &str = "common-ground journal";
pub(in crate::journal) const VERSION: u32 = 1;

/// Its name inside a zip, and the folder of the attachments beside it.
pub(in crate::journal) const NAME: &str = "common-ground.json";
pub(in crate::journal) const ATTACHMENTS: &str = "attachments/";

pub(super) fn write(
    destination: &Destination,
    source: &mut Source<'_>,
    options: ExportOptions,
    made_at: Instant,
    whole: bool,
) -> Result<()> {
    if !destination.ends_in("zip") {
        return destination.file(|file| write_json(file, source, options, made_at, whole, &mut None));
    }
    archive::write(destination, |zip| {
        // More than 4 GiB of text is possible, if unlikely.
        zip.start_file(NAME, SimpleFileOptions::default().large_file(true)).map_err(archive::failed)?;
        let mut taken = Some(Vec::new());
        write_json(zip, source, options, made_at, whole, &mut taken)?;
        for attachment in taken.unwrap_or_default() {
            write_attachment(zip, source, attachment)?;
        }
        Ok(())
    })
}

fn write_attachment(
    zip: &mut ZipWriter<impl Write + std::io::Seek>,
    source: &Source<'_>,
    attachment: AttachmentId,
) -> Result<()> {
    // Photos and recordings are compressed already, and what is not could unpack to more than a reader allows.
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file(format!("{ATTACHMENTS}{attachment}"), options).map_err(archive::failed)?;
    source.read_out(attachment, zip)
}

/// The first line: what this is. The braces around all are written by hand, so that entries stream.
#[derive(Serialize)]
struct Head<'a> {
    format: &'a str,
    version: u32,
    made_at: Instant,
}

fn write_json(
    out: &mut impl Write,
    source: &mut Source<'_>,
    options: ExportOptions,
    made_at: Instant,
    whole: bool,
    taken: &mut Option<Vec<AttachmentId>>,
) -> Result<()> {
    let head = json(&Head { format: FORMAT, version: VERSION, made_at })?;
    write!(out, "{},\n\"entries\":[", head.strip_suffix('}').unwrap_or(&head))?;
    let mut written = Vec::new();
    source.each(|source, entry| {
        for attached in &entry.attachments {
            note(source, attached.attachment, options, taken);
        }
        write!(out, "{}\n{}", if written.is_empty() { "" } else { "," }, json(entry)?)?;
        written.push(entry.id);
        Ok(true)
    })?;
    write!(out, "\n]")?;
    if options.former_versions {
        write!(out, ",\n\"former_versions\":[")?;
        let mut first = true;
        for entry in written {
            for version in former(source, entry)? {
                for attached in version.details.iter().flat_map(|details| &details.attachments) {
                    note(source, attached.attachment, options, taken);
                }
                write!(out, "{}\n{}", if first { "" } else { "," }, json(&version)?)?;
                first = false;
            }
        }
        write!(out, "\n]")?;
    }
    if whole {
        let tools = tools(source)?;
        write_list(out, "coping_tools", &tools)?;
        write!(out, ",\n\"tool_uses\":[")?;
        let mut first = true;
        for tool in &tools {
            for used in uses(source, tool.id)? {
                write!(out, "{}\n{}", if first { "" } else { "," }, json(&used)?)?;
                first = false;
            }
        }
        write!(out, "\n]")?;
        write_list(out, "templates", &templates(source)?)?;
    }
    Ok(writeln!(out, "}}")?)
}

/// Notes what becomes of an attachment.
fn note(
    source: &mut Source<'_>,
    attachment: AttachmentId,
    options: ExportOptions,
    taken: &mut Option<Vec<AttachmentId>>,
) {
    match taken.as_mut().filter(|_| options.attachments) {
        Some(taken) if source.takes(attachment) => taken.push(attachment),
        Some(_) => {}
        None => source.leaves(attachment),
    }
}

fn write_list(out: &mut impl Write, name: &str, list: &[impl Serialize]) -> Result<()> {
    write!(out, ",\n\"{name}\":[")?;
    for (number, one) in list.iter().enumerate() {
        write!(out, "{}\n{}", if number == 0 { "" } else { "," }, json(one)?)?;
    }
    Ok(write!(out, "\n]")?)
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|_| Error::internal("export, JSON"))
}

/// Former versions of an entry, the oldest first.
fn former(source: &Source<'_>, entry: EntryId) -> Result<Vec<Version>> {
    source.private.read(|file| {
        let revisions: Vec<RevisionId> = file
            .prepare_cached("SELECT revision FROM former_entry WHERE entry = :entry ORDER BY rowid")?
            .query_map(named_params! { ":entry": entry }, |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        revisions.into_iter().map(|revision| versions::one(file, revision)).collect()
    })
}

#[derive(Serialize)]
struct Tool {
    id: ToolId,
    name: String,
    note: String,
    added_at: Instant,
    archived_at: Option<Instant>,
}

/// Coping tools, the oldest first.
fn tools(source: &Source<'_>) -> Result<Vec<Tool>> {
    source.private.read(|file| {
        Ok(file
            .prepare_cached(
                "SELECT id, name, note, added_at, archived_at FROM coping_tool ORDER BY added_at, id",
            )?
            .query_map([], |row| {
                Ok(Tool {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    note: row.get(2)?,
                    added_at: row.get::<_, Micros>(3)?.0,
                    archived_at: row.get::<_, Option<Micros>>(4)?.map(|at| at.0),
                })
            })?
            .collect::<rusqlite::Result<_>>()?)
    })
}

/// The uses of a tool, the oldest first.
fn uses(source: &Source<'_>, tool: ToolId) -> Result<Vec<ToolUse>> {
    source.private.read(|file| {
        Ok(file
            .prepare_cached(
                "SELECT id, used_at, zone, offset_seconds, helped, note, entry
                 FROM tool_use WHERE tool = :tool ORDER BY used_at, id",
            )?
            .query_map(named_params! { ":tool": tool }, |row| {
                let used =
                    Moment { at: row.get::<_, Micros>(1)?.0, zone: row.get(2)?, offset_seconds: row.get(3)? };
                Ok(ToolUse {
                    id: row.get(0)?,
                    tool,
                    used,
                    helped: row.get(4)?,
                    note: row.get(5)?,
                    entry: row.get(6)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?)
    })
}

/// A template that the person has added.
#[derive(Serialize)]
struct OwnTemplate {
    added_at: Instant,
    removed_at: Option<Instant>,
    /// As in a file of templates.
    template: serde_json::Value,
}

fn templates(source: &Source<'_>) -> Result<Vec<OwnTemplate>> {
    source.private.read(|file| {
        let mut statement = file.prepare_cached(
            "SELECT added_at, removed_at, content FROM template ORDER BY id, version, language",
        )?;
        let mut rows = statement.query([])?;
        let mut templates = Vec::new();
        while let Some(row) = rows.next()? {
            let template = serde_json::from_str(&row.get::<_, String>("content")?)
                .map_err(|_| Error::internal("export, template"))?;
            templates.push(OwnTemplate {
                added_at: row.get::<_, Micros>("added_at")?.0,
                removed_at: row.get::<_, Option<Micros>>("removed_at")?.map(|at| at.0),
                template,
            });
        }
        Ok(templates)
    })
}
