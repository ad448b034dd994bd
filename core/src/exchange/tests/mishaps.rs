//! Links that lose, repeat, reorder and cut.

use proptest::prelude::*;

use crate::exchange::Replica;
use crate::exchange::testing::{Bare, Dice, Exchange, Mishap, bring_level};

fn mishap(dice: &mut Dice, one_in: usize) -> Mishap {
    match dice.below(one_in) {
        0 => Mishap::Lost,
        1 => Mishap::Repeated,
        2 => Mishap::Early,
        3 => Mishap::Late,
        _ => Mishap::None,
    }
}

fn harmless(dice: &mut Dice) -> Mishap {
    match dice.below(4) {
        0 => Mishap::Repeated,
        1 => Mishap::Late,
        _ => Mishap::None,
    }
}

#[test]
fn repeated_frames_do_no_harm() {
    for seed in 0..30 {
        let mut dice = Dice(seed);
        let (mut one, mut two) = Bare::pair();
        one.edits(30, &mut dice);
        two.edits(30, &mut dice);
        let mut exchange = Exchange::begin(&one, &two);
        exchange.run([&mut one, &mut two], 1_000, || harmless(&mut dice));
        assert!(exchange.errors == [None, None], "{seed}: {:?}", exchange.errors);
        assert!(exchange.is_in_step(), "{seed}");
        assert!(one.shows() == two.shows());
    }
}

#[test]
fn a_lost_frame_heals_when_the_link_asks_again() {
    // Each of the frames of an exchange is lost once.
    for lost in 0..6 {
        let mut dice = Dice(7);
        let (mut one, mut two) = Bare::pair();
        one.edits(10, &mut dice);
        two.edits(10, &mut dice);
        let mut exchange = Exchange::begin(&one, &two);
        let mut count = 0;
        exchange.run([&mut one, &mut two], 1_000, || {
            count += 1;
            if count == lost + 1 { Mishap::Lost } else { Mishap::None }
        });
        for side in [0, 1] {
            if !exchange.sessions[side].is_in_step() {
                exchange.sessions[side].ask_again(if side == 0 { &one } else { &two }).unwrap();
                exchange.run_cleanly(&mut one, &mut two);
            }
        }
        assert!(exchange.errors == [None, None], "{lost}: {:?}", exchange.errors);
        assert!(exchange.is_in_step(), "{lost}");
        assert!(one.shows() == two.shows());
    }
}

#[test]
fn a_gap_between_batches_is_asked_for_again() {
    let (mut one, mut two) = Bare::pair();
    let mut dice = Dice(3);
    one.edits(5, &mut dice);
    let mut exchange = bring_level(&mut one, &mut two);
    one.edits(3, &mut dice);
    exchange.sessions[0].wake(&mut one).unwrap();
    exchange.run([&mut one, &mut two], 1, || Mishap::Lost);
    assert!(one.shows() != two.shows());
    // The next edit builds upon one that never came.
    one.edit(&mut dice);
    exchange.sessions[0].wake(&mut one).unwrap();
    exchange.run_cleanly(&mut one, &mut two);
    assert!(exchange.errors == [None, None]);
    assert!(exchange.is_in_step());
    assert!(one.shows() == two.shows());
}

#[test]
fn an_exchange_may_be_cut_after_any_frame_and_the_next_one_goes_on() {
    for cut in 0..8 {
        let mut dice = Dice(11);
        let (mut one, mut two) = Bare::pair();
        one.edits(20, &mut dice);
        two.edits(20, &mut dice);
        Exchange::begin(&one, &two).run([&mut one, &mut two], cut, || Mishap::None);
        one.edits(3, &mut dice);
        two.edits(3, &mut dice);
        bring_level(&mut one, &mut two);
        assert!(one.shows() == two.shows());
    }
}

proptest! {
    #![proptest_config(crate::tests::cases(60))]

    #[test]
    fn whatever_the_link_does_a_clean_exchange_brings_all_level(
        seed in any::<u64>(),
        people in 2_u8..4,
        rounds in 1_usize..6,
        one_in in 5_usize..20,
    ) {
        let mut dice = Dice(seed);
        let mut devices = Bare::paired(people);
        for _ in 0..rounds {
            for device in &mut devices {
                let count = dice.below(15);
                device.edits(count, &mut dice);
            }
            let first = dice.below(devices.len());
            let second = (first + 1 + dice.below(devices.len() - 1)) % devices.len();
            let (low, high) = (first.min(second), first.max(second));
            let (left, right) = devices.split_at_mut(high);
            let (one, two) = (&mut left[low], &mut right[0]);
            let mut exchange = Exchange::begin(one, two);
            for _ in 0..dice.below(4) {
                let most = 1 + dice.below(30);
                exchange.run([one, two], most, || mishap(&mut dice, one_in));
                one.edit(&mut dice);
                let _ = exchange.sessions[0].wake(one);
                two.edit(&mut dice);
                let _ = exchange.sessions[1].wake(two);
            }
        }
        for _ in 0..2 {
            for second in 1..devices.len() {
                let (left, right) = devices.split_at_mut(second);
                bring_level(&mut left[0], &mut right[0]);
            }
        }
        let shown = devices[0].shows();
        for device in &devices {
            prop_assert!(device.shows() == shown);
            prop_assert!(device.positions().unwrap() == devices[0].positions().unwrap());
        }
    }
}
