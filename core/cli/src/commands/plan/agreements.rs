//! Agreeing to wordings, saying "not yet", and what was agreed when.

use std::path::Path;

use common_ground::error::Thing;
use common_ground::id::GoalId;
use common_ground::plan::{OpenWording, Plan, SealedWording, StanceKind, Standing, WordingDigest};
use common_ground::relationship::Relationship;
use serde::Serialize;

use super::{goals, show, values, wording};
use crate::args::StanceArgs;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

pub(super) fn agree(desk: &Desk, wanted: &str, shown: Option<&str>) -> Result<(), Failure> {
    let words = &desk.words;
    let (with, plan) = desk.plan()?;
    let id = goals::find(desk, &plan, wanted)?;
    let digest = match shown {
        Some(digest) => digest.parse::<WordingDigest>()?,
        None => put_before_the_person(desk, &plan, id, &with)?,
    };
    desk.confirm(&say!(words, "ask-agree"))?;
    let goal = plan.agree(id, digest)?;
    let sentence = match goal.summary.standing {
        Standing::Agreed { .. } => say!(words, "goal-agreed-both"),
        _ => say!(words, "goal-agreed-by-you", "name" => with.other.display_name.as_str()),
    };
    goals::done(desk, &goal, &sentence)
}

/// Shows a wording: what is signed is what stands on the screen right above the question.
fn put_before_the_person(
    desk: &Desk,
    plan: &Plan,
    id: GoalId,
    with: &Relationship,
) -> Result<WordingDigest, Failure> {
    let screen = &desk.screen;
    let goal = plan.goal(id)?;
    if desk.json() {
        screen.aside(&wording::in_one(desk, &goal, with));
    } else {
        screen.line(&screen.bold(&goal.summary.title))?;
        wording::print(desk, &goal, with)?;
        show::print_difference(desk, plan, &goal, with)?;
        screen.gap()?;
    }
    Ok(goal.digest)
}

/// "Not yet" or "I see it differently", of the wording as it stands.
pub(super) fn stance(desk: &Desk, args: StanceArgs, stance: StanceKind) -> Result<(), Failure> {
    let (with, plan) = desk.plan()?;
    let id = goals::find(desk, &plan, &args.goal)?;
    let digest = match &args.shown {
        Some(digest) => digest.parse()?,
        None => goals::as_shown(desk, &plan, id)?.digest,
    };
    let goal = plan.take_stance(id, digest, stance, args.why)?;
    let name = with.other.display_name.as_str();
    goals::done(desk, &goal, &say!(desk.words, "goal-stance", "name" => name))
}

pub(super) fn take_back(desk: &Desk, wanted: &str) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let goal = plan.take_back_stance(goals::find(desk, &plan, wanted)?)?;
    goals::done(desk, &goal, &say!(desk.words, "taken-back"))
}

pub(super) fn withdraw(desk: &Desk, wanted: &str) -> Result<(), Failure> {
    let (with, plan) = desk.plan()?;
    let goal = plan.goal(goals::find(desk, &plan, wanted)?)?;
    let me = desk.me()?.person;
    // The wording as it stands if one agreed to that, otherwise the one in force.
    let wording = match &goal.sealed {
        Some(sealed) if !goal.agreed_by.contains(&me) => sealed.digest,
        _ => goal.digest,
    };
    desk.confirm(&say!(desk.words, "ask-withdraw", "name" => with.other.display_name.as_str()))?;
    let goal = plan.withdraw(goal.summary.id, wording)?;
    goals::done(desk, &goal, &say!(desk.words, "goal-withdrawn"))
}

#[derive(Serialize)]
struct Open {
    open: Vec<OpenWording>,
}

/// The goals on which the two do not agree, or not yet.
pub(super) fn open(desk: &Desk) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (with, plan) = desk.plan()?;
    let open = plan.open_wordings()?;
    if desk.json() {
        return screen.document(&Open { open });
    }
    if open.is_empty() {
        return screen.text(0, &say!(words, "goals-none-open"));
    }
    let all = goals::numbered(desk, &plan)?;
    for one in &open {
        goals::heading(desk, &all, one.goal, &one.title)?;
        for person in &one.agreed_by {
            let name = desk.name_of(*person, &with);
            screen.text(4, &say!(words, "goal-agreed-so-far", "name" => name))?;
        }
        for stance in &one.stances {
            let (name, said) = (desk.name_of(stance.by, &with), values::stance(words, stance.stance));
            screen.text(4, &show::with_why(format!("{name}: {said}"), stance.why.as_deref()))?;
        }
        if one.agreed_by.is_empty() && one.stances.is_empty() {
            screen.text(4, &say!(words, "goal-nobody-said"))?;
        }
        if one.another_in_force {
            screen.text(4, &say!(words, "goal-another-in-force"))?;
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct Agreements {
    agreements: Vec<SealedWording>,
}

/// Everything that both ever agreed to on a goal, oldest first.
pub(super) fn list(desk: &Desk, wanted: &str) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (with, plan) = desk.plan()?;
    let agreements = plan.agreements(goals::find(desk, &plan, wanted)?)?;
    if desk.json() {
        return screen.document(&Agreements { agreements });
    }
    if agreements.is_empty() {
        return screen.text(0, &say!(words, "agreements-none"));
    }
    for (n, sealed) in agreements.iter().enumerate() {
        if n > 0 {
            screen.gap()?;
        }
        let day = words.day_of(sealed.since);
        let head = say!(words, "agreement-of", "number" => n + 1, "day" => day);
        screen.line(&screen.green(&head))?;
        screen.line(&format!("  {}", screen.bold(&sealed.title)))?;
        wording::print(desk, sealed, &with)?;
        if let Some(withdrawal) = &sealed.withdrawn {
            let (name, day) = (desk.name_of(withdrawal.by, &with), words.day_of(withdrawal.at));
            screen.text(2, &say!(words, "agreement-withdrawn", "name" => name, "day" => day))?;
        }
        screen.line(&screen.faint(&format!("  {}", sealed.digest)))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Written<'a> {
    path: &'a str,
    digest: WordingDigest,
}

/// Writes one agreement as a file that can be checked alone.
pub(super) fn export(
    desk: &Desk,
    wanted: &str,
    path: &Path,
    number: Option<usize>,
    force: bool,
) -> Result<(), Failure> {
    let words = &desk.words;
    let (_, plan) = desk.plan()?;
    let id = goals::find(desk, &plan, wanted)?;
    let agreements = plan.agreements(id)?;
    let index = number.unwrap_or(agreements.len()).checked_sub(1);
    let missing = common_ground::Error::NotFound { what: Thing::Wording };
    let sealed = index.and_then(|index| agreements.get(index)).ok_or(missing)?;
    let name = path.display().to_string();
    desk.screen.aside(&say!(words, "export-anyone-can-read", "path" => name.as_str()));
    desk.confirm(&say!(words, "ask-export"))?;
    let text = plan.export_agreement(id, sealed.digest)?;
    crate::outside::write(words, path, &text, force)?;
    if desk.json() {
        return desk.screen.document(&Written { path: &name, digest: sealed.digest });
    }
    desk.screen.text(0, &say!(words, "agreement-written", "path" => name))
}
