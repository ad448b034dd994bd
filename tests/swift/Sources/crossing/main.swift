import CommonGroundKit
import Foundation
import Story

// What it costs to reach the core from Swift. `crossing FOLDER` opens a prepared folder (its keys lie beside it in
// hexadecimal digits, `private.key` and `shared.key`) and prints, for each thing it measures, a line with tabs:
// `swift`, what, the median in µs, the 95th percentile in µs. `crossing --prepare FOLDER` makes such a folder.
let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.last) {
case ("--prepare", let folder?) where arguments.count == 2:
    try await prepare(URL(fileURLWithPath: folder))
case ("--start-up", let folder?) where arguments.count == 2:
    let ground = try opened(URL(fileURLWithPath: folder))
    guard try ground.journal().entries(limit: 50).entries.count == 50 else { exit(1) }
    ground.shut()
case (let folder?, _) where arguments.count == 1:
    try measure(URL(fileURLWithPath: folder))
default:
    FileHandle.standardError.write(Data("crossing [--prepare | --start-up] FOLDER\n".utf8))
    exit(64)
}

/// The prepared folder, with the keys beside it.
func opened(_ folder: URL) throws -> CommonGround {
    let beside = folder.deletingLastPathComponent()
    let keys = try ["private.key", "shared.key"].map {
        try String(contentsOf: beside.appendingPathComponent($0), encoding: .utf8)
    }
    return try CommonGround.open(folder: folder.path, vault: MemoryVault(privateHex: keys[0], sharedHex: keys[1]))
}
