//! Reads what jrnl keeps and exports: its text, and its JSON. Neither has zones; the text has no ids either. What
//! our own export has escaped is unescaped here ([`crate::journal::export`] says how and why).

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::Value;

use super::format::Sink;
use super::incoming::{Incoming, Place, Written};
use super::json::{self, Shape};
use super::source::Source;
use super::text::Lines;
use super::types::{ImportNote, Misread};
use crate::Result;
use crate::id::EntryId;
use crate::journal::entries::{LONGEST_TAG, LONGEST_TEXT, LONGEST_TITLE, MOST_TAGS};
use crate::journal::export::{tag_length, unescaped_first, unescaped_line};

/// How jrnl has dates when it is new, and how it had them before.
const TIME_FORMATS: [&str; 4] =
    ["%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %I:%M %p"];

/// Reads the texts that are there; `time_format` is jrnl's `timeformat` where it is none of the usual.
pub(super) fn read_text(source: &Source<'_>, time_format: Option<&str>, sink: &mut dyn Sink) -> Result<()> {
    let only_one = source.pieces().len() == 1;
    for (number, piece) in source.pieces().iter().enumerate() {
        if !only_one && !piece.name.to_lowercase().ends_with(".txt") {
            continue;
        }
        let ((), guessed) = source.read_text(number, true, |text| {
            let mut lines = Lines::of(text);
            let mut under_way: Option<Started> = None;
            while let Some((line_number, line)) = lines.next()? {
                match (beginning(line, time_format), &mut under_way) {
                    (Some((at, rest)), _) => {
                        give(under_way.take(), sink)?;
                        let place = Place { file: piece.name.clone(), line: Some(line_number), entry: None };
                        under_way = Some(Started { place, at, text: rest.to_owned() });
                    }
                    // What is too long is told later; it need not be held for that.
                    (None, Some(entry)) if entry.text.len() <= LONGEST_TEXT => {
                        entry.text.push('\n');
                        entry.text.push_str(line);
                    }
                    (None, None) if !line.trim().is_empty() => {
                        let place = Place { file: piece.name.clone(), line: Some(line_number), entry: None };
                        sink.take(Err(place.misread("date", "stands on no line before this text")))?;
                        // The rest up to the first entry is told with it.
                        while let Some((line_number, line)) = lines.next()? {
                            if let Some((at, rest)) = beginning(line, time_format) {
                                let place =
                                    Place { file: piece.name.clone(), line: Some(line_number), entry: None };
                                under_way = Some(Started { place, at, text: rest.to_owned() });
                                break;
                            }
                        }
                    }
                    (None, _) => {}
                }
            }
            give(under_way, sink)
        })?;
        if guessed {
            sink.note(ImportNote::Windows1252);
        }
    }
    Ok(())
}

/// Whether a text could be one of jrnl: its first line begins an entry.
pub(super) fn is_text(beginning_of_text: &str) -> bool {
    beginning_of_text.trim_start().lines().next().is_some_and(|line| beginning(line, None).is_some())
}

/// An entry of which not all lines were read.
struct Started {
    place: Place,
    at: NaiveDateTime,
    text: String,
}

fn give(entry: Option<Started>, sink: &mut dyn Sink) -> Result<()> {
    let Some(Started { place, at, text }) = entry else { return Ok(()) };
    let id = Incoming::id_from(&["jrnl", &at.to_string()]);
    let mut incoming = Incoming::new(place, id, Written::Local(at));
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let (first, starred) = without_star(first.trim());
    let mut lines: Vec<&str> = rest.trim().split('\n').map(unescaped_line).collect();
    incoming.starred = starred;
    incoming.tags = tags(&text);
    // The last line of what we export may be the tags that stand nowhere else.
    if lines.last().is_some_and(|line| is_tags(line)) {
        lines.pop();
    }
    set_text(&mut incoming, first, lines.join("\n").trim());
    sink.take(Ok(incoming))
}

/// The first line is a title where there is more.
fn set_text(incoming: &mut Incoming, first: &str, rest: &str) {
    if rest.is_empty() {
        incoming.text = first.to_owned();
    } else if first.is_empty() {
        incoming.text = rest.to_owned();
    } else if first.chars().count() <= LONGEST_TITLE {
        incoming.title = Some(first.to_owned());
        incoming.text = rest.to_owned();
    } else {
        incoming.text = format!("{first}\n{rest}");
    }
}

/// A first line that ends in `*` is starred.
fn without_star(line: &str) -> (&str, bool) {
    match line.strip_suffix(" *") {
        Some(line) => (line.trim(), true),
        None if line == "*" => ("", true),
        None if line.ends_with('*') => (line.trim_matches(['*', ' ']), true),
        None => (unescaped_first(line), false),
    }
}

/// Tags as they stand in the text, without their sign, each once.
fn tags(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let Some(tag) = word.strip_prefix('@') else { continue };
        let tag = tag.get(..tag_length(tag)).unwrap_or_default();
        let fits = !tag.is_empty() && tag.chars().count() <= LONGEST_TAG && tags.len() < MOST_TAGS;
        if fits && !tags.iter().any(|other| other == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

fn is_tags(line: &str) -> bool {
    let mut words = line.split_whitespace().peekable();
    words.peek().is_some()
        && words.all(|word| {
            word.strip_prefix('@').is_some_and(|tag| !tag.is_empty() && tag_length(tag) == tag.len())
        })
}

/// The time in brackets that a line begins with, and what is behind it.
fn beginning<'l>(line: &'l str, time_format: Option<&str>) -> Option<(NaiveDateTime, &'l str)> {
    let (time, rest) = line.strip_prefix('[')?.split_once(']')?;
    let rest = if rest.is_empty() { rest } else { rest.strip_prefix(' ')? };
    // The half of the day is empty where the language has no word for it.
    let time = time.trim();
    let at = time_format
        .into_iter()
        .chain(TIME_FORMATS)
        .find_map(|format| {
            NaiveDateTime::parse_from_str(time, format)
                .ok()
                .or_else(|| NaiveDate::parse_from_str(time, format).ok().map(|day| day.and_time(noon())))
        })
        .or_else(|| NaiveDate::parse_from_str(time, "%Y-%m-%d").ok().map(|day| day.and_time(noon())))?;
    Some((at, rest))
}

fn noon() -> NaiveTime {
    NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()
}

/// Reads the JSON files at the top.
pub(super) fn read_json(source: &Source<'_>, sink: &mut dyn Sink) -> Result<()> {
    let shape = Shape {
        program: "jrnl",
        list: "entries",
        header: &[],
        fields: &["title", "body", "date", "time", "tags", "starred", "uuid"],
    };
    let only_one = source.pieces().len() == 1;
    for (number, piece) in source.pieces().iter().enumerate() {
        if !only_one && !piece.name.to_lowercase().ends_with(".json") {
            continue;
        }
        source.read_text(number, false, |text| {
            json::entries(text, &shape, &mut |(number, _, value)| {
                let place = Place { file: piece.name.clone(), line: None, entry: Some(number) };
                sink.take(json_entry(&place, value))
            })
        })?;
    }
    Ok(())
}

fn json_entry(place: &Place, value: Option<Value>) -> Result<Incoming, Misread> {
    let Some(value) = value else { return Err(place.misread("entry", "holds too many values")) };
    let text = |field: &str| match value.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(place.misread(field, "is not a text")),
    };
    let Some(date) = text("date")? else { return Err(place.misread("date", "is missing")) };
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d")
        .map_err(|_| place.misread("date", "is not a date like 2020-08-29"))?;
    let time = match text("time")? {
        None => noon(),
        Some(time) => NaiveTime::parse_from_str(time, "%H:%M")
            .or_else(|_| NaiveTime::parse_from_str(time, "%H:%M:%S"))
            .map_err(|_| place.misread("time", "is not a time like 16:30"))?,
    };
    let at = date.and_time(time);
    let id = match text("uuid")? {
        Some(id) => {
            id.parse::<EntryId>().map_err(|_| place.misread("uuid", "is not 32 hexadecimal digits"))?
        }
        None => Incoming::id_from(&["jrnl", &at.to_string()]),
    };
    let mut incoming = Incoming::new(place.clone(), id, Written::Local(at));
    incoming.starred = match value.get("starred") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(starred)) => *starred,
        Some(_) => return Err(place.misread("starred", "is neither true nor false")),
    };
    for tag in match value.get("tags") {
        None | Some(Value::Null) => &[],
        Some(Value::Array(tags)) => tags.as_slice(),
        Some(_) => return Err(place.misread("tags", "is not a list")),
    } {
        let Some(tag) = tag.as_str() else {
            return Err(place.misread("tags", "holds something else than texts"));
        };
        incoming.tags.push(tag.strip_prefix('@').unwrap_or(tag).to_owned());
    }
    let (title, body) = (text("title")?.unwrap_or_default(), text("body")?.unwrap_or_default());
    set_text(&mut incoming, title.trim(), body.trim());
    Ok(incoming)
}
