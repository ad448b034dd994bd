#if canImport(SwiftUI) && os(iOS)
    import SwiftUI

    /// The way to help: it needs no network and no open journal.
    struct HelpScreen: View {
        var body: some View {
            List {
                Text("help_danger")
                if let emergency = URL(string: "tel:112") {
                    SwiftUI.Link("help_call", destination: emergency)
                }
                Text("help_talk")
                Text("help_not_medical")
            }
            .navigationTitle("help")
        }
    }
#endif
