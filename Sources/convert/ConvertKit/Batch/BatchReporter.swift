internal import FormatFiles
internal import FormatKit
internal import Synchronization

/// Tells everybody who wants to know what a run does: the console, the log, the record, JSON.
final class BatchReporter: Sendable {
    private let console: Console
    private let run: RunOptions
    private let writeOutput: @Sendable (String) -> Void
    private let log: RunLog?
    private let record: BatchRecord?
    private let root: Path?
    private let tally = Mutex(Tally())
    private let begunCount = Atomic(0)

    init(
        console: Console, run: RunOptions, writeOutput: @escaping @Sendable (String) -> Void,
        log: RunLog?, record: BatchRecord?, root: Path? = nil
    ) {
        self.console = console
        self.run = run
        self.writeOutput = writeOutput
        self.log = log
        self.record = record
        self.root = root
    }

    /// What the run has come to so far.
    var result: Tally { tally.withLock { $0 } }

    /// Whether so much has failed that no more is to be begun.
    var isFull: Bool {
        guard let most = run.maximumFailureCount else { return false }
        return result.failedCount >= most
    }

    /// Whether the log lacks something.
    var isIncomplete: Bool { log?.isIncomplete ?? false }

    /// A job is begun.
    func start(_ job: Job) {
        guard !run.isDryRun else { return }
        begunCount.add(1, ordering: .relaxed)
        log?.add("started", job.logged(below: root))
    }

    /// Names in the log the jobs that were not begun when the run ends.
    ///
    /// Nobody would know of them who has only the log. Jobs are begun in their order.
    ///
    /// - Returns: How many of those it does not name: there is no time for more, as a signal may have
    ///   asked the run to end.
    private func leave(_ jobs: JobList) -> Int {
        guard let log, !run.isDryRun else { return 0 }
        let left = jobs.dropFirst(begunCount.load(ordering: .relaxed))
        let start = ContinuousClock.now
        for (number, job) in left.enumerated() {
            if number % 256 == 0, .now - start > .seconds(1) { return left.count - number }
            log.add("left", job.logged(below: root))
        }
        return 0
    }

    /// Files are about to get the names of outputs: the record says so first, or a kill would leave
    /// outputs that nobody knows.
    func commit(_ outputs: [RecordedOutput]) throws(ImageError) { try record?.commit(outputs) }

    /// A job is done.
    func finish(_ outcome: Outcome, display: ProgressDisplay, index: Int) {
        tally.withLock { $0.add(outcome) }
        log?.add(
            outcome.status == "converted" ? "finished" : outcome.status,
            outcome.logged(below: root))
        if run.isJSON { writeOutput(outcome.json.description + "\n") }
        if let completion = outcome.completion { keep(completion, of: outcome.job) }
        // Whoever asked for it knows.
        if outcome.failure?.disposition == .cancelled { return }
        let name = outcome.warned
        for warning in outcome.warnings { console.warning(name, warning.line) }
        for line in outcome.report?.losses.lines ?? [] { console.warning(name, line) }
        if display.isSingle, let target = outcome.report?.target {
            console.note("\(name): \(target.text)")
        }
        if let share = outcome.report?.goodRowShare {
            console.error(
                name, "salvaged: \(Int((share * 100).rounded(.down))) % of its rows are good")
        }
        if run.isDryRun {
            if !run.isJSON, outcome.failure == nil {
                writeOutput(Console.printable(outcome.line) + "\n")
            }
        } else {
            display.finish(job: index, isFailure: outcome.failure != nil, line: outcome.line)
        }
        if let failure = outcome.failure { console.error(outcome.subject, failure.message) }
    }

    /// A folder could not be listed.
    func report(_ folder: BatchPlan.FolderFailure) {
        let failure = Failure(folder.error)
        tally.withLock { $0.add(failure) }
        console.error(folder.path.description, failure.message)
        let subject: JSONValue = ["input": .string(folder.path.description)]
        log?.add("failed", subject + ["folder": .boolean(true), "error": failure.json])
        guard run.isJSON else { return }
        let json = subject + ["status": .string("failed"), "error": failure.json]
        writeOutput(json.description + "\n")
    }

    /// The run is over, or does not take place.
    func close() { record?.close() }

    /// What the run has come to.
    ///
    /// - Parameters:
    ///   - plan: What was to be done.
    ///   - unopenedCount: The number of inputs that were to be opened for names, and were not.
    ///   - duration: How long it took.
    ///   - status: How it ends.
    func summarize(
        _ plan: BatchPlan, unopenedCount: Int, duration: Duration, status: ProgramStatus
    ) {
        let tally = result
        let left = plan.inputCount + plan.failures.count - tally.doneCount
        let unnamedCount = left > 0 ? leave(plan.jobs) + unopenedCount : 0
        let ends: JSONValue = [
            "not_done": .integer(left), "ignored": .integer(plan.ignoredFileCount),
            "excluded": .integer(plan.excludedFileCount),
            "milliseconds": .integer(duration.milliseconds),
            "status": .integer(Int(status.rawValue)),
        ]
        // Who has not done what is in folders has put nothing right.
        let scanned = run.isDryRun || left > 0 ? [:] : plan.scannedJSON
        let unnamed: JSONValue = unnamedCount > 0 ? ["unnamed": .integer(unnamedCount)] : [:]
        log?.add("summary", tally.json + ends + unnamed + (plan.part?.json ?? [:]) + scanned)
        if plan.isSingle { return }
        let part = plan.part.map { "shard \($0.shard): " } ?? ""
        console.note(part + Self.text(tally, plan, left: left))
    }

    private static func text(_ tally: Tally, _ plan: BatchPlan, left: Int) -> String {
        var parts = [
            tally.plannedCount > 0
                ? "\(tally.plannedCount) would be converted" : "\(tally.convertedCount) converted"
        ]
        if tally.salvagedCount > 0 { parts.append("\(tally.salvagedCount) of them only salvaged") }
        if tally.skippedCount > 0 { parts.append("\(tally.skippedCount) skipped") }
        if tally.failedCount > 0 { parts.append("\(tally.failedCount) failed") }
        if left > 0 { parts.append("\(left) not done") }
        if plan.ignoredFileCount > 0 {
            let rest = plan.ignoredFileCount - plan.ignoredNames.count
            let names = plan.ignoredNames.map(\.description).joined(separator: ", ")
            parts.append(
                "\(plan.ignoredFileCount) ignored (no image file by its name: \(names)"
                    + (rest > 0 ? " and \(rest) more)" : ")"))
        }
        if plan.excludedFileCount > 0 { parts.append("\(plan.excludedFileCount) left out") }
        return parts.joined(separator: ", ")
    }

    /// Keeps what was done; if that fails, the outputs are made again by the next run.
    private func keep(_ completion: ItemCompletion, of job: Job) {
        do throws(ImageError) {
            try record?.finish(completion)
        } catch {
            console.warning(job.output.description, "not recorded as done: \(error.message)")
        }
    }
}

extension BatchPlan.Part {
    /// The members of a summary that say which part of what it is about.
    fileprivate var json: JSONValue {
        [
            "shard": .string(shard.description), "partition": .string(digest),
            "of_all": .integer(wholeCount),
        ]
    }
}

extension BatchPlan {
    /// The members of a summary that say which folders have been listed, and which could not be: by
    /// these a report knows what has been put right.
    fileprivate var scannedJSON: JSONValue {
        if scannedFolders.isEmpty { return [:] }
        func texts(_ paths: [Path]) -> JSONValue { .array(paths.map { .string("\($0)") }) }
        return ["scanned": texts(scannedFolders), "unlisted": texts(failures.map(\.path))]
    }
}

extension Job {
    /// The page, for the log: by it, jobs are told apart whose outputs have no name yet.
    fileprivate var pageJSON: JSONValue {
        page.map { ["page": .integer($0 + 1)] } ?? [:]
    }

    /// The members of a line in the log about a job that is not done.
    fileprivate func logged(below root: Path?, isNamed: Bool = true) -> JSONValue {
        let files: JSONValue = isNamed ? json : ["input": .string(input.description)]
        let entry = entry(below: root, isNamed: isNamed)
        return files + entry + (entry["page"] == nil ? pageJSON : [:])
    }

    /// The members that make such a line one of a list, by which the job can be done again.
    private func entry(below root: Path?, isNamed: Bool) -> JSONValue {
        guard let root, case .file(let input) = input, case .file(let output) = output
        else { return [:] }
        var entry = ListEntry(input: input)
        entry.page = page
        // What has no name yet gets it from the template, as here.
        guard isNamed else { return entry.json() }
        guard let name = output.below(root) else { return [:] }
        entry.output = name
        return entry.json()
    }
}

extension Outcome {
    /// The members of a line in the log.
    fileprivate func logged(below root: Path?) -> JSONValue {
        if case .failed = result { return job.logged(below: root, isNamed: isNamed) + details }
        let files = files + job.pageJSON
        guard let completion, let output = completion.outputs.last else {
            return files + details
        }
        return files + details + [
            "input_sha256": .string(completion.inputDigest),
            "output_sha256": .string(output.content.digest),
        ]
    }
}
