#if canImport(SwiftUI) && os(iOS)
    import CommonGroundKit
    import SampleLogic
    import SwiftUI

    @main
    struct SampleApp: App {
        @State private var app: AppModel?
        @Environment(\.scenePhase) private var phase
        private let background = BackgroundExchange()

        var body: some Scene {
            WindowGroup {
                Group {
                    if let app { RootScreen(app: app) } else { ProgressView() }
                }
                .task {
                    guard app == nil, let folder = try? ProfileFolder.standard() else { return }
                    let vault = KeychainKeyVault(prompt: String(localized: "unlock_prompt"))
                    let model = AppModel(folder: folder, vault: vault) {
                        (try? vault.standing(of: .private)) == .takenAway
                    }
                    app = model
                    await model.start()
                }
            }
            .onChange(of: phase) { _, now in
                Task { await app?.isInFront(now == .active) }
                if now == .background { try? background.schedule() }
            }
            .backgroundTask(.appRefresh("org.commonground.exchange")) {
                // A home that is not open any more cannot be opened without the person.
                _ = try? await app?.home?.catchUp()
            }
        }
    }
#endif
