import CommonGroundKit
import Foundation

/// One person's phone, on this machine.
public final class Device: Sendable {
    public let home: Home
    public let vault: MemoryVault
    public let folder: TemporaryFolder
    /// Everything that was told since the device was made, also while nobody listened.
    public let changes: AsyncStream<Change>

    public init(_ role: Role, _ name: String) async throws {
        folder = try TemporaryFolder()
        vault = MemoryVault()
        home = try await Home.create(folder.url, vault: vault, profile: NewProfile(role: role, displayName: name))
        changes = home.changes
    }

    public func me() async throws -> PersonId {
        try await home.ask { try $0.profile().person }
    }

    public func online() async throws -> Link {
        if let link = home.link { return link }
        return try await home.goOnline(.thisMachine)
    }

    /// Waits until this is true, looking again after each change.
    public func waitUntil(_ isTrue: @escaping @Sendable (CommonGround) throws -> Bool) async throws {
        try await withPatience { [home] in
            for try await now in home.live({ try isTrue($0) }) where now { return }
            throw WaitedTooLong()
        }
    }
}

/// A client and a therapist, not yet paired.
public struct TwoPeople: Sendable {
    public let mara: Device
    public let doctor: Device

    public init() async throws {
        mara = try await Device(.client, "Mara")
        doctor = try await Device(.therapist, "Dr. Okafor")
    }

    /// Both in one room: one shows the ticket, both compare the words.
    public func pair(
        _ how: Confirmation = .compared(readTerms: termsVersion())
    ) async throws -> RelationshipId {
        try await withPatience {
            let (maraLink, doctorLink) = try await (mara.online(), doctor.online())
            let offered = try await maraLink.offerPairing(way: .sameNetwork)
            let taken = try await doctorLink.redeem(ticket: offered.ticket()!.text)
            async let there = taken.code()
            let here = try await offered.code()
            guard try await there.words == here.words else { throw CommonGroundError.Internal(place: "the words differ") }
            async let other = taken.confirm(how: how)
            let one = try await offered.confirm(how: how)
            guard try await other.id == one.id else { throw CommonGroundError.Internal(place: "the ids differ") }
            return one.id
        }
    }

    /// Both ask for an exchange, as both have the app open.
    @discardableResult
    public func exchange(_ relationship: RelationshipId) async throws -> (mara: ExchangeReport, doctor: ExchangeReport) {
        let (maraLink, doctorLink) = try await (mara.online(), doctor.online())
        async let doctors = doctorLink.exchange(relationship: relationship, patienceSeconds: 30)
        let maras = try await maraLink.exchange(relationship: relationship, patienceSeconds: 30)
        return (maras, try await doctors)
    }

    public func goOffline() async {
        await mara.home.goOffline()
        await doctor.home.goOffline()
    }

    public func close() async {
        await mara.home.close()
        await doctor.home.close()
    }
}
