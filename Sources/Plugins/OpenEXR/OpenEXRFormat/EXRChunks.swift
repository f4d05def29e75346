internal import FormatKit

/// Finds chunks of a part in the file, and makes sure of what they say.
struct EXRChunks {
    private let source: any ImageSource
    private let page: EXRPage
    private let hasParts: Bool
    private let tableEnd: Int
    /// Where the last of the chunks ends that were found.
    private(set) var end = 0

    init(_ page: EXRPage, in source: any ImageSource, _ file: EXRFile) {
        self.source = source
        self.page = page
        hasParts = file.hasParts
        tableEnd = file.tableEnd
    }

    /// Makes sure that the chunk of a strip and a column is there.
    ///
    /// - Returns: Where it begins.
    /// - Throws: ``ImageError`` if it is not, or says that it is another one.
    mutating func find(strip: Int, column: Int) throws(ImageError) -> Int {
        let number = strip * page.columnCount + column
        let place = page.tableOffset + 8 * number
        let entry = try source.bytes(at: place, count: 8)
        guard entry.count == 8 else { throw missing(number) }
        let high = Int(entry.uint32(at: 4))
        let offset = high << 32 | Int(entry.uint32(at: 0))
        guard offset >= tableEnd else {
            throw .malformed(
                .exr, "chunk \(number + 1) is said to lie at \(offset), which is no place for one",
                offset: place)
        }
        // What is too large for a number lies behind the end, too.
        guard high < 1 << 30, offset < source.byteCount else { throw missing(number) }
        let expected = leader(strip: strip, column: column)
        let head = try source.bytes(at: offset, count: 4 * expected.count + 4)
        guard head.count == 4 * expected.count + 4 else { throw missing(number) }
        let found = expected.indices.map { head.int32(at: 4 * $0) }
        guard found == expected else {
            throw .malformed(
                .exr, "chunk \(number + 1) says that it is \(found), expected \(expected)",
                offset: offset)
        }
        let byteCount = head.int32(at: 4 * expected.count)
        guard byteCount > 0, byteCount <= page.largestByteCount else {
            throw .malformed(
                .exr,
                "chunk \(number + 1) has \(byteCount) bytes, expected 1 to "
                    + "\(page.largestByteCount)", offset: offset)
        }
        guard byteCount <= source.byteCount - offset - head.count else { throw missing(number) }
        end = max(end, offset + head.count + byteCount)
        return offset
    }

    private func missing(_ number: Int) -> ImageError {
        .truncated(.exr, "chunk \(number + 1) is missing", offset: source.byteCount)
    }

    /// What a chunk begins with: its part, if there may be several, and its place.
    private func leader(strip: Int, column: Int) -> [Int] {
        let place =
            page.kind == .tiles
            ? [column, strip, 0, 0] : [page.window.top + strip * page.compression.lineCount]
        return hasParts ? [page.index] + place : place
    }
}

/// A file with one part, as the library is shown it: a header of our own, the table of its chunks, and
/// behind that all bytes of the file.
final class EXRPartSource: ImageSource {
    private let source: any ImageSource
    private let head: [UInt8]
    private let tableOffset: Int
    private let tableByteCount: Int
    /// What chunks begin with and the library would not expect.
    private let leaderByteCount: Int

    init(_ page: EXRPage, in source: any ImageSource, hasParts: Bool) {
        self.source = source
        head = page.head
        tableOffset = page.tableOffset
        tableByteCount = 8 * page.stripCount * page.columnCount
        leaderByteCount = hasParts ? 4 : 0
    }

    /// Where the bytes of the file begin.
    private var base: Int { head.count + tableByteCount }

    var byteCount: Int { base + source.byteCount }

    func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        var count = 0
        while count < buffer.count {
            let place = offset + count
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            if place >= base {
                let readCount = try unsafe source.read(at: place - base, into: rest)
                return count + readCount
            }
            let bytes = try place < head.count ? Array(head[place...]) : entries(at: place)
            let part = bytes.prefix(rest.count)
            unsafe rest.copyBytes(from: part)
            count += part.count
        }
        return count
    }

    /// Some bytes of the table, whose places are those that the library sees.
    private func entries(at place: Int) throws(ImageError) -> [UInt8] {
        let start = place - head.count
        let first = start / 8 * 8
        let entries = try source.bytes(
            at: tableOffset + first, count: min(1 << 12, tableByteCount - first))
        guard entries.count % 8 == 0, !entries.isEmpty else {
            throw .truncated(.exr, "the table of chunks is cut", offset: source.byteCount)
        }
        var moved: [UInt8] = []
        for entry in stride(from: 0, to: entries.count, by: 8) {
            let offset =
                UInt64(entries.uint32(at: entry + 4)) << 32
                | UInt64(entries.uint32(at: entry))
            // Chunks that are nowhere are not asked for.
            let known = offset < UInt64(source.byteCount) ? Int(offset) : 0
            let number = UInt64(known + base + leaderByteCount)
            moved += (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
        }
        return Array(moved[(start - first)...])
    }
}
