//! A zip as Day One makes and reads them: `Journal.json` at its top, and photos, recordings, videos and PDFs
//! in folders, each named by the MD5 of its content.

use std::collections::HashMap;
use std::io::{Seek, Write};

use chrono::SecondsFormat;
use md5::{Digest, Md5};
use serde::Serialize;
use uuid::Uuid;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::destination::Destination;
use super::source::Source;
use super::{ExportOptions, archive, attached};
use crate::clock::Instant;
use crate::id::AttachmentId;
use crate::journal::types::{Attached, Entry, EntryKind};
use crate::{Error, Result};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DayOneEntry<'a> {
    uuid: String,
    creation_date: String,
    modified_date: String,
    time_zone: &'a str,
    text: String,
    /// Ours: the title that is the first line of the text. It tells a title from a heading.
    #[serde(rename = "commonGroundTitle", skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    tags: &'a [String],
    starred: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    photos: Vec<Media>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    audios: Vec<Media>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    videos: Vec<Media>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pdf_attachments: Vec<Media>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Media {
    identifier: String,
    md5: String,
    #[serde(rename = "type")]
    extension: String,
    /// What a recording calls its type.
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    order_in_entry: usize,
    filename: String,
    /// Ours: what it is, where the extension says something else.
    #[serde(rename = "commonGroundType", skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
}

/// In which list and folder an attachment goes, and how the text refers to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shelf {
    Photos,
    Audios,
    Videos,
    Pdfs,
}

impl Shelf {
    /// Nothing for what Day One has no place for.
    fn of(attached: &Attached) -> Option<Self> {
        let media_type = attached.media_type.to_ascii_lowercase();
        match media_type.split_once('/') {
            Some(("image", _)) => Some(Self::Photos),
            Some(("audio", _)) => Some(Self::Audios),
            Some(("video", _)) => Some(Self::Videos),
            _ => (media_type == "application/pdf").then_some(Self::Pdfs),
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Photos => "photos",
            Self::Audios => "audios",
            Self::Videos => "videos",
            Self::Pdfs => "pdfs",
        }
    }

    fn target(self, identifier: &str) -> String {
        match self {
            Self::Photos => format!("dayone-moment://{identifier}"),
            Self::Audios => format!("dayone-moment:/audio/{identifier}"),
            Self::Videos => format!("dayone-moment:/video/{identifier}"),
            Self::Pdfs => format!("dayone-moment:/pdfAttachment/{identifier}"),
        }
    }
}

/// A content that goes along: under which digest, and as which files.
struct Content {
    md5: String,
    files: Vec<(Shelf, String)>,
}

pub(super) fn write(
    destination: &Destination,
    source: &mut Source<'_>,
    options: ExportOptions,
) -> Result<()> {
    archive::write(destination, |zip| {
        zip.start_file("Journal.json", SimpleFileOptions::default()).map_err(archive::failed)?;
        let mut contents: HashMap<AttachmentId, Content> = HashMap::new();
        let mut order = Vec::new();
        write!(zip, "{{\"metadata\":{{\"version\":\"1.0\"}},\n\"entries\":[")?;
        let mut first = true;
        source.each(|source, entry| {
            let written = day_one_entry(source, entry, options, &mut contents, &mut order)?;
            let json = serde_json::to_string(&written).map_err(|_| Error::internal("export, Day One"))?;
            write!(zip, "{}\n{json}", if first { "" } else { "," })?;
            first = false;
            Ok(holds(entry))
        })?;
        writeln!(zip, "\n]}}")?;
        for attachment in order {
            if let Some(content) = contents.get(&attachment) {
                write_content(zip, source, attachment, content)?;
            }
        }
        Ok(())
    })
}

/// Whether Day One has a place for all that an entry holds, its attachments aside.
fn holds(entry: &Entry) -> bool {
    entry.mood.is_none()
        && entry.emotions.is_empty()
        && entry.links.is_empty()
        && entry.answers.is_empty()
        && entry.to_bring_at.is_none()
        && entry.kind == EntryKind::Free
}

fn day_one_entry<'a>(
    source: &mut Source<'_>,
    entry: &'a Entry,
    options: ExportOptions,
    contents: &mut HashMap<AttachmentId, Content>,
    order: &mut Vec<AttachmentId>,
) -> Result<DayOneEntry<'a>> {
    let mut shelves: [Vec<Media>; 4] = Default::default();
    let mut targets: HashMap<AttachmentId, String> = HashMap::new();
    for (place, attached) in entry.attachments.iter().enumerate() {
        let Some(shelf) = Shelf::of(attached).filter(|_| options.attachments) else {
            source.leaves(attached.attachment);
            continue;
        };
        let content = match contents.entry(attached.attachment) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                source.takes(attached.attachment);
                order.push(attached.attachment);
                new.insert(Content { md5: md5_of(source, attached.attachment)?, files: Vec::new() })
            }
        };
        let extension = attached::extension(attached);
        if !content.files.contains(&(shelf, extension.clone())) {
            content.files.push((shelf, extension.clone()));
        }
        let identifier = identifier(entry, place);
        targets.entry(attached.attachment).or_insert_with(|| shelf.target(&identifier));
        let media = Media {
            identifier,
            md5: content.md5.clone(),
            format: (shelf == Shelf::Audios).then(|| extension.clone()),
            media_type: (usual_type(&extension) != attached.media_type).then(|| attached.media_type.clone()),
            extension,
            order_in_entry: place,
            filename: attached.name.clone(),
        };
        if let Some(list) = shelves.get_mut(shelf as usize) {
            list.push(media);
        }
    }
    let [photos, audios, videos, pdf_attachments] = shelves;
    Ok(DayOneEntry {
        uuid: entry.id.to_string().replace('-', "").to_ascii_uppercase(),
        creation_date: seconds(entry.written.at),
        modified_date: seconds(entry.saved_at),
        time_zone: &entry.written.zone,
        text: text(entry, &targets),
        title: entry.title.as_deref(),
        tags: &entry.tags,
        starred: entry.starred,
        photos,
        audios,
        videos,
        pdf_attachments,
    })
}

/// What a reader takes a file of this extension for.
pub(in crate::journal) fn usual_type(extension: &str) -> &'static str {
    mime_guess::from_ext(extension).first_raw().unwrap_or("application/octet-stream")
}

/// A title as the first line of a text.
pub(in crate::journal) fn heading(title: &str) -> String {
    format!("# {title}\n\n")
}

/// Markdown with the title as its heading. Day One puts a backslash before signs that could mean something
/// and takes them away again, so the backslashes that the person wrote are written twice.
fn text(entry: &Entry, targets: &HashMap<AttachmentId, String>) -> String {
    let text = attached::retargeted(&entry.text, |id| targets.get(&id).cloned());
    let text = match &entry.title {
        Some(title) => heading(title) + &text,
        None => text,
    };
    escaped(&text)
}

/// The text with every backslash doubled that would be taken away, which is one before a sign and outside
/// of code.
fn escaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut fenced = false;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            escaped.push_str(line);
        } else if fenced {
            escaped.push_str(line);
        } else {
            escape_line(line, &mut escaped);
        }
    }
    escaped
}

fn escape_line(line: &str, escaped: &mut String) {
    let mut rest = line;
    while let Some(at) = rest.find(['\\', '`']) {
        let (before, from) = rest.split_at(at);
        escaped.push_str(before);
        let stays = match from.strip_prefix('`') {
            // Code between two ticks stays as it is; a tick without a second one is only a sign.
            Some(inside) => inside.find('`').map_or(1, |end| end + 2),
            None => {
                if from.get(1..).is_some_and(|next| next.starts_with(|c: char| c.is_ascii_punctuation())) {
                    escaped.push('\\');
                }
                1
            }
        };
        let (kept, behind) = from.split_at(stays);
        escaped.push_str(kept);
        rest = behind;
    }
    escaped.push_str(rest);
}

/// 32 hexadecimal digits that are the same in every export.
fn identifier(entry: &Entry, place: usize) -> String {
    let place = Uuid::new_v5(&Uuid::from_bytes(*entry.id.as_bytes()), &(place as u64).to_be_bytes());
    place.simple().to_string().to_ascii_uppercase()
}

/// Day One has whole seconds.
fn seconds(instant: Instant) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn md5_of(source: &Source<'_>, attachment: AttachmentId) -> Result<String> {
    struct Digesting(Md5);
    impl Write for Digesting {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut digest = Digesting(Md5::new());
    source.read_out(attachment, &mut digest)?;
    Ok(data_encoding::HEXLOWER.encode(&digest.0.finalize()))
}

fn write_content(
    zip: &mut ZipWriter<impl Write + Seek>,
    source: &Source<'_>,
    attachment: AttachmentId,
    content: &Content,
) -> Result<()> {
    for (shelf, extension) in &content.files {
        let name = format!("{}/{}.{extension}", shelf.folder(), content.md5);
        // Photos and recordings are compressed already.
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file(name, options).map_err(archive::failed)?;
        source.read_out(attachment, zip)?;
    }
    Ok(())
}
