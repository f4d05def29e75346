internal import FormatKit

/// A bitmap without the header of a file, twice as high as it is: its lower half is a mask, of which
/// a bit that is set says that the pixel is transparent.
///
/// | size | part |
/// | --- | --- |
/// | 40 or more | the header of the picture, as in BMP |
/// | 12 | masks of channels, if the header tells of some and has none |
/// | 4 each | colors |
/// | | rows, each of a whole number of 32 bits |
/// | | rows of the mask, likewise |
struct ICOBitmap {
    let size: ImageSize
    let isTopDown: Bool
    let bitCount: Int
    /// Whether pixels tell how opaque they are; then the mask does not count.
    let hasAlpha: Bool
    /// The rows.
    let pixels: Range<Int>
    /// The file that the plugin of BMP gets to see, up to its rows.
    let head: [UInt8]

    /// The sizes of headers that are known.
    private static let byteCounts: Set<Int> = [40, 52, 56, 108, 124]
    /// That with masks and nothing behind them.
    private static let longest = 56
    private static let fileHeadByteCount = 14

    init(
        of entry: ICOEntry, in source: any ImageSource, _ id: FormatID, _ context: CodecContext
    ) throws(ImageError) {
        let fields = try Self.fields(entry, source, id)
        let start = entry.range.lowerBound
        let (width, height) = (fields.signed32(at: 4), fields.signed32(at: 8))
        guard width > 0, height != 0, height % 2 == 0 else {
            throw .malformed(
                id, "picture \(entry.number) has the size \(width)x\(height), with its mask",
                offset: start + 4)
        }
        size = ImageSize(width: width, height: abs(height) / 2)
        isTopDown = height < 0
        try context.limits.check(size)
        bitCount = fields.word16(at: 14)
        let table = try Self.table(fields, entry, id)
        let tableEnd = start + fields.count + table.maskByteCount + 4 * table.colorCount
        let rows = Self.bytesPerRow(width, bitCount).multipliedClamped(by: size.height)
        pixels = tableEnd..<tableEnd.addingClamped(rows)
        try Self.check(pixels.upperBound, entry, id)
        let isPlain = bitCount == 32 && table.maskByteCount == 0 && fields.word32(at: 16) == 0
        hasAlpha = isPlain ? try Self.saysAlpha(source, pixels, context) : false
        // The colors of deep pixels are only what a poor screen should show.
        let tableByteCount = table.maskByteCount + (bitCount <= 8 ? 4 * table.colorCount : 0)
        let copied = try source.bytes(at: start + fields.count, count: tableByteCount)
        head = Self.head(
            fields, height: isTopDown ? -size.height : size.height, table: copied,
            hasAlpha: hasAlpha)
    }

    /// The header.
    private static func fields(
        _ entry: ICOEntry, _ source: any ImageSource, _ id: FormatID
    ) throws(ImageError) -> [UInt8] {
        let start = entry.range.lowerBound
        let mark = try source.bytes(at: start, count: 4)
        guard mark.count == 4 else {
            throw .truncated(id, "picture \(entry.number) is missing", offset: source.byteCount)
        }
        let byteCount = mark.word32(at: 0)
        guard byteCounts.contains(byteCount) else {
            throw .unsupported(
                id,
                "picture \(entry.number), which is no PNG file, has a header of \(byteCount) bytes")
        }
        try check(start + byteCount, entry, id)
        let fields = try source.bytes(at: start, count: byteCount)
        guard fields.count == byteCount else {
            throw .truncated(
                id, "picture \(entry.number) ends inside its header", offset: source.byteCount)
        }
        return fields
    }

    /// A picture may not be larger than its entry says.
    private static func check(
        _ end: Int, _ entry: ICOEntry, _ id: FormatID
    ) throws(ImageError) {
        guard end <= entry.range.upperBound else {
            throw .malformed(
                id,
                "picture \(entry.number) has \(entry.range.count) bytes, expected at least "
                    + "\(end - entry.range.lowerBound)", offset: entry.place + 8)
        }
    }

    /// What lies between the header and the rows.
    private static func table(
        _ fields: [UInt8], _ entry: ICOEntry, _ id: FormatID
    ) throws(ImageError) -> (maskByteCount: Int, colorCount: Int) {
        let (bits, method) = (fields.word16(at: 14), fields.word32(at: 16))
        switch (method, bits) {
        case (0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (0, 24), (0, 32), (3, 16), (3, 32): break
        default:
            throw .unsupported(
                id, "picture \(entry.number) has compression \(method) of pixels of \(bits) bits")
        }
        let told = fields.word32(at: 32)
        let most = bits <= 8 ? 1 << bits : 256
        guard told <= most else {
            throw .malformed(
                id, "picture \(entry.number) has \(told) colors, expected at most \(most)",
                offset: entry.range.lowerBound + 32)
        }
        return (
            method == 3 && fields.count == 40 ? 12 : 0, told == 0 && bits <= 8 ? most : told
        )
    }

    /// Whether any pixel of 32 bits has a fourth byte; older programs leave it 0.
    private static func saysAlpha(
        _ source: any ImageSource, _ pixels: Range<Int>, _ context: CodecContext
    ) throws(ImageError) -> Bool {
        var offset = pixels.lowerBound
        while offset < pixels.upperBound {
            try context.checkCancellation()
            let bytes = try source.bytes(
                at: offset, count: min(1 << 16, pixels.upperBound - offset))
            guard !bytes.isEmpty else { return false }
            if stride(from: 3, to: bytes.count, by: 4).contains(where: { bytes[$0] != 0 }) {
                return true
            }
            offset += bytes.count
        }
        return false
    }

    /// The head of a file of BMP with the upper half.
    private static func head(
        _ fields: [UInt8], height: Int, table: [UInt8], hasAlpha: Bool
    ) -> [UInt8] {
        var fields = Array(fields.prefix(longest))
        var table = table
        if hasAlpha {
            fields = Array(fields.prefix(40))
            fields.setWord32(longest, at: 0)
            fields.setWord32(3, at: 16)
            table = []
            for mask in [0xFF_0000, 0xFF00, 0xFF, 0xFF00_0000] {
                fields += [0, 0, 0, 0]
                fields.setWord32(mask, at: fields.count - 4)
            }
        } else {
            fields.setWord32(fields.count, at: 0)
        }
        fields.setWord32(height, at: 8)
        fields.setWord32(0, at: 20)
        // Of a density nobody says anything that holds for an icon.
        fields.setWord32(0, at: 24)
        fields.setWord32(0, at: 28)
        var head = Array("BM".utf8) + [UInt8](repeating: 0, count: fileHeadByteCount - 2)
        head.setWord32(fileHeadByteCount + fields.count + table.count, at: 10)
        return head + fields + table
    }

    /// Where the mask ends, if there is one.
    var end: Int {
        pixels.upperBound.addingClamped(
            Self.bytesPerRow(size.width, 1).multipliedClamped(by: size.height))
    }

    static func bytesPerRow(_ width: Int, _ bitCount: Int) -> Int {
        (width * bitCount + 31) / 32 * 4
    }
}
