internal import CResampling

/// Delivers a part of what another reader reads at another size, each sample one of the picture's:
/// the nearest, as it is.
final class NearestReader: StoredSampleReader {
    let header: ImageHeader
    var heldByteCount: Int? { reader.heldByteCount }

    private let reader: any ImageReader
    private let resizing: Resizing
    private let context: CodecContext
    private let memory: MemoryShare
    /// The places of the columns, once they are wanted.
    private var columns: [Int] = []
    /// The row that was read last, once one is wanted.
    private var sourceRow: PixelBand?
    private var (readCount, madeCount) = (0, 0)

    /// Creates a reader.
    ///
    /// - Precondition: The part lies within the picture.
    init(_ reader: any ImageReader, _ resizing: Resizing, context: CodecContext) {
        var header = reader.header
        header.size = resizing.size
        self.header = header
        self.reader = reader
        self.resizing = resizing
        self.context = context
        memory = context.memory.makeShare()
    }

    func deliverStoredSamples() {
        (reader as? any StoredSampleReader)?.deliverStoredSamples()
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        try start()
        let count = min(band.rowCapacity, header.size.height - madeCount)
        let (bytesPerRow, pixel) = (band.bytesPerRow, band.layout.bytesPerPixel)
        try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
            for row in 0..<count {
                try context.checkCancellation()
                let index = resizing.rows.wanted.lowerBound + madeCount + row
                try readRows(upTo: resizing.rows.nearest(to: index))
                guard let start = buffer.baseAddress else { return }
                let target = unsafe start + row * bytesPerRow
                unsafe sourceRow?.withFilledBytes { source in
                    guard let source = source.baseAddress else { return }
                    unsafe resampling_pick(columns, columns.count, pixel, source, target)
                }
            }
        }
        madeCount += count
        // Damage is noticed also where nothing is taken from.
        if madeCount == header.size.height {
            try readRows(upTo: resizing.rowCount(of: reader, after: readCount) - 1)
        }
    }

    private func start() throws(ImageError) {
        guard columns.isEmpty else { return }
        let (size, layout) = (reader.header.size, reader.header.layout)
        try memory.reserve(
            resizing.columns.wanted.count * 8 + layout.bytesPerRow(width: size.width))
        sourceRow = PixelBand(width: size.width, layout: layout, rowCapacity: 1)
        columns = resizing.columns.wanted.map(resizing.columns.nearest)
    }

    private func readRows(upTo index: Int) throws(ImageError) {
        while readCount <= index {
            try context.checkCancellation()
            guard var row = sourceRow.take() else { return }
            defer { sourceRow = row }
            try reader.readRows(into: &row)
            readCount += 1
        }
    }
}

extension ResampledSpan {
    /// The sample of the picture that is nearest to the center of a new one; of two, the later.
    ///
    /// - Precondition: The span consists of whole samples.
    fileprivate func nearest(to index: Int) -> Int {
        // ⌊(index + ½) · length / count⌋ in whole numbers, which have no rounding.
        let product = (2 * index + 1).multipliedFullWidth(by: source.count)
        return source.lowerBound + (2 * count).dividingFullWidth(product).quotient
    }
}
