internal import FormatKit

/// The chunks of a file, of which libwebp passes over those that it does not know.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 4 | name |
/// | 4 | 4 | n, little-endian |
/// | 8 | n | content, filled up to an even size |
enum WebPChunks {
    private static let known: Set<String> = [
        "VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP", "EXIF", "XMP ",
    ]

    /// More chunks than any tool writes, frames included.
    private static let countLimit = 1 << 20

    /// The chunks that are not carried.
    static func losses(_ file: [UInt8]) -> [Loss] {
        var names: [String] = []
        var offset = RIFFHeader.byteCount
        for _ in 0..<countLimit where offset <= file.count - 8 {
            let name = String(latin1: file[offset..<offset + 4])
            if !known.contains(name) { names.append(name) }
            let size = file[offset + 4..<offset + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
            offset += 8 + size + size % 2
        }
        return Loss.unknown("chunk", names)
    }
}
