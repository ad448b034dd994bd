// The generator's asynchronous calls take no notice of a task that is cancelled. Pairing is what waits for people: here
// it ends when the screen that waits is gone.
extension Pairing {
    /// ``code()``, until the task is cancelled: then the pairing is declined and `CancellationError` is thrown.
    public func codeUnlessCancelled() async throws -> PairingCode {
        try await unlessCancelled { try await self.code() }
    }

    /// ``confirm(how:)``, until the task is cancelled: then the pairing is declined and `CancellationError` is thrown.
    /// One that came about meanwhile stays.
    public func confirmUnlessCancelled(how: Confirmation) async throws -> Relationship {
        try await unlessCancelled { try await self.confirm(how: how) }
    }

    private func unlessCancelled<Answer: Sendable>(
        _ wait: @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try Task.checkCancellation()
        return try await withTaskCancellationHandler {
            do {
                return try await wait()
            } catch {
                throw Task.isCancelled ? CancellationError() : error
            }
        } onCancel: {
            Task { await self.decline() }
        }
    }
}
