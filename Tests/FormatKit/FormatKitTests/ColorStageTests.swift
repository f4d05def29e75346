import Testing

@testable import FormatKit

@Suite struct ColorStageTests {
    /// An engine whose sRGB is the complement, so that it shows.
    private struct ComplementEngine: ColorEngine {
        let library = "none"

        func accepts(_ colors: ColorAccount, model: ColorModel) -> Bool {
            switch colors {
            case .profile([3]): model == .rgb
            case .codePoints(let points): points.transfer != 16
            default: colors != .profile([0])
            }
        }

        func makeTransform(
            from colors: ColorAccount, layout: PixelLayout
        ) throws(ImageError) -> any ColorTransform {
            ComplementTransform()
        }

        func profile(for colors: ColorAccount, model: ColorModel) -> [UInt8]? {
            if case .codePoints(let points) = colors {
                points.transfer == 16 ? nil : [7]
            } else {
                nil
            }
        }

        func codePoints(for profile: [UInt8], model: ColorModel) -> ColorCodePoints? {
            profile == [7] ? .displayP3 : nil
        }
    }

    private final class ComplementTransform: ColorTransform {
        func convert(_ band: PixelBand) -> PixelBand {
            let (layout, pixel) = (band.layout, band.layout.bytesPerPixel)
            let model: ColorModel = layout.model == .cmyk ? .rgb : layout.model
            let target = PixelLayout(model, layout.sample, alpha: layout.alpha)
            let bytes = stride(from: 0, to: band.bytes.count, by: pixel).flatMap { start in
                (0..<target.bytesPerPixel).map { ~band.bytes[start + $0] }
            }
            return PixelBand(width: band.width, layout: target, bytes: bytes)
        }
    }

    private func plan(
        _ layout: PixelLayout, _ metadata: ImageMetadata, to layouts: Set<PixelLayout>,
        kinds: Set<MetadataKind> = [.icc], toSRGB: Bool = false, hasEngine: Bool = true
    ) throws -> ConversionPlan {
        try ConversionPlan(
            converting: ImageHeader(
                size: ImageSize(width: 1, height: 1), layout: layout, metadata: metadata),
            to: ToyFormat(layouts: layouts, metadata: kinds), settings: WriteSettings(),
            preferences: ConversionPreferences(isConvertedToSRGB: toSRGB),
            engine: hasEngine ? ComplementEngine() : nil)
    }

    private let rgb8 = PixelLayout(.rgb, .uint8)
    private let cmyk8 = PixelLayout(.cmyk, .uint8)

    @Test func `inks that nothing is said of become sRGB by arithmetic, if that is asked for`()
        throws
    {
        let inks = PixelLayout(.cmyk, .uint8)
        let plain = try plan(inks, ImageMetadata(), to: [inks, rgb8])
        #expect(!plain.isColorConverted && plain.target.layout == inks && plain.losses.isEmpty)
        let asked = try plan(inks, ImageMetadata(), to: [inks, rgb8], toSRGB: true)
        #expect(asked.isColorConverted && asked.target.layout == rgb8)
        #expect(asked.losses.contains(.inks))
        let pipeline = try PixelPipeline(
            asked, preferences: ConversionPreferences(isConvertedToSRGB: true), engine: nil)
        let band = PixelBand(width: 2, layout: inks, bytes: [0, 255, 255, 0, 0, 0, 0, 255])
        #expect(pipeline.convert(band, firstRow: 0).band.bytes == [255, 0, 0, 0, 0, 0])
        let multiplied = PixelLayout(.cmyk, .uint8, alpha: .premultiplied)
        #expect(throws: ImageError.self) {
            try plan(multiplied, ImageMetadata(), to: [multiplied, rgb8], toSRGB: true)
        }
    }

    @Test func `colors are converted if asked to, and the profile goes`() throws {
        let plan = try plan(rgb8, ImageMetadata(icc: [1]), to: [rgb8], toSRGB: true)
        #expect(plan.isColorConverted && plan.losses == [.gamut])
        #expect(plan.target.metadata.icc == nil)
        let kept = try self.plan(rgb8, ImageMetadata(icc: [1]), to: [rgb8])
        #expect(!kept.isColorConverted && kept.losses == [] && kept.target.metadata.icc == [1])
    }

    @Test func `what is sRGB stays as it is`() throws {
        var metadata = ImageMetadata()
        #expect(try plan(rgb8, metadata, to: [rgb8], toSRGB: true).losses == [])
        metadata.codePoints = .sRGB
        metadata.gamma = 1
        #expect(try plan(rgb8, metadata, to: [rgb8], toSRGB: true).isColorConverted == false)
    }

    @Test func `a profile that would not hold is used instead`() throws {
        let metadata = ImageMetadata(icc: [1])
        #expect(try plan(cmyk8, metadata, to: [rgb8]).losses == [.gamut])
        #expect(try plan(cmyk8, metadata, to: [rgb8, cmyk8]).losses == [])
        // One that cannot be used leaves arithmetic.
        #expect(try plan(cmyk8, ImageMetadata(icc: [0]), to: [rgb8]).losses == [.inks])
        #expect(try plan(cmyk8, metadata, to: [rgb8], hasEngine: false).losses == [.inks])
        let straight = PixelLayout(.rgb, .uint8, alpha: .straight)
        let premultiplied = PixelLayout(.rgb, .uint8, alpha: .premultiplied)
        #expect(
            try plan(premultiplied, metadata, to: [straight, premultiplied], toSRGB: true).losses
                == [.premultiplication, .gamut])
    }

    @Test func `a profile that cannot be used is left out, with a loss`() throws {
        let plan = try plan(rgb8, ImageMetadata(icc: [0]), to: [rgb8], toSRGB: true)
        #expect(plan.target.metadata.icc == nil)
        #expect(plan.losses.map(\.name) == ["icc"])
    }

    @Test func `gray with a profile for RGB is expanded for it`() throws {
        let gray = PixelLayout(.gray, .uint8)
        let plan = try plan(gray, ImageMetadata(icc: [3]), to: [gray, rgb8], toSRGB: true)
        #expect(plan.isColorConverted && plan.losses == [.gamut])
        #expect(plan.target.layout == rgb8 && plan.target.metadata.icc == nil)
    }

    @Test func `what cannot be converted is refused if asked for`() {
        var metadata = ImageMetadata()
        metadata.codePoints = ColorCodePoints(primaries: 9, transfer: 16)
        let pq = metadata
        #expect(
            throws: ImageError.invalidOption(
                name: "isConvertedToSRGB",
                reason: "the input's account of its colors cannot be used")
        ) { try plan(rgb8, pq, to: [rgb8], toSRGB: true) }
        #expect(
            throws: ImageError.invalidOption(
                name: "isConvertedToSRGB", reason: "this program has no color engine")
        ) { try plan(rgb8, ImageMetadata(icc: [1]), to: [rgb8], toSRGB: true, hasEngine: false) }
    }

    @Test func `code points become a profile where only that has a place`() throws {
        var metadata = ImageMetadata()
        metadata.codePoints = .displayP3
        let plan = try plan(rgb8, metadata, to: [rgb8])
        #expect(plan.target.metadata == ImageMetadata(icc: [7]) && plan.losses == [])
        let both = try self.plan(rgb8, metadata, to: [rgb8], kinds: [.icc, .codePoints])
        #expect(both.target.metadata == metadata)
        #expect(
            try self.plan(rgb8, metadata, to: [rgb8], kinds: []).losses == [.metadata(.codePoints)])
        #expect(
            try self.plan(rgb8, metadata, to: [rgb8], hasEngine: false).losses
                == [.metadata(.codePoints)])
    }

    @Test func `pixels go through the conversion`() throws {
        var source = ToyFormat()
        source.metadata = ImageMetadata(icc: [1])
        let file = toyFile(width: 5, height: 4, layout: 1)
        let sink = MemorySink()
        let report = try Converter(
            registry: try FormatRegistry([source]), context: CodecContext(),
            preferences: ConversionPreferences(isConvertedToSRGB: true),
            colorEngine: ComplementEngine()
        ).convert(
            MemorySource(file), to: source, settings: WriteSettings(), makeSink: { sink })
        #expect(Array(sink.bytes[7...]) == file[7...].map { ~$0 })
        #expect(report.losses == [.gamut])
    }
}
