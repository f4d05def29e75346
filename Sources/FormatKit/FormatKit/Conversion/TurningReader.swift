/// Delivers what another reader reads, turned upright.
///
/// Pictures that are only mirrored left to right stream; others are held in memory whole, as the
/// reader delivers them, because their first row needs the last one or a column.
final class TurningReader: ImageReader {
    let header: ImageHeader
    private let reader: any ImageReader
    private let orientation: Orientation
    private let context: CodecContext
    private let memory: MemoryShare
    /// All rows as stored, once there are some and they are needed.
    private var pixels: [UInt8] = []
    private var nextRow = 0

    /// Creates a reader.
    ///
    /// - Throws: ``ImageError/limitExceeded(_:requested:allowed:)`` if the picture must be held in
    ///   memory and is too large.
    init(_ reader: any ImageReader, context: CodecContext) throws(ImageError) {
        var header = reader.header
        orientation = header.metadata.orientation
        header.size = orientation.uprightSize(of: header.size)
        header.metadata =
            header.metadata.changed(by: .turned(orientation, of: reader.header.size)).value
        self.header = header
        self.reader = reader
        self.context = context
        memory = context.memory.makeShare()
        try memory.reserve(Self.heldByteCount(for: reader.header))
    }

    /// The memory that turning a picture takes, beside what its reader holds, in bytes.
    static func heldByteCount(for header: ImageHeader) -> Int {
        if header.metadata.orientation.isStreaming { return 0 }
        return header.size.byteCount(perPixel: header.layout.bytesPerPixel)
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        if orientation.isStreaming {
            try reader.readRows(into: &band)
            mirrorRows(of: &band)
        } else {
            if pixels.isEmpty { try readAll() }
            let rows = nextRow..<min(nextRow + band.rowCapacity, header.size.height)
            nextRow = rows.upperBound
            copyRows(rows, into: &band)
        }
    }

    private func readAll() throws(ImageError) {
        let (size, layout) = (reader.header.size, reader.header.layout)
        let bytesPerRow = layout.bytesPerRow(width: size.width)
        pixels.reserveCapacity(size.height * bytesPerRow)
        var band = PixelBand(
            width: size.width, layout: layout,
            rowCapacity: max(1, min(size.height, (1 << 20) / bytesPerRow)))
        while pixels.count < size.height * bytesPerRow {
            try context.checkCancellation()
            try reader.readRows(into: &band)
            pixels += band.filledBytes
        }
    }

    private func mirrorRows(of band: inout PixelBand) {
        guard orientation.isReversingRows else { return }
        let (width, pixel) = (band.width, band.layout.bytesPerPixel)
        unsafe band.fill(rowCount: band.rowCount) { bytes in
            for row in stride(from: 0, to: bytes.count, by: width * pixel) {
                for column in 0..<width / 2 {
                    let (left, right) = (row + column * pixel, row + (width - 1 - column) * pixel)
                    for byte in 0..<pixel { unsafe bytes.swapAt(left + byte, right + byte) }
                }
            }
        }
    }

    private func copyRows(_ rows: Range<Int>, into band: inout PixelBand) {
        let stored = reader.header.size
        let pixel = header.layout.bytesPerPixel
        let (width, height) = (header.size.width, header.size.height)
        // Steps in the stored picture, in bytes, for a column and for a row of the upright one.
        let strides =
            orientation.isTransposing
            ? (column: stored.width * pixel, row: pixel)
            : (column: pixel, row: stored.width * pixel)
        let start =
            (orientation.isReversingRows ? (width - 1) * strides.column : 0)
            + (orientation.isReversingColumns ? (height - 1) * strides.row : 0)
        let columnStep = orientation.isReversingRows ? -strides.column : strides.column
        let rowStep = orientation.isReversingColumns ? -strides.row : strides.row
        unsafe pixels.withUnsafeBytes { source in
            unsafe band.fill(rowCount: rows.count) { target in
                var output = 0
                for row in rows {
                    var input = start + row * rowStep
                    for _ in 0..<width {
                        for byte in 0..<pixel {
                            unsafe target[output + byte] = source[input + byte]
                        }
                        output += pixel
                        input += columnStep
                    }
                }
            }
        }
    }
}

extension Orientation {
    /// Whether a picture can be turned row by row.
    fileprivate var isStreaming: Bool { !isTransposing && !isReversingColumns }
}
