import Foundation

/// A folder that is gone with the one who holds this.
public final class TemporaryFolder: Sendable {
    public let url: URL

    public init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("common-ground-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    public func path(_ name: String) -> String {
        url.appendingPathComponent(name).path
    }

    /// Writes a file and answers where it is.
    public func write(_ text: String, to name: String) throws -> String {
        let path = path(name)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Everything that lies in a folder below, by name.
    public func contents(of name: String) throws -> [String: Data] {
        let folder = url.appendingPathComponent(name)
        var all: [String: Data] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            all[file] = try Data(contentsOf: folder.appendingPathComponent(file))
        }
        return all
    }
}
