import CommonGroundKit
import Foundation

func measure(_ folder: URL) throws {
    // A whole process each time: loading the library, opening both files, the first page, closing.
    try measure("start-up", times: 20) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--start-up", folder.path]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Unmeasured() }
    }

    let ground = try opened(folder)
    let journal = ground.journal()
    try measure("list of 50 entries", times: 500) {
        guard try journal.entries(limit: 50).entries.count == 50 else { throw Unmeasured() }
    }
    guard let relationship = try ground.relationships().first?.id else { throw Unmeasured() }
    let plan = try ground.plan(relationship: relationship)
    try measure("30 goals with latest ratings", times: 500) {
        guard try plan.goals().count == 30 else { throw Unmeasured() }
    }
    let text = Array(repeating: "word", count: 200).joined(separator: " ")
    try measure("durable save", times: 300) {
        _ = try journal.add(entry: NewEntry(text: text))
    }
    ground.shut()
}

/// The folder does not hold what is measured.
struct Unmeasured: Error {}

private func measure(_ what: String, times: Int, _ work: () throws -> Void) throws {
    let clock = ContinuousClock()
    // What is only slow at first is not what it costs.
    for _ in 0..<max(2, times / 10) { try work() }
    var spent: [Double] = []
    for _ in 0..<times {
        let duration = try clock.measure(work)
        let (seconds, attoseconds) = duration.components
        spent.append(Double(seconds) * 1e6 + Double(attoseconds) / 1e12)
    }
    spent.sort()
    let rounded = [spent[times / 2], spent[times * 95 / 100]].map { String(format: "%.1f", $0) }
    print((["swift", what] + rounded).joined(separator: "\t"))
}
