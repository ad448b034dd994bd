//! What the people of a random history do: each thing that a plan can do, on whatever is there.

use super::super::*;
use crate::clock::LocalDate;
use crate::exchange::testing::Dice;

/// One thing that a person does on a device. That it may not be done just now is an answer too.
pub(crate) fn act(device: &Device, dice: &mut Dice) {
    device.world.pass(1 + i64::try_from(dice.below(3_000)).expect("a small number"));
    let plan = device.plan();
    if dice.below(12) == 0 {
        return answered(plan.undo());
    }
    let goals = plan.goals(true).expect("goals");
    let Some(summary) = pick(&goals, dice).filter(|_| dice.below(8) > 0) else {
        let new = goal(&format!("Goal {}", dice.below(9)), "Why we want it");
        return answered(plan.propose_goal(new));
    };
    let goal = plan.goal(summary.id).expect("the goal");
    match dice.below(5) {
        0 => words(&plan, &goal, dice),
        1 => standing(&plan, &goal, dice),
        2 => agreement(&plan, &goal, dice),
        3 => tasks(&plan, &goal, dice),
        _ => progress(&plan, &goal, dice),
    }
}

fn words(plan: &Plan, goal: &Goal, dice: &mut Dice) {
    let (id, shown) = (goal.summary.id, goal.version.clone());
    let edit = match dice.below(5) {
        0 => GoalEdit { title: Some(format!("Title {}", dice.below(4))), ..GoalEdit::default() },
        1 => GoalEdit { success: Some("x".repeat(dice.below(5))), ..GoalEdit::default() },
        2 => {
            let why = why_of(goal, dice);
            GoalEdit { why: Some(why), known_by: Some("We see it".to_owned()), ..GoalEdit::default() }
        }
        _ => GoalEdit { why: Some(why_of(goal, dice)), ..GoalEdit::default() },
    };
    answered(plan.edit_goal(id, shown, edit));
}

fn why_of(goal: &Goal, dice: &mut Dice) -> String {
    let mut words: Vec<&str> = goal.why.split(' ').collect();
    let place = dice.below(words.len());
    match dice.below(3) {
        0 => drop(words.remove(place)),
        n => words.insert(place, ["née", "🙂"][n - 1]),
    }
    words.join(" ")
}

fn standing(plan: &Plan, goal: &Goal, dice: &mut Dice) {
    let (id, shown) = (goal.summary.id, goal.version.clone());
    let why = (dice.below(2) == 0).then(|| "Because".to_owned());
    match dice.below(9) {
        0 | 1 => {
            let marks = [GoalMark::Open, GoalMark::Paused, GoalMark::Reached, GoalMark::Declined];
            answered(plan.set_goal_state(id, shown, marks[dice.below(4)], why));
        }
        2 => answered(plan.hold_goal(id, why)),
        3 => answered(plan.release_goal(id)),
        4 => {
            let priorities = [None, Some(GoalPriority::High), Some(GoalPriority::Low)];
            answered(plan.set_priority(id, shown, priorities[dice.below(3)]));
        }
        5 => answered(plan.set_review(id, shown, (dice.below(2) == 0).then_some(14))),
        6 => answered(plan.mark_reviewed(id, shown, day(dice))),
        7 => answered(plan.archive_goal(id)),
        _ => {
            answered(plan.unarchive_goal(id));
            let goals = plan.goals(true).expect("goals");
            answered(plan.move_goal(id, pick(&goals, dice).map(|goal| goal.id).filter(|other| *other != id)));
        }
    }
}

fn agreement(plan: &Plan, goal: &Goal, dice: &mut Dice) {
    let (id, digest) = (goal.summary.id, goal.digest);
    match dice.below(7) {
        0..=2 => answered(plan.agree(id, digest)),
        3 => answered(plan.withdraw(id, digest)),
        4 => answered(plan.take_stance(id, digest, StanceKind::NotYet, Some("Soon".to_owned()))),
        5 => answered(plan.take_back_stance(id)),
        _ => {
            if let Some(choice) = pick(&goal.choices, dice) {
                let taken = ChoicePick::Take { number: u32::from(dice.below(2) == 0) };
                answered(plan.choose(choice.of, goal.version.clone(), choice.field, taken));
            }
        }
    }
}

fn tasks(plan: &Plan, goal: &Goal, dice: &mut Dice) {
    let tasks = plan.tasks(true).expect("tasks");
    let Some(task) = pick(&tasks, dice).filter(|_| dice.below(4) > 0) else {
        let owner = [TaskOwner::Client, TaskOwner::Therapist, TaskOwner::Both][dice.below(3)];
        let from = day(dice);
        let repeats = Recurrence { from, rhythm: Rhythm::Days { every: 2 }, until: None };
        let repeats = (dice.below(2) == 0).then_some(repeats);
        let new = NewTask { what: "Do".to_owned(), owner, due: None, repeats };
        return answered(plan.add_task(goal.summary.id, new));
    };
    match dice.below(8) {
        0 | 1 => answered(plan.accept_task(task.id, task.digest)),
        2 => answered(plan.decline_task(task.id, task.digest, Some("No".to_owned()))),
        3 => answered(plan.take_back_answer(task.id)),
        4 => {
            let what = Some(format!("Do {}", dice.below(3)));
            answered(plan.edit_task(task.id, task.version, TaskEdit { what, due: None, repeats: None }));
        }
        5 => answered(plan.log_task(task.id, day(dice), TaskOutcome::Partly, None)),
        6 => match pick(&task.log, dice) {
            Some(log) => answered(plan.take_back_log(log.id)),
            None => answered(plan.archive_task(task.id)),
        },
        _ => answered(plan.unarchive_task(task.id)),
    }
}

fn progress(plan: &Plan, goal: &Goal, dice: &mut Dice) {
    let (id, shown) = (goal.summary.id, goal.version.clone());
    let value = u8::try_from(dice.below(11)).expect("a small number");
    let level = AttainmentLevel::ALL[dice.below(5)];
    match dice.below(10) {
        0 | 1 => answered(plan.rate(id, NewRating { value, helped: Some("Sun".to_owned()), hindered: None })),
        2 => {
            if let Some(rating) = pick(&goal.ratings, dice) {
                answered(plan.take_back_rating(rating.id));
            }
        }
        3 => {
            let text = format!("Level {}", dice.below(3));
            answered(plan.write_scale(id, shown, vec![ScaleLevel { level, text }]));
        }
        4 => answered(plan.attain(id, NewAttainment { level, note: None })),
        5 => answered(plan.weigh(id, shown, Some(value % 4), None)),
        6 => match pick(&goal.steps, dice) {
            None => answered(plan.add_step(id, NewStep { what: "Step".to_owned(), expected_fear: Some(5) })),
            Some(step) => {
                let tried = NewTry { on: day(dice), outcome: TaskOutcome::Done, fear: None, learned: None };
                answered(plan.try_step(step.id, tried));
            }
        },
        7 => match pick(&goal.steps, dice) {
            None => answered(plan.add_step(id, NewStep { what: "Other".to_owned(), expected_fear: None })),
            Some(step) => {
                let what = Some(format!("Step {}", dice.below(3)));
                answered(plan.edit_step(step.id, step.version, StepEdit { what, expected_fear: None }));
            }
        },
        8 => answered(plan.add_strategy(id, "Breathe".to_owned())),
        _ => {
            if let Some(strategy) = pick(&goal.strategies, dice) {
                let verdict = [StrategyVerdict::Keep, StrategyVerdict::Drop][dice.below(2)];
                answered(plan.judge_strategy(strategy.id, strategy.version, verdict, None));
            }
        }
    }
}

fn day(dice: &mut Dice) -> LocalDate {
    let day = u32::try_from(dice.below(28)).expect("a small number");
    LocalDate::from_ymd_opt(2026, 5, 1 + day).expect("a day")
}

fn pick<T: Clone>(from: &[T], dice: &mut Dice) -> Option<T> {
    (!from.is_empty()).then(|| from[dice.below(from.len())].clone())
}

/// A refusal with a reason that a person can act on is an answer; that something broke is not.
fn answered<T>(done: Result<T>) {
    if let Err(error) = done {
        let is_told = matches!(
            error,
            Error::NotAllowed { .. }
                | Error::NotFound { .. }
                | Error::OpenChoice
                | Error::Changed { .. }
                | Error::OlderPlan
                | Error::Invalid { .. }
        );
        assert!(is_told, "{error:?}");
    }
}
