#if canImport(SwiftUI) && os(iOS)
    import CommonGroundKit
    import SwiftUI

    @main
    struct DiaryApp: App {
        @State private var diary = Diary()
        @State private var problem: CommonGroundError?

        var body: some Scene {
            WindowGroup {
                DiaryScreen(diary: diary, problem: $problem)
                    .task {
                        do {
                            let vault = KeychainKeyVault(prompt: String(localized: "Open your diary"))
                            let name = String(localized: "Me")
                            try await diary.open(try ProfileFolder.standard(), vault: vault, name: name)
                            try await diary.followJournal()
                        } catch {
                            problem = error as? CommonGroundError
                        }
                    }
            }
        }
    }

    struct DiaryScreen: View {
        let diary: Diary
        @Binding var problem: CommonGroundError?
        @State private var text = ""

        var body: some View {
            NavigationStack {
                List(diary.entries, id: \.id) { entry in
                    VStack(alignment: .leading) {
                        Text(entry.opening)
                        Text(entry.written.at, style: .date).font(.footnote)
                    }
                }
                .safeAreaInset(edge: .bottom) {
                    HStack {
                        TextField("What is on your mind?", text: $text, axis: .vertical)
                        Button("Save") { save() }.disabled(text.isEmpty)
                    }
                    .padding()
                }
                .navigationTitle("Diary")
            }
        }

        private func save() {
            Task {
                do {
                    try await diary.write(text)
                    text = ""
                } catch {
                    problem = error as? CommonGroundError
                }
            }
        }
    }
#endif
