//! A lost phone that somebody goes on writing with adds nothing any more, whoever brings it; what it wrote before counts
//! for ever.

use super::elsewhere::restored;
use super::*;
use crate::exchange::{Refusal, Replica, SignedEnd};
use crate::relationship::key::{DeviceKey, actor_prefix};

/// The other learns of a new device, as it would at the enrol door.
pub(crate) fn enrolled(device: &Device, at: &Device) {
    let card = device.card();
    let now = at.world.now();
    let told = at.inner().shared.file.write(|transaction| people::keep_person(transaction, &card, now));
    told.expect("told");
    at.shared_plan().forget();
}

/// The person signs, as they do once both are in step.
pub(crate) fn closes(device: &Device) -> bool {
    let key = device.inner().person_key().expect("a key");
    device.shared_plan().close_dropped(&key).expect("signed")
}

/// Anna's lost phone, her new one, and Ben, who has learnt of it.
fn lost_and_enrolled() -> (Device, Device, Device) {
    let (anna, ben) = two();
    anna.plan().propose_goal(goal("Sleep", "Mornings")).expect("proposed");
    level(&anna, &ben);
    let again = restored(&anna, 3);
    enrolled(&again, &ben);
    (anna, again, ben)
}

/// The same, once they are in step; the lost one is closed.
fn lost_and_closed() -> (Device, Device, Device) {
    let (anna, again, ben) = lost_and_enrolled();
    level(&again, &ben);
    assert!(closes(&again) && !closes(&again), "signed once");
    level(&again, &ben);
    (anna, again, ben)
}

/// Carries frames until neither has anything to say.
fn settle(sides: &mut [Side; 2]) {
    let mut quiet = false;
    while !quiet {
        quiet = true;
        for way in [0, 1] {
            while let Some(frame) = sides[way].session.poll().expect("a frame") {
                quiet = false;
                sides[1 - way].hears(&frame);
            }
        }
    }
}

/// What one device holds is brought to another in the name of a third.
fn brings(from: &Device, as_if: &Device, to: &Device) -> Vec<Refusal> {
    let mut sides = [Side::of(from, to).expect("a session"), Side::of(to, as_if).expect("a session")];
    settle(&mut sides);
    let [_, there] = sides;
    let refused = there.heard.events.into_iter().filter_map(|event| match event {
        Event::RefusedHere { reason, .. } => Some(reason),
        _ => None,
    });
    refused.collect()
}

fn titles(device: &Device) -> Vec<String> {
    device.plan().goals(true).expect("goals").into_iter().map(|goal| goal.title).collect()
}

#[test]
fn what_the_lost_phone_writes_later_never_counts_whoever_brings_it() {
    let (lost, again, ben) = lost_and_closed();
    lost.plan().propose_goal(goal("By a thief", "")).expect("proposed");
    for as_if in [&lost, &again] {
        assert!(brings(&lost, as_if, &ben).contains(&Refusal::Ended));
    }
    // Nor to the person's own new device, in the name of somebody whom it trusts.
    assert!(brings(&lost, &ben, &again).contains(&Refusal::Ended));
    level(&again, &ben);
    assert_eq!((titles(&ben), titles(&again)), (vec!["Sleep".to_owned()], vec!["Sleep".to_owned()]));
}

#[test]
fn an_author_that_the_lost_phone_begins_afterwards_does_not_count_either() {
    let (lost, again, ben) = lost_and_closed();
    let mut actor = [0xAB; 16];
    actor[..8].copy_from_slice(&actor_prefix(&lost.key()));
    let begun = lost.inner().shared.file.write(|transaction| {
        transaction.execute("UPDATE plan SET actor = ?1", [actor])?;
        Ok(())
    });
    begun.expect("begun");
    lost.shared_plan().forget();
    lost.plan().propose_goal(goal("By a thief", "")).expect("proposed");
    for (as_if, to) in [(&again, &ben), (&ben, &again)] {
        assert!(brings(&lost, as_if, to).contains(&Refusal::Ended));
        assert_eq!(titles(to), ["Sleep"]);
    }
}

#[test]
fn a_phone_that_was_lost_before_it_wrote_anything_is_closed_all_the_same() {
    let (anna, ben) = two();
    ben.plan().propose_goal(goal("Sleep", "Mornings")).expect("proposed");
    level(&anna, &ben);
    let again = restored(&anna, 3);
    enrolled(&again, &ben);
    level(&again, &ben);
    assert!(closes(&again));
    level(&again, &ben);
    anna.plan().propose_goal(goal("By a thief", "")).expect("proposed");
    assert!(brings(&anna, &again, &ben).contains(&Refusal::Ended));
    assert_eq!(titles(&ben), ["Sleep"]);
}

#[test]
fn what_it_wrote_before_is_taken_in_for_ever_whoever_brings_it() {
    let (anna, ben) = two();
    for n in 0..300 {
        anna.plan().propose_goal(goal(&format!("Goal {n}"), "")).expect("proposed");
    }
    let again = restored(&anna, 3);
    // Ben hears of the new device and of the end before he has any of it.
    enrolled(&again, &ben);
    assert!(closes(&again));
    assert_eq!(ben.desk(&again).ended(&again.desk(&ben).ends().expect("ends")), Ok(false));
    anna.plan().propose_goal(goal("By a thief", "")).expect("proposed");
    let refused = brings(&anna, &anna, &ben);
    assert!(refused.iter().all(|reason| *reason == Refusal::Ended), "{refused:?}");
    level(&again, &ben);
    assert_eq!(titles(&ben).len(), 300);
}

#[test]
fn neither_the_lost_phone_nor_somebody_else_moves_an_end() {
    let (lost, again, ben) = lost_and_closed();
    let actor = lost.shared_plan().with_document(|open| Ok(open.loaded.actor)).expect("an actor");
    let former = lost.inner().shared.file.read(people::device_key).expect("a key");
    let relationship = ben.relationship;
    let ends = ben.desk(&again).ends().expect("ends");
    assert!(ends.iter().any(|end| end.actor == actor && end.seq > 0 && !end.is_by_device()));
    let person_of_ben = ben.inner().person_key().expect("a key");
    let person = again.inner().person_key().expect("a key");
    let of_new = again.shared_plan().with_document(|open| Ok(open.loaded.actor)).expect("an actor");
    let stranger = DeviceKey::random(&crate::clock::RealWorld).expect("a key");
    for (what, end) in [
        ("the lost phone", SignedEnd::sign(&relationship, actor, 0, [0; 32], &former)),
        ("the other person", SignedEnd::sign_as_person(&relationship, actor, 0, [0; 32], &person_of_ben)),
        ("a stranger", SignedEnd::sign(&relationship, actor, 0, [0; 32], &stranger)),
        ("a device in use", SignedEnd::sign_as_person(&relationship, of_new, 0, [0; 32], &person)),
        (
            "another relationship",
            SignedEnd::sign_as_person(
                &crate::id::RelationshipId::from_bytes([1; 16]),
                actor,
                0,
                [0; 32],
                &person,
            ),
        ),
    ] {
        assert_eq!(ben.desk(&again).ended(&[end]), Ok(false), "{what}");
        assert_eq!(ben.desk(&again).ends().expect("ends"), ends, "{what}");
    }
}

#[test]
fn what_is_signed_while_both_are_connected_reaches_the_other_at_once() {
    let (_anna, again, ben) = lost_and_enrolled();
    let mut sides = [Side::of(&again, &ben).expect("a session"), Side::of(&ben, &again).expect("a session")];
    settle(&mut sides);
    assert!(closes(&again));
    let Side { session, desk, .. } = &mut sides[0];
    session.wake(desk).expect("woken");
    settle(&mut sides);
    assert_eq!(ben.desk(&again).ends().expect("ends").len(), 1);
    // Woken once more there is nothing to tell.
    let Side { session, desk, .. } = &mut sides[0];
    session.wake(desk).expect("woken");
    assert!(session.poll().expect("a frame").is_none());
}

#[test]
fn nobody_takes_back_what_both_had_by_ending_an_actor_below_it() {
    let (anna, again, ben) = lost_and_enrolled();
    level(&again, &ben);
    let actor = anna.shared_plan().with_document(|open| Ok(open.loaded.actor)).expect("an actor");
    let person = again.inner().person_key().expect("a key");
    for (seq, hash) in [(0, [0; 32]), (1, [9; 32])] {
        let end = SignedEnd::sign_as_person(&ben.relationship, actor, seq, hash, &person);
        assert_eq!(ben.desk(&again).ended(&[end]), Ok(false));
        assert!(ben.desk(&again).ends().expect("ends").is_empty());
    }
    assert_eq!(titles(&ben), ["Sleep"]);
}
