import CommonGroundKit
import Foundation
import Observation

/// A person's diary and their plans, as screens show them.
@MainActor
@Observable
final class Diary {
    private(set) var entries: [EntrySummary] = []
    private(set) var people: [Relationship] = []
    private(set) var goals: [GoalSummary] = []
    private var home: Home?
    private let reach: Reach

    /// `.thisMachine` is for trying two of them on one machine.
    init(reach: Reach = .asChosen) {
        self.reach = reach
    }

    /// Opens the diary, or makes it the first time.
    func open(_ folder: URL, vault: any KeyVault, name: String) async throws {
        do {
            home = try await Home.open(folder, vault: vault)
        } catch CommonGroundError.NoProfile {
            let profile = NewProfile(role: .client, displayName: name)
            home = try await Home.create(folder, vault: vault, profile: profile)
        }
    }

    /// Closes it; the folder is free after that.
    func close() async {
        await home?.close()
        home = nil
    }

    // The journal: nobody else's.

    /// Keeps the list of entries up to date for as long as the screen is there.
    func followJournal() async throws {
        guard let home else { return }
        for try await page in home.live(where: \.isOfJournal, { try $0.journal().entries(limit: 50) }) {
            entries = page.entries
        }
    }

    /// When this returns, the entry is safe, also from a power loss.
    func write(_ text: String) async throws {
        _ = try await home?.journal { try $0.add(entry: NewEntry(text: text)) }
    }

    func search(_ words: String) async throws -> [SearchHit] {
        try await home?.journal {
            try $0.search(query: words, filter: EntryFilter(), order: .bestMatch, limit: 20).hits
        } ?? []
    }

    // The plan: both people's.

    /// Shows the ticket, as a picture or a text, and waits until the other device has read it. Both people then compare
    /// the four words: only if they are the same on both screens, `confirm` it.
    func pair(showTicket: (String) -> Void, confirm: ([String]) async -> Bool) async throws {
        guard let home else { return }
        let link = try await online(home)
        let pairing = try await link.offerPairing(way: .sameNetwork)
        showTicket(pairing.ticket()?.text ?? "")
        try await finish(pairing, confirm)
    }

    /// The other side of it: takes the ticket that the other device shows.
    func pair(with ticket: String, confirm: ([String]) async -> Bool) async throws {
        guard let home else { return }
        try await finish(try await online(home).redeem(ticket: ticket), confirm)
    }

    func propose(_ title: String, why: String, to relationship: RelationshipId) async throws {
        _ = try await home?.plan(relationship) { try $0.proposeGoal(goal: NewGoal(title: title, why: why)) }
    }

    /// Agrees to the wording that the screen showed; if it was changed meanwhile, this throws `Changed`.
    func agree(to goal: Goal, in relationship: RelationshipId) async throws {
        _ = try await home?.plan(relationship) { try $0.agree(goal: goal.summary.id, shown: goal.digest) }
    }

    func goal(_ id: GoalId, in relationship: RelationshipId) async throws -> Goal? {
        try await home?.plan(relationship) { try $0.goal(id: id) }
    }

    /// Keeps the goals up to date, whoever of the two changes them.
    func followGoals(of relationship: RelationshipId) async throws {
        guard let home else { return }
        let goals = home.live(where: { $0.isOfPlan(relationship) }) { try $0.plan(relationship: relationship).goals() }
        for try await now in goals { self.goals = now }
    }

    /// Brings the plan up to date with the other device, if that is there within half a minute.
    func exchange(with relationship: RelationshipId) async throws {
        guard let home else { return }
        _ = try await online(home).exchange(relationship: relationship, patienceSeconds: 30)
    }

    private func online(_ home: Home) async throws -> Link {
        if let link = home.link { return link }
        return try await home.goOnline(reach)
    }

    private func finish(_ pairing: Pairing, _ confirm: ([String]) async -> Bool) async throws {
        let code = try await pairing.codeUnlessCancelled()
        guard await confirm(code.words) else { return await pairing.decline() }
        _ = try await pairing.confirmUnlessCancelled(how: .compared(readTerms: termsVersion()))
        people = try await home?.ask { try $0.relationships() } ?? []
    }
}
