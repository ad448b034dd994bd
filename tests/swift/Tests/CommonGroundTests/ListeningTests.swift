import CommonGroundKit
import Foundation
import Story
import Testing

/// What changes reaches the screens, and nobody who does not listen any more.
@Suite("Listening")
struct ListeningTests {
    let device: Device
    var home: Home { device.home }

    init() async throws {
        device = try await Device(.client, "Mara")
    }

    @Test("changes come as ids, in order, to everyone who listens, and a slow one loses nothing")
    func changes() async throws {
        let (quick, slow) = (home.changes, home.changes)
        let ids = try await home.journal { journal in
            try (1...200).map { try journal.add(entry: NewEntry(text: "Entry \($0)")).id }
        }
        let expected = ids.map { Change.journal(entries: [$0]) }
        await home.close()
        #expect(await quick.reduce(into: []) { $0.append($1) } == expected)
        #expect(await slow.reduce(into: []) { $0.append($1) } == expected)
    }

    @Test("a stream that nobody reads any more ends its subscription")
    func leaving() async throws {
        let heard = Kept<Change>()
        let listening = Task { [home] in
            for await change in home.changes { heard.add(change) }
        }
        try await withPatience { [home] in
            while heard.all.isEmpty {
                _ = try await home.journal { try $0.add(entry: NewEntry(text: "Told.")) }
            }
        }
        listening.cancel()
        await listening.value
        let before = heard.all.count
        _ = try await home.journal { try $0.add(entry: NewEntry(text: "Not told.")) }
        #expect(heard.all.count == before)
    }

    @Test("a live reading that nobody holds any more is let go of, with all that it held")
    func dropped() async throws {
        final class Screen: Sendable {}
        weak var screen: Screen?
        do {
            let here = Screen()
            screen = here
            var reading = home.live(where: { _ in here === here }, { try $0.journal().count() }).makeAsyncIterator()
            #expect(try await reading.next() == 0)
            _ = home.live(where: { _ in here === here }, { try $0.journal().count() })
        }
        let patience = ContinuousClock.now + .seconds(60)
        while screen != nil {
            guard ContinuousClock.now < patience else { throw WaitedTooLong() }
            await Task.yield()
        }
    }

    @Test("an observer of one's own that throws harms nothing, and one that left hears nothing")
    func observers() async throws {
        let heard = Kept<Change>()
        let entry = try await home.ask { ground in
            let angry = ground.subscribe(observer: Observing { _ in throw Surprise(secret: "not in the mood") })
            let quiet = ground.subscribe(observer: Observing { heard.add($0) })
            let entry = try ground.journal().add(entry: NewEntry(text: "Told."))
            angry.end()
            quiet.end()
            _ = try ground.journal().add(entry: NewEntry(text: "Not told."))
            return entry
        }
        #expect(heard.all == [.journal(entries: [entry.id])])
        #expect(try await home.journal { try $0.count() } == 2)
    }

    @Test("a live reading answers at once, and again after each change that matters")
    func live() async throws {
        let counts = home.live(where: \.isOfJournal, { try $0.journal().count() })
        var iterator = counts.makeAsyncIterator()
        #expect(try await iterator.next() == 0)
        for expected in 1...3 as ClosedRange<UInt64> {
            _ = try await home.journal { try $0.add(entry: NewEntry(text: "Another.")) }
            #expect(try await iterator.next() == expected)
        }
    }

    @Test("what does not matter is not read again, and what comes during a reading leads to one more")
    func conflated() async throws {
        let readings = Kept<UInt64>()
        let gate = DispatchSemaphore(value: 0)
        let counts = home.live(where: \.isOfJournal) { ground in
            let count = readings.add(try ground.journal().count())
            // The reading that sees the first entry takes as long as all the others are written.
            if count == 1 { gate.wait() }
            return count
        }
        var iterator = counts.makeAsyncIterator()
        #expect(try await iterator.next() == 0)
        _ = try await home.goalDrafts { try $0.keep(content: NewGoal(title: "Not of the journal")) }
        _ = try await home.journal { try $0.add(entry: NewEntry(text: "The first.")) }
        try await withPatience {
            while readings.all.count < 2 { await Task.yield() }
        }
        try await home.ask { ground in
            for _ in 2...500 { _ = try ground.journal().add(entry: NewEntry(text: "One of many.")) }
        }
        gate.signal()
        while try await iterator.next() != 500 {}
        #expect(readings.all == [0, 1, 500])
    }

    @Test("a live reading that cannot be read says why")
    func failing() async throws {
        try await home.ask { $0.lock() }
        var reading = home.live { try $0.journal().count() }.makeAsyncIterator()
        await #expect(throws: CommonGroundError.Locked) { _ = try await reading.next() }
    }

    @Test("the next times to remind come at once, and again after each change, also while the journal is locked")
    func reminderTimes() async throws {
        var times = home.reminderTimes.makeAsyncIterator()
        #expect(try await times.next() == [])
        try await home.ask { $0.lock() }
        let noon = try #require(LocalTime(hour: 12, minute: 0))
        let reminder = try await home.reminders { try $0.add(reminder: NewReminder(rule: .daily(at: noon), text: nil)) }
        let due = try #require(try await times.next())
        #expect(due.count == 60)
        #expect(due.map(\.at.at) == due.map(\.at.at).sorted())
        #expect(due.allSatisfy { $0.reminder == reminder.id && $0.at.at > Date(timeIntervalSinceNow: -60) })
        try await home.reminders { try $0.pause(reminder: reminder.id, paused: true) }
        #expect(try await times.next() == [])
    }

    @Test("streams end by themselves when the home is closed, and at once where it is closed already")
    func closing() async throws {
        let (changes, counts) = (home.changes, home.live { try $0.journal().count() })
        let waiting = Task {
            for await _ in changes {}
            for try await _ in counts {}
        }
        await home.close()
        try await withPatience { try await waiting.value }

        for await _ in home.changes { Issue.record("a change of a closed home") }
        for try await _ in home.live({ try $0.journal().count() }) { Issue.record("a reading of a closed home") }
    }
}

private final class Observing: Observer {
    private let hear: @Sendable (Change) throws -> Void

    init(_ hear: @escaping @Sendable (Change) throws -> Void) {
        self.hear = hear
    }

    func onChange(change: Change) throws {
        try hear(change)
    }
}
