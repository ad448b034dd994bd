import CommonGroundKit
import Foundation

func measure(_ folder: URL) async throws {
    // A whole process each time, and what of it is ours: loading the library, opening both files, the first page.
    var within: [Double] = []
    var whole: [Double] = []
    for _ in 0..<20 {
        try whole.append(once { try within.append(startUpElsewhere(folder)) })
    }
    tell("start-up", whole)
    tell("start-up, without that of the process", within)

    let ground = try opened(folder)
    let journal = ground.journal()
    try tell(
        "list of 50 entries",
        spent(times: 500) {
            guard try journal.entries(limit: 50).entries.count == 50 else { throw Unmeasured() }
        })
    guard let relationship = try ground.relationships().first?.id else { throw Unmeasured() }
    let plan = try ground.plan(relationship: relationship)
    try tell(
        "30 goals with latest ratings",
        spent(times: 500) {
            let goals = try plan.goals()
            guard goals.count == 30, goals.allSatisfy({ $0.latestRatings.count == 2 }) else { throw Unmeasured() }
        })
    var words = Words()
    try tell("durable save", spent(times: 300) { _ = try journal.add(entry: NewEntry(text: words.text())) })
    ground.shut()

    // The same list as an app asks for it: off its own thread, and back.
    let home = try await Home.open(folder, vault: vault(of: folder))
    var byTask: [Double] = []
    for turn in 0..<1_000 {
        let begun = ContinuousClock.now
        _ = try await home.journal { try $0.entries(limit: 50) }
        if turn >= 500 { byTask.append(microseconds(ContinuousClock.now - begun)) }
    }
    tell("list of 50 entries, by a task", byTask)
    await home.close()
}

/// What `startUpElsewhere` starts: says how long it took.
func startUp(_ folder: URL) throws {
    let spent = try once {
        let ground = try opened(folder)
        guard try ground.journal().entries(limit: 50).entries.count == 50 else { throw Unmeasured() }
        ground.shut()
    }
    print(spent)
}

/// The folder does not hold what is measured.
struct Unmeasured: Error {}

private func startUpElsewhere(_ folder: URL) throws -> Double {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["--start-up", folder.path]
    let said = Pipe()
    process.standardOutput = said
    try process.run()
    let answer = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard let spent = Double(answer.trimmingCharacters(in: .newlines)) else { throw Unmeasured() }
    return spent
}

private func spent(times: Int, _ work: () throws -> Void) throws -> [Double] {
    // What is only slow at first is not what it costs.
    for _ in 0..<times { try work() }
    return try (0..<times).map { _ in try once(work) }
}

private func once(_ work: () throws -> Void) rethrows -> Double {
    microseconds(try ContinuousClock().measure(work))
}

private func microseconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) * 1e6 + Double(attoseconds) / 1e12
}

private func tell(_ what: String, _ spent: [Double]) {
    let sorted = spent.sorted()
    let rounded = [sorted[sorted.count / 2], sorted[sorted.count * 95 / 100]].map { String(format: "%.1f", $0) }
    print((["swift", what] + rounded).joined(separator: "\t"))
}
