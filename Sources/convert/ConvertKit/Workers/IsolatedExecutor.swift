#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import FormatFiles
internal import FormatKit

/// Does items in a process of its own, so that a codec that crashes or hangs costs one item.
///
/// The process is started with the first item, serves as many as come, and is replaced when it
/// ends or has to be ended. Used by one thread at a time.
@safe final class IsolatedExecutor: ItemExecutor, @unchecked Sendable {
    private let launcher: WorkerLauncher
    private let threadCount: Int
    private let timeLimit: Duration?
    private let signal: @Sendable () -> Int32?
    private var worker: WorkerProcess?

    /// How often to look for a signal.
    private static let tick = Duration.milliseconds(50)
    /// How long a worker may take to clear up after it was asked to stop.
    private static let grace = Duration.milliseconds(1200)

    init(
        _ launcher: WorkerLauncher, threadCount: Int, timeLimit: Duration?,
        signal: @escaping @Sendable () -> Int32?
    ) {
        self.launcher = launcher
        self.threadCount = threadCount
        self.timeLimit = timeLimit
        self.signal = signal
    }

    func perform(
        _ item: Item, gate: MemoryGate,
        committing: @escaping @Sendable ([RecordedOutput]) throws(ImageError) -> Void,
        progress: @escaping @Sendable (Progress) -> Void
    ) -> Outcome {
        let start = ContinuousClock.now
        let admission = MemoryGate.Admission(gate)
        defer { admission.release() }
        let result: Outcome.Result
        do throws(ImageError) {
            let worker = try runningWorker()
            worker.channel.send(WorkerMessage.item(item).json)
            switch wait(for: item, worker, admission, committing, progress) {
            case .success(let outcome): return outcome
            case .failure(let end): result = .failed(replace(worker, item, end))
            }
        } catch {
            result = .failed(Failure(error))
        }
        return Outcome(job: item.job, result: result, duration: .now - start)
    }

    /// Whether the run is to stop.
    ///
    /// A signal to a whole group of processes may reach a worker before this one.
    private var isToldToStop: Bool {
        for _ in 0..<10 {
            if signal() != nil { return true }
            usleep(20_000)
        }
        return signal() != nil
    }

    func prepare() -> Bool { (try? runningWorker()) != nil }

    func finish() {
        if let worker { _ = worker.end(byKilling: false) }
        worker = nil
    }

    private func runningWorker() throws(ImageError) -> WorkerProcess {
        if let worker { return worker }
        let new = try WorkerProcess(launcher, threadCount: threadCount)
        worker = new
        return new
    }

    /// Why there is no answer.
    private enum NoAnswer: Error {
        /// The worker has gone.
        case gone
        /// The worker says what nobody understands, as when a codec overwrites its memory.
        case nonsense
        /// The worker says why it cannot work.
        case unfit(String)
        /// The item takes too long.
        case late(Duration, isStall: Bool)
        /// The run is to stop, and the worker does not.
        case stubborn
    }

    private func wait(
        for item: Item, _ worker: WorkerProcess, _ admission: MemoryGate.Admission,
        _ committing: ([RecordedOutput]) throws(ImageError) -> Void,
        _ progress: (Progress) -> Void
    ) -> Result<Outcome, NoAnswer> {
        var watch = Watch(timeLimit: timeLimit)
        while true {
            switch worker.channel.receive(timeout: min(Self.tick, watch.timeLeft)) {
            case .end: return .failure(.gone)
            case .nonsense: return .failure(.nonsense)
            case .silence: break
            case .message(let json):
                watch.touch()
                switch WorkerMessage(json: json) {
                case .need(let byteCount):
                    // Waiting for others is not the item's fault.
                    watch.pause { admission.acquire(byteCount) }
                    worker.channel.send(WorkerMessage.proceed.json)
                case .commit(let outputs):
                    guard outputs.allSatisfy({ item.job.outputPaths.contains($0.path) }) else {
                        return .failure(.nonsense)
                    }
                    var answer = WorkerMessage.proceed
                    watch.pause {
                        answer = Self.answer { () throws(ImageError) in try committing(outputs) }
                    }
                    worker.channel.send(answer.json)
                case .progress(let fraction, let detail):
                    progress(Progress(fraction: fraction, detail: detail))
                case .unfit(let reason): return .failure(.unfit(reason))
                case .end(let json):
                    // A worker that somebody else told to stop is of no more use.
                    guard let outcome = Outcome(job: item.job, wire: json),
                        outcome.failure?.disposition != .cancelled || isToldToStop
                    else { return .failure(.nonsense) }
                    return .success(outcome)
                default: return .failure(.nonsense)
                }
            }
            if let number = signal(), watch.startStopping(within: Self.grace) {
                // Ctrl-C reaches workers by itself, `kill` does not; and of SIGTERM a worker does not
                // know whether its time to finish is over.
                worker.channel.send(WorkerMessage.stop(number).json)
            }
            if watch.timeLeft <= .zero {
                return .failure(
                    watch.isStopping
                        ? .stubborn : .late(watch.limit, isStall: timeLimit == nil))
            }
        }
    }

    /// Does what a worker asks for; tells it whether it may go on.
    private static func answer(_ body: () throws(ImageError) -> Void) -> WorkerMessage {
        do throws(ImageError) {
            try body()
            return .proceed
        } catch {
            return WorkerMessage(refusing: error)
        }
    }

    /// Ends a worker that gives no answer, and clears up after it.
    private func replace(_ worker: WorkerProcess, _ item: Item, _ reason: NoAnswer) -> Failure {
        self.worker = nil
        // One that has gone is not changed by it; one that only lost its pipe must not be waited for.
        let end = worker.end(byKilling: true)
        for path in item.job.outputPaths {
            TemporaryFiles.removeStale(in: path.directory, of: path)
        }
        switch reason {
        case .gone: return isToldToStop ? Failure(.cancelled) : .crash(end)
        case .nonsense: return .nonsense
        case .unfit(let reason): return .unfit(reason)
        case .late(let limit, let isStall): return .deadline(limit, isStall: isStall)
        case .stubborn: return Failure(.cancelled)
        }
    }
}

/// Measures how long an item takes.
private struct Watch {
    /// How long it may take, or, if there is no such limit, how long it may be silent.
    let limit: Duration
    private let isStrict: Bool
    private var end: ContinuousClock.Instant
    /// Whether the item was asked to stop.
    private(set) var isStopping = false

    init(timeLimit: Duration?) {
        limit = timeLimit ?? RunOptions.stallLimit
        isStrict = timeLimit != nil
        end = .now + limit
    }

    var timeLeft: Duration { end - .now }

    /// Notes a sign of life.
    mutating func touch() {
        if !isStrict, !isStopping { end = .now + limit }
    }

    /// Does something that does not count.
    mutating func pause(_ body: () -> Void) {
        let start = ContinuousClock.now
        body()
        end += .now - start
    }

    /// Gives the item a last time to stop in; `true` the first time.
    mutating func startStopping(within grace: Duration) -> Bool {
        guard !isStopping else { return false }
        isStopping = true
        end = .now + grace
        return true
    }
}
