import CommonGroundKit
import Observation

/// How far two people have got with pairing.
public enum PairingStep: Sendable, Equatable {
    case notBegun
    /// To be given to the other person; it works once, for a few minutes.
    case showing(ticket: String)
    /// The other device is being reached.
    case reaching
    /// Both read these words to each other.
    case comparing([String])
    case paired
}

/// The pairing's screen. One shows a ticket, the other takes it up; then both compare four words.
@MainActor
@Observable
public final class PairingModel {
    /// What is to be seen now.
    public private(set) var step = PairingStep.notBegun
    private let home: Home
    private var pairing: Pairing?

    /// Of an open profile that is online.
    public init(_ home: Home) {
        self.home = home
    }

    /// Shows a ticket and waits until the other has taken it up.
    public func offer() async throws {
        try await begin { link in
            let pairing = try await link.offerPairing(way: .sameNetwork)
            self.step = .showing(ticket: pairing.ticket()?.text ?? "")
            return pairing
        }
    }

    /// Takes up the ticket that the other shows.
    public func take(_ ticket: String) async throws {
        step = .reaching
        try await begin { try await $0.redeem(ticket: ticket) }
    }

    /// The words are the same on both devices.
    public func theyAreTheSame() async throws {
        try await orNotAtAll {
            _ = try await self.pairing?.confirmUnlessCancelled(how: .compared(readTerms: termsVersion()))
            self.step = .paired
            self.pairing = nil
        }
    }

    /// They differ, or somebody changed their mind. Nothing is stored.
    public func giveUp() async {
        step = .notBegun
        await pairing?.decline()
        pairing = nil
    }

    private func begin(_ make: @MainActor (Link) async throws -> Pairing) async throws {
        guard let link = home.link else { throw CommonGroundError.Unreachable }
        try await orNotAtAll {
            let pairing = try await make(link)
            self.pairing = pairing
            self.step = .comparing(try await pairing.codeUnlessCancelled().words)
        }
    }

    private func orNotAtAll(_ work: @MainActor () async throws -> Void) async throws {
        do {
            try await work()
        } catch {
            await giveUp()
            throw error
        }
    }
}
