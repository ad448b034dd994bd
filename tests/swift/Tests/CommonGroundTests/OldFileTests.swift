import CommonGroundKit
import Foundation
import Story
import Testing

/// Folders that every version has left behind, opened by this one.
@Suite("Files of earlier versions")
struct OldFileTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("plans of every level open, show what they showed, and are written on")
    func plans() async throws {
        for level in try Fixtures.planLevels() {
            let place = folder.url.appendingPathComponent(level)
            let home = try await Home.open(place, vault: Fixtures.plans(level, to: place))
            let people = try await home.ask { try $0.relationships() }
            #expect(people.map(\.other.displayName).sorted() == ["five years", "plain", "with choices"])
            for person in people {
                let then = try Fixtures.shown(level, of: person.other.displayName)
                let goals = try await home.plan(person.id) { try $0.goals(archived: true) }
                let shown = try #require(then["goals"] as? [[String: Any]])
                #expect(goals.map(\.title) == shown.map(Self.title))
                #expect(try await home.plan(person.id) { try $0.version().rawValue } == then["version"] as? String)

                let goal = try #require(try await home.plan(person.id) { try $0.goals().first }).id
                let ratings = try await home.plan(person.id) { plan in
                    let before = try plan.goal(id: goal).ratings.count
                    _ = try plan.rate(goal: goal, rating: NewRating(value: 7))
                    return try plan.goal(id: goal).ratings.count - before
                }
                #expect(ratings == 1)
            }
            await home.close()
        }
    }

    @Test("a diary of before entries could hold more than text opens whole")
    func diaryOfSchema2() async throws {
        let place = folder.url.appendingPathComponent("old")
        let vault = MemoryVault()
        try Fixtures.put("private-2", in: place, vault)
        // It lay in a folder without a shared file, as a making that was cut off leaves it: it is taken up.
        let home = try await Home.create(place, vault: vault, profile: NewProfile(role: .client, displayName: "Mara"))
        let openings = try await home.journal { try $0.entries(limit: 10).entries.map(\.opening) }
        #expect(
            openings == [
                "昨天晚上我很高兴。", "Ein Wort über den Garten: Schnecken.", "Slept six hours. The list by the bed helps.",
            ])
        let hits = try await home.journal {
            try $0.search(query: "高兴", filter: EntryFilter(), order: .newest, limit: 10).hits.count
        }
        #expect(hits == 1)
        await home.close()
    }

    /// Small plans were written down whole, large ones in outline.
    private static func title(_ shown: [String: Any]) -> String? {
        let goal = shown["goal"] as? [String: Any]
        let summary = goal?["summary"] as? [String: Any] ?? goal
        return summary?["title"] as? String
    }
}
