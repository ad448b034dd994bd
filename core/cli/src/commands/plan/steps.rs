//! The graded steps of a goal.

use common_ground::error::Thing;
use common_ground::id::StepId;
use common_ground::plan::{Goal, NewStep, NewTry, Step, StepEdit};

use super::states::today;
use super::{goals, parts};
use crate::args::{PartArgs, StepCommand};
use crate::desk::{Desk, pick};
use crate::failure::Failure;
use crate::words::say;

pub(super) fn step(desk: &Desk, command: StepCommand) -> Result<(), Failure> {
    let words = &desk.words;
    let (_, plan) = desk.plan()?;
    let find = |part: &PartArgs| parts::find(desk, &plan, part, Thing::Step, ids);
    match command {
        StepCommand::Add { goal, what, fear } => {
            let goal = goals::as_shown(desk, &plan, goals::find(desk, &plan, &goal)?)?;
            plan.add_step(goal.summary.id, NewStep { what: what.join(" "), expected_fear: fear })?;
            parts::done(desk, &plan, &goal, &say!(words, "step-added"))
        }
        StepCommand::Edit { step, what, fear } => {
            let (goal, id) = find(&step)?;
            let edit = StepEdit { what, expected_fear: fear };
            plan.edit_step(id, goal.version.clone(), edit)?;
            parts::done(desk, &plan, &goal, &say!(words, "goal-changed"))
        }
        StepCommand::Move { step, after } => {
            let (goal, id) = find(&step)?;
            let missing = || Failure::Core(common_ground::Error::NotFound { what: Thing::Step });
            let after = after.map(|after| pick(&after, &ids(&goal)).or_tell(desk, &after, missing()));
            plan.move_step(id, after.transpose()?)?;
            parts::done(desk, &plan, &goal, &say!(words, "step-moved"))
        }
        StepCommand::Try { step, undo: true, .. } => {
            let (goal, id) = find(&step)?;
            let me = desk.me()?.person;
            let step = plan.goal(goal.summary.id)?.steps.into_iter().find(|step| step.id == id);
            let tries = step.map(|step| step.tries).unwrap_or_default();
            let last = tries.iter().filter(|one| one.by == me).max_by_key(|one| (one.on, one.id));
            let missing = common_ground::Error::NotFound { what: Thing::Note };
            plan.take_back_try(last.ok_or(missing)?.id)?;
            parts::done(desk, &plan, &goal, &say!(words, "taken-back"))
        }
        StepCommand::Try { step, outcome, fear, learned, on, undo: false } => {
            let (goal, id) = find(&step)?;
            let on = on.unwrap_or_else(today);
            plan.try_step(id, NewTry { on, outcome: (&outcome).into(), fear, learned })?;
            parts::done(desk, &plan, &goal, &say!(words, "step-tried"))
        }
        StepCommand::Archive { step, undo } => {
            let (goal, id) = find(&step)?;
            let sentence = if undo {
                plan.unarchive_step(id)?;
                say!(words, "goal-unarchived")
            } else {
                plan.archive_step(id)?;
                say!(words, "goal-archived")
            };
            parts::done(desk, &plan, &goal, &sentence)
        }
    }
}

fn ids(goal: &Goal) -> Vec<StepId> {
    goal.steps.iter().map(|step: &Step| step.id).collect()
}
