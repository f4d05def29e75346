import FormatKit
import TestSupport
import Testing

@testable import PNGFormat

/// Indices, and those that the palette has no color for.
@Suite struct PNGPaletteTests {
    /// A file made by hand.
    struct File: Sendable, CustomTestStringConvertible {
        let bits: Int
        let isInterlaced: Bool
        let hasAlpha: Bool

        var testDescription: String {
            "\(bits) bits\(isInterlaced ? ", interlaced" : "")\(hasAlpha ? ", alpha" : "")"
        }

        static let all = [2, 4, 8].flatMap { bits in
            [false, true].flatMap { isInterlaced in
                [false, true].map {
                    File(bits: bits, isInterlaced: isInterlaced, hasAlpha: $0)
                }
            }
        }

        /// Where the pixels of each pass lie (PNG, 3rd edition, §8.2): first column and row, and steps.
        private static let passes = [
            (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
            (0, 1, 1, 2),
        ]

        private func packed(_ row: [UInt8]) -> [UInt8] {
            let perByte = 8 / bits
            return stride(from: 0, to: row.count, by: perByte).map { start in
                (0..<perByte).reduce(UInt8(0)) { byte, place in
                    let index = start + place < row.count ? row[start + place] : 0
                    return byte | index << UInt8(8 - bits * (place + 1))
                }
            }
        }

        /// The bytes, of rows of indices.
        func bytes(_ indices: [[UInt8]], colors: [UInt8], alphas: [UInt8] = [128]) -> [UInt8] {
            let (width, height) = (indices[0].count, indices.count)
            let passes = isInterlaced ? Self.passes : [(0, 0, 1, 1)]
            let data = passes.flatMap { x, y, stepX, stepY -> [UInt8] in
                if x >= width { return [] }
                return stride(from: y, to: height, by: stepY).flatMap { row in
                    [0] + packed(stride(from: x, to: width, by: stepX).map { indices[row][$0] })
                }
            }
            let header =
                UInt32(width).bigEndianBytes + UInt32(height).bigEndianBytes
                + [UInt8(bits), 3, 0, 0, isInterlaced ? 1 : 0]
            return PNGEditing.file(
                of: [.init(type: "IHDR", content: header), .init(type: "PLTE", content: colors)]
                    + (hasAlpha ? [.init(type: "tRNS", content: alphas)] : [])
                    + [
                        .init(type: "IDAT", content: PNGEditing.stored(data)),
                        .init(type: "IEND", content: []),
                    ])
        }
    }

    /// What a file loses as its pixels are read.
    private func read(_ bytes: [UInt8]) throws -> (image: Image, log: [String]) {
        let log = WarningLog()
        let image = try Image(decoding: bytes, as: PNGPlugin(), context: log.context())
        return (image, log.warnings)
    }

    private static let colors: [UInt8] = [200, 10, 20, 30, 40, 50, 60, 200, 80]

    private static func indices(_ width: Int, _ height: Int) -> [[UInt8]] {
        (0..<height).map { y in (0..<width).map { x in UInt8((x * 5 + y * y) % 3) } }
    }

    @Test(arguments: File.all, [(13, 11), (1, 1), (3, 9), (8, 2)])
    func `indices become their colors`(file: File, size: (Int, Int)) throws {
        let indices = Self.indices(size.0, size.1)
        let (image, log) = try read(file.bytes(indices, colors: Self.colors))
        let expected = indices.joined().flatMap { index in
            Self.colors[(3 * Int(index))...].prefix(3)
                + (file.hasAlpha ? [index == 0 ? 128 : 255] : [])
        }
        #expect(image.bytes == expected && log.isEmpty)
    }

    @Test(arguments: File.all)
    func `an index beyond the palette is a loss, once`(file: File) throws {
        var indices = Self.indices(13, 11)
        for (x, y) in [(12, 3), (5, 4), (0, 10)] { indices[y][x] = 3 }
        let (image, log) = try read(file.bytes(indices, colors: Self.colors))
        #expect(
            log == [
                "pixels from row 4 on have a color beyond the palette's 3, and get its darkest"
            ])
        // It is one that the palette has, which an output with a palette needs.
        let size = file.hasAlpha ? 4 : 3
        for (x, y) in [(12, 3), (5, 4), (0, 10)] {
            let pixel = image.bytes[((y * 13 + x) * size)...].prefix(size)
            #expect(Array(pixel) == [30, 40, 50] + (file.hasAlpha ? [255] : []))
        }
        var black = Self.colors
        black.replaceSubrange(6..<9, with: [0, 0, 0])
        let other = try read(file.bytes(indices, colors: black)).image
        #expect(other.bytes[((10 * 13) * size)...].prefix(3) == [0, 0, 0])
    }

    @Test func `of frames it is said once for all`() throws {
        let file = File(bits: 8, isInterlaced: false, hasAlpha: false)
        let still = PNGEditing(file.bytes([[0, 7]], colors: Self.colors))
        func control(_ number: UInt32) -> [UInt8] {
            number.bigEndianBytes + UInt32(2).bigEndianBytes + UInt32(1).bigEndianBytes
                + [UInt8](repeating: 0, count: 8) + [0, 1, 0, 10, 0, 0]
        }
        let second = UInt32(2).bigEndianBytes + PNGEditing.stored([0, 9, 1])
        let bytes =
            still
            .with("acTL", UInt32(2).bigEndianBytes + UInt32(0).bigEndianBytes, before: "IDAT")
            .with("fcTL", control(0), before: "IDAT").with("fcTL", control(1), before: "IEND")
            .with("fdAT", second, before: "IEND").bytes
        let log = WarningLog()
        let reader = try #require(
            try PNGPlugin().makeReader(source: MemorySource(bytes), context: log.context())
                as? any MultiImageReader)
        for index in 0..<2 {
            try reader.selectPage(index)
            _ = try Image(reading: reader)
        }
        #expect(
            Set(log.warnings) == ["pixels have a color beyond the palette's 3, and get its darkest"]
        )
    }
}
