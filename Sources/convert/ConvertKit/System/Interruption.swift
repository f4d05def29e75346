#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import FormatFiles
internal import FormatKit
internal import Synchronization

/// Ctrl-C and its kin: the first asks the work to stop, the second ends the program, as does a
/// work that has not stopped in time: a codec may ask for long nobody whether to go on.
///
/// A thread of its own waits for the signals, so that nothing runs in a signal handler, where
/// hardly anything may.
package enum Interruption {
    /// The first signal, or 0; global, because signals are.
    private static let received = Atomic<Int32>(0)

    /// The signal that asked the program to stop, if one has.
    package static var signal: Int32? {
        let number = received.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// The first signal, or 0, while the work may yet finish what it has begun.
    private static let announced = Atomic<Int32>(0)
    /// How long that is after SIGTERM, in milliseconds.
    private static let finishingMilliseconds = Atomic(0)

    /// The signal because of which nothing more is to be begun, if one has come.
    package static var announcement: Int32? {
        let number = announced.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// Lets the work finish, after SIGTERM, what it has begun: for so long, or until a second signal,
    /// it is not asked to stop.
    package static func setFinishingTime(_ duration: Duration) {
        finishingMilliseconds.store(duration.milliseconds, ordering: .relaxed)
    }

    /// Takes over the signals; call before any other thread starts.
    package static func install() {
        ignoreBrokenPipes()
        // So is a file that grows beyond `ulimit -f`.
        _ = ignore(SIGXFSZ)
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        // A signal that our parent ignores, as under nohup, stays ignored.
        for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) {
            unsafe sigaddset(&signals, number)
        }
        // Threads started later inherit the mask; only the waiting one sees the signals.
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        let awaited = signals
        if !Threads.start({ wait(for: awaited) }) {
            // Better an end without farewell than none.
            unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        }
    }

    /// Makes writing to a pipe without reader an error to report, not a reason to die.
    static func ignoreBrokenPipes() {
        _ = ignore(SIGPIPE)
    }

    /// How long the work may take to stop, in microseconds.
    ///
    /// A worker process has less, so that its parent can still tell of it.
    private static let grace: (own: UInt32, worker: UInt32) = (1_700_000, 800_000)
    private static let isWorker = Atomic(false)

    /// Makes this process one whose parent waits for it to stop.
    static func becomeWorker() { isWorker.store(true, ordering: .relaxed) }

    private static func end(after number: Int32) -> Never {
        TemporaryFiles.removeAll()
        _exit(ProgramStatus.signal(number).rawValue)
    }

    private static func wait(for signals: sigset_t) {
        var (signals, number) = (signals, Int32(0))
        while unsafe sigwait(&signals, &number) == 0 {
            let (isFirst, _) = announced.compareExchange(
                expected: 0, desired: number, ordering: .relaxed)
            let time = finishingMilliseconds.load(ordering: .relaxed)
            if isFirst, number == SIGTERM, time > 0 {
                let isCounting = Threads.start {
                    for _ in 0..<(time + 99) / 100 { usleep(100_000) }
                    _ = receive(SIGTERM)
                }
                if !isCounting { _ = receive(SIGTERM) }
            } else if !receive(number) {
                end(after: number)
            }
        }
    }

    /// Asks the work to stop; `false` if it has been asked before.
    private static func receive(_ number: Int32) -> Bool {
        let (isFirst, _) = received.compareExchange(
            expected: 0, desired: number, ordering: .relaxed)
        guard isFirst else { return false }
        let isCounting = Threads.start {
            usleep(isWorker.load(ordering: .relaxed) ? grace.worker : grace.own)
            end(after: number)
        }
        if !isCounting { end(after: number) }
        return true
    }

    /// Asks the work to stop, as a signal would for which there is no time to finish.
    static func stop(after number: Int32) { _ = receive(number) }

    private static func ignore(_ number: Int32) -> Bool {
        var action = sigaction()
        #if canImport(Darwin)
            unsafe action.__sigaction_u.__sa_handler = SIG_IGN
        #else
            unsafe action.__sigaction_handler.sa_handler = SIG_IGN
        #endif
        return unsafe setAction(number, &action, nil) == 0
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe setAction(number, nil, &action) == 0 else { return false }
        #if canImport(Darwin)
            let handler = unsafe action.__sigaction_u.__sa_handler
        #else
            let handler = unsafe action.__sigaction_handler.sa_handler
        #endif
        let ignoring = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
        return unsafe unsafeBitCast(handler, to: Int.self) == ignoring
    }
}

/// The system's function, told apart from the structure of the same name.
private func setAction(
    _ number: Int32, _ new: UnsafePointer<sigaction>?, _ old: UnsafeMutablePointer<sigaction>?
) -> Int32 {
    unsafe sigaction(number, new, old)
}
