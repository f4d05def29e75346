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

    /// A chunk and where it lies.
    struct Chunk {
        let name: String
        let offset: Int
        /// Where its content ends, perhaps behind the file.
        let end: Int

        var isEmpty: Bool { end == offset + 8 }
    }

    /// The chunks at the top level of a file, of which the last may go on behind it.
    struct List: Sequence, IteratorProtocol {
        private let file: [UInt8]
        private var offset = RIFFHeader.byteCount
        private var count = 0

        /// More chunks than any tool writes, frames included.
        private static let countLimit = 1 << 20

        init(_ file: [UInt8]) { self.file = file }

        mutating func next() -> Chunk? {
            guard count < Self.countLimit, offset <= file.count - 8 else { return nil }
            let name = String(latin1: file[offset..<offset + 4])
            let size = file[offset + 4..<offset + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
            defer { offset += 8 + size + size % 2 }
            count += 1
            return Chunk(name: name, offset: offset, end: offset + 8 + size)
        }
    }

    /// The chunks of metadata, which only count if the flags of `VP8X` announce them.
    static let metadata: [String: (kind: MetadataKind, flag: UInt8)] = [
        "ICCP": (.icc, 0x20), "EXIF": (.exif, 0x08), "XMP ": (.xmp, 0x04),
    ]

    /// The chunks that are not carried.
    static func losses(_ file: [UInt8]) -> [Loss] {
        var names: [String] = []
        var losses: [Loss] = []
        var flags: UInt8 = 0
        var seen: Set<String> = []
        for chunk in List(file) {
            let name = chunk.name
            if name == "VP8X", chunk.offset + 8 < file.count { flags = file[chunk.offset + 8] }
            if let (kind, flag) = metadata[name], !chunk.isEmpty {
                let isFirst = seen.insert(name).inserted
                let words = unread(name, isAnnounced: flags & flag != 0, isFirst: isFirst)
                let loss = words.map { Loss.part(of: kind, $0) }
                if let loss, !losses.contains(loss) { losses.append(loss) }
            } else if !known.contains(name) {
                names.append(name)
            }
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
