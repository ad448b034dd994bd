//! Not agreeing, or not yet: said without signing, and it withdraws nothing.

use super::*;
use crate::error::Thing;

fn not_yet(device: &Device, why: &str) -> Goal {
    let goal = device.only_goal();
    let why = Some(why.to_owned());
    device.plan().take_stance(goal.summary.id, goal.digest, StanceKind::NotYet, why).expect("said")
}

fn retitle(device: &Device, title: &str) {
    let shown = device.only_goal();
    let edit = GoalEdit { title: Some(title.to_owned()), ..GoalEdit::default() };
    device.plan().edit_goal(shown.summary.id, shown.version, edit).expect("edited");
}

fn a_goal() -> (Device, Device, GoalId) {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "For the air.")).expect("proposed").summary.id;
    level(&anna, &ben);
    (anna, ben, id)
}

fn an_agreed_goal() -> (Device, Device, GoalId) {
    let (anna, ben, id) = a_goal();
    anna.plan().agree(id, anna.only_goal().digest).expect("agreed");
    ben.plan().agree(id, ben.only_goal().digest).expect("agreed");
    level(&anna, &ben);
    (anna, ben, id)
}

#[test]
fn not_yet_is_said_with_a_word_why_and_both_read_it() {
    let (anna, ben, _) = a_goal();
    let said = not_yet(&ben, " The word \"daily\" worries me. ");
    assert_eq!(said.stances.len(), 1);
    level(&anna, &ben);
    let seen = anna.only_goal();
    let stance = &seen.stances[0];
    assert!(stance.by == ben.me() && stance.stance == StanceKind::NotYet && stance.is_current);
    assert!(stance.digest == seen.digest && stance.at == ben.world.now());
    assert!(stance.why.as_deref() == Some("The word \"daily\" worries me."));
    // Said again it takes the place of what was said before; without a word it has none.
    ben.plan().take_stance(seen.summary.id, seen.digest, StanceKind::Disagree, None).expect("said");
    level(&anna, &ben);
    let seen = anna.only_goal();
    assert!(seen.stances.len() == 1 && seen.stances[0].stance == StanceKind::Disagree);
    assert!(seen.stances[0].why.is_none());
    ben.plan().take_back_stance(seen.summary.id).expect("taken back");
    level(&anna, &ben);
    assert!(anna.only_goal().stances.is_empty());
}

#[test]
fn seeing_it_differently_withdraws_nothing_and_is_listed() {
    let (anna, ben, id) = an_agreed_goal();
    assert!(anna.plan().open_wordings().expect("a list").is_empty());
    let digest = anna.only_goal().digest;
    let why = Some("It rains too much".to_owned());
    anna.plan().take_stance(id, digest, StanceKind::Disagree, why).expect("said");
    level(&anna, &ben);
    let seen = ben.only_goal();
    assert!(matches!(seen.summary.standing, Standing::Agreed { .. }));
    assert_eq!(seen.agreed_by.len(), 2);
    let open = ben.plan().open_wordings().expect("a list");
    assert!(open.len() == 1 && open[0].goal == id && open[0].digest == digest);
    assert!(open[0].agreed_by.len() == 2 && open[0].stances == seen.stances && !open[0].another_in_force);
}

#[test]
fn agreeing_takes_ones_own_stance_back_and_leaves_the_others() {
    let (anna, ben, id) = a_goal();
    not_yet(&anna, "Let me think");
    not_yet(&ben, "Me too");
    level(&anna, &ben);
    let shown = ben.only_goal();
    let after = ben.plan().agree(id, shown.digest).expect("agreed");
    assert!(after.stances.len() == 1 && after.stances[0].by == anna.me());
    level(&anna, &ben);
    assert_eq!(anna.only_goal().agreed_by, vec![ben.me()]);
    // Also where one had agreed already, and said something else since.
    not_yet(&ben, "After all");
    let once_more = ben.plan().agree(id, shown.digest).expect("agreed");
    assert!(once_more.stances.iter().all(|stance| stance.by == anna.me()));
    let statements = ben.tables().iter().filter(|row| row.starts_with("statement")).count();
    assert_eq!(statements, 1, "to agree twice is to agree once");
}

#[test]
fn undoing_after_having_agreed_brings_no_stance_back_beside_the_agreement() {
    let (anna, _ben, id) = a_goal();
    not_yet(&anna, "Let me think");
    anna.plan().agree(id, anna.only_goal().digest).expect("agreed");
    let undone = anna.plan().undo().expect("undone");
    assert!(undone.left > 0);
    let goal = anna.only_goal();
    assert!(goal.agreed_by == [anna.me()] && goal.stances.is_empty());
    // A stance alone is an edit like any other.
    not_yet(&anna, "After all");
    anna.plan().undo().expect("undone");
    assert!(anna.only_goal().stances.is_empty());
}

#[test]
fn a_stance_is_about_the_wording_that_was_shown() {
    let (anna, ben, id) = a_goal();
    let shown = ben.only_goal().digest;
    not_yet(&ben, "Why so often?");
    retitle(&anna, "Walk on Sundays");
    level(&anna, &ben);
    let seen = anna.only_goal();
    assert!(seen.stances.len() == 1 && !seen.stances[0].is_current && seen.stances[0].digest == shown);
    let open = anna.plan().open_wordings().expect("a list");
    assert!(open.len() == 1 && open[0].stances.is_empty() && open[0].title == "Walk on Sundays");
    let late = ben.plan().take_stance(id, shown, StanceKind::Disagree, None);
    assert_eq!(late.err(), Some(Error::Changed { what: Thing::Wording }));
    // Put back as it was, it is about the wording as it stands again.
    retitle(&anna, "Walk");
    assert!(anna.only_goal().stances[0].is_current);
}

#[test]
fn what_cannot_be_a_stance_changes_nothing() {
    let (anna, _ben, id) = a_goal();
    let (plan, digest) = (anna.plan(), anna.only_goal().digest);
    let before = plan.version().expect("a version");
    for why in ["x".repeat(4_001), "\u{1b}[2J".to_owned()] {
        let said = plan.take_stance(id, digest, StanceKind::NotYet, Some(why));
        assert!(matches!(said, Err(Error::Invalid { .. })));
    }
    let nowhere = GoalId::from_bytes([9; 16]);
    let said = plan.take_stance(nowhere, digest, StanceKind::NotYet, None);
    assert_eq!(said.err(), Some(Error::NotFound { what: Thing::Goal }));
    assert_eq!(plan.take_back_stance(nowhere).err(), Some(Error::NotFound { what: Thing::Goal }));
    plan.take_back_stance(id).expect("nothing to take back");
    assert!(plan.version().expect("a version") == before);
    anna.home.lock();
    let said = plan.take_stance(id, digest, StanceKind::NotYet, None);
    assert_eq!(said.err(), Some(Error::Locked));
    assert_eq!(plan.open_wordings().err(), Some(Error::Locked));
}

#[test]
fn the_list_of_open_wordings_leaves_out_what_nobody_waits_for() {
    let (anna, ben, agreed) = an_agreed_goal();
    let propose = |title: &str| anna.plan().propose_goal(goal(title, "")).expect("proposed").summary;
    let (proposed, away, declined) = (propose("Sleep"), propose("Swim"), propose("Sing"));
    anna.plan().agree(proposed.id, anna.plan().goal(proposed.id).expect("it").digest).expect("agreed");
    anna.plan().archive_goal(away.id).expect("archived");
    let version = anna.plan().version().expect("a version");
    anna.plan().set_goal_state(declined.id, version, GoalMark::Declined, None).expect("declined");
    let changed = ben.plan().goal(agreed).expect("the goal");
    let edit = GoalEdit { why: Some("For the air and the dog.".to_owned()), ..GoalEdit::default() };
    ben.plan().edit_goal(agreed, changed.version, edit).expect("edited");
    level(&anna, &ben);
    for device in [&anna, &ben] {
        let open = device.plan().open_wordings().expect("a list");
        let goals: Vec<_> = open.iter().map(|open| open.goal).collect();
        assert_eq!(goals, [agreed, proposed.id]);
        assert!(open[0].another_in_force && open[0].agreed_by.is_empty());
        assert!(!open[1].another_in_force && open[1].agreed_by == [anna.me()]);
        assert!(open[1].digest == device.plan().goal(proposed.id).expect("the goal").digest);
    }
}
