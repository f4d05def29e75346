/// Reads and writes the one Exif entry that changes how a picture looks.
///
/// Malformed blocks are left alone and count as having no entry.
public enum ExifOrientation {
    private static let tag = 0x0112

    /// The orientation that the block declares, or `nil` where it declares none.
    public static func read(from exif: [UInt8]) -> Orientation? {
        ExifDirectory(exif)?.short(tag: tag).flatMap(Orientation.init(rawValue:))
    }

    /// Returns `exif` declaring `orientation`.
    public static func setting(_ orientation: Orientation, in exif: [UInt8]?) -> [UInt8]? {
        guard let exif else { return orientation == .up ? nil : minimal(orientation) }
        guard let directory = ExifDirectory(exif) else { return exif }
        if let offset = directory.shortOffset(tag: tag) {
            var bytes = exif
            bytes.replaceSubrange(
                offset..<offset + 2, with: directory.bytes(orientation.rawValue, count: 2))
            return bytes
        }
        guard orientation != .up, directory.isWhole else { return exif }
        return directory.adding(short: orientation.rawValue, tag: tag)
    }

    /// Whether ``setting(_:in:)`` can make a block declare any orientation.
    static func isSettable(in exif: [UInt8]?) -> Bool {
        guard let exif else { return true }
        guard let directory = ExifDirectory(exif) else { return false }
        return directory.isWhole || directory.shortOffset(tag: tag) != nil
    }

    /// A block that says nothing but the orientation.
    private static func minimal(_ orientation: Orientation) -> [UInt8] {
        [0x49, 0x49, 0x2A, 0x00, 8, 0, 0, 0, 1, 0]
            + [0x12, 0x01, 3, 0, 1, 0, 0, 0, UInt8(orientation.rawValue), 0, 0, 0]
            + [0, 0, 0, 0]
    }
}
