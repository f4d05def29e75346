internal import FormatKit

/// Reads one BMP file; rows stream unless they are compressed.
final class BMPReader: ImageReader {
    let header: ImageHeader
    private let source: any ImageSource
    private let file: BMPHeader
    private let context: CodecContext
    private let memory: MemoryShare
    private let bytesPerRow: Int
    private let converter: BMPRowConverter
    /// Rows of indices from the bottom, of compressed pixels, once decoded.
    private var indices: [UInt8]?
    private var goodRowCount = Int.max
    private var rowCount = 0
    /// Where a profile ends, or 0.
    private let profileEnd: Int

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        file = try BMPHeader(of: source)
        try context.limits.check(file.size)
        memory = context.memory.makeShare()
        guard let bytesPerRow = file.bytesPerRow else {
            throw .malformed(.bmp, "size \(file.size)", offset: 18)
        }
        self.bytesPerRow = bytesPerRow
        try memory.reserve(Self.heldByteCount(file, bytesPerRow))
        converter = BMPRowConverter(file)
        var metadata = ImageMetadata(resolution: file.resolution)
        let colors = try BMPColors.read(
            file, source, converter.layout.model, context.limits, into: &metadata)
        header = ImageHeader(
            size: file.size, layout: converter.layout,
            significantBits: converter.significantBits, storage: converter.storage,
            metadata: metadata, losses: colors.losses + converter.losses,
            details: Self.details(file))
        self.source = source
        self.context = context
        profileEnd = colors.end
        try checkEnd()
    }

    /// A row that is read and its indices, or all indices of compressed pixels.
    private static func heldByteCount(_ file: BMPHeader, _ bytesPerRow: Int) -> Int {
        if file.compression == .runs { return file.size.pixelCount }
        return bytesPerRow + (file.masks == nil ? file.size.width : 0)
    }

    /// The indices of compressed pixels.
    var heldByteCount: Int? { file.compression == .runs ? file.size.pixelCount : 0 }

    private static func details(_ file: BMPHeader) -> [ImageDetail] {
        let words =
            switch file.compression {
            case .none: "none"
            case .runs: "runs"
            case .masks: "masks"
            }
        return [
            ImageDetail("header_bytes", .integer(file.byteCount)),
            ImageDetail("bits_per_pixel", .integer(file.bitCount)),
            ImageDetail("compression", .text(words)),
            ImageDetail("rows", .text(file.isTopDown ? "from the top" : "from the bottom")),
        ]
    }

    /// All rows must be there; what follows them and a profile is told of.
    private func checkEnd() throws(ImageError) {
        guard file.compression != .runs else { return }
        let (count, overflow) = bytesPerRow.multipliedReportingOverflow(by: file.size.height)
        let end = file.pixelOffset.addingReportingOverflow(overflow ? .max : count)
        guard !end.overflow, end.partialValue <= source.byteCount else {
            if context.isSalvaging { return }
            throw .truncated(
                .bmp, "the rows need \(overflow ? .max : count) bytes", offset: source.byteCount)
        }
        try tellRemainder(max(end.partialValue, profileEnd))
    }

    private func tellRemainder(_ end: Int) throws(ImageError) {
        var warnings = WarningRelay(context)
        try Remainder(of: source, from: end)?.tell(&warnings)
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        if file.compression == .runs, indices == nil { try decode() }
        let count = min(band.rowCapacity, header.size.height - rowCount)
        let size = band.bytesPerRow
        try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
            for row in 0..<count {
                try context.checkCancellation()
                let target = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: buffer[row * size..<(row + 1) * size])
                try unsafe read(row: rowCount + row, into: target)
            }
        }
        rowCount += count
        if count > 0, rowCount == header.size.height { converter.tell(context) }
    }

    private func read(
        row: Int, into target: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        let fileRow = file.isTopDown ? row : header.size.height - 1 - row
        if let indices {
            guard fileRow < goodRowCount else { return try unsafe makeUp(row, target) }
            let start = fileRow * header.size.width
            unsafe converter.convert(
                indices: indices[start..<start + header.size.width], into: target)
            return
        }
        let offset = file.pixelOffset + fileRow * bytesPerRow
        let bytes = try source.bytes(at: offset, count: bytesPerRow)
        guard bytes.count == bytesPerRow else { return try unsafe makeUp(row, target) }
        unsafe converter.convert(bytes, into: target)
    }

    /// Makes up a row that the file does not have, if that is wanted: of a file that was cut the
    /// upper rows are missing, which are read first.
    private func makeUp(
        _ row: Int, _ target: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        let hasRows =
            indices == nil ? source.byteCount >= file.pixelOffset + bytesPerRow : goodRowCount > 0
        guard context.isSalvaging, hasRows else {
            throw .truncated(.bmp, "rows are missing", offset: source.byteCount)
        }
        if file.masks == nil {
            // A color that the table has, as it is told of.
            let indices = [UInt8](repeating: 0, count: header.size.width)
            unsafe converter.convert(indices: indices[...], into: target)
        } else {
            unsafe target.initializeMemory(as: UInt8.self, repeating: 0)
        }
        context.loseRows(row..<row + 1)
    }

    /// Decompresses all pixels.
    private func decode() throws(ImageError) {
        var decoder = BMPRunDecoder(file, of: source)
        do throws(ImageError) {
            try decoder.decode(context)
        } catch .truncated where context.isSalvaging {
            goodRowCount = decoder.rowCount
        }
        indices = decoder.indices
        let end = max(decoder.offset, file.pixelOffset + file.pixelByteCount, profileEnd)
        if goodRowCount == .max { try tellRemainder(end) }
    }
}
