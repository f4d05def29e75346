import FormatKit
import Testing
import TestSupport

/// Every conversion against the same in `Double`.
@Suite struct PixelConverterTests {
    static let layouts: [PixelLayout] = [ColorModel.gray, .rgb].flatMap { model in
        [SampleType.uint8, .uint16].flatMap { sample in
            AlphaMode.allCases.map { PixelLayout(model, sample, alpha: $0) }
        }
    }

    private func convert(
        _ samples: [Int], from source: PixelLayout, to target: PixelLayout
    ) throws -> [Int] {
        let converter = try #require(PixelConverter(from: source, to: target))
        let width = samples.count / source.channelCount
        let band = PixelBand(width: width, layout: source, bytes: bytes(samples, source.sample))
        return self.samples(converter.convert(band).bytes, target.sample)
    }

    private func bytes(_ samples: [Int], _ type: SampleType) -> [UInt8] {
        if type == .uint8 { return samples.map { UInt8($0) } }
        return samples.flatMap { sample in
            unsafe withUnsafeBytes(of: UInt16(sample)) { unsafe Array($0) }
        }
    }

    private func samples(_ bytes: [UInt8], _ type: SampleType) -> [Int] {
        if type == .uint8 { return bytes.map { Int($0) } }
        return unsafe bytes.withUnsafeBytes { unsafe Array($0.bindMemory(to: UInt16.self)) }
            .map { Int($0) }
    }

    @Test func `all 16-bit samples become the nearest of 8 bits`() throws {
        let samples = Array(0...65535)
        let result = try convert(
            samples, from: PixelLayout(.gray, .uint16), to: PixelLayout(.gray, .uint8))
        #expect(result == samples.map { Int((Double($0) * 255 / 65535).rounded()) })
    }

    @Test func `all 8-bit samples survive 16 bits`() throws {
        let samples = Array(0...255)
        let (gray8, gray16) = (PixelLayout(.gray, .uint8), PixelLayout(.gray, .uint16))
        let wide = try convert(samples, from: gray8, to: gray16)
        #expect(wide == samples.map { $0 * 257 })
        #expect(try convert(wide, from: gray16, to: gray8) == samples)
    }

    @Test func `all 8-bit colors are laid on white with correct rounding`() throws {
        let pairs = (0...255).flatMap { color in (0...255).map { (color, $0) } }
        let source = PixelLayout(.gray, .uint8, alpha: .straight)
        let result = try convert(
            pairs.flatMap { [$0.0, $0.1] }, from: source, to: PixelLayout(.gray, .uint8))
        let expected = pairs.map { color, alpha in
            let weight = Double(alpha) / 255
            return Int((Double(color) * weight + 255 * (1 - weight)).rounded())
        }
        #expect(result == expected)
    }

    @Test func `all 8-bit colors are divided by alpha with correct rounding`() throws {
        let pairs = (0...255).flatMap { alpha in (0...alpha).map { ($0, alpha) } }
        let result = try convert(
            pairs.flatMap { [$0.0, $0.1] },
            from: PixelLayout(.gray, .uint8, alpha: .premultiplied),
            to: PixelLayout(.gray, .uint8, alpha: .straight))
        let expected = pairs.flatMap { color, alpha in
            [alpha == 0 ? 0 : Int((Double(color) * 255 / Double(alpha)).rounded()), alpha]
        }
        #expect(result == expected)
    }

    @Test func `impossible premultiplied color is clamped`() throws {
        let source = PixelLayout(.gray, .uint8, alpha: .premultiplied)
        let target = PixelLayout(.gray, .uint8, alpha: .straight)
        #expect(try convert([200, 100, 5, 0], from: source, to: target) == [255, 100, 0, 0])
        #expect(
            try convert([200, 100], from: source, to: PixelLayout(.gray, .uint8)) == [255])
    }

    @Test func `luminance is BT.709's and keeps gray`() throws {
        let (rgb, gray) = (PixelLayout(.rgb, .uint16), PixelLayout(.gray, .uint16))
        let grays = stride(from: 0, through: 65535, by: 5).map { $0 }
        #expect(try convert(grays.flatMap { [$0, $0, $0] }, from: rgb, to: gray) == grays)
        let primaries = [65535, 0, 0, 0, 65535, 0, 0, 0, 65535]
        let expected = [0.2126, 0.7152, 0.0722].map { $0 * 65535 }
        for (found, value) in zip(try convert(primaries, from: rgb, to: gray), expected) {
            #expect(abs(Double(found) - value) < 2)
        }
    }

    @Test(arguments: layouts, layouts)
    func `every pair of layouts agrees with Double`(
        source: PixelLayout, target: PixelLayout
    ) throws {
        guard source == target || target.alpha != .premultiplied else {
            #expect(PixelConverter(from: source, to: target) == nil)
            return
        }
        var random = SplitMix64(seed: 5)
        let maximum = (1 << source.sample.bitCount) - 1
        let pixels = (0..<200).map { index -> [Int] in
            let alpha =
                index < 8 ? index % 2 * maximum : Int.random(in: 0...maximum, using: &random)
            let top = source.alpha == .premultiplied ? alpha : maximum
            let colors = (0..<source.model.channelCount).map { _ in
                Int.random(in: 0...top, using: &random)
            }
            return colors + (source.hasAlpha ? [alpha] : [])
        }
        let result = try convert(pixels.flatMap(\.self), from: source, to: target)
        let expected = pixels.flatMap { reference($0, source, target) }
        #expect(result.count == expected.count)
        // Arithmetic is in the source's samples, then scaled: two roundings, and weights of
        // luminance in 16 bits.
        let step = Double((1 << target.sample.bitCount) - 1) / Double(maximum)
        let tolerance = source == target ? 0 : max(1, step) * 1.01
        for (found, value) in zip(result, expected) {
            #expect(abs(Double(found) - value) <= tolerance)
        }
    }

    /// A pixel converted in `Double`.
    private func reference(
        _ pixel: [Int], _ source: PixelLayout, _ target: PixelLayout
    ) -> [Double] {
        if source == target { return pixel.map(Double.init) }
        let values = pixel.map { Double($0) / Double((1 << source.sample.bitCount) - 1) }
        let alpha = source.hasAlpha ? values[values.count - 1] : 1
        var colors = Array(values.prefix(source.model.channelCount))
        switch (source.alpha, target.alpha) {
        case (.premultiplied, .straight): colors = colors.map { alpha == 0 ? 0 : $0 / alpha }
        case (.premultiplied, .opaque): colors = colors.map { $0 + 1 - alpha }
        case (.straight, .opaque): colors = colors.map { $0 * alpha + 1 - alpha }
        default: break
        }
        if source.model == .rgb, target.model == .gray {
            colors = [0.2126 * colors[0] + 0.7152 * colors[1] + 0.0722 * colors[2]]
        } else if source.model == .gray, target.model == .rgb {
            colors = [colors[0], colors[0], colors[0]]
        }
        let scale = Double((1 << target.sample.bitCount) - 1)
        return (colors + (target.hasAlpha ? [alpha] : [])).map { $0 * scale }
    }

    @Test(arguments: [
        (PixelLayout(.rgb, .uint8), PixelLayout(.cmyk, .uint8)),
        (
            PixelLayout(.cmyk, .uint8, alpha: .premultiplied),
            PixelLayout(.rgb, .uint8, alpha: .straight)
        ),
        (PixelLayout(.gray, .float32), PixelLayout(.gray, .uint8, alpha: .premultiplied)),
    ])
    func `there is no way into inks nor to premultiplied color`(
        source: PixelLayout, target: PixelLayout
    ) {
        #expect(PixelConverter(from: source, to: target) == nil)
        #expect(PixelConverter(from: source, to: source) != nil)
    }

    @Test func `only filled rows are converted`() throws {
        var band = PixelBand(width: 2, layout: PixelLayout(.gray, .uint8), rowCapacity: 4)
        unsafe band.fill(rowCount: 1) { bytes in
            for index in bytes.indices { unsafe bytes[index] = 9 }
        }
        let converter = try #require(
            PixelConverter(from: band.layout, to: PixelLayout(.rgb, .uint8)))
        let result = converter.convert(band)
        #expect(result.rowCount == 1)
        #expect(Array(result.filledBytes) == [9, 9, 9, 9, 9, 9])
    }
}
