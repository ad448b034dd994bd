//! A peer with a certified device and bad intentions: what it may not do does not come in, and the
//! honest exchange works right after.

use std::num::NonZeroU64;

use automerge::legacy::{ElementId, Key, MarkData, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change as PlanChange, ExpandedChange, ObjType, ROOT, ReadDoc, ScalarValue};
use proptest::prelude::*;

use super::forger::{Forger, a_plan, letter, op, put};
use super::*;
use crate::exchange::{Built, Refusal};
use crate::plan::goal::operation_of;

#[test]
fn what_a_person_may_not_do_does_not_come_in() {
    let (anna, ben, goal) = a_plan();
    let forger = Forger::of(&ben);
    let id = goal.to_string();
    let rating = anna.only_goal().ratings[0].id.to_string();
    let goal_map = forger.object(&["goals", &id]);
    let successes = forger.object(&["goals", &id, "success"]);
    let why = forger.object(&["goals", &id, "why"]);
    let rating_map = forger.object(&["ratings", &rating]);
    let goals = forger.object(&["goals"]);
    let statements = forger.object(&["statements"]);
    let ratings = forger.object(&["ratings"]);
    let annas_success = forger.writer_of(&["goals", &id, "success", &anna.me().to_string()]);
    let bens_success = forger.writer_of(&["goals", &id, "success", &ben.me().to_string()]);
    let title = forger.writer_of(&["goals", &id, "title"]);
    let value = forger.writer_of(&["ratings", &rating, "value"]);
    let first_letter = forger.with(|open| {
        let cursor = open.loaded.document.get_cursor(&why, 0, None).expect("a cursor").to_string();
        let (counter, actor) = cursor.trim_start_matches('-').split_once('@').expect("a cursor's form");
        let actor: ActorId = actor.try_into().expect("an actor");
        OpId::new(counter.parse().expect("a counter"), &actor)
    });
    let stranger = OpId::new(3, &ActorId::from([9; 16]));
    let annas_item = || data_encoding::HEXLOWER.encode(&forger.item(anna.me()));
    let bens_item = || data_encoding::HEXLOWER.encode(&forger.item(ben.me()));
    let text = |text: &str| OpType::Put(ScalarValue::Str(text.into()));

    let cases: Vec<(&str, Vec<Op>, Refusal)> = vec![
        (
            "hides a goal behind a second one",
            vec![op(&goals, &id, OpType::Make(ObjType::Map), vec![])],
            Refusal::NotAllowed,
        ),
        (
            "replaces a goal",
            vec![op(&goals, &id, OpType::Make(ObjType::Map), vec![operation_of(&goal_map).expect("a goal")])],
            Refusal::NotAllowed,
        ),
        (
            "puts a second why",
            vec![op(&goal_map, "why", OpType::Make(ObjType::Text), vec![])],
            Refusal::Predecessor,
        ),
        (
            "puts a second success",
            vec![op(&goal_map, "success", OpType::Make(ObjType::Map), vec![])],
            Refusal::NotAllowed,
        ),
        (
            "deletes a goal",
            vec![op(&goals, &id, OpType::Delete, vec![operation_of(&goal_map).expect("a goal")])],
            Refusal::NotAllowed,
        ),
        (
            "deletes a title",
            vec![op(&goal_map, "title", OpType::Delete, vec![title.clone()])],
            Refusal::Operation,
        ),
        (
            "writes the other's success",
            vec![put(&successes, &anna.me().to_string(), "Never")],
            Refusal::NotAllowed,
        ),
        (
            "erases the other's success from its own key",
            vec![op(
                &successes,
                &ben.me().to_string(),
                text("mine"),
                vec![bens_success.clone(), annas_success.clone()],
            )],
            Refusal::Predecessor,
        ),
        (
            "replaces what it does not know",
            vec![op(&successes, &ben.me().to_string(), text("mine"), vec![stranger.clone()])],
            Refusal::Predecessor,
        ),
        (
            "names what it replaces twice",
            vec![op(&goal_map, "title", text("Twice"), vec![title.clone(), title.clone()])],
            Refusal::Predecessor,
        ),
        (
            "rewrites a rating",
            vec![op(&rating_map, "value", OpType::Put(ScalarValue::Uint(1)), vec![value])],
            Refusal::NotAllowed,
        ),
        (
            "rates in the other's name",
            vec![op(&ratings, &annas_item(), OpType::Make(ObjType::Map), vec![])],
            Refusal::NotAllowed,
        ),
        (
            "changes when it was proposed",
            vec![put(&goal_map, "proposed", "2020-01-01T00:00:00.000000+00:00[UTC]")],
            Refusal::NotAllowed,
        ),
        ("makes a place that is not in the table", vec![put(&goal_map, "score", "bad")], Refusal::NotAllowed),
        (
            "makes a collection",
            vec![op(&ROOT, "notes", OpType::Make(ObjType::Map), vec![])],
            Refusal::NotAllowed,
        ),
        (
            "makes half a goal",
            vec![op(&goals, &bens_item(), OpType::Make(ObjType::Map), vec![])],
            Refusal::Value,
        ),
        ("makes a goal that is no map", vec![put(&goals, &bens_item(), "a goal")], Refusal::Value),
        (
            "writes an empty title",
            vec![op(&goal_map, "title", text(" "), vec![title.clone()])],
            Refusal::Value,
        ),
        (
            "writes a title of two lines",
            vec![op(&goal_map, "title", text("a\nb"), vec![title.clone()])],
            Refusal::Value,
        ),
        (
            "writes a title that moves a cursor",
            vec![op(&goal_map, "title", text("\u{1b}[2J"), vec![title.clone()])],
            Refusal::Value,
        ),
        (
            "writes a title too long",
            vec![op(&goal_map, "title", text(&"x".repeat(201)), vec![title.clone()])],
            Refusal::Value,
        ),
        (
            "writes a number as a title",
            vec![op(&goal_map, "title", OpType::Put(ScalarValue::Int(3)), vec![title.clone()])],
            Refusal::Value,
        ),
        ("writes an order that is none", vec![put(&goal_map, "order", "zz")], Refusal::Value),
        ("writes a time that is none", vec![put(&goal_map, "archived", "yesterday")], Refusal::Value),
        (
            "counts",
            vec![op(&goal_map, "title", OpType::Increment(1), vec![title.clone()])],
            Refusal::Operation,
        ),
        (
            "makes a list",
            vec![op(&goal_map, "title", OpType::Make(ObjType::List), vec![title.clone()])],
            Refusal::Operation,
        ),
        (
            "marks a text",
            vec![letter(
                &why,
                ElementId::Head,
                OpType::MarkBegin(MarkData {
                    name: "b".into(),
                    value: ScalarValue::Boolean(true),
                    expand: false,
                }),
                vec![],
                true,
            )],
            Refusal::Operation,
        ),
        (
            "puts two letters at once",
            vec![letter(&why, ElementId::Head, text("ab"), vec![], true)],
            Refusal::Value,
        ),
        (
            "puts a bell into a text",
            vec![letter(&why, ElementId::Head, text("\u{7}"), vec![], true)],
            Refusal::Value,
        ),
        (
            "overwrites a letter",
            vec![letter(
                &why,
                ElementId::Id(first_letter.clone()),
                text("x"),
                vec![first_letter.clone()],
                false,
            )],
            Refusal::Operation,
        ),
        (
            "deletes a letter by another's name",
            vec![letter(
                &why,
                ElementId::Id(first_letter.clone()),
                OpType::Delete,
                vec![title.clone()],
                false,
            )],
            Refusal::Predecessor,
        ),
        (
            "writes behind a letter of nobody",
            vec![letter(&why, ElementId::Id(stranger.clone()), text("x"), vec![], true)],
            Refusal::Unknown,
        ),
        (
            "writes in a map as in a text",
            vec![letter(&goal_map, ElementId::Head, text("x"), vec![], true)],
            Refusal::Operation,
        ),
        (
            "writes into an object of nobody",
            vec![Op { obj: ObjectId::Id(stranger.clone()), ..put(&goal_map, "title", "x") }],
            Refusal::Unknown,
        ),
        (
            "states in the other's name",
            vec![put(&statements, &annas_item(), ScalarValue::Bytes(vec![1, 2, 3]))],
            Refusal::NotAllowed,
        ),
        (
            "states nothing",
            vec![put(&statements, &bens_item(), ScalarValue::Bytes(vec![1, 2, 3]))],
            Refusal::Value,
        ),
        ("does nothing", vec![], Refusal::Limit),
    ];
    let before = anna.tables();
    for (name, operations, refusal) in cases {
        let accepted = forger.deliver(&anna, forger.next(operations));
        let why: Vec<_> = accepted.refused.iter().map(|(_, refusal)| *refusal).collect();
        assert_eq!((accepted.applied, why), (0, vec![refusal]), "{name}");
        assert!(anna.tables() == before, "{name}");
    }
    assert!(anna.plan().set_aside().expect("a list").len() > 30);
    assert!(anna.only_goal().success.len() == 2);
    honest_work_goes_on(&anna, &ben);
}

pub(super) fn honest_work_goes_on(anna: &Device, ben: &Device) {
    anna.plan().propose_goal(goal("Honest work", "goes on")).expect("proposed");
    ben.plan().propose_goal(goal("And here", "too")).expect("proposed");
    level(anna, ben);
}

#[test]
fn a_start_near_the_end_of_all_numbers_is_refused() {
    let (anna, ben, goal) = a_plan();
    let forger = Forger::of(&ben);
    let map = forger.object(&["goals", &goal.to_string()]);
    for start in [u64::from(u32::MAX) - 1, u64::MAX - 1] {
        let change = ExpandedChange {
            start_op: NonZeroU64::new(start).expect("a start"),
            ..forger.next(vec![put(&map, "archived", ScalarValue::Null)])
        };
        // The wire does not carry a start at all; here it is handed in behind the wire.
        let refused = forger.deliver(&anna, change).refused;
        assert_eq!(refused[0].1, Refusal::Sequence);
    }
    honest_work_goes_on(&anna, &ben);
}

#[test]
fn a_time_with_which_automerge_cannot_compute_is_refused() {
    let (anna, ben, goal) = a_plan();
    let forger = Forger::of(&ben);
    let map = forger.object(&["goals", &goal.to_string()]);
    for time in [i64::MIN, i64::MAX] {
        let change = ExpandedChange { time, ..forger.next(vec![put(&map, "archived", ScalarValue::Null)]) };
        assert_eq!(forger.deliver(&anna, change).refused[0].1, Refusal::Value);
    }
    honest_work_goes_on(&anna, &ben);
}

#[test]
fn a_number_that_was_used_is_not_used_again() {
    let (anna, ben, goal) = a_plan();
    let forger = Forger::of(&ben);
    let map = forger.object(&["goals", &goal.to_string()]);
    let next = forger.next(vec![put(&map, "archived", ScalarValue::Null)]);
    let again = ExpandedChange { seq: next.seq - 1, ..next.clone() };
    assert_eq!(forger.deliver(&anna, again).refused[0].1, Refusal::Sequence);
    let skipped = ExpandedChange { seq: next.seq + 1, ..next };
    assert_eq!(forger.deliver(&anna, skipped).refused[0].1, Refusal::Sequence);
    honest_work_goes_on(&anna, &ben);
}

#[test]
fn what_builds_upon_a_refused_change_is_set_aside_with_it() {
    let (anna, ben, goal) = a_plan();
    let forger = Forger::of(&ben);
    let map = forger.object(&["goals", &goal.to_string()]);
    let bad = PlanChange::from(forger.next(vec![put(&map, "score", "bad")]));
    let good = ExpandedChange {
        seq: bad.seq() + 1,
        deps: vec![bad.hash()],
        start_op: NonZeroU64::new(bad.max_op() + 1).expect("a start"),
        ..forger.next(vec![put(&map, "archived", ScalarValue::Null)])
    };
    let good = PlanChange::from(good);
    let head = forger.head(&good);
    let batch = [bad, good].map(|change| Built { expanded: change.decode(), change });
    let accepted = Desk(anna.shared_plan(), [0; 32]).accept(batch.into(), &[head]).expect("judged");
    let reasons: Vec<_> = accepted.refused.iter().map(|(_, refusal)| *refusal).collect();
    assert_eq!(reasons, [Refusal::NotAllowed, Refusal::Descends]);
    honest_work_goes_on(&anna, &ben);
}

#[test]
fn two_containers_made_at_the_same_time_hide_nobodys_words() {
    let (anna, ben, _) = a_plan();
    // Ben makes one goal twice, under two actors that do not know of each other.
    let forger = Forger::of(&ben);
    let goals = forger.object(&["goals"]);
    let id = forger.item(ben.me());
    let key = data_encoding::HEXLOWER.encode(&id);
    let whole = |title: &str, minute: u8, change: &mut ExpandedChange| {
        let start = change.start_op.get();
        let map = OpId::new(start, &change.actor_id);
        let inside = |key: &str, action: OpType| Op {
            action,
            obj: ObjectId::Id(map.clone()),
            key: Key::Map(key.into()),
            pred: vec![].into(),
            insert: false,
        };
        let text = |text: &str| OpType::Put(ScalarValue::Str(text.into()));
        change.operations = vec![
            op(&goals, &key, OpType::Make(ObjType::Map), vec![]),
            inside("title", text(title)),
            inside("why", OpType::Make(ObjType::Text)),
            inside("success", OpType::Make(ObjType::Map)),
            inside("order", text("80")),
            inside("proposed", text(&format!("2026-05-03T18:{minute:02}:00.000000+02:00[Europe/Berlin]"))),
        ];
    };
    let mut first = forger.next(vec![]);
    let mut second = first.clone();
    let device = ben.inner().shared.file.read(people::me).expect("me").device;
    let actor = crate::relationship::key::new_actor(&*ben.inner().shared.world, &device).expect("an actor");
    (second.actor_id, second.seq) = (ActorId::from(actor), 1);
    whole("First", 1, &mut first);
    whole("Second", 2, &mut second);
    assert_eq!(forger.deliver(&anna, first).applied, 1);
    let goal = GoalId::from_bytes(id);
    let shown = anna.plan().goal(goal).expect("the goal");
    let edit = GoalEdit { success: Some("My own words".to_owned()), ..GoalEdit::default() };
    anna.plan().edit_goal(goal, shown.version, edit).expect("edited");
    assert_eq!(forger.deliver(&anna, second).applied, 1);
    let seen = anna.plan().goal(goal).expect("the goal");
    assert!(seen.success.iter().any(|success| success.text == "My own words"));
    let tables = anna.tables();
    anna.reopen_checked();
    assert!(anna.tables() == tables, "whichever came first");
}

proptest! {
    #![proptest_config(crate::tests::cases(24))]

    /// Whatever single operation is thrown at it: the gate answers, and honest work goes on.
    #[test]
    fn no_operation_of_any_kind_brings_the_plan_down(
        seeds in proptest::collection::vec((any::<u8>(), any::<u8>(), any::<u8>(), "\\PC{0,12}"), 1..8)
    ) {
        let (anna, ben, goal) = a_plan();
        let forger = Forger::of(&ben);
        let id = goal.to_string();
        let objects = [
            ROOT,
            forger.object(&["goals"]),
            forger.object(&["goals", &id]),
            forger.object(&["goals", &id, "why"]),
            forger.object(&["goals", &id, "success"]),
            forger.object(&["statements"]),
        ];
        let own = ben.me().to_string();
        let keys = ["title", "why", "success", "order", "archived", own.as_str(), id.as_str()];
        for (object, key, action, text) in seeds {
            let object = &objects[usize::from(object) % objects.len()];
            let action_of = |n: u8| match n % 7 {
                0 => OpType::Put(ScalarValue::Str(text.as_str().into())),
                1 => OpType::Make(ObjType::Map),
                2 => OpType::Make(ObjType::Text),
                3 => OpType::Put(ScalarValue::Null),
                4 => OpType::Delete,
                5 => OpType::Put(ScalarValue::Uint(u64::from(n))),
                _ => OpType::Put(ScalarValue::Bytes(text.clone().into_bytes())),
            };
            let operation = if key % 3 == 0 {
                letter(object, ElementId::Head, action_of(action), vec![], action % 2 == 0)
            } else {
                op(object, keys[usize::from(key) % keys.len()], action_of(action), vec![])
            };
            forger.deliver(&anna, forger.next(vec![operation]));
            anna.only_goal();
        }
        anna.reopen_checked();
        honest_work_on_one_side(&anna);
    }
}

fn honest_work_on_one_side(anna: &Device) {
    let shown = anna.plan().goals(true).expect("goals");
    anna.plan().archive_goal(shown[0].id).expect("archived");
}
