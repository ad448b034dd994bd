//! Catching up over a plan of five years, beside Automerge's own sync in the same run.
//!
//! `cargo bench -p common-ground --features measuring --bench exchange`
//!
//! Protocol and applying alone, on replicas without a gate; the ways take turns, so that a busy machine is
//! busy for all of them. Medians of the processor's time and of the time that has passed.

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
    let forgotten_time = tell("Automerge's sync, nothing remembered", &forgotten);
    let merge = median(&mut merges);
    println!("  applying alone (merge): {}", milliseconds(merge));
    for (whose, costs, time) in
        [("remembering", &theirs, their_time), ("that starts from nothing", &forgotten, forgotten_time)]
    {
        println!(
            "  ratio to a sync {whose}: bytes {:.3}, time {:.2}",
            ratio(ours[0].bytes, costs[0].bytes),
            our_time.as_secs_f64() / time.as_secs_f64()
        );
    }
}

fn first_exchange(plan: &Pair) {
    println!("\nfirst exchange with a device that has nothing");
    let costs: Vec<Cost> = (0..5).map(|_| plan.with_an_empty_second().exchange()).collect();
    tell("this protocol", &costs);
    println!("  bytes, ratio to the saved document: {:.2}", ratio(costs[0].bytes, plan.saved()));
}

/// Prints what it took, and answers the time to compare: of a processor where there is enough of it to be
/// counted, else what has passed.
fn tell(what: &str, costs: &[Cost]) -> Duration {
    let busy = median(&mut costs.iter().map(|cost| cost.busy).collect::<Vec<_>>());
    let passed = median(&mut costs.iter().map(|cost| cost.passed).collect::<Vec<_>>());
    println!(
        "  {what}: {}, {} frames, busy {}, passed {}",
        kilobytes(costs[0].bytes),
        costs[0].frames,
        milliseconds(busy),
        milliseconds(passed),
    );
    if busy > Duration::from_millis(40) { busy } else { passed }
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
