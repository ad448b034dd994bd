//! The command line: what can be asked, and the help that goes with it.

mod attaching;
mod carrying;
mod entries;
pub(crate) mod export;
mod filter;
mod goal;
mod import;
pub(crate) mod keeping;
mod looking_back;
mod meeting;
mod plan;
mod prompt;
mod relationships;
mod reminding;
mod sharing;
mod task;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use common_ground::relationship::Role;

pub(crate) use attaching::AttachmentCommand;
pub(crate) use carrying::CarryCommand;
pub(crate) use entries::{
    DetailArgs, DraftsArgs, DraftsCommand, EditArgs, TemplateCommand, ToolCommand, VersionsArgs, WriteArgs,
    feelings,
};
pub(crate) use filter::FilterArgs;
pub(crate) use goal::{DraftCommand, GoalCommand, GoalDetails, GoalFields, StanceArgs, StateArgs, Weight};
pub(crate) use import::ImportArgs;
use keeping::{BackupCommand, KitArg, KitCommand};
pub(crate) use looking_back::{LookBackCommand, Month};
pub(crate) use meeting::{MeetArgs, PairMeetArgs, WayArg};
pub(crate) use plan::{GoalsArgs, PlanCommand, TasksArgs, WholeCommand};
pub(crate) use prompt::{PromptLine, cut};
pub(crate) use relationships::{EndArgs, PersonArg, RenameArgs, TermsArgs};
pub(crate) use reminding::{AppointmentCommand, ReminderCommand, RuleArgs, weekday};
pub(crate) use sharing::{HandOverArgs, OpeningArgs, SharingCommand};
pub(crate) use task::{
    DayOrNone, PartArgs, RepeatArgs, StepCommand, StrategyCommand, TaskCommand, Unit, VerdictArgs,
};

/// A private journal, and a plan that two people share. Not medical advice; nobody monitors this app.
#[derive(Parser)]
#[command(
    name = "common-ground",
    version,
    propagate_version = true,
    after_help = "\
Examples:
  common-ground init --role client --name Mira
  common-ground write \"Slept better. The list by the bed helps.\"
  common-ground pair                         shows a ticket for the other person
  common-ground goal add \"Sleep through the night\" --why \"So that mornings are mine again\"
  common-ground sync                         meets the other device and stays live
  common-ground help-now                     numbers for right now; needs no key
  common-ground demo                         shows all of it, in about ten seconds

A goal, a task or an entry is named by its number in the list, or by the beginning or the end of its id.

Exit codes:
  0 done   1 failed   2 command line not understood, or an answer missing   3 not found
  4 in use by another process   5 locked, wrong passphrase or key   6 file damaged or of a newer version
  7 other device out of reach   8 pairing did not come about   9 changed meanwhile, or a choice is open
  10 answered no"
)]
pub(crate) struct Line {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What can be said with every command.
#[derive(Args, Clone, Default)]
pub(crate) struct Global {
    /// Keep everything in this folder (the keys in its `config`), rather than in the platform's folders
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Answer confirmations with yes; never answers the code of words
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,
    /// The language of the screen: en or de (otherwise the system's)
    #[arg(long, global = true, value_name = "LANG")]
    pub(crate) lang: Option<String>,
    /// Whose plan, where there are several: their name, its beginning, or the number in `status`
    #[arg(long, global = true, value_name = "PERSON")]
    pub(crate) with: Option<String>,
    /// Read the passphrase from the first line of this file, for scripts
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a profile here
    #[command(after_help = "\
Examples:
  common-ground init --role client --name Mira
  common-ground init --role therapist --name \"Jonas Feld\" --passphrase
  common-ground --home ./mira init --role client --name Mira     all data in ./mira")]
    Init {
        /// Which side of therapy you are on
        #[arg(long, value_enum)]
        role: RoleArg,
        /// What the other person will see
        #[arg(long)]
        name: String,
        /// Wrap the keys with a passphrase, asked without echo
        #[arg(long)]
        passphrase: bool,
        #[command(flatten)]
        kit: KitArg,
    },
    /// Write a journal entry
    Write(WriteArgs),
    /// Change an entry; the former version is kept
    Edit(EditArgs),
    /// List the former versions of an entry, show one, or bring one back
    Versions(VersionsArgs),
    /// What you began to write and have not saved: list, show, write, finish, discard
    Drafts(DraftsArgs),
    /// Questions that help to write: list, show, check, add, remove
    #[command(subcommand)]
    Template(TemplateCommand),
    /// What helps you: add, list, edit, use, show, archive
    #[command(subcommand)]
    Tool(ToolCommand),
    /// Attach files to an entry: photos, recordings, anything up to 100 MiB
    #[command(after_help = "\
Examples:
  common-ground attach 1 beach.jpg
  common-ground attach 1 voice.m4a letter.pdf")]
    Attach {
        /// Number in `journal`, or the beginning or end of its id
        entry: String,
        /// The files; they stay where they are
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// List what is attached to an entry
    Attachments {
        /// Number in `journal`, or the beginning or end of its id
        entry: String,
    },
    /// One attachment: save
    #[command(subcommand)]
    Attachment(AttachmentCommand),
    /// Take an attachment away from an entry; the former version keeps it
    Detach {
        /// Number in `journal`, or the beginning or end of its id
        entry: String,
        /// Number in `attachments`, or its name
        attachment: String,
    },
    /// When to be reminded: add, list, remove, pause, next
    #[command(subcommand)]
    Reminder(ReminderCommand),
    /// When appointments are: add, weekly, list, remove, move, cancel, end
    #[command(subcommand)]
    Appointment(AppointmentCommand),
    /// List the journal, newest first
    #[command(after_help = "\
Examples:
  common-ground journal
  common-ground journal --limit 5
  common-ground journal --mood 1-2 --tag work --from 2026-05-01
  common-ground journal --all --json | jq '.entries[].opening'")]
    Journal {
        /// Every entry
        #[arg(long, conflicts_with = "limit")]
        all: bool,
        /// How many
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
        #[command(flatten)]
        filter: FilterArgs,
    },
    /// Look back: days, moods, patterns, small wins, then and now, what to bring along
    #[command(subcommand)]
    LookBack(LookBackCommand),
    /// Show an entry whole
    #[command(after_help = "\
Examples:
  common-ground show 1                       the newest
  common-ground show 868c0f9dac00 --json     by the end of its id, as searches show it")]
    Show {
        /// Number in `journal`, or the beginning or end of its id
        entry: String,
    },
    /// Find entries in which all these words stand, or which a filter lets through, or both
    #[command(after_help = "\
Examples:
  common-ground search sleep
  common-ground search '\"could not sleep\"' --newest
  common-ground search garden sun            both words; the last also as a beginning
  common-ground search quarrel --feel anger --from 2026-01-01")]
    Search {
        /// Words; in double quotes they are a phrase
        words: Vec<String>,
        /// Newest first, rather than best match first
        #[arg(long)]
        newest: bool,
        /// How many
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100))]
        limit: u32,
        #[command(flatten)]
        filter: FilterArgs,
    },
    /// Put an entry into the bin for 30 days; without an entry, list the bin
    #[command(after_help = "\
After 30 days an entry is erased for good, with its former versions and what was attached to it alone.

Examples:
  common-ground bin 1
  common-ground bin                          lists what is in it")]
    Bin {
        /// Number in `journal`, or the beginning or end of its id
        entry: Option<String>,
    },
    /// Take an entry out of the bin
    #[command(after_help = "\
Example:
  common-ground restore 1                    the first in `bin`")]
    Restore {
        /// Number in `bin`, or the beginning or end of its id
        entry: String,
    },
    /// Take in what another program has written, all or nothing; again adds only what is new
    Import(ImportArgs),
    /// Write the journal, or a part of it, for other programs or for paper. It is not encrypted: you are asked first
    #[command(after_help = "\
Examples:
  common-ground export journal.zip                         all of it, with attachments; comes back as it was
  common-ground export --as day-one dayone.zip
  common-ground export --as markdown notes --tag walks     a new folder, only entries with this tag
  common-ground export --as html may.html --from 2026-05-01 --to 2026-05-31
  common-ground export --as csv journal.csv --yes          for scripts")]
    Export(export::ExportArgs),
    /// Pair with the other person: without a ticket, make one and show it
    #[command(after_help = "\
One of the two runs `pair` and shows the ticket, the other runs `pair TICKET`. Both screens then show a
code of words; it must be the same on both, otherwise somebody is in between.

Examples:
  common-ground pair
  common-ground pair CGXXXX…
  common-ground pair --meet relay --relay https://relay.practice.example
  common-ground pair --again Mira            brings Mira back, who lost her phone and has no backup
  common-ground pair --unverified            for scripts: the relationship says so until `verify`")]
    Pair {
        /// The other person's ticket
        ticket: Option<String>,
        /// Make a ticket for this person, who lost their device and every backup and comes with a new profile
        #[arg(long, value_name = "PERSON", conflicts_with = "ticket")]
        again: Option<String>,
        /// Do not compare the code of words now
        #[arg(long)]
        unverified: bool,
        #[command(flatten)]
        meeting: PairMeetArgs,
        #[command(flatten)]
        reach: ReachArg,
    },
    /// How you and the other person meet: say it, choose it, and see what is in the way
    Meet(MeetArgs),
    /// Compare the code of words with the other person, later
    Verify,
    /// The plan: goals, tasks and all that belongs to them
    #[command(flatten)]
    Plan(PlanCommand),
    /// Handing over a piece of the journal, and taking it back
    #[command(flatten)]
    Sharing(SharingCommand),
    /// Meet the other device, bring both plans level, stay live until Ctrl-C
    #[command(after_help = "\
While it is live it takes the same commands at a prompt, and what the other person writes appears at once.
`quit`, Ctrl-C or Ctrl-D end it. Nothing is lost by ending it: all is saved as it comes.

Examples:
  common-ground sync
  common-ground sync --once                  ends when both are level
  common-ground sync --once --patience 300   waits up to five minutes for the other")]
    Sync {
        /// End when both are level
        #[arg(long)]
        once: bool,
        /// With --once: how many seconds to wait for the other device
        #[arg(long, default_value_t = 120, value_name = "SECONDS")]
        patience: u32,
        #[command(flatten)]
        reach: ReachArg,
    },
    /// Where no network serves: what the other device lacks as a file, there and back
    #[command(subcommand)]
    Carry(CarryCommand),
    /// Sit over the plan together: what either types is on the other's screen at once
    #[command(after_help = "\
Both run it. What either looks at and types in is shown to the other and stored nowhere; what is typed is saved as it is
typed. Leaving it keeps all that was written.

Example:
  common-ground together Jonas")]
    Together {
        /// With whom, where there are several: their name, its beginning, or the number in `status`
        name: Option<String>,
        #[command(flatten)]
        reach: ReachArg,
    },
    /// With whom you are paired, and how it stands
    Relationships,
    /// What you share and what you never do: read it, and say that you have
    Terms(TermsArgs),
    /// Call somebody by another name on this device
    Rename(RenameArgs),
    /// Take another name, for whoever pairs with you from now on
    RenameMe {
        /// Your new name
        name: String,
    },
    /// Let nothing go to somebody or come from them, until `resume`. They are not told
    Pause(PersonArg),
    /// Go on with somebody after `pause`
    Resume(PersonArg),
    /// End it with somebody, for good. Both keep the plan as it is, to be read
    End(EndArgs),
    /// Whose home this is, with whom it is paired, and who can read the keys
    Status,
    /// Put a passphrase on the keys, change it, or take it off
    Passphrase {
        /// Take it off: the keys then lie open in a file that only you can read
        #[arg(long)]
        remove: bool,
        /// Read the new passphrase from the first line of this file, for scripts
        #[arg(long, value_name = "FILE", conflicts_with = "remove")]
        new_file: Option<PathBuf>,
    },
    /// One file of everything, encrypted: make, check, restore
    #[command(subcommand)]
    Backup(BackupCommand),
    /// Make a recovery kit: 24 words on paper that open backups
    #[command(
        args_conflicts_with_subcommands = true,
        after_help = "\
Whoever has the words and a backup can read everything. A new kit is for later backups; older ones open with
the older words.

Examples:
  common-ground recovery-kit                      shows the page, to be written down
  common-ground recovery-kit --out kit.txt        writes it to a file, to be printed
  common-ground recovery-kit identity             for opening a backup with plain `age`"
    )]
    RecoveryKit {
        /// Write the page to this file, which must not exist
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(subcommand)]
        what: Option<KitCommand>,
    },
    /// Lock the journal at the prompt of `sync` after so many minutes without typing
    #[command(after_help = "\
Examples:
  common-ground auto-lock 10
  common-ground auto-lock off
  common-ground auto-lock                         says how it is set")]
    AutoLock {
        /// 1 to 1440 minutes, or `off`
        minutes: Option<String>,
    },
    /// Erase everything here for good: journal, plans, keys. Asks twice
    #[command(after_help = "\
It also works when nobody can open the journal any more, with a forgotten passphrase for example.

Example:
  common-ground erase-everything
  common-ground erase-everything --yes --really   for scripts")]
    EraseEverything {
        /// Answers the second question, for scripts
        #[arg(long)]
        really: bool,
    },
    /// Take the profile back to this device, where another one has taken its place
    #[command(after_help = "\
Whoever brings a backup back on a new device leaves this one behind. If it was found again and is to go on, this takes
the profile back; the other device is told, and no longer let in.

Example:
  common-ground go-on-here")]
    GoOnHere,
    /// Numbers for right now: emergency, someone to talk to, your own. Needs no key and no profile
    #[command(after_help = "\
Examples:
  common-ground help-now
  common-ground help-now --region AT
  common-ground help-now --edit              write down your own numbers")]
    HelpNow {
        /// Country by its two letters, for example DE; otherwise the system's
        #[arg(long, value_name = "COUNTRY")]
        region: Option<String>,
        /// Edit your own numbers
        #[arg(long)]
        edit: bool,
    },
    /// Show what Common Ground does: two devices, one plan, a private journal
    #[command(after_help = "\
Examples:
  common-ground demo
  common-ground demo --diary Journal.json    with your own Day One export; it stays in a temporary folder")]
    Demo {
        /// A Day One export to use as the client's diary
        #[arg(long, value_name = "FILE")]
        diary: Option<PathBuf>,
    },
    /// Print completions for a shell
    #[command(after_help = "\
Example:
  common-ground completions bash > ~/.local/share/bash-completion/completions/common-ground")]
    Completions {
        /// Which shell
        shell: Shell,
    },
}

/// How far this device reaches.
#[derive(Args, Clone, Copy)]
pub(crate) struct ReachArg {
    /// Reach only programs on this machine, rather than the networks it is on
    #[arg(long)]
    pub(crate) this_machine: bool,
}

#[derive(ValueEnum, Clone, Copy)]
pub(crate) enum RoleArg {
    Client,
    Therapist,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Client => Self::Client,
            RoleArg::Therapist => Self::Therapist,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Line::command().debug_assert();
        PromptLine::command().debug_assert();
    }
}
