#if canImport(os) && canImport(Darwin)
    import os

    /// Writes the core's lines for developers to the system's log: `setLogSink(sink: OSLogSink(), least: .info)`, once, before
    /// the first home opens. They hold nobody's words, so they are written in the open and may go into a report from the
    /// field.
    public final class OSLogSink: LogSink {
        private let logger: Logger

        /// Under which name the lines are found in Console and in a sysdiagnose.
        public init(subsystem: String = "org.commonground", category: String = "core") {
            logger = Logger(subsystem: subsystem, category: category)
        }

        public func onLine(line: LogLine) {
            let level: OSLogType =
                switch line.level {
                case .error: .fault
                case .warning: .error
                case .info: .info
                case .debug: .debug
                }
            logger.log(level: level, "\(line.text, privacy: .public)")
        }
    }
#endif
