//! The status of `sync`: a few rows right above the prompt that say how things stand, rewritten in place.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use common_ground::home::CommonGround;
use common_ground::id::RelationshipId;
use common_ground::link::{ExchangeProgress, Link, LinkState};
use common_ground::relationship::Relationship;

use crate::screen::{Screen, harmless};
use crate::words::{Words, say};

/// How many people have a row of their own.
const ROWS: usize = 3;
/// One row up, and it is empty.
const UP: &str = "\x1b[1A\x1b[2K";

/// How many rows of status stand right above the prompt; none after something else was printed there.
#[derive(Clone, Default)]
pub(super) struct Standing(Arc<AtomicUsize>);

impl Standing {
    /// A line was typed: what it prints comes in between.
    pub(super) fn is_past(&self) {
        self.0.store(0, Ordering::SeqCst);
    }
}

/// What the rows are made of.
pub(super) struct StatusLine {
    words: Arc<Words>,
    screen: Arc<Screen>,
    home: Arc<CommonGround>,
    link: Arc<Link>,
    standing: Standing,
    since: HashMap<RelationshipId, DateTime<Utc>>,
    shown: Vec<String>,
}

impl StatusLine {
    pub(super) fn new(
        words: Arc<Words>,
        screen: Arc<Screen>,
        home: Arc<CommonGround>,
        link: Arc<Link>,
        standing: Standing,
    ) -> Self {
        Self { words, screen, home, link, standing, since: HashMap::new(), shown: Vec::new() }
    }

    /// What to print so that these lines stand above the rows and the rows are up to date; nothing where all is as it
    /// was.
    pub(super) fn around(&mut self, lines: &[String], meant: &[Relationship]) -> Option<String> {
        let rows = self.rows(meant);
        let standing = self.standing.0.load(Ordering::SeqCst);
        if lines.is_empty() && rows == self.shown && standing == rows.len() {
            return None;
        }
        let mut out = UP.repeat(standing);
        for line in lines {
            out += &harmless(&self.screen.wrapped(0, line));
            out.push('\n');
        }
        for row in &rows {
            out += &self.screen.faint(row);
            out.push('\n');
        }
        self.standing.0.store(rows.len(), Ordering::SeqCst);
        self.shown = rows;
        Some(out)
    }

    fn rows(&mut self, meant: &[Relationship]) -> Vec<String> {
        // What was read a moment ago is as good where the file is busy.
        let now = self.home.relationships().unwrap_or_default();
        let meant: Vec<Relationship> =
            meant.iter().map(|one| now.iter().find(|now| now.id == one.id).unwrap_or(one).clone()).collect();
        let state = |one: &Relationship| self.link.state(one.id).unwrap_or(LinkState::Apart);
        let (here, away): (Vec<_>, Vec<_>) =
            meant.iter().map(|one| (one, state(one))).partition(|(_, state)| *state != LinkState::Apart);
        for (one, state) in here.iter().chain(&away) {
            match state {
                LinkState::Apart => drop(self.since.remove(&one.id)),
                LinkState::InStep => drop(self.since.entry(one.id).or_insert_with(Utc::now)),
                LinkState::CatchingUp => {}
            }
        }
        let all = here.len() + away.len();
        let mut rows: Vec<String> = here
            .iter()
            .chain(&away)
            .take(ROWS)
            .map(|(one, state)| self.fitting(&self.row(one, *state)))
            .collect();
        if all > ROWS {
            rows.push(self.fitting(&say!(self.words, "status-more", "count" => all - ROWS)));
        }
        rows
    }

    fn row(&self, with: &Relationship, state: LinkState) -> String {
        let (words, name) = (&self.words, with.other.display_name.as_str());
        let mut parts = Vec::new();
        match state {
            LinkState::Apart => {
                parts.push(say!(words, "status-apart", "name" => name));
                parts.push(match with.in_step_at {
                    Some(at) => say!(words, "status-last", "when" => words.instant(at)),
                    None => say!(words, "status-never"),
                });
            }
            LinkState::InStep => parts.push(match self.since.get(&with.id) {
                Some(since) => {
                    say!(words, "status-line-in-step-since", "name" => name, "since" => words.instant(*since))
                }
                None => say!(words, "status-line-in-step", "name" => name),
            }),
            LinkState::CatchingUp => {
                parts.push(say!(words, "status-catching-up", "name" => name));
                let progress = self.link.progress(with.id).ok().flatten();
                parts.extend(progress.map(|progress| counts(words, &progress)).unwrap_or_default());
            }
        }
        if state == LinkState::Apart && with.waiting_to_go > 0 {
            parts.push(say!(words, "status-waits", "count" => with.waiting_to_go));
        }
        parts.join(" · ")
    }

    /// As much as fits into one row.
    fn fitting(&self, row: &str) -> String {
        let width = self.screen.width();
        if row.chars().count() < width {
            return row.to_owned();
        }
        row.chars().take(width.saturating_sub(2)).chain(['…']).collect()
    }
}

/// How far catching up has got, as far as there is anything to tell.
fn counts(words: &Words, progress: &ExchangeProgress) -> Vec<String> {
    let mut parts = Vec::new();
    if progress.to_receive > 0 {
        parts.push(say!(words, "status-came", "done" => progress.received, "all" => progress.to_receive));
    }
    if progress.to_send > 0 {
        parts.push(say!(words, "status-went", "done" => progress.sent, "all" => progress.to_send));
    }
    if let Some(percent) = progress.parcel_bytes.saturating_mul(100).checked_div(progress.parcel_bytes_in_all)
    {
        parts.push(say!(words, "status-excerpts", "percent" => percent));
    }
    parts
}
