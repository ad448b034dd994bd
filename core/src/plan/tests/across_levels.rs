//! What was agreed in a plan of level 1 stays agreed when the plan has grown.

use automerge::ScalarValue;

use super::forger::{Forger, put};
use super::levels::{reads, two_old};
use super::*;
use crate::exchange::Refusal;
use crate::id::StatementId;
use crate::plan::statement::{Kind, Statement};
use crate::plan::wording::Wording;

fn both_agree(anna: &Device, ben: &Device) {
    for device in [anna, ben] {
        device.world.pass(60);
        let goal = device.only_goal();
        device.plan().agree(goal.summary.id, goal.digest).expect("agreed");
    }
    level(anna, ben);
}

fn edit(device: &Device, edit: GoalEdit) {
    let shown = device.only_goal();
    device.plan().edit_goal(shown.summary.id, shown.version, edit).expect("edited");
}

/// The version in which the wording in force was sealed.
fn version_in_force(device: &Device) -> u16 {
    let digest = device.only_goal().sealed.expect("in force").digest;
    let sql = "SELECT wording FROM agreement WHERE digest = ?1";
    let file = &device.inner().shared.file;
    let bytes: Vec<u8> =
        file.read(|connection| Ok(connection.query_row(sql, [digest.0], |row| row.get(0))?)).expect("bytes");
    Wording::version_of(&bytes).expect("a version")
}

/// A goal that both have agreed to at level 1, in a plan that has been raised since.
fn agreed_then_raised() -> (Device, Device, GoalId) {
    let (anna, ben, id) = two_old();
    both_agree(&anna, &ben);
    assert_eq!(version_in_force(&anna), 1);
    for device in [&anna, &ben] {
        reads(device, 2);
    }
    level(&anna, &ben);
    (anna, ben, id)
}

#[test]
fn a_goal_sealed_at_level_1_stays_agreed_when_the_plan_is_raised() {
    let (anna, ben, id) = agreed_then_raised();
    let day = DayEdit::Day { day: "2026-09-01".parse().expect("a day") };
    let more = GoalEdit {
        known_by: Some("The diary says so".to_owned()),
        by_when: Some(day),
        ..GoalEdit::default()
    };
    edit(&anna, more);
    level(&anna, &ben);
    for device in [&anna, &ben] {
        device.reopen_checked();
        let goal = device.only_goal();
        assert!(matches!(goal.summary.standing, Standing::Agreed { .. }), "what it did not know has changed");
        assert_eq!(goal.agreed_by.len(), 2);
        assert!(device.plan().changed_since_agreed(id).expect("nothing").is_empty());
        assert!(device.plan().open_wordings().expect("none").is_empty());
        let then = device.plan().on_day("2026-05-03".parse().expect("a day")).expect("a day of it");
        assert!(then.goals.iter().all(|goal| goal.agreed));
    }
    edit(&ben, GoalEdit { why: Some("Sea air".to_owned()), ..GoalEdit::default() });
    level(&anna, &ben);
    let changed = anna.plan().changed_since_agreed(id).expect("differences");
    assert!(matches!(anna.only_goal().summary.standing, Standing::ChangedSinceAgreed { .. }));
    assert!(
        changed.len() == 1 && changed[0].part == WordingPart::Why,
        "told in the version it was sealed in"
    );
    // What is agreed to now is all that stands there.
    both_agree(&anna, &ben);
    assert_eq!(version_in_force(&ben), 2);
    edit(&ben, GoalEdit { known_by: Some("Else".to_owned()), ..GoalEdit::default() });
    level(&anna, &ben);
    assert!(matches!(anna.only_goal().summary.standing, Standing::ChangedSinceAgreed { .. }));
    assert_eq!(anna.plan().agreements(id).expect("both").len(), 2);
}

#[test]
fn what_was_agreed_to_at_level_1_can_be_withdrawn_and_exported_at_level_2() {
    let (anna, ben, id) = agreed_then_raised();
    let sealed = anna.only_goal().sealed.expect("in force").digest;
    assert!(sealed != anna.only_goal().digest, "the wording as it stands has the encoding of level 2");
    assert!(anna.plan().export_agreement(id, sealed).is_ok());
    anna.plan().withdraw(id, sealed).expect("withdrawn");
    level(&anna, &ben);
    assert!(matches!(ben.only_goal().summary.standing, Standing::Withdrawn { by, .. } if by == anna.me()));
}

#[test]
fn what_one_agreed_to_before_the_plan_was_raised_is_asked_for_again() {
    let (anna, ben, id) = two_old();
    anna.plan().agree(id, anna.only_goal().digest).expect("agreed");
    for device in [&anna, &ben] {
        reads(device, 2);
    }
    level(&anna, &ben);
    // Nobody's word is stretched over parts that did not exist when it was given.
    assert!(ben.only_goal().agreed_by.is_empty());
    ben.plan().agree(id, ben.only_goal().digest).expect("agreed");
    level(&anna, &ben);
    let open = anna.plan().open_wordings().expect("a list");
    assert!(open.len() == 1 && open[0].agreed_by == [ben.me()]);
    both_agree(&anna, &ben);
    assert_eq!(version_in_force(&anna), 2);
}

#[test]
fn a_plan_of_level_1_has_no_place_for_stances_and_for_wordings_of_level_2() {
    let (anna, ben, id) = two_old();
    let shown = ben.only_goal();
    let said = ben.plan().take_stance(id, shown.digest, StanceKind::NotYet, None);
    assert_eq!(said.err(), Some(Error::OlderPlan));
    ben.plan().take_back_stance(id).expect("there is nothing to take back");
    let key = ben.inner().person_key().expect("a key");
    let forger = Forger::of(&ben);
    let statement = |version: u16| {
        let wording = Wording {
            version,
            goal: id,
            title: shown.summary.title.clone(),
            why: shown.why.clone(),
            success: Vec::new(),
            known_by: String::new(),
            by_when: None,
            scale: Default::default(),
        };
        let said = Statement {
            relationship: ben.relationship,
            goal: id,
            client: anna.me(),
            therapist: ben.me(),
            by: ben.me(),
            key: key.public(),
            kind: Kind::Agree,
            digest: wording.digest(),
            counter: 1,
            at: (*ben.inner().shared.world).moment(),
            heads: vec![],
            wording: wording.bytes(),
        };
        let item = StatementId::from_bytes(forger.item(ben.me())).to_string();
        let place = put(&forger.object(&["statements"]), &item, ScalarValue::Bytes(said.sign(&key)));
        forger.deliver(&anna, forger.next(vec![place]))
    };
    assert_eq!(statement(2).refused[0].1, Refusal::Value);
    assert_eq!(statement(1).applied, 1);
    assert!(anna.only_goal().agreed_by == [ben.me()]);
}
