//! All plans at a glance: what is new, due, or waits for an answer, and the same as the plan's own lists say.

use super::*;

const TODAY: &str = "2026-06-10";

fn day(text: &str) -> LocalDate {
    text.parse().expect("a day")
}

fn overview(device: &Device) -> PlanOverview {
    let all = device.home.plan_overviews(day(TODAY)).expect("overviews");
    all.into_iter().find(|overview| overview.relationship == device.relationship).expect("the plan")
}

fn count<T>(list: &[T], which: impl Fn(&T) -> bool) -> u32 {
    u32::try_from(list.iter().filter(|item| which(item)).count()).expect("a number")
}

/// Asserts that the overview says what the plan's own lists say.
#[track_caller]
fn says_what_the_lists_say(device: &Device) -> PlanOverview {
    let (seen, plan, me) = (overview(device), device.plan(), device.me());
    let mine = match device.home.profile().expect("a profile").role {
        Role::Client => TaskOwner::Client,
        Role::Therapist => TaskOwner::Therapist,
    };
    let goals = plan.goals(false).expect("goals");
    let whole: Vec<Goal> = goals.iter().map(|goal| plan.goal(goal.id).expect("a goal")).collect();
    assert_eq!(seen.goals, count(&goals, |_| true));
    let due = plan.due_reviews(day(TODAY)).expect("reviews");
    assert_eq!(seen.due_reviews, count(&due, |_| true));
    let due = plan.due_tasks(day(TODAY)).expect("tasks");
    assert_eq!(seen.due_tasks, count(&due, |task| task.owner == mine || task.owner == TaskOwner::Both));
    let offers = plan.offers().expect("offers");
    assert_eq!(seen.offers_to_me, count(&offers, |task| task.waits_for.contains(&me)));
    assert_eq!(seen.offers_to_other, count(&offers, |task| task.waits_for.iter().any(|who| *who != me)));
    let waits = |goal: &Goal| {
        let ended = matches!(goal.summary.state, GoalState::SetAside | GoalState::Declined);
        let agreed = matches!(goal.summary.standing, Standing::Agreed { .. });
        !ended && !agreed && !goal.agreed_by.is_empty() && !goal.agreed_by.contains(&me)
    };
    assert_eq!(seen.wordings_to_me, count(&whole, waits));
    assert_eq!(seen.open_choices, whole.iter().map(|goal| count(&goal.choices, |_| true)).sum::<u32>());
    seen
}

/// Exchanges, and looks at both sides.
#[track_caller]
fn both(one: &Device, two: &Device) -> [PlanOverview; 2] {
    level(one, two);
    [one, two].map(says_what_the_lists_say)
}

fn task(what: &str, owner: TaskOwner, due: Option<&str>) -> NewTask {
    NewTask { what: what.to_owned(), owner, due: due.map(day), repeats: None }
}

#[test]
fn a_plan_that_nobody_has_begun_is_there_with_nothing_in_it() {
    let (anna, ben) = two();
    let seen = overview(&ben);
    assert!(seen.name == "Anna" && seen.in_step_at.is_none());
    let counts = [seen.goals, seen.new_goals, seen.due_reviews, seen.due_tasks, seen.offers_to_me];
    assert_eq!(counts, [0; 5]);
    assert_eq!([seen.offers_to_other, seen.wordings_to_me, seen.open_choices], [0; 3]);
    assert!(overview(&anna).name == "Ben");
}

#[test]
fn a_wording_waits_for_whoever_has_not_agreed_to_it_as_it_stands() {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    let waiting = |[anna, ben]: [PlanOverview; 2]| [anna.wordings_to_me, ben.wordings_to_me];
    assert_eq!(waiting(both(&anna, &ben)), [0, 0], "nobody has agreed");
    anna.plan().agree(id, anna.only_goal().digest).expect("agreed");
    assert_eq!(waiting(both(&anna, &ben)), [0, 1]);
    ben.plan().agree(id, ben.only_goal().digest).expect("agreed");
    assert_eq!(waiting(both(&anna, &ben)), [0, 0]);
    let edit = GoalEdit { title: Some("Walk outside".to_owned()), ..GoalEdit::default() };
    ben.plan().edit_goal(id, ben.only_goal().version, edit).expect("edited");
    ben.plan().agree(id, ben.only_goal().digest).expect("agreed");
    assert_eq!(waiting(both(&anna, &ben)), [1, 0]);
    for (mark, waits) in [(GoalMark::SetAside, 0), (GoalMark::Paused, 1), (GoalMark::Open, 1)] {
        anna.plan().set_goal_state(id, anna.only_goal().version, mark, None).expect("marked");
        assert_eq!(waiting(both(&anna, &ben)), [waits, 0]);
    }
    ben.plan().withdraw(id, ben.only_goal().digest).expect("withdrawn");
    assert_eq!(waiting(both(&anna, &ben)), [0, 0]);
}

#[test]
fn tasks_count_for_those_whose_they_are_while_their_goal_is_worked_on() {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    level(&anna, &ben);
    let due = |[anna, ben]: &[PlanOverview; 2]| [anna.due_tasks, ben.due_tasks];
    let offers = |[anna, ben]: &[PlanOverview; 2]| {
        [[anna.offers_to_me, anna.offers_to_other], [ben.offers_to_me, ben.offers_to_other]]
    };
    let hers = ben.plan().add_task(id, task("Walk", TaskOwner::Client, Some("2026-06-01"))).expect("a task");
    ben.plan().add_task(id, task("Send the map", TaskOwner::Therapist, Some(TODAY))).expect("a task");
    ben.plan().add_task(id, task("Tomorrow", TaskOwner::Therapist, Some("2026-06-11"))).expect("a task");
    let both_do = anna.plan().add_task(id, task("Look back", TaskOwner::Both, Some("2026-06-05")));
    let both_do = both_do.expect("a task");
    let seen = both(&anna, &ben);
    assert_eq!((due(&seen), offers(&seen)), ([0, 1], [[1, 1], [1, 1]]), "what was not taken on is not due");

    anna.plan().accept_task(hers.id, hers.digest).expect("accepted");
    ben.plan().accept_task(both_do.id, both_do.digest).expect("accepted");
    let seen = both(&anna, &ben);
    assert_eq!((due(&seen), offers(&seen)), ([2, 2], [[0, 0], [0, 0]]));
    anna.plan().log_task(hers.id, day("2026-06-02"), TaskOutcome::Partly, None).expect("noted");
    assert_eq!(due(&both(&anna, &ben)), [1, 2]);

    anna.plan().hold_goal(id, None).expect("held");
    assert_eq!(due(&both(&anna, &ben)), [0, 0]);
    anna.plan().release_goal(id).expect("released");
    anna.plan().set_goal_state(id, anna.only_goal().version, GoalMark::Paused, None).expect("paused");
    assert_eq!(due(&both(&anna, &ben)), [0, 0]);
    anna.plan().set_goal_state(id, anna.only_goal().version, GoalMark::Open, None).expect("open");
    ben.plan().archive_task(both_do.id).expect("put away");
    assert_eq!(due(&both(&anna, &ben)), [0, 1]);
    let seen = ben.plan().add_task(id, task("More", TaskOwner::Client, None)).map(|_| both(&anna, &ben));
    assert_eq!(offers(&seen.expect("a task")), [[1, 0], [0, 1]]);
    ben.plan().archive_goal(id).expect("put away");
    let seen = both(&anna, &ben);
    assert_eq!((due(&seen), offers(&seen), seen[0].goals), ([0, 0], [[0, 0], [0, 0]], 0));
}

#[test]
fn reviews_and_choices_count_while_their_goal_is_there() {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    anna.plan().set_review(id, anna.only_goal().version, Some(28)).expect("set");
    assert_eq!(both(&anna, &ben).map(|seen| seen.due_reviews), [1, 1]);
    for (device, title, priority) in
        [(&anna, "Walk daily", GoalPriority::High), (&ben, "Walk far", GoalPriority::Low)]
    {
        let shown = device.only_goal();
        let edit = GoalEdit { title: Some(title.to_owned()), ..GoalEdit::default() };
        device.plan().edit_goal(id, shown.version.clone(), edit).expect("edited");
        device.plan().set_priority(id, shown.version, Some(priority)).expect("set");
    }
    let seen = both(&anna, &ben);
    assert_eq!(seen.each_ref().map(|seen| [seen.due_reviews, seen.open_choices]), [[1, 2], [1, 2]]);
    let title = PlanField::Title;
    let pick = ChoicePick::Take { number: 1 };
    ben.plan().choose(PlanItem::Goal { id }, ben.only_goal().version, title, pick).expect("chosen");
    assert_eq!(both(&anna, &ben).map(|seen| seen.open_choices), [1, 1]);
    ben.plan().archive_goal(id).expect("put away");
    assert_eq!(both(&anna, &ben).map(|seen| [seen.due_reviews, seen.open_choices]), [[0, 0], [0, 0]]);
}

#[test]
fn a_therapist_sees_each_client_by_name_and_what_waits_with_whom() {
    let mut ben = Device::new(Role::Therapist, "Ben", 2);
    let mut clients = Vec::new();
    for (number, name) in [(11, "Anna"), (12, "Cleo"), (13, "Dora")] {
        let mut client = Device::new(Role::Client, name, number.into());
        client.relationship = RelationshipId::from_bytes([number; 16]);
        ben.relationship = client.relationship;
        client.relate(&ben);
        ben.relate(&client);
        ben.world.pass(60);
        for n in 10..number {
            let id = client.plan().propose_goal(goal(name, "")).expect("proposed").summary.id;
            client.plan().add_task(id, task(&n.to_string(), TaskOwner::Therapist, None)).expect("offered");
        }
        exchange(&client, &ben);
        says_what_the_lists_say(&ben);
        clients.push(client);
    }
    let all = ben.home.plan_overviews(day(TODAY)).expect("overviews");
    let order: Vec<_> =
        ben.home.relationships().expect("all").iter().map(|relationship| relationship.id).collect();
    assert!(all.iter().map(|seen| seen.relationship).eq(order));
    let names: Vec<_> = all.iter().map(|seen| (seen.name.as_str(), seen.goals, seen.offers_to_me)).collect();
    assert!(names == [("Anna", 1, 1), ("Cleo", 2, 2), ("Dora", 3, 3)]);
    assert_eq!(overview(&clients[1]).offers_to_other, 2);
}

#[test]
fn tables_of_an_earlier_build_are_made_anew_before_they_are_counted() {
    let (anna, mut ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    anna.plan().add_task(id, task("Send the map", TaskOwner::Therapist, None)).expect("offered");
    level(&anna, &ben);
    ben.inner()
        .shared
        .file
        .write(|transaction| {
            transaction.execute("UPDATE plan SET tables = 0", [])?;
            transaction.execute("UPDATE task SET waits_for_therapist = 0", [])?;
            Ok(())
        })
        .expect("as an earlier build left them");
    ben.reopen();
    assert_eq!(overview(&ben).offers_to_me, 1);
}

#[test]
fn the_glance_is_locked_with_the_journal_and_needs_a_day_of_the_calendar() {
    let (anna, _) = two();
    assert!(matches!(anna.home.plan_overviews(LocalDate::MAX), Err(Error::Invalid { .. })));
    anna.home.lock();
    assert_eq!(anna.home.plan_overviews(day(TODAY)).err(), Some(Error::Locked));
}

#[test]
fn a_goal_is_new_until_one_has_looked_at_what_the_other_wrote() {
    let (anna, ben) = two();
    let walk = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    let sleep = anna.plan().propose_goal(goal("Sleep", "")).expect("proposed").summary.id;
    let new = |[anna, ben]: [PlanOverview; 2]| [anna.new_goals, ben.new_goals];
    assert_eq!(new(both(&anna, &ben)), [0, 2], "one's own words are not news");
    let shown = ben.plan().version().expect("a version");
    anna.plan().rate(walk, NewRating { value: 4, helped: None, hindered: None }).expect("rated");
    assert_eq!(new(both(&anna, &ben)), [0, 2]);
    ben.plan().mark_looked(shown).expect("looked");
    assert_eq!(overview(&ben).new_goals, 1, "what came after the screen was made is still new");
    assert!(ben.plan().news(50).expect("news").iter().all(|event| event.goal == Some(walk)));
    ben.plan().mark_looked(ben.plan().version().expect("a version")).expect("looked");
    assert_eq!(overview(&ben).new_goals, 0);
    anna.plan().hold_goal(sleep, None).expect("held");
    assert_eq!(new(both(&anna, &ben)), [0, 1]);
}
