//! A table for spreadsheets, one row an entry. It is for looking at: what a spreadsheet makes of it does not
//! come back.

use std::io::Write;

use chrono::{DateTime, FixedOffset, SecondsFormat};

use super::destination::Destination;
use super::local_time;
use super::source::Source;
use crate::journal::types::{Entry, EntryLink};
use crate::{Error, Result};

/// The columns, in the first row.
const COLUMNS: [&str; 18] = [
    "id",
    "date",
    "time",
    "timezone",
    "written",
    "saved",
    "kind",
    "mood",
    "title",
    "text",
    "emotions",
    "tags",
    "starred",
    "to_bring",
    "goals",
    "tasks",
    "answers",
    "attachments",
];

pub(super) fn write(destination: &Destination, source: &mut Source<'_>, byte_order_mark: bool) -> Result<()> {
    destination.file(|file| {
        if byte_order_mark {
            file.write_all("\u{FEFF}".as_bytes())?;
        }
        // Lines end as RFC 4180 has it.
        let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut *file);
        table.write_record(COLUMNS).map_err(failed)?;
        source.each(|source, entry| {
            let row = row(entry);
            table.write_record(row.iter().map(|cell| harmless(cell))).map_err(failed)?;
            for attached in &entry.attachments {
                source.leaves(attached.attachment);
            }
            let links_elsewhere = entry.links.iter().any(|link| matches!(link, EntryLink::Relationship(_)));
            Ok(!links_elsewhere)
        })?;
        table.flush()?;
        Ok(())
    })
}

fn failed(error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        _ => Error::internal("export, CSV"),
    }
}

fn row(entry: &Entry) -> [String; 18] {
    let local: DateTime<FixedOffset> = local_time(&entry.written);
    let emotions = entry.emotions.iter().map(|emotion| match emotion.intensity {
        Some(intensity) => format!("{} {intensity}", emotion.name),
        None => emotion.name.clone(),
    });
    let answers = entry.answers.iter().map(|answer| format!("{}: {}", answer.field, answer.value));
    let linked = |pick: fn(&EntryLink) -> Option<String>| {
        entry.links.iter().filter_map(pick).collect::<Vec<_>>().join("; ")
    };
    let yes = |holds: bool| if holds { "yes" } else { "" }.to_owned();
    [
        entry.id.to_string(),
        local.format("%Y-%m-%d").to_string(),
        local.format("%H:%M:%S").to_string(),
        entry.written.zone.clone(),
        entry.written.at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        entry.saved_at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        entry.kind.as_str().to_owned(),
        entry.mood.map(|mood| mood.to_string()).unwrap_or_default(),
        entry.title.clone().unwrap_or_default(),
        entry.text.clone(),
        emotions.collect::<Vec<_>>().join("; "),
        entry.tags.join("; "),
        yes(entry.starred),
        yes(entry.to_bring_at.is_some()),
        linked(|link| if let EntryLink::Goal(id) = link { Some(id.to_string()) } else { None }),
        linked(|link| if let EntryLink::Task(id) = link { Some(id.to_string()) } else { None }),
        answers.collect::<Vec<_>>().join("\n"),
        entry.attachments.iter().map(|attached| attached.name.as_str()).collect::<Vec<_>>().join("; "),
    ]
}

/// A cell that no spreadsheet takes for a formula: a sign that could begin one gets a `'` before it.
fn harmless(cell: &str) -> String {
    const RISKY: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if cell.starts_with(RISKY) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_cell_never_begins_a_formula() {
        for risky in ["=1+1", "+49 30", "- milk", "@sam", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert_eq!(harmless(risky), format!("'{risky}"));
        }
        for plain in ["", "1+1", "'quoted", "a = b", "ä"] {
            assert_eq!(harmless(plain), plain);
        }
    }
}
