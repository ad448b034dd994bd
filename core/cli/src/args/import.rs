//! What `import` can be asked.

use std::path::PathBuf;

use clap::Args;
use common_ground::journal::{ImportFormat, MoodName};

/// What to import, and how.
#[derive(Args)]
#[command(after_help = "\
What the file is, is seen from its content. Nothing comes in while an entry cannot be read, unless it may be left out.

Examples:
  common-ground import Journal.json
  common-ground import export.zip --dry-run          says what would come in
  common-ground import daylio_export.csv --zone Europe/Berlin --mood wobbly=2
  common-ground import presently.csv --leave-out-bad --json")]
pub(crate) struct ImportArgs {
    /// The file, zip or folder
    pub(crate) file: PathBuf,
    /// Which program it comes from, where that is not seen from the content
    #[arg(long, value_name = "PROGRAM", value_parser = format)]
    pub(crate) from: Option<ImportFormat>,
    /// Only say what would come in
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The zone of times that say none, for example Europe/Berlin; otherwise the system's
    #[arg(long, value_name = "ZONE")]
    pub(crate) zone: Option<String>,
    /// How the dates in jrnl's text are written, where that is unusual, for example "%d.%m.%Y %H:%M"
    #[arg(long, value_name = "FORMAT")]
    pub(crate) time_format: Option<String>,
    /// Take the rest when some entries cannot be read
    #[arg(long)]
    pub(crate) leave_out_bad: bool,
    /// What a mood of your own means, 1 (very low) to 5 (very good); may be given several times
    #[arg(long, value_name = "NAME=1..5", value_parser = mood)]
    pub(crate) mood: Vec<MoodName>,
}

fn format(text: &str) -> Result<ImportFormat, String> {
    text.parse().map_err(|_| {
        let names: Vec<_> = ImportFormat::ALL.iter().map(|format| format.as_str()).collect();
        names.join(", ")
    })
}

fn mood(text: &str) -> Result<MoodName, String> {
    let read = text.rsplit_once('=').and_then(|(name, mood)| {
        let mood = mood.trim().parse().ok().filter(|mood| (1..=5).contains(mood))?;
        (!name.trim().is_empty()).then(|| MoodName { name: name.trim().to_owned(), mood })
    });
    read.ok_or_else(|| "NAME=1..5".to_owned())
}
