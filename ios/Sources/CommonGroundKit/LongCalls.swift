import Foundation

/// The core's ``CommonGroundCore/Progress``, under a name that Foundation has not given away.
public typealias ProgressListener = CommonGroundCore.Progress

/// Runs `work`, a call of the core that takes long and needs no open ``Home``: `restoreBackup`, `checkBackup`. With a home
/// at hand use ``Home/long(onProgress:_:)``, which promises the same.
///
/// ```swift
/// try await longCall(onProgress: { done, total in … }) { progress in
///     try restoreBackup(file: file, secret: secret, folder: folder, vault: vault, progress: progress)
/// }
/// ```
public func longCall<Answer: Sendable>(
    onProgress: @escaping @Sendable (_ done: UInt64, _ total: UInt64?) -> Void = { _, _ in },
    _ work: @escaping @Sendable (any ProgressListener) throws -> Answer
) async throws -> Answer {
    try await Kit.longCall(on: .apart, onProgress, work)
}

/// What the layer keeps to itself.
enum Kit {
    static func longCall<Answer: Sendable>(
        on workers: Workers, _ onProgress: @escaping @Sendable (UInt64, UInt64?) -> Void,
        _ work: @escaping @Sendable (any ProgressListener) throws -> Answer
    ) async throws -> Answer {
        let telling = Telling(onProgress)
        return try await withTaskCancellationHandler {
            do {
                return try await workers.run { try work(telling) }
            } catch CommonGroundError.Cancelled where telling.isStopped {
                throw CancellationError()
            }
        } onCancel: {
            telling.stop()
        }
    }
}

/// Passes on how far a call is, and answers whether it should go on.
private final class Telling: ProgressListener {
    private let tell: @Sendable (UInt64, UInt64?) -> Void
    private let stopped = Guarded(false)

    init(_ tell: @escaping @Sendable (UInt64, UInt64?) -> Void) {
        self.tell = tell
    }

    var isStopped: Bool { stopped.with { $0 } }

    func stop() {
        stopped.with { $0 = true }
    }

    func onProgress(done: UInt64, total: UInt64?) -> Bool {
        if isStopped { return false }
        tell(done, total)
        return !isStopped
    }
}
