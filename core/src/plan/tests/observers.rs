//! Those who look at screens are told of everything that looks different, and of each change once.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::together::{Act, acts, do_it};
use super::*;
use crate::home::{Change, Observer, Subscription};
use crate::tests::cases;

/// Writes down what it is told.
#[derive(Default)]
struct Notebook(Mutex<Vec<Change>>);

impl Observer for Notebook {
    fn on_change(&self, change: Change) -> Result<()> {
        self.0.lock().expect("a notebook").push(change);
        Ok(())
    }
}

/// What the tables of a device say, row by row, with the goal and the task that a row belongs to.
type Rows = BTreeSet<(Option<GoalId>, Option<TaskId>, String)>;

/// Of each table, which goal and which task a row belongs to.
const TABLES: [(&str, &str, &str); 16] = [
    ("goal", "it.id", "NULL"),
    ("goal_success", "it.goal", "NULL"),
    ("goal_scale", "it.goal", "NULL"),
    ("goal_hold", "it.goal", "NULL"),
    ("goal_stance", "it.goal", "NULL"),
    ("statement", "it.goal", "NULL"),
    ("agreement", "it.goal", "NULL"),
    ("rating", "it.goal", "NULL"),
    ("attainment", "it.goal", "NULL"),
    ("strategy", "it.goal", "NULL"),
    ("step", "it.goal", "NULL"),
    ("step_try", "(SELECT goal FROM step WHERE step.id = it.step)", "NULL"),
    ("task", "it.goal", "it.id"),
    ("task_answer", "(SELECT goal FROM task WHERE task.id = it.task)", "it.task"),
    ("task_log", "(SELECT goal FROM task WHERE task.id = it.task)", "it.task"),
    ("choice", "it.goal", "(SELECT id FROM task WHERE task.id = it.item)"),
];

/// A device with somebody who looks at its screens.
struct Looking {
    notebook: Arc<Notebook>,
    _subscription: Arc<Subscription>,
    shown: Rows,
}

impl Looking {
    fn at(device: &Device) -> Self {
        let notebook = Arc::<Notebook>::default();
        // Opening the plan may make its tables, before anybody sees them.
        device.plan();
        let subscription = device.home.subscribe(notebook.clone());
        Self { notebook, _subscription: subscription, shown: rows(device) }
    }

    /// Asserts that what is told since the last time is what looks different.
    fn told(&mut self, device: &Device) -> Vec<(BTreeSet<GoalId>, BTreeSet<TaskId>, bool)> {
        let now = rows(device);
        let different: Vec<_> = self.shown.symmetric_difference(&now).cloned().collect();
        self.shown = now;
        let mut changes = Vec::new();
        for change in self.notebook.0.lock().expect("a notebook").drain(..) {
            let Change::Plan { goals, tasks, by_other, .. } = change else { continue };
            let sets: (BTreeSet<_>, BTreeSet<_>) =
                (goals.iter().copied().collect(), tasks.iter().copied().collect());
            assert!(sets.0.len() == goals.len() && sets.1.len() == tasks.len(), "an id was told twice");
            assert!(!goals.is_empty(), "told of nothing");
            changes.push((sets.0, sets.1, by_other));
        }
        for (goal, task, row) in different {
            assert!(
                changes.iter().any(|(goals, _, _)| goal.is_some_and(|goal| goals.contains(&goal))),
                "{row}"
            );
            assert!(
                changes.iter().any(|(_, tasks, _)| task.is_none_or(|task| tasks.contains(&task))),
                "{row}"
            );
        }
        changes
    }
}

fn rows(device: &Device) -> Rows {
    let read = |connection: &Connection| {
        let mut all = Rows::new();
        for (table, goal, task) in TABLES {
            let mut statement =
                connection.prepare(&format!("SELECT {goal}, {task}, it.* FROM {table} it"))?;
            let columns = statement.column_count();
            let mut found = statement.query([])?;
            while let Some(row) = found.next()? {
                let values: Vec<_> = (2..columns).map(|n| row.get::<_, rusqlite::types::Value>(n)).collect();
                all.insert((row.get(0)?, row.get(1)?, format!("{table} {values:?}")));
            }
        }
        Ok(all)
    };
    device.inner().shared.file.read(read).expect("read")
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn whatever_looks_different_is_told_and_each_edit_once(acts in acts()) {
        let (anna, ben) = two();
        let mut looking = [Looking::at(&anna), Looking::at(&ben)];
        for (by_anna, act) in &acts {
            if let Act::Exchange = act {
                exchange(&anna, &ben);
                for (looking, device) in looking.iter_mut().zip([&anna, &ben]) {
                    prop_assert!(looking.told(device).iter().all(|(_, _, by_other)| *by_other));
                }
                continue;
            }
            let (one, device) = if *by_anna { (0, &anna) } else { (1, &ben) };
            let before = device.plan().version().expect("a version");
            do_it(device, act);
            let is_edited = device.plan().version().expect("a version") != before;
            let told = looking[one].told(device);
            prop_assert_eq!(told.len(), usize::from(is_edited));
            prop_assert!(told.iter().all(|(_, _, by_other)| !by_other));
        }
    }
}

fn rate(device: &Device, id: GoalId, value: u8) {
    device.world.pass(1);
    device.plan().rate(id, NewRating { value, helped: None, hindered: None }).expect("rated");
}

#[test]
fn of_what_was_written_anew_only_what_looks_different_is_told() {
    let (mut anna, ben) = two();
    let ids = ["One", "Two", "Three"].map(|title| {
        anna.world.pass(1);
        anna.plan().propose_goal(goal(title, "")).expect("proposed").summary.id
    });
    level(&anna, &ben);
    let copy = super::rolled_back::backup(&mut anna);
    rate(&anna, ids[0], 3);
    level(&anna, &ben);
    super::rolled_back::restore(&mut anna, copy);
    rate(&anna, ids[1], 4);
    let mut looking = Looking::at(&anna);
    level(&anna, &ben);
    let told: Vec<_> = looking.told(&anna).into_iter().flat_map(|(goals, _, _)| goals).collect();
    assert_eq!(
        told,
        [ids[0]],
        "her own rating stood there before and after, and the third goal was never touched"
    );
}

#[test]
fn a_rebuild_tells_what_was_wrong() {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Sleep", "")).expect("proposed").summary.id;
    let task = NewTask { what: "Walk".to_owned(), owner: TaskOwner::Both, due: None, repeats: None };
    let task = anna.plan().add_task(id, task).expect("a task").id;
    anna.world.pass(1);
    anna.plan().propose_goal(goal("Another", "")).expect("proposed");
    level(&anna, &ben);
    let mut looking = Looking::at(&anna);
    anna.shared_plan().rebuild().expect("rebuilt");
    assert!(looking.told(&anna).is_empty(), "nothing was wrong");
    anna.inner()
        .shared
        .file
        .write(|transaction| Ok(transaction.execute("UPDATE task SET what = 'Run'", [])?))
        .expect("spoilt");
    looking.shown = rows(&anna);
    anna.shared_plan().rebuild().expect("rebuilt");
    assert!(looking.told(&anna) == [(BTreeSet::from([id]), BTreeSet::from([task]), false)]);
}
