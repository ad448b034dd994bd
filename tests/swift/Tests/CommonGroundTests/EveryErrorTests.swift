import CommonGroundKit
import Foundation
import Story
import Testing

/// Every error that an app can meet, met for real. A new case of the core does not compile here until it has a name,
/// and fails until it has a story or an excuse.
@Suite("Every error")
struct EveryErrorTests {
    @Test("every error is met, and tells what an app needs", arguments: ErrorName.allCases)
    func everyError(_ name: ErrorName) async throws {
        guard ErrorName.notFromOutside[name] == nil else {
            #expect(ErrorStories.all[name] == nil, "it has a story and an excuse")
            return
        }
        let story = try #require(ErrorStories.all[name], "it has no story")
        let scene = try Scene()
        do {
            try await withPatience { try await story.tell(scene) }
            Issue.record("nothing was thrown")
        } catch let error as CommonGroundError {
            #expect(ErrorName(error) == name, "\(error)")
            #expect(story.holds(error), "\(error)")
            // For developers, and never empty.
            #expect(!error.description.isEmpty)
        }
        await scene.close()
    }
}

/// The names of all errors.
enum ErrorName: CaseIterable {
    case locked, inUse, noProfile, profileExists, wrongKey, damaged, newerFile, newerPlan, olderPlan, diskFull, file
    case fileExists, vault, notFound, invalid, changed, openChoice, notAllowed, importing, pack, backup, cancelled
    case pairing, notShared, tooMuchHandedOver, carry, notTogether, parcel, unreachable, replaced, closed, exchange
    case internalMistake

    /// What no call from outside can bring about, and why. Rust's own tests have such devices.
    static let notFromOutside: [ErrorName: String] = [
        .newerPlan: "only an app of a newer version writes such a plan",
        .olderPlan: "those who pair exchange at once, and then each knows what the other's app reads",
        .exchange: "only a device that breaks the rules of an exchange leads to it",
    ]

    init(_ error: CommonGroundError) {
        self =
            switch error {
            case .Locked: .locked
            case .InUse: .inUse
            case .NoProfile: .noProfile
            case .ProfileExists: .profileExists
            case .WrongKey: .wrongKey
            case .Damaged: .damaged
            case .NewerFile: .newerFile
            case .NewerPlan: .newerPlan
            case .OlderPlan: .olderPlan
            case .DiskFull: .diskFull
            case .File: .file
            case .FileExists: .fileExists
            case .Vault: .vault
            case .NotFound: .notFound
            case .Invalid: .invalid
            case .Changed: .changed
            case .OpenChoice: .openChoice
            case .NotAllowed: .notAllowed
            case .Import: .importing
            case .Pack: .pack
            case .Backup: .backup
            case .Cancelled: .cancelled
            case .Pairing: .pairing
            case .NotShared: .notShared
            case .TooMuchHandedOver: .tooMuchHandedOver
            case .Carry: .carry
            case .NotTogether: .notTogether
            case .Parcel: .parcel
            case .Unreachable: .unreachable
            case .Replaced: .replaced
            case .Closed: .closed
            case .Exchange: .exchange
            case .Internal: .internalMistake
            }
    }
}
