//! What happened, what is new, and how it was: told the same on both devices.

use automerge::legacy::OpType;

use super::*;

fn whats(plan: &Plan, goal: Option<GoalId>) -> Vec<HistoryWhat> {
    let page = plan.history(goal, None, 200).expect("a page");
    assert!(page.older.is_none());
    page.events.into_iter().map(|event| event.what).collect()
}

fn text(text: &str) -> FieldValue {
    FieldValue::Text { text: text.to_owned() }
}

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

fn rate(device: &Device, id: GoalId, value: u8) -> RatingId {
    device.world.pass(60);
    device.plan().rate(id, NewRating { value, helped: None, hindered: None }).expect("rated")
}

fn walk(device: &Device, id: GoalId, owner: TaskOwner) -> Task {
    device.world.pass(60);
    let task = NewTask { what: "Walk".to_owned(), owner, due: None, repeats: None };
    device.plan().add_task(id, task).expect("a task")
}

fn a_plan() -> (Device, Device, GoalId) {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Sleep", "It helps.")).expect("proposed").summary.id;
    level(&anna, &ben);
    ben.world.pass(60);
    (anna, ben, id)
}

#[test]
fn your_therapist_reworded_the_goal_with_the_difference() {
    let (anna, ben, id) = a_plan();
    reword(&ben, id, "It helps a lot.");
    level(&anna, &ben);
    let page = anna.plan().history(Some(id), None, 50).expect("a page");
    let [reworded, proposed] = page.events.as_slice() else { panic!("two events") };
    assert!(reworded.by == ben.me() && proposed.by == anna.me());
    assert_eq!((reworded.goal, reworded.title.as_deref()), (Some(id), Some("Sleep")));
    assert!(reworded.at.can_be_right && reworded.at.at.expect("a time") == ben.world.now());
    assert!(proposed.what == HistoryWhat::Proposed { title: "Sleep".to_owned() });
    let HistoryWhat::Reworded { difference } = &reworded.what else { panic!("reworded") };
    let added: Vec<_> = difference.iter().filter(|run| run.kind != PlanRunKind::Same).collect();
    assert!(added.len() == 1 && added[0].kind == PlanRunKind::Added && added[0].text.trim() == "a lot");
}

#[test]
fn each_thing_that_somebody_does_is_told_as_what_it_is() {
    let (anna, ben, id) = a_plan();
    let of = PlanItem::Goal { id };
    retitle(&anna, id, "Sleep through");
    edit(&anna, id, GoalEdit { success: Some("Five nights".to_owned()), ..GoalEdit::default() });
    rate(&anna, id, 4);
    let task = walk(&anna, id, TaskOwner::Client);
    anna.plan()
        .log_task(task.id, "2026-05-03".parse().expect("a day"), TaskOutcome::Done, None)
        .expect("logged");
    anna.plan().archive_task(task.id).expect("put away");
    let offered = walk(&anna, id, TaskOwner::Therapist);
    level(&anna, &ben);
    ben.plan().decline_task(offered.id, offered.digest, Some("No time".to_owned())).expect("declined");
    ben.plan().archive_goal(id).expect("put away");
    ben.plan().unarchive_goal(id).expect("taken out");
    let shown = ben.only_goal().digest;
    ben.plan().agree(id, shown).expect("agreed");
    level(&anna, &ben);
    anna.plan().agree(id, shown).expect("agreed");
    ben.world.pass(600);
    level(&anna, &ben);
    ben.plan().withdraw(id, shown).expect("withdrawn");
    let day = "2026-05-03".parse().expect("a day");
    let told = [
        HistoryWhat::Withdrew { wording: shown },
        HistoryWhat::Agreed { wording: shown, sealed: true },
        HistoryWhat::Agreed { wording: shown, sealed: false },
        HistoryWhat::TookOut { of },
        HistoryWhat::PutAway { of },
        HistoryWhat::AnsweredTask {
            task: offered.id,
            what: "Walk".to_owned(),
            answer: TaskState::Declined,
            why: Some("No time".to_owned()),
        },
        HistoryWhat::PutUpTask { task: offered.id, what: "Walk".to_owned(), owner: TaskOwner::Therapist },
        HistoryWhat::PutAway { of: PlanItem::Task { id: task.id } },
        HistoryWhat::LoggedTask {
            task: task.id,
            what: "Walk".to_owned(),
            on: day,
            outcome: TaskOutcome::Done,
            note: None,
        },
        HistoryWhat::PutUpTask { task: task.id, what: "Walk".to_owned(), owner: TaskOwner::Client },
        HistoryWhat::Rated { value: 4, helped: None, hindered: None },
        HistoryWhat::WroteSuccess {
            difference: vec![PlanRun { kind: PlanRunKind::Added, text: "Five nights".to_owned() }],
        },
        HistoryWhat::Set { of, field: PlanField::Title, before: text("Sleep"), after: text("Sleep through") },
        HistoryWhat::Proposed { title: "Sleep".to_owned() },
    ];
    assert!(whats(&ben.plan(), Some(id)) == told);
    level(&anna, &ben);
    assert!(whats(&anna.plan(), None) == told);
}

#[test]
fn a_choice_that_was_resolved_is_told_with_what_was_chosen() {
    let (anna, ben, id) = a_plan();
    retitle(&anna, id, "Hers");
    retitle(&ben, id, "His");
    level(&anna, &ben);
    let goal = anna.only_goal();
    let choice = &goal.choices[0];
    anna.plan()
        .choose(choice.of, goal.version.clone(), choice.field, ChoicePick::Take { number: 1 })
        .expect("chosen");
    let told = whats(&anna.plan(), Some(id));
    let chosen = goal.choices[0].values[1].value.clone();
    let (of, field) = (PlanItem::Goal { id }, PlanField::Title);
    assert!(told[0] == HistoryWhat::Chose { of, field, value: chosen });
    // Each of the two knew of the first title alone.
    let set = |after| HistoryWhat::Set { of, field, before: text("Sleep"), after: text(after) };
    assert!(told[1..3].contains(&set("Hers")) && told[1..3].contains(&set("His")));
}

#[test]
fn a_long_text_that_was_written_in_pieces_is_one_event() {
    let (anna, ben, id) = a_plan();
    let long = "Walking helps me sleep. ".repeat(400);
    reword(&anna, id, &long);
    let changes = anna.shared_plan().with_document(|open| Ok(open.loaded.document.get_changes(&[]).len()));
    assert!(changes.expect("read") > 4, "the genesis, its level, the proposal and more than one piece");
    level(&anna, &ben);
    let told = whats(&ben.plan(), None);
    assert_eq!(told.len(), 2);
    let HistoryWhat::Reworded { difference } = &told[0] else { panic!("reworded") };
    let now: String =
        difference.iter().filter(|run| run.kind != PlanRunKind::Removed).map(|run| &*run.text).collect();
    assert!(now == long);
    // And what is proposed with a long reason is proposed, once.
    anna.world.pass(60);
    anna.plan().propose_goal(goal("Another", &long)).expect("proposed");
    assert_eq!(whats(&anna.plan(), None).len(), 3);
}

#[test]
fn pages_follow_one_another_without_a_gap_and_the_same_on_both_devices() {
    let (anna, ben, id) = a_plan();
    let other = ben.plan().propose_goal(goal("Talk", "")).expect("proposed").summary.id;
    for n in 0..30 {
        let (device, goal) = if n % 2 == 0 { (&anna, id) } else { (&ben, other) };
        rate(device, goal, n % 11);
        if n % 7 == 0 {
            level(&anna, &ben);
        }
    }
    level(&anna, &ben);
    let paged = |device: &Device, goal: Option<GoalId>, limit: u32| {
        let (mut all, mut older) = (Vec::new(), None);
        loop {
            let page = device.plan().history(goal, older, limit).expect("a page");
            assert!(page.events.len() <= limit as usize);
            all.extend(page.events);
            older = page.older;
            if older.is_none() {
                return all;
            }
        }
    };
    let whole = paged(&anna, None, 200);
    assert_eq!(whole.len(), 32);
    for limit in [1, 3, 16, 32] {
        assert!(paged(&ben, None, limit) == whole);
    }
    let of_one: Vec<_> = whole.into_iter().filter(|event| event.goal == Some(id)).collect();
    assert!(
        of_one.len() == 16 && paged(&anna, Some(id), 5) == of_one && paged(&ben, Some(id), 200) == of_one
    );
    assert!(anna.plan().history(None, Some("nowhere".to_owned()), 5).is_err());
    let elsewhere = format!("{}-0", "00".repeat(32));
    assert!(anna.plan().history(None, Some(elsewhere), 5).is_err());
}

#[test]
fn what_the_other_did_is_new_until_one_has_looked() {
    let (anna, ben, id) = a_plan();
    assert!(anna.plan().news(50).expect("news").is_empty(), "what one did oneself is not new");
    assert_eq!(ben.plan().news(50).expect("news").len(), 1);
    assert_eq!(rows(&ben), vec![id]);
    ben.plan().mark_looked(ben.plan().version().expect("a version")).expect("looked");
    assert!(ben.plan().news(50).expect("news").is_empty() && rows(&ben).is_empty());
    let shown = ben.plan().version().expect("a version");
    rate(&anna, id, 3);
    level(&anna, &ben);
    rate(&ben, id, 4);
    // What arrived since the screen was drawn is still new.
    ben.plan().mark_looked(shown).expect("looked");
    let news = ben.plan().news(50).expect("news");
    assert!(news.len() == 1 && news[0].what == HistoryWhat::Rated { value: 3, helped: None, hindered: None });
    assert_eq!(rows(&ben), vec![id]);
    // It is kept, and a rebuild changes nothing of it.
    let before = tables(&ben);
    ben.reopen_checked();
    assert!(tables(&ben) == before && ben.plan().news(50).expect("news") == news);
    ben.plan().mark_looked(ben.plan().version().expect("a version")).expect("looked");
    assert!(rows(&ben).is_empty());
    let unknown = "ab".repeat(32).parse().expect("a version");
    assert!(ben.plan().mark_looked(unknown).is_err());
}

/// The goals that the table says have something new.
fn rows(device: &Device) -> Vec<GoalId> {
    let read = |connection: &Connection| {
        let mut statement = connection.prepare("SELECT DISTINCT goal FROM news ORDER BY goal")?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    };
    device.inner().shared.file.read(read).expect("read")
}

fn tables(device: &Device) -> Vec<(GoalId, [u8; 16], i64)> {
    let read = |connection: &Connection| {
        let mut statement = connection.prepare("SELECT goal, actor, seq FROM news ORDER BY goal, actor")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    };
    device.inner().shared.file.read(read).expect("read")
}

#[test]
fn looking_at_an_older_screen_again_makes_nothing_new() {
    let (anna, ben, id) = a_plan();
    let old = ben.plan().version().expect("a version");
    rate(&anna, id, 3);
    level(&anna, &ben);
    ben.plan().mark_looked(ben.plan().version().expect("a version")).expect("looked");
    ben.plan().mark_looked(old).expect("looked");
    assert!(ben.plan().news(50).expect("news").is_empty());
}

#[test]
fn the_plan_is_shown_as_it_was_on_a_day() {
    let (anna, ben, id) = a_plan();
    const DAY: i64 = 24 * 60 * 60;
    let day = |day: &str| anna.plan().on_day(day.parse().expect("a day")).expect("the plan then");
    rate(&anna, id, 2);
    anna.world.pass(DAY);
    ben.world.pass(DAY);
    retitle(&anna, id, "Sleep through");
    walk(&anna, id, TaskOwner::Client);
    rate(&anna, id, 5);
    level(&anna, &ben);
    let shown = anna.only_goal().digest;
    anna.plan().agree(id, shown).expect("agreed");
    ben.plan().agree(id, shown).expect("agreed");
    level(&anna, &ben);
    anna.world.pass(DAY);
    anna.plan().archive_goal(id).expect("put away");
    assert!(day("2026-05-02").goals.is_empty());
    let first = day("2026-05-03");
    let [then] = first.goals.as_slice() else { panic!("one goal") };
    assert_eq!((then.title.as_str(), then.why.as_str(), then.agreed), ("Sleep", "It helps.", false));
    assert!(then.tasks.is_empty() && then.ratings == [PastRating { by: anna.me(), value: 2 }]);
    let second = day("2026-05-04");
    let [then] = second.goals.as_slice() else { panic!("one goal") };
    assert_eq!((then.title.as_str(), then.agreed), ("Sleep through", true));
    assert!(then.tasks.len() == 1 && then.ratings == [PastRating { by: anna.me(), value: 5 }]);
    assert!(day("2026-05-05").goals.is_empty() && day("9999-12-31").goals.is_empty());
}

/// The same change, as if its writer's clock had said something else; it takes the way of what arrives.
fn with_time(from: &Device, to: &Device, time: i64) -> u32 {
    let forger = super::forger::Forger::of(from);
    let id = from.only_goal().summary.id;
    let map = forger.object(&["goals", &id.to_string()]);
    let before = forger.writer_of(&["goals", &id.to_string(), "title"]);
    let mut change =
        forger.next(vec![super::forger::op(&map, "title", OpType::Put("Timeless".into()), vec![before])]);
    change.time = time;
    forger.deliver(to, change).applied
}

#[test]
fn a_clock_in_the_future_is_shown_as_a_claim_and_moves_nothing_to_another_day() {
    let (anna, ben, _) = a_plan();
    let year = 365 * 24 * 60 * 60;
    assert_eq!(with_time(&ben, &anna, anna.world.now().timestamp() + year), 1);
    let newest = anna.plan().history(None, None, 1).expect("a page").events.remove(0);
    assert!(!newest.at.can_be_right && newest.at.at.is_some());
    let today = anna.plan().on_day("2026-05-03".parse().expect("a day")).expect("the plan then");
    assert_eq!(today.goals[0].title, "Timeless", "it counts from when on what it builds upon does");
}

#[test]
fn no_time_that_a_change_can_have_breaks_the_history() {
    for time in [-62_135_596_800, -1, 0, 253_402_300_799] {
        let (anna, ben, id) = a_plan();
        assert_eq!(with_time(&ben, &anna, time), 1);
        let page = anna.plan().history(Some(id), None, 10).expect("a page");
        assert!(page.events.len() == 2 && !page.events[0].at.can_be_right);
        anna.plan().on_day("2026-05-03".parse().expect("a day")).expect("the plan then");
    }
}

#[test]
fn news_are_as_they_were_after_going_on_afresh() {
    let (mut anna, ben, id) = a_plan();
    retitle(&ben, id, "His");
    level(&anna, &ben);
    anna.plan().mark_looked(anna.plan().version().expect("a version")).expect("looked");
    let copy = super::rolled_back::backup(&mut anna);
    rate(&anna, id, 3);
    level(&anna, &ben);
    super::rolled_back::restore(&mut anna, copy);
    rate(&anna, id, 9);
    anna.plan().mark_looked(anna.plan().version().expect("a version")).expect("looked");
    rate(&ben, id, 5);
    level(&anna, &ben);
    let news = anna.plan().news(50).expect("news");
    assert!(news.len() == 1 && news[0].what == HistoryWhat::Rated { value: 5, helped: None, hindered: None });
    assert_eq!(rows(&anna), vec![id]);
}
