import FormatKit
import TIFFFormat
import TestSupport
import Testing

@testable import PDFFormat

/// Black and white in Group 4, which libtiff encodes, too.
@Suite struct PDFGroup4Tests {
    /// A picture, by what it looks like.
    enum Look: CaseIterable {
        case white, black, noise, stripes, text, sparse

        func isBlack(_ column: Int, _ row: Int, _ random: inout SplitMix64) -> Bool {
            switch self {
            case .white: false
            case .black: true
            case .noise: random.next() & 1 == 1
            case .stripes: column % 2 == row % 2
            // Edges that go along with the rows above, or nearly so.
            case .text: (column + row / 3 + Int(random.next() % 2)) / 5 % 3 == 0
            case .sparse: random.next() % 997 == 0
            }
        }
    }

    static func picture(_ width: Int, _ height: Int, _ look: Look) -> Image {
        var random = SplitMix64(seed: 7)
        let bytes = (0..<height).flatMap { row in
            (0..<width).map { look.isBlack($0, row, &random) ? UInt8(0) : 255 }
        }
        return Image(
            header: ImageHeader(
                size: ImageSize(width: width, height: height), layout: PixelLayout(.gray, .uint8),
                storage: .packedGray(bitCount: 1)), bytes: bytes)
    }

    @Test(
        arguments: Look.allCases,
        [
            (1, 1), (1, 9), (7, 3), (8, 8), (64, 5), (65, 5), (1728, 6), (2623, 4), (2624, 4),
            (7777, 3), (200, 150),
        ] as [(Int, Int)])
    func `gives the bytes that libtiff does`(look: Look, size: (Int, Int)) throws {
        let image = Self.picture(size.0, size.1, look)
        let file = try PDFFile(try image.encoded(by: PDFPlugin()))
        let picture = try #require(try file.pictures.first)
        #expect(file.text(picture).contains("/Filter /CCITTFaxDecode"))
        #expect(
            file.text(picture).contains(
                "/DecodeParms << /K -1 /Columns \(size.0) /Rows \(size.1) >>"))
        #expect(file.value(of: "BitsPerComponent", in: picture) == "1")
        let tiff = try image.encoded(
            by: TIFFPlugin(),
            settings: WriteSettings(for: TIFFPlugin(), options: ["compression": "ccitt"]),
            rowsPerBand: 1000)
        #expect(try file.stream(picture) == (try Self.strip(of: tiff)))
    }

    /// The only strip of a little-endian TIFF file.
    private static func strip(of file: [UInt8]) throws -> [UInt8] {
        func number(_ place: Int, _ count: Int) -> Int {
            file[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        let directory = number(4, 4)
        func field(_ tag: Int) throws -> Int {
            let entry = try #require(
                (0..<number(directory, 2)).map { directory + 2 + 12 * $0 }
                    .first { number($0, 2) == tag })
            try #require(number(entry + 4, 4) == 1, "more than one strip")
            return number(entry + 8, number(entry + 2, 2) == 3 ? 2 : 4)
        }
        let start = try field(273)
        return Array(file[start..<start + (try field(279))])
    }

    @Test func `long pictures come in pieces`() throws {
        let image = Self.picture(1000, 3000, .noise)
        let bytes = try image.encoded(by: PDFPlugin())
        #expect(bytes == (try image.encoded(by: PDFPlugin(), rowsPerBand: 3000)))
        let file = try PDFFile(bytes)
        #expect(try file.stream(try file.pictures[0]).count > 1 << 17)
    }
}
