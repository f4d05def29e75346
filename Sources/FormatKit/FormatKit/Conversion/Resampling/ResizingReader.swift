internal import CResampling

/// Delivers a part of what another reader reads at another size.
///
/// Rows are mixed as they come. Where there are fewer of them afterward, each is added to the few
/// sums that it takes part in; else the few rows that a new one is made of are kept. Color is
/// multiplied by alpha meanwhile. Around the part, nothing takes part.
final class ResizingReader: ImageReader {
    let header: ImageHeader
    var heldByteCount: Int? { reader.heldByteCount }

    private let reader: any ImageReader
    private let resizing: Resizing
    private let resampling: Resampling
    private let context: CodecContext
    private let memory: MemoryShare
    /// What rows are made with, once they are wanted.
    private var mixer: RowMixer?
    /// The row that was read last, once one is wanted.
    private var sourceRow: PixelBand?
    /// The number of rows that have been read, and of those that have been delivered.
    private var (readCount, madeCount) = (0, 0)

    /// Creates a reader.
    ///
    /// - Precondition: The part lies within the picture; the filter is not
    ///   ``ResamplingFilter/nearest``.
    init(
        _ reader: any ImageReader, _ resizing: Resizing, _ resampling: Resampling,
        context: CodecContext
    ) {
        var header = reader.header
        header.size = resizing.size
        header.storage = nil
        // Between two of few levels there are others.
        header.significantBits = max(header.significantBits, 8)
        header.losses += header.metadata.lossesOfMixing(in: header.layout)
        if header.form.contains(.integers) {
            header.losses += header.form.intersection([.integers, .signed]).losses(
                to: .float32)
            header.form.subtract([.integers, .signed])
        }
        self.header = header
        self.reader = reader
        self.resizing = resizing
        self.resampling = resampling
        self.context = context
        memory = context.memory.makeShare()
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        let mixer = try startedMixer()
        let count = min(band.rowCapacity, header.size.height - madeCount)
        let bytesPerRow = band.bytesPerRow
        try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
            for row in 0..<count {
                try context.checkCancellation()
                while mixer.rowsNeeded > readCount { try readRow(mixer) }
                let bytes = row * bytesPerRow..<(row + 1) * bytesPerRow
                unsafe mixer.makeRow(into: UnsafeMutableRawBufferPointer(rebasing: buffer[bytes]))
            }
        }
        madeCount += count
        if madeCount == header.size.height { try readRest() }
    }

    private func startedMixer() throws(ImageError) -> RowMixer {
        if let mixer { return mixer }
        let mixer = try RowMixer(
            resizing, resampling, of: reader.header, memory: memory)
        let (size, layout) = (reader.header.size, reader.header.layout)
        try memory.reserve(layout.bytesPerRow(width: size.width))
        sourceRow = PixelBand(width: size.width, layout: layout, rowCapacity: 1)
        self.mixer = mixer
        return mixer
    }

    private func readRow(_ mixer: RowMixer) throws(ImageError) {
        try readRow()
        if let sourceRow, resizing.rows.source.contains(readCount - 1) {
            mixer.add(sourceRow, at: readCount - 1)
        }
    }

    private func readRow() throws(ImageError) {
        try context.checkCancellation()
        guard var row = sourceRow.take() else { return }
        defer { sourceRow = row }
        try reader.readRows(into: &row)
        readCount += 1
    }

    /// Reads what no new row needs, so that damage is noticed.
    private func readRest() throws(ImageError) {
        let end = resizing.rowCount(of: reader, after: readCount)
        while readCount < end { try readRow() }
    }
}
