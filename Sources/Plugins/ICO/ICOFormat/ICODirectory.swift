internal import FormatKit

/// What a file says in front of its pictures.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 2 | 0 |
/// | 2 | 2 | 1: an icon, 2: a cursor |
/// | 4 | 2 | the number of pictures |
/// | 6 | 16 each | entries |
///
/// Numbers are little-endian. Pictures lie behind the directory, in any order.
struct ICODirectory {
    let entries: [ICOEntry]
    /// Where the last picture ends.
    let end: Int

    init(
        of kind: ICOKind, _ source: any ImageSource, _ context: CodecContext
    ) throws(ImageError) {
        let head = try source.bytes(at: 0, count: Self.headByteCount)
        let mark: [UInt8] = [0, 0, kind.type, 0]
        guard head.prefix(4).elementsEqual(mark.prefix(head.count)) else {
            throw .malformed(kind.id, "expected \(mark)", offset: 0)
        }
        guard head.count == Self.headByteCount else { throw Self.truncated(kind, source) }
        let count = head.word16(at: 4)
        guard count > 0 else { throw .malformed(kind.id, "there are no pictures", offset: 4) }
        try context.limits.checkFrames(count)
        let byteCount = count * ICOEntry.byteCount
        let bytes = try source.bytes(at: Self.headByteCount, count: byteCount)
        guard bytes.count == byteCount else { throw Self.truncated(kind, source) }
        entries = (0..<count).map { ICOEntry(bytes, $0, of: kind) }
        end = entries.reduce(0) { max($0, $1.range.upperBound) }
        try check(kind, source, context)
    }

    static let headByteCount = 6

    private static func truncated(_ kind: ICOKind, _ source: any ImageSource) -> ImageError {
        .truncated(kind.id, "the file ends inside its directory", offset: source.byteCount)
    }

    /// Pictures lie between the directory and the end of the file, each for itself.
    private func check(
        _ kind: ICOKind, _ source: any ImageSource, _ context: CodecContext
    ) throws(ImageError) {
        let start = Self.headByteCount + entries.count * ICOEntry.byteCount
        for entry in entries {
            guard entry.range.lowerBound >= start else {
                throw .malformed(
                    kind.id,
                    "picture \(entry.number) lies at \(entry.range.lowerBound), inside the "
                        + "directory of \(start) bytes", offset: entry.place + 12)
            }
            guard !entry.range.isEmpty else {
                throw .malformed(
                    kind.id, "picture \(entry.number) has no bytes", offset: entry.place + 8)
            }
        }
        let sorted = entries.sorted {
            ($0.range.lowerBound, $0.number) < ($1.range.lowerBound, $1.number)
        }
        for (first, second) in zip(sorted, sorted.dropFirst())
        where first.range.upperBound > second.range.lowerBound {
            throw .malformed(
                kind.id, "pictures \(first.number) and \(second.number) overlap",
                offset: second.place + 12)
        }
        let last = entries.first { $0.range.upperBound > source.byteCount }
        if let last, !context.isSalvaging {
            throw .truncated(
                kind.id, "picture \(last.number) ends at \(last.range.upperBound)",
                offset: source.byteCount)
        }
    }
}

/// What the directory says of a picture.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 1 | width; 0 is 256 or more |
/// | 1 | 1 | height |
/// | 2 | 1 | the number of colors |
/// | 3 | 1 | 0 |
/// | 4 | 2 | planes; of a cursor the hot spot's column |
/// | 6 | 2 | bits of a pixel; of a cursor the hot spot's row |
/// | 8 | 4 | the size of the picture, in bytes |
/// | 12 | 4 | where it lies |
struct ICOEntry {
    /// The number of the picture, counted from 1.
    let number: Int
    /// Where the entry lies.
    let place: Int
    /// The width and height that are told; 0 where that is not said.
    let width: Int
    let height: Int
    /// The pixel of a cursor that points.
    let hotSpot: (x: Int, y: Int)?
    /// Where the picture lies.
    let range: Range<Int>

    static let byteCount = 16
    /// The largest side that an entry can tell.
    static let largestSide = 256

    init(_ directory: [UInt8], _ index: Int, of kind: ICOKind) {
        let start = index * Self.byteCount
        number = index + 1
        place = ICODirectory.headByteCount + start
        width = Int(directory[start])
        height = Int(directory[start + 1])
        hotSpot =
            kind == .cursor
            ? (directory.word16(at: start + 4), directory.word16(at: start + 6)) : nil
        let offset = directory.word32(at: start + 12)
        range = offset..<offset + directory.word32(at: start + 8)
    }

    /// Whether a picture of that size may have such an entry.
    func tells(_ size: ImageSize) -> Bool {
        func isTold(_ side: Int, _ told: Int) -> Bool {
            told == 0 ? side >= Self.largestSide : side == told
        }
        return isTold(size.width, width) && isTold(size.height, height)
    }
}

extension [UInt8] {
    /// 16 bits, little-endian.
    func word16(at offset: Int) -> Int { Int(self[offset]) | Int(self[offset + 1]) << 8 }

    /// 32 bits, little-endian.
    func word32(at offset: Int) -> Int { word16(at: offset) | word16(at: offset + 2) << 16 }

    /// 32 bits with a sign, little-endian.
    func signed32(at offset: Int) -> Int { Int(Int32(truncatingIfNeeded: word32(at: offset))) }

    /// Replaces 32 bits, little-endian.
    mutating func setWord32(_ value: Int, at offset: Int) {
        for byte in 0..<4 { self[offset + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
    }
}
