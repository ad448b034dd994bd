//! Reads a folder of Markdown files, each an entry: our own export, Joplin's with front matter, a vault of
//! Obsidian, or plain files by days.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::format::Sink;
use super::incoming::{Enclosed, Incoming, Place, Written};
use super::source::Source;
use super::types::{ImportNote, Misread};
use crate::Result;
use crate::clock::{Instant, Moment};
use crate::id::{EntryId, GoalId, RelationshipId, TaskId};
use crate::journal::entries::{LONGEST_TAG, LONGEST_TEXT, LONGEST_TITLE, MOST_TAGS};
use crate::journal::export::BELOW;
use crate::journal::types::EntryLink;

/// No front matter is longer.
const LONGEST_FRONT: usize = 512 << 10;

/// Where a link leads to is not longer, in bytes; what goes on further is a text with signs in it.
const LONGEST_LINK: usize = 1024;

/// More links of one note are not followed: an entry holds no more attachments than this by far.
const MOST_LINKS: usize = 1000;

/// Whether a file is a note, and not something that a program keeps beside them.
pub(super) fn is_note(name: &str) -> bool {
    let lower = name.to_lowercase();
    let hidden = |step: &str| step.starts_with('.') || step == "__macosx";
    (lower.ends_with(".md") || lower.ends_with(".markdown")) && !lower.split('/').any(hidden)
}

/// Reads all notes, in the order of their names.
pub(super) fn read(source: &Source<'_>, sink: &mut dyn Sink) -> Result<()> {
    for (number, piece) in source.pieces().iter().enumerate().filter(|(_, piece)| is_note(&piece.name)) {
        let place = Place { file: piece.name.clone(), line: None, entry: None };
        let longest = (LONGEST_FRONT + LONGEST_TEXT + 1) as u64;
        let (text, guessed) = source.read_text(number, true, |text| {
            let mut whole = String::new();
            std::io::Read::read_to_string(&mut std::io::Read::take(text, longest + 4), &mut whole)
                .map(|_| whole)
                // A letter may have been cut in two.
                .or_else(|error| match error.kind() {
                    std::io::ErrorKind::InvalidData => Ok(" ".repeat(longest as usize + 1)),
                    _ => Err(error.into()),
                })
        })?;
        if guessed {
            sink.note(ImportNote::Windows1252);
        }
        let note = if text.len() as u64 > longest {
            Err(place.misread("text", &format!("is longer than {LONGEST_TEXT} bytes")))
        } else {
            note(source, &place, &text)
        };
        sink.take(note)?;
    }
    Ok(())
}

fn note(source: &Source<'_>, place: &Place, text: &str) -> Result<Incoming, Misread> {
    let (front, body) = parts(place, text)?;
    let id: Option<EntryId> = front.text(&["id"]).and_then(|id| id.parse().ok());
    let by_name = day_in_name(&place.file);
    let written = match front.text(&["created", "date", "created_time", "creation date"]) {
        Some(time) => Some(when(&time).ok_or_else(|| {
            place
                .misread("created", "is not a time like 2026-05-03T18:30:00Z, 2026-05-03 18:30 or 2026-05-03")
        })?),
        None => by_name.as_ref().map(|(day, _)| Written::Local(day.and_time(noon()))),
    };
    let Some(written) = written else {
        return Err(place.misread("created", "stands neither in front matter nor in the name of the file"));
    };
    let zone = front.text(&["timezone"]).and_then(|zone| zone.parse::<Tz>().ok());
    let written = match (written, zone) {
        (Written::Instant(at), Some(zone)) => Written::Moment(Moment::in_zone(at, zone)),
        (written, _) => written,
    };
    let is_ours = id.is_some();
    let id = id.unwrap_or_else(|| Incoming::id_from(&["markdown", &place.file]));
    let mut incoming = Incoming::new(place.clone(), id, written);
    let title = front.title();
    incoming.title = if is_ours { title } else { title.or_else(|| title_in_name(&place.file, by_name)) };
    incoming.title = incoming.title.filter(|title| title.chars().count() <= LONGEST_TITLE);
    incoming.modified = front.text(&["updated", "modified"]).and_then(|time| match when(&time) {
        Some(Written::Instant(at)) => Some(at),
        _ => None,
    });
    incoming.tags = front.tags();
    incoming.kind = front.read("kind").unwrap_or_default();
    incoming.mood = front.read("mood").filter(|mood| (1..=5).contains(mood));
    incoming.starred = front.read("starred").unwrap_or_default();
    incoming.emotions = front.read("emotions").unwrap_or_default();
    incoming.answers = front.read("answers").unwrap_or_default();
    incoming.to_bring_at = front.text(&["to_bring"]).and_then(|time| match when(&time) {
        Some(Written::Instant(at)) => Some(at),
        _ => None,
    });
    incoming.links = front.links();
    incoming.text = body;
    let listed: Vec<Listed> = front.read("attachments").unwrap_or_default();
    if listed.is_empty() {
        enclose_what_is_linked(source, place, &mut incoming);
    } else {
        enclose_what_is_listed(source, place, &listed, &mut incoming);
    }
    if !is_ours {
        add_tags_in_text(&mut incoming);
    }
    Ok(incoming)
}

/// An attachment as our own front matter lists it.
#[derive(Deserialize)]
struct Listed {
    file: String,
    name: String,
    #[serde(rename = "type")]
    media_type: String,
    #[serde(default)]
    below: bool,
}

fn enclose_what_is_listed(source: &Source<'_>, place: &Place, listed: &[Listed], incoming: &mut Incoming) {
    if listed.iter().any(|one| one.below)
        && let Some((text, _)) = incoming.text.rsplit_once(&format!("\n{BELOW}\n"))
    {
        // The line before it is empty.
        incoming.text = text.strip_suffix('\n').unwrap_or(text).to_owned();
    }
    for one in listed {
        incoming.enclosed.push(Enclosed {
            name: one.name.clone(),
            media_type: one.media_type.clone(),
            piece: source.find_beside(&place.file, &one.file),
            targets: vec![one.file.clone()],
        });
    }
}

/// What a text links to comes along, unless it is a note itself.
fn enclose_what_is_linked(source: &Source<'_>, place: &Place, incoming: &mut Incoming) {
    incoming.text = without_wiki_pictures(&incoming.text);
    let mut targets: Vec<String> = Vec::new();
    for (at, _) in incoming.text.match_indices("](") {
        let Some(target) = incoming.text.get(at + 2..).and_then(link_target) else { continue };
        if !targets.iter().any(|other| other == target) {
            targets.push(target.to_owned());
        }
        if targets.len() == MOST_LINKS {
            break;
        }
    }
    for target in targets {
        let path = percent_decoded(&target);
        // Obsidian finds what it is told by its name alone, wherever it lies.
        let beside = source.find_beside(&place.file, &path).or_else(|| source.find_anywhere(&path));
        let Some(piece) = beside.filter(|_| !is_note(&path)) else { continue };
        incoming.enclosed.push(Enclosed {
            name: path.rsplit('/').next().unwrap_or(&path).to_owned(),
            media_type: mime_guess::from_path(&path).first_or_octet_stream().essence_str().to_owned(),
            piece: Some(piece),
            targets: vec![target],
        });
    }
}

/// Where a link leads to, of which this is all behind the opening bracket; nothing where it has no end.
fn link_target(behind: &str) -> Option<&str> {
    let (inner, ends): (&str, &[u8]) = match behind.strip_prefix('<') {
        Some(inner) => (inner, b">\n"),
        None => (behind, b") \n"),
    };
    // Letters of one byte only, so that it is the end of a letter as well.
    let end = inner.as_bytes().iter().take(LONGEST_LINK).position(|byte| ends.contains(byte))?;
    inner.get(..end).filter(|target| !target.is_empty())
}

/// So many bytes of a text, or a little fewer.
fn beginning(text: &str, longest: usize) -> &str {
    text.get(..text.floor_char_boundary(longest)).unwrap_or(text)
}

/// `![[a picture.png]]`, as Obsidian has it, becomes a picture of Markdown.
fn without_wiki_pictures(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("![[") {
        plain.push_str(before);
        match beginning(behind, LONGEST_LINK).split_once("]]") {
            Some((inside, _)) if !inside.contains(['\n', '[', '>']) && !is_note(inside) => {
                let name = inside.split('|').next().unwrap_or(inside);
                plain.push_str(&format!("![](<{name}>)"));
                rest = behind.get(inside.len() + 2..).unwrap_or_default();
            }
            _ => {
                plain.push_str("![[");
                rest = behind;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn percent_decoded(target: &str) -> String {
    let mut bytes = Vec::with_capacity(target.len());
    let mut rest = target.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| target.to_owned())
}

/// `#tags` in the text, as Obsidian has them: a word that begins with the sign and has a letter.
fn add_tags_in_text(incoming: &mut Incoming) {
    let mut fenced = false;
    for line in incoming.text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if fenced {
            continue;
        }
        for word in line.split_whitespace().filter_map(|word| word.strip_prefix('#')) {
            let end = word.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '/')));
            let tag = word.get(..end.unwrap_or(word.len())).unwrap_or_default();
            let fits = tag.chars().any(char::is_alphabetic) && tag.chars().count() <= LONGEST_TAG;
            if fits && incoming.tags.len() < MOST_TAGS && !incoming.tags.iter().any(|other| other == tag) {
                incoming.tags.push(tag.to_owned());
            }
        }
    }
}

/// What stands before a note.
#[derive(Default)]
struct Front {
    fields: Map<String, Value>,
    /// The title as it is written: a number in it is still a text.
    title: Option<String>,
}

impl Front {
    /// A field under one of these names, case aside, that is a text or a number.
    fn text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| {
            let mut named = self.fields.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
            match named.next()?.1 {
                Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            }
        })
    }

    /// A field of ours; nothing where it is something else in another program.
    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.fields.get(name)?.clone()).ok()
    }

    fn title(&self) -> Option<String> {
        self.title.clone().or_else(|| self.text(&["title"])).filter(|title| !title.trim().is_empty())
    }

    /// A list, or a text parted by commas; with or without `#`.
    fn tags(&self) -> Vec<String> {
        let found = ["tags", "tag"].iter().find_map(|name| self.fields.get(*name));
        let tags: Vec<String> = match found {
            Some(Value::Array(tags)) => tags
                .iter()
                .filter_map(|tag| match tag {
                    Value::String(tag) => Some(tag.clone()),
                    Value::Number(tag) => Some(tag.to_string()),
                    _ => None,
                })
                .collect(),
            Some(Value::String(tags)) if tags.contains(',') => tags.split(',').map(str::to_owned).collect(),
            Some(Value::String(tags)) if tags.contains('#') => {
                tags.split_whitespace().map(str::to_owned).collect()
            }
            Some(Value::String(tag)) => vec![tag.clone()],
            Some(Value::Number(tag)) => vec![tag.to_string()],
            _ => Vec::new(),
        };
        let is_ours = self.fields.contains_key("timezone");
        tags.into_iter()
            .map(|tag| match tag.trim().strip_prefix('#') {
                Some(bare) if !is_ours => bare.to_owned(),
                _ => tag,
            })
            .collect()
    }

    fn links(&self) -> Vec<EntryLink> {
        let goals: Vec<GoalId> = self.read("goals").unwrap_or_default();
        let tasks: Vec<TaskId> = self.read("tasks").unwrap_or_default();
        let relationships: Vec<RelationshipId> = self.read("relationships").unwrap_or_default();
        goals
            .into_iter()
            .map(EntryLink::Goal)
            .chain(tasks.into_iter().map(EntryLink::Task))
            .chain(relationships.into_iter().map(EntryLink::Relationship))
            .collect()
    }
}

/// Front matter and text. A file that begins with a rule and has no front matter is all text.
fn parts(place: &Place, text: &str) -> Result<(Front, String), Misread> {
    let whole = || Ok((Front::default(), text.strip_suffix('\n').unwrap_or(text).to_owned()));
    let (first, behind) = text.split_once('\n').unwrap_or((text, ""));
    if first.trim_end() != "---" {
        return whole();
    }
    let mut length = 0;
    let end = behind.split_inclusive('\n').find_map(|line| {
        let at = length;
        length += line.len();
        matches!(line.trim_end(), "---" | "...").then_some((at, length))
    });
    let Some((end, after)) = end else { return whole() };
    let (yaml, body) = (behind.get(..end).unwrap_or_default(), behind.get(after..).unwrap_or_default());
    if yaml.len() > LONGEST_FRONT {
        return Err(place.misread("front matter", &format!("is longer than {LONGEST_FRONT} bytes")));
    }
    let fields = match serde_saphyr::from_str::<Value>(yaml) {
        Ok(Value::Object(fields)) => fields,
        Ok(Value::Null) => Map::new(),
        // Two rules with a text between them.
        Ok(_) => return whole(),
        Err(error) => {
            // What it says may quote the text.
            let line = error.location().map(|location| location.line() + 1);
            let place = Place { line, ..place.clone() };
            return Err(place.misread("front matter", "is not YAML"));
        }
    };
    let title = match fields.get("title") {
        Some(Value::String(_)) | None => None,
        Some(_) => serde_saphyr::from_str::<Titled>(yaml).ok().and_then(|titled| titled.title),
    };
    // Where a program has turned the ends of lines, it has turned those of the text too.
    let body = if first.ends_with('\r') { body.replace("\r\n", "\n") } else { body.to_owned() };
    let body = body.strip_prefix('\n').unwrap_or(&body);
    Ok((Front { fields, title }, body.strip_suffix('\n').unwrap_or(body).to_owned()))
}

#[derive(Deserialize)]
struct Titled {
    title: Option<String>,
}

/// A time as programs write it.
fn when(text: &str) -> Option<Written> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(Written::Instant(at.to_utc()));
    }
    for format in ["%Y-%m-%d %H:%M:%S%.f%:z", "%Y-%m-%d %H:%M%:z", "%Y-%m-%d %H:%M:%S%.f %z"] {
        if let Ok(at) = DateTime::parse_from_str(text, format) {
            return Some(Written::Instant(at.to_utc()));
        }
    }
    if let Some(bare) = text.strip_suffix(['Z', 'z']) {
        return naive(bare).map(|at: NaiveDateTime| -> Written { Written::Instant(instant(at)) });
    }
    naive(text).map(Written::Local).or_else(|| {
        let formats = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"];
        let day = formats.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok())?;
        Some(Written::Local(day.and_time(noon())))
    })
}

fn instant(at: NaiveDateTime) -> Instant {
    at.and_utc()
}

fn naive(text: &str) -> Option<NaiveDateTime> {
    let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];
    formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
}

/// The day that a file is named by (`2026-05-03 A walk.md`, `20260503.md`, `2026/05/03.md`), and the rest of
/// its name.
fn day_in_name(path: &str) -> Option<(NaiveDate, &str)> {
    let stem = stem(path);
    for (length, format) in [(10, "%Y-%m-%d"), (10, "%Y_%m_%d"), (8, "%Y%m%d")] {
        let Some((day, rest)) = stem.split_at_checked(length) else { continue };
        if !rest.starts_with(|c: char| c.is_ascii_digit())
            && let Ok(day) = NaiveDate::parse_from_str(day, format)
        {
            return Some((day, rest.trim_start_matches([' ', '-', '_', '.'])));
        }
    }
    let mut steps = path.rsplit('/');
    steps.next();
    let (month, year) = (steps.next()?, steps.next()?);
    NaiveDate::parse_from_str(&format!("{year}-{month}-{stem}"), "%Y-%m-%d").ok().map(|day| (day, ""))
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The name of a file is the title of a note, but for the day in it.
fn title_in_name(path: &str, day: Option<(NaiveDate, &str)>) -> Option<String> {
    let title = day.map_or_else(|| stem(path), |(_, rest)| rest);
    Some(title.trim().to_owned()).filter(|title| !title.is_empty())
}

fn noon() -> NaiveTime {
    NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()
}
