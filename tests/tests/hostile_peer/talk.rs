//! The talk itself: frames out of turn, questions in vain, pieces that do not fit, and deliveries so heavy that
//! nobody could pass them on.

use automerge::ExpandedChange;
use automerge::legacy::{ElementId, ObjectId};
use common_ground::plan::NewGoal;

use crate::liar::columns::{Columns, write};
use crate::liar::frames::{self, BATCH, Batch, Frame, HAVE, HELLO, Position, frame};
use crate::liar::numbers::deflated;
use crate::liar::{Answer, Liar};
use crate::scene::Scene;

/// A plan with one goal of hers, and the liar in it.
fn begin() -> (Scene, Liar, String) {
    let scene = Scene::begin();
    let goal = NewGoal { title: "Walk".to_owned(), why: "Air".to_owned(), ..NewGoal::default() };
    let goal = scene.plan().propose_goal(goal).expect("proposed").summary.id.to_string();
    let liar = Liar::of(&scene);
    (scene, liar, goal)
}

/// Changes in a row that write letters into a text.
fn letters(liar: &Liar, text: &ObjectId, changes: usize, of: usize) -> Vec<ExpandedChange> {
    let mut all: Vec<ExpandedChange> = Vec::new();
    for _ in 0..changes {
        let mut draft = liar.draft();
        if let Some(before) = all.last() {
            let built = automerge::Change::from(before.clone());
            draft.change.seq = before.seq + 1;
            draft.change.deps = vec![built.hash()];
            draft.change.start_op = (built.max_op() + 1).try_into().expect("a start");
        }
        let mut behind = ElementId::Head;
        for _ in 0..of {
            behind = ElementId::Id(draft.letter(text, behind, "x"));
        }
        all.push(draft.change);
    }
    all
}

#[test]
fn what_comes_in_can_always_be_passed_on() {
    let (scene, mut liar, goal) = begin();
    let text = liar.copy.object(&["goals", &goal, "why"]);
    // More than a delivery holds, in a few changes, each time with one head for as much as may be.
    for _ in 0..3 {
        let changes = letters(&liar, &text, 3, 10_000);
        let head = liar.head(changes.last().expect("a change"));
        let batch = liar.batch(&[], vec![head]);
        for (piece, last) in [(0, false), (1, true)] {
            let of_piece = if last { &changes[2..] } else { &changes[..2] };
            let heads = if last { batch.heads.clone() } else { vec![] };
            let columns = deflated(&write(of_piece).written());
            liar.say(&Batch { piece, last, heads, columns, ..batch.clone() }.write());
        }
        assert!(liar.answer() == Answer::Judged { refused: vec![] });
        liar.copy.take(changes.into_iter().map(automerge::Change::from).collect());
    }
    liar.go();
    // All of it goes to Ben's own device, which has never heard of it.
    scene.local_work_goes_on();
    scene.the_honest_exchange_works();
}

#[test]
fn talk_out_of_turn_ends_the_exchange_or_is_passed_over() {
    let (scene, mut liar, goal) = begin();
    let map = liar.copy.object(&["goals", &goal]);
    let edit = |liar: &Liar, order: &str| {
        let mut draft = liar.draft();
        draft.put(&map, "order", order, liar.copy.standing(&["goals", &goal, "order"]));
        draft
    };
    let said = |liar: &mut Liar, draft: &ExpandedChange| {
        let head = liar.head(draft);
        liar.batch(&write(std::slice::from_ref(draft)).written(), vec![head])
    };
    let position = |n: u8, seq| Position { actor: [n; 16], seq, hash: [n; 32] };
    let relationship = liar.relationship;
    let endings: Vec<(&str, Vec<u8>)> = vec![
        ("positions that are not in order", frames::have(1, &[position(2, 1), position(1, 1)])),
        ("a position twice", frames::have(1, &[position(1, 1), position(1, 1)])),
        ("a number below all", frames::have(1, &[position(1, 0)])),
        ("a number above all", frames::have(1, &[position(1, (1 << 31) + 1)])),
        ("a hello that goes on", frame(HELLO, &[&frames::hello(relationship, 0, &[])[6..], &[0]].concat())),
        ("half a have", frame(HAVE, &[1])),
        ("a last piece that is neither", frame(BATCH, &[0, 9, 0, 2, 0])),
        ("a piece without changes", {
            let columns = deflated(&Columns::empty().written());
            Batch { answers: 0, delivery: 9, piece: 0, last: true, heads: vec![], columns }.write()
        }),
        ("heads without end", frame(BATCH, &[0, 9, 0, 1, 0xff, 0xff, 0x03])),
        ("the same hello without end", frames::hello(relationship, 0, &[]).repeat(20)),
        ("questions without end", (1..20).flat_map(|n| frames::hello(relationship, n, &[])).collect()),
        ("frames that say nothing", frame(0x80, b"").repeat(9_000)),
    ];
    for (what, bytes) in endings {
        let before = scene.tables();
        liar.say(&bytes);
        let ended = loop {
            match liar.hear_only() {
                Some(Frame::Goodbye(reason)) => break reason,
                Some(_) => {}
                None => panic!("{what}: the exchange ended without a word"),
            }
        };
        assert!(ended == 1, "{what}: {ended}");
        assert!(scene.tables() == before, "{what}");
        liar.enter();
        let honest = edit(&liar, "8080");
        liar.honestly(honest);
    }

    // A delivery that was taken in is acknowledged again, and changes nothing.
    let draft = edit(&liar, "8180").change;
    let batch = said(&mut liar, &draft);
    liar.say(&batch.write());
    assert!(liar.answer() == Answer::Judged { refused: vec![] });
    liar.copy.take(vec![automerge::Change::from(draft)]);
    let before = scene.tables();
    liar.say(&batch.write());
    assert!(liar.answer() == Answer::Judged { refused: vec![] });
    assert!(scene.tables() == before);

    // A piece before the first, and a change whose parents never come: she asks, and nothing is applied.
    let draft = edit(&liar, "8280").change;
    let batch = said(&mut liar, &draft);
    liar.say(&Batch { piece: 1, ..batch.clone() }.write());
    assert!(asks(&mut liar));
    let mut orphan = draft.clone();
    orphan.deps = vec![automerge::ChangeHash([7; 32])];
    let batch = said(&mut liar, &orphan);
    liar.say(&batch.write());
    assert!(asks(&mut liar));
    assert!(scene.tables() == before);
    liar.enter();
    let honest = edit(&liar, "8380");
    liar.honestly(honest);
    liar.go();
    scene.local_work_goes_on();
    scene.the_honest_exchange_works();
}

/// Whether she asks for what is missing.
fn asks(liar: &mut Liar) -> bool {
    loop {
        match liar.hear() {
            Some(Frame::Hello { asks, .. }) => return asks > 0,
            Some(Frame::Goodbye(_)) | None => return false,
            Some(_) => {}
        }
    }
}
