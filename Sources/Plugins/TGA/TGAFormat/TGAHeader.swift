internal import FormatKit

/// The head of a file, and what its end says of alpha (Truevision TGA file format, version 2.0).
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 1 | length of the text behind the head |
/// | 1 | 1 | 1: there is a table of colors |
/// | 2 | 1 | 1 indices, 2 colors, 3 gray; 8 more: in runs |
/// | 3 | 2 + 2 + 1 | first entry of the table, number of entries, bits of each |
/// | 8 | 2 + 2 | place on a screen |
/// | 12 | 2 + 2 | size |
/// | 16 | 1 | bits of a pixel |
/// | 17 | 1 | bits of alpha; 16: from the right; 32: from the top |
struct TGAHeader {
    /// What pixels are.
    enum Kind: Int {
        case indices = 1, colors, gray
    }

    let kind: Kind
    let hasRuns: Bool
    let size: ImageSize
    /// The bits of a pixel: 8, 15, 16, 24 or 32.
    let bitCount: Int
    /// The bits of alpha that a pixel is said to have.
    let alphaBitCount: Int
    let isFromRight: Bool
    let isFromTop: Bool
    /// The table's first entry, number of entries and bits of an entry.
    let table: (first: Int, count: Int, bitCount: Int)
    let textRange: Range<Int>

    static let byteCount = 18

    init(of source: any ImageSource) throws(ImageError) {
        let bytes = try source.bytes(at: 0, count: Self.byteCount)
        guard bytes.count == Self.byteCount else {
            throw .truncated(.tga, "the header has 18 bytes", offset: bytes.count)
        }
        func word(_ place: Int) -> Int { Int(bytes[place]) | Int(bytes[place + 1]) << 8 }
        guard let kind = Kind(rawValue: Int(bytes[2] & 7)), bytes[2] & 0xF0 == 0, bytes[1] <= 1
        else { throw .unsupported(.tga, "pixels of type \(bytes[2])") }
        self.kind = kind
        hasRuns = bytes[2] & 8 != 0
        size = ImageSize(width: word(12), height: word(14))
        guard size.pixelCount > 0 else { throw .malformed(.tga, "size \(size)", offset: 12) }
        bitCount = Int(bytes[16])
        alphaBitCount = Int(bytes[17] & 15)
        (isFromRight, isFromTop) = (bytes[17] & 16 != 0, bytes[17] & 32 != 0)
        guard bytes[17] & 0xC0 == 0 else { throw .unsupported(.tga, "interleaved rows") }
        let allowed: [Kind: [Int]] = [.indices: [8], .colors: [15, 16, 24, 32], .gray: [8, 16]]
        guard allowed[kind]?.contains(bitCount) == true else {
            throw .unsupported(.tga, "\(kind) of \(bitCount) bits")
        }
        table = bytes[1] == 1 ? (word(3), word(5), Int(bytes[7])) : (0, 0, 0)
        guard kind != .indices || table.count > 0 else {
            throw .malformed(.tga, "there are no colors", offset: 5)
        }
        guard table.count == 0 || [15, 16, 24, 32].contains(table.bitCount) else {
            throw .unsupported(.tga, "colors of \(table.bitCount) bits")
        }
        textRange = Self.byteCount..<Self.byteCount + Int(bytes[0])
    }

    /// The whole bytes of a pixel.
    var bytesPerPixel: Int { (bitCount + 7) / 8 }

    var tableRange: Range<Int> {
        let byteCount = table.count * ((table.bitCount + 7) / 8)
        return textRange.upperBound..<textRange.upperBound + byteCount
    }
}
