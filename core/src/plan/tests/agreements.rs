//! Agreement means two valid signatures on one exact wording.

use super::*;
use crate::error::Thing;

fn agreed() -> (Device, Device, GoalId) {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "For the air.")).expect("proposed").summary.id;
    level(&anna, &ben);
    anna.plan().agree(id, anna.only_goal().digest).expect("agreed");
    level(&anna, &ben);
    ben.world.pass(3_600);
    ben.plan().agree(id, ben.only_goal().digest).expect("agreed");
    level(&anna, &ben);
    (anna, ben, id)
}

fn retitle(device: &Device, title: &str) {
    let shown = device.only_goal();
    let edit = GoalEdit { title: Some(title.to_owned()), ..GoalEdit::default() };
    device.plan().edit_goal(shown.summary.id, shown.version, edit).expect("edited");
}

#[test]
fn one_agreement_alone_seals_nothing() {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    let after = anna.plan().agree(id, anna.only_goal().digest).expect("agreed");
    assert_eq!(after.summary.standing, Standing::Proposed);
    assert_eq!(after.agreed_by, vec![anna.me()]);
    level(&anna, &ben);
    assert!(ben.only_goal().sealed.is_none());
}

#[test]
fn a_wording_is_sealed_when_both_have_agreed_to_it() {
    let (anna, ben, _) = agreed();
    for device in [&anna, &ben] {
        let goal = device.only_goal();
        let since = ben.world.now();
        assert_eq!(goal.summary.standing, Standing::Agreed { since });
        let sealed = goal.sealed.expect("a sealed wording");
        assert!(sealed.digest == goal.digest && sealed.title == "Walk" && sealed.why == "For the air.");
        assert_eq!(sealed.statements.len(), 2);
        assert_eq!(goal.agreed_by.len(), 2);
    }
}

#[test]
fn an_edit_by_the_other_reopens_the_agreement_and_the_sealed_wording_stays() {
    let (anna, ben, _) = agreed();
    retitle(&ben, "Walk daily");
    level(&anna, &ben);
    let goal = anna.only_goal();
    assert!(matches!(goal.summary.standing, Standing::ChangedSinceAgreed { .. }));
    assert!(goal.sealed.expect("in force").title == "Walk");
    assert!(goal.agreed_by.is_empty());
    // Put back as it was, it is agreed again without a word.
    retitle(&anna, "Walk");
    level(&anna, &ben);
    assert!(matches!(ben.only_goal().summary.standing, Standing::Agreed { .. }));
}

#[test]
fn agreeing_to_a_wording_that_changed_meanwhile_is_caught() {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    level(&anna, &ben);
    let shown = anna.only_goal().digest;
    retitle(&ben, "Run");
    level(&anna, &ben);
    assert_eq!(anna.plan().agree(id, shown).err(), Some(Error::Changed { what: Thing::Wording }));
    assert!(anna.only_goal().agreed_by.is_empty());
}

#[test]
fn statements_given_apart_on_the_same_wording_seal_it() {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    level(&anna, &ben);
    let digest = anna.only_goal().digest;
    anna.plan().agree(id, digest).expect("agreed");
    ben.plan().agree(id, digest).expect("agreed");
    level(&anna, &ben);
    assert!(matches!(anna.only_goal().summary.standing, Standing::Agreed { .. }));
}

#[test]
fn statements_given_apart_on_different_wordings_seal_nothing() {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    level(&anna, &ben);
    anna.plan().agree(id, anna.only_goal().digest).expect("agreed");
    retitle(&ben, "Run");
    ben.plan().agree(id, ben.only_goal().digest).expect("agreed");
    level(&anna, &ben);
    assert_eq!(anna.only_goal().summary.standing, Standing::Proposed);
    assert!(anna.only_goal().sealed.is_none());
}

#[test]
fn withdrawing_ends_what_is_in_force_and_leaves_it_sealed() {
    let (anna, ben, id) = agreed();
    let digest = anna.only_goal().digest;
    anna.world.pass(7_200);
    let after = anna.plan().withdraw(id, digest).expect("withdrawn");
    assert_eq!(after.summary.standing, Standing::Withdrawn { at: anna.world.now(), by: anna.me() });
    assert!(after.sealed.is_none());
    level(&anna, &ben);
    assert_eq!(ben.only_goal().agreed_by, vec![ben.me()]);
    assert!(ben.tables().iter().any(|row| row.starts_with("agreement")));
    assert_eq!(anna.plan().withdraw(id, digest).err(), Some(Error::NotFound { what: Thing::Wording }));
    // Agreeing once more puts it in force again.
    anna.plan().agree(id, digest).expect("agreed again");
    level(&anna, &ben);
    assert!(matches!(ben.only_goal().summary.standing, Standing::Agreed { .. }));
}

#[test]
fn a_withdrawal_at_the_same_time_as_the_sealing_reads_the_same_on_both() {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    let digest = anna.only_goal().digest;
    anna.plan().agree(id, digest).expect("agreed");
    level(&anna, &ben);
    ben.plan().agree(id, digest).expect("agreed");
    anna.plan().withdraw(id, digest).expect("withdrawn");
    level(&anna, &ben);
    for device in [&anna, &ben] {
        assert!(matches!(device.only_goal().summary.standing, Standing::Withdrawn { .. }));
        assert!(device.tables().iter().any(|row| row.starts_with("agreement")));
    }
}

#[test]
fn what_success_looks_like_belongs_to_the_wording() {
    let (anna, ben, id) = agreed();
    let shown = ben.only_goal();
    let edit = GoalEdit { success: Some("She smiles".to_owned()), ..GoalEdit::default() };
    ben.plan().edit_goal(id, shown.version, edit).expect("edited");
    level(&anna, &ben);
    assert!(matches!(anna.only_goal().summary.standing, Standing::ChangedSinceAgreed { .. }));
}

#[test]
fn moving_a_goal_does_not_reopen_its_agreement() {
    let (anna, ben, id) = agreed();
    anna.plan().propose_goal(goal("Another", "")).expect("proposed");
    anna.plan().move_goal(id, None).expect("moved");
    anna.plan().rate(id, NewRating { value: 7, helped: None, hindered: None }).expect("rated");
    level(&anna, &ben);
    assert!(matches!(ben.plan().goal(id).expect("the goal").summary.standing, Standing::Agreed { .. }));
}

#[test]
fn a_sealed_agreement_can_neither_be_changed_nor_deleted() {
    let (anna, _, _) = agreed();
    for sql in ["UPDATE agreement SET sealed_at = 0", "DELETE FROM agreement"] {
        let done = anna.inner().shared.file.write(|transaction| Ok(transaction.execute(sql, [])?));
        assert!(done.is_err(), "{sql}");
    }
    let before = anna.tables();
    let sql = "INSERT OR REPLACE INTO agreement SELECT relationship, goal, digest, x'00', x'00', x'00', 0 FROM agreement";
    anna.inner().shared.file.write(|transaction| Ok(transaction.execute(sql, [])?)).expect("passed over");
    let wording = "SELECT count(*) FROM agreement WHERE length(wording) > 1";
    let whole: u32 = anna
        .inner()
        .shared
        .file
        .read(|connection| Ok(connection.query_row(wording, [], |row| row.get(0))?))
        .expect("a count");
    assert!(whole == 1 && anna.tables() == before);
    assert!(anna.only_goal().sealed.is_some());
}

#[test]
fn agreeing_needs_the_person_and_not_only_the_device() {
    let (anna, _) = two();
    let plan = anna.plan();
    let shown = plan.propose_goal(goal("Walk", "")).expect("proposed");
    anna.home.lock();
    assert_eq!(plan.agree(shown.summary.id, shown.digest).err(), Some(Error::Locked));
}
