import Foundation

/// One person's folder, open: the way to their journal and plans for an app that must not block its main thread.
///
/// The core's own calls (``CommonGround``, ``Journal``, ``Plan`` and the others) block for some milliseconds. Here they
/// are made inside a closure, which runs on a thread of the home's own:
///
/// ```swift
/// let home = try await Home.open(folder, vault: vault)
/// try await home.journal { try $0.add(entry: NewEntry(text: "Walked along the river.")) }
/// for try await page in home.live(where: \.isOfJournal, { try $0.journal().entries(limit: 50) }) { show(page) }
/// ```
///
/// Every call here may be made from any thread or actor, and blocks none of them. It throws what the core throws,
/// ``CommonGroundError``, and ``CommonGroundError/Closed`` once the home is closed. A closure that has begun is always
/// ended, so that what it wrote is never half known; where the task was cancelled before, `CancellationError` is thrown
/// and nothing was done.
///
/// One process holds a folder at a time, and one home is enough for a whole app.
public final class Home: Sendable {
    private let ground: CommonGround
    private let workers = Workers("org.commonground.home", atOnce: 4)
    /// Apart from the others: a long import must not keep a screen waiting.
    private let longWorkers = Workers("org.commonground.long", atOnce: 2)
    private let life = Guarded(Life())

    /// What a home holds until it is closed.
    private struct Life: Sendable {
        /// Ends what others wait for, by number.
        var endings: [Int: @Sendable () -> Void] = [:]
        var next = 0
        /// Held here, because a link that nobody holds goes offline.
        var link: Link?
        /// Closes everything, for whoever wants to wait until that is done.
        var closing: Task<Void, Never>?
    }

    private init(_ ground: CommonGround) {
        self.ground = ground
    }

    deinit {
        // Whoever forgot to close finds the folder free nevertheless, a moment later.
        let ground = ground
        DispatchQueue.global().async { ground.shut() }
    }

    /// Opens the profile in `folder`, unlocked. `vault` is asked for its two keys on a thread that may wait for a person.
    ///
    /// Throws ``CommonGroundError/NoProfile``, ``CommonGroundError/InUse``, ``CommonGroundError/WrongKey``,
    /// ``CommonGroundError/Damaged``, ``CommonGroundError/NewerFile`` or ``CommonGroundError/Vault``.
    public static func open(_ folder: URL, vault: any KeyVault) async throws -> Home {
        try await Workers.apart.run { Home(try CommonGround.open(folder: folder.path, vault: vault)) }
    }

    /// Opens the profile in `folder` locked: `vault` is asked for the shared file's key alone, so that plans can catch up
    /// while nobody is there to show a finger. What needs the journal throws ``CommonGroundError/Locked`` until `unlock`.
    /// Otherwise as ``open(_:vault:)``.
    public static func openLocked(_ folder: URL, vault: any KeyVault) async throws -> Home {
        try await Workers.apart.run { Home(try CommonGround.openLocked(folder: folder.path, vault: vault)) }
    }

    /// Makes a new profile in `folder` and opens it. Both keys are made and given to `vault`.
    ///
    /// Throws ``CommonGroundError/ProfileExists``, ``CommonGroundError/InUse``, ``CommonGroundError/Vault``, or
    /// ``CommonGroundError/Invalid`` for a name that cannot be taken.
    public static func create(_ folder: URL, vault: any KeyVault, profile: NewProfile) async throws -> Home {
        try await Workers.apart.run {
            Home(try CommonGround.create(folder: folder.path, vault: vault, profile: profile))
        }
    }

    /// Ends all streams, goes offline, closes both files and gives the folder free; answers when that is done. Calls that
    /// are under way end, or throw ``CommonGroundError/Locked`` or ``CommonGroundError/Closed``. Closing twice does no
    /// harm. Some milliseconds, and up to some seconds when the device is online and has to say goodbye.
    public func close() async {
        await begunToClose().value
    }

    /// Whether ``close()`` was called.
    public var isClosed: Bool { life.with { $0.closing != nil } }

    private func begunToClose() -> Task<Void, Never> {
        let (closing, endings) = life.with { life in
            if let closing = life.closing { return (closing, [@Sendable () -> Void]()) }
            let link = life.link
            let closing = Task { [ground, workers] in
                await link?.goOffline()
                await workers.finish { ground.shut() }
            }
            let endings = Array(life.endings.values)
            life = Life(closing: closing)
            return (closing, endings)
        }
        // Outside of the lock: what ends may come back to us.
        for end in endings { end() }
        return closing
    }

    /// Runs `work` with the home's ``CommonGround``: relationships, locking, backup, and what else has no scope of its own
    /// here. Take out what you need, not the object.
    public func ask<Answer: Sendable>(
        _ work: @escaping @Sendable (CommonGround) throws -> Answer
    ) async throws -> Answer {
        try await workers.run { try work(self.opened()) }
    }

    /// Runs `work` with the journal. Its calls throw ``CommonGroundError/Locked`` while the home is locked.
    public func journal<Answer: Sendable>(
        _ work: @escaping @Sendable (Journal) throws -> Answer
    ) async throws -> Answer {
        try await ask { try work($0.journal()) }
    }

    /// Runs `work` with the plan of a relationship. Throws ``CommonGroundError/NotFound`` where there is none, and
    /// ``CommonGroundError/Locked`` while the home is locked.
    public func plan<Answer: Sendable>(
        _ relationship: RelationshipId, _ work: @escaping @Sendable (Plan) throws -> Answer
    ) async throws -> Answer {
        try await ask { try work($0.plan(relationship: relationship)) }
    }

    /// Runs `work` with what is handed over in a relationship, both ways. Throws as ``plan(_:_:)`` does.
    public func sharing<Answer: Sendable>(
        _ relationship: RelationshipId, _ work: @escaping @Sendable (Sharing) throws -> Answer
    ) async throws -> Answer {
        try await ask { try work($0.sharing(relationship: relationship)) }
    }

    /// Runs `work` with reminders and appointments. They also answer while the home is locked.
    public func reminders<Answer: Sendable>(
        _ work: @escaping @Sendable (Reminders) throws -> Answer
    ) async throws -> Answer {
        try await ask { try work($0.reminders()) }
    }

    /// Runs `work` with the private drafts of goals. Throws as ``journal(_:)`` does.
    public func goalDrafts<Answer: Sendable>(
        _ work: @escaping @Sendable (GoalDrafts) throws -> Answer
    ) async throws -> Answer {
        try await ask { try work($0.goalDrafts()) }
    }

    /// Runs `work`, which makes a call that takes long and tells how far it is: import, export, backup, attachments.
    ///
    /// ```swift
    /// let report = try await home.long(onProgress: { done, total in … }) { ground, progress in
    ///     try ground.journal().import(source: file, options: ImportOptions(), progress: progress)
    /// }
    /// ```
    ///
    /// `onProgress` is called in order, on the thread that does the work; it should return soon. When the task is
    /// cancelled, the call stops at the next step and leaves nothing of itself behind, and `CancellationError` is thrown;
    /// only one that was as good as ready may still come to its end. Of a file that is carried over (`carryIn`), what was
    /// taken in before stays.
    public func long<Answer: Sendable>(
        onProgress: @escaping @Sendable (_ done: UInt64, _ total: UInt64?) -> Void = { _, _ in },
        _ work: @escaping @Sendable (CommonGround, any ProgressListener) throws -> Answer
    ) async throws -> Answer {
        try await Kit.longCall(on: longWorkers, onProgress) { try work(self.opened(), $0) }
    }

    private func opened() throws -> CommonGround {
        if isClosed { throw CommonGroundError.Closed }
        return ground
    }
}

// Streams.
extension Home {
    /// What changes from now on: ids and kinds, never words; read again what is on the screen, or let
    /// ``live(where:_:)`` do it.
    ///
    /// Each stream has a subscription of its own, which begins here and ends with the stream. A slow reader loses nothing:
    /// what it has not taken yet waits for it in memory. It ends by itself when the home is closed, and at once where it is
    /// closed already.
    public var changes: AsyncStream<Change> {
        heard(.unbounded) { change, stream in stream.yield(change) }
    }

    /// What `read` answers, now and again after each change that `matters`. Changes that come while it reads, or while the
    /// reader is busy, lead to one reading more, not to one each; the last word is always read.
    ///
    /// `read` runs on a thread of the home's own. What it throws ends the stream with that (for example
    /// ``CommonGroundError/Locked``). `matters` is asked on a thread of the core and should answer at once. The stream ends
    /// by itself when the home is closed.
    public func live<Answer: Sendable>(
        where matters: @escaping @Sendable (Change) -> Bool = { _ in true },
        _ read: @escaping @Sendable (CommonGround) throws -> Answer
    ) -> AsyncThrowingStream<Answer, any Error> {
        let news: AsyncStream<Void> = heard(.bufferingNewest(1), first: ()) { change, stream in
            if matters(change) { stream.yield() }
        }
        return AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { answers in
            let reading = Task {
                do {
                    for await _ in news { answers.yield(try await ask(read)) }
                    answers.finish()
                } catch {
                    // Closed in the middle of reading: that is an end, no failure.
                    answers.finish(throwing: isClosed ? nil : error)
                }
            }
            answers.onTermination = { _ in reading.cancel() }
        }
    }

    /// A stream of what `hear` makes of the changes.
    private func heard<Element: Sendable>(
        _ buffering: AsyncStream<Element>.Continuation.BufferingPolicy, first: Element? = nil,
        _ hear: @escaping @Sendable (Change, AsyncStream<Element>.Continuation) -> Void
    ) -> AsyncStream<Element> {
        AsyncStream(bufferingPolicy: buffering) { stream in
            let number = life.with { life -> Int? in
                guard life.closing == nil else { return nil }
                life.next += 1
                life.endings[life.next] = { stream.finish() }
                return life.next
            }
            guard let number else { return stream.finish() }
            let subscription = ground.subscribe(observer: Listener { hear($0, stream) })
            stream.onTermination = { [life] _ in
                subscription.end()
                _ = life.with { $0.endings.removeValue(forKey: number) }
            }
            if let first { stream.yield(first) }
        }
    }
}

// Meeting other devices.
extension Home {
    /// Lets paired devices find this one, and this one them, in the ways that were chosen for each relationship; nobody
    /// else is contacted. The calls of the ``Link`` are asynchronous and block no thread.
    ///
    /// The home stays online until ``goOffline()`` or ``close()``, also when the app does not keep the link. Throws
    /// ``CommonGroundError/InUse`` when it is online already, and ``CommonGroundError/File`` when no port can be had.
    public func goOnline(_ reach: Reach = .asChosen) async throws -> Link {
        try await goOnline(with: OnlineOptions(reach: reach, publicServices: nil))
    }

    /// As ``goOnline(_:)``, for those who run public services of their own.
    public func goOnline(with options: OnlineOptions) async throws -> Link {
        let link = try await opened().goOnlineWith(options: options)
        let isTaken = life.with { life in
            guard life.closing == nil else { return false }
            life.link = link
            return true
        }
        if !isTaken {
            await link.goOffline()
            throw CommonGroundError.Closed
        }
        return link
    }

    /// The link while the home is online.
    public var link: Link? { life.with { $0.link } }

    /// Says goodbye to everyone and stops listening. Does nothing when the home is not online.
    public func goOffline() async {
        let link = life.with { life in
            defer { life.link = nil }
            return life.link
        }
        await link?.goOffline()
    }
}

private final class Listener: Observer {
    private let hear: @Sendable (Change) -> Void

    init(_ hear: @escaping @Sendable (Change) -> Void) {
        self.hear = hear
    }

    func onChange(change: Change) {
        hear(change)
    }
}
