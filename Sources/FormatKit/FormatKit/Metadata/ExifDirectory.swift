/// IFD0 of an Exif block, which is a TIFF structure: a header, then 12-byte entries sorted by tag
/// (Exif 2.32 §4.5, TIFF 6.0 §2).
struct ExifDirectory {
    let exif: [UInt8]
    let isLittleEndian: Bool
    /// The offset of the first entry.
    let start: Int
    let entryCount: Int

    /// Finds the directory, or the one at an offset, or returns `nil` where the block is malformed.
    init?(_ exif: [UInt8], at place: Int? = nil) {
        switch exif.prefix(4) {
        case [0x49, 0x49, 0x2A, 0]: isLittleEndian = true
        case [0x4D, 0x4D, 0, 0x2A]: isLittleEndian = false
        default: return nil
        }
        self.exif = exif
        guard let offset = place ?? Self.integer(exif, at: 4, count: 4, isLittleEndian),
            let count = Self.integer(exif, at: offset, count: 2, isLittleEndian)
        else { return nil }
        start = offset + 2
        entryCount = count
    }

    /// Whether there are entries, and all of them and the field behind them are there.
    var isWhole: Bool { entryCount > 0 && start + 12 * entryCount + 4 <= exif.count }

    private static func integer(
        _ bytes: [UInt8], at offset: Int, count: Int, _ isLittleEndian: Bool
    ) -> Int? {
        guard offset >= 0, offset <= bytes.count - count else { return nil }
        let field = bytes[offset..<offset + count]
        return (isLittleEndian ? Array(field.reversed()) : Array(field))
            .reduce(0) { $0 << 8 | Int($1) }
    }

    /// The offsets of the entries that are all there.
    var entryOffsets: [Int] {
        (0..<entryCount).map { start + 12 * $0 }.filter { $0 + 12 <= exif.count }
    }

    /// An integer anywhere in the block.
    func integer(_ offset: Int, _ count: Int) -> Int? {
        Self.integer(exif, at: offset, count: count, isLittleEndian)
    }

    /// The bytes of an integer.
    func bytes(_ value: Int, count: Int) -> [UInt8] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return isLittleEndian ? bytes : bytes.reversed()
    }

    /// The offset of the one value of an entry, which has a tag and a type.
    private func value(tag: Int, type: Int) -> Int? {
        let entry = (0..<entryCount).lazy.map { start + 12 * $0 }.first {
            integer($0, 2) == tag && integer($0 + 2, 2) == type && integer($0 + 4, 4) == 1
        }
        guard let entry, entry <= exif.count - 12 else { return nil }
        return entry + 8
    }

    /// The offset of the value of an entry that is one SHORT.
    func shortOffset(tag: Int) -> Int? { value(tag: tag, type: 3) }

    /// The value of an entry that is one SHORT.
    func short(tag: Int) -> Int? { shortOffset(tag: tag).flatMap { integer($0, 2) } }

    /// The value of an entry that is one RATIONAL, if it is positive.
    func rational(tag: Int) -> Double? {
        guard let offset = value(tag: tag, type: 5).flatMap({ integer($0, 4) }),
            let numerator = integer(offset, 4), let denominator = integer(offset + 4, 4),
            numerator > 0, denominator > 0
        else { return nil }
        return Double(numerator) / Double(denominator)
    }

    /// The block with a copy of the directory at its end that has one entry more, of one SHORT.
    ///
    /// All offsets in the block are absolute, so nothing else moves.
    ///
    /// - Precondition: The directory is whole.
    func adding(short value: Int, tag: Int) -> [UInt8] {
        precondition(isWhole)
        var entries = (0..<entryCount).map { Array(exif[start + 12 * $0..<start + 12 * $0 + 12]) }
        let entry =
            bytes(tag, count: 2) + bytes(3, count: 2) + bytes(1, count: 4)
            + bytes(value, count: 2) + [0, 0]
        let position = entries.firstIndex {
            Self.integer($0, at: 0, count: 2, isLittleEndian).map { $0 > tag } ?? false
        }
        entries.insert(entry, at: position ?? entries.count)
        let next = exif[start + 12 * entryCount..<start + 12 * entryCount + 4]
        var result = exif
        if result.count % 2 == 1 { result.append(0) }
        result.replaceSubrange(4..<8, with: bytes(result.count, count: 4))
        result += bytes(entries.count, count: 2) + entries.joined() + next
        return result
    }
}

extension Resolution {
    /// The density that an Exif block declares, or `nil` where it declares none (TIFF 6.0 §8).
    public init?(exif: [UInt8]) {
        guard let directory = ExifDirectory(exif), let x = directory.rational(tag: 282),
            let y = directory.rational(tag: 283)
        else { return nil }
        let units: [Int: Unit] = [1: .none, 3: .centimeter]
        let unit = directory.short(tag: 296).flatMap { units[$0] }
        self.init(horizontal: x, vertical: y, unit: unit ?? .inch)
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
