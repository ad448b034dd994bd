//! The plan on the terminal: goals, tasks and all that belongs to them, each beside what it prints.

mod agreements;
mod choices;
mod drafts;
mod goals;
mod history;
mod overview;
mod page;
mod parts;
mod progress;
mod rhythm;
mod scale;
mod sentences;
mod show;
mod states;
mod steps;
mod strategies;
mod tasks;
mod values;
mod whole;
mod wording;

pub(crate) use goals::{find as find_goal, standing};
pub(crate) use sentences::{Names, sentence};
pub(crate) use tasks::find as find_task;
pub(crate) use wording::{difference, marked};

use crate::args::{GoalCommand, PlanCommand, WholeCommand};
use crate::desk::Desk;
use crate::failure::Failure;

/// Runs one command about a plan.
pub(super) fn run(desk: &Desk, command: PlanCommand) -> Result<(), Failure> {
    match command {
        PlanCommand::Goals(which) => goals::list(desk, &which),
        PlanCommand::Goal(command) => goal(desk, command),
        PlanCommand::Tasks(which) => tasks::list(desk, &which),
        PlanCommand::Task(command) => tasks::task(desk, command),
        PlanCommand::Step(command) => steps::step(desk, command),
        PlanCommand::Strategy(command) => strategies::strategy(desk, command),
        PlanCommand::Progress { goal, flat, plain } => progress::progress(desk, goal.as_deref(), flat, plain),
        PlanCommand::Plan(command) => whole(desk, command),
        PlanCommand::Overview => overview::overview(desk),
    }
}

fn goal(desk: &Desk, command: GoalCommand) -> Result<(), Failure> {
    use common_ground::plan::{GoalMark, StanceKind};
    match command {
        GoalCommand::Add { fields } => goals::add(desk, fields),
        GoalCommand::Draft(command) => drafts::draft(desk, command),
        GoalCommand::Edit { goal, title, why, success, known_by, by_when, first_step, shown } => {
            let by_when = by_when.map(Into::into);
            let edit = common_ground::plan::GoalEdit { title, why, success, known_by, by_when, first_step };
            goals::edit(desk, &goal, edit, shown.as_deref())
        }
        GoalCommand::Show { goal } => show::show(desk, &goal),
        GoalCommand::Pause(args) => states::mark(desk, args, GoalMark::Paused),
        GoalCommand::Reach(args) => states::mark(desk, args, GoalMark::Reached),
        GoalCommand::Maintain(args) => states::mark(desk, args, GoalMark::Maintained),
        GoalCommand::SetAside(args) => states::mark(desk, args, GoalMark::SetAside),
        GoalCommand::Decline(args) => states::mark(desk, args, GoalMark::Declined),
        GoalCommand::GoOn(args) => states::mark(desk, args, GoalMark::Open),
        GoalCommand::Hold { goal, why } => states::hold(desk, &goal, why),
        GoalCommand::Release { goal } => states::release(desk, &goal),
        GoalCommand::Priority { goal, priority } => states::priority(desk, &goal, priority.into()),
        GoalCommand::Review { goal, every, never: _, done, on } => {
            if done {
                states::reviewed(desk, &goal, on)
            } else {
                states::review(desk, &goal, every)
            }
        }
        GoalCommand::Rate { goal, value: Some(value), helped, hindered, undo: _ } => {
            progress::rate(desk, &goal, value, helped, hindered)
        }
        GoalCommand::Rate { goal, value: None, .. } => progress::take_back_rating(desk, &goal),
        GoalCommand::Scale { goal, texts } => scale::scale(desk, &goal, texts.levels()),
        GoalCommand::Weigh { goal, importance, difficulty } => {
            scale::weigh(desk, &goal, importance, difficulty)
        }
        GoalCommand::Attain { goal, level: Some(level), note, undo: _ } => {
            scale::attain(desk, &goal, level.0, note)
        }
        GoalCommand::Attain { goal, level: None, .. } => scale::take_back(desk, &goal),
        GoalCommand::Agree { goal, shown } => agreements::agree(desk, &goal, shown.as_deref()),
        GoalCommand::NotYet(args) => agreements::stance(desk, args, StanceKind::NotYet),
        GoalCommand::Disagree(args) => agreements::stance(desk, args, StanceKind::Disagree),
        GoalCommand::TakeBack { goal } => agreements::take_back(desk, &goal),
        GoalCommand::Withdraw { goal } => agreements::withdraw(desk, &goal),
        GoalCommand::Agreements { goal } => agreements::list(desk, &goal),
        GoalCommand::ExportAgreement { goal, path, number, force } => {
            agreements::export(desk, &goal, &path, number, force)
        }
        GoalCommand::Archive { goal, undo } => goals::archive(desk, &goal, undo),
        GoalCommand::Choose { goal, value, write } => choices::choose(desk, &goal, value, write),
        GoalCommand::Move { goal, after } => goals::move_goal(desk, &goal, after.as_deref()),
    }
}

fn whole(desk: &Desk, command: WholeCommand) -> Result<(), Failure> {
    match command {
        WholeCommand::Show { archived } => whole::show(desk, archived),
        WholeCommand::Page { path, force } => page::page(desk, &path, force),
        WholeCommand::History { since_looked: true, limit, .. } => history::news(desk, limit),
        WholeCommand::History { goal, limit, older, .. } => {
            history::history(desk, goal.as_deref(), limit, older)
        }
        WholeCommand::On { day } => history::on(desk, day),
        WholeCommand::Undo => history::undo(desk),
        WholeCommand::Looked { shown } => history::looked(desk, shown.as_deref()),
    }
}
