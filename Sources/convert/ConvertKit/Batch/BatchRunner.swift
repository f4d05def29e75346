internal import FormatFiles
package import FormatKit
internal import Synchronization

/// Carries out a plan, several jobs at a time.
package struct BatchRunner: Sendable {
    private let registry: FormatRegistry
    private let options: ConversionOptions
    private let run: RunOptions
    private let console: Console
    private let resources: MachineResources
    private let launcher: WorkerLauncher?
    private let writeOutput: @Sendable (String) -> Void
    private let signal: @Sendable () -> Int32?
    private let announcement: @Sendable () -> Int32?

    /// Creates a runner.
    ///
    /// - Parameters:
    ///   - registry: The formats.
    ///   - options: What the command line says about every conversion.
    ///   - run: What it says about how the run goes.
    ///   - console: Where errors, warnings and progress go.
    ///   - resources: What the run may use.
    ///   - launcher: How processes are started for the jobs of a batch; without it, this one does
    ///     them.
    ///   - writeOutput: Where JSON goes.
    ///   - signal: The signal that asks the run to stop, if one has come.
    ///   - announcement: The signal because of which the run is to begin nothing more, if one has
    ///     come.
    package init(
        registry: FormatRegistry, options: ConversionOptions, run: RunOptions, console: Console,
        resources: MachineResources = .current(), launcher: WorkerLauncher? = nil,
        writeOutput: @escaping @Sendable (String) -> Void = StandardStreams.writeOutput,
        signal: @escaping @Sendable () -> Int32? = { Interruption.signal },
        announcement: @escaping @Sendable () -> Int32? = { Interruption.announcement }
    ) {
        self.registry = registry
        self.options = options
        self.run = run
        self.console = console
        self.resources = resources
        self.launcher = launcher
        self.writeOutput = writeOutput
        self.signal = signal
        self.announcement = announcement
    }

    /// Whether to begin anything more.
    private var isGoingOn: @Sendable () -> Bool {
        { [signal, announcement] in signal() == nil && announcement() == nil }
    }

    /// Does all jobs of a request.
    ///
    /// - Throws: ``CommandError`` if the request makes no sense; then nothing was done.
    package func run(_ request: ConversionRequest) throws(CommandError) -> ProgramStatus {
        var request = request
        request.previewCount = options.previewCount
        request.isReplacing = run.isReplacing || run.isForced
        var plan = try request.plan(registry: registry)
        try check(plan)
        let start = ContinuousClock.now
        let pool = try ExecutorPool(
            registry: registry, plan: plan, options: options, run: run, resources: resources,
            launcher: launcher, signal: signal)
        defer { pool.finish() }
        let failures = try plan.isNamed ? [] : name(&plan, of: request, pool)
        let (reporter, item) = try prepare(plan)
        defer { reporter.close() }
        for failure in plan.failures { reporter.report(failure) }
        perform(item, failures, plan, pool, reporter)
        return end(
            reporter, plan,
            unopenedCount: plan.inputCount - plan.jobs.count - failures.count, since: start)
    }

    /// Tells what the run has come to.
    private func end(
        _ reporter: BatchReporter, _ plan: BatchPlan, unopenedCount: Int = 0,
        since start: ContinuousClock.Instant
    ) -> ProgramStatus {
        console.clearStatus()
        let status = status(of: reporter, plan)
        reporter.summarize(
            plan, unopenedCount: unopenedCount, duration: .now - start, status: status)
        return status
    }

    private func check(_ plan: BatchPlan) throws(CommandError) {
        // A batch has files.
        let single = plan.isSingle ? plan.jobs.first : nil
        let writesStream = single?.output == .standard
        if run.isJSON || run.isDryRun, writesStream {
            throw .usage(
                "\(run.isJSON ? "--json" : "the plan") and the image cannot both go to standard "
                    + "output")
        }
        if run.isResuming, plan.isSingle {
            throw .usage("--resume needs a folder, or --output-dir")
        }
        if options.previewCount > 1, writesStream {
            throw .usage("--progressive writes several files, not standard output")
        }
        if run.timeLimit != nil, writesStream || single?.input == .standard {
            throw .usage("--timeout needs files, not standard input or output")
        }
    }

    /// Opens the inputs, and names their outputs after the pictures; returns what failed.
    private func name(
        _ plan: inout BatchPlan, of request: ConversionRequest, _ pool: ExecutorPool
    ) throws(CommandError) -> [Outcome] {
        let outcomes = Monitor<[Int: Outcome]>([:])
        let (jobs, needsPages) = (plan.jobs, plan.template.needsPages)
        pool.perform(
            jobs.count,
            { index in
                var job = jobs[index]
                // Of all pages, none is lost.
                if needsPages { job.page = 0 }
                return Item(job, mode: .measure)
            }, while: isGoingOn,
            finished: { index, outcome in outcomes.change { $0[index] = outcome } })
        var (measures, failures) = ([Int: BatchPlan.Measure](), [Outcome]())
        outcomes.change { outcomes in
            for index in plan.jobs.indices {
                if let report = outcomes[index]?.report {
                    measures[index] = BatchPlan.Measure(
                        size: report.output.size, frameCount: report.input.pageCount)
                }
                if let outcome = outcomes[index], outcome.failure != nil {
                    // Of the job as it is, without the page that was opened for it.
                    failures.append(
                        Outcome(
                            job: jobs[index], result: outcome.result, warnings: outcome.warnings,
                            duration: outcome.duration,
                            peakMemoryByteCount: outcome.peakMemoryByteCount))
                }
            }
        }
        failures += plan.name(measures, pages: options.selection.pages).map { job, error in
            Outcome(job: job, result: .failed(Failure(error)))
        }
        for index in failures.indices { failures[index].isNamed = false }
        try plan.complete(
            previewCount: request.previewCount, isReplacing: request.isReplacing)
        return failures
    }

    /// Makes the folders, the log and the record.
    private func prepare(
        _ plan: BatchPlan
    ) throws(CommandError) -> (reporter: BatchReporter, item: @Sendable (Int) -> Item) {
        if !plan.jobs.isEmpty, !run.isDryRun { try makeFolders(plan) }
        try checkLog(plan)
        let log = try run.logPath.map { (path) throws(CommandError) in
            do throws(ImageError) {
                return try RunLog(appendingTo: path, console: console)
            } catch {
                throw .failed(path.description, error)
            }
        }
        let record = try openRecord(plan)
        let reporter = BatchReporter(
            console: console, run: run, writeOutput: writeOutput, log: log, record: record,
            root: plan.root)
        let (jobs, mode) = (plan.jobs, run.isDryRun ? Item.Mode.plan : .convert)
        return (
            reporter,
            { [console] index in
                var item = Item(jobs[index], mode: mode)
                guard let record else { return item }
                item.isRecorded = true
                for path in item.job.outputPaths {
                    do throws(ImageError) {
                        item.entries[path] = try record.entry(for: path)
                    } catch {
                        // Then it is somebody else's, which is safe.
                        console.warning(
                            path.description, "the record cannot be read: \(error.message)")
                    }
                }
                return item
            }
        )
    }

    /// Refuses a log that has the name of an output or of a record: one would spoil the other.
    private func checkLog(_ plan: BatchPlan) throws(CommandError) {
        guard let log = run.logPath else { return }
        let name = log.lastComponent
        if name.bytes.starts(with: RecordFiles.namePrefix) {
            throw .usage("--log would be the record of a folder")
        }
        let folder = log.directory.resolvingLinks
        for output in plan.outputPaths
        where output.lastComponent == name && output.directory.resolvingLinks == folder {
            throw .usage("--log would be the output \(output)")
        }
    }

    private func openRecord(_ plan: BatchPlan) throws(CommandError) -> BatchRecord? {
        guard run.isResuming, let root = plan.root, !plan.jobs.isEmpty else { return nil }
        do throws(ImageError) {
            return try BatchRecord(
                in: root, outputs: plan.outputPaths, part: plan.part, isReadOnly: run.isDryRun)
        } catch {
            throw .failed(
                RecordFiles(root: root, part: plan.part).own.description, error)
        }
    }

    private func makeFolders(_ plan: BatchPlan) throws(CommandError) {
        for folder in plan.folders {
            try CommandError.about(folder) { () throws(ImageError) in
                try Directory.create(at: folder)
            }
        }
        // What a killed run left: of one output, or in the folders of this batch.
        if plan.isSingle {
            for path in plan.outputPaths {
                TemporaryFiles.removeStale(in: path.directory, of: path)
            }
        } else {
            let folders = Set(plan.outputPaths.lazy.map(\.directory))
            guard plan.part != nil else {
                for folder in folders { TemporaryFiles.removeStale(in: folder) }
                return
            }
            // Of other parts, which may run on machines whose processes are not seen here, nothing is
            // stale.
            let own = NameSet(
                plan.outputPaths.map { TemporaryFiles.beginning(for: $0).stableHash })
            for folder in folders {
                TemporaryFiles.removeStale(in: folder) { own.contains($0.stableHash) }
            }
        }
    }

    private func perform(
        _ item: @escaping @Sendable (Int) -> Item, _ failures: [Outcome], _ plan: BatchPlan,
        _ pool: ExecutorPool, _ reporter: BatchReporter
    ) {
        let clock = ContinuousClock()
        let start = clock.now
        let display = ProgressDisplay(
            console: console, jobCount: plan.inputCount, isSingle: plan.isSingle,
            now: { clock.now - start })
        for (index, failure) in failures.enumerated() {
            reporter.finish(failure, display: display, index: -1 - index)
        }
        if plan.isSingle, let job = plan.jobs.first {
            Shortage.setTelling { error in
                reporter.finish(
                    Outcome(
                        job: job, result: .failed(Failure(error)), duration: clock.now - start),
                    display: display, index: 0)
                return end(reporter, plan, since: start)
            }
        }
        defer { Shortage.setTelling(nil) }
        // A plan is read by people, and compared: it is in order.
        let sorter = run.isDryRun ? Sorter() : nil
        pool.perform(
            plan.jobs.count, item, while: { [isGoingOn] in isGoingOn() && !reporter.isFull },
            started: { reporter.start($0.job) },
            committing: { (outputs) throws(ImageError) in try reporter.commit(outputs) },
            progress: { display.update(job: $0, name: $1.job.input.description, $2) },
            finished: { index, outcome in
                guard let sorter else {
                    return reporter.finish(outcome, display: display, index: index)
                }
                sorter.take(outcome, index) {
                    reporter.finish($0, display: display, index: $1)
                }
            })
    }

    private func status(of reporter: BatchReporter, _ plan: BatchPlan) -> ProgramStatus {
        if let number = signal() { return .signal(number) }
        // A run that had time enough to finish all of it has not been stopped.
        if let number = announcement(), reporter.result.doneCount < plan.inputCount {
            return .signal(number)
        }
        var status = reporter.result.status
        // Of few inputs, there is none for some parts.
        if status == .nothingMatched, let part = plan.part, part.wholeCount > 0 {
            status = .success
        }
        // A log that lacks something must not look like success.
        return status == .success && reporter.isIncomplete ? .retryable : status
    }
}

/// Brings outcomes into the order of their items.
final class Sorter: Sendable {
    private let state = Mutex<(next: Int, waiting: [Int: Outcome])>((0, [:]))

    /// Takes an outcome, and passes on those whose turn has come, one after the other: of two threads
    /// that do this, the second waits, or it might be the first to tell.
    func take(_ outcome: Outcome, _ index: Int, pass: (Outcome, Int) -> Void) {
        state.withLock { state in
            state.waiting[index] = outcome
            while let outcome = state.waiting.removeValue(forKey: state.next) {
                pass(outcome, state.next)
                state.next += 1
            }
        }
    }
}
