/// A TIFF structure in memory, such as an Exif block, and its directories of 12-byte entries, sorted
/// by tag (Exif 2.32 §4.5, TIFF 6.0 §2).
///
/// All offsets count from the start of the block, so changes touch only what they change; what grows
/// moves to the end. Values out of reach count as absent.
package struct TIFFBlock {
    /// The whole block.
    package private(set) var bytes: [UInt8]
    /// The byte order of all numbers.
    package let order: ByteOrder

    /// Where the entries of a directory lie.
    package struct Directory {
        /// The place of the field that tells ``start``.
        package let link: Int
        /// The offset of the first entry.
        package internal(set) var start: Int
        /// The number of entries, whether all of them are there or not.
        package internal(set) var count: Int

        /// The offset of the field behind the last entry, which tells the next directory.
        package var end: Int { start + 12 * count }
    }

    /// An entry of a directory.
    package struct Entry {
        package let tag: Int
        package let type: Int
        /// The number of values.
        package let count: Int
        /// The offset of the entry.
        package let place: Int
    }

    /// Takes a block, or returns `nil` where it does not begin as one.
    package init?(_ bytes: [UInt8]) {
        switch bytes.prefix(4) {
        case [0x49, 0x49, 0x2A, 0]: order = .little
        case [0x4D, 0x4D, 0, 0x2A]: order = .big
        default: return nil
        }
        self.bytes = bytes
    }
}

// MARK: Reading

extension TIFFBlock {
    /// The unsigned integer of 1 to 4 bytes at an offset.
    package func integer(_ offset: Int, _ count: Int) -> Int? {
        order.integer(bytes, at: offset, count: count)
    }

    /// The bytes of an integer.
    package func bytes(_ value: Int, count: Int) -> [UInt8] { order.bytes(value, count: count) }

    /// The first directory.
    package var first: Directory? { directory(link: 4) }

    /// The directory that follows another.
    package func next(after directory: Directory) -> Directory? {
        self.directory(link: directory.end)
    }

    /// The directory whose place an entry tells.
    package func directory(at tag: Int, in parent: Directory) -> Directory? {
        guard let entry = entry(tag, in: parent), entry.count == 1, [4, 13].contains(entry.type)
        else { return nil }
        return directory(link: entry.place + 8)
    }

    /// The directory whose place is told at an offset.
    package func directory(link: Int) -> Directory? {
        guard let offset = integer(link, 4), offset > 0, let count = integer(offset, 2) else {
            return nil
        }
        return Directory(link: link, start: offset + 2, count: count)
    }

    /// Whether a directory has entries, and all of them and the field behind them are there.
    package func isWhole(_ directory: Directory) -> Bool {
        directory.count > 0 && directory.end + 4 <= bytes.count
    }

    /// The entries that are there.
    package func entries(of directory: Directory) -> [Entry] {
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
    package func entry(_ tag: Int, in directory: Directory) -> Entry? {
        entries(of: directory).first { $0.tag == tag }
    }

    /// Overwrites bytes.
    package mutating func write(_ bytes: [UInt8], at offset: Int) {
        self.bytes.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }

    /// Adds bytes at an even offset, which is returned.
    package mutating func append(_ bytes: [UInt8]) -> Int {
        // Offsets are even (TIFF 6.0 §2).
        if self.bytes.count % 2 == 1 { self.bytes.append(0) }
        let offset = self.bytes.count
        self.bytes += bytes
        return offset
    }

    /// Takes the bytes from an offset on away.
    mutating func truncate(to count: Int) { bytes.removeSubrange(count...) }
}
