internal import FormatKit

/// Delivers the rows of a `.coin` file, decoded a band at a time.
final class CoinReader: SelectingReader {
    private(set) var header: ImageHeader
    private let decoder: CoinDecoder
    /// The size at which the picture is sampled, and the part of it that is delivered.
    private var size: ImageSize
    private var region: PixelRegion
    /// What delivers the rows, once they are wanted.
    private var rows: (any RegionDecoder)?
    private var rowsLeft: Int
    /// The file until it is parsed, then what delivers the rows.
    private let memory: MemoryShare

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        memory = context.memory.makeShare()
        try memory.reserve(source.byteCount)
        decoder = try CoinDecoder(
            parsing: source.bytes(at: 0, count: source.byteCount), context: context)
        memory.giveBack()
        header = decoder.header
        size = header.size
        region = PixelRegion(size)
        rowsLeft = size.height
        for kind in [header.metadata.icc, header.metadata.exif, header.metadata.xmp] {
            try context.limits.checkMetadata(kind?.count ?? 0)
        }
    }

    func select(_ region: PixelRegion, ofSize size: ImageSize) throws(ImageError) {
        try decoder.checkLimits(region: region, size: size)
        self.size = size
        self.region = region
        header.size = region.size
        rowsLeft = region.rows.count
        rows = nil
        memory.giveBack()
    }

    /// The parsed stream, and what delivers the rows.
    var heldByteCount: Int? {
        guard let cost = try? decoder.cost(of: region, size: size) else { return nil }
        return decoder.parsedByteCount + cost.heldByteCount
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        let rows = try startedRows()
        let rowCount = min(band.rowCapacity, rowsLeft)
        try unsafe band.fill(rowCount: rowCount) { (buffer) throws(ImageError) in
            try unsafe rows.decodeRows(into: buffer)
        }
        rowsLeft -= rowCount
    }

    private func startedRows() throws(ImageError) -> any RegionDecoder {
        if let rows { return rows }
        try memory.reserve(decoder.cost(of: region, size: size).heldByteCount)
        let rows = try decoder.makeRegionDecoder(region: region, size: size)
        self.rows = rows
        return rows
    }
}
