//! What can be asked of entries, their versions and drafts, of templates and coping tools.

use std::path::PathBuf;

use chrono::{NaiveDate, NaiveDateTime};
use clap::{Args, Subcommand};
use common_ground::journal::{Emotion, EntryKind};

use super::filter::{kinds, tag};

#[derive(Args)]
#[command(after_help = "\
Examples:
  common-ground write \"A good walk with Sam.\" --tag walks --star --mood 4
  common-ground write --kind small-win --feel proud:7 --goal 1 \"Said no, kindly.\"
  common-ground write --template thought-record      asks its questions, one by one
  common-ground write --template practice --answer tried=\"Saying no\" --answer helped=6
  common-ground write --date \"2026-05-03 21:00\" \"What I left out that evening.\"
  common-ground write                        opens $EDITOR on a file in memory, where there is one
  common-ground write < note.md              reads standard input

What is typed is kept as a draft meanwhile: `drafts` lists what was interrupted.")]
pub(crate) struct WriteArgs {
    /// The text; without it, standard input or $EDITOR
    pub(crate) text: Vec<String>,
    /// A title
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// A tag; may be given several times
    #[arg(long, value_parser = tag, value_name = "TAG")]
    pub(crate) tag: Vec<String>,
    /// Mark it with a star
    #[arg(long)]
    pub(crate) star: bool,
    /// Mark it to be brought to the next appointment
    #[arg(long)]
    pub(crate) bring: bool,
    /// Attach a file; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) attach: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) details: DetailArgs,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  common-ground edit 1                       opens $EDITOR on its text
  common-ground edit 1 --mood 2 --feel tired:6
  common-ground edit 1 --date \"2026-05-03 21:00\"
  common-ground edit 1 --unlink --goal 2     belongs to goal 2 and to nothing else")]
pub(crate) struct EditArgs {
    /// Number in `journal`, or the beginning or end of its id
    pub(crate) entry: String,
    /// The new text; without any change, $EDITOR opens on the old one
    #[arg(long)]
    pub(crate) text: Option<String>,
    /// The new title; empty takes it away
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// All tags it shall have; an empty one takes them all away
    #[arg(long, value_parser = tag_or_none, value_name = "TAG")]
    pub(crate) tag: Option<Vec<String>>,
    /// Mark it with a star
    #[arg(long, conflicts_with = "unstar")]
    pub(crate) star: bool,
    /// Take the star away
    #[arg(long)]
    pub(crate) unstar: bool,
    /// Mark it to be brought to the next appointment
    #[arg(long, conflicts_with = "leave")]
    pub(crate) bring: bool,
    /// No longer to be brought
    #[arg(long)]
    pub(crate) leave: bool,
    /// Take away all feelings it has; --feel then gives new ones
    #[arg(long)]
    pub(crate) unfeel: bool,
    /// Take away all it belongs to; --goal, --task and --person then give it anew
    #[arg(long)]
    pub(crate) unlink: bool,
    #[command(flatten)]
    pub(crate) details: DetailArgs,
}

/// What an entry can hold besides its text.
#[derive(Args, Clone, Default)]
pub(crate) struct DetailArgs {
    /// What it is
    #[arg(long, value_parser = kinds(), value_name = "KIND")]
    pub(crate) kind: Option<EntryKind>,
    /// 1 (very low) to 5 (very good); 0 takes it away
    #[arg(long, value_parser = mood, value_name = "1-5")]
    pub(crate) mood: Option<u8>,
    /// A feeling, if you like with its strength from 0 to 10; may be given several times
    #[arg(long, value_parser = feeling, value_name = "NAME[:0-10]")]
    pub(crate) feel: Vec<Emotion>,
    /// A goal it belongs to: number in `goals`, or its id
    #[arg(long, value_name = "GOAL")]
    pub(crate) goal: Vec<String>,
    /// A task it belongs to: number in `tasks`, or its id
    #[arg(long, value_name = "TASK")]
    pub(crate) task: Vec<String>,
    /// Whom it is about, of those you are paired with: their name, or the number in `status`
    #[arg(long, value_name = "PERSON")]
    pub(crate) person: Vec<String>,
    /// When it was, by the clock here: "2026-05-03 21:00", or a day alone
    #[arg(long, value_parser = local_time, value_name = "TIME")]
    pub(crate) date: Option<NaiveDateTime>,
    /// The template whose questions it answers; `template list` shows them
    #[arg(long, value_name = "ID")]
    pub(crate) template: Option<String>,
    /// An answer to one of its questions; may be given several times
    #[arg(long, value_parser = answer, requires = "template", value_name = "FIELD=ANSWER")]
    pub(crate) answer: Vec<(String, String)>,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  common-ground versions 1
  common-ground versions 1 --show 2          the version before the last, and what differs now
  common-ground versions 1 --bring-back 2    what it is now is kept as a version in its turn")]
pub(crate) struct VersionsArgs {
    /// Number in `journal`, or the beginning or end of its id
    pub(crate) entry: String,
    /// Show one of them whole; 1 is the latest
    #[arg(long, value_name = "N", conflicts_with = "bring_back")]
    pub(crate) show: Option<usize>,
    /// Make the entry again what it was
    #[arg(long, value_name = "N")]
    pub(crate) bring_back: Option<usize>,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  common-ground drafts
  common-ground drafts write 1               goes on writing in $EDITOR, then saves the entry
  common-ground drafts finish 1              saves the entry as the draft stands")]
pub(crate) struct DraftsArgs {
    #[command(subcommand)]
    pub(crate) command: Option<DraftsCommand>,
}

#[derive(Subcommand)]
pub(crate) enum DraftsCommand {
    /// List them, the one saved last first
    List,
    /// Show one whole
    Show {
        /// Number in `drafts`, or the beginning or end of its id
        draft: String,
    },
    /// Go on writing it in $EDITOR
    Write {
        /// Number in `drafts`, or the beginning or end of its id
        draft: String,
    },
    /// Make of it the entry, or the change, that it was to be
    Finish {
        /// Number in `drafts`, or the beginning or end of its id
        draft: String,
    },
    /// Throw it away, for good
    Discard {
        /// Number in `drafts`, or the beginning or end of its id
        draft: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum TemplateCommand {
    /// List the templates there are
    List,
    /// Show the questions of one
    Show {
        /// Its id
        id: String,
    },
    /// Read a file of templates and say where it is broken, if it is; nothing is added
    Check {
        /// The file
        file: PathBuf,
    },
    /// Add the templates of a file, all or none
    Add {
        /// The file
        file: PathBuf,
    },
    /// Take one of your own out of the list; old answers stay, with their questions
    Remove {
        /// Its id
        id: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum ToolCommand {
    /// Collect something that helps you
    #[command(after_help = "\
Examples:
  common-ground tool add \"A walk round the lake\" --note \"Without the phone\"
  common-ground tool use 1 --helped 7 --note \"Even in the rain\"")]
    Add {
        /// What it is called, in one line
        #[arg(required = true)]
        name: Vec<String>,
        /// How it goes, or when it helps
        #[arg(long, default_value = "")]
        note: String,
    },
    /// List what you have collected
    List {
        /// Also those put away
        #[arg(long)]
        archived: bool,
    },
    /// Change its name or note
    Edit {
        /// Number in `tool list`, or the beginning or end of its id
        tool: String,
        /// A new name
        #[arg(long, required_unless_present = "note")]
        name: Option<String>,
        /// A new note; empty takes it away
        #[arg(long)]
        note: Option<String>,
    },
    /// Note that you used it
    Use {
        /// Number in `tool list`, or the beginning or end of its id
        tool: String,
        /// How much it helped: 0 (not at all) to 10 (as much as can be)
        #[arg(long, value_parser = clap::value_parser!(u8).range(0..=10), value_name = "0-10")]
        helped: Option<u8>,
        /// A word on it
        #[arg(long, default_value = "")]
        note: String,
        /// The entry that tells of it: number in `journal`, or its id
        #[arg(long, value_name = "ENTRY")]
        entry: Option<String>,
        /// When it was, by the clock here: "2026-05-03 21:00", or a day alone
        #[arg(long, value_parser = local_time, value_name = "TIME")]
        date: Option<NaiveDateTime>,
    },
    /// Show one, with its history
    Show {
        /// Number in `tool list`, or the beginning or end of its id
        tool: String,
        /// How many uses, the latest first
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=500))]
        limit: u32,
    },
    /// Put it away, with its history
    Archive {
        /// Number in `tool list --archived`, or the beginning or end of its id
        tool: String,
        /// Take it out again
        #[arg(long)]
        undo: bool,
    },
}

fn mood(text: &str) -> Result<u8, &'static str> {
    text.parse().ok().filter(|mood| *mood <= 5).ok_or("a mood is 1 (very low) to 5 (very good)")
}

/// For an edit: an empty tag is none, so that all can be taken away.
fn tag_or_none(text: &str) -> Result<String, &'static str> {
    if text.is_empty() { Ok(String::new()) } else { tag(text) }
}

fn feeling(text: &str) -> Result<Emotion, String> {
    let (name, intensity) = match text.rsplit_once(':').map(|(name, strength)| (name, strength.parse::<u8>()))
    {
        Some((name, Ok(strength))) if strength <= 10 => (name, Some(strength)),
        Some((_, Ok(_))) => return Err("a strength is 0 to 10".to_owned()),
        _ => (text, None),
    };
    Ok(Emotion { name: name.trim().to_owned(), intensity })
}

/// What somebody may call a feeling at a question: `tired:6`.
pub(crate) fn feelings(line: &str) -> Result<Vec<Emotion>, String> {
    line.split(',').filter(|one| !one.trim().is_empty()).map(|one| feeling(one.trim())).collect()
}

fn local_time(text: &str) -> Result<NaiveDateTime, String> {
    let text = text.trim();
    let with_time = |format| NaiveDateTime::parse_from_str(text, format).ok();
    let noon = || text.parse::<NaiveDate>().ok()?.and_hms_opt(12, 0, 0);
    with_time("%Y-%m-%d %H:%M")
        .or_else(|| with_time("%Y-%m-%dT%H:%M"))
        .or_else(noon)
        .ok_or_else(|| "a day like 2026-05-03 or a time like \"2026-05-03 21:00\" is wanted".to_owned())
}

fn answer(text: &str) -> Result<(String, String), String> {
    let (field, value) = text
        .split_once('=')
        .ok_or_else(|| "a question's name, =, and the answer are wanted, as in helped=6".to_owned())?;
    Ok((field.trim().to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feeling_may_have_a_strength_and_its_name_may_hold_a_colon() {
        let read = |text| feeling(text).map(|one| (one.name, one.intensity));
        assert!(read("proud:7") == Ok(("proud".into(), Some(7))));
        assert!(read("proud") == Ok(("proud".into(), None)));
        assert!(read("so: strange") == Ok(("so: strange".into(), None)));
        assert!(read("proud:11").is_err());
        assert!(
            feelings("tired:6, a bit lost ,").is_ok_and(|all| all.len() == 2 && all[1].name == "a bit lost")
        );
    }

    #[test]
    fn a_tag_may_be_typed_as_lists_show_it() {
        assert_eq!(tag(" #walks "), Ok("walks".to_owned()));
        assert_eq!(tag("c#"), Ok("c#".to_owned()));
        assert!(tag("#").is_err() && tag(" ").is_err());
    }

    #[test]
    fn a_day_alone_is_its_noon() {
        let read = |text| local_time(text).map(|time| time.to_string());
        assert_eq!(read("2026-05-03 21:00").unwrap(), "2026-05-03 21:00:00");
        assert_eq!(read("2026-05-03T21:00").unwrap(), "2026-05-03 21:00:00");
        assert_eq!(read("2026-05-03").unwrap(), "2026-05-03 12:00:00");
        assert!(read("yesterday").is_err() && read("2026-02-30").is_err());
    }
}
