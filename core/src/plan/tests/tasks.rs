//! Tasks: who does what is offered and taken on, never presumed; what is due, and what was said about it.

use super::states::two_of_different_builds;
use super::*;
use crate::error::{Problem, Thing};
use crate::reminders::Weekday;

/// A client and a therapist with one goal.
pub(super) fn two_with_a_goal() -> (Device, Device, GoalId) {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    level(&anna, &ben);
    (anna, ben, id)
}

pub(super) fn task(what: &str, owner: TaskOwner) -> NewTask {
    NewTask { what: what.to_owned(), owner, due: None, repeats: None }
}

pub(super) fn weekly(from: &str, days: &[Weekday]) -> Recurrence {
    Recurrence { from: day(from), rhythm: Rhythm::Weeks { every: 1, days: days.to_vec() }, until: None }
}

pub(super) fn what(text: &str) -> TaskEdit {
    TaskEdit { what: Some(text.to_owned()), ..TaskEdit::default() }
}

fn due(text: &str) -> TaskEdit {
    TaskEdit { due: Some(DayEdit::Day { day: day(text) }), ..TaskEdit::default() }
}

impl Device {
    /// The only task.
    pub(super) fn only_task(&self) -> Task {
        let mut tasks = self.plan().tasks(true).expect("tasks");
        assert_eq!(tasks.len(), 1);
        tasks.remove(0)
    }
}

/// A task of the client's that she has taken on.
pub(super) fn taken_on(anna: &Device, ben: &Device, goal: GoalId, task: NewTask) -> Task {
    let offered = ben.plan().add_task(goal, task).expect("offered");
    level(anna, ben);
    let taken = anna.plan().accept_task(offered.id, offered.digest).expect("accepted");
    level(anna, ben);
    taken
}

#[test]
fn another_what_or_when_makes_a_task_an_offer_again() {
    let (anna, ben, id) = two_with_a_goal();
    let edits = [
        what("Walk round two blocks"),
        due("2026-06-01"),
        TaskEdit {
            repeats: Some(RecurrenceEdit::Recurrence {
                recurrence: weekly("2026-05-04", &[Weekday::Monday]),
            }),
            ..TaskEdit::default()
        },
        TaskEdit { repeats: Some(RecurrenceEdit::Nothing), ..TaskEdit::default() },
        TaskEdit { due: Some(DayEdit::Nothing), ..TaskEdit::default() },
    ];
    taken_on(&anna, &ben, id, task("Walk round the block", TaskOwner::Client));
    for edit in edits {
        let shown = ben.only_task();
        assert_eq!(shown.state, TaskState::Accepted);
        let edited = ben.plan().edit_task(shown.id, shown.version, edit).expect("edited");
        assert_eq!((edited.state, edited.waits_for), (TaskState::Offered, vec![anna.me()]));
        level(&anna, &ben);
        // What she had accepted is not what stands there now.
        let old = anna.plan().accept_task(shown.id, shown.digest);
        assert_eq!(old.err(), Some(Error::Changed { what: Thing::Task }));
        let seen = anna.only_task();
        assert_eq!(seen.state, TaskState::Offered);
        anna.plan().accept_task(seen.id, seen.digest).expect("accepted");
        level(&anna, &ben);
    }
}

#[test]
fn a_form_sent_back_as_it_was_shown_reopens_nothing() {
    let (anna, ben, id) = two_with_a_goal();
    let new = NewTask { due: Some(day("2026-06-01")), ..task("Walk", TaskOwner::Client) };
    let taken = taken_on(&anna, &ben, id, new);
    let form = TaskEdit {
        what: Some(" Walk ".to_owned()),
        due: Some(DayEdit::Day { day: day("2026-06-01") }),
        repeats: Some(RecurrenceEdit::Nothing),
    };
    let saved = ben.plan().edit_task(taken.id, ben.only_task().version, form).expect("saved");
    assert_eq!(saved.state, TaskState::Accepted);
    assert!(ben.plan().version().expect("a version") == anna.plan().version().expect("a version"));
}

#[test]
fn whoever_edits_their_own_task_has_accepted_what_they_wrote() {
    let (anna, ben, id) = two_with_a_goal();
    let offered = ben.plan().add_task(id, task("Walk every day", TaskOwner::Client)).expect("offered");
    level(&anna, &ben);
    let shown = anna.only_task();
    let edited = anna.plan().edit_task(offered.id, shown.version, what("Walk on Mondays")).expect("edited");
    assert_eq!((edited.state, edited.waits_for), (TaskState::Accepted, vec![]));
    level(&anna, &ben);
    assert_eq!(ben.only_task().state, TaskState::Accepted);
}

#[test]
fn an_edit_of_a_shared_task_renews_only_the_editors_own_word() {
    let (anna, ben, id) = two_with_a_goal();
    let both = ben.plan().add_task(id, task("Read chapter two", TaskOwner::Both)).expect("offered");
    level(&anna, &ben);
    assert_eq!(anna.plan().accept_task(both.id, both.digest).expect("accepted").state, TaskState::Accepted);
    let edited =
        anna.plan().edit_task(both.id, anna.only_task().version, what("Read chapter three")).expect("edited");
    assert_eq!((edited.state, edited.waits_for), (TaskState::Offered, vec![ben.me()]));
    level(&anna, &ben);
    let seen = ben.only_task();
    assert_eq!(ben.plan().accept_task(seen.id, seen.digest).expect("accepted").state, TaskState::Accepted);
}

#[test]
fn a_task_that_both_changed_at_once_waits_until_one_reading_is_chosen() {
    let (anna, ben, id) = two_with_a_goal();
    taken_on(&anna, &ben, id, task("Walk", TaskOwner::Client));
    let shown = anna.only_task();
    let bens = ben.plan().edit_task(shown.id, ben.only_task().version, what("Walk outside")).expect("edited");
    level(&anna, &ben);
    // Anna had opened the form before his words arrived: what she accepts is hers and not the mixture.
    let saved = anna.plan().edit_task(shown.id, shown.version, what("Walk daily")).expect("saved");
    assert_eq!((saved.state, saved.waits_for.clone()), (TaskState::Offered, vec![anna.me()]));
    level(&anna, &ben);
    for digest in [saved.digest, bens.digest] {
        let accepted = anna.plan().accept_task(saved.id, digest).err();
        assert!(matches!(accepted, Some(Error::OpenChoice | Error::Changed { .. })));
    }
    let of = PlanItem::Task { id: saved.id };
    let choices = ben.only_goal().choices;
    assert!(choices.len() == 1 && choices[0].of == of && choices[0].field == PlanField::What);
    let number = choices[0].values.iter().position(|value| value.by == ben.me()).expect("his");
    let pick = ChoicePick::Take { number: u32::try_from(number).expect("a number") };
    ben.plan().choose(of, ben.only_goal().version, PlanField::What, pick).expect("chosen");
    level(&anna, &ben);
    let chosen = anna.only_task();
    assert!(chosen.what == "Walk outside" && chosen.state == TaskState::Offered);
    assert_eq!(
        anna.plan().accept_task(chosen.id, chosen.digest).expect("accepted").state,
        TaskState::Accepted
    );
}

#[test]
fn an_edit_on_a_screen_that_is_old_does_not_accept_what_it_did_not_show() {
    let (anna, ben, id) = two_with_a_goal();
    taken_on(&anna, &ben, id, task("Walk", TaskOwner::Client));
    let shown = anna.only_task();
    ben.plan().edit_task(shown.id, ben.only_task().version, due("2026-06-01")).expect("edited");
    level(&anna, &ben);
    // She changes what; that he has set a day meanwhile, her screen did not show.
    let saved = anna.plan().edit_task(shown.id, shown.version, what("Walk slowly")).expect("saved");
    assert!(saved.what == "Walk slowly" && saved.due == Some(day("2026-06-01")));
    assert_eq!((saved.state, saved.waits_for), (TaskState::Offered, vec![anna.me()]));
}

#[test]
fn an_answer_can_be_taken_back_by_whoever_gave_it() {
    let (anna, ben, id) = two_with_a_goal();
    let taken = taken_on(&anna, &ben, id, task("Walk", TaskOwner::Client));
    assert!(matches!(ben.plan().take_back_answer(taken.id), Err(Error::NotAllowed { .. })));
    let back = anna.plan().take_back_answer(taken.id).expect("taken back");
    assert_eq!((back.state, back.waits_for), (TaskState::Offered, vec![anna.me()]));
    let version = anna.plan().version().expect("a version");
    anna.plan().take_back_answer(taken.id).expect("nothing to take back");
    assert!(anna.plan().version().expect("a version") == version);
    level(&anna, &ben);
    assert_eq!(ben.only_task().state, TaskState::Offered);
    let why = Some(" Not this month ".to_owned());
    anna.plan().decline_task(taken.id, taken.digest, why).expect("declined");
    level(&anna, &ben);
    let declined = ben.only_task();
    assert!(declined.state == TaskState::Declined);
    assert!(declined.declined_why.as_deref() == Some("Not this month") && declined.waits_for.is_empty());
    anna.plan().take_back_answer(taken.id).expect("taken back");
    level(&anna, &ben);
    assert!(ben.only_task().state == TaskState::Offered && ben.only_task().declined_why.is_none());
}

#[test]
fn what_waits_for_an_answer_is_listed_ones_own_first() {
    let (anna, ben, id) = two_with_a_goal();
    let asked = anna.plan().add_task(id, task("Send the leaflet", TaskOwner::Therapist)).expect("offered");
    anna.world.pass(60);
    ben.world.pass(120);
    let walk = ben.plan().add_task(id, task("Walk", TaskOwner::Client)).expect("offered");
    ben.world.pass(60);
    let read = ben.plan().add_task(id, task("Read", TaskOwner::Both)).expect("offered");
    let gone = ben.plan().add_task(id, task("Swim", TaskOwner::Client)).expect("offered");
    ben.plan().archive_task(gone.id).expect("archived");
    level(&anna, &ben);
    let ids = |device: &Device| -> Vec<TaskId> {
        device.plan().offers().expect("offers").iter().map(|task| task.id).collect()
    };
    assert_eq!(ids(&anna), [walk.id, read.id, asked.id]);
    assert_eq!(ids(&ben), [asked.id, walk.id, read.id]);
    anna.plan().unarchive_task(gone.id).expect("back");
    assert_eq!(ids(&anna).len(), 4);
    anna.plan().accept_task(walk.id, walk.digest).expect("accepted");
    anna.plan().decline_task(read.id, read.digest, None).expect("declined");
    assert_eq!(ids(&anna), [gone.id, asked.id]);
    // With its goal put away, nothing of it waits.
    ben.plan().archive_goal(id).expect("archived");
    level(&anna, &ben);
    assert!(ids(&anna).is_empty() && ids(&ben).is_empty());
}

#[test]
fn nobody_takes_back_or_writes_the_log_of_the_other() {
    let (anna, ben, id) = two_with_a_goal();
    let taken = taken_on(&anna, &ben, id, task("Walk", TaskOwner::Client));
    let log = anna.plan().log_task(taken.id, day("2026-05-04"), TaskOutcome::Done, None).expect("logged");
    level(&anna, &ben);
    assert!(matches!(ben.plan().take_back_log(log), Err(Error::NotAllowed { .. })));
    let his = ben.plan().log_task(taken.id, day("2026-05-05"), TaskOutcome::Done, None);
    assert!(matches!(his, Err(Error::NotAllowed { .. })));
    assert_eq!(ben.only_task().log.len(), 1);
    anna.plan().take_back_log(log).expect("taken back");
    anna.plan().take_back_log(log).expect("it is taken back already");
    let nothing = LogId::from_bytes([9; 16]);
    assert_eq!(anna.plan().take_back_log(nothing).err(), Some(Error::not_found(Thing::Note)));
    level(&anna, &ben);
    assert!(ben.only_task().log.is_empty());
}

#[test]
fn what_is_no_task_is_refused_and_changes_nothing() {
    let (anna, _, id) = two_with_a_goal();
    anna.plan().add_task(id, task("Walk", TaskOwner::Client)).expect("added");
    let shown = anna.only_task();
    let far = LocalDate::MAX;
    let never = Recurrence {
        from: day("2026-05-03"),
        rhythm: Rhythm::Weeks { every: 1, days: Vec::new() },
        until: None,
    };
    let edits = [
        what("  "),
        what(&"x".repeat(201)),
        TaskEdit { due: Some(DayEdit::Day { day: far }), ..TaskEdit::default() },
        TaskEdit {
            repeats: Some(RecurrenceEdit::Recurrence { recurrence: never.clone() }),
            ..TaskEdit::default()
        },
    ];
    for edit in edits {
        let refused = anna.plan().edit_task(shown.id, shown.version.clone(), edit);
        assert!(matches!(refused, Err(Error::Invalid { .. })));
    }
    for new in [
        NewTask { due: Some(far), ..task("Swim", TaskOwner::Client) },
        NewTask { repeats: Some(never), ..task("Swim", TaskOwner::Client) },
    ] {
        assert!(matches!(anna.plan().add_task(id, new), Err(Error::Invalid { .. })));
    }
    let log = anna.plan().log_task(shown.id, far, TaskOutcome::Done, None);
    assert!(matches!(log, Err(Error::Invalid { problem: Problem::Malformed { .. }, .. })));
    assert!(matches!(anna.plan().due_tasks(far), Err(Error::Invalid { .. })));
    let missing = TaskId::from_bytes([9; 16]);
    let edited = anna.plan().edit_task(missing, shown.version.clone(), what("Swim"));
    assert_eq!(edited.err(), Some(Error::not_found(Thing::Task)));
    assert!(anna.only_task() == shown);
}

#[test]
fn days_of_the_week_may_come_in_any_order() {
    let (anna, _, id) = two_with_a_goal();
    let repeats = Some(weekly("2026-05-04", &[Weekday::Friday, Weekday::Monday, Weekday::Friday]));
    let added =
        anna.plan().add_task(id, NewTask { repeats, ..task("Walk", TaskOwner::Client) }).expect("added");
    assert_eq!(added.repeats, Some(weekly("2026-05-04", &[Weekday::Monday, Weekday::Friday])));
    assert_eq!(added.state, TaskState::Accepted);
}

#[test]
fn with_an_older_app_tasks_have_no_rhythm_and_are_edited_all_the_same() {
    let (anna, ben) = two_of_different_builds();
    let id = ben.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    let mine = ben.plan().add_task(id, task("Send the leaflet", TaskOwner::Therapist)).expect("promised");
    let repeats = weekly("2026-05-04", &[Weekday::Monday]);
    let with_rhythm = NewTask { repeats: Some(repeats.clone()), ..task("Walk", TaskOwner::Client) };
    assert_eq!(ben.plan().add_task(id, with_rhythm).err(), Some(Error::OlderPlan));
    let rhythm =
        TaskEdit { repeats: Some(RecurrenceEdit::Recurrence { recurrence: repeats }), ..TaskEdit::default() };
    let shown = ben.only_task().version;
    assert_eq!(ben.plan().edit_task(mine.id, shown.clone(), rhythm).err(), Some(Error::OlderPlan));
    assert_eq!(ben.plan().take_back_answer(mine.id).err(), Some(Error::OlderPlan));
    let log = ben.plan().log_task(mine.id, day("2026-05-04"), TaskOutcome::Done, None).expect("logged");
    assert_eq!(ben.plan().take_back_log(log).err(), Some(Error::OlderPlan));
    let edited = ben.plan().edit_task(mine.id, shown, due("2026-05-01")).expect("edited");
    assert_eq!(edited.state, TaskState::Accepted);
    exchange(&anna, &ben);
    assert_eq!(anna.only_task().due, Some(day("2026-05-01")));
}
