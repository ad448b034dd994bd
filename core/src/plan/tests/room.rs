//! What the other writes never takes the room that one's own edits need: no pile of values, of actors or
//! of operations closes a place, a plan or an app.

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change as PlanChange, ObjType, ScalarValue};

use super::forger::{Forger, a_plan, op, put, wording_of};
use super::*;
use crate::error::PairingProblem;
use crate::exchange::{Position, Refusal};
use crate::plan::shared_plan::weight_of;
use crate::plan::statement::{Kind, Statement};
use crate::relationship::device_list::ListedDevice;
use crate::relationship::key::new_actor;

fn text(text: &str) -> OpType {
    OpType::Put(ScalarValue::Str(text.into()))
}

fn retitle(device: &Device, title: &str) {
    let shown = device.only_goal();
    let edit = GoalEdit { title: Some(title.to_owned()), ..GoalEdit::default() };
    device.plan().edit_goal(shown.summary.id, shown.version, edit).expect("edited");
    assert!(device.only_goal().summary.title == title);
}

/// Another actor of the forger's own device.
fn another_actor(ben: &Device) -> ActorId {
    let device = ben.inner().shared.file.read(people::me).expect("me").device;
    ActorId::from(new_actor(&*ben.inner().shared.world, &device).expect("an actor"))
}

#[test]
fn values_cannot_be_piled_up_at_one_place() {
    let (anna, ben, goal) = a_plan();
    let forger = Forger::of(&ben);
    let map = forger.object(&["goals", &goal.to_string()]);
    let pile = (0..100).map(|n| put(&map, "title", format!("Title {n}"))).collect();
    assert_eq!(forger.deliver(&anna, forger.next(pile)).refused[0].1, Refusal::Predecessor);
    // One at a time neither.
    let before = forger.writer_of(&["goals", &goal.to_string(), "title"]);
    let first = forger.next(vec![op(&map, "title", text("One"), vec![before.clone()])]);
    let mut second = first.clone();
    assert_eq!(forger.deliver(&anna, first.clone()).applied, 1);
    let parent = PlanChange::from(first);
    (second.seq, second.deps) = (second.seq + 1, vec![parent.hash()]);
    second.start_op = second.start_op.checked_add(1).expect("a start");
    second.operations = vec![op(&map, "title", text("Two"), vec![before])];
    assert_eq!(forger.deliver(&anna, second).refused[0].1, Refusal::Predecessor);
    retitle(&anna, "Hers");
    level(&anna, &ben);
}

#[test]
fn no_crowd_of_actors_shuts_the_other_person_out() {
    let (anna, ben, goal) = a_plan();
    let forger = Forger::of(&ben);
    let map = forger.object(&["goals", &goal.to_string()]);
    let title = forger.writer_of(&["goals", &goal.to_string(), "title"]);
    let apart = forger.next(vec![op(&map, "title", text("Another"), vec![title])]);
    let let_in = (0..80)
        .filter(|n| {
            let mut change = apart.clone();
            (change.actor_id, change.seq, change.time) = (another_actor(&ben), 1, *n);
            let accepted = forger.deliver(&anna, change);
            accepted.refused.iter().for_each(|(_, why)| assert_eq!(*why, Refusal::Limit));
            accepted.applied == 1
        })
        .count();
    assert_eq!(let_in, 31, "with the one he writes with");
    retitle(&anna, "Hers");
    anna.plan().rate(goal, NewRating { value: 3, helped: None, hindered: None }).expect("rated");
    // Also from a phone that has never written here.
    let actors = anna.shared_plan().with_document(|open| Ok(open.loaded.ledger.actors().count()));
    assert!(actors.expect("read") < 64);
    level(&anna, &ben);
}

#[test]
fn at_the_end_of_all_places_goals_are_still_added_and_moved() {
    let (anna, ben, goal) = a_plan();
    let forger = Forger::of(&ben);
    let map = forger.object(&["goals", &goal.to_string()]);
    for place in [format!("{}80", "ff".repeat(99)), format!("{}80", "00".repeat(99))] {
        let before = forger.writer_of(&["goals", &goal.to_string(), "order"]);
        let moved = forger.next(vec![op(&map, "order", text(&place), vec![before])]);
        assert_eq!(forger.deliver(&anna, moved).applied, 1);
        level(&anna, &ben);
        let added = anna.plan().propose_goal(super::goal("Added", "")).expect("proposed").summary.id;
        anna.plan().move_goal(added, None).expect("moved");
        anna.plan().move_goal(added, Some(goal)).expect("moved");
        level(&anna, &ben);
    }
}

#[test]
fn an_item_without_its_parts_does_not_come_in_under_the_id_of_another() {
    let (anna, ben, goal) = a_plan();
    let forger = Forger::of(&ben);
    let (goals, tasks) = (forger.object(&["goals"]), forger.object(&["tasks"]));
    let id = data_encoding::HEXLOWER.encode(&forger.item(ben.me()));
    let mut change = forger.next(vec![]);
    let task = OpId::new(change.start_op.get() + 1, &change.actor_id);
    let inside = |key: &str, action: OpType| Op {
        action,
        obj: ObjectId::Id(task.clone()),
        key: Key::Map(key.into()),
        pred: vec![].into(),
        insert: false,
    };
    change.operations = vec![
        op(&goals, &id, OpType::Make(ObjType::Map), vec![]),
        op(&tasks, &id, OpType::Make(ObjType::Map), vec![]),
        inside("goal", text(&goal.to_string())),
        inside("what", text("Walk")),
        inside("owner", text("both")),
        inside("offered", text("2026-05-03T18:00:00.000000+02:00[Europe/Berlin]")),
        inside("answers", OpType::Make(ObjType::Map)),
    ];
    assert_eq!(forger.deliver(&anna, change).refused[0].1, Refusal::Value);
}

#[test]
fn of_two_statements_under_one_id_the_same_counts_whichever_came_first() {
    let orders = [[Kind::Agree, Kind::Withdraw], [Kind::Withdraw, Kind::Agree]];
    let seen = orders.map(|order| {
        let (anna, ben, goal) = a_plan();
        let shown = anna.only_goal();
        anna.plan().agree(goal, shown.digest).expect("agreed");
        level(&anna, &ben);
        let forger = Forger::of(&ben);
        let statements = forger.object(&["statements"]);
        let id = data_encoding::HEXLOWER.encode(&forger.item(ben.me()));
        let key = ben.inner().person_key().expect("a key");
        let wording = wording_of(&shown);
        let apart = forger.next(vec![]);
        for kind in order {
            let said = Statement {
                relationship: anna.relationship,
                goal,
                client: anna.me(),
                therapist: ben.me(),
                by: ben.me(),
                key: key.public(),
                kind,
                digest: shown.digest,
                counter: 1,
                at: anna.inner().shared.world.moment(),
                heads: vec![],
                wording: wording.bytes(),
            };
            let mut change = apart.clone();
            (change.actor_id, change.seq) = (another_actor(&ben), 1);
            change.operations = vec![put(&statements, &id, ScalarValue::Bytes(said.sign(&key)))];
            assert_eq!(forger.deliver(&anna, change).applied, 1);
        }
        let tables = anna.tables();
        anna.reopen_checked();
        assert!(anna.tables() == tables, "built again it comes out the same");
        anna.only_goal().summary.standing
    });
    assert!(seen[0] == seen[1] && matches!(seen[0], Standing::Agreed { .. }));
}

#[test]
fn whoever_claimed_more_of_ones_own_changes_than_there_are_is_level_after_taking_it_back() {
    let (anna, ben, _) = a_plan();
    let mut here = Desk(anna.shared_plan(), [0; 32]);
    let own = here.positions().expect("positions").into_iter().find(|position| {
        let actor = anna.shared_plan().with_document(|open| Ok(open.loaded.actor)).expect("an actor");
        position.actor == actor
    });
    let claimed = Position { seq: 900, hash: [9; 32], ..own.expect("her own") };
    here.missing(&[claimed]).expect("nothing to send");
    retitle(&anna, "Meanwhile");
    let (events, _) = exchange(&anna, &ben);
    assert!(events.iter().any(|event| matches!(event, Event::InStep)));
    level(&anna, &ben);
}

#[test]
fn a_list_that_names_somebody_elses_device_does_not_count() {
    let (anna, ben) = two();
    let bens = ben.inner().shared.file.read(people::me).expect("me").device;
    let carl = Device::new(Role::Therapist, "Carl", 3);
    let mut card = carl.card();
    card.list.devices.push(ListedDevice { key: bens, added_at: 0 });
    card.signed = card.list.sign(&carl.inner().person_key().expect("a key")).expect("signed");
    let file = &anna.inner().shared.file;
    let kept = file.write(|transaction| people::keep_person(transaction, &card, anna.world.now()));
    assert_eq!(kept, Err(Error::Pairing { problem: PairingProblem::Broken }));
    assert_eq!(file.read(|file| people::person_of_device(file, &bens)), Ok(Some(ben.me())));
    let known = file.read(|file| people::devices_of(file, carl.me()));
    assert!(known.expect("devices").is_empty(), "nothing of Carl was kept");
}

#[test]
fn what_hides_in_few_bytes_weighs_what_it_takes_to_hold() {
    let (anna, _, goal) = a_plan();
    let forger = Forger::of(&anna);
    let why = forger.object(&["goals", &goal.to_string(), "why"]);
    let letter = crate::plan::goal::operation_of(&why).expect("the text");
    let erase = Op {
        action: OpType::Delete,
        obj: ObjectId::Id(letter.clone()),
        key: Key::Seq(ElementId::Id(letter.clone())),
        pred: vec![letter].into(),
        insert: false,
    };
    let change = PlanChange::from(forger.next(vec![erase; 10_000]));
    assert!(change.raw_bytes().len() < 1_000);
    assert!(weight_of(&[change]) > 600_000);
}

#[test]
fn the_same_move_and_the_same_answer_of_both_at_once_can_be_done_again() {
    let (anna, ben, goal) = a_plan();
    let second = anna.plan().propose_goal(super::goal("Second", "")).expect("proposed").summary.id;
    level(&anna, &ben);
    // Both move it to the top, which is the same place.
    anna.plan().move_goal(second, None).expect("moved");
    ben.plan().move_goal(second, None).expect("moved");
    level(&anna, &ben);
    anna.plan().move_goal(second, None).expect("moved again");
    anna.plan().move_goal(second, Some(goal)).expect("moved back");
    // One puts it away again while the other takes it back.
    anna.plan().archive_goal(goal).expect("away");
    level(&anna, &ben);
    anna.plan().unarchive_goal(goal).expect("back");
    ben.world.pass(1);
    ben.plan().archive_goal(goal).expect("away");
    level(&anna, &ben);
    anna.plan().unarchive_goal(goal).expect("back");
    ben.plan().unarchive_goal(goal).expect("back");
    level(&anna, &ben);
    assert!(anna.plan().goals(false).expect("goals").iter().any(|shown| shown.id == goal));
}

#[test]
fn a_long_text_that_the_other_erased_meanwhile_is_edited_at_once() {
    let (anna, ben, id) = a_plan();
    let long = "Walking helps me sleep. ".repeat(410);
    let edit = |device: &Device, shown: PlanVersion, why: String| {
        let edit = GoalEdit { why: Some(why), ..GoalEdit::default() };
        device.plan().edit_goal(id, shown, edit).expect("edited");
    };
    edit(&anna, anna.only_goal().version, long.clone());
    level(&anna, &ben);
    let shown = anna.only_goal().version;
    edit(&ben, ben.only_goal().version, String::new());
    level(&anna, &ben);
    let begun = std::time::Instant::now();
    edit(&anna, shown.clone(), long + "And more.");
    edit(&anna, shown, "All new".to_owned());
    assert!(begun.elapsed() < std::time::Duration::from_secs(10), "it took half a minute for each");
    assert!(anna.only_goal().why.contains("And more."), "what only she had written stands");
    level(&anna, &ben);
}
