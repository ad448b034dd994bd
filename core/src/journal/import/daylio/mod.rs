//! Reads the tables that Daylio exports. Columns are known by their names, since versions differ in which there
//! are: `full_date` (older ones: `year` and `date`), `time`, `mood`, `activities`, `scales`, `note_title`, `note`.

mod html;
mod when;

use chrono::{NaiveTime, Timelike as _};

use self::html::as_text;
use super::format::Sink;
use super::incoming::{Incoming, Written};
use super::source::Source;
use super::table::{self, Row};
use super::types::{ImportNote, ImportOptions, Misread, MoodName};
use crate::Result;
use crate::journal::types::{Answer, Emotion};

/// The columns that every export has.
pub(super) const COLUMNS: &[&str] = &["date", "time", "mood", "activities", "note"];

/// What Daylio calls the five moods where nobody has renamed them.
const MOODS: [(&str, u8); 12] = [
    ("rad", 5),
    ("good", 4),
    ("meh", 3),
    ("bad", 2),
    ("awful", 1),
    ("fugly", 1),
    ("super", 5),
    ("gut", 4),
    ("ok", 3),
    ("okay", 3),
    ("schlecht", 2),
    ("lausig", 1),
];

/// Values on a person's scales are kept as answers under this name.
const SCALES: &str = "daylio-scales";

pub(super) fn read(source: &Source<'_>, options: &ImportOptions, sink: &mut dyn Sink) -> Result<()> {
    table::read(source, COLUMNS, sink, &|row| entry(&row, &options.moods))
}

fn entry(row: &Row<'_>, moods: &[MoodName]) -> Result<Incoming, Misread> {
    let full_date = row.get("full_date");
    let day = if full_date.is_empty() {
        when::day(row.get("year"), row.get("date"))
            .ok_or_else(|| row.misread("date", "is not a day and a month in English or German"))?
    } else {
        full_date.parse().map_err(|_| row.misread("full_date", "is not a day like 2026-05-03"))?
    };
    let time = match row.get("time") {
        "" => NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default(),
        time => {
            when::time(time).ok_or_else(|| row.misread("time", "is not a time like 22:13 or 10:13 pm"))?
        }
    };
    let minute = format!("{:02}:{:02}", time.hour(), time.minute());
    let id = Incoming::id_from(&["daylio", &day.to_string(), &minute]);
    let mut incoming = Incoming::new(row.place.clone(), id, Written::Local(day.and_time(time)));
    let title = as_text(row.get("note_title"));
    incoming.title = Some(title.split_whitespace().collect::<Vec<_>>().join(" "));
    incoming.text = as_text(row.get("note"));
    incoming.tags = parts(row.get("activities")).map(str::to_owned).collect();
    incoming.answers = parts(row.get("scales")).map(scale).collect();
    take_mood(row.get("mood"), moods, &mut incoming);
    Ok(incoming)
}

/// A mood's number; a name of the person's own is kept too, as a feeling.
fn take_mood(name: &str, moods: &[MoodName], incoming: &mut Incoming) {
    if name.is_empty() {
        return;
    }
    let lower = name.to_lowercase();
    let default = MOODS.iter().find(|(default, _)| *default == lower).map(|(_, mood)| *mood);
    let own = moods.iter().find(|own| own.name.trim().to_lowercase() == lower).map(|own| own.mood);
    incoming.mood = own.or(default);
    if default.is_none() {
        incoming.emotions.push(Emotion { name: name.to_owned(), intensity: None });
    }
    if incoming.mood.is_none() {
        incoming.notes.push(ImportNote::UnknownMood);
        incoming.unknown_mood = Some(name.to_owned());
    }
}

/// What stands between bars.
fn parts(list: &str) -> impl Iterator<Item = &str> {
    list.split('|').map(str::trim).filter(|part| !part.is_empty())
}

/// `Sleep: 7`, with any space between the two.
fn scale(part: &str) -> Answer {
    let (field, value) = part.rsplit_once(':').unwrap_or(("", part));
    let field = if field.trim().is_empty() { "scale" } else { field.trim() };
    Answer {
        template: SCALES.to_owned(),
        version: 1,
        field: field.to_owned(),
        value: value.trim().to_owned(),
    }
}
