import FormatKit
import MetadataBlocks

/// A directory on its way from one TIFF structure to another.
struct DirectoryTree: Sendable {
    /// An entry and what it carries.
    struct Entry: Sendable {
        var tag: Int
        var type: Int
        var count: Int
        var payload: Payload
    }

    /// What an entry carries.
    enum Payload: Sendable {
        /// The bytes of its values.
        case values([UInt8])
        /// The bytes of the entry itself, where the values stay where they are.
        case field([UInt8])
        /// The bytes of its values, which lie at a place of the structure that must not change.
        case placed([UInt8], at: Int)
        /// Another directory.
        case directory(DirectoryTree)
    }

    /// The entries in the order of their tags.
    var entries: [Entry] = []

    /// The bytes of the directory and of all that it holds, to be placed at `base`.
    func serialized(at base: Int, header: TIFFHeader, next: Int = 0) -> [UInt8] {
        let (order, word) = (header.order, header.wordByteCount)
        var directory = order.bytes(entries.count, count: header.entryCountByteCount)
        let directoryByteCount = directory.count + entries.count * header.entryByteCount + word
        var values: [UInt8] = []
        for entry in entries {
            // Offsets are even (TIFF 6.0 §2).
            if (base + directoryByteCount + values.count) % 2 == 1 { values.append(0) }
            let place = base + directoryByteCount + values.count
            var (type, field) = (entry.type, order.bytes(place, count: word))
            switch entry.payload {
            case .field(let bytes): field = bytes
            case .placed(_, let place): field = order.bytes(place, count: word)
            case .values(let bytes) where bytes.count <= word:
                field = bytes + [UInt8](repeating: 0, count: word - bytes.count)
            case .values(let bytes): values += bytes
            case .directory(let tree):
                type = header.isBig ? 18 : 4
                values += tree.serialized(at: place, header: header)
            }
            directory += order.bytes(entry.tag, count: 2) + order.bytes(type, count: 2)
            directory += order.bytes(entry.count, count: word) + field
        }
        return directory + order.bytes(next, count: word) + values
    }
}

extension DirectoryTree {
    /// Changes the byte order of all numbers; undefined bytes, such as maker notes, stay.
    mutating func swapBytes() {
        for index in entries.indices {
            switch entries[index].payload {
            case .values(let bytes):
                let size =
                    switch entries[index].type {
                    // Two numbers.
                    case 5, 10: 4
                    default: ByteOrder.valueByteCount(type: entries[index].type) ?? 1
                    }
                entries[index].payload = .values(
                    stride(from: 0, to: bytes.count - bytes.count % size, by: size).flatMap {
                        bytes[$0..<$0 + size].reversed()
                    })
            case .directory(var tree):
                tree.swapBytes()
                entries[index].payload = .directory(tree)
            // Notes have an order of their own.
            case .placed: break
            case .field: preconditionFailure("only values that are read have a byte order")
            }
        }
    }

    /// The number of bytes of all values.
    var byteCount: Int {
        entries.reduce(0) { sum, entry in
            switch entry.payload {
            case .values(let bytes): sum + bytes.count
            case .field(let bytes), .placed(let bytes, _): sum + bytes.count
            case .directory(let tree): sum + tree.byteCount
            }
        }
    }
}

/// Reads the directories that make up an Exif block, from a TIFF file or from a block.
///
/// What is damaged is left out and told of; the rest is as good as it was.
struct DirectoryTreeReader {
    let source: any ImageSource
    let header: TIFFHeader
    let limits: Limits
    /// What was left out, one line each.
    private(set) var problems: [String] = []
    /// The number of bytes of all values so far.
    private var byteCount = 0

    init(source: any ImageSource, header: TIFFHeader, limits: Limits) {
        self.source = source
        self.header = header
        self.limits = limits
    }

    /// Reads the entries of a directory that `isCarried` accepts, and the directories it points to.
    ///
    /// `pointers` are the tags that point to directories.
    mutating func tree(
        of directory: TIFFDirectory, pointers: Set<Int>, isCarried: (Int) -> Bool = { _ in true }
    ) throws(ImageError) -> DirectoryTree {
        var tree = DirectoryTree()
        var seen: Set<Int> = []
        for entry in directory.entries.sorted(by: { $0.tag < $1.tag })
        where seen.insert(entry.tag).inserted {
            if pointers.contains(entry.tag) {
                guard let child = try child(of: directory, entry) else { continue }
                tree.entries.append(
                    .init(tag: entry.tag, type: 4, count: 1, payload: .directory(child)))
            } else if isCarried(entry.tag), let values = try values(of: directory, entry) {
                let isPlaced = entry.tag == MakerNote.tag && !MakerNote.isMovable(values)
                tree.entries.append(
                    .init(
                        tag: entry.tag, type: entry.type, count: entry.count,
                        payload: isPlaced
                            ? .placed(values, at: entry.valueOffset) : .values(values)))
            }
        }
        return tree
    }

    private mutating func values(
        of directory: TIFFDirectory, _ entry: TIFFEntry
    ) throws(ImageError) -> [UInt8]? {
        // Directories and 8-byte numbers have no place in a classic structure.
        guard entry.type != 13, entry.type < 16 else {
            problems.append("tag \(entry.name) of type \(entry.type) is left out")
            return nil
        }
        guard let count = entry.byteCount, directory.lies(entry, in: source) else {
            let problem = directory.problem(of: entry, in: source)
            problems.append("tag \(entry.name) \(problem) and is left out")
            return nil
        }
        let (sum, overflow) = byteCount.addingReportingOverflow(count)
        byteCount = overflow ? .max : sum
        try limits.checkMetadata(byteCount)
        return try directory.bytes(of: entry, in: source)
    }

    private mutating func child(
        of directory: TIFFDirectory, _ entry: TIFFEntry
    ) throws(ImageError) -> DirectoryTree? {
        guard let offset = try directory.integer(entry.tag, in: source) else {
            problems.append("tag \(entry.name) leads nowhere and is left out")
            return nil
        }
        let child: TIFFDirectory
        do throws(ImageError) {
            child = try TIFFDirectory(
                parsing: source, header: header, at: offset, mayBeEmpty: true)
        } catch {
            switch error {
            case .truncated:
                problems.append(
                    "the Exif directory of tag \(entry.tag) lies behind the end of the file and is "
                        + "left out")
            case .malformed:
                problems.append("tag \(entry.name) leads nowhere and is left out")
            default: throw error
            }
            return nil
        }
        let tree = try tree(of: child, pointers: TIFFTag.pointers(in: entry.tag))
        return tree.entries.isEmpty ? nil : tree
    }
}
