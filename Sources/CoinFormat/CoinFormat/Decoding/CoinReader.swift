internal import FormatKit

/// Delivers the rows of a `.coin` file, decoded a band at a time.
final class CoinReader: ImageReader {
    let header: ImageHeader
    private let decoder: CoinDecoder
    private var nextRow = 0

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        try context.limits.checkMemory(source.byteCount)
        let bytes = try source.bytes(at: 0, count: source.byteCount)
        decoder = try CoinDecoder(parsing: bytes, context: context)
        header = decoder.header
        for kind in [header.metadata.icc, header.metadata.exif, header.metadata.xmp] {
            try context.limits.checkMetadata(kind?.count ?? 0)
        }
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        let rows = nextRow..<min(nextRow + band.rowCapacity, header.size.height)
        let region = PixelRegion(columns: 0..<header.size.width, rows: rows)
        try unsafe band.fill(rowCount: rows.count) { (buffer) throws(ImageError) in
            try unsafe decoder.decode(region: region, size: header.size, into: buffer)
        }
        nextRow = rows.upperBound
    }
}
