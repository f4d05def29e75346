// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),  // ~Escapable readers over Span
]

let cSettings: [CSetting] = [
    .enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error),
]

/// A Swift target with the house settings.
func swiftTarget(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/" + path,
        swiftSettings: swiftSettings)
}

/// A C target with the house settings; its public headers are in `include/`.
func cTarget(
    _ name: String, _ path: String, _ dependencies: [Target.Dependency] = [],
    linkerSettings: [LinkerSetting] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/" + path, cSettings: cSettings,
        linkerSettings: linkerSettings)
}

/// A C library of the system, found through pkg-config.
func systemLibrary(
    _ name: String, _ path: String, pkgConfig: String, apt: String, brew: String
) -> Target {
    .systemLibrary(
        name: name, path: "Sources/" + path, pkgConfig: pkgConfig,
        providers: [.apt([apt]), .brew([brew])])
}

/// A C library of the system that is loaded when it is first needed, where its shim can do that:
/// then nothing is linked, and headers are where the compiler looks.
func loadedLibrary(
    _ name: String, _ path: String, pkgConfig: String, apt: String, brew: String
) -> Target {
    #if os(Linux)
        return .systemLibrary(name: name, path: "Sources/" + path, providers: [.apt([apt])])
    #else
        return systemLibrary(name, path, pkgConfig: pkgConfig, apt: apt, brew: brew)
    #endif
}

func tests(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/" + path,
        swiftSettings: swiftSettings)
}

/// A plugin that is built in only where its trait is on.
func plugin(_ name: String, trait: String) -> Target.Dependency {
    .target(name: name, condition: .when(traits: [trait]))
}

let package = Package(
    name: "image-convert",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "convert", targets: ["convert"]),
        .library(
            name: "ImageConvert",
            targets: ["FormatKit", "FormatFiles", "CoinFormat", "BuiltInFormats"]),
        // Of which scripts/build-libimgconv makes a shared library with Swift's run time inside.
        .library(name: "ConvertLibrary", type: .static, targets: ["ConvertLibrary"]),
    ],
    // A build without a trait does without its library; `convert formats` says so.
    traits: [
        .default(enabledTraits: ["JPEG", "AVIF", "JPEGXL", "HEIC", "JPEG2000", "OpenEXR"]),
        .trait(name: "JPEG", description: "JPEG, through libjpeg-turbo"),
        .trait(name: "AVIF", description: "AVIF, through libavif"),
        .trait(name: "JPEGXL", description: "JPEG XL, through libjxl"),
        .trait(name: "HEIC", description: "HEIC, through libheif"),
        .trait(name: "JPEG2000", description: "JPEG 2000, through OpenJPEG"),
        .trait(name: "OpenEXR", description: "OpenEXR, through its core library"),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0")
    ],
    targets: [
        // Blocks of metadata as bytes: what they say, and changed in place. No picture, no format.
        swiftTarget("MetadataBlocks", "FormatKit/MetadataBlocks", []),

        // The converter's model: no C library but its own kernels, no Foundation, no format.
        cTarget("CResampling", "FormatKit/CResampling"),
        swiftTarget("FormatKit", "FormatKit/FormatKit", ["CResampling", "MetadataBlocks"]),
        cTarget("CSHA256", "FormatKit/CSHA256"),
        swiftTarget("FormatFiles", "FormatKit/FormatFiles", ["FormatKit", "CSHA256"]),

        // What the C shims and their owners have in common.
        cTarget("CShimKit", "Plugins/CShimKit"),
        swiftTarget("ShimKit", "Plugins/ShimKit", ["FormatKit", "CShimKit"]),

        // One folder a format: the system library, a C shim that owns `setjmp`, the Swift plugin.
        systemLibrary(
            "CLibPNG", "Plugins/PNG/CLibPNG", pkgConfig: "libpng", apt: "libpng-dev",
            brew: "libpng"),
        // zlib, on which libpng depends, compresses texts.
        cTarget(
            "CPNGShim", "Plugins/PNG/CPNGShim", ["CLibPNG", "CShimKit"],
            linkerSettings: [.linkedLibrary("z")]),
        swiftTarget(
            "PNGFormat", "Plugins/PNG/PNGFormat",
            ["FormatKit", "MetadataBlocks", "CPNGShim", "ShimKit"]),
        systemLibrary(
            "CLibTIFF", "Plugins/TIFF/CLibTIFF", pkgConfig: "libtiff-4", apt: "libtiff-dev",
            brew: "libtiff"),
        cTarget(
            "CTIFFShim", "Plugins/TIFF/CTIFFShim", ["CLibTIFF", "CShimKit"],
            linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
        swiftTarget(
            "TIFFFormat", "Plugins/TIFF/TIFFFormat",
            ["FormatKit", "MetadataBlocks", "CTIFFShim", "ShimKit"]),
        systemLibrary(
            "CLibWebP", "Plugins/WebP/CLibWebP", pkgConfig: "libwebpmux libwebpdemux",
            apt: "libwebp-dev", brew: "webp"),
        cTarget("CWebPShim", "Plugins/WebP/CWebPShim", ["CLibWebP", "CShimKit"]),
        swiftTarget(
            "WebPFormat", "Plugins/WebP/WebPFormat",
            ["FormatKit", "MetadataBlocks", "CWebPShim", "ShimKit"]),
        systemLibrary(
            "CLibJPEG", "Plugins/JPEG/CLibJPEG", pkgConfig: "libjpeg",
            apt: "libjpeg-dev",
            brew: "jpeg-turbo"),
        cTarget("CJPEGShim", "Plugins/JPEG/CJPEGShim", ["CLibJPEG", "CShimKit"]),
        swiftTarget(
            "JPEGFormat", "Plugins/JPEG/JPEGFormat",
            ["FormatKit", "MetadataBlocks", "CJPEGShim", "ShimKit"]),
        cTarget(
            "CLibraryLoading", "Plugins/CLibraryLoading",
            linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        swiftTarget(
            "LibraryLoading", "Plugins/LibraryLoading", ["FormatKit", "CLibraryLoading"]),
        loadedLibrary(
            "CLibAVIF", "Plugins/AVIF/CLibAVIF", pkgConfig: "libavif", apt: "libavif-dev",
            brew: "libavif"),
        cTarget(
            "CAVIFShim", "Plugins/AVIF/CAVIFShim", ["CLibAVIF", "CLibraryLoading", "CShimKit"]),
        // What files of the ISO's base media format have in common.
        swiftTarget("ISOBoxes", "Plugins/ISOBoxes", ["FormatKit"]),
        swiftTarget(
            "AVIFFormat", "Plugins/AVIF/AVIFFormat",
            ["FormatKit", "MetadataBlocks", "CAVIFShim", "ISOBoxes", "LibraryLoading", "ShimKit"]),
        loadedLibrary(
            "CLibHEIF", "Plugins/HEIC/CLibHEIF", pkgConfig: "libheif", apt: "libheif-dev",
            brew: "libheif"),
        cTarget(
            "CHEIFShim", "Plugins/HEIC/CHEIFShim", ["CLibHEIF", "CLibraryLoading", "CShimKit"]),
        swiftTarget(
            "HEICFormat", "Plugins/HEIC/HEICFormat",
            ["FormatKit", "MetadataBlocks", "CHEIFShim", "ISOBoxes", "LibraryLoading", "ShimKit"]),
        loadedLibrary(
            "CLibJXL", "Plugins/JPEGXL/CLibJXL", pkgConfig: "libjxl libjxl_threads",
            apt: "libjxl-dev", brew: "jpeg-xl"),
        cTarget(
            "CJXLShim", "Plugins/JPEGXL/CJXLShim", ["CLibJXL", "CLibraryLoading", "CShimKit"]),
        swiftTarget(
            "JPEGXLFormat", "Plugins/JPEGXL/JPEGXLFormat",
            ["FormatKit", "MetadataBlocks", "CJXLShim", "ISOBoxes", "LibraryLoading", "ShimKit"]),
        loadedLibrary(
            "CLibOpenJPEG", "Plugins/JPEG2000/CLibOpenJPEG", pkgConfig: "libopenjp2",
            apt: "libopenjp2-7-dev", brew: "openjpeg"),
        cTarget(
            "CJP2Shim", "Plugins/JPEG2000/CJP2Shim",
            ["CLibOpenJPEG", "CLibraryLoading", "CShimKit"]),
        swiftTarget(
            "JPEG2000Format", "Plugins/JPEG2000/JPEG2000Format",
            ["FormatKit", "MetadataBlocks", "CJP2Shim", "ISOBoxes", "LibraryLoading", "ShimKit"]),
        loadedLibrary(
            "CLibOpenEXR", "Plugins/OpenEXR/CLibOpenEXR", pkgConfig: "OpenEXR",
            apt: "libopenexr-dev", brew: "openexr"),
        cTarget(
            "CEXRShim", "Plugins/OpenEXR/CEXRShim", ["CLibOpenEXR", "CLibraryLoading", "CShimKit"]),
        swiftTarget(
            "OpenEXRFormat", "Plugins/OpenEXR/OpenEXRFormat",
            ["FormatKit", "CEXRShim", "LibraryLoading", "ShimKit"]),
        swiftTarget("PNMFormat", "Plugins/PNM/PNMFormat", ["FormatKit"]),
        swiftTarget("GIFFormat", "Plugins/GIF/GIFFormat", ["FormatKit"]),
        swiftTarget("BMPFormat", "Plugins/BMP/BMPFormat", ["FormatKit"]),
        swiftTarget("QOIFormat", "Plugins/QOI/QOIFormat", ["FormatKit"]),
        swiftTarget("TGAFormat", "Plugins/TGA/TGAFormat", ["FormatKit"]),
        swiftTarget("ICOFormat", "Plugins/ICO/ICOFormat", ["FormatKit", "BMPFormat", "PNGFormat"]),
        swiftTarget("HDRFormat", "Plugins/HDR/HDRFormat", ["FormatKit"]),
        swiftTarget("PDFFormat", "Plugins/PDF/PDFFormat", ["FormatKit", "PNGFormat"]),

        // What a process that holds a plugin from outside runs; the header of such plugins.
        cTarget(
            "CPluginHost", "Plugins/External/CPluginHost",
            linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),

        // Conversion of colors, in the same mold.
        systemLibrary(
            "CLibLCMS", "Plugins/LCMS/CLibLCMS", pkgConfig: "lcms2", apt: "liblcms2-dev",
            brew: "little-cms2"),
        cTarget("CLCMSShim", "Plugins/LCMS/CLCMSShim", ["CLibLCMS"]),
        swiftTarget("LCMSColor", "Plugins/LCMS/LCMSColor", ["FormatKit", "CLCMSShim"]),

        // .coin: the C kernels, their Swift face, the codec.
        cTarget(
            "CCoinKernels", "CoinFormat/CCoinKernels",
            linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
        swiftTarget("CoinKernels", "CoinFormat/CoinKernels", ["CCoinKernels"]),
        swiftTarget("CoinFormat", "CoinFormat/CoinFormat", ["FormatKit", "CoinKernels"]),
        // A decoder without Swift or an operating system, for other languages and browsers.
        cTarget("CCoinDecoder", "CoinFormat/CCoinDecoder", ["CCoinKernels"]),

        // The one list of built-in plugins.
        swiftTarget(
            "BuiltInFormats", "Plugins/BuiltInFormats",
            [
                "FormatKit", "PNGFormat", "TIFFFormat", "WebPFormat", "PNMFormat", "GIFFormat",
                "BMPFormat", "QOIFormat", "TGAFormat", "ICOFormat", "HDRFormat", "PDFFormat",
                "CoinFormat", "LCMSColor", "LibraryLoading",
                plugin("JPEGFormat", trait: "JPEG"),
                plugin("AVIFFormat", trait: "AVIF"),
                plugin("JPEGXLFormat", trait: "JPEGXL"),
                plugin("HEICFormat", trait: "HEIC"),
                plugin("JPEG2000Format", trait: "JPEG2000"),
                plugin("OpenEXRFormat", trait: "OpenEXR"),
            ]),

        // The converter for other languages: a header, and what its functions do.
        .systemLibrary(name: "CImgconv", path: "Sources/ConvertLibrary/CImgconv"),
        swiftTarget(
            "ConvertLibrary", "ConvertLibrary/ConvertLibrary",
            ["CImgconv", "ConvertKit", "BuiltInFormats", "FormatKit", "FormatFiles"]),

        // The command line.
        cTarget("CProcessArguments", "convert/CProcessArguments"),
        swiftTarget(
            "ConvertKit", "convert/ConvertKit",
            ["FormatKit", "FormatFiles", "CPluginHost", "CProcessArguments"]),
        .executableTarget(
            name: "convert",
            dependencies: [
                "ConvertKit", "BuiltInFormats", "FormatKit", "FormatFiles",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/convert/convert", swiftSettings: swiftSettings),

        .target(
            name: "TestSupport", dependencies: ["FormatKit", "CCoinDecoder"],
            path: "Tests/TestSupport",
            swiftSettings: swiftSettings),
        tests(
            "MetadataBlocksTests", "FormatKit/MetadataBlocksTests", ["MetadataBlocks", "FormatKit"]),
        tests("FormatKitTests", "FormatKit/FormatKitTests", ["FormatKit", "MetadataBlocks"]),
        tests("FormatFilesTests", "FormatKit/FormatFilesTests", ["FormatKit", "FormatFiles"]),
        tests("ShimKitTests", "Plugins/ShimKitTests", ["FormatKit", "ShimKit", "CShimKit"]),
        tests("PNGFormatTests", "Plugins/PNGFormatTests", ["FormatKit", "PNGFormat"]),
        tests(
            "TIFFFormatTests", "Plugins/TIFFFormatTests",
            ["FormatKit", "MetadataBlocks", "TIFFFormat"]),
        tests("WebPFormatTests", "Plugins/WebPFormatTests", ["FormatKit", "WebPFormat"]),
        tests("LCMSColorTests", "Plugins/LCMSColorTests", ["FormatKit", "LCMSColor"]),
        tests(
            "JPEGFormatTests", "Plugins/JPEGFormatTests",
            ["FormatKit", plugin("JPEGFormat", trait: "JPEG")]),
        tests(
            "AVIFFormatTests", "Plugins/AVIFFormatTests",
            ["FormatKit", plugin("AVIFFormat", trait: "AVIF")]),
        tests(
            "JPEGXLFormatTests", "Plugins/JPEGXLFormatTests",
            ["FormatKit", plugin("JPEGXLFormat", trait: "JPEGXL")]),
        tests(
            "HEICFormatTests", "Plugins/HEICFormatTests",
            ["FormatKit", plugin("HEICFormat", trait: "HEIC")]),
        tests(
            "JPEG2000FormatTests", "Plugins/JPEG2000FormatTests",
            ["FormatKit", plugin("JPEG2000Format", trait: "JPEG2000")]),
        tests(
            "OpenEXRFormatTests", "Plugins/OpenEXRFormatTests",
            ["FormatKit", plugin("OpenEXRFormat", trait: "OpenEXR")]),
        tests("PNMFormatTests", "Plugins/PNMFormatTests", ["FormatKit", "PNMFormat"]),
        tests("GIFFormatTests", "Plugins/GIFFormatTests", ["FormatKit", "GIFFormat"]),
        tests("BMPFormatTests", "Plugins/BMPFormatTests", ["FormatKit", "BMPFormat"]),
        tests("QOIFormatTests", "Plugins/QOIFormatTests", ["FormatKit", "QOIFormat"]),
        tests("TGAFormatTests", "Plugins/TGAFormatTests", ["FormatKit", "TGAFormat"]),
        tests("ICOFormatTests", "Plugins/ICOFormatTests", ["FormatKit", "ICOFormat", "PNGFormat"]),
        tests("HDRFormatTests", "Plugins/HDRFormatTests", ["FormatKit", "HDRFormat"]),
        tests(
            "PDFFormatTests", "Plugins/PDFFormatTests",
            ["FormatKit", "PDFFormat", "PNGFormat", "TIFFFormat"]),
        tests(
            "CoinKernelsTests", "CoinFormat/CoinKernelsTests", ["CoinKernels", "CCoinKernels"]),
        tests(
            "CoinFormatTests", "CoinFormat/CoinFormatTests",
            ["FormatKit", "CoinFormat", "CoinKernels", "PNGFormat"]),
        tests(
            "CCoinDecoderTests", "CoinFormat/CCoinDecoderTests",
            ["FormatKit", "CoinFormat", "CCoinDecoder"]),
        tests(
            "ConvertKitTests", "convert/ConvertKitTests",
            ["ConvertKit", "FormatKit", "FormatFiles"]),
        tests(
            "ConvertLibraryTests", "ConvertLibrary",
            ["ConvertLibrary", "CImgconv", "ConvertKit", "FormatKit", "BuiltInFormats"]),
        tests(
            "ConformanceTests", "Conformance",
            [
                "FormatKit", "MetadataBlocks", "FormatFiles", "BuiltInFormats", "CoinFormat",
                "convert",
            ]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17
)
