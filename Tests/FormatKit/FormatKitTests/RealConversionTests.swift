import FormatKit
import Testing
import TestSupport

@Suite struct RealConversionTests {
    private func bytes<T: BitwiseCopyable>(_ samples: [T]) -> [UInt8] {
        unsafe samples.withUnsafeBytes { unsafe Array($0) }
    }

    private func samples<T: BitwiseCopyable>(_ band: PixelBand, as type: T.Type) -> [T] {
        unsafe band.withFilledBytes { unsafe Array($0.bindMemory(to: type)) }
    }

    private func convert<S: BitwiseCopyable, T: BitwiseCopyable>(
        _ samples: [S], _ source: PixelLayout, to target: PixelLayout, as type: T.Type,
        background: RGBAColor = .white
    ) throws -> [T] {
        let converter = try #require(
            PixelConverter(from: source, to: target, background: background))
        let band = PixelBand(
            width: samples.count / source.channelCount, layout: source, bytes: bytes(samples))
        return self.samples(converter.convert(band), as: type)
    }

    private let real = PixelLayout(.gray, .float32)

    @Test func `all 16-bit samples survive reals`() throws {
        let gray = PixelLayout(.gray, .uint16)
        let samples = Array(UInt16.min...UInt16.max)
        let reals = try convert(samples, gray, to: real, as: Float.self)
        #expect(reals == samples.map { Float(Double($0) / 65_535) })
        #expect(try convert(reals, real, to: gray, as: UInt16.self) == samples)
    }

    @Test func `all 8-bit samples survive reals`() throws {
        let gray = PixelLayout(.gray, .uint8)
        let samples = Array(UInt8.min...UInt8.max)
        let reals = try convert(samples, gray, to: real, as: Float.self)
        #expect(try convert(reals, real, to: gray, as: UInt8.self) == samples)
    }

    @Test func `what is out of range is clamped and counted`() throws {
        let samples: [Float] = [
            .nan, -.infinity, .infinity, -1, 2, 0, 1, 0.5, -0.0, .leastNonzeroMagnitude,
        ]
        let target = PixelLayout(.gray, .uint8)
        #expect(
            try convert(samples, real, to: target, as: UInt8.self)
                == [0, 0, 255, 0, 255, 0, 255, 128, 0, 0])
        let converter = try #require(PixelConverter(from: real, to: target))
        let band = PixelBand(width: samples.count, layout: real, bytes: bytes(samples))
        #expect(converter.clippedSampleCount(in: band) == 5)
        let same = try #require(PixelConverter(from: real, to: PixelLayout(.rgb, .float32)))
        #expect(same.clippedSampleCount(in: band) == 0)
        #expect(
            try convert(samples, real, to: PixelLayout(.rgb, .float32), as: Float.self).count == 30)
    }

    @Test func `a conversion reports what it clamped`() throws {
        let source = CannedFormat(
            Image(
                header: ImageHeader(
                    size: ImageSize(width: 3, height: 1), layout: PixelLayout(.gray, .float32)),
                bytes: bytes([Float(0.5), 2, .nan])))
        let sink = MemorySink()
        let converter = Converter(registry: try FormatRegistry([source]), context: CodecContext())
        let report = try converter.convert(
            MemorySource(CannedFormat.bytes), to: ToyFormat(), settings: WriteSettings(),
            makeSink: { sink })
        #expect(report.losses == [.range(bits: 16), .clipping(2)])
        #expect(
            samples(
                PixelBand(
                    width: 3, layout: PixelLayout(.rgb, .uint16), bytes: Array(sink.bytes[7...])),
                as: UInt16.self) == [32_768, 32_768, 32_768, 65_535, 65_535, 65_535, 0, 0, 0])
    }

    @Test func `inks absorb light one after the other`() throws {
        let cmyk = PixelLayout(.cmyk, .uint8)
        let rgb = PixelLayout(.rgb, .uint8)
        var random = SplitMix64(seed: 11)
        let samples = [0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255] + random.bytes(4 * 500)
        let expected = stride(from: 0, to: samples.count, by: 4).flatMap { pixel in
            (0..<3).map { channel -> UInt8 in
                let light = (255 - Int(samples[pixel + channel])) * (255 - Int(samples[pixel + 3]))
                return UInt8((light + 127) / 255)
            }
        }
        #expect(try convert(samples, cmyk, to: rgb, as: UInt8.self) == expected)
        #expect(expected.prefix(9) == [255, 255, 255, 0, 255, 255, 0, 0, 0])
    }

    @Test func `alpha is composed in reals`() throws {
        let source = PixelLayout(.rgb, .float32, alpha: .straight)
        let background = RGBAColor(red: 255, green: 0, blue: 51)
        let result = try convert(
            [Float(0.25), 0.5, 1, 0.5, 3, 3, 3, 0, 1, 1, 1, .nan], source,
            to: PixelLayout(.rgb, .float32), as: Float.self, background: background)
        #expect(result == [0.625, 0.25, 0.6, 1, 0, 0.2, 1, 0, 0.2])
        let divided = try convert(
            [Float(0.25), 0.5, 0.5, 0.5, 1, 1, 1, 0],
            PixelLayout(.rgb, .float32, alpha: .premultiplied), to: source, as: Float.self)
        #expect(divided == [0.5, 1, 1, 0.5, 0, 0, 0, 0])
    }

    @Test func `color stays multiplied by alpha where samples become reals`() throws {
        let source = PixelLayout(.gray, .uint8, alpha: .premultiplied)
        let real = PixelLayout(.gray, .float32, alpha: .premultiplied)
        let result = try convert([51, 102, 0, 0] as [UInt8], source, to: real, as: Float.self)
        #expect(result == [0.2, 0.4, 0, 0])
        let straight = PixelLayout(.gray, .uint8, alpha: .straight)
        #expect(PixelConverter(from: straight, to: real) == nil)
        #expect(PixelConverter(from: real, to: source) == nil)
    }

    @Test(arguments: [ColorModel.gray, .rgb], [ColorModel.gray, .rgb])
    func `transparency is laid on any color`(source: ColorModel, target: ColorModel) throws {
        let pixel = [UInt8](repeating: 200, count: source.channelCount) + [0]
        let background = RGBAColor(red: 10, green: 20, blue: 30)
        let result = try convert(
            pixel, PixelLayout(source, .uint8, alpha: .straight), to: PixelLayout(target, .uint8),
            as: UInt8.self, background: background)
        #expect(result == (target == .rgb ? [10, 20, 30] : [19]))
    }
}
