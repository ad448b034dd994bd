//! What a scenario's people do, by the exported surface of a home in this process.

use common_ground::clock::LocalDate;
use common_ground::handing_over::{ExcerptDraft, Sharing};
use common_ground::home::CommonGround;
use common_ground::id::{GoalId, ParcelId, RelationshipId, TaskId};
use common_ground::journal::NewEntry;
use common_ground::plan::{GoalEdit, NewGoal, NewRating, NewTask, Plan, TaskOutcome, TaskOwner};

use crate::scenario::{Act, Shown, Who, the_same_to_both};

/// The day on which tasks are done.
const DAY: &str = "2026-05-02";

fn goal(plan: &Plan, title: &str) -> GoalId {
    let goals = plan.goals(true).expect("goals");
    goals.iter().find(|goal| goal.title == title).unwrap_or_else(|| panic!("no goal “{title}”")).id
}

fn task(plan: &Plan, what: &str) -> TaskId {
    let tasks = plan.tasks(true).expect("tasks");
    tasks.iter().find(|task| task.what == what).unwrap_or_else(|| panic!("no task “{what}”")).id
}

fn day() -> LocalDate {
    DAY.parse().expect("a day")
}

/// What was handed over last: by the client, or to the therapist.
fn last(sharing: &Sharing, who: Who) -> ParcelId {
    let list = if who == Who::Client { sharing.given() } else { sharing.received() };
    list.expect("a list").first().expect("an excerpt").id
}

/// Does what a person does, on a home of theirs.
///
/// # Panics
/// When it does not go well.
pub fn act(home: &CommonGround, relationship: RelationshipId, who: Who, act: &Act) {
    let plan = home.plan(relationship).expect("a plan");
    let sharing = home.sharing(relationship).expect("what is handed over");
    match act {
        Act::Propose { goal, why } => {
            let goal = NewGoal { title: goal.clone(), why: why.clone(), ..NewGoal::default() };
            plan.propose_goal(goal).map(drop)
        }
        Act::EditWhy { goal: title, why } => {
            let edit = GoalEdit { why: Some(why.clone()), ..GoalEdit::default() };
            plan.edit_goal(goal(&plan, title), plan.version().expect("a version"), edit).map(drop)
        }
        Act::Offer { goal: title, what } => {
            let owner = match who {
                Who::Client => TaskOwner::Therapist,
                Who::Therapist => TaskOwner::Client,
            };
            let offer = NewTask { what: what.clone(), owner, due: None, repeats: None };
            plan.add_task(goal(&plan, title), offer).map(drop)
        }
        Act::Accept { what } => {
            let id = task(&plan, what);
            let offered = plan.tasks(true).expect("tasks").into_iter().find(|task| task.id == id);
            plan.accept_task(id, offered.expect("an offer").digest).map(drop)
        }
        Act::Done { what } => plan.log_task(task(&plan, what), day(), TaskOutcome::Done, None).map(drop),
        Act::Rate { goal: title, value } => {
            let rating = NewRating { value: *value, helped: None, hindered: None };
            plan.rate(goal(&plan, title), rating).map(drop)
        }
        Act::Agree { goal: title } => {
            let id = goal(&plan, title);
            let shown = plan.goal(id).expect("a goal").digest;
            plan.agree(id, shown).map(drop)
        }
        Act::Withdraw { goal: title } => {
            let id = goal(&plan, title);
            let in_force = plan.goal(id).expect("a goal").sealed.expect("a wording in force");
            plan.withdraw(id, in_force.digest).map(drop)
        }
        Act::HandOver { text } => {
            let entry = home.journal().add(NewEntry { text: text.clone(), ..NewEntry::default() });
            let draft = ExcerptDraft::of(entry.expect("an entry").id);
            let seen = sharing.preview(draft.clone()).expect("a preview").digest;
            sharing.hand_over(draft, seen).map(drop)
        }
        Act::Reads { text, comments } => sharing.open(last(&sharing, who)).map(|opened| {
            assert_eq!(opened.excerpt.text, *text);
            let read: Vec<&String> = opened.comments.iter().filter_map(|one| one.text.as_ref()).collect();
            assert_eq!(read, comments.iter().collect::<Vec<_>>());
        }),
        Act::Comment { text } => sharing.comment(last(&sharing, who), text.clone()).map(drop),
        Act::TakeBack => sharing.take_back(last(&sharing, who)),
    }
    .unwrap_or_else(|error| panic!("{who:?} cannot {act:?}: {error}"));
}

/// What a home shows.
///
/// # Panics
/// When it shows nothing.
#[must_use]
pub fn shown(home: &CommonGround, relationship: RelationshipId, who: Who) -> Shown {
    let plan = home.plan(relationship).expect("a plan");
    let goals = plan.goals(false).expect("goals");
    let goals = goals
        .iter()
        .map(|goal| serde_json::to_value(plan.goal(goal.id).expect("a goal")).expect("a document"));
    let tasks = plan.tasks(false).expect("tasks");
    let record = home.sharing(relationship).and_then(|sharing| sharing.record()).expect("a record");
    let tasks = tasks.iter().map(|task| serde_json::to_value(task).expect("a document"));
    Shown {
        version: plan.version().expect("a version").to_string(),
        goals: goals.collect(),
        tasks: tasks.collect(),
        record: the_same_to_both(&serde_json::to_value(record).expect("a document"), who),
    }
}
