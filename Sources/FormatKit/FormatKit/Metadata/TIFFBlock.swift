/// A TIFF structure in memory, such as an Exif block, and its directories of 12-byte entries, sorted
/// by tag (Exif 2.32 §4.5, TIFF 6.0 §2).
///
/// All offsets count from the start of the block, so changes touch only what they change; what grows
/// moves to the end. Values out of reach count as absent.
struct TIFFBlock {
    /// The whole block.
    private(set) var bytes: [UInt8]
    let isLittleEndian: Bool

    /// Where the entries of a directory lie.
    struct Directory {
        /// The place of the field that tells ``start``.
        let link: Int
        /// The offset of the first entry.
        fileprivate(set) var start: Int
        /// The number of entries, whether all of them are there or not.
        fileprivate(set) var count: Int

        /// The offset of the field behind the last entry, which tells the next directory.
        var end: Int { start + 12 * count }
    }

    /// An entry of a directory.
    struct Entry {
        let tag: Int
        let type: Int
        /// The number of values.
        let count: Int
        /// The offset of the entry.
        let place: Int
    }

    /// Takes a block, or returns `nil` where it does not begin as one.
    init?(_ bytes: [UInt8]) {
        switch bytes.prefix(4) {
        case [0x49, 0x49, 0x2A, 0]: isLittleEndian = true
        case [0x4D, 0x4D, 0, 0x2A]: isLittleEndian = false
        default: return nil
        }
        self.bytes = bytes
    }
}

// MARK: Reading

extension TIFFBlock {
    /// The unsigned integer of 1 to 4 bytes at an offset.
    func integer(_ offset: Int, _ count: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count - count else { return nil }
        return (0..<count).reduce(0) { value, index in
            let place = isLittleEndian ? count - 1 - index : index
            return value << 8 | Int(bytes[offset + place])
        }
    }

    /// The bytes of an integer.
    func bytes(_ value: Int, count: Int) -> [UInt8] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return isLittleEndian ? bytes : bytes.reversed()
    }

    /// The first directory.
    var first: Directory? { directory(link: 4) }

    /// The directory that follows another.
    func next(after directory: Directory) -> Directory? { self.directory(link: directory.end) }

    /// The directory whose place an entry tells.
    func directory(at tag: Int, in parent: Directory) -> Directory? {
        guard let entry = entry(tag, in: parent), entry.count == 1, [4, 13].contains(entry.type)
        else { return nil }
        return directory(link: entry.place + 8)
    }

    /// The directory whose place is told at an offset.
    func directory(link: Int) -> Directory? {
        guard let offset = integer(link, 4), offset > 0, let count = integer(offset, 2) else {
            return nil
        }
        return Directory(link: link, start: offset + 2, count: count)
    }

    /// Whether a directory has entries, and all of them and the field behind them are there.
    func isWhole(_ directory: Directory) -> Bool {
        directory.count > 0 && directory.end + 4 <= bytes.count
    }

    /// The entries that are there.
    func entries(of directory: Directory) -> [Entry] {
        (0..<directory.count).lazy.map { directory.start + 12 * $0 }
            .prefix { $0 <= bytes.count - 12 }
            .compactMap { place in
                guard let tag = integer(place, 2), let type = integer(place + 2, 2),
                    let count = integer(place + 4, 4)
                else { return nil }
                return Entry(tag: tag, type: type, count: count, place: place)
            }
    }

    /// The first entry with a tag.
    func entry(_ tag: Int, in directory: Directory) -> Entry? {
        entries(of: directory).first { $0.tag == tag }
    }

    /// The size of a value of each type, in bytes.
    static func valueByteCount(type: Int) -> Int? {
        switch type {
        case 1, 2, 6, 7: 1
        case 3, 8: 2
        case 4, 9, 11, 13: 4
        case 5, 10, 12: 8
        default: nil
        }
    }

    /// Where the values of an entry lie.
    func values(of entry: Entry) -> Range<Int>? {
        guard let size = Self.valueByteCount(type: entry.type) else { return nil }
        // A count has 32 bits, so there is no overflow.
        let byteCount = size * entry.count
        let start = byteCount <= 4 ? entry.place + 8 : integer(entry.place + 8, 4)
        guard let start, start <= bytes.count - byteCount else { return nil }
        return start..<start + byteCount
    }

    /// The values of an entry as numbers, if they are some.
    func numbers(of entry: Entry) -> [Double]? {
        guard let range = values(of: entry), entry.count > 0 else { return nil }
        let size = range.count / entry.count
        let numbers = (0..<entry.count).compactMap {
            number(at: range.lowerBound + $0 * size, type: entry.type)
        }
        return numbers.count == entry.count ? numbers : nil
    }

    private func number(at offset: Int, type: Int) -> Double? {
        func signed(_ offset: Int, _ count: Int) -> Double? {
            integer(offset, count).map { value in
                Double(value >= 1 << (8 * count - 1) ? value - 1 << (8 * count) : value)
            }
        }
        func quotient(_ numerator: Double?, _ denominator: Double?) -> Double? {
            guard let numerator, let denominator, denominator != 0 else { return nil }
            return numerator / denominator
        }
        switch type {
        case 1: return integer(offset, 1).map(Double.init)
        case 3: return integer(offset, 2).map(Double.init)
        case 4: return integer(offset, 4).map(Double.init)
        case 5:
            return quotient(
                integer(offset, 4).map(Double.init), integer(offset + 4, 4).map(Double.init))
        case 6: return signed(offset, 1)
        case 8: return signed(offset, 2)
        case 9: return signed(offset, 4)
        case 10: return quotient(signed(offset, 4), signed(offset + 4, 4))
        case 11: return integer(offset, 4).map { Double(Float(bitPattern: UInt32($0))) }
        case 12:
            guard let first = integer(offset, 4), let second = integer(offset + 4, 4) else {
                return nil
            }
            let (high, low) = isLittleEndian ? (second, first) : (first, second)
            return Double(bitPattern: UInt64(high) << 32 | UInt64(low))
        default: return nil
        }
    }

    /// The first value of an entry as a number.
    func number(_ tag: Int, in directory: Directory) -> Double? {
        entry(tag, in: directory).flatMap { numbers(of: $0)?.first }
    }

    /// The value of an entry that is one SHORT.
    func short(_ tag: Int, in directory: Directory) -> Int? {
        guard let entry = entry(tag, in: directory), entry.type == 3, entry.count == 1 else {
            return nil
        }
        return integer(entry.place + 8, 2)
    }
}

// MARK: Changing

extension TIFFBlock {
    /// The type, the number and the bytes of the values of an entry.
    struct Value {
        var type: Int
        var count: Int
        var bytes: [UInt8]
    }

    /// One SHORT or, if that is too small for it, one LONG.
    func integerValue(_ value: Int) -> Value {
        let isShort = value <= 0xFFFF
        return Value(type: isShort ? 3 : 4, count: 1, bytes: bytes(value, count: isShort ? 2 : 4))
    }

    /// DOUBLEs.
    func doubleValues(_ values: [Double]) -> Value {
        let bytes = values.flatMap { value in
            let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
            return isLittleEndian ? bytes : bytes.reversed()
        }
        return Value(type: 12, count: values.count, bytes: bytes)
    }

    private mutating func write(_ bytes: [UInt8], at offset: Int) {
        self.bytes.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }

    private mutating func append(_ bytes: [UInt8]) -> Int {
        // Offsets are even (TIFF 6.0 §2).
        if self.bytes.count % 2 == 1 { self.bytes.append(0) }
        let offset = self.bytes.count
        self.bytes += bytes
        return offset
    }

    /// Gives an entry another value; adds the entry where there is none.
    ///
    /// A directory that grows moves to the end.
    ///
    /// - Precondition: The directory is whole.
    mutating func set(_ tag: Int, _ value: Value, in directory: inout Directory) {
        precondition(isWhole(directory))
        if entry(tag, in: directory) == nil { insert(tag, in: &directory) }
        guard let entry = entry(tag, in: directory) else { return }
        let old = values(of: entry)
        write(bytes(value.type, count: 2) + bytes(value.count, count: 4), at: entry.place + 2)
        if value.bytes.count <= 4 {
            let filling = [UInt8](repeating: 0, count: 4 - value.bytes.count)
            write(value.bytes + filling, at: entry.place + 8)
            if let old, old.count > 4 { erase([old]) }
        } else if let old, old.count >= value.bytes.count, old.count > 4 {
            write(value.bytes, at: old.lowerBound)
        } else {
            let offset = append(value.bytes)
            write(bytes(offset, count: 4), at: entry.place + 8)
        }
    }

    /// Moves a directory to the end and makes room in it for an entry of no value.
    private mutating func insert(_ tag: Int, in directory: inout Directory) {
        var table = Array(bytes[directory.start..<directory.end + 4])
        let position = entries(of: directory).firstIndex { $0.tag > tag } ?? directory.count
        table.insert(
            contentsOf: bytes(tag, count: 2) + [UInt8](repeating: 0, count: 10), at: 12 * position)
        directory.count += 1
        let offset = append(bytes(directory.count, count: 2) + table)
        directory.start = offset + 2
        write(bytes(offset, count: 4), at: directory.link)
    }

    /// Takes entries out; what their values were is overwritten.
    ///
    /// - Returns: Whether there were any.
    @discardableResult
    mutating func remove(_ tags: Set<Int>, from directory: inout Directory) -> Bool {
        let removed = entries(of: directory).filter { tags.contains($0.tag) }
        guard isWhole(directory), !removed.isEmpty else { return false }
        let ranges = removed.compactMap(values(of:))
        let kept = entries(of: directory).filter { !tags.contains($0.tag) }
        let next = bytes[directory.end..<directory.end + 4]
        let table = kept.flatMap { bytes[$0.place..<$0.place + 12] } + next
        let free = [UInt8](repeating: 0, count: directory.end + 4 - directory.start - table.count)
        write(bytes(kept.count, count: 2) + table + free, at: directory.start - 2)
        directory.count = kept.count
        erase(ranges)
        return true
    }

    /// Takes all directories behind the first out, with what they hold: in an Exif block, a small
    /// copy of the picture.
    ///
    /// - Returns: Whether there was one.
    mutating func removeFollowingDirectories() -> Bool {
        guard let first, isWhole(first), integer(first.end, 4) != 0 else { return false }
        let ranges = next(after: first).map { reach(of: $0) + pictures(of: $0) } ?? []
        write([0, 0, 0, 0], at: first.end)
        erase(ranges)
        return true
    }

    /// Where the picture of a directory lies: as a JPEG file (Exif 2.32 §4.5.5) or in strips.
    private func pictures(of directory: Directory) -> [Range<Int>] {
        [(513, 514), (273, 279)].flatMap { (place, size) -> [Range<Int>] in
            let places = entry(place, in: directory).flatMap(numbers(of:)) ?? []
            let sizes = entry(size, in: directory).flatMap(numbers(of:)) ?? []
            return zip(places, sizes).compactMap { place, size in
                guard place >= 0, size > 0, place < Double(bytes.count) else { return nil }
                return Int(place)..<min(Int(place) + Int(size), bytes.count)
            }
        }
    }

    /// The bytes of a directory, of its values and of the directories that it names.
    private func reach(of directory: Directory, depth: Int = 0) -> [Range<Int>] {
        let end = min(directory.end + 4, bytes.count)
        let children = depth < 2 ? [34665, 34853, 40965] : []
        return [directory.start - 2..<max(end, directory.start)]
            + entries(of: directory).compactMap(values(of:))
            + children.compactMap { self.directory(at: $0, in: directory) }
            .flatMap { reach(of: $0, depth: depth + 1) }
    }

    /// Overwrites what nothing needs any more, or cuts it off at the end.
    private mutating func erase(_ ranges: [Range<Int>]) {
        var free = RangeSet(ranges.filter { !$0.isEmpty })
        free.subtract(RangeSet([0..<8] + (first.map { reach(of: $0) } ?? [])))
        for range in free.ranges {
            write([UInt8](repeating: 0, count: range.count), at: range.lowerBound)
        }
        if let last = free.ranges.last, last.upperBound == bytes.count {
            bytes.removeSubrange(last)
        }
    }
}

/// The start of an Exif block.
public enum ExifBlock {
    /// Whether bytes begin as a TIFF structure does.
    public static func begins(_ bytes: some Collection<UInt8>) -> Bool {
        [[0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A]].contains(Array(bytes.prefix(4)))
    }

    /// The block without the six bytes that belong to one format and that some writers leave on in
    /// others.
    public static func removingPrefix(from exif: [UInt8]) -> [UInt8] {
        exif.starts(with: prefix) ? Array(exif.dropFirst(prefix.count)) : exif
    }

    private static let prefix = Array("Exif\0\0".utf8)
}
