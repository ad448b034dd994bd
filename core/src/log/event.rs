//! What there is to tell developers.
//!
//! The promise that no user's words are in it is kept by the types: a field is a number, a duration, an enum of ours, the
//! id of a relationship, or a [`SourceText`], which is a text of this source code. No field is a text from anywhere else.

use std::fmt;
use std::time::Duration;

use super::{Failure, LogLevel, LogLine};
use crate::Error;
use crate::clock::{RealWorld, Surroundings as _};
use crate::error::FileKind;
use crate::exchange::Refusal;
use crate::id::RelationshipId;
use crate::link::Reach;
use crate::shared::LinkState;

/// A text that stands in the source code of the core: it can only be made of one, so it holds nobody's words. It crosses
/// the border as a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceText(&'static str);

impl SourceText {
    /// Of a text in the source code.
    pub(crate) const fn of(text: &'static str) -> Self {
        Self(text)
    }
}

impl fmt::Display for SourceText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

uniffi::custom_type!(SourceText, String, {
    lower: |place| place.0.to_owned(),
    // It goes out and never comes in.
    try_lift: |_given| Err(Error::malformed("event", "an event of the core's own").into()),
});

/// Something that happened in the core, for developers. It holds numbers, durations, enums, ids of relationships and
/// texts of the core's own source code, never what a person wrote or named: no titles, no names, no files, no addresses.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum LogEvent {
    /// A new profile was made.
    Created,
    /// A home was opened.
    Opened {
        /// How long it took.
        took: Duration,
    },
    /// A home was opened locked, for the exchange alone.
    OpenedLocked {
        /// How long it took.
        took: Duration,
    },
    /// A home could not be made or opened.
    OpeningFailed {
        /// Why.
        why: Failure,
    },
    /// A file of an earlier version was brought up to this one.
    Migrated {
        /// Which file.
        file: FileKind,
        /// The schema version it had.
        from: u32,
        /// The one it has now.
        to: u32,
        /// How long it took.
        took: Duration,
    },
    /// The journal was locked.
    Locked,
    /// The journal was unlocked.
    Unlocked {
        /// How long it took, the person's finger on the sensor included.
        took: Duration,
    },
    /// The journal could not be unlocked.
    UnlockingFailed {
        /// Why.
        why: Failure,
    },
    /// Both files were closed.
    Shut,
    /// Entries that had been in the bin for 30 days were erased.
    BinErased {
        /// How many.
        entries: u64,
    },
    /// Excerpts that had been taken back were overwritten.
    ExcerptsErased {
        /// How many.
        excerpts: u64,
    },
    /// What had been added to a plan piece by piece was folded into one.
    PlanCompacted {
        /// Whose plan.
        relationship: RelationshipId,
        /// Whether it worked; if not, it is tried again after as many more changes.
        worked: bool,
        /// How long it took.
        took: Duration,
    },
    /// A write took long, the waiting for its turn included.
    SlowWrite {
        /// To which file.
        file: FileKind,
        /// How long.
        took: Duration,
    },
    /// SQLite answered with an error that is not part of ordinary work.
    Sqlite {
        /// Its extended code, as in SQLite's documentation.
        code: i32,
    },
    /// A long call came to its end.
    Done {
        /// Which.
        call: LongCall,
        /// How long it took.
        took: Duration,
    },
    /// A long call was cancelled by the person.
    Cancelled {
        /// Which.
        call: LongCall,
        /// After how long.
        took: Duration,
    },
    /// A long call failed.
    Failed {
        /// Which.
        call: LongCall,
        /// After how long.
        took: Duration,
        /// Why.
        why: Failure,
    },
    /// A callback of the app failed.
    CallbackFailed {
        /// Which.
        callback: AppCallback,
        /// How.
        why: Failure,
    },
    /// A callback of the app panicked; only one written in Rust can.
    CallbackPanicked {
        /// Which.
        callback: AppCallback,
    },
    /// This device went online.
    Online {
        /// How far it reaches.
        reach: Reach,
        /// How long it took.
        took: Duration,
    },
    /// This device could not go online.
    GoingOnlineFailed {
        /// Why.
        why: Failure,
    },
    /// This device went offline.
    Offline,
    /// The app went to the background: nobody is called any more.
    Resting,
    /// The app is back.
    Awake,
    /// The network is another one, or may be.
    NetworkChanged,
    /// This device can be met in this way now.
    DoorwayOpened {
        /// Which way.
        kind: DoorwayKind,
    },
    /// This device could not open itself to this way.
    DoorwayFailed {
        /// Which way.
        kind: DoorwayKind,
        /// Why.
        why: Failure,
    },
    /// This device can no longer be met in this way.
    DoorwayClosed {
        /// Which way.
        kind: DoorwayKind,
    },
    /// Somebody called who was not let in.
    CallerTurnedAway {
        /// Why.
        why: TurnedAway,
    },
    /// The other device was called, in vain.
    CallMissed {
        /// Of which relationship.
        relationship: RelationshipId,
        /// Why.
        why: MissedCall,
    },
    /// The two devices are connected.
    Connected {
        /// In which relationship.
        relationship: RelationshipId,
        /// Whether this device has called.
        called_here: bool,
        /// Whether the other is reached at an address of its own, not through a relay alone.
        directly: bool,
    },
    /// The link to the other device stands differently now.
    Link {
        /// In which relationship.
        relationship: RelationshipId,
        /// How.
        state: LinkState,
    },
    /// An exchange with the other device came to its end.
    ExchangeEnded {
        /// In which relationship.
        relationship: RelationshipId,
        /// How long it went on.
        took: Duration,
        /// Changes that came.
        received: u64,
        /// Changes that went.
        sent: u64,
        /// Bytes that came.
        bytes_received: u64,
        /// Bytes that went.
        bytes_sent: u64,
        /// Why it ended before both were level, if something went wrong.
        why: Option<Failure>,
    },
    /// A rule of the protocol was broken, or a limit reached.
    RuleBroken {
        /// Which rule, in words of the core's source code.
        rule: SourceText,
    },
    /// A change of the other's was refused here.
    RefusedHere {
        /// In which relationship.
        relationship: RelationshipId,
        /// By which rule.
        rule: Refusal,
    },
    /// A change of this device's was refused by the other.
    RefusedThere {
        /// In which relationship.
        relationship: RelationshipId,
        /// By which rule, where this version knows it.
        rule: Option<Refusal>,
    },
    /// Notices of the other's were not believed.
    NoticesRefused {
        /// In which relationship.
        relationship: RelationshipId,
        /// How many.
        notices: u32,
    },
    /// Pairing has got further.
    Pairing {
        /// How far.
        step: PairingStep,
    },
    /// Pairing came about, as far as this device is concerned.
    Paired {
        /// The relationship.
        relationship: RelationshipId,
    },
    /// Pairing did not come about.
    PairingFailed {
        /// Why.
        why: Failure,
    },
    /// A mistake of ours.
    Mistake {
        /// The place in the core's source code.
        place: SourceText,
    },
    /// So much was told that these lines could not wait for the sink.
    LinesLost {
        /// How many.
        lines: u64,
    },
}

/// A call that may take long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum LongCall {
    /// Bringing entries in from another program.
    Import,
    /// Writing entries out for other programs.
    Export,
    /// Attaching a photo, a recording or a file.
    Attach,
    /// Reading an attachment, or saving one as a file.
    ReadAttachment,
    /// Making a backup.
    Backup,
    /// Reading a backup through.
    CheckBackup,
    /// Bringing a backup back.
    Restore,
    /// Erasing everything.
    Erase,
    /// Writing a file to carry over.
    CarryOut,
    /// Taking in a file that was carried over.
    CarryIn,
}

/// What the app has given to the core to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum AppCallback {
    /// The key vault.
    KeyVault,
    /// An observer of changes.
    Observer,
    /// Progress of a long call.
    Progress,
    /// An observer of frames.
    FrameObserver,
}

/// A way in which devices meet, without the address of anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum DoorwayKind {
    /// On the same network.
    SameNetwork,
    /// Through a relay of the practice's own.
    OwnRelay,
    /// Through public services.
    Public,
}

/// Why somebody who called was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum TurnedAway {
    /// Too many are being looked at already.
    TooMany,
    /// It is no device of anybody who has paired with this person.
    UnknownDevice,
    /// It called for a relationship that is not its person's.
    NotTheirs,
    /// The relationship is paused here.
    Paused,
    /// No ticket is open.
    NoTicket,
}

/// Why the other device was called in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum MissedCall {
    /// There is no way to call it by: no address is known, or no doorway is open.
    NoWay,
    /// Nobody answered in time.
    Away,
    /// It is there, and does not let this device in.
    DoorClosed,
}

/// How far a pairing has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum PairingStep {
    /// A ticket is open here.
    TicketOpened,
    /// The device of a ticket has answered.
    TicketAnswered,
    /// Somebody has come with the ticket that is open here.
    SomebodyCame,
    /// The code of words is on the screen.
    CodeShown,
    /// The person here has confirmed it.
    ConfirmedHere,
}

impl LogEvent {
    /// How important it is.
    #[must_use]
    pub fn level(&self) -> LogLevel {
        match self {
            Self::OpeningFailed { why } | Self::UnlockingFailed { why } => why.level(),
            Self::Sqlite { .. } | Self::Mistake { .. } => LogLevel::Error,
            Self::PlanCompacted { worked: false, .. }
            | Self::SlowWrite { .. }
            | Self::Failed { .. }
            | Self::CallbackFailed { .. }
            | Self::CallbackPanicked { .. }
            | Self::GoingOnlineFailed { .. }
            | Self::DoorwayFailed { .. }
            | Self::ExchangeEnded { why: Some(_), .. }
            | Self::RuleBroken { .. }
            | Self::RefusedHere { .. }
            | Self::RefusedThere { .. }
            | Self::NoticesRefused { .. }
            | Self::PairingFailed { .. }
            | Self::LinesLost { .. } => LogLevel::Warning,
            Self::Created
            | Self::Opened { .. }
            | Self::OpenedLocked { .. }
            | Self::Migrated { .. }
            | Self::Locked
            | Self::Unlocked { .. }
            | Self::Shut
            | Self::BinErased { .. }
            | Self::ExcerptsErased { .. }
            | Self::Done { .. }
            | Self::Cancelled { .. }
            | Self::Online { .. }
            | Self::Offline
            | Self::Connected { .. }
            | Self::Link { .. }
            | Self::ExchangeEnded { why: None, .. }
            | Self::Pairing { .. }
            | Self::Paired { .. } => LogLevel::Info,
            Self::PlanCompacted { worked: true, .. }
            | Self::Resting
            | Self::Awake
            | Self::NetworkChanged
            | Self::DoorwayOpened { .. }
            | Self::DoorwayClosed { .. }
            | Self::CallerTurnedAway { .. }
            | Self::CallMissed { .. } => LogLevel::Debug,
        }
    }

    /// The line that tells of it, of now.
    pub(super) fn into_line(self) -> LogLine {
        LogLine { at: RealWorld.now(), level: self.level(), text: self.to_string(), event: self }
    }
}
