//! What can be asked about handing over and taking back.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(crate) enum SharingCommand {
    /// Hand an entry, or parts of it, to the other person. You see it as they will, and are asked
    HandOver(HandOverArgs),
    /// What you have handed over, and what became of it
    #[command(after_help = "\
Examples:
  common-ground handed-over
  common-ground handed-over --to Jonas
  common-ground handed-over --open 2         the copy that they have, with both your comments")]
    HandedOver {
        /// Only what this person has: their name, its beginning, or the number in `status`
        #[arg(long, value_name = "PERSON")]
        to: Option<String>,
        #[command(flatten)]
        opening: OpeningArgs,
    },
    /// What was handed to you. Opening it tells its giver that you did
    #[command(after_help = "\
Examples:
  common-ground received
  common-ground received --open 1
  common-ground received --open 1 --save photos/   its photos as files, which anyone with this disk can read")]
    Received {
        /// Only what came from this person: their name, its beginning, or the number in `status`
        #[arg(long, value_name = "PERSON")]
        from: Option<String>,
        #[command(flatten)]
        opening: OpeningArgs,
    },
    /// Take back what you handed over, for good
    #[command(after_help = "\
It is deleted here, and on their device when that next appears; you see when their device has confirmed it. That
you handed it over, and when, stays in the record.

Examples:
  common-ground take-back 2
  common-ground take-back 2 --comment 1      only your comment, the first one shown
  common-ground take-back --all --from Jonas")]
    TakeBack {
        /// Number in `handed-over` (for --comment also in `received`), or the end of its id
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        excerpt: Option<String>,
        /// Only this comment of yours on it, by its number
        #[arg(long, value_name = "NUMBER", requires = "excerpt")]
        comment: Option<usize>,
        /// Everything that you handed to one person, your comments included
        #[arg(long)]
        all: bool,
        /// From whom: their name, its beginning, or the number in `status`
        #[arg(long, value_name = "PERSON", requires = "all")]
        from: Option<String>,
    },
    /// Write a comment on an excerpt; both of you see it there
    #[command(after_help = "\
Example:
  common-ground comment 1 \"Thank you. Let us read it together on Thursday.\"")]
    Comment {
        /// Number in `handed-over` or `received`, or the end of its id
        excerpt: String,
        /// The comment
        #[arg(required = true)]
        text: Vec<String>,
    },
    /// Everything that either of you ever handed over, and when it was taken back. It is kept for good
    #[command(after_help = "\
Examples:
  common-ground record
  common-ground record --with Jonas
  common-ground record --export record.csv   a table that anyone with this disk can read; you are asked first")]
    Record {
        /// Write it to this file, as a table for spreadsheets
        #[arg(long, value_name = "FILE")]
        export: Option<PathBuf>,
        /// Write over a file of the same name
        #[arg(long, requires = "export")]
        force: bool,
    },
}

#[derive(Args)]
#[command(after_help = "\
Without a choice it is the whole text, and the day on which you wrote it; title, mood, feelings, tags, answers and
photos go only when you say so. What you hand over is frozen: later edits of the entry do not follow.

Examples:
  common-ground hand-over 1                              the text of the newest entry, and its day
  common-ground hand-over 1 --to Jonas --part \"Then came the quarrel.\" --with-mood
  common-ground hand-over 3 --lines 2-4 --lines 9 --photo 1 --with-title
  common-ground hand-over 1 --preview                    only shows it")]
pub(crate) struct HandOverArgs {
    /// Number in `journal`, or the beginning or end of its id
    pub(crate) entry: String,
    /// To whom, where there are several: their name, its beginning, or the number in `status`
    #[arg(long, value_name = "PERSON")]
    pub(crate) to: Option<String>,
    /// Only this part of its text, as it stands there; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub(crate) part: Vec<String>,
    /// Only these lines of its text, from 1; may be given several times
    #[arg(long, value_parser = lines, value_name = "A-B")]
    pub(crate) lines: Vec<(usize, usize)>,
    /// Without any of its text
    #[arg(long, conflicts_with_all = ["part", "lines"])]
    pub(crate) without_text: bool,
    /// With its title
    #[arg(long)]
    pub(crate) with_title: bool,
    /// Without the day on which you wrote it
    #[arg(long)]
    pub(crate) without_day: bool,
    /// With its mood
    #[arg(long)]
    pub(crate) with_mood: bool,
    /// With its feelings
    #[arg(long)]
    pub(crate) with_feelings: bool,
    /// With its tags
    #[arg(long)]
    pub(crate) with_tags: bool,
    /// With its answers, under the template's questions
    #[arg(long)]
    pub(crate) with_answers: bool,
    /// With this photo, recording or file: number in `attachments`, its name, or all; may be given several times
    #[arg(long, value_name = "NUMBER")]
    pub(crate) photo: Vec<String>,
    /// The goal that it belongs to: number in `goals`, or its id
    #[arg(long, value_name = "GOAL")]
    pub(crate) goal: Option<String>,
    /// Only show it as they would see it
    #[arg(long)]
    pub(crate) preview: bool,
}

/// Which excerpt to open.
#[derive(Args)]
pub(crate) struct OpeningArgs {
    /// Open this one: its number, or the end of its id
    #[arg(long, value_name = "NUMBER")]
    pub(crate) open: Option<String>,
    /// Save its photos, recordings and files to this folder
    #[arg(long, value_name = "DIR", requires = "open")]
    pub(crate) save: Option<PathBuf>,
}

/// A line, or the first and the last of several, from 1.
fn lines(text: &str) -> Result<(usize, usize), String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.trim().parse(), last.trim().parse()) {
        (Ok(first), Ok(last)) if 1 <= first && first <= last => Ok((first, last)),
        _ => Err("a line like 3, or lines like 3-5".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn lines_are_one_or_from_one_to_another() {
        assert_eq!(lines("3"), Ok((3, 3)));
        assert_eq!(lines("3-5"), Ok((3, 5)));
        for wrong in ["0", "5-3", "", "-", "a", "1-2-3", "0-1"] {
            assert!(lines(wrong).is_err(), "{wrong}");
        }
    }
}
