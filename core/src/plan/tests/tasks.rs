//! Tasks: who does what is offered and taken on, never presumed; what is due, and what was said about it.

use proptest::prelude::*;
use proptest::strategy::Strategy;

use super::states::two_of_different_builds;
use super::*;
use crate::error::{Problem, Thing};
use crate::reminders::Weekday;

/// A client and a therapist with one goal.
fn two_with_a_goal() -> (Device, Device, GoalId) {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    level(&anna, &ben);
    (anna, ben, id)
}

fn task(what: &str, owner: TaskOwner) -> NewTask {
    NewTask { what: what.to_owned(), owner, due: None, repeats: None }
}

fn weekly(from: &str, days: &[Weekday]) -> Recurrence {
    Recurrence { from: day(from), rhythm: Rhythm::Weeks { every: 1, days: days.to_vec() }, until: None }
}

fn what(text: &str) -> TaskEdit {
    TaskEdit { what: Some(text.to_owned()), ..TaskEdit::default() }
}

fn due(text: &str) -> TaskEdit {
    TaskEdit { due: Some(DayEdit::Day { day: day(text) }), ..TaskEdit::default() }
}

impl Device {
    /// The only task.
    fn only_task(&self) -> Task {
        let mut tasks = self.plan().tasks(true).expect("tasks");
        assert_eq!(tasks.len(), 1);
        tasks.remove(0)
    }

    fn due_days(&self, on: &str) -> Vec<String> {
        let due = self.plan().due_tasks(day(on)).expect("a list");
        due.into_iter().map(|due| format!("{} {}", due.what, due.day)).collect()
    }
}

/// A task of the client's that she has taken on.
fn taken_on(anna: &Device, ben: &Device, goal: GoalId, task: NewTask) -> Task {
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
fn a_promise_of_the_therapist_is_due_as_visibly_as_the_clients_homework() {
    let (anna, ben, id) = two_with_a_goal();
    let promise = NewTask { due: Some(day("2026-05-10")), ..task("Send the leaflet", TaskOwner::Therapist) };
    ben.plan().add_task(id, promise).expect("promised");
    let homework = NewTask { due: Some(day("2026-05-08")), ..task("Walk", TaskOwner::Client) };
    let offered = ben.plan().add_task(id, homework).expect("offered");
    level(&anna, &ben);
    // What was not taken on is due for nobody.
    for device in [&anna, &ben] {
        assert!(device.due_days("2026-05-09").is_empty());
        assert_eq!(device.due_days("2026-05-10"), ["Send the leaflet 2026-05-10"]);
    }
    anna.plan().accept_task(offered.id, offered.digest).expect("accepted");
    level(&anna, &ben);
    for device in [&anna, &ben] {
        assert_eq!(device.due_days("2026-05-08"), ["Walk 2026-05-08"]);
        assert_eq!(device.due_days("2026-05-31"), ["Walk 2026-05-08", "Send the leaflet 2026-05-10"]);
        let due = device.plan().due_tasks(day("2026-05-31")).expect("a list");
        assert_eq!(due[1].owner, TaskOwner::Therapist);
    }
}

#[test]
fn a_task_done_once_is_due_until_something_is_said_about_it() {
    let (anna, ben, id) = two_with_a_goal();
    let new = NewTask { due: Some(day("2026-05-08")), ..task("Walk", TaskOwner::Client) };
    let taken = taken_on(&anna, &ben, id, new);
    let log = |on: &str, outcome| anna.plan().log_task(taken.id, day(on), outcome, None).expect("logged");
    let partly = log("2026-05-06", TaskOutcome::Partly);
    assert_eq!(
        anna.due_days("2026-05-08"),
        ["Walk 2026-05-08"],
        "half of it before its day is not all of it"
    );
    let done = log("2026-05-07", TaskOutcome::Done);
    assert!(anna.due_days("2026-05-08").is_empty());
    anna.plan().take_back_log(done).expect("taken back");
    assert_eq!(anna.due_days("2026-05-08"), ["Walk 2026-05-08"]);
    let no = log("2026-05-09", TaskOutcome::NotThisTime);
    assert!(anna.due_days("2026-05-31").is_empty(), "also no is an answer");
    level(&anna, &ben);
    assert!(ben.due_days("2026-05-31").is_empty());
    let logs: Vec<_> = ben.only_task().log.iter().map(|log| log.id).collect();
    assert_eq!(logs, [partly, no], "what was taken back shows nowhere");
}

#[test]
fn a_week_off_leaves_one_day_to_say_something_about() {
    let (anna, ben, id) = two_with_a_goal();
    let repeats = Some(Recurrence {
        from: day("2026-05-04"),
        rhythm: Rhythm::Days { every: 1 },
        until: Some(day("2026-05-20")),
    });
    let taken = taken_on(&anna, &ben, id, NewTask { repeats, ..task("Walk", TaskOwner::Client) });
    let log = |on: &str, outcome, note: Option<&str>| {
        anna.plan().log_task(taken.id, day(on), outcome, note.map(str::to_owned)).expect("logged")
    };
    assert!(anna.due_days("2026-05-03").is_empty());
    assert_eq!(anna.due_days("2026-05-12"), ["Walk 2026-05-04"]);
    log("2026-05-12", TaskOutcome::NotThisTime, Some("I had the flu"));
    assert!(anna.due_days("2026-05-12").is_empty());
    assert_eq!(anna.due_days("2026-05-14"), ["Walk 2026-05-13"]);
    let last = log("2026-05-20", TaskOutcome::Done, None);
    assert!(anna.due_days("2026-12-31").is_empty(), "the rhythm has ended");
    anna.plan().take_back_log(last).expect("taken back");
    assert_eq!(anna.due_days("2026-12-31"), ["Walk 2026-05-13"]);
    level(&anna, &ben);
    assert!(ben.only_task().log[0].note.as_deref() == Some("I had the flu"));
}

#[test]
fn the_days_of_a_rhythm_can_be_listed_and_end_with_the_due_day() {
    let (anna, _, id) = two_with_a_goal();
    let repeats = Some(weekly("2026-05-03", &[Weekday::Monday, Weekday::Sunday]));
    let new = NewTask { due: Some(day("2026-05-11")), repeats, ..task("Walk", TaskOwner::Client) };
    let id_of = anna.plan().add_task(id, new).expect("added").id;
    let days = |from: &str, to: &str| anna.plan().occurrences(id_of, day(from), day(to)).expect("days");
    let wanted = ["2026-05-03", "2026-05-04", "2026-05-10", "2026-05-11"].map(day);
    assert_eq!(days("2026-01-01", "2026-12-31"), wanted);
    assert_eq!(days("2026-05-04", "2026-05-10"), wanted[1..3]);
    assert!(days("2026-05-10", "2026-05-09").is_empty());
    let daily = Recurrence { from: day("0001-01-01"), rhythm: Rhythm::Days { every: 1 }, until: None };
    let other = anna
        .plan()
        .add_task(id, NewTask { repeats: Some(daily), ..task("Breathe", TaskOwner::Client) })
        .expect("added");
    let all = anna.plan().occurrences(other.id, LocalDate::MIN, LocalDate::MAX).expect("days");
    assert_eq!((all.len(), all[0]), (366, day("0001-01-01")));
    let once = NewTask { due: Some(day("2026-05-08")), ..task("Swim", TaskOwner::Client) };
    let once = anna.plan().add_task(id, once).expect("added").id;
    let swim = |to: &str| anna.plan().occurrences(once, day("2026-05-01"), day(to)).expect("days");
    assert!(swim("2026-05-07").is_empty() && swim("2026-05-08") == [day("2026-05-08")]);
}

#[test]
fn nothing_is_due_of_a_goal_that_rests_or_is_held() {
    let (anna, ben, id) = two_with_a_goal();
    let new = NewTask { due: Some(day("2026-05-08")), ..task("Walk", TaskOwner::Client) };
    taken_on(&anna, &ben, id, new);
    let is_due = || !ben.due_days("2026-05-08").is_empty();
    assert!(is_due());
    anna.plan().hold_goal(id, None).expect("held");
    level(&anna, &ben);
    assert!(!is_due());
    anna.plan().release_goal(id).expect("released");
    level(&anna, &ben);
    assert!(is_due());
    for (mark, works) in [
        (GoalMark::Paused, false),
        (GoalMark::Maintained, true),
        (GoalMark::Reached, false),
        (GoalMark::SetAside, false),
        (GoalMark::Declined, false),
        (GoalMark::Open, true),
    ] {
        ben.plan().set_goal_state(id, ben.only_goal().version, mark, None).expect("set");
        assert_eq!(is_due(), works, "{mark:?}");
    }
    let task = ben.only_task().id;
    ben.plan().archive_task(task).expect("archived");
    assert!(!is_due());
    ben.plan().unarchive_task(task).expect("back");
    assert!(is_due());
    ben.plan().archive_goal(id).expect("archived");
    assert!(!is_due());
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

/// Something one of the two does with a task.
#[derive(Debug, Clone)]
enum Act {
    Reword(u8),
    Due(Option<u8>),
    Repeat(Option<(u8, u8)>),
    Answer(bool),
    TakeBackAnswer,
    Log(u8, u8),
    TakeBackLog(u8),
    Archive(bool),
    Exchange,
}

fn acts() -> impl Strategy<Value = Vec<(bool, Act)>> {
    let act = prop_oneof![
        2 => any::<u8>().prop_map(Act::Reword),
        2 => proptest::option::of(0_u8..60).prop_map(Act::Due),
        2 => proptest::option::of((0_u8..40, 1_u8..20)).prop_map(Act::Repeat),
        2 => any::<bool>().prop_map(Act::Answer),
        1 => Just(Act::TakeBackAnswer),
        4 => (0_u8..60, any::<u8>()).prop_map(|(on, how)| Act::Log(on, how)),
        2 => any::<u8>().prop_map(Act::TakeBackLog),
        1 => any::<bool>().prop_map(Act::Archive),
        3 => Just(Act::Exchange),
    ];
    proptest::collection::vec((any::<bool>(), act), 1..30)
}

fn nth_day(n: u8) -> LocalDate {
    day("2026-05-01") + chrono::Days::new(n.into())
}

fn do_it(device: &Device, act: &Act) {
    device.world.pass(1);
    let (plan, task) = (device.plan(), device.only_task());
    let edit = |edit| drop(plan.edit_task(task.id, task.version.clone(), edit).expect("edited"));
    let is_fine = |done: Option<Error>| {
        assert!(matches!(done, None | Some(Error::NotAllowed { .. } | Error::OpenChoice)));
    };
    match act {
        Act::Reword(n) => edit(what(&format!("Walk {}", n % 3))),
        Act::Due(on) => {
            let due = on.map_or(DayEdit::Nothing, |n| DayEdit::Day { day: nth_day(n) });
            edit(TaskEdit { due: Some(due), ..TaskEdit::default() });
        }
        Act::Repeat(rhythm) => {
            let repeats = rhythm.map_or(RecurrenceEdit::Nothing, |(from, every)| {
                let rhythm = Rhythm::Days { every: every.into() };
                let recurrence = Recurrence { from: nth_day(from), rhythm, until: None };
                RecurrenceEdit::Recurrence { recurrence }
            });
            edit(TaskEdit { repeats: Some(repeats), ..TaskEdit::default() });
        }
        Act::Answer(true) => is_fine(plan.accept_task(task.id, task.digest).err()),
        Act::Answer(false) => is_fine(plan.decline_task(task.id, task.digest, None).err()),
        Act::TakeBackAnswer => is_fine(plan.take_back_answer(task.id).err()),
        Act::Log(on, how) => {
            let outcome =
                [TaskOutcome::Done, TaskOutcome::Partly, TaskOutcome::NotThisTime][usize::from(how % 3)];
            is_fine(plan.log_task(task.id, nth_day(*on), outcome, None).err());
        }
        Act::TakeBackLog(n) => {
            if let Some(log) = task.log.get(usize::from(*n) % task.log.len().max(1)) {
                is_fine(plan.take_back_log(log.id).err());
            }
        }
        Act::Archive(true) => plan.archive_task(task.id).expect("archived"),
        Act::Archive(false) => plan.unarchive_task(task.id).expect("back"),
        Act::Exchange => unreachable!(),
    }
}

/// When a task is due, told from what screens see of it and day by day.
fn due_as_told(task: &Task, on: LocalDate) -> Option<LocalDate> {
    if task.state != TaskState::Accepted || task.archived_at.is_some() {
        return None;
    }
    day("2026-05-01").iter_days().take_while(|day| *day <= on).find(|today| {
        let is_one = match &task.repeats {
            None => task.due == Some(*today),
            Some(Recurrence { from, rhythm: Rhythm::Days { every }, .. }) => {
                let past = (*today - *from).num_days();
                past >= 0 && past % i64::from(*every) == 0 && task.due.is_none_or(|due| *today <= due)
            }
            Some(_) => false,
        };
        let is_done = task.repeats.is_none() && task.log.iter().any(|log| log.outcome == TaskOutcome::Done);
        is_one && !is_done && task.log.iter().all(|log| log.on < *today)
    })
}

proptest! {
    #![proptest_config(crate::tests::cases(24))]

    #[test]
    fn whatever_both_do_with_a_task_both_see_the_same_due_on_the_same_day(
        acts in acts(),
        owner in prop_oneof![Just(TaskOwner::Client), Just(TaskOwner::Both)],
    ) {
        let (anna, ben, id) = two_with_a_goal();
        ben.plan().add_task(id, task("Walk", owner)).expect("offered");
        level(&anna, &ben);
        for (who, act) in &acts {
            match act {
                Act::Exchange => drop(exchange(&anna, &ben)),
                act => do_it(if *who { &anna } else { &ben }, act),
            }
            for device in [&anna, &ben] {
                let seen = device.only_task();
                let open = device.only_goal().summary.open_choice;
                prop_assert!(!open || seen.state == TaskState::Offered);
                let waits = seen.state == TaskState::Offered;
                prop_assert!(waits || seen.state == TaskState::Declined || seen.waits_for.is_empty());
                prop_assert!(!waits || !seen.waits_for.is_empty());
                let due = device.plan().due_tasks(day("2026-06-15")).expect("a list");
                prop_assert_eq!(due.first().map(|due| due.day), due_as_told(&seen, day("2026-06-15")));
            }
        }
        level(&anna, &ben);
        let tables = anna.tables();
        anna.reopen_checked();
        prop_assert!(anna.tables() == tables);
        prop_assert!(anna.plan().set_aside().expect("a list").is_empty());
        prop_assert!(ben.plan().set_aside().expect("a list").is_empty());
    }
}
