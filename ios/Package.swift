// swift-tools-version: 6.0
import PackageDescription

// On Apple platforms the core comes as an XCFramework (`make-xcframework` makes it); on Linux, where the tests run, as
// the shared library that Cargo builds, with the header that `generate` makes.
#if os(Linux)
    let core: Target = .systemLibrary(name: "CommonGroundFFI")
#else
    let core: Target = .binaryTarget(name: "CommonGroundFFI", path: "CommonGroundFFI.xcframework")
#endif

let package = Package(
    name: "CommonGround",
    defaultLocalization: "en",
    platforms: [.iOS(.v17)],
    products: [
        .library(name: "CommonGroundKit", targets: ["CommonGroundKit"])
    ],
    targets: [
        core,
        // What the generator makes is Swift 5; by hand there are only ids, days and times of day.
        .target(
            name: "CommonGroundCore",
            dependencies: ["CommonGroundFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)]
        ),
        .target(
            name: "CommonGroundKit",
            dependencies: ["CommonGroundCore"],
            resources: [.copy("PrivacyInfo.xcprivacy")]
        ),
    ]
)
