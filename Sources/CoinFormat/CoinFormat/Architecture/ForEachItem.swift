internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Runs `body` once for each item below `count`, on up to `threadCount` threads at a time.
///
/// `body` gets the number of its thread, for scratch memory, and the item. Threads take the next
/// item when they are done with one, so that a slow core delays the others little. Returns when
/// all have ended. Calls must not touch the same memory unless they only read it: the compiler
/// does not check this.
func forEachItem(
    _ count: Int, threadCount: Int, _ body: (_ thread: Int, _ item: Int) -> Void
) {
    let threadCount = min(threadCount, count)
    guard threadCount > 1, FurtherThreads.areThere(threadCount - 1) else {
        for item in 0..<count { body(0, item) }
        return
    }
    withoutActuallyEscaping(body) { body in
        let work = ConcurrentWork(body: body, count: count)
        DispatchQueue.concurrentPerform(iterations: threadCount) { work.run(thread: $0) }
    }
}

/// A closure whose author vouches for its being run concurrently, and the next item for it.
private final class ConcurrentWork: @unchecked Sendable {
    private let body: (Int, Int) -> Void
    private let count: Int
    private let next = Atomic(0)

    init(body: @escaping (Int, Int) -> Void, count: Int) {
        self.body = body
        self.count = count
    }

    func run(thread: Int) {
        while true {
            let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard item < count else { return }
            body(thread, item)
        }
    }
}

/// Whether the system gives threads: Dispatch waits for them without end where it does not, as where
/// memory is limited.
private enum FurtherThreads {
    /// The most that have been there at once.
    private static let most = Atomic(0)

    static func areThere(_ count: Int) -> Bool {
        if most.load(ordering: .relaxed) >= count { return true }
        let isEnough = canStart(count)
        if isEnough { most.store(count, ordering: .relaxed) }
        return isEnough
    }

    /// Starts as many threads, which wait for each other and end.
    private static func canStart(_ count: Int) -> Bool {
        let gate = DispatchSemaphore(value: 0)
        let argument = unsafe Unmanaged.passUnretained(gate).toOpaque()
        var threads: [pthread_t] = []
        for _ in 0..<count {
            #if canImport(Darwin)
                var thread: pthread_t?
                guard unsafe pthread_create(&thread, nil, wait, argument) == 0, let thread else {
                    break
                }
            #else
                var thread = pthread_t()
                guard unsafe pthread_create(&thread, nil, wait, argument) == 0 else { break }
            #endif
            threads.append(thread)
        }
        for _ in threads { gate.signal() }
        for thread in threads {
            #if canImport(Darwin)
                unsafe pthread_join(thread, nil)
            #else
                pthread_join(thread, nil)
            #endif
        }
        return threads.count == count
    }

    #if canImport(Darwin)
        private static let wait:
            @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { gate in
                unsafe Unmanaged<DispatchSemaphore>.fromOpaque(gate).takeUnretainedValue().wait()
                return nil
            }
    #else
        private static let wait:
            @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { gate in
                guard let gate = unsafe gate else { return nil }
                unsafe Unmanaged<DispatchSemaphore>.fromOpaque(gate).takeUnretainedValue().wait()
                return nil
            }
    #endif
}
