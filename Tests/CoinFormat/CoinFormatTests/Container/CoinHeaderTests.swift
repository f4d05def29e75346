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
        0xAC, 0x02,  // width 300
        0xC8, 0x01,  // height 200
        0x03,  // tile columns
        0x02,  // tile rows
        0x0A,  // overlap
        0x03,  // alignment to 8 pixels
        0x02,  // architectures
        0x01, 0x0C,  // SIREN, 12 bytes
        0x00, 0x00, 0x01,  // one layer
        0x00, 0x00, 0x80, 0x40,  // first scale 4
        0x00, 0x00, 0x00, 0x3F,  // hidden scale ½
        0x1C,  // width 28
        0xC8, 0x02,  // kind 200, 2 bytes
        0x41, 0x42,
    ]

    private static func header() throws -> CoinHeader {
        let size = ImageSize(width: 300, height: 200)
        let grid = try #require(
            TileGrid(size: size, columns: 3, rows: 2, overlap: 10, alignment: 3))
        return CoinHeader(
            size: size, channelCount: 4, bitDepth: 16, grid: grid,
            architectures: [
                SirenArchitecture.descriptor(
                    SirenDescriptor(widths: [28], firstScale: 4, hiddenScale: 0.5)),
                ArchitectureDescriptor(kind: 200, body: [0x41, 0x42]),
            ], orientation: .right, colorPrimaries: 9,
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
            (6, [0x80, 0], "the width"), (8, [0xC8, 0], "the height"),
            (10, [0], "the tile grid"), (10, [0x27], "the tile grid"),
            (10, [3, 0], "the tile grid"), (10, [3, 26], "the tile grid"),
            (10, [3, 2, 49], "the tile grid"), (13, [13], "the tile alignment"),
            (14, [0], "the number of architectures"),
            (16, [0x8C, 0], "the length of a descriptor"),
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
        #expect(place == 16 + offset)
    }

    @Test(arguments: [0, 2, 255] as [UInt8])
    func `tells another version from damage`(version: UInt8) {
        #expect(throws: BitstreamError.unsupportedVersion(version, offset: 16)) {
            try Self.parse(Self.bytes.replacing(at: 0, with: [version]))
        }
    }

    @Test(
        arguments: [
            ([0], "0"), ([0x80, 0x80, 0x80, 8], "16777216"),
            ([0xFF, 0xFF, 0xFF, 0xFF, 7], "2147483647"),
        ] as [([UInt8], String)])
    func `refuses sizes out of range`(value: [UInt8], found: String) {
        for (field, start) in [("the width", 6), ("the height", 8)] {
            let bytes = Self.bytes[..<start] + value + Self.bytes[(start + 2)...]
            #expect(
                throws: BitstreamError.invalidField(
                    field, found: found, expected: "1 to 16777215", offset: 16 + start)
            ) { try Self.parse(Array(bytes)) }
        }
    }

    @Test func `knows where descriptors are`() throws {
        let architectures = try Self.parse(Self.bytes).architectures
        #expect(architectures.map(\.offset) == [31, 45])
        #expect(architectures.map(\.bodyOffset) == [33, 47])
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
