//! What can be asked of files that are carried where no network serves.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum CarryCommand {
    /// Write what the other device lacks into a file that only it can open
    #[command(after_help = "\
Bring the file over in any way: on a stick, by mail. It may be lost or come twice. Nothing counts as arrived before the
other device has said so, in a file back or when the two meet.

Examples:
  common-ground carry out for-jonas.age
  common-ground carry out /media/stick/for-jonas.age --to Jonas")]
    Out {
        /// Where to; it must not exist yet
        file: PathBuf,
        /// For whom, where there are several: their name, its beginning, or the number in `status`
        #[arg(long, value_name = "PERSON")]
        to: Option<String>,
        /// Replace a file of that name
        #[arg(long)]
        force: bool,
    },
    /// Take in a file that the other device wrote; whose it is, it says itself
    #[command(after_help = "\
Example:
  common-ground carry in from-mira.age")]
    In {
        /// The file
        file: PathBuf,
    },
}
