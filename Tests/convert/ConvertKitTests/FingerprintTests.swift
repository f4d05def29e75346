import FormatKit
import Testing

@testable import ConvertKit

/// What is recognized as done was done with equal options.
@Suite struct FingerprintTests {
    /// A change of each property, by its name; those of what is selected and preferred have the name
    /// of the structure in front.
    private let changes: [(String, (inout ConversionOptions) -> Void)] = [
        ("quality", { $0.quality = 80 }), ("quality", { $0.quality = 80.5 }),
        ("target", { $0.target = .byteCount(40) }), ("target", { $0.target = .psnr(40) }),
        ("target", { $0.target = .psnr(40.5) }), ("target", { $0.target = .similarity(0.9) }),
        ("isLossless", { $0.isLossless = true }), ("effort", { $0.effort = 1 }),
        ("previewCount", { $0.previewCount = 2 }), ("isSalvaging", { $0.isSalvaging = true }),
        ("isStrict", { $0.isStrict = true }), ("assignments", { $0.assignments = ["a.b=c"] }),
        ("assignments", { $0.assignments = ["a.b=c", "a.b=d"] }),
        ("colorEngine", { $0.colorEngine = NoEngine() }),
        ("selection.scale", { $0.selection.scale = .factor(2) }),
        ("selection.scale", { $0.selection.scale = .size(ImageSize(width: 2, height: 3)) }),
        (
            "selection.region",
            { $0.selection.region = PixelRegion(columns: 0..<1, rows: 0..<1) }
        ),
        ("selection.fit", { $0.selection.fit = .init(ImageSize(width: 2, height: 3)) }),
        (
            "selection.fit",
            { $0.selection.fit = .init(ImageSize(width: 2, height: 3), isEnlarging: true) }
        ),
        ("selection.resampling", { $0.selection.resampling.filter = .box }),
        ("selection.resampling", { $0.selection.resampling.isLinearLight = true }),
        ("selection.pages", { $0.selection.pages = .all }),
        ("selection.pages", { $0.selection.pages = .page(1) }),
        ("selection.pages", { $0.selection.pages = .list([1...1]) }),
        ("selection.isFirstOfAll", { $0.selection.isFirstOfAll = true }),
        ("preferences.metadata", { $0.preferences.metadata = [.icc] }),
        ("preferences.metadata", { $0.preferences.metadata = [.exif] }),
        ("preferences.isKeepingLocation", { $0.preferences.isKeepingLocation = false }),
        ("preferences.orientation", { $0.preferences.orientation = .apply }),
        (
            "preferences.background",
            { $0.preferences.background = RGBAColor(red: 1, green: 2, blue: 3) }
        ),
        ("preferences.depth", { $0.preferences.depth = 8 }),
        ("preferences.isDithered", { $0.preferences.isDithered = true }),
        ("preferences.isConvertedToSRGB", { $0.preferences.isConvertedToSRGB = true }),
        ("preferences.extraSamples", { $0.preferences.extraSamples = .drop }),
        ("preferences.takesPlainCMYK", { $0.preferences.takesPlainCMYK = true }),
    ]

    private struct NoEngine: ColorEngine {
        let library = "none 1.0"

        func accepts(_ colors: ColorAccount, model: ColorModel) -> Bool { false }

        func makeTransform(
            from colors: ColorAccount, layout: PixelLayout
        ) throws(ImageError) -> any ColorTransform {
            throw .cancelled
        }

        func profile(for colors: ColorAccount, model: ColorModel) -> [UInt8]? { nil }

        func codePoints(for profile: [UInt8], model: ColorModel) -> ColorCodePoints? { nil }
    }

    @Test func `every property has a place`() {
        let options = ConversionOptions()
        let labels = Mirror(reflecting: options).children.flatMap { child -> [String] in
            guard let label = child.label else { return [] }
            guard ["selection", "preferences"].contains(label) else { return [label] }
            return Mirror(reflecting: child.value).children.compactMap(\.label).map {
                "\(label).\($0)"
            }
        }
        #expect(Set(labels) == Set(changes.map(\.0)))
    }

    @Test func `differs where options do, and only there`() {
        var texts = [ConversionOptions().fingerprint]
        for (_, change) in changes {
            var options = ConversionOptions()
            change(&options)
            texts.append(options.fingerprint)
            #expect(options.fingerprint == texts.last)
        }
        #expect(Set(texts).count == texts.count)
        #expect(ConversionOptions().fingerprint == texts[0])
    }
}
