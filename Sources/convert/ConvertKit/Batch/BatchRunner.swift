internal import FormatFiles
package import FormatKit
internal import Synchronization

/// Carries out a plan, several jobs at a time.
package struct BatchRunner: Sendable {
    private let registry: FormatRegistry
    private let options: ConversionOptions
    private let console: Console
    private let resources: MachineResources
    private let writeOutput: @Sendable (String) -> Void
    private let signal: @Sendable () -> Int32?

    /// Creates a runner.
    ///
    /// - Parameters:
    ///   - registry: The formats.
    ///   - options: What the command line says about every conversion.
    ///   - console: Where errors, warnings and progress go.
    ///   - resources: What the run may use.
    ///   - writeOutput: Where JSON goes.
    ///   - signal: The signal that asks the run to stop, if one has come.
    package init(
        registry: FormatRegistry, options: ConversionOptions, console: Console,
        resources: MachineResources = .current(),
        writeOutput: @escaping @Sendable (String) -> Void = StandardStreams.writeOutput,
        signal: @escaping @Sendable () -> Int32? = { Interruption.signal }
    ) {
        self.registry = registry
        self.options = options
        self.console = console
        self.resources = resources
        self.writeOutput = writeOutput
        self.signal = signal
    }

    /// Does all jobs of a request.
    ///
    /// - Throws: ``CommandError`` if the request makes no sense; then nothing was done.
    package func run(_ request: ConversionRequest) throws(CommandError) -> ProgramStatus {
        let plan = try request.plan(registry: registry)
        let format = plan.format.plugin.descriptor
        let settings = try options.writeSettings(for: format, registry: registry)
        if options.isJSON, plan.jobs.contains(where: { $0.output == .standard }) {
            throw .usage("--json and the image cannot both go to standard output")
        }
        let outcomes = try carryOut(plan, settings: settings)
        if !plan.isSingle { summarize(outcomes, plan) }
        return status(of: outcomes, plan)
    }

    private func carryOut(
        _ plan: BatchPlan, settings: WriteSettings
    ) throws(CommandError) -> [Outcome] {
        if !plan.jobs.isEmpty { try makeFolders(plan) }
        for failure in plan.failures { report(failure) }
        let shares = resources.shares(
            jobs: options.jobCount, threads: options.threadCount, workCount: plan.jobs.count)
        let conversion = FileConversion(
            registry: registry, format: plan.format, settings: settings, options: options,
            threadCount: shares.threads, isCancelled: { [signal] in signal() != nil })
        let clock = ContinuousClock()
        let start = clock.now
        let display = ProgressDisplay(
            console: console, jobCount: plan.jobs.count, isSingle: plan.isSingle,
            now: { clock.now - start })
        let queue = JobQueue(plan.jobs)
        // Half of the memory: the estimates are rough, and others need some too.
        let gate = MemoryGate(budget: resources.memoryByteCount / 2)
        Threads.run(shares.jobs) { _ in
            while signal() == nil, let (index, job) = queue.next() {
                let memory = shares.jobs > 1 ? conversion.expectedMemory(of: job) : 0
                let outcome = gate.withAdmission(of: memory) {
                    conversion.run(job) {
                        display.update(job: index, name: job.input.description, $0)
                    }
                }
                queue.finish(outcome, at: index)
                report(outcome, display, index)
            }
        }
        console.clearStatus()
        return queue.outcomes
    }

    private func makeFolders(_ plan: BatchPlan) throws(CommandError) {
        for folder in plan.folders {
            do throws(ImageError) {
                try Directory.create(at: folder)
            } catch {
                throw .failed(folder.description, error)
            }
        }
        // What a killed run left in the folders of this one.
        let targets = plan.jobs.compactMap { job -> Path? in
            if case .file(let path) = job.output { path.directory } else { nil }
        }
        for folder in Set(targets) where !plan.isSingle {
            TemporaryFiles.removeStale(in: folder)
        }
    }

    private func report(_ outcome: Outcome, _ display: ProgressDisplay, _ index: Int) {
        if options.isJSON { writeOutput(outcome.json.description + "\n") }
        // Whoever asked for it knows.
        if outcome.error == .cancelled { return }
        let name = outcome.job.input.inputName
        for warning in outcome.warnings { console.warning(name, warning) }
        if case .converted(let report) = outcome.result {
            for loss in report.losses { console.warning(name, loss.description) }
        }
        display.finish(job: index, isFailure: outcome.error != nil, line: outcome.line)
        if let error = outcome.error { console.error(outcome.subject, error.description) }
    }

    private func report(_ failure: BatchPlan.FolderFailure) {
        console.error(failure.path.description, failure.error.description)
        if options.isJSON {
            let json: JSONValue = [
                "input": .string(failure.path.description), "status": .string("failed"),
                "error": failure.error.json,
            ]
            writeOutput(json.description + "\n")
        }
    }

    private func summarize(_ outcomes: [Outcome], _ plan: BatchPlan) {
        var counts = (converted: 0, skipped: 0, failed: plan.failures.count)
        for outcome in outcomes {
            switch outcome.result {
            case .converted: counts.converted += 1
            case .skipped: counts.skipped += 1
            case .failed(.cancelled): break
            case .failed: counts.failed += 1
            }
        }
        let done = counts.converted + counts.skipped + counts.failed - plan.failures.count
        var parts = ["\(counts.converted) converted"]
        if counts.skipped > 0 { parts.append("\(counts.skipped) skipped") }
        if counts.failed > 0 { parts.append("\(counts.failed) failed") }
        if done < plan.jobs.count { parts.append("\(plan.jobs.count - done) not done") }
        if plan.ignoredFileCount > 0 {
            parts.append("\(plan.ignoredFileCount) ignored (no known image extension)")
        }
        console.note(parts.joined(separator: ", "))
    }

    private func status(of outcomes: [Outcome], _ plan: BatchPlan) -> ProgramStatus {
        if let number = signal() { return .signal(number) }
        let statuses = outcomes.compactMap { $0.error.map(ProgramStatus.init(of:)) }
        if statuses.isEmpty, plan.failures.isEmpty { return .success }
        // An option that no input can be converted with is a mistake in the command line.
        let isUsage = plan.failures.isEmpty && statuses.allSatisfy { $0 == .usage }
        return isUsage && statuses.count == plan.jobs.count ? .usage : .failure
    }
}

/// Hands out jobs in order and collects what became of them.
private final class JobQueue: Sendable {
    private let jobs: [Job]
    private let state: Mutex<(next: Int, outcomes: [Int: Outcome])>

    init(_ jobs: [Job]) {
        self.jobs = jobs
        state = Mutex((0, [:]))
    }

    func next() -> (index: Int, job: Job)? {
        state.withLock { state in
            guard state.next < jobs.count else { return nil }
            defer { state.next += 1 }
            return (state.next, jobs[state.next])
        }
    }

    func finish(_ outcome: Outcome, at index: Int) {
        state.withLock { $0.outcomes[index] = outcome }
    }

    /// What became of the jobs that were started, in order.
    var outcomes: [Outcome] {
        state.withLock { state in jobs.indices.compactMap { state.outcomes[$0] } }
    }
}
