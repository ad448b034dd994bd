//! A ledger that is read from a saved document's columns knows what the changes themselves tell.

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_oneof, proptest};

use super::*;
use crate::plan::chunks::saved;
use crate::plan::columns::Saved;
use crate::plan::ledger::Ledger;
use crate::plan::recall::recall;
use crate::tests::cases;

/// What one of the two does.
#[derive(Debug, Clone)]
enum Step {
    Propose,
    Title(u8),
    Why(u8, usize),
    Rate(u8),
    Task(u8),
    Answer(u8, bool),
    Archive(u8, bool),
    Meet,
    Fold,
    Reopen,
}

fn step() -> impl Strategy<Value = (bool, Step)> {
    let step = prop_oneof![
        1 => Just(Step::Propose),
        2 => any::<u8>().prop_map(Step::Title),
        3 => (any::<u8>(), 0_usize..600).prop_map(|(goal, long)| Step::Why(goal, long)),
        2 => any::<u8>().prop_map(Step::Rate),
        2 => any::<u8>().prop_map(Step::Task),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(task, accepts)| Step::Answer(task, accepts)),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(goal, away)| Step::Archive(goal, away)),
        2 => Just(Step::Meet),
        1 => Just(Step::Fold),
        1 => Just(Step::Reopen),
    ];
    (any::<bool>(), step)
}

fn take(device: &Device, other: &Device, step: &Step) {
    let plan = device.plan();
    let goals = plan.goals(true).expect("goals");
    let goal = |n: &u8| goals.get(usize::from(*n) % goals.len().max(1)).map(|goal| goal.id);
    let edit = |n: &u8, edit: GoalEdit| {
        let Some(id) = goal(n) else { return };
        let shown = plan.goal(id).expect("a goal");
        plan.edit_goal(id, shown.version, edit).expect("edited");
    };
    device.world.pass(7);
    match step {
        Step::Propose => {
            drop(plan.propose_goal(super::goal("Sleep through", "It would help.")).expect("proposed"))
        }
        Step::Title(n) => edit(n, GoalEdit { title: Some(format!("Title {n}")), ..GoalEdit::default() }),
        Step::Why(n, long) => {
            let why = "It would make the days lighter, and the nights too. ".repeat(12)[..*long].to_owned();
            edit(n, GoalEdit { why: Some(why), ..GoalEdit::default() });
        }
        Step::Rate(n) => {
            let Some(id) = goal(n) else { return };
            plan.rate(id, NewRating { value: n % 11, helped: None, hindered: None }).expect("rated");
        }
        Step::Task(n) => {
            let Some(id) = goal(n) else { return };
            let owner = if n % 2 == 0 { TaskOwner::Client } else { TaskOwner::Both };
            plan.add_task(id, NewTask { what: format!("Walk {n}"), owner, due: None, repeats: None })
                .expect("added");
        }
        Step::Answer(n, accepts) => {
            let tasks = plan.tasks(false).expect("tasks");
            let Some(task) = tasks.get(usize::from(*n) % tasks.len().max(1)) else { return };
            // Not every task is this one's to answer.
            let _ = match accepts {
                true => plan.accept_task(task.id, task.digest),
                false => plan.decline_task(task.id, task.digest, None),
            };
        }
        Step::Archive(n, away) => {
            let Some(id) = goal(n) else { return };
            if *away { plan.archive_goal(id) } else { plan.unarchive_goal(id) }
                .expect("put away or taken out");
        }
        Step::Meet => level(device, other),
        Step::Fold => fold(device),
        Step::Reopen => device.reopen_checked(),
    }
}

fn fold(device: &Device) {
    let (plan, relationship) = (device.shared_plan(), device.relationship);
    plan.with_document(|open| {
        plan.shared.file.write(|transaction| open.loaded.fold(transaction, relationship))
    })
    .expect("folded");
}

/// What lies on the disk.
fn on_disk(device: &Device) -> Vec<u8> {
    device.shared_plan().read(|connection| saved(connection, device.relationship)).expect("read").0
}

fn is_recalled(device: &Device) -> bool {
    let bytes = on_disk(device);
    let known = device.shared_plan().with_document(|open| {
        let recalled = recall(&open.loaded.document, &bytes);
        Ok(recalled.is_some_and(|recalled| {
            recalled.positions() == open.loaded.ledger.positions()
                && Ledger::of(&open.loaded.document)
                    .is_ok_and(|told| told.is_some_and(|told| told.is_like(&recalled)))
        }))
    });
    known.expect("a document")
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn the_columns_tell_what_the_changes_tell(steps in proptest::collection::vec(step(), 1..60)) {
        let (anna, ben) = two();
        for (hers, step) in &steps {
            let (one, other) = if *hers { (&anna, &ben) } else { (&ben, &anna) };
            take(one, other, step);
        }
        level(&anna, &ben);
        prop_assert!(is_recalled(&anna) && is_recalled(&ben));
        fold(&anna);
        prop_assert!(is_recalled(&anna));
    }

    /// Automerge has checked what is read here, so this can hardly be: still nothing breaks.
    #[test]
    fn a_byte_that_is_wrong_breaks_nothing(
        steps in proptest::collection::vec(step(), 1..30),
        wrong in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        short in any::<prop::sample::Index>(),
    ) {
        let (anna, ben) = two();
        steps.iter().for_each(|(_, step)| take(&anna, &ben, step));
        fold(&anna);
        let bytes = on_disk(&anna);
        for (place, value) in wrong {
            let mut bytes = bytes.clone();
            let at = place.index(bytes.len());
            bytes[at] = value;
            let _ = Saved::read(&bytes).and_then(|saved| saved.operations(10_000, |_| Some(())));
        }
        let bytes = &bytes[..short.index(bytes.len())];
        prop_assert!(Saved::read(bytes).is_none());
    }
}
