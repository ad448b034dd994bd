//! A peer with a certified device and bad intentions: what it may not do does not come in, and the
//! honest exchange works right after.

use std::num::NonZeroU64;

use automerge::legacy::{ElementId, Key, MarkData, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change as PlanChange, ExpandedChange, ObjId, ObjType, ROOT, ReadDoc, ScalarValue};
use proptest::prelude::*;

use super::*;
use crate::exchange::{Accepted, Actor, Built, Position, Refusal, SignedHead};
use crate::id::{PersonId, StatementId};
use crate::plan::goal::operation_of;
use crate::plan::shared_plan::Open;
use crate::plan::statement::{Kind, Statement};
use crate::relationship::key::DeviceKey;

/// What Ben's device can do when it is not ours any more.
pub(super) struct Forger<'a> {
    ben: &'a Device,
    key: DeviceKey,
}

impl<'a> Forger<'a> {
    pub(super) fn of(ben: &'a Device) -> Self {
        let key = ben.inner().shared.file.read(people::device_key).expect("a key");
        Self { ben, key: DeviceKey::from_secret(&key.secret()) }
    }

    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Open) -> T) -> T {
        self.ben.shared_plan().with_document(|open| Ok(work(open))).expect("a document")
    }

    /// The change that Ben's device would make next, with these operations.
    pub(super) fn next(&self, operations: Vec<Op>) -> ExpandedChange {
        self.with(|open| {
            let deps = open.loaded.document.get_heads();
            let top =
                deps.iter().filter_map(|head| open.loaded.ledger.known(head)).map(|known| known.top).max();
            ExpandedChange {
                operations,
                actor_id: ActorId::from(open.loaded.actor),
                hash: None,
                seq: open.loaded.ledger.length(&open.loaded.actor) + 1,
                start_op: NonZeroU64::new(top.expect("a top") + 1).expect("a start"),
                time: 0,
                message: None,
                deps,
                extra_bytes: Vec::new(),
                author: None,
            }
        })
    }

    fn head(&self, change: &PlanChange) -> SignedHead {
        let actor = Actor::try_from(change.actor_id().to_bytes()).expect("an actor");
        let position = Position { actor, seq: change.seq(), hash: change.hash().0 };
        SignedHead::sign(&self.ben.relationship, position, &self.key)
    }

    /// Delivers a change to Anna with the head that vouches for it.
    pub(super) fn deliver(&self, anna: &Device, change: ExpandedChange) -> Accepted {
        let change = PlanChange::from(change);
        let head = self.head(&change);
        deliver(anna, change, vec![head])
    }

    /// An object of the plan by its path.
    pub(super) fn object(&self, path: &[&str]) -> ObjId {
        self.with(|open| {
            path.iter().fold(ROOT, |object, key| {
                open.loaded.document.get(&object, *key).expect("a read").expect("an object").1
            })
        })
    }

    /// The operation that wrote what shows under a key.
    pub(super) fn writer_of(&self, path: &[&str]) -> OpId {
        operation_of(&self.object(path)).expect("an operation")
    }

    pub(super) fn item(&self, of: PersonId) -> [u8; 16] {
        self.ben.world.pass(1);
        (*self.ben.inner().shared.world).item_id(&of).expect("an id")
    }
}

fn deliver(anna: &Device, change: PlanChange, heads: Vec<SignedHead>) -> Accepted {
    let built = Built { expanded: change.decode(), change };
    Desk(anna.shared_plan(), [0; 32]).accept(vec![built], &heads).expect("judged")
}

pub(super) fn op(object: &ObjId, key: &str, action: OpType, pred: Vec<OpId>) -> Op {
    let obj = operation_of(object).map_or(ObjectId::Root, ObjectId::Id);
    Op { action, obj, key: Key::Map(key.into()), pred: pred.into(), insert: false }
}

pub(super) fn put(object: &ObjId, key: &str, value: impl Into<ScalarValue>) -> Op {
    op(object, key, OpType::Put(value.into()), vec![])
}

fn letter(text: &ObjId, at: ElementId, action: OpType, pred: Vec<OpId>, insert: bool) -> Op {
    let obj = operation_of(text).map_or(ObjectId::Root, ObjectId::Id);
    Op { action, obj, key: Key::Seq(at), pred: pred.into(), insert }
}

/// A plan with one goal of Anna's, in which both have written, and a rating of hers.
pub(super) fn a_plan() -> (Device, Device, GoalId) {
    let (anna, ben) = two();
    let proposed = anna
        .plan()
        .propose_goal(NewGoal {
            title: "Walk".to_owned(),
            why: "Air".to_owned(),
            success: Some("Daily".to_owned()),
            ..NewGoal::default()
        })
        .expect("proposed");
    anna.plan()
        .rate(proposed.summary.id, NewRating { value: 6, helped: None, hindered: None })
        .expect("rated");
    level(&anna, &ben);
    let shown = ben.only_goal();
    let edit = GoalEdit { success: Some("She smiles".to_owned()), ..GoalEdit::default() };
    ben.plan().edit_goal(shown.summary.id, shown.version, edit).expect("edited");
    level(&anna, &ben);
    (anna, ben, proposed.summary.id)
}

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

fn honest_work_goes_on(anna: &Device, ben: &Device) {
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
fn a_change_counts_only_with_a_head_that_its_own_device_has_signed() {
    let (anna, ben, goal) = a_plan();
    let forger = Forger::of(&ben);
    let map = forger.object(&["goals", &goal.to_string()]);
    let change = PlanChange::from(forger.next(vec![put(&map, "archived", ScalarValue::Null)]));
    let head = forger.head(&change);

    let reasons = |heads: Vec<SignedHead>| deliver(&anna, change.clone(), heads).refused[0].1;
    assert_eq!(reasons(vec![]), Refusal::NotVouchedFor);
    let mut forged = head.clone();
    forged.signature[5] ^= 1;
    assert_eq!(reasons(vec![forged]), Refusal::NotVouchedFor);
    let other_seq = SignedHead { position: Position { seq: 99, ..head.position }, ..head.clone() };
    assert_eq!(reasons(vec![other_seq]), Refusal::NotVouchedFor);
    let other_relationship =
        SignedHead::sign(&RelationshipId::from_bytes([8; 16]), head.position, &forger.key);
    assert_eq!(reasons(vec![other_relationship]), Refusal::NotVouchedFor);
    // A device that nobody has certified, in its own name.
    let key = DeviceKey::from_secret(&[5; 32]);
    let actor =
        crate::relationship::key::new_actor(&*anna.inner().shared.world, &key.public()).expect("an actor");
    let strange = ExpandedChange { actor_id: ActorId::from(actor), seq: 1, ..change.decode() };
    let strange = PlanChange::from(strange);
    let position = Position { actor, seq: 1, hash: strange.hash().0 };
    let head_of_nobody = SignedHead::sign(&anna.relationship, position, &key);
    assert_eq!(deliver(&anna, strange, vec![head_of_nobody]).refused[0].1, Refusal::UnknownDevice);
    // With its own head it comes in.
    assert_eq!(deliver(&anna, change, vec![head]).applied, 1);
}

#[test]
fn nobody_continues_what_another_device_has_begun() {
    let (anna, ben, goal) = a_plan();
    let forger = Forger::of(&ben);
    let map = forger.object(&["goals", &goal.to_string()]);
    let (actor, seq) = anna
        .shared_plan()
        .with_document(|open| Ok((open.loaded.actor, open.loaded.ledger.length(&open.loaded.actor))))
        .expect("an actor");
    let in_her_name = ExpandedChange {
        actor_id: ActorId::from(actor),
        seq: seq + 1,
        ..forger.next(vec![put(&map, "archived", ScalarValue::Null)])
    };
    let refused = forger.deliver(&anna, in_her_name).refused;
    assert_eq!(refused[0].1, Refusal::NotVouchedFor);
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
fn a_statement_forged_in_any_way_seals_nothing() {
    let (anna, ben, goal) = a_plan();
    let digest = anna.only_goal().digest;
    ben.plan().agree(goal, digest).expect("agreed");
    level(&anna, &ben);
    let forger = Forger::of(&ben);
    let statements = forger.object(&["statements"]);
    let bens_key = ben.inner().person_key().expect("a key");
    let wording = {
        let shown = ben.only_goal();
        crate::plan::wording::Wording {
            goal,
            title: shown.summary.title.clone(),
            why: shown.why.clone(),
            success: shown.success.iter().map(|success| (success.by, success.text.clone())).collect(),
            version: LEVEL,
            known_by: String::new(),
            by_when: None,
            scale: Default::default(),
        }
    };
    assert!(wording.digest() == digest);
    let annas = Statement {
        relationship: anna.relationship,
        goal,
        client: anna.me(),
        therapist: ben.me(),
        by: anna.me(),
        key: bens_key.public(),
        kind: Kind::Agree,
        digest,
        counter: 1,
        at: (*anna.inner().shared.world).moment(),
        heads: vec![],
        wording: wording.bytes(),
    };
    let place = |bytes: Vec<u8>, of: PersonId| {
        let id = StatementId::from_bytes(forger.item(of)).to_string();
        forger.deliver(&anna, forger.next(vec![put(&statements, &id, ScalarValue::Bytes(bytes))]))
    };
    // In her name, under an item of his; and under an item of hers.
    assert_eq!(place(annas.sign(&bens_key), ben.me()).refused[0].1, Refusal::Value);
    assert_eq!(place(annas.sign(&bens_key), anna.me()).refused[0].1, Refusal::NotAllowed);
    // His own, but tampered with after signing.
    let his = Statement { by: ben.me(), counter: 2, ..annas.clone() };
    let mut bytes = his.sign(&bens_key);
    let last = bytes.len() - 1;
    bytes[last / 2] ^= 1;
    assert_eq!(place(bytes, ben.me()).refused[0].1, Refusal::Value);
    // Over a wording that is not the one the digest is of.
    let other = Statement {
        wording: crate::plan::wording::Wording { why: "Else".to_owned(), ..wording }.bytes(),
        ..his.clone()
    };
    assert_eq!(place(other.sign(&bens_key), ben.me()).refused[0].1, Refusal::Value);
    // Signed with a key that is not his: it may lie there, and does not count.
    let stranger = crate::relationship::key::PersonKey::from_secret(&[6; 32]);
    let unknown_key = Statement { key: stranger.public(), ..his };
    assert_eq!(place(unknown_key.sign(&stranger), ben.me()).applied, 1);
    assert_eq!(anna.only_goal().summary.standing, Standing::Proposed);
    assert_eq!(anna.only_goal().agreed_by, vec![ben.me()]);
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
