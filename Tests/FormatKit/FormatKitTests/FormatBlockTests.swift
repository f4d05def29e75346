import FormatKit
import Testing

/// What becomes of a background and of a format's own blocks when a picture changes.
@Suite struct FormatBlockTests {
    private let size = ImageSize(width: 4, height: 4)

    private func plan(
        _ metadata: ImageMetadata, from source: PixelLayout = PixelLayout(.rgb, .uint8),
        size: ImageSize? = nil, orientation: Orientation = .up,
        to layouts: Set<PixelLayout> = [PixelLayout(.rgb, .uint8)],
        kinds: Set<MetadataKind> = Set(MetadataKind.allCases)
    ) throws -> ConversionPlan {
        var metadata = metadata
        metadata.orientation = orientation
        return try ConversionPlan(
            converting: ImageHeader(size: size ?? self.size, layout: source, metadata: metadata),
            to: ToyFormat(layouts: layouts, metadata: kinds),
            settings: WriteSettings(),
            preferences: ConversionPreferences(orientation: .apply))
    }

    @Test(
        arguments: [
            (PixelLayout(.gray, .uint8), PixelLayout(.gray, .uint8), BackgroundColor.gray(5)),
            (PixelLayout(.gray, .uint16), PixelLayout(.rgb, .uint8), .rgb(5, 5, 5)),
            (PixelLayout(.rgb, .uint8), PixelLayout(.gray, .uint8), nil),
        ])
    func `a background follows the model of its pixels`(
        source: PixelLayout, target: PixelLayout, expected: BackgroundColor?
    ) throws {
        var metadata = ImageMetadata()
        metadata.background = source.model == .gray ? .gray(5) : .rgb(1, 2, 3)
        let plan = try plan(metadata, from: source, to: [target])
        #expect(plan.target.metadata.background == expected)
        #expect(plan.losses.contains(.metadata(.background)) == (expected == nil))
    }

    @Test func `a background without a place is a loss`() throws {
        var metadata = ImageMetadata()
        metadata.background = .rgb(1, 2, 3)
        let plan = try plan(metadata, kinds: [])
        #expect(plan.target.metadata.background == nil)
        #expect(plan.losses == [.metadata(.background)])
    }

    private func blocks(_ format: String = "toy") -> [FormatBlock] {
        let format = FormatID(format)
        return [
            FormatBlock(format, "any", [1]), FormatBlock(format, "size", [2], size: size),
            FormatBlock(format, "samples", [3], dependsOnSamples: true),
        ]
    }

    @Test func `blocks hold as long as what they depend on`() throws {
        var metadata = ImageMetadata()
        metadata.blocks = blocks()
        func names(_ plan: ConversionPlan) -> [String] {
            let isLoss = plan.losses.contains {
                switch $0 {
                case .metadata(.formatBlocks), .part(of: .formatBlocks, _): true
                default: false
                }
            }
            #expect(isLoss == (plan.target.metadata.blocks.count < 3))
            return plan.target.metadata.blocks.map(\.name)
        }
        #expect(try names(plan(metadata)) == ["any", "size", "samples"])
        #expect(
            try names(plan(metadata, size: ImageSize(width: 3, height: 4))) == ["any", "samples"])
        #expect(try names(plan(metadata, orientation: .right)) == ["any", "samples"])
        #expect(
            try names(plan(metadata, from: PixelLayout(.rgb, .uint16))) == ["any", "size"])
        metadata.blocks = blocks("other")
        #expect(try names(plan(metadata)) == [])
    }

    @Test func `blocks that are not wanted are no loss`() throws {
        var metadata = ImageMetadata()
        metadata.blocks = blocks("other")
        let plan = try ConversionPlan(
            converting: ImageHeader(
                size: size, layout: PixelLayout(.rgb, .uint8), metadata: metadata),
            to: ToyFormat(metadata: []), settings: WriteSettings(),
            preferences: ConversionPreferences(metadata: []))
        #expect(plan.losses == [] && plan.target.metadata.blocks == [])
    }
}
