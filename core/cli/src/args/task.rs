//! What can be asked of tasks, graded steps and strategies.

use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};
use common_ground::clock::LocalDate;
use common_ground::plan::{DayEdit, TaskOutcome, TaskOwner};

#[derive(Subcommand)]
pub(crate) enum TaskCommand {
    /// Add a task to a goal; put on the other person, it is an offer
    #[command(after_help = "\
Examples:
  common-ground task add 1 \"Lights out at eleven\"
  common-ground task add 1 \"Send the breathing exercise\" --owner therapist --due 2026-06-01
  common-ground task add 1 \"Ten minutes of breathing\" --every day
  common-ground task add 1 \"A walk with Sam\" --every \"2 weeks\" --on mon,thu --until 2026-12-31
  common-ground task add 1 \"Look at the month\" --every month --on 1")]
    Add {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// What is to be done, in one line
        #[arg(required = true)]
        what: Vec<String>,
        /// Who does it; otherwise you
        #[arg(long, value_enum)]
        owner: Option<OwnerArg>,
        /// Until which day, for example 2026-06-01
        #[arg(long, value_name = "DATE")]
        due: Option<LocalDate>,
        #[command(flatten)]
        repeats: RepeatArgs,
    },
    /// Change a task; another what or when asks for an answer again
    #[command(after_help = "\
Examples:
  common-ground task edit 1 --what \"Lights out at half past ten\"
  common-ground task edit 1 --due none --every week --on sun")]
    Edit {
        /// Number in `tasks`, or the beginning or end of its id
        task: String,
        /// What is to be done
        #[arg(long)]
        what: Option<String>,
        /// Until which day, or `none`
        #[arg(long, value_name = "DATE")]
        due: Option<DayOrNone>,
        #[command(flatten)]
        repeats: RepeatArgs,
        /// It is done once, no longer again and again
        #[arg(long, conflicts_with = "every")]
        once: bool,
        /// The version your screen showed (`version` of `tasks --json`); otherwise the one now
        #[arg(long, value_name = "VERSION")]
        shown: Option<String>,
    },
    /// Take on a task you were offered
    Accept {
        /// Number in `tasks`, or the beginning or end of its id
        task: String,
    },
    /// Say no to a task you were offered
    Decline {
        /// Number in `tasks`, or the beginning or end of its id
        task: String,
        /// A word why, if you like
        #[arg(long)]
        why: Option<String>,
    },
    /// Take back your answer to an offer
    TakeBack {
        /// Number in `tasks`, or the beginning or end of its id
        task: String,
    },
    /// Note how a task of yours went
    #[command(visible_alias = "log")]
    Done {
        /// Number in `tasks`, or the beginning or end of its id
        task: String,
        #[command(flatten)]
        outcome: OutcomeArgs,
        /// A word on it
        #[arg(long)]
        note: Option<String>,
        /// On which day; otherwise today
        #[arg(long, value_name = "DATE")]
        on: Option<LocalDate>,
        /// Take back what you noted last, or last for that day
        #[arg(long, conflicts_with_all = ["partly", "not_this_time", "note"])]
        undo: bool,
    },
    /// List the days of a task that is done again and again
    Days {
        /// Number in `tasks`, or the beginning or end of its id
        task: String,
        /// From which day on; otherwise today
        #[arg(long, value_name = "DATE")]
        from: Option<LocalDate>,
        /// Up to which day; otherwise four weeks on
        #[arg(long, value_name = "DATE")]
        to: Option<LocalDate>,
    },
    /// Put a task away
    Archive {
        /// Number in `tasks`, or the beginning or end of its id
        task: String,
        /// Take it out again
        #[arg(long)]
        undo: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum StepCommand {
    /// Put up a step
    #[command(after_help = "\
Example:
  common-ground step add 1 \"One stop on the tram, with Sam\" --fear 4")]
    Add {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// What, in one line
        #[arg(required = true)]
        what: Vec<String>,
        /// How frightening you expect it to be, 0 to 10
        #[arg(long, value_name = "0-10", value_parser = clap::value_parser!(u8).range(0..=10))]
        fear: Option<u8>,
    },
    /// Change a step
    Edit {
        #[command(flatten)]
        step: PartArgs,
        /// What
        #[arg(long, required_unless_present = "fear")]
        what: Option<String>,
        /// How frightening you expect it to be, 0 to 10
        #[arg(long, value_name = "0-10", value_parser = clap::value_parser!(u8).range(0..=10))]
        fear: Option<u8>,
    },
    /// Move a step behind another, or to the top
    Move {
        #[command(flatten)]
        step: PartArgs,
        /// Behind this one; without it, to the top
        #[arg(long, value_name = "STEP")]
        after: Option<String>,
    },
    /// Note how a step went
    #[command(after_help = "\
Examples:
  common-ground step try 1 2 --fear 6 --learned \"It passed before the second stop\"
  common-ground step try 1 2 --not-this-time")]
    Try {
        #[command(flatten)]
        step: PartArgs,
        #[command(flatten)]
        outcome: OutcomeArgs,
        /// How frightening it was, 0 to 10
        #[arg(long, value_name = "0-10", value_parser = clap::value_parser!(u8).range(0..=10))]
        fear: Option<u8>,
        /// What was learned
        #[arg(long)]
        learned: Option<String>,
        /// On which day; otherwise today
        #[arg(long, value_name = "DATE")]
        on: Option<LocalDate>,
        /// Take back what you noted last
        #[arg(long, conflicts_with_all = ["partly", "not_this_time", "fear", "learned", "on"])]
        undo: bool,
    },
    /// Put a step away
    Archive {
        #[command(flatten)]
        step: PartArgs,
        /// Take it out again
        #[arg(long)]
        undo: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum StrategyCommand {
    /// Put up something to try
    #[command(after_help = "\
Examples:
  common-ground strategy add 1 \"No screen after ten\"
  common-ground strategy keep 1 1 --why \"Four weeks, and it holds\"
  common-ground strategy drop 1 2 --why \"Not for me\"")]
    Add {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// What, in one line
        #[arg(required = true)]
        what: Vec<String>,
    },
    /// Change how it reads
    Edit {
        #[command(flatten)]
        strategy: PartArgs,
        /// What
        #[arg(long)]
        what: String,
    },
    /// Go on trying it
    Try(VerdictArgs),
    /// Keep it
    Keep(VerdictArgs),
    /// Change it
    Change(VerdictArgs),
    /// Drop it
    Drop(VerdictArgs),
    /// Put it away
    Archive {
        #[command(flatten)]
        strategy: PartArgs,
        /// Take it out again
        #[arg(long)]
        undo: bool,
    },
}

/// A step or a strategy of a goal.
#[derive(Args)]
pub(crate) struct PartArgs {
    /// Number in `goals`, or the beginning or end of its id
    pub(crate) goal: String,
    /// Its number in `goal show`, or the beginning or end of its id
    pub(crate) part: String,
}

/// What is thought of a strategy.
#[derive(Args)]
pub(crate) struct VerdictArgs {
    #[command(flatten)]
    pub(crate) strategy: PartArgs,
    /// A word why, if you like
    #[arg(long)]
    pub(crate) why: Option<String>,
}

/// How something went.
#[derive(Args)]
pub(crate) struct OutcomeArgs {
    /// It went partly
    #[arg(long, conflicts_with = "not_this_time")]
    partly: bool,
    /// Not this time
    #[arg(long)]
    not_this_time: bool,
}

impl From<&OutcomeArgs> for TaskOutcome {
    fn from(outcome: &OutcomeArgs) -> Self {
        match (outcome.partly, outcome.not_this_time) {
            (true, _) => Self::Partly,
            (_, true) => Self::NotThisTime,
            _ => Self::Done,
        }
    }
}

/// How often a task is done.
#[derive(Args)]
pub(crate) struct RepeatArgs {
    /// Again and again: day, week, month, or several of them: "3 days", 2w
    #[arg(long, value_name = "HOW OFTEN")]
    pub(crate) every: Option<Every>,
    /// On which days: mon,thu for weeks, 1 to 31 for months; otherwise that of the first day
    #[arg(long, value_name = "DAYS", value_delimiter = ',', requires = "every")]
    pub(crate) on: Vec<String>,
    /// The first day; otherwise today
    #[arg(long, value_name = "DATE", requires = "every")]
    pub(crate) from: Option<LocalDate>,
    /// The last day on which it may be
    #[arg(long, value_name = "DATE", requires = "every")]
    pub(crate) until: Option<LocalDate>,
}

/// So many days, weeks or months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Every {
    pub(crate) count: u16,
    pub(crate) unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Days,
    Weeks,
    Months,
}

impl FromStr for Every {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().to_ascii_lowercase();
        let digits = text.chars().take_while(char::is_ascii_digit).count();
        let (count, unit) = text.split_at_checked(digits).unwrap_or_default();
        let unit = match unit.trim() {
            "d" | "day" | "days" => Some(Unit::Days),
            "w" | "week" | "weeks" => Some(Unit::Weeks),
            "m" | "month" | "months" => Some(Unit::Months),
            _ => None,
        };
        let count = if count.is_empty() { Some(1) } else { count.parse().ok() };
        match (count, unit) {
            (Some(count @ 1..=366), Some(unit)) => Ok(Self { count, unit }),
            _ => Err("day, week, month, or several of them such as \"3 days\" is wanted"),
        }
    }
}

/// A day, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DayOrNone(pub(crate) Option<LocalDate>);

impl FromStr for DayOrNone {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Self(None));
        }
        text.parse().map(|day| Self(Some(day))).map_err(|_| "a day like 2026-06-01, or none, is wanted")
    }
}

impl From<DayOrNone> for DayEdit {
    fn from(day: DayOrNone) -> Self {
        day.0.map_or(Self::Nothing, |day| Self::Day { day })
    }
}

#[derive(ValueEnum, Clone, Copy)]
pub(crate) enum OwnerArg {
    Client,
    Therapist,
    Both,
}

impl From<OwnerArg> for TaskOwner {
    fn from(owner: OwnerArg) -> Self {
        match owner {
            OwnerArg::Client => Self::Client,
            OwnerArg::Therapist => Self::Therapist,
            OwnerArg::Both => Self::Both,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rhythm_is_read_as_people_write_it() {
        let every = |count, unit| Ok(Every { count, unit });
        assert_eq!("day".parse(), every(1, Unit::Days));
        assert_eq!("2 weeks".parse(), every(2, Unit::Weeks));
        assert_eq!("3m".parse(), every(3, Unit::Months));
        assert_eq!(" 10 Days ".parse(), every(10, Unit::Days));
        for wrong in ["", "0d", "367 days", "year", "2", "-1 d", "99999999999w", "ü"] {
            assert!(wrong.parse::<Every>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_day_may_be_taken_away() {
        assert_eq!("none".parse(), Ok(DayOrNone(None)));
        assert!("2026-06-01".parse::<DayOrNone>().is_ok_and(|day| day.0.is_some()));
        assert!("soon".parse::<DayOrNone>().is_err());
    }
}
