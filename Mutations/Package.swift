// swift-tools-version: 6.2
import PackageDescription

// Beside Fuzz, not in it: libFuzzer brings a main function, and this has its own.
let package = Package(
    name: "Mutations",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Fuzz", path: "../Fuzz")],
    targets: [
        .executableTarget(
            name: "Mutations", dependencies: [.product(name: "FuzzSupport", package: "Fuzz")],
            swiftSettings: [
                .treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
