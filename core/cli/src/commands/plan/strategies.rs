//! What is tried for a goal.

use common_ground::error::Thing;
use common_ground::id::StrategyId;
use common_ground::plan::{Goal, Strategy, StrategyVerdict};

use super::{goals, parts};
use crate::args::{PartArgs, StrategyCommand, VerdictArgs};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

pub(super) fn strategy(desk: &Desk, command: StrategyCommand) -> Result<(), Failure> {
    let words = &desk.words;
    let (_, plan) = desk.plan()?;
    let find = |part: &PartArgs| parts::find(desk, &plan, part, Thing::Strategy, ids);
    match command {
        StrategyCommand::Add { goal, what } => {
            let goal = goals::as_shown(desk, &plan, goals::find(desk, &plan, &goal)?)?;
            plan.add_strategy(goal.summary.id, what.join(" "))?;
            parts::done(desk, &plan, &goal, &say!(words, "strategy-added"))
        }
        StrategyCommand::Edit { strategy, what } => {
            let (goal, id) = find(&strategy)?;
            plan.edit_strategy(id, goal.version.clone(), what)?;
            parts::done(desk, &plan, &goal, &say!(words, "goal-changed"))
        }
        StrategyCommand::Try(args) => judge(desk, args, StrategyVerdict::Trying),
        StrategyCommand::Keep(args) => judge(desk, args, StrategyVerdict::Keep),
        StrategyCommand::Change(args) => judge(desk, args, StrategyVerdict::Change),
        StrategyCommand::Drop(args) => judge(desk, args, StrategyVerdict::Drop),
        StrategyCommand::Archive { strategy, undo } => {
            let (goal, id) = find(&strategy)?;
            let sentence = if undo {
                plan.unarchive_strategy(id)?;
                say!(words, "goal-unarchived")
            } else {
                plan.archive_strategy(id)?;
                say!(words, "goal-archived")
            };
            parts::done(desk, &plan, &goal, &sentence)
        }
    }
}

fn judge(desk: &Desk, args: VerdictArgs, verdict: StrategyVerdict) -> Result<(), Failure> {
    let (_, plan) = desk.plan()?;
    let (goal, id) = parts::find(desk, &plan, &args.strategy, Thing::Strategy, ids)?;
    plan.judge_strategy(id, goal.version.clone(), verdict, args.why)?;
    parts::done(desk, &plan, &goal, &say!(desk.words, "strategy-judged"))
}

fn ids(goal: &Goal) -> Vec<StrategyId> {
    goal.strategies.iter().map(|strategy: &Strategy| strategy.id).collect()
}
