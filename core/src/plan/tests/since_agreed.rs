//! What was agreed when, and what reads differently since.

use super::*;

fn agreed() -> (Device, Device, GoalId) {
    let (anna, ben) = two();
    let new =
        NewGoal { known_by: Some("The diary says so".to_owned()), ..goal("Walk", "For the fresh air.") };
    let id = anna.plan().propose_goal(new).expect("proposed").summary.id;
    level(&anna, &ben);
    both_agree(&anna, &ben);
    (anna, ben, id)
}

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

fn run(kind: PlanRunKind, text: &str) -> PlanRun {
    PlanRun { kind, text: text.to_owned() }
}

#[test]
fn what_was_changed_since_is_told_part_by_part_in_runs_of_words() {
    use PlanRunKind::{Added, Removed, Same};
    let (anna, ben, id) = agreed();
    assert!(anna.plan().changed_since_agreed(id).expect("nothing").is_empty());
    edit(&ben, GoalEdit { why: Some("For the sea air.".to_owned()), ..GoalEdit::default() });
    edit(&ben, GoalEdit { success: Some("She smiles".to_owned()), ..GoalEdit::default() });
    edit(&ben, GoalEdit { known_by: Some(String::new()), ..GoalEdit::default() });
    let day = DayEdit::Day { day: "2026-09-01".parse().expect("a day") };
    edit(&ben, GoalEdit { by_when: Some(day), ..GoalEdit::default() });
    let shown = ben.only_goal();
    let scale = ScaleLevel { level: AttainmentLevel::Expected, text: "Twice a week".to_owned() };
    ben.plan().write_scale(id, shown.version, vec![scale]).expect("written");
    level(&anna, &ben);
    let different = anna.plan().changed_since_agreed(id).expect("differences");
    let wanted = [
        (
            WordingPart::Why,
            vec![run(Same, "For the "), run(Removed, "fresh"), run(Added, "sea"), run(Same, " air.")],
        ),
        (WordingPart::Success { of: ben.me() }, vec![run(Added, "She smiles")]),
        (WordingPart::KnownBy, vec![run(Removed, "The diary says so")]),
        (WordingPart::ByWhen, vec![run(Added, "2026-09-01")]),
        (WordingPart::Scale { level: 0 }, vec![run(Added, "Twice a week")]),
    ];
    assert!(different.iter().map(|one| (one.part, one.runs.clone())).eq(wanted));
    // Agreed to anew, nothing differs.
    both_agree(&anna, &ben);
    assert!(anna.plan().changed_since_agreed(id).expect("nothing").is_empty());
}

#[test]
fn everything_ever_sealed_is_told_oldest_first() {
    let (anna, ben, id) = agreed();
    edit(&anna, GoalEdit { title: Some("Walk outside".to_owned()), ..GoalEdit::default() });
    level(&anna, &ben);
    both_agree(&anna, &ben);
    let first = anna.plan().agreements(id).expect("a list")[0].digest;
    let at = {
        ben.world.pass(60);
        ben.plan().withdraw(id, first).expect("withdrawn");
        ben.world.now()
    };
    level(&anna, &ben);
    for device in [&anna, &ben] {
        let sealed = device.plan().agreements(id).expect("a list");
        let titles: Vec<_> = sealed.iter().map(|sealed| sealed.title.as_str()).collect();
        assert!(titles == ["Walk", "Walk outside"]);
        assert!(sealed[0].since < sealed[1].since);
        assert_eq!(sealed[0].withdrawn, Some(GoalWithdrawal { by: ben.me(), at }));
        assert_eq!(sealed[1].withdrawn, None);
        assert!(sealed.iter().all(|sealed| sealed.statements.len() == 2));
        // The later one is in force as before.
        let now = device.only_goal();
        assert!(matches!(now.summary.standing, Standing::Agreed { .. }));
        assert!(now.sealed.is_some_and(|in_force| in_force == sealed[1]));
    }
}

#[test]
fn an_exported_agreement_holds_what_both_signed() {
    let (anna, ben, id) = agreed();
    let digest = anna.only_goal().digest;
    let export = |device: &Device| -> serde_json::Value {
        let text = device.plan().export_agreement(id, digest).expect("exported");
        assert!(text.len() < 8_192);
        serde_json::from_str(&text).expect("JSON")
    };
    let (annas, bens) = (export(&anna), export(&ben));
    for part in ["people", "wording", "statements", "relationship", "goal"] {
        assert!(annas[part] == bens[part], "{part}");
    }
    assert_eq!(annas["people"][0]["name"], "Anna");
    assert_eq!(annas["wording"]["digest"], digest.to_string());
    let fingerprints: Vec<_> = annas["statements"].as_array().expect("statements").iter().collect();
    assert_eq!(fingerprints.len(), 2);
    for device in [&anna, &ben] {
        let profile = device.home.profile().expect("a profile");
        assert!(fingerprints.iter().any(|said| said["fingerprint"] == profile.fingerprint.as_str()));
    }
    // Withdrawn and agreed to once more: what sealed it, and what each says now.
    anna.plan().withdraw(id, digest).expect("withdrawn");
    let says = |file: &serde_json::Value| -> Vec<String> {
        let said = file["statements"].as_array().expect("statements").iter();
        said.map(|said| said["says"].as_str().expect("a word").to_owned()).collect()
    };
    assert_eq!(says(&export(&anna)), ["agree", "agree", "withdraw"]);
    anna.plan().agree(id, digest).expect("agreed again");
    assert_eq!(says(&export(&anna)), ["agree", "agree", "agree"]);
    // What was never sealed cannot be exported.
    edit(&anna, GoalEdit { title: Some("Run".to_owned()), ..GoalEdit::default() });
    let unsealed = anna.plan().export_agreement(id, anna.only_goal().digest);
    assert_eq!(unsealed.err(), Some(Error::NotFound { what: crate::error::Thing::Wording }));
    let plan = anna.plan();
    anna.home.lock();
    assert_eq!(plan.export_agreement(id, digest).err(), Some(Error::Locked));
}

#[test]
fn a_choice_on_anything_that_is_not_of_the_wording_does_not_keep_from_agreeing() {
    let (anna, ben, id) = agreed();
    let priority = |device: &Device, priority| {
        let shown = device.only_goal();
        device.plan().set_priority(id, shown.version, Some(priority)).expect("set");
    };
    priority(&anna, GoalPriority::High);
    priority(&ben, GoalPriority::Low);
    edit(&anna, GoalEdit { title: Some("Walk daily".to_owned()), ..GoalEdit::default() });
    level(&anna, &ben);
    let shown = anna.only_goal();
    assert!(shown.choices.len() == 1 && shown.choices[0].field == PlanField::Priority);
    anna.plan().agree(id, shown.digest).expect("agreed");
    // One on a part of the wording does.
    for (device, day) in [(&anna, "2026-09-01"), (&ben, "2026-10-01")] {
        let day = DayEdit::Day { day: day.parse().expect("a day") };
        edit(device, GoalEdit { by_when: Some(day), ..GoalEdit::default() });
    }
    level(&anna, &ben);
    let shown = anna.only_goal();
    assert_eq!(anna.plan().agree(id, shown.digest).err(), Some(Error::OpenChoice));
}
