import FormatKit
import Testing

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
            ).descriptor, settings: WriteSettings())
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
}
