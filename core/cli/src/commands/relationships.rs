//! `relationships`, `terms`, `rename`, `rename-me`, `pause`, `resume` and `end`: with whom one is, what both have read,
//! and how it ends.

use std::io::IsTerminal;

use common_ground::relationship::{Relationship, Role, TERMS_VERSION, Terms};
use serde::Serialize;

use super::profile::role_name;
use crate::args::{EndArgs, TermsArgs};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    relationship: Relationship,
    terms: Terms,
}

/// Everyone, with how it stands.
pub(super) fn list(desk: &Desk) -> Result<(), Failure> {
    let (words, screen, home) = (&desk.words, &desk.screen, desk.home()?);
    let listed = home
        .relationships()?
        .into_iter()
        .map(|relationship| Ok(Listed { terms: home.terms(relationship.id)?, relationship }))
        .collect::<Result<Vec<_>, Failure>>()?;
    if desk.json() {
        return screen.document(&listed);
    }
    if listed.is_empty() {
        return screen.text(0, &say!(words, "relationships-none"));
    }
    for (n, one) in listed.iter().enumerate() {
        let with = &one.relationship;
        named(desk, n + 1, with)?;
        standing(desk, with, &one.terms)?;
    }
    Ok(())
}

/// What `status` and the list begin with: the number of a relationship, with whom it is, and since when.
pub(super) fn named(desk: &Desk, number: usize, with: &Relationship) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let role = role_name(words, with.other.role);
    screen.line(&format!("{number}  {}  {}", screen.bold(&with.other.display_name), screen.faint(&role)))?;
    screen.text(3, &say!(words, "status-paired", "day" => words.day_of(with.paired_at)))
}

/// What `status` and the list say of a relationship: its other name, whether it is paused or over, what was not read.
pub(super) fn standing(desk: &Desk, with: &Relationship, terms: &Terms) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let other = &with.other;
    let name = other.display_name.as_str();
    if other.display_name != other.calls_themselves {
        let own = other.calls_themselves.as_str();
        screen.text(3, &screen.faint(&say!(words, "relationships-calls-themselves", "name" => own)))?;
    }
    if let Some(since) = with.paused_at {
        let day = words.day_of(since);
        screen.text(3, &say!(words, "relationships-paused", "name" => name, "day" => day))?;
    }
    if let Some(ended) = with.ended {
        let day = words.day_of(ended.at);
        let told = if ended.by == other.person {
            say!(words, "relationships-ended-by-other", "name" => name, "day" => day)
        } else {
            say!(words, "relationships-ended-by-me", "day" => day)
        };
        screen.text(3, &told)?;
    }
    if terms.is_to_be_read {
        screen.text(3, &to_be_read(desk, terms))?;
    }
    Ok(())
}

fn to_be_read(desk: &Desk, terms: &Terms) -> String {
    if terms.me.is_some() { say!(desk.words, "terms-changed") } else { say!(desk.words, "terms-not-read") }
}

/// Shows what is shared, what never is, and the limits of confidentiality, as this person is to read it.
pub(super) fn show_terms(desk: &Desk, role: Role, name: &str) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    screen.text(0, &screen.bold(&say!(words, "terms-title")))?;
    let own = match role {
        Role::Client => [
            say!(words, "terms-never-client", "name" => name),
            say!(words, "terms-remember-client", "name" => name),
            say!(words, "terms-limits-client", "name" => name),
        ],
        Role::Therapist => [
            say!(words, "terms-never-therapist", "name" => name),
            say!(words, "terms-remember-therapist", "name" => name),
            say!(words, "terms-limits-therapist", "name" => name),
        ],
    };
    let [never, remember, limits] = own;
    let shared = say!(words, "terms-shared", "name" => name);
    for part in [shared, never, remember, say!(words, "terms-devices"), limits] {
        screen.text(2, &part)?;
    }
    screen.text(2, &say!(words, "not-monitored"))?;
    screen.text(2, &say!(words, "help-now-hint"))?;
    screen.gap()
}

/// Shows the text again, and notes that it was read.
pub(super) fn terms(desk: &Desk, args: &TermsArgs) -> Result<(), Failure> {
    let (words, screen, home) = (&desk.words, &desk.screen, desk.home()?);
    let with = match &args.person {
        Some(person) => desk.relationship_with(person)?,
        None => desk.relationship()?,
    };
    let name = with.other.display_name.as_str();
    let mut terms = home.terms(with.id)?;
    if desk.json() {
        if args.i_have_read_it {
            terms = home.read_terms(with.id, TERMS_VERSION)?;
        }
        return screen.document(&terms);
    }
    show_terms(desk, desk.me()?.role, name)?;
    match terms.other {
        Some(read) => {
            let day = words.day_of(read.at);
            screen.text(0, &say!(words, "terms-read-by-other", "name" => name, "day" => day))?;
        }
        None => screen.text(0, &say!(words, "terms-not-read-by-other", "name" => name))?,
    }
    if let Some(read) = terms.me.filter(|_| !terms.is_to_be_read) {
        return screen.text(0, &say!(words, "terms-read-by-me", "day" => words.day_of(read.at)));
    }
    if with.ended.is_some() {
        return Ok(());
    }
    if !args.i_have_read_it {
        desk.ask(&say!(words, "ask-terms-read"))?;
    }
    home.read_terms(with.id, TERMS_VERSION)?;
    screen.text(0, &screen.green(&say!(words, "terms-noted", "name" => name)))
}

/// Calls somebody by another name, or as they call themselves.
pub(super) fn rename(desk: &Desk, person: &str, name: Option<&str>) -> Result<(), Failure> {
    let with = desk.relationship_with(person)?;
    let renamed = desk.home()?.call_them(with.id, name.unwrap_or_default())?;
    if desk.json() {
        return desk.screen.document(&renamed);
    }
    let shown = renamed.other.display_name.as_str();
    let told = if shown == renamed.other.calls_themselves {
        say!(desk.words, "renamed-back", "name" => shown)
    } else {
        say!(desk.words, "renamed", "name" => shown)
    };
    desk.screen.text(0, &told)
}

/// Takes another name.
pub(super) fn rename_me(desk: &Desk, name: &str) -> Result<(), Failure> {
    let profile = desk.home()?.rename_me(name)?;
    if desk.json() {
        return desk.screen.document(&profile);
    }
    desk.screen.text(0, &say!(desk.words, "renamed-me", "name" => profile.display_name.as_str()))
}

/// Pauses, or goes on.
pub(super) fn pause(desk: &Desk, person: &str, pauses: bool) -> Result<(), Failure> {
    let with = desk.relationship_with(person)?;
    let home = desk.home()?;
    let changed = if pauses { home.pause(with.id)? } else { home.resume(with.id)? };
    if desk.json() {
        return desk.screen.document(&changed);
    }
    let name = with.other.display_name.as_str();
    let told = if pauses {
        say!(desk.words, "paused-now", "name" => name)
    } else {
        say!(desk.words, "resumed-now", "name" => name)
    };
    desk.screen.text(0, &told)
}

/// Ends it, after saying what stays and what goes; then asks once whether to take back what was handed over.
pub(super) fn end(desk: &Desk, args: &EndArgs) -> Result<(), Failure> {
    let (words, screen, home) = (&desk.words, &desk.screen, desk.home()?);
    let mut with = desk.relationship_with(&args.person)?;
    let name = with.other.display_name.clone();
    let name = name.as_str();
    if with.ended.is_none() {
        if !desk.json() {
            screen.text(0, &screen.bold(&say!(words, "end-explained", "name" => name)))?;
            screen.text(0, &say!(words, "end-stays"))?;
            screen.text(0, &say!(words, "end-goes", "name" => name))?;
            screen.text(0, &say!(words, "end-again"))?;
            screen.gap()?;
        }
        desk.confirm(&say!(words, "ask-end", "name" => name))?;
        with = home.end(with.id)?;
        if !desk.json() {
            screen.text(0, &screen.green(&say!(words, "ended-now")))?;
        }
    }
    if home.asks_to_take_back()?.contains(&with.id) {
        take_back(desk, &with, args)?;
    }
    if desk.json() { screen.document(&with) } else { Ok(()) }
}

fn take_back(desk: &Desk, with: &Relationship, args: &EndArgs) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let name = with.other.display_name.as_str();
    let answer = match (args.take_back, args.leave) {
        (true, _) => true,
        (_, true) => false,
        _ if desk.json() || !std::io::stdin().is_terminal() => {
            screen.aside(&say!(words, "end-not-answered"));
            return Ok(());
        }
        _ => {
            screen.text(0, &say!(words, "end-take-back-explained", "name" => name))?;
            desk.ask_either(&say!(words, "ask-take-all-back"))?
        }
    };
    desk.home()?.answer_take_back(with.id, answer)?;
    if desk.json() {
        return Ok(());
    }
    let told = if answer {
        say!(words, "taken-all-back", "name" => name)
    } else {
        say!(words, "left-as-is", "name" => name)
    };
    screen.text(0, &told)
}
