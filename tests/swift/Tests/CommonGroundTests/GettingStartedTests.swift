import CommonGroundKit
import Foundation
import Story
import Testing

@testable import GettingStarted

/// The program of `docs/how-to/ios.md`: what stands on the page is what is compiled here, and it does what it says.
@Suite("Getting started")
@MainActor
struct GettingStartedTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("the page shows the program that is compiled here", arguments: ["Diary.swift", "DiaryApp.swift"])
    func page(_ name: String) throws {
        let source = Places.checkout.appendingPathComponent("tests/swift/Sources/GettingStarted/\(name)")
        let program = try String(contentsOf: source, encoding: .utf8)
        #expect(try String(contentsOf: Places.howTo, encoding: .utf8).contains("```swift\n\(program)```\n"))
    }

    @Test("what was written stands in the list, is found, and is there again the next day")
    func journal() async throws {
        let vault = MemoryVault()
        let diary = Diary()
        try await diary.open(folder.url, vault: vault, name: "Mara")
        let following = Task { try await diary.followJournal() }
        try await diary.write("Walked along the river. 🌊")
        try await until { !diary.entries.isEmpty }
        #expect(diary.entries.map(\.opening) == ["Walked along the river. 🌊"])
        #expect(try await diary.search("river").count == 1)
        await diary.close()
        try await following.value

        let again = Diary()
        try await again.open(folder.url, vault: vault, name: "Mara")
        #expect(try await again.search("river").count == 1)
        await again.close()
    }

    @Test("two diaries pair, and a goal that one proposes is agreed by both")
    func plan() async throws {
        let (mara, sam) = (Diary(reach: .thisMachine), Diary(reach: .thisMachine))
        try await mara.open(folder.url.appendingPathComponent("mara"), vault: MemoryVault(), name: "Mara")
        let therapist = try await Device(.therapist, "Dr. Okafor")
        await therapist.home.close()
        try await sam.open(therapist.folder.url, vault: therapist.vault, name: "unused")

        let (tickets, ticket) = AsyncStream<String>.makeStream()
        let offering = Task {
            try await mara.pair(showTicket: { ticket.yield($0) }, confirm: { $0.count == 4 })
        }
        for await text in tickets {
            try await sam.pair(with: text, confirm: { $0.count == 4 })
            break
        }
        try await offering.value
        let relationship = try #require(mara.people.first?.id)
        #expect(sam.people.map(\.id) == [relationship])

        try await mara.propose("Sleep through", why: "Tired days", to: relationship)
        let following = Task { try await sam.followGoals(of: relationship) }
        async let there: Void = sam.exchange(with: relationship)
        try await mara.exchange(with: relationship)
        try await there
        try await until { !sam.goals.isEmpty }
        for diary in [mara, sam] {
            let goal = try #require(try await diary.goal(sam.goals[0].id, in: relationship))
            try await diary.agree(to: goal, in: relationship)
        }
        try await until { if case .agreed = sam.goals.first?.standing { true } else { false } }
        await mara.close()
        await sam.close()
        try await following.value
    }

    private func until(_ isTrue: @MainActor () -> Bool) async throws {
        let patience = ContinuousClock.now + .seconds(60)
        while !isTrue() {
            guard ContinuousClock.now < patience else { throw WaitedTooLong() }
            await Task.yield()
        }
    }
}
