package import FormatKit

/// Walks over the boxes of a file (ISO/IEC 14496-12 §4.2), to tell a file that was cut off from one
/// that is damaged.
package enum BoxWalk {
    /// Boxes without which there is no picture: one of the first two says where it lies, the others hold
    /// it.
    private static let essential: Set<String> = ["meta", "moov", "moof", "mdat", "jp2c"]

    /// Accepts a file of a format whose boxes at the top level are all there, or throws.
    ///
    /// What follows them and is no box is left to the caller, as other readers do not look at it.
    ///
    /// - Returns: Where the boxes end.
    /// - Throws: ``ImageError``: truncated if one ends behind the file, or malformed.
    package static func check(
        _ source: any ImageSource, _ format: FormatID
    ) throws(ImageError) -> Int {
        var offset = 0
        var seen: Set<String> = []
        for _ in 0..<ISOBox.countLimit where offset < source.byteCount {
            let bytes = try source.bytes(at: offset, count: ISOBoxHead.maximumByteCount)
            // A head that is cut may have a type.
            let type = bytes.count < 8 ? "" : String(latin1: bytes[4..<8])
            let isWhole =
                seen.contains("jp2c")
                || seen.contains("mdat") && !seen.isDisjoint(with: ["meta", "moov"])
            // Zeros only fill the file up; as a box they would be the last.
            if isWhole, type.utf8.allSatisfy({ $0 == 0 }) { return offset }
            do throws(ImageError) {
                guard let size = try size(ISOBoxHead(bytes), at: offset, of: source, format) else {
                    return source.byteCount
                }
                offset += size
            } catch {
                guard isWhole, !essential.contains(type) else { throw error }
                return offset
            }
            seen.insert(type)
        }
        return source.byteCount
    }

    /// The size of a box that ends within the file; `nil` of one that ends with it.
    private static func size(
        _ head: ISOBoxHead?, at offset: Int, of source: any ImageSource, _ format: FormatID
    ) throws(ImageError) -> Int? {
        guard let head else { throw cutOff(source, format) }
        guard let size = head.size else { return nil }
        guard size >= head.byteCount else {
            throw .malformed(format, "a box of \(size) bytes", offset: offset)
        }
        guard size <= source.byteCount - offset else { throw cutOff(source, format) }
        return Int(size)
    }

    private static func cutOff(_ source: any ImageSource, _ format: FormatID) -> ImageError {
        .truncated(format, "the file ends inside a box", offset: source.byteCount)
    }
}
