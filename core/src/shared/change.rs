//! What one can be told of.

use crate::id::{EntryId, GoalId, ParcelId, RelationshipId, TaskId};

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Change {
    /// Entries of the journal.
    Journal {
        /// Which.
        entries: Vec<EntryId>,
    },
    /// Rules by which to remind, or appointments: ask for the next times again.
    Reminders,
    /// Goals of a plan, or what belongs to them (tasks, ratings, agreements). Each change of the plan is told
    /// once, with all that it touched; what was written anew, with all that looks different since.
    Plan {
        /// Whose plan.
        relationship: RelationshipId,
        /// Which goals.
        goals: Vec<GoalId>,
        /// Which tasks; their goals are among the goals.
        tasks: Vec<TaskId>,
        /// Whether it came from the other device.
        by_other: bool,
    },
    /// Excerpts, comments, or what became of them: handed over, arrived, opened, taken back, deleted.
    Parcels {
        /// In which relationship.
        relationship: RelationshipId,
        /// Which.
        parcels: Vec<ParcelId>,
        /// Whether it came from the other device.
        by_other: bool,
    },
    /// What the other person is doing right now, while both are together.
    Presence {
        /// In which relationship.
        relationship: RelationshipId,
    },
    /// A relationship was made or changed.
    Relationship {
        /// Which.
        relationship: RelationshipId,
    },
    /// The other person has another device now, which took the place of the former one.
    NewDevice {
        /// Whose.
        relationship: RelationshipId,
    },
    /// This profile goes on on another device: this one is no longer let in by others.
    Replaced,
    /// The link to the other device.
    Link {
        /// Whose device.
        relationship: RelationshipId,
        /// How it stands now.
        state: LinkState,
    },
    /// An exchange that is catching up has got further.
    Progress {
        /// With whose device.
        relationship: RelationshipId,
    },
    /// The other device did not take changes of this one, rightly: they are kept aside, and what else was written
    /// here was written again.
    TurnedAway {
        /// By whose device.
        relationship: RelationshipId,
        /// How many changes.
        changes: u32,
    },
    /// Something that arrived was refused and set aside; the rest goes on.
    Refused {
        /// From whose device.
        relationship: RelationshipId,
        /// How many changes.
        changes: u32,
    },
}

/// How the link to the other device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// No connection.
    Apart,
    /// Connected, catching up.
    CatchingUp,
    /// Connected and level: edits appear there at once.
    InStep,
}
