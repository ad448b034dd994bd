//! Whose change it is, and which one: heads that are missing, forged or taken from elsewhere, actors that are not
//! his, numbers that are taken, and ancestors that are none of his business.

use std::num::NonZeroU64;

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, ExpandedChange, ObjType, ScalarValue};
use common_ground::id::RelationshipId;
use ed25519_dalek::SigningKey;

use crate::liar::copy::{Draft, position_of};
use crate::liar::frames::{
    DESCENDS, Head, NOT_VOUCHED_FOR, OUT_OF_SEQUENCE, PREDECESSOR, Position, UNKNOWN, UNKNOWN_DEVICE,
};
use crate::liar::table::Holds;
use crate::liar::{Answer, actor_of, hex};
use crate::stage::{Stage, Whose};

/// A change that would be welcome, were there nothing wrong with whose it is.
fn edit(stage: &Stage, actor: [u8; 16]) -> Draft {
    let mut draft = stage.liar.copy.draft(actor);
    let goal = goal(stage);
    let map = stage.liar.copy.object(&goal);
    let standing = stage.liar.copy.standing(&[&goal[..], &["title".to_owned()]].concat());
    draft.put(&map, "title", "Forged", standing);
    draft
}

/// The path of a goal of hers.
fn goal(stage: &Stage) -> Vec<String> {
    let is_goal = |path: &[String]| path.len() == 2 && path[0] == "goals";
    let site = stage.sites.iter().find(|site| site.owner == Whose::Hers && is_goal(&site.path));
    site.expect("a goal").path.clone()
}

/// Delivers a change with these heads, and sees it refused for this reason.
fn refused(stage: &mut Stage, change: &ExpandedChange, heads: Vec<Head>, reason: u8, what: &str) {
    let before = stage.scene.tables();
    let answer = stage.liar.deliver(std::slice::from_ref(change), heads);
    let Answer::Judged { refused } = &answer else { panic!("{what}: {answer:?}") };
    assert!(matches!(refused.as_slice(), [(_, told)] if *told == reason), "{what}: {answer:?}");
    assert!(stage.scene.tables() == before, "{what}: something was applied");
    stage.honest_edit();
}

/// The heads that the liar sends along, by the scene, the position and the right head.
type Heads = dyn Fn(&Stage, Position, Head) -> Vec<Head>;

#[test]
fn without_a_good_head_nothing_counts() {
    let mut stage = Stage::set();
    let elsewhere = RelationshipId::from_bytes([9; 16]);
    let stranger = SigningKey::from_bytes(&[5; 32]);
    let her_device = stage.hers.device.clone();
    let his_person = stage.his.key.clone();
    let heads: Vec<(&str, Box<Heads>)> = vec![
        ("no head", Box::new(|_, _, _| vec![])),
        ("a bit turned", Box::new(|_, _, head| vec![with(head, |head| head.signature[7] ^= 1)])),
        ("another number", Box::new(|_, _, head| vec![with(head, |head| head.position.seq += 1)])),
        ("another hash", Box::new(|_, _, head| vec![with(head, |head| head.position.hash[0] ^= 1)])),
        ("another actor", Box::new(|_, _, head| vec![with(head, |head| head.position.actor[15] ^= 1)])),
        ("no device", Box::new(|_, _, head| vec![with(head, |head| head.device = [0; 32])])),
        ("zeros", Box::new(|_, _, head| vec![with(head, |head| head.signature = [0; 64])])),
        (
            "signed for another relationship",
            Box::new(move |stage, at, _| vec![Head::sign(elsewhere, at, &stage.his.device)]),
        ),
        (
            "signed by nobody's device",
            Box::new(move |stage, at, _| vec![Head::sign(stage.liar.relationship, at, &stranger)]),
        ),
        (
            "signed with the person's key",
            Box::new(move |stage, at, _| vec![Head::sign(stage.liar.relationship, at, &his_person)]),
        ),
        (
            "in the name of her device",
            Box::new(move |_, _, head| {
                vec![with(head, |head| head.device = *her_device.verifying_key().as_bytes())]
            }),
        ),
        (
            "of the change before",
            Box::new(|stage, at, _| {
                let before = stage.liar.copy.position(&at.actor).expect("a change before");
                vec![Head::sign(stage.liar.relationship, before, &stage.his.device)]
            }),
        ),
        (
            "of the change before, moved here",
            Box::new(|stage, at, _| {
                let before = stage.liar.copy.position(&at.actor).expect("a change before");
                let head = Head::sign(stage.liar.relationship, before, &stage.his.device);
                vec![with(head, |head| head.position = at)]
            }),
        ),
        ("two hundred bad ones", Box::new(|_, _, head| vec![with(head, |head| head.signature[0] ^= 1); 200])),
    ];
    for (what, heads) in heads {
        let draft = edit(&stage, stage.liar.actor);
        let heads = heads(&stage, draft.position(), stage.liar.head(&draft.change));
        refused(&mut stage, &draft.change, heads, NOT_VOUCHED_FOR, what);
    }
    stage.all_is_well();
}

fn with(mut head: Head, tamper: impl Fn(&mut Head)) -> Head {
    tamper(&mut head);
    head
}

#[test]
fn nobody_writes_as_another_device() {
    let mut stage = Stage::set();
    let her_actor = stage.liar.copy.positions().into_iter().find(|at| at.actor[..8] != stage.liar.actor[..8]);
    let her_actor = her_actor.expect("an actor of hers").actor;
    let stranger = SigningKey::from_bytes(&[6; 32]);
    for (what, actor, reason) in [
        ("goes on where she is", her_actor, NOT_VOUCHED_FOR),
        ("begins an actor of hers", actor_of(&stage.hers.device, 77), NOT_VOUCHED_FOR),
        ("as nobody", [0; 16], NOT_VOUCHED_FOR),
    ] {
        let draft = edit(&stage, actor);
        let head = stage.liar.head(&draft.change);
        refused(&mut stage, &draft.change, vec![head], reason, what);
        let draft = edit(&stage, actor);
        let head = with(stage.liar.head(&draft.change), |head| {
            head.device = *stage.hers.device.verifying_key().as_bytes();
        });
        refused(&mut stage, &draft.change, vec![head], reason, &format!("{what}, and says it is her device"));
    }
    // A device of nobody, in its own name.
    let draft = edit(&stage, actor_of(&stranger, 1));
    let head = Head::sign(stage.liar.relationship, draft.position(), &stranger);
    refused(&mut stage, &draft.change, vec![head], UNKNOWN_DEVICE, "a third device");
    stage.all_is_well();
}

#[test]
fn a_number_is_used_once_and_none_is_left_out() {
    let mut stage = Stage::set();
    for (what, by) in [("used again", -1_i64), ("left out", 1), ("the first again", i64::MIN)] {
        let mut draft = edit(&stage, stage.liar.actor);
        let seq = draft.change.seq.cast_signed();
        draft.change.seq = seq.saturating_add(by).max(1).cast_unsigned();
        let head = stage.liar.head(&draft.change);
        refused(&mut stage, &draft.change, vec![head], OUT_OF_SEQUENCE, what);
    }
    // Beside his last change instead of upon it.
    let mut draft = edit(&stage, stage.liar.actor);
    let before = stage.liar.copy.position(&stage.liar.actor).expect("a change before");
    let last = stage.liar.copy.document.get_changes(&[]).into_iter().find(|it| it.hash().0 == before.hash);
    let last = last.expect("his last change");
    draft.change.deps = last.deps().to_vec();
    let top = last.deps().iter().filter_map(|parent| stage.liar.copy.top(parent)).max().expect("a top");
    draft.change.start_op = NonZeroU64::new(top + 1).expect("a start");
    let goal = stage.liar.copy.object(&goal(&stage));
    draft.change.operations.clear();
    draft.put(&goal, "archived", ScalarValue::Null, vec![]);
    let head = stage.liar.head(&draft.change);
    refused(&mut stage, &draft.change, vec![head], OUT_OF_SEQUENCE, "beside his last");
    stage.all_is_well();
}

#[test]
fn a_start_cannot_be_said_and_whoever_signs_one_signs_another_change() {
    let mut stage = Stage::set();
    for start in [1, u64::from(u32::MAX) - 1, 1 << 40] {
        let honest = edit(&stage, stage.liar.actor);
        let mut extreme = honest.change.clone();
        extreme.start_op = NonZeroU64::new(start).expect("a start");
        // The wire carries the change; he signs for the one that would start elsewhere.
        extreme.operations.iter_mut().for_each(|operation| operation.pred = vec![].into());
        let head = Head::sign(stage.liar.relationship, position_of(&extreme), &stage.his.device);
        refused(&mut stage, &honest.change, vec![head], NOT_VOUCHED_FOR, "another start");
    }
    stage.all_is_well();
}

#[test]
fn what_builds_upon_a_lie_falls_with_it() {
    let mut stage = Stage::set();
    let mut lie = stage.liar.draft();
    let map = stage.liar.copy.object(&goal(&stage));
    lie.put(&map, "score", "bad", vec![]);
    let lie = lie.change;
    let mut upon = edit(&stage, stage.liar.actor).change;
    upon.seq = lie.seq + 1;
    upon.deps = vec![automerge::ChangeHash(position_of(&lie).hash)];
    upon.start_op = NonZeroU64::new(lie.start_op.get() + 1).expect("a start");
    let before = stage.scene.tables();
    let answer = stage.liar.tell(&[lie.clone(), upon.clone()]);
    let Answer::Judged { refused } = answer else { panic!("{answer:?}") };
    let reasons: Vec<u8> = refused.iter().map(|(_, reason)| *reason).collect();
    assert_eq!(reasons, [crate::liar::frames::NOT_ALLOWED, DESCENDS]);
    assert!(stage.scene.tables() == before);
    stage.honest_edit();
    stage.all_is_well();
}

#[test]
fn what_is_replaced_or_written_into_has_to_be_there() {
    let mut stage = Stage::set();
    let text = stage.rows.iter().position(|row| row.holds == Holds::Text).expect("a text");
    let text = stage.sites.iter().find(|site| site.row == text && site.written).expect("a text").path.clone();
    let goal = goal(&stage);
    let title = [&goal[..], &["title".to_owned()]].concat();
    let map = stage.liar.copy.object(&goal);
    let (text, letters) = (stage.liar.copy.object(&text), stage.liar.copy.letters(&text));
    let of_a_stranger = OpId::new(3, &ActorId::from([8; 16]));
    let her_first = stage.liar.copy.standing(&goal);
    let put = |obj: ObjectId, pred: Vec<OpId>| Op {
        action: OpType::Put(ScalarValue::from("x")),
        obj,
        key: Key::Map("title".into()),
        pred: pred.into(),
        insert: false,
    };
    let at = |obj: &ObjectId, id: &OpId, action: OpType, pred: Vec<OpId>, insert: bool| Op {
        action,
        obj: obj.clone(),
        key: Key::Seq(automerge::legacy::ElementId::Id(id.clone())),
        pred: pred.into(),
        insert,
    };
    let letter = || OpType::Put(ScalarValue::from("x"));
    let standing = |stage: &Stage| stage.liar.copy.standing(&title);
    let lies: Vec<(&str, Op, &[u8])> = vec![
        ("replaces what nobody wrote", put(map.clone(), vec![of_a_stranger.clone()]), &[PREDECESSOR]),
        (
            "replaces what stands elsewhere too",
            put(map.clone(), [standing(&stage), her_first.clone()].concat()),
            &[PREDECESSOR],
        ),
        ("replaces a letter", put(map.clone(), vec![letters[0].clone()]), &[PREDECESSOR]),
        ("writes into nothing", put(ObjectId::Id(of_a_stranger.clone()), vec![]), &[UNKNOWN]),
        ("writes into a value", put(ObjectId::Id(standing(&stage)[0].clone()), vec![]), &[UNKNOWN]),
        ("writes into a text as into a map", put(text.clone(), vec![]), &[5]),
        ("writes behind a letter of nobody", at(&text, &of_a_stranger, letter(), vec![], true), &[UNKNOWN]),
        ("writes into a map as into a text", at(&map, &letters[0], letter(), vec![], true), &[5]),
        (
            "takes a letter out by another's name",
            at(&text, &letters[0], OpType::Delete, vec![letters[1].clone()], false),
            &[PREDECESSOR],
        ),
        (
            "takes out of a text what is in none",
            at(&text, &her_first[0], OpType::Delete, her_first.clone(), false),
            &[UNKNOWN],
        ),
        (
            "rings a bell in a text",
            at(&text, &letters[0], OpType::Put(ScalarValue::from("\u{7}")), vec![], true),
            &[8],
        ),
    ];
    for (what, operation, reasons) in lies {
        let mut draft = stage.liar.draft();
        let operation = match &operation.obj {
            same if *same == map && operation.pred.len() == 2 => {
                put(map.clone(), [standing(&stage), her_first.clone()].concat())
            }
            _ => operation,
        };
        draft.operation(operation);
        stage.is_refused(draft, reasons, what);
    }
    stage.all_is_well();
}

#[test]
fn two_containers_made_at_once_hide_nobodys_words() {
    let mut stage = Stage::set();
    let kind = stage.rows.iter().find(|row| row.name() == "goals/*").expect("goals").clone();
    // He makes one goal twice, as two actors who do not know of each other.
    let mut first = stage.liar.draft();
    let item = stage.whole(&mut first, &kind, Whose::His, |_, content| Some(content));
    let other_actor = actor_of(&stage.his.device, 2);
    let mut second = first.change.clone();
    let (from, to) = (second.actor_id.clone(), ActorId::from(other_actor));
    (second.actor_id, second.seq) = (to.clone(), 1);
    for operation in &mut second.operations {
        if let ObjectId::Id(id) = &operation.obj
            && *id.actor() == from
        {
            operation.obj = ObjectId::Id(OpId::new(id.counter(), &to));
        }
        if let Key::Seq(automerge::legacy::ElementId::Id(id)) = &operation.key {
            operation.key = Key::Seq(automerge::legacy::ElementId::Id(OpId::new(id.counter(), &to)));
        }
    }
    let path = ["goals".to_owned(), hex(&item)];
    stage.liar.honestly(first);
    // She writes into the one that there is.
    let plan = stage.scene.plan();
    let id = hex(&item).parse().expect("an id");
    let shown = plan.goal(id).expect("the goal");
    let edit = common_ground::plan::GoalEdit {
        success: Some("My own words".to_owned()),
        ..common_ground::plan::GoalEdit::default()
    };
    plan.edit_goal(id, shown.version, edit).expect("edited");
    stage.liar.settle();
    let hers = stage.liar.copy.object(&path);
    // The second one may come in: it is his own. Her words still show.
    let answer = stage.liar.tell(&[second]);
    assert!(answer == Answer::Judged { refused: vec![] }, "{answer:?}");
    let words = |stage: &Stage| {
        let seen = stage.scene.plan().goal(id).expect("the goal");
        seen.success.iter().any(|success| success.text == "My own words")
    };
    assert!(words(&stage));
    // Into whichever of the two is hidden now, and into what is in it, he writes nothing of hers.
    let both = stage.liar.copy.standing(&path);
    assert_eq!(both.len(), 2);
    for goal in both {
        for (key, action) in [
            ("success", OpType::Make(ObjType::Map)),
            ("proposed", OpType::Put(ScalarValue::from(crate::liar::table::moment_at(9)))),
        ] {
            let mut draft = stage.liar.draft();
            draft.at(&ObjectId::Id(goal.clone()), key, action, vec![]);
            stage.is_refused(draft, &[7], &format!("{key} of a goal that is there twice"));
        }
    }
    let her_success = inside(&stage, &hers, "success");
    let mut draft = stage.liar.draft();
    draft.put(&her_success, &hex(&stage.hers.id), "His words", vec![]);
    stage.is_refused(draft, &[7], "her success in a hidden goal");
    assert!(words(&stage));
    stage.all_is_well();
}

/// What was made under a key of an object, hidden or not.
fn inside(stage: &Stage, object: &ObjectId, key: &str) -> ObjectId {
    let changes = stage.liar.copy.document.get_changes(&[]).into_iter().map(|change| change.decode());
    let made = changes.flat_map(|change| {
        let actor = change.actor_id.clone();
        let numbered = (change.start_op.get()..).zip(change.operations);
        numbered.map(move |(counter, operation)| (OpId::new(counter, &actor), operation))
    });
    let mut found = made.filter(|(_, it)| it.obj == *object && it.key == Key::Map(key.into()));
    ObjectId::Id(found.next().expect("what was made").0)
}
