//! The one line of English that tells of an event.

use std::fmt::{self, Display, Formatter};

use super::event::{AppCallback, DoorwayKind, LogEvent, LongCall, MissedCall, PairingStep, TurnedAway};
use crate::link::Reach;
use crate::shared::LinkState;

impl Display for LogEvent {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Created => f.write_str("profile made"),
            Self::Opened { took } => write!(f, "opened in {took:.1?}"),
            Self::OpenedLocked { took } => write!(f, "opened locked in {took:.1?}"),
            Self::OpeningFailed { why } => write!(f, "opening failed: {why}"),
            Self::Migrated { file, from, to, took } => {
                write!(f, "{file} file brought from schema {from} to {to} in {took:.1?}")
            }
            Self::Locked => f.write_str("locked"),
            Self::Unlocked { took } => write!(f, "unlocked in {took:.1?}"),
            Self::UnlockingFailed { why } => write!(f, "unlocking failed: {why}"),
            Self::Shut => f.write_str("shut"),
            Self::BinErased { entries } => write!(f, "entries in the bin erased: {entries}"),
            Self::ExcerptsErased { excerpts } => write!(f, "excerpts taken back and overwritten: {excerpts}"),
            Self::PlanCompacted { relationship, worked, took } => {
                let outcome = if *worked { "compacted" } else { "could not be compacted" };
                write!(f, "[{relationship}] plan {outcome}, {took:.1?}")
            }
            Self::SlowWrite { file, took } => write!(f, "slow write to the {file} file: {took:.1?}"),
            Self::Sqlite { code } => write!(f, "SQLite code {code}"),
            Self::Done { call, took } => write!(f, "{call}: done in {took:.1?}"),
            Self::Cancelled { call, took } => write!(f, "{call}: cancelled after {took:.1?}"),
            Self::Failed { call, took, why } => write!(f, "{call}: failed after {took:.1?}: {why}"),
            Self::CallbackFailed { callback, why } => write!(f, "callback failed: {callback}: {why}"),
            Self::CallbackPanicked { callback } => write!(f, "callback panicked: {callback}"),
            Self::Mistake { place } => write!(f, "internal error at {place}"),
            Self::LinesLost { lines } => write!(f, "lines lost: {lines}"),
            Self::Online { reach: Reach::AsChosen, took } => write!(f, "online in {took:.1?}"),
            Self::Online { reach: Reach::ThisMachine, took } => {
                write!(f, "online on this machine alone in {took:.1?}")
            }
            Self::GoingOnlineFailed { why } => write!(f, "going online failed: {why}"),
            Self::Offline => f.write_str("offline"),
            Self::Resting => f.write_str("in the background"),
            Self::Awake => f.write_str("in front again"),
            Self::NetworkChanged => f.write_str("network changed"),
            Self::DoorwayOpened { kind } => write!(f, "can be met {kind}"),
            Self::DoorwayFailed { kind, why } => write!(f, "cannot be met {kind}: {why}"),
            Self::DoorwayClosed { kind } => write!(f, "no longer to be met {kind}"),
            Self::CallerTurnedAway { why } => write!(f, "turned a caller away: {why}"),
            Self::CallMissed { relationship, why } => write!(f, "[{relationship}] called in vain: {why}"),
            Self::Connected { relationship, called_here, directly } => {
                let (by, how) = (
                    if *called_here { "called here" } else { "called by the other" },
                    if *directly { "directly" } else { "by relay" },
                );
                write!(f, "[{relationship}] connected, {by}, {how}")
            }
            Self::Link { relationship, state } => {
                let state = match state {
                    LinkState::Apart => "apart",
                    LinkState::CatchingUp => "catching up",
                    LinkState::InStep => "in step",
                };
                write!(f, "[{relationship}] {state}")
            }
            Self::ExchangeEnded { relationship, took, received, sent, bytes_received, bytes_sent, why } => {
                write!(
                    f,
                    "[{relationship}] exchange ended after {took:.1?}: changes in {received}, out {sent}; \
                     bytes in {bytes_received}, out {bytes_sent}"
                )?;
                why.map_or(Ok(()), |why| write!(f, "; {why}"))
            }
            Self::RuleBroken { rule } => write!(f, "protocol: {rule}"),
            Self::RefusedHere { relationship, rule } => {
                write!(f, "[{relationship}] refused a change: {rule}")
            }
            Self::RefusedThere { relationship, rule: Some(rule) } => {
                write!(f, "[{relationship}] the other refused a change: {rule}")
            }
            Self::RefusedThere { relationship, rule: None } => {
                write!(f, "[{relationship}] the other refused a change, by a rule unknown here")
            }
            Self::NoticesRefused { relationship, notices } => {
                write!(f, "[{relationship}] notices not believed: {notices}")
            }
            Self::Pairing { step } => write!(f, "pairing: {step}"),
            Self::Paired { relationship } => write!(f, "[{relationship}] paired"),
            Self::PairingFailed { why } => write!(f, "pairing failed: {why}"),
        }
    }
}

impl Display for LongCall {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Import => "import",
            Self::Export => "export",
            Self::Attach => "attaching",
            Self::ReadAttachment => "reading an attachment",
            Self::Backup => "backup",
            Self::CheckBackup => "checking a backup",
            Self::Restore => "restore",
            Self::Erase => "erasing everything",
            Self::CarryOut => "writing a carried file",
            Self::CarryIn => "taking in a carried file",
        })
    }
}

impl Display for AppCallback {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyVault => "key vault",
            Self::Observer => "observer",
            Self::Progress => "progress",
            Self::FrameObserver => "frame observer",
        })
    }
}

impl Display for DoorwayKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SameNetwork => "on the same network",
            Self::OwnRelay => "through a relay of the practice",
            Self::Public => "through public services",
        })
    }
}

impl Display for TurnedAway {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooMany => "too many at once",
            Self::UnknownDevice => "unknown device",
            Self::NotTheirs => "not their relationship",
            Self::Paused => "paused here",
            Self::NoTicket => "no ticket is open",
        })
    }
}

impl Display for MissedCall {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoWay => "no way to call it by",
            Self::Away => "no answer",
            Self::DoorClosed => "it does not let this device in",
        })
    }
}

impl Display for PairingStep {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TicketOpened => "ticket open",
            Self::TicketAnswered => "the ticket's device answered",
            Self::SomebodyCame => "somebody came with the ticket",
            Self::CodeShown => "code shown",
            Self::ConfirmedHere => "confirmed here",
        })
    }
}
