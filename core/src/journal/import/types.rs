//! What an import is asked, and what it answers. The names of files may be a person's words, so they stand in
//! reports, which are for that person, and never in errors or in `Debug`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::journal::types::EntryKind;
use crate::{Error, Result};

/// From which program a file comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, uniffi::Enum)]
#[serde(rename_all = "kebab-case")]
pub enum ImportFormat {
    /// Day One: a JSON file, or a zip (or the folder it unpacks to) with photos, recordings and files.
    DayOne,
    /// Daylio: the table it exports, comma- or tab-separated.
    Daylio,
    /// Presently: the table it exports.
    Presently,
    /// Our own: the JSON alone, or a zip of it with attachments.
    #[serde(rename = "json")]
    CommonGround,
    /// The JSON that jrnl exports.
    #[serde(rename = "jrnl")]
    JrnlJson,
    /// The text that jrnl keeps and exports.
    JrnlText,
    /// A folder of Markdown files, with front matter or named by days: Joplin, Obsidian and others.
    Markdown,
}

impl ImportFormat {
    /// All of them, in the order in which a screen lists them.
    pub const ALL: &'static [Self] = &[
        Self::CommonGround,
        Self::DayOne,
        Self::JrnlJson,
        Self::JrnlText,
        Self::Markdown,
        Self::Daylio,
        Self::Presently,
    ];

    /// Its name in JSON and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DayOne => "day-one",
            Self::Daylio => "daylio",
            Self::Presently => "presently",
            Self::CommonGround => "json",
            Self::JrnlJson => "jrnl",
            Self::JrnlText => "jrnl-text",
            Self::Markdown => "markdown",
        }
    }
}

impl FromStr for ImportFormat {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|one| one.as_str() == text)
            .ok_or_else(|| Error::malformed("format", "one of the formats known here"))
    }
}

/// What becomes of an import in which some entries cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, uniffi::Enum)]
#[serde(rename_all = "kebab-case")]
pub enum OnBad {
    /// Nothing comes in.
    #[default]
    Stop,
    /// They are left out and told in the report; all others come in.
    LeaveOut,
}

/// How to import. The default reads what it recognises, and stops at the first entry that it cannot read.
#[derive(Clone, Default, uniffi::Record)]
pub struct ImportOptions {
    /// From which program the file comes; otherwise that is seen from its content.
    #[uniffi(default = None)]
    pub format: Option<ImportFormat>,
    /// Only say what would come in. A dry run does not stop at what is bad: it tells all of it.
    #[uniffi(default = false)]
    pub dry_run: bool,
    /// In which zone times without one are meant, such as `Europe/Berlin`; otherwise the person's own.
    #[uniffi(default = None)]
    pub zone: Option<String>,
    /// How jrnl's text has dates (its `timeformat`), where that is none of the usual.
    #[uniffi(default = None)]
    pub time_format: Option<String>,
    /// What becomes of the import when some entries cannot be read.
    #[uniffi(default = None)]
    pub on_bad: Option<OnBad>,
    /// What the names of moods mean where the person made up their own.
    #[uniffi(default = [])]
    pub moods: Vec<MoodName>,
}

/// The name of a mood in another program.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct MoodName {
    /// As it stands in the file; case does not matter.
    pub name: String,
    /// 1 (very low) to 5 (very good).
    pub mood: u8,
}

/// What an import did, or a dry run would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct ImportReport {
    /// What it was read as.
    pub format: ImportFormat,
    /// Whether this was a dry run: then nothing was changed.
    pub dry_run: bool,
    /// Entries in the file: `added`, `already_here`, `left_out` and `bad_count` together.
    pub found: u64,
    /// New here.
    pub added: u64,
    /// Here already: left as they are, with all that was edited since.
    pub already_here: u64,
    /// In the bin or erased here: left so.
    pub left_out: u64,
    /// New entries that carry the id (where a format has none: the time) of another entry of the same file
    /// with other content: each was kept, under an id of its own.
    pub shared_ids: u64,
    /// New entries without a time zone, or with one that is not known here: they got the one asked for.
    pub without_zone: u64,
    /// New entries without any text, such as a photo alone: kept, with their date, tags and star.
    pub without_text: u64,
    /// Photos, recordings and files that came in with the new entries.
    pub attachments_added: u64,
    /// Those of the new entries that are not in the file, or cannot be read.
    pub attachments_missing: u64,
    /// How many of the new entries are of which kind, the most frequent first.
    pub kinds: Vec<KindCount>,
    /// What was met that has no place here, or was read in a special way.
    pub notes: Vec<NoteCount>,
    /// Names of moods that are not known here, at most 100: told what they mean ([`ImportOptions`]), an import
    /// gives the entries their numbers.
    pub unknown_moods: Vec<UnknownMood>,
    /// Entries that cannot be read.
    pub bad_count: u64,
    /// The first 1,000 of them.
    pub bad: Vec<Misread>,
    /// The first 1,000 missing attachments.
    pub missing: Vec<Misread>,
}

impl ImportReport {
    /// The report of an import that has not begun.
    pub(in crate::journal) fn new(format: ImportFormat, dry_run: bool) -> Self {
        Self {
            format,
            dry_run,
            found: 0,
            added: 0,
            already_here: 0,
            left_out: 0,
            shared_ids: 0,
            without_zone: 0,
            without_text: 0,
            attachments_added: 0,
            attachments_missing: 0,
            kinds: Vec::new(),
            notes: Vec::new(),
            unknown_moods: Vec::new(),
            bad_count: 0,
            bad: Vec::new(),
            missing: Vec::new(),
        }
    }
}

/// How many entries are of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct KindCount {
    /// The kind.
    pub kind: EntryKind,
    /// How many.
    pub count: u64,
}

/// How often something was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct NoteCount {
    /// What.
    pub note: ImportNote,
    /// How often.
    pub count: u64,
}

/// What may be met in a file that has no place here, or is read in a special way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, uniffi::Enum)]
#[serde(rename_all = "kebab-case")]
pub enum ImportNote {
    /// Where an entry was written: not taken over.
    Location,
    /// The weather: not taken over.
    Weather,
    /// A file was read as Windows-1252, since it is not Unicode.
    Windows1252,
    /// A link to another file or folder: not followed.
    Symlink,
    /// The name of a mood that is not known here: the entry has it as a feeling, without a number.
    UnknownMood,
}

/// The name of a mood that is not known here.
#[derive(Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct UnknownMood {
    /// As it stands in the file.
    pub name: String,
    /// How many entries have it.
    pub count: u64,
}

impl fmt::Debug for UnknownMood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a mood of {} entries", self.count)
    }
}

/// One place of a file that could not be read as it should.
#[derive(Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct Misread {
    /// The name of the file, inside a zip or folder with its folders.
    pub file: String,
    /// The line, from 1; nothing where lines say nothing (JSON) or there is none.
    pub line: Option<u64>,
    /// The number of the entry in that file, from 1; nothing where it is about the file as a whole.
    pub entry: Option<u64>,
    /// The field of the entry, or the part of the file.
    pub field: String,
    /// What is wrong with it, without its content.
    pub problem: String,
}

impl fmt::Debug for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {:?}, entry {:?}, {}: {}", self.line, self.entry, self.field, self.problem)
    }
}

impl From<Misread> for Error {
    fn from(misread: Misread) -> Self {
        Self::Import {
            entry: misread.entry.unwrap_or(0),
            line: misread.line.unwrap_or(0),
            field: misread.field,
            problem: misread.problem,
        }
    }
}
