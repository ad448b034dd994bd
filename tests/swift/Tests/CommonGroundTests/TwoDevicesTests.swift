import CommonGroundKit
import Foundation
import Story
import Testing

/// A client's phone and a therapist's, which meet over this machine's network.
@Suite("Two devices")
struct TwoDevicesTests {
    let two: TwoPeople
    let relationship: RelationshipId
    var mara: Home { two.mara.home }
    var doctor: Home { two.doctor.home }

    init() async throws {
        two = try await TwoPeople()
        relationship = try await two.pair()
    }

    @Test("two people write apart, come together, agree, and an edit reopens what they agreed to")
    func agreeing() async throws {
        // Apart: each proposes a goal.
        let sleep = try await mara.plan(relationship) {
            try $0.proposeGoal(
                goal: NewGoal(title: "Sleep through", why: "Tired days 😴", success: "Five nights of seven"))
        }.summary.id
        let talk = try await doctor.plan(relationship) {
            try $0.proposeGoal(goal: NewGoal(title: "Speak up in meetings"))
        }.summary.id
        let reports = try await two.exchange(relationship)
        #expect(reports.mara.inStep && reports.doctor.inStep)
        let maras = try await mara.plan(relationship) { try $0.goals() }
        #expect(Set(maras.map(\.id)) == [sleep, talk])
        #expect(try await doctor.plan(relationship) { try $0.goals() } == maras)

        // Together: an edit of one reaches the other's screen.
        try await doctor.plan(relationship) {
            let shown = try $0.goal(id: sleep)
            let why = shown.why + " and short evenings"
            _ = try $0.editGoal(id: sleep, shown: shown.version, edit: GoalEdit(why: why))
        }
        let old = try await mara.plan(relationship) { try $0.goal(id: sleep).digest }
        try await sees(mara, sleep) { $0.why == "Tired days 😴 and short evenings" }

        // Agreeing takes the wording that the screen showed.
        let wording = try await mara.plan(relationship) { try $0.goal(id: sleep).digest }
        if old != wording {
            await #expect(throws: CommonGroundError.Changed(what: .wording)) {
                try await mara.plan(relationship) { try $0.agree(goal: sleep, shown: old) }
            }
        }
        let (maraId, doctorId) = try await (two.mara.me(), two.doctor.me())
        _ = try await mara.plan(relationship) { try $0.agree(goal: sleep, shown: wording) }
        try await sees(doctor, sleep) { $0.agreedBy == [maraId] }
        _ = try await doctor.plan(relationship) { try $0.agree(goal: sleep, shown: wording) }
        try await sees(mara, sleep) { if case .agreed = $0.summary.standing { true } else { false } }
        #expect(try await mara.plan(relationship) { Set(try $0.goal(id: sleep).agreedBy) } == [maraId, doctorId])

        // An edit by the other reopens it; what was sealed stays in force.
        try await doctor.plan(relationship) {
            _ = try $0.editGoal(
                id: sleep, shown: try $0.version(), edit: GoalEdit(title: "Sleep through most nights"))
        }
        try await sees(mara, sleep) { if case .changedSinceAgreed = $0.summary.standing { true } else { false } }
        #expect(try await mara.plan(relationship) { try $0.goal(id: sleep).sealed?.title } == "Sleep through")
        await two.close()
    }

    @Test("a piece of the journal is handed over, read, talked about and taken back")
    func handingOver() async throws {
        let entry = try await mara.journal { try $0.add(entry: NewEntry(text: "The tram was full, and I stayed. 🚋")) }
        let draft = ExcerptDraft(entry: entry.id)
        let preview = try await mara.sharing(relationship) { try $0.preview(draft: draft) }
        #expect(preview.excerpt.text == "The tram was full, and I stayed. 🚋")
        #expect(preview.toKnow.contains(.mayNotBeReadBeforeYouMeet))
        let parcel = try await mara.sharing(relationship) { try $0.handOver(draft: draft, seen: preview.digest) }
        try await two.exchange(relationship)
        #expect(try await doctor.sharing(relationship) { try $0.open(parcel: parcel).excerpt } == preview.excerpt)
        _ = try await doctor.sharing(relationship) { try $0.comment(parcel: parcel, text: "Thank you.") }
        try await two.exchange(relationship)
        #expect(try await mara.sharing(relationship) { try $0.open(parcel: parcel).comments.map(\.text) } == ["Thank you."])

        try await mara.sharing(relationship) { try $0.takeBack(parcel: parcel) }
        try await two.exchange(relationship)
        #expect(try await mara.sharing(relationship) { try $0.excerpt(parcel: parcel).state } == .deleted)
        await #expect(throws: CommonGroundError.Parcel(problem: .takenBack)) {
            try await doctor.sharing(relationship) { try $0.open(parcel: parcel) }
        }
        #expect(try await mara.ask { try $0.recordOfHandingOver().count } == 2)
        await two.close()
    }

    @Test("a task is offered, accepted and done on a day that no time zone can move")
    func tasks() async throws {
        let due = try #require(LocalDate(year: 2026, month: 3, day: 29))
        let task = try await doctor.plan(relationship) {
            let goal = try $0.proposeGoal(goal: NewGoal(title: "Walk every day")).summary.id
            return try $0.addTask(goal: goal, task: NewTask(what: "Ten minutes around the block", owner: .client, due: due))
        }
        #expect(task.state == .offered)
        try await two.exchange(relationship)
        let offered = try #require(try await mara.plan(relationship) { try $0.tasks().first })
        #expect(offered.due == due)
        try await mara.plan(relationship) {
            #expect(try $0.acceptTask(id: offered.id, shown: offered.digest).state == .accepted)
            _ = try $0.logTask(id: offered.id, on: due, outcome: .partly, note: "Rain.")
        }
        let relationship = relationship
        try await two.doctor.waitUntil { try $0.plan(relationship: relationship).tasks().first?.log.first?.on == due }
        await two.close()
    }

    @Test("the plan catches up while the journal is locked, and no words are shown")
    func catchingUpLocked() async throws {
        await two.goOffline()
        let goal = try await doctor.plan(relationship) { try $0.proposeGoal(goal: NewGoal(title: "Rest")) }.summary.id
        try await mara.ask { $0.lock() }

        async let doctors = doctor.catchUp(reach: .thisMachine)
        let maras = try await mara.catchUp(reach: .thisMachine)
        guard case .exchanged(let report) = maras[relationship], case .exchanged = try await doctors[relationship] else {
            Issue.record("\(maras)")
            return
        }
        #expect(report.inStep)
        #expect(mara.link == nil)
        await #expect(throws: CommonGroundError.Locked) { try await mara.plan(relationship) { try $0.goals() } }

        try await mara.ask { try $0.unlock() }
        #expect(try await mara.plan(relationship) { try $0.goals().map(\.id) } == [goal])
        await two.close()
    }

    @Test("an app that was ended opens locked in the background, exchanges, and the journal waits for the person")
    func catchingUpOpenedLocked() async throws {
        await two.goOffline()
        let goal = try await doctor.plan(relationship) { try $0.proposeGoal(goal: NewGoal(title: "Rest")) }.summary.id
        await mara.close()

        let home = try await Home.openLocked(two.mara.folder.url, vault: two.mara.vault)
        async let doctors = doctor.catchUp(reach: .thisMachine)
        let maras = try await home.catchUp(reach: .thisMachine)
        guard case .exchanged(let report) = maras[relationship], case .exchanged = try await doctors[relationship] else {
            Issue.record("\(maras)")
            return
        }
        #expect(report.inStep)
        await #expect(throws: CommonGroundError.Locked) { try await home.journal { try $0.count() } }
        await #expect(throws: CommonGroundError.Locked) { [relationship] in
            try await home.plan(relationship) { try $0.goals() }
        }

        try await home.ask { try $0.unlock() }
        #expect(try await home.journal { try $0.count() } == 0)
        #expect(try await home.plan(relationship) { try $0.goals().map(\.id) } == [goal])
        await home.close()
        await two.close()
    }

    @Test("catching up tells who was not there, skips who is paused, and ends when the system's time is over")
    func catchingUpAlone() async throws {
        await two.goOffline()
        let alone = try await mara.catchUp(reach: .thisMachine, patience: 1)
        guard case .failed(let error as CommonGroundError) = alone[relationship] else {
            Issue.record("\(alone)")
            return
        }
        #expect(error == .Unreachable)

        let catching = Task { try await mara.catchUp(reach: .thisMachine, patience: 600) }
        try await withPatience { [mara] in
            while mara.link == nil { await Task.yield() }
        }
        catching.cancel()
        await #expect(throws: CancellationError.self) { try await withPatience { try await catching.value } }
        #expect(mara.link == nil)

        _ = try await mara.ask { [relationship] in try $0.pause(relationship: relationship) }
        #expect(try await mara.catchUp(reach: .thisMachine).isEmpty)
        await two.close()
    }

    @Test("whoever stops waiting for the other ends the pairing, and harms nothing")
    func cancelledPairing() async throws {
        let others = try await TwoPeople()
        let abandoned = try await others.mara.online().offerPairing(way: .sameNetwork)
        let waiting = Task { try await abandoned.codeUnlessCancelled() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await withPatience { try await waiting.value } }

        let relationship = try await others.pair()
        #expect(try await others.exchange(relationship).mara.inStep)
        await others.close()
        await two.close()
    }

    @Test("a relationship in which nobody compared the words says so until they do")
    func notCompared() async throws {
        let others = try await TwoPeople()
        let id = try await others.pair(.notCompared)
        let before = try await others.mara.home.ask { try $0.relationships() }
        #expect(before.map(\.codeCompared) == [false])
        let there = try await others.doctor.home.ask { try $0.relationships() }
        #expect(before.map(\.code) == there.map(\.code))
        #expect(try await others.mara.home.ask { try $0.markCodeCompared(relationship: id).codeCompared })
        await others.close()
        await two.close()
    }

    @Test("every frame can be watched, a watcher that throws harms nothing, and no word of the journal is in one")
    func frames() async throws {
        let (frames, seen) = AsyncStream<(Direction, Data)>.makeStream()
        try await two.mara.online().watchFrames(observer: Watching { seen.yield(($0, $1)) })
        try await two.doctor.online().watchFrames(observer: Watching { _, _ in throw Surprise(secret: "not now") })
        _ = try await mara.journal { try $0.add(entry: NewEntry(text: "What I wrote for nobody but me.")) }
        _ = try await mara.plan(relationship) { try $0.proposeGoal(goal: NewGoal(title: "Paint again")) }
        #expect(try await two.exchange(relationship).mara.inStep)
        await two.goOffline()
        seen.finish()

        let all = await frames.reduce(into: []) { $0.append($1) }
        let sent = all.filter { $0.0 == .sent }.map { String(decoding: $0.1, as: UTF8.self) }
        #expect(all.contains { $0.0 == .received })
        #expect(sent.contains { $0.contains("Paint again") })
        #expect(!sent.contains { $0.contains("nobody but me") })
        await two.close()
    }

    /// Waits until a goal is seen like this on a device.
    private func sees(_ home: Home, _ goal: GoalId, _ isSo: @escaping @Sendable (Goal) -> Bool) async throws {
        let device = home === two.mara.home ? two.mara : two.doctor
        try await device.waitUntil { [relationship] in isSo(try $0.plan(relationship: relationship).goal(id: goal)) }
    }
}

private final class Watching: FrameObserver {
    private let see: @Sendable (Direction, Data) throws -> Void

    init(_ see: @escaping @Sendable (Direction, Data) throws -> Void) {
        self.see = see
    }

    func onFrame(relationship: RelationshipId, direction: Direction, inflated: Data) throws {
        try see(direction, inflated)
    }
}
