import CommonGroundKit
import Foundation
import Story
import Testing

/// Calls that take long: they tell how far they are, and end with the task that waits for them.
@Suite("Long calls")
struct LongCallTests {
    let device: Device
    var home: Home { device.home }

    init() async throws {
        device = try await Device(.client, "Mara")
    }

    @Test("an import tells how far it is, in order, up to its end")
    func progress() async throws {
        let file = try device.folder.dayOneExport(days: 3)
        let (told, telling) = AsyncStream<[UInt64?]>.makeStream()
        let report = try await home.long(onProgress: { done, total in telling.yield([done, total]) }) { ground, progress in
            try ground.journal().import(source: file, options: ImportOptions(), progress: progress)
        }
        telling.finish()
        #expect(report.added == 3)
        let steps = await told.reduce(into: []) { $0.append($1) }
        #expect(steps.last == [3, 3])
        #expect(steps.compactMap { $0[0] } == steps.compactMap { $0[0] }.sorted())

        let again = try await home.journal { try $0.import(source: file, options: ImportOptions()) }
        #expect(again.alreadyHere == 3)
        #expect(try await home.journal { try $0.count() } == 3)
    }

    @Test("an import ends with the task that waits for it, and leaves no trace")
    func cancelledTask() async throws {
        let file = try device.folder.dayOneExport(days: 500)
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let hold = DispatchSemaphore(value: 0)
        let importing = Task {
            try await home.long(onProgress: { _, _ in
                begin.yield()
                hold.wait()
            }) { ground, progress in
                try ground.journal().import(source: file, options: ImportOptions(), progress: progress)
            }
        }
        // It is in the middle, and waits for us.
        for await _ in begun { break }
        importing.cancel()
        for _ in 0..<10_000 { hold.signal() }
        await #expect(throws: CancellationError.self) { try await importing.value }
        #expect(try await home.journal { try $0.count() } == 0)
    }

    @Test("a task that was cancelled before begins nothing")
    func cancelledBefore() async throws {
        let work = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await home.journal { try $0.add(entry: NewEntry(text: "Never written.")) }
        }
        await #expect(throws: CancellationError.self) { try await work.value }
        #expect(try await home.journal { try $0.count() } == 0)
    }

    @Test("a listener that answers false or throws cancels, and nothing of its words comes back")
    func listeners() async throws {
        let file = try device.folder.dayOneExport(days: 3)
        await #expect(throws: CommonGroundError.Cancelled) {
            try await home.journal {
                try $0.import(source: file, options: ImportOptions(), progress: Listening { false })
            }
        }
        do {
            _ = try await home.journal {
                try $0.import(
                    source: file, options: ImportOptions(), progress: Listening { throw Surprise(secret: "my words") })
            }
            Issue.record("it went on")
        } catch let error as CommonGroundError {
            #expect(!"\(error)".contains("my words"))
        }
        #expect(try await home.journal { try $0.count() } == 0)
    }

    @Test("an import that cannot be read says where, without a word of it, and imports nothing")
    func unreadable() async throws {
        let file = try device.folder.write(
            #"""
            {"entries":[{"uuid":"00000000000000000000000000000001","creationDate":"2024-03-01T08:00:00Z","text":"Fine"},
            {"uuid":"00000000000000000000000000000002","creationDate":"last tuesday","text":"Secret words"}]}
            """#, to: "broken.json")
        do {
            _ = try await home.journal { try $0.import(source: file, options: ImportOptions()) }
            Issue.record("it was read")
        } catch CommonGroundError.Import(let entry, _, let field, let problem) {
            #expect(entry == 2)
            #expect(field == "creationDate")
            #expect(!problem.contains("Secret"))
        }
        #expect(try await home.journal { try $0.count() } == 0)
    }

    @Test("a backup comes back on another device, without a home to open it from")
    func backup() async throws {
        try await home.journal { _ = try $0.add(entry: NewEntry(text: "Kept. 🌱")) }
        let file = device.folder.path("mara.backup")
        let words = "correct horse battery staple plum"
        _ = try await home.long { ground, progress in
            try ground.makeBackup(file: file, key: .passphrase(passphrase: words), progress: progress)
        }
        let (folder, vault) = (try TemporaryFolder(), MemoryVault())
        let place = folder.url.appendingPathComponent("again")
        let report = try await longCall { progress in
            try restoreBackup(
                file: file, secret: .passphrase(passphrase: words), folder: place.path, vault: vault, progress: progress)
        }
        #expect(report.displayName == "Mara")
        let again = try await Home.open(place, vault: vault)
        #expect(try await again.journal { try $0.entries(limit: 1).entries.map(\.opening) } == ["Kept. 🌱"])
        await again.close()
    }
}

/// Hears of progress and answers what it is told to.
final class Listening: ProgressListener {
    private let answer: @Sendable () throws -> Bool

    init(_ answer: @escaping @Sendable () throws -> Bool) {
        self.answer = answer
    }

    func onProgress(done: UInt64, total: UInt64?) throws -> Bool {
        try answer()
    }
}
