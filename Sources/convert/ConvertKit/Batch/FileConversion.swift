internal import FormatFiles
internal import FormatKit
internal import Synchronization

/// Does items: opens inputs, converts, commits.
struct FileConversion: Sendable {
    let registry: FormatRegistry
    let format: OutputFormat
    let settings: WriteSettings
    let options: ConversionOptions
    let run: RunOptions
    let threadCount: Int
    let isCancelled: @Sendable () -> Bool

    /// Creates the conversion to a format.
    ///
    /// - Throws: ``CommandError/usage(_:)`` if an option makes no sense for it.
    init(
        registry: FormatRegistry, format: OutputFormat, options: ConversionOptions,
        run: RunOptions, threadCount: Int, isCancelled: @escaping @Sendable () -> Bool
    ) throws(CommandError) {
        settings = try options.writeSettings(for: format.plugin.descriptor, registry: registry)
        self.registry = registry
        self.format = format
        self.options = options
        self.run = run
        self.threadCount = threadCount
        self.isCancelled = isCancelled
    }

    /// What happens while an item is done, for whoever has a say in it.
    struct Events {
        /// Told, before pixels are decoded, how much memory that is expected to need, in bytes;
        /// returns when it is there.
        var admit: (Int) -> Void = { _ in }
        /// Told what files are about to get the names of recorded outputs; throws to prevent it.
        var commit: ([RecordedOutput]) throws(ImageError) -> Void = { _ in }
        /// Told now and then how far the item has come.
        var progress: @Sendable (Progress) -> Void = { _ in }
    }

    /// Does an item.
    ///
    /// - Parameters:
    ///   - item: The job, and how far to go.
    ///   - events: Who hears of what happens.
    /// - Returns: What became of it.
    func perform(_ item: Item, _ events: Events) -> Outcome {
        let warnings = Warnings(of: item.job)
        let clock = ContinuousClock()
        let start = clock.now
        var context = CodecContext(
            limits: run.limits, threadCount: threadCount, isCancelled: isCancelled,
            progress: events.progress, warn: warnings.add)
        context.codecOptions = run.codecOptions
        context.isSalvaging = options.isSalvaging
        context.enter = warnings.enter
        let outputs = ItemOutputs(of: item.job)
        defer { outputs.discard() }
        var outcome: Outcome
        do throws(ImageError) {
            outcome = try perform(item, outputs, context: context, events)
        } catch {
            let failure = Failure(
                error, about: outputs.failedPath, reading: warnings.joinedPath,
                joining: item.job.joinedNames)
            outcome = Outcome(job: item.job, result: .failed(failure))
        }
        outcome.warnings = warnings.all
        outcome.duration = clock.now - start
        return outcome
    }

    private func perform(
        _ item: Item, _ outputs: ItemOutputs, context: CodecContext, _ events: Events
    ) throws(ImageError) -> Outcome {
        let job = item.job
        try context.checkCancellation()
        var input: [Converter.Source] = []
        if item.mode != .measure, run.isSkippingExisting,
            try outputsAreThere(job, opening: &input, context)
        {
            return Outcome(job: job, result: .skipped(.exists))
        }
        // To ask all codecs for their versions would load their libraries.
        let identity = item.isRecorded ? options.identity(format: format, registry: registry) : ""
        let history = ItemHistory(item: item, run: run, identity: identity)
        func check() throws(ImageError) {
            guard item.mode != .measure else { return }
            try outputs.check(history, needsFolder: item.mode == .convert)
        }
        // What is done needs no look at what may be replaced, which takes a digest.
        if !item.isRecorded { try check() }
        if input.isEmpty { input = try open(job, context) }
        var witness: InputWitness?
        if item.isRecorded {
            let found = try InputWitness(input[0].source, isCancelled: isCancelled)
            if try history.isDone(inputDigest: found.digest) {
                return Outcome(job: job, result: .skipped(.recorded))
            }
            try check()
            witness = found
        }
        let prepared = try prepare(selection(of: job), of: input, context)
        guard item.mode == .convert else {
            let report = ItemReport(prepared.report, inputs: job.joinedNames)
            return Outcome(job: job, result: .planned(report))
        }
        events.admit(Self.baseByteCount.addingClamped(prepared.heldByteCount))
        try context.checkCancellation()
        try writePreviews(of: job, input, size: prepared.selectedSize, to: outputs, context)
        let report = ItemReport(
            try prepared.run(to: outputs.sink(at: job.output)), isSalvaged: options.isSalvaging,
            inputs: job.joinedNames)
        var outcome = Outcome(job: job, result: .converted(report))
        try witness?.check(isCancelled: isCancelled)
        let contents = witness == nil ? [] : try outputs.contents(context)
        if witness != nil { try events.commit(contents.map(RecordedOutput.init)) }
        // Before an output may take the input's place.
        let times = run.isPreservingTimes ? times(of: job, context) : nil
        try outputs.commit()
        if let times { setTimes(times, of: job, context) }
        // What was salvaged is not done.
        if let witness, report.goodRowShare == nil {
            outcome.completion = history.completion(inputDigest: witness.digest, contents)
        }
        return outcome
    }

    /// What this program, its libraries and the bands of rows take, in bytes.
    static let baseByteCount = 24 << 20

    /// Opens the input and those whose pages follow.
    private func open(
        _ job: Job, _ context: CodecContext
    ) throws(ImageError) -> [Converter.Source] {
        var sources: [Converter.Source] = []
        for (number, input) in job.inputs.enumerated() {
            context.enter(number)
            let source = try input.source(
                limit: run.limits.memoryByteCount, formats: registry, isCancelled: isCancelled)
            sources.append((source, input.fileExtension))
        }
        return sources
    }

    private func prepare(
        _ selection: Selection, of input: [Converter.Source], _ context: CodecContext
    ) throws(ImageError) -> PreparedConversion {
        let converter = Converter(
            registry: registry, context: context, isStrict: options.isStrict,
            preferences: options.preferences, colorEngine: options.colorEngine,
            isVerifying: run.isVerifying, target: options.target)
        return try converter.prepare(
            input[0].source, extensionHint: input[0].extensionHint,
            joining: Array(input.dropFirst()), selection: selection, to: format.plugin,
            settings: settings)
    }

    /// What of the input is converted.
    private func selection(of job: Job) -> Selection {
        var selection = options.selection
        if let page = job.page { selection.pages = .page(page) }
        selection.isFirstOfAll = job.isFirstOfAll
        return selection
    }

    /// Writes the smaller pictures, which take less memory than the one that was asked for.
    private func writePreviews(
        of job: Job, _ input: [Converter.Source], size: ImageSize, to outputs: ItemOutputs,
        _ context: CodecContext
    ) throws(ImageError) {
        for (size, path) in job.previews(ofPicture: size) {
            let selection = Selection(
                scale: .size(size), resampling: options.selection.resampling,
                pages: selection(of: job).pages)
            let preview = try prepare(selection, of: input, context)
            _ = try preview.run(to: outputs.sink(at: .file(path)))
        }
    }

    /// When the input was read and changed; where that cannot be known, outputs are right all the same.
    private func times(of job: Job, _ context: CodecContext) -> FileTimes? {
        guard case .file(let input) = job.input else { return nil }
        do throws(ImageError) {
            return try Files.times(of: input)
        } catch {
            context.warn(Self.timesAreLost(error))
            return nil
        }
    }

    /// Gives the outputs the times of the input.
    private func setTimes(_ times: FileTimes, of job: Job, _ context: CodecContext) {
        for output in job.outputPaths {
            do throws(ImageError) {
                // A small picture has fewer previews than were asked for.
                guard try FileStatus.ofFile(at: output) != nil else { continue }
                try Files.setTimes(times, of: output)
            } catch {
                context.warn(Self.timesAreLost(error))
            }
        }
    }

    private static func timesAreLost(_ error: ImageError) -> String {
        "the times of the input are not kept: \(error.message)"
    }

    /// Whether all outputs are there; if only some are, none is left alone.
    ///
    /// How many previews a small picture has, only the input can tell, which is opened then.
    private func outputsAreThere(
        _ job: Job, opening input: inout [Converter.Source], _ context: CodecContext
    ) throws(ImageError) -> Bool {
        guard case .file(let output) = job.output, try Self.isThere(output) else { return false }
        var thereCount = 0
        for path in job.previews {
            guard try Self.isThere(path) else { break }
            thereCount += 1
        }
        if thereCount == job.previews.count { return true }
        input = try open(job, context)
        let size = try prepare(selection(of: job), of: input, context).selectedSize
        return job.previews(ofPicture: size).count <= thereCount
    }

    private static func isThere(_ path: Path) throws(ImageError) -> Bool {
        try FileStatus.ofFile(at: path)?.kind == .regular
    }
}

/// Collects lines from whichever thread a codec runs, and knows which of joined files they are about.
private final class Warnings: Sendable {
    private struct State {
        var warnings: [ReportedWarning] = []
        /// The input that is opened or read.
        var input = 0
    }

    private let inputs: [Endpoint]
    private let state = Mutex(State())
    /// A damaged file may give a warning for every row.
    private static let maximumCount = 20

    init(of job: Job) { inputs = job.inputs }

    /// An input is opened or read from now on.
    func enter(_ input: Int) { state.withLock { $0.input = input } }

    func add(_ line: String) {
        state.withLock { state in
            // The output is what all lines are told of.
            let input = inputs.count > 1 ? inputs[state.input].inputName : nil
            let warning = ReportedWarning(line, of: input)
            // Smaller pictures of one that is read again have the same to tell.
            let isKnown = state.warnings.prefix(Self.maximumCount).contains(warning)
            if !isKnown { state.warnings.append(warning) }
        }
    }

    /// The input that is read, of several.
    var joinedPath: Path? {
        guard inputs.count > 1, case .file(let path) = inputs[state.withLock { $0.input }] else {
            return nil
        }
        return path
    }

    var all: [ReportedWarning] {
        state.withLock { state in
            let rest = state.warnings.count - Self.maximumCount
            return state.warnings.prefix(Self.maximumCount)
                + (rest > 0 ? [ReportedWarning("and \(rest) more warnings")] : [])
        }
    }
}
