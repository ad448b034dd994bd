import CommonGroundKit
import Foundation
import SampleLogic
import Story
import Testing

/// What the sample's screens stand on.
@Suite("The sample")
@MainActor
struct SampleTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a person is welcomed once, and finds the diary there the next day, locked when they lock it")
    func stages() async throws {
        let vault = MemoryVault()
        let app = AppModel(folder: folder.url, vault: vault, reach: .thisMachine)
        await app.start()
        #expect(app.stage == .welcome)
        await app.begin(as: .client, named: "")
        #expect(app.stage == .welcome)
        #expect(app.trouble == .again)
        await app.begin(as: .client, named: "Mara")
        #expect(app.stage == .open)
        #expect(app.trouble == nil)
        await app.lock()
        #expect(app.stage == .locked)
        await app.unlock()
        #expect(app.stage == .open)
        await app.close()

        let again = AppModel(folder: folder.url, vault: vault, reach: .thisMachine)
        await again.start()
        #expect(again.stage == .open)
        await again.close()

        vault.keep(name: .private, key: Data(repeating: 1, count: 32))
        let stuck = AppModel(folder: folder.url, vault: vault, reach: .thisMachine)
        await stuck.start()
        #expect(stuck.stage == .stuck)
        let gone = AppModel(folder: folder.url, vault: vault, reach: .thisMachine, keyIsGone: { true })
        await gone.start()
        #expect(gone.stage == .stuck)
        #expect(gone.trouble == .keyGone)
    }

    @Test("an app that the system starts in the background asks nobody, and is unlocked when the person comes")
    func background() async throws {
        let vault = MemoryVault()
        let app = AppModel(folder: folder.url, vault: vault, reach: .thisMachine)
        await app.catchUp()
        #expect(app.home == nil)
        await app.begin(as: .client, named: "Mara")
        await app.close()

        let nobody = VaultOfNobody(vault)
        let behind = AppModel(folder: folder.url, vault: nobody, reach: .thisMachine)
        await behind.catchUp()
        #expect(nobody.asked.all == [.shared])
        #expect(behind.stage == .starting)
        #expect(try await #require(behind.home).ask { $0.isLocked() })
        await behind.close()

        // Both at once: the folder is opened once, and in the end the journal is open and the home online.
        let both = AppModel(folder: folder.url, vault: vault, reach: .thisMachine)
        async let exchange: Void = both.catchUp()
        await both.start()
        await exchange
        #expect(both.stage == .open)
        #expect(try await #require(both.home).journal { try $0.count() } == 0)
        #expect(both.home?.link != nil)
        await both.close()
    }

    @Test("what is written stands in the list, is found, and is thrown away")
    func journal() async throws {
        let app = AppModel(folder: folder.url, vault: MemoryVault(), reach: .thisMachine)
        await app.begin(as: .client, named: "Mara")
        let journal = JournalModel(try #require(app.home))
        let everything = Task { try await journal.follow("") }
        try await journal.write("Walked along the river.")
        try await journal.write("Slept badly.")
        try await until { journal.entries.count == 2 }
        everything.cancel()
        try await everything.value

        let found = Task { try await journal.follow("river") }
        try await until { journal.entries.map(\.opening) == ["Walked along the river."] }
        try await journal.throwAway(journal.entries[0].id)
        try await until { journal.entries.isEmpty }
        await app.close()
        try await found.value
    }

    @Test("two people pair, propose, agree and see how it stands")
    func plan() async throws {
        let apps = ["mara", "doctor"].map {
            AppModel(folder: folder.url.appendingPathComponent($0), vault: MemoryVault(), reach: .thisMachine)
        }
        await apps[0].begin(as: .client, named: "Mara")
        await apps[1].begin(as: .therapist, named: "Dr. Okafor")
        let homes = try apps.map { try #require($0.home) }
        let pairings = homes.map(PairingModel.init)
        let offering = Task { try await pairings[0].offer() }
        try await until { if case .showing = pairings[0].step { true } else { false } }
        guard case .showing(let ticket) = pairings[0].step else { return }
        try await pairings[1].take(ticket)
        try await offering.value
        #expect(pairings[0].step == pairings[1].step)
        let confirming = Task { try await pairings[0].theyAreTheSame() }
        try await pairings[1].theyAreTheSame()
        try await confirming.value
        #expect(pairings.map(\.step) == [.paired, .paired])

        let people = PeopleModel(homes[0])
        let knowing = Task { try await people.follow() }
        try await until { people.people.map(\.other.displayName) == ["Dr. Okafor"] }
        let plans = homes.map { PlanModel($0, people.people[0].id) }
        let following = plans.map { plan in Task { try await plan.follow() } }
        try await plans[0].propose("Sleep through", why: "Tired days")
        let exchanging = Task { try await plans[0].exchange() }
        try await plans[1].exchange()
        try await exchanging.value
        try await until { plans[1].goals.map(\.standing) == [.proposed] }
        #expect(plans[1].goals[0].canAgree)
        try await plans[1].agree(to: plans[1].goals[0])
        try await until { plans[1].goals.map(\.standing) == [.youAgreed] && !plans[1].goals[0].canAgree }
        try await plans[0].agree(to: plans[0].goals[0])
        try await until { if case .agreed = plans[1].goals[0].standing { true } else { false } }
        for app in apps { await app.close() }
        for one in following { try await one.value }
        try await knowing.value
    }

    @Test("a ticket that is none is told, and pairing can begin anew")
    func wrongTicket() async throws {
        let app = AppModel(folder: folder.url, vault: MemoryVault(), reach: .thisMachine)
        await app.begin(as: .client, named: "Mara")
        let pairing = PairingModel(try #require(app.home))
        await app.attempt { try await pairing.take("nonsense") }
        #expect(app.trouble == .pairing)
        #expect(pairing.step == .notBegun)

        // Whoever leaves the screen gives up, and nobody is told of trouble.
        let offering = Task { await app.attempt { try await pairing.offer() } }
        try await until { pairing.step != .notBegun }
        offering.cancel()
        await offering.value
        #expect(pairing.step == .notBegun)
        #expect(app.trouble == nil)
        await app.close()
    }

    @Test("every text of the screens is in the catalogue, in English and in German, and none is there for nothing")
    func texts() throws {
        let sample = Places.ios.appendingPathComponent("Sample")
        let file = try Data(contentsOf: sample.appendingPathComponent("App/Localizable.xcstrings"))
        let catalogue = try #require(try JSONSerialization.jsonObject(with: file) as? [String: Any])
        let strings = try #require(catalogue["strings"] as? [String: [String: Any]])
        for (key, entry) in strings {
            let languages = try #require(entry["localizations"] as? [String: Any], "\(key)")
            #expect(Set(languages.keys) == ["en", "de"], "\(key)")
        }
        var used = Set(Trouble.allCases.map(\.rawValue))
        for name in try FileManager.default.contentsOfDirectory(atPath: sample.appendingPathComponent("App").path)
        where name.hasSuffix(".swift") {
            let source = try String(contentsOf: sample.appendingPathComponent("App/\(name)"), encoding: .utf8)
                .replacing(/systemImage: ".*?"/, with: "")
            // What is put in stands in the key as `%@`.
            for match in source.matches(of: /"([a-z]+(?:_[a-z]+)*)( \\\(.*?\))?"/) {
                used.insert(String(match.1) + (match.2 == nil ? "" : " %@"))
            }
        }
        #expect(Set(strings.keys) == used)
    }

    private func until(_ isTrue: @MainActor () -> Bool) async throws {
        let patience = ContinuousClock.now + .seconds(60)
        while !isTrue() {
            guard ContinuousClock.now < patience else { throw WaitedTooLong() }
            await Task.yield()
        }
    }
}
