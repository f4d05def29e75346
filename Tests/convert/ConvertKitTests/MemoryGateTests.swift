import FormatKit
import Synchronization
import Testing

@testable import ConvertKit

@Suite struct MemoryGateTests {
    @Test func `admits no more than fits`() {
        let gate = MemoryGate(budget: 10)
        let meter = Meter()
        forEachItem(6, threadCount: 6, isWaiting: true) { _, _ in
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
        forEachItem(4, threadCount: 4, isWaiting: true) { _, _ in
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
