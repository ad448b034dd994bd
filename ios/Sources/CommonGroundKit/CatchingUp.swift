/// What became of one exchange while the app caught up.
public enum CaughtUp: Sendable {
    /// What the exchange brought.
    case exchanged(ExchangeReport)
    /// Why there was none: most often ``CommonGroundError/Unreachable``, because the other device is not there.
    case failed(any Error)
}

extension Home {
    /// Exchanges with everybody there is something to share with, each for at most `patience` seconds, all at the same
    /// time. The journal may be locked: only the shared file takes part. The home is online for as long as this takes, or
    /// stays online where it was.
    ///
    /// For a background task. When the task is cancelled (the system's time is over), the exchanges end, what was accepted
    /// before stays, and `CancellationError` is thrown. Otherwise it throws what going online throws; what became of each
    /// relationship is in the answer.
    public func catchUp(reach: Reach = .asChosen, patience: UInt32 = 20) async throws -> [RelationshipId: CaughtUp] {
        let shared = try await ask { try $0.relationships().filter(\.hasSomethingToSay).map(\.id) }
        guard !shared.isEmpty else { return [:] }
        let before = link
        let link = if let before { before } else { try await goOnline(reach) }
        let isOnlyForThis = before == nil
        let caughtUp = await withTaskCancellationHandler {
            await Self.exchange(shared, over: link, patience: patience)
        } onCancel: {
            // The generator's calls take no notice of a cancelled task: without its link an exchange ends.
            if isOnlyForThis { Task { await self.goOffline() } }
        }
        if isOnlyForThis { await goOffline() }
        try Task.checkCancellation()
        return caughtUp
    }

    private static func exchange(
        _ relationships: [RelationshipId], over link: Link, patience: UInt32
    ) async -> [RelationshipId: CaughtUp] {
        await withTaskGroup(of: (RelationshipId, CaughtUp).self) { group in
            for relationship in relationships {
                group.addTask {
                    do {
                        let report = try await link.exchange(relationship: relationship, patienceSeconds: patience)
                        return (relationship, .exchanged(report))
                    } catch {
                        return (relationship, .failed(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}

extension Relationship {
    /// Whether an exchange can bring anything: not while it is paused, and when it is over only until the other knows.
    var hasSomethingToSay: Bool {
        pausedAt == nil && (ended == nil || waitingToGo > 0)
    }
}
