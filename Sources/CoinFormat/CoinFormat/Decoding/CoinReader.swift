internal import FormatKit

/// Delivers the rows of a `.coin` file, decoded a band at a time.
final class CoinReader: SelectingReader {
    private(set) var header: ImageHeader
    private let decoder: CoinDecoder
    /// The size at which the picture is sampled, and the part of it that is delivered.
    private var size: ImageSize
    private var region: PixelRegion
    private var nextRow = 0

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        try context.limits.checkMemory(source.byteCount)
        let bytes = try source.bytes(at: 0, count: source.byteCount)
        decoder = try CoinDecoder(parsing: bytes, context: context)
        header = decoder.header
        size = header.size
        region = PixelRegion(size)
        for kind in [header.metadata.icc, header.metadata.exif, header.metadata.xmp] {
            try context.limits.checkMetadata(kind?.count ?? 0)
        }
    }

    func select(_ region: PixelRegion, ofSize size: ImageSize) throws(ImageError) {
        try decoder.checkLimits(region: region, size: size)
        self.size = size
        self.region = region
        header.size = region.size
        nextRow = region.rows.lowerBound
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        let rows = nextRow..<min(nextRow + band.rowCapacity, region.rows.upperBound)
        let part = PixelRegion(columns: region.columns, rows: rows)
        try unsafe band.fill(rowCount: rows.count) { (buffer) throws(ImageError) in
            try unsafe decoder.decode(region: part, size: size, into: buffer)
        }
        nextRow = rows.upperBound
    }
}
