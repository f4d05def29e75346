internal import FormatKit

/// The mask of a bitmap, which is read row by row.
struct ICOMask {
    private let source: any ImageSource
    private let start: Int
    private let end: Int
    private let bytesPerRow: Int
    private let size: ImageSize
    private let isTopDown: Bool
    /// Whether any pixel is transparent.
    private(set) var isNeeded = false

    /// Finds the mask, and looks through it.
    ///
    /// - Throws: ``ImageError`` if it is not all there.
    init(
        of bitmap: ICOBitmap, _ entry: ICOEntry, in source: any ImageSource, _ id: FormatID,
        _ context: CodecContext
    ) throws(ImageError) {
        self.source = source
        size = bitmap.size
        isTopDown = bitmap.isTopDown
        start = bitmap.pixels.upperBound
        bytesPerRow = ICOBitmap.bytesPerRow(size.width, 1)
        end = bitmap.end
        guard end <= entry.range.upperBound else {
            throw .malformed(
                id,
                "picture \(entry.number) has \(entry.range.count) bytes, expected "
                    + "\(end - entry.range.lowerBound) with its mask", offset: entry.place + 8)
        }
        if end > source.byteCount {
            // Only where what is cut off is made up.
            context.lose(
                .picture("the file ends inside a mask: pixels without one are opaque"))
        }
        for row in 0..<size.height {
            if row % 1024 == 0 { try context.checkCancellation() }
            if try bits(ofRow: row).contains(where: { $0 != 0 }) {
                isNeeded = true
                return
            }
        }
    }

    /// Whether the pixels of a row are transparent, in packed bits; zeros where the file has none.
    func bits(ofRow row: Int) throws(ImageError) -> [UInt8] {
        let fileRow = isTopDown ? row : size.height - 1 - row
        let byteCount = (size.width + 7) / 8
        var bits = try source.bytes(at: start + fileRow * bytesPerRow, count: byteCount)
        bits += [UInt8](repeating: 0, count: byteCount - bits.count)
        // What fills the last byte up means nothing.
        let unused = 8 * byteCount - size.width
        bits[byteCount - 1] &= 0xFF << UInt8(unused)
        return bits
    }
}
