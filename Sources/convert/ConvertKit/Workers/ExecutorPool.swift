internal import FormatKit
internal import Synchronization

/// Several executors that share a supply of items, and the machine.
final class ExecutorPool: Sendable {
    private let executors: [any ItemExecutor]
    private let gate: MemoryGate

    /// Shares the machine for a plan, or for so many items in its manner.
    ///
    /// - Throws: ``CommandError/usage(_:)`` if an option makes no sense for the plan's format.
    init(
        registry: FormatRegistry, plan: BatchPlan, workCount: Int? = nil,
        options: ConversionOptions, run: RunOptions,
        resources: MachineResources, launcher: WorkerLauncher?,
        signal: @escaping @Sendable () -> Int32?
    ) throws(CommandError) {
        let shares = resources.shares(
            jobs: run.jobCount, threads: run.threadCount, workCount: workCount ?? plan.jobs.count)
        // Made in any case: it is this process that tells of options that make no sense.
        let conversion = try FileConversion(
            registry: registry, format: plan.format, options: options, run: run,
            threadCount: shares.threads, isCancelled: { signal() != nil })
        let isIsolated = !plan.isSingle || run.timeLimit != nil
        executors = (0..<shares.jobs).map { _ in
            guard isIsolated, let launcher else { return LocalExecutor(conversion) }
            return IsolatedExecutor(
                launcher, threadCount: shares.threads, timeLimit: run.timeLimit, signal: signal)
        }
        // Half of the machine: the estimates are rough, and others need memory, too.
        gate = MemoryGate(budget: min(run.limits.memoryByteCount, resources.memoryByteCount / 2))
    }

    /// Ends the executors.
    func finish() {
        for executor in executors { executor.finish() }
    }

    /// Does items in their order, as many at a time as there are executors.
    ///
    /// - Parameters:
    ///   - count: The number of items.
    ///   - item: What to do, by its number; asked once for each, by any thread.
    ///   - isGoingOn: Asked before each item.
    ///   - started: Told of each item before it is begun.
    ///   - committing: Told what files are about to get the names of recorded outputs; throws to
    ///     prevent it.
    ///   - progress: Told now and then how far an item has come.
    ///   - finished: Told what became of each.
    func perform(
        _ count: Int, _ item: @escaping @Sendable (Int) -> Item,
        while isGoingOn: @escaping @Sendable () -> Bool,
        started: @escaping @Sendable (Item) -> Void = { _ in },
        committing: @escaping @Sendable ([RecordedOutput]) throws(ImageError) -> Void = { _ in },
        progress: @escaping @Sendable (Int, Item, Progress) -> Void = { _, _, _ in },
        finished: @escaping @Sendable (Int, Outcome) -> Void
    ) {
        let supply = Supply(count)
        let executorCount = min(executors.count, count)
        forEachItem(executorCount, threadCount: executorCount, isWaiting: true) { _, number in
            // Where there is no process for all executors, there are fewer; the first tells why.
            while isGoingOn(), supply.isLeft, number == 0 || executors[number].prepare() {
                guard let index = supply.takeNext() else { return }
                let item = item(index)
                started(item)
                let outcome = executors[number].perform(
                    item, gate: gate, committing: committing,
                    progress: { progress(index, item, $0) })
                finished(index, outcome)
            }
        }
    }
}

/// Hands out the numbers below a count, each once.
private final class Supply: Sendable {
    private let count: Int
    private let next = Atomic(0)

    init(_ count: Int) { self.count = count }

    var isLeft: Bool { next.load(ordering: .relaxed) < count }

    func takeNext() -> Int? {
        let number = next.add(1, ordering: .relaxed).oldValue
        return number < count ? number : nil
    }
}
