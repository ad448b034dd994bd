//! The parts of a goal: naming a step or a strategy by its number there.

use std::fmt::Display;

use common_ground::error::Thing;
use common_ground::plan::{Goal, Plan};

use super::goals;
use crate::args::PartArgs;
use crate::desk::{Desk, pick};
use crate::failure::Failure;

/// The goal that is meant, as it was shown last, and the id of its part that is meant.
pub(super) fn find<Id: Copy + Display>(
    desk: &Desk,
    plan: &Plan,
    wanted: &PartArgs,
    thing: Thing,
    ids: impl Fn(&Goal) -> Vec<Id>,
) -> Result<(Goal, Id), Failure> {
    let goal = goals::as_shown(desk, plan, goals::find(desk, plan, &wanted.goal)?)?;
    let missing = Failure::Core(common_ground::Error::NotFound { what: thing });
    let id = pick(&wanted.part, &ids(&goal)).or_tell(desk, &wanted.part, missing)?;
    Ok((goal, id))
}

/// After a change, the goal as it is now, or what was done.
pub(super) fn done(desk: &Desk, plan: &Plan, goal: &Goal, sentence: &str) -> Result<(), Failure> {
    goals::done(desk, &plan.goal(goal.summary.id)?, sentence)
}
