//! Catching up over a plan of five years, beside Automerge's own sync in the same run.
//!
//! `cargo bench -p common-ground --features measuring --bench exchange`
//!
//! Protocol and applying alone, on replicas without a gate; the ways take turns, so that a busy machine is
//! busy for all of them. Medians, with the fastest and the slowest run.

use std::time::Duration;

use common_ground::exchange::measuring::{Cost, Pair};

const RUNS: usize = 15;

fn main() {
    let plan = Pair::after(5 * 52);
    println!("a plan of five years: {} changes, saved {}", plan.changes(), kilobytes(plan.saved()));
    catching_up(&plan, 1_000);
    catching_up(&plan, 1);
    first_exchange(&plan);
}

fn catching_up(plan: &Pair, edits: usize) {
    println!("\ncatching up after {edits} + {edits} edits");
    let states = plan.copied().sync_states();
    let mut apart = plan.copied();
    apart.edit_apart(edits);
    let (mut ours, mut theirs, mut forgotten, mut merges) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours.push(apart.copied().exchange());
        theirs.push(apart.copied().automerge_sync(Some(&states)));
        forgotten.push(apart.copied().automerge_sync(None));
        merges.push(apart.copied().merge());
    }
    let our_time = tell("this protocol", &ours);
    let their_time = tell("Automerge's sync, what was in common remembered", &theirs);
    tell("Automerge's sync, nothing remembered", &forgotten);
    let merge = median(&mut merges);
    println!("  applying alone (merge): {}", milliseconds(merge));
    println!(
        "  ratio to Automerge's sync: bytes {:.3}, time {:.2}",
        ratio(ours[0].bytes, theirs[0].bytes),
        our_time.as_secs_f64() / their_time.as_secs_f64()
    );
}

fn first_exchange(plan: &Pair) {
    println!("\nfirst exchange with a device that has nothing");
    let costs: Vec<Cost> = (0..5).map(|_| plan.with_an_empty_second().exchange()).collect();
    tell("this protocol", &costs);
    println!("  bytes, ratio to the saved document: {:.2}", ratio(costs[0].bytes, plan.saved()));
}

fn tell(what: &str, costs: &[Cost]) -> Duration {
    let mut times: Vec<Duration> = costs.iter().map(|cost| cost.time).collect();
    let time = median(&mut times);
    println!(
        "  {what}: {}, {} frames, {} ({} to {})",
        kilobytes(costs[0].bytes),
        costs[0].frames,
        milliseconds(time),
        milliseconds(times[0]),
        milliseconds(times[times.len() - 1]),
    );
    time
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[allow(clippy::cast_precision_loss)] // sizes far below 2^52
fn ratio(one: usize, two: usize) -> f64 {
    one as f64 / two as f64
}

fn kilobytes(bytes: usize) -> String {
    format!("{:.1} KB", ratio(bytes, 1_000))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}
