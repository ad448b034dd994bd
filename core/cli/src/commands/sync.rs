//! `sync`: meets the other device, brings both plans level, and stays live with a prompt.

use std::collections::{HashMap, HashSet};
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use chrono::Utc;
use clap::{CommandFactory, FromArgMatches};
use common_ground::Error;
use common_ground::home::{Change, CommonGround, Observer};
use common_ground::id::RelationshipId;
use common_ground::link::{ExchangeReport, Link, LinkState};
use common_ground::relationship::Relationship;
use rustyline::ExternalPrinter;
use serde::Serialize;
use tokio::sync::Notify;

use super::meeting::{in_the_way, online};
use super::new_phone;
use super::run_anywhere;
use super::status_line::{Standing, StatusLine};
use crate::args::{Command, PromptLine, ReachArg, cut};
use crate::desk::Desk;
use crate::failure::{Exit, Failure};
use crate::news::News;
use crate::screen::Screen;
use crate::words::{Words, say};

/// How long one attempt of a live `sync` waits for the other device before it begins anew.
const LIVE_PATIENCE_SECONDS: u32 = 600;
/// How long to wait at most before looking whether the journal is to lock itself.
const LOOK_AT_THE_CLOCK: Duration = Duration::from_secs(30);
/// The pause after an exchange that ended in an error, so that two devices at odds do not spin.
const PAUSE: Duration = Duration::from_secs(3);

/// Meets the other device.
pub(super) fn sync(desk: &Desk, once: bool, patience: u32, reach_arg: ReachArg) -> Result<(), Failure> {
    let home = desk.home()?;
    let with = desk.relationships_meant()?;
    if desk.json() && !once {
        return Err(Failure::told(Exit::Usage, say!(desk.words, "error-json-needs-once")));
    }
    let link = desk.wait(home.go_online_with(online(desk, reach_arg)?))??;
    let done = if once { level(desk, &link, &with, patience) } else { live(desk, &home, &link, with) };
    desk.wait(link.go_offline())?;
    done
}

#[derive(Serialize)]
struct Exchanges {
    exchanges: Vec<ExchangeWith>,
}

#[derive(Serialize)]
struct ExchangeWith {
    relationship: RelationshipId,
    with: String,
    report: ExchangeReport,
}

/// `sync --once`: ends when both are level.
fn level(desk: &Desk, link: &Arc<Link>, with: &[Relationship], patience: u32) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let mut news = News::new(desk.home()?, words.clone(), screen.clone(), with)?;
    if !desk.json() {
        screen.aside(&say!(words, "sync-waiting-once", "names" => names(with), "seconds" => patience));
    }
    let mut exchanges = Vec::new();
    let mut failed = None;
    // Everyone is waited for at the same time.
    let started: Vec<_> = with
        .iter()
        .map(|one| {
            let (link, id) = (link.clone(), one.id);
            desk.spawn(async move { link.exchange(id, patience).await }).map(|task| (one, task))
        })
        .collect::<Result<_, _>>()?;
    for (one, task) in started {
        let report = match desk.wait(task)? {
            Ok(Ok(report)) => report,
            Ok(Err(error)) => {
                if error == Error::Unreachable && !desk.json() {
                    let meeting = desk.wait(link.meeting(one.id))??;
                    in_the_way(words, one, &meeting).iter().for_each(|line| screen.aside(line));
                }
                failed = Some(Failure::Core(error));
                continue;
            }
            Err(_) => {
                failed = Some(Failure::Core(Error::Internal { place: "an exchange".to_owned() }));
                continue;
            }
        };
        if !desk.json() {
            print_report(words, screen, one, &report)?;
            for line in news.of(one.id) {
                screen.text(2, &line)?;
            }
        }
        if !report.in_step {
            failed = Some(Failure::told(Exit::Failed, say!(words, "error-not-level")));
        }
        let with = one.other.display_name.clone();
        exchanges.push(ExchangeWith { relationship: one.id, with, report });
    }
    if desk.json() && !exchanges.is_empty() {
        screen.document(&Exchanges { exchanges })?;
    }
    failed.map_or(Ok(()), Err)
}

fn names(with: &[Relationship]) -> String {
    with.iter().map(|one| one.other.display_name.clone()).collect::<Vec<_>>().join(", ")
}

fn print_report(
    words: &Words,
    screen: &Screen,
    with: &Relationship,
    report: &ExchangeReport,
) -> Result<(), Failure> {
    for line in report_lines(words, screen, with, report) {
        screen.text(0, &line)?;
    }
    Ok(())
}

fn report_lines(words: &Words, screen: &Screen, with: &Relationship, report: &ExchangeReport) -> Vec<String> {
    let name = with.other.display_name.as_str();
    let mut lines = vec![say!(words, "sync-report",
        "name" => name, "came" => report.received, "went" => report.sent)];
    if report.refused_here > 0 {
        lines.push(
            screen.red(&say!(words, "sync-refused-here", "name" => name, "count" => report.refused_here)),
        );
    }
    if report.refused_there > 0 {
        lines.push(
            screen.red(&say!(words, "sync-refused-there", "name" => name, "count" => report.refused_there)),
        );
    }
    if report.in_step {
        lines.push(screen.green(&say!(words, "sync-level", "name" => name)));
    }
    lines
}

/// What can happen while live.
pub(super) enum Event {
    /// A line was typed.
    Line(String),
    /// No more lines will come.
    NoMoreLines,
    /// Ctrl-C, a signal, or Ctrl-D at the prompt.
    Stop,
}

/// What the printing thread gets to tell.
pub(super) enum Told {
    Changed(Change),
    Report(RelationshipId, ExchangeReport),
    Trouble(Error),
    /// The prompt stands there again.
    Prompt,
}

/// Hears of changes from the core and passes them on; returns at once.
pub(super) struct Listener {
    told: Sender<Told>,
    apart: HashMap<RelationshipId, Arc<Notify>>,
}

impl Listener {
    /// One that tells when one device is gone.
    pub(super) fn for_one(told: Sender<Told>, id: RelationshipId) -> (Self, Arc<Notify>) {
        let apart = Arc::new(Notify::new());
        (Self { told, apart: HashMap::from([(id, apart.clone())]) }, apart)
    }
}

impl Observer for Listener {
    fn on_change(&self, change: Change) -> common_ground::Result<()> {
        if let Change::Link { relationship, state: LinkState::Apart } = &change
            && let Some(apart) = self.apart.get(relationship)
        {
            apart.notify_one();
        }
        // Nobody listens any more only when `sync` is ending.
        let _ = self.told.send(Told::Changed(change));
        Ok(())
    }
}

/// `sync`: stays live until it is told to stop.
fn live(
    desk: &Desk,
    home: &Arc<CommonGround>,
    link: &Arc<Link>,
    with: Vec<Relationship>,
) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (event, events) = channel();
    let (told, to_tell) = channel();
    let apart: HashMap<_, _> = with.iter().map(|one| (one.id, Arc::new(Notify::new()))).collect();
    let listener = Listener { told: told.clone(), apart: apart.clone() };
    let subscription = home.subscribe(Arc::new(listener));
    screen.text(0, &say!(words, "sync-waiting", "names" => names(&with)))?;
    screen.text(0, &screen.faint(&say!(words, "sync-prompt-explained")))?;

    for one in &with {
        let (link, id, told) = (link.clone(), one.id, told.clone());
        let apart = apart.get(&id).cloned().unwrap_or_default();
        desk.spawn(stay_in_step(link, id, told, apart))?;
    }
    let interrupt = event.clone();
    // A second handler cannot be set; then Ctrl-C ends the process, which loses nothing either.
    let _ = ctrlc::set_handler(move || {
        let _ = interrupt.send(Event::Stop);
    });

    let (go_on, next) = channel();
    let (standing, prompt) = (Standing::default(), told);
    let past = standing.clone();
    let printer = read_lines(event, next, say!(words, "sync-prompt"), move || {
        past.is_past();
        // Nobody listens any more only when `sync` is ending.
        let _ = prompt.send(Told::Prompt);
    });
    let news = News::new(home.clone(), words.clone(), screen.clone(), &with)?;
    let status = StatusLine::new(words.clone(), screen.clone(), home.clone(), link.clone(), standing);
    let (words, screen, here) = (words.clone(), screen.clone(), HashSet::new());
    let teller = Teller { words, screen, with, printer, news, here, status };
    std::thread::spawn(move || teller.tell(&to_tell));

    let done = take_commands(desk, &events, &go_on);
    subscription.end();
    done
}

/// Exchanges with one device, again and again, until the link is closed.
pub(super) async fn stay_in_step(
    link: Arc<Link>,
    id: RelationshipId,
    told: Sender<Told>,
    apart: Arc<Notify>,
) {
    loop {
        match link.exchange(id, LIVE_PATIENCE_SECONDS).await {
            Ok(report) => {
                if told.send(Told::Report(id, report)).is_err() {
                    return;
                }
                while link.state(id).is_ok_and(|state| state != LinkState::Apart) {
                    apart.notified().await;
                }
            }
            Err(Error::Closed) => return,
            Err(Error::Unreachable) => {}
            Err(error) => {
                let is_over = error == Error::Replaced;
                if told.send(Told::Trouble(error)).is_err() || is_over {
                    return;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Reads lines in a thread of its own: at a prompt on a terminal, plainly elsewhere. It waits after each
/// line until the command is done; at a terminal `again` is called before each prompt. Returns what prints above the
/// prompt while it stands there.
pub(super) fn read_lines(
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

fn take_commands(desk: &Desk, events: &Receiver<Event>, go_on: &Sender<()>) -> Result<(), Failure> {
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

/// Prints what the other device does, above the prompt.
struct Teller {
    words: Arc<Words>,
    screen: Arc<Screen>,
    with: Vec<Relationship>,
    printer: Option<Box<dyn ExternalPrinter + Send>>,
    news: News,
    /// Who is here: only coming and going is told, not that an edit is on its way.
    here: HashSet<RelationshipId>,
    /// On a terminal.
    status: StatusLine,
}

impl Teller {
    fn tell(mut self, to_tell: &Receiver<Told>) {
        while let Ok(told) = to_tell.recv() {
            let lines = self.lines(told);
            let printed = match &mut self.printer {
                Some(printer) => match self.status.around(&lines, &self.with) {
                    Some(rows) => printer.print(rows).is_ok(),
                    None => true,
                },
                None => lines.iter().all(|line| self.screen.text(0, line).is_ok()),
            };
            if !printed {
                return;
            }
        }
    }

    fn lines(&mut self, told: Told) -> Vec<String> {
        let (words, screen) = (self.words.clone(), self.screen.clone());
        let with = |id: RelationshipId| self.with.iter().find(|one| one.id == id).cloned();
        match told {
            Told::Report(id, report) => {
                with(id).map(|with| report_lines(&words, &screen, &with, &report)).unwrap_or_default()
            }
            Told::Prompt => Vec::new(),
            Told::Trouble(error) => Failure::Core(error).sentence(&words).into_iter().collect(),
            Told::Changed(Change::Plan { relationship, by_other: true, .. }) => self.news.of(relationship),
            Told::Changed(Change::Plan { relationship, .. }) => {
                self.news.take_note(relationship);
                Vec::new()
            }
            Told::Changed(Change::Parcels { relationship, parcels, by_other: true }) => {
                self.news.of_parcels(relationship, &parcels)
            }
            Told::Changed(Change::Link { relationship, state }) => {
                let Some(with) = with(relationship) else { return Vec::new() };
                let name = with.other.display_name.as_str();
                match state {
                    LinkState::Apart if self.here.remove(&relationship) => {
                        vec![screen.faint(&say!(words, "sync-apart", "name" => name))]
                    }
                    LinkState::CatchingUp | LinkState::InStep if self.here.insert(relationship) => {
                        vec![screen.faint(&say!(words, "sync-connected", "name" => name))]
                    }
                    LinkState::Apart | LinkState::CatchingUp | LinkState::InStep => Vec::new(),
                }
            }
            Told::Changed(Change::Refused { relationship, changes }) => with(relationship)
                .map(|with| {
                    let name = with.other.display_name.as_str();
                    screen.red(&say!(words, "sync-refused-here", "name" => name, "count" => changes))
                })
                .into_iter()
                .collect(),
            Told::Changed(Change::TurnedAway { relationship, changes }) => with(relationship)
                .map(|with| {
                    let name = with.other.display_name.as_str();
                    screen.red(&say!(words, "sync-turned-away", "name" => name, "count" => changes))
                })
                .into_iter()
                .collect(),
            Told::Changed(Change::NewDevice { relationship }) => {
                with(relationship).map(|with| new_phone::told(&words, &with)).into_iter().collect()
            }
            // It is said by the exchange that fails because of it.
            Told::Changed(Change::Replaced) => Vec::new(),
            // The status says what there is to say of progress.
            Told::Changed(
                Change::Journal { .. }
                | Change::Reminders
                | Change::Relationship { .. }
                | Change::Progress { .. }
                | Change::Parcels { .. }
                | Change::Presence { .. },
            ) => Vec::new(),
        }
    }
}
