import CommonGroundKit
import Foundation

/// A key vault that lives as long as the test. What a phone keeps in its Keychain lies in a dictionary here.
public final class MemoryVault: KeyVault, @unchecked Sendable {
    private let lock = NSLock()
    private var keys: [KeyName: Data] = [:]

    public init() {}

    /// With keys as they stand in a file, in hexadecimal digits.
    public init(privateHex: String, sharedHex: String) throws {
        keys = [.private: try Self.bytes(privateHex), .shared: try Self.bytes(sharedHex)]
    }

    public func load(name: KeyName) -> Data? {
        lock.withLock { keys[name] }
    }

    public func keep(name: KeyName, key: Data) {
        lock.withLock { keys[name] = key }
    }

    public func forget(name: KeyName) {
        lock.withLock { keys[name] = nil }
    }

    public static func bytes(_ hex: String) throws -> Data {
        let digits = hex.trimmingCharacters(in: .whitespacesAndNewlines).compactMap(\.hexDigitValue)
        guard digits.count == 64 else { throw CommonGroundError.Vault(reason: "no key of 64 hexadecimal digits") }
        return Data(stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    }
}
