// Ids are opaque: keep them, compare them, hand them back. `rawValue` is for what outlives a screen (a saved state, a
// route); a text that is no id of that kind is answered with `CommonGroundError.Invalid` by the call that gets it.

/// What all ids have in common.
public protocol OpaqueId: RawRepresentable, Hashable, Codable, Sendable, CustomStringConvertible where RawValue == String {
    init(rawValue: String)
}

extension OpaqueId {
    /// The id that was kept as this text.
    public init(_ rawValue: String) {
        self.init(rawValue: rawValue)
    }

    /// The id as it can be kept: `rawValue`.
    public var description: String { rawValue }
}

/// An appointment, or a weekly rhythm of them.
public struct AppointmentId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A photo, a recording or a file: the SHA-256 of its content, so that the same content has the same id.
public struct AttachmentId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A judgement on a goal's scale.
public struct AttainmentId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// What a person is writing and has not saved as an entry yet.
public struct DraftId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A journal entry.
public struct EntryId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A goal of a plan.
public struct GoalId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One line in a task's log.
public struct LogId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// An excerpt that was handed over, or a comment on one.
public struct ParcelId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A person. Random, made with the profile, and not a key: keys succeed one another, the id stays.
public struct PersonId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// How far a plan had come when a screen showed it. An edit carries it, so that it is compared with what was seen.
public struct PlanVersion: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// What a person has looked at before they hand it over: the SHA-256 of what would go.
public struct PreviewDigest: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A rating of a goal.
public struct RatingId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One client and one therapist who have paired.
public struct RelationshipId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A rule by which a person wants to be reminded.
public struct ReminderId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One saved version of a journal entry.
public struct RevisionId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A signed statement.
public struct StatementId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A graded step of a goal.
public struct StepId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A strategy that is tried for a goal.
public struct StrategyId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A task of a plan.
public struct TaskId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A coping tool that a person has collected.
public struct ToolId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// One use of a coping tool.
public struct ToolUseId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A try of a graded step.
public struct TryId: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// The digest of one exact wording: what agreeing signs.
public struct WordingDigest: OpaqueId {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}
