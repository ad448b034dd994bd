//! The exchange beside Automerge's own sync, samod and yrs: the same edits, in the same run, in turns.
//!
//! `cargo run --release -p common-ground-yardsticks --features others`
//!
//! Replicas in memory without gate, tables and disk: protocol and applying alone. `docs/benchmarks.md` says what came of it.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)] // only for measuring

mod samod_repos;
mod yrs_docs;

use std::time::Duration;

use common_ground::exchange::measuring::{Cost, Pair};

use crate::samod_repos::Repos;
use crate::yrs_docs::{Docs, Encoding};

const WEEKS_OF_FIVE_YEARS: usize = 5 * 52;
const RUNS: usize = 7;

fn main() {
    let plan = Pair::after(WEEKS_OF_FIVE_YEARS);
    let docs = Docs::after(plan.history());
    println!("a plan of five years: {} changes, saved {}", plan.changes(), kilobytes(plan.saved()));
    println!("| what | which | bytes | messages | round trips | busy | passed |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    together(&plan, &docs, "nothing to do", |_| {});
    together(&plan, &docs, "one edit", Pair::edit_once);
    together(&plan, &docs, "1,000 + 1,000 edits", |pair| pair.edit_apart(1_000));
    first(&plan, &docs);
}

/// Two who were level, edited, and meet again.
fn together(plan: &Pair, docs: &Docs, what: &str, edit: impl Fn(&mut Pair)) {
    let states = plan.copied().sync_states();
    let mut apart = plan.copied();
    edit(&mut apart);
    let mut docs_apart = docs.copied();
    docs_apart.go_on(&apart.history()[plan.history().len()..]);
    let mut ways: Vec<Way> = Way::ALL.iter().map(|name| Way { name, costs: Vec::new() }).collect();
    for _ in 0..RUNS {
        ways[0].costs.push(apart.copied().exchange());
        ways[1].costs.push(apart.copied().automerge_sync(Some(&states)));
        ways[2].costs.push(apart.copied().automerge_sync(None));
        ways[3].costs.push(Repos::level(plan).edit(plan, &apart).meet());
        for (way, encoding) in ways[4..].iter_mut().zip(Encoding::ALL) {
            way.costs.push(docs_apart.copied().meet(encoding));
        }
    }
    tell(what, &ways);
}

/// One has the plan, the other nothing.
fn first(plan: &Pair, docs: &Docs) {
    let mut ways: Vec<Way> = Way::ALL.iter().map(|name| Way { name, costs: Vec::new() }).collect();
    for _ in 0..RUNS {
        ways[0].costs.push(plan.with_an_empty_second().exchange());
        ways[1].costs.push(plan.with_an_empty_second().automerge_sync(None));
        ways[3].costs.push(Repos::first(plan));
        for (way, encoding) in ways[4..].iter_mut().zip(Encoding::ALL) {
            way.costs.push(docs.with_an_empty_second().meet(encoding));
        }
    }
    ways[1].name = Way::ALL[2];
    ways.remove(2);
    tell("first sync of the plan", &ways);
}

/// One way of coming level.
struct Way {
    name: &'static str,
    costs: Vec<Cost>,
}

impl Way {
    const ALL: [&'static str; 7] = [
        "this protocol",
        "Automerge's sync, remembering",
        "Automerge's sync, remembering nothing",
        "samod",
        "yrs, y-sync (v1)",
        "yrs, v2",
        "yrs, v2 deflated",
    ];

    /// The median of some times.
    fn median(&self, of: impl Fn(&Cost) -> Duration) -> Duration {
        let mut times: Vec<Duration> = self.costs.iter().map(of).collect();
        times.sort_unstable();
        times[times.len() / 2]
    }

    /// The median of some number.
    fn usual(&self, of: impl Fn(&Cost) -> usize) -> usize {
        let mut numbers: Vec<usize> = self.costs.iter().map(of).collect();
        numbers.sort_unstable();
        numbers[numbers.len() / 2]
    }
}

fn tell(what: &str, ways: &[Way]) {
    for way in ways {
        println!(
            "| {what} | {} | {} | {} | {} | {} | {} |",
            way.name,
            kilobytes(way.usual(|cost| cost.bytes)),
            way.usual(|cost| cost.frames),
            ratio(way.usual(|cost| cost.flights), 2),
            milliseconds(way.median(|cost| cost.busy)),
            milliseconds(way.median(|cost| cost.passed)),
        );
    }
    let ours = ways[0].usual(|cost| cost.bytes);
    let ratios: Vec<String> = ways[1..]
        .iter()
        .map(|way| format!("{} {:.2}", way.name, ratio(ours, way.usual(|cost| cost.bytes))))
        .collect();
    println!("\nbytes, ours to theirs, {what}: {}\n", ratios.join("; "));
}

#[allow(clippy::cast_precision_loss)] // sizes far below 2^52
fn ratio(one: usize, two: usize) -> f64 {
    one as f64 / two as f64
}

fn kilobytes(bytes: usize) -> String {
    format!("{:.2} KB", ratio(bytes, 1_000))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}
