//! Goals, tasks and ratings: nothing that was written meanwhile is lost.

use super::*;
use crate::error::{Problem, Thing};

#[test]
fn a_proposed_goal_is_there_after_closing_and_opening() {
    let (mut anna, _) = two();
    let proposed = anna
        .plan()
        .propose_goal(NewGoal {
            title: " Sleep through the night ".to_owned(),
            why: "So that mornings\r\nare mine again.".to_owned(),
            success: Some("Five nights of seven".to_owned()),
            ..NewGoal::default()
        })
        .expect("proposed");
    assert!(proposed.summary.title == "Sleep through the night");
    assert!(proposed.why == "So that mornings\nare mine again.");
    assert!(proposed.success[0].by == anna.me() && proposed.success[0].text == "Five nights of seven");
    assert_eq!(proposed.summary.standing, Standing::Proposed);
    anna.reopen();
    assert!(anna.plan().goal(proposed.summary.id).expect("the goal") == proposed);
}

#[test]
fn both_write_in_the_same_why_and_every_word_is_kept() {
    let (anna, ben) = two();
    anna.plan().propose_goal(goal("Walk", "I want to walk every day.")).expect("proposed");
    level(&anna, &ben);
    let shown = anna.only_goal();
    let edit = |why: &str| GoalEdit { why: Some(why.to_owned()), ..GoalEdit::default() };
    anna.plan()
        .edit_goal(shown.summary.id, shown.version.clone(), edit("I want to walk in the park every day."))
        .expect("edited");
    ben.plan()
        .edit_goal(shown.summary.id, shown.version, edit("I want to walk every single day."))
        .expect("edited");
    level(&anna, &ben);
    assert!(anna.only_goal().why == "I want to walk in the park every single day.");
}

#[test]
fn text_that_arrives_between_opening_and_saving_is_kept() {
    let (anna, ben) = two();
    anna.plan().propose_goal(goal("Walk", "Because of the dog.")).expect("proposed");
    level(&anna, &ben);
    let shown = anna.only_goal();
    let bens = ben.only_goal();
    let why = "Because of the big old dog. And the air.".to_owned();
    ben.plan()
        .edit_goal(bens.summary.id, bens.version, GoalEdit { why: Some(why), ..GoalEdit::default() })
        .expect("edited");
    level(&anna, &ben);
    // Anna's screen still shows what she had opened.
    let why = "Above all because of the dog.".to_owned();
    let saved = anna
        .plan()
        .edit_goal(shown.summary.id, shown.version, GoalEdit { why: Some(why), ..GoalEdit::default() })
        .expect("saved");
    assert!(saved.why == "Above all because of the big old dog. And the air.", "{}", saved.why);
    level(&anna, &ben);
}

#[test]
fn a_character_that_the_other_deleted_meanwhile_stays_deleted() {
    let (anna, ben) = two();
    anna.plan().propose_goal(goal("Walk", "one two three")).expect("proposed");
    level(&anna, &ben);
    let shown = anna.only_goal();
    let edit = |why: &str| GoalEdit { why: Some(why.to_owned()), ..GoalEdit::default() };
    ben.plan().edit_goal(shown.summary.id, shown.version.clone(), edit("one three")).expect("edited");
    level(&anna, &ben);
    let saved =
        anna.plan().edit_goal(shown.summary.id, shown.version, edit("one two and three 🙂")).expect("saved");
    assert!(saved.why == "one and three 🙂", "{}", saved.why);
}

#[test]
fn a_form_writes_only_what_the_person_changed() {
    let (anna, ben) = two();
    anna.plan().propose_goal(goal("Walk", "")).expect("proposed");
    level(&anna, &ben);
    let shown = anna.only_goal();
    let bens = ben.only_goal();
    let title = GoalEdit { title: Some("Walk outside".to_owned()), ..GoalEdit::default() };
    ben.plan().edit_goal(bens.summary.id, bens.version, title).expect("edited");
    level(&anna, &ben);
    // The whole form comes back with the title as it was shown, and one field changed.
    let form = GoalEdit {
        title: Some("Walk".to_owned()),
        success: Some("Every day".to_owned()),
        ..GoalEdit::default()
    };
    let saved = anna.plan().edit_goal(shown.summary.id, shown.version, form).expect("saved");
    assert!(saved.summary.title == "Walk outside");
    assert!(saved.success[0].text == "Every day");
    assert!(saved.choices.is_empty());
}

#[test]
fn two_titles_written_at_the_same_time_become_a_choice() {
    let (anna, ben) = two();
    anna.plan().propose_goal(goal("Walk", "")).expect("proposed");
    level(&anna, &ben);
    let shown = anna.only_goal();
    let edit = |title: &str| GoalEdit { title: Some(title.to_owned()), ..GoalEdit::default() };
    ben.plan().edit_goal(shown.summary.id, shown.version.clone(), edit("Walk outside")).expect("edited");
    level(&anna, &ben);
    // Anna had opened the form before Ben's edit arrived: neither of the two words is dropped.
    let saved = anna.plan().edit_goal(shown.summary.id, shown.version, edit("Walk daily")).expect("saved");
    let text = |text: &str| FieldValue::Text { text: text.to_owned() };
    let values = &saved.choices[0].values;
    assert_eq!(values.len(), 2);
    assert!(values.contains(&ChoiceValue { by: anna.me(), value: text("Walk daily") }));
    assert!(values.contains(&ChoiceValue { by: ben.me(), value: text("Walk outside") }));
    assert!(saved.summary.open_choice);
    level(&anna, &ben);

    let seen = ben.only_goal();
    assert!(seen.choices == saved.choices);
    assert_eq!(ben.plan().agree(seen.summary.id, seen.digest).err(), Some(Error::OpenChoice));
    let of = PlanItem::Goal { id: seen.summary.id };
    let number = values.iter().position(|value| value.by == anna.me()).expect("hers");
    let pick = ChoicePick::Take { number: u32::try_from(number).expect("a number") };
    ben.plan().choose(of, seen.version.clone(), PlanField::Title, pick).expect("chosen");
    let chosen = ben.only_goal();
    assert!(chosen.choices.is_empty() && chosen.summary.title == "Walk daily");
    level(&anna, &ben);
    let again = ChoicePick::Write { text: "Walk outside".to_owned() };
    let again = anna.plan().choose(of, seen.version, PlanField::Title, again);
    assert_eq!(again.err(), Some(Error::Changed { what: Thing::Choice }));
}

#[test]
fn a_goal_put_away_keeps_what_the_other_writes_in_it() {
    let (anna, ben) = two();
    anna.plan().propose_goal(goal("Walk", "")).expect("proposed");
    level(&anna, &ben);
    let shown = ben.only_goal();
    anna.plan().archive_goal(shown.summary.id).expect("archived");
    let edit = GoalEdit { success: Some("A walk a day".to_owned()), ..GoalEdit::default() };
    ben.plan().edit_goal(shown.summary.id, shown.version, edit).expect("edited");
    level(&anna, &ben);
    assert!(anna.plan().goals(false).expect("goals").is_empty());
    assert!(anna.only_goal().success[0].text == "A walk a day");
    anna.plan().unarchive_goal(shown.summary.id).expect("back");
    assert_eq!(anna.plan().goals(false).expect("goals").len(), 1);
}

#[test]
fn goals_stand_where_they_were_put() {
    let (anna, ben) = two();
    let [a, b, c] =
        ["A", "B", "C"].map(|title| anna.plan().propose_goal(goal(title, "")).expect("proposed").summary.id);
    let titles = |device: &Device| -> String {
        device.plan().goals(false).expect("goals").into_iter().map(|goal| goal.title).collect()
    };
    assert!(titles(&anna) == "ABC");
    anna.plan().move_goal(c, None).expect("moved");
    assert!(titles(&anna) == "CAB");
    anna.plan().move_goal(c, Some(a)).expect("moved");
    assert!(titles(&anna) == "ACB");
    level(&anna, &ben);
    // Both move at the same time: the order is the same on both, and nothing stands twice.
    anna.plan().move_goal(b, None).expect("moved");
    ben.plan().move_goal(b, Some(a)).expect("moved");
    level(&anna, &ben);
    assert_eq!(titles(&anna).len(), 3);
    assert!(titles(&anna) == titles(&ben));
}

#[test]
fn each_rates_for_themselves_and_the_latest_shows() {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    let rate = |value| NewRating { value, helped: Some("The dog".to_owned()), hindered: None };
    anna.plan().rate(id, rate(3)).expect("rated");
    anna.world.pass(60);
    anna.plan().rate(id, rate(5)).expect("rated");
    level(&anna, &ben);
    ben.plan().rate(id, rate(4)).expect("rated");
    level(&anna, &ben);
    let goals = anna.plan().goals(false).expect("goals");
    let mut latest: Vec<_> = goals[0].latest_ratings.iter().map(|rating| (rating.by, rating.value)).collect();
    latest.sort();
    let mut wanted = vec![(anna.me(), 5), (ben.me(), 4)];
    wanted.sort();
    assert!(latest == wanted);
    assert_eq!(anna.only_goal().ratings.len(), 3);
    assert_eq!(
        anna.plan().rate(id, rate(11)).err(),
        Some(Error::Invalid { field: "value".to_owned(), problem: Problem::OutOfRange { from: 0, to: 10 } })
    );
}

#[test]
fn a_task_put_on_the_other_is_an_offer_until_they_take_it() {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    level(&anna, &ben);
    let due = "2026-06-01".parse().ok();
    let offered = ben
        .plan()
        .add_task(
            id,
            NewTask { what: "Walk round the block".to_owned(), owner: TaskOwner::Client, due, repeats: None },
        )
        .expect("offered");
    assert_eq!(offered.state, TaskState::Offered);
    assert_eq!(offered.waits_for, vec![anna.me()]);
    assert!(matches!(ben.plan().accept_task(offered.id, offered.digest), Err(Error::NotAllowed { .. })));
    level(&anna, &ben);
    let taken = anna.plan().accept_task(offered.id, offered.digest).expect("accepted");
    assert_eq!(taken.state, TaskState::Accepted);
    let day = "2026-05-04".parse().expect("a day");
    anna.plan().log_task(offered.id, day, TaskOutcome::Partly, Some("Half way".to_owned())).expect("logged");
    level(&anna, &ben);
    let seen = &ben.plan().tasks(false).expect("tasks")[0];
    assert_eq!(seen.state, TaskState::Accepted);
    assert!(seen.log[0].outcome == TaskOutcome::Partly && seen.log[0].on == day);

    let promise = ben
        .plan()
        .add_task(
            id,
            NewTask {
                what: "Send the leaflet".to_owned(),
                owner: TaskOwner::Therapist,
                due: None,
                repeats: None,
            },
        )
        .expect("promised");
    assert_eq!(promise.state, TaskState::Accepted);
    let both = ben
        .plan()
        .add_task(
            id,
            NewTask { what: "Read chapter two".to_owned(), owner: TaskOwner::Both, due: None, repeats: None },
        )
        .expect("offered");
    assert_eq!((both.state, both.waits_for), (TaskState::Offered, vec![anna.me()]));
    level(&anna, &ben);
    let no =
        anna.plan().decline_task(both.id, both.digest, Some("Not this month".to_owned())).expect("declined");
    assert!(no.state == TaskState::Declined && no.declined_why.as_deref() == Some("Not this month"));
}

#[test]
fn a_long_why_is_written_in_portions_and_arrives_whole() {
    let (anna, ben) = two();
    let why: String = "Weil ich möchte. ".repeat(580);
    let id = anna.plan().propose_goal(goal("Schreiben", &why)).expect("proposed").summary.id;
    level(&anna, &ben);
    assert!(ben.plan().goal(id).expect("the goal").why == why);
    let long = GoalEdit { why: Some("x".repeat(10_001)), ..GoalEdit::default() };
    let version = anna.plan().version().expect("a version");
    assert!(matches!(
        anna.plan().edit_goal(id, version, long),
        Err(Error::Invalid { problem: Problem::TooLong { limit: 10_000, .. }, .. })
    ));
}

#[test]
fn what_cannot_be_taken_changes_nothing() {
    let (anna, _) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    let before = anna.plan().version().expect("a version");
    assert!(matches!(anna.plan().propose_goal(goal(" ", "")), Err(Error::Invalid { .. })));
    assert!(matches!(anna.plan().propose_goal(goal("two\nlines", "")), Err(Error::Invalid { .. })));
    assert!(matches!(anna.plan().propose_goal(goal("bell\u{7}", "")), Err(Error::Invalid { .. })));
    assert!(matches!(anna.plan().propose_goal(goal("Walk", "\u{1b}[2J")), Err(Error::Invalid { .. })));
    let nobody = GoalId::from_bytes([9; 16]);
    assert_eq!(anna.plan().archive_goal(nobody).err(), Some(Error::NotFound { what: Thing::Goal }));
    let stranger: PlanVersion = "00".repeat(32).parse().expect("a version");
    assert!(matches!(anna.plan().edit_goal(id, stranger, GoalEdit::default()), Err(Error::Invalid { .. })));
    assert!(anna.plan().version().expect("a version") == before);
}

#[test]
fn everything_answers_locked_while_locked_and_the_exchange_goes_on() {
    let (anna, ben) = two();
    let plan = anna.plan();
    let id = plan.propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    anna.home.lock();
    assert_eq!(plan.goals(false).err(), Some(Error::Locked));
    assert_eq!(plan.goal(id).err(), Some(Error::Locked));
    assert_eq!(plan.archive_goal(id).err(), Some(Error::Locked));
    assert_eq!(anna.home.plan(anna.relationship).err(), Some(Error::Locked));
    exchange(&anna, &ben);
    assert_eq!(ben.plan().goals(false).expect("goals").len(), 1);
    anna.home.unlock().expect("unlocked");
    assert_eq!(plan.goals(false).expect("goals").len(), 1);
}

#[test]
fn the_tables_come_out_the_same_when_they_are_built_again() {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "Why not")).expect("proposed").summary.id;
    anna.plan().rate(id, NewRating { value: 2, helped: None, hindered: None }).expect("rated");
    level(&anna, &ben);
    let task = ben
        .plan()
        .add_task(id, NewTask { what: "Walk".to_owned(), owner: TaskOwner::Client, due: None, repeats: None })
        .expect("offered");
    level(&anna, &ben);
    anna.plan().accept_task(task.id, task.digest).expect("accepted");
    anna.plan()
        .log_task(task.id, "2026-05-04".parse().expect("a day"), TaskOutcome::Done, None)
        .expect("logged");
    let digest = anna.only_goal().digest;
    anna.plan().agree(id, digest).expect("agreed");
    level(&anna, &ben);
    ben.plan().agree(id, digest).expect("agreed");
    level(&anna, &ben);
    let before = anna.tables();
    assert!(before.len() >= 8);
    anna.shared_plan().rebuild().expect("rebuilt");
    assert!(anna.tables() == before);
}

/// How many bytes lie behind the snapshot.
fn behind(device: &Device) -> i64 {
    let sql = "SELECT coalesce(sum(length(bytes)), 0) FROM plan_chunk";
    let file = &device.inner().shared.file;
    file.read(|connection| Ok(connection.query_row(sql, [], |row| row.get(0))?)).expect("a sum")
}

#[test]
fn many_chunks_become_one_snapshot_and_read_the_same() {
    let (mut anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    for value in 0..1_005 {
        let rating = NewRating { value: (value % 11) as u8, helped: None, hindered: None };
        anna.plan().rate(id, rating).expect("rated");
        assert!(behind(&anna) < 128 * 1024);
    }
    let before = anna.plan().version().expect("a version");
    anna.reopen();
    anna.plan().archive_goal(id).expect("the document loads");
    assert!(anna.plan().version().expect("a version") != before);
    level(&anna, &ben);
    // What arrives at once is folded with the first word of one's own.
    assert!(behind(&ben) > 128 * 1024);
    ben.plan().unarchive_goal(id).expect("taken out");
    assert_eq!(behind(&ben), 0);
    ben.reopen_checked();
    level(&anna, &ben);
}

#[test]
fn a_missing_chunk_is_damage_and_not_a_shorter_plan() {
    let (mut anna, _) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    anna.plan().archive_goal(id).expect("archived");
    anna.inner()
        .shared
        .file
        .write(|transaction| {
            transaction.execute("DELETE FROM plan_chunk WHERE id = (SELECT max(id) FROM plan_chunk)", [])?;
            Ok(())
        })
        .expect("deleted");
    anna.reopen();
    assert!(matches!(anna.plan().unarchive_goal(id), Err(Error::Damaged { .. })));
}

#[test]
fn a_failed_edit_leaves_nothing_behind_in_memory_either() {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    // The disk refuses the second edit.
    let refuse = "CREATE TRIGGER full BEFORE INSERT ON plan_chunk BEGIN SELECT RAISE(ABORT, 'full'); END";
    let run = |sql: &str| {
        let file = &anna.inner().shared.file;
        file.write(|transaction| Ok(transaction.execute_batch(sql)?)).expect("done");
    };
    run(refuse);
    assert!(anna.plan().archive_goal(id).is_err());
    run("DROP TRIGGER full");
    assert_eq!(anna.plan().goals(false).expect("goals").len(), 1);
    anna.plan().rate(id, NewRating { value: 5, helped: None, hindered: None }).expect("rated");
    level(&anna, &ben);
    assert!(ben.only_goal().summary.archived_at.is_none());
}
