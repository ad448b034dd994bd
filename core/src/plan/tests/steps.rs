//! Graded steps with what was learned on each, and strategies with what both think of them.

use proptest::prelude::*;

use super::states::two_of_different_builds;
use super::*;
use crate::error::{Problem, Thing};
use crate::id::{StepId, StrategyId, TryId};

fn two_with_a_goal() -> (Device, Device, GoalId) {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Ride the underground", "")).expect("proposed").summary.id;
    level(&anna, &ben);
    (anna, ben, id)
}

fn step(what: &str, expected_fear: Option<u8>) -> NewStep {
    NewStep { what: what.to_owned(), expected_fear }
}

impl Device {
    fn add(&self, goal: GoalId, what: &str) -> StepId {
        self.world.pass(1);
        self.plan().add_step(goal, step(what, None)).expect("added").id
    }

    /// The steps that are not put away, one letter each.
    fn ladder(&self) -> String {
        let steps = self.only_goal().steps;
        steps.into_iter().filter(|step| step.archived_at.is_none()).map(|step| step.what).collect()
    }
}

#[test]
fn steps_stand_in_the_order_in_which_they_were_put() {
    let (anna, ben, id) = two_with_a_goal();
    let [a, b, c] = ["A", "B", "C"].map(|what| anna.add(id, what));
    assert_eq!(anna.ladder(), "ABC");
    anna.plan().move_step(c, None).expect("moved");
    assert_eq!(anna.ladder(), "CAB");
    anna.plan().move_step(c, Some(a)).expect("moved");
    anna.plan().move_step(c, Some(c)).expect("it stays");
    assert_eq!(anna.ladder(), "ACB");
    level(&anna, &ben);
    // Both move at the same time: the order is the same on both, and nothing stands twice.
    anna.plan().move_step(b, None).expect("moved");
    ben.plan().move_step(b, Some(a)).expect("moved");
    level(&anna, &ben);
    assert!(anna.ladder().len() == 3 && anna.ladder() == ben.ladder());
    anna.plan().archive_step(a).expect("put away");
    level(&anna, &ben);
    assert!(ben.ladder().len() == 2 && ben.only_goal().steps.len() == 3);
    ben.plan().unarchive_step(a).expect("back");
    level(&anna, &ben);
    assert_eq!(anna.ladder().len(), 3);
}

#[test]
fn steps_of_two_goals_do_not_stand_among_each_other() {
    let (anna, _, id) = two_with_a_goal();
    let a = anna.add(id, "A");
    let other = anna.plan().propose_goal(goal("Sleep", "")).expect("proposed").summary.id;
    let b = anna.add(other, "B");
    let moved = anna.plan().move_step(a, Some(b));
    assert_eq!(moved.err(), Some(Error::not_found(Thing::Step)));
    let missing = StepId::from_bytes([9; 16]);
    assert_eq!(anna.plan().move_step(missing, None).err(), Some(Error::not_found(Thing::Step)));
    assert_eq!(anna.plan().archive_step(missing).err(), Some(Error::not_found(Thing::Step)));
    assert_eq!(anna.plan().goal(id).expect("the goal").steps.len(), 1);
}

#[test]
fn a_step_is_edited_by_both_and_what_differs_becomes_a_choice() {
    let (anna, ben, id) = two_with_a_goal();
    let added = anna.plan().add_step(id, step(" Stand on the platform ", Some(7))).expect("added");
    assert!(added.what == "Stand on the platform" && added.proposed_by == anna.me());
    assert_eq!(added.expected_fear, Some(7));
    level(&anna, &ben);
    let shown = ben.only_goal().steps.remove(0);
    let edit = |what: &str, fear| StepEdit { what: Some(what.to_owned()), expected_fear: fear };
    // Words by one and a number by the other come together.
    ben.plan()
        .edit_step(added.id, shown.version.clone(), edit("Stand on the platform", Some(5)))
        .expect("edited");
    anna.plan().edit_step(added.id, shown.version, edit("Wait on the platform", Some(7))).expect("edited");
    level(&anna, &ben);
    let seen = anna.only_goal();
    assert!(seen.choices.is_empty() && seen.steps[0].what == "Wait on the platform");
    assert_eq!(seen.steps[0].expected_fear, Some(5));
    let version = anna.plan().version().expect("a version");
    anna.plan()
        .edit_step(added.id, version.clone(), edit("Wait on the platform", Some(5)))
        .expect("the same");
    assert!(anna.plan().version().expect("a version") == version);
    // Two numbers do not: Ben's screen did not show hers yet when he wrote his.
    anna.plan().edit_step(added.id, version.clone(), edit("Wait on the platform", Some(3))).expect("edited");
    level(&anna, &ben);
    ben.plan().edit_step(added.id, version, edit("Wait on the platform", Some(8))).expect("edited");
    level(&anna, &ben);
    let choices = ben.only_goal().choices;
    assert!(choices.len() == 1 && choices[0].field == PlanField::ExpectedFear);
    assert!(choices[0].of == PlanItem::Step { id: added.id });
    assert_eq!(choices[0].values.len(), 2);
}

#[test]
fn every_try_is_noted_with_what_was_learned() {
    let (anna, ben, id) = two_with_a_goal();
    let platform = anna.add(id, "Stand on the platform");
    let tried = |on: &str, fear, learned: &str| NewTry {
        on: day(on),
        outcome: TaskOutcome::Partly,
        fear,
        learned: Some(learned.to_owned()),
    };
    anna.plan()
        .try_step(platform, tried("2026-05-05", Some(8), " It fades after ten minutes "))
        .expect("noted");
    let first = anna.plan().try_step(platform, tried("2026-05-04", None, " ")).expect("noted");
    level(&anna, &ben);
    let seen = ben.only_goal().steps.remove(0);
    assert!(seen.tries.len() == 2 && seen.tries[0].id == first && seen.tries[0].learned.is_none());
    assert!(seen.tries[1].by == anna.me() && seen.tries[1].fear == Some(8));
    assert!(seen.tries[1].learned.as_deref() == Some("It fades after ten minutes"));
    assert!(seen.tries[1].outcome == TaskOutcome::Partly);
    assert!(matches!(ben.plan().take_back_try(first), Err(Error::NotAllowed { .. })));
    anna.plan().take_back_try(first).expect("taken back");
    level(&anna, &ben);
    assert_eq!(ben.only_goal().steps[0].tries.len(), 1);
    assert_eq!(
        anna.plan().take_back_try(TryId::from_bytes([9; 16])).err(),
        Some(Error::not_found(Thing::Note))
    );
}

#[test]
fn what_is_no_step_and_no_try_is_refused_and_changes_nothing() {
    let (anna, _, id) = two_with_a_goal();
    let a = anna.add(id, "A");
    let version = anna.plan().version().expect("a version");
    let plan = anna.plan();
    let out_of_range = |done: Option<Error>| {
        assert!(matches!(
            done,
            Some(Error::Invalid { problem: Problem::OutOfRange { from: 0, to: 10 }, .. })
        ));
    };
    out_of_range(plan.add_step(id, step("B", Some(11))).err());
    let fear = StepEdit { what: Some("B".to_owned()), expected_fear: Some(11) };
    out_of_range(plan.edit_step(a, version.clone(), fear).err());
    let tried = NewTry { on: day("2026-05-04"), outcome: TaskOutcome::Done, fear: Some(11), learned: None };
    out_of_range(plan.try_step(a, tried.clone()).err());
    let far = NewTry { on: LocalDate::MAX, fear: None, ..tried.clone() };
    assert!(matches!(plan.try_step(a, far), Err(Error::Invalid { .. })));
    let long = NewTry { learned: Some("x".repeat(4_001)), fear: None, ..tried };
    assert!(matches!(plan.try_step(a, long), Err(Error::Invalid { .. })));
    assert!(matches!(plan.add_step(id, step("two\nlines", None)), Err(Error::Invalid { .. })));
    assert!(matches!(plan.add_strategy(id, " ".to_owned()), Err(Error::Invalid { .. })));
    let missing = GoalId::from_bytes([9; 16]);
    assert_eq!(plan.add_step(missing, step("B", None)).err(), Some(Error::not_found(Thing::Goal)));
    assert_eq!(plan.add_strategy(missing, "B".to_owned()).err(), Some(Error::not_found(Thing::Goal)));
    assert!(plan.version().expect("a version") == version);
    assert_eq!(anna.ladder(), "A");
}

#[test]
fn what_was_tried_is_kept_changed_or_dropped_with_a_reason() {
    let (anna, ben, id) = two_with_a_goal();
    let added = ben.plan().add_strategy(id, " Breathe out slowly ".to_owned()).expect("added");
    assert!(added.what == "Breathe out slowly" && added.begun_by == ben.me());
    assert!(added.verdict == StrategyVerdict::Trying && added.verdict_note.is_none());
    level(&anna, &ben);
    let why = Some(" It makes me dizzy ".to_owned());
    let shown = anna.only_goal().version;
    let judged =
        anna.plan().judge_strategy(added.id, shown, StrategyVerdict::Drop, why.clone()).expect("judged");
    assert_eq!(judged.verdict, StrategyVerdict::Drop);
    level(&anna, &ben);
    let seen = ben.only_goal().strategies.remove(0);
    let note = seen.verdict_note.expect("a note");
    assert!(note.by == anna.me() && note.why.as_deref() == Some("It makes me dizzy"));
    // Said again it is nothing new, whoever says it.
    let version = ben.plan().version().expect("a version");
    ben.plan().judge_strategy(added.id, version.clone(), StrategyVerdict::Drop, why).expect("judged");
    assert!(ben.plan().version().expect("a version") == version);
    ben.plan().edit_strategy(added.id, version, "Breathe out".to_owned()).expect("edited");
    let shown = ben.only_goal().version;
    ben.plan().judge_strategy(added.id, shown, StrategyVerdict::Trying, None).expect("judged");
    ben.plan().archive_strategy(added.id).expect("put away");
    level(&anna, &ben);
    let seen = anna.only_goal().strategies.remove(0);
    assert!(seen.what == "Breathe out" && seen.verdict == StrategyVerdict::Trying);
    assert!(seen.archived_at.is_some() && seen.verdict_note.is_some_and(|note| note.why.is_none()));
    anna.plan().unarchive_strategy(added.id).expect("back");
    assert!(anna.only_goal().strategies[0].archived_at.is_none());
    let missing = StrategyId::from_bytes([9; 16]);
    assert_eq!(anna.plan().archive_strategy(missing).err(), Some(Error::not_found(Thing::Strategy)));
}

#[test]
fn two_verdicts_at_the_same_time_are_a_choice_and_two_that_are_the_same_are_none() {
    let (anna, ben, id) = two_with_a_goal();
    let added = ben.plan().add_strategy(id, "Breathe".to_owned()).expect("added");
    level(&anna, &ben);
    let judge = |device: &Device, verdict, why: &str| {
        let (plan, shown) = (device.plan(), device.only_goal().version);
        plan.judge_strategy(added.id, shown, verdict, Some(why.to_owned())).expect("judged");
    };
    judge(&anna, StrategyVerdict::Keep, "it helps");
    ben.world.pass(60);
    judge(&ben, StrategyVerdict::Keep, "it helps");
    level(&anna, &ben);
    assert!(anna.only_goal().choices.is_empty());
    let shown = ben.only_goal().version;
    judge(&anna, StrategyVerdict::Change, "longer");
    level(&anna, &ben);
    // Ben's screen did not show her word yet.
    let why = Some("too hard".to_owned());
    ben.plan().judge_strategy(added.id, shown, StrategyVerdict::Drop, why).expect("judged");
    level(&anna, &ben);
    let choices = anna.only_goal().choices;
    assert!(choices.len() == 1 && choices[0].of == PlanItem::Strategy { id: added.id });
    let hers = FieldValue::Verdict { verdict: StrategyVerdict::Change, why: Some("longer".to_owned()) };
    assert!(choices[0].values.contains(&ChoiceValue { by: anna.me(), value: hers.clone() }));
    let number = choices[0].values.iter().position(|value| value.value == hers).expect("hers");
    let pick = ChoicePick::Take { number: u32::try_from(number).expect("a number") };
    let shown = ben.only_goal().version;
    ben.plan().choose(choices[0].of, shown, PlanField::Verdict, pick).expect("chosen");
    level(&anna, &ben);
    let settled = anna.only_goal();
    assert!(settled.choices.is_empty() && settled.strategies[0].verdict == StrategyVerdict::Change);
}

#[test]
fn with_an_older_app_there_are_no_steps_and_no_strategies() {
    let (_, ben) = two_of_different_builds();
    let id = ben.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    assert_eq!(ben.plan().add_step(id, step("A", None)).err(), Some(Error::OlderPlan));
    assert_eq!(ben.plan().add_strategy(id, "B".to_owned()).err(), Some(Error::OlderPlan));
    assert!(ben.only_goal().steps.is_empty());
}

proptest! {
    #![proptest_config(crate::tests::cases(16))]

    #[test]
    fn a_ladder_stands_as_it_was_put_however_often_it_is_put_otherwise(
        moves in proptest::collection::vec((0_usize..6, proptest::option::of(0_usize..6)), 1..40),
    ) {
        let (anna, ben, id) = two_with_a_goal();
        let steps = ["A", "B", "C", "D", "E", "F"].map(|what| (anna.add(id, what), what));
        let mut told: Vec<usize> = (0..steps.len()).collect();
        for (moved, after) in moves {
            anna.plan().move_step(steps[moved].0, after.map(|after| steps[after].0)).expect("moved");
            if after != Some(moved) {
                told.retain(|n| *n != moved);
                let at = after.and_then(|after| told.iter().position(|n| *n == after)).map_or(0, |at| at + 1);
                told.insert(at, moved);
            }
            let wanted: String = told.iter().map(|n| steps[*n].1).collect();
            prop_assert_eq!(anna.ladder(), wanted);
        }
        level(&anna, &ben);
        let tables = anna.tables();
        anna.reopen_checked();
        prop_assert!(anna.tables() == tables);
    }
}
