//! What is due, for both people to see, and what settles it.

use proptest::prelude::*;
use proptest::strategy::Strategy;

use super::tasks::{taken_on, task, two_with_a_goal, weekly, what};
use super::*;
use crate::reminders::Weekday;

impl Device {
    fn due_days(&self, on: &str) -> Vec<String> {
        let due = self.plan().due_tasks(day(on)).expect("a list");
        due.into_iter().map(|due| format!("{} {}", due.what, due.day)).collect()
    }
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
