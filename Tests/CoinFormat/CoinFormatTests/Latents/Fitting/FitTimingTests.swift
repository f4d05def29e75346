import FormatKit
import Testing

@_spi(Benchmarks) import CoinFormat

@Suite struct FitTimingTests {
    private static let size = ImageSize(width: 256, height: 256)

    private static func fit(isWide: Bool) throws -> FitTiming {
        let bytes = (0..<size.pixelCount * 3).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let image = Image(
            header: ImageHeader(size: size, layout: PixelLayout(.rgb, .uint8)), bytes: bytes)
        return try FitTiming(
            image, wide: isWide, lambda: 0.002, kernels: .auto, threadCount: 2)
    }

    @Test(arguments: [false, true])
    func `each stage of a step takes time`(isWide: Bool) throws {
        let fit = try Self.fit(isWide: isWide)
        // The networks do not move in the first step, but their optimizer works.
        for _ in 0..<2 {
            let times = fit.step()
            #expect(Set(times.keys) == Set(FitTiming.Stage.allCases))
            #expect(times.values.allSatisfy { $0 > .zero })
        }
    }

    @Test func `work is counted from the shapes`() throws {
        let fit = try Self.fit(isWide: false)
        // 256² and its quarters down to 4²; two of chroma from 64² on.
        let luma = 65_536 + 16_384 + 4096 + 1024 + 256 + 64 + 16
        #expect(fit.latentCount == luma + 2 * (4096 + 1024 + 256 + 64 + 16))
        // 14 contexts, two layers of 14, mean and scale from the second and the contexts.
        let entropy = 14 * 14 + 14 * 14 + 2 * (14 + 14)
        #expect(fit.multiplyAdds(.rate) == Double(3 * fit.latentCount * entropy))
        // 3 channels, 3 x 3 pixels; forward and for the weights.
        #expect(fit.multiplyAdds(.comparison) == Double(2 * 65_536 * 81))
        // 9 inputs, 16 neurons, 3 outputs from both; 8 planes of half the size with 6 taps a pixel.
        #expect(fit.multiplyAdds(.synthesis) == Double(65_536 * (9 * 16 + 3 * 25 + 8 * 6)))
    }
}
