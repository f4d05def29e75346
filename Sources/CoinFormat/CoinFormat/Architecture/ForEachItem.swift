internal import Dispatch
internal import Synchronization

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
    guard threadCount > 1 else {
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
