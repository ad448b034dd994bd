//! Signed heads: a change is its actor's only where that actor's device says so.

use crate::exchange::heads::can_be_passed_on;
use crate::exchange::testing::{Bare, Dice, bring_level, relationship};
use crate::exchange::{Built, Position, Refusal, SignedHead, covered};
use crate::id::RelationshipId;
use crate::relationship::key::{DeviceKey, actor_prefix};

fn built(changes: &[automerge::Change]) -> Vec<Built> {
    let build = |change: &automerge::Change| Built { expanded: change.decode(), change: change.clone() };
    changes.iter().map(build).collect()
}

/// Two devices' history, and a head of each at its end.
fn history() -> (Bare, Bare, Vec<Built>, [SignedHead; 2]) {
    let (mut one, mut two) = Bare::pair();
    let mut dice = Dice(1);
    one.edits(6, &mut dice);
    two.edits(6, &mut dice);
    bring_level(&mut one, &mut two);
    one.edits(4, &mut dice);
    two.edits(4, &mut dice);
    bring_level(&mut one, &mut two);
    let changes = built(&one.all());
    let head_of = |device: &Bare| {
        let own = |built: &&Built| built.change.actor_id().to_bytes() == device.actor();
        let last = changes.iter().rfind(own).expect("a change of its own");
        device.sign(Position::of(&last.change).expect("a position"))
    };
    let heads = [head_of(&one), head_of(&two)];
    (one, two, changes, heads)
}

fn judged(changes: &[Built], heads: &[SignedHead]) -> Vec<Result<(), Refusal>> {
    covered(&relationship(), changes, heads, |_| true)
}

#[test]
fn one_signature_covers_all_that_its_actor_wrote_before() {
    let (_, _, changes, heads) = history();
    assert!(judged(&changes, &heads).iter().all(Result::is_ok));
}

#[test]
fn a_head_vouches_for_nobody_else() {
    let (one, _, changes, heads) = history();
    for (change, judgement) in changes.iter().zip(judged(&changes, &heads[..1])) {
        let is_own = change.change.actor_id().to_bytes() == one.actor();
        assert!(judgement == if is_own { Ok(()) } else { Err(Refusal::NotVouchedFor) });
    }
    assert!(judged(&changes, &[]).iter().all(|it| *it == Err(Refusal::NotVouchedFor)));
}

#[test]
fn an_earlier_head_does_not_cover_what_came_later() {
    let (one, _, changes, heads) = history();
    let own: Vec<&Built> =
        changes.iter().filter(|it| it.change.actor_id().to_bytes() == one.actor()).collect();
    let earlier = one.sign(Position::of(&own[4].change).unwrap());
    let judgements = judged(&changes, &[earlier, heads[1].clone()]);
    for (change, judgement) in changes.iter().zip(judgements) {
        let late = change.change.actor_id().to_bytes() == one.actor() && change.change.seq() > 5;
        assert!(judgement.is_err() == late);
    }
}

#[test]
fn a_device_that_is_not_certified_vouches_for_nothing() {
    let (one, _, changes, heads) = history();
    let device = one.key.public();
    let judgements = covered(&relationship(), &changes, &heads, |head| head.device != device);
    for (change, judgement) in changes.iter().zip(judgements) {
        let is_own = change.change.actor_id().to_bytes() == one.actor();
        assert!(judgement == if is_own { Err(Refusal::UnknownDevice) } else { Ok(()) });
    }
}

#[test]
fn a_forged_head_vouches_for_nothing() {
    let (one, two, changes, heads) = history();
    let [head, _] = &heads;
    let with = |change: fn(&mut SignedHead)| {
        let mut forged = head.clone();
        change(&mut forged);
        forged
    };
    let other_relationship = SignedHead::sign(&RelationshipId::from_bytes([8; 16]), head.position, &one.key);
    let by_the_other = SignedHead::sign(&relationship(), head.position, &two.key);
    let stranger = DeviceKey::from_secret(&[77; 32]);
    let by_a_stranger = SignedHead::sign(&relationship(), head.position, &stranger);
    let mut under_my_name = by_the_other.clone();
    under_my_name.device = head.device;
    let forgeries = [
        with(|head| head.signature[0] ^= 1),
        with(|head| head.position.seq -= 1),
        with(|head| head.position.hash[0] ^= 1),
        with(|head| head.device = [0; 32]),
        with(|head| head.signature = [0; 64]),
        other_relationship,
        by_the_other,
        by_a_stranger,
        under_my_name,
    ];
    for forged in forgeries {
        for (change, judgement) in changes.iter().zip(judged(&changes, std::slice::from_ref(&forged))) {
            assert!(judgement == Err(Refusal::NotVouchedFor), "{:?}", change.change.seq());
        }
    }
}

#[test]
fn a_key_of_small_order_signs_nothing() {
    // The neutral point as a key accepts one signature for every message, unless checked strictly.
    let mut device = [0; 32];
    device[0] = 1;
    let (_, _, changes, heads) = history();
    let mut head = heads[0].clone();
    head.device = device;
    head.position.actor[..8].copy_from_slice(&actor_prefix(&device));
    head.signature = [0; 64];
    head.signature[0] = 1;
    assert!(!head.is_genuine(&relationship()));
    assert!(judged(&changes, &[head]).iter().all(Result::is_err));
}

#[test]
fn between_two_heads_lies_no_more_than_can_be_passed_on() {
    let mut one = Bare::new(1);
    let long = "x".repeat(7_000);
    for n in 0..5_u8 {
        one.add_goal(&format!("{n:032x}"), "a long why", &long);
    }
    let changes = built(&one.all());
    let head = |at: usize| one.sign(Position::of(&changes[at].change).expect("a position"));
    assert!(!can_be_passed_on(&relationship(), &changes, &[head(4)]), "35,000 letters with one head");
    assert!(can_be_passed_on(&relationship(), &changes, &[head(1), head(4)]));
    // A head that is not genuine parts nothing, and what nobody vouches for is refused for that.
    let mut forged = head(1);
    forged.signature[0] ^= 1;
    assert!(!can_be_passed_on(&relationship(), &changes, &[forged, head(4)]));
    assert!(can_be_passed_on(&relationship(), &changes, &[]));
}
