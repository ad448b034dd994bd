//! How many bytes an exchange takes. Time is measured in `benches/exchange.rs`; bytes are the same on
//! every machine.

use crate::exchange::measuring::Pair;

#[test]
fn catching_up_takes_a_small_part_of_what_automerge_would_send() {
    let plan = Pair::after(50);
    let mut first = plan.with_an_empty_second();
    let cost = first.exchange();
    assert!(first.arrived() == plan.changes());
    println!("{} changes: first exchange {} bytes, saved {} bytes", plan.changes(), cost.bytes, plan.saved());
    assert!(cost.bytes < plan.saved());

    let states = plan.copied().sync_states();
    let mut apart = plan.copied();
    apart.edit_apart(250);
    let ours = apart.copied().exchange();
    let theirs = apart.copied().automerge_sync(Some(&states));
    println!("250 + 250 edits: {ours:?}, Automerge's sync: {theirs:?}");
    assert!(ours.bytes * 100 <= theirs.bytes * 15);
}
