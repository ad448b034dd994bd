//! The command line of attachments.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum AttachmentCommand {
    /// Save what is attached as a file, which anyone with this disk can read
    #[command(after_help = "\
Examples:
  common-ground attachment save 1 2 --to ~/Pictures
  common-ground attachment save 1 all --to photos/
  common-ground attachment save 1 1 --to beach.jpg --replace")]
    Save {
        /// Number in `journal`, or the beginning or end of the entry's id
        entry: String,
        /// Number in `attachments`, or all
        number: String,
        /// A folder that exists, or the name of the file
        #[arg(long, value_name = "DIR|FILE")]
        to: PathBuf,
        /// Write over a file of the same name
        #[arg(long)]
        replace: bool,
    },
}
