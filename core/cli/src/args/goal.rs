//! What can be asked of one goal.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};
use common_ground::clock::LocalDate;
use common_ground::plan::{AttainmentLevel, GoalPriority, ScaleLevel};

use super::DayOrNone;

#[derive(Subcommand)]
pub(crate) enum GoalCommand {
    /// Put a goal before the other person
    #[command(after_help = "\
Only the title is needed; the rest may come later, from either of you.

Examples:
  common-ground goal add \"Sleep through the night\" --why \"Mornings\" --success \"Six nights of seven\"
  common-ground goal add \"Sleep through most nights\" --known-by \"The sleep log\" --by-when 2026-09-01 --replaces 1")]
    Add {
        #[command(flatten)]
        fields: GoalFields,
    },
    /// Goals that you alone see until you propose them: add, list, show, edit, propose, discard
    #[command(subcommand)]
    Draft(DraftCommand),
    /// Change a goal; what the other wrote meanwhile is merged
    Edit {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// A new title
        #[arg(long)]
        title: Option<String>,
        /// The whole why as it should read; without any change, $EDITOR opens on it
        #[arg(long)]
        why: Option<String>,
        /// What success looks like to you
        #[arg(long)]
        success: Option<String>,
        /// How you both will know; an empty text takes it away
        #[arg(long)]
        known_by: Option<String>,
        /// Until which day, or `none`
        #[arg(long, value_name = "DATE")]
        by_when: Option<DayOrNone>,
        /// A first step; an empty text takes it away
        #[arg(long)]
        first_step: Option<String>,
        /// The version your screen showed (`version` of `goal show --json`); otherwise the one now
        #[arg(long, value_name = "VERSION")]
        shown: Option<String>,
    },
    /// Show a goal whole
    Show {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
    },
    /// Let a goal rest for a while
    Pause(StateArgs),
    /// Say that a goal is reached
    Reach(StateArgs),
    /// Say that a goal is reached and being kept up
    Maintain(StateArgs),
    /// Set a goal aside
    SetAside(StateArgs),
    /// Say that a goal is not wanted
    Decline(StateArgs),
    /// Go on with a goal: takes back pause, reach, maintain, set-aside and decline
    GoOn(StateArgs),
    /// Hold a goal: it is not worked on until you release it, and nobody can undo that for you
    #[command(after_help = "\
Example:
  common-ground goal hold 1 --why \"Not before the move\"")]
    Hold {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// A word why, if you like
        #[arg(long)]
        why: Option<String>,
    },
    /// Hold a goal no longer
    Release {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
    },
    /// Say how much a goal matters now
    Priority {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// How much
        #[arg(value_enum)]
        priority: PriorityArg,
    },
    /// Say how often to look at a goal again, or that you did
    #[command(after_help = "\
Examples:
  common-ground goal review 1 --every 30
  common-ground goal review 1 --done
  common-ground goal review 1 --never")]
    Review {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// After so many days
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..), group = "what")]
        every: Option<u16>,
        /// No longer
        #[arg(long, group = "what")]
        never: bool,
        /// You looked at it together
        #[arg(long, group = "what", required_unless_present_any = ["every", "never"])]
        done: bool,
        /// On which day; otherwise today
        #[arg(long, value_name = "DATE", requires = "done")]
        on: Option<LocalDate>,
    },
    /// Say how far it has come, 0 to 10
    Rate {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// 0 (nothing of it yet) to 10 (all of it)
        #[arg(value_parser = clap::value_parser!(u8).range(0..=10), required_unless_present = "undo")]
        value: Option<u8>,
        /// What helped
        #[arg(long)]
        helped: Option<String>,
        /// What got in the way
        #[arg(long)]
        hindered: Option<String>,
        /// Take back your last rating of it
        #[arg(long, conflicts_with_all = ["value", "helped", "hindered"])]
        undo: bool,
    },
    /// Say in words what five levels of a goal mean (Goal Attainment Scaling); without words, show them
    #[command(after_help = "\
Examples:
  common-ground goal scale 1
  common-ground goal scale 1 --expected \"Five nights of seven\" --more \"Six\" --much-more \"All\"")]
    Scale {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        #[command(flatten)]
        texts: ScaleTexts,
    },
    /// Give a goal's scale its weight: how important, how difficult
    #[command(after_help = "\
Example:
  common-ground goal weigh 1 --importance 3 --difficulty 1")]
    Weigh {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// 0 to 3, or `none`
        #[arg(long, value_name = "0-3", required_unless_present = "difficulty")]
        importance: Option<Weight>,
        /// 0 to 3, or `none`
        #[arg(long, value_name = "0-3")]
        difficulty: Option<Weight>,
    },
    /// Say which level of its scale a goal has come to
    #[command(after_help = "\
Examples:
  common-ground goal attain 1 expected
  common-ground goal attain 1 -1 --note \"The week of the exam\"")]
    Attain {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// much-less, less, expected, more, much-more, or -2 to 2
        #[arg(allow_negative_numbers = true, required_unless_present = "undo")]
        level: Option<LevelArg>,
        /// A word on it
        #[arg(long)]
        note: Option<String>,
        /// Take back your last judgement of it
        #[arg(long, conflicts_with_all = ["level", "note"])]
        undo: bool,
    },
    /// Sign that you agree to the wording as it stands
    Agree {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// The wording your screen showed (`digest` of `goal show --json`); otherwise the one now
        #[arg(long, value_name = "DIGEST")]
        shown: Option<String>,
    },
    /// Say “not yet” to the wording as it stands; it withdraws nothing
    NotYet(StanceArgs),
    /// Say that you see it differently; it withdraws nothing
    Disagree(StanceArgs),
    /// Take back “not yet” or “disagree”
    TakeBack {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
    },
    /// Sign that you no longer agree
    Withdraw {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
    },
    /// List what you both agreed to, and when
    Agreements {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
    },
    /// Write an agreement as a small file that anyone can check without this app. You are asked first
    #[command(after_help = "\
docs/verify_agreement.py checks such a file.

Examples:
  common-ground goal export-agreement 1 agreement.json
  common-ground goal export-agreement 1 first.json --number 1     the first in `goal agreements`")]
    ExportAgreement {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// Where to
        path: PathBuf,
        /// Number in `goal agreements`; otherwise the last
        #[arg(long)]
        number: Option<usize>,
        /// Replace a file that is there already
        #[arg(long)]
        force: bool,
    },
    /// Put a goal away; what the other edits meanwhile is kept
    Archive {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// Take it out again
        #[arg(long)]
        undo: bool,
    },
    /// Choose between values written at the same time
    #[command(after_help = "\
`goal show` numbers the values, through all choices of the goal, its tasks, steps and strategies.

Examples:
  common-ground goal choose 1 2              takes value 2
  common-ground goal choose 1 --write \"A third\"
  common-ground goal choose 1 4 --write \"Another\"     of several choices, the one that has value 4")]
    Choose {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// Which of the values, from 1
        #[arg(required_unless_present = "write")]
        value: Option<usize>,
        /// None of them: this text
        #[arg(long)]
        write: Option<String>,
    },
    /// Move a goal behind another, or to the top
    Move {
        /// Number in `goals`, or the beginning or end of its id
        goal: String,
        /// Behind this one; without it, to the top
        #[arg(long, value_name = "GOAL")]
        after: Option<String>,
    },
}

#[derive(Subcommand)]
pub(crate) enum DraftCommand {
    /// Begin a goal that you alone see
    Add {
        #[command(flatten)]
        fields: GoalFields,
    },
    /// List your drafts of goals
    List,
    /// Show a draft
    Show {
        /// Number in `goal draft list`, or the beginning or end of its id
        draft: String,
    },
    /// Change a draft; what is left out stays, an empty text takes away
    Edit {
        /// Number in `goal draft list`, or the beginning or end of its id
        draft: String,
        /// A new title
        #[arg(long)]
        title: Option<String>,
        #[command(flatten)]
        more: GoalDetails,
    },
    /// Put a draft before the other person
    Propose {
        /// Number in `goal draft list`, or the beginning or end of its id
        draft: String,
    },
    /// Throw a draft away
    Discard {
        /// Number in `goal draft list`, or the beginning or end of its id
        draft: String,
    },
}

/// A goal about to be put up.
#[derive(Args)]
pub(crate) struct GoalFields {
    /// What is wanted, in one line
    #[arg(required = true)]
    pub(crate) title: Vec<String>,
    #[command(flatten)]
    pub(crate) more: GoalDetails,
}

/// What a goal has beside its title.
#[derive(Args)]
pub(crate) struct GoalDetails {
    /// Why it matters; both may go on writing it
    #[arg(long)]
    pub(crate) why: Option<String>,
    /// What success looks like to you; only you can write it
    #[arg(long)]
    pub(crate) success: Option<String>,
    /// How you both will know that it is reached
    #[arg(long)]
    pub(crate) known_by: Option<String>,
    /// Until which day, for example 2026-09-01; `none` takes it away
    #[arg(long, value_name = "DATE")]
    pub(crate) by_when: Option<DayOrNone>,
    /// A first step
    #[arg(long)]
    pub(crate) first_step: Option<String>,
    /// The goal it grew out of: number in `goals`, or its id
    #[arg(long, value_name = "GOAL", conflicts_with = "replaces")]
    pub(crate) grew_out_of: Option<String>,
    /// The goal whose place it takes: number in `goals`, or its id
    #[arg(long, value_name = "GOAL")]
    pub(crate) replaces: Option<String>,
}

/// What became of a goal.
#[derive(Args)]
pub(crate) struct StateArgs {
    /// Number in `goals`, or the beginning or end of its id
    pub(crate) goal: String,
    /// A word why, if you like
    #[arg(long)]
    pub(crate) why: Option<String>,
}

/// What one says of a wording without signing.
#[derive(Args)]
pub(crate) struct StanceArgs {
    /// Number in `goals`, or the beginning or end of its id
    pub(crate) goal: String,
    /// A word why, if you like
    #[arg(long)]
    pub(crate) why: Option<String>,
    /// The wording your screen showed (`digest` of `goal show --json`); otherwise the one now
    #[arg(long, value_name = "DIGEST")]
    pub(crate) shown: Option<String>,
}

/// What the levels of a scale mean.
#[derive(Args)]
pub(crate) struct ScaleTexts {
    /// Level -2: much less than expected
    #[arg(long, value_name = "TEXT")]
    much_less: Option<String>,
    /// Level -1: less than expected
    #[arg(long, value_name = "TEXT")]
    less: Option<String>,
    /// Level 0: as expected
    #[arg(long, value_name = "TEXT")]
    expected: Option<String>,
    /// Level 1: more than expected
    #[arg(long, value_name = "TEXT")]
    more: Option<String>,
    /// Level 2: much more than expected
    #[arg(long, value_name = "TEXT")]
    much_more: Option<String>,
}

impl ScaleTexts {
    /// The levels that were given; an empty text takes one away.
    pub(crate) fn levels(self) -> Vec<ScaleLevel> {
        let texts = [self.much_less, self.less, self.expected, self.more, self.much_more];
        let levels = AttainmentLevel::ALL.into_iter().zip(texts);
        levels.filter_map(|(level, text)| text.map(|text| ScaleLevel { level, text })).collect()
    }
}

/// A level of a scale, by name or number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LevelArg(pub(crate) AttainmentLevel);

impl FromStr for LevelArg {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let level = match text {
            "much-less" => Some(AttainmentLevel::MuchLess),
            "less" => Some(AttainmentLevel::Less),
            "expected" => Some(AttainmentLevel::Expected),
            "more" => Some(AttainmentLevel::More),
            "much-more" => Some(AttainmentLevel::MuchMore),
            number => number.parse().ok().and_then(AttainmentLevel::of),
        };
        level.map(Self).ok_or("much-less, less, expected, more, much-more, or -2 to 2 is wanted")
    }
}

/// A weight from 0 to 3, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weight(pub(crate) Option<u8>);

impl FromStr for Weight {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(weight @ 0..=3) => Ok(Self(Some(weight))),
            _ if text == "none" => Ok(Self(None)),
            _ => Err("0 to 3, or none, is wanted"),
        }
    }
}

#[derive(ValueEnum, Clone, Copy)]
pub(crate) enum PriorityArg {
    High,
    Medium,
    Low,
    None,
}

impl From<PriorityArg> for Option<GoalPriority> {
    fn from(priority: PriorityArg) -> Self {
        match priority {
            PriorityArg::High => Some(GoalPriority::High),
            PriorityArg::Medium => Some(GoalPriority::Medium),
            PriorityArg::Low => Some(GoalPriority::Low),
            PriorityArg::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_named_or_numbered() {
        assert_eq!("expected".parse(), Ok(LevelArg(AttainmentLevel::Expected)));
        assert_eq!("-2".parse(), Ok(LevelArg(AttainmentLevel::MuchLess)));
        assert_eq!("+1".parse(), Ok(LevelArg(AttainmentLevel::More)));
        assert!("3".parse::<LevelArg>().is_err() && "good".parse::<LevelArg>().is_err());
    }
}
