#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import Synchronization

/// The threads that ``forEachItem(_:threadCount:isWaiting:_:)`` deals work out to.
///
/// Work stands open to threads that have nothing to do, and to new ones where there are too few,
/// until the thread that brought it has found nothing left to do. It then waits for those that came,
/// never for one that did not: so work within work cannot wait for itself, and where the system
/// refuses a thread there are fewer.
final class ThreadPool: Sendable {
    /// The one of this process.
    static let shared = ThreadPool(
        processorCount: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), startingWith: Threads.start)

    private let supply = Monitor(Supply())
    private let processorCount: Int
    private let start: @Sendable (@escaping @Sendable () -> Void) -> Bool
    /// How long a thread without work stays, in seconds.
    private static let patience = 5

    /// Creates a pool without threads.
    ///
    /// - Parameters:
    ///   - processorCount: The most threads that compute: with more, each phase of a fit would wait
    ///     for threads that have no processor.
    ///   - start: Starts a thread; returns whether there was one.
    init(
        processorCount: Int,
        startingWith start: @escaping @Sendable (@escaping @Sendable () -> Void) -> Bool
    ) {
        self.processorCount = processorCount
        self.start = start
    }

    /// Does what the function of the same name says.
    func forEachItem(
        _ count: Int, threadCount: Int, isWaiting: Bool = false,
        _ body: (_ thread: Int, _ item: Int) -> Void
    ) {
        let threadCount = min(threadCount, count, isWaiting ? .max : processorCount)
        guard threadCount > 1 else {
            for item in 0..<count { body(0, item) }
            return
        }
        withoutActuallyEscaping(body) { body in
            share(SharedWork(count, body), among: threadCount)
        }
    }

    private func share(_ work: SharedWork, among threadCount: Int) {
        supply.change(waking: threadCount - 1) { supply in
            supply.openings.append(Opening(work: work, threads: 1..<threadCount))
            while supply.spareCount < supply.placeCount, start(serve) { supply.spareCount += 1 }
        }
        work.run(thread: 0)
        supply.change(waking: 0) { $0.openings.removeAll { $0.work === work } }
        work.finish()
    }

    /// What a thread does: others' work, until there has been none for a while.
    private func serve() {
        while let (work, thread) = takePlace() {
            work.run(thread: thread)
            // Before whoever waits goes on, so that its next work finds this thread.
            supply.change(waking: 0) { $0.spareCount += 1 }
            work.helpers.leave()
        }
    }

    private func takePlace() -> (work: SharedWork, thread: Int)? {
        var place: (work: SharedWork, thread: Int)?
        supply.change(when: { !$0.openings.isEmpty }, within: Self.patience, waking: 0) { supply in
            supply.spareCount -= 1
            place = supply.takePlace()
        }
        return place
    }
}

/// Work to which further threads may come.
private struct Opening {
    let work: SharedWork
    /// The numbers of the threads that have not come.
    var threads: Range<Int>
}

private struct Supply {
    /// The oldest first; each has a thread that has not come.
    var openings: [Opening] = []
    /// The threads that wait for work, or are about to.
    var spareCount = 0

    /// How many threads may come.
    var placeCount: Int { openings.reduce(0) { $0 + $1.threads.count } }

    /// A place in the oldest work, which is to be told when the thread leaves.
    mutating func takePlace() -> (work: SharedWork, thread: Int)? {
        guard let opening = openings.first else { return nil }
        opening.work.helpers.enter()
        if opening.threads.count == 1 {
            openings.removeFirst()
        } else {
            openings[0].threads.removeFirst()
        }
        return (opening.work, opening.threads.lowerBound)
    }
}

/// A closure whose author vouches for its being run concurrently, and the next item for it.
private final class SharedWork: @unchecked Sendable {
    /// `nil` when all is done; changed by the thread that brought it, when no other is inside.
    private var body: ((Int, Int) -> Void)?
    private let count: Int
    private let next = Atomic(0)
    /// The threads that have come.
    let helpers = Latch()

    init(_ count: Int, _ body: @escaping (Int, Int) -> Void) {
        self.body = body
        self.count = count
    }

    /// Does items until there are none; then the thread keeps nothing of the closure.
    @inline(never) func run(thread: Int) {
        guard let body else { return }
        while true {
            let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard item < count else { return }
            body(thread, item)
        }
    }

    /// Waits for the threads that have come and lets go of the closure, which must not outlive the
    /// call; they may be late to let go of this object.
    func finish() {
        helpers.wait()
        body = nil
    }
}
