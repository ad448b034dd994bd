//! Given the same changes in any order, with any repetition, both show the same plan.

use proptest::prelude::*;
use proptest::strategy::Strategy;

use super::*;
use crate::exchange::{Built, Position, SignedHead};

/// Something one of the two does.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Propose(u8),
    Retitle(u8, u8),
    Write(u8, u8),
    Picture(u8, u8),
    Rate(u8, u8),
    Offer(u8, u8),
    Answer(u8, bool),
    Agree(u8),
    Withdraw(u8),
    Archive(u8, bool),
    Move(u8, u8),
    Choose(u8),
    Exchange,
}

pub(super) fn acts() -> impl Strategy<Value = Vec<(bool, Act)>> {
    let act = prop_oneof![
        2 => any::<u8>().prop_map(Act::Propose),
        3 => (any::<u8>(), any::<u8>()).prop_map(|(goal, n)| Act::Retitle(goal, n)),
        4 => (any::<u8>(), any::<u8>()).prop_map(|(goal, n)| Act::Write(goal, n)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(goal, n)| Act::Picture(goal, n)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(goal, n)| Act::Rate(goal, n)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(goal, n)| Act::Offer(goal, n)),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(task, yes)| Act::Answer(task, yes)),
        3 => any::<u8>().prop_map(Act::Agree),
        1 => any::<u8>().prop_map(Act::Withdraw),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(goal, away)| Act::Archive(goal, away)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(goal, after)| Act::Move(goal, after)),
        1 => any::<u8>().prop_map(Act::Choose),
        3 => Just(Act::Exchange),
    ];
    proptest::collection::vec((any::<bool>(), act), 1..40)
}

fn pick<T: Clone>(from: &[T], n: u8) -> Option<T> {
    (!from.is_empty()).then(|| from[usize::from(n) % from.len()].clone())
}

pub(super) fn do_it(device: &Device, act: &Act) {
    device.world.pass(1);
    let plan = device.plan();
    let goals = plan.goals(true).expect("goals");
    let goal_at = |n: u8| pick(&goals, n).map(|goal| plan.goal(goal.id).expect("the goal"));
    let edit = |n: u8, make: &dyn Fn(&Goal) -> GoalEdit| {
        if let Some(goal) = goal_at(n) {
            let edit = make(&goal);
            plan.edit_goal(goal.summary.id, goal.version, edit).expect("edited");
        }
    };
    match act {
        Act::Propose(n) => drop(plan.propose_goal(goal(&format!("Goal {n}"), "Why")).expect("proposed")),
        Act::Retitle(goal, n) => {
            edit(*goal, &|_| GoalEdit { title: Some(format!("Title {}", n % 4)), ..GoalEdit::default() })
        }
        Act::Write(goal, n) => edit(*goal, &|goal| {
            let mut words: Vec<&str> = goal.why.split(' ').collect();
            let place = usize::from(*n) % words.len();
            if n % 3 == 0 {
                words.remove(place);
            } else {
                words.insert(place, ["née", "🙂", "word"][usize::from(n % 3)])
            }
            GoalEdit { why: Some(words.join(" ")), ..GoalEdit::default() }
        }),
        Act::Picture(goal, n) => edit(*goal, &|_| GoalEdit {
            success: Some("x".repeat(usize::from(n % 5))),
            ..GoalEdit::default()
        }),
        Act::Rate(n, value) => {
            if let Some(goal) = goal_at(*n) {
                plan.rate(goal.summary.id, NewRating { value: value % 11, helped: None, hindered: None })
                    .expect("rated");
            }
        }
        Act::Offer(n, owner) => {
            if let Some(goal) = goal_at(*n) {
                let owner =
                    [TaskOwner::Client, TaskOwner::Therapist, TaskOwner::Both][usize::from(owner % 3)];
                plan.add_task(
                    goal.summary.id,
                    NewTask { what: "Do".to_owned(), owner, due: None, repeats: None },
                )
                .expect("offered");
            }
        }
        Act::Answer(n, yes) => {
            if let Some(task) = pick(&plan.tasks(true).expect("tasks"), *n) {
                let done = if *yes {
                    plan.accept_task(task.id, task.digest)
                } else {
                    plan.decline_task(task.id, task.digest, None)
                };
                assert!(matches!(done, Ok(_) | Err(Error::NotAllowed { .. })));
            }
        }
        Act::Agree(n) => {
            if let Some(goal) = goal_at(*n) {
                assert!(matches!(plan.agree(goal.summary.id, goal.digest), Ok(_) | Err(Error::OpenChoice)));
            }
        }
        Act::Withdraw(n) => {
            if let Some(goal) = goal_at(*n) {
                assert!(matches!(
                    plan.withdraw(goal.summary.id, goal.digest),
                    Ok(_) | Err(Error::NotFound { .. })
                ));
            }
        }
        Act::Archive(n, away) => {
            if let Some(goal) = goal_at(*n) {
                if *away { plan.archive_goal(goal.summary.id) } else { plan.unarchive_goal(goal.summary.id) }
                    .expect("done");
            }
        }
        Act::Move(n, after) => {
            if let (Some(goal), Some(after)) = (goal_at(*n), goal_at(*after)) {
                plan.move_goal(goal.summary.id, Some(after.summary.id)).expect("moved");
            }
        }
        Act::Choose(n) => {
            if let Some(goal) = goal_at(*n).filter(|goal| goal.summary.open_choice) {
                let choice = &goal.choices[0];
                let pick = ChoicePick::Take { number: 1 };
                plan.choose(choice.of, goal.version.clone(), choice.field, pick).expect("chosen");
            }
        }
        Act::Exchange => {}
    }
}

/// Everything a device holds, as single changes with heads that vouch for each.
fn all_changes(device: &Device) -> Vec<(Built, SignedHead)> {
    let key = device.inner().shared.file.read(people::device_key).expect("a key");
    let key = crate::relationship::key::DeviceKey::from_secret(&key.secret());
    device
        .shared_plan()
        .with_document(|open| {
            let own = open.parties.device;
            let prefix = crate::relationship::key::actor_prefix(&own);
            let changes = open.loaded.document.get_changes(&[]).into_iter().skip(1);
            Ok(changes
                .filter(|change| change.actor_id().to_bytes().starts_with(&prefix))
                .map(|change| {
                    let actor = change.actor_id().to_bytes().try_into().expect("an actor");
                    let position = Position { actor, seq: change.seq(), hash: change.hash().0 };
                    let head = SignedHead::sign(&device.relationship, position, &key);
                    (Built { expanded: change.decode(), change }, head)
                })
                .collect())
        })
        .expect("changes")
}

proptest! {
    #![proptest_config(crate::tests::cases(16))]

    #[test]
    fn both_show_the_same_plan_whatever_they_did_and_in_whatever_order_it_arrived(
        acts in acts(), order in any::<u64>()
    ) {
        let (anna, ben) = two();
        for (who, act) in &acts {
            match act {
                Act::Exchange => drop(exchange(&anna, &ben)),
                act => do_it(if *who { &anna } else { &ben }, act),
            }
        }
        // A third copy of Ben's device gets Anna's changes one by one, in another order, some twice.
        let mut to_ben = all_changes(&anna);
        let mut seed = order | 1;
        for n in (1..to_ben.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            to_ben.swap(n, usize::try_from(seed >> 33).expect("a number") % (n + 1));
        }
        let mut desk = Desk(ben.shared_plan(), [0; 32]);
        for _ in 0..=to_ben.len() {
            for (built, head) in &to_ben {
                let ready = built.change.deps().iter().all(|parent| desk.max_op(parent).is_some());
                if ready {
                    desk.accept(vec![built.clone(), built.clone()], std::slice::from_ref(head)).expect("judged");
                }
            }
        }
        level(&anna, &ben);
        // And the tables are what the document says.
        let tables = anna.tables();
        anna.reopen_checked();
        prop_assert!(anna.tables() == tables);
        prop_assert!(anna.plan().set_aside().expect("a list").is_empty());
        prop_assert!(ben.plan().set_aside().expect("a list").is_empty());
    }
}
