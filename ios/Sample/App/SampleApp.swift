#if canImport(SwiftUI) && os(iOS)
    import CommonGroundKit
    import SampleLogic
    import SwiftUI

    @main
    struct SampleApp: App {
        /// There from the beginning: the system may start the app for the background alone, without a screen.
        @State private var app = Self.model()
        @Environment(\.scenePhase) private var phase
        private let background = BackgroundExchange()

        var body: some Scene {
            WindowGroup {
                Group {
                    if let app { RootScreen(app: app) } else { ProgressView() }
                }
                .task {
                    guard let app, app.stage == .starting else { return }
                    await app.start()
                }
            }
            .onChange(of: phase) { _, now in
                Task { await app?.isInFront(now == .active) }
                if now == .background { try? background.schedule() }
            }
            .backgroundTask(.appRefresh("org.commonground.exchange")) {
                // A home that is not open any more is opened locked: for that the person need not be there.
                await app?.catchUp()
            }
        }

        private static func model() -> AppModel? {
            guard let folder = try? ProfileFolder.standard() else { return nil }
            let vault = KeychainKeyVault(prompt: String(localized: "unlock_prompt"))
            return AppModel(folder: folder, vault: vault) { (try? vault.standing(of: .private)) == .takenAway }
        }
    }
#endif
