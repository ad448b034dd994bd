//! Which entries are meant: the same options for lists, searches, charts and exports.

use std::str::FromStr;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use common_ground::clock::LocalDate;
use common_ground::journal::EntryKind;

/// A tag as somebody types it, who may put the # before it that lists show.
pub(crate) fn tag(text: &str) -> Result<String, &'static str> {
    let tag = text.trim().trim_start_matches('#').trim_start();
    if tag.is_empty() { Err("a tag has at least one letter") } else { Ok(tag.to_owned()) }
}

/// Which entries; several options hold together.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Which entries")]
pub(crate) struct FilterArgs {
    /// From this day on, for example 2026-05-01
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<LocalDate>,
    /// Up to this day, included
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<LocalDate>,
    /// Of this kind; given several times, of any of them
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    pub(crate) kind: Vec<EntryKind>,
    /// With this mood, 1 (very low) to 5 (very good), or from one to another: 1-2
    #[arg(long, value_name = "MOOD")]
    pub(crate) mood: Option<MoodRange>,
    /// With this tag; given several times, with all of them
    #[arg(long, value_name = "TAG", value_parser = tag)]
    pub(crate) tag: Vec<String>,
    /// With this feeling
    #[arg(long, value_name = "FEELING")]
    pub(crate) feel: Option<String>,
    /// That belong to this goal: number in `goals`, or the beginning or end of its id
    #[arg(long, value_name = "GOAL")]
    pub(crate) goal: Vec<String>,
    /// That belong to this task: number in `tasks`, or the beginning or end of its id
    #[arg(long, value_name = "TASK")]
    pub(crate) task: Vec<String>,
    /// That belong to this person: their name, its beginning, or the number in `status`
    #[arg(long, value_name = "PERSON")]
    pub(crate) person: Vec<String>,
    /// With a star
    #[arg(long)]
    pub(crate) starred: bool,
    /// With something attached
    #[arg(long)]
    pub(crate) attachments: bool,
    /// Marked to be brought to the next appointment
    #[arg(long)]
    pub(crate) to_bring: bool,
}

/// The kinds of entries, by their names.
pub(super) fn kinds() -> impl TypedValueParser<Value = EntryKind> {
    let names = EntryKind::ALL.iter().map(|kind| kind.as_str());
    PossibleValuesParser::new(names).try_map(|name| name.parse::<EntryKind>())
}

/// Moods from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MoodRange {
    pub(crate) from: u8,
    pub(crate) to: u8,
}

impl FromStr for MoodRange {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        match (from.trim().parse(), to.trim().parse()) {
            (Ok(from @ 1..=5), Ok(to @ 1..=5)) if from <= to => Ok(Self { from, to }),
            _ => Err("a mood is 1 to 5, or a range such as 1-2"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MoodRange;

    #[test]
    fn a_mood_is_a_number_or_a_range() {
        assert_eq!("3".parse(), Ok(MoodRange { from: 3, to: 3 }));
        assert_eq!("1-2".parse(), Ok(MoodRange { from: 1, to: 2 }));
        for wrong in ["0", "6", "2-1", "", "-", "a", "1-"] {
            assert!(wrong.parse::<MoodRange>().is_err(), "{wrong}");
        }
    }
}
