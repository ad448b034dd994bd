import Foundation

/// Threads for the core's calls, which block for some milliseconds, long ones for minutes: neither the main thread nor
/// the few threads that all tasks of an app share may wait for them.
struct Workers: Sendable {
    private let queue: OperationQueue

    init(_ name: String, atOnce: Int) {
        queue = OperationQueue()
        queue.name = name
        queue.maxConcurrentOperationCount = atOnce
        queue.qualityOfService = .userInitiated
    }

    /// Runs `work` on one of the threads. Work that has begun is always ended; where the task was cancelled before it is
    /// not begun.
    func run<Answer: Sendable>(_ work: @escaping @Sendable () throws -> Answer) async throws -> Answer {
        let cancelled = Guarded(false)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.addOperation {
                    continuation.resume(
                        with: Result {
                            if cancelled.with({ $0 }) { throw CancellationError() }
                            return try work()
                        })
                }
            }
        } onCancel: {
            cancelled.with { $0 = true }
        }
    }

    /// Runs `work` on one of the threads, also for a task that was cancelled.
    func finish(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            queue.addOperation {
                work()
                continuation.resume()
            }
        }
    }

    /// For calls that no home is needed for: opening one, restoring a backup.
    static let apart = Workers("org.commonground.apart", atOnce: 4)
}
