//! A folder of Markdown files with front matter: what Joplin and Obsidian read, and more keys of our own, so
//! that it all comes back. Attachments lie in `_resources`, where Joplin has them.

use std::collections::HashMap;
use std::io::Write;

use chrono::SecondsFormat;
use serde::Serialize;

use super::destination::{Destination, Folder};
use super::source::Source;
use super::{ExportOptions, attached, local_time};
use crate::clock::Instant;
use crate::id::AttachmentId;
use crate::journal::types::{Answer, Emotion, Entry, EntryKind, EntryLink};
use crate::{Error, Result};

/// The folder of the attachments.
const RESOURCES: &str = "_resources";

/// Before the links to what the text itself does not refer to.
pub(in crate::journal) const BELOW: &str = "<!-- attachments -->";

/// How many characters of a title go into the name of a file.
const TITLE_IN_NAME: usize = 40;

/// The keys `title` to `tags` are those of Joplin.
#[derive(Serialize)]
struct FrontMatter<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    id: String,
    updated: String,
    created: String,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    timezone: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mood: Option<u8>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    starred: bool,
    #[serde(skip_serializing_if = "<[Emotion]>::is_empty")]
    emotions: &'a [Emotion],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    goals: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tasks: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relationships: Vec<String>,
    #[serde(skip_serializing_if = "<[Answer]>::is_empty")]
    answers: &'a [Answer],
    #[serde(skip_serializing_if = "Option::is_none")]
    to_bring: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Resource<'a>>,
}

#[derive(Serialize)]
struct Resource<'a> {
    file: String,
    name: &'a str,
    #[serde(rename = "type")]
    media_type: &'a str,
    /// Whether the link to it was put below the text.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    below: bool,
}

pub(super) fn write(
    destination: &Destination,
    source: &mut Source<'_>,
    options: ExportOptions,
) -> Result<()> {
    destination.folder(|folder| {
        let mut resources = None;
        source.each(|source, entry| {
            write_entry(folder, &mut resources, source, entry, options)?;
            Ok(true)
        })?;
        resources.as_ref().map_or(Ok(()), Folder::sync)
    })
}

fn write_entry(
    folder: &Folder,
    resources: &mut Option<Folder>,
    source: &mut Source<'_>,
    entry: &Entry,
    options: ExportOptions,
) -> Result<()> {
    let mut targets: HashMap<AttachmentId, String> = HashMap::new();
    let mut attachments = Vec::new();
    let referred_to = attached::referred_to(&entry.text);
    for attached in &entry.attachments {
        if !options.attachments {
            source.leaves(attached.attachment);
            continue;
        }
        let name = format!("{}.{}", attached.attachment, attached::extension(attached));
        source.takes(attached.attachment);
        let inside = match resources {
            Some(inside) => inside,
            None => resources.insert(folder.make(RESOURCES)?),
        };
        // The same content may go by several names.
        if !inside.has(&name) {
            inside.write(&name, |file| source.read_out(attached.attachment, file))?;
        }
        let file = format!("{RESOURCES}/{name}");
        targets.entry(attached.attachment).or_insert_with(|| file.clone());
        attachments.push(Resource {
            file,
            name: &attached.name,
            media_type: &attached.media_type,
            below: !referred_to.contains(&attached.attachment),
        });
    }
    let text = attached::retargeted(&entry.text, |id| targets.get(&id).cloned());
    let below = below(&attachments);
    let front = front_matter(entry, attachments)?;
    folder.write(&name_of(folder, entry), |file| Ok(write!(file, "---\n{front}---\n\n{text}\n{below}")?))
}

fn below(attachments: &[Resource<'_>]) -> String {
    let mut lines = String::new();
    for resource in attachments.iter().filter(|resource| resource.below) {
        if lines.is_empty() {
            lines = format!("\n{BELOW}\n");
        }
        let sign = if resource.media_type.starts_with("image/") { "!" } else { "" };
        let name: String =
            resource.name.chars().map(|c| if matches!(c, '[' | ']' | '\\') { '_' } else { c }).collect();
        lines.push_str(&format!("{sign}[{name}]({})\n", resource.file));
    }
    lines
}

fn front_matter(entry: &Entry, attachments: Vec<Resource<'_>>) -> Result<String> {
    let linked = |pick: fn(&EntryLink) -> Option<String>| entry.links.iter().filter_map(pick).collect();
    let front = FrontMatter {
        title: entry.title.as_deref(),
        id: entry.id.to_string(),
        updated: time(entry.saved_at),
        created: time(entry.written.at),
        tags: &entry.tags,
        timezone: &entry.written.zone,
        kind: (entry.kind != EntryKind::Free).then(|| entry.kind.as_str()),
        mood: entry.mood,
        starred: entry.starred,
        emotions: &entry.emotions,
        goals: linked(|link| if let EntryLink::Goal(id) = link { Some(id.to_string()) } else { None }),
        tasks: linked(|link| if let EntryLink::Task(id) = link { Some(id.to_string()) } else { None }),
        relationships: linked(|link| match link {
            EntryLink::Relationship(id) => Some(id.to_string()),
            EntryLink::Goal(_) | EntryLink::Task(_) => None,
        }),
        answers: &entry.answers,
        to_bring: entry.to_bring_at.map(time),
        attachments,
    };
    // No value goes over several lines: so no line of a value is taken for the end of the front matter.
    // Joplin moves every line that begins a list to two spaces before it reads, so that is where they begin.
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false, compact_list_indent: false };
    serde_saphyr::to_string_with_options(&front, options).map_err(|_| Error::internal("export, front matter"))
}

/// As Joplin writes it, with parts of a second where there are any.
fn time(instant: Instant) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true).replacen('T', " ", 1)
}

/// The day, the beginning of the title and the end of the id: in the order of time, safe on every system, and
/// the same in every export.
fn name_of(folder: &Folder, entry: &Entry) -> String {
    let day = local_time(&entry.written).format("%Y-%m-%d");
    let words = entry.title.as_deref().unwrap_or_default();
    let words: String = words.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: String =
        words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(TITLE_IN_NAME).collect();
    let words = if words.is_empty() { words } else { format!(" {}", words.trim_end()) };
    let id = entry.id.to_string();
    let short = format!("{day}{words} {}.md", id.rsplit('-').next().unwrap_or(&id));
    if folder.has(&short) { format!("{day}{words} {id}.md") } else { short }
}
