import FormatKit
import TestSupport

@testable import BMPFormat

/// A file by hand.
struct BMPFile {
    /// The header of the picture.
    var fields: [UInt8]
    /// What follows it: masks or colors.
    var table: [UInt8] = []
    var pixels: [UInt8] = []
    /// Bytes between the table and the pixels.
    var gap = 0

    static func word(_ value: Int, _ count: Int = 4) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// A header of 40 bytes, or one of more with zeros.
    init(
        _ width: Int, _ height: Int, bits: Int, method: Int = 0, colors: Int = 0,
        density: (Int, Int) = (0, 0), byteCount: Int = 40
    ) {
        fields =
            Self.word(byteCount) + Self.word(width) + Self.word(height) + Self.word(1, 2)
            + Self.word(bits, 2) + Self.word(method) + Self.word(0) + Self.word(density.0)
            + Self.word(density.1) + Self.word(colors) + Self.word(0)
        fields = Array(fields.prefix(byteCount))
        fields += [UInt8](repeating: 0, count: byteCount - fields.count)
    }

    /// A header of OS/2.
    static func core(_ width: Int, _ height: Int, bits: Int) -> BMPFile {
        var file = BMPFile(0, 0, bits: 0)
        file.fields =
            word(12) + word(width, 2) + word(height, 2) + word(1, 2) + word(bits, 2)
        return file
    }

    mutating func set(_ value: Int, at offset: Int) {
        fields.replaceSubrange(offset..<offset + 4, with: Self.word(value))
    }

    func with(table: [UInt8] = [], _ pixels: [UInt8], gap: Int = 0) -> BMPFile {
        var file = self
        (file.table, file.pixels, file.gap) = (table, pixels, gap)
        return file
    }

    var bytes: [UInt8] {
        let offset = 14 + fields.count + table.count + gap
        return Array("BM".utf8) + Self.word(offset + pixels.count) + Self.word(0)
            + Self.word(offset) + fields + table + [UInt8](repeating: 0xEE, count: gap) + pixels
    }

    func decoded(_ context: CodecContext = CodecContext()) throws(ImageError) -> Image {
        try Image(decoding: bytes, as: BMPPlugin(), context: context)
    }

    /// Blue, green, red, nothing; of four colors: black, red, green, blue.
    static let colors: [UInt8] = [0, 0, 0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0]
}

extension Image {
    /// The pixels as letters: black, red, green, blue, white, or `?`.
    var letters: String {
        let rgb = converted(to: PixelLayout(.rgb, .uint8))?.bytes ?? []
        let names: [[UInt8]: String] = [
            [0, 0, 0]: "k", [255, 0, 0]: "r", [0, 255, 0]: "g", [0, 0, 255]: "b",
            [255, 255, 255]: "w",
        ]
        return stride(from: 0, to: rgb.count, by: 3).map {
            names[Array(rgb[$0..<$0 + 3])] ?? "?"
        }.joined()
    }
}
