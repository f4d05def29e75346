// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let cSettings: [CSetting] = [
    .enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error),
]

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "image-convert", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
    ],
    targets: [
        .executableTarget(
            name: "benchmark",
            dependencies: [
                "BenchmarkData", "CKernelBenchmarks",
                // Run as programs, so that what is measured is built from the same sources.
                "measure", .product(name: "convert", package: "image-convert"),
                .product(name: "ImageConvert", package: "image-convert"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings),
        // What is computed from results: no format, no program, quick to test.
        .target(name: "BenchmarkData", swiftSettings: swiftSettings),
        .testTarget(
            name: "BenchmarkDataTests", dependencies: ["BenchmarkData"],
            swiftSettings: swiftSettings),
        .executableTarget(name: "measure", cSettings: cSettings),
        // Calls the kernels that the product links, by their header: they are no product.
        .target(
            name: "CKernelBenchmarks", cSettings: cSettings,
            linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17  // POSIX beside C
)
