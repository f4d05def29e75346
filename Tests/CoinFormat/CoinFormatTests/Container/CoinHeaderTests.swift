import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct CoinHeaderTests {
    /// The payload of `HEAD` of an image with all fields away from their defaults.
    private static let bytes: [UInt8] = [
        0x01,  // version
        0x04,  // channels: RGB and alpha
        0x10,  // bit depth
        0x06,  // orientation
        0x09,  // color primaries: BT.2020
        0x10,  // transfer: PQ
        0x2C, 0x01, 0x00, 0x00,  // width 300
        0xC8, 0x00, 0x00, 0x00,  // height 200
        0x03, 0x00,  // tile columns
        0x02, 0x00,  // tile rows
        0x0A, 0x00,  // overlap
        0x02,  // architectures
        0x01, 0x00, 0x00, 0x01,  // SIREN of one layer
        0x00, 0x00, 0x80, 0x40,  // first scale 4
        0x00, 0x00, 0x00, 0x3F,  // hidden scale ½
        0x1C,  // width 28
        0x01, 0x00, 0x00, 0x02,  // SIREN of two layers
        0x00, 0x00, 0x80, 0x47,  // first scale 2^16
        0x00, 0x00, 0x80, 0x37,  // hidden scale 2^−16
        0x40, 0x01,  // widths 64 and 1
    ]

    private static func header() throws -> CoinHeader {
        let size = ImageSize(width: 300, height: 200)
        let grid = try #require(TileGrid(size: size, columns: 3, rows: 2, overlap: 10))
        return CoinHeader(
            size: size, channelCount: 4, bitDepth: 16, grid: grid,
            architectures: [
                SirenDescriptor(widths: [28], firstScale: 4, hiddenScale: 0.5),
                SirenDescriptor(widths: [64, 1], firstScale: 0x1p16, hiddenScale: 0x1p-16),
            ].map(SirenArchitecture.descriptor), orientation: .right, colorPrimaries: 9,
            transfer: 16)
    }

    private static func parse(_ bytes: [UInt8]) throws(BitstreamError) -> CoinHeader {
        var reader = ByteReader(bytes.span, base: 16)
        return try CoinHeader(parsing: &reader)
    }

    @Test func `parses every field`() throws {
        #expect(try Self.parse(Self.bytes) == Self.header())
    }

    @Test func `serializes what it parses`() throws {
        #expect(try Self.header().serialized == Self.bytes)
    }

    @Test(
        arguments: [
            (1, [0], "the number of channels"), (1, [5], "the number of channels"),
            (2, [0], "the bit depth"), (2, [10], "the bit depth"), (2, [32], "the bit depth"),
            (3, [0], "the orientation"), (3, [9], "the orientation"),
            (6, [0, 0, 0, 0], "the width"), (6, [0, 0, 0, 1], "the width"),
            (6, [0xFF, 0xFF, 0xFF, 0xFF], "the width"),
            (10, [0, 0, 0, 0], "the height"), (10, [0, 0, 0, 1], "the height"),
            (14, [0, 0], "the tile grid"), (14, [0x2D, 0x01], "the tile grid"),
            (14, [3, 0, 0, 0], "the tile grid"), (14, [3, 0, 0xC9, 0], "the tile grid"),
            (14, [3, 0, 2, 0, 51, 0], "the tile grid"),
            (20, [0], "the number of architectures"),
            (22, [1], "the coordinate convention"), (23, [1], "the output mapping"),
            (24, [0], "the number of layers"), (24, [17], "the number of layers"),
            (25, [0, 0, 0, 0], "the first scale"), (25, [0, 0, 0x80, 0xC0], "the first scale"),
            (25, [1, 0, 0x80, 0x47], "the first scale"),
            (25, [0, 0, 0xC0, 0x7F], "the first scale"),
            (29, [0xFF, 0xFF, 0x7F, 0x37], "the hidden scale"),
            (29, [0, 0, 0x80, 0x7F], "the hidden scale"),
            (33, [0], "the width of a layer"), (33, [65], "the width of a layer"),
        ] as [(Int, [UInt8], String)])
    func `names a field that is out of its range, and its place`(
        offset: Int, value: [UInt8], field: String
    ) {
        let bytes = Self.bytes.replacing(at: offset, with: value)
        let error = #expect(throws: BitstreamError.self) { try Self.parse(bytes) }
        guard case .invalidField(let found, _, _, let place) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == field)
        #expect(place == 16 + min(offset, field == "the tile grid" ? 14 : offset))
    }

    @Test(arguments: [0, 2, 255] as [UInt8])
    func `tells another version from damage`(version: UInt8) {
        #expect(throws: BitstreamError.unsupportedVersion(version, offset: 16)) {
            try Self.parse(Self.bytes.replacing(at: 0, with: [version]))
        }
    }

    @Test(arguments: [21, 34])
    func `tells another architecture from damage`(offset: Int) {
        #expect(throws: BitstreamError.unsupportedArchitecture(kind: 2, offset: 16 + offset)) {
            try Self.parse(Self.bytes.replacing(at: offset, with: [2]))
        }
    }

    @Test(arguments: 0..<bytes.count)
    func `throws where a prefix ends`(count: Int) {
        let error = #expect(throws: BitstreamError.self) {
            try Self.parse(Array(Self.bytes.prefix(count)))
        }
        guard case .truncated = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: zip(1...4, [1, 2, 3, 4]))
    func `has a layout for every number of channels`(channels: Int, count: Int) throws {
        for depth in [8, 16] {
            let header = try CoinFile.random(3, 2, channels: channels, bitDepth: depth).header
            #expect(header.layout.channelCount == count)
            #expect(header.layout.hasAlpha == (channels % 2 == 0))
            #expect(header.layout.sample.bitCount == depth)
        }
    }
}
