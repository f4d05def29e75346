import FormatKit
import MetadataBlocks

/// The first bytes of a TIFF structure (TIFF 6.0 §2; BigTIFF as in libtiff's design).
///
/// | offset | size | classic                | offset | size | BigTIFF                |
/// | ------ | ---- | ---------------------- | ------ | ---- | ---------------------- |
/// | 0      | 2    | `II` or `MM`           | 0      | 2    | `II` or `MM`           |
/// | 2      | 2    | 42                     | 2      | 2    | 43                     |
/// | 4      | 4    | offset of a directory  | 4      | 4    | 8, 0                   |
/// |        |      |                        | 8      | 8    | offset of a directory  |
struct TIFFHeader: Sendable {
    /// The byte order of all numbers.
    let order: ByteOrder
    /// Whether offsets and counts have 8 bytes.
    let isBig: Bool

    /// The size of an offset or a count, in bytes.
    var wordByteCount: Int { isBig ? 8 : 4 }
    /// The size of the number of entries of a directory, in bytes.
    var entryCountByteCount: Int { isBig ? 8 : 2 }
    /// The size of an entry, in bytes.
    var entryByteCount: Int { isBig ? 20 : 12 }
    /// Where the offset of the first directory lies.
    var firstDirectoryField: Int { isBig ? 8 : 4 }
}

extension TIFFHeader {
    /// Reads the header and the offset of the first directory.
    static func parse(_ source: any ImageSource) throws(ImageError) -> (TIFFHeader, first: Int) {
        let bytes = try source.bytes(at: 0, count: 16)
        let order: ByteOrder
        switch bytes.prefix(2) {
        case [0x49, 0x49]: order = .little
        case [0x4D, 0x4D]: order = .big
        default: throw .malformed(.tiff, "expected II or MM, found neither", offset: 0)
        }
        guard let version = order.integer(bytes, at: 2, count: 2) else {
            throw .truncated(.tiff, "the header is cut", offset: bytes.count)
        }
        guard version == 42 || version == 43 else {
            throw .malformed(.tiff, "expected version 42 or 43, found \(version)", offset: 2)
        }
        let header = TIFFHeader(order: order, isBig: version == 43)
        let bigSizes = order.bytes(8, count: 2) + [0, 0]
        if header.isBig, bytes.count >= 8, Array(bytes[4..<8]) != bigSizes {
            throw .malformed(.tiff, "expected offsets of 8 bytes", offset: 4)
        }
        guard bytes.count >= header.firstDirectoryField + header.wordByteCount else {
            throw .truncated(.tiff, "the header is cut", offset: bytes.count)
        }
        guard
            let first = order.integer(
                bytes, at: header.firstDirectoryField, count: header.wordByteCount), first > 0
        else {
            throw .malformed(
                .tiff, "the file has no directory", offset: header.firstDirectoryField)
        }
        return (header, first)
    }
}

/// One entry of a directory: a tag and where its values lie.
struct TIFFEntry: Sendable {
    let tag: Int
    /// The type of the values, 1…18.
    let type: Int
    let count: Int
    /// Where the bytes of the values lie, in the entry itself or elsewhere.
    let valueOffset: Int
    /// The size of all values, or `nil` where the type is unknown or the size too large.
    let byteCount: Int?
    /// The bytes of the entry that hold the values or their offset.
    let field: [UInt8]

    /// The tag for people.
    var name: String { TIFFTagName.text(of: tag) }
}

/// A directory of a TIFF structure: entries, then the offset of the next directory.
struct TIFFDirectory: Sendable {
    let header: TIFFHeader
    /// Where the directory starts.
    let offset: Int
    let entries: [TIFFEntry]
    /// The offset of the next directory, or 0; `nil` where the directory ends before it.
    let next: Int?

    /// The most entries of a directory that is not damaged: there are fewer tags than this.
    private static let maximumEntryCount = 4096

    /// Reads the directory at `offset`; one of a page has entries, one of metadata `mayBeEmpty`.
    init(
        parsing source: any ImageSource, header: TIFFHeader, at offset: Int,
        mayBeEmpty: Bool = false
    ) throws(ImageError) {
        let order = header.order
        let head = try source.bytes(at: offset, count: header.entryCountByteCount)
        guard let count = order.integer(head, at: 0, count: header.entryCountByteCount) else {
            throw .truncated(.tiff, "a directory lies behind the end of the file", offset: offset)
        }
        guard ((mayBeEmpty ? 0 : 1)...Self.maximumEntryCount).contains(count) else {
            throw .malformed(.tiff, "a directory has \(count) entries", offset: offset)
        }
        let start = offset + header.entryCountByteCount
        let byteCount = count * header.entryByteCount
        let bytes = try source.bytes(at: start, count: byteCount + header.wordByteCount)
        guard bytes.count >= byteCount else {
            throw .truncated(.tiff, "a directory is cut", offset: source.byteCount)
        }
        self.header = header
        self.offset = offset
        entries = (0..<count).compactMap { index in
            Self.entry(bytes, at: index * header.entryByteCount, header, fileOffset: start)
        }
        next = order.integer(bytes, at: byteCount, count: header.wordByteCount)
    }

    /// The entry at `offset` of a directory's bytes, which start at `fileOffset` of the file.
    private static func entry(
        _ bytes: [UInt8], at offset: Int, _ header: TIFFHeader, fileOffset: Int
    ) -> TIFFEntry? {
        let (order, word) = (header.order, header.wordByteCount)
        guard let tag = order.integer(bytes, at: offset, count: 2),
            let type = order.integer(bytes, at: offset + 2, count: 2),
            let count = order.integer(bytes, at: offset + 4, count: word)
        else { return nil }
        let field = offset + 4 + word
        var byteCount: Int?
        if let size = ByteOrder.valueByteCount(type: type) {
            let (product, overflow) = size.multipliedReportingOverflow(by: count)
            byteCount = overflow ? nil : product
        }
        let isInline = (byteCount ?? .max) <= word
        let place = order.integer(bytes, at: field, count: word) ?? .max
        return TIFFEntry(
            tag: tag, type: type, count: count,
            valueOffset: isInline ? fileOffset + field : place, byteCount: byteCount,
            field: Array(bytes[field..<field + word]))
    }

    /// The first entry with a tag.
    subscript(tag: Int) -> TIFFEntry? { entries.first { $0.tag == tag } }

    /// The bytes of an entry's values, or `nil` where they lie outside the file.
    func bytes(
        of entry: TIFFEntry, in source: any ImageSource
    ) throws(ImageError) -> [UInt8]? {
        guard let byteCount = entry.byteCount, byteCount <= source.byteCount,
            entry.valueOffset <= source.byteCount - byteCount
        else { return nil }
        let bytes = try source.bytes(at: entry.valueOffset, count: byteCount)
        return bytes.count == byteCount ? bytes : nil
    }

    /// The first `limit` whole numbers that a tag has, or `nil` where it has none.
    func integers(
        _ tag: Int, limit: Int = 1, in source: any ImageSource
    ) throws(ImageError) -> [Int]? {
        guard let entry = self[tag], entry.count > 0, [1, 3, 4, 13, 16, 18].contains(entry.type),
            let size = ByteOrder.valueByteCount(type: entry.type),
            entry.valueOffset <= source.byteCount
        else { return nil }
        let count = min(entry.count, limit)
        let bytes = try source.bytes(at: entry.valueOffset, count: count * size)
        let values = (0..<count).compactMap {
            header.order.integer(bytes, at: $0 * size, count: size)
        }
        return values.count == count ? values : nil
    }

    /// The first whole number that a tag has.
    func integer(_ tag: Int, in source: any ImageSource) throws(ImageError) -> Int? {
        try integers(tag, in: source)?.first
    }
}
