//! Thousands of real messages with something changed in them: bytes on the wire, numbers in the columns, and
//! whole operations, the last ones with a head that vouches for what came of it.
//!
//! A thousand of each kind; `COMMON_GROUND_TIMES` says how many times as many. Every run is the same.

use std::collections::HashSet;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ObjType, ScalarValue};
use common_ground::plan::{NewGoal, NewRating};
use common_ground_tests::{splitmix, wait};

use crate::liar::columns::{COUNT, Columns};
use crate::liar::copy::Draft;
use crate::liar::frames::{self, Batch, Frame};
use crate::liar::numbers::{deflated, inflated};
use crate::liar::{Liar, reading};
use crate::raw::{Raw, run};
use crate::scene::{Scene, address_of, no_panic, online, secret_of};
use crate::stage::{Content, Site, Stage, Whose};

/// How many of each kind.
fn how_many(usual: usize) -> usize {
    let times = std::env::var("COMMON_GROUND_TIMES").ok().and_then(|times| times.parse().ok());
    usual * times.unwrap_or(1)
}

/// Where the changes come from.
struct Dice(u64);

impl Dice {
    fn number(&mut self) -> u64 {
        self.0 = splitmix(self.0);
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.number() % end as u64).expect("a small number")
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// What Ben's own device says to whoever has her key: his hello and his batch.
fn real_messages(scene: &Scene, round: usize) -> [Vec<u8>; 2] {
    let plan = scene.ben.home.plan(scene.relationship).expect("a plan");
    let goal = NewGoal {
        title: format!("Say no {round}"),
        why: "Größe, 日本 🙂".to_owned(),
        success: Some("Once a week".to_owned()),
        ..NewGoal::default()
    };
    let goal = plan.propose_goal(goal).expect("proposed");
    let rating = NewRating { value: 4, helped: Some("sleep".to_owned()), hindered: None };
    plan.rate(goal.summary.id, rating).expect("rated");
    plan.agree(goal.summary.id, goal.digest).expect("agreed");
    scene.in_place_of_anna(|| {
        let at_ben = online(&scene.ben);
        let frames = run(async {
            let raw = Raw::with(secret_of(&scene.anna)).await;
            let mut entered = raw.enter(&address_of(&scene.ben), scene.relationship, 1).await;
            let hello = entered.hear().await;
            entered.say(&frames::hello(scene.relationship, 0, &[])).await;
            let batch = entered.hear_of(frames::BATCH).await;
            raw.close().await;
            [hello, batch]
        });
        wait(at_ben.go_offline());
        frames
    })
}

/// Changes some bytes, and sometimes the length.
fn mutate(bytes: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.below(3) {
        let at = dice.below(bytes.len());
        let byte = dice.number().to_le_bytes()[0];
        match dice.below(8) {
            0 => bytes.truncate(at.max(1)),
            1 => bytes.insert(at, byte),
            2 => {
                bytes.remove(at);
                bytes.push(byte);
            }
            3 => bytes[at] = *dice.one(&[0, 1, 0x7f, 0x80, 0xff]),
            4 => bytes[at] ^= 1 << (byte % 8),
            _ => bytes[at] = byte,
        }
    }
}

/// Changes something in one or two columns, or what is said of them.
fn mutate_columns(apart: &mut Columns, dice: &mut Dice) {
    for _ in 0..=dice.below(2) {
        let (one, other) = (dice.below(COUNT), dice.below(COUNT));
        match dice.below(6) {
            0 => apart.columns.swap(one, other),
            1 => apart.changes = *dice.one(&[0, 1, 2, 1_000, 4_000, 4_001, u64::MAX]),
            2 => apart.number(one, *dice.one(&[0, 1, 2, 1 << 31, u64::MAX])),
            _ if !apart.columns[one].is_empty() => mutate(&mut apart.columns[one], dice),
            _ => {}
        }
    }
}

/// Says some bytes after what comes before, hangs up, and hears the other out.
fn throw(liar: &mut Liar, bytes: &[u8]) {
    liar.knock();
    liar.say(bytes);
    liar.hang_up();
    while let Some(frame) = liar.hear_only() {
        assert!(!matches!(frame, Frame::Goodbye(4)), "something went wrong on her side");
    }
}

#[test]
fn real_messages_with_something_changed_bring_nothing_that_was_not_said() {
    let scene = Scene::begin();
    let seed = 7;
    println!("seed {seed}");
    let mut dice = Dice(seed);
    let mut liar = Liar::outside(&scene);
    let mut came_in = 0;
    let mut messages = real_messages(&scene, 0);
    let mut before = scene.tables();
    for round in 0..how_many(1_000) {
        let [hello, batch] = &messages;
        let said = match dice.below(4) {
            0 => {
                let mut hello = hello.clone();
                mutate(&mut hello, &mut dice);
                hello
            }
            1 => {
                let mut batch = batch.clone();
                mutate(&mut batch, &mut dice);
                [hello.clone(), batch].concat()
            }
            _ => {
                let Frame::Batch(read) = frames::read(batch) else { panic!("a batch") };
                let mut apart = reading::take_apart(&inflated(&read.columns));
                mutate_columns(&mut apart, &mut dice);
                let batch = Batch { columns: deflated(&apart.written()), ..read };
                [hello.clone(), batch.write()].concat()
            }
        };
        throw(&mut liar, &said);
        let now = scene.tables();
        if now != before {
            // What he changed did not matter: then it is what Ben has said, and nothing else.
            let known: HashSet<String> = words_of(&scene.ben, &scene);
            assert!(words_of(&scene.anna, &scene).is_subset(&known), "round {round}");
            came_in += 1;
            messages = real_messages(&scene, round + 1);
        }
        before = now;
        if round % 100 == 0 {
            liar.leave();
            scene.local_work_goes_on();
            before = scene.tables();
        }
    }
    no_panic();
    println!("{came_in} came in, since what was changed did not matter");
    liar.go();
    scene.the_honest_exchange_works();
}

/// All that somebody's plan says of goals that Ben has proposed.
fn words_of(device: &common_ground_tests::Device, scene: &Scene) -> HashSet<String> {
    let plan = device.home.plan(scene.relationship).expect("a plan");
    let goals = plan.goals(true).expect("goals").into_iter().filter(|goal| goal.title.starts_with("Say no"));
    goals
        .map(|goal| {
            let goal = plan.goal(goal.id).expect("a goal");
            let success: Vec<&str> = goal.success.iter().map(|success| success.text.as_str()).collect();
            let ratings: Vec<u8> = goal.ratings.iter().map(|rating| rating.value).collect();
            format!("{} {} {success:?} {ratings:?} {:?}", goal.summary.title, goal.why, goal.agreed_by)
        })
        .collect()
}

/// What is not his to change, and what stands there.
fn not_his(stage: &Stage, liar: &Liar) -> Vec<(String, Vec<OpId>)> {
    let his_to_change = |site: &&Site| !site.is_for(stage.row(site).again, Whose::His);
    let sites = stage.sites.iter().filter(|site| site.written).filter(his_to_change);
    sites.map(|site| (site.path.join("/"), liar.copy.standing(&site.path))).collect()
}

/// Changes an honest change in one or two ways that Automerge itself can say.
fn mutate_operations(stage: &mut Stage, draft: &mut Draft, dice: &mut Dice) {
    let mut sites = stage.sites.clone();
    sites.retain(|site| site.written);
    for _ in 0..=dice.below(2) {
        let site = dice.one(&sites).clone();
        let (key, above) = site.path.split_last().expect("a path");
        let there = stage.liar.copy.object(above);
        let at = dice.below(draft.change.operations.len());
        let right = stage.right(&site);
        let standing = stage.liar.copy.standing(&site.path);
        let operations = &mut draft.change.operations;
        match dice.below(10) {
            0 => operations[at].obj = there,
            1 if matches!(operations[at].key, Key::Map(_)) => {
                operations[at].key = Key::Map(key.as_str().into())
            }
            2 if !operations[at].insert => operations[at].pred = standing.into(),
            3 => {
                let again = operations[at].clone();
                operations.push(again);
            }
            4 if operations.len() > 1 => {
                operations.remove(at);
            }
            5 if operations.len() > 1 => operations.swap(0, at),
            6 if matches!(operations[at].key, Key::Map(_)) => {
                operations[at].action = match right {
                    Content::Make(what) => OpType::Make(what),
                    Content::Value(value) => OpType::Put(value),
                };
            }
            7 => draft.change.time = dice.number().cast_signed(),
            8 => operations.push(Op {
                action: OpType::Delete,
                obj: there,
                key: Key::Map(key.as_str().into()),
                pred: standing.into(),
                insert: false,
            }),
            _ => operations.push(Op {
                action: OpType::Put(ScalarValue::from("x")),
                obj: ObjectId::Id(standing[0].clone()),
                key: Key::Seq(ElementId::Head),
                pred: Vec::new().into(),
                insert: true,
            }),
        }
    }
}

#[test]
fn honest_changes_with_something_changed_touch_nothing_that_is_the_others() {
    let mut stage = Stage::set();
    let seed = 11;
    println!("seed {seed}");
    let mut dice = Dice(seed);
    let before = not_his(&stage, &stage.liar);
    let kinds: Vec<_> = stage.rows.iter().filter(|row| row.is_item()).cloned().collect();
    let (mut came_in, rounds) = (0, how_many(1_000));
    for round in 0..rounds {
        let mut draft = stage.liar.draft();
        let kind = dice.one(&kinds).clone();
        stage.whole(&mut draft, &kind, Whose::His, |_, content| Some(content));
        mutate_operations(&mut stage, &mut draft, &mut dice);
        if !can_be_said(&draft) {
            continue;
        }
        let answer = stage.liar.tell(&[draft.change]);
        match answer {
            crate::liar::Answer::ToldOff(_) | crate::liar::Answer::CutOff => stage.liar.enter(),
            crate::liar::Answer::Judged { refused } => came_in += usize::from(refused.is_empty()),
        }
        if round % 20 == 0 {
            stage.honest_edit();
        }
        if round % 200 == 0 {
            stage.scene.local_work_goes_on();
            stage.liar.settle();
        }
    }
    println!("{came_in} of {rounds} came in: they were his to write");
    // What she holds now, asked for from the beginning.
    let again = Liar::of(&stage.scene);
    assert!(not_his(&stage, &again) == before);
    again.go();
    stage.liar.enter();
    stage.all_is_well();
}

/// Whether the columns have a word for it.
fn can_be_said(draft: &Draft) -> bool {
    let start = draft.change.start_op.get();
    (start..).zip(&draft.change.operations).all(|(counter, operation)| {
        let earlier = |id: &OpId| id.counter() < counter;
        let object = match &operation.obj {
            ObjectId::Root => true,
            ObjectId::Id(id) => earlier(id),
        };
        let element = match &operation.key {
            Key::Seq(ElementId::Id(id)) => earlier(id),
            _ => true,
        };
        object
            && element
            && operation.pred.iter().all(earlier)
            && !matches!(operation.action, OpType::Make(ObjType::List))
    })
}
