// swift-tools-version: 6.0
import PackageDescription

// Tries the Swift package as an app gets it: from outside, over what is public. `run` builds and runs it.
let package = Package(
    name: "CommonGroundTests",
    dependencies: [.package(path: "../../ios"), .package(path: "../../ios/Sample")],
    targets: [
        // What every story needs: a vault, a folder, two people who pair.
        .target(name: "Story", dependencies: [.product(name: "CommonGroundKit", package: "ios")]),
        .executableTarget(name: "device", dependencies: ["Story"]),
        .executableTarget(name: "crossing", dependencies: ["Story"]),
        // The program of docs/how-to/ios.md, word for word.
        .target(name: "GettingStarted", dependencies: [.product(name: "CommonGroundKit", package: "ios")]),
        .testTarget(
            name: "CommonGroundTests",
            dependencies: ["Story", "GettingStarted", .product(name: "SampleLogic", package: "Sample")]),
    ]
)
