import CommonGroundKit
import Foundation
import Story

/// The people of a story and their files, all in this process.
final class Scene: Sendable {
    let folder: TemporaryFolder
    private let homes = Kept<Home>()

    init() throws {
        folder = try TemporaryFolder()
    }

    func place(_ name: String) -> URL {
        folder.url.appendingPathComponent(name)
    }

    func client() async throws -> Home {
        homes.add(
            try await Home.create(place("mara"), vault: vault, profile: NewProfile(role: .client, displayName: "Mara")))
    }

    let vault = MemoryVault()

    func open(_ place: URL, _ vault: MemoryVault) async throws -> Home {
        homes.add(try await Home.open(place, vault: vault))
    }

    /// Two who have paired, both online.
    func paired() async throws -> (TwoPeople, RelationshipId) {
        let two = try await TwoPeople()
        homes.add(two.mara.home)
        homes.add(two.doctor.home)
        return (two, try await two.pair())
    }

    func close() async {
        for home in homes.all { await home.close() }
    }
}

/// What several threads put in.
final class Kept<Element: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var elements: [Element] = []

    @discardableResult
    func add(_ element: Element) -> Element {
        lock.withLock { elements.append(element) }
        return element
    }

    var all: [Element] { lock.withLock { elements } }
}
