/// What follows the end of a picture in its file.
package struct Remainder: Sendable {
    /// The number of bytes.
    package let byteCount: Int
    /// The loss, or `nil` if the bytes are all the same, which only fill the file up.
    package let loss: Loss?

    /// Looks at what follows `offset`; returns `nil` if nothing does.
    ///
    /// - Throws: ``ImageError`` if the file cannot be read.
    package init?(of source: any ImageSource, from offset: Int) throws(ImageError) {
        guard offset < source.byteCount else { return nil }
        byteCount = source.byteCount - offset
        let start = try source.bytes(at: offset, count: 12)
        let isFilling = try Self.isFilling(of: source, from: offset)
        let words = Self.words(start, byteCount)
        // A video or a picture is no metadata, whatever of that is kept.
        loss =
            isFilling
            ? nil : Self.isPicture(start) ? .picture(words) : .part(of: .formatBlocks, words)
    }

    /// Tells a relay.
    package func tell(_ warnings: inout WarningRelay) {
        if let loss {
            warnings.take(loss)
        } else {
            warnings.take(Self.words([], byteCount))
        }
    }

    private static func words(_ start: [UInt8], _ byteCount: Int) -> String {
        let bytes = "\(byteCount) byte\(byteCount == 1 ? "" : "s") after the end of the image"
        if isVideo(start) { return "the video of a motion photo (\(bytes)) is left out" }
        if isPicture(start) { return "another picture (\(bytes)) is left out" }
        return "\(bytes) \(byteCount == 1 ? "is" : "are") ignored"
    }

    private static func isVideo(_ start: [UInt8]) -> Bool {
        start.dropFirst(4).starts(with: Array("ftyp".utf8))
    }

    private static func isPicture(_ start: [UInt8]) -> Bool {
        isVideo(start) || start.starts(with: [0xFF, 0xD8, 0xFF])
    }

    private static func isFilling(
        of source: any ImageSource, from start: Int
    ) throws(ImageError) -> Bool {
        var offset = start
        var filling: UInt8?
        while offset < source.byteCount {
            let bytes = try source.bytes(at: offset, count: 1 << 16)
            guard let first = bytes.first else { return true }
            let value = filling ?? first
            // One byte alone says nothing either if it is what lines and strings end with.
            guard bytes.allSatisfy({ $0 == value }), [0x00, 0x0A, 0x0D, 0x20, 0xFF].contains(value)
            else { return false }
            filling = value
            offset += bytes.count
        }
        return true
    }
}
