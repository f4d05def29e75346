import FormatKit
import TestSupport
import Testing

@testable import ConvertKit

@Suite struct MemoryEstimateTests {
    private func estimate(_ size: ImageSize, to format: any FormatPlugin) throws -> Int {
        let registry = try FormatRegistry([ToyFormat(), WriteOnlyFormat.stalling])
        let picture = TestImages.picture(width: size.width, height: size.height)
        let source = MemorySource(try TestImages.encoded(picture, as: ToyFormat()))
        return try Converter(registry: registry, context: CodecContext()).prepare(
            source, to: format, settings: WriteSettings()
        ).heldByteCount
    }

    @Test func `grows with the picture only where a codec holds all of it`() throws {
        let (small, large) = (ImageSize(width: 9, height: 7), ImageSize(width: 90, height: 70))
        #expect(try estimate(small, to: ToyFormat()) == estimate(large, to: ToyFormat()))
        let growth =
            try estimate(large, to: WriteOnlyFormat.stalling)
            - estimate(small, to: WriteOnlyFormat.stalling)
        #expect(growth >= (large.pixelCount - small.pixelCount) * 6)
    }
}
