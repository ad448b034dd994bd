//! What can be asked of an export.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use common_ground::journal::ExportFormat;

use super::FilterArgs;

#[derive(Args)]
pub(crate) struct ExportArgs {
    /// For which program
    #[arg(long = "as", value_name = "FORMAT", value_enum, default_value = "json")]
    pub(crate) format: ExportTo,
    /// Where to: a file, for markdown a new folder. For json, a name that ends in .zip takes attachments along
    pub(crate) path: PathBuf,
    /// Replace a file that is there already
    #[arg(long)]
    pub(crate) force: bool,
    /// Leave photos, recordings and files out
    #[arg(long)]
    pub(crate) without_attachments: bool,
    /// json: with the former versions of entries
    #[arg(long)]
    pub(crate) former_versions: bool,
    /// csv: begin with a byte-order mark, for spreadsheets that need one
    #[arg(long)]
    pub(crate) byte_order_mark: bool,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExportTo {
    /// All that the journal holds; comes back as it was
    Json,
    /// A zip for Day One
    DayOne,
    /// The JSON of jrnl
    Jrnl,
    /// The text of jrnl
    JrnlText,
    /// A folder of Markdown for Joplin, Obsidian and others
    Markdown,
    /// A table for spreadsheets
    Csv,
    /// A page for printing
    Html,
}

impl ExportTo {
    /// The format; nothing for the page, which needs words.
    pub(crate) fn format(self) -> Option<ExportFormat> {
        Some(match self {
            Self::Json => ExportFormat::CommonGround,
            Self::DayOne => ExportFormat::DayOne,
            Self::Jrnl => ExportFormat::JrnlJson,
            Self::JrnlText => ExportFormat::JrnlText,
            Self::Markdown => ExportFormat::Markdown,
            Self::Csv => ExportFormat::Csv,
            Self::Html => return None,
        })
    }
}
