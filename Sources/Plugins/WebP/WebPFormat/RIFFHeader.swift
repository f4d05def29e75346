internal import FormatKit

/// The start of a WebP file.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 4 | `RIFF` |
/// | 4 | 4 | size of what follows, little-endian |
/// | 8 | 4 | `WEBP` |
struct RIFFHeader {
    /// Where the file ends by its own account.
    let end: Int

    static let byteCount = 12

    init(_ head: [UInt8]) throws(ImageError) {
        let patterns = [(0, Array("RIFF".utf8)), (8, Array("WEBP".utf8))]
        for (offset, pattern) in patterns {
            let found = head.dropFirst(offset).prefix(pattern.count)
            guard found.elementsEqual(pattern.prefix(found.count)) else {
                throw .malformed(
                    .webp, "expected \(String(decoding: pattern, as: UTF8.self))", offset: offset)
            }
        }
        guard head.count >= Self.byteCount else {
            throw .truncated(.webp, "the file ends inside its header", offset: head.count)
        }
        end = 8 + head[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
