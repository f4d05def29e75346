import Synchronization
import Testing

@testable import ConvertKit

@Suite struct MonitorTests {
    @Test func `runs each thread once and waits for all`() {
        let numbers = Mutex<[Int]>([])
        let shared = Shared(numbers)
        Threads.run(8) { number in shared.numbers.withLock { $0.append(number) } }
        #expect(shared.numbers.withLock { $0.sorted() } == Array(0..<8))
    }

    @Test func `admits no more than fits`() {
        let gate = MemoryGate(budget: 10)
        let meter = Meter()
        Threads.run(6) { _ in
            for _ in 0..<50 {
                let admission = MemoryGate.Admission(gate)
                admission.acquire(4)
                meter.measure()
                admission.release()
            }
        }
        #expect(meter.highest.load(ordering: .relaxed) <= 2)
    }

    @Test func `admits what alone is too much, alone`() {
        let gate = MemoryGate(budget: 10)
        let meter = Meter()
        Threads.run(4) { _ in
            for _ in 0..<20 {
                let admission = MemoryGate.Admission(gate)
                admission.acquire(.max)
                meter.measure()
                admission.release()
            }
        }
        #expect(meter.highest.load(ordering: .relaxed) == 1)
    }
}

private final class Shared: Sendable {
    let numbers: Mutex<[Int]>

    init(_ numbers: consuming Mutex<[Int]>) { self.numbers = numbers }
}

/// Counts how many threads are in at once.
private final class Meter: Sendable {
    private let inside = Atomic(0)
    let highest = Atomic(0)

    func measure() {
        let count = inside.add(1, ordering: .sequentiallyConsistent).newValue
        _ = highest.max(count, ordering: .sequentiallyConsistent)
        inside.subtract(1, ordering: .sequentiallyConsistent)
    }
}
