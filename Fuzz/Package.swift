// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

/// A libFuzzer target for the reader of one format.
func fuzzer(_ name: String) -> Target {
    .executableTarget(name: name, dependencies: ["FuzzSupport"], swiftSettings: settings)
}

let package = Package(
    name: "Fuzz",
    platforms: [.macOS(.v15)],
    products: [.library(name: "FuzzSupport", targets: ["FuzzSupport"])],
    dependencies: [.package(name: "image-convert", path: "..")],
    targets: [
        .target(
            name: "FuzzSupport",
            dependencies: [.product(name: "ImageConvert", package: "image-convert")],
            swiftSettings: settings),
        fuzzer("FuzzCoin"), fuzzer("FuzzPNG"), fuzzer("FuzzTIFF"), fuzzer("FuzzWebP"),
        fuzzer("FuzzPNM"), fuzzer("FuzzJPEG"), fuzzer("FuzzAVIF"), fuzzer("FuzzJXL"),
        fuzzer("FuzzGIF"), fuzzer("FuzzBMP"), fuzzer("FuzzQOI"), fuzzer("FuzzHEIC"),
        fuzzer("FuzzJP2"), fuzzer("FuzzTGA"), fuzzer("FuzzICO"), fuzzer("FuzzHDR"),
        fuzzer("FuzzEXR"),
    ],
    swiftLanguageModes: [.v6]
)
