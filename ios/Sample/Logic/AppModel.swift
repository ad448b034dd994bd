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
    /// Under way, for whoever comes next: a folder is open once.
    private var opening: Task<Home, any Error>?

    /// `keyIsGone` says whether the system has taken the journal's key away; it is asked before the vault is.
    public init(
        folder: URL, vault: any KeyVault, reach: Reach = .asChosen, keyIsGone: @escaping @Sendable () -> Bool = { false }
    ) {
        self.folder = folder
        self.vault = vault
        self.reach = reach
        self.keyIsGone = keyIsGone
    }

    /// Opens the profile and its journal, or shows the welcome where there is none.
    public func start() async {
        if keyIsGone() {
            trouble = .keyGone
            stage = .stuck
            return
        }
        do {
            let home = try await opened()
            try await home.ask { try $0.unlock() }
            await moveIn(home)
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
            await self.moveIn(try await Home.create(self.folder, vault: self.vault, profile: profile))
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

    /// Lets the plans catch up while nobody looks. Where the profile is not open it is opened locked, which asks nobody;
    /// it stays open, and `start` only unlocks it. Without a profile this does nothing.
    public func catchUp() async {
        guard let home = try? await opened() else { return }
        _ = try? await home.catchUp(reach: reach)
        // Who came meanwhile found it online for the exchange alone.
        if stage == .open { await goOnline() }
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

    /// The home as it is, or opened locked where it is not open. Throws what ``Home/openLocked(_:vault:)`` does.
    public func opened() async throws -> Home {
        if let home { return home }
        let opening = opening ?? Task { [folder, vault] in try await Home.openLocked(folder, vault: vault) }
        self.opening = opening
        defer { self.opening = nil }
        let home = try await opening.value
        self.home = home
        return home
    }

    private func moveIn(_ home: Home) async {
        self.home = home
        stage = .open
        await goOnline()
    }

    /// Without a network the diary is there all the same.
    private func goOnline() async {
        guard let home, home.link == nil else { return }
        _ = try? await home.goOnline(reach)
    }
}
