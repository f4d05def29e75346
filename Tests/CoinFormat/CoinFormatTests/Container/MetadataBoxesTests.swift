import FormatKit
import Testing

@testable import CoinFormat

@Suite struct MetadataBoxesTests {
    /// The payload of a `reso` box: 300 by 150.5 pixels per inch.
    private static let resolution: [UInt8] = [
        0x01,
        0x00, 0x00, 0x00, 0x00, 0x00, 0xC0, 0x72, 0x40,
        0x00, 0x00, 0x00, 0x00, 0x00, 0xD0, 0x62, 0x40,
    ]

    private static func parse(_ type: BoxType, _ payload: [UInt8]) throws -> ImageMetadata {
        let bytes = Box.serialized(type, payload)
        var reader = ByteReader(bytes.span, base: 30)
        let box = try Box(parsing: &reader)
        var metadata = ImageMetadata()
        try MetadataBoxes.parse(box, into: &metadata)
        return metadata
    }

    @Test func `keeps profiles and packets byte by byte`() throws {
        #expect(try Self.parse(.icc, [1, 2]) == ImageMetadata(icc: [1, 2]))
        #expect(try Self.parse(.exif, [3]) == ImageMetadata(exif: [3]))
        #expect(try Self.parse(.xmp, []) == ImageMetadata(xmp: []))
    }

    @Test(arguments: [Resolution.Unit.none, .inch, .centimeter])
    func `carries a resolution in its unit`(unit: Resolution.Unit) throws {
        let resolution = Resolution(horizontal: 300, vertical: 150.5, unit: unit)
        let bytes = MetadataBoxes.serialized(ImageMetadata(resolution: resolution))
        let payload = Array(bytes.dropFirst(5).dropLast(4))
        #expect(payload.dropFirst() == Self.resolution.dropFirst())
        #expect(try Self.parse(.resolution, payload).resolution == resolution)
    }

    @Test(
        arguments: [
            (0, [3], "the unit of the resolution"),
            (6, [0, 0xF0, 0x7F], "the resolution"),  // infinity
            (15, [0xF8, 0x7F], "the resolution"),  // NaN
            (6, [0, 0, 0], "the resolution"),  // zero
            (6, [0, 0, 0x80], "the resolution"),  // −0
            (15, [0x62, 0xC0], "the resolution"),  // negative
        ] as [(Int, [UInt8], String)])
    func `refuses what is no density`(offset: Int, value: [UInt8], field: String) {
        let error = #expect(throws: BitstreamError.self) {
            try Self.parse(.resolution, Self.resolution.replacing(at: offset, with: value))
        }
        guard case .invalidField(field, _, _, let place) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(place == (offset == 0 ? 35 : offset < 9 ? 36 : 44))
    }

    @Test(arguments: [0, 1, 9, 16, 18])
    func `refuses another length`(count: Int) {
        let error = #expect(throws: BitstreamError.self) {
            try Self.parse(.resolution, Array((Self.resolution + [0]).prefix(count)))
        }
        guard case .wrongLength("reso", offset: 30, _, found: count) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
