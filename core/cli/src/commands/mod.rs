//! The commands, each beside what it prints.

mod attaching;
mod carrying;
mod chart;
mod drafts;
mod entries;
mod export;
mod filter;
mod help_now;
mod import;
mod journal;
mod keeping;
mod looking_back;
mod meeting;
mod new_phone;
mod pair;
mod plan;
mod profile;
mod questions;
mod relationships;
mod reminding;
mod sharing;
mod status_line;
mod sync;
mod templates;
mod together;
mod tools;
mod versions;

use clap::CommandFactory;

pub(crate) use help_now::help_now;
pub(crate) use plan::{Names, difference, marked, sentence, standing};
pub(crate) use sharing::told as told_of_parcels;

use crate::args::keeping::BackupCommand;
use crate::args::{Command, Line};
use crate::desk::Desk;
use crate::failure::{Exit, Failure};
use crate::words::say;

/// Runs one command of the command line.
pub(crate) fn run(desk: &Desk, command: Command) -> Result<(), Failure> {
    match command {
        Command::Init { role, name, passphrase, kit } => {
            profile::init(desk, role.into(), name, passphrase, &kit)
        }
        Command::Backup(command @ BackupCommand::Restore { .. }) => keeping::backup(desk, command),
        Command::EraseEverything { really } => keeping::erase(desk, really),
        Command::GoOnHere => new_phone::go_on_here(desk),
        Command::Pair { ticket, again, unverified, meeting, reach } => {
            pair::pair(desk, ticket, again.as_deref(), unverified, meeting, reach)
        }
        Command::Sync { once, patience, reach } => sync::sync(desk, once, patience, reach),
        Command::Together { name, reach } => together::together(desk, name.as_deref(), reach),
        Command::Passphrase { remove, new_file } => profile::passphrase(desk, remove, new_file.as_deref()),
        Command::Demo { diary } => crate::demo::demo(desk, diary.as_deref()),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Line::command(), "common-ground", &mut script);
            desk.screen.line(String::from_utf8_lossy(&script).trim_end())
        }
        other => run_anywhere(desk, other),
    }
}

/// Runs a command that also works at the prompt of `sync`, where the home is open and online already.
pub(crate) fn run_anywhere(desk: &Desk, command: Command) -> Result<(), Failure> {
    match command {
        Command::Write(args) => entries::write(desk, args),
        Command::Edit(args) => entries::edit(desk, args),
        Command::Versions(args) => versions::versions(desk, &args),
        Command::Drafts(args) => drafts::drafts(desk, args.command),
        Command::Template(command) => templates::template(desk, command),
        Command::Tool(command) => tools::tool(desk, command),
        Command::Attach { entry, files } => attaching::attach(desk, &entry, &files),
        Command::Attachments { entry } => attaching::list(desk, &entry),
        Command::Attachment(command) => attaching::run(desk, command),
        Command::Detach { entry, attachment } => attaching::detach(desk, &entry, &attachment),
        Command::Reminder(command) => reminding::reminder(desk, command),
        Command::Appointment(command) => reminding::appointment(desk, command),
        Command::Journal { all, limit, filter } => journal::list(desk, (!all).then_some(limit), filter),
        Command::LookBack(command) => looking_back::look_back(desk, command),
        Command::Show { entry } => entries::show(desk, &entry),
        Command::Search { words, newest, limit, filter } => {
            journal::search(desk, &words.join(" "), filter, newest, limit)
        }
        Command::Bin { entry: Some(entry) } => journal::bin(desk, &entry),
        Command::Bin { entry: None } => journal::list_bin(desk),
        Command::Restore { entry } => journal::restore(desk, &entry),
        Command::Import(args) => import::import(desk, args),
        Command::Export(args) => export::export(desk, args),
        Command::Verify => pair::verify(desk),
        Command::Meet(args) => meeting::meet(desk, args),
        Command::Plan(command) => plan::run(desk, command),
        Command::Carry(command) => carrying::carry(desk, command),
        Command::Sharing(command) => sharing::run(desk, command),
        Command::Status => profile::status(desk),
        Command::Relationships => relationships::list(desk),
        Command::Terms(args) => relationships::terms(desk, &args),
        Command::Rename(args) => relationships::rename(desk, &args.person, args.name.as_deref()),
        Command::RenameMe { name } => relationships::rename_me(desk, &name),
        Command::Pause(args) => relationships::pause(desk, &args.person, true),
        Command::Resume(args) => relationships::pause(desk, &args.person, false),
        Command::End(args) => relationships::end(desk, &args),
        Command::Backup(command @ (BackupCommand::Make { .. } | BackupCommand::Check { .. })) => {
            keeping::backup(desk, command)
        }
        Command::RecoveryKit { out, what } => keeping::recovery_kit(desk, out.as_deref(), what),
        Command::AutoLock { minutes } => keeping::auto_lock(desk, minutes.as_deref()),
        Command::HelpNow { region, edit } => {
            help_now(&desk.words, &desk.screen, &desk.folders, desk.json(), region.as_deref(), edit)
        }
        Command::Init { .. }
        | Command::Pair { .. }
        | Command::Sync { .. }
        | Command::Together { .. }
        | Command::Passphrase { .. }
        | Command::Backup(BackupCommand::Restore { .. })
        | Command::EraseEverything { .. }
        | Command::GoOnHere
        | Command::Demo { .. }
        | Command::Completions { .. } => {
            Err(Failure::told(Exit::Usage, say!(desk.words, "error-not-at-the-prompt")))
        }
    }
}
