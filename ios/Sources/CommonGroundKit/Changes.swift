// Which screens a change concerns, to be given to `Home.live(where:_:)`.
extension Change {
    /// Entries of the journal.
    public var isOfJournal: Bool {
        if case .journal = self { true } else { false }
    }

    /// Reminders or appointments.
    public var isOfReminders: Bool {
        if case .reminders = self { true } else { false }
    }

    /// The plan of a relationship: its goals, and what belongs to them.
    public func isOfPlan(_ relationship: RelationshipId) -> Bool {
        if case .plan(relationship, _, _, _) = self { true } else { false }
    }

    /// What is handed over in a relationship.
    public func isOfSharing(_ relationship: RelationshipId) -> Bool {
        if case .parcels(relationship, _, _) = self { true } else { false }
    }

    /// Who there is, and how the links to them stand.
    public var isOfRelationships: Bool {
        switch self {
        case .relationship, .newDevice, .replaced, .link: true
        default: false
        }
    }
}
