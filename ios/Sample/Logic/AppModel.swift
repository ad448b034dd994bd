import CommonGroundKit
import Foundation
import Observation

/// What the whole app shows.
public enum Stage: Sendable, Equatable {
    case starting
    /// No profile yet.
    case welcome
    case locked
    case open
    /// It cannot be opened now; the trouble says why.
    case stuck
}

/// The app: opens the profile once, keeps it open while the app lives, locks and unlocks its journal.
@MainActor
@Observable
public final class AppModel {
    /// What is to be seen now.
    public private(set) var stage = Stage.starting
    /// What went wrong last, until something works.
    public private(set) var trouble: Trouble?
    /// The open profile.
    public private(set) var home: Home?

    private let folder: URL
    private let vault: any KeyVault
    private let keyIsGone: @Sendable () -> Bool
    private let reach: Reach

    /// `keyIsGone` says whether the system has taken the journal's key away; it is asked before the vault is.
    public init(
        folder: URL, vault: any KeyVault, reach: Reach = .asChosen, keyIsGone: @escaping @Sendable () -> Bool = { false }
    ) {
        self.folder = folder
        self.vault = vault
        self.reach = reach
        self.keyIsGone = keyIsGone
    }

    /// Opens the profile, or shows the welcome where there is none.
    public func start() async {
        if keyIsGone() {
            trouble = .keyGone
            stage = .stuck
            return
        }
        do {
            try await moveIn(Home.open(folder, vault: vault))
        } catch CommonGroundError.NoProfile {
            stage = .welcome
        } catch {
            trouble = Trouble(error)
            stage = .stuck
        }
    }

    /// Makes a profile for a person who is here for the first time.
    public func begin(as role: Role, named name: String) async {
        await attempt {
            let profile = NewProfile(role: role, displayName: name)
            try await self.moveIn(Home.create(self.folder, vault: self.vault, profile: profile))
        }
    }

    /// Closes the journal; the plan goes on catching up.
    public func lock() async {
        await attempt {
            try await self.home?.ask { $0.lock() }
            self.stage = .locked
        }
    }

    /// Opens the journal again; the vault may ask the person.
    public func unlock() async {
        await attempt {
            try await self.home?.ask { try $0.unlock() }
            self.stage = .open
        }
    }

    /// The app is in front of the person, or no longer.
    public func isInFront(_ inFront: Bool) async {
        guard let link = home?.link else { return }
        if inFront { await link.toForeground() } else { await link.toBackground() }
    }

    /// Does what a button is for, and keeps what went wrong for the screen to tell.
    public func attempt(_ work: @MainActor () async throws -> Void) async {
        do {
            trouble = nil
            try await work()
        } catch {
            trouble = Trouble(error)
        }
    }

    /// Closes the profile; its folder is free after that.
    public func close() async {
        await home?.close()
        home = nil
        stage = .starting
    }

    private func moveIn(_ home: Home) async throws {
        self.home = home
        stage = .open
        // Without a network the diary is there all the same.
        _ = try? await home.goOnline(reach)
    }
}
