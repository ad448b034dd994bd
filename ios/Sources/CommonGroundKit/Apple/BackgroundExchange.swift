#if canImport(BackgroundTasks) && os(iOS)
    @preconcurrency import BackgroundTasks
    import Foundation

    /// Lets the plan catch up while the app is in the background. The system chooses when, often at night, and gives half a
    /// minute; the journal stays locked, and its key is not asked for.
    ///
    /// The identifier must stand in the app's Info.plist under `BGTaskSchedulerPermittedIdentifiers`, and `fetch` under
    /// `UIBackgroundModes`.
    public struct BackgroundExchange: Sendable {
        private let identifier: String

        /// `identifier` is the one in the app's Info.plist.
        public init(identifier: String = "org.commonground.exchange") {
            self.identifier = identifier
        }

        /// Says once, before the app has finished launching, what to do when the system's moment comes: `home` answers the
        /// app's home, or nothing while there is no profile.
        ///
        /// Where the app was ended meanwhile, no home is open. Then answer ``Home/openLocked(_:vault:)``, which wants nothing
        /// of the person, and keep it as the app's home: a folder is open once. When the person comes, they `unlock` it.
        /// What `home` throws ends this exchange, no more.
        public func register(home: @escaping @Sendable () async throws -> Home?) {
            BGTaskScheduler.shared.register(forTaskWithIdentifier: identifier, using: nil) { task in
                // The next one is asked for first: this one may be cut short.
                try? schedule()
                let work = Task {
                    let caughtUp = try? await home()?.catchUp()
                    task.setTaskCompleted(success: caughtUp != nil)
                }
                task.expirationHandler = { work.cancel() }
            }
        }

        /// Asks the system for a moment, not before `pause` has passed: whenever the app goes to the background. Throws
        /// what the system throws, where the person has switched background refresh off.
        public func schedule(after pause: TimeInterval = 15 * 60) throws {
            let request = BGAppRefreshTaskRequest(identifier: identifier)
            request.earliestBeginDate = Date(timeIntervalSinceNow: pause)
            try BGTaskScheduler.shared.submit(request)
        }
    }
#endif
