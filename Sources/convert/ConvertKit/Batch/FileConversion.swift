internal import FormatFiles
internal import FormatKit
internal import Synchronization

/// Does one job: opens, converts, commits.
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

    /// Does a job.
    ///
    /// - Parameters:
    ///   - item: The job, and how far to go.
    ///   - admit: Told, before pixels are decoded, how much memory that is expected to need;
    ///     returns when it is there.
    ///   - progress: Told now and then how far the job has come.
    /// - Returns: What became of it.
    func perform(
        _ item: Item, admit: @escaping (Int) -> Void = { _ in },
        progress: @escaping @Sendable (Progress) -> Void
    ) -> Outcome {
        let warnings = Warnings()
        let clock = ContinuousClock()
        let start = clock.now
        var context = CodecContext(
            limits: run.limits, threadCount: threadCount, kernels: run.kernels,
            isCancelled: isCancelled, progress: progress, warn: warnings.add)
        context.isSalvaging = options.isSalvaging
        var outcome: Outcome
        do throws(ImageError) {
            outcome = try perform(item, context: context, admit: admit)
        } catch {
            outcome = Outcome(job: item.job, result: .failed(Failure(error)))
        }
        outcome.warnings = warnings.all
        outcome.duration = clock.now - start
        return outcome
    }

    private func perform(
        _ item: Item, context: CodecContext, admit: @escaping (Int) -> Void
    ) throws(ImageError) -> Outcome {
        let job = item.job
        try context.checkCancellation()
        if item.mode != .measure, run.isSkippingExisting, try outputIsThere(job) {
            return Outcome(job: job, result: .skipped(.exists))
        }
        // To ask all codecs for their versions would load their libraries.
        let identity = item.isRecorded ? options.identity(format: format, registry: registry) : ""
        let history = ItemHistory(item: item, run: run, identity: identity)
        // Known before any decoding, so that nobody waits for a conversion that cannot end well.
        let isReplacing = try history.isReplacing()
        if case .file(let path) = job.output, item.mode != .measure {
            try Files.checkOutput(
                at: path, isReplacing: isReplacing, needsFolder: item.mode == .convert)
        }
        if item.mode != .measure, !isReplacing { try checkPreviews(of: job) }
        let source = try job.input.source(
            limit: run.limits.memoryByteCount, isCancelled: isCancelled)
        let digest = item.isRecorded ? try SHA256.digest(of: source, isCancelled: isCancelled) : nil
        if let digest, try history.isDone(inputDigest: digest) {
            return Outcome(job: job, result: .skipped(.recorded))
        }
        let work = ItemWork(
            conversion: self, job: job, source: source, further: try furtherSources(job),
            context: context,
            isReplacing: isReplacing, admit: admit)
        guard item.mode == .convert else {
            return Outcome(job: job, result: .planned(try work.plan()))
        }
        var outcome = Outcome(job: job, result: .converted(try work.convert()))
        if run.isPreservingTimes { preserveTimes(of: job, context) }
        // What was salvaged is not done.
        if let digest, outcome.report?.goodRowShare == nil {
            outcome.entry = try history.entry(inputDigest: digest)
        }
        return outcome
    }

    /// Opens the inputs whose pages follow.
    private func furtherSources(
        _ job: Job
    ) throws(ImageError) -> [(source: any ImageSource, extensionHint: String?)] {
        var sources: [(source: any ImageSource, extensionHint: String?)] = []
        for input in job.further {
            sources.append(
                (
                    try input.source(limit: run.limits.memoryByteCount, isCancelled: isCancelled),
                    input.fileExtension
                ))
        }
        return sources
    }

    /// Refuses to replace what has the name of a smaller picture.
    private func checkPreviews(of job: Job) throws(ImageError) {
        for path in job.outputPaths(previewCount: options.previewCount).dropLast()
        where try FileStatus.ofFile(at: path)?.kind == .regular {
            throw .io(
                "write \(path)", code: 0, reason: "the output exists; --overwrite replaces it")
        }
    }

    /// Gives the output the times of the input; where that fails, the output is right all the same.
    private func preserveTimes(of job: Job, _ context: CodecContext) {
        guard case .file(let input) = job.input, case .file(let output) = job.output else { return }
        do throws(ImageError) {
            try Files.copyTimes(from: input, to: output)
        } catch {
            context.warn("the times of the input are not kept: \(error)")
        }
    }

    private func outputIsThere(_ job: Job) throws(ImageError) -> Bool {
        guard case .file(let path) = job.output else { return false }
        return try FileStatus.ofFile(at: path)?.kind == .regular
    }
}

/// Collects lines from whichever thread a codec runs.
private final class Warnings: Sendable {
    private let lines = Mutex<[String]>([])
    /// A damaged file may give a warning for every row.
    private static let maximumCount = 20

    func add(_ line: String) {
        lines.withLock { $0.append(line) }
    }

    var all: [String] {
        lines.withLock { lines in
            let rest = lines.count - Self.maximumCount
            return lines.prefix(Self.maximumCount)
                + (rest > 0 ? ["and \(rest) more warnings"] : [])
        }
    }
}
