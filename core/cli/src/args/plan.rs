//! What can be asked of a plan: its goals and tasks, and the plan as a whole.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use common_ground::clock::LocalDate;

use super::{GoalCommand, StepCommand, StrategyCommand, TaskCommand};

#[derive(Subcommand)]
pub(crate) enum PlanCommand {
    /// List the goals of the plan
    #[command(after_help = "\
Examples:
  common-ground goals
  common-ground goals --open                 those on which you do not agree, or not yet
  common-ground goals --due                  those to look at again")]
    Goals(GoalsArgs),
    /// One goal: add, draft, edit, show, rate, agree, pause, hold, choose and more
    #[command(subcommand)]
    Goal(GoalCommand),
    /// List the tasks of the plan
    #[command(after_help = "\
Examples:
  common-ground tasks
  common-ground tasks --offers               those that wait for an answer
  common-ground tasks --due                  what is due today, or was before")]
    Tasks(TasksArgs),
    /// One task: add, edit, accept, decline, take-back, done, days, archive
    #[command(subcommand)]
    Task(TaskCommand),
    /// The graded steps of a goal: add, edit, move, try, archive
    #[command(subcommand)]
    Step(StepCommand),
    /// What is tried for a goal: add, edit, keep, change, drop, archive
    #[command(subcommand)]
    Strategy(StrategyCommand),
    /// How far goals have come: ratings over time, by both of you
    #[command(after_help = "\
Examples:
  common-ground progress
  common-ground progress 1                   one goal, all its ratings
  common-ground progress --flat 5            asks about goals whose last five ratings are the same")]
    Progress {
        /// Number in `goals`, or the beginning or end of its id
        goal: Option<String>,
        /// From how many equal ratings in a row on to ask whether to look at a goal again
        #[arg(long, value_name = "RATINGS", default_value_t = 4, value_parser = clap::value_parser!(u32).range(2..=100))]
        flat: u32,
        /// Draw with plain characters only
        #[arg(long)]
        plain: bool,
    },
    /// The plan as a whole: show, page, history, on, undo, looked
    #[command(subcommand)]
    Plan(WholeCommand),
    /// All your plans at a glance: what is new, what is due, what waits for an answer
    Overview,
}

#[derive(Args)]
pub(crate) struct GoalsArgs {
    /// Also those put away
    #[arg(long, conflicts_with_all = ["due", "open"])]
    pub(crate) archived: bool,
    /// Those to be looked at again by now
    #[arg(long, conflicts_with = "open")]
    pub(crate) due: bool,
    /// Those on which you do not agree, or not yet
    #[arg(long)]
    pub(crate) open: bool,
}

#[derive(Args)]
pub(crate) struct TasksArgs {
    /// Also those put away
    #[arg(long, conflicts_with_all = ["offers", "due"])]
    pub(crate) archived: bool,
    /// Those that wait for an answer, yours first
    #[arg(long, conflicts_with = "due")]
    pub(crate) offers: bool,
    /// Those due today or before, with nothing noted for that day
    #[arg(long)]
    pub(crate) due: bool,
    /// Those that the therapist has promised
    #[arg(long, conflicts_with = "due")]
    pub(crate) promises: bool,
}

#[derive(Subcommand)]
pub(crate) enum WholeCommand {
    /// Show the whole plan
    #[command(after_help = "\
Examples:
  common-ground plan show
  common-ground plan show | lp               on paper
  common-ground plan show --json")]
    Show {
        /// Also what was put away
        #[arg(long)]
        archived: bool,
    },
    /// Write the plan as one page to take along or to sign on paper. It is not encrypted: you are asked first
    #[command(after_help = "\
One HTML file, whole in itself, for any browser; it prints well on A4.

Examples:
  common-ground plan page plan.html
  common-ground plan page plan.html --yes    for scripts")]
    Page {
        /// Where to
        path: PathBuf,
        /// Replace a file that is there already
        #[arg(long)]
        force: bool,
    },
    /// Who changed what and when, newest first
    #[command(after_help = "\
Examples:
  common-ground plan history
  common-ground plan history --goal 1 --limit 50
  common-ground plan history --since-looked  what the other did since `plan looked`")]
    History {
        /// Of one goal: number in `goals`, or the beginning or end of its id
        #[arg(long, value_name = "GOAL", conflicts_with = "since_looked")]
        goal: Option<String>,
        /// What the other person did since you last said `plan looked`
        #[arg(long)]
        since_looked: bool,
        /// How many
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
        /// Read on from here (`older` of the page before)
        #[arg(long, value_name = "CURSOR", conflicts_with = "since_looked")]
        older: Option<String>,
    },
    /// The plan as it was on the evening of a day
    #[command(after_help = "\
Example:
  common-ground plan on 2026-05-03")]
    On {
        /// Which day
        day: LocalDate,
    },
    /// Take back what you did last; the other person's words stay as they are
    Undo,
    /// Say that you have seen what is new
    Looked {
        /// The version your screen showed (`version` of `plan history --since-looked --json`)
        #[arg(long, value_name = "VERSION")]
        shown: Option<String>,
    },
}
