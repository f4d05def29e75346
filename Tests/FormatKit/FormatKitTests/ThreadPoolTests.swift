import Synchronization
import Testing

@testable import FormatKit

@Suite struct ThreadPoolTests {
    /// What has been done: how often each item, and by which threads.
    private final class Record: Sendable {
        private let calls = Mutex<[(thread: Int, item: Int)]>([])
        private let inside = Atomic(0)
        let most = Atomic(0)

        func note(_ thread: Int, _ item: Int) {
            let count = inside.add(1, ordering: .sequentiallyConsistent).newValue
            _ = most.max(count, ordering: .sequentiallyConsistent)
            calls.withLock { $0.append((thread, item)) }
            inside.subtract(1, ordering: .sequentiallyConsistent)
        }

        var items: [Int] { calls.withLock { $0.map(\.item).sorted() } }
        var threads: Set<Int> { calls.withLock { Set($0.map(\.thread)) } }
    }

    @Test(arguments: [0, 1, 2, 5, 100], [1, 2, 5, 16])
    func `does each item once, on threads below the count`(count: Int, threadCount: Int) {
        let record = Record()
        forEachItem(count, threadCount: threadCount, isWaiting: true) { record.note($0, $1) }
        #expect(record.items == Array(0..<count))
        #expect(record.threads.isSubset(of: 0..<max(1, min(threadCount, count))))
    }

    @Test func `a number is one thread's at a time`() {
        let inside = (0..<4).map { _ in Flag() }
        for _ in 0..<200 {
            forEachItem(50, threadCount: 4, isWaiting: true) { thread, _ in
                #expect(inside[thread].enter(), "thread \(thread) is two")
                inside[thread].leave()
            }
        }
    }

    /// All must be there at once, or none goes on.
    @Test(.timeLimit(.minutes(30)))
    func `as many threads wait at a time as were asked for`() {
        let gate = Monitor(0)
        forEachItem(6, threadCount: 6, isWaiting: true) { _, _ in
            gate.change { $0 += 1 }
            gate.change(when: { $0 == 6 }) { _ in }
        }
    }

    @Test func `work within work ends`() {
        let record = Record()
        let pool = ThreadPool(processorCount: 4, startingWith: Threads.start)
        pool.forEachItem(8, threadCount: 4) { _, outer in
            pool.forEachItem(8, threadCount: 4) { _, middle in
                pool.forEachItem(8, threadCount: 4) { thread, inner in
                    record.note(thread, outer * 64 + middle * 8 + inner)
                }
            }
        }
        #expect(record.items == Array(0..<512))
    }

    @Test(arguments: [0, 1, 3])
    func `where threads are refused, fewer do all of it`(allowed: Int) {
        let pool = ThreadPool(
            processorCount: 8, startingWith: RefusingSystem(allowed).start)
        let record = Record()
        for _ in 0..<3 {
            pool.forEachItem(4, threadCount: 8) { _, outer in
                pool.forEachItem(25, threadCount: 8) { record.note($0, outer * 25 + $1) }
            }
        }
        #expect(record.items == (0..<100).flatMap { [$0, $0, $0] })
        #expect(record.most.load(ordering: .relaxed) <= allowed + 1)
    }

    @Test func `threads are kept for the next work`() {
        let system = RefusingSystem(.max)
        let pool = ThreadPool(processorCount: 3, startingWith: system.start)
        for _ in 0..<500 { pool.forEachItem(3, threadCount: 3) { _, _ in } }
        #expect(system.startedCount == 2)
    }

    @Test func `threads that compute are not more than processors`() {
        let system = RefusingSystem(.max)
        let pool = ThreadPool(processorCount: 2, startingWith: system.start)
        let record = Record()
        pool.forEachItem(100, threadCount: 16) { record.note($0, $1) }
        #expect(record.items == Array(0..<100) && system.startedCount == 1)
        pool.forEachItem(16, threadCount: 16, isWaiting: true) { record.note($0, $1) }
        #expect(system.startedCount == 15)
    }

    /// The closure is the caller's, and what it refers to may be gone when the call has returned.
    @Test func `nothing of the work outlives the call`() {
        for _ in 0..<500 {
            weak var last: Flag?
            do {
                let flag = Flag()
                last = flag
                forEachItem(4, threadCount: 4, isWaiting: true) { _, _ in _ = flag.enter() }
            }
            #expect(last == nil)
        }
    }
}

private final class Flag: Sendable {
    private let isSet = Atomic(false)

    /// Sets it; `false` if it was.
    func enter() -> Bool {
        isSet.compareExchange(
            expected: false, desired: true, ordering: .sequentiallyConsistent
        ).exchanged
    }

    func leave() { isSet.store(false, ordering: .sequentiallyConsistent) }
}

/// A system that has only so many threads.
private final class RefusingSystem: Sendable {
    private let allowed: Int
    private let started = Atomic(0)

    init(_ allowed: Int) { self.allowed = allowed }

    var startedCount: Int { started.load(ordering: .relaxed) }

    @Sendable func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        guard startedCount < allowed, Threads.start(body) else { return false }
        started.add(1, ordering: .relaxed)
        return true
    }
}
