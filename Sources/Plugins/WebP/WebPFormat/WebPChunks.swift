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

    /// The chunks of metadata, which only count if the flags of `VP8X` announce them.
    private static let metadata: [String: (kind: MetadataKind, flag: UInt8)] = [
        "ICCP": (.icc, 0x20), "EXIF": (.exif, 0x08), "XMP ": (.xmp, 0x04),
    ]

    /// The chunks that are not carried.
    static func losses(_ file: [UInt8]) -> [Loss] {
        var names: [String] = []
        var losses: [Loss] = []
        var flags: UInt8 = 0
        var seen: Set<String> = []
        var offset = RIFFHeader.byteCount
        for _ in 0..<countLimit where offset <= file.count - 8 {
            let name = String(latin1: file[offset..<offset + 4])
            let size = file[offset + 4..<offset + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
            if name == "VP8X", offset + 8 < file.count { flags = file[offset + 8] }
            if let (kind, flag) = metadata[name], size > 0 {
                let isFirst = seen.insert(name).inserted
                let words = unread(name, isAnnounced: flags & flag != 0, isFirst: isFirst)
                let loss = words.map { Loss.part(of: kind, $0) }
                if let loss, !losses.contains(loss) { losses.append(loss) }
            } else if !known.contains(name) {
                names.append(name)
            }
            offset += 8 + size + size % 2
        }
        return losses + Loss.unknown("chunk", names)
    }

    /// Why a chunk of metadata is not read; `nil` if it is.
    private static func unread(_ name: String, isAnnounced: Bool, isFirst: Bool) -> String? {
        let name = name == "XMP " ? "XMP" : name
        guard isAnnounced else {
            return "the chunk \(name) is not announced by the header, and is left out"
        }
        return isFirst ? nil : "more than one chunk \(name): only the first is read"
    }
}
