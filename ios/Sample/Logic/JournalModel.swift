import CommonGroundKit
import Observation

/// The journal's screen: the newest entries, or those that match.
@MainActor
@Observable
public final class JournalModel {
    /// What the list shows.
    public private(set) var entries: [EntrySummary] = []
    /// Whether the list was read: before, an empty one says nothing.
    public private(set) var isFollowing = false
    private let home: Home
    nonisolated private static let page: UInt32 = 50

    /// Of an open profile.
    public init(_ home: Home) {
        self.home = home
    }

    /// Keeps the list up to date for as long as the task lives. Begin it anew for other words; with none, everything is
    /// shown.
    public func follow(_ words: String) async throws {
        let entries = home.live(where: \.isOfJournal) { ground in
            let journal = ground.journal()
            if words.allSatisfy(\.isWhitespace) { return try journal.entries(limit: Self.page).entries }
            let found = try journal.search(query: words, filter: EntryFilter(), order: .bestMatch, limit: Self.page)
            return found.hits.map(\.entry)
        }
        for try await now in entries {
            self.entries = now
            isFollowing = true
        }
    }

    /// When this returns, the entry is safe, also from a power loss.
    public func write(_ text: String) async throws {
        _ = try await home.journal { try $0.add(entry: NewEntry(text: text)) }
    }

    /// Puts an entry into the bin, where it stays for 30 days.
    public func throwAway(_ entry: EntryId) async throws {
        try await home.journal { try $0.bin(id: entry) }
    }
}
