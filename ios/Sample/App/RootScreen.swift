#if canImport(SwiftUI) && os(iOS)
    import CommonGroundKit
    import SampleLogic
    import SwiftUI

    /// What fits to how the app stands. The way to help is on every one of these.
    struct RootScreen: View {
        let app: AppModel
        @State private var showsHelp = false

        var body: some View {
            NavigationStack {
                VStack {
                    if let trouble = app.trouble {
                        Text(LocalizedStringKey(trouble.rawValue)).foregroundStyle(.red).padding()
                    }
                    content
                }
                .toolbar {
                    Button("help", systemImage: "lifepreserver") { showsHelp = true }
                    if app.stage == .open {
                        Button("lock", systemImage: "lock") { Task { await app.lock() } }
                    }
                }
            }
            .sheet(isPresented: $showsHelp) { HelpScreen() }
        }

        @ViewBuilder private var content: some View {
            switch app.stage {
            case .starting:
                ProgressView()
            case .welcome:
                WelcomeScreen(app: app)
            case .locked:
                ContentUnavailableView {
                    Label("locked", systemImage: "lock")
                } actions: {
                    Button("unlock") { Task { await app.unlock() } }
                }
            case .stuck:
                Button("again") { Task { await app.start() } }
            case .open:
                if let home = app.home { OpenScreen(app: app, home: home) }
            }
        }
    }

    struct OpenScreen: View {
        let app: AppModel
        let home: Home
        /// Held while these screens are there.
        @State private var watch: NetworkWatch?

        var body: some View {
            TabView {
                JournalScreen(app: app, journal: JournalModel(home))
                    .tabItem { Label("journal", systemImage: "book") }
                PeopleScreen(app: app, home: home)
                    .tabItem { Label("together", systemImage: "person.2") }
            }
            .onAppear { watch = NetworkWatch(home) }
            .onDisappear { watch = nil }
        }
    }

    struct WelcomeScreen: View {
        let app: AppModel
        @State private var name = ""
        @State private var role = Role.client

        var body: some View {
            Form {
                Section("welcome") {
                    TextField("welcome_name", text: $name)
                    Picker("welcome", selection: $role) {
                        Text("i_am_client").tag(Role.client)
                        Text("i_am_therapist").tag(Role.therapist)
                    }
                    .pickerStyle(.inline)
                    .labelsHidden()
                }
                Button("begin") { Task { await app.begin(as: role, named: name) } }.disabled(name.isEmpty)
            }
        }
    }
#endif
