//! What becomes of a goal: states that either sets, holds that are one's own, and the line from one goal to the next.

use super::*;
use crate::error::{Problem, Thing};

/// A client and a therapist with one agreed goal.
fn two_at_work() -> (Device, Device, GoalId) {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    level(&anna, &ben);
    for device in [&anna, &ben] {
        device.plan().agree(id, device.only_goal().digest).expect("agreed");
    }
    level(&anna, &ben);
    assert_eq!(anna.only_goal().summary.state, GoalState::Active);
    (anna, ben, id)
}

/// A client whose app is of an earlier version, and a therapist.
pub(super) fn two_of_different_builds() -> (Device, Device) {
    let (anna, ben) = (Device::new(Role::Client, "Anna", 1), Device::new(Role::Therapist, "Ben", 2));
    anna.inner().shared.read_only_up_to(1);
    anna.relate(&ben);
    ben.relate(&anna);
    (anna, ben)
}

fn mark(device: &Device, mark: GoalMark, why: Option<&str>) -> Goal {
    let shown = device.only_goal();
    let why = why.map(str::to_owned);
    device.plan().set_goal_state(shown.summary.id, shown.version, mark, why).expect("marked")
}

#[test]
fn whoever_pauses_a_goal_is_named_with_the_time_and_the_reason() {
    let (anna, ben, _) = two_at_work();
    anna.world.pass(3_600);
    let paused = mark(&anna, GoalMark::Paused, Some(" exams until June\r\nthen we look again "));
    assert_eq!(paused.summary.state, GoalState::Paused);
    level(&anna, &ben);
    let seen = ben.only_goal().summary;
    assert_eq!(seen.state, GoalState::Paused);
    let note = seen.state_note.expect("a note");
    assert!(note.by == anna.me() && note.at == anna.world.now());
    assert!(note.why.as_deref() == Some("exams until June\nthen we look again"));
}

#[test]
fn either_may_set_every_state_and_either_may_take_it_back() {
    let (anna, ben, _) = two_at_work();
    for (said, state) in [
        (GoalMark::Paused, GoalState::Paused),
        (GoalMark::Reached, GoalState::Reached),
        (GoalMark::Maintained, GoalState::Maintained),
        (GoalMark::SetAside, GoalState::SetAside),
        (GoalMark::Declined, GoalState::Declined),
    ] {
        for (one, other) in [(&anna, &ben), (&ben, &anna)] {
            assert_eq!(mark(one, said, None).summary.state, state);
            level(one, other);
            assert_eq!(other.only_goal().summary.state, state);
            let open = mark(other, GoalMark::Open, None).summary;
            assert_eq!(open.state, GoalState::Active, "its wording is still in force");
            assert!(open.state_note.is_some_and(|note| note.by == other.me()));
            level(one, other);
        }
    }
}

#[test]
fn a_goal_nobody_agreed_to_goes_on_as_proposed() {
    let (anna, ben) = two();
    ben.plan().propose_goal(goal("Walk", "")).expect("proposed");
    level(&anna, &ben);
    assert_eq!(mark(&anna, GoalMark::Declined, Some("not mine")).summary.state, GoalState::Declined);
    assert_eq!(mark(&anna, GoalMark::Open, None).summary.state, GoalState::Proposed);
}

#[test]
fn two_who_say_different_things_apart_choose_and_the_same_thing_is_no_choice() {
    let (anna, ben, id) = two_at_work();
    mark(&anna, GoalMark::Reached, Some("I walk every day"));
    mark(&ben, GoalMark::Paused, None);
    level(&anna, &ben);
    let shown = anna.only_goal();
    let values = &shown.choices[0].values;
    assert_eq!((shown.choices.len(), shown.choices[0].field), (1, PlanField::State));
    let why = Some("I walk every day".to_owned());
    let said = |by: &Device, mark, why| ChoiceValue { by: by.me(), value: FieldValue::State { mark, why } };
    assert!(values.contains(&said(&anna, GoalMark::Reached, why)));
    assert!(values.contains(&said(&ben, GoalMark::Paused, None)));

    // Whoever has seen both and says one of them has chosen; so has who picks.
    let chosen =
        ben.plan().set_goal_state(id, ben.only_goal().version, GoalMark::Paused, None).expect("marked");
    assert!(chosen.choices.is_empty() && chosen.summary.state == GoalState::Paused);
    level(&anna, &ben);

    mark(&anna, GoalMark::Maintained, None);
    ben.world.pass(60);
    mark(&ben, GoalMark::Maintained, None);
    level(&anna, &ben);
    assert!(anna.only_goal().choices.is_empty() && !anna.only_goal().summary.open_choice);
    assert_eq!(anna.only_goal().summary.state, GoalState::Maintained);
}

#[test]
fn what_came_in_between_showing_and_marking_is_not_dropped() {
    let (anna, ben, id) = two_at_work();
    let shown = anna.only_goal();
    mark(&ben, GoalMark::Reached, None);
    level(&anna, &ben);
    let marked =
        anna.plan().set_goal_state(id, shown.version.clone(), GoalMark::SetAside, None).expect("marked");
    assert_eq!(marked.choices.len(), 1, "both stand");
    // One's own next word takes the place of one's own last one only.
    let marked = anna.plan().set_goal_state(id, shown.version, GoalMark::Paused, None).expect("marked");
    assert_eq!(marked.choices[0].values.len(), 2);
    level(&anna, &ben);
}

#[test]
fn saying_again_what_stands_there_writes_nothing() {
    let (anna, ben, id) = two_at_work();
    let before = anna.plan().version().expect("a version");
    mark(&anna, GoalMark::Open, None);
    anna.plan().release_goal(id).expect("nothing to release");
    anna.plan().set_priority(id, before.clone(), None).expect("none");
    anna.plan().set_review(id, before.clone(), None).expect("none");
    assert!(anna.plan().version().expect("a version") == before);
    mark(&anna, GoalMark::Paused, Some("exams"));
    anna.plan().hold_goal(id, Some("no".to_owned())).expect("held");
    let before = anna.plan().version().expect("a version");
    mark(&anna, GoalMark::Paused, Some(" exams "));
    anna.plan().hold_goal(id, Some("no ".to_owned())).expect("held");
    assert!(anna.plan().version().expect("a version") == before);
    level(&anna, &ben);
}

#[test]
fn a_goal_is_worked_on_only_while_neither_holds_it() {
    let (anna, ben, id) = two_at_work();
    let held = anna.plan().hold_goal(id, Some("not before the move".to_owned())).expect("held");
    assert_eq!(held.summary.state, GoalState::Held);
    ben.plan().hold_goal(id, None).expect("held");
    level(&anna, &ben);
    let seen = ben.only_goal().summary;
    assert_eq!((seen.state, seen.holds.len()), (GoalState::Held, 2));
    let hers = seen.holds.iter().find(|hold| hold.by == anna.me()).expect("hers");
    assert!(hers.why.as_deref() == Some("not before the move"));
    assert!(seen.holds.iter().any(|hold| hold.by == ben.me() && hold.why.is_none()));

    assert_eq!(anna.plan().release_goal(id).expect("released").summary.state, GoalState::Held);
    level(&anna, &ben);
    assert_eq!(ben.plan().release_goal(id).expect("released").summary.state, GoalState::Active);
    level(&anna, &ben);
    assert!(anna.only_goal().summary.holds.is_empty());
}

#[test]
fn nobody_lets_go_of_a_goal_for_the_other() {
    let (anna, ben, id) = two_at_work();
    anna.plan().hold_goal(id, None).expect("held");
    level(&anna, &ben);
    // All that Ben can do with the goal leaves her hold where it is.
    ben.plan().release_goal(id).expect("his own word");
    ben.plan().hold_goal(id, None).expect("held");
    ben.plan().release_goal(id).expect("his own word");
    mark(&ben, GoalMark::Paused, None);
    mark(&ben, GoalMark::Open, None);
    level(&anna, &ben);
    for device in [&anna, &ben] {
        let seen = device.only_goal().summary;
        assert_eq!(seen.state, GoalState::Held);
        assert!(seen.holds.len() == 1 && seen.holds[0].by == anna.me());
    }
    // Nor by a change made by hand: his own device's gate refuses it.
    let written = ben.shared_plan().write(|pen| {
        let holds = super::super::goal::collection(pen, "holds")?;
        let free = format!("free {}", moment::write(&pen.now));
        pen.put(&holds, &format!("{id}{}", anna.me()), free)
    });
    assert!(matches!(written, Err(Error::NotAllowed { .. })));
    assert_eq!(ben.only_goal().summary.state, GoalState::Held);
}

#[test]
fn a_client_can_leave_any_goal_also_one_that_is_agreed_and_held_by_nobody_else() {
    let (anna, ben, id) = two_at_work();
    let sealed = anna.only_goal().sealed.expect("in force").digest;
    anna.plan().hold_goal(id, None).expect("held");
    anna.plan().withdraw(id, sealed).expect("withdrawn");
    mark(&anna, GoalMark::SetAside, None);
    anna.plan().archive_goal(id).expect("put away");
    level(&anna, &ben);
    assert!(ben.plan().goals(false).expect("goals").is_empty());
    // Whatever he takes back, her own words stay.
    ben.plan().unarchive_goal(id).expect("back");
    mark(&ben, GoalMark::Open, None);
    level(&anna, &ben);
    let seen = anna.only_goal().summary;
    assert_eq!(seen.state, GoalState::Proposed);
    assert!(matches!(seen.standing, Standing::Withdrawn { by, .. } if by == anna.me()));
    assert!(seen.holds.iter().any(|hold| hold.by == anna.me()));
}

#[test]
fn a_held_goal_that_is_reached_is_reached() {
    let (anna, _, id) = two_at_work();
    anna.plan().hold_goal(id, None).expect("held");
    assert_eq!(mark(&anna, GoalMark::Reached, None).summary.state, GoalState::Reached);
    assert_eq!(mark(&anna, GoalMark::Open, None).summary.state, GoalState::Held);
}

#[test]
fn a_priority_is_written_by_either_and_chosen_when_written_apart() {
    let (anna, ben, id) = two_at_work();
    let high = Some(GoalPriority::High);
    let set = |device: &Device, priority| {
        device.plan().set_priority(id, device.only_goal().version, priority).expect("set")
    };
    assert_eq!(set(&anna, high).summary.priority, high);
    level(&anna, &ben);
    assert_eq!(ben.only_goal().summary.priority, high);
    set(&ben, None);
    set(&anna, Some(GoalPriority::Low));
    level(&anna, &ben);
    let shown = anna.only_goal();
    let values = &shown.choices[0].values;
    assert!(values.contains(&ChoiceValue { by: ben.me(), value: FieldValue::Nothing }));
    let low = FieldValue::Priority { priority: GoalPriority::Low };
    let number = values.iter().position(|value| value.value == low).expect("hers");
    let pick = ChoicePick::Take { number: u32::try_from(number).expect("a number") };
    anna.plan().choose(PlanItem::Goal { id }, shown.version, PlanField::Priority, pick).expect("chosen");
    level(&anna, &ben);
    assert_eq!(ben.only_goal().summary.priority, Some(GoalPriority::Low));
}

#[test]
fn a_goal_names_the_one_it_grew_out_of_on_both_devices_and_when_that_is_put_away() {
    let (anna, ben) = two();
    let propose = |device: &Device, title: &str, kind, from| {
        let descent = Some(NewDescent { kind, from });
        let goal = NewGoal { title: title.to_owned(), descent, ..NewGoal::default() };
        device.plan().propose_goal(goal).expect("proposed")
    };
    let older = anna.plan().propose_goal(goal("Less fear of buses", "")).expect("proposed").summary.id;
    level(&anna, &ben);
    let trains = propose(&ben, "Trains too", DescentKind::GrewOutOf, older);
    let travel = propose(&anna, "Travel on my own", DescentKind::Replaces, older);
    anna.plan().archive_goal(older).expect("put away");
    level(&anna, &ben);
    for device in [&anna, &ben] {
        let came = |id| device.plan().goal(id).expect("a goal").came_from.expect("a line");
        let kinds = [trains.summary.id, travel.summary.id].map(|id| came(id).kind);
        assert_eq!(kinds, [DescentKind::GrewOutOf, DescentKind::Replaces]);
        let from = came(trains.summary.id);
        assert!(from.goal == older && from.title.as_deref() == Some("Less fear of buses"));
        let led_to = device.plan().goal(older).expect("also put away").led_to;
        let titles: Vec<_> = led_to.iter().filter_map(|relative| relative.title.as_deref()).collect();
        assert!(titles.len() == 2 && titles.contains(&"Trains too") && titles.contains(&"Travel on my own"));
    }
    // A new title shows in the line, and nothing can be said to come from what is not there.
    let shown = ben.plan().goal(older).expect("the goal");
    let title = GoalEdit { title: Some("Buses".to_owned()), ..GoalEdit::default() };
    ben.plan().edit_goal(older, shown.version, title).expect("edited");
    level(&anna, &ben);
    let from = anna.plan().goal(travel.summary.id).expect("a goal").came_from.expect("a line");
    assert!(from.title.as_deref() == Some("Buses"));
    let descent = Some(NewDescent { kind: DescentKind::Replaces, from: GoalId::from_bytes([9; 16]) });
    let lost = NewGoal { title: "From nowhere".to_owned(), descent, ..NewGoal::default() };
    assert_eq!(anna.plan().propose_goal(lost).err(), Some(Error::not_found(Thing::Goal)));
}

#[test]
fn hints_say_what_might_be_clearer_and_block_nothing() {
    let (anna, ben) = two();
    let bare = anna.plan().propose_goal(goal("Walk", "")).expect("proposed");
    let all = [GoalHint::Why, GoalHint::KnownBy, GoalHint::ByWhen, GoalHint::FirstStep, GoalHint::Success];
    assert_eq!(bare.hints, all);
    level(&anna, &ben);
    for device in [&anna, &ben] {
        device.plan().agree(bare.summary.id, device.only_goal().digest).expect("agreed all the same");
    }
    let edit = GoalEdit {
        why: Some("For the dog".to_owned()),
        success: Some("Every day".to_owned()),
        known_by: Some("Five days of seven".to_owned()),
        by_when: "2026-09-01".parse().ok().map(|day| DayEdit::Day { day }),
        first_step: Some("Find the shoes".to_owned()),
        ..GoalEdit::default()
    };
    let shown = anna.only_goal();
    let clear = anna.plan().edit_goal(shown.summary.id, shown.version, edit).expect("edited");
    assert!(clear.hints.is_empty());
    level(&anna, &ben);
    assert_eq!(ben.only_goal().hints, [GoalHint::Success], "his own picture is still missing");
}

#[test]
fn what_cannot_be_said_of_a_goal_changes_nothing() {
    let (anna, ben, id) = two_at_work();
    let before = anna.plan().version().expect("a version");
    let long = Some("a".repeat(4_001));
    let too_long = Problem::TooLong { limit: 4_000, unit: "characters".to_owned() };
    let refused = anna.plan().set_goal_state(id, before.clone(), GoalMark::Paused, long.clone());
    assert_eq!(refused.err(), Some(Error::invalid("why", too_long.clone())));
    assert_eq!(anna.plan().hold_goal(id, long).err(), Some(Error::invalid("why", too_long)));
    let bell = Some("\u{7}".to_owned());
    assert!(matches!(anna.plan().hold_goal(id, bell), Err(Error::Invalid { .. })));
    let nowhere = GoalId::from_bytes([9; 16]);
    let missing = Some(Error::not_found(Thing::Goal));
    assert_eq!(anna.plan().hold_goal(nowhere, None).err(), missing);
    assert_eq!(anna.plan().release_goal(nowhere).err(), missing);
    let refused = anna.plan().set_goal_state(nowhere, before.clone(), GoalMark::Paused, None);
    assert_eq!(refused.err(), missing);
    let elsewhere = PlanVersion::of(vec![[9; 32]]);
    let refused = anna.plan().set_goal_state(id, elsewhere, GoalMark::Paused, None);
    assert!(matches!(refused, Err(Error::Invalid { .. })));
    assert!(anna.plan().version().expect("a version") == before);
    level(&anna, &ben);
}

#[test]
fn a_plan_with_an_older_app_says_so_and_keeps_what_it_has() {
    let (anna, ben) = two_of_different_builds();
    let id = ben.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    exchange(&anna, &ben);
    let shown = ben.only_goal();
    let plan = ben.plan();
    let older = Some(Error::OlderPlan);
    assert_eq!(plan.set_goal_state(id, shown.version.clone(), GoalMark::Paused, None).err(), older);
    assert_eq!(plan.hold_goal(id, None).err(), older);
    assert_eq!(plan.release_goal(id).err(), older);
    assert_eq!(plan.set_priority(id, shown.version.clone(), Some(GoalPriority::High)).err(), older);
    assert_eq!(plan.set_review(id, shown.version.clone(), Some(7)).err(), older);
    let today = ben.world.now().date_naive();
    assert_eq!(plan.mark_reviewed(id, shown.version.clone(), today).err(), older);
    assert!(plan.due_reviews(today).expect("none").is_empty());
    assert!(plan.version().expect("a version") == shown.version);
    assert!(anna.only_goal().summary.title == "Walk");
}

#[test]
fn everything_said_of_a_goal_is_there_after_closing_and_built_again() {
    let (mut anna, ben, id) = two_at_work();
    mark(&anna, GoalMark::Paused, Some("exams"));
    anna.plan().hold_goal(id, Some("no".to_owned())).expect("held");
    anna.plan().set_priority(id, anna.only_goal().version, Some(GoalPriority::Medium)).expect("set");
    level(&anna, &ben);
    let (before, tables) = (anna.only_goal(), anna.tables());
    anna.reopen();
    assert!(anna.only_goal() == before);
    anna.reopen_checked();
    assert!(anna.tables() == tables);
    anna.home.lock();
    assert_eq!(anna.home.plan(anna.relationship).err(), Some(Error::Locked));
}
