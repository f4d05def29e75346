/// Converts one image from a source to a sink.
public struct Converter: Sendable {
    /// The formats to choose from.
    public let registry: FormatRegistry
    /// Limits, threads, progress.
    public let context: CodecContext
    /// Whether a loss is an error.
    public let isStrict: Bool

    /// Creates a converter.
    public init(registry: FormatRegistry, context: CodecContext, isStrict: Bool = false) {
        self.registry = registry
        self.context = context
        self.isStrict = isStrict
    }

    /// What a conversion did.
    public struct Report: Sendable {
        /// The format that was read.
        public let sourceFormat: FormatID
        /// The format that was written.
        public let targetFormat: FormatID
        /// What was converted and what was lost.
        public let plan: ConversionPlan
        /// The size of the source, in bytes.
        public let sourceByteCount: Int
        /// The size of the output, in bytes.
        public let outputByteCount: Int
    }

    /// Reads `source`, writes it as `plugin`'s format to `sink`, and commits the sink.
    ///
    /// The sink is made only once the source has been opened and the plan has been accepted. On
    /// any error it is discarded, and nothing that was visible before has changed.
    ///
    /// - Throws: ``ImageError``.
    public func convert(
        _ source: any ImageSource, extensionHint: String? = nil,
        selection: Selection = .whole, to plugin: any FormatPlugin,
        settings: WriteSettings, makeSink: () throws(ImageError) -> any ImageSink
    ) throws(ImageError) -> Report {
        let format = plugin.descriptor
        let (sourceFormat, opened) = try registry.makeReader(
            source: source, extensionHint: extensionHint, context: context)
        let reader = try select(selection, from: opened, format: sourceFormat.id)
        let plan = try ConversionPlan(converting: reader.header, to: format, settings: settings)
        if isStrict, !plan.losses.isEmpty { throw .lossRefused(plan.losses) }
        let sink = try makeSink()
        do throws(ImageError) {
            let writer = try plugin.makeWriter(
                sink: sink, header: plan.target, settings: settings, context: context)
            try copyRows(from: reader, to: writer, plan: plan)
            try writer.finish()
            try context.checkCancellation()
            try sink.commit()
        } catch {
            sink.discard()
            throw error
        }
        return Report(
            sourceFormat: sourceFormat.id, targetFormat: format.id, plan: plan,
            sourceByteCount: source.byteCount, outputByteCount: sink.byteCount)
    }

    /// Makes a reader deliver what is selected.
    ///
    /// Any format can be cropped; only those that say so can be read at another size, for the
    /// converter does not resample.
    private func select(
        _ selection: Selection, from reader: any ImageReader, format: FormatID
    ) throws(ImageError) -> any ImageReader {
        guard selection != .whole else { return reader }
        let native = reader.header.size
        let (size, region) = try selection.resolved(for: native)
        if let selecting = reader as? any SelectingReader {
            try selecting.select(region, ofSize: size)
            return selecting
        }
        guard size == native else {
            throw .unsupported(format, "reading at another size than its own (\(native))")
        }
        return CroppingReader(reader, region: region)
    }

    /// The size of a band that keeps calls cheap and memory flat, in bytes.
    private static let bandByteCount = 1 << 20

    private func copyRows(
        from reader: any ImageReader, to writer: any ImageWriter, plan: ConversionPlan
    ) throws(ImageError) {
        let (size, layout) = (plan.source.size, plan.source.layout)
        guard let converter = PixelConverter(from: layout, to: plan.target.layout) else {
            preconditionFailure("a plan has only layouts that convert")
        }
        let bytesPerRow = layout.bytesPerRow(width: size.width)
        let rowCapacity = max(1, min(size.height, Self.bandByteCount / bytesPerRow))
        try context.limits.checkMemory(rowCapacity * bytesPerRow * 4)
        var band = PixelBand(width: size.width, layout: layout, rowCapacity: rowCapacity)
        var rowCount = 0
        while rowCount < size.height {
            try context.checkCancellation()
            try reader.readRows(into: &band)
            precondition(band.rowCount > 0, "a reader delivers every row or throws")
            rowCount += band.rowCount
            try writer.writeRows(converter.convert(band))
        }
    }
}
