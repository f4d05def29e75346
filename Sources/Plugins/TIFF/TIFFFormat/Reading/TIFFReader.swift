import FormatKit

/// Reads a page of a TIFF file, in bands of rows.
final class TIFFReader: ImageReader {
    let header: ImageHeader
    private let page: TIFFPage
    private var buffer: BlockBuffer
    private let context: CodecContext
    private var nextRow = 0

    /// Opens a file and checks everything that can be checked before a sample is decoded.
    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        let (fileHeader, first) = try TIFFHeader.parse(source)
        let scan = try PageScan(source, header: fileHeader, first: first, context: context)
        page = try TIFFPage(
            source: source, fileHeader: fileHeader,
            directory: (scan.firstOffset, scan.firstIndex), pageCount: scan.pageCount,
            context: context)
        header = page.header
        buffer = BlockBuffer(page)
        self.context = context
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        let count = min(band.rowCapacity, header.size.height - nextRow)
        let rowByteCount = band.bytesPerRow
        try unsafe band.fill(rowCount: count) {
            (output: UnsafeMutableRawBufferPointer) throws(ImageError) in
            for row in 0..<count {
                if !buffer.rows.contains(nextRow) {
                    try context.checkCancellation()
                    try buffer.decodeRows(from: nextRow)
                }
                let place = row * rowByteCount..<(row + 1) * rowByteCount
                unsafe page.assemble(
                    nextRow, of: buffer,
                    into: UnsafeMutableRawBufferPointer(rebasing: output[place]))
                nextRow += 1
            }
        }
    }
}
