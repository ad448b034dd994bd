import CommonGroundKit
import Foundation

/// What earlier versions left behind, and a later one will: `tests/fixtures`.
public enum Fixtures {
    /// `tests/fixtures` of this checkout.
    private static let all = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("fixtures")

    /// The levels of plans that were ever written, each the folder of a therapist, oldest first.
    public static func planLevels() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: all.appendingPathComponent("plans").path).sorted()
    }

    /// Copies the folder of a therapist as the version that first wrote plans of this level left it.
    public static func plans(_ level: String, to folder: URL) throws -> MemoryVault {
        let from = all.appendingPathComponent("plans/\(level)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["private.db", "private.keycheck", "shared.db", "shared.keycheck"] {
            try FileManager.default.copyItem(
                at: from.appendingPathComponent(name), to: folder.appendingPathComponent(name))
        }
        let keys = try String(contentsOf: from.appendingPathComponent("keys"), encoding: .utf8)
        let lines = keys.split(separator: "\n").map(String.init)
        return try MemoryVault(privateHex: lines[0], sharedHex: lines[1])
    }

    /// What the exported surface showed of a client's plan then.
    public static func shown(_ level: String, of name: String) throws -> [String: Any] {
        let file = all.appendingPathComponent("plans/\(level)/\(name).json")
        return try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as! [String: Any]
    }

    /// Puts a private file that another version wrote (`private-2`, `private-newer`) where there is one, or none yet.
    public static func put(_ name: String, in folder: URL, _ vault: MemoryVault) throws {
        let from = all.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let place = folder.appendingPathComponent("private.db")
        try? FileManager.default.removeItem(at: place)
        try FileManager.default.copyItem(at: from.appendingPathComponent("private.db"), to: place)
        let key = try String(contentsOf: from.appendingPathComponent("private.key"), encoding: .utf8)
        vault.keep(name: .private, key: try MemoryVault.bytes(key))
    }
}
