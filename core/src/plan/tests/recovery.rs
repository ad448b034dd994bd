//! A device that wrote what it may not goes on: the other does not take that, and all else arrives. A device that is
//! only told so changes nothing.

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpType};
use automerge::{Change as PlanChange, ReadDoc, ScalarValue};

use super::forger::{Forger, a_plan, op};
use super::rolled_back::{backup, restore};
use super::*;
use crate::exchange::{Built, Position, Refusal, SignedEnd, SignedHead};
use crate::plan::goal::operation_of;
use crate::relationship::key::{DeviceKey, new_actor};

/// A slip: what this device's own gate would have stopped is in its plan.
fn slips(device: &Device, operations: Vec<Op>) -> PlanChange {
    let change = PlanChange::from(Forger::of(device).next(operations));
    let plan = device.shared_plan();
    plan.with_document(|open| {
        open.loaded.document.apply_changes([change.clone()]).expect("applied");
        open.loaded.ledger.learn(&change).expect("learned");
        let moved = [Position { actor: open.loaded.actor, seq: change.seq(), hash: change.hash().0 }];
        let bytes = change.raw_bytes();
        plan.shared
            .file
            .write(|transaction| open.loaded.keep_chunk(transaction, plan.relationship, bytes, 1, &moved))
    })
    .expect("kept");
    plan.rebuild().expect("rebuilt");
    change
}

/// Writes what belongs to the other.
pub(super) fn takes_the_others_words(device: &Device, other: &Device, goal: GoalId) -> PlanChange {
    let successes = Forger::of(device).object(&["goals", &goal.to_string(), "success"]);
    let key = other.me().to_string();
    let before = Forger::of(device).with(|open| {
        let standing = open.loaded.document.get_all(&successes, key.as_str()).expect("a read");
        standing.iter().filter_map(|(_, id)| operation_of(id)).collect()
    });
    slips(device, vec![op(&successes, &key, OpType::Put(ScalarValue::Str("Mine".into())), before)])
}

fn own_aside(device: &Device) -> usize {
    let aside = device.plan().set_aside().expect("a list");
    assert!(aside.iter().all(|change| change.own), "nothing of the other's");
    aside.len()
}

fn actor(device: &Device) -> [u8; 16] {
    device.shared_plan().with_document(|open| Ok(open.loaded.actor)).expect("an actor")
}

fn rate(device: &Device, goal: GoalId, value: u8) {
    device.plan().rate(goal, NewRating { value, helped: None, hindered: None }).expect("rated");
}

fn says_why(device: &Device, goal: GoalId, why: &str) {
    let shown = device.plan().goal(goal).expect("the goal").version;
    let edit = GoalEdit { why: Some(why.to_owned()), ..GoalEdit::default() };
    device.plan().edit_goal(goal, shown, edit).expect("edited");
}

/// What the device shows comes from what lies on the disk, whole.
fn is_whole(device: &Device) {
    let tables = device.tables();
    device.reopen_checked();
    assert!(device.tables() == tables);
}

#[test]
fn a_device_with_a_buggy_change_goes_on_without_it_and_without_pairing_again() {
    let (mut anna, ben, goal_id) = a_plan();
    takes_the_others_words(&anna, &ben, goal_id);
    rate(&anna, goal_id, 3);
    says_why(&anna, goal_id, "Fresh air");
    let second = anna.plan().propose_goal(goal("Second", "Why")).expect("proposed").summary.id;
    rate(&anna, second, 8);
    let before = actor(&anna);
    level(&anna, &ben);
    assert_ne!(actor(&anna), before);
    assert_eq!(own_aside(&anna), 1, "what the slip wrote is kept");
    assert!(ben.plan().set_aside().expect("a list").is_empty(), "it will never count, so it is forgotten");
    let seen = ben.plan().goal(goal_id).expect("the goal");
    assert_eq!(seen.why, "Fresh air");
    assert!(seen.success.iter().all(|success| success.text != "Mine"));
    assert_eq!(ben.plan().goal(second).expect("the goal").ratings.len(), 1);
    anna.reopen();
    is_whole(&anna);
    rate(&anna, goal_id, 9);
    says_why(&ben, goal_id, "Fresh cold air");
    level(&anna, &ben);
    assert_eq!(own_aside(&anna), 1);
    is_whole(&ben);
}

#[test]
fn what_was_written_over_a_slip_is_kept_and_stands_where_it_belongs() {
    let (anna, ben, goal_id) = a_plan();
    let forger = Forger::of(&anna);
    let id = goal_id.to_string();
    let (map, why) = (forger.object(&["goals", &id]), forger.object(&["goals", &id, "why"]));
    let title = forger.writer_of(&["goals", &id, "title"]);
    let too_long = OpType::Put(ScalarValue::Str("x".repeat(300).into()));
    // In the same change it writes a letter that would be allowed.
    let letter = Op {
        action: OpType::Put(ScalarValue::Str("Z".into())),
        obj: ObjectId::Id(operation_of(&why).expect("a text")),
        key: Key::Seq(ElementId::Head),
        pred: vec![].into(),
        insert: true,
    };
    slips(&anna, vec![op(&map, "title", too_long, vec![title]), letter]);
    let shown = anna.plan().goal(goal_id).expect("the goal");
    assert_eq!(shown.why, "ZAir");
    let edit = GoalEdit {
        title: Some("Walk far".to_owned()),
        why: Some("Fresh Air".to_owned()),
        ..GoalEdit::default()
    };
    anna.plan().edit_goal(goal_id, shown.version, edit).expect("edited");
    level(&anna, &ben);
    let seen = ben.plan().goal(goal_id).expect("the goal");
    assert_eq!((seen.summary.title.as_str(), seen.why.as_str()), ("Walk far", "Fresh Air"));
    assert!(!seen.summary.open_choice);
    assert_eq!(own_aside(&anna), 1);
    is_whole(&anna);
}

#[test]
fn a_device_can_go_on_so_more_than_once() {
    let (anna, ben, goal_id) = a_plan();
    for n in 1..=3 {
        takes_the_others_words(&anna, &ben, goal_id);
        rate(&anna, goal_id, n);
        takes_the_others_words(&anna, &ben, goal_id);
        level(&anna, &ben);
        rate(&ben, goal_id, n);
        level(&anna, &ben);
    }
    assert_eq!(own_aside(&anna), 6);
    assert_eq!(ben.plan().goal(goal_id).expect("the goal").ratings.len(), 7);
    is_whole(&anna);
    is_whole(&ben);
}

#[test]
fn the_first_change_of_a_device_can_be_the_slip() {
    let (anna, ben) = two();
    let id = ben.plan().propose_goal(goal("Walk", "Air")).expect("proposed").summary.id;
    level(&anna, &ben);
    takes_the_others_words(&anna, &ben, id);
    rate(&anna, id, 4);
    level(&anna, &ben);
    assert_eq!(own_aside(&anna), 1);
    is_whole(&anna);
    rate(&anna, id, 5);
    level(&anna, &ben);
}

#[test]
fn cut_at_any_frame_and_opened_again_both_are_whole_and_come_level() {
    for frames in 0..14 {
        let (mut anna, mut ben, goal_id) = a_plan();
        takes_the_others_words(&anna, &ben, goal_id);
        rate(&anna, goal_id, 3);
        talk(&anna, &ben, frames).expect("a session");
        for device in [&mut anna, &mut ben] {
            device.reopen();
            is_whole(device);
        }
        rate(&anna, goal_id, 4);
        level(&anna, &ben);
        assert_eq!(own_aside(&anna), 1);
        assert_eq!(ben.plan().goal(goal_id).expect("the goal").ratings.len(), 3);
    }
}

#[test]
fn a_peer_that_refuses_honest_changes_changes_nothing_here() {
    let (anna, ben, goal_id) = a_plan();
    says_why(&anna, goal_id, "Fresh air");
    let (before, tables) = (actor(&anna), anna.tables());
    let mut desk = anna.desk(&ben);
    let changes = Forger::of(&anna).with(|open| open.loaded.document.get_changes(&[]));
    for change in &changes {
        assert!(!desk.refused(&change.hash()).expect("heard"));
    }
    assert!(!desk.refused(&automerge::ChangeHash([7; 32])).expect("heard"));
    assert_eq!(actor(&anna), before);
    assert!(anna.tables() == tables && anna.plan().set_aside().expect("a list").is_empty());
    rate(&anna, goal_id, 3);
    level(&anna, &ben);
}

/// Everything that a device has written, with the head that vouches for it.
fn deliver(change: &PlanChange, from: &Device, to: &Device) -> Vec<Refusal> {
    let key =
        DeviceKey::from_secret(&from.inner().shared.file.read(people::device_key).expect("a key").secret());
    let actor = change.actor_id().to_bytes().try_into().expect("an actor");
    let position = Position { actor, seq: change.seq(), hash: change.hash().0 };
    let head = SignedHead::sign(&from.relationship, position, &key);
    let built = Built { expanded: change.decode(), change: change.clone() };
    let accepted = to.desk(from).accept(vec![built], &[head]).expect("judged");
    accepted.refused.into_iter().map(|(_, refusal)| refusal).collect()
}

#[test]
fn nothing_beyond_an_end_comes_in_any_more_in_whatever_order() {
    let (anna, ben, goal_id) = a_plan();
    let slip = takes_the_others_words(&anna, &ben, goal_id);
    assert_eq!(deliver(&slip, &anna, &ben), [Refusal::NotAllowed], "before its end is known");
    assert_eq!(ben.plan().set_aside().expect("a list").len(), 1);
    level(&anna, &ben);
    assert!(ben.plan().set_aside().expect("a list").is_empty());
    assert_eq!(deliver(&slip, &anna, &ben), [Refusal::Ended]);
    assert_eq!(deliver(&slip, &ben, &anna), [Refusal::Ended], "not even from somebody who gives it back");
    level(&anna, &ben);
}

#[test]
fn nobody_else_can_end_an_actor() {
    let (anna, ben, goal_id) = a_plan();
    let key =
        DeviceKey::from_secret(&ben.inner().shared.file.read(people::device_key).expect("a key").secret());
    let forged = SignedEnd::sign(&anna.relationship, actor(&anna), 0, [0; 32], &key);
    let mut as_hers = forged.clone();
    as_hers.device = anna.key();
    let elsewhere = RelationshipId::from_bytes([9; 16]);
    let transplanted = SignedEnd::sign(&elsewhere, actor(&ben), 0, [0; 32], &key);
    let before = (actor(&anna), anna.tables());
    for end in [forged, as_hers, transplanted] {
        assert!(!anna.desk(&ben).ended(&[end]).expect("heard"));
        assert!(anna.desk(&ben).ends().expect("ends").is_empty());
    }
    assert!((actor(&anna), anna.tables()) == before);
    rate(&anna, goal_id, 3);
    level(&anna, &ben);
}

#[test]
fn of_one_device_only_so_many_ends_are_kept() {
    let (anna, ben, _) = a_plan();
    let key =
        DeviceKey::from_secret(&ben.inner().shared.file.read(people::device_key).expect("a key").secret());
    let ends: Vec<_> = (0..100)
        .map(|_| {
            let actor = new_actor(&*ben.inner().shared.world, &ben.key()).expect("an actor");
            SignedEnd::sign(&anna.relationship, actor, 0, [0; 32], &key)
        })
        .collect();
    anna.desk(&ben).ended(&ends).expect("heard");
    assert_eq!(anna.desk(&ben).ends().expect("ends").len(), 64);
    level(&anna, &ben);
}

#[test]
fn rolled_back_to_before_it_went_on_a_device_gets_there_again() {
    for written_since in [false, true] {
        for slipped_before in [true, false] {
            let (mut anna, ben, goal_id) = a_plan();
            let early = (!slipped_before).then(|| backup(&mut anna));
            takes_the_others_words(&anna, &ben, goal_id);
            says_why(&anna, goal_id, "Fresh air");
            let copy = early.unwrap_or_else(|| backup(&mut anna));
            rate(&anna, goal_id, 3);
            level(&anna, &ben);
            assert_eq!(ben.plan().goal(goal_id).expect("the goal").why, "Fresh air");
            restore(&mut anna, copy);
            if written_since {
                rate(&anna, goal_id, 4);
                anna.plan().propose_goal(goal("Since", "")).expect("proposed");
            }
            level(&anna, &ben);
            level(&anna, &ben);
            let seen = anna.plan().goal(goal_id).expect("the goal");
            assert_eq!(seen.why, "Fresh air", "written again once, not twice");
            assert_eq!(seen.ratings.len(), if written_since { 3 } else { 2 });
            assert_eq!(ben.plan().goals(true).expect("goals").len(), if written_since { 2 } else { 1 });
            is_whole(&anna);
            rate(&anna, goal_id, 9);
            level(&anna, &ben);
        }
    }
}
