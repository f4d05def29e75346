/// Converts files from sources to sinks: ``prepare(_:extensionHint:joining:selection:to:settings:)``
/// plans, and the ``PreparedConversion`` does the work.
///
/// ```swift
/// let registry = try BuiltInFormats.makeRegistry()
/// guard let png = registry.plugin(named: "png") else { return }
/// let converter = Converter(
///     registry: registry, context: CodecContext(threadCount: 2),
///     colorEngine: BuiltInFormats.colorEngine)
/// let report = try converter.convert(
///     try FileSource(path: photograph), to: png, settings: WriteSettings()
/// ) { () throws(ImageError) in try FileSink(path: output, isReplacing: false) }
/// for loss in report.losses { print("warning: \(loss)") }
/// ```
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

    /// What outputs are to come to, for which a quality is searched.
    public let target: EncodingTarget?

    /// Creates a converter.
    public init(
        registry: FormatRegistry, context: CodecContext, isStrict: Bool = false,
        preferences: ConversionPreferences = ConversionPreferences(),
        colorEngine: (any ColorEngine)? = nil, isVerifying: Bool = false,
        target: EncodingTarget? = nil
    ) {
        self.target = target
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
        /// How the picture that the plan begins with got its size, if that is another than before; of
        /// several, the first.
        package let resizing: ResizingReport?
        /// What was done to the picture, the first of them if there are several.
        public let plan: ConversionPlan
        /// What passed from the reader to the writer: pixels, or a stream as it is.
        package internal(set) var path: ConversionPath
        /// How the target was reached, if there was one.
        public internal(set) var reached: ReachedTarget?
        /// The number of pictures written.
        public let pageCount: Int
        /// Everything that was lost of any picture.
        public internal(set) var losses: [Loss]
        /// The part that is good of the rows that were read for the output, if the file is damaged in any
        /// that were looked at.
        public internal(set) var goodRowShare: Double?
        /// The size of the source, in bytes.
        public let sourceByteCount: Int
        /// The size of the output, in bytes; 0 before it is written.
        public internal(set) var outputByteCount: Int
        /// What reader, turning and writer hold beyond a few rows, where they know.
        package let held: HeldMemory
    }

    /// The memory that the parts of a conversion take beyond a few rows, in bytes; `nil` where no
    /// more is known than the descriptors say.
    package struct HeldMemory: Sendable, Equatable {
        /// What the reader takes.
        package var reader: Int?
        /// What it takes to turn the picture upright.
        package var turning: Int
        /// What the writer takes.
        package var writer: Int?
    }

    /// One file to read, and the extension of its name, if it has one.
    public typealias Source = (source: any ImageSource, extensionHint: String?)

    /// Opens `source` and plans its conversion to `plugin`'s format, from headers alone.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - extensionHint: The extension of its name, which decides between formats that look alike.
    ///   - further: Files whose pages follow those of the first.
    ///   - selection: What of the pictures is wanted.
    ///   - plugin: The format to write.
    ///   - settings: How to write it.
    /// - Returns: A conversion that can be run.
    /// - Throws: ``ImageError``: what reader and plan refuse, and
    ///   ``ImageError/lossRefused(_:)`` if losses are forbidden and some are known already.
    public func prepare(
        _ source: any ImageSource, extensionHint: String? = nil, joining further: [Source] = [],
        selection: Selection = .whole, to plugin: any FormatPlugin, settings: WriteSettings
    ) throws(ImageError) -> PreparedConversion {
        let format = plugin.descriptor
        try target?.check(format, settings)
        if isVerifying, format.write != nil, format.read == nil {
            throw .unsupported(format.id, "verifying: the format is only written")
        }
        let log = LossLog()
        var context = context
        context.lose = log.add
        context.ledger = RowLedger()
        if !further.isEmpty {
            context.enter = { [enter = context.enter] input in
                log.enter(input)
                enter(input)
            }
        }
        context.takesPlainCMYK = preferences.takesPlainCMYK
        let sources = [(source, extensionHint)] + further
        let (sourceFormat, pages) = try open(sources, selection: selection, context: context)
        let firstReader = try pages.open(pages.indices[0])
        let plan = try SequencePlan(
            converting: pages, openAt: firstReader, to: plugin, settings: settings,
            preferences: preferences, context: context, engine: colorEngine)
        let treatment = try plugin.treatment(of: plan.first.target, with: settings)
        let planned = try PathPlanner(
            pages: pages, first: firstReader, plan: plan, plugin: plugin,
            settings: settings, preferences: preferences, isSearching: target != nil
        ).path(to: format.id)
        let work = PreparedConversion.Work(
            converter: self, sources: sources, selection: selection, plugin: plugin,
            settings: settings, plan: plan, path: planned.path, pathLosses: planned.losses,
            treatment: treatment, context: context, log: log)
        let losses = try work.acceptedLosses(planned.losses, on: planned.path)
        return PreparedConversion(
            work, PreparedConversion.OpenInput(pages: pages, first: firstReader),
            report: Report(
                sourceFormat: sourceFormat, targetFormat: format.id,
                resizing: (firstReader as? ChangedReader)?.resizing, plan: plan.first,
                path: planned.path,
                pageCount: pages.indices.count, losses: losses,
                sourceByteCount: sources.reduce(0) { $0 + $1.source.byteCount },
                outputByteCount: 0,
                held: HeldMemory(
                    reader: plan.heldByteCount, turning: plan.turnedByteCount,
                    writer: treatment.heldByteCount)))
    }

    /// Prepares a conversion and runs it to a sink that is made once the plan has been accepted.
    ///
    /// - Throws: ``ImageError``.
    public func convert(
        _ source: any ImageSource, extensionHint: String? = nil, joining further: [Source] = [],
        selection: Selection = .whole, to plugin: any FormatPlugin, settings: WriteSettings,
        makeSink: () throws(ImageError) -> any ImageSink
    ) throws(ImageError) -> Report {
        let prepared = try prepare(
            source, extensionHint: extensionHint, joining: further, selection: selection,
            to: plugin, settings: settings)
        return try prepared.run(to: try makeSink())
    }

    func open(
        _ sources: [Source], selection: Selection, context: CodecContext
    ) throws(ImageError) -> (FormatID, SelectedPages) {
        var readers: [any ImageReader] = []
        var formats: [FormatID] = []
        for (number, (source, extensionHint)) in sources.enumerated() {
            context.enter(number)
            let (format, found) = try registry.makeReader(
                source: source, extensionHint: extensionHint, context: context)
            formats.append(format.id)
            // What has no pixels of its own has no rows either.
            readers.append(
                context.isSalvaging && !(found is any SelectingReader)
                    ? SalvagingReader(found, format: format.id, context: context) : found)
        }
        context.enter(0)
        let reader = readers.count == 1 ? readers[0] : JoinedReader(readers, context: context)
        return (
            formats[0],
            try SelectedPages(
                of: reader, format: formats[0], selection: selection,
                isUpright: preferences.orientation == .apply,
                dropsExtraSamples: preferences.extraSamples == .drop, context: context)
        )
    }
}
