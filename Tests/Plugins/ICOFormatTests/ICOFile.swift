import FormatKit
import TestSupport

@testable import ICOFormat

/// A file made field by field.
struct ICOFile {
    /// A picture, and what the directory says of it.
    struct Picture {
        var width = 2
        var height = 2
        /// Planes and bits, or the hot spot.
        var fields: [UInt8] = [1, 0, 32, 0]
        var content: [UInt8]
        /// What is said of the content, if it is not what it is.
        var byteCount: Int?
        var offset: Int?
    }

    var kind = ICOKind.icon
    var pictures: [Picture]
    /// The number that is told, if it is not that of the pictures.
    var count: Int?
    var end: [UInt8] = []

    static func word(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    var bytes: [UInt8] {
        let count = count ?? pictures.count
        var directory: [UInt8] = [0, 0, kind.type, 0, UInt8(count & 0xFF), UInt8(count >> 8)]
        var offset = 6 + 16 * pictures.count
        for picture in pictures {
            directory += [
                UInt8(truncatingIfNeeded: picture.width), UInt8(truncatingIfNeeded: picture.height),
                0, 0,
            ]
            directory += picture.fields
            directory += Self.word(picture.byteCount ?? picture.content.count)
            directory += Self.word(picture.offset ?? offset)
            offset += picture.content.count
        }
        return directory + pictures.flatMap(\.content) + end
    }

    /// A bitmap: a header of 40 bytes, and what follows it.
    static func bitmap(
        _ width: Int, _ height: Int, bits: Int, method: Int = 0, colors: Int = 0,
        _ content: [UInt8]
    ) -> [UInt8] {
        word(40) + word(width) + word(2 * height) + [1, 0, UInt8(bits), 0] + word(method)
            + word(0) + word(0) + word(0) + word(colors) + word(0) + content
    }

    /// A file of one bitmap.
    init(
        _ width: Int, _ height: Int, bits: Int, method: Int = 0, colors: Int = 0,
        _ content: [UInt8]
    ) {
        pictures = [
            Picture(
                width: width, height: height,
                content: Self.bitmap(
                    width, height, bits: bits, method: method, colors: colors, content))
        ]
    }

    init(_ pictures: [Picture]) {
        self.pictures = pictures
    }

    var plugin: ICOPlugin { ICOPlugin(kind) }

    func decoded(_ context: CodecContext = CodecContext()) throws -> Image {
        try Image(decoding: bytes, as: plugin, context: context)
    }
}
