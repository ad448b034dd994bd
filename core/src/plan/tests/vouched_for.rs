//! Who made it is never believed unproven: neither of a change, nor of a statement.

use automerge::{ActorId, Change as PlanChange, ExpandedChange, ScalarValue};

use super::forger::{Forger, a_plan, deliver, put, wording_of};
use super::refused::honest_work_goes_on;
use super::*;
use crate::exchange::{Position, Refusal, SignedHead};
use crate::id::{PersonId, StatementId};
use crate::plan::statement::{Kind, Statement};
use crate::relationship::key::DeviceKey;

#[test]
fn a_change_counts_only_with_a_head_that_its_own_device_has_signed() {
    let (anna, ben, goal) = a_plan();
    let forger = Forger::of(&ben);
    let map = forger.object(&["goals", &goal.to_string()]);
    let change = PlanChange::from(forger.next(vec![put(&map, "archived", ScalarValue::Null)]));
    let head = forger.head(&change);

    let reasons = |heads: Vec<SignedHead>| deliver(&anna, change.clone(), heads).refused[0].1;
    assert_eq!(reasons(vec![]), Refusal::NotVouchedFor);
    let mut forged = head.clone();
    forged.signature[5] ^= 1;
    assert_eq!(reasons(vec![forged]), Refusal::NotVouchedFor);
    let other_seq = SignedHead { position: Position { seq: 99, ..head.position }, ..head.clone() };
    assert_eq!(reasons(vec![other_seq]), Refusal::NotVouchedFor);
    let other_relationship =
        SignedHead::sign(&RelationshipId::from_bytes([8; 16]), head.position, &forger.key);
    assert_eq!(reasons(vec![other_relationship]), Refusal::NotVouchedFor);
    // A device that nobody has certified, in its own name.
    let key = DeviceKey::from_secret(&[5; 32]);
    let actor =
        crate::relationship::key::new_actor(&*anna.inner().shared.world, &key.public()).expect("an actor");
    let strange = ExpandedChange { actor_id: ActorId::from(actor), seq: 1, ..change.decode() };
    let strange = PlanChange::from(strange);
    let position = Position { actor, seq: 1, hash: strange.hash().0 };
    let head_of_nobody = SignedHead::sign(&anna.relationship, position, &key);
    assert_eq!(deliver(&anna, strange, vec![head_of_nobody]).refused[0].1, Refusal::UnknownDevice);
    // With its own head it comes in.
    assert_eq!(deliver(&anna, change, vec![head]).applied, 1);
}

#[test]
fn nobody_continues_what_another_device_has_begun() {
    let (anna, ben, goal) = a_plan();
    let forger = Forger::of(&ben);
    let map = forger.object(&["goals", &goal.to_string()]);
    let (actor, seq) = anna
        .shared_plan()
        .with_document(|open| Ok((open.loaded.actor, open.loaded.ledger.length(&open.loaded.actor))))
        .expect("an actor");
    let in_her_name = ExpandedChange {
        actor_id: ActorId::from(actor),
        seq: seq + 1,
        ..forger.next(vec![put(&map, "archived", ScalarValue::Null)])
    };
    let refused = forger.deliver(&anna, in_her_name).refused;
    assert_eq!(refused[0].1, Refusal::NotVouchedFor);
    honest_work_goes_on(&anna, &ben);
}

#[test]
fn a_statement_forged_in_any_way_seals_nothing() {
    let (anna, ben, goal) = a_plan();
    let digest = anna.only_goal().digest;
    ben.plan().agree(goal, digest).expect("agreed");
    level(&anna, &ben);
    let forger = Forger::of(&ben);
    let statements = forger.object(&["statements"]);
    let bens_key = ben.inner().person_key().expect("a key");
    let wording = wording_of(&ben.only_goal());
    assert!(wording.digest() == digest);
    let annas = Statement {
        relationship: anna.relationship,
        goal,
        client: anna.me(),
        therapist: ben.me(),
        by: anna.me(),
        key: bens_key.public(),
        kind: Kind::Agree,
        digest,
        counter: 1,
        at: (*anna.inner().shared.world).moment(),
        heads: vec![],
        wording: wording.bytes(),
    };
    let place = |bytes: Vec<u8>, of: PersonId| {
        let id = StatementId::from_bytes(forger.item(of)).to_string();
        forger.deliver(&anna, forger.next(vec![put(&statements, &id, ScalarValue::Bytes(bytes))]))
    };
    // In her name, under an item of his; and under an item of hers.
    assert_eq!(place(annas.sign(&bens_key), ben.me()).refused[0].1, Refusal::Value);
    assert_eq!(place(annas.sign(&bens_key), anna.me()).refused[0].1, Refusal::NotAllowed);
    // His own, but tampered with after signing.
    let his = Statement { by: ben.me(), counter: 2, ..annas.clone() };
    let mut bytes = his.sign(&bens_key);
    let last = bytes.len() - 1;
    bytes[last / 2] ^= 1;
    assert_eq!(place(bytes, ben.me()).refused[0].1, Refusal::Value);
    // Over a wording that is not the one the digest is of.
    let other = Statement {
        wording: crate::plan::wording::Wording { why: "Else".to_owned(), ..wording }.bytes(),
        ..his.clone()
    };
    assert_eq!(place(other.sign(&bens_key), ben.me()).refused[0].1, Refusal::Value);
    // Signed with a key that is not his: it may lie there, and does not count.
    let stranger = crate::relationship::key::PersonKey::from_secret(&[6; 32]);
    let unknown_key = Statement { key: stranger.public(), ..his };
    assert_eq!(place(unknown_key.sign(&stranger), ben.me()).applied, 1);
    assert_eq!(anna.only_goal().summary.standing, Standing::Proposed);
    assert_eq!(anna.only_goal().agreed_by, vec![ben.me()]);
}
