//! What is told while it is live: what came and went, and what the other does, above the prompt.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use common_ground::Error;
use common_ground::home::{Change, Observer};
use common_ground::id::RelationshipId;
use common_ground::link::{ExchangeReport, LinkState};
use common_ground::relationship::Relationship;
use rustyline::ExternalPrinter;
use tokio::sync::Notify;

use crate::commands::new_phone;
use crate::commands::status_line::StatusLine;
use crate::failure::Failure;
use crate::news::News;
use crate::screen::Screen;
use crate::words::{Words, say};

pub(super) fn report_lines(
    words: &Words,
    screen: &Screen,
    with: &Relationship,
    report: &ExchangeReport,
) -> Vec<String> {
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

/// What the printing thread gets to tell.
pub(in crate::commands) enum Told {
    Changed(Change),
    Report(RelationshipId, ExchangeReport),
    Trouble(Error),
    /// The prompt stands there again.
    Prompt,
}

/// Hears of changes from the core and passes them on; returns at once.
pub(in crate::commands) struct Listener {
    pub(super) told: Sender<Told>,
    pub(super) apart: HashMap<RelationshipId, Arc<Notify>>,
}

impl Listener {
    /// One that tells when one device is gone.
    pub(in crate::commands) fn for_one(told: Sender<Told>, id: RelationshipId) -> (Self, Arc<Notify>) {
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

/// Prints what the other device does, above the prompt.
pub(super) struct Teller {
    pub(super) words: Arc<Words>,
    pub(super) screen: Arc<Screen>,
    pub(super) with: Vec<Relationship>,
    pub(super) printer: Option<Box<dyn ExternalPrinter + Send>>,
    pub(super) news: News,
    /// Who is here: only coming and going is told, not that an edit is on its way.
    pub(super) here: HashSet<RelationshipId>,
    /// On a terminal.
    pub(super) status: StatusLine,
}

impl Teller {
    pub(super) fn tell(mut self, to_tell: &Receiver<Told>) {
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
