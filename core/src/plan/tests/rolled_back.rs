//! A copied folder, a restored phone: nothing is lost, nothing stands twice, and both end level.

use super::*;
use std::path::Path;

/// A copy of a closed home's folder, as a backup of the operating system makes it.
pub(super) fn copy_of(folder: &Path) -> tempfile::TempDir {
    let copy = scratch();
    for file in std::fs::read_dir(folder).expect("a folder") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), copy.path().join(file.file_name())).expect("copied");
    }
    copy
}

/// Puts a copy in the place of what is there, and opens it.
pub(crate) fn restore(device: &mut Device, copy: tempfile::TempDir) {
    device.home.shut();
    device.folder = copy;
    device.home =
        CommonGround::open_in(device.folder.path(), device.vault.clone(), device.world.clone() as World)
            .expect("opened");
}

pub(crate) fn backup(device: &mut Device) -> tempfile::TempDir {
    device.home.shut();
    let copy = copy_of(device.folder.path());
    device.home =
        CommonGround::open_in(device.folder.path(), device.vault.clone(), device.world.clone() as World)
            .expect("opened");
    copy
}

fn titles(device: &Device) -> Vec<String> {
    let mut titles: Vec<String> =
        device.plan().goals(true).expect("goals").into_iter().map(|goal| goal.title).collect();
    titles.sort();
    titles
}

fn actor(device: &Device) -> [u8; 16] {
    device.shared_plan().with_document(|open| Ok(open.loaded.actor)).expect("an actor")
}

#[test]
fn what_i_lost_comes_back_from_the_other() {
    let (mut anna, ben) = two();
    anna.plan().propose_goal(goal("Kept", "")).expect("proposed");
    level(&anna, &ben);
    let copy = backup(&mut anna);
    anna.plan().propose_goal(goal("Lost", "for a while")).expect("proposed");
    level(&anna, &ben);
    let before = actor(&anna);
    restore(&mut anna, copy);
    assert_eq!(titles(&anna), ["Kept"]);
    level(&anna, &ben);
    assert_eq!(titles(&anna), ["Kept", "Lost"]);
    assert_ne!(actor(&anna), before, "it goes on under a fresh actor");
    anna.plan().propose_goal(goal("Next", "")).expect("proposed");
    level(&anna, &ben);
    assert_eq!(titles(&ben), ["Kept", "Lost", "Next"]);
}

#[test]
fn who_has_written_more_since_than_the_other_had_of_them_goes_on_afresh_all_the_same() {
    let (mut anna, ben) = two();
    anna.plan().propose_goal(goal("Kept", "")).expect("proposed");
    level(&anna, &ben);
    let copy = backup(&mut anna);
    anna.plan().propose_goal(goal("Lost", "for a while")).expect("proposed");
    level(&anna, &ben);
    restore(&mut anna, copy);
    anna.world.pass(60);
    for title in ["One", "Two", "Three"] {
        anna.plan().propose_goal(goal(title, "")).expect("proposed");
    }
    // Ben has nothing to say of his own, and takes her word for what she has.
    level(&anna, &ben);
    assert_eq!(titles(&anna), ["Kept", "Lost", "One", "Three", "Two"]);
}

#[test]
fn what_only_i_have_under_numbers_that_were_used_is_written_again() {
    let (mut anna, ben) = two();
    let first = anna.plan().propose_goal(goal("First", "Because")).expect("proposed").summary.id;
    level(&anna, &ben);
    let copy = backup(&mut anna);
    let lost = anna.plan().propose_goal(goal("Seen by Ben alone", "")).expect("proposed").summary.id;
    anna.plan().rate(first, NewRating { value: 4, helped: None, hindered: None }).expect("rated");
    level(&anna, &ben);
    ben.plan().rate(lost, NewRating { value: 1, helped: None, hindered: None }).expect("rated");
    restore(&mut anna, copy);
    // Other changes under the same numbers, which Ben has never seen.
    anna.world.pass(60);
    let shown = anna.plan().goal(first).expect("the goal");
    let edit = GoalEdit { why: Some("Because of the children".to_owned()), ..GoalEdit::default() };
    anna.plan().edit_goal(first, shown.version, edit).expect("edited");
    anna.plan().propose_goal(goal("Seen by Anna alone", "So far")).expect("proposed");
    let digest = anna.plan().goal(first).expect("the goal").digest;
    anna.plan().agree(first, digest).expect("agreed");
    level(&anna, &ben);
    assert_eq!(titles(&anna), ["First", "Seen by Anna alone", "Seen by Ben alone"]);
    assert!(ben.plan().goal(first).expect("the goal").why == "Because of the children");
    assert_eq!(ben.plan().goal(first).expect("the goal").agreed_by, vec![anna.me()]);
    anna.reopen();
    ben.plan().propose_goal(goal("Later", "")).expect("proposed");
    level(&anna, &ben);
    assert_eq!(titles(&anna).len(), 4);
}

#[test]
fn two_copies_of_one_folder_end_level_with_the_other() {
    let (mut anna, ben) = two();
    anna.plan().propose_goal(goal("Before", "")).expect("proposed");
    level(&anna, &ben);
    let copy = backup(&mut anna);
    let mut twin = Device {
        folder: copy,
        vault: anna.vault.clone(),
        world: StillWorld::new(3),
        home: anna.home.clone(),
        relationship: anna.relationship,
    };
    twin.home = CommonGround::open_in(twin.folder.path(), twin.vault.clone(), twin.world.clone() as World)
        .expect("opened");
    twin.world.pass(1_000);
    for n in 0..3 {
        anna.plan().propose_goal(goal(&format!("Original {n}"), "")).expect("proposed");
        twin.plan().propose_goal(goal(&format!("Copy {n}"), "")).expect("proposed");
    }
    level(&anna, &ben);
    level(&twin, &ben);
    level(&anna, &ben);
    level(&twin, &ben);
    assert_eq!(titles(&anna).len(), 7);
    assert_eq!(titles(&anna), titles(&twin));
}

#[test]
fn a_history_longer_than_a_frame_comes_back_whole() {
    let (mut anna, ben) = two();
    let copy = backup(&mut anna);
    let id = anna.plan().propose_goal(goal("Kept", "")).expect("proposed").summary.id;
    for n in 0..40 {
        let shown = anna.plan().goal(id).expect("the goal");
        let why = Some(format!("{n} {}", "words and more words ".repeat(60)));
        anna.plan().edit_goal(id, shown.version, GoalEdit { why, ..GoalEdit::default() }).expect("edited");
    }
    level(&anna, &ben);
    restore(&mut anna, copy);
    level(&anna, &ben);
    assert!(anna.plan().goal(id).expect("the goal").why.starts_with("39 words"));
}
