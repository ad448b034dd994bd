#if canImport(UserNotifications) && os(iOS)
    import Foundation
    @preconcurrency import UserNotifications

    /// Turns the core's reminder times into notifications of the system, which come also while the app is not running. The
    /// app asks the person for the right to show them (`requestAuthorization`) when they make their first reminder.
    public struct ReminderNotifications: Sendable {
        /// As many as ``Home/reminderTimes`` answers at most.
        private static let names = (0..<60).map { "org.commonground.reminder.\($0)" }
        private let words: @Sendable (ReminderText) -> String

        /// `words` is the app's own sentence for each kind, in the person's language. Keep them neutral: others see the
        /// screen, too.
        public init(words: @escaping @Sendable (ReminderText) -> String) {
            self.words = words
        }

        /// Sets the notifications by `home`, now and after each change, until the task is cancelled or the home is closed.
        /// Throws what the core does, and what the system does where it takes no notification.
        public func follow(_ home: Home) async throws {
            for try await times in home.reminderTimes { try await replaceAll(by: times) }
        }

        /// Takes back all notifications that are still to come. For when the person erases everything.
        public func forget() {
            UNUserNotificationCenter.current().removePendingNotificationRequests(withIdentifiers: Self.names)
        }

        private func replaceAll(by times: [Due]) async throws {
            forget()
            for (name, due) in zip(Self.names, times) {
                let content = UNMutableNotificationContent()
                content.body = words(due.text)
                let parts: Set<Calendar.Component> = [.year, .month, .day, .hour, .minute]
                let at = Calendar.current.dateComponents(parts, from: due.at.at)
                let trigger = UNCalendarNotificationTrigger(dateMatching: at, repeats: false)
                let request = UNNotificationRequest(identifier: name, content: content, trigger: trigger)
                try await UNUserNotificationCenter.current().add(request)
            }
        }
    }
#endif
