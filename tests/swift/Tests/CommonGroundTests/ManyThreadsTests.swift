import CommonGroundKit
import Foundation
import Story
import Testing

/// One home, used from everywhere at once.
@Suite("Many threads")
struct ManyThreadsTests {
    let device: Device
    var home: Home { device.home }

    init() async throws {
        device = try await Device(.client, "Mara")
    }

    @Test("eight threads with two thousand operations each, begun together, lose nothing")
    func eightThreads() async throws {
        let (threads, operations) = (8, 2_000)
        let failures = Kept<String>()
        let written = Kept<EntryId>()
        let heard = Kept<EntryId>()
        let listening = Task { [changes = home.changes] in
            for await case .journal(let entries) in changes { for entry in entries { heard.add(entry) } }
        }
        // The core's own objects, from threads of our own: nothing between them that would put them in a row.
        let journal = try await home.ask { $0.journal() }
        let barrier = Barrier(threads)
        await onThreads(threads) { thread in
            barrier.wait()
            for number in 0..<operations {
                do {
                    switch number % 10 {
                    case 0:
                        written.add(try journal.add(entry: NewEntry(text: "Thread \(thread), entry \(number). 🧵")).id)
                    case 1...3:
                        _ = try journal.search(query: "thread", filter: EntryFilter(), order: .newest, limit: 5)
                    case 4...6:
                        if let id = written.all.last { _ = try journal.entry(id: id) }
                    default:
                        _ = try journal.entries(limit: 20)
                    }
                } catch {
                    failures.add("\(error)")
                }
            }
        }
        #expect(failures.all.isEmpty)
        #expect(written.all.count == threads * operations / 10)
        #expect(Set(written.all).count == written.all.count)
        #expect(try await home.journal { try $0.count() } == UInt64(written.all.count))
        await home.close()
        await listening.value
        #expect(Set(heard.all) == Set(written.all))
    }

    @Test("objects in use while the home is closed end or say so, and nothing that was acknowledged is lost")
    func closedInUse() async throws {
        let acknowledged = Kept<EntryId>()
        let surprises = Kept<String>()
        let journal = try await home.ask { $0.journal() }
        let (enough, isEnough) = AsyncStream<Void>.makeStream()
        async let closing: Void = {
            for await _ in enough { break }
            await home.close()
        }()
        await onThreads(4) { _ in
            while true {
                do {
                    acknowledged.add(try journal.add(entry: NewEntry(text: "Until the end.")).id)
                    if acknowledged.all.count > 40 { isEnough.yield() }
                } catch CommonGroundError.Locked, CommonGroundError.Closed {
                    return
                } catch {
                    surprises.add("\(error)")
                    return
                }
            }
        }
        await closing
        #expect(surprises.all.isEmpty)
        #expect(throws: CommonGroundError.self) { try journal.count() }
        await #expect(throws: CommonGroundError.Closed) { try await home.journal { try $0.count() } }
        await home.close()

        let again = try await Home.open(device.folder.url, vault: device.vault)
        #expect(try await again.journal { try $0.count() } == UInt64(acknowledged.all.count))
        await again.close()
    }

    @Test("many tasks at once neither stop one another nor the ones that read")
    func manyTasks() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...200 {
                group.addTask { [home] in
                    _ = try await home.journal { try $0.add(entry: NewEntry(text: "Task \(number)")) }
                    _ = try await home.journal { try $0.entries(limit: 10) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await home.journal { try $0.count() } == 200)
    }

    /// Runs `work` on so many threads of its own and waits for all.
    private func onThreads(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask {
                    await withCheckedContinuation { done in
                        Thread.detachNewThread {
                            work(number)
                            done.resume()
                        }
                    }
                }
            }
        }
    }
}

/// Lets so many threads begin at the same moment.
private final class Barrier: @unchecked Sendable {
    private let condition = NSCondition()
    private var missing: Int

    init(_ count: Int) {
        missing = count
    }

    func wait() {
        condition.lock()
        defer { condition.unlock() }
        missing -= 1
        if missing == 0 { condition.broadcast() }
        while missing > 0 { condition.wait() }
    }
}
