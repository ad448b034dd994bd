// What stands here is Apple's, and documented there.

import Foundation

open class BGTask: NSObject {
    open var expirationHandler: (() -> Void)?
    open func setTaskCompleted(success: Bool) {}
}

open class BGTaskRequest: NSObject {
    open var earliestBeginDate: Date?
}

open class BGAppRefreshTaskRequest: BGTaskRequest {
    public init(identifier: String) {}
}

open class BGTaskScheduler: NSObject {
    nonisolated(unsafe) public static let shared = BGTaskScheduler()

    @discardableResult
    open func register(
        forTaskWithIdentifier: String, using: DispatchQueue?, launchHandler: @escaping (BGTask) -> Void
    ) -> Bool { true }

    open func submit(_ request: BGTaskRequest) throws {}
}
