package import FormatKit

/// Walks over the boxes of a file (ISO/IEC 14496-12 §4.2), to tell a file that was cut off from one
/// that is damaged.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 4 | size of the box; 1 if it follows the type, 0 if the box is the last |
/// | 4 | 4 | type |
/// | 8 | 8 | size of the box, if it does not fit into 4 bytes |
package enum BoxWalk {
    /// More boxes than any tool writes at the top level.
    private static let boxCountLimit = 4096

    /// Accepts a file of a format whose boxes at the top level are all there, or throws.
    ///
    /// - Throws: ``ImageError``: truncated if one ends behind the file, or malformed.
    package static func check(
        _ source: any ImageSource, _ format: FormatID
    ) throws(ImageError) {
        var offset = 0
        for _ in 0..<boxCountLimit where offset < source.byteCount {
            let head = try source.bytes(at: offset, count: 16)
            guard head.count >= 8 else { throw cutOff(source, format) }
            let size = head[..<4].reduce(0) { $0 << 8 | Int($1) }
            switch size {
            case 0: return
            case 1:
                guard head.count == 16 else { throw cutOff(source, format) }
                let large = head[8...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                guard large >= 16 else {
                    throw .malformed(format, "a box of \(large) bytes", offset: offset)
                }
                guard large <= UInt64(source.byteCount - offset) else {
                    throw cutOff(source, format)
                }
                offset += Int(large)
            case 2..<8: throw .malformed(format, "a box of \(size) bytes", offset: offset)
            default:
                guard size <= source.byteCount - offset else { throw cutOff(source, format) }
                offset += size
            }
        }
    }

    private static func cutOff(_ source: any ImageSource, _ format: FormatID) -> ImageError {
        .truncated(format, "the file ends inside a box", offset: source.byteCount)
    }
}
