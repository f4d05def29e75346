#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import FormatFiles
package import FormatKit
internal import Synchronization

/// The inside of a worker process: converts the items that come through its input.
package struct WorkerServer: Sendable {
    private let channel: LineChannel
    /// The arguments with which the program that started this worker was started.
    package let arguments: [String]
    private let threadCount: Int

    /// Takes over the standard streams and waits to be told what to do; `nil` if nobody does.
    package init?() {
        guard let pipes = StandardStreams.takePipes() else { return nil }
        self.init(LineChannel(input: pipes.input, output: pipes.output))
    }

    init?(_ channel: LineChannel) {
        guard case .message(let json) = channel.receive(),
            case .start(let arguments, let threadCount) = WorkerMessage(json: json)
        else { return nil }
        self.channel = channel
        self.arguments = arguments
        self.threadCount = threadCount
    }

    /// Converts items until no more come.
    ///
    /// - Throws: ``CommandError/usage(_:)`` if the options make no sense.
    package func run(
        registry: FormatRegistry, request: ConversionRequest, options: ConversionOptions,
        run: RunOptions
    ) throws(CommandError) {
        let conversion = try FileConversion(
            registry: registry, format: request.format(registry: registry), options: options,
            run: run, threadCount: threadCount, isCancelled: { Interruption.signal != nil })
        serve(conversion, orphaned: Self.leave)
    }

    /// Tells the parent why this process cannot work, before it ends.
    package func fail(_ reason: String) {
        channel.send(WorkerMessage.unfit(reason).json)
    }

    /// Nobody waits for what is being converted any more: leave nothing of it.
    private static func leave() {
        TemporaryFiles.removeAll()
        _exit(ProgramStatus.failure.rawValue)
    }

    func serve(_ conversion: FileConversion, orphaned: @escaping @Sendable () -> Void) {
        Interruption.becomeWorker()
        Shortage.leaveTellingToParent()
        let inbox = Inbox()
        // A thread of its own listens, so that the end of the parent is noticed at work, too.
        let isListening = Threads.start { [channel] in
            while case .message(let json) = channel.receive() {
                let message = WorkerMessage(json: json)
                if case .stop(let signal)? = message {
                    Interruption.stop(after: signal)
                } else {
                    inbox.put(message)
                }
            }
            if inbox.close() { orphaned() }
        }
        // Nothing would ever come in.
        if !isListening { Shortage.end(code: EAGAIN) }
        while let item = inbox.nextItem() {
            let outcome = perform(item, conversion, inbox)
            inbox.finish()
            channel.send(WorkerMessage.end(outcome.wire).json)
        }
    }

    private func perform(
        _ item: Item, _ conversion: FileConversion, _ inbox: Inbox
    ) -> Outcome {
        let throttle = Throttle(interval: .milliseconds(100))
        PeakMemory.reset()
        var outcome = conversion.perform(
            item,
            FileConversion.Events(
                admit: { byteCount in
                    channel.send(WorkerMessage.need(byteCount).json)
                    _ = inbox.waitForAnswer()
                },
                commit: { (outputs) throws(ImageError) in
                    channel.send(WorkerMessage.commit(outputs).json)
                    switch inbox.waitForAnswer() {
                    case .proceed: return
                    case .refuse(let operation, let code, let reason):
                        throw .io(operation, code: Int32(clamping: code), reason: reason)
                    default: throw .cancelled
                    }
                },
                progress: { progress in
                    guard throttle.admits() else { return }
                    channel.send(
                        WorkerMessage.progress(progress.fraction, progress.detail).json)
                }))
        outcome.peakMemoryByteCount = PeakMemory.byteCount
        return outcome
    }
}

/// What has come from the parent and waits to be dealt with.
private final class Inbox: Sendable {
    private struct State {
        var items: [Item] = []
        /// What the parent says to a question.
        var answer: WorkerMessage?
        var isBusy = false
        var isClosed = false
    }

    private let state = Monitor(State())

    func put(_ message: WorkerMessage?) {
        state.change { state in
            switch message {
            case .item(let item): state.items.append(item)
            case .proceed, .refuse: state.answer = message
            default: state.isClosed = true
            }
        }
    }

    /// Notes that nothing more comes; tells whether an item is being dealt with.
    func close() -> Bool {
        var isBusy = false
        state.change { state in
            state.isClosed = true
            isBusy = state.isBusy
        }
        return isBusy
    }

    func nextItem() -> Item? {
        var item: Item?
        state.change(when: { !$0.items.isEmpty || $0.isClosed }) { state in
            guard !state.isClosed else { return }
            item = state.items.removeFirst()
            state.isBusy = true
        }
        return item
    }

    /// The parent's answer; `nil` if it has gone.
    func waitForAnswer() -> WorkerMessage? {
        var answer: WorkerMessage?
        state.change(when: { $0.answer != nil || $0.isClosed }) { state in
            answer = state.answer
            state.answer = nil
        }
        return answer
    }

    func finish() {
        state.change { $0.isBusy = false }
    }
}

/// Lets something happen only so often.
private final class Throttle: Sendable {
    private let interval: Duration
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    init(interval: Duration) { self.interval = interval }

    func admits() -> Bool {
        let now = ContinuousClock.now
        return last.withLock { last in
            if let last, now - last < interval { return false }
            last = now
            return true
        }
    }
}
