/// Delivers a region of what another reader reads: the rest is read and dropped, below the region only as far as
/// damage in it might show.
final class CroppingReader: StoredSampleReader {
    let header: ImageHeader
    var heldByteCount: Int? { reader.heldByteCount }
    private let reader: any ImageReader
    private let region: PixelRegion
    private let context: CodecContext
    private var nextRow = 0
    private var row: PixelBand

    init(_ reader: any ImageReader, region: PixelRegion, context: CodecContext) {
        var header = reader.header
        row = PixelBand(width: header.size.width, layout: header.layout, rowCapacity: 1)
        header.size = region.size
        self.header = header
        self.reader = reader
        self.region = region
        self.context = context
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        while nextRow < region.rows.lowerBound { try readRow() }
        let rowCount = min(band.rowCapacity, region.rows.upperBound - nextRow)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rowCount * band.bytesPerRow)
        let pixel = header.layout.bytesPerPixel
        let range = region.columns.lowerBound * pixel..<region.columns.upperBound * pixel
        for _ in 0..<rowCount {
            try readRow()
            bytes += row.bytes[range]
        }
        unsafe band.fill(rowCount: rowCount) { unsafe $0.copyBytes(from: bytes) }
        guard nextRow == region.rows.upperBound else { return }
        let end = reader.rowCount(vouchingForFirst: nextRow)
        while nextRow < end { try readRow() }
    }

    func deliverStoredSamples() {
        (reader as? any StoredSampleReader)?.deliverStoredSamples()
    }

    private func readRow() throws(ImageError) {
        try context.checkCancellation()
        try reader.readRows(into: &row)
        nextRow += 1
    }
}
