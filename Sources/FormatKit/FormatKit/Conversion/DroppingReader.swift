/// Delivers what another reader reads without its last channel, an extra sample that nobody wants.
final class DroppingReader: StoredSampleReader {
    let header: ImageHeader
    var heldByteCount: Int? { reader.heldByteCount }
    private let reader: any ImageReader

    init(_ reader: any ImageReader) {
        var header = reader.header
        header.layout.alpha = .opaque
        header.form.remove(.unspecifiedAlpha)
        header.metadata.significantBits?.removeLast()
        self.header = header
        self.reader = reader
    }

    func deliverStoredSamples() {
        (reader as? any StoredSampleReader)?.deliverStoredSamples()
    }

    func rowCount(vouchingForFirst rowCount: Int) -> Int {
        reader.rowCount(vouchingForFirst: rowCount)
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        let layout = reader.header.layout
        var whole = PixelBand(
            width: band.width, layout: layout, rowCapacity: band.rowCapacity)
        try reader.readRows(into: &whole)
        let (from, to) = (layout.bytesPerPixel, header.layout.bytesPerPixel)
        let pixelCount = whole.rowCount * band.width
        unsafe band.fill(rowCount: whole.rowCount) { output in
            unsafe whole.withFilledBytes { input in
                for pixel in 0..<pixelCount {
                    for byte in 0..<to {
                        unsafe output[pixel * to + byte] = input[pixel * from + byte]
                    }
                }
            }
        }
    }
}
