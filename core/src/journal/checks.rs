//! What may be in an entry, and what is said where it may not: by field, never by content.

use chrono::Datelike as _;
use chrono_tz::Tz;

use super::entries::to_micros;
use crate::clock::{Instant, Moment};
use crate::error::Problem;
use crate::{Error, Result};

/// What may be in an entry.
pub(super) const LONGEST_TEXT: usize = 1 << 20;
pub(super) const LONGEST_TITLE: usize = 500;
pub(super) const MOST_TAGS: usize = 100;
pub(super) const LONGEST_TAG: usize = 100;

pub(super) fn check_text(text: &str) -> Result<()> {
    if text.len() > LONGEST_TEXT {
        return Err(too_long("text", LONGEST_TEXT, "bytes"));
    }
    Ok(())
}

/// A title without space around it; an empty one is none.
pub(super) fn check_title(title: Option<String>) -> Result<Option<String>> {
    let Some(title) = title.map(|title| title.trim().to_owned()).filter(|title| !title.is_empty()) else {
        return Ok(None);
    };
    if title.chars().count() > LONGEST_TITLE {
        return Err(too_long("title", LONGEST_TITLE, "characters"));
    }
    Ok(Some(title))
}

/// One line without space around it, not empty.
pub(super) fn check_line(field: &str, line: &str, longest: usize) -> Result<String> {
    let line = line.trim();
    if line.is_empty() {
        return Err(Error::invalid(field, Problem::Empty));
    }
    if line.chars().count() > longest {
        return Err(too_long(field, longest, "characters"));
    }
    if line.chars().any(char::is_control) {
        return Err(Error::malformed(field, "one line"));
    }
    Ok(line.to_owned())
}

/// Tags without space around them, each once, in the order given.
pub(super) fn check_tags(tags: Vec<String>) -> Result<Vec<String>> {
    if tags.len() > MOST_TAGS {
        return Err(too_long("tags", MOST_TAGS, "tags"));
    }
    let mut checked = Vec::with_capacity(tags.len());
    for tag in tags {
        let tag = tag.trim();
        if tag.chars().count() > LONGEST_TAG {
            return Err(too_long("tag", LONGEST_TAG, "characters"));
        }
        if !tag.is_empty() && !checked.iter().any(|other| other == tag) {
            checked.push(tag.to_owned());
        }
    }
    Ok(checked)
}

/// A moment whose zone exists and whose year has at most four digits.
pub(super) fn check_moment(moment: Moment) -> Result<Moment> {
    if moment.zone.parse::<Tz>().is_err() {
        return Err(Error::malformed("written.zone", "a time zone like Europe/Berlin"));
    }
    if moment.offset_seconds.unsigned_abs() > 18 * 3600 {
        let problem = Problem::OutOfRange { from: -18 * 3600, to: 18 * 3600 };
        return Err(Error::invalid("written.offset_seconds", problem));
    }
    check_year(moment.at).map_err(|problem| Error::invalid("written.at", problem))?;
    Ok(Moment { at: to_micros(moment.at), ..moment })
}

/// Whether an instant lies in the years 1 to 9999, which every calendar on a screen can show.
pub(super) fn check_year(at: Instant) -> Result<(), Problem> {
    if (1..=9999).contains(&at.year()) { Ok(()) } else { Err(Problem::OutOfRange { from: 1, to: 9999 }) }
}

pub(super) fn too_long(field: &str, limit: usize, unit: &str) -> Error {
    Error::invalid(field, Problem::TooLong { limit: limit as u64, unit: unit.to_owned() })
}
