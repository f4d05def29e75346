/// Converts one file from a source to a sink.
public struct Converter: Sendable {
    /// The formats to choose from.
    public let registry: FormatRegistry
    /// Limits, threads, progress.
    public let context: CodecContext
    /// Whether a loss is an error.
    public let isStrict: Bool
    /// What a person wants of conversions, beside the format.
    public let preferences: ConversionPreferences
    /// What converts colors, if anything does.
    public let colorEngine: (any ColorEngine)?
    /// Whether outputs are decoded and compared with what was to be written.
    public let isVerifying: Bool

    /// Creates a converter.
    public init(
        registry: FormatRegistry, context: CodecContext, isStrict: Bool = false,
        preferences: ConversionPreferences = ConversionPreferences(),
        colorEngine: (any ColorEngine)? = nil, isVerifying: Bool = false
    ) {
        self.registry = registry
        self.context = context
        self.isStrict = isStrict
        self.preferences = preferences
        self.colorEngine = colorEngine
        self.isVerifying = isVerifying
    }

    /// What a conversion did.
    public struct Report: Sendable {
        /// The format that was read.
        public let sourceFormat: FormatID
        /// The format that was written.
        public let targetFormat: FormatID
        /// What was done to the picture, the first of them if there are several.
        public let plan: ConversionPlan
        /// The number of pictures written.
        public let pageCount: Int
        /// Everything that was lost of any picture.
        public let losses: [Loss]
        /// The size of the source, in bytes.
        public let sourceByteCount: Int
        /// The size of the output, in bytes.
        public let outputByteCount: Int
        /// What reader, turning and writer hold beyond a few rows, where they know.
        public let held: HeldMemory
    }

    /// The memory that the parts of a conversion take beyond a few rows, in bytes; `nil` where no
    /// more is known than the descriptors say.
    public struct HeldMemory: Sendable, Equatable {
        /// What the reader takes.
        public var reader: Int?
        /// What it takes to turn the picture upright.
        public var turning: Int
        /// What the writer takes.
        public var writer: Int?
    }

    /// Reads `source`, writes it as `plugin`'s format to `sink`, and commits the sink.
    ///
    /// The sink is made only once the source has been opened and the plan has been accepted. On
    /// any error it is discarded, and nothing that was visible before has changed.
    ///
    /// The pages of `further` files follow those of the first.
    ///
    /// `willWrite` hears what is about to be done, before pixels are decoded: it may wait until
    /// there is room for it, or throw to prevent it.
    ///
    /// - Throws: ``ImageError``.
    public func convert(
        _ source: any ImageSource, extensionHint: String? = nil,
        joining further: [(source: any ImageSource, extensionHint: String?)] = [],
        selection: Selection = .whole, to plugin: any FormatPlugin,
        settings: WriteSettings, willWrite: (Report) throws(ImageError) -> Void = { _ in },
        makeSink: () throws(ImageError) -> any ImageSink
    ) throws(ImageError) -> Report {
        let format = plugin.descriptor
        let log = LossLog()
        var context = context
        context.lose = log.add
        context.takesPlainCMYK = preferences.takesPlainCMYK
        let (sourceFormat, pages) = try open(
            [(source, extensionHint)] + further, selection: selection, context: context)
        let (pageCount, plan) = (
            pages.indices.count,
            try SequencePlan(
                converting: pages, to: format, settings: settings, preferences: preferences,
                context: context, engine: colorEngine)
        )
        /// What has turned out to be missing so far, of what is wanted.
        func laterLosses() -> [Loss] {
            log.losses.filter {
                !plan.losses.contains($0) && $0.kind.map(preferences.metadata.contains) ?? true
            }
        }
        let early = plan.losses + laterLosses()
        if isStrict, !early.isEmpty { throw .lossRefused(early) }
        let treatment = try plugin.treatment(of: plan.first.target, with: settings)
        let held = HeldMemory(
            reader: plan.heldByteCount, turning: plan.turnedByteCount,
            writer: treatment.heldByteCount)
        func report(clippedCount: Int, outputByteCount: Int) -> Report {
            Report(
                sourceFormat: sourceFormat, targetFormat: format.id, plan: plan.first,
                pageCount: pageCount,
                losses: plan.losses + laterLosses()
                    + (clippedCount > 0 ? [.clipping(clippedCount)] : []),
                sourceByteCount: further.reduce(source.byteCount) { $0 + $1.source.byteCount },
                outputByteCount: outputByteCount,
                held: held)
        }
        try willWrite(report(clippedCount: 0, outputByteCount: 0))
        let sink = try makeSink()
        var clippedCount = 0
        do throws(ImageError) {
            // What the codecs hold is given back before the output is verified.
            clippedCount = try write(
                consume pages, as: plan, to: sink, plugin, settings, context: context)
            if isStrict, !laterLosses().isEmpty { throw .lossRefused(laterLosses()) }
            if isVerifying {
                let (_, pages) = try open(
                    [(source, extensionHint)] + further, selection: selection,
                    context: OutputCheck.quiet(context))
                try OutputCheck(
                    converter: self, format: format, plan: plan,
                    treatment: treatment
                ).run(on: sink, against: pages)
            }
            try context.checkCancellation()
            try sink.commit()
        } catch {
            sink.discard()
            throw error
        }
        return report(clippedCount: clippedCount, outputByteCount: sink.byteCount)
    }

    private func open(
        _ sources: [(source: any ImageSource, extensionHint: String?)], selection: Selection,
        context: CodecContext
    ) throws(ImageError) -> (FormatID, SelectedPages) {
        var readers: [any ImageReader] = []
        var formats: [FormatID] = []
        for (source, extensionHint) in sources {
            let (format, found) = try registry.makeReader(
                source: source, extensionHint: extensionHint, context: context)
            formats.append(format.id)
            // What has no pixels of its own has no rows either.
            readers.append(
                context.isSalvaging && !(found is any SelectingReader)
                    ? SalvagingReader(found, format: format.id, context: context) : found)
        }
        let reader = readers.count == 1 ? readers[0] : JoinedReader(readers)
        return (
            formats[0],
            try SelectedPages(
                of: reader, format: formats[0], selection: selection,
                isUpright: preferences.orientation == .apply,
                dropsExtraSamples: preferences.extraSamples == .drop)
        )
    }

    /// Writes all pictures; returns how many samples had to be moved into their range.
    private func write(
        _ pages: consuming SelectedPages, as sequence: SequencePlan, to sink: any ImageSink,
        _ plugin: any FormatPlugin, _ settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> Int {
        let writer = try plugin.makeWriter(
            sink: sink, header: sequence.first.target, settings: settings, context: context)
        var clippedCount = 0
        for (place, index) in pages.indices.enumerated() {
            // Opened again even if it is the first: planning may have gone through all of them.
            let reader = try pages.open(index)
            let plan = try sequence.plan(for: reader.header)
            if place > 0 {
                guard let writer = writer as? any MultiImageWriter else {
                    preconditionFailure("a format that declares pages writes them")
                }
                try writer.beginPage(plan.target)
            }
            var rows = try ConvertedRows(of: reader, plan: plan, for: self, context: context)
            while let band = try rows.next() { try writer.writeRows(band) }
            clippedCount += rows.clippedCount
        }
        try writer.finish()
        return clippedCount
    }
}
