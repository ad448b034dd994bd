#if canImport(SwiftUI) && os(iOS)
    import CommonGroundKit
    import SampleLogic
    import SwiftUI

    struct PeopleScreen: View {
        let app: AppModel
        let home: Home
        @State private var people: PeopleModel
        @State private var isPairing = false

        init(app: AppModel, home: Home) {
            self.app = app
            self.home = home
            _people = State(initialValue: PeopleModel(home))
        }

        var body: some View {
            List {
                if people.people.isEmpty { Text("nobody_yet") }
                ForEach(people.people, id: \.id) { person in
                    NavigationLink("with \(person.other.displayName)") {
                        PlanScreen(app: app, plan: PlanModel(home, person.id))
                    }
                }
                Button("pair") { isPairing = true }
            }
            .task { await app.attempt { try await people.follow() } }
            .sheet(isPresented: $isPairing) { PairingScreen(app: app, pairing: PairingModel(home)) }
        }
    }

    struct PairingScreen: View {
        let app: AppModel
        @State var pairing: PairingModel
        @State private var ticket = ""
        /// What is under way; it ends with the screen.
        @State private var work: Task<Void, Never>?
        @Environment(\.dismiss) private var dismiss

        var body: some View {
            Form {
                switch pairing.step {
                case .notBegun:
                    Text("pair_way")
                    Text("pair_shared")
                    Button("pair_show") { begin { try await pairing.offer() } }
                    TextField("pair_ticket", text: $ticket)
                    Button("pair_take") { begin { try await pairing.take(ticket) } }.disabled(ticket.isEmpty)
                case .showing(let ticket):
                    Text("pair_give")
                    ShareLink(item: ticket)
                    ProgressView("pair_waiting")
                case .reaching:
                    ProgressView("pair_waiting")
                case .comparing(let words):
                    Text("pair_compare")
                    Text(words.joined(separator: "  ")).font(.title2)
                    Button("pair_same") { begin { try await pairing.theyAreTheSame() } }
                    Button("pair_differ", role: .destructive) { Task { await pairing.giveUp() } }
                case .paired:
                    Button("done") { dismiss() }
                }
            }
            .onDisappear {
                work?.cancel()
                if pairing.step != .paired { Task { await pairing.giveUp() } }
            }
        }

        private func begin(_ step: @escaping @MainActor () async throws -> Void) {
            work = Task { await app.attempt(step) }
        }
    }

    struct PlanScreen: View {
        let app: AppModel
        @State var plan: PlanModel
        @State private var title = ""
        @State private var why = ""

        var body: some View {
            List {
                Text(standing(plan.link)).font(.footnote).foregroundStyle(.secondary)
                ForEach(plan.goals) { goal in
                    VStack(alignment: .leading) {
                        Text(goal.title).font(.headline)
                        Text(goal.why)
                        Text(standing(goal.standing)).font(.footnote).foregroundStyle(.secondary)
                        if goal.canAgree {
                            Button("agree") { attempt { try await plan.agree(to: goal) } }
                        }
                    }
                }
                Section {
                    TextField("new_goal", text: $title)
                    TextField("new_goal_why", text: $why, axis: .vertical)
                    Button("propose") {
                        attempt {
                            try await plan.propose(title, why: why)
                            (title, why) = ("", "")
                        }
                    }
                    .disabled(title.isEmpty)
                }
            }
            .navigationTitle("plan")
            .refreshable { await app.attempt { try await plan.exchange() } }
            .task { await app.attempt { try await plan.follow() } }
            .task { await plan.followLink() }
        }

        private func attempt(_ work: @escaping @MainActor () async throws -> Void) {
            Task { await app.attempt(work) }
        }

        private func standing(_ link: LinkState) -> LocalizedStringKey {
            switch link {
            case .apart: "sync_apart"
            case .catchingUp: "sync_catching_up"
            case .inStep: "sync_in_step"
            }
        }

        private func standing(_ goal: GoalStanding) -> LocalizedStringKey {
            switch goal {
            case .proposed: "goal_proposed"
            case .youAgreed: "goal_you_agreed"
            case .agreed(let since): "goal_agreed \(since.formatted(date: .long, time: .omitted))"
            case .changed(let agreed): "goal_changed \(agreed.formatted(date: .long, time: .omitted))"
            case .withdrawn: "goal_withdrawn"
            }
        }
    }
#endif
