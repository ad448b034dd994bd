import Foundation

/// What did not come in time.
public struct WaitedTooLong: Error {
    public init() {}
}

/// Waits for `work`, generously, so that a test that would wait for ever fails instead.
public func withPatience<Answer: Sendable>(
    seconds: UInt64 = 60, _ work: @escaping @Sendable () async throws -> Answer
) async throws -> Answer {
    try await withThrowingTaskGroup(of: Answer.self) { group in
        group.addTask(operation: work)
        group.addTask {
            try await Task.sleep(nanoseconds: seconds * 1_000_000_000)
            throw WaitedTooLong()
        }
        defer { group.cancelAll() }
        return try await group.next()!
    }
}
