internal import MetadataBlocks

/// Reads and writes the one Exif entry that changes how a picture looks.
///
/// Malformed blocks are left alone and count as having no entry.
package enum ExifOrientation {
    private static let tag = 0x0112

    /// The orientation that the block declares, or `nil` where it declares none.
    package static func read(from exif: [UInt8]) -> Orientation? {
        guard let block = TIFFBlock(exif), let directory = block.first else { return nil }
        return block.short(tag, in: directory).flatMap(Orientation.init(rawValue:))
    }

    /// Returns `exif` declaring `orientation`.
    package static func setting(_ orientation: Orientation, in exif: [UInt8]?) -> [UInt8]? {
        guard let exif else {
            return orientation == .up ? nil : ExifBlock.minimal(tag, short: orientation.rawValue)
        }
        guard var block = TIFFBlock(exif), var directory = block.first, isSettable(in: exif)
        else { return exif }
        guard orientation != .up || block.short(tag, in: directory) != nil else { return exif }
        if let place = block.entry(tag, in: directory)?.place,
            block.short(tag, in: directory) != nil
        {
            var bytes = exif
            bytes.replaceSubrange(
                place + 8..<place + 10, with: block.bytes(orientation.rawValue, count: 2))
            return bytes
        }
        block.set(tag, block.integerValue(orientation.rawValue), in: &directory)
        return block.bytes
    }

    /// Whether ``setting(_:in:)`` can make a block declare any orientation.
    static func isSettable(in exif: [UInt8]?) -> Bool {
        guard let exif else { return true }
        guard let block = TIFFBlock(exif), let directory = block.first else { return false }
        return block.isWhole(directory) || block.short(tag, in: directory) != nil
    }
}
