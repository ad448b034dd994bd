import Foundation

/// Where things lie in this checkout.
enum Places {
    static let checkout = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let ios = checkout.appendingPathComponent("ios")
    static let howTo = checkout.appendingPathComponent("docs/how-to/ios.md")
}
