import Foundation
import Story
import Testing

@testable import CommonGroundKit

/// What the vault of an iPhone promises, over a Keychain in memory.
@Suite("The vault over the Keychain")
struct VaultOfItemsTests {
    private let items = ItemsInMemory()
    private var vault: VaultOfItems<ItemsInMemory> { VaultOfItems(items: items) }
    private let key = Data(repeating: 5, count: 32)

    @Test("a key is kept, changed and forgotten, and only the journal's is guarded")
    func keeping() throws {
        #expect(try vault.load(.private) == nil)
        #expect(try vault.standing(of: .private) == .none)
        try vault.keep(.private, key)
        try vault.keep(.shared, key)
        try vault.keep(.shared, Data(repeating: 6, count: 32))
        #expect(try vault.load(.private) == key)
        #expect(try vault.load(.shared) == Data(repeating: 6, count: 32))
        #expect(items.guarded == ["private"])

        try vault.forget(.private)
        try vault.forget(.private)
        #expect(try vault.load(.private) == nil)
        #expect(try vault.standing(of: .private) == .none)
        #expect(try vault.standing(of: .shared) == .there)
    }

    @Test("a key that the system took away is told apart from one that never was")
    func takenAway() throws {
        try vault.keep(.private, key)
        try items.remove("private")
        #expect(try vault.standing(of: .private) == .takenAway)
        #expect(throws: CommonGroundError.Vault(reason: KeychainKeyStanding.reason)) { try vault.load(.private) }
    }

    @Test("a mark that was not written because the app ended is made up for")
    func missingMark() throws {
        try items.write(key, "private", isGuarded: true)
        #expect(try vault.load(.private) == key)
        try items.remove("private")
        #expect(try vault.standing(of: .private) == .takenAway)
    }

    @Test("a person who refuses is an error, and looking does not ask them")
    func refusing() throws {
        try vault.keep(.private, key)
        items.refuses = true
        #expect(try vault.standing(of: .private) == .there)
        #expect(throws: CommonGroundError.Vault(reason: "the person refused")) { try vault.load(.private) }
    }

    @Test("a journal whose key the system took away comes back from a backup, with what was written since")
    func comingBack() async throws {
        let (folder, phone) = (try TemporaryFolder(), VaultInMemory(vault: vault))
        let (place, beside) = (folder.url.appendingPathComponent("home"), folder.url.appendingPathComponent("beside"))
        let (file, secret) = (folder.path("mara.backup"), "correct horse battery staple plum")
        let first = try await Home.create(place, vault: phone, profile: NewProfile(role: .client, displayName: "Mara"))
        try await first.journal { _ = try $0.add(entry: NewEntry(text: "Before the backup.")) }
        _ = try await first.ask { try $0.makeBackup(file: file, key: .passphrase(passphrase: secret)) }
        try await first.journal { _ = try $0.add(entry: NewEntry(text: "After it. 🌱")) }
        await first.close()
        try items.remove("private")

        let home = try await Home.openLocked(place, vault: phone)
        await #expect(throws: CommonGroundError.Vault(reason: KeychainKeyStanding.reason)) {
            try await home.ask { try $0.unlock() }
        }
        // As docs/how-to/ios.md says.
        try phone.forget(name: .private)
        _ = try await longCall { progress in
            try restoreBackup(
                file: file, secret: .passphrase(passphrase: secret), folder: beside.path, vault: phone, progress: progress)
        }
        try FileManager.default.removeItem(at: beside)
        try await home.ask { try $0.unlock() }
        #expect(try await home.journal { try $0.entries().entries.map(\.opening) } == ["After it. 🌱", "Before the backup."])
        await home.close()
    }
}

/// The vault as the core gets it.
private final class VaultInMemory: KeyVault {
    private let vault: VaultOfItems<ItemsInMemory>

    init(vault: VaultOfItems<ItemsInMemory>) {
        self.vault = vault
    }

    func load(name: KeyName) throws -> Data? { try vault.load(name) }
    func keep(name: KeyName, key: Data) throws { try vault.keep(name, key) }
    func forget(name: KeyName) throws { try vault.forget(name) }
}

private final class ItemsInMemory: KeychainItems, @unchecked Sendable {
    private var items: [String: Data] = [:]
    private(set) var guarded: Set<String> = []
    var refuses = false

    func isThere(_ name: String) throws -> Bool {
        items[name] != nil
    }

    func read(_ name: String) throws -> Data? {
        if refuses { throw CommonGroundError.Vault(reason: "the person refused") }
        return items[name]
    }

    func write(_ bytes: Data, _ name: String, isGuarded: Bool) throws {
        items[name] = bytes
        if isGuarded { guarded.insert(name) }
    }

    func remove(_ name: String) throws {
        items[name] = nil
    }
}
