//! What can be looked back on.

use std::str::FromStr;

use clap::Subcommand;
use common_ground::clock::LocalDate;

use super::FilterArgs;

#[derive(Subcommand)]
pub(crate) enum LookBackCommand {
    /// A month as a calendar: on which days something was written, and the mood of each
    #[command(after_help = "\
Examples:
  common-ground look-back days
  common-ground look-back days 2026-05")]
    Days {
        /// The month, for example 2026-05; otherwise this one
        month: Option<Month>,
    },
    /// What was written on this day in earlier years
    OnThisDay {
        /// Another day than today
        #[arg(long, value_name = "DATE")]
        on: Option<LocalDate>,
    },
    /// The first and the last entries of one matter, side by side
    #[command(after_help = "\
Examples:
  common-ground look-back then-and-now --tag sleep
  common-ground look-back then-and-now --goal 1 --each 5")]
    ThenAndNow {
        /// How many entries on either side, at most
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
        each: u32,
        #[command(flatten)]
        filter: FilterArgs,
    },
    /// Mood over time as a chart: the mean of each day or week, and the count behind it
    #[command(after_help = "\
Without dates it shows the last 30 days, or with --weekly the last 26 weeks. The mean of a week is that of all its
entries.

Examples:
  common-ground look-back mood
  common-ground look-back mood --weekly --from 2026-01-01
  common-ground look-back mood --tag work")]
    Mood {
        /// A mean for each week rather than for each day
        #[arg(long)]
        weekly: bool,
        /// Draw with plain characters
        #[arg(long)]
        ascii: bool,
        #[command(flatten)]
        filter: FilterArgs,
    },
    /// Which tags, feelings and coping tools stand on better and on worse days; counts and means, no more
    Patterns {
        /// From this day on
        #[arg(long, value_name = "DATE")]
        from: Option<LocalDate>,
        /// Up to this day, included
        #[arg(long, value_name = "DATE")]
        to: Option<LocalDate>,
        /// Only what stands on at least so many days, and not on at least as many
        #[arg(long, default_value_t = 5, value_name = "DAYS")]
        minimum: u32,
    },
    /// How much each coping tool helped
    Tools {
        /// From this day on
        #[arg(long, value_name = "DATE")]
        from: Option<LocalDate>,
        /// Up to this day, included
        #[arg(long, value_name = "DATE")]
        to: Option<LocalDate>,
    },
    /// The answers to one question of a template over time, as far as they are numbers
    Scale {
        /// The template's id
        template: String,
        /// Which of its fields
        field: String,
        /// From this day on
        #[arg(long, value_name = "DATE")]
        from: Option<LocalDate>,
        /// Up to this day, included
        #[arg(long, value_name = "DATE")]
        to: Option<LocalDate>,
    },
    /// The small wins of a month
    #[command(name = "small-wins")]
    Wins {
        /// The month, for example 2026-05; otherwise this one
        month: Option<Month>,
    },
    /// What was marked since the last appointment to be brought to the next, whole
    #[command(after_help = "\
Examples:
  common-ground look-back to-bring                        since the last in `appointment list`
  common-ground look-back to-bring --since 2026-05-01     marked on that day or later
  common-ground look-back to-bring --print | lp           a plain page; paper can be read by anyone")]
    ToBring {
        /// What was marked from this day on, rather than since the last appointment
        #[arg(long, value_name = "DATE", conflicts_with = "all")]
        since: Option<LocalDate>,
        /// Whenever it was marked
        #[arg(long)]
        all: bool,
        /// A plain page to print
        #[arg(long, conflicts_with = "json")]
        print: bool,
    },
}

/// A month, by its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Month(pub(crate) LocalDate);

impl FromStr for Month {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        format!("{text}-01").parse().map(Self).map_err(|_| "a month is written like 2026-05")
    }
}
