//! How two devices meet, on the command line.

use clap::{Args, ValueEnum};

/// A way of meeting.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WayArg {
    /// On a network that both devices are on, such as the same Wi-Fi; nobody else is contacted
    SameNetwork,
    /// By a relay that the practice or the two of you run
    Relay,
    /// By public relays and a public look-up; only if both choose it
    Public,
}

/// How the two will meet who pair.
#[derive(Args, Clone)]
pub(crate) struct PairMeetArgs {
    /// How the two of you will meet from now on; whoever shows the ticket says it
    #[arg(long, value_enum, value_name = "WAY")]
    pub(crate) meet: Option<WayArg>,
    /// Where the relay is, for example https://relay.practice.example
    #[arg(long, value_name = "URL")]
    pub(crate) relay: Option<String>,
}

/// How the two of a relationship meet.
#[derive(Args)]
#[command(after_help = "\
Examples:
  common-ground meet jonas                                        how you meet, and what is in the way
  common-ground meet jonas same-network
  common-ground meet jonas relay https://relay.practice.example
  common-ground meet jonas public                                 only once both of you have chosen it")]
pub(crate) struct MeetArgs {
    /// Whom: their name, its beginning, or the number in `status`
    pub(crate) name: String,
    /// The way to choose; without one, it is said how you meet
    #[arg(value_enum)]
    pub(crate) way: Option<WayArg>,
    /// Where the relay is
    #[arg(value_name = "URL")]
    pub(crate) relay: Option<String>,
}
