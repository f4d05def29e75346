internal import FormatKit

/// What precedes the pixels.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 4 | `qoif` |
/// | 4 | 8 | width, height, 32 bits each, big-endian |
/// | 12 | 1 | channels: 3 or 4 |
/// | 13 | 1 | colors: 0 sRGB, 1 linear |
struct QOIHeader {
    let size: ImageSize
    let hasAlpha: Bool
    let isLinear: Bool

    static let magic = Array("qoif".utf8)
    static let byteCount = 14

    init(parsing source: any ImageSource) throws(ImageError) {
        let head = try source.bytes(at: 0, count: Self.byteCount)
        guard head.prefix(4).elementsEqual(Self.magic.prefix(head.count)) else {
            throw .malformed(.qoi, "expected qoif", offset: 0)
        }
        guard head.count == Self.byteCount else {
            throw .truncated(.qoi, "the file ends inside its header", offset: head.count)
        }
        func word(_ offset: Int) -> Int {
            head[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        size = ImageSize(width: word(4), height: word(8))
        guard size.width > 0, size.height > 0 else {
            throw .malformed(.qoi, "size \(size)", offset: 4)
        }
        guard [3, 4].contains(head[12]) else {
            throw .malformed(.qoi, "\(head[12]) channels, expected 3 or 4", offset: 12)
        }
        guard head[13] <= 1 else {
            throw .malformed(.qoi, "color space \(head[13]), expected 0 or 1", offset: 13)
        }
        hasAlpha = head[12] == 4
        isLinear = head[13] == 1
    }

    init(_ size: ImageSize, hasAlpha: Bool, isLinear: Bool) {
        (self.size, self.hasAlpha, self.isLinear) = (size, hasAlpha, isLinear)
    }

    /// The inverse of parsing.
    var serialized: [UInt8] {
        func word(_ value: Int) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        }
        return Self.magic + word(size.width) + word(size.height)
            + [hasAlpha ? 4 : 3, isLinear ? 1 : 0]
    }
}
