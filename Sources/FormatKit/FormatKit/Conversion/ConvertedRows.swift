/// The rows of a picture as they are written: read, turned and converted as its plan says.
struct ConvertedRows {
    private let reader: any ImageReader
    private let pipeline: PixelPipeline
    private let context: CodecContext
    private let height: Int
    private var band: PixelBand
    private let memory: MemoryShare
    private var rowCount = 0
    /// How many samples had to be moved into their range so far.
    private(set) var clippedCount = 0

    /// The size of a band that keeps calls cheap and memory flat, in bytes.
    private static let bandByteCount = 1 << 20

    /// Prepares to read the rows of `stored`.
    ///
    /// - Throws: ``ImageError`` if memory is short or colors cannot be converted.
    init(
        of stored: any ImageReader, plan: ConversionPlan, for converter: Converter,
        context: CodecContext
    ) throws(ImageError) {
        plan.prepare(stored)
        reader = plan.isTurned ? try TurningReader(stored, context: context) : stored
        pipeline = try PixelPipeline(
            plan, preferences: converter.preferences, engine: converter.colorEngine)
        self.context = context
        height = plan.target.size.height
        memory = context.memory.makeShare()
        band = try Self.band(for: plan.target.size, plan.source.layout, memory)
    }

    /// An empty band of a sensible number of rows, with room for what it is converted to.
    ///
    /// - Throws: ``ImageError/limitExceeded(_:requested:allowed:)``.
    static func band(
        for size: ImageSize, _ layout: PixelLayout, _ memory: MemoryShare
    ) throws(ImageError) -> PixelBand {
        let bytesPerRow = layout.bytesPerRow(width: size.width)
        let rowCapacity = max(1, min(size.height, bandByteCount / bytesPerRow))
        try memory.reserve(rowCapacity * bytesPerRow * 4)
        return PixelBand(width: size.width, layout: layout, rowCapacity: rowCapacity)
    }

    /// The next rows, or `nil` after the last.
    ///
    /// - Throws: ``ImageError`` as the reader does, or if somebody cancels.
    mutating func next() throws(ImageError) -> PixelBand? {
        guard rowCount < height else { return nil }
        try context.checkCancellation()
        try reader.readRows(into: &band)
        precondition(band.rowCount > 0, "a reader delivers every row or throws")
        let converted = pipeline.convert(band, firstRow: rowCount)
        clippedCount += converted.clippedCount
        rowCount += band.rowCount
        return converted.band
    }
}
