//! One's own last edits are taken back as new ones; nobody else's words go with them.

use super::*;
use crate::error::Thing;

fn edit(device: &Device, id: GoalId, edit: GoalEdit) {
    device.world.pass(60);
    let shown = device.plan().goal(id).expect("a goal").version;
    device.plan().edit_goal(id, shown, edit).expect("edited");
}

fn retitle(device: &Device, id: GoalId, title: &str) {
    edit(device, id, GoalEdit { title: Some(title.to_owned()), ..GoalEdit::default() });
}

fn reword(device: &Device, id: GoalId, why: &str) {
    edit(device, id, GoalEdit { why: Some(why.to_owned()), ..GoalEdit::default() });
}

fn undo(device: &Device) -> Undone {
    device.world.pass(60);
    device.plan().undo().expect("undone")
}

fn nothing_to_undo(device: &Device) {
    assert!(device.plan().next_undo().expect("read").is_none());
    assert!(device.plan().undo().err() == Some(Error::not_found(Thing::Edit)));
}

fn a_plan() -> (Device, Device, GoalId) {
    let (anna, ben) = two();
    let id = ben.plan().propose_goal(goal("Sleep", "It helps.")).expect("proposed").summary.id;
    level(&anna, &ben);
    (anna, ben, id)
}

#[test]
fn what_one_did_last_is_taken_back_and_then_what_one_did_before() {
    let (mut anna, ben, id) = a_plan();
    nothing_to_undo(&anna);
    retitle(&anna, id, "Sleep through");
    reword(&anna, id, "It helps a lot.");
    let next = anna.plan().next_undo().expect("read").expect("an edit");
    assert!(next.len() == 1 && matches!(next[0].what, HistoryWhat::Reworded { .. }));
    let undone = undo(&anna);
    assert!(undone.events == next && undone.left == 0);
    assert_eq!(anna.only_goal().why, "It helps.");
    // Also after the app was closed meanwhile.
    anna.reopen();
    assert_eq!(undo(&anna).left, 0);
    assert_eq!(anna.only_goal().summary.title, "Sleep");
    nothing_to_undo(&anna);
    level(&anna, &ben);
    assert_eq!(ben.only_goal().summary.title, "Sleep");
    assert_eq!(anna.plan().history(Some(id), None, 50).expect("a page").events.len(), 5, "it all is history");
    // What was undone is done again by hand, and that can be taken back too.
    retitle(&anna, id, "Sleep through");
    undo(&anna);
    assert_eq!(anna.only_goal().summary.title, "Sleep");
    nothing_to_undo(&anna);
}

#[test]
fn what_the_other_has_written_over_since_stays() {
    let (anna, ben, id) = a_plan();
    edit(
        &anna,
        id,
        GoalEdit {
            title: Some("Hers".to_owned()),
            success: Some("Five nights".to_owned()),
            ..GoalEdit::default()
        },
    );
    level(&anna, &ben);
    retitle(&ben, id, "His");
    level(&anna, &ben);
    let undone = undo(&anna);
    assert!(undone.left == 1 && undone.events.len() == 2);
    let goal = anna.only_goal();
    assert_eq!(goal.summary.title, "His");
    assert!(goal.success.iter().all(|success| success.text.is_empty()));
    nothing_to_undo(&anna);
}

#[test]
fn an_edit_of_which_nothing_can_be_taken_back_is_not_asked_for_again() {
    let (anna, ben, id) = a_plan();
    retitle(&anna, id, "First");
    level(&anna, &ben);
    retitle(&ben, id, "His");
    level(&anna, &ben);
    let before = anna.plan().version().expect("a version");
    assert_eq!(undo(&anna).left, 1);
    assert!(anna.plan().version().expect("a version") == before);
    nothing_to_undo(&anna);
}

#[test]
fn of_a_text_just_what_one_wrote_is_taken_back() {
    let (anna, ben, id) = a_plan();
    reword(&anna, id, "It really helps.");
    level(&anna, &ben);
    reword(&ben, id, "It really helps. So I rest.");
    level(&anna, &ben);
    reword(&ben, id, "Now: It really helps. So I rest.");
    level(&anna, &ben);
    assert_eq!(undo(&anna).left, 0);
    assert_eq!(anna.only_goal().why, "Now: It helps. So I rest.");
    level(&anna, &ben);
    // What was taken out comes back where it stood.
    reword(&anna, id, "Now: It helps.");
    level(&anna, &ben);
    reword(&ben, id, "Today: It helps.");
    level(&anna, &ben);
    undo(&anna);
    assert_eq!(anna.only_goal().why, "Today: It helps. So I rest.");
    level(&anna, &ben);
}

#[test]
fn a_long_text_comes_back_whole() {
    let (anna, ben, id) = a_plan();
    let long = "Walking helps me sleep. ".repeat(400);
    reword(&anna, id, &long);
    reword(&anna, id, "");
    assert_eq!(undo(&anna).left, 0);
    assert!(anna.only_goal().why == long);
    assert_eq!(undo(&anna).left, 0);
    assert!(anna.only_goal().why == "It helps.");
    level(&anna, &ben);
}

#[test]
fn what_one_added_is_put_away_or_taken_back() {
    let (anna, ben, id) = a_plan();
    let plan = anna.plan();
    let goals = |device: &Device| device.plan().goals(false).expect("goals").len();
    plan.propose_goal(goal("Another", "")).expect("proposed");
    undo(&anna);
    assert_eq!(goals(&anna), 1);
    let task = NewTask { what: "Walk".to_owned(), owner: TaskOwner::Client, due: None, repeats: None };
    let task = plan.add_task(id, task).expect("a task");
    plan.log_task(task.id, "2026-05-03".parse().expect("a day"), TaskOutcome::Done, None).expect("logged");
    plan.rate(id, NewRating { value: 3, helped: None, hindered: None }).expect("rated");
    for _ in 0..3 {
        assert_eq!(undo(&anna).left, 0);
    }
    nothing_to_undo(&anna);
    level(&anna, &ben);
    let shown = ben.plan().goal(id).expect("the goal");
    assert!(shown.ratings.is_empty() && shown.tasks.iter().all(|task| task.archived_at.is_some()));
    assert!(shown.tasks[0].log.is_empty());
    // Somebody else's words in it do not hold it back, and stay.
    let other = plan.propose_goal(goal("Third", "")).expect("proposed").summary.id;
    level(&anna, &ben);
    ben.plan().rate(other, NewRating { value: 4, helped: None, hindered: None }).expect("rated");
    level(&anna, &ben);
    assert_eq!(undo(&anna).left, 0);
    assert_eq!(goals(&anna), 1);
    assert_eq!(anna.plan().goal(other).expect("the goal").ratings.len(), 1);
}

#[test]
fn putting_away_moving_and_answering_are_taken_back() {
    let (anna, ben, id) = a_plan();
    let second = ben.plan().propose_goal(goal("Second", "")).expect("proposed").summary.id;
    let task = NewTask { what: "Walk".to_owned(), owner: TaskOwner::Client, due: None, repeats: None };
    let task = ben.plan().add_task(id, task).expect("a task");
    level(&anna, &ben);
    let order = || anna.plan().goals(false).expect("goals").iter().map(|goal| goal.id).collect::<Vec<_>>();
    anna.plan().move_goal(second, None).expect("moved");
    assert_eq!(order(), [second, id]);
    undo(&anna);
    assert_eq!(order(), [id, second]);
    anna.plan().archive_goal(second).expect("put away");
    undo(&anna);
    assert_eq!(order(), [id, second]);
    anna.plan().accept_task(task.id, task.digest).expect("accepted");
    undo(&anna);
    level(&anna, &ben);
    assert!(ben.plan().tasks(false).expect("tasks")[0].state == TaskState::Offered);
    anna.plan().accept_task(task.id, task.digest).expect("accepted");
    anna.plan().decline_task(task.id, task.digest, None).expect("declined");
    undo(&anna);
    assert!(anna.plan().tasks(false).expect("tasks")[0].state == TaskState::Accepted);
}

#[test]
fn what_one_signed_is_never_taken_back_like_that() {
    let (anna, _, id) = a_plan();
    let shown = anna.only_goal().digest;
    anna.plan().agree(id, shown).expect("agreed");
    assert_eq!(undo(&anna).left, 1);
    assert_eq!(anna.only_goal().agreed_by, vec![anna.me()]);
    nothing_to_undo(&anna);
}

#[test]
fn a_choice_that_was_resolved_is_not_opened_again() {
    let (anna, ben, id) = a_plan();
    retitle(&ben, id, "His");
    retitle(&anna, id, "Hers");
    level(&anna, &ben);
    let goal = anna.only_goal();
    let choice = &goal.choices[0];
    anna.plan()
        .choose(choice.of, goal.version.clone(), choice.field, ChoicePick::Take { number: 1 })
        .expect("chosen");
    let chosen = anna.only_goal().summary.title;
    assert_eq!(undo(&anna).left, 1);
    assert_eq!(anna.only_goal().summary.title, chosen);
}

#[test]
fn in_a_plan_of_the_first_level_undo_goes_as_far_as_there_are_places() {
    let (anna, ben) = two();
    for device in [&anna, &ben] {
        device.inner().shared.read_only_up_to(1);
    }
    let id = anna.plan().propose_goal(goal("Sleep", "")).expect("proposed").summary.id;
    anna.plan().rate(id, NewRating { value: 3, helped: None, hindered: None }).expect("rated");
    retitle(&anna, id, "Sleep through");
    assert_eq!(undo(&anna).left, 0);
    assert_eq!(undo(&anna).left, 1, "a rating cannot be taken back there");
    assert_eq!(undo(&anna).left, 0);
    assert!(anna.plan().goals(false).expect("goals").is_empty());
    assert_eq!(anna.plan().goal(id).expect("the goal").ratings.len(), 1);
}

#[test]
fn the_last_hundred_edits_can_be_taken_back() {
    let (anna, _, id) = a_plan();
    for n in 0..130 {
        retitle(&anna, id, &format!("Title {n}"));
    }
    let kept: i64 = anna
        .inner()
        .shared
        .file
        .read(|connection| Ok(connection.query_row("SELECT count(*) FROM own_edit", [], |row| row.get(0))?))
        .expect("read");
    assert!((100..=116).contains(&kept), "{kept}");
    let mut taken_back = 0;
    while anna.plan().next_undo().expect("read").is_some() {
        assert_eq!(undo(&anna).left, 0);
        taken_back += 1;
    }
    assert_eq!((taken_back, anna.only_goal().summary.title), (100, "Title 29".to_owned()));
}

#[test]
fn after_going_on_afresh_only_what_is_still_there_can_be_taken_back() {
    let (mut anna, ben, id) = a_plan();
    retitle(&anna, id, "Kept");
    level(&anna, &ben);
    let copy = super::rolled_back::backup(&mut anna);
    retitle(&anna, id, "Seen by Ben");
    level(&anna, &ben);
    super::rolled_back::restore(&mut anna, copy);
    edit(&anna, id, GoalEdit { success: Some("Other words".to_owned()), ..GoalEdit::default() });
    level(&anna, &ben);
    assert_eq!(anna.only_goal().summary.title, "Seen by Ben");
    // The edit that was written again is not one of those noted; the one before it was written over since.
    assert_eq!(undo(&anna).left, 1);
    nothing_to_undo(&anna);
    let goal = anna.only_goal();
    assert_eq!((goal.summary.title.as_str(), goal.success.len()), ("Seen by Ben", 1));
    retitle(&anna, id, "Now");
    undo(&anna);
    assert_eq!(anna.only_goal().summary.title, "Seen by Ben");
    level(&anna, &ben);
}

#[test]
fn states_holds_and_stances_go_back_to_what_they_were() {
    let (anna, ben, id) = a_plan();
    let plan = anna.plan();
    let shown = || anna.only_goal();
    plan.set_goal_state(id, shown().version, GoalMark::Paused, Some("exams".to_owned())).expect("set");
    plan.hold_goal(id, None).expect("held");
    plan.take_stance(id, shown().digest, StanceKind::NotYet, None).expect("said");
    plan.set_priority(id, shown().version, Some(GoalPriority::High)).expect("set");
    plan.set_priority(id, shown().version, Some(GoalPriority::Low)).expect("set");
    level(&anna, &ben);
    let told: Vec<_> = ben
        .plan()
        .news(3)
        .expect("news")
        .into_iter()
        .map(|event| std::mem::discriminant(&event.what))
        .collect();
    let (of, field) = (PlanItem::Goal { id }, PlanField::Priority);
    let set = HistoryWhat::Set { of, field, before: FieldValue::Nothing, after: FieldValue::Nothing };
    let stance = HistoryWhat::TookStance { stance: None, why: None };
    assert!(told == [&set, &set, &stance].map(std::mem::discriminant));
    assert_eq!(undo(&anna).left, 0);
    assert_eq!(shown().summary.priority, Some(GoalPriority::High));
    for _ in 0..4 {
        assert_eq!(undo(&anna).left, 0);
    }
    let goal = shown();
    assert!(goal.summary.priority.is_none() && goal.stances.is_empty() && goal.summary.holds.is_empty());
    assert!(goal.summary.state == GoalState::Proposed);
    level(&anna, &ben);
    let newest = ben.plan().history(Some(id), None, 2).expect("a page").events;
    let HistoryWhat::Set { field: PlanField::State, before: FieldValue::State { mark, why }, .. } =
        &newest[0].what
    else {
        panic!("the state was set back")
    };
    assert!(*mark == GoalMark::Paused && why.as_deref() == Some("exams"));
    assert!(newest[1].what == HistoryWhat::Released);
}

#[test]
fn a_note_that_was_taken_back_can_be_brought_back() {
    let (anna, ben, id) = a_plan();
    let rating = anna.plan().rate(id, NewRating { value: 3, helped: None, hindered: None }).expect("rated");
    anna.plan().take_back_rating(rating).expect("taken back");
    assert_eq!(undo(&anna).left, 0);
    assert_eq!(anna.only_goal().ratings.len(), 1);
    level(&anna, &ben);
    let told = ben.plan().history(Some(id), None, 2).expect("a page").events;
    let of = OwnNote::Rating { value: 3 };
    assert!(told[0].what == HistoryWhat::BroughtBack { of: of.clone() });
    assert!(told[1].what == HistoryWhat::TookBack { of });
}
