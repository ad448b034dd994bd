//! What can be asked about relationships.

use clap::Args;

/// What to call somebody.
#[derive(Args)]
#[command(after_help = "\
Only you see it. Without a new name they are called as they call themselves.

Examples:
  common-ground rename Jonas \"Dr. Feld\"
  common-ground rename \"Dr. Feld\"")]
pub(crate) struct RenameArgs {
    /// Their name, its beginning, or the number in `relationships`
    pub(crate) person: String,
    /// What to call them
    pub(crate) name: Option<String>,
}

/// Whom a command is about.
#[derive(Args)]
pub(crate) struct PersonArg {
    /// Their name, its beginning, or the number in `relationships`
    pub(crate) person: String,
}

/// What shall be read.
#[derive(Args)]
#[command(after_help = "\
Examples:
  common-ground terms
  common-ground terms Jonas --i-have-read-it     for scripts, after somebody has read it")]
pub(crate) struct TermsArgs {
    /// With whom, where there are several
    pub(crate) person: Option<String>,
    /// Say that you have read it, without being asked
    #[arg(long)]
    pub(crate) i_have_read_it: bool,
}

/// What shall end.
#[derive(Args)]
#[command(after_help = "\
Each of the two keeps the plan as it is then, to be read. The other device is told when it is next reached. Whoever
has handed something over is asked once whether to take all of it back.

Examples:
  common-ground end Jonas
  common-ground end Jonas --yes --leave          for scripts")]
pub(crate) struct EndArgs {
    /// Their name, its beginning, or the number in `relationships`
    pub(crate) person: String,
    /// Take back all that you handed over, without being asked
    #[arg(long, conflicts_with = "leave")]
    pub(crate) take_back: bool,
    /// Leave what you handed over, without being asked
    #[arg(long)]
    pub(crate) leave: bool,
}
