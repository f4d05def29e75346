internal import FormatFiles
internal import FormatKit
internal import Synchronization

/// Does one job: opens, converts, commits.
struct FileConversion: Sendable {
    let registry: FormatRegistry
    let format: OutputFormat
    let settings: WriteSettings
    let options: ConversionOptions
    let threadCount: Int
    let isCancelled: @Sendable () -> Bool

    /// Does a job; `progress` hears how far a slow codec has come.
    func run(_ job: Job, progress: @escaping @Sendable (Progress) -> Void) -> Outcome {
        let warnings = Warnings()
        let clock = ContinuousClock()
        let start = clock.now
        let result: Outcome.Result
        do throws(ImageError) {
            let context = CodecContext(
                limits: options.limits, threadCount: threadCount, kernels: options.kernels,
                isCancelled: isCancelled, progress: progress, warn: warnings.add)
            result = try convert(job, context: context)
        } catch {
            result = .failed(error)
        }
        return Outcome(
            job: job, result: result, warnings: warnings.all, duration: clock.now - start)
    }

    private func convert(
        _ job: Job, context: CodecContext
    ) throws(ImageError) -> Outcome.Result {
        try context.checkCancellation()
        if options.isSkippingExisting, try outputIsThere(job) { return .skipped }
        // Known before any decoding, so that nobody waits for a conversion that cannot end well.
        if case .file(let path) = job.output {
            try Files.checkOutput(at: path, isReplacing: options.isReplacing)
        }
        let source = try job.input.source(
            limit: options.limits.memoryByteCount, isCancelled: isCancelled)
        if options.previewCount > 1 { try writePreviews(of: source, job, context: context) }
        return .converted(
            try convert(source, job, options.selection, to: job.output, context: context))
    }

    private func convert(
        _ source: any ImageSource, _ job: Job, _ selection: Selection, to output: Endpoint,
        context: CodecContext
    ) throws(ImageError) -> Converter.Report {
        let converter = Converter(
            registry: registry, context: context, isStrict: options.isStrict,
            preferences: options.preferences)
        return try converter.convert(
            source, extensionHint: job.input.fileExtension, selection: selection,
            to: format.plugin, settings: settings
        ) { () throws(ImageError) in
            switch output {
            case .standard: StreamSink.standardOutput()
            case .file(let path): try Files.sink(at: path, isReplacing: options.isReplacing)
            }
        }
    }

    /// Writes the smaller pictures that come before the output: `out.1.png`, `out.2.png`, ….
    private func writePreviews(
        of source: any ImageSource, _ job: Job, context: CodecContext
    ) throws(ImageError) {
        guard case .file(let path) = job.output else {
            throw .invalidOption(name: "--progressive", reason: "writes several files")
        }
        let (_, reader) = try registry.makeReader(
            source: source, extensionHint: job.input.fileExtension, context: context)
        let size = try options.selection.resolved(for: reader.header.size).size
        for (index, size) in size.halvings(count: options.previewCount).dropLast().enumerated() {
            let preview = Endpoint.file(path.inserting("\(index + 1)"))
            let selection = Selection(scale: .size(size))
            _ = try convert(source, job, selection, to: preview, context: context)
        }
    }

    /// The memory that a job is expected to need, from the headers alone.
    ///
    /// A codec that holds whole images is taken to hold two, in its own layout and in the
    /// library's; what cannot be opened costs nothing, for it will fail at once.
    func expectedMemory(of job: Job) -> Int {
        let context = CodecContext(limits: options.limits)
        guard case .file = job.input,
            let source = try? job.input.source(
                limit: options.limits.memoryByteCount, isCancelled: isCancelled),
            let (reader, file) = try? registry.makeReader(
                source: source, extensionHint: job.input.fileExtension, context: context)
        else { return 0 }
        let (size, layout) = (file.header.size, file.header.layout)
        let imageCount = [reader.read?.streaming, format.plugin.descriptor.write?.streaming]
            .reduce(0) { $0 + ($1 == .wholeImage ? 2 : 0) }
        let (byteCount, isHuge) = size.pixelCount.multipliedReportingOverflow(
            by: layout.bytesPerPixel * imageCount)
        return isHuge ? .max : byteCount
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
