//! What jrnl keeps and exports: its text, which it also imports, and its JSON.
//!
//! Both have a date by the writer's clock without a zone, a first line that serves as title, tags as words
//! that begin with `@`, and a star. The text has signs that mean something: a line that could be taken for
//! the beginning of an entry, and a first line that could be taken for a starred one, get a backslash, which
//! Markdown does not show and reading takes away again.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use super::destination::Destination;
use super::local_time;
use super::source::Source;
use crate::journal::types::{Entry, EntryKind};
use crate::{Error, Result};

/// How the text has dates: `%F %r`, as jrnl is set up when it is new.
const DATE_AND_TIME: &str = "%Y-%m-%d %I:%M:%S %p";

#[derive(Serialize)]
struct JsonEntry<'a> {
    title: &'a str,
    body: &'a str,
    date: String,
    time: String,
    tags: Vec<String>,
    starred: bool,
    uuid: String,
}

/// An object of `tags`, each with how often it is used, and `entries`. Here the tags stand as they are.
pub(super) fn write_json(destination: &Destination, source: &mut Source<'_>) -> Result<()> {
    destination.file(|file| {
        let mut tags: BTreeMap<String, u64> = BTreeMap::new();
        write!(file, "{{\n\"entries\": [")?;
        let mut first = true;
        source.each(|source, entry| {
            let text = first_line_and_rest(entry);
            let local = local_time(&entry.written);
            let entry_tags: Vec<String> = entry.tags.iter().map(|tag| format!("@{tag}")).collect();
            for tag in &entry_tags {
                *tags.entry(tag.clone()).or_default() += 1;
            }
            let written = JsonEntry {
                title: &text.0,
                body: &text.1,
                date: local.format("%Y-%m-%d").to_string(),
                time: local.format("%H:%M").to_string(),
                tags: entry_tags,
                starred: entry.starred,
                uuid: entry.id.to_string(),
            };
            write!(file, "{}\n{}", if first { "" } else { "," }, json(&written)?)?;
            first = false;
            Ok(holds(source, entry))
        })?;
        Ok(write!(file, "\n],\n\"tags\": {}\n}}\n", json(&tags)?)?)
    })
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|_| Error::internal("export, jrnl"))
}

pub(super) fn write_text(destination: &Destination, source: &mut Source<'_>) -> Result<()> {
    destination.file(|file| {
        let mut first = true;
        source.each(|source, entry| {
            write!(file, "{}{}", if first { "" } else { "\n" }, text_of(entry))?;
            first = false;
            Ok(holds(source, entry))
        })
    })
}

/// Whether jrnl has a place for all that an entry holds.
fn holds(source: &mut Source<'_>, entry: &Entry) -> bool {
    for attached in &entry.attachments {
        source.leaves(attached.attachment);
    }
    entry.mood.is_none()
        && entry.emotions.is_empty()
        && entry.links.is_empty()
        && entry.answers.is_empty()
        && entry.to_bring_at.is_none()
        && entry.kind == EntryKind::Free
}

/// The title, or else the first line of the text, and what is behind it.
fn first_line_and_rest(entry: &Entry) -> (String, String) {
    let text = entry.text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    match &entry.title {
        Some(title) => (one_line(title), text.to_owned()),
        None => {
            let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
            (first.trim().to_owned(), rest.trim().to_owned())
        }
    }
}

fn one_line(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An entry as it stands in the text, with the end of its last line.
fn text_of(entry: &Entry) -> String {
    let (first, rest) = first_line_and_rest(entry);
    let first = if entry.starred { format!("{first} *") } else { escaped_first(&first) };
    let mut text = format!("[{}] {first}", local_time(&entry.written).format(DATE_AND_TIME));
    text.push('\n');
    for line in rest.split('\n').filter(|_| !rest.is_empty()) {
        text.push_str(&escaped_line(line));
        text.push('\n');
    }
    let tags: Vec<String> = entry.tags.iter().map(|tag| fit(tag)).collect();
    if !tags.is_empty() {
        text.push_str(&tags.join(" "));
        text.push('\n');
    }
    text
}

/// A tag as jrnl finds it: one word of letters, digits and a few signs.
fn fit(tag: &str) -> String {
    std::iter::once('@').chain(tag.chars().map(|c| if fits(c) { c } else { '_' })).collect()
}

fn fits(c: char) -> bool {
    matches!(c, '-' | '+' | '*' | '#' | '/' | '_')
        || (c.is_alphanumeric() && !unicode_normalization::char::is_combining_mark(c))
}

/// How many bytes of a word belong to a tag.
pub(in crate::journal) fn tag_length(word: &str) -> usize {
    word.find(|c| !fits(c)).unwrap_or(word.len())
}

/// A first line that ends in `*` would count as starred. One that is starred has a star of ours behind its own.
fn escaped_first(line: &str) -> String {
    if line.trim_end_matches('\\').ends_with('*') { format!("{line}\\") } else { line.to_owned() }
}

/// A line that begins with something long enough in brackets, and a space behind, could begin an entry.
fn escaped_line(line: &str) -> String {
    if could_begin_an_entry(line) { format!("\\{line}") } else { line.to_owned() }
}

/// jrnl takes as a date what it can make one of, if it is longer than six characters; also when it goes on
/// in the next line. Backslashes are passed over, so that escaping twice is undone by unescaping twice.
fn could_begin_an_entry(line: &str) -> bool {
    let Some(inside) = line.trim_start_matches('\\').strip_prefix('[') else { return false };
    match inside.split_once(']') {
        Some((date, behind)) => behind.starts_with(' ') && date.chars().count() > 6,
        None => true,
    }
}

/// A line of the text, as it was before it was escaped.
pub(in crate::journal) fn unescaped_line(line: &str) -> &str {
    match line.strip_prefix('\\') {
        Some(inner) if could_begin_an_entry(inner) => inner,
        _ => line,
    }
}

/// The first line of an entry that is not starred, as it was before it was escaped.
pub(in crate::journal) fn unescaped_first(line: &str) -> &str {
    match line.strip_suffix('\\') {
        Some(inner) if inner.trim_end_matches('\\').ends_with('*') => inner,
        _ => line,
    }
}
