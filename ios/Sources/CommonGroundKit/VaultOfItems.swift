import Foundation

/// Where the keys lie: one item of the Keychain for each, and a mark that there is one.
///
/// The system takes an item away by itself when the faces or fingers change that may open it. Without the mark that would
/// look like a device that never had a profile.
struct VaultOfItems<Items: KeychainItems>: Sendable {
    let items: Items

    /// What the items say of a key.
    func standing(of key: KeyName) throws -> KeychainKeyStanding {
        if try items.isThere(Self.name(key)) { return .there }
        return try items.isThere(Self.mark(key)) ? .takenAway : .none
    }

    func load(_ key: KeyName) throws -> Data? {
        guard let found = try items.read(Self.name(key)) else {
            if try items.isThere(Self.mark(key)) { throw CommonGroundError.Vault(reason: KeychainKeyStanding.reason) }
            return nil
        }
        // Left out, if the app ended between the two writes of `keep`.
        try items.write(Data(), Self.mark(key), isGuarded: false)
        return found
    }

    func keep(_ key: KeyName, _ bytes: Data) throws {
        try items.write(bytes, Self.name(key), isGuarded: key == .private)
        try items.write(Data(), Self.mark(key), isGuarded: false)
    }

    func forget(_ key: KeyName) throws {
        // The key first: a mark without a key is told, a key without a mark would be left behind.
        try items.remove(Self.name(key))
        try items.remove(Self.mark(key))
    }

    private static func name(_ key: KeyName) -> String {
        switch key {
        case .private: "private"
        case .shared: "shared"
        }
    }

    private static func mark(_ key: KeyName) -> String {
        name(key) + ".kept"
    }
}

/// Whether the Keychain has a key.
public enum KeychainKeyStanding: Sendable {
    /// There is none, and there was none: no profile yet, or one that was erased.
    case none
    /// It is there; whether it opens the file, the file says.
    case there
    /// There was one, and the system has taken it away: the faces or fingers changed that may use it, or the passcode was
    /// switched off. The journal can only come back from a backup.
    case takenAway

    /// What ``CommonGroundError/Vault(reason:)`` says of a key that was taken away.
    public static let reason = "the key was taken away by the system"
}

/// The Keychain, as far as a vault needs it. Every call throws ``CommonGroundError/Vault(reason:)``.
protocol KeychainItems: Sendable {
    /// Without asking the person.
    func isThere(_ name: String) throws -> Bool
    /// Asks the person where the item wants that.
    func read(_ name: String) throws -> Data?
    /// Makes the item or changes it. A guarded one is given out only with a face, a finger or the passcode.
    func write(_ bytes: Data, _ name: String, isGuarded: Bool) throws
    /// One that is not there is no error.
    func remove(_ name: String) throws
}
