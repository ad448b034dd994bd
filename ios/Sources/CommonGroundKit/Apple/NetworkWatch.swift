#if canImport(Network)
    import Foundation
    import Network

    /// Tells a link when the device comes to another network, so that devices find each other again at once. Hold it for
    /// as long as the app is in the foreground; it ends with ``end()`` or when nobody holds it.
    public final class NetworkWatch: Sendable {
        private let monitor = NWPathMonitor()

        /// Begins to watch for `home`, whether it is online yet or not.
        public init(_ home: Home) {
            monitor.pathUpdateHandler = { [weak home] _ in
                Task { await home?.link?.networkChanged() }
            }
            monitor.start(queue: DispatchQueue(label: "org.commonground.network"))
        }

        deinit {
            monitor.cancel()
        }

        /// Stops watching; a second time does no harm.
        public func end() {
            monitor.cancel()
        }
    }
#endif
