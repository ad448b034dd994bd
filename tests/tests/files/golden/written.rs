//! Writes the plans that a version leaves behind.

use std::path::Path;
use std::sync::Arc;

use common_ground::clock::LocalDate;
use common_ground::id::{GoalId, RelationshipId};
use common_ground::link::{Link, Reach};
use common_ground::plan::{
    AttainmentLevel, ChoicePick, DayEdit, GoalEdit, GoalMark, GoalPriority, NewAttainment, NewGoal,
    NewRating, NewStep, NewTask, NewTry, Plan, PlanField, PlanItem, Recurrence, Rhythm, ScaleLevel,
    StanceKind, StrategyVerdict, TaskEdit, TaskOutcome, TaskOwner,
};
use common_ground::relationship::{Confirmation, Role, TERMS_VERSION, WayOfMeeting};
use common_ground::reminders::Weekday;
use common_ground_tests::{Clock, Device, wait, wait_both};

use super::{LEVELS, PLANS, bytes, folder, shown};

const A_WEEK: i64 = 7 * 24 * 3_600;

/// Add the new level to [`LEVELS`], then:
/// `cargo test -p common-ground-tests --test files -- --ignored a_new_level_leaves`
#[test]
#[ignore = "writes the files of a new level, once and for all"]
fn a_new_level_leaves_its_plans_behind() {
    let level = LEVELS[LEVELS.len() - 1];
    std::fs::create_dir(folder(level)).expect("files that are there never change");
    let mut therapist = Pair::person(Role::Therapist, "Dr. Berg", 1);
    for ((name, seed), write) in
        PLANS.into_iter().zip(2..).zip([five_years, plain, with_choices] as [fn(&Pair); 3])
    {
        let client = Pair::person(Role::Client, name, seed);
        let pair = Pair::meet(client, therapist);
        write(&pair);
        pair.level();
        let plan = pair.therapist.home.plan(pair.relationship).unwrap();
        let shown = serde_json::to_string_pretty(&shown(&plan)).unwrap();
        std::fs::write(folder(level).join(format!("{name}.json")), shown + "\n").unwrap();
        therapist = pair.therapist;
    }
    leave(therapist, &folder(level));
}

/// Closes the app and keeps its files, the large plan's tables emptied.
fn leave(therapist: Device, target: &Path) {
    let large = therapist.home.relationships().unwrap();
    let large = large.iter().find(|one| one.other.display_name == PLANS[0]).unwrap().id.to_string();
    let shared = therapist.shared_file();
    let closed = therapist.closed();
    for table in [
        "choice",
        "task_log",
        "task",
        "rating",
        "step_try",
        "step",
        "strategy",
        "attainment",
        "statement",
        "goal",
    ] {
        let sql = format!("DELETE FROM {table} WHERE relationship = :relationship");
        shared.execute(&sql, rusqlite::named_params! { ":relationship": bytes(&large) }).unwrap();
    }
    let sql = "UPDATE plan SET tables = 0 WHERE relationship = :relationship";
    assert_eq!(shared.execute(sql, rusqlite::named_params! { ":relationship": bytes(&large) }).unwrap(), 1);
    shared.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
    drop(shared);
    let words = closed.in_words();
    let [private, shared, from] = words.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("three words") };
    for file in ["private.db", "private.keycheck", "shared.db", "shared.keycheck"] {
        std::fs::copy(Path::new(from).join(file), target.join(file)).unwrap();
    }
    std::fs::write(target.join("keys"), format!("{private}\n{shared}\n")).unwrap();
}

/// A client and the therapist, who have paired.
struct Pair {
    client: Device,
    therapist: Device,
    relationship: RelationshipId,
}

impl Pair {
    fn person(role: Role, name: &str, seed: u64) -> Device {
        Device::in_world(role, name, Clock::seeded(seed))
    }

    fn meet(client: Device, therapist: Device) -> Self {
        let (here, there) = (online(&client), online(&therapist));
        let offered = wait(there.offer_pairing(WayOfMeeting::SameNetwork)).unwrap();
        let taken = wait(here.redeem(offered.ticket().unwrap().text)).unwrap();
        let (one, two) = wait_both(taken.code(), offered.code());
        assert!(one.unwrap().words == two.unwrap().words);
        let (one, two) = wait_both(
            taken.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
            offered.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
        );
        let relationship = one.unwrap().id;
        assert_eq!(two.unwrap().id, relationship);
        wait(here.go_offline());
        wait(there.go_offline());
        Self { client, therapist, relationship }
    }

    fn plans(&self) -> (Arc<Plan>, Arc<Plan>) {
        let plan = |device: &Device| device.home.plan(self.relationship).unwrap();
        (plan(&self.client), plan(&self.therapist))
    }

    /// Both come online and level, and part again. A week passes.
    fn level(&self) {
        let (here, there) = (online(&self.client), online(&self.therapist));
        let (one, two) =
            wait_both(here.exchange(self.relationship, 60), there.exchange(self.relationship, 60));
        assert!(one.unwrap().in_step && two.unwrap().in_step);
        wait(here.go_offline());
        wait(there.go_offline());
        self.client.clock.pass(A_WEEK);
        self.therapist.clock.pass(A_WEEK);
    }
}

fn online(device: &Device) -> Arc<Link> {
    wait(device.home.go_online(Reach::ThisMachine)).unwrap()
}

fn day(text: &str) -> LocalDate {
    text.parse().unwrap()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn rate(plan: &Plan, goal: GoalId, value: u8) {
    plan.rate(goal, NewRating { value, helped: some("Getting up early."), hindered: None }).unwrap();
}

/// Two goals with everything that can belong to one, agreed to, changed since and agreed to again.
fn plain(pair: &Pair) {
    let (mine, theirs) = pair.plans();
    let goal = NewGoal {
        title: "Sleep through the night".to_owned(),
        why: "The days are heavy when the nights are short. 昼が重い。".to_owned(),
        success: some("I wake up before the alarm and stay in bed because I like to."),
        known_by: some("Five nights out of seven in my notes."),
        by_when: Some(day("2026-12-24")),
        first_step: some("The telephone sleeps in the kitchen."),
        descent: None,
    };
    let goal = mine.propose_goal(goal).unwrap().summary.id;
    pair.level();
    let shown = theirs.goal(goal).unwrap();
    let edit =
        GoalEdit { success: some("She tells of her nights without being asked."), ..GoalEdit::default() };
    let shown = theirs.edit_goal(goal, shown.version, edit).unwrap();
    theirs.agree(goal, shown.digest).unwrap();
    pair.level();
    mine.agree(goal, mine.goal(goal).unwrap().digest).unwrap();
    pair.level();
    let shown = mine.goal(goal).unwrap();
    let why = format!("{} And I am cross with everyone.", shown.why);
    mine.edit_goal(goal, shown.version, GoalEdit { why: Some(why), ..GoalEdit::default() }).unwrap();
    pair.level();
    let digest = theirs.goal(goal).unwrap().digest;
    theirs
        .take_stance(goal, digest, StanceKind::NotYet, some("Let us talk about the last sentence."))
        .unwrap();
    belongings(pair, goal);

    let other = NewGoal { title: "Say no once a week".to_owned(), ..NewGoal::default() };
    let other = theirs.propose_goal(other).unwrap().summary.id;
    pair.level();
    mine.hold_goal(other, some("Not while my mother is ill.")).unwrap();
    let third =
        mine.propose_goal(NewGoal { title: "Walk to work".to_owned(), ..NewGoal::default() }).unwrap();
    mine.set_goal_state(
        third.summary.id,
        third.version,
        GoalMark::Reached,
        some("Since the bridge is open."),
    )
    .unwrap();
}

/// Tasks, ratings, a scale, steps and strategies of a goal.
fn belongings(pair: &Pair, goal: GoalId) {
    let (mine, theirs) = pair.plans();
    let version = || mine.version().unwrap();
    mine.set_priority(goal, version(), Some(GoalPriority::High)).unwrap();
    mine.set_review(goal, version(), Some(28)).unwrap();
    mine.mark_reviewed(goal, version(), day("2026-05-31")).unwrap();
    let repeats = Recurrence {
        from: day("2026-05-04"),
        rhythm: Rhythm::Weeks { every: 1, days: vec![Weekday::Monday] },
        until: None,
    };
    let task = |what: &str, owner| NewTask { what: what.to_owned(), owner, due: None, repeats: None };
    let offered = theirs.add_task(
        goal,
        NewTask { repeats: Some(repeats), ..task("Write down the night", TaskOwner::Client) },
    );
    let declined = theirs.add_task(goal, task("No coffee after noon", TaskOwner::Client)).unwrap();
    theirs
        .add_task(
            goal,
            NewTask { due: Some(day("2026-06-01")), ..task("Send the sheet", TaskOwner::Therapist) },
        )
        .unwrap();
    pair.level();
    let accepted = offered.unwrap().id;
    let answer = |id| mine.tasks(false).unwrap().into_iter().find(|task| task.id == id).unwrap().digest;
    mine.accept_task(accepted, answer(accepted)).unwrap();
    mine.decline_task(declined.id, answer(declined.id), some("Then I cannot work.")).unwrap();
    mine.add_task(goal, task("Walk together once", TaskOwner::Both)).unwrap();
    mine.log_task(accepted, day("2026-05-11"), TaskOutcome::Partly, some("Only the first half.")).unwrap();
    let slip = mine.log_task(accepted, day("2026-05-12"), TaskOutcome::Done, None).unwrap();
    mine.take_back_log(slip).unwrap();
    (0..5).for_each(|n| rate(&mine, goal, 3 + n));
    rate(&theirs, goal, 4);
    let levels = AttainmentLevel::ALL
        .into_iter()
        .map(|level| ScaleLevel { level, text: format!("{} nights", level.value() + 3) });
    theirs.write_scale(goal, theirs.version().unwrap(), levels.collect()).unwrap();
    theirs.weigh(goal, theirs.version().unwrap(), Some(3), Some(2)).unwrap();
    theirs.attain(goal, NewAttainment { level: AttainmentLevel::More, note: some("Four nights.") }).unwrap();
    pair.level();
    let step = mine
        .add_step(goal, NewStep { what: "One night without the light".to_owned(), expected_fear: Some(8) })
        .unwrap();
    let tried = NewTry {
        on: day("2026-06-02"),
        outcome: TaskOutcome::Done,
        fear: Some(5),
        learned: some("The dark is only dark."),
    };
    mine.try_step(step.id, tried).unwrap();
    let strategy = theirs.add_strategy(goal, "The list beside the bed".to_owned()).unwrap();
    pair.level();
    mine.judge_strategy(strategy.id, version(), StrategyVerdict::Keep, some("It empties my head.")).unwrap();
}

/// What both wrote at the same time: one choice resolved, the others open.
fn with_choices(pair: &Pair) {
    let (mine, theirs) = pair.plans();
    let propose = |title: &str| {
        let goal = NewGoal {
            title: title.to_owned(),
            why: "Because of the mornings.".to_owned(),
            ..NewGoal::default()
        };
        mine.propose_goal(goal).unwrap().summary.id
    };
    let (open, resolved) = (propose("Get up"), propose("Eat"));
    let task = NewTask { what: "Breakfast".to_owned(), owner: TaskOwner::Both, due: None, repeats: None };
    let task = mine.add_task(resolved, task).unwrap().id;
    pair.level();
    for (plan, title, mark) in
        [(&mine, "Get up at seven", GoalMark::Paused), (&theirs, "Get up at eight", GoalMark::SetAside)]
    {
        for goal in [open, resolved] {
            let shown = plan.goal(goal).unwrap();
            let why = format!("{title}. {}", shown.why);
            let edit = GoalEdit { title: some(title), why: Some(why), by_when: None, ..GoalEdit::default() };
            plan.edit_goal(goal, shown.version, edit).unwrap();
        }
        plan.set_goal_state(open, plan.version().unwrap(), mark, some(title)).unwrap();
        let edit = TaskEdit {
            what: some(title),
            due: Some(DayEdit::Day { day: day("2026-07-01") }),
            ..TaskEdit::default()
        };
        plan.edit_task(task, plan.version().unwrap(), edit).unwrap();
    }
    pair.level();
    let of = PlanItem::Goal { id: resolved };
    mine.choose(
        of,
        mine.version().unwrap(),
        PlanField::Title,
        ChoicePick::Write { text: "Eat at seven".to_owned() },
    )
    .unwrap();
}

/// Thirty goals, 600 tasks and 7,800 ratings.
fn five_years(pair: &Pair) {
    let (mine, theirs) = pair.plans();
    let goals: Vec<GoalId> = (0..30)
        .map(|n| {
            let why = "Because it would make the days lighter and the nights quieter.".to_owned();
            mine.propose_goal(NewGoal { title: format!("Goal number {n}"), why, ..NewGoal::default() })
                .unwrap()
                .summary
                .id
        })
        .collect();
    for n in 0..600 {
        let goal = goals[n % goals.len()];
        for value in 0..13 {
            mine.rate(goal, NewRating { value: (value * n % 11) as u8, helped: None, hindered: None })
                .unwrap();
        }
        let task = NewTask {
            what: format!("Practise, week {n}"),
            owner: TaskOwner::Client,
            due: None,
            repeats: None,
        };
        mine.add_task(goal, task).unwrap();
        let shown = mine.goal(goal).unwrap();
        let why = format!("{} Note {n}.", shown.why.split(" Note").next().unwrap_or_default());
        mine.edit_goal(goal, shown.version, GoalEdit { why: Some(why), ..GoalEdit::default() }).unwrap();
        pair.client.clock.pass(A_WEEK / 2);
        pair.therapist.clock.pass(A_WEEK / 2);
    }
    pair.level();
    // Her own word folds what has arrived.
    theirs.set_priority(goals[0], theirs.version().unwrap(), Some(GoalPriority::High)).unwrap();
}
