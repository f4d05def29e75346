import FormatKit
import TestSupport
import Testing

@testable import PNGFormat

/// Pictures in few colors (`png.palette`).
@Suite struct PNGPaletteWriterTests {
    private func encode(
        _ image: Image, _ options: [String: String], isLossless: Bool = false
    ) throws -> (bytes: [UInt8], decoded: Image, warnings: [String]) {
        let log = WarningLog()
        var settings = try WriteSettings(for: PNGPlugin(), options: options)
        settings.isLossless = isLossless
        let bytes = try image.encoded(by: PNGPlugin(), settings: settings, context: log.context())
        return (bytes, try Image(decoding: bytes, as: PNGPlugin()), log.warnings)
    }

    private func palette(_ image: Image) -> Palette? {
        if case .palette(let palette)? = image.header.storage { palette } else { nil }
    }

    @Test(
        arguments: [256, 64, 16, 3, 2],
        [[:], ["dither": "false"], ["interlaced": "true"]] as [[String: String]])
    func `too many colors become as many as are allowed`(
        count: Int, more: [String: String]
    ) throws {
        let image = TestImages.picture(width: 90, height: 70)
        let result = try encode(
            image, more.merging(["palette": "\(count)"]) { first, _ in first })
        #expect(result.warnings.count == 1)
        #expect(result.warnings[0].hasSuffix("colors become \(count)"), "\(result.warnings)")
        let stored = try #require(palette(result.decoded))
        #expect(stored.colors.count == count)
        #expect(1 << stored.indexBitCount >= count)
        #expect(result.decoded.header.layout == PixelLayout(.rgb, .uint8))
        let error = zip(image.bytes, result.decoded.bytes).reduce(0) {
            $0 + abs(Int($1.0) - Int($1.1))
        }
        #expect(error / image.bytes.count <= [256: 6, 64: 10, 16: 22, 3: 100, 2: 120][count] ?? 0)
    }

    @Test(arguments: [true, false])
    func `few colors stay as they are, transparent pixels, too`(hasHole: Bool) throws {
        var image = Image.noise(31, 17, PixelLayout(.rgb, .uint8, alpha: .straight))
        for pixel in 0..<31 * 17 {
            let color = pixel % (hasHole ? 5 : 4)
            let samples: [UInt8] =
                color == 4 ? [0, 0, 0, 0] : [UInt8(color) * 80, 7, 255 - UInt8(color), 255]
            image.bytes.replaceSubrange(4 * pixel..<4 * pixel + 4, with: samples)
        }
        let result = try encode(image, ["palette": hasHole ? "5" : "4"], isLossless: true)
        #expect(result.warnings.isEmpty)
        #expect(palette(result.decoded)?.colors.count == (hasHole ? 5 : 4))
        if hasHole {
            #expect(result.decoded.bytes == image.bytes)
        } else {
            // No color of the palette is transparent any more.
            let opaque = image.bytes.enumerated().filter { $0.offset % 4 != 3 }.map(\.element)
            #expect(result.decoded.bytes == opaque)
        }
    }

    @Test(arguments: PNGPlugin.layouts.sorted { "\($0)" < "\($1)" })
    func `every layout becomes indices, and what is lost is told`(layout: PixelLayout) throws {
        let image = Image.noise(20, 9, layout)
        let settings = try WriteSettings(for: PNGPlugin(), options: ["palette": "8"])
        let losses = PNGPlugin().losses(of: image.header, with: settings)
        #expect(losses.contains(.bitDepth(from: 16, to: 8)) == (layout.sample == .uint16))
        let result = try encode(image, ["palette": "8"])
        let colors = try #require(palette(result.decoded)).colors
        #expect(colors.count == 8)
        #expect(colors.contains { $0.alpha == 0 } == layout.hasAlpha)
        #expect(result.warnings.contains { $0.contains("partly transparent") } == layout.hasAlpha)
        if layout.model == .gray { #expect(colors.allSatisfy { $0.red == $0.blue }) }
        #expect(throws: ImageError.self) {
            try encode(image, ["palette": "8"], isLossless: true)
        }
    }

    @Test func `metadata that no palette can have is lost aloud`() throws {
        var image = Image.noise(8, 8, PixelLayout(.gray, .uint8))
        image.header.metadata.icc = SampleMetadata.icc("GRAY")
        image.header.metadata.background = .gray(7)
        image.header.metadata.significantBits = [5]
        let settings = try WriteSettings(for: PNGPlugin(), options: ["palette": "8"])
        let losses = PNGPlugin().losses(of: image.header, with: settings)
        #expect(losses == [.metadata(.background), .metadata(.icc)])
        let header = try encode(image, ["palette": "8"]).decoded.header
        #expect(header.metadata == ImageMetadata())
    }

    @Test func `what cannot be is refused`() throws {
        var image = Image.noise(8, 8, PixelLayout(.rgb, .uint8))
        #expect(throws: ImageError.self) {
            try encode(image, ["palette": "8", "storage": "expand"])
        }
        #expect(throws: (any Error).self) { try encode(image, ["palette": "257"]) }
        image.header.frameCount = 2
        #expect(throws: ImageError.self) { try encode(image, ["palette": "8"]) }
    }
}
