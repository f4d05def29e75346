import FormatKit
import MetadataBlocks
import TestSupport
import Testing

@testable import TIFFFormat

/// Small files of known content, in every way that samples can be stored.
@Suite struct HandmadeTests {
    @Test(
        arguments: [
            (1, [0b1010_0000], [255, 0, 255]), (2, [0b0001_1000], [0, 85, 170]),
            (4, [0x0F, 0x80], [0, 255, 136]), (8, [0, 200, 255], [0, 200, 255]),
            (3, [0b000_111_01, 0b0_0000000], [0, 255, 73]),
        ] as [(Int, [UInt8], [UInt8])])
    func `gray of few bits is scaled to 8`(bits: Int, strip: [UInt8], pixels: [UInt8]) throws {
        var file = HandmadeTIFF(width: 3, height: 1, bits: bits, strip: strip)
        let image = try decode(file.bytes())
        #expect(image.bytes == pixels)
        #expect(image.header.significantBits == bits)
        #expect(image.header.layout == PixelLayout(.gray, .uint8))
        file.set(262, 3, [0])
        #expect(try decode(file.bytes()).bytes == pixels.map { 255 - $0 })
    }

    @Test(arguments: 9...15)
    func `gray of odd depths is scaled to 16 bits, rounded to nearest`(bits: Int) throws {
        let maximum = (1 << bits) - 1
        let values = [0, 1, maximum / 3, maximum - 1, maximum, maximum / 2, 2, 3]
        var strip = [UInt8](repeating: 0, count: bits)
        for (index, value) in values.enumerated() {
            for bit in 0..<bits where value >> (bits - 1 - bit) & 1 == 1 {
                let place = index * bits + bit
                strip[place / 8] |= 0x80 >> UInt8(place % 8)
            }
        }
        let file = HandmadeTIFF(width: 8, height: 1, bits: bits, strip: strip)
        let image = try decode(file.bytes())
        let expected = values.map {
            UInt16((Double($0) * 65535 / Double(maximum)).rounded())
        }
        #expect(image.bytes == expected.flatMap { ByteOrder.host.bytes(Int($0), count: 2) })
        #expect(image.header.significantBits == bits)
    }

    @Test(arguments: [ByteOrder.little, .big], [false, true])
    func `16-bit samples and BigTIFF are read in both byte orders`(
        order: ByteOrder, isBig: Bool
    ) throws {
        let values = [0x0102, 0xFFFE, 0x8000]
        let file = HandmadeTIFF(
            width: 1, height: 1, bits: 16, photometric: 2, samples: 3,
            strip: values.flatMap { order.bytes($0, count: 2) }, order: order, isBig: isBig)
        let image = try decode(file.bytes())
        #expect(image.bytes == values.flatMap { ByteOrder.host.bytes($0, count: 2) })
        #expect(image.header.layout == PixelLayout(.rgb, .uint16))
    }

    @Test func `bits are reversed where the least significant comes first`() throws {
        var file = HandmadeTIFF(width: 8, height: 1, bits: 1, strip: [0b0000_0111])
        file.set(266, 3, [2])
        #expect(try decode(file.bytes()).bytes == [255, 255, 255, 0, 0, 0, 0, 0])
    }

    @Test(
        arguments: [
            (257, SampleType.uint8, 8), (256, .uint8, 8), (1, .uint8, 8), (255, .uint16, 16),
        ] as [(Int, SampleType, Int)])
    func `a palette becomes RGB of the depth that its colors need`(
        unit: Int, sample: SampleType, bits: Int
    ) throws {
        var file = HandmadeTIFF(width: 2, height: 1, bits: 1, photometric: 3, strip: [0x40])
        file.set(320, 3, [0, 255 * unit, 10 * unit, 20 * unit, 30 * unit, 40 * unit])
        let image = try decode(file.bytes())
        let scale = sample == .uint8 ? 1 : unit
        let colors = [0, 10, 30, 255, 20, 40].map { $0 * scale }
        #expect(
            image.bytes
                == colors.flatMap { ByteOrder.host.bytes($0, count: sample.byteCount) })
        #expect(image.header.layout == PixelLayout(.rgb, sample))
        #expect(image.header.significantBits == bits)
    }

    @Test(
        arguments: [
            ([1], AlphaMode.premultiplied, []), ([2], .straight, []),
            ([0], .straight, .unspecifiedAlpha),
        ] as [([Int], AlphaMode, SampleForm)])
    func `an extra sample is alpha`(kind: [Int], mode: AlphaMode, form: SampleForm) throws {
        var file = HandmadeTIFF(
            width: 1, height: 2, bits: 8, photometric: 1, samples: 2, strip: [1, 2, 3, 4])
        file.set(338, 3, kind)
        let warnings = WarningLog()
        let image = try decode(file.bytes(), warnings: warnings)
        #expect(image.header.layout == PixelLayout(.gray, .uint8, alpha: mode))
        #expect(image.bytes == [1, 2, 3, 4])
        #expect(image.header.form == form && warnings.warnings == [])
    }

    @Test func `alpha is not inverted with white-is-zero gray`() throws {
        var file = HandmadeTIFF(
            width: 1, height: 1, bits: 8, photometric: 0, samples: 2, strip: [10, 20])
        file.set(338, 3, [2])
        #expect(try decode(file.bytes()).bytes == [245, 20])
    }

    @Test func `of several extra samples only declared alpha is taken`() throws {
        var file = HandmadeTIFF(
            width: 1, height: 1, bits: 8, photometric: 2, samples: 5, strip: [1, 2, 3, 4, 5])
        file.set(338, 3, [0, 2])
        let image = try decode(file.bytes())
        #expect(image.bytes == [1, 2, 3, 5] && image.header.losses == [.channels(1)])
        file.set(338, 3, [0, 0])
        #expect(try decode(file.bytes()).bytes == [1, 2, 3])
    }

    @Test(arguments: [8, 16])
    func `separate planes are interleaved`(bits: Int) throws {
        let planes = [[1, 2, 3, 4], [11, 12, 13, 14], [21, 22, 23, 24]]
        var file = HandmadeTIFF(
            width: 2, height: 2, bits: bits, photometric: 2, samples: 3, strip: [])
        file.set(284, 3, [2])
        file.set(278, 4, [1])
        func bytes(_ value: Int) -> [UInt8] { ByteOrder.little.bytes(value, count: bits / 8) }
        file.blocks = planes.flatMap { plane in
            [plane[0..<2].flatMap(bytes), plane[2..<4].flatMap(bytes)]
        }
        let expected = [1, 11, 21, 2, 12, 22, 3, 13, 23, 4, 14, 24]
        #expect(
            try decode(file.bytes()).bytes
                == expected.flatMap { ByteOrder.host.bytes($0, count: bits / 8) })
    }

    @Test(arguments: [1, 2])
    func `tiles are cut at the edges`(planar: Int) throws {
        var file = HandmadeTIFF(width: 18, height: 17, bits: 8, strip: [])
        file.remove(278)
        file.set(322, 3, [16])
        file.set(323, 3, [16])
        file.set(284, 3, [planar])
        file.isTiled = true
        file.blocks = []
        for tile in 0..<4 {
            file.blocks.append((0..<256).map { UInt8(($0 + tile * 50) & 0xFF) })
        }
        let image = try decode(file.bytes(), bandRows: 4)
        var expected: [UInt8] = []
        for y in 0..<17 {
            for x in 0..<18 {
                let tile = y / 16 * 2 + x / 16
                expected.append(file.blocks[tile][y % 16 * 16 + x % 16])
            }
        }
        #expect(image.bytes == expected)
    }

    @Test func `a missing photometric interpretation is guessed`() throws {
        let gray = HandmadeTIFF(width: 1, height: 1, bits: 8, photometric: nil, strip: [7])
        #expect(try decode(gray.bytes()).bytes == [7])
        let rgb = HandmadeTIFF(
            width: 1, height: 1, bits: 8, photometric: nil, samples: 3, strip: [7, 8, 9])
        #expect(try decode(rgb.bytes()).header.layout == PixelLayout(.rgb, .uint8))
    }

    @Test(arguments: [
        (8, 3, 12, 1, "12-bit CIE L*a*b*"), (10, 3, 8, 1, "ITU L*a*b*"),
        (32845, 3, 16, 1, "LogLuv"), (6, 3, 16, 1, "16-bit YCbCr"),
        (1, 1, 8, 3, "8-bit floating-point"), (1, 1, 65, 1, "65-bit"),
        (1, 1, 64, 6, "complex"),
        (32803, 1, 16, 1, "color filter array"),
    ])
    func `what is not supported is refused by name`(
        photometric: Int, samples: Int, bits: Int, format: Int, name: String
    ) throws {
        var file = HandmadeTIFF(
            width: 1, height: 1, bits: bits, photometric: photometric, samples: samples,
            strip: [UInt8](repeating: 0, count: 16))
        file.set(339, 3, Array(repeating: format, count: samples))
        let error = #expect(throws: ImageError.self) { try decode(file.bytes()) }
        guard case .unsupported(_, let text) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.contains(name))
    }

    @Test func `samples of different depths are refused by name`() throws {
        var file = HandmadeTIFF(
            width: 1, height: 1, bits: 8, photometric: 2, samples: 3, strip: [0, 0])
        file.set(258, 3, [5, 6, 5])
        #expect(
            throws: ImageError.unsupported(.tiff, "samples of different depths (5, 6, 5 bits)")
        ) { try decode(file.bytes()) }
    }

    @Test func `an unknown compression is refused by name`() throws {
        var file = HandmadeTIFF(width: 1, height: 1, bits: 8, strip: [0])
        file.set(259, 3, [34712])
        #expect(throws: ImageError.unsupported(.tiff, "JPEG 2000 compression")) {
            try decode(file.bytes())
        }
    }

    @Test func `pages are counted without reduced copies and masks`() throws {
        #expect(try decode(pages([0, 2, 0, 1, 4, 2])).header.frameCount == 4)
        // The first is a thumbnail of the second.
        let image = try decode(pages([1, 0]))
        #expect(image.header.frameCount == 1)
        #expect(image.bytes == [2])
    }

    @Test func `a loop of directories ends`() throws {
        let file = HandmadeTIFF(width: 1, height: 1, bits: 8, strip: [9])
        let start = Int(file.bytes()[4])
        let warnings = WarningLog()
        let image = try decode(file.bytes(next: start), warnings: warnings)
        #expect(image.header.frameCount == 1)
        #expect(warnings.warnings.contains("the chain of directories loops; one was found"))
    }

    @Test func `too many pages are refused`() throws {
        var limits = Limits.default
        limits.frameCount = 3
        #expect(throws: ImageError.limitExceeded(.frames, requested: 4, allowed: 3)) {
            try decode(pages([0, 0, 0, 0]), limits: limits)
        }
    }

    /// A file of pages of one pixel, of the kinds given (bits of NewSubfileType).
    private func pages(_ kinds: [Int]) -> [UInt8] {
        let header = TIFFHeader(order: .little, isBig: false)
        var file: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0]
        for (index, kind) in kinds.enumerated() {
            let length = 2 + 9 * 12 + 4
            let pixel = file.count + length
            let values = [
                (254, kind), (256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, pixel),
                (278, 1), (279, 1),
            ]
            let tree = DirectoryTree(
                entries: values.map {
                    .init(
                        tag: $0.0, type: 4, count: 1,
                        payload: .values(ByteOrder.little.bytes($0.1, count: 4)))
                })
            let next = index + 1 < kinds.count ? pixel + 2 : 0
            file += tree.serialized(at: file.count, header: header, next: next)
            file += [UInt8(index + 1), 0]
        }
        return file
    }
}
