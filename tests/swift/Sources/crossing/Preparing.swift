import CommonGroundKit
import Foundation
import Story

/// A client's folder with 10,000 entries of 200 words and a plan of 30 goals, rated by both.
func prepare(_ folder: URL) async throws {
    let vault = MemoryVault()
    let mara = try await Home.create(folder, vault: vault, profile: NewProfile(role: .client, displayName: "Mara"))
    let doctor = try await Device(.therapist, "Dr. Okafor")
    try await mara.journal { journal in
        var words = Words()
        for number in 1...10_000 { _ = try journal.add(entry: NewEntry(text: words.text(), title: "Entry \(number)")) }
    }

    let (maraLink, doctorLink) = try await (mara.goOnline(.thisMachine), doctor.online())
    let offered = try await maraLink.offerPairing(way: .sameNetwork)
    let taken = try await doctorLink.redeem(ticket: offered.ticket()!.text)
    async let code = taken.code()
    _ = try await (offered.code(), code)
    async let confirmed = taken.confirm(how: .notCompared)
    let relationship = try await offered.confirm(how: .notCompared).id
    _ = try await confirmed

    let goals = try await mara.plan(relationship) { plan in
        try (1...30).map { try plan.proposeGoal(goal: NewGoal(title: "Goal \($0)", why: "Because.")).summary.id }
    }
    try await exchange(relationship, maraLink, doctorLink)
    for home in [mara, doctor.home] {
        try await home.plan(relationship) { plan in
            for goal in goals { _ = try plan.rate(goal: goal, rating: NewRating(value: 7, helped: "A walk.")) }
        }
    }
    try await exchange(relationship, maraLink, doctorLink)
    await doctor.home.close()
    await mara.close()

    for (name, file) in [(KeyName.private, "private.key"), (.shared, "shared.key")] {
        let hex = vault.load(name: name)!.map { String(format: "%02x", $0) }.joined()
        try Data(hex.utf8).write(to: folder.deletingLastPathComponent().appendingPathComponent(file))
    }
}

private func exchange(_ relationship: RelationshipId, _ one: Link, _ other: Link) async throws {
    async let there = other.exchange(relationship: relationship, patienceSeconds: 30)
    _ = try await (one.exchange(relationship: relationship, patienceSeconds: 30), there)
}
