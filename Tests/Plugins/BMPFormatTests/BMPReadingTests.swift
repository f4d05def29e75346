import FormatKit
import TestSupport
import Testing

@testable import BMPFormat

/// Files by hand, against pixels worked out by hand.
@Suite struct BMPReadingTests {
    @Test func `indices of 1, 2, 4 and 8 bits are colors`() throws {
        let two = Array(BMPFile.colors[..<8])
        let one = BMPFile(9, 2, bits: 1).with(
            table: two, [0b1010_0000, 0x80, 0, 0, 0b0000_0001, 0x00, 0, 0])
        #expect(try one.decoded().letters == "kkkkkkkrk" + "rkrkkkkkr")
        let pairs = BMPFile(5, 1, bits: 2).with(
            table: BMPFile.colors, [0b00_01_10_11, 0b10_00_00_00, 0, 0])
        #expect(try pairs.decoded().letters == "krgbg")
        let four = BMPFile(3, 1, bits: 4, colors: 4).with(
            table: BMPFile.colors, [0x12, 0x30, 0, 0])
        let image = try four.decoded()
        #expect(image.letters == "rgb")
        guard case .palette(let palette)? = image.header.storage else {
            Issue.record("it has a palette")
            return
        }
        #expect(palette.colors.count == 4 && palette.indexBitCount == 4)
        let eight = BMPFile(2, 2, bits: 8, colors: 4).with(
            table: BMPFile.colors, [3, 2, 0, 0, 1, 0, 0, 0], gap: 5)
        #expect(try eight.decoded().letters == "rk" + "bg")
    }

    @Test func `a height below 0 says that the first row is the upper one`() throws {
        let file = BMPFile(1, -2, bits: 8, colors: 4).with(
            table: BMPFile.colors, [3, 0, 0, 0, 1, 0, 0, 0])
        #expect(try file.decoded().letters == "br")
    }

    @Test func `grays are delivered as grays`() throws {
        let table: [UInt8] = [0, 0, 0, 0, 255, 255, 255, 0]
        let image = try BMPFile(2, 1, bits: 1).with(table: table, [0x40, 0, 0, 0]).decoded()
        #expect(image.header.layout == PixelLayout(.gray, .uint8) && image.bytes == [0, 255])
        #expect(image.header.storage == .packedGray(bitCount: 1))
        #expect(image.header.significantBits == 1)
    }

    @Test func `the headers of OS/2 have colors of three bytes`() throws {
        let file = BMPFile.core(3, 1, bits: 4).with(
            table: [0, 0, 0, 0, 0, 255, 0, 255, 0, 255, 0, 0] + [UInt8](repeating: 9, count: 36),
            [0x12, 0x30, 0, 0])
        #expect(try file.decoded().letters == "rgb")
        let deep = BMPFile.core(1, 1, bits: 24).with([0, 255, 0, 0])
        #expect(try deep.decoded().letters == "g")
        let short = BMPFile(1, 1, bits: 24, byteCount: 16).with([0, 0, 255, 0])
        #expect(try short.decoded().letters == "r")
        let long = BMPFile(1, 1, bits: 24, byteCount: 64).with([255, 0, 0, 0])
        #expect(try long.decoded().letters == "b")
    }

    @Test func `blue comes first`() throws {
        let rgb = BMPFile(2, 1, bits: 24).with([3, 2, 1, 6, 5, 4, 0, 0])
        #expect(try rgb.decoded().bytes == [1, 2, 3, 4, 5, 6])
        let log = WarningLog()
        let four = BMPFile(1, 2, bits: 32).with([3, 2, 1, 0, 6, 5, 4, 0])
        let image = try four.decoded(log.context())
        #expect(image.bytes == [4, 5, 6, 1, 2, 3] && !image.header.layout.hasAlpha)
        #expect(log.warnings.isEmpty)
        // A fourth channel of which nothing is said.
        _ = try BMPFile(1, 2, bits: 32).with([3, 2, 1, 7, 6, 5, 4, 0])
            .decoded(log.context())
        #expect(log.warnings == ["1 extra channel is left out"])
    }

    @Test func `channels of 5 bits are scaled`() throws {
        let file = BMPFile(4, 1, bits: 16).with([0, 0, 0xFF, 0x7F, 0x10, 0x00, 0x00, 0x7C])
        let image = try file.decoded()
        #expect(image.bytes == [0, 0, 0, 255, 255, 255, 0, 0, 132, 255, 0, 0])
        #expect(image.header.significantBits == 5)
    }

    @Test(arguments: [40, 52, 56, 108, 124])
    func `masks tell where channels lie`(byteCount: Int) throws {
        // 5, 6 and 5 bits.
        let masks = [0xF800, 0x7E0, 0x1F]
        var file = BMPFile(2, 1, bits: 16, method: 3, byteCount: byteCount)
        if byteCount > 40 {
            for (index, mask) in masks.enumerated() { file.set(mask, at: 40 + 4 * index) }
        }
        let table = byteCount == 40 ? masks.flatMap { BMPFile.word($0) } : []
        let image = try file.with(table: table, [0xE0, 0x07, 0x10, 0x84]).decoded()
        #expect(image.bytes == [0, 255, 0, 132, 130, 132])
        #expect(image.header.significantBits == 6)
    }

    @Test func `there are channels of 10 bits, and alpha`() throws {
        let masks = [0x3FF0_0000, 0xFFC00, 0x3FF, 0xC000_0000]
        let table = masks.flatMap { BMPFile.word($0) }
        let image = try BMPFile(1, 1, bits: 32, method: 6).with(
            table: table, BMPFile.word(0x2 << 30 | 0x3FF << 20 | 0x200 << 10 | 0x001)
        ).decoded()
        #expect(image.header.layout == PixelLayout(.rgb, .uint16, alpha: .straight))
        let samples = stride(from: 0, to: 8, by: 2).map {
            unsafe image.bytes.withUnsafeBytes { [offset = $0] in
                unsafe $0.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
            }
        }
        #expect(samples == [65_535, 32_800, 64, 43_690])
        let deep = try BMPFile(1, 1, bits: 32, method: 3).with(
            table: [0xFF_FFF0, 0xF, 0xFF00_0000].flatMap { BMPFile.word($0) },
            BMPFile.word(0xFFFF_FFFF)
        ).decoded()
        #expect(deep.header.losses == [.bitDepth(from: 20, to: 16)])
        #expect(deep.bytes == [255, 255, 255, 255, 255, 255])
    }

    @Test func `runs of 8 bits, rows, steps and the end`() throws {
        let pixels: [UInt8] = [
            3, 1, 0, 0,  // rrr, next row
            0, 3, 1, 2, 3, 0,  // rgb
            0, 2, 1, 1,  // one to the right, one up
            1, 2, 0, 1,  // g, the end
        ]
        let file = BMPFile(5, 4, bits: 8, method: 1, colors: 4).with(
            table: BMPFile.colors, pixels)
        #expect(try file.decoded().letters == "kkkkk" + "kkkkg" + "rgbkk" + "rrrkk")
    }

    @Test func `runs of 4 bits take two colors in turn`() throws {
        let pixels: [UInt8] = [5, 0x12, 0, 0, 0, 5, 0x12, 0x31, 0x20, 0, 0, 0, 0, 1]
        let file = BMPFile(5, 3, bits: 4, method: 2, colors: 4).with(
            table: BMPFile.colors, pixels)
        #expect(try file.decoded().letters == "kkkkk" + "rgbrg" + "rgrgr")
    }

    @Test func `density, primaries, gamma and intent are read`() throws {
        var file = BMPFile(1, 1, bits: 24, density: (11_811, 5906), byteCount: 108)
        // sRGB's primaries, and 2.2.
        let points: [Double] = [
            0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505,
        ]
        for (index, value) in points.enumerated() {
            file.set(Int(value * Double(1 << 30)), at: 60 + 4 * index)
        }
        for index in 0..<3 { file.set(144_179, at: 96 + 4 * index) }
        let metadata = try file.with([0, 0, 0, 0]).decoded().header.metadata
        #expect(
            metadata.resolution
                == Resolution(horizontal: 118.11, vertical: 59.06, unit: .centimeter))
        #expect(metadata.chromaticities?.isClose(to: .sRGB) == true)
        #expect(abs((metadata.gamma ?? 0) - 1 / 2.2) < 1e-4)
        var named = BMPFile(1, 1, bits: 24, byteCount: 124)
        named.set(0x7352_4742, at: 56)
        named.set(2, at: 108)
        let intent = try named.with([0, 0, 0, 0]).decoded().header.metadata.renderingIntent
        #expect(intent == .relativeColorimetric)
        var linked = BMPFile(1, 1, bits: 24, byteCount: 124)
        linked.set(0x4C49_4E4B, at: 56)
        #expect(try linked.with([0, 0, 0, 0]).decoded().header.losses.map(\.name) == ["icc"])
    }

    @Test func `color spaces and intents that are unknown are named`() throws {
        for (byteCount, kind, intent, words) in [
            (124, 0x4142_4344, 4, "the color space \"ABCD\" is unknown and left out"),
            (108, 0x4D42_4544, 4, "the color space \"MBED\" is unknown and left out"),
            (124, 0x7352_4742, 99, "the rendering intent 99 is unknown and left out"),
        ] {
            var file = BMPFile(1, 1, bits: 24, byteCount: byteCount)
            file.set(kind, at: 56)
            if byteCount == 124 { file.set(intent, at: 108) }
            let losses = try file.with([0, 0, 0, 0]).decoded().header.losses
            #expect(losses.map(\.description) == [words])
        }
    }

    @Test(arguments: BMPHeader.byteCounts)
    func `is found by its content`(byteCount: Int) throws {
        let registry = try FormatRegistry([BMPPlugin()])
        let head = Array("BM".utf8) + [UInt8](repeating: 9, count: 12)
        #expect(
            registry.plugin(identifying: head + BMPFile.word(byteCount))?.descriptor.id == .bmp)
        #expect(registry.plugin(identifying: head + BMPFile.word(byteCount + 1)) == nil)
        #expect(registry.plugin(forExtension: "DIB")?.descriptor.id == .bmp)
    }
}
