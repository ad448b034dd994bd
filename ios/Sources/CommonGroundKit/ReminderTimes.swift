import Foundation

extension Home {
    /// The next times at which to remind, soonest first: now, and again after each change of reminders or appointments. At
    /// most 60, because iOS keeps 64 notifications of an app that are still to come. Answers also while the home is locked.
    ///
    /// They are those of the time zone where the person is now: begin anew when the app comes to the front, so that a
    /// journey, and the days that have passed, are seen. The stream ends by itself when the home is closed.
    public var reminderTimes: AsyncThrowingStream<[Due], any Error> {
        live(where: \.isOfReminders) { try $0.reminders().nextDue(after: Date(), count: 60) }
    }
}
