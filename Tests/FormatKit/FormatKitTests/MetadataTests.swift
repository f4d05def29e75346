import MetadataBlocks
import Testing

@testable import FormatKit

@Suite struct MetadataTests {
    private let full = {
        var metadata = ImageMetadata(
            icc: [1], exif: [2], xmp: [3],
            resolution: Resolution(horizontal: 1, vertical: 2, unit: .inch), orientation: .down,
            texts: [TextEntry("Title", "A picture")])
        metadata.codePoints = .displayP3
        metadata.gamma = 0.5
        metadata.chromaticities = .sRGB
        metadata.renderingIntent = .saturation
        metadata.masteringDisplay = MasteringDisplay(
            chromaticities: .sRGB, maximumLuminance: 1000, minimumLuminance: 0.01)
        metadata.contentLight = ContentLightLevel(maximum: 900, frameAverage: 100)
        metadata.significantBits = [5, 6, 5]
        metadata.iptc = [4]
        metadata.photoshop = [5]
        metadata.geotiff = [6]
        metadata.modificationTime = ModificationTime(
            year: 2026, month: 11, day: 24, hour: 20, minute: 5, second: 60)
        metadata.background = .gray(7)
        metadata.blocks = [FormatBlock(FormatID("toy"), "note", [8])]
        return metadata
    }()

    private static let gray = PixelLayout(.gray, .uint8)
    private static let grayAlpha = PixelLayout(.gray, .uint8, alpha: .straight)
    private static let rgb = PixelLayout(.rgb, .uint8)
    private static let rgba = PixelLayout(.rgb, .uint8, alpha: .straight)
    private static let bitCases: [(PixelLayout, [Int], PixelLayout, [Int]?)] = [
        (gray, [3], rgb, [3, 3, 3]), (PixelLayout(.gray, .uint16), [12], gray, [8]),
        (rgb, [5, 6, 5], rgba, [5, 6, 5, 8]), (grayAlpha, [4, 1], rgba, [4, 4, 4, 1]),
        (rgb, [5, 6, 5], gray, nil), (rgba, [5, 6, 5, 1], rgb, nil),
    ]

    @Test func `a block without a byte is none`() {
        var metadata = ImageMetadata(icc: [], exif: [], xmp: [])
        #expect(metadata.kinds.isEmpty)
        for block in [\.icc, \.exif, \.xmp, \.iptc, \.photoshop, \.geotiff]
            as [WritableKeyPath<ImageMetadata, [UInt8]?>]
        {
            metadata[keyPath: block] = [1]
            #expect(metadata.kinds.count == 1)
            metadata[keyPath: block] = []
            #expect(metadata[keyPath: block] == nil)
        }
        // Of JPEG's prefix alone nothing is left.
        metadata.exif = ExifBlock.removingPrefix(from: ExifBlock.prefix)
        #expect(metadata == ImageMetadata())
    }

    @Test(arguments: bitCases)
    func `significant bits follow the layout`(
        source: PixelLayout, bits: [Int], target: PixelLayout, expected: [Int]?
    ) {
        var metadata = ImageMetadata()
        metadata.significantBits = bits
        #expect(metadata.adapted(from: source, to: target).significantBits == expected)
    }

    @Test func `kinds are those that are present`() {
        #expect(full.kinds == Set(MetadataKind.allCases))
        #expect(ImageMetadata().kinds == [])
        #expect(ImageMetadata(icc: [1], orientation: .up).kinds == [.icc])
    }

    @Test(arguments: MetadataKind.allCases)
    func `keeping one kind drops the others`(kind: MetadataKind) {
        #expect(full.keeping([kind]).kinds == [kind])
    }

    @Test func `keeping all kinds changes nothing`() {
        #expect(full.keeping(Set(MetadataKind.allCases)) == full)
        #expect(full.keeping([]) == ImageMetadata())
    }

    private func losses(
        keeping kinds: Set<MetadataKind>, _ change: (inout ImageMetadata) -> Void
    ) throws -> [Loss] {
        var metadata = ImageMetadata()
        change(&metadata)
        return try ConversionPlan(
            converting: ImageHeader(
                size: ImageSize(width: 1, height: 1), layout: PixelLayout(.rgb, .uint8),
                metadata: metadata),
            to: ToyFormat(metadata: kinds), settings: WriteSettings()
        ).losses
    }

    @Test func `what is assumed anyway is no loss`() throws {
        #expect(
            try losses(keeping: []) {
                $0.codePoints = .sRGB
                $0.renderingIntent = .perceptual
                $0.gamma = 0.45455
                $0.chromaticities = .sRGB
                $0.significantBits = [8, 8, 8]
            } == [])
        #expect(try losses(keeping: []) { $0.gamma = 1 } == [.metadata(.gamma)])
        #expect(try losses(keeping: []) { $0.codePoints = .displayP3 } == [.metadata(.codePoints)])
        #expect(
            try losses(keeping: []) { $0.significantBits = [5, 6, 5] }
                == [.metadata(.significantBits)])
    }

    @Test func `what yields to a better account is no loss`() throws {
        let wide = Chromaticities(
            white: Chromaticity(0.3127, 0.329), red: Chromaticity(0.68, 0.32),
            green: Chromaticity(0.265, 0.69), blue: Chromaticity(0.15, 0.06))
        func fill(_ metadata: inout ImageMetadata) {
            metadata.gamma = 1
            metadata.chromaticities = wide
        }
        #expect(
            try losses(keeping: [], fill) == [.metadata(.gamma), .metadata(.chromaticities)])
        #expect(
            try losses(keeping: [.icc]) {
                fill(&$0)
                $0.icc = [1]
            } == [])
    }

    @Test(arguments: [("GRAY", ColorModel.gray), ("RGB ", .rgb), ("CMYK", .cmyk)])
    func `a profile of other channels is not carried`(name: String, model: ColorModel) throws {
        var profile = [UInt8](repeating: 0, count: 128)
        profile.replaceSubrange(16..<20, with: Array(name.utf8))
        profile.replaceSubrange(36..<40, with: Array("acsp".utf8))
        for target in [ColorModel.gray, .rgb] {
            let plan = try ConversionPlan(
                converting: ImageHeader(
                    size: ImageSize(width: 1, height: 1), layout: PixelLayout(model, .uint8),
                    metadata: ImageMetadata(icc: profile)),
                to: ToyFormat(layouts: [PixelLayout(target, .uint8)], metadata: [.icc]),
                settings: WriteSettings())
            #expect((plan.target.metadata.icc == nil) == (model != target))
            #expect(plan.losses.contains(.metadata(.icc)) == (model != target))
        }
    }

    @Test func `what is not wanted is no loss`() throws {
        let plan = try ConversionPlan(
            converting: ImageHeader(
                size: ImageSize(width: 1, height: 1), layout: PixelLayout(.rgb, .uint8),
                metadata: ImageMetadata(icc: [1], xmp: [2])),
            to: ToyFormat(metadata: [.icc]), settings: WriteSettings(),
            preferences: ConversionPreferences(metadata: [.exif]))
        #expect(plan.losses == [] && plan.target.metadata == ImageMetadata())
    }

    @Test func `a time prints as in ISO 8601`() {
        #expect(full.modificationTime?.description == "2026-11-24T20:05:60Z")
        #expect(
            ModificationTime(year: 2026, month: 13, day: 1, hour: 0, minute: 0, second: 0) == nil)
    }

    @Test(arguments: [
        (FrameDuration(1, 30), 33), (FrameDuration(milliseconds: 70), 70),
        (FrameDuration(2, 3), 667),
        (FrameDuration(.max, 1), .max),
    ])
    func `a duration is rounded to milliseconds`(duration: FrameDuration, milliseconds: Int) {
        #expect(duration.milliseconds == milliseconds)
    }

    @Test(arguments: [
        ("#ffffff", "white"), ("#FF8001", "#ff8001"), ("ff8001", nil), ("#ff80", nil),
        ("#ff80012", nil), ("#+f8001", nil), ("#gg8001", nil),
    ])
    func `a color is parsed`(text: String, printed: String?) {
        #expect(RGBAColor(hexadecimal: text)?.description == printed)
    }

    @Test func `resolution is converted to meters`() throws {
        let inch = Resolution(horizontal: 254, vertical: 127, unit: .inch).pixelsPerMeter
        #expect(abs(try #require(inch).horizontal - 10_000) < 1e-9)
        #expect(abs(try #require(inch).vertical - 5_000) < 1e-9)
        let centimeter = Resolution(horizontal: 3, vertical: 4, unit: .centimeter).pixelsPerMeter
        #expect(try #require(centimeter) == (300, 400))
        #expect(Resolution(horizontal: 1, vertical: 2, unit: .none).pixelsPerMeter == nil)
    }

    @Test(
        arguments: [
            (72, 72, .inch, 28.346, 28.346, .centimeter, true),
            (72, 72, .inch, 73, 72, .inch, false),
            (1, 2, .none, 50, 100, .none, true), (1, 2, .none, 2, 1, .none, false),
            (1, 1, .none, 1, 1, .inch, false),
        ] as [(Double, Double, Resolution.Unit, Double, Double, Resolution.Unit, Bool)])
    func `resolutions in different units may say the same`(
        x: Double, y: Double, unit: Resolution.Unit, otherX: Double, otherY: Double,
        otherUnit: Resolution.Unit, expected: Bool
    ) {
        let one = Resolution(horizontal: x, vertical: y, unit: unit)
        let other = Resolution(horizontal: otherX, vertical: otherY, unit: otherUnit)
        #expect(one.isClose(to: other) == expected && other.isClose(to: one) == expected)
    }
}
