import Testing

@testable import FormatKit

/// Samples become light for a format in which they are taken for it.
@Suite struct LightStageTests {
    private static let reals = PixelLayout(.rgb, .float32)

    private func plan(
        _ layout: PixelLayout, _ metadata: ImageMetadata = ImageMetadata()
    ) throws -> ConversionPlan {
        try ConversionPlan(
            converting: ImageHeader(
                size: ImageSize(width: 1, height: 1), layout: layout, metadata: metadata),
            to: ToyFormat(
                layouts: [Self.reals], metadata: [.gamma, .chromaticities], storesLight: true
            ), settings: WriteSettings())
    }

    private static func metadata(_ change: (inout ImageMetadata) -> Void) -> ImageMetadata {
        var metadata = ImageMetadata()
        change(&metadata)
        return metadata
    }

    static let cases: [(layout: PixelLayout, metadata: ImageMetadata, gamma: Double?)] = [
        (PixelLayout(.rgb, .uint8), ImageMetadata(), 1),
        (PixelLayout(.gray, .uint16), ImageMetadata(), 1),
        (PixelLayout(.rgb, .uint8), metadata { $0.renderingIntent = .perceptual }, 1),
        (PixelLayout(.rgb, .uint8), metadata { $0.codePoints = .sRGB }, 1),
        (PixelLayout(.rgb, .uint8), metadata { $0.gamma = 0.5 }, 1),
        (PixelLayout(.rgb, .uint8), metadata { $0.gamma = 1 }, 1),
        // Reals of which nothing is said are light.
        (reals, ImageMetadata(), nil), (reals, metadata { $0.gamma = 1 }, 1),
        (reals, metadata { $0.gamma = 0.5 }, 1),
    ]

    @Test(arguments: cases.indices)
    func `what is said of samples afterward is that they are light`(index: Int) throws {
        let (layout, metadata, gamma) = Self.cases[index]
        let plan = try plan(layout, metadata)
        #expect(plan.target.metadata.gamma == gamma && plan.target.layout == Self.reals)
        #expect(plan.losses.isEmpty, "\(plan.losses)")
    }

    @Test func `inks are light once they are RGB`() throws {
        let plan = try plan(PixelLayout(.cmyk, .uint8))
        #expect(plan.losses == [.inks] && plan.target.metadata.gamma == 1)
    }

    @Test func `color that is multiplied by alpha is light without it`() throws {
        let layout = PixelLayout(.rgb, .float32, alpha: .premultiplied)
        var metadata = ImageMetadata()
        metadata.gamma = 0.5
        let header = ImageHeader(
            size: ImageSize(width: 2, height: 1), layout: layout, metadata: metadata)
        let plan = try ConversionPlan(
            converting: header,
            to: ToyFormat(
                layouts: [layout], metadata: [.gamma, .chromaticities], storesLight: true
            ), settings: WriteSettings())
        #expect(plan.losses.isEmpty && plan.target.metadata.gamma == 1)
        let pipeline = try PixelPipeline(plan, preferences: ConversionPreferences(), engine: nil)
        let samples: [Float] = [0.25, 0.5, 0, 0.5, 0.5, 0, 0, 0]
        let band = PixelBand(
            width: 2, layout: layout, bytes: unsafe samples.withUnsafeBytes { unsafe Array($0) })
        let found = unsafe pipeline.convert(band, firstRow: 0).band.bytes.withUnsafeBytes {
            unsafe Array($0.bindMemory(to: Float.self))
        }
        // (0.25 / 0.5)² · 0.5; what covers nothing is taken as it is.
        #expect(found == [0.125, 0.5, 0, 0.5, 0.25, 0, 0, 0])
    }
}
