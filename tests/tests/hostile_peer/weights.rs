//! Frames that are small and weigh a lot: bombs, a million tiny operations, nesting without end. Her app runs in
//! a process of its own here, and what that process takes more than at rest is measured at its peak, frame by
//! frame.

use automerge::legacy::{ElementId, ObjectId};
use automerge::{ExpandedChange, ObjType};
use common_ground::plan::NewGoal;
use common_ground_tests::{Device, not_run};

use crate::apart::{self, Apart};
use crate::liar::columns::{
    ACTORS, AUTHOR, CHARACTERS, Columns, HASHES, KEY, OBJECT, OPERATION_COUNT, PARENT, PARENT_COUNT,
    PREDECESSOR, SEQUENCE, SHAPE, STRING_BYTES, STRING_LENGTH, TIME, VALUE, write,
};
use crate::liar::frames::{self, Batch, Position};
use crate::liar::numbers::deflated;
use crate::liar::table::moment_at;
use crate::liar::{Answer, Liar};
use crate::scene::Scene;

/// What a frame may take more than there is at rest.
const ROOM: usize = 64 * 1024 * 1024;
/// The budget of a frame is a second; this is a guard against what does not end, on a machine that is busy.
const AT_MOST_SECONDS: usize = 20;

/// What becomes of a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    EndsTheExchange,
    IsRefused,
    ComesIn,
}

/// Her app apart, begun anew for each thing that is weighed: what one frame has left behind is not to hide what
/// the next one takes.
struct Scales {
    /// Where her app lies.
    words: String,
    apart: Option<Apart>,
    /// What it takes at rest.
    rest: usize,
    liar: Liar,
    /// The text that both may write in.
    text: ObjectId,
    goal: String,
    edits: usize,
}

impl Scales {
    /// Begins her app anew, and comes in.
    fn begin(&mut self) {
        self.liar.leave();
        // Two cannot have one home at a time.
        self.apart = None;
        let apart = Apart::start(&self.words);
        self.liar.enter();
        self.rest = apart.memory("VmRSS:");
        self.apart = Some(apart);
    }

    /// Says frame after frame of one delivery, and weighs each; answers what came of it.
    fn say(&mut self, what: &str, frames: &[Vec<u8>]) -> Answer {
        let mut answer = None;
        for (n, frame) in frames.iter().enumerate() {
            let apart = self.apart.as_ref().expect("her app");
            let begun = apart.busy();
            self.liar.say(frame);
            if n + 1 == frames.len() {
                answer = Some(self.liar.answer());
            }
            let more = apart.memory("VmHWM:").saturating_sub(self.rest);
            println!("{what}, {} bytes: {:.1} MiB more", frame.len(), more as f64 / 1_048_576.0);
            assert!(more < ROOM, "{what} took {more} bytes");
            assert!(apart.busy() - begun < AT_MOST_SECONDS, "{what} took too long");
        }
        answer.expect("a frame")
    }

    /// Says something, and weighs it. The exchange goes on honestly right after.
    fn weigh(&mut self, what: &str, frames: &[Vec<u8>], fate: Fate) {
        let answer = self.say(what, frames);
        let is_that = match (&answer, fate) {
            (Answer::ToldOff(1) | Answer::CutOff, Fate::EndsTheExchange) => true,
            (Answer::Judged { refused }, Fate::IsRefused) => !refused.is_empty(),
            (Answer::Judged { refused }, Fate::ComesIn) => refused.is_empty(),
            _ => false,
        };
        assert!(is_that, "{what}: {answer:?}");
        if fate == Fate::EndsTheExchange {
            self.liar.enter();
        }
        if fate != Fate::ComesIn {
            self.honest_edit();
        }
    }

    fn honest_edit(&mut self) {
        self.edits += 1;
        let map = self.liar.copy.object(&["goals", &self.goal]);
        let standing = self.liar.copy.standing(&["goals", &self.goal, "archived"]);
        let mut draft = self.liar.draft();
        draft.put(&map, "archived", moment_at(self.edits), standing);
        self.liar.honestly(draft);
    }

    /// One delivery of one frame.
    fn delivery(&mut self, columns: &Columns) -> Vec<u8> {
        self.liar.batch(&columns.written(), vec![]).write()
    }

    /// One frame with a head for the last of these changes.
    fn vouched(&mut self, changes: &[ExpandedChange]) -> Vec<u8> {
        let head = self.liar.head(changes.last().expect("a change"));
        self.liar.batch(&write(changes).written(), vec![head]).write()
    }

    /// The beginning of a batch by hand: changes in a row, each of so many operations.
    fn changes(&self, count: u64, operations: u64) -> Columns {
        let mut columns = Columns::empty();
        let draft = self.liar.draft().change;
        columns.changes = count;
        columns.bytes(ACTORS, draft.actor_id.to_bytes());
        columns.bytes(HASHES, &draft.deps[0].0);
        columns.number(SEQUENCE, draft.seq);
        for n in 0..count {
            columns.number(AUTHOR, 0);
            columns.number(TIME, 0);
            columns.number(PARENT_COUNT, 1);
            columns.number(PARENT, if n == 0 { 1 } else { 2 });
            columns.number(OPERATION_COUNT, operations);
        }
        columns
    }

    /// The same, where each operation puts a value of this shape at a key of the root.
    fn puts(&self, changes: u64, operations: u64, shape: u8, mut value: impl FnMut(&mut Columns)) -> Columns {
        let mut columns = self.changes(changes, operations);
        columns.number(STRING_LENGTH, 1);
        columns.bytes(STRING_BYTES, b"k");
        for n in 0..changes * operations {
            columns.bytes(SHAPE, &[shape]);
            columns.number(OBJECT, u64::from(n == 0));
            columns.number(KEY, if n == 0 { 1 } else { 2 });
            columns.number(PREDECESSOR, u64::from(n > 0));
            value(&mut columns);
        }
        columns
    }

    /// Letters for the text, in changes that an honest device could have made.
    fn letters(&self, changes: usize, of: usize) -> Vec<ExpandedChange> {
        let mut all: Vec<ExpandedChange> = Vec::new();
        for n in 0..changes {
            let mut draft = self.liar.draft();
            if let Some(before) = all.last() {
                let built = automerge::Change::from(before.clone());
                draft.change.seq = before.seq + 1;
                draft.change.deps = vec![built.hash()];
                draft.change.start_op = (built.max_op() + 1).try_into().expect("a start");
            }
            let mut behind = ElementId::Head;
            for _ in 0..of {
                behind = ElementId::Id(draft.letter(&self.text, behind, if n % 2 == 0 { "ü" } else { "x" }));
            }
            all.push(draft.change);
        }
        all
    }
}

#[test]
fn no_frame_takes_more_memory_than_is_allowed() {
    if !apart::can_be_weighed() {
        not_run("the weight of hostile frames", "this system does not say what a process takes");
        return;
    }
    let scene = Scene::begin();
    let goal = NewGoal { title: "Walk".to_owned(), why: "Air".to_owned(), ..NewGoal::default() };
    let goal = scene.plan().propose_goal(goal).expect("proposed").summary.id.to_string();
    let mut liar = Liar::outside(&scene);
    // The port by which the liar knows her is hers in the other process too.
    let Scene { anna, ben, relationship, .. } = scene;
    let closed = anna.closed();
    let apart = Apart::start(&closed.in_words());
    liar.enter();
    let text = liar.copy.object(&["goals", &goal, "why"]);
    let mut scales =
        Scales { words: closed.in_words(), apart: Some(apart), rest: 0, liar, text, goal, edits: 0 };
    scales.honest_edit();
    bombs(&mut scales);
    many_operations(&mut scales);
    deep(&mut scales);
    long_lists(&mut scales);
    much_that_is_true(&mut scales);
    let Scales { apart, liar, .. } = scales;
    liar.go();
    drop(apart);
    let scene = Scene::again(Device::open(closed), ben, relationship);
    scene.local_work_goes_on();
    scene.the_honest_exchange_works();
}

fn bombs(scales: &mut Scales) {
    use Fate::{EndsTheExchange, IsRefused};
    let raw =
        |scales: &mut Scales, columns: Vec<u8>| Batch { columns, ..scales.liar.batch(&[], vec![]) }.write();
    scales.begin();
    let frame = raw(scales, deflated(&vec![0; 256 * 1024 * 1024]));
    scales.weigh("zeros without end", &[frame], EndsTheExchange);
    scales.begin();
    let frame = raw(scales, deflated(&vec![1; 16 * 1024 * 1024]));
    scales.weigh("as many ones as may be", &[frame], EndsTheExchange);
    let one = scales.puts(1, 1, 2, |_| {}).written();
    scales.begin();
    let frame = raw(scales, [deflated(&one), deflated(&one)].concat());
    scales.weigh("one behind the other", &[frame], EndsTheExchange);

    // One long string, said once and used by many: in one change, and a little in each of thousands.
    let long = |scales: &Scales, changes, operations, length: usize| {
        let mut n = 0;
        let mut columns = scales.puts(changes, operations, 8, |columns| {
            columns.number(VALUE, if n == 0 { 1 } else { 4 });
            n += 1;
        });
        columns.number(STRING_LENGTH, length as u64);
        columns.bytes(STRING_BYTES, &vec![b'x'; length]);
        columns
    };
    for (what, changes, operations, length, fate) in [
        ("one bomb of strings", 1, 10_000, 64 * 1024, EndsTheExchange),
        ("a string as often as may be", 1, 120, 64 * 1024, IsRefused),
        ("thousands of small bombs", 4_000, 5, 8_000, EndsTheExchange),
        ("thousands of bombs as large as may be", 4_000, 5, 400, IsRefused),
        ("a string that is too long", 1, 1, 64 * 1024 + 1, EndsTheExchange),
    ] {
        scales.begin();
        let columns = long(scales, changes, operations, length);
        let frame = scales.delivery(&columns);
        scales.weigh(what, &[frame], fate);
    }
}

fn many_operations(scales: &mut Scales) {
    use Fate::{EndsTheExchange, IsRefused};
    // A million in one change, with their bytes and without; in many changes; and as many changes.
    scales.begin();
    let mut said = scales.changes(1, 1_000_000);
    said.bytes(SHAPE, &[2]);
    let frame = scales.delivery(&said);
    scales.weigh("a million that are only said", &[frame], EndsTheExchange);
    scales.begin();
    let there = scales.puts(1, 1_000_000, 2, |_| {});
    let frame = scales.delivery(&there);
    scales.weigh("a million tiny operations", &[frame], EndsTheExchange);
    scales.begin();
    let spread = scales.puts(1_000, 1_000, 2, |_| {});
    let frame = scales.delivery(&spread);
    scales.weigh("a million in a thousand changes", &[frame], EndsTheExchange);
    scales.begin();
    let changes = scales.puts(1_000_000, 1, 2, |_| {});
    let frame = scales.delivery(&changes);
    scales.weigh("a million changes", &[frame], EndsTheExchange);
    scales.begin();
    let most = scales.puts(4_000, 5, 2, |_| {});
    let frame = scales.delivery(&most);
    scales.weigh("as many as a frame may hold", &[frame], IsRefused);
    // In pieces, of a delivery that does not end.
    scales.begin();
    let batch = scales.liar.batch(&[], vec![]);
    let (seq, hash) = {
        let draft = scales.liar.draft().change;
        (draft.seq, draft.deps[0])
    };
    let pieces: Vec<Vec<u8>> = (0..4)
        .map(|piece| {
            let mut columns = scales.puts(2, 10_000, 2, |_| {});
            columns.columns[SEQUENCE].clear();
            columns.number(SEQUENCE, seq + 2 * piece);
            columns.columns[HASHES] = hash.0.to_vec();
            let columns = deflated(&columns.written());
            Batch { piece, last: piece == 3, columns, ..batch.clone() }.write()
        })
        .collect();
    scales.weigh("a delivery that does not end", &pieces, EndsTheExchange);
}

fn deep(scales: &mut Scales) {
    // A map in a map in a map; a list, a table or a counter the columns have no word for.
    scales.begin();
    let mut draft = scales.liar.draft();
    let mut map = scales.liar.copy.object(&["goals", &scales.goal]);
    for _ in 0..9_999 {
        map = draft.make(&map, "deeper", ObjType::Map);
    }
    let frame = scales.vouched(&[draft.change]);
    scales.weigh("ten thousand maps deep", &[frame], Fate::IsRefused);
    for shape in [13, 14, 0x7f, 0x80, 0xff] {
        let columns = scales.puts(1, 1, shape, |_| {});
        let frame = scales.delivery(&columns);
        scales.weigh("a shape that there is not", &[frame], Fate::EndsTheExchange);
    }
}

fn long_lists(scales: &mut Scales) {
    use Fate::EndsTheExchange;
    scales.begin();
    let relationship = scales.liar.relationship;
    let position = |n: usize| {
        let actor = (n as u128).to_be_bytes();
        Position { actor, seq: 1, hash: [1; 32] }
    };
    let positions: Vec<Position> = (0..1_025).map(position).collect();
    let _ = scales.liar.batch(&[], vec![]);
    scales.weigh("a position too many", &[frames::hello(relationship, 0, &positions)], EndsTheExchange);
    scales.begin();
    let mut actors = scales.changes(1, 1);
    actors.columns[ACTORS].clear();
    (0..1_000_000_u128).for_each(|n| actors.bytes(ACTORS, &n.to_be_bytes()));
    let frame = scales.delivery(&actors);
    scales.weigh("a million actors", &[frame], EndsTheExchange);
    scales.begin();
    let mut parents = scales.changes(1, 1);
    (0..400_000_u64).for_each(|n| {
        parents.bytes(HASHES, &[[0; 24].as_slice(), &n.to_be_bytes()].concat());
    });
    let frame = scales.delivery(&parents);
    scales.weigh("parents without end", &[frame], EndsTheExchange);
    scales.begin();
    let mut letters = scales.changes(1, 1);
    letters.bytes(SHAPE, &[10]);
    letters.bytes(CHARACTERS, &vec![b'x'; 15 * 1024 * 1024]);
    let frame = scales.delivery(&letters);
    scales.weigh("letters that nothing asks for", &[frame], EndsTheExchange);
}

/// As much as one may honestly say in a frame, and as much as a delivery may hold, for which nobody vouches.
fn much_that_is_true(scales: &mut Scales) {
    for (what, frames, changes, of, fate) in [
        ("twenty thousand letters in two changes", 1, 2, 10_000, Fate::ComesIn),
        ("twenty thousand letters in four thousand changes", 1, 4_000, 5, Fate::ComesIn),
        ("as much as one head may vouch for", 2, 3, 10_000, Fate::ComesIn),
        ("more than one head may vouch for", 3, 6, 10_000, Fate::EndsTheExchange),
        ("sixty thousand letters that nobody vouches for", 3, 6, 10_000, Fate::IsRefused),
    ] {
        scales.begin();
        let changes = scales.letters(changes, of);
        let heads = match fate {
            Fate::IsRefused => vec![],
            _ => vec![scales.liar.head(changes.last().expect("a change"))],
        };
        let batch = scales.liar.batch(&[], heads);
        let written = in_pieces(&changes, frames);
        let frames: Vec<Vec<u8>> = (0..)
            .zip(&written)
            .map(|(piece, columns)| {
                let last = piece + 1 == written.len() as u64;
                let heads = if last { batch.heads.clone() } else { vec![] };
                Batch { piece, last, heads, columns: deflated(columns), ..batch.clone() }.write()
            })
            .collect();
        scales.weigh(what, &frames, fate);
        if fate == Fate::ComesIn {
            scales.liar.copy.take(changes.into_iter().map(automerge::Change::from).collect());
            scales.honest_edit();
        }
    }
}

/// The columns of changes in a row, in so many pieces.
fn in_pieces(changes: &[ExpandedChange], pieces: usize) -> Vec<Vec<u8>> {
    changes.chunks(changes.len().div_ceil(pieces)).map(|piece| write(piece).written()).collect()
}
