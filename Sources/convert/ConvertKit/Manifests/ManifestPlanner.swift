package import FormatFiles
package import FormatKit

/// Writes down what a run would do, for runs of its parts: opens inputs, but decodes none.
package struct ManifestPlanner: Sendable {
    private let registry: FormatRegistry
    private let options: ConversionOptions
    private let run: RunOptions
    private let console: Console
    private let resources: MachineResources
    private let launcher: WorkerLauncher?
    private let signal: @Sendable () -> Int32?

    /// Whether nothing is opened, so that nothing is known but names.
    private let isByNameOnly: Bool

    /// Creates a planner.
    ///
    /// - Parameters:
    ///   - registry: The formats.
    ///   - options: What the command line says about every conversion.
    ///   - run: What it says about how the run goes.
    ///   - console: Where errors and the summary go.
    ///   - resources: What may be used.
    ///   - launcher: How processes are started that open the inputs; without it, this one does.
    ///   - isByNameOnly: Whether inputs are not opened, and nothing is known of them but names.
    ///   - signal: The signal that asks to stop, if one has come.
    package init(
        registry: FormatRegistry, options: ConversionOptions, run: RunOptions, console: Console,
        resources: MachineResources = .current(), launcher: WorkerLauncher? = nil,
        isByNameOnly: Bool = false,
        signal: @escaping @Sendable () -> Int32? = { Interruption.signal }
    ) {
        self.registry = registry
        self.options = options
        self.run = run
        self.console = console
        self.resources = resources
        self.launcher = launcher
        self.isByNameOnly = isByNameOnly
        self.signal = signal
    }

    /// How many inputs are looked at before their lines are written.
    private static let groupCount = 1024

    /// Writes the manifest of a request.
    ///
    /// Memory holds 8 bytes for each output, and a part of the names that does not grow.
    ///
    /// - Parameters:
    ///   - request: What is to be converted.
    ///   - path: The manifest.
    /// - Returns: `success`, `failure` if some input cannot be converted, or `nothingMatched`.
    /// - Throws: ``CommandError`` if the request makes no sense; then there is no manifest.
    package func run(
        _ request: ConversionRequest, to path: Path
    ) throws(CommandError) -> ProgramStatus {
        let lines = ManifestLines(
            template: request.template ?? .standard, format: try request.format(registry: registry),
            pages: options.selection.pages)
        guard !lines.template.needsPictures || !isByNameOnly else {
            throw .usage("--names-only cannot name outputs after pictures")
        }
        let (inputs, foundFailureCount) = try request.manifestEntries(registry: registry, console)
        var failureCount = foundFailureCount
        if inputs.count == 0 { return failureCount > 0 ? .failure : .nothingMatched }
        let pool = try isByNameOnly ? nil : makePool(lines, workCount: inputs.count)
        defer { pool?.finish() }
        var writer = try CommandError.about(path) { () throws(ImageError) in
            try ManifestWriter(
                path: path, isReplacing: run.isReplacing, previewCount: options.previewCount)
        }
        var reader = try CommandError.about(path) { () throws(ImageError) in
            try inputs.reader()
        }
        while true {
            let group = try CommandError.about(path) { () throws(ImageError) in
                try Self.nextGroup(&reader)
            }
            if group.isEmpty { break }
            let outcomes = pool.map { measure(group, lines, $0) }
            if let number = signal() { return .signal(number) }
            for (index, entry) in group.enumerated() {
                let isGood = try CommandError.about(path) { () throws(ImageError) in
                    try add(entry, outcomes?[index], lines, to: &writer)
                }
                if !isGood { failureCount += 1 }
            }
        }
        try writer.finish()
        console.note(
            "\(writer.entryCount) planned"
                + (failureCount > 0 ? ", \(failureCount) cannot be converted" : ""))
        return failureCount > 0 ? .failure : .success
    }

    private func makePool(
        _ lines: ManifestLines, workCount: Int
    ) throws(CommandError) -> ExecutorPool {
        try ExecutorPool(
            registry: registry, plan: BatchPlan(format: lines.format), workCount: workCount,
            options: options, run: run, resources: resources, launcher: launcher, signal: signal)
    }

    private static func nextGroup(
        _ inputs: inout SortedEntries.Reader
    ) throws(ImageError) -> [ManifestEntry] {
        var group: [ManifestEntry] = []
        while group.count < groupCount, let record = try inputs.next() {
            group.append(ManifestEntry(record: record[...]))
        }
        return group
    }

    /// Opens the inputs of entries; the outcomes are in the same order, fewer where a signal came.
    private func measure(
        _ group: [ManifestEntry], _ lines: ManifestLines, _ pool: ExecutorPool
    ) -> [Outcome] {
        let outcomes = Monitor<[Int: Outcome]>([:])
        let needsPages = lines.template.needsPages
        pool.perform(
            group.count,
            { index in
                let entry = group[index]
                // Of all pages, none is lost.
                let page = needsPages ? entry.page ?? 0 : entry.page
                return Item(
                    Job(input: .file(entry.input), output: .standard, page: page), mode: .measure)
            }, while: { [signal] in signal() == nil },
            finished: { index, outcome in outcomes.change { $0[index] = outcome } })
        var sorted: [Outcome] = []
        outcomes.change { outcomes in sorted = group.indices.compactMap { outcomes[$0] } }
        return sorted
    }

    /// Writes the lines of an entry; `false` if it cannot be converted.
    private func add(
        _ entry: ManifestEntry, _ outcome: Outcome?, _ lines: ManifestLines,
        to writer: inout ManifestWriter
    ) throws(ImageError) -> Bool {
        var failure = outcome?.failure
        var all = outcome == nil ? [lines.line(for: entry)] : []
        if let report = outcome?.report {
            do throws(ImageError) {
                all = try lines.lines(for: entry, report)
            } catch {
                // It lacks a page that was asked for.
                failure = Failure(error)
            }
        }
        if let failure {
            console.error(entry.input.description, failure.message)
            all = lines.lines(for: entry, failure)
        }
        for line in all { try writer.add(line.entry, line.more) }
        return failure == nil
    }
}
