import FormatFiles
import FormatKit
import Foundation
import Synchronization
import Testing

@testable import ConvertKit

@Suite struct SorterTests {
    /// What is handed out, and what has come back.
    private final class Order: Sendable {
        let next = Atomic(0)
        let seen = Mutex<[Int]>([])
    }

    @Test func `passes outcomes on in their order, whichever thread is slow`() {
        let count = 400
        let sorter = Sorter()
        let order = Order()
        forEachItem(8, threadCount: 8, isWaiting: true) { _, _ in
            while true {
                let index = order.next.add(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                let job = Job(
                    input: .file(Path("\(index)")), output: .file(Path("\(index).toy")))
                sorter.take(Outcome(job: job, result: .skipped(.exists)), index) { outcome, place in
                    // Who tells of the first of two must not be overtaken by who tells of the second.
                    if place % 7 == 0 { Thread.sleep(forTimeInterval: 0.0003) }
                    #expect(outcome.job.input == .file(Path("\(place)")))
                    order.seen.withLock { $0.append(place) }
                }
            }
        }
        #expect(order.seen.withLock { $0 } == Array(0..<count))
    }
}
