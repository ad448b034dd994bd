import CommonGroundKit
import Foundation
import Story

// What it costs to reach the core from Swift. `crossing FOLDER` opens a prepared folder (its keys lie beside it in
// hexadecimal digits, `private.key` and `shared.key`) and prints, for each thing it measures, a line with tabs:
// `swift`, what, the median in µs, the 95th percentile in µs. `crossing --prepare FOLDER` makes one like that of the program in Kotlin (`tests/kotlin/crossing make`).
let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.last) {
case ("--prepare", let folder?) where arguments.count == 2:
    try await prepare(URL(fileURLWithPath: folder))
case ("--start-up", let folder?) where arguments.count == 2:
    try startUp(URL(fileURLWithPath: folder))
case (let folder?, _) where arguments.count == 1:
    try await measure(URL(fileURLWithPath: folder))
default:
    FileHandle.standardError.write(Data("crossing [--prepare | --start-up] FOLDER\n".utf8))
    exit(64)
}

/// The prepared folder.
func opened(_ folder: URL) throws -> CommonGround {
    try CommonGround.open(folder: folder.path, vault: vault(of: folder))
}

/// The keys that lie beside a folder.
func vault(of folder: URL) throws -> MemoryVault {
    let keys = try ["private.key", "shared.key"].map {
        try String(contentsOf: folder.deletingLastPathComponent().appendingPathComponent($0), encoding: .utf8)
    }
    return try MemoryVault(privateHex: keys[0], sharedHex: keys[1])
}
