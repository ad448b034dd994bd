//! Those who have paired before, in this relationship or in one that is over.

use super::*;
use crate::id::RelationshipId;

fn known(own: &Own, relationship: RelationshipId) -> Known {
    Known { relationship: Some(relationship), key: own.person_key, role: own.role }
}

#[test]
fn those_who_have_paired_do_not_pair_again() {
    let test = Test::new();
    let (mut therapist, mut client) = (test.person(Role::Therapist), test.person(Role::Client));
    let id = RelationshipId::from_bytes([3; 16]);
    therapist.known.insert(client.person, known(&client, id));
    client.known.insert(therapist.person, known(&therapist, id));
    let mut pair = Pair::of(&test, therapist, client);
    pair.carry(3);
    assert_eq!(pair.offerer.problem, Some(PairingProblem::AlreadyPaired));
}

#[test]
fn a_relationship_that_only_one_has_stored_is_finished_under_its_own_id() {
    for therapist_has_it in [true, false] {
        let test = Test::new();
        let (mut therapist, mut client) = (test.person(Role::Therapist), test.person(Role::Client));
        let id = RelationshipId::from_bytes([3; 16]);
        if therapist_has_it {
            therapist.known.insert(client.person, known(&client, id));
        } else {
            client.known.insert(therapist.person, known(&therapist, id));
        }
        let mut pair = Pair::of(&test, therapist, client);
        pair.carry(usize::MAX);
        assert!(pair.is_whole());
        assert_eq!(pair.offerer.agreed.expect("agreed").relationship, id);
    }
}

/// Somebody with whom no relationship goes on any more.
fn known_from_before(own: &Own) -> Known {
    Known { relationship: None, key: own.person_key, role: own.role }
}

#[test]
fn after_an_end_the_same_two_pair_into_another_relationship() {
    let test = Test::new();
    let (mut therapist, mut client) = (test.person(Role::Therapist), test.person(Role::Client));
    let former = RelationshipId::from_bytes([3; 16]);
    let (in_hers, in_his) = (known_from_before(&therapist), known_from_before(&client));
    client.known.insert(therapist.person, in_hers);
    therapist.known.insert(client.person, in_his);
    client.over.push(former);
    therapist.over.push(former);
    let mut pair = Pair::of(&test, therapist, client);
    pair.carry(usize::MAX);
    assert!(pair.is_whole());
    assert_ne!(pair.offerer.agreed.expect("agreed").relationship, former);
}

#[test]
fn one_whose_device_has_not_heard_of_the_end_does_not_bring_the_ended_relationship_back() {
    for therapist_ended_it in [true, false] {
        let test = Test::new();
        let (mut therapist, mut client) = (test.person(Role::Therapist), test.person(Role::Client));
        let id = RelationshipId::from_bytes([3; 16]);
        let (in_hers, in_his) = (known(&therapist, id), known(&client, id));
        client.known.insert(therapist.person, in_hers);
        therapist.known.insert(client.person, in_his);
        let (own, other) = if therapist_ended_it {
            (&mut therapist, client.person)
        } else {
            (&mut client, therapist.person)
        };
        if let Some(known) = own.known.get_mut(&other) {
            known.relationship = None;
        }
        own.over.push(id);
        let mut pair = Pair::of(&test, therapist, client);
        pair.carry(if therapist_ended_it { 3 } else { 4 });
        assert!(pair.offerer.agreed.is_none() && pair.redeemer.agreed.is_none());
        let who_ended_it = if therapist_ended_it { &pair.offerer } else { &pair.redeemer };
        assert_eq!(who_ended_it.problem, Some(PairingProblem::AlreadyPaired));
    }
}

#[test]
fn somebody_known_from_before_is_refused_under_another_key() {
    let test = Test::new();
    let (mut therapist, client) = (test.person(Role::Therapist), test.person(Role::Client));
    let mut before = known_from_before(&client);
    before.key = test.person(Role::Client).person_key;
    therapist.known.insert(client.person, before);
    let mut pair = Pair::of(&test, therapist, client);
    pair.carry(3);
    assert_eq!(pair.offerer.problem, Some(PairingProblem::Broken));
}

#[test]
fn an_id_of_a_relationship_with_somebody_else_cannot_be_named() {
    let test = Test::new();
    let (mut therapist, mut client) = (test.person(Role::Therapist), test.person(Role::Client));
    let id = RelationshipId::from_bytes([3; 16]);
    let somebody = test.person(Role::Client);
    therapist.known.insert(somebody.person, known(&somebody, id));
    client.known.insert(therapist.person, known(&therapist, id));
    let mut pair = Pair::of(&test, therapist, client);
    pair.carry(3);
    assert_eq!(pair.offerer.problem, Some(PairingProblem::Broken));
}

#[test]
fn a_person_known_under_another_key_is_refused() {
    let test = Test::new();
    let (mut therapist, client) = (test.person(Role::Therapist), test.person(Role::Client));
    let stranger = test.person(Role::Client);
    therapist.known.insert(client.person, known(&stranger, RelationshipId::from_bytes([3; 16])));
    let mut pair = Pair::of(&test, therapist, client);
    pair.carry(3);
    assert_eq!(pair.offerer.problem, Some(PairingProblem::Broken));
}
