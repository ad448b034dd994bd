import CommonGroundKit
import Foundation
import Story

/// What this device does on a command:
///
/// | command | answer |
/// | --- | --- |
/// | `create client NAME`, `create therapist NAME` | `ok` |
/// | `offer` | `ticket TEXT` |
/// | `redeem TICKET` | `ok` |
/// | `code` | `code WORD WORD WORD WORD` |
/// | `confirm` | `paired RELATIONSHIP` |
/// | `goal TITLE` | `goal ID` |
/// | `edit GOAL WHY` | `ok` |
/// | `agree GOAL` | `ok` |
/// | `exchange` | `in-step` |
/// | `plan` | `goal ID\|TITLE\|WHY\|agreed by both: true` for each goal, by id, then `end` |
/// | `quit` | `ok` |
///
/// An error is answered with `error CASE`.
actor Desk {
    private let folder: URL
    private var home: Home?
    private var pairing: Pairing?
    private var relationship: RelationshipId?

    init(folder: URL) {
        self.folder = folder
    }

    func answer(_ line: String) async -> [String] {
        do {
            return try await carryOut(line)
        } catch let error as CommonGroundError {
            // The case alone: what it holds is for those who look here.
            let name = Mirror(reflecting: error).children.first?.label ?? "\(error)"
            return ["error \(name.components(separatedBy: "(")[0])"]
        } catch {
            return ["error \(type(of: error))"]
        }
    }

    func close() async {
        await home?.close()
    }

    private func carryOut(_ line: String) async throws -> [String] {
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = parts.count > 1 ? parts[1] : ""
        switch parts.first {
        case "create":
            let (role, name) = split(rest)
            let profile = NewProfile(role: role == "therapist" ? .therapist : .client, displayName: name)
            home = try await Home.create(folder, vault: MemoryVault(), profile: profile)
            return ["ok"]
        case "offer":
            let offered = try await link().offerPairing(way: .sameNetwork)
            pairing = offered
            return ["ticket \(offered.ticket()?.text ?? "")"]
        case "redeem":
            pairing = try await link().redeem(ticket: rest)
            return ["ok"]
        case "code":
            return ["code " + (try await begunPairing().code().words.joined(separator: " "))]
        case "confirm":
            let confirmed = try await begunPairing().confirm(how: .compared(readTerms: termsVersion()))
            relationship = confirmed.id
            return ["paired \(confirmed.id)"]
        case "goal":
            return ["goal " + (try await plan { try $0.proposeGoal(goal: NewGoal(title: rest)).summary.id.rawValue })]
        case "edit":
            let (id, why) = split(rest)
            return try await plan {
                let shown = try $0.goal(id: GoalId(id))
                _ = try $0.editGoal(id: shown.summary.id, shown: shown.version, edit: GoalEdit(why: why))
                return ["ok"]
            }
        case "agree":
            return try await plan {
                let shown = try $0.goal(id: GoalId(rest))
                _ = try $0.agree(goal: shown.summary.id, shown: shown.digest)
                return ["ok"]
            }
        case "exchange":
            let report = try await link().exchange(relationship: shared(), patienceSeconds: 30)
            return [report.inStep ? "in-step" : "not in step"]
        case "plan":
            return try await plan(Self.lines)
        case "quit":
            return ["ok"]
        default:
            return ["error NoSuchCommand"]
        }
    }

    private static func lines(_ plan: Plan) throws -> [String] {
        let goals = try plan.goals().sorted { $0.id.rawValue < $1.id.rawValue }
        return try goals.map { summary in
            let goal = try plan.goal(id: summary.id)
            let isAgreed = if case .agreed = summary.standing { true } else { false }
            return "goal \(summary.id)|\(summary.title)|\(goal.why)|agreed by both: \(isAgreed)"
        } + ["end"]
    }

    private func split(_ text: String) -> (String, String) {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
    }

    private func opened() throws -> Home {
        guard let home else { throw CommonGroundError.NoProfile }
        return home
    }

    private func link() async throws -> Link {
        let home = try opened()
        if let link = home.link { return link }
        return try await home.goOnline(.thisMachine)
    }

    private func begunPairing() throws -> Pairing {
        guard let pairing else { throw CommonGroundError.NotFound(what: .relationship) }
        return pairing
    }

    private func shared() throws -> RelationshipId {
        guard let relationship else { throw CommonGroundError.NotFound(what: .relationship) }
        return relationship
    }

    private func plan<Answer: Sendable>(_ work: @escaping @Sendable (Plan) throws -> Answer) async throws -> Answer {
        try await opened().plan(shared(), work)
    }
}
