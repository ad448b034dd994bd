// swift-tools-version: 6.0
import PackageDescription

// The sample's logic, apart from its screens: it needs nothing of Apple's, so it is compiled and tried on Linux as well.
// The app around it is in `App`; `project.yml` makes an Xcode project of both.
let package = Package(
    name: "Sample",
    platforms: [.iOS(.v17)],
    products: [.library(name: "SampleLogic", targets: ["SampleLogic"])],
    dependencies: [.package(path: "..")],
    targets: [
        .target(
            name: "SampleLogic",
            dependencies: [.product(name: "CommonGroundKit", package: "ios")],
            path: "Logic"
        )
    ]
)
