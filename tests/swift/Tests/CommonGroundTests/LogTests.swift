import CommonGroundKit
import Foundation
import Story
import Testing

/// What developers are told of the core's doings: never a person's words.
@Suite("The log")
struct LogTests {
    @Test("a sink gets lines of what happened, with no word that a person wrote, and one that throws harms nothing")
    func lines() async throws {
        let (lines, telling) = AsyncStream<LogLine>.makeStream()
        setLogSink(sink: Sink { telling.yield($0) }, least: .debug)
        let device = try await Device(.client, "Secretname")
        _ = try await device.home.journal { try $0.add(entry: NewEntry(text: "Secretwords")) }
        await device.home.close()
        let opened = try await withPatience {
            var texts: [String] = []
            for await line in lines {
                texts.append(line.text)
                if case .created = line.event { break }
            }
            return texts
        }
        #expect(!opened.isEmpty)

        // Whoever throws is not told of that, and the core goes on.
        setLogSink(sink: Sink { _ in throw Surprise(secret: "full") }, least: .debug)
        let other = try await Device(.client, "Secretname")
        _ = try await other.home.journal { try $0.add(entry: NewEntry(text: "Secretwords")) }
        #expect(try await other.home.journal { try $0.count() } == 1)
        await other.home.close()
        setLogSink(sink: nil, least: .error)

        telling.finish()
        let rest = await lines.reduce(into: opened) { $0.append($1.text) }
        #expect(!rest.joined().contains("Secret"))
    }
}

private final class Sink: LogSink {
    private let take: @Sendable (LogLine) throws -> Void

    init(_ take: @escaping @Sendable (LogLine) throws -> Void) {
        self.take = take
    }

    func onLine(line: LogLine) throws {
        try take(line)
    }
}
