internal import FormatFiles
internal import FormatKit

/// Brings any number of records into order, in memory that does not grow with them: sorted pieces go
/// to a scratch file, from which they are merged (external merge sort).
struct EntrySorter {
    /// The bytes of the records in memory, and where each begins.
    private var (bytes, starts) = ([UInt8](), [Int]())
    private var file: ScratchFile?
    /// Where the sorted pieces lie in the file.
    private var pieces: [Range<Int>] = []
    private let maximumByteCount: Int

    /// What one record takes beside its bytes.
    private static let recordByteCount = 16

    /// Creates a sorter of no records that holds so many bytes at a time, about twice that while it
    /// sorts.
    init(maximumByteCount: Int = 64 << 20) {
        self.maximumByteCount = maximumByteCount
    }

    /// The number of records.
    private(set) var count = 0

    /// Adds a record.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if memory has to be made and there is no room for a file.
    mutating func add(_ record: [UInt8]) throws(ImageError) {
        starts.append(bytes.count)
        bytes += record
        count += 1
        if bytes.count + starts.count * Self.recordByteCount > maximumByteCount { try spill() }
    }

    /// The records, in order; the sorter is empty then.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if the file cannot be written.
    mutating func sorted() throws(ImageError) -> SortedEntries {
        defer { self = EntrySorter(maximumByteCount: maximumByteCount) }
        guard file != nil else {
            return SortedEntries(
                count: count, storage: .memory(bytes, sortedRanges()))
        }
        if !starts.isEmpty { try spill() }
        guard let file else { preconditionFailure("what has been spilled is in a file") }
        return SortedEntries(count: count, storage: .file(file, pieces))
    }

    private func sortedRanges() -> [Range<Int>] {
        let ends = starts.dropFirst() + [bytes.count]
        return zip(starts, ends).map { $0..<$1 }.sorted {
            bytes[$0].lexicographicallyPrecedes(bytes[$1])
        }
    }

    /// Moves what is in memory to the file.
    private mutating func spill() throws(ImageError) {
        let file: ScratchFile
        if let existing = self.file { file = existing } else { file = try ScratchFile() }
        self.file = file
        let start = file.byteCount
        var chunk: [UInt8] = []
        for range in sortedRanges() {
            chunk += (0..<4).map { UInt8(truncatingIfNeeded: range.count >> (8 * $0)) }
            chunk += bytes[range]
            if chunk.count > 1 << 20 {
                try file.append(chunk)
                chunk = []
            }
        }
        try file.append(chunk)
        pieces.append(start..<file.byteCount)
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
    }
}

/// Records in their order, which can be read any number of times.
struct SortedEntries {
    fileprivate enum Storage {
        /// Bytes, and where in them the records lie, in order.
        case memory([UInt8], [Range<Int>])
        /// A file, and where in it the sorted pieces lie.
        case file(ScratchFile, [Range<Int>])
    }

    /// The number of records.
    let count: Int
    fileprivate let storage: Storage

    /// Starts to read.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if the file cannot be read.
    func reader() throws(ImageError) -> Reader { try Reader(storage) }

    /// Hands out records, bytewise in order.
    struct Reader {
        private let storage: Storage
        /// The number of records that memory has handed out.
        private var position = 0
        /// Of each piece of a file, what it has left, and its first record.
        private var pieces: [PieceFileReader] = []
        private var heads: [[UInt8]?] = []

        fileprivate init(_ storage: Storage) throws(ImageError) {
            self.storage = storage
            guard case .file(let file, let ranges) = storage else { return }
            pieces = ranges.map { PieceFileReader(file, $0) }
            for index in pieces.indices { heads.append(try pieces[index].next()) }
        }

        /// The next record; `nil` at the end.
        ///
        /// - Throws: ``/FormatKit/ImageError`` if the file cannot be read.
        mutating func next() throws(ImageError) -> [UInt8]? {
            if case .memory(let bytes, let ranges) = storage {
                guard position < ranges.count else { return nil }
                defer { position += 1 }
                return Array(bytes[ranges[position]])
            }
            guard let (index, record) = Self.least(heads) else { return nil }
            heads[index] = try pieces[index].next()
            return record
        }

        private static func least(_ heads: [[UInt8]?]) -> (Int, [UInt8])? {
            var best: (Int, [UInt8])?
            for (index, head) in heads.enumerated() {
                guard let head else { continue }
                if let old = best, !head.lexicographicallyPrecedes(old.1) { continue }
                best = (index, head)
            }
            return best
        }
    }
}

/// Reads the records of a sorted piece: of each, its size in four bytes, the least first, and its
/// bytes.
private struct PieceFileReader {
    private let file: ScratchFile
    private var offset: Int
    private let end: Int
    private var buffer: [UInt8] = []
    private var position = 0
    private static let chunkByteCount = 1 << 16

    init(_ file: ScratchFile, _ range: Range<Int>) {
        self.file = file
        offset = range.lowerBound
        end = range.upperBound
    }

    mutating func next() throws(ImageError) -> [UInt8]? {
        try fill(4)
        guard buffer.count - position >= 4 else { return nil }
        let count = (0..<4).reduce(0) { $0 | Int(buffer[position + $1]) << (8 * $1) }
        try fill(4 + count)
        let start = position + 4
        position = min(start + count, buffer.count)
        return Array(buffer[start..<position])
    }

    private mutating func fill(_ count: Int) throws(ImageError) {
        guard buffer.count - position < count else { return }
        buffer.removeFirst(position)
        position = 0
        let wanted = min(max(Self.chunkByteCount, count - buffer.count), end - offset)
        buffer += try file.bytes(at: offset, count: wanted)
        offset += wanted
    }
}
