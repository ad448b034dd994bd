import CommonGroundKit
import Foundation
import Observation

/// How a goal stands, for a screen to put into words.
public enum GoalStanding: Sendable, Equatable {
    case proposed
    /// This person has agreed, the other has not yet.
    case youAgreed
    case agreed(since: Date)
    /// What was agreed to still holds.
    case changed(agreed: Date)
    case withdrawn
}

/// A goal as a row of the list shows it.
public struct GoalRow: Identifiable, Sendable, Equatable {
    /// Which goal.
    public let id: GoalId
    /// What is wanted.
    public let title: String
    /// Why it matters.
    public let why: String
    /// How it stands.
    public let standing: GoalStanding
    /// Whether this person can still agree to what is shown.
    public let canAgree: Bool
    let digest: WordingDigest

    init(_ goal: Goal, me: PersonId) {
        let iAgreed = goal.agreedBy.contains(me)
        id = goal.summary.id
        title = goal.summary.title
        why = goal.why
        digest = goal.digest
        canAgree = !iAgreed && !goal.summary.openChoice
        standing =
            switch goal.summary.standing {
            case .proposed: iAgreed ? .youAgreed : .proposed
            case .agreed(let since): .agreed(since: since)
            case .changedSinceAgreed(let agreed): .changed(agreed: agreed)
            case .withdrawn: .withdrawn
            }
    }
}

/// Whom this person shares plans with.
@MainActor
@Observable
public final class PeopleModel {
    /// Everybody, also those with whom it is over.
    public private(set) var people: [Relationship] = []
    private let home: Home

    /// Of an open profile.
    public init(_ home: Home) {
        self.home = home
    }

    /// Keeps the list up to date for as long as the task lives.
    public func follow() async throws {
        for try await now in home.live(where: \.isOfRelationships, { try $0.relationships() }) { people = now }
    }
}

/// One plan's screen: its goals, and whether both devices are level.
@MainActor
@Observable
public final class PlanModel {
    /// What the list shows.
    public private(set) var goals: [GoalRow] = []
    /// How the two devices stand.
    public private(set) var link = LinkState.apart
    private let home: Home
    private let relationship: RelationshipId

    /// Of an open profile and one of its relationships.
    public init(_ home: Home, _ relationship: RelationshipId) {
        self.home = home
        self.relationship = relationship
    }

    /// Keeps the goals up to date, whoever of the two changes them.
    public func follow() async throws {
        let relationship = relationship
        let goals = home.live(where: { $0.isOfPlan(relationship) }) { ground in
            let me = try ground.profile().person
            let plan = try ground.plan(relationship: relationship)
            return try plan.goals().map { GoalRow(try plan.goal(id: $0.id), me: me) }
        }
        for try await now in goals { self.goals = now }
    }

    /// Keeps up to date whether both are level.
    public func followLink() async {
        link = (try? home.link?.state(relationship: relationship)) ?? .apart
        for await case .link(relationship, let now) in home.changes { link = now }
    }

    /// Proposes a goal: the other sees it with the next exchange.
    public func propose(_ title: String, why: String) async throws {
        _ = try await home.plan(relationship) { try $0.proposeGoal(goal: NewGoal(title: title, why: why)) }
    }

    /// Agrees to the wording of this row, as it was shown.
    public func agree(to goal: GoalRow) async throws {
        _ = try await home.plan(relationship) { try $0.agree(goal: goal.id, shown: goal.digest) }
    }

    /// Brings both level now, if the other is there within half a minute.
    public func exchange() async throws {
        guard let link = home.link else { throw CommonGroundError.Unreachable }
        _ = try await link.exchange(relationship: relationship, patienceSeconds: 30)
    }
}
