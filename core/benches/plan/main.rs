//! What a plan of five years costs, and one of twenty, each beside the bare floor in the same run.
//!
//! ```text
//! cargo bench -p common-ground --bench plan
//! ```
//!
//! The plans are made through the exported surface and lie on the disk; what is measured goes the same way. The floor
//! is what nobody can do without: the same document as bare Automerge, its bytes in one SQLCipher file under the same
//! settings, and no gate, no tables, nobody's signatures. Ours and the floor take turns, so that a busy moment of the
//! machine hits both. `COMMON_GROUND_YEARS` names one other age, `COMMON_GROUND_ROUNDS` how often (otherwise 20).

#![allow(clippy::unwrap_used, missing_docs)] // a measurement may stop

#[path = "../common/mod.rs"]
mod common;
mod floor;
mod years;

use std::path::Path;
use std::time::{Duration, Instant};

use common::table::Table;
use common::{number, taking, timed};
use floor::Floor;
use years::{Couple, GOALS, Meeting, rate};

/// How often a plan is edited on end.
const EDITS: usize = 400;
/// How many edits each makes apart.
const APART: usize = 1_000;

fn main() {
    let ages = match number("COMMON_GROUND_YEARS", 0) {
        0 => vec![5, 20],
        years => vec![years],
    };
    let rounds = number("COMMON_GROUND_ROUNDS", 20);
    for years in ages {
        measure(years, rounds);
    }
}

fn measure(years: usize, rounds: usize) {
    let began = Instant::now();
    let mut couple = Couple::after(years);
    let base = tempfile::tempdir().unwrap();
    let mut bare = Floor::like(&couple.client, &base.path().join("bare.db"));
    let (changes, saved) = (bare.document.get_changes_meta(&[]).len(), bare.document.save().len() as u64);
    println!(
        "## {years} years\n\nmade in {:.0} s: {GOALS} goals, {changes} changes",
        began.elapsed().as_secs_f64()
    );
    println!("the saved document: {saved} bytes");
    on_the_disk(&mut couple, saved);

    let mut table = Table::default();
    opening(&mut table, &mut couple, &mut bare, rounds);
    editing(&mut table, &couple, &mut bare);
    looking_back(&mut table, &couple, &bare);
    folding(&mut table, &couple, &mut bare);
    meeting(&mut table, &couple, &mut bare, base.path());
    println!("\n{}", table.text);
}

/// From a closed app to the list of goals, and on to the first edit.
fn opening(table: &mut Table, couple: &mut Couple, bare: &mut Floor, rounds: usize) {
    let (mut open, mut list, mut edit) = (Both::default(), Both::default(), Both::default());
    for _ in 0..rounds {
        couple.client.shut();
        open.ours.push(timed(|| couple.client.open()));
        let plan = couple.plan();
        let goals = taking(&mut list.ours, || plan.goals(false).unwrap());
        assert!(goals.len() == GOALS && goals.iter().all(|goal| !goal.latest_ratings.is_empty()));
        edit.ours.push(timed(|| rate(&plan, couple.goals[0])));

        bare.shut();
        open.bare.push(timed(|| bare.open()));
        let loading = timed(|| bare.load());
        list.bare.push(loading + timed(|| assert_eq!(bare.list(), GOALS)));
        edit.bare.push(loading + timed(|| bare.edit()));
    }
    open.told(table, "open, both files (floor: one file)", "≤ 5 ms");
    list.told(table, "list 30 goals, then (floor: load, read)", "≤ 2 ms");
    edit.told(table, "the first edit, then (floor: load, edit)", "≤ 80 ms");
}

fn editing(table: &mut Table, couple: &Couple, bare: &mut Floor) {
    let (plan, mut both) = (couple.plan(), Both::default());
    for n in 0..EDITS {
        both.ours.push(timed(|| rate(&plan, couple.goals[n % GOALS])));
        both.bare.push(timed(|| bare.edit()));
    }
    both.told(table, "one durable edit", "≤ 1.5 ×");
}

/// A page of the history: the newest fifty, fifty of one goal, and fifty far down.
fn looking_back(table: &mut Table, couple: &Couple, bare: &Floor) {
    let plan = couple.plan();
    let mut deep = None;
    for _ in 0..10 {
        deep = plan.history(None, deep, 200).unwrap().older;
    }
    assert!(deep.is_some());
    for (what, goal, older) in [
        ("the newest 50 of the history (floor: the 50 changes)", None, None),
        ("the newest 50 of one goal", Some(couple.goals[3]), None),
        ("50 of the history, 2,000 further down", None, deep),
    ] {
        let mut both = Both::default();
        for _ in 0..20 {
            let page = taking(&mut both.ours, || plan.history(goal, older.clone(), 50).unwrap());
            assert_eq!(page.events.len(), 50);
            both.bare.push(timed(|| bare.newest(50)));
        }
        both.told(table, what, "");
    }
}

/// The edit that folds what lies behind the snapshot.
fn folding(table: &mut Table, couple: &Couple, bare: &mut Floor) {
    let (plan, mut both) = (couple.plan(), Both::default());
    let inside = couple.client.look_inside();
    let chunks =
        || -> i64 { inside.query_row("SELECT count(*) FROM plan_chunk", [], |row| row.get(0)).unwrap() };
    let mut before = chunks();
    while both.ours.len() < 3 {
        let took = timed(|| rate(&plan, couple.goals[0]));
        bare.edit();
        let now = chunks();
        if now < before {
            both.ours.push(took);
            both.bare.push(timed(|| bare.fold()));
        }
        before = now;
    }
    both.told(table, "the edit that folds those before it into a snapshot", "");
}

/// The other device: all at once, a thousand edits each, and one at a time.
fn meeting(table: &mut Table, couple: &Couple, bare: &mut Floor, base: &Path) {
    let mut twin = bare.twin(&base.join("twin.db"));
    let saved = bare.document.save().len();
    let meeting = couple.meet();
    let report = meeting.come_level();
    let all = report.bytes_sent + report.bytes_received;
    println!("the first exchange: {all} bytes, {:.2} of the saved document", share(all, saved as u64));
    arriving(table, couple, &meeting, bare, &mut twin);
    meeting.end();

    let mut both = Both::default();
    for _ in 0..3 {
        let common = bare.document.get_heads();
        for n in 0..APART {
            rate(&couple.plan(), couple.goals[n % GOALS]);
            rate(&couple.their_plan(), couple.goals[n % GOALS]);
            bare.edit();
            twin.edit();
        }
        let meeting = couple.meet();
        let report = taking(&mut both.ours, || meeting.come_level());
        meeting.end();
        let bytes = taking(&mut both.bare, || bare.sync(&mut twin, &common)) as u64;
        let ours = report.bytes_sent + report.bytes_received;
        println!("catching up: {ours} bytes against {bytes}, {:.3}", share(ours, bytes));
    }
    both.told(table, "catch up after 1,000 + 1,000 edits (floor: Automerge's sync)", "≤ 2 ×");
}

fn arriving(table: &mut Table, couple: &Couple, meeting: &Meeting<'_>, bare: &mut Floor, twin: &mut Floor) {
    let (plan, news, mut both) = (couple.plan(), meeting.listen(), Both::default());
    for n in 0..EDITS {
        both.ours.push(timed(|| {
            rate(&plan, couple.goals[n % GOALS]);
            news.hears();
        }));
        both.bare.push(timed(|| {
            let bytes = bare.edit();
            twin.take_in(&bytes);
        }));
    }
    both.told(table, "an edit, until it is durable on the other device", "≤ 10 ms");
}

/// The whole shared file, beside the saved document.
fn on_the_disk(couple: &mut Couple, saved: u64) {
    couple.client.shut();
    let file = std::fs::metadata(couple.client.shared()).unwrap().len();
    couple.client.open();
    println!("on the disk: {file} bytes, {:.1} of the saved document", share(file, saved));
}

#[allow(clippy::cast_precision_loss)] // far below 2^52
fn share(one: u64, two: u64) -> f64 {
    one as f64 / two as f64
}

#[derive(Default)]
struct Both {
    ours: Vec<Duration>,
    bare: Vec<Duration>,
}

impl Both {
    fn told(&self, table: &mut Table, what: &str, budget: &str) {
        table.line(what, budget, &self.ours, &self.bare);
    }
}
