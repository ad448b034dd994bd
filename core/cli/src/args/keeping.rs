//! What can be asked of backups, the recovery kit, and the end of it all.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(crate) enum BackupCommand {
    /// Make one file of everything, encrypted, and read it back
    #[command(after_help = "\
Without a choice it opens with the recovery kit where there is one, else with a passphrase that is asked for.

Examples:
  common-ground backup make ~/backups/mira.age
  common-ground backup make /media/stick/mira.age --passphrase
  common-ground backup make mira.age --backup-passphrase-file secret.txt --yes    for scripts")]
    Make {
        /// Where to; a file of that name is replaced only after a question
        file: PathBuf,
        /// Open it with a passphrase, asked without echo
        #[arg(long, conflicts_with = "recovery_key")]
        passphrase: bool,
        /// Open it with the words of the recovery kit
        #[arg(long, conflicts_with = "backup_passphrase_file")]
        recovery_key: bool,
        /// Open it with the passphrase in the first line of this file, for scripts
        #[arg(long, value_name = "FILE")]
        backup_passphrase_file: Option<PathBuf>,
    },
    /// Read a backup to its end and say whether it is whole; changes nothing
    #[command(after_help = "\
Examples:
  common-ground backup check mira.age
  common-ground backup check mira.age --words-file words.txt --json")]
    Check {
        /// The backup
        file: PathBuf,
        #[command(flatten)]
        secret: SecretArg,
    },
    /// Bring a backup back where there is no profile, all or nothing
    #[command(after_help = "\
Examples:
  common-ground backup restore mira.age                      asks for the words or the passphrase
  common-ground --home ./again backup restore mira.age --words-file words.txt")]
    Restore {
        /// The backup
        file: PathBuf,
        #[command(flatten)]
        secret: SecretArg,
        /// Wrap the keys here with a passphrase, asked without echo
        #[arg(long)]
        passphrase: bool,
    },
}

/// What opens a backup, for scripts; otherwise it is asked for.
#[derive(Args)]
pub(crate) struct SecretArg {
    /// Read the 24 words from this file
    #[arg(long, value_name = "FILE")]
    pub(crate) words_file: Option<PathBuf>,
    /// Read the backup's passphrase from the first line of this file
    #[arg(long, value_name = "FILE", conflicts_with = "words_file")]
    pub(crate) backup_passphrase_file: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum KitCommand {
    /// From the words, the line with which plain `age` opens a backup without this program
    #[command(after_help = "\
Example:
  common-ground recovery-kit identity --words-file words.txt > key.txt
  age -d -i key.txt mira.age | tar x")]
    Identity {
        /// Read the 24 words from this file
        #[arg(long, value_name = "FILE")]
        words_file: Option<PathBuf>,
    },
    /// Put the kit of these words into use, for example an older one
    Use {
        /// Read the 24 words from this file
        #[arg(long, value_name = "FILE")]
        words_file: Option<PathBuf>,
    },
}

/// How to answer the question for a recovery kit beforehand.
#[derive(Args)]
pub(crate) struct KitArg {
    /// Write the page of a new recovery kit to this file, which must not exist, and use the kit
    #[arg(long, value_name = "FILE")]
    pub(crate) recovery_kit: Option<PathBuf>,
    /// No recovery kit now
    #[arg(long, conflicts_with = "recovery_kit")]
    pub(crate) no_kit: bool,
}
