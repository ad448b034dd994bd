import CommonGroundKit
import Foundation
import Story
import Testing

/// What an app meets before anything else: a folder, a vault, and what can be wrong with the two.
@Suite("Opening")
struct OpeningTests {
    let folder: TemporaryFolder
    let vault = MemoryVault()
    let mara = NewProfile(role: .client, displayName: "Mara 🌱")

    init() throws {
        folder = try TemporaryFolder()
    }

    private var place: URL { folder.url.appendingPathComponent("mara") }

    @Test("a new profile is there again after closing and opening")
    func thereAgain() async throws {
        let home = try await Home.create(place, vault: vault, profile: mara)
        let made = try await home.ask { try $0.profile() }
        await home.close()
        #expect(made.displayName == "Mara 🌱")
        #expect(made.role == .client)

        let again = try await Home.open(place, vault: vault)
        #expect(try await again.ask { try $0.profile() } == made)
        await again.close()
    }

    @Test("an empty folder is told apart from a taken one, and an open one is in use")
    func emptyTakenAndInUse() async throws {
        await #expect(throws: CommonGroundError.NoProfile) { try await Home.open(place, vault: vault) }
        let home = try await Home.create(place, vault: vault, profile: mara)
        await #expect(throws: CommonGroundError.InUse) { try await Home.open(place, vault: vault) }
        await home.close()
        await #expect(throws: CommonGroundError.ProfileExists) {
            try await Home.create(place, vault: vault, profile: mara)
        }
    }

    @Test("a wrong key says so, names the file, and leaves everything as it was")
    func wrongKey() async throws {
        try await Home.create(place, vault: vault, profile: mara).close()
        let before = try folder.contents(of: "mara")
        let right = try #require(vault.load(name: .private))
        vault.keep(name: .private, key: Data(repeating: 7, count: 32))

        await #expect(throws: CommonGroundError.WrongKey(file: .private)) { try await Home.open(place, vault: vault) }
        #expect(CommonGroundError.WrongKey(file: .private).description == "wrong key for the private file")
        #expect(try folder.contents(of: "mara") == before)

        vault.keep(name: .private, key: right)
        let home = try await Home.open(place, vault: vault)
        #expect(try await home.ask { try $0.profile().displayName } == "Mara 🌱")
        await home.close()
    }

    @Test("a name that cannot be taken is refused with the field and the reason, and nothing is made")
    func emptyName() async throws {
        await #expect(throws: CommonGroundError.Invalid(field: "display name", problem: .empty)) {
            try await Home.create(place, vault: vault, profile: NewProfile(role: .client, displayName: ""))
        }
        await #expect(throws: CommonGroundError.NoProfile) { try await Home.open(place, vault: vault) }
    }

    @Test("a vault that throws is a typed error, and what it threw stays outside")
    func vaultThatThrows() async throws {
        let broken = ThrowingVault(error: Surprise(secret: "a secret of the app"))
        await #expect(throws: CommonGroundError.Internal(place: "a callback of the app")) {
            try await Home.create(place, vault: broken, profile: mara)
        }

        let refused = ThrowingVault(error: CommonGroundError.Vault(reason: "refused"))
        await #expect(throws: CommonGroundError.Vault(reason: "refused")) {
            try await Home.create(place, vault: refused, profile: mara)
        }
        await #expect(throws: CommonGroundError.NoProfile) { try await Home.open(place, vault: vault) }
    }

    @Test("locking closes the journal, unlocking opens it again, and reminders go on")
    func locking() async throws {
        let home = try await Home.create(place, vault: vault, profile: mara)
        try await home.ask { $0.lock() }
        #expect(try await home.ask { $0.isLocked() })
        await #expect(throws: CommonGroundError.Locked) { try await home.journal { try $0.count() } }
        await #expect(throws: CommonGroundError.Locked) {
            try await home.journal { try $0.add(entry: NewEntry(text: "Not now.")) }
        }
        #expect(try await home.ask { try $0.profile().displayName } == "Mara 🌱")
        #expect(try await home.reminders { try $0.all() }.isEmpty)

        try await home.ask { try $0.unlock() }
        #expect(try await home.journal { try $0.count() } == 0)
        await home.close()
    }

    @Test("opened locked, only the shared file's key is asked for, and the journal waits for the person")
    func openedLocked() async throws {
        await #expect(throws: CommonGroundError.NoProfile) { try await Home.openLocked(place, vault: vault) }
        try await Home.create(place, vault: vault, profile: mara).close()

        let nobody = VaultOfNobody(vault)
        let home = try await Home.openLocked(place, vault: nobody)
        #expect(nobody.asked.all == [.shared])
        #expect(try await home.ask { $0.isLocked() })
        #expect(try await home.ask { try $0.profile().displayName } == "Mara 🌱")
        await #expect(throws: CommonGroundError.Locked) { try await home.journal { try $0.count() } }
        await #expect(throws: CommonGroundError.Vault(reason: "nobody is here")) {
            try await home.ask { try $0.unlock() }
        }
        await home.close()

        let again = try await Home.openLocked(place, vault: vault)
        try await again.ask { try $0.unlock() }
        #expect(try await again.journal { try $0.count() } == 0)
        await again.close()
    }

    @Test("a home that nobody holds gives its folder free")
    func forgotten() async throws {
        _ = try await Home.create(place, vault: vault, profile: mara)
        try await withPatience {
            while true {
                do {
                    return await (try await Home.open(place, vault: vault)).close()
                } catch CommonGroundError.InUse {
                    await Task.yield()
                }
            }
        }
    }
}

struct Surprise: Error {
    let secret: String
}

/// Gives out the journal's key to nobody, because nobody is there to show a finger.
final class VaultOfNobody: KeyVault {
    let vault: MemoryVault
    let asked = Kept<KeyName>()

    init(_ vault: MemoryVault) {
        self.vault = vault
    }

    func load(name: KeyName) throws -> Data? {
        asked.add(name)
        guard name == .shared else { throw CommonGroundError.Vault(reason: "nobody is here") }
        return vault.load(name: name)
    }

    func keep(name: KeyName, key: Data) { vault.keep(name: name, key: key) }
    func forget(name: KeyName) { vault.forget(name: name) }
}

final class ThrowingVault: KeyVault {
    let error: any Error

    init(error: any Error) {
        self.error = error
    }

    func load(name: KeyName) throws -> Data? { throw error }
    func keep(name: KeyName, key: Data) throws { throw error }
    func forget(name: KeyName) throws { throw error }
}
