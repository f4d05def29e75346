/// Reads and writes the one Exif entry that changes how a picture looks.
///
/// An Exif block is a TIFF structure: a header, then IFD0 with 12-byte entries sorted by tag
/// (Exif 2.32 §4.5, TIFF 6.0 §2). Malformed blocks are left alone and count as having no entry.
public enum ExifOrientation {
    private static let tag = 0x0112

    /// The orientation that the block declares, or `nil` where it declares none.
    public static func read(from exif: [UInt8]) -> Orientation? {
        guard let directory = Directory(exif), let entry = directory.entry(tag: tag) else {
            return nil
        }
        return directory.short(at: entry + 8).flatMap(Orientation.init(rawValue:))
    }

    /// Returns `exif` declaring `orientation`.
    public static func setting(_ orientation: Orientation, in exif: [UInt8]?) -> [UInt8]? {
        guard let exif else { return orientation == .up ? nil : minimal(orientation) }
        guard let directory = Directory(exif) else { return exif }
        var bytes = exif
        if let entry = directory.entry(tag: tag) {
            guard directory.short(at: entry + 8) != orientation.rawValue else { return exif }
            bytes.replaceSubrange(
                (entry + 8)..<(entry + 10), with: directory.bytes(short: orientation.rawValue))
            return bytes
        }
        return orientation == .up ? exif : directory.adding(orientation)
    }

    /// A block that says nothing but the orientation.
    private static func minimal(_ orientation: Orientation) -> [UInt8] {
        [0x49, 0x49, 0x2A, 0x00, 8, 0, 0, 0, 1, 0]
            + [0x12, 0x01, 3, 0, 1, 0, 0, 0, UInt8(orientation.rawValue), 0, 0, 0]
            + [0, 0, 0, 0]
    }

    /// IFD0 of an Exif block.
    private struct Directory {
        let exif: [UInt8]
        let isLittleEndian: Bool
        /// The offset of the first entry.
        let start: Int
        let entryCount: Int

        init?(_ exif: [UInt8]) {
            switch exif.prefix(4) {
            case [0x49, 0x49, 0x2A, 0]: isLittleEndian = true
            case [0x4D, 0x4D, 0, 0x2A]: isLittleEndian = false
            default: return nil
            }
            self.exif = exif
            guard let offset = Self.integer(exif, at: 4, count: 4, isLittleEndian),
                let count = Self.integer(exif, at: offset, count: 2, isLittleEndian),
                count > 0, offset + 2 + 12 * count + 4 <= exif.count
            else { return nil }
            start = offset + 2
            entryCount = count
        }

        static func integer(
            _ bytes: [UInt8], at offset: Int, count: Int, _ isLittleEndian: Bool
        ) -> Int? {
            guard offset >= 0, offset <= bytes.count - count else { return nil }
            let field = bytes[offset..<offset + count]
            return (isLittleEndian ? Array(field.reversed()) : Array(field))
                .reduce(0) { $0 << 8 | Int($1) }
        }

        func short(at offset: Int) -> Int? {
            Self.integer(exif, at: offset, count: 2, isLittleEndian)
        }

        func bytes(short value: Int) -> [UInt8] {
            let bytes = [UInt8(value & 0xFF), UInt8(value >> 8 & 0xFF)]
            return isLittleEndian ? bytes : bytes.reversed()
        }

        func bytes(long value: Int) -> [UInt8] {
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return isLittleEndian ? bytes : bytes.reversed()
        }

        /// The offset of the entry with a tag, if it is one SHORT.
        func entry(tag: Int) -> Int? {
            (0..<entryCount).map { start + 12 * $0 }.first {
                short(at: $0) == tag && short(at: $0 + 2) == 3
                    && Self.integer(exif, at: $0 + 4, count: 4, isLittleEndian) == 1
            }
        }

        /// The block with a copy of IFD0 at its end that has one entry more.
        ///
        /// All offsets in the block are absolute, so nothing else moves.
        func adding(_ orientation: Orientation) -> [UInt8] {
            var entries = (0..<entryCount).map {
                Array(exif[start + 12 * $0..<start + 12 * $0 + 12])
            }
            let entry =
                bytes(short: ExifOrientation.tag) + bytes(short: 3) + bytes(long: 1)
                + bytes(short: orientation.rawValue) + [0, 0]
            let position = entries.firstIndex {
                Self.integer($0, at: 0, count: 2, isLittleEndian).map { $0 > ExifOrientation.tag }
                    ?? false
            }
            entries.insert(entry, at: position ?? entries.count)
            let next = exif[start + 12 * entryCount..<start + 12 * entryCount + 4]
            var bytes = exif
            if bytes.count % 2 == 1 { bytes.append(0) }
            bytes.replaceSubrange(4..<8, with: self.bytes(long: bytes.count))
            bytes += self.bytes(short: entries.count) + entries.joined() + next
            return bytes
        }
    }
}
