#if canImport(SwiftUI) && os(iOS)
    import CommonGroundKit
    import SampleLogic
    import SwiftUI

    struct JournalScreen: View {
        let app: AppModel
        @State var journal: JournalModel
        @State private var text = ""
        @State private var words = ""

        var body: some View {
            List {
                ForEach(journal.entries, id: \.id) { entry in
                    VStack(alignment: .leading) {
                        Text(entry.opening)
                        Text(entry.written.at, style: .date).font(.footnote).foregroundStyle(.secondary)
                    }
                }
                .onDelete { rows in
                    let gone = rows.map { journal.entries[$0].id }
                    Task {
                        await app.attempt {
                            for entry in gone { try await journal.throwAway(entry) }
                        }
                    }
                }
            }
            .overlay {
                if journal.isFollowing && journal.entries.isEmpty {
                    Text(words.isEmpty ? "nothing_written" : "nothing_found")
                }
            }
            .searchable(text: $words, prompt: "search")
            .task(id: words) { await app.attempt { try await journal.follow(words) } }
            .safeAreaInset(edge: .bottom) {
                HStack {
                    TextField("write_here", text: $text, axis: .vertical)
                    Button("keep") { keep() }.disabled(text.isEmpty)
                }
                .padding()
                .background(.bar)
            }
        }

        private func keep() {
            Task {
                await app.attempt {
                    try await journal.write(text)
                    // Only what is safe leaves the field.
                    text = ""
                }
            }
        }
    }
#endif
