//! The prompt while it is live: reading lines, and doing what they ask.

use std::io::IsTerminal;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use chrono::Utc;
use clap::{CommandFactory, FromArgMatches};
use rustyline::ExternalPrinter;

use crate::args::{Command, PromptLine, cut};
use crate::commands::run_anywhere;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

/// How long to wait at most before looking whether the journal is to lock itself.
const LOOK_AT_THE_CLOCK: Duration = Duration::from_secs(30);

/// What can happen while live.
pub(in crate::commands) enum Event {
    /// A line was typed.
    Line(String),
    /// No more lines will come.
    NoMoreLines,
    /// Ctrl-C, a signal, or Ctrl-D at the prompt.
    Stop,
}

/// Reads lines in a thread of its own: at a prompt on a terminal, plainly elsewhere. It waits after each
/// line until the command is done; at a terminal `again` is called before each prompt. Returns what prints above the
/// prompt while it stands there.
pub(in crate::commands) fn read_lines(
    event: Sender<Event>,
    next: Receiver<()>,
    prompt: String,
    again: impl Fn() + Send + 'static,
) -> Option<Box<dyn ExternalPrinter + Send>> {
    let editor = if std::io::stdin().is_terminal() { rustyline::DefaultEditor::new().ok() } else { None };
    let Some(mut editor) = editor else {
        std::thread::spawn(move || {
            loop {
                // Standard input is held for one line only: a command may read what follows, as `write` does.
                let mut line = String::new();
                if !std::io::stdin().read_line(&mut line).is_ok_and(|length| length > 0) {
                    break;
                }
                if event.send(Event::Line(line)).is_err() || next.recv().is_err() {
                    return;
                }
            }
            let _ = event.send(Event::NoMoreLines);
        });
        return None;
    };
    let printer = editor.create_external_printer().ok();
    std::thread::spawn(move || {
        loop {
            again();
            let Ok(line) = editor.readline(&prompt) else {
                let _ = event.send(Event::Stop);
                return;
            };
            // The history lives in memory alone and ends with the process.
            let _ = editor.add_history_entry(&line);
            if event.send(Event::Line(line)).is_err() || next.recv().is_err() {
                return;
            }
        }
    });
    printer.map(|printer| Box::new(printer) as Box<dyn ExternalPrinter + Send>)
}

pub(super) fn take_commands(
    desk: &Desk,
    events: &Receiver<Event>,
    go_on: &Sender<()>,
) -> Result<(), Failure> {
    let home = desk.home()?;
    loop {
        // Looked at now and then, since a machine that slept did not count the time.
        let patience = match home.lock_due_at() {
            Some(due) => (due - Utc::now()).to_std().unwrap_or_default().min(LOOK_AT_THE_CLOCK),
            None => LOOK_AT_THE_CLOCK,
        };
        let event = events.recv_timeout(patience);
        if home.lock_if_idle() {
            desk.screen.aside(&say!(desk.words, "locked-by-itself"));
        }
        match event {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(Event::Stop) | Err(RecvTimeoutError::Disconnected) => break,
            // A script's commands are done; it stays live until it is ended.
            Ok(Event::NoMoreLines) => {}
            Ok(Event::Line(line)) => {
                home.note_activity();
                if !take_command(desk, &line)? {
                    break;
                }
                let _ = go_on.send(());
            }
        }
    }
    Ok(())
}

/// Runs one line; `false` ends. What goes wrong is told, and the prompt comes again.
fn take_command(desk: &Desk, line: &str) -> Result<bool, Failure> {
    let Some(words) = cut(line) else {
        desk.screen.aside(&say!(desk.words, "error-open-quote"));
        return Ok(true);
    };
    match words.first().map(String::as_str) {
        None => return Ok(true),
        Some("quit" | "exit") => return Ok(false),
        Some(_) => {}
    }
    let parsed = prompt_commands()
        .try_get_matches_from(words)
        .and_then(|matches| PromptLine::from_arg_matches(&matches));
    let line = match parsed {
        Ok(line) => line,
        Err(usage) => {
            desk.screen.aside(usage.to_string().trim_end());
            return Ok(true);
        }
    };
    // The way to help stays open, whatever is locked.
    if !matches!(line.command, Command::HelpNow { .. })
        && let Err(failure) = unlock_again(desk)
    {
        if let Some(sentence) = failure.sentence(&desk.words) {
            desk.screen.aside(&sentence);
        }
        return Ok(true);
    }
    let before = desk.flags();
    desk.set_flags(before.0 || line.json, before.1 || line.yes);
    let done = run_anywhere(desk, line.command);
    desk.set_flags(before.0, before.1);
    match done {
        Ok(()) => Ok(true),
        Err(Failure::PipeClosed) => Err(Failure::PipeClosed),
        Err(failure) => {
            if let Some(sentence) = failure.sentence(&desk.words) {
                desk.screen.aside(&sentence);
            }
            Ok(true)
        }
    }
}

/// Unlocks the journal after it has locked itself. Where a passphrase wraps the keys, it is asked for anew.
fn unlock_again(desk: &Desk) -> Result<(), Failure> {
    let home = desk.home()?;
    if home.is_locked() {
        desk.open_keys()?;
        home.unlock()?;
    }
    Ok(())
}

/// The commands as the prompt knows them: those that make sense only outside are not shown.
fn prompt_commands() -> clap::Command {
    [
        "init",
        "pair",
        "sync",
        "together",
        "passphrase",
        "demo",
        "completions",
        "erase-everything",
        "go-on-here",
    ]
    .iter()
    .fold(PromptLine::command(), |commands, outside| {
        commands.mut_subcommand(outside, |command| command.hide(true))
    })
}
