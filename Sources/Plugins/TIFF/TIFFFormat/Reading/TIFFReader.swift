import FormatKit

/// Reads the pages of a TIFF file, in bands of rows.
final class TIFFReader: MultiImageReader, StoredSampleReader {
    private let source: any ImageSource
    private let fileHeader: TIFFHeader
    private let pageOffsets: [Int]
    private let fileLosses: [Loss]
    private let context: CodecContext
    private let memory: MemoryShare
    private var page: TIFFPage
    private var buffer: BlockBuffer
    private var nextRow = 0
    /// Where the strip ends in which damage was found, of what is salvaged.
    private var damagedEnd = 0

    var header: ImageHeader { page.header }

    /// A strip or a row of tiles may be the whole picture.
    var heldByteCount: Int? { page.geometry.heldByteCount }

    /// Opens a file and checks everything that can be checked before a sample is decoded.
    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        let (fileHeader, first) = try TIFFHeader.parse(source)
        let scan = try PageScan(source, header: fileHeader, first: first, context: context)
        page = try TIFFPage(
            source: source, fileHeader: fileHeader, directoryOffset: scan.offsets[0],
            pageCount: scan.offsets.count, fileLosses: scan.losses, context: context)
        memory = context.memory.makeShare()
        try memory.reserve(page.geometry.heldByteCount)
        buffer = BlockBuffer(page)
        pageOffsets = scan.offsets
        fileLosses = scan.losses
        self.source = source
        self.fileHeader = fileHeader
        self.context = context
    }

    func selectPage(_ index: Int) throws(ImageError) {
        memory.giveBack()
        page = try TIFFPage(
            source: source, fileHeader: fileHeader, directoryOffset: pageOffsets[index],
            pageCount: pageOffsets.count, fileLosses: fileLosses, context: context)
        try memory.reserve(page.geometry.heldByteCount)
        buffer = BlockBuffer(page)
        (nextRow, damagedEnd) = (0, 0)
    }

    /// Decodes the rows that come next; of what is salvaged, those that cannot be are zeros.
    private func decodeRows() throws(ImageError) {
        do throws(ImageError) {
            // What a decoder makes of a strip behind damage is nothing to trust.
            if nextRow >= damagedEnd { return try buffer.decodeRows(from: nextRow) }
        } catch {
            guard context.isSalvaging else { throw error }
            switch error {
            case .malformed, .truncated: break
            default: throw error
            }
            context.warn("\(error)")
            let height = page.geometry.blockHeight
            damagedEnd = (nextRow / height + 1) * height
        }
        buffer.clearRows(from: nextRow)
        context.loseRows(buffer.rows)
    }

    func deliverStoredSamples() { page.deliversStoredSamples = true }

    /// Damage of a strip or a tile shows up to its last row.
    func rowCount(vouchingForFirst rowCount: Int) -> Int {
        let height = page.geometry.blockHeight
        // A strip may claim to be higher than any picture.
        let blockCount = (rowCount - 1) / height + 1
        return blockCount >= (header.size.height - 1) / height + 1
            ? header.size.height : blockCount * height
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
                    try decodeRows()
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
